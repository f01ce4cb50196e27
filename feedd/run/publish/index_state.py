"""The state of the recovery index: which of its parts have to be made again, or show what is withheld now."""

from __future__ import annotations

from feedd.render.recovery.index_parts import RECOVERY_FOLDER, groups_of_part
from feedd.run.pass_context import PassContext
from feedd.store.ledger.session import LedgerSession

WRITTEN = "recovery index"  # the setting that keeps what all parts say of the site, as they were written last


def index_is_behind(context: PassContext) -> bool:
    """Whether parts of the index have to be made again, apart from parts with feeds whose documents are stale."""
    if not context.settings.recovery_index:
        return False
    return bool(context.ledger.index_marks.stale()) or not context.ledger.state.setting(WRITTEN)


def doomed_parts(ledger: LedgerSession) -> list[str]:
    """The parts of the index that have to be made again because of their entries."""
    stale = ledger.index_marks.stale()
    parts = [path for path in ledger.documents.below(RECOVERY_FOLDER) if "/entries-" in path]
    return [path for number, path in enumerate(parts) if stale.intersection(groups_of_part(number, len(parts)))]
