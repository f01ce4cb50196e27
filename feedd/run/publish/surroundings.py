"""Surroundings: entries in; what their references depend on outside of their items, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from feedd.items.references import LocalFile
from feedd.model import RemoteFile
from feedd.render.site_info import SiteInfo
from feedd.store.ledger.session import LedgerSession


class Surroundings(NamedTuple):
    """Where an item without a link is on its site, the files beside the items that it refers to, by key, and its
    enclosure as a server describes it.
    """

    place: str | None = None
    files: tuple[tuple[str, LocalFile], ...] = ()
    remote: RemoteFile | None = None


NO_SURROUNDINGS = Surroundings()


def surroundings(ledger: LedgerSession, site: SiteInfo, entries: Sequence[int]) -> dict[int, Surroundings]:
    """The surroundings of those `entries` that have any."""
    found: dict[int, Surroundings] = {}
    if site.site_url is not None:
        for entry, path in ledger.files.paths_without_link(entries).items():
            found[entry] = Surroundings(site.site_url + quote(path))
    if site.probe:
        for entry, remote in ledger.probes.answers(entries).items():
            found[entry] = found.get(entry, NO_SURROUNDINGS)._replace(remote=remote)
    return found
