"""Surroundings: entries in; what their references depend on outside of their items, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from feedd.items.references import MEDIA_FOLDER, LocalFile
from feedd.model import MirroredPicture, RemoteFile
from feedd.render.site_info import SiteInfo
from feedd.run.missing_files import is_elsewhere
from feedd.store.ledger.media.media_rows import MediaFile
from feedd.store.ledger.session import LedgerSession


class Surroundings(NamedTuple):
    """What an entry takes from beside its item: `place` on its site, if it has no link, and `files` beside the items.
    Files are by key. `remote` is its enclosure as a server describes it. `pictures` are those of other sites that are
    published here, by their addresses there.
    """

    place: str | None = None
    files: tuple[tuple[str, LocalFile], ...] = ()
    remote: RemoteFile | None = None
    pictures: tuple[tuple[str, MirroredPicture], ...] = ()


NO_SURROUNDINGS = Surroundings()


def surroundings(ledger: LedgerSession, site: SiteInfo, entries: Sequence[int]) -> dict[int, Surroundings]:
    """The surroundings of those `entries` that have any."""
    found: dict[int, Surroundings] = {}
    if site.site_url is not None:
        for entry, path in ledger.files.paths_without_link(entries).items():
            found[entry] = Surroundings(site.site_url + quote(path))
    for entry, files in ledger.media.of_entries(entries).items():
        local = tuple((key, _local_file(path, each, site)) for key, path, each in files)
        found[entry] = found.get(entry, NO_SURROUNDINGS)._replace(files=local)
    if site.probe:
        for entry, remote in ledger.probes.answers(entries).items():
            found[entry] = found.get(entry, NO_SURROUNDINGS)._replace(remote=remote)
    if site.mirror is not None:
        for entry, pictures in ledger.pictures.of_entries(entries).items():
            found[entry] = found.get(entry, NO_SURROUNDINGS)._replace(pictures=pictures)
    return found


def _local_file(path: str, file: MediaFile, site: SiteInfo) -> LocalFile:
    """A file beside the items as documents refer to it."""
    if file.name:
        return LocalFile(f"{site.base_url}{MEDIA_FOLDER}{file.name}", file.stamp.size)
    if file.problem is None and site.media_prefix is not None and is_elsewhere(path, site):
        return LocalFile(site.media_prefix + quote(path), file.stamp.size)
    return LocalFile("", 0)
