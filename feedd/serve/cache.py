"""Documents in memory: a path in; the document as it lies in the feeds' directory at this moment, out.

    path -- lstat --> as it was read? -- yes --> CachedDocument
                           +-- no --> read again --> CachedDocument

What is held is bounded; what was not asked for the longest is given up first.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from feedd.render import redirects
from feedd.serve.representation import BY_CODING, BY_FILE, CachedDocument
from feedd.serve.server_options import CacheOptions
from feedd.store.served import Loaded, ServedDirectory, ServedFileStamp

_SHARE = 4  # no document may take more than this part of the memory


class DocumentCache:
    """The documents of a directory, those asked for lately in memory."""

    def __init__(self, directory: ServedDirectory, manner: CacheOptions) -> None:
        self._directory = directory
        self._manner = manner
        self._kept: OrderedDict[str, CachedDocument] = OrderedDict()
        self._retired: tuple[ServedFileStamp | None, dict[str, str | None]] = (None, {})
        self._encoder = ThreadPoolExecutor(1, "feedd-encoder")

    def find(self, path: str) -> CachedDocument | None:
        """The document at a path as it is now; None if there is none that may be given out. Raises TooLarge, and
        OSError if there may be one that cannot be read.
        """
        kept = self._kept.get(path)
        if kept is not None and self._directory.is_as(path, kept.look):
            self._kept.move_to_end(path)
            return kept
        self._kept.pop(path, None)
        loaded = None if self._is_encoding(path) else self._load(path)
        if loaded is None:
            return None
        kept = self._kept[path] = CachedDocument(path, loaded, self._manner, self._load, self._encoder.submit)
        self._make_room()
        return kept

    def _load(self, path: str) -> Loaded | None:
        return self._directory.load(path, self._manner.memory // _SHARE)

    def _is_encoding(self, path: str) -> bool:
        """Whether a file is only another form of the document beside it."""
        return any(
            path.endswith(each.suffix) and self._directory.look(path.removesuffix(each.suffix)) is not None
            for each in BY_CODING.values()
        )

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder."""
        return self._directory.is_folder(path)

    def fate(self, path: str) -> str | None:
        """What became of a document that was there: its new path; "" if it is gone for good; None if none was, as far
        as is known. Raises OSError.
        """
        retired = self._retirements()
        if path in retired:
            return retired[path] or ""
        folder, _, name = path.rpartition("/")
        above, rest = folder, name
        while above:  # a view lies in the folder of its feed
            if above in retired:
                now = retired[above]
                return f"{now}/{rest}" if now is not None else ""
            above, _, last = above.rpartition("/")
            rest = f"{last}/{rest}"
        format_of = BY_FILE.get(name)
        if format_of is not None and format_of.name not in self._manner.formats and self._is_feed(folder):
            return ""
        return None

    def _is_feed(self, folder: str) -> bool:
        paths = (f"{folder}/{name}".lstrip("/") for name in BY_FILE)
        return any(self._directory.look(path) is not None for path in paths)

    def _retirements(self) -> dict[str, str | None]:
        look = self._directory.look(redirects.FILE)
        if look != self._retired[0]:
            loaded = self._directory.redirects(redirects.FILE, self._manner.memory // _SHARE)
            base = urlsplit(self._manner.base_url).path or "/"
            self._retired = (loaded.look, redirects.read(loaded.data, base)) if loaded else (None, {})
        return self._retired[1]

    def _make_room(self) -> None:
        """Gives up what was not asked for the longest, but never the last: it is being given out."""
        there = sum(kept.size for kept in self._kept.values())
        while there > self._manner.memory and len(self._kept) > 1:
            there -= self._kept.popitem(last=False)[1].size
