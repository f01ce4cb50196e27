"""Taking over what was published, before a pass: a ledger that is empty, or from a backup, in; what was done, out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from feedd.run.lost_ledger.pages_gone_before import remember_gone_pages
from feedd.run.lost_ledger.published_copy import Recovered, RecoverySource
from feedd.run.pass_settings import PassSettings
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.state_rows import RESTORED


def take_over(
    ledger: LedgerSession,
    documents: DocumentStore,
    source: RecoverySource | None,
    paths: Iterable[str],
    settings: PassSettings,
    state: Path,
) -> Recovered | None:
    """Begins an empty ledger, or goes on with a ledger from a backup; None for any other. `source`: None where all
    begins anew. `paths`: the files that are there. `state`: the state directory.
    """
    begun = _begun(ledger, documents, source, paths, settings)
    if begun is not None and source is not None and not begun.refused:
        remember_gone_pages(ledger, state)
    return begun


def _begun(
    ledger: LedgerSession,
    documents: DocumentStore,
    source: RecoverySource | None,
    paths: Iterable[str],
    settings: PassSettings,
) -> Recovered | None:
    if ledger.entries.is_empty():
        from feedd.run.lost_ledger.begin_ledger import begin_ledger  # late: a ledger begins once

        return begin_ledger(ledger, documents, source, paths, settings)
    if ledger.state.setting(RESTORED):
        from feedd.run.lost_ledger.go_on_from_backup import go_on_from_backup  # late: few are from a backup

        return go_on_from_backup(ledger, documents, source or RecoverySource(), paths)
    return None


def without_effect(source: RecoverySource) -> tuple[str, ...]:
    """Remarks for a pass with a ledger, which looks for no copy: that an option of the command line did nothing."""
    if not source.option:
        return ()
    undone = f"there is a ledger, so {source.option} did nothing"
    if source.option == "--recover":
        undone += (
            ": nothing was taken over. If the ledger was made after a loss, move ledger.sqlite3 out of the state "
            "directory, and say `feedd render --recover FOLDER|URL` again"
        )
    return (f"{undone}.",)


def taken_as_old(ledger: LedgerSession) -> tuple[str, ...]:
    """Remarks about new items without a date that a pass after a take-over took as old."""
    number = ledger.index_marks.taken_as_old
    if not number:
        return ()
    items = (
        "1 item without a date that no feed showed was"
        if number == 1
        else (f"{number:,} items without a date that no feed showed were")
    )
    return (f"{items} taken as old, and not shown as new; a date in the file changes this.",)
