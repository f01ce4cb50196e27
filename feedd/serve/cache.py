"""Documents in memory: a path in; the document as it lies in the feeds' directory at this moment, out.

    path -- lstat --> as it was read? -- yes --> CachedDocument
                           +-- no --> read again --> CachedDocument

The memory is bounded. The document that was not asked for the longest is given up first. Of a large file of media only
the head of the answer is held.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from feedd.items.references import media_type_of, suffix
from feedd.render import PAGE, redirects
from feedd.select.archives import ARCHIVE_FOLDER
from feedd.select.old_addresses import is_document
from feedd.serve.deltas import EntryStates
from feedd.serve.messages import Response
from feedd.serve.representation import BY_CODING, BY_FILE, CachedDocument
from feedd.serve.server_options import CacheOptions
from feedd.store.served import Found, Loaded, ServedDirectory, ServedFileStamp

_SHARE = 4  # no document may take more than this part of the memory
_SHARE_OF_STATES = 16  # as much of the memory, beside it, may hold which entries earlier versions had
_HELD = 1024 * 1024  # bytes of the largest file of sound, film or a picture that is held in memory
_LIKE_TEXT = ("svg",)  # files of media that are encoded, which takes all of their bytes


class DocumentCache:
    """The documents of a directory, those asked for lately in memory."""

    def __init__(self, directory: ServedDirectory, options: CacheOptions) -> None:
        self._directory = directory
        self._options = options
        self._documents: OrderedDict[str, CachedDocument] = OrderedDict()
        self._retired: tuple[ServedFileStamp | None, dict[str, str | None]] = (None, {})
        self.states = EntryStates(options.memory // _SHARE_OF_STATES)
        self._encoder = ThreadPoolExecutor(1, "feedd-encoder")

    def find(self, path: str) -> CachedDocument | None:
        """The document at a path as it is now; None if no document may be given out. Raises TooLarge, and OSError if a
        document may be there and cannot be read.
        """
        document = self._documents.get(path)
        if document is not None and self._directory.is_unchanged(path, document.look):
            self._documents.move_to_end(path)
            return document
        if earlier := self._documents.pop(path, None):
            self.states.note(path, earlier.version, earlier.entries)  # once more: it was given out until now
        loaded = None if self._is_encoding(path) else self._find(path)
        if loaded is None:
            return None
        document = self._documents[path] = CachedDocument(path, loaded, self._options, self._load, self._encoder.submit)
        self._make_room()
        self.states.note(path, document.version, document.entries)
        return document

    def _find(self, path: str) -> Loaded | Found | None:
        if media_type_of(path) is not None and suffix(path) not in _LIKE_TEXT:
            found = self._directory.find(path)
            if found is None or len(found.data) > min(_HELD, self._options.memory // _SHARE):
                return found
        return self._load(path)

    def _load(self, path: str) -> Loaded | None:
        return self._directory.load(path, self._options.memory // _SHARE)

    def _is_encoding(self, path: str) -> bool:
        """Whether a file is only another form of the document beside it."""
        return any(
            path.endswith(each.suffix) and self._directory.look(path.removesuffix(each.suffix)) is not None
            for each in BY_CODING.values()
        )

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder."""
        return self._directory.is_folder(path)

    def redirect_for(self, path: str) -> str | None:
        """Where a retired document leads: its new path; "" if the document is gone for good; None if no document is
        known to have been there. Raises OSError.
        """
        retired = self._retirements()
        if path in retired:
            return retired[path] or ""
        folder, _, name = path.rpartition("/")
        above, rest = folder, name
        while above:  # a view lies in the folder of its feed
            if above in retired and not is_document(retired[above] or above):
                now = retired[above]
                return f"{now}/{rest}" if now is not None else ""
            above, _, last = above.rpartition("/")
            rest = f"{last}/{rest}"
        format_of = BY_FILE.get(name)
        if format_of is not None and format_of.name not in self._options.formats and self._is_feed(folder):
            return ""
        return self._page_above_archives(folder) if path.endswith(f"/{ARCHIVE_FOLDER}{PAGE.file}") else None

    def _page_above_archives(self, folder: str) -> str | None:
        """The page of a feed, from which pages lead to its archives; None if there is none."""
        page = f"{folder.rpartition('/')[0]}/{PAGE.file}"
        is_there = self._directory.is_folder(folder) and self._directory.look(page) is not None
        return page if is_there else None

    def _is_feed(self, folder: str) -> bool:
        paths = (f"{folder}/{name}".lstrip("/") for name in BY_FILE)
        return any(self._directory.look(path) is not None for path in paths)

    def _retirements(self) -> dict[str, str | None]:
        look = self._directory.look(redirects.FILE)
        if look != self._retired[0]:
            loaded = self._directory.redirects(redirects.FILE, self._options.memory // _SHARE)
            base = urlsplit(self._options.base_url).path or "/"
            self._retired = (loaded.look, redirects.read(loaded.data, base)) if loaded else (None, {})
        return self._retired[1]

    def delta(self, path: str, document: CachedDocument, codings: Sequence[str], version: str) -> Response | None:
        """The answer with the entries of a document that another version of it did not have; None if that version is
        not known, or the whole document is no larger.
        """
        had = self.states.find(path, version)
        if had is None:
            return None
        held, answer = document.size, document.delta(codings, version, had)
        if document.size > held:
            self._make_room()
        return answer

    def _make_room(self) -> None:
        """Drops the documents that were not asked for the longest, but keeps the newest: it is being given out."""
        there = sum(document.size for document in self._documents.values())
        while there > self._options.memory and len(self._documents) > 1:
            there -= self._documents.popitem(last=False)[1].size
