"""Positions: an entry in; its position in each of its feeds, and in each view of these feeds, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from feedd.decide.periods import next_end, period_end, period_in_words, period_start, position_in, without_entries
from feedd.decide.records import EntryRecord
from feedd.inspect.explanations import FeedPlace, ViewPlace
from feedd.inspect.preview import Preview
from feedd.model import Item
from feedd.render.assembly.assemble_feed import list_feed, sort_key
from feedd.run.active_feeds import feed_summary
from feedd.run.update.close_digests import time_zone
from feedd.select.archives import ARCHIVE_FOLDER
from feedd.select.folders import feed_folder
from feedd.select.membership import feeds_of
from feedd.select.ranking import effective_heat, heat_to_pass, rank_score
from feedd.select.retired import spellings
from feedd.select.settings import feed_policy, feed_rank
from feedd.select.views import find_view
from feedd.select.views.view_kind import AdmissionView, DueTimes, PeriodView
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.member_rows import Shown


def positions(preview: Preview, record: EntryRecord, item: Item) -> Iterator[FeedPlace]:
    """The positions of a shown entry, in the order in which its item names its feeds."""
    feeds = {each.identity: each for each in preview.maker.current()}
    for membership in feeds_of(item, preview.selection):
        feed = feeds.get(membership.feed)
        if feed is not None:  # else the feed is retired, or never had an entry
            views = [feeds[view] for view in preview.selection.views.for_feed(feed.identity) if view in feeds]
            yield _Feed(preview, record, feed).placed(views)


class _Feed:
    """A feed to which an entry belongs."""

    def __init__(self, preview: Preview, record: EntryRecord, feed: FeedRecord) -> None:
        assert record.published is not None  # noqa: S101 - it is shown
        self._preview = preview
        self._record = record
        self._published = record.published
        self._feed = feed
        self._policy = feed_policy(feed.identity, feed.slug, preview.selection)
        self._members = preview.maker.ordered(feed.feed)
        self._index = _index(self._members, record)

    def placed(self, views: Sequence[FeedRecord]) -> FeedPlace:
        """The position of the entry in the feed, and in its `views`."""
        record, rank, at = self._record, self._policy.rank, self._index
        above, below = _neighbours(self._members, at)
        keeps_out = self._policy.rejection_reason(record)
        return FeedPlace(
            feed=feed_folder(self._feed.identity, self._feed.slug) or "./",
            title=list_feed(feed_summary(self._feed), self._preview.site).label,
            place=None if at is None else at + 1,
            of=len(self._members),
            order=rank.order,
            half_life=rank.half_life,
            heat=effective_heat(record, rank),
            key=rank_score(record, self._published, rank),
            reason=self._not_in(keeps_out) if at is None else None,
            stays=keeps_out if at is not None else None,
            above=above and above.item().title,
            below=below and below.item().title,
            passing=above and heat_to_pass(sort_key(above.record, rank), self._published, rank),
            views=tuple(filter(None, map(self._in_view, views))),
            archive=self._archive(),
        )

    def _archive(self) -> str | None:
        """Where the entry stands in the archives of the feed."""
        places = self._preview.ledger.archives.places([self._record.entry])
        number = places.get(self._record.entry, {}).get(self._feed.feed)
        return f"{ARCHIVE_FOLDER}{number:04}" if number else None

    def _not_in(self, keeps_out: str | None) -> str:
        if self._preview.ledger.members.departed(self._feed.feed, [self._record.entry]):
            known = self._preview.ledger.feeds.all().values()
            took_over = self._feed.identity in spellings(map(feed_summary, known)).merged.values()
            taken_over = ", or it was in a feed of the same name before this feed took over" if took_over else ""
            return f"newer entries have pushed it out{taken_over}"
        archives = self._preview.ledger.archives
        if keeps_out is None and self._archive() is None and archives.among(self._feed.feed, [self._record.entry]):
            return "it was in an archive of the feed, until archives were switched off"
        return keeps_out or f"older than the newest {self._policy.limit} entries"

    def _in_view(self, view: FeedRecord) -> ViewPlace | None:
        """The position of the entry in a view, or why it has none. None if the reason is only that it is not in the
        feed.
        """
        kind = find_view(view.identity)
        if isinstance(kind, PeriodView):
            return self._in_digest(view, kind)
        name = f"{view.identity.view}/"
        members = self._preview.maker.ordered(view.feed)
        at = _index(members, self._record)
        if at is not None:
            above, below = _neighbours(members, at)
            since = f"{datetime.fromtimestamp(members[at].admitted_at, UTC):%Y-%m-%dT%H:%M:%SZ}"
            return ViewPlace(
                name,
                at + 1,
                len(members),
                since=since if isinstance(kind, AdmissionView) else None,
                above=above and above.item().title,
                below=below and below.item().title,
            )
        if self._index is None:
            return None
        reason = self._not_admitted(view, kind) if isinstance(kind, AdmissionView) else kind.why_absent(len(members))
        return ViewPlace(name, of=len(members), reason=reason)

    def _not_admitted(self, view: FeedRecord, kind: AdmissionView) -> str:
        if self._preview.ledger.members.departed(view.feed, [self._record.entry]):
            return kind.pushed_out
        rank = feed_rank(self._feed.identity, self._feed.slug, self._preview.selection)
        heats = {each.record.entry: effective_heat(each.record, rank) for each in self._members}
        return kind.why_absent(heats[self._record.entry], heats, self._preview.selection.views)

    def _in_digest(self, view: FeedRecord, kind: PeriodView) -> ViewPlace | None:
        name = f"{view.identity.view}/"
        digest_rows = self._preview.ledger.digests
        digests = [digest for digest, _ in digest_rows.newest(view.feed, self._policy.limit)]
        for digest in digests:
            left_out = digest_rows.left_out(digest, self._preview.is_publishable)
            if found := position_in(without_entries(digest, left_out), self._record.entry):
                return ViewPlace(name, *found, digest=period_in_words(digest))
        if self._index is None:
            return None
        made = next((each for each in digests if period_start(each) <= self._published < each.end), None)
        return ViewPlace(
            name, reason=kind.why_absent(self._times(kind.cadence), period_in_words(made) if made else None)
        )

    def _times(self, cadence: str) -> DueTimes:
        zone = time_zone(self._preview.selection.views.time_zone)
        first_shown, late, ended = self._preview.ledger.digests.first_shown(self._record.entry), None, None
        if last := self._preview.ledger.digests.last(cadence):
            ended, closed = last
            following = next_end(ended, cadence, zone)
            if first_shown > closed and ended - (following - ended) <= self._published < ended:
                late = following
        end = period_end(self._published, cadence, zone, ended)
        return DueTimes(self._preview.now, first_shown, end, late)


def _index(members: Sequence[Shown], record: EntryRecord) -> int | None:
    return next((at for at, shown in enumerate(members) if shown.record.entry == record.entry), None)


def _neighbours(members: Sequence[Shown], at: int | None) -> tuple[Shown | None, Shown | None]:
    if at is None:
        return None, None
    return members[at - 1] if at else None, members[at + 1] if at + 1 < len(members) else None
