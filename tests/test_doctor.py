"""`feedd doctor`: a server that is right, and servers that are wrong in one way each."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import brotli
import pytest
from http_support import free_addresses
from support import Running, Site, item, wait_until

TYPES = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json",
    "feeds.opml": "text/x-opml",
}
DATE = "Wed, 01 May 2024 12:00:00 GMT"


class Answer:
    """What a server is about to answer, for a test to spoil."""

    def __init__(self, path: str, asked: dict[str, str], body: bytes) -> None:
        self.path = path
        self.asked = asked
        self.status = 200
        self.body = body
        self.encoding = next((name for name in ("gzip", "br") if name in asked.get("accept-encoding", "")), "")
        tag = f'"{hashlib.sha256(body).hexdigest()[:8]}{self.encoding}"'
        self.headers = {
            "Content-Type": TYPES[path.rpartition("/")[2]],
            "ETag": tag,
            "Last-Modified": DATE,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "max-age=300",
        }

    def encode(self) -> None:
        if self.encoding == "gzip":
            self.body = gzip.compress(self.body)
        elif self.encoding == "br":
            self.body = brotli.compress(self.body)
        if self.encoding:
            self.headers["Content-Encoding"] = self.encoding

    def compare(self) -> None:
        """Answers a conditional request: RFC 9110, section 13.2.2."""
        unchanged = self.asked.get("if-modified-since") == self.headers.get("Last-Modified", "none")
        if "if-none-match" in self.asked:
            unchanged = self.asked["if-none-match"] == self.headers.get("ETag")
        if unchanged:
            self.status, self.body = 304, b""


Spoil = Callable[[Answer], None]


@contextmanager
def server(site: Site, spoil: Spoil = lambda answer: None) -> Iterator[str]:
    """Serves a site's feeds at the URL that it gives."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # else each answer waits for an acknowledgement in the middle

        def do_GET(self) -> None:
            path = urlsplit(self.path).path.lstrip("/")
            asked = {name.lower(): value for name, value in self.headers.items()}
            answer = Answer(path, asked, (site.feeds / path).read_bytes())
            answer.encode()
            spoil(answer)
            answer.compare()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/"
        finally:
            running.shutdown()
            thread.join()


def publish(site: Site, base_url: str) -> None:
    site.configure(base_url=base_url)
    site.write("one.md", item("One", "https://news.example/1", topics=["Boats"], provider="News"))
    site.render()


def findings(site: Site, *arguments: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit status, and level and words of all that is not right about the feed of all in Atom."""
    result = site.run("doctor", "--format", "json", *arguments)
    found = json.loads(result.out)
    wrong = [(each["level"], each["words"]) for each in found if each["level"] != "ok"]
    assert all(each["remedy"] for each in found if each["level"] != "ok")
    return result.status, wrong


def test_a_server_that_is_right_is_told_so(site: Site) -> None:
    with server(site) as url:
        publish(site, url)
        assert findings(site) == (0, [])
        said = site.run("doctor").out
    assert said.endswith("0 errors, 0 warnings\n")
    for path in ("atom.xml", "rss.xml", "feed.json", "topics/boats/atom.xml", "providers/news/atom.xml"):
        assert f"\n{url}{path}\n" in said
    assert "  ok       byte for byte the document that lies here\n" in said


def without(*names: str) -> Spoil:
    return lambda answer: [answer.headers.pop(name) for name in names] and None


def sending(name: str, value: str) -> Spoil:
    return lambda answer: answer.headers.update({name: value})


def of_another_site(answer: Answer) -> None:
    if not answer.encoding and answer.path.endswith("atom.xml"):
        answer.body = answer.body.replace(b">feedd</generator>", b">Other</generator>")


def never_unchanged(header: str) -> Spoil:
    return lambda answer: answer.asked.pop(header, None) and None


def not_compressed(answer: Answer) -> None:
    if answer.encoding == "gzip":
        answer.body = gzip.decompress(answer.body)
        del answer.headers["Content-Encoding"]


def one_etag_for_all(answer: Answer) -> None:
    answer.headers["ETag"] = '"same"'


def stale_gz(answer: Answer) -> None:
    if answer.encoding == "gzip":
        answer.body = gzip.compress(b"old")


def no_304_with_gzip(answer: Answer) -> None:
    if answer.encoding == "gzip":
        answer.asked.pop("if-none-match", None)


def unstable(header: str, values: Iterator[int]) -> Spoil:
    return lambda answer: answer.headers.update({header: f'"{next(values)}"'})


def cut(answer: Answer) -> None:
    if not answer.encoding:
        answer.body = answer.body[:-20]


def with_status(status: int) -> Spoil:
    def spoil(answer: Answer) -> None:
        answer.status = status

    return spoil


@pytest.mark.parametrize(
    ("spoil", "level", "words"),
    [
        (with_status(404), "error", "status 404"),
        (sending("Content-Type", "text/html"), "error", "media type text/html"),
        (sending("Content-Type", "text/xml"), "warning", "media type text/xml"),
        (sending("Content-Type", "application/atom+xml; charset=latin1"), "error", "sent as charset=latin1"),
        (without("ETag"), "warning", "no etag"),
        (without("Last-Modified"), "warning", "no last-modified"),
        (never_unchanged("if-none-match"), "error", "If-None-Match: status 200, not 304"),
        (never_unchanged("if-modified-since"), "error", "If-Modified-Since: status 200, not 304"),
        (no_304_with_gzip, "error", "If-None-Match with gzip: status 200, not 304"),
        (unstable("ETag", iter(range(10**6))), "error", "etag changes from one request to the next"),
        (one_etag_for_all, "warning", "gzip has the strong ETag of what is not encoded"),
        (without("Vary"), "error", "gzip without Vary: Accept-Encoding"),
        (stale_gz, "error", "gzip gives another document"),
        (without("Access-Control-Allow-Origin"), "warning", "readers that run in a browser cannot fetch it"),
        (without("Cache-Control"), "warning", "no Cache-Control: caches guess"),
        (sending("Cache-Control", "no-store"), "warning", "Cache-Control: no-store"),
        (cut, "error", "it is no well-formed feed"),
        (of_another_site, "error", "feedd did not make this feed"),
    ],
)
def test_what_is_wrong_is_said(site: Site, spoil: Spoil, level: str, words: str) -> None:
    with server(site, spoil) as url:
        publish(site, url)
        status, found = findings(site)
    assert (level, words) in found
    assert status == any(each == "error" for each, _ in found)


def test_a_server_that_does_not_compress_is_warned_of(site: Site) -> None:
    def plain(answer: Answer) -> None:
        if answer.headers.pop("Content-Encoding", None):
            answer.body = (site.feeds / answer.path).read_bytes()

    with server(site, plain) as url:
        publish(site, url)
        status, found = findings(site)
    assert (status, set(found)) == (0, {("warning", "not compressed")})


def test_documents_that_are_not_those_that_lie_here_are_noticed(site: Site) -> None:
    with server(site) as url:
        publish(site, url)
        (site.root / "elsewhere").mkdir()
        status, found = findings(site, "--feeds", "elsewhere")
        assert (status, found) == (0, [])  # nothing lies there to compare with
        site.render("--feeds", "other", "--state", "other-state", "--base-url", url)
        (site.root / "other/atom.xml").write_bytes(b"newer")
        status, found = findings(site, "--feeds", "other")
    assert status == 1
    assert found == [("error", "it is not the document that lies here")]


def test_a_list_of_somebody_elses_feeds_is_no_reason_to_stop(site: Site) -> None:
    with server(site) as url:
        publish(site, url)
        opml = site.feeds / "feeds.opml"
        opml.write_bytes(
            opml.read_bytes().replace(b"boats/atom.xml", b"boats/feed.xml").replace(b"news/atom.xml", b"../rss.xml")
        )
        assert findings(site) == (0, [])


def test_a_stale_cache_is_told_from_a_wrong_folder(site: Site) -> None:
    with server(site, sending("Age", "100")) as url:
        publish(site, url)
        site.render("--feeds", "other", "--state", "other-state", "--base-url", url)
        (site.root / "other/atom.xml").write_bytes(b"newer")
        status, found = findings(site, "--feeds", "other")
    assert (status, found) == (0, [("warning", "it is not the document that lies here, but one from a cache")])


def test_another_address_than_the_documents_name_is_noticed(site: Site) -> None:
    with server(site) as url:
        publish(site, "https://feeds.example/")
        status, found = findings(site, url)
    assert status == 1
    assert ("error", "it names https://feeds.example/atom.xml as its own address") in found


def test_redirections_are_said_with_where_they_lead(site: Site) -> None:
    with server(site) as target:
        publish(site, target)

        def redirect(answer: Answer) -> None:
            answer.status = 301
            answer.headers["Location"] = target.replace("127.0.0.1", "localhost") + answer.path

        with server(site, redirect) as url:
            status, found = findings(site, url)
    where = target.replace("127.0.0.1", "localhost")
    assert ("warning", f"redirects elsewhere, to the host localhost: 301 to {where}atom.xml") in found
    assert status == 1  # the feeds name neither address


def test_hubs_that_are_not_those_of_the_configuration_are_noticed(site: Site) -> None:
    with server(site) as url:
        publish(site, url)
        site.configure(base_url=url, websub={"hubs": ["https://hub.example/"]})
        status, found = findings(site)
    assert (status, set(found)) == (0, {("warning", "its hubs are not those of websub.hubs")})


def test_a_server_that_cannot_be_reached_is_said_with_why(site: Site) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        assert findings(site, url) == (1, [("error", "the connection was refused")])


def test_a_server_without_tls_is_said_so(site: Site) -> None:
    with server(site) as url:
        status, ((level, words),) = findings(site, url.replace("http:", "https:"))
    assert (status, level) == (1, "error")
    assert words.startswith("TLS failed: ")


def test_an_address_that_is_none_is_a_mistake(site: Site) -> None:
    result = site.run("doctor", "ftp://x/")
    assert result.status == 2
    assert 'argument URL: expected an http or https URL without ? and #, got "ftp://x/"' in result.err


def test_what_feedd_serves_itself_is_right(site: Site, daemon: Callable[..., Running]) -> None:
    (address,) = free_addresses(1)
    publish(site, f"http://{address}/")
    running = daemon("--listen", address).wait_until_ready()

    def result() -> tuple[int, list[tuple[str, str]]] | None:
        found = findings(site)
        return None if ("error", "the connection was refused") in found[1] else found

    status, found = wait_until(result, 30, lambda: running.log)
    assert (status, found) == (0, [])
