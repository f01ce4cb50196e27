"""Queueing deliveries: documents as they were written, in; what hubs are to be told, in the same transaction, out."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from feedd.render import FORMATS
from feedd.render.site_info import SiteInfo
from feedd.store.document_store import DocumentStamp
from feedd.store.ledger.session import LedgerSession


class DeliveryQueue:
    """Queues an announcement for each hub and each document of a feed whose bytes have changed.

    A pass that was killed between a document's renaming and its own commit has changed bytes that nobody was told of,
    and the next one finds nothing to write there. `doubtful`: this is such a pass, or the ledger is new; then a
    document that does not look as it was left is taken for one that has changed.
    """

    def __init__(self, ledger: LedgerSession, site: SiteInfo, now: datetime, *, doubtful: bool) -> None:
        self._ledger = ledger
        self._site = site
        self._now = int(now.timestamp())
        self._doubtful = doubtful
        self._names = {FORMATS[name].file for name in site.formats}

    def kept(self, path: str, stat: DocumentStamp, *, changed: bool) -> None:
        """A document is as it should be; `changed`: because it was written. To be called before that is kept."""
        if not self._site.hubs or path.rpartition("/")[2] not in self._names:
            return
        if changed or (self._doubtful and not self._is_as_left(path, stat)):
            self._ledger.deliveries.add(self._site.hubs, self._url(path), self._now)

    def _is_as_left(self, path: str, stat: DocumentStamp) -> bool:
        known = self._ledger.documents.find(path)
        return known is not None and known[0] == stat

    def deleted(self, path: str) -> None:
        """A document was deleted: there is nothing at its address to be told of."""
        self._ledger.deliveries.drop(self._url(path))

    def forget_other_hubs(self) -> None:
        """Drops what waits for hubs that are no longer told."""
        self._ledger.deliveries.keep_only(self._site.hubs)

    def forget_other_addresses(self) -> None:
        """Drops what waits or was refused at addresses where no document is any more, as after a new `base_url`."""
        self._ledger.deliveries.keep_only_documents({self._url(path) for path in self._ledger.documents.all()})

    def waiting(self) -> int:
        """How many announcements wait."""
        return self._ledger.deliveries.count() if self._site.hubs else 0

    def _url(self, path: str) -> str:
        """The topic URL (W3C WebSub, section 3.1): the address that the document gives as its own."""
        return self._site.base_url + quote(path)
