"""The state of the documents about the site: which of them have to be made again."""

from __future__ import annotations

from enum import IntEnum

from feedd.store.ledger.session import LedgerSession

_NAME = "site documents"


class SiteState(IntEnum):
    """The stale documents about the site. A greater value includes the smaller values."""

    FRESH = 0  # nothing
    ENTRIES = 1  # the entries on the site's page, which are of the feed of all
    COUNTS = 2  # the site's page: a feed holds more entries, or fewer
    STALE = 3  # every document: a feed is new, or has another name


def site_state(ledger: LedgerSession) -> SiteState:
    """The kept state; STALE if none is kept."""
    kept = ledger.state.setting(_NAME)
    return SiteState.STALE if kept is None else SiteState[kept.upper()]


def keep_site_state(ledger: LedgerSession, state: SiteState) -> None:
    """Keeps the state."""
    if ledger.state.setting(_NAME) != state.name.lower():
        ledger.state.keep_setting(_NAME, state.name.lower())
