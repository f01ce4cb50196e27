"""Settings that are probably slips: the settings of a pass and its ledger, in; remarks, each said once, out."""

from __future__ import annotations

from feedd.decide.minting import why_too_early
from feedd.run.pass_context import PassContext
from feedd.select.unmatched import empty_defaults

_SAID = "remarks on settings"


def settings_remarks(context: PassContext) -> tuple[str, ...]:
    """Remarks about folders without items, and about an authority of a date to come. Those of the last pass are not
    said again; nor are any for a private feed, which has the settings of its site.
    """
    ledger, settings = context.ledger, context.settings
    if settings.reading.audiences is not None and settings.reading.audiences.own is not None:
        return ()
    found = []
    if settings.authority is not None and (reason := why_too_early(settings.authority, context.now)):
        found.append(f"authority: {reason}")
    if settings.reading.folders and ledger.files.has_files():
        found += [f"{key}: {words}" for key, words in empty_defaults(settings.reading.folders, ledger.files.has_below)]
    said, known = ledger.state.setting(_SAID), "\n".join(found)
    if known == (said or ""):
        return ()
    ledger.state.keep_setting(_SAID, known)
    return tuple(each for each in found if each not in (said or "").split("\n"))
