"""Serving: a real server, real connections."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from http_support import connected, free_addresses, metric, own_host, request, said, serving
from support import FEEDD, Running, Site, item, let_permissions_count, of_session, tree, unprivileged, wait_until

from feedd.daemon.serving import base_url_mismatch

FEEDS = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "feeds.opml": "text/x-opml; charset=utf-8",
}
ANYWHERE = ("--listen", "127.0.0.1:0")


@pytest.fixture
def published(site: Site) -> Site:
    """A site with a few entries, rendered."""
    for number in range(12):
        date = f"2024-05-{number + 1:02}T12:00:00Z"
        site.write(f"{number}.md", item(f"Title {number}", f"https://a.example/{number}", date, topics=["AI"]))
    site.render()
    return site


# What is given out


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_has_its_media_type_and_may_be_read_by_any_page(published: Site, name: str) -> None:
    with serving(published.root) as url:
        answer = request(url, f"/{name}")
    assert (answer.status, answer.headers["content-type"]) == (200, FEEDS[name])
    assert answer.body == published.documents()[name]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["link"] == f'<http://localhost:8080/{name}>; rel="self"'
    assert answer.headers["vary"] == "Accept-Encoding"


def test_a_feed_names_the_hubs_that_know_of_it(published: Site) -> None:
    published.configure(
        base_url="https://news.example/", websub={"hubs": ["https://hub.example/", "https://b.example/"]}
    )
    with serving(published.root) as url:
        links = request(url, "/topics/ai/atom.xml").headers["link"]
        assert "link" not in request(url, "/").headers
    assert links == (
        '<https://news.example/topics/ai/atom.xml>; rel="self", '
        '<https://hub.example/>; rel="hub", <https://b.example/>; rel="hub"'
    )


def test_a_page_may_load_nothing_from_elsewhere(published: Site) -> None:
    with serving(published.root) as url:
        answer = request(url, "/")
        assert answer == request(url, "/index.html")._replace(headers=answer.headers)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers


def test_files_of_ones_own_are_served_as_they_are(published: Site) -> None:
    (published.feeds / "robots.txt").write_bytes(b"User-agent: *\n")
    (published.feeds / "own.html").write_bytes(b"<!doctype html><style>p {}</style>")
    with serving(published.root) as url:
        assert request(url, "/robots.txt").body == b"User-agent: *\n"
        answer = request(url, "/own.html")
    assert answer.status == 200
    assert "content-security-policy" not in answer.headers  # its author knows what it may load


def test_how_long_a_feed_is_fresh_follows_from_its_entries(published: Site) -> None:
    published.configure(serve={"max_age": "6h"})
    with serving(published.root) as url:
        assert request(url, "/atom.xml").headers["cache-control"] == f"max-age={86400 // 10}"


@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_each_coding_has_a_validator_of_its_own(published: Site, coding: str) -> None:
    with serving(published.root) as url:
        answer = request(url, "/atom.xml", accept_encoding=coding)
        assert answer.headers.get("content-encoding", "") == coding
        assert answer.document == published.documents()["atom.xml"]
        tag, date = answer.headers["etag"], answer.headers["last-modified"]
        again = request(url, "/atom.xml", accept_encoding=coding, if_none_match=tag)
        by_date = request(url, "/atom.xml", accept_encoding=coding, if_modified_since=date)
        tags = {request(url, "/atom.xml", accept_encoding=each).headers["etag"] for each in ("", "gzip", "br")}
    assert (again.status, again.body, by_date.status) == (304, b"", 304)
    for name in ("etag", "last-modified", "cache-control", "vary", "link"):
        assert again.headers[name] == answer.headers[name]
    assert "content-length" not in again.headers
    assert len(tags) == 3


def test_validators_outlast_the_server_and_change_with_the_bytes(published: Site) -> None:
    with serving(published.root) as url:
        before = request(url, "/atom.xml").headers
    with serving(published.root) as url:
        assert request(url, "/atom.xml", if_none_match=before["etag"]).status == 304
        published.render()
        assert request(url, "/atom.xml", if_none_match=before["etag"]).status == 304
        published.write("1.md", item("Another title", "https://a.example/1", "2024-05-02T12:00:00Z", topics=["AI"]))
        published.render()
        after = request(url, "/atom.xml", if_none_match=before["etag"])
        assert (after.status, after.body) == (200, published.documents()["atom.xml"])
        assert after.headers["etag"] != before["etag"]


def test_head_says_what_get_would(published: Site) -> None:
    with serving(published.root) as url:
        got, head = request(url, "/atom.xml"), request(url, "/atom.xml", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"])
def test_feeds_can_only_be_read(published: Site, method: str) -> None:
    with serving(published.root) as url:
        answer = request(url, "/atom.xml", method, content_length="5")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.headers["connection"] == "close"


def test_a_page_elsewhere_may_ask_conditionally(published: Site) -> None:
    with serving(published.root) as url:
        answer = request(url, "/atom.xml", "OPTIONS", origin="https://reader.example")
    assert (answer.status, answer.body) == (204, b"")
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]


def test_the_path_of_the_base_url_may_be_in_the_request_or_not(published: Site) -> None:
    published.configure(base_url="https://news.example/feeds/")
    with serving(published.root) as url:
        assert request(url, "/feeds/topics/ai/atom.xml") == request(url, "/topics/ai/atom.xml")
        assert request(url, "/feeds/topics/ai").headers["location"] == "/feeds/topics/ai/"
        assert request(url, "/topics/ai?x").headers["location"] == "/feeds/topics/ai/"
        assert request(url, "/feeds").headers["location"] == "/feeds/"
        assert request(url, "/feeds/nothing").status == 404


@pytest.mark.parametrize("base", ["/", "/news/feeds/", "/topics/", "/caf%C3%A9/"])
def test_a_redirection_leads_below_the_base_url_whether_a_proxy_takes_its_path_away_or_not(
    site: Site, base: str
) -> None:
    site.write("a.md", item("One", "https://a.example/1", topics=["Traffic", "Roads", "Old", "Ä Ö"]))
    site.configure(base_url=f"https://www.example{base}")
    site.render()
    retired = {"topics/traffic": "topics/roads", "topics/old": None, "topics/ä-ö": "topics/roads"}
    site.configure(base_url=f"https://www.example{base}", retired=retired)
    site.render()
    lines = site.documents()["_redirects"].decode().splitlines()
    assert f"{base}topics/traffic/* {base}topics/roads/:splat 301" in lines
    assert f"{base}topics/old/* {base} 410" in lines
    with serving(site.root) as url:
        for asked in dict.fromkeys((base, "/")):
            for path, where in (
                ("topics/traffic/atom.xml", "topics/roads/atom.xml"),
                ("topics/traffic/", "topics/roads/"),
                ("topics/%C3%A4-%C3%B6/feed.json", "topics/roads/feed.json"),
                ("topics/roads", "topics/roads/"),
            ):
                answer = request(url, asked + path)
                assert (answer.status, answer.headers["location"]) == (301, base + where), asked + path
            assert request(url, f"{asked}topics/old/atom.xml").status == 410
            assert request(url, f"{asked}topics/roads/atom.xml").status == 200
            assert request(url, f"{asked}topics/never/atom.xml").status == 404
        if base != "/":
            assert request(url, base.removesuffix("/")).headers["location"] == base


@pytest.mark.parametrize("base", ["/caf%C3%A9/", "/caf%c3%a9/", "/café/", "/a%2Db/"])
def test_the_path_of_the_base_url_is_known_in_each_of_its_spellings(site: Site, base: str) -> None:
    site.configure(base_url=f"https://www.example{base}")
    site.write("a.md", item("One", "https://a.example/1", topics=["Roads"]))
    site.render()
    spellings = ["/caf%C3%A9", "/caf%c3%a9", "/caf%C3%a9"] if "caf" in base else ["/a%2Db", "/a%2db"]
    with serving(site.root) as url:
        for prefix in spellings:
            assert request(url, f"{prefix}/atom.xml").status == 200, prefix
            for path in ("", "/topics/roads"):
                where = request(url, prefix + path).headers["location"]
                assert request(url, where).status == 200, (prefix, where)


@pytest.mark.parametrize("ahead", [2, 7200, 10**9])
def test_last_modified_is_never_later_than_date(site: Site, ahead: int) -> None:
    site.write("a.md", item("One"))
    site.render()
    document = site.feeds / "atom.xml"
    future = int(time.time()) + ahead
    os.utime(document, (future, future))
    with serving(site.root) as url:
        for method, headers in (
            ("GET", {}),
            ("HEAD", {}),
            ("GET", {"if_none_match": "*"}),
            ("GET", {"accept_encoding": "br"}),
        ):
            answer = request(url, "/atom.xml", method, **headers)
            assert answer.status == (304 if "if_none_match" in headers else 200)
            modified, date = (parsedate_to_datetime(answer.headers[name]) for name in ("last-modified", "date"))
            assert modified <= date
        os.utime(document, (1_000_000_000, 1_000_000_000))
        assert request(url, "/atom.xml").headers["last-modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"


def test_a_document_that_is_replaced_while_it_is_sent_arrives_whole(published: Site) -> None:
    old, new = b"a" * 8_000_000, b"b" * 8_000_000
    document = published.feeds / "large.json"
    document.write_bytes(old)
    with serving(published.root) as url, connected(url) as client:
        client.sendall(b"GET /large.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        heard = client.recv(1000)
        beside = document.with_name(".large.json.new")
        beside.write_bytes(new)
        beside.replace(document)
        assert request(url, "/large.json").body == new
        while part := client.recv(1 << 20):
            heard += part
    assert heard.partition(b"\r\n\r\n")[2] == old


# What is not there


def test_a_format_that_a_feed_no_longer_has_is_gone(published: Site) -> None:
    published.configure(formats=["atom"])
    published.render()
    with serving(published.root) as url:
        assert request(url, "/topics/ai/rss.xml").status == 410
        assert request(url, "/topics/other/rss.xml").status == 404
        assert request(url, "/feed.json").status == 410


def test_a_topic_that_became_an_alias_is_found_under_its_new_name(site: Site) -> None:
    site.write("a.md", item("One", "https://a.example/1", topics=["ML"]))
    site.write("b.md", item("Two", "https://a.example/2", topics=["Machine Learning"]))
    site.render()
    (site.root / "topics.yaml").write_text("topics:\n- {name: Machine Learning, aliases: [ML]}\n")
    site.configure(topics="topics.yaml")
    site.render()
    assert site.titles("topics/machine-learning/atom.xml") == {"One", "Two"}
    assert not [path for path in site.documents() if path.startswith("topics/ml/")]
    assert "topics/ml" not in site.documents()["index.html"].decode() + site.documents()["feeds.opml"].decode()
    with serving(site.root) as url:
        answer = request(url, "/topics/ml/atom.xml")
        assert (answer.status, answer.headers["location"]) == (301, "/topics/machine-learning/atom.xml")
        assert request(url, "/topics/ml/").headers["location"] == "/topics/machine-learning/"
        assert request(url, "/_redirects").status == 404


def test_a_retired_feed_is_gone_until_it_is_wanted_again(site: Site) -> None:
    site.write("a.md", item("One", "https://a.example/1", topics=["Old", "AI"], provider={"name": "A B"}))
    site.render()
    before = site.documents()
    site.configure(retired={"topics/old": None, "providers/a-b": "topics/ai"})
    site.render()
    with serving(site.root) as url:
        assert request(url, "/topics/old/rss.xml").status == 410
        assert request(url, "/topics/old/").status == 410
        assert request(url, "/topics/old").status == 410
        assert request(url, "/providers/a-b/feed.json").headers["location"] == "/topics/ai/feed.json"
        assert request(url, "/providers/a-b").headers["location"] == "/topics/ai"
        site.write("b.md", item("Two", "https://a.example/2", topics=["Old"]))
        site.render()
        assert site.render().written == ()
        assert request(url, "/topics/old/rss.xml").status == 410
        (site.seeds / "b.md").unlink()
        site.configure()
        site.render()
        assert request(url, "/topics/old/rss.xml").status == 200
    assert site.documents().keys() == before.keys()
    assert site.ids("topics/old/atom.xml") == {"One": site.ids()["One"]}


def test_views_of_a_retired_feed_go_where_their_feed_goes(site: Site) -> None:
    site.write("a.md", item("One", "https://a.example/1", topics=["Old", "AI"], provider={"name": "A B"}))
    site.configure(views={"feeds": ["all", "topics", "providers"], "digest": ["daily"]})
    site.render()
    site.configure(
        views={"feeds": ["all", "topics", "providers"], "digest": ["daily"]},
        retired={"topics/old": None, "providers/a-b": "topics/ai"},
    )
    site.render()
    with serving(site.root) as url:
        for view in ("top", "hot", "digest/daily"):
            assert request(url, f"/topics/old/{view}/rss.xml").status == 410
            moved = request(url, f"/providers/a-b/{view}/atom.xml")
            assert (moved.status, moved.headers["location"]) == (301, f"/topics/ai/{view}/atom.xml")
            assert request(url, f"/topics/ai/{view}/atom.xml").status == 200


def test_a_folder_that_the_ledger_never_knew_may_be_retired(site: Site) -> None:
    site.write("a.md", item("One", "https://a.example/1", topics=["AI"]))
    site.configure(retired={"topics/of-before": "topics/ai", "providers/gone": None})
    assert site.render().remarks == ()
    with serving(site.root) as url:
        assert request(url, "/topics/of-before/atom.xml").headers["location"] == "/topics/ai/atom.xml"
        assert request(url, "/providers/gone/rss.xml").status == 410
    assert b"/topics/of-before/* /topics/ai/:splat 301" in site.documents()["_redirects"]


SECRET = b"nobody may read this"
TRAVERSALS = [
    "/../secret",
    "/topics/../../secret",
    "/%2e%2e/secret",
    "/%2e%2e%2fsecret",
    "/..%2fsecret",
    "/..%5csecret",
    "/..\\secret",
    "/%252e%252e/secret",
    "/%c0%ae%c0%ae/secret",
    "/%ef%bc%8e%ef%bc%8e/secret",
    "/.%2e/secret",
    "//secret",
    "///etc/passwd",
    "/topics//../../secret",
    "/./../secret",
    "/%00",
    "/atom.xml%00.html",
    "/..;/secret",
    "/link",
    "/folder/secret",
    "/folder/",
    "/pipe",
    "/.hidden",
    "/.atom.xml.new",
    "/_hidden",
    "/topics",
    "/topics/",
    "/%ff",
    "/%",
    "/%zz",
    "/atom.xml/",
    "/atom.xml/x",
    "/" + "a" * 300,
    "/" + "a/" * 3000,
]


@pytest.fixture
def guarded(published: Site) -> Site:
    """A site with all beside its feeds that nobody may read, and ways that lead there."""
    (published.root / "secret").write_bytes(SECRET)
    (published.feeds / "link").symlink_to(published.root / "secret")
    (published.feeds / "folder").symlink_to(published.root)
    for name in (".hidden", "_hidden", ".atom.xml.new"):
        (published.feeds / name).write_bytes(SECRET)
    os.mkfifo(published.feeds / "pipe")
    return published


def test_nothing_but_the_feeds_can_be_had(guarded: Site) -> None:
    with serving(guarded.root) as url:
        for path in TRAVERSALS:
            heard = said(url, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert SECRET not in heard, path
            assert b"root:" not in heard, path
            assert int(heard.split()[1]) in (301, 400, 404), (path, heard[:100])
        assert request(url, "/atom.xml").status == 200


def test_a_document_that_cannot_be_read_is_not_there(published: Site) -> None:
    (published.feeds / "closed.txt").write_bytes(SECRET)
    (published.feeds / "closed.txt").chmod(0)
    running = Running(published, *ANYWHERE, preexec_fn=let_permissions_count)
    try:
        url = running.wait_for(lambda status: bool(status.serving)).serving
        assert request(url, "/closed.txt").status == 503
        assert request(url, "/atom.xml").status == 200
    finally:
        running.stop()


# Clients that mean harm

PARTS = [b"GET", b"HEAD", b" ", b"/", b"/atom.xml", b"HTTP/1.1", b"HTTP/9.9", b"\r\n", b"\n", b"\r", b"Host: x", b":"]
PARTS += [
    b"\0",
    b"\xff\xfe",
    b"%2e%2e/",
    b"?" * 50,
    b"Content-Length: 5",
    b"Content-Length: -1",
    b"Content-Length: 9e9",
]
PARTS += [
    b"Transfer-Encoding: chunked",
    b"0\r\n\r\n",
    b"ffffffffffffffff\r\n",
    b"If-None-Match: " + b'"' * 99,
    b"Accept-",
]
PARTS += [
    b"If-Modified-Since: \xff",
    b"Accept-Encoding: " + b"gzip;q=" * 99,
    b"Upgrade: websocket",
    b"Connection: Upgrade",
]
PARTS += [
    b"Expect: 100-continue",
    b"Range: bytes=0-0",
    b"User-Agent: 99999999999999999999 subscribers",
    b"PRI * HTTP/2.0",
]
PARTS += [b"OPTIONS * HTTP/1.1", b"GET http://[::1 HTTP/1.1", b"CONNECT x:99999 HTTP/1.1", b"A" * 9000, b"\x16\x03\x01"]


def test_the_server_survives_what_hostile_clients_send(guarded: Site) -> None:
    chance = random.Random(7)
    with serving(guarded.root) as url:
        slow = [connected(url) for _ in range(20)]
        for number, client in enumerate(slow):
            client.sendall([b"", b"G", b"GET /atom.xml HTTP/1.1\r\nHost:", b"GET / HTTP/1.1\r\n"][number % 4])
        for _ in range(400):
            line = b"GET /atom.xml HTTP/1.1\r\nHost: x\r\n" if chance.random() < 0.5 else b""
            end = b"\r\n\r\n" if chance.random() < 0.7 else b""
            heard = said(url, line + b"".join(chance.choices(PARTS, k=chance.randint(1, 12))) + end)
            assert SECRET not in heard
            assert b" 500 " not in heard.partition(b"\r\n")[0]
        assert request(url, "/atom.xml").status == 200
        for client in slow:  # who does not go on is sent away
            while client.recv(65536):
                pass
            client.close()


def test_a_head_without_end_is_refused(published: Site) -> None:
    with serving(published.root) as url:
        heard = said(url, b"GET / HTTP/1.1\r\n" + b"X-Header: " + b"a" * 1_000_000)
        assert heard == b"" or heard.startswith(b"HTTP/1.1 4")
        heard = said(url, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % each for each in range(5000)))
        assert heard == b"" or heard.startswith(b"HTTP/1.1 431 ")
        assert request(url, "/").status == 200


def test_requests_that_come_together_are_answered_in_their_order(published: Site) -> None:
    names = list(FEEDS) * 5
    asked = b"".join(b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % name.encode() for name in names)
    with serving(published.root) as url:
        heard = said(url, asked + b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    documents = published.documents()
    at = 0
    for name in names:
        at = heard.find(documents[name], at)
        assert at >= 0, name


# The daemon and its server


def serves(process: str) -> bool:
    """Whether this process of a daemon serves; its fork server does not."""
    try:
        return b"feedd.serve" in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:  # it has ended meanwhile
        return False


def served_by(running: Running) -> int:
    """The server's process."""
    threads = Path(f"/proc/{running.process.pid}/task")
    (found,) = wait_until(
        lambda: [int(each) for path in threads.glob("*/children") for each in path.read_text().split() if serves(each)],
        20,
        lambda: running.log,
    )
    assert isinstance(found, int)
    return found


def test_the_daemon_serves_what_it_publishes(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("a.md", item("A title"))
    running = daemon(*ANYWHERE).wait_until_ready()
    url = running.wait_for(lambda status: bool(status.serving)).serving
    assert f"serving url={url}" in running.log
    assert url in site.run("status").out
    assert b"A title" in request(url, "/atom.xml").body
    site.write("a.md", item("Another title"))
    running.sync()
    assert b"Another title" in request(url, "/atom.xml").body


def test_a_server_that_is_killed_is_replaced_and_nobody_is_refused(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("a.md", item())
    running = daemon(*ANYWHERE).wait_until_ready()
    url = running.status.serving if running.status else ""
    for _ in range(3):
        assert request(url, "/atom.xml").status == 200
        os.kill(served_by(running), signal.SIGKILL)
    assert request(url, "/atom.xml").status == 200
    assert "the server ended with status -9; it is started again" in running.log


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_the_server_ends_with_the_daemon(site: Site, daemon: Callable[..., Running], how: int) -> None:
    site.write("a.md", item())
    running = daemon(*ANYWHERE, start_new_session=True).wait_until_ready()
    url = running.status.serving if running.status else ""
    with connected(url) as waiting:  # one that keeps its connection open keeps nobody
        waiting.sendall(b"GET /atom.xml HTTP/1.1\r\nHost: x\r\n\r\n")
        waiting.recv(100)
        running.stop(how)
        wait_until(lambda: not of_session(running.process.pid), 20, lambda: "the server is still there")
    with pytest.raises(ConnectionRefusedError):
        connected(url)


def test_an_address_in_use_is_said_and_nothing_is_published(site: Site) -> None:
    site.write("a.md", item())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for command in ("run", "serve"):
            result = site.process(command, "--listen", address)
            assert result.returncode == 3
            assert f"cannot listen on {address}: another program listens there" in result.stderr
    assert site.documents() == {}


def test_a_base_url_that_leads_elsewhere_on_this_machine_is_said(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("a.md", item())
    running = daemon(*ANYWHERE).wait_until_ready()
    assert running.status is not None
    said = f"the feeds say that they are at http://localhost:8080/, and are served on {running.status.serving};"
    assert said in running.log
    for base in (running.status.serving, "https://feeds.example/"):
        assert base_url_mismatch(base, running.status.serving) == ""


@pytest.mark.parametrize("wrong", ["8080", "localhost", "here:there", "unix:", "http://localhost:8080/"])
def test_what_is_no_address_is_a_mistake(site: Site, wrong: str) -> None:
    result = site.run("run", "--listen", wrong)
    assert result.status == 2
    assert "none of HOST:PORT, unix:PATH and off" in result.err


def test_a_reload_changes_the_address_unless_it_is_in_use(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("a.md", item())
    site.configure(serve={"listen": f"{own_host()}:0", "max_age": "1h"})
    running = Running(site, "--seeds", "seeds", configured=True)
    try:
        running.wait_until_ready()
        before = running.status.serving if running.status else ""
        with socket.create_server((own_host(), 0)) as taken:
            port = taken.getsockname()[1]
            site.configure(serve={"listen": f"{own_host()}:{port}"})
            running.process.send_signal(signal.SIGHUP)
            running.wait_for(lambda status: bool(status.configuration))
            assert request(before, "/atom.xml").status == 200
        running.process.send_signal(signal.SIGHUP)
        after = running.wait_for(lambda status: status.serving != before).serving
        assert after == f"http://{own_host()}:{port}/"
        assert request(after, "/atom.xml").status == 200
        with pytest.raises(ConnectionRefusedError):
            connected(before)
        site.configure(serve={"listen": "off"})
        running.process.send_signal(signal.SIGHUP)
        running.wait_for(lambda status: not status.serving)
        with pytest.raises(ConnectionRefusedError):
            connected(after)
    finally:
        running.stop()


def test_a_unix_socket_serves_again_after_a_daemon_that_was_killed(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("a.md", item())
    path = site.root / "feedd.sock"
    for how in (signal.SIGKILL, signal.SIGTERM):
        running = daemon("--listen", f"unix:{path}").wait_until_ready()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b"GET /atom.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
        running.stop(how)


ACTIVATED = """
import os, sys
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[1], sys.argv[1:])
"""


def activated(site: Site, listening: socket.socket, *, configured: bool = False) -> Running:
    """A daemon with a socket on which systemd listens."""

    def third() -> None:
        os.dup2(listening.fileno(), 3)

    command = [sys.executable, "-c", ACTIVATED, *FEEDD]
    where = () if configured else ANYWHERE
    return Running(site, *where, command=command, configured=configured, preexec_fn=third, pass_fds=(3,))


def test_a_socket_of_systemd_outlives_the_daemon(site: Site) -> None:
    site.write("a.md", item())
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        running = activated(site, listening).wait_until_ready()
        assert running.status is not None
        assert running.status.serving == url
        assert request(url, "/atom.xml").status == 200
        running.stop()
        waiting = connected(url)  # nobody is there to answer
        waiting.sendall(b"GET /atom.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        running = activated(site, listening).wait_until_ready()
        with waiting:
            assert waiting.recv(100).startswith(b"HTTP/1.1 200 OK")
        running.stop()


# What can be observed


def observed(site: Site, *, together: bool = False) -> tuple[Running, str, str]:
    """A daemon that can be observed; where it serves, and where it is observed."""
    listen, monitor = free_addresses(2)
    site.configure(serve={"listen": listen, "monitor": listen if together else monitor})
    running = Running(site, configured=True).wait_until_ready()
    return running, f"http://{listen}/", f"http://{listen if together else monitor}/"


@pytest.mark.parametrize("together", [False, True])
def test_health_and_metrics_are_where_they_are_wanted(site: Site, together: bool) -> None:
    site.write("a.md", item(topics=["AI"]))
    running, url, monitor = observed(site, together=together)
    try:
        assert request(monitor, "/healthz").body == b"ok\n"
        agent = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)"
        tag = request(url, "/atom.xml", user_agent=agent).headers["etag"]
        request(url, "/atom.xml", if_none_match=tag)
        request(url, "/none")
        found = request(monitor, "/metrics")
        assert metric(found, "feedd_up") == 1
        assert metric(found, 'feedd_passes_total{outcome="done"}') >= 1
        assert metric(found, "feedd_entries") == 1
        assert metric(found, "feedd_documents_written_total") == len(site.documents())
        assert metric(found, 'feedd_http_requests_total{kind="feed",status="200"}') == 1
        assert metric(found, 'feedd_http_requests_total{kind="feed",status="304"}') == 1
        assert metric(found, 'feedd_subscribers{path="/atom.xml",service="Feedly"}') == 12
        if not together:
            assert request(url, "/metrics").status == 404
            assert request(url, "/healthz").status == 404
            assert request(monitor, "/atom.xml").status == 404
            assert request(monitor, "/metrics", "POST").status == 405
    finally:
        running.stop()


def test_health_says_why_it_is_not(site: Site) -> None:
    site.write("a.md", item())
    running, _, monitor = observed(site)
    try:
        (site.seeds / "a.md").unlink()
        running.wait_for(lambda status: status.last is not None and status.last.outcome == "refused")
        answer = request(monitor, "/healthz")
        assert (answer.status, answer.body) == (503, b"the last pass was refused\n")
        site.write("a.md", item())
        running.sync()
        assert request(monitor, "/healthz").status == 200
        os.utime(site.state / "daemon.lock", (0, 0))
        answer = request(monitor, "/healthz")
        assert (answer.status, answer.body) == (503, b"the daemon has shown no sign of life for 60 s\n")
    finally:
        running.stop()


def test_without_a_daemon_there_is_no_health(published: Site) -> None:
    (address,) = free_addresses(1)
    published.configure(serve={"monitor": address})
    with serving(published.root) as url:
        assert request(url, "/atom.xml").status == 200
        answer = request(f"http://{address}/", "/healthz")
        assert (answer.status, answer.body) == (503, b"no daemon runs\n")
        assert metric(request(f"http://{address}/", "/metrics"), "feedd_up") == 0


def test_a_plan_and_an_explanation_know_of_retired_feeds(site: Site) -> None:
    path = site.write("a.md", item(topics=["AI", "Old"]))
    site.render()
    site.configure(retired={"topics/old": None})
    plan = site.run("plan").out
    assert "topics/old/" in plan
    assert site.render().feeds == 2
    assert "topics/old" not in site.run("plan").out
    assert "topics/old" not in site.run("why", str(path)).out


def test_long_requests_take_no_memory(published: Site) -> None:
    with serving(published.root) as url:
        long = b"a" * 60_000
        for head in (
            b"GET /" + long + b" HTTP/1.1\r\nHost: x\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + long + b"\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Y: z\r\n" * 5000,
        ):
            assert said(url, head + b"\r\n").startswith(b"HTTP/1.1 431 ") or not said(url, head + b"\r\n")
        assert request(url, "/atom.xml", accept_encoding="gzip, " * 100).headers.get("content-encoding") is None
        assert request(url, "/" + "a" * 8000).status == 404


@pytest.mark.parametrize("host", ["", "Host: a\r\nHost: b\r\n"])
def test_a_request_has_to_name_one_host(published: Site, host: str) -> None:
    with serving(published.root) as url:
        assert said(url, f"GET / HTTP/1.1\r\n{host}\r\n".encode()).startswith(b"HTTP/1.1 400 ")
        assert said(url, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_a_document_that_cannot_be_read_for_the_moment_is_not_said_to_be_gone(published: Site) -> None:
    (published.feeds / "atom.xml").chmod(0)
    (published.feeds / "topics/ai").chmod(0)
    running = Running(published, *ANYWHERE, preexec_fn=let_permissions_count)
    try:
        url = running.wait_for(lambda status: bool(status.serving)).serving
        published.feeds.chmod(0o555)  # the daemon cannot mend it
        for path in ("/atom.xml", "/topics/ai/rss.xml"):
            answer = request(url, path)
            assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    finally:
        published.feeds.chmod(0o755)
        (published.feeds / "topics/ai").chmod(0o755)
        running.stop()


def test_a_file_that_is_too_large_for_the_memory_is_not_read(published: Site) -> None:
    published.configure(serve={"memory": "1 MiB"})
    for name in ("book.pdf", "movie.mp4"):
        with (published.feeds / name).open("wb") as file:
            file.truncate(1 << 30)
    with serving(published.root) as url:
        assert request(url, "/book.pdf").status == 403
        film = request(url, "/movie.mp4", Range=f"bytes={(1 << 30) - 5}-")
        assert (film.status, film.body) == (206, bytes(5))
        assert request(url, "/atom.xml").status == 200


@pytest.mark.parametrize(
    ("name", "text", "media_type"),
    [
        ("index.xml", '\ufeff\n{"version": "https://jsonfeed.org/version/1.1"}', "application/feed+json"),
        ("index.xml", '<?xml version="1.0"?>\n<!-- By x. -->\n<rss version="2.0"/>', "application/rss+xml"),
        ("old.rss", '<feed xmlns="http://www.w3.org/2005/Atom"/>', "application/atom+xml"),
        ("feed.rss", '<rss version="2.0"/>', "application/rss+xml"),
        ("own.json", '{"version": "1.1"}', "application/json"),
        ("sitemap.xml", "<urlset/>", "application/xml"),
        ("empty.xml", "", "application/xml"),
        ("words.txt", "<rss/>", "text/plain; charset=utf-8"),
        ("chapters.srt", "1", "application/x-subrip"),
    ],
)
def test_a_feed_of_somebody_else_has_the_type_of_its_format(
    published: Site, name: str, text: str, media_type: str
) -> None:
    (published.feeds / name).write_text(text)
    with serving(published.root) as url:
        assert request(url, f"/{name}").headers["content-type"] == media_type


def test_what_is_not_text_is_not_compressed(published: Site) -> None:
    (published.feeds / "icon.png").write_bytes(bytes(10_000))
    (published.feeds / "icon.svg").write_bytes(b"<svg></svg>" * 1000)
    with serving(published.root) as url:
        assert "content-encoding" not in request(url, "/icon.png", accept_encoding="gzip").headers
        assert request(url, "/icon.svg", accept_encoding="gzip").headers["content-encoding"] == "gzip"


def test_a_large_document_goes_out_plain_until_it_is_encoded(published: Site) -> None:
    (published.feeds / "large.txt").write_bytes(b"a text " * 500_000)
    with serving(published.root) as url:
        assert "content-encoding" not in request(url, "/large.txt", accept_encoding="gzip").headers
        found = wait_until(
            lambda: (
                (answer := request(url, "/large.txt", accept_encoding="gzip")).headers.get("content-encoding")
                and answer
            ),
            20,
            lambda: "it was never encoded",
        )
        assert found.document == b"a text " * 500_000


def test_only_the_digest_of_its_bytes_makes_a_document_last(published: Site) -> None:
    with serving(published.root) as url:
        (asked,) = set(re.findall(rb'href="(feedd\.css\?v=[0-9a-f]+)"', request(url, "/").body))
        assert "immutable" in request(url, f"/{asked.decode()}").headers["cache-control"]
        assert "immutable" not in request(url, "/feedd.css?v=0a1b2c").headers["cache-control"]


def test_a_file_that_is_named_by_its_bytes_lasts(published: Site) -> None:
    named, other = f"media/{'0a' * 16}.mp3", "media/other.mp3"
    (published.feeds / "media").mkdir(exist_ok=True)
    for path in (named, other):
        (published.feeds / path).write_bytes(b"sound")
    with serving(published.root) as url:
        for part in ({}, {"Range": "bytes=1-2"}):
            assert request(url, f"/{named}", **part).headers["cache-control"] == "max-age=31536000, immutable"
            assert "immutable" not in request(url, f"/{other}", **part).headers["cache-control"]


def test_what_may_be_otherwise_soon_is_not_kept_for_long(published: Site) -> None:
    with serving(published.root) as url:
        for path in ("/none", "/topics/ai"):
            assert request(url, path).headers["cache-control"].startswith("max-age=")


def test_metrics_count_documents_and_not_ways_to_write_their_names(site: Site) -> None:
    site.write("a.md", item())
    running, url, monitor = observed(site)
    try:
        for path in ("/atom.xml", "/%61tom.xml", "/atom.xml?x=1"):
            request(url, path, user_agent="Feedly/1.0 (3 subscribers)")
        found = request(monitor, "/metrics").body
        assert found.count(b"feedd_subscribers{") == 1
    finally:
        running.stop()


# Feeds that are no more


def test_a_retired_feed_that_could_not_be_deleted_is_deleted_later(site: Site) -> None:
    site.write("a.md", item(topics=["AI", "Old"]))
    site.render()
    site.configure(retired={"topics/old": None})
    folder = site.feeds / "topics/old"

    def refused() -> None:
        folder.chmod(0o555)
        report = site.render(status=3)
        assert {problem.reason for problem in report.failed} == {"cannot be deleted: Permission denied"}
        folder.chmod(0o755)

    unprivileged(refused)
    assert folder.exists()
    site.render()
    assert not folder.exists()


@pytest.mark.parametrize("with_index", [True, False])
def test_what_an_earlier_ledger_published_and_could_not_be_withdrawn_is_withdrawn_later(
    site: Site, with_index: bool
) -> None:
    site.configure(recover_index=with_index)
    path = site.write("a.md", item("Sealed", topics=["AI"]))
    site.write("b.md", item("Another", "https://a.example/b"))
    site.render()
    shutil.rmtree(site.state)
    path.write_text(item("Sealed", topics=["AI"], published=False))
    folder = site.feeds / "topics/ai"

    def refused() -> None:
        folder.chmod(0o555)
        assert site.render(status=3).failed
        folder.chmod(0o755)

    unprivileged(refused)
    assert b"Sealed" in (folder / "atom.xml").read_bytes()
    site.render()
    assert not [name for name, data in tree(site.feeds).items() if b"Sealed" in data]
    assert folder.exists() == with_index  # the index knows the feed, which has no entry now


def test_somebodys_own_redirects_are_left_alone(site: Site) -> None:
    site.write("a.md", item(topics=["AI", "Old"]))
    site.render()
    own = b"/mine /elsewhere 302\n/topics/ai/* https://new.example/:splat 301\n"
    (site.feeds / "_redirects").write_bytes(own)
    site.configure(retired={"topics/old": None})
    report = site.render(status=3)
    assert [problem.path for problem in report.failed] == ["_redirects"]
    assert (site.feeds / "_redirects").read_bytes() == own
    with serving(site.root) as url:
        assert request(url, "/topics/ai/none").status == 404


@pytest.mark.parametrize(
    ("retired", "kept"),
    [
        ({"topics/robots": "topics/ai"}, {"ai", "robots"}),  # which is another name of it: a circle
        ({"topics/robots": "topics/nowhere"}, {"ai", "robots"}),
        ({"topics/never": None}, {"robots"}),
        ({"topics/robots": "topics/other"}, {"other"}),  # and with it the one that became it
    ],
)
def test_no_feed_is_given_up_for_one_that_is_not_there(
    site: Site, retired: dict[str, str | None], kept: set[str]
) -> None:
    for topic in ("AI", "Robots", *(["Other"] if kept == {"other"} else [])):
        site.write(f"{topic}.md", item(topic, f"https://a.example/{topic}", topics=[topic]))
    site.render()
    (site.root / "topics.yaml").write_text("topics:\n- {name: Robots, aliases: [AI]}\n")
    site.configure(topics="topics.yaml", retired=retired)
    report = site.render()
    assert {path.name for path in (site.feeds / "topics").iterdir()} == kept
    assert bool(report.remarks) == (kept != {"other"} and "topics/never" not in retired)
    assert site.render().written == ()


def test_a_daemon_under_a_socket_unit_may_be_observed_at_the_same_address(site: Site) -> None:
    site.write("a.md", item())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        site.configure(serve={"listen": address, "monitor": address})
        running = activated(site, listening, configured=True).wait_until_ready()
        assert request(f"http://{address}/", "/healthz").status == 200
        running.stop()
