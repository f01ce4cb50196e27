"""How much of the documents about the site has to be made again: what changed, in; a word for the ledger, out."""

from __future__ import annotations

FRESH = "fresh"  # nothing
ENTRIES = "entries"  # the entries on the site's page, which stand in the feed of all
COUNTS = "counts"  # the site's page: a feed holds more entries, or fewer
STALE = "stale"  # every document: there is another feed, or feeds are called otherwise
_FROM_LEAST = (FRESH, ENTRIES, COUNTS, STALE)


def most(*states: str | None) -> str:
    """The state that asks for most; what is not known asks for everything."""
    return max((STALE if state is None else state for state in states), key=_FROM_LEAST.index)
