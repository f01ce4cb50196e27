"""Updating windows: candidates of feeds in; members, new feeds and stale documents, kept in the ledger, out."""

from __future__ import annotations

from itertools import product

from msgspec import Struct

from feedd.decide.identity import beginning_of_year
from feedd.model import FeedId
from feedd.run.pass_context import PassContext
from feedd.run.site_state import SiteState
from feedd.run.update.admit_to_views import ViewAdmissions
from feedd.run.update.collect_candidates import Candidates
from feedd.run.update.feed_registry import FeedRegistry
from feedd.run.update.find_stale import StaleDocuments
from feedd.run.update.keep_in_archives import KeptEntries
from feedd.select.membership import ALL, saved_feed_membership
from feedd.select.views import ADMISSION_VIEWS, MEMBER_VIEWS
from feedd.select.window import Window, advance


class Selection(Struct, frozen=True):
    """The feeds whose documents have to be made again, and the state of the documents about the site."""

    feeds: frozenset[int]
    site: SiteState


def update_windows(
    context: PassContext, feeds: FeedRegistry, candidates: Candidates, stale: StaleDocuments
) -> Selection:
    """Brings feeds and their members up to date, and marks stale documents."""
    ledger = context.ledger
    windows = _Windows(context, feeds, candidates)
    selection = windows.move(stale.feeds)
    ledger.feeds.mark_stale(selection.feeds)
    ledger.archives.mark_stale(stale.archives)
    ledger.archives.mark_withdrawing(stale.withdrawing_archives)
    ledger.archives.move_updated()
    ledger.feeds.mark_withdrawing(stale.quoting | stale.withdrawing | windows.lists(stale.withdrawing))
    ledger.entry_pages.mark_stale(stale.entries)
    return selection


class _Windows:
    def __init__(self, context: PassContext, feeds: FeedRegistry, candidates: Candidates) -> None:
        self._ledger = context.ledger
        self._selection = context.settings.selection
        self._now = context.now
        self._feeds = feeds
        self._candidates = candidates

    def move(self, touched: frozenset[int]) -> Selection:
        """Brings the members of feeds up to date. `touched`: feeds that show a changed entry."""
        stale, site, feeds = set(touched), SiteState.FRESH, self._feeds
        new = self._add_feeds()
        views = feeds.add_views()
        offered, withdrawn = self._candidates.offered, self._candidates.withdrawn
        kept = KeptEntries(self._ledger, self._selection.archives, self._now)
        for identity in sorted(each for each in {*offered, *withdrawn, *new} if not each.view):
            before, after, pushed_out = self._advance(identity)
            kept.add(feeds.all[identity], pushed_out)
            stale.add(feeds.all[identity].feed)
            if len(before.members) != len(after.members):
                site = SiteState.COUNTS
            if before.members.keys() != after.members.keys() and identity not in new:
                self._ledger.feeds.move_updated(feeds.all[identity].feed, self._now)
        for feed in kept.keep(feeds, self._candidates):
            stale.add(feed.feed)
            site = max(site, SiteState.COUNTS if feed.identity == ALL else SiteState.FRESH)
        admitted = self._admit_to_views(stale, views)
        stale |= admitted | {feeds.all[identity].feed for identity in views}
        self._move_updated(stale, new, views)
        if new or views or feeds.merged:
            site = SiteState.STALE
        return Selection(frozenset(stale | self.lists(stale)), max(site, SiteState.COUNTS if admitted else site))

    def lists(self, feeds: frozenset[int] | set[int]) -> set[int]:
        """The views that show the members of these feeds."""
        identities = (self._feeds.numbers[number].identity for number in feeds)
        names = [view.name for view in MEMBER_VIEWS]
        views = (self._feeds.all.get(each._replace(view=name)) for each in identities for name in names)
        return {view.feed for view in views if view is not None}

    def _add_feeds(self) -> set[FeedId]:
        """Adds new feeds. Returns them."""
        feeds, candidates = self._feeds, self._candidates
        saved_feeds = dict(saved_feed_membership(each.saved_feed) for each in self._selection.saved_filters.values())
        labels = saved_feeds | {ALL: ""} | dict(candidates.labels)
        always = {feed for feed in labels if feed.kind in ("all", "saved")}
        new = {feed for feed in always | candidates.offered.keys() if feed not in feeds.all}
        for feed in sorted(new):
            feeds.add(feed, candidates.slugs.get(feed, feed.key), labels[feed])
        return new

    def _advance(self, identity: FeedId) -> tuple[Window, Window, list[int]]:
        """Brings the members of a feed up to date. Returns its window before and after, and whom it pushed out."""
        record, members, candidates = self._feeds.all[identity], self._ledger.members, self._candidates
        floors = [floor for floor in (record.floor, candidates.floors.get(identity)) if floor is not None]
        before = Window(members.positions(record.feed), max(floors, default=None))
        offered, withdrawn = candidates.offered.get(identity, {}), candidates.withdrawn.get(identity, ())
        departed = members.departed(record.feed, offered) | self._ledger.archives.among(record.feed, offered)
        limit = self._feeds.policy(identity, record.slug).limit
        after, pushed_out = advance(before, offered, withdrawn, departed, limit)
        members.keep_window(record, before, after, pushed_out)
        return before, after, pushed_out

    def _admit_to_views(self, stale: set[int], new: set[FeedId]) -> set[int]:
        """Brings the views with admissions of stale feeds up to date. Returns the views whose entries changed."""
        admissions = ViewAdmissions(self._ledger, self._selection, self._now)
        changed: set[int] = set()
        bases = sorted({self._feeds.numbers[number].identity.base for number in stale})
        for base, kind in product(bases, ADMISSION_VIEWS):
            view = self._feeds.all.get(base._replace(view=kind.name))
            withdrawn = self._candidates.withdrawn.get(view.identity, ()) if view else ()
            if view and admissions.advance(self._feeds.all[base], view, kind, withdrawn):
                changed.add(view.feed)
                if view.identity not in new:
                    self._ledger.feeds.move_updated(view.feed, self._now)
        return changed

    def _move_updated(self, stale: set[int], new: set[FeedId], views: set[FeedId]) -> None:
        """Moves the `updated` of stale feeds to the `updated` of their newest entries. `new`, `views`: feeds and views
        that are being added.
        """
        born = {self._feeds.all[identity].feed for identity in new}
        for number in stale:
            newest = self._ledger.members.newest_update(number)
            if newest is not None:
                self._ledger.feeds.move_updated(number, newest)
            elif number in born:  # a feed that never had an entry counts from its beginning
                self._ledger.feeds.move_updated(number, self._now)
        for view in views:
            record = self._feeds.all[view]
            self._ledger.feeds.move_updated(record.feed, beginning_of_year(record.id))
