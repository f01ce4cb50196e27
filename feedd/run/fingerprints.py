"""Fingerprints: what the ledger was last brought up to date by, and what the settings say now, compared."""

from __future__ import annotations

from feedd.run.pass_settings import PassSettings
from feedd.store.ledger.session import LedgerSession

_ENTRIES = "entries"


def inputs_of(settings: PassSettings) -> dict[str, str]:
    """The fingerprints of a pass, under the names by which the ledger keeps them."""
    return {
        "reading": settings.reading_inputs,
        "catalog": settings.selection_inputs,
        "rendering": settings.rendering_inputs,
    }


def reads_otherwise(ledger: LedgerSession, settings: PassSettings) -> bool:
    """Whether files have to be read again, changed or not."""
    return ledger.state.setting("reading") != settings.reading_inputs


def selects_otherwise(ledger: LedgerSession, settings: PassSettings) -> bool:
    """Whether every entry has to be decided about again."""
    return ledger.state.setting("catalog") != settings.selection_inputs


def shows_otherwise(ledger: LedgerSession, settings: PassSettings) -> bool:
    """Whether documents show anything that the configuration, or this feedd, has otherwise now."""
    kept = ledger.state.setting("rendering")
    return kept is None or kept not in (settings.rendering_inputs, settings.earlier_rendering_inputs)


def keep_inputs(ledger: LedgerSession, settings: PassSettings) -> None:
    """Keeps the fingerprints of this pass."""
    for name, value in inputs_of(settings).items():
        if ledger.state.setting(name) != value:
            ledger.state.keep_setting(name, value)


def keep_entry_mark(ledger: LedgerSession, settings: PassSettings) -> None:
    """Keeps what the fingerprints of entries begin with. A mark that an earlier feedd used for entries like those of
    now goes on being used, so that their fragments serve again.
    """
    kept, inputs, earlier = ledger.state.setting(_ENTRIES), settings.entry_inputs, settings.earlier_rendering_inputs
    if kept is None or kept.partition(" ")[0] != inputs:
        is_earlier = kept is None and earlier is not None and ledger.state.setting("rendering") == earlier
        ledger.state.keep_setting(_ENTRIES, f"{inputs} {earlier if is_earlier else inputs}")


def entry_mark(ledger: LedgerSession, settings: PassSettings) -> str:
    """What the fingerprints of entries begin with: it stands for all that single entries show of the settings."""
    return (ledger.state.setting(_ENTRIES) or settings.entry_inputs).rpartition(" ")[2]
