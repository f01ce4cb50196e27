"""Agreeing on the site: the keys of the ledger and of the feeds' directory, in; the key of both, out."""

from __future__ import annotations

from feedd.store.document_store import SiteClaim
from feedd.store.ledger.session import LedgerSession
from feedd.store.site_file import new_key

_NAME = "site key"


def agreed_key(ledger: LedgerSession, claim: SiteClaim) -> str | None:
    """The key of this site; None if the ledger and the documents are of different sites.

    A new ledger adopts the key of the documents: it replaces a lost ledger.
    """
    found, kept = claim.key(), ledger.state.setting(_NAME)
    if kept is None:
        is_another = found is not None and not ledger.entries.is_empty()
        return None if is_another else found or new_key()
    return kept if found in (None, kept) else None


def keep_key(ledger: LedgerSession, key: str) -> None:
    """Keeps the key of this site in the ledger."""
    if ledger.state.setting(_NAME) != key:
        ledger.state.keep_setting(_NAME, key)
