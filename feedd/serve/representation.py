"""A document as it was when it was read: path, bytes and stamp in; answers with the document, in each coding, out.

    bytes -- digest, dates --> validators, freshness --+
      |                                                +--> Representation: the answers 200 and 304
      +------- encode, once for each coding -----------+

A Representation is made when it is first asked for.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from email.utils import formatdate
from typing import NamedTuple
from urllib.parse import quote

from feedd.items.references import suffix
from feedd.patterns import late_pattern
from feedd.render import FORMATS, page_shell
from feedd.render.content_codings import ENCODINGS
from feedd.select.archives import archive_in, document_name
from feedd.serve.deltas import entry_digests, with_new_entries
from feedd.serve.freshness import max_age
from feedd.serve.messages import Body, Headers, Response, response
from feedd.serve.server_options import CacheOptions
from feedd.store.document_store import is_media_document
from feedd.store.served import TYPES, Found, Loaded

FEED, PAGE, OTHER = "feed", "page", "other"
CODINGS = ("br", "gzip")  # on offer, the smaller one first
BY_CODING = {each.token: each for each in ENCODINGS.values()}
BY_FILE = {each.file: each for each in FORMATS.values()}
_TYPES = {
    **{name: f"{each.media_type}; charset=utf-8" for name, each in BY_FILE.items()},
    "feeds.opml": "text/x-opml; charset=utf-8",
}
OF_PAGES = [
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src http: https:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
_BY_KIND: dict[str, list[tuple[str, str]]] = {
    FEED: [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag, IM, Last-Modified, Link"),
    ],
    PAGE: [*OF_PAGES, ("Referrer-Policy", "no-referrer")],
    OTHER: [],
}
_OF_MEDIA = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "Accept-Ranges, Content-Range, ETag, Last-Modified"),
]
OF_DRAWINGS = [  # a drawing may hold scripts: where it is opened by itself, they do not run
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
]
_TEXT_TYPES = (
    "application/json",
    "application/xml",
    "image/svg+xml",
)  # media types besides text/* that are worth encoding
_BY_DIGEST = (".css", ".js", ".svg")  # files that pages ask for with a digest in the address
_VERSION_BYTES = 6  # bytes of that digest
_FOR_EVER = "max-age=31536000, immutable"
_ENCODED_AT_ONCE = 1024 * 1024  # bytes that are encoded while the client waits; larger documents go out plain meanwhile
_HEAD_BYTES = 1024  # bytes in which a feed says what it is
_ROOT = late_pattern(rb"<([A-Za-z][\w:.-]*)")
_MOST_DELTAS = 16  # of a document, from earlier versions of it, that are held
_SHORT = 8  # digits of an earlier version in the tag of a delta
_VARY_OF_DELTAS = "A-IM, If-None-Match, Accept-Encoding"
_DIGEST_BYTES = 16  # bytes of a digest: enough that no two versions of a document share a digest


class Representation(NamedTuple):
    """A document in one coding: its validators, and the answers 200 (with the document) and 304 (not changed).

    `headers` are those of an answer with a part of it; None where no parts are given out, as of a coded document.
    `is_date_strong`: no two versions have the same second (RFC 9110, 8.8.2.2), since feedd has written the document.
    """

    tag: bytes
    last_modified: bytes
    full: Response
    not_modified: Response
    headers: Headers | None
    is_date_strong: bool


class CachedDocument:
    """A document as it was when it was read. `beside` reads a file beside it; `later` runs a function in a thread."""

    def __init__(
        self,
        path: str,
        loaded: Loaded | Found,
        options: CacheOptions,
        beside: Callable[[str], Loaded | None],
        later: Callable[[Callable[[], None]], object],
    ) -> None:
        body, self.look = loaded
        data = body if isinstance(body, bytes) else b""
        self.size = len(data)  # bytes held, with what was encoded
        self._path = path
        self._beside = beside
        self._later = later
        self._kind = _kind(path, data)
        self._type = media_type(path, data)
        if isinstance(loaded, Found):
            self.version = _validator(path, loaded)
        else:
            self.version = hashlib.blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()
        format_of = BY_FILE.get(path.rpartition("/")[2])
        self._format = format_of.name if format_of else ""
        self.entries = entry_digests(self._format, data) if format_of else b""  # for deltas
        self._deltas: OrderedDict[tuple[str, str], Response | None] = OrderedDict()
        self._modified = self.look.mtime_ns // 10**9
        self._last_modified = formatdate(self._modified, usegmt=True)
        by_digest = path.endswith(_BY_DIGEST)
        self._address_version = (
            hashlib.blake2b(data, digest_size=_VERSION_BYTES).hexdigest().encode() if by_digest else None
        )
        has_dates = self._kind != OTHER
        self._freshness = f"max-age={max_age(data if has_dates else b'', options.most)}"
        self._more = [("Vary", "Accept-Encoding"), *_BY_KIND[self._kind]]
        if is_media_document(path):  # its name is made of its bytes
            self._freshness = _FOR_EVER
            self._more += _OF_MEDIA + (OF_DRAWINGS if path.endswith(".svg") else [])
        if self._kind == FEED:
            self._more.append(("Link", _links(path, options)))
        self._bodies: dict[str, Body | None] = {"": body}  # by coding; None: of no use, or not made yet
        if not (self._kind != OTHER or self._type.startswith("text/") or self._type in _TEXT_TYPES):
            self._bodies |= dict.fromkeys(CODINGS)
        self._representations: dict[tuple[str, bool], Representation] = {}

    def representation(self, codings: Sequence[str], query: bytes = b"") -> Representation:
        """The document in the first of these codings that is available, else in no coding. If `query` holds the digest
        of the document, the answer may be cached for ever: under this address the document never changes.
        """
        coding = next((each for each in codings if self._body(each) is not None), "")
        key = (coding, bool(query) and self._address_version is not None and query == b"v=" + self._address_version)
        representation = self._representations.get(key)
        if representation is None:
            representation = self._representations[key] = self._made(*key)
        return representation

    def delta(self, codings: Sequence[str], version: str, had: bytes) -> Response | None:
        """The answer 226 to a client that has the entries `had` of an earlier version; None if it is no smaller than
        the whole document. Deltas from the same version are made once.
        """
        coding = next((each for each in codings if each in BY_CODING), "")
        key = (coding, version)
        if key not in self._deltas:
            if len(self._deltas) == _MOST_DELTAS:
                given_up = self._deltas.popitem(last=False)[1]
                self.size -= len(given_up.body) if given_up else 0
            self._deltas[key] = made = self._delta(coding, version, had)
            self.size += len(made.body) if made else 0
        self._deltas.move_to_end(key)
        return self._deltas[key]

    def _delta(self, coding: str, version: str, had: bytes) -> Response | None:
        whole = self._body("")
        if not isinstance(whole, bytes):
            return None
        body, most = with_new_entries(self._format, whole, had), len(self._body(coding) or whole)
        if len(body) > _ENCODED_AT_ONCE:
            coding = ""  # the client does not wait for it
        if coding:
            body = BY_CODING[coding].encode(body)
        if len(body) >= most:
            return None
        tag = f'"{self.version}-{version[:_SHORT]}{"-" if coding else ""}{coding}"'
        # RFC 3229, 10.8.3: a cache that does not know deltas must not take a delta for the document.
        freshness = ("Cache-Control", f"no-store, im, {self._freshness}")
        headers = [("IM", "feed"), ("ETag", tag), ("Last-Modified", self._last_modified), freshness]
        headers += [("Content-Type", self._type), ("X-Content-Type-Options", "nosniff"), ("Vary", _VARY_OF_DELTAS)]
        headers += [each for each in self._more if each[0] != "Vary"] + [("Content-Encoding", coding)] * bool(coding)
        return response(226, headers, body, self._kind, f"/{self._path}", self._modified)

    def not_modified(self, tag: bytes) -> Response:
        """The answer 304 to a client that has this version from a delta with this entity tag."""
        headers = [("ETag", tag.decode("ascii")), ("Last-Modified", self._last_modified)]
        headers += [("Cache-Control", self._freshness), *self._more]
        return response(304, headers, b"", self._kind, f"/{self._path}", self._modified)

    def _body(self, coding: str) -> Body | None:
        if coding in self._bodies:
            return self._bodies[coding]
        there = self._beside(self._path + BY_CODING[coding].suffix)
        if there is not None and there.look.mtime_ns == self.look.mtime_ns:
            self._keep(coding, there.data)
        elif len(self._bodies[""] or b"") <= _ENCODED_AT_ONCE:
            self._encode(coding)
        else:
            self._bodies[coding] = None
            self._later(lambda: self._encode(coding))
            return None  # even if it is encoded by now: this answer is the plain one
        return self._bodies[coding]

    def _encode(self, coding: str) -> None:
        plain = self._bodies[""]
        if not isinstance(plain, bytes):  # of a file that is not held: sound, film and pictures hold no air
            return
        body = BY_CODING[coding].encode(plain)
        if len(body) < len(plain):
            self._keep(coding, body)
        else:
            self._bodies[coding] = None

    def _keep(self, coding: str, body: bytes) -> None:
        self.size += len(body)
        self._bodies[coding] = body

    def _made(self, coding: str, lasting: bool) -> Representation:
        """The representation in this coding. A strong validator (RFC 9110, 8.8.1) tells the codings of a document
        apart.
        """
        tag = f'"{self.version}{"-" if coding else ""}{coding}"'
        freshness = _FOR_EVER if lasting else self._freshness
        same = [("ETag", tag), ("Last-Modified", self._last_modified), ("Cache-Control", freshness), *self._more]
        own = [("Content-Type", self._type), ("X-Content-Type-Options", "nosniff")]
        own.append(("Content-Encoding", coding) if coding else ("Accept-Ranges", "bytes"))
        url_path = f"/{self._path}"
        return Representation(
            tag.encode(),
            self._last_modified.encode(),
            response(200, own + same, self._bodies[coding] or b"", self._kind, url_path, self._modified),
            response(304, same, b"", self._kind, url_path, self._modified),
            None if coding else own + same,
            self._kind != OTHER or is_media_document(self._path),
        )


def _kind(path: str, data: bytes) -> str:
    """FEED, PAGE or OTHER. A page of somebody else is OTHER: its author decides about its resources."""
    if document_name(path) in _TYPES:
        return FEED
    return PAGE if path.endswith(".html") and page_shell.PAGE_MARK in data else OTHER


def _validator(path: str, found: Found) -> str:
    """What tells the versions of a file that is not read apart: the digest in its name, else its stamp."""
    if is_media_document(path):
        return path.rpartition("/")[2].partition(".")[0]
    return f"{found.look.mtime_ns:x}-{found.look.size:x}"


def media_type(path: str, data: bytes) -> str:
    """The media type of a document, by its name. A feed has the type of its format, whatever its suffix says."""
    name = document_name(path)
    if name in _TYPES:
        return _TYPES[name]
    found = TYPES.get(suffix(name), "application/octet-stream")
    if found.endswith(("xml", "json")) and (known := _feed_type(data[:_HEAD_BYTES])):
        return known
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def _feed_type(head: bytes) -> str | None:
    """The media type of the feed that begins so, in another publisher's words; None for other documents."""
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return FORMATS["json"].media_type if b"://jsonfeed.org/version/" in head else None
    root = _ROOT.search(head)
    name = {b"feed": "atom", b"rss": "rss"}.get(root[1]) if root else None
    return FORMATS[name].media_type if name else None


def _links(path: str, options: CacheOptions) -> str:
    """The Link header (RFC 8288) for WebSub: the document's own address, and its hubs."""
    hubs = () if archive_in(path) else options.hubs  # nobody subscribes to an archive
    links = [(options.base_url + quote(path), "self"), *((hub, "hub") for hub in hubs)]
    return ", ".join(f'<{url}>; rel="{relation}"' for url, relation in links)
