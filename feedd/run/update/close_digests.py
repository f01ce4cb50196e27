"""Closing digests: a time in; an entry in the digests of all feeds for each period closed by then, out.

periods since the last --> entries of each -- feeds_of, rank --> Digest for each feed that has any --> ledger
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial

import msgspec
from msgspec import Struct

from feedd.decide.periods import (
    DigestLine,
    Period,
    closed_periods,
    make_digest,
    next_end,
    next_period_start,
    words_digest,
)
from feedd.model import FeedId, Item
from feedd.render.site_info import SiteInfo
from feedd.run.active_feeds import feed_summary
from feedd.run.executor.executor_protocol import Begin, Executor, Task
from feedd.run.pass_context import PassContext
from feedd.select.membership import feeds_of
from feedd.select.ranking import RankKey, period_key
from feedd.select.settings import SelectionSettings, feed_policy, feed_rank
from feedd.select.views import PERIOD_VIEWS, find_view
from feedd.select.views.view_kind import PeriodView
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.session import LedgerSession


class _Candidate(Struct, frozen=True):
    key: RankKey
    entry: int
    file: int | None
    item: Item
    published: datetime


_ByView = dict[FeedRecord, list[_Candidate]]  # the candidates of each view
_ToSum = tuple[int, Item, dict[str, str]]


class ClosedPeriods(Struct, frozen=True):
    """The feeds of digests with a new entry, and when the next period closes."""

    feeds: set[int]
    next_end: datetime | None


def close_periods(context: PassContext) -> ClosedPeriods:
    """Makes the digests of closed periods, in the caller's transaction."""
    closer = _DigestCloser(
        context.ledger, context.settings.site, context.settings.selection, context.now, context.executor
    )
    return ClosedPeriods(closer.close(), closer.next_end())


class _DigestCloser:
    def __init__(
        self, ledger: LedgerSession, site: SiteInfo, selection: SelectionSettings, now: datetime, executor: Executor
    ) -> None:
        self._executor = executor
        self._ledger = ledger
        self._site = site
        self._selection = selection
        self._now = now
        self._feeds: dict[FeedId, FeedRecord] = {}
        self._views = [view for view in PERIOD_VIEWS if view.is_on(selection.views)]
        self._zone = time_zone(selection.views.time_zone)

    def close(self) -> set[int]:
        """Makes the digests of closed periods. Returns the feeds with a new entry."""
        return {feed for view in self._views for feed in self._close(view)}

    def next_end(self) -> datetime | None:
        """When the next period closes."""
        lasts = {view.cadence: self._ledger.digests.last(view.cadence) for view in self._views}
        ends = [next_end(last[0], cadence, self._zone) for cadence, last in lasts.items() if last is not None]
        return min(ends, default=None)

    def _last(self, cadence: str) -> tuple[datetime | None, datetime | None]:
        """The end of the last closed period, and when it was closed; None if no period was closed. Corrects times that
        a wrong clock left.
        """
        kept = self._ledger.digests.last(cadence)
        if kept is None:
            return None, None
        end = next_period_start(kept[0], self._now, cadence, self._zone)
        if end == kept[0]:
            return kept
        self._ledger.digests.keep_last(cadence, end, self._now)
        return end, self._now

    def _close(self, kind: PeriodView) -> Iterator[int]:
        cadence = kind.cadence
        last, closed = self._last(cadence)
        known, again = self._closed_before_loss(cadence)
        if last is None and known is not None and again is not None:
            last = closed = known
            self._ledger.digests.keep_last(cadence, known, known)
            periods = [*again, *closed_periods(last, self._now, cadence, self._zone)]
        else:
            periods = closed_periods(last, self._now, cadence, self._zone)
        if periods and not self._feeds:
            self._feeds = self._ledger.feeds.all()
        for period in periods:
            late = {known: known, last: closed}.get(period.start)  # a skipped period has no late entries
            found = self._candidates(period, late, kind)
            if known is not None and period.end <= known:
                found = self._seen(found, period)
            for candidates in found.values():
                candidates.sort(key=lambda each: each.key, reverse=True)
            summaries = self._summaries(found)
            for view, candidates in found.items():
                self._keep(view, period, candidates, summaries)
                yield view.feed
        if periods:
            end = periods[-1].end
            self._ledger.digests.keep_last(cadence, end, known if known == end else self._now)

    def _closed_before_loss(self, cadence: str) -> tuple[datetime | None, list[Period] | None]:
        """The end of the last period that a lost ledger had closed, as far as it is known; None if nothing is known.
        And the periods whose digests subscribers may have and are made again; None if there never was a digest.
        """
        before = self._ledger.digests.take_before_loss(cadence)
        if before is None or before.last_pass > self._now:
            return None, None
        periods = closed_periods(None, before.last_pass, cadence, self._zone)
        known, digest = periods[-1].end, before.last_digest
        if digest is None:
            return known, None
        return (known, periods) if digest <= known else (digest, [])  # else the time zone was another then

    def _seen(self, found: _ByView, period: Period) -> _ByView:
        """The candidates for digests that subscribers may have: of a feed that had none of this period, a digest would
        come as new. Entries that were first shown later are late entries for the next period.
        """
        views = {view: several for view, several in found.items() if view.updated >= period.end}
        entries = sorted({each.entry for several in views.values() for each in several})
        late = self._ledger.digests.shown_since(entries, period.end)
        before = {view: [each for each in several if each.entry not in late] for view, several in views.items()}
        return {view: several for view, several in before.items() if several}

    def _candidates(self, period: Period, late: datetime | None, kind: PeriodView) -> _ByView:
        """The entries of a period for each digest, and entries of the period before that were first shown after
        `late`.
        """
        feeds = self._feeds
        found: _ByView = defaultdict(list)
        entries = self._ledger.digests.entries_in(period, late, self._now)
        records, files = self._ledger.entries.records(entries), self._ledger.files.entry_files(entries)
        for entry in entries:
            record = records[entry]
            item = next((file.item for file in files[entry] if file.file == record.file), None)
            if item is None or record.published is None:
                continue
            for identity, _ in feeds_of(item, self._selection):
                view = feeds.get(identity._replace(view=kind.name))
                if view is None or not self._selection.views.has(view.identity):
                    continue
                if feed_policy(identity, view.slug, self._selection).rejection_reason(record) is None:
                    rank = feed_rank(view.identity, view.slug, self._selection)
                    key = period_key(record, record.published, record.id, rank)
                    found[view].append(_Candidate(key, entry, record.file, item, record.published))
        return found

    def _summaries(self, found: _ByView) -> dict[int, str]:
        """The summaries of the entries that digests list, without items whose summary cannot be made."""
        several = (self._listed(view, candidates) for view, candidates in found.items())
        listed = {each.entry: each.item for candidates in several for each in candidates}
        pages = self._ledger.page_links.linked_pages(list(listed), self._site.entry_pages_below)
        task: Task[None, _ToSum, list[tuple[int, str]]] = Task(
            partial(summarise, self._site.base_url), _encode_items, _entry
        )
        items = [(entry, item, pages.get(entry, {})) for entry, item in listed.items()]
        jobs = [(None, items)] if items else []
        return {
            entry: words for outcome in self._executor.map(task, jobs, many=False) for entry, words in outcome.result
        }

    def _listed(self, view: FeedRecord, candidates: list[_Candidate]) -> list[_Candidate]:
        return candidates[: find_view(view.identity).limit(self._selection.views)]

    def _keep(
        self, view: FeedRecord, period: Period, candidates: list[_Candidate], summaries: Mapping[int, str]
    ) -> None:
        from feedd.render.assembly.assemble_feed import feed_words, list_feed  # late: few passes close a period

        lines = [_line(each, summaries.get(each.entry, "")) for each in self._listed(view, candidates)]
        feed = self._feeds[view.identity.base]
        summary = feed_summary(feed)
        label = list_feed(summary, self._site).label if feed.label else self._site.title
        order = feed_rank(view.identity, view.slug, self._selection).order
        words = feed_words(summary, self._site)
        digest = make_digest(view.id, label, period, self._zone, lines, len(candidates), order, words)
        self._ledger.digests.keep(view.feed, period, digest)
        self._ledger.feeds.move_updated(view.feed, period.end)


def _line(candidate: _Candidate, summary: str) -> DigestLine:
    item = candidate.item
    provider = item.provider.name if item.provider else None
    return DigestLine(
        candidate.entry,
        candidate.file,
        words_digest(item),
        item.title,
        item.link,
        provider,
        candidate.published,
        summary,
    )


def summarise(base_url: str, job: bytes, begin: Begin) -> list[tuple[int, str]]:
    """The summaries of entries as digests show them. `job` is msgpack of a list of entries, each with its item and the
    pages that the item links to.
    """
    from feedd.html.content import entry_texts

    found: list[tuple[int, str]] = []
    for number, (entry, item, pages) in enumerate(_decode_items(job)):
        begin(number)
        _, summary = entry_texts(item, base_url=base_url, page_url=pages.get, limit=_SUMMARY)
        found.append((entry, summary))
    return found


def _encode_items(_head: None, items: Sequence[_ToSum]) -> bytes:
    return msgspec.msgpack.encode(items)


def _entry(item: _ToSum) -> int:
    return item[0]


_decode_items = msgspec.msgpack.Decoder(list[_ToSum]).decode
_SUMMARY = 240  # characters


def time_zone(name: str) -> tzinfo:
    """A time zone by its name. UTC also works on a system without time zones."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # late: most sites use UTC

    return ZoneInfo(name)
