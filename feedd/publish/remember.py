"""Remembering: what was read, into the ledger; entries, windows and stale feeds, out of the decisions of core.

    ReadFiles --> files -- resolve --> entries -- decide --> records -- feeds_of, advance --> members
                                                  |    ^                                        |
                                                  +----+ stories                                |
                           feeds whose documents have to be made again  <-----------------------+

Everything happens in one transaction, which the caller holds.
"""

from __future__ import annotations

import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from feedd.core import text
from feedd.core.applied import terms_of
from feedd.core.assemble import Site, feed_id
from feedd.core.catalog import (
    ALL,
    EntryRecord,
    Membership,
    Place,
    Window,
    advance,
    choose_slugs,
    decide,
    feeds_of,
    saved,
    speaker,
)
from feedd.core.identity import Assignments, Claim, as_old_as, resolve
from feedd.core.retired import is_forgotten
from feedd.core.stories import in_words
from feedd.core.terms import Override, Terms
from feedd.core.views import HOT, TOP
from feedd.disk.ledger import Ledger
from feedd.disk.published import Published
from feedd.disk.records import ReadFile
from feedd.disk.stories import StoryKeys
from feedd.disk.targets import Targets
from feedd.model import FeedId, Item
from feedd.publish.hot import HotViews
from feedd.publish.offers import Offers
from feedd.publish.rules import Rules
from feedd.publish.site import COUNTS, FRESH, STALE
from feedd.publish.telling import WHOLE, Telling, Told

Progress = Callable[[str, int, int], None]  # what is being done, how much of it, of how much

_CHUNK = 1000


class Memory:
    """One pass's dealings with the ledger. Everything happens in the transaction that the caller holds."""

    def __init__(self, db: sqlite3.Connection, rules: Rules, now: datetime, progress: Progress) -> None:
        self._progress = progress
        self._ledger = Ledger(db)
        self._targets = Targets(db)
        self._story_keys = StoryKeys(db)
        self._published = Published(db)
        self._rules = rules
        self._now = now
        self._feeds = self._published.feeds()
        self._numbers = {feed.feed: feed for feed in self._feeds.values()}
        self._begun = not self._ledger.is_empty()
        self._known_terms: dict[FeedId, Terms] = {}
        self._choosy = rules.site.min_quality is not None or any(map(_asks, _said(rules.site)))
        self._more_shown = self._more_there = 0
        self.moved = ""  # what became of stories and ranks, in words

    def remember(self, portions: Iterable[list[ReadFile]], removed: Sequence[str], *, everything: bool) -> str:
        """Takes in what was read and what is gone, and brings entries, members and stale feeds up to date.

        `everything`: not only what these files touch, but every entry. Returns what that asks of the documents about
        the site: one of the states of site.py.
        """
        ledger = self._ledger
        affected = ledger.all_entries() if everything else ledger.due(self._now)
        ledger.forget_contents(removed)
        assignments, others, failed = self._identify(portions, removed)
        affected |= others
        offers = Offers(self._most(), self._barred)
        whole = everything or len(affected) > WHOLE
        newcomers = min(assignments.minted, default=sys.maxsize)
        telling = Telling(ledger, self._story_keys, self._rules, self._now, newcomers, whole=whole)
        ordered = sorted(affected)
        for start in range(0, len(ordered), _CHUNK):
            self._decide(ordered[start : start + _CHUNK], assignments.minted, telling, offers)
            self._progress("deciding", min(start + _CHUNK, len(ordered)), len(ordered))
        self._tell(telling, offers)
        self._relink(offers, paths=[*assignments.entries, *removed, *failed])
        ledger.move_counts(shown=self._more_shown, there=self._more_there)
        return self._move_windows(offers)

    def _identify(
        self, portions: Iterable[list[ReadFile]], removed: Sequence[str]
    ) -> tuple[Assignments, set[int], list[str]]:
        """Takes in what was read, and gives each file its entry. Returns with that the entries which these files and
        those that are gone are or were, and the paths of files that could not be read.
        """
        ledger = self._ledger
        claims: list[Claim] = []
        failed: list[str] = []
        former: dict[str, bytes] = {}  # texts of files without a link, as they were
        for portion in portions:
            if self._begun:
                former |= ledger.texts_of([file.path for file in portion])
            ledger.remember_files(portion)
            failed.extend(file.path for file in portion if file.item is None)
            claims.extend(Claim(file.path, file.link, file.digest) for file in portion if file.item is not None)
        known = ledger.known(claims, removed, former)
        affected = {*known.paths.values(), *ledger.entries_of(failed)}
        assignments = resolve(claims, removed, known, self._rules.authority, self._is_taken)
        ledger.keep_assignments(assignments)
        affected.update(assignments.entries.values())
        return assignments, affected, failed

    def _is_taken(self, entry_id: str) -> bool:
        return self._begun and self._ledger.is_taken(entry_id)

    def _relink(self, offers: Offers, *, entries: Sequence[int] = (), paths: Sequence[str] = ()) -> None:
        """Has the feeds made again that show entries which link to a page that may be another now."""
        if not self._begun:  # every feed is new
            return
        linking = self._targets.linking_to(entries=entries, paths=paths)
        for feeds in self._published.memberships(linking).values():
            offers.stale.update(feeds)

    def _barred(self, feed: FeedId, offers: Mapping[int, Place]) -> set[int]:
        """Those of `offers` that the feed will not let in."""
        known = self._feeds.get(feed)
        if known is None:
            return set()
        low = {entry for entry, place in offers.items() if known.floor is not None and place <= known.floor}
        return low | self._published.departed(known.feed, offers.keys() - low)

    def _tell(self, telling: Telling, offers: Offers) -> None:
        """Tells the stories that may be others now, and has the feeds made again that show what they changed."""
        told = telling.settle()
        self._ledger.put_entries([each.after for each in told], self._now)
        changed = {each.after.entry: each for each in told}
        leads = {story.lead for story in telling.retold}
        members = self._published.memberships(changed.keys() | leads)
        for entry in leads - changed.keys():
            offers.stale.update(members.get(entry, ()))
        for entry, each in changed.items():
            offers.stale.update(members.get(entry, ()))
            if each.after.shown != each.before.shown:
                self._fold(each, members.get(entry, {}), offers)
            elif each.after.shown and each.after.coverage != each.before.coverage:  # it may be hot enough now
                self._offer(each.after, each.item, members.get(entry, {}), offers)
        self._relink(offers, entries=sorted(changed))
        if self._begun:
            stories = [(story.title, story.providers) for story in telling.retold if story.changed]
            self.moved = in_words(stories, len(telling.reranked))

    def _fold(self, told: Told, members: dict[int, Place], offers: Offers) -> None:
        """Takes an entry out of what is offered, or offers it, as its story wants it."""
        self._more_shown += told.after.shown - told.before.shown
        if told.after.shown:
            self._offer(told.after, told.item, members, offers)
        else:
            offers.folded.add(told.after.entry)

    def _decide(self, entries: list[int], minted: dict[int, str], telling: Telling, offers: Offers) -> None:
        records = self._ledger.records(entries)
        files = self._ledger.files_of(entries)
        befores = [records.get(entry) or EntryRecord(entry, minted[entry], self._now) for entry in entries]
        decided = [
            decide(before, files[before.entry], self._now, default_listed=self._rules.default_listed)
            for before in befores
        ]
        afters = telling.note(
            (before, after, speaker(after, files[after.entry]))
            for before, (after, _) in zip(befores, decided, strict=True)
        )
        changed: list[EntryRecord] = []
        seen_otherwise: list[int] = []
        for entry, before, after in zip(entries, befores, afters, strict=True):
            if after != before or entry in minted:
                changed.append(after)
                self._more_shown += after.shown - before.shown
                self._more_there += (after.file is not None) - (before.file is not None)
            if (after.shown, after.digest, after.file) != (before.shown, before.digest, before.file):
                seen_otherwise.append(entry)
        members = self._published.memberships(records)
        for after, (_, item) in zip(afters, decided, strict=True):
            self._offer(after, item if after.shown else None, members.get(after.entry, {}), offers)
        self._ledger.put_entries(changed, self._now)
        self._targets.keep(changed)
        self._relink(offers, entries=seen_otherwise)

    def _offer(self, record: EntryRecord, item: Item | None, members: dict[int, Place], offers: Offers) -> None:
        wanted: set[FeedId] = set()
        if item is not None and record.published is not None:
            place = Place(int(record.published.timestamp()), record.id)
            for feed, label in feeds_of(item, self._rules.site.topics, self._rules.site.recipes.values()):
                wanted.add(feed)
                known = self._feeds.get(feed)
                member = known is not None and known.feed in members
                if member or not self._choosy or self._terms(feed, label).keep_out(record) is None:
                    offers.add(feed, label, record.entry, place, member=member)
        for number in members:
            offers.stale.add(number)
            identity = self._numbers[number].identity
            kept = item is not None and is_forgotten(identity, self._rules.site)  # as it was, should it come back
            if identity.base not in wanted and not kept:
                offers.gone[identity].add(record.entry)

    def _terms(self, feed: FeedId, label: str) -> Terms:
        """What holds for a feed. One that is not there yet is taken for one whose slug nothing else has."""
        found = self._known_terms.get(feed)
        if found is None:
            known = self._feeds.get(feed)
            slug = known.slug if known else text.slug(label)
            found = self._known_terms[feed] = terms_of(feed, slug, self._rules.site)
        return found

    def _most(self) -> int:
        """The most entries that any feed holds."""
        site = self._rules.site
        return max([site.limit, *(each.limit for each in _said(site) if each.limit is not None)])

    def _add_feeds(self, memberships: Iterable[Membership]) -> None:
        by_kind: dict[str, list[Membership]] = defaultdict(list)
        for membership in memberships:
            by_kind[membership.feed.kind].append(membership)
        for kind, new in by_kind.items():
            taken = {each.slug for identity, each in self._feeds.items() if identity.kind == kind and not identity.view}
            chosen = {ALL: ""} | {feed: feed.key for feed, _ in new}  # of all and of saved feeds
            slugs = choose_slugs(new, taken) if kind in ("topic", "provider") else chosen
            for identity, label in sorted(new):
                self._add_feed(identity, slugs[identity], label)

    def _add_feed(self, identity: FeedId, slug: str, label: str) -> None:
        name = feed_id(self._rules.authority, identity, slug)
        feed = self._published.add_feed(identity, name, slug, label)
        self._known_terms.pop(identity, None)
        self._feeds[identity] = feed
        self._numbers[feed.feed] = feed

    def _add_views(self) -> set[FeedId]:
        """Adds the views that feeds are to have and have not yet."""
        views = self._rules.site.views
        feeds = [record for identity, record in self._feeds.items() if not identity.view]
        new = [(view, feed) for feed in feeds for view in views.of(feed.identity) if view not in self._feeds]
        for view, feed in new:
            self._add_feed(view, feed.slug, feed.label)
        return {view for view, _ in new}

    def _move_windows(self, offers: Offers) -> str:
        site = FRESH
        made = offers.by_feed()
        labels = dict(saved(each.recipe) for each in self._rules.site.recipes.values()) | {ALL: ""} | offers.labels
        always = {feed for feed in labels if feed.kind in ("all", "saved")}
        new = {feed for feed in always | made.keys() if feed not in self._feeds}
        self._add_feeds(Membership(feed, labels[feed]) for feed in sorted(new))
        views = self._add_views()
        for identity in sorted(each for each in {*made, *offers.gone, *new} if not each.view):
            feed = self._feeds[identity]
            offers.stale.add(feed.feed)
            floors = [floor for floor in (feed.floor, offers.floors.get(identity)) if floor is not None]
            before = Window(self._published.members(feed.feed), max(floors, default=None))
            departed = self._published.departed(feed.feed, made.get(identity, {}))
            gone = offers.gone.get(identity, ())
            after, pushed_out = advance(
                before, made.get(identity, {}), gone, departed, self._terms(identity, feed.label).limit
            )
            self._published.keep_window(feed, before, after, pushed_out)
            if len(before.members) != len(after.members):
                site = COUNTS
            if before.members.keys() != after.members.keys() and identity not in new:
                self._published.move_updated(feed.feed, self._now)
        if self._advance_hot(offers, views):
            site = COUNTS
        born = {self._feeds[identity].feed for identity in new}
        offers.stale |= {self._feeds[identity].feed for identity in views}
        for number in offers.stale:
            newest = self._published.newest_update(number)
            if newest is not None:
                self._published.move_updated(number, newest)
            elif number in born:  # a feed that never had an entry is as old as itself
                self._published.move_updated(number, self._now)
        for view in views:
            self._published.move_updated(self._feeds[view].feed, as_old_as(self._feeds[view].id))
        self._published.mark_stale(offers.stale | self._lists(offers.stale))
        return STALE if new or views else site

    def _advance_hot(self, offers: Offers, new: set[FeedId]) -> bool:
        """Brings the hot views of stale feeds up to date; says whether any holds other entries than before."""
        hot = HotViews(self._published, self._rules.site, self._now)
        changed: set[int] = set()
        for base in sorted({self._numbers[number].identity.base for number in offers.stale}):
            view = self._feeds.get(base._replace(view=HOT))
            if view and hot.advance(self._feeds[base], view, offers.gone.get(view.identity, ())):
                changed.add(view.feed)
                if view.identity not in new:
                    self._published.move_updated(view.feed, self._now)
        offers.stale |= changed
        return bool(changed)

    def _lists(self, feeds: set[int]) -> set[int]:
        """The lists by rank of these feeds."""
        views = (self._feeds.get(self._numbers[number].identity._replace(view=TOP)) for number in feeds)
        return {view.feed for view in views if view is not None}


def _said(site: Site) -> list[Override]:
    """All that is said for families of feeds and for single ones."""
    of_feeds = [*site.overrides.families.values(), *site.overrides.feeds.values()]
    return of_feeds + [each.recipe.terms for each in site.recipes.values()]


def _asks(said: Override) -> bool:
    """Whether an entry needs anything to come in."""
    return said.min_quality is not None or said.min_heat is not None
