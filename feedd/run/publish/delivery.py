"""What a pass tells of its documents, for others to be told after it. Whom, and how, is the delivery's own matter."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from feedd.render.site_info import SiteInfo
from feedd.store.ledger.session import LedgerSession


class Delivery(Protocol):
    """Takes note of one pass, in the transaction in which its documents are kept: both are kept, or neither is."""

    def changed(self, path: str, *, withdraws: bool = False) -> None:
        """The bytes of a document, or of an encoding beside it, have changed, or may have. `withdraws`: before, it may
        have shown what is withheld now.
        """

    def deleted(self, path: str, *, withdraws: bool = False) -> None:
        """A document was deleted."""

    def forget_other_targets(self) -> tuple[str, ...]:
        """Drops what waits for receivers that are no longer configured. Returns what a person has to know of it."""

    def forget_other_addresses(self) -> None:
        """Drops what waits for addresses where no document is any more."""

    def waiting(self) -> int:
        """How many announcements wait."""


class Deliveries:
    """Several deliveries as one. How many announcements wait is the first one's to say."""

    def __init__(self, *each: Delivery) -> None:
        self._each = each

    def changed(self, path: str, *, withdraws: bool = False) -> None:
        """Tells all of a changed document."""
        for each in self._each:
            each.changed(path, withdraws=withdraws)

    def deleted(self, path: str, *, withdraws: bool = False) -> None:
        """Tells all of a deleted document."""
        for each in self._each:
            each.deleted(path, withdraws=withdraws)

    def forget_other_targets(self) -> tuple[str, ...]:
        """Has all of them forget receivers that are no longer configured."""
        return tuple(words for each in self._each for words in each.forget_other_targets())

    def forget_other_addresses(self) -> None:
        """Has all of them forget addresses where no document is."""
        for each in self._each:
            each.forget_other_addresses()

    def waiting(self) -> int:
        """How many announcements wait."""
        return self._each[0].waiting()


class StartDelivery(Protocol):
    """Makes the recorder of deliveries for a pass at `now`."""

    def __call__(self, ledger: LedgerSession, site: SiteInfo, now: datetime, /) -> Delivery:
        """The delivery of this pass."""
