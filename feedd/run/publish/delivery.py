"""What a pass tells of its documents, for others to be told after it. Whom, and how, is the delivery's own matter."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from feedd.render.site_info import SiteInfo
from feedd.store.ledger.session import LedgerSession


class Delivery(Protocol):
    """Takes note of one pass, in the transaction in which its documents are kept: both are kept, or neither is."""

    def changed(self, path: str) -> None:
        """The bytes of a document, or of an encoding beside it, have changed, or may have."""

    def deleted(self, path: str) -> None:
        """Drops the announcements of a deleted document."""

    def forget_other_targets(self) -> None:
        """Drops announcements for receivers that are no longer configured."""

    def forget_other_addresses(self) -> None:
        """Drops what waits for addresses where no document is any more."""

    def waiting(self) -> int:
        """How many announcements wait."""


class StartDelivery(Protocol):
    """Makes the recorder of deliveries for a pass at `now`."""

    def __call__(self, ledger: LedgerSession, site: SiteInfo, now: datetime, /) -> Delivery:
        """The delivery of this pass."""
