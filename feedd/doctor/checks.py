"""Checks: the answers of a server about a document in; findings for a person to act on, out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from feedd.doctor.fetch import Failure, ServerAnswer
from feedd.doctor.survey import survey
from feedd.items import text
from feedd.render import FORMATS
from feedd.render.readback import is_ours


class Finding(NamedTuple):
    """A finding about `url`, good or bad, and a remedy if it is bad."""

    level: Literal["ok", "warning", "error"]
    url: str
    words: str
    remedy: str = ""


NOT_ASKED = Failure("not asked", "")
_MAX_SHOWN = 200  # characters of a header that are shown


class Exchange(NamedTuple):
    """The answers about a document. `plain`: to a plain request; `again`: to the same request. `unchanged`: to
    conditional requests; `head`: to HEAD. `encoded`: by encoding, to a request that accepts the encoding, and to a
    conditional request with the ETag of that answer. `here`: the document's bytes on this machine, if known.
    """

    url: str
    file: str
    plain: ServerAnswer | Failure
    again: ServerAnswer | Failure = NOT_ASKED
    unchanged: Mapping[str, ServerAnswer | Failure] = {}  # by the header that was sent
    head: ServerAnswer | Failure = NOT_ASKED
    encoded: Mapping[str, tuple[ServerAnswer | Failure, ServerAnswer | Failure]] = {}
    here: bytes | None = None
    hubs: tuple[str, ...] = ()


def check_answers(asked: Exchange) -> Iterator[Finding]:
    """The findings about a document. Only `plain` is needed if that answer is no document."""
    plain = asked.plain
    if isinstance(plain, Failure):
        yield Finding("error", asked.url, plain.words, plain.remedy)
        return
    yield from _redirections(asked.url, plain)
    if plain.status != 200:
        remedy = "are the documents uploaded, and is base_url the address of their folder?"
        yield Finding("error", asked.url, f"status {plain.status}", remedy)
        return
    if plain.fault:
        yield Finding("error", asked.url, plain.fault, "look at what the server sends instead of the document")
        return
    yield from _media_type(asked, plain)
    yield from _document(asked, plain)
    yield from _validators(asked, plain)
    yield from _encodings(asked, plain)
    yield from _head(asked, plain)
    yield from _headers(asked, plain)


def _redirections(url: str, plain: ServerAnswer) -> Iterator[Finding]:
    if not plain.hops:
        if plain.status == 200:
            yield Finding("ok", url, "status 200, without redirection")
        return
    before, after = urlsplit(url), urlsplit(plain.url)
    what = "to https" if (before.scheme, after.scheme) == ("http", "https") else "elsewhere"
    if before.scheme == "https" and after.scheme == "http":
        what = "from https to http"
    if before.hostname != after.hostname:
        what += f", to the host {_short(after.hostname or '')}"
    remedy = f"make base_url the address that it leads to, so that feeds name it: {_short(plain.url)}"
    yield Finding("warning", url, f"redirects {what}: {_short(', '.join(plain.hops))}", remedy)


def _media_type(asked: Exchange, plain: ServerAnswer) -> Iterator[Finding]:
    wanted = next(each.media_type for each in FORMATS.values() if each.file == asked.file)
    found, _, parameters = plain.headers.get("content-type", "").partition(";")
    found, charset = found.strip().lower(), parameters.lower().replace(" ", "").replace('"', "")
    if found != wanted:
        remedy = f"have the server send {asked.file} as {wanted}"
        # Readers look into the document if its type is general, as application/xml.
        near = found in ("application/xml", "text/xml", "application/json")
        yield Finding("warning" if near else "error", asked.url, f"media type {_short(found) or 'missing'}", remedy)
    elif "charset=" in charset and "charset=utf-8" not in charset:
        yield Finding("error", asked.url, f"sent as {_short(charset)}", "documents are UTF-8; have the server say so")
    else:
        yield Finding("ok", asked.url, f"media type {_short(plain.headers['content-type'])}")


def _document(asked: Exchange, plain: ServerAnswer) -> Iterator[Finding]:
    found = survey(asked.file, plain.body)
    if found is None:
        yield Finding("error", asked.url, "it is no well-formed feed", "look at what the server sends instead")
        return
    if not is_ours(plain.body):
        yield Finding("error", asked.url, "feedd did not make this feed", "does base_url lead to the right folder?")
        return
    entries = f"{found.entries} {'entry' if found.entries == 1 else 'entries'}"
    yield Finding("ok", asked.url, f"a feed of feedd's with {entries}")
    if found.own == plain.url:
        yield Finding("ok", asked.url, "it names the address that it was fetched from as its own")
    else:
        remedy = "set base_url to the address that subscribers use, and publish again"
        yield Finding("error", asked.url, f"it names {_short(found.own or 'nothing')} as its own address", remedy)
    if found.hubs != asked.hubs:
        yield Finding("warning", asked.url, "its hubs are not those of websub.hubs", "publish again, and upload")
    if asked.here is not None and plain.body != asked.here:
        cached = plain.headers.get("age", "0") not in ("", "0")
        remedy = "purge the cache, or wait" if cached else "upload again; does the server have another folder?"
        words = "it is not the document that lies here" + (", but one from a cache" if cached else "")
        yield Finding("warning" if cached else "error", asked.url, words, remedy)
    elif asked.here is not None:
        yield Finding("ok", asked.url, "byte for byte the document that lies here")


_VALIDATORS = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}


def _validators(asked: Exchange, plain: ServerAnswer) -> Iterator[Finding]:
    """Conditional requests: RFC 9110, section 13."""
    for condition, name in _VALIDATORS.items():
        value = plain.headers.get(name)
        if value is None:
            remedy = f"have the server send {name}, so that readers need not fetch what they have"
            yield Finding("warning", asked.url, f"no {name}", remedy)
            continue
        if isinstance(asked.again, ServerAnswer) and asked.again.headers.get(name) != value:
            remedy = "is it one of several servers whose files differ in time or inode?"
            yield Finding("error", asked.url, f"{name} changes from one request to the next", remedy)
            continue
        answer = asked.unchanged.get(condition)
        yield _on_conditional_request(asked.url, answer, condition, "error")


def _on_conditional_request(
    url: str, answer: ServerAnswer | Failure | None, how: str, level: Literal["warning", "error"]
) -> Finding:
    if isinstance(answer, ServerAnswer) and answer.status == 304:
        return Finding("ok", url, f"{how} is answered with 304")
    what = answer.words if isinstance(answer, Failure) else f"status {answer.status if answer else 'unknown'}, not 304"
    return Finding(level, url, f"{how}: {what}", "readers fetch the whole feed each time; look at the server or proxy")


def _encodings(asked: Exchange, plain: ServerAnswer) -> Iterator[Finding]:
    offered = []
    for name, (answer, again) in asked.encoded.items():
        if isinstance(answer, Failure) or answer.headers.get("content-encoding", "").lower() != name:
            continue
        offered.append(name)
        if "accept-encoding" not in answer.headers.get("vary", "").lower():
            remedy = "have the server send Vary: Accept-Encoding; caches mix encodings up without"
            yield Finding("error", asked.url, f"{name} without Vary: Accept-Encoding", remedy)
        etag = answer.headers.get("etag", "")
        if etag and not etag.startswith("W/") and etag == plain.headers.get("etag"):
            remedy = "have the server make it weak (W/) or another one for each encoding: RFC 9110, section 8.8.1"
            yield Finding("warning", asked.url, f"{name} has the strong ETag of what is not encoded", remedy)
        if etag:
            yield _on_conditional_request(asked.url, again, f"If-None-Match with {name}", "error")
        if answer.fault:
            yield Finding("error", asked.url, f"{name}: {answer.fault}", "look at what the server sends instead")
        elif answer.digest != plain.digest:
            remedy = "is a stale .gz or .br beside the document?"
            yield Finding("error", asked.url, f"{name} gives another document", remedy)
    if offered:
        yield Finding("ok", asked.url, f"compressed with {' and '.join(offered)}")
    else:
        yield Finding("warning", asked.url, "not compressed", "have the server compress feeds with gzip or brotli")


def _head(asked: Exchange, plain: ServerAnswer) -> Iterator[Finding]:
    head = asked.head
    if isinstance(head, Failure) or head.status != plain.status:
        what = head.words if isinstance(head, Failure) else f"status {head.status}"
        yield Finding("warning", asked.url, f"HEAD: {what}", "have the server answer HEAD as it does GET")
    else:
        yield Finding("ok", asked.url, "HEAD is answered as GET is")


def _headers(asked: Exchange, plain: ServerAnswer) -> Iterator[Finding]:
    if plain.headers.get("access-control-allow-origin") != "*":
        remedy = "have the server send Access-Control-Allow-Origin: *"
        yield Finding("warning", asked.url, "readers that run in a browser cannot fetch it", remedy)
    control = plain.headers.get("cache-control", "").lower()
    if "no-store" in control or "private" in control:
        yield Finding(
            "warning", asked.url, f"Cache-Control: {_short(control)}", "let caches keep feeds for some minutes"
        )
    elif not control:
        remedy = "say for how long it is fresh, such as Cache-Control: max-age=300"
        yield Finding("warning", asked.url, "no Cache-Control: caches guess", remedy)
    else:
        yield Finding("ok", asked.url, f"Cache-Control: {_short(control)}")


def _short(value: str) -> str:
    """The beginning of a server's text, short enough to show."""
    return text.shorten(value, _MAX_SHOWN)
