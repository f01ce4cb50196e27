"""Documents in memory: a path in; the document as it lies in the feeds' directory at this moment, out.

    path -- lstat --> as it was read? -- yes --> Kept
                           +-- no --> read again, digest --> Kept -- variant --> bytes and headers in one coding

What is held is bounded; what was not asked for the longest is given up first.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections import OrderedDict
from collections.abc import Callable, Sequence
from email.utils import formatdate
from threading import Thread
from typing import NamedTuple
from urllib.parse import quote

from feedd.core import redirects
from feedd.core.encodings import ENCODINGS
from feedd.core.freshness import max_age
from feedd.core.render import FORMATS, markup
from feedd.disk.served import Loaded, Look, ServedDirectory
from feedd.serve.answers import Answer, answer
from feedd.serve.orders import Manner

FEED, PAGE, OTHER = "feed", "page", "other"
CODINGS = ("br", "gzip")  # on offer, the smaller one first
_ENCODINGS = {each.token: each for each in ENCODINGS.values()}
_FORMATS = {each.file: each for each in FORMATS.values()}
_TYPES = {
    **{name: f"{each.media_type}; charset=utf-8" for name, each in _FORMATS.items()},
    "feeds.opml": "text/x-opml; charset=utf-8",
}
_BY_KIND: dict[str, list[tuple[str, str]]] = {
    FEED: [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag, Last-Modified, Link"),
    ],
    PAGE: [
        (
            "Content-Security-Policy",
            (
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'none'"
            ),
        ),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
    OTHER: [],
}
_AT_ONCE = 1024 * 1024  # bytes that are encoded while the client waits; larger documents go out plain meanwhile
_BY_DIGEST = (".css", ".js", ".svg")  # what pages ask for with a digest in its address
_FOR_EVER = "max-age=31536000, immutable"
_TAG = 16  # bytes of a digest: enough that no two versions of a document share one


class Variant(NamedTuple):
    """A document in one coding: its validators, the answer with it (200) and the one that says that it has not
    changed (304).
    """

    tag: bytes
    last_modified: bytes
    given: Answer
    unchanged: Answer


class Kept:
    """A document as it was when it was read."""

    def __init__(
        self, path: str, loaded: Loaded, manner: Manner, beside: Callable[[str], Loaded | None], *, lasting: bool
    ) -> None:
        """`beside` gives the file of that name. `lasting`: these bytes are asked for by their digest."""
        data, look = loaded
        self._path = path
        self._beside = beside
        self.look = look
        self.size = len(data)  # bytes held, with what was encoded
        self._data = data
        self._digest = hashlib.blake2b(data, digest_size=_TAG).hexdigest()
        self._last_modified = formatdate(look.mtime_ns // 10**9, usegmt=True)
        self._kind = _kind(path, data)
        self._type = _media_type(path)
        self._common = [
            ("Last-Modified", self._last_modified),
            ("Cache-Control", _FOR_EVER if lasting else f"max-age={max_age(data, manner.most)}"),
            ("Vary", "Accept-Encoding"),
            *_BY_KIND[self._kind],
            *([("Link", _links(path, manner))] if self._kind == FEED else []),
        ]
        self._plain = self._variant(data, "")
        self._encoded: dict[str, Variant] = {}

    def variant(self, codings: Sequence[str]) -> Variant:
        """The document in the first of these codings that makes it smaller, or in none."""
        for coding in codings:
            encoded = self._encoded.get(coding) or self._begin(coding)
            if encoded is not self._plain:
                return encoded
        return self._plain

    def _begin(self, coding: str) -> Variant:
        there = self._beside(self._path + _ENCODINGS[coding].suffix)
        if there is not None and there.look.mtime_ns == self.look.mtime_ns:
            self._keep(coding, there.data)
            return self._encoded[coding]
        if self.size <= _AT_ONCE:
            self._encode(coding)
            return self._encoded[coding]
        self._encoded[coding] = self._plain
        Thread(target=self._encode, args=(coding,), daemon=True).start()
        return self._plain

    def _encode(self, coding: str) -> None:
        body = _ENCODINGS[coding].encode(self._data)
        if len(body) < len(self._data):
            self._keep(coding, body)
        else:
            self._encoded[coding] = self._plain

    def _keep(self, coding: str, body: bytes) -> None:
        self.size += len(body)
        self._encoded[coding] = self._variant(body, coding)

    def _variant(self, body: bytes, coding: str) -> Variant:
        """A strong validator (RFC 9110, 8.8.1) tells the codings of a document apart."""
        tag = f'"{self._digest}{"-" if coding else ""}{coding}"'
        same = [("ETag", tag), *self._common]
        own = [("Content-Type", self._type), ("X-Content-Type-Options", "nosniff")]
        if coding:
            own.append(("Content-Encoding", coding))
        return Variant(
            tag.encode(),
            self._last_modified.encode(),
            answer(200, own + same, body, self._kind),
            answer(304, same, b"", self._kind),
        )


class Shelf:
    """The documents of a directory, those asked for lately in memory."""

    def __init__(self, directory: ServedDirectory, manner: Manner) -> None:
        self._directory = directory
        self._manner = manner
        self._kept: OrderedDict[tuple[str, bool], Kept] = OrderedDict()
        self._retired: tuple[Look | None, dict[str, str | None]] = (None, {})

    def find(self, path: str, *, lasting: bool = False) -> Kept | None:
        """The document at a path as it is now; None if there is none that may be given out. `lasting`: it is asked
        for by its digest, and will not be another one under the same address.
        """
        key = (path, lasting)
        kept = self._kept.get(key)
        if kept is not None and self._directory.look(path) == kept.look:
            self._kept.move_to_end(key)
            return kept
        self._kept.pop(key, None)
        loaded = None if self._is_encoding(path) else self._directory.load(path)
        if loaded is None:
            return None
        lasting = lasting and path.endswith(_BY_DIGEST)
        kept = self._kept[key] = Kept(path, loaded, self._manner, self._directory.load, lasting=lasting)
        self._make_room()
        return kept

    def _is_encoding(self, path: str) -> bool:
        """Whether a file is only another form of the document beside it."""
        return any(
            path.endswith(each.suffix) and self._directory.look(path.removesuffix(each.suffix)) is not None
            for each in _ENCODINGS.values()
        )

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder."""
        return self._directory.is_folder(path)

    def fate(self, path: str) -> str | None:
        """What became of a document that was there: its new path; "" if it is gone for good; None if none was."""
        retired = self._retirements()
        if path in retired:
            return retired[path] or ""
        folder, _, name = path.rpartition("/")
        if folder in retired:
            now = retired[folder]
            return f"{now}/{name}" if now is not None else ""
        if name in _FORMATS and any(self.find(f"{folder}/{other}".lstrip("/")) for other in _FORMATS if other != name):
            return ""  # the feed is there, in other formats
        return None

    def _retirements(self) -> dict[str, str | None]:
        look = self._directory.look(redirects.FILE)
        if look != self._retired[0]:
            loaded = self._directory.redirects(redirects.FILE)
            self._retired = (loaded.look, redirects.read(loaded.data)) if loaded else (None, {})
        return self._retired[1]

    def _make_room(self) -> None:
        """Gives up what was not asked for the longest, but never the last: it is being given out."""
        there = sum(kept.size for kept in self._kept.values())
        while there > self._manner.memory and len(self._kept) > 1:
            there -= self._kept.popitem(last=False)[1].size


def _kind(path: str, data: bytes) -> str:
    """A page that feedd did not make is not a PAGE: what that may load is for its author to say."""
    if path.rpartition("/")[2] in _TYPES:
        return FEED
    return PAGE if path.endswith(".html") and markup.MARK in data else OTHER


def _media_type(path: str) -> str:
    name = path.rpartition("/")[2]
    if name in _TYPES:
        return _TYPES[name]
    found = mimetypes.guess_type(name, strict=True)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def _links(path: str, manner: Manner) -> str:
    """The Link header (RFC 8288) that WebSub asks for: the document's own address, and the hubs that know it."""
    links = [(manner.base_url + quote(path), "self"), *((hub, "hub") for hub in manner.hubs)]
    return ", ".join(f'<{url}>; rel="{relation}"' for url, relation in links)
