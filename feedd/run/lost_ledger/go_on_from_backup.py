"""Going on from a backup: a ledger that was put back, and what was published since, in; a ledger with both out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from feedd.render.recovery.window_facts import OldWindows
from feedd.run.lost_ledger.complete_index import complete_index
from feedd.run.lost_ledger.known_digests import keep_known_digests
from feedd.run.lost_ledger.published_copy import (
    PublishedCopy,
    Recovered,
    RecoverySource,
    Unreached,
    advice,
    counted,
    damage,
)
from feedd.run.lost_ledger.read_index import FoundIndex, read_index
from feedd.run.lost_ledger.recover_ledger import CopyInFeeds
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.adoption.index_marks import SOME_TEXTS, TEXTS
from feedd.store.ledger.adoption.restored_rows import RestoredRows
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.state_rows import RESTORED

_UNKNOWN = f"The ledger is from a backup, and what was published since is not known. {advice('since the backup')}"
_ALONE = (
    "the ledger is from a backup, and there are no feeds: what was published since is not known, and nothing of it was "
    "taken over."
)


def go_on_from_backup(
    ledger: LedgerSession, documents: DocumentStore, source: RecoverySource, paths: Iterable[str]
) -> Recovered:
    """Takes over what was published since the backup, as the copies of `source` show it: one of them is the feeds'
    directory. Without feeds it refuses, unless nothing was published since. `paths`: the files that are there.
    """
    from feedd.render.recovery.old_windows import read_windows  # late: libraries for XML take long to load

    paths = list(paths)
    rows = RestoredRows(ledger.connection)
    try:
        for copy in source.copies(CopyInFeeds(documents)):
            index = read_index(copy)
            windows = read_windows(copy.read) if index is None or index.damaged else None
            if index is not None and index.authority:
                with ledger.transaction():
                    return _ended(ledger, copy, _merge(ledger, index, windows, paths), index, windows)
            if windows is not None:
                with ledger.transaction():
                    keep_known_digests(ledger, windows.windows)
                    return _ended(ledger, copy, rows.merge_windows(windows, paths), index, windows)
    except Unreached as error:
        if not source.may_be_first:
            return Recovered(refused=f"{error}. {_UNKNOWN}")
    if not source.may_be_first:
        where = "there are no feeds"
        if source.copy is not None:
            where += f", and {source.copy.name} has nothing to take over{source.copy.hint}"
        return Recovered(refused=f"{where}. {_UNKNOWN}")
    with ledger.transaction():
        rows.vouch_for_nothing()
        ledger.state.forget_setting(RESTORED)
    return Recovered(remarks=(_ALONE,))


def _merge(ledger: LedgerSession, found: FoundIndex, windows: OldWindows | None, paths: Collection[str]) -> int:
    """Takes over an index, in the caller's transaction, and what feeds show, where a part of the index is damaged.
    Returns how many entries are new or have changed since.
    """
    if windows is not None:
        found = complete_index(found, windows, paths)
    keep_known_digests(ledger, (*found.feeds, *(() if windows is None else windows.windows)))
    merged = RestoredRows(ledger.connection).merge(found.entries, found.feeds, paths)
    if windows is not None:
        ledger.index_marks.keep_windows(windows)
        ledger.index_marks.mark_adopted(TEXTS if found.has_all_entries else SOME_TEXTS)
    return merged


def _ended(
    ledger: LedgerSession, copy: PublishedCopy, merged: int, index: FoundIndex | None, windows: OldWindows | None
) -> Recovered:
    ledger.state.forget_setting(RESTORED)
    if merged:
        said = f"{counted(merged, 'entry that was', 'entries that were')} published or changed since"
        verb = "was" if merged == 1 else "were"
        remark = f"the ledger is from a backup: {said} {verb} taken over from {copy.name}."
    else:
        remark = f"the ledger is from a backup, and as new as {copy.name}: nothing had to be taken over."
    if index is not None and index.damaged:
        remark += f" {damage(index.damaged, has_feeds=windows is not None)}"
    return Recovered(remarks=(remark,))
