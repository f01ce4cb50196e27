"""Windows: what was offered to feeds, in; their members, new feeds, and those whose documents have to be made, out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import product

from feedd.decide.identity import as_old_as
from feedd.decide.visibility import ALL, Window, advance, saved
from feedd.model import FeedId
from feedd.run.candidates import Candidates
from feedd.run.feed_registry import FeedRegistry
from feedd.run.site_state import COUNTS, FRESH, STALE
from feedd.run.view_admissions import ViewAdmissions
from feedd.select.settings import SelectionSettings
from feedd.select.views import ADMISSION_VIEWS, MEMBER_VIEWS
from feedd.store.ledger.session import LedgerSession


class Windows:
    """One pass's dealings with the members of feeds."""

    def __init__(self, ledger: LedgerSession, feeds: FeedRegistry, selection: SelectionSettings, now: datetime) -> None:
        self._ledger = ledger
        self._feeds = feeds
        self._selection = selection
        self._now = now

    def move(self, offers: Candidates, slugs: Mapping[FeedId, str]) -> str:
        """Brings members up to date. `slugs` are those of feeds that are not there yet. Returns what that asks of the
        documents about the site: one of the states of site.py.
        """
        site = FRESH
        feeds, ledger = self._feeds, self._ledger
        made = offers.by_feed()
        labels = dict(saved(each.recipe) for each in self._selection.recipes.values()) | {ALL: ""} | offers.labels
        always = {feed for feed in labels if feed.kind in ("all", "saved")}
        new = {feed for feed in always | made.keys() if feed not in feeds.all}
        for feed in sorted(new):
            feeds.add(feed, slugs.get(feed, feed.key), labels[feed])
        views = feeds.add_views()
        for identity in sorted(each for each in {*made, *offers.gone, *new} if not each.view):
            record = feeds.all[identity]
            offers.stale.add(record.feed)
            floors = [floor for floor in (record.floor, offers.floors.get(identity)) if floor is not None]
            before = Window(ledger.members.positions(record.feed), max(floors, default=None))
            offered, gone = made.get(identity, {}), offers.gone.get(identity, ())
            departed = ledger.members.departed(record.feed, offered)
            limit = feeds.terms(identity, record.slug).limit
            after, pushed_out = advance(before, offered, gone, departed, limit)
            ledger.members.keep_window(record, before, after, pushed_out)
            if len(before.members) != len(after.members):
                site = COUNTS
            if before.members.keys() != after.members.keys() and identity not in new:
                ledger.feeds.move_updated(record.feed, self._now)
        if self._admit_to_views(offers, views):
            site = COUNTS
        self._move_updated(offers, new, views)
        ledger.feeds.mark_stale(offers.stale | self.lists(offers.stale))
        return STALE if new or views or feeds.merged else site

    def _admit_to_views(self, offers: Candidates, new: set[FeedId]) -> bool:
        """Brings the views of stale feeds that have admissions of their own up to date; says whether any holds other
        entries than before.
        """
        admissions = ViewAdmissions(self._ledger, self._selection, self._now)
        changed: set[int] = set()
        bases = sorted({self._feeds.numbers[number].identity.base for number in offers.stale})
        for base, kind in product(bases, ADMISSION_VIEWS):
            view = self._feeds.all.get(base._replace(view=kind.name))
            if view and admissions.advance(self._feeds.all[base], view, kind, offers.gone.get(view.identity, ())):
                changed.add(view.feed)
                if view.identity not in new:
                    self._ledger.feeds.move_updated(view.feed, self._now)
        offers.stale |= changed
        return bool(changed)

    def _move_updated(self, offers: Candidates, new: set[FeedId], views: set[FeedId]) -> None:
        """Moves the `updated` of stale feeds to that of their newest entries; `new` and `views` are only coming."""
        born = {self._feeds.all[identity].feed for identity in new}
        offers.stale |= {self._feeds.all[identity].feed for identity in views}
        for number in offers.stale:
            newest = self._ledger.members.newest_update(number)
            if newest is not None:
                self._ledger.feeds.move_updated(number, newest)
            elif number in born:  # a feed that never had an entry is as old as itself
                self._ledger.feeds.move_updated(number, self._now)
        for view in views:
            record = self._feeds.all[view]
            self._ledger.feeds.move_updated(record.feed, as_old_as(record.id))

    def lists(self, feeds: set[int]) -> set[int]:
        """The views that show the members of these feeds."""
        identities = (self._feeds.numbers[number].identity for number in feeds)
        names = [view.name for view in MEMBER_VIEWS]
        views = (self._feeds.all.get(each._replace(view=name)) for each in identities for name in names)
        return {view.feed for view in views if view is not None}
