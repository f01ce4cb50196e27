"""Queueing uploads: written documents in; uploads for object stores, in the same transaction, out."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from feedd.render.site_info import SiteInfo
from feedd.store.ledger.session import LedgerSession


class UploadQueue:
    """A Delivery: queues each changed or deleted document for each of `targets`, addresses in object stores."""

    def __init__(self, targets: tuple[str, ...], ledger: LedgerSession, site: SiteInfo, now: datetime, /) -> None:
        self._targets = targets
        self._uploads = ledger.uploads
        self._base_url = site.base_url
        self._now = int(now.timestamp())
        self._withdraws = False

    def changed(self, path: str, *, withdraws: bool = False) -> None:
        """Queues the upload of a document."""
        self._add(path, deletes=False, withdraws=withdraws)

    def deleted(self, path: str, *, withdraws: bool = False) -> None:
        """Queues the deletion of a document."""
        self._add(path, deletes=True, withdraws=withdraws)

    def _add(self, path: str, *, deletes: bool, withdraws: bool) -> None:
        if not self._targets:
            return
        from feedd.deliver.upload_order import is_uploaded, level_of  # late: few have stores to publish to

        if withdraws and not self._withdraws:  # what the stores have of documents that wait may show it, too
            self._withdraws = True
            self._uploads.withdraw_all()
        if is_uploaded(path):
            level = level_of(path, deletes=deletes, withdraws=withdraws or (deletes and self._withdraws))
            url = self._base_url + quote(path)
            self._uploads.add(self._targets, path, url, level, self._now, deletes=deletes)

    def forget_other_targets(self) -> tuple[str, ...]:
        """Forgets what was for stores that are no longer configured. Returns what stays there though it is withheld."""
        return self._uploads.keep_only(self._targets)

    def forget_other_addresses(self) -> None:
        """Does nothing: an upload has no address of its own."""

    def waiting(self) -> int:
        """Nothing waits for hubs here."""
        return 0
