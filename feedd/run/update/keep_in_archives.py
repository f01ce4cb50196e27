"""Keeping entries in archives: what windows push out or never let in, in; feeds in which an archive was begun, out.

Candidates.kept -- without members --+
entries that a window pushed out ----+--> take_in --> fill --> archives
Candidates.unkept ----------------------> withdraw --^
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from feedd.model import FeedId
from feedd.run.site_state import SiteState, keep_site_state, site_state
from feedd.run.update.collect_candidates import Candidates
from feedd.run.update.feed_registry import FeedRegistry
from feedd.select.archives import ArchiveSettings
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.session import LedgerSession

_SETTING = "archives"  # of the state: the settings by which the archives were made


def adapt_archives(ledger: LedgerSession, feeds: FeedRegistry, settings: ArchiveSettings) -> None:
    """Dooms the archives of feeds that shall have none any more. If archives have another size now, their entries wait
    for other places. To be called before every entry is decided again.
    """
    for number in sorted(ledger.archives.feeds()):
        if not settings.cover(feeds.numbers[number].identity):
            ledger.archives.drop(number)
            keep_site_state(ledger, max(site_state(ledger), SiteState.COUNTS))  # its page may lead to them
    size = str(settings.size)
    kept = ledger.state.setting(_SETTING)
    if kept not in (None, size):
        ledger.archives.begin_anew()
    if kept != size and settings.feeds:
        ledger.state.keep_setting(_SETTING, size)


class KeptEntries:
    """Keeps the entries of a pass in archives. `now` is the time of the pass."""

    def __init__(self, ledger: LedgerSession, settings: ArchiveSettings, now: datetime) -> None:
        self._ledger = ledger
        self._settings = settings
        self._now = now
        self._pushed_out: dict[FeedId, Sequence[int]] = {}

    def add(self, feed: FeedRecord, pushed_out: Sequence[int]) -> None:
        """Adds entries that the window of a feed pushed out."""
        if pushed_out and self._settings.cover(feed.identity):
            self._pushed_out[feed.identity] = pushed_out

    def keep(self, feeds: FeedRegistry, candidates: Candidates) -> list[FeedRecord]:
        """Brings the archives up to date. Returns the feeds in which an archive was begun."""
        archives = self._ledger.archives
        for identity, entries in sorted(candidates.unkept.items()):
            archives.withdraw(feeds.all[identity].feed, entries, self._now)
        if not self._settings.feeds:
            return []
        for identity in sorted({*candidates.kept, *self._pushed_out}):
            feed = feeds.all[identity].feed
            members = self._ledger.members.positions(feed)
            coming = {*candidates.kept.get(identity, ()), *self._pushed_out.get(identity, ())} - members.keys()
            archives.take_in(feed, sorted(coming), self._now)
        return [feeds.numbers[number] for number in sorted(archives.fill(self._settings.size, self._now))]
