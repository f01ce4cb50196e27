"""Admissions to views: changed feeds in; newly admitted members of their views, in the ledger, out.

    members of a feed -- heats, view.admits --> wanted -- not there, and never pushed out --> admitted, for good

An admitted entry stays, whatever becomes of its heat, until newer admissions push it out or it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from feedd.select.ranking import effective_heat
from feedd.select.settings import SelectionSettings, feed_policy, feed_rank
from feedd.select.views.view_kind import AdmissionView
from feedd.select.window import Window, WindowPosition, advance
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.session import LedgerSession


class ViewAdmissions:
    """Admits entries to views with admissions. Such a view has room for as many entries as its feed."""

    def __init__(self, ledger: LedgerSession, selection: SelectionSettings, now: datetime) -> None:
        self._ledger = ledger
        self._selection = selection
        self._now = int(now.timestamp())

    def advance(self, feed: FeedRecord, view: FeedRecord, kind: AdmissionView, gone: Collection[int]) -> bool:
        """Admits the entries of `feed` that `view` (of this kind) wants now, and takes out the entries `gone`. Returns
        whether this changed the members.

        The time of admission never goes back, though the clock may.
        """
        members = self._ledger.members.positions(view.feed)
        wanted = self._wanted(feed, kind) if self._selection.views.has(view.identity) else {}
        now = max([self._now, *(place.published for place in members.values())])
        candidates = {
            entry: WindowPosition(now, entry_id) for entry, entry_id in wanted.items() if entry not in members
        }
        limit = feed_policy(feed.identity, feed.slug, self._selection).limit
        if not candidates and not gone and len(members) <= limit:
            return False
        departed = self._ledger.members.departed(view.feed, candidates)
        before = Window(members, None)
        after, pushed_out = advance(before, candidates, gone, departed, limit)
        self._ledger.members.keep_window(view, before, Window(after.members, None), pushed_out)
        return before.members.keys() != after.members.keys()

    def _wanted(self, feed: FeedRecord, kind: AdmissionView) -> dict[int, str]:
        """The members of a feed that a view of this kind admits, with their ids."""
        rank = feed_rank(feed.identity, feed.slug, self._selection)
        shown = self._ledger.members.entries(feed.feed)
        heats = {each.record.entry: effective_heat(each.record, rank) for each in shown}
        wanted = kind.admits(heats, self._selection.views)
        return {each.record.entry: each.record.id for each in shown if each.record.entry in wanted}
