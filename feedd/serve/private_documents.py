"""Private documents: a Request below /private/ in; the document of a subscriber out, with their own addresses in it.

    /private/TOKEN/            the private feeds of a subscriber
    /private/TOKEN/feeds.opml  the same, to be imported into a reader
    /private/TOKEN/NAME/...    a document of the site that a private feed is
        --> 200, 206 or 304 | 301 | 404, 405, 410, 416, 429, 503

No answer, and nothing that is said of one anywhere else, holds a token, but the subscriber's own documents.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from feedd.render import OPML, PAGE
from feedd.render.private_feeds_page import private_feeds_list, private_feeds_page
from feedd.render.recovery.index_parts import is_index_part
from feedd.select.slugs import slug_in
from feedd.serve.app import comparable, document_path
from feedd.serve.messages import Application, Request, Response, response, text
from feedd.serve.ranges import partial
from feedd.serve.representation import BY_CODING, OF_DRAWINGS, OF_PAGES, Representation, media_type
from feedd.serve.request_conditions import accepted, holds, is_current
from feedd.serve.server_options import PrivateOptions
from feedd.serve.wrong_tokens import WrongTokens
from feedd.store.document_store import is_media_document
from feedd.store.errors import Unusable
from feedd.store.gone_pages import GonePages
from feedd.store.private_feeds.private_tree import PREFIX, PrivateTree
from feedd.store.private_feeds.subscriber_list import Subscriber, SubscriberList
from feedd.store.served import FileBytes, Found, Loaded, ServedDirectory, TooLarge
from feedd.words.site_words import Words

_log = logging.getLogger("feedd")

_SECRET = [
    ("Cache-Control", "private, no-store"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Referrer-Policy", "no-referrer"),
]
_KIND = "private"  # in metrics, which know no more of such an answer
_PATH = f"/{PREFIX}…"
_LONGEST_TOKEN = 100
_MOST_BYTES = 64 * 1024 * 1024  # of a document in which addresses are put
_ENCODED_AT_ONCE = 1024 * 1024
_OF_TEXT = (".xml", ".json", ".html", ".opml")


def _words(status: int, words: str, *headers: tuple[str, str]) -> Response:
    return text(status, words, [*_SECRET, *headers])._replace(kind=_KIND, path=_PATH)


_MISSING = _words(404, "There is no such document.")
_LATER = _words(503, "This cannot be read just now.", ("Retry-After", "60"))
_REVOKED = _words(410, "This address is no longer valid.")
_NO_MORE = _words(410, "This feed is no more. Readers may stop asking for it.")
_WITHDRAWN = _words(410, "This entry was withdrawn.")
_READ_ONLY = _words(405, "This is a place to read from.", ("Allow", "GET, HEAD"))
_CHANGED = _words(412, "It is another version now.")


class PrivateDocuments:
    """Gives out private documents to those who have a token. All other requests are those of `public`. `base_url`: of
    all documents.
    """

    def __init__(
        self, public: Application, options: PrivateOptions, base_url: str, wrong: WrongTokens | None = None
    ) -> None:
        self._public = public
        prefix = comparable(urlsplit(base_url).path.encode()) or b"/"
        # A proxy may or may not take the path of the base URL away before it asks.
        self._starts = tuple(dict.fromkeys((prefix + PREFIX.encode(), b"/" + PREFIX.encode())))
        self._tree = PrivateTree(Path(os.fsdecode(options.state)))
        self._feeds = options.feeds
        self._formats = options.formats
        self._title, self._has_pages = options.title, options.pages
        self._below = f"{base_url}{PREFIX}"
        self._words = Words(options.language, options.words)
        self._subscribers = SubscriberList(Path(os.fsdecode(options.subscribers)))
        self._wrong = wrong or WrongTokens()
        self._trouble = ""  # that was said last
        self._folders = {name: ServedDirectory(self._tree.feeds_of(name)) for name in options.feeds}
        self._gone = {name: GonePages(self._tree.state_of(name)) for name in options.feeds}

    def __call__(self, request: Request) -> Response:
        """The answer to a request."""
        path = comparable(request.path)
        start = next((start for start in self._starts if path.startswith(start)), None)
        return self._public(request) if start is None else self._answer(request, path[len(start) :])

    def _answer(self, request: Request, rest: bytes) -> Response:
        """The answer to a request for `rest`, the part of its path after /private/."""
        if request.method not in (b"GET", b"HEAD"):
            return _READ_ONLY
        raw, slash, below = rest.partition(b"/")
        token = unquote_to_bytes(raw[:_LONGEST_TOKEN]).decode("utf-8", "surrogateescape")
        try:
            subscriber = self._subscribers.find(token)
            if subscriber is None:
                wait = self._wrong.count(_client(request))
                return _words(429, "Too many wrong addresses.", ("Retry-After", str(wait))) if wait else _MISSING
            if subscriber.revoked is not None:
                return _REVOKED
            return self._given(request, subscriber, token.encode(), below) if slash else _below(raw)
        except (OSError, Unusable) as error:
            self._say(str(error) if isinstance(error, Unusable) else error.strerror or type(error).__name__)
            return _LATER

    def _say(self, trouble: str) -> None:
        """Logs why something cannot be given out; the same reason only once in succession."""
        if trouble != self._trouble:
            _log.error("%s cannot be read: %s", _PATH, trouble)
        self._trouble = trouble

    def _given(self, request: Request, subscriber: Subscriber, token: bytes, below: bytes) -> Response:
        if not below:
            return self._index(subscriber, token)
        if below == OPML.encode():
            return self._opml(subscriber, token)
        raw_name, slash, rest = below.partition(b"/")
        name = unquote_to_bytes(raw_name).decode("utf-8", "replace")
        if not subscriber.may_read(name):
            return _MISSING
        if name not in self._feeds:
            return _NO_MORE if subscriber.feeds else _MISSING
        if not slash:
            return _below(raw_name)
        path = document_path(rest)
        if path is None or is_index_part(path):  # the index is for a lost ledger, and not for readers
            return _MISSING
        if path == OPML:
            return self._opml(subscriber, token)
        document = self._load(name, path)
        if document is None and not self._tree.feeds_of(name).is_dir():
            raise OSError(errno.ENOENT, "the folder of a private feed is lost; the next render makes it again")
        if document is None:
            slug = slug_in(path)
            if self._folders[name].find(f"{path}/{PAGE.file}") is not None:
                return _below(rest)
            return _WITHDRAWN if slug is not None and self._gone[name].has(slug) else _MISSING
        return self._respond(request, path, document, token)

    def _index(self, subscriber: Subscriber, token: bytes) -> Response:
        """The private feeds of a subscriber, as a page."""
        headers = [("Content-Type", "text/html; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
        page = private_feeds_page(
            self._feeds_of(subscriber),
            self._formats,
            self._words,
            self._title,
            self._home(token),
            pages=self._has_pages,
        )
        return response(200, [*headers, *OF_PAGES, *_SECRET], page, _KIND, _PATH)

    def _opml(self, subscriber: Subscriber, token: bytes) -> Response:
        """The private feeds of a subscriber, to be imported into a reader."""
        found = private_feeds_list(self._feeds_of(subscriber), self._formats, self._words, self._home(token))
        headers = [("Content-Type", media_type(OPML, found)), ("X-Content-Type-Options", "nosniff")]
        return response(200, [*headers, *_SECRET], found, _KIND, _PATH)

    def _home(self, token: bytes) -> str:
        """The address of the page of a subscriber."""
        return f"{self._below}{token.decode('ascii', 'replace')}/"

    def _feeds_of(self, subscriber: Subscriber) -> dict[str, str]:
        return {name: title for name, title in self._feeds.items() if subscriber.may_read(name)}

    def _load(self, name: str, path: str) -> Loaded | Found | None:
        """A document, of which only texts are read. Raises OSError."""
        if not path.endswith(_OF_TEXT):
            return self._folders[name].find(path)
        try:
            return self._folders[name].load(path, _MOST_BYTES)
        except TooLarge:
            return None

    def _personal(self, document: Loaded | Found, token: bytes) -> tuple[bytes | FileBytes, str]:
        """The bytes of a document with the subscriber's own addresses in them, and what tells its versions apart.
        Raises OSError.
        """
        body, look = document
        if not isinstance(body, bytes):
            return body, f"{look.mtime_ns:x}-{look.size:x}"
        place = self._tree.token_place().encode()
        if not place:  # the addresses in the document would lead nowhere
            raise OSError(errno.ENOENT, "the file .token-place is lost or damaged; the next render makes it again")
        body = body.replace(place, token)
        return body, hashlib.blake2b(body, digest_size=16).hexdigest()

    def _respond(self, request: Request, path: str, document: Loaded | Found, token: bytes) -> Response:
        """The answer with a document, by the conditions of the request (RFC 9110, 13.2.2)."""
        headers = request.headers
        body, version = self._personal(document, token)
        coding = _coding(headers.get(b"accept-encoding"), body)
        modified = document.look.mtime_ns // 10**9
        tag, date = f'"{version}{"-" if coding else ""}{coding}"', formatdate(modified, usegmt=True)
        if not holds(headers.get(b"if-match"), headers.get(b"if-unmodified-since"), tag.encode(), date.encode()):
            return _CHANGED
        same = [("ETag", tag), ("Last-Modified", date), ("Vary", "Accept-Encoding"), *_SECRET]
        if is_current(headers.get(b"if-none-match"), headers.get(b"if-modified-since"), tag.encode(), date.encode()):
            return response(304, same, b"", _KIND, _PATH, modified)
        own = [("Content-Type", media_type(path, body if isinstance(body, bytes) else b"")), *_kind_headers(path)]
        own.append(("Content-Encoding", coding) if coding else ("Accept-Ranges", "bytes"))
        if coding and isinstance(body, bytes):
            body = BY_CODING[coding].encode(body)
        full = response(200, own + same, body, _KIND, _PATH, modified)
        if coding or request.method != b"GET" or b"range" not in headers:
            return full
        whole = Representation(
            tag.encode(), date.encode(), full, full, own + same, is_date_strong=is_media_document(path)
        )
        part = partial(headers, whole) or full
        return (
            _words(416, "There is no such part.", ("Content-Range", f"bytes */{len(body)}"))
            if part.status == 416
            else part
        )


def _coding(wanted: bytes | None, body: bytes | FileBytes) -> str:
    """The coding of an answer with this body; "" for none: a file, or a text that takes long to encode, has none."""
    if not wanted or not isinstance(body, bytes) or len(body) > _ENCODED_AT_ONCE:
        return ""
    return next(iter(accepted(wanted, ("gzip",))), "")


def _below(name: bytes) -> Response:
    """The answer that leads to a folder: a relative address, so that it holds behind any proxy."""
    last = name.rpartition(b"/")[2].decode("ascii", "replace")
    return _words(301, "It has moved.", ("Location", f"./{last}/"))


def _kind_headers(path: str) -> list[tuple[str, str]]:
    found = [("X-Content-Type-Options", "nosniff")]
    if path.endswith(".html"):
        return [*found, *OF_PAGES]
    return [*found, *OF_DRAWINGS] if path.endswith(".svg") and is_media_document(path) else found


def _client(request: Request) -> str:
    """Who asks: behind a proxy on this machine, whom the proxy names last."""
    if request.client in ("", "127.0.0.1", "::1") and (named := request.headers.get(b"x-forwarded-for")):
        return named.rpartition(b",")[2].strip()[:_LONGEST_TOKEN].decode("latin-1")
    return request.client
