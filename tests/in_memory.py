"""What stands behind the seams of a pass in place of local folders and hubs: memory."""

from __future__ import annotations

import errno
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path

from feedd.decide.changes import FileStamp, pack
from feedd.items.local_files import is_media
from feedd.model import Document, Problem
from feedd.render import FORMATS
from feedd.render.site_info import SiteInfo
from feedd.store.document_store import DocumentStamp, Written, is_media_document
from feedd.store.item_source import FetchedVersion, FirstCommits, Glance, Hindrance, MediaStamp, Scan, Unread, covers
from feedd.store.ledger.session import LedgerSession


class MemoryItems:
    """An ItemSource in memory."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[int, bytes]] = {}
        self._media: dict[str, tuple[int, bytes]] = {}
        self._versions = 0

    def put(self, path: str, data: bytes) -> None:
        """Puts a file in its place, also over another."""
        self._versions += 1
        files = self._media if is_media(path) else self._files
        files[path] = self._versions, data

    def remove(self, path: str) -> None:
        """Takes a file away, if it is there."""
        self._files.pop(path, None)
        self._media.pop(path, None)

    def identity(self) -> str:
        return "memory"

    def wait_with(self, while_waiting: Callable[[], None]) -> None:
        pass

    def scan(self, clock_ns: int) -> Scan:
        del clock_ns  # no two versions of a file are alike
        folders: dict[str, list[FileStamp]] = defaultdict(list)
        for path, (version, data) in self._files.items():
            folder, _, name = path.rpartition("/")
            folders[f"{folder}/" if folder else ""].append(FileStamp(name, len(data), version, version))
        media = tuple(sorted(self._media))
        return Scan({folder: pack(files) for folder, files in folders.items()}, len(self._files), (), (), media)

    def glance(self, paths: Iterable[str]) -> Glance:
        looked_at = tuple(sorted(paths))
        return Glance(tuple(sorted(path for path in self._files if covers(looked_at, path))), looked_at, (), ())

    def prepare(self, paths: Sequence[str]) -> dict[str, FetchedVersion]:
        return {}

    def read(self, path: str, version: FetchedVersion | None = None) -> bytes | Unread | None:
        return self._files[path][1] if path in self._files else None

    def media_stamp(self, path: str) -> MediaStamp | None:
        version, data = self._media.get(path, (0, b""))
        return MediaStamp(len(data), version, version) if version else None

    def read_media(self, path: str) -> bytes | Problem | None:
        return self._media[path][1] if path in self._media else None

    def hindrance(self) -> Hindrance:
        return Hindrance()

    def first_commits(self) -> FirstCommits:
        return FirstCommits({}, "memory has no history")

    def relative(self, path: str) -> str | None:
        return path


class MemoryClaim:
    """A SiteClaim that nobody contests."""

    def __init__(self) -> None:
        self._key: str | None = None

    def hold(self) -> None:
        pass

    def release(self) -> None:
        pass

    def key(self) -> str | None:
        return self._key

    def keep_key(self, key: str) -> None:
        self._key = key

    def mismatch(self) -> str:
        return "another site"


class MemoryDocuments:
    """A DocumentStore in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.full: str | None = None  # a folder into which nothing can be written
        self._stamps: dict[str, DocumentStamp] = {}
        self._versions = count(1)
        self._claim = MemoryClaim()

    def look_anew(self) -> None:
        pass

    def stat(self, path: str) -> DocumentStamp | None:
        return self._stamps.get(path)

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def is_absent(self, path: str) -> bool:
        return path not in self.files

    def read_as(self, path: str, left: DocumentStamp) -> bytes | None:
        return self.files[path] if self._stamps.get(path) == left else None

    def write(self, document: Document, encoded: Sequence[Document] = ()) -> list[Written]:
        return [self._put(each) for each in (document, *encoded)]

    def _put(self, document: Document) -> Written:
        path, data = document.path, document.data
        if self.full is not None and path.startswith(self.full):
            raise OSError(errno.ENOSPC, "No space left on device")
        changed = self.files.get(path) != data
        if changed:
            self.files[path] = data
            self._stamps[path] = DocumentStamp(len(data), next(self._versions), 0)
        return Written(path, changed, self._stamps[path])

    def found(self, names: Collection[str]) -> list[str]:
        return sorted(path for path in self.files if path.rpartition("/")[2] in names)

    def found_media(self) -> list[str]:
        return sorted(filter(is_media_document, self.files))

    def delete(self, path: str) -> bool:
        self._stamps.pop(path, None)
        return self.files.pop(path, None) is not None

    def claim(self, state: Path) -> MemoryClaim:
        del state
        return self._claim


class Recorder:
    """A Delivery that remembers of which documents of feeds hubs would be told."""

    def __init__(self) -> None:
        self.waits: set[str] = set()

    def __call__(self, ledger: LedgerSession, site: SiteInfo, now: datetime, /) -> Recorder:
        del ledger, now
        self._names = {FORMATS[name].file for name in site.formats}
        return self

    def changed(self, path: str, *, withdraws: bool = False) -> None:
        del withdraws
        if path.rpartition("/")[2] in self._names:
            self.waits.add(path)

    def deleted(self, path: str, *, withdraws: bool = False) -> None:
        del withdraws
        self.waits.discard(path)

    def forget_other_targets(self) -> tuple[str, ...]:
        return ()

    def forget_other_addresses(self) -> None:
        pass

    def waiting(self) -> int:
        return len(self.waits)
