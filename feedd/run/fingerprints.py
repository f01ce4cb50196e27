"""Fingerprints: comparison of the settings with the settings by which the ledger was last updated."""

from __future__ import annotations

from msgspec import Struct

from feedd.run.pass_settings import PassSettings
from feedd.store.ledger.session import LedgerSession


class EntryPrefixes(Struct, frozen=True):
    """Prefixes for the fingerprints of entries, and of entries of digests. Each prefix stands for the settings shown by
    its entries.
    """

    entries: str
    digests: str


def input_fingerprints(settings: PassSettings) -> dict[str, str]:
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
    """Whether every entry has to be decided again."""
    return ledger.state.setting("catalog") != settings.selection_inputs


def shows_otherwise(ledger: LedgerSession, settings: PassSettings) -> bool:
    """Whether documents show settings, or code of feedd, that have changed."""
    kept = ledger.state.setting("rendering")
    return kept is None or kept not in (settings.rendering_inputs, settings.earlier_rendering_inputs)


def keep_inputs(ledger: LedgerSession, settings: PassSettings) -> None:
    """Keeps the fingerprints of this pass."""
    for name, value in input_fingerprints(settings).items():
        if ledger.state.setting(name) != value:
            ledger.state.keep_setting(name, value)


def keep_entry_prefixes(ledger: LedgerSession, settings: PassSettings) -> None:
    """Keeps the prefixes for fingerprints of entries. The prefix of an earlier feedd with the same entries stays in
    use, so that their fragments can be reused.
    """
    earlier = settings.earlier_rendering_inputs
    is_earlier = earlier is not None and ledger.state.setting("rendering") == earlier
    for name, inputs in _entry_inputs(settings).items():
        kept = ledger.state.setting(name)
        if kept is None or kept.partition(" ")[0] != inputs:
            ledger.state.keep_setting(name, f"{inputs} {earlier if kept is None and is_earlier else inputs}")


def entry_prefixes(ledger: LedgerSession, settings: PassSettings) -> EntryPrefixes:
    """The prefixes for fingerprints of entries, and of entries of digests."""
    prefixes = (ledger.state.setting(name) or inputs for name, inputs in _entry_inputs(settings).items())
    return EntryPrefixes(*(prefix.rpartition(" ")[2] for prefix in prefixes))


def _entry_inputs(settings: PassSettings) -> dict[str, str]:
    return {"entries": settings.entry_inputs, "digests": settings.digest_inputs}
