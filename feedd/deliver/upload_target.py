"""Targets: the object stores to publish to, as values."""

from __future__ import annotations

from msgspec import Struct

from feedd.store.object_stores.store_url import StoreUrl


class PublishTarget(Struct, frozen=True):
    """An object store to publish to. `form`: "" or the name of the encoding of its objects. `unconditional`: it may
    ignore the conditions of puts. `base_url` is that of the site.
    """

    url: StoreUrl
    base_url: str
    form: str = ""
    unconditional: bool = False

    @property
    def name(self) -> str:
        """The address, as the ledger has it."""
        return str(self.url)
