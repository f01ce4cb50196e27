"""`feedd doctor` and the telling of hubs, against servers that mean ill: bounds on bytes, time and depth hold.

The server is real, on loopback; what the command takes of memory is measured by the system: the peak of its address
space, which begins anew with a program. The peak of a process (ru_maxrss) does not: it holds that of the tests, too.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import brotli
import pytest
from support import Site, item

from feedd.deliver.websub import Hubs
from feedd.doctor.survey import Survey, listed, survey
from feedd.render.content_codings import ENCODINGS

MEMORY = 120  # MB that `feedd doctor` may take at most; it takes some 80 here, and 60 where nothing is wrong
SECONDS = 1.0  # for one answer
MEASURED = """
import re, sys
from pathlib import Path
from feedd.cli.main import entry_point
peak = Path(sys.argv.pop(1))
try:
    entry_point()
finally:
    (kilobytes,) = re.findall(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    peak.write_text(kilobytes)
"""
Asked = dict[str, str]  # headers of a request, and "path"


class Forever:
    """The same part again and again, anew for each connection."""

    def __init__(self, part: bytes, pause: float = 0.0) -> None:
        self.part = part
        self.pause = pause


Behaviour = Callable[[Asked, bytes], Iterable[bytes | Forever]]


class Spoilt(NamedTuple):
    """What a server does, and what `feedd doctor` says of it."""

    name: str
    behaviour: Behaviour
    words: str


def head(*lines: str, status: str = "200 OK", length: int | None = None) -> bytes:
    more = [f"Content-Length: {length}"] if length is not None else []
    return "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *lines, *more, "", ""]).encode("latin-1")


def honest(asked: Asked, document: bytes) -> Iterable[bytes]:
    """A document, as a server should send it but for its type."""
    yield head("Content-Type: application/xml", 'ETag: "a"', length=len(document)) + document


def instead(file: str, *parts: bytes | Forever) -> Behaviour:
    """Sends something else in place of one file, until the other side has had enough."""

    def behave(asked: Asked, document: bytes) -> Iterable[bytes | Forever]:
        return (head(), *parts) if asked["path"].endswith(file) else honest(asked, document)

    return behave


def always(*parts: bytes | Forever) -> Behaviour:
    return lambda asked, document: parts


def encoded(coding: str, *parts: bytes | Forever) -> Behaviour:
    """Sends this to who takes the coding."""

    def behave(asked: Asked, document: bytes) -> Iterable[bytes | Forever]:
        if coding in asked.get("accept-encoding", ""):
            return (head(f"Content-Encoding: {coding}", "Vary: Accept-Encoding"), *parts)
        return honest(asked, document)

    return behave


def gzip_bomb() -> list[bytes]:
    """Some 6 MB that become 6 GB."""
    compressor = zlib.compressobj(9, wbits=31)
    beginning = compressor.compress(bytes(16 * 1024**2)) + compressor.flush(zlib.Z_FULL_FLUSH)
    again = compressor.compress(bytes(16 * 1024**2)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return [beginning, *[again] * 400]


def brotli_bomb() -> list[bytes]:
    compressor = brotli.Compressor(quality=1)
    return [compressor.process(bytes(16 * 1024**2)) for _ in range(40)]


def redirect(where: str) -> Behaviour:
    return always(head(f"Location: {where}", status="301 Moved", length=0))


DRIPS = Forever(b"x", 0.2)
LAUGHS = b'<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(10)
)
SPOILT = [
    Spoilt("a gzip bomb", encoded("gzip", *gzip_bomb()), "gzip: larger than 16 MiB, and not read further"),
    Spoilt("a brotli bomb", encoded("br", *brotli_bomb()), "br: larger than 16 MiB, and not read further"),
    Spoilt("gzip that breaks off", encoded("gzip", gzip_bomb()[0][:100]), "gzip: cannot be decoded"),
    Spoilt("gzip that is none", encoded("gzip", b"not gzip at all"), "gzip: cannot be decoded"),
    Spoilt("brotli that is none", encoded("br", b"not brotli at all"), "br: cannot be decoded"),
    Spoilt(
        "another coding", always(head("Content-Encoding: deflate"), b"x"), "sent as deflate, which was not asked for"
    ),
    Spoilt("two codings", always(head("Content-Encoding: gzip, gzip"), *gzip_bomb()), "sent as gzip, gzip, which"),
    Spoilt(
        "an endless list", instead("feeds.opml", b"<opml>", Forever(b'<outline xmlUrl="a"/>' * 4096)), "larger than 16"
    ),
    Spoilt(
        "a large list", instead("feeds.opml", b"<opml>", b'<outline xmlUrl="a"/>' * 760_000, b"</opml>"), "760000 feeds"
    ),
    Spoilt(
        "large elements", instead("atom.xml", b"<feed>", b"<a b=''/>" * 1_800_000, b"</feed>"), "did not make this feed"
    ),
    Spoilt("an endless body", instead("atom.xml", Forever(bytes(65536))), "larger than 16 MiB, and not read further"),
    Spoilt("a body that drips", instead("atom.xml", DRIPS), "no whole answer within 1 s"),
    Spoilt("a head that drips", always(b"HTTP/1.1 200 OK\r\nX: ", DRIPS), "no whole answer within 1 s"),
    Spoilt("provisional answers", always(Forever(b"HTTP/1.1 102 Processing\r\n\r\n")), "no whole answer within 1 s"),
    Spoilt("no answer", always(Forever(b"", 0.2)), "no whole answer within 1 s"),
    Spoilt("an endless head", always(b"HTTP/1.1 200 OK\r\nX: ", Forever(b"x" * 65536)), "is not HTTP, or breaks off"),
    Spoilt("many headers", always(b"HTTP/1.1 200 OK\r\n", Forever(b"X: y\r\n" * 4096)), "is not HTTP, or breaks off"),
    Spoilt("no HTTP", always(b"SSH-2.0-OpenSSH_9\r\n"), "is not HTTP, or breaks off"),
    Spoilt("nothing", always(), "is not HTTP, or breaks off"),
    Spoilt("half a body", always(head(length=1000), b"half"), "is not HTTP, or breaks off"),
    Spoilt("chunks of nonsense", always(head("Transfer-Encoding: chunked"), b"zz\r\nx"), "is not HTTP, or breaks off"),
    Spoilt(
        "endless chunk", always(head("Transfer-Encoding: chunked"), Forever(b"f" * 65536)), "is not HTTP, or breaks"
    ),
    Spoilt(
        "two lengths", always(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "is not HTTP"
    ),
    Spoilt("a circle", redirect("/feeds.opml"), "it redirects more than 10 times"),
    Spoilt("to a file", redirect("file:///etc/passwd"), "it redirects to what is not http or https"),
    Spoilt("to a script", redirect("javascript:alert(1)"), "it redirects to what is not http or https"),
    Spoilt("to no address", redirect("http://[::1"), "it redirects to what is no address"),
    Spoilt("to no port", redirect("http://127.0.0.1:99999/"), "its address cannot be used"),
    Spoilt("to no host", redirect("http://\xe9 \xe9/"), "its address cannot be used"),
    Spoilt("deep JSON", instead("feed.json", b'{"a":' * 200_000), "it is no well-formed feed"),
    Spoilt("deep arrays", instead("feed.json", b'{"items": ' + b"[" * 2_000_000), "it is no well-formed feed"),
    Spoilt("many objects", instead("feed.json", b'{"items": [' + b"{}," * 5_000_000), "it is no well-formed feed"),
    Spoilt("hubs of another shape", instead("feed.json", b'{"items": [], "hubs": 5}'), "it is no well-formed feed"),
    Spoilt("items of another shape", instead("feed.json", b'{"items": {"id": [1]}}'), "it is no well-formed feed"),
    Spoilt("another type", instead("feed.json", b"[]"), "it is no well-formed feed"),
    Spoilt("a number", instead("feed.json", b'{"items": [], "feed_url": 1e999}'), "it is no well-formed feed"),
    Spoilt("deep XML", instead("atom.xml", b"<a>" * 3_000_000), "it is no well-formed feed"),
    Spoilt("a deep list", instead("feeds.opml", b"<opml>" + b"<outline>" * 1_000_000), "it is no list of feeds"),
    Spoilt("laughs", instead("atom.xml", LAUGHS, b"]><feed a='&k;'>&k;</feed>"), "it is no well-formed feed"),
    Spoilt("no charset", instead("rss.xml", b"<?xml version='1.0' encoding='nonsense'?><rss/>"), "no well-formed feed"),
    Spoilt("UTF-16 of a kind", instead("rss.xml", b"\xff\xfe<\0r"), "it is no well-formed feed"),
    Spoilt("an ETag in Latin-1", always(head('ETag: "caf\xe9"', status="404 No")), "status 404"),
    Spoilt("no status", always(b"HTTP/1.1 999 x\r\nConnection: close\r\n\r\n"), "status 999"),
]


@contextmanager
def serving(documents: Callable[[str], bytes]) -> Iterator[tuple[str, list[Behaviour]]]:
    """A server that behaves as the list says; its URL."""
    behaviours: list[Behaviour] = [honest]
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def answer(client: socket.socket) -> None:
        with suppress(OSError), client:
            client.settimeout(30)
            request = b""
            while b"\r\n\r\n" not in request:
                part = client.recv(65536)
                if not part:
                    return
                request += part
            first, *lines = request.decode("latin-1").split("\r\n")
            asked = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            asked["path"] = first.split(" ")[1]
            for part in behaviours[0](asked, documents(asked["path"])):
                again = part if isinstance(part, Forever) else Forever(part)
                client.sendall(again.part)
                while isinstance(part, Forever) and not over.wait(again.pause):
                    client.sendall(again.part)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=answer, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", behaviours
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def hostile(site: Site) -> Iterator[tuple[str, list[Behaviour]]]:
    """A server of the site's documents."""

    def document(path: str) -> bytes:
        file = site.feeds / path.lstrip("/")
        return file.read_bytes() if file.is_file() else b""

    with serving(document) as (url, behaviours):
        site.configure(base_url=url, pages=False, views={"feeds": []})
        site.write("one.md", item("One", "https://news.example/1", topics=["Boats"]))
        site.render()
        yield url, behaviours


def examined(site: Site, *arguments: str) -> tuple[list[dict[str, str]], float, float]:
    """What `feedd doctor` found, the most memory that it took in MB, and seconds."""
    began = time.monotonic()
    peak = site.root / "peak"
    peak.unlink(missing_ok=True)
    command = [sys.executable, "-c", MEASURED, str(peak), "doctor", "--format", "json", *arguments]
    result = subprocess.run(command, cwd=site.root, capture_output=True, check=False)
    seconds = time.monotonic() - began
    assert (result.returncode, result.stderr) in ((0, b""), (1, b""))
    return json.loads(result.stdout), int(peak.read_text()) / 1024, seconds


@pytest.mark.parametrize("spoilt", SPOILT, ids=lambda spoilt: spoilt.name)
def test_no_server_makes_the_doctor_fall_over(site: Site, hostile: tuple[str, list[Behaviour]], spoilt: Spoilt) -> None:
    _, behaviours = hostile
    behaviours[0] = spoilt.behaviour
    found, memory, seconds = examined(site, "--timeout", str(SECONDS))
    assert [each["words"] for each in found if spoilt.words in each["words"]], found
    assert memory < MEMORY
    assert seconds < 60, "an examination takes ten times as long as an answer, and this machine may be slow"


def test_a_server_that_is_slow_at_everything_is_left_after_ten_times_the_time_of_an_answer(
    site: Site, hostile: tuple[str, list[Behaviour]]
) -> None:
    """Each document comes just in time, so that nothing but the time for all ends it."""
    _, behaviours = hostile

    def slow(asked: Asked, document: bytes) -> Iterable[bytes]:
        size = len(document)
        yield head("Content-Type: application/xml", length=size)
        for part in range(8):
            time.sleep(0.1)  # what the server does, not what the test waits for
            yield document[size * part // 8 : size * (part + 1) // 8]

    behaviours[0] = slow
    found, _, seconds = examined(site, "--timeout", "1")
    assert seconds < 40
    assert [each for each in found if each["words"] == "not asked any more: the examination has taken 10 s"]


@pytest.mark.parametrize(
    ("etag", "asked_with"),
    [('"caf\xe9"', '"caf\xe9"'), ("\xff\xfe", "\xff\xfe"), ('"a",\t"b"', '"a",\t"b"'), ("W/\x9b31m", "W/\x9b31m")],
)
def test_an_etag_is_sent_back_byte_for_byte(
    site: Site, hostile: tuple[str, list[Behaviour]], etag: str, asked_with: str
) -> None:
    _, behaviours = hostile
    seen: list[str] = []

    def tagged(asked: Asked, document: bytes) -> Iterable[bytes]:
        seen.append(asked.get("if-none-match", ""))
        yield head(f"ETag: {etag}", "Content-Type: application/xml", length=len(document)) + document

    behaviours[0] = tagged
    found, _, _ = examined(site)
    assert asked_with in seen
    assert "If-None-Match: status 200, not 304" in {each["words"] for each in found}


def test_what_a_server_says_is_shown_as_far_as_anybody_wants_to_read_it(
    site: Site, hostile: tuple[str, list[Behaviour]]
) -> None:
    _, behaviours = hostile
    long = "x" * 60_000
    behaviours[0] = lambda asked, document: [
        head(f"Content-Type: {long}", f"Cache-Control: {long}", length=len(document)) + document
    ]
    found, _, _ = examined(site)
    assert max(len(each["words"]) + len(each["remedy"]) for each in found) < 600


# Hubs


@pytest.mark.parametrize(
    ("parts", "outcome", "words"),
    [
        ((b"HTTP/1.1 200 OK\r\nX: ", DRIPS), "away", "no answer within 0.5 s"),
        ((Forever(b"HTTP/1.1 100 Continue\r\n\r\n"),), "away", "no answer within 0.5 s"),
        ((Forever(b"", 0.2),), "away", "no answer within 0.5 s"),
        ((b"HTTP/1.1 200 OK\r\n", Forever(b"X: y\r\n" * 4096)), "away", "its answer is not HTTP, or breaks off"),
        ((b"no HTTP\r\n\r\n",), "away", "its answer is not HTTP, or breaks off"),
        ((head(), Forever(bytes(65536))), "taken", ""),
        ((head(), DRIPS), "taken", ""),
        (
            (head("Content-Type: text/plain", status="400 No"), b"why\n\x1b[31m", DRIPS),
            "refused",
            "400 No: why \\x1b[31mx",
        ),
        ((head("Location: http://[", status="307 X", length=0),), "refused", "it redirects to what is no address"),
        (
            (head("Location: ftp://x/", status="308 X", length=0),),
            "refused",
            "it redirects to what is not http or https",
        ),
        ((head("Retry-After: 9" + "9" * 5000, status="503 X", length=0),), "away", "503 X"),
    ],
)
def test_no_hub_keeps_an_announcer(parts: tuple[bytes, ...], outcome: str, words: str) -> None:
    with serving(lambda path: b"") as (url, behaviours):
        behaviours[0] = always(*parts)
        tell = Hubs(connect=5.0, answer=0.5)
        began = time.monotonic()
        answer = tell(url, "https://feeds.example/atom.xml")
        tell.close()
    assert (answer.outcome, answer.words[: len(words)]) == (outcome, words)
    assert time.monotonic() - began < 20


# Surveys and decoding


@pytest.mark.parametrize(
    ("file", "data", "found"),
    [
        ("atom.xml", b"<feed xmlns='http://www.w3.org/2005/Atom'><entry/><entry/></feed>", Survey(2, None, ())),
        (
            "atom.xml",
            (
                b"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='self' href='s'/><link rel='hub' href='h'/>"
                b"<entry><link rel='hub' href='of an entry'/></entry></feed>"
            ),
            Survey(1, "s", ("h",)),
        ),
        (
            "rss.xml",
            b"<rss xmlns:a='http://www.w3.org/2005/Atom'><channel><a:link rel='self' href='s'/><item/></channel></rss>",
            Survey(1, "s", ()),
        ),
        (
            "feed.json",
            b'{"items": [], "feed_url": "s", "hubs": [{"type": "WebSub", "url": "h"}]}',
            Survey(0, "s", ("h",)),
        ),
        ("feed.json", b'{"items": [{"id": 5}]}', None),
        ("atom.xml", b"<feed>", None),
        ("atom.xml", b"", None),
        ("other.txt", b"<feed/>", None),
    ],
)
def test_a_survey_says_what_a_feed_says_of_itself(file: str, data: bytes, found: Survey | None) -> None:
    assert survey(file, data) == found


def test_a_list_of_feeds_is_known_by_its_root() -> None:
    assert listed(b"<opml><body><outline xmlUrl='a'><outline xmlUrl='b'/></outline></body></opml>") == ["a", "b"]
    assert listed(b"<html><opml><outline xmlUrl='a'/></opml></html>") is None
    assert listed(b"<opml") is None


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_what_is_decoded_by_parts_is_the_document(name: str) -> None:
    encoding = ENCODINGS[name]
    data = bytes(range(256)) * 2000
    sent = encoding.encode(data)
    for size in (1, 7, 1000, len(sent)):
        parts = [sent[at : at + size] for at in range(0, len(sent), size)]
        assert b"".join(encoding.decode(parts)) == data
    for wrong in (sent[:-1], sent + b"more", b"", b"nothing of the kind"):
        with pytest.raises(ValueError, match=r"\w"):
            list(encoding.decode([wrong]))
