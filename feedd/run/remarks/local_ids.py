"""Ids of localhost: the ledger and the settings in; a remark for a site whose ids other sites may use too, out."""

from __future__ import annotations

from feedd.run.pass_settings import PassSettings
from feedd.store.ledger.session import LedgerSession
from feedd.store.subscribers import Subscribers

_LOCAL = ("localhost", "127.0.0.1", "::1")
_ANEW = "`feedd render --start-over --nobody-subscribed` makes them anew"
_WILL_BE = (
    "ids are made from the name localhost, which other sites use too. Before anybody subscribes, set `authority` in "
    f"the configuration; then {_ANEW}."
)
_STILL_ARE = f"ids are still those of localhost, which other sites use too. Before anybody subscribes, {_ANEW}."


def at_first(settings: PassSettings) -> tuple[str, ...]:
    """The remark when the first ids are made of localhost, and nobody chose this name."""
    return (_WILL_BE,) if settings.authority is None and _is_local(settings.default_authority) else ()


def later(ledger: LedgerSession, settings: PassSettings, subscribers: Subscribers) -> tuple[str, ...]:
    """The remark when the ledger has ids of localhost, and the configuration names another authority: not once somebody
    may have subscribed.
    """
    if _is_local(settings.authority or settings.default_authority):
        return ()
    if not any(ledger.entries.has_ids_of(f"tag:{name},") for name in _LOCAL):
        return ()
    return (_STILL_ARE,) if subscribers.noticed() is None else ()


def _is_local(authority: str) -> bool:
    return authority.partition(",")[0] in _LOCAL
