"""How much of the documents about the site has to be made again, as the ledger keeps it."""

from __future__ import annotations

from enum import IntEnum

from feedd.store.ledger.session import LedgerSession

_NAME = "site documents"


class SiteState(IntEnum):
    """What has to be made again. The greater of two asks for more."""

    FRESH = 0  # nothing
    ENTRIES = 1  # the entries on the site's page, which stand in the feed of all
    COUNTS = 2  # the site's page: a feed holds more entries, or fewer
    STALE = 3  # every document: there is another feed, or feeds are called otherwise


def site_state(ledger: LedgerSession) -> SiteState:
    """What has to be made again; all if that is not known."""
    kept = ledger.state.setting(_NAME)
    return SiteState.STALE if kept is None else SiteState[kept.upper()]


def keep_site_state(ledger: LedgerSession, state: SiteState) -> None:
    """Keeps what has to be made again."""
    if ledger.state.setting(_NAME) != state.name.lower():
        ledger.state.keep_setting(_NAME, state.name.lower())
