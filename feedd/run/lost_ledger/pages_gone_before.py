"""Pages of withdrawn entries that a lost ledger knew: the file that the server reads, in; the same pages, kept, out."""

from __future__ import annotations

from pathlib import Path

from feedd.store.gone_pages import GonePages
from feedd.store.ledger.session import LedgerSession

_BEFORE = "pages gone before"  # the setting with their digests


def remember_gone_pages(ledger: LedgerSession, state: Path) -> None:
    """Keeps which pages were gone, in a ledger that cannot know them all: a new one, or one from a backup.
    `state`: the state directory.
    """
    ledger.state.keep_setting(_BEFORE, GonePages(state).digests().hex())


def keep_gone_pages(ledger: LedgerSession, state: Path) -> bool:
    """Keeps which pages are gone now, for the server. Returns whether they could be kept."""
    return GonePages(state).keep(ledger.entry_pages.gone(), bytes.fromhex(ledger.state.setting(_BEFORE) or ""))
