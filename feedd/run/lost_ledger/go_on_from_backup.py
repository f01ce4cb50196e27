"""Going on from a backup: a ledger that was put back, and what was published since, in; a ledger with both out."""

from __future__ import annotations

from collections.abc import Iterable

from feedd.run.lost_ledger.published_copy import PublishedCopy, Recovered, RecoverySource, Unreached, counted
from feedd.run.lost_ledger.read_index import read_index
from feedd.run.lost_ledger.recover_ledger import CopyInFeeds
from feedd.store.copies.restore import RESTORED
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.adoption.restored_rows import RestoredRows
from feedd.store.ledger.session import LedgerSession


def go_on_from_backup(
    ledger: LedgerSession, documents: DocumentStore, source: RecoverySource, paths: Iterable[str]
) -> Recovered:
    """Takes over what was published since the backup: as the documents show it, else the copy of `source`. `paths`: the
    files that are there.
    """
    from feedd.render.recovery.old_windows import read_windows  # late: libraries for XML take long to load

    paths = list(paths)
    rows = RestoredRows(ledger.connection)
    try:
        for copy in (CopyInFeeds(documents), source.copy):
            if copy is None:
                continue
            if (index := read_index(copy)) is not None:
                with ledger.transaction():
                    return _ended(ledger, copy, rows.merge(index.entries, index.feeds, paths))
            if (windows := read_windows(copy.read)) is not None:
                with ledger.transaction():
                    return _ended(ledger, copy, rows.merge_windows(windows, paths))
    except Unreached as error:
        return Recovered(refused=f"{error}. What was published since the backup is not known.")
    with ledger.transaction():
        ledger.state.forget_setting(RESTORED)
    return Recovered()


def _ended(ledger: LedgerSession, copy: PublishedCopy, merged: int) -> Recovered:
    ledger.state.forget_setting(RESTORED)
    if not merged:
        return Recovered(
            remarks=(f"the ledger is from a backup, and as new as {copy.name}: nothing had to be taken over.",)
        )
    said = f"{counted(merged, 'entry that was', 'entries that were')} published or changed since"
    verb = "was" if merged == 1 else "were"
    return Recovered(remarks=(f"the ledger is from a backup: {said} {verb} taken over from {copy.name}.",))
