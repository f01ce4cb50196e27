"""Queueing deliveries: written documents in; announcements for hubs, in the same transaction, out."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from feedd.render import FORMATS
from feedd.render.site_info import SiteInfo
from feedd.store.ledger.session import LedgerSession


class DeliveryQueue:
    """A Delivery: queues an announcement for each hub and each document of a feed whose bytes have changed."""

    def __init__(self, ledger: LedgerSession, site: SiteInfo, now: datetime, /) -> None:
        self._ledger = ledger
        self._site = site
        self._now = int(now.timestamp())
        self._names = {FORMATS[name].file for name in site.formats}

    def changed(self, path: str, *, withdraws: bool = False) -> None:  # noqa: ARG002
        """The bytes of a document have changed; of a document that is no feed, nobody is told."""
        if self._site.hubs and path.rpartition("/")[2] in self._names:
            self._ledger.deliveries.add(self._site.hubs, self._url(path), self._now)

    def deleted(self, path: str, *, withdraws: bool = False) -> None:  # noqa: ARG002
        """Drops the announcements of a deleted document."""
        self._ledger.deliveries.drop(self._url(path))

    def forget_other_targets(self) -> tuple[str, ...]:
        """Drops the announcements for hubs that are no longer configured."""
        self._ledger.deliveries.keep_only(self._site.hubs)
        return ()

    def forget_other_addresses(self) -> None:
        """Drops announcements and refusals for addresses without document, as after a change of `base_url`."""
        self._ledger.deliveries.keep_only_documents({self._url(path) for path in self._ledger.documents.all()})

    def waiting(self) -> int:
        """How many announcements wait."""
        return self._ledger.deliveries.count() if self._site.hubs else 0

    def _url(self, path: str) -> str:
        """The topic URL (W3C WebSub, section 3.1): the address that the document gives as its own."""
        return self._site.base_url + quote(path)
