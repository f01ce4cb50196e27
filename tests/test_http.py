"""What subscribers get over HTTP (RFC 9110), whatever server it is that stands before feeds/."""

from __future__ import annotations

import hashlib
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.client import HTTPResponse
from pathlib import Path
from random import Random
from threading import Event

import pytest
from http_support import SUFFIXES, Answer
from servers import HOST, SERVERS, Server
from support import Site, decoded, item

from feedd.model import Document
from feedd.render.content_codings import ENCODINGS
from feedd.store.documents import FeedsDirectory

TYPES = {
    "/atom.xml": "application/atom+xml; charset=utf-8",
    "/rss.xml": "application/rss+xml; charset=utf-8",
    "/feed.json": "application/feed+json; charset=utf-8",
    "/feeds.opml": "text/x-opml; charset=utf-8",
    "/": "text/html; charset=utf-8",
    "/index.html": "text/html; charset=utf-8",
    "/topics/boats/atom.xml": "application/atom+xml; charset=utf-8",
    "/providers/a-name/feed.json": "application/feed+json; charset=utf-8",
}
FEEDS = [path for path in TYPES if path.endswith(("xml", "json"))]


@pytest.fixture
def published(site: Site) -> Site:
    """A site that has published an item, with encodings beside the documents."""
    site.configure(precompress=list(ENCODINGS))
    edit(site, 1)
    return site


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, published: Site, tmp_path: Path) -> Iterator[Server]:
    """Each server, before the documents of that site."""
    (tmp_path / "server").mkdir()
    with SERVERS[request.param](published.feeds, tmp_path / "server") as running:
        yield running


def edit(site: Site, edition: int) -> None:
    """Publishes an edition of the item; all have the same size."""
    site.write("one.md", item(f"Edition {edition}", "https://news.example/1", topics=["Boats"], provider="A name"))
    site.render()


def each_coding(server: Server, path: str) -> list[Answer]:
    """What is answered to those who take no content coding, and to those who take one of those on offer."""
    answers = [server.ask(path, coding=coding) for coding in server.codings]
    assert [answer.coding for answer in answers] == list(server.codings)
    assert {answer.status for answer in answers} == {200}
    return answers


def days_from(date: str, days: int) -> str:
    return format_datetime(parsedate_to_datetime(date) + timedelta(days), usegmt=True)


# Documents


def test_every_document_is_answered_with_its_media_type(server: Server, published: Site) -> None:
    for path, media_type in TYPES.items():
        answer = server.ask(path)
        assert answer.status == 200
        assert answer.headers["content-type"] == media_type
        assert answer.body == (published.feeds / path.lstrip("/") / ("index.html" if path == "/" else "")).read_bytes()


def test_a_lost_ledger_is_made_again_from_what_is_served(server: Server, published: Site) -> None:
    before = published.documents()
    shutil.rmtree(published.state)
    place = f"http://{HOST}:{server.port}/"
    result = published.run("render", "--recover", place)
    assert f"1 entry in 3 feeds was taken over from {place}" in result.out
    assert published.documents() == before


def test_each_encoding_decodes_to_the_document_and_says_that_there_are_others(server: Server) -> None:
    for path, media_type in TYPES.items():
        answers = each_coding(server, path)
        assert len({answer.document for answer in answers}) == 1
        assert {answer.headers["content-type"] for answer in answers} == {media_type}
        assert {answer.headers["vary"].lower() for answer in answers} == {"accept-encoding"}


def test_an_encoding_is_sent_only_to_those_who_take_it(server: Server) -> None:
    assert server.ask("/atom.xml").coding == "identity"
    assert server.ask("/atom.xml", coding="compress").coding == "identity"
    assert server.ask("/atom.xml", coding="gzip;q=0").coding == "identity"
    assert server.ask("/atom.xml", coding="gzip").coding == "gzip"


def test_a_proxy_on_the_way_gets_encodings_too(server: Server) -> None:
    assert server.ask("/atom.xml", coding="gzip", Via="1.1 proxy.example").coding == "gzip"


def test_head_answers_as_get_does_but_for_the_body(server: Server) -> None:
    for coding in server.codings:
        get, head = server.ask("/atom.xml", coding=coding), server.ask("/atom.xml", "HEAD", coding=coding)
        assert head.status == 200
        assert head.body == b""
        for name in ("etag", "last-modified", "content-type", "vary", "cache-control", "content-encoding"):
            assert head.headers.get(name) == get.headers.get(name)
        assert head.headers.get("content-length", str(len(get.body))) == str(len(get.body))


def test_what_is_no_document_is_not_found(server: Server) -> None:
    for path in ("/nothing.xml", "/topics/nothing/atom.xml", "/atom.xml/", "/topics/"):
        assert server.ask(path).status in (403, 404)
    assert server.ask("/atom.xml", "POST", Content_Length="0").status == 405


def test_formats_that_are_taken_away_are_gone_in_every_encoding(server: Server, published: Site) -> None:
    published.configure(precompress=list(ENCODINGS), formats=["atom"])
    published.render()
    assert {server.ask("/rss.xml", coding=coding).status for coding in server.codings} == {404}


def test_a_document_without_encodings_beside_it_is_sent_to_everybody(server: Server, published: Site) -> None:
    published.configure()
    published.render()
    edit(published, 2)
    answers = [server.ask("/atom.xml", coding=coding) for coding in server.codings]
    assert {answer.coding for answer in answers} == set(server.codings if server.compresses else ["identity"])
    assert {answer.document for answer in answers} == {(published.feeds / "atom.xml").read_bytes()}


# Conditional requests


def test_there_are_validators_and_encodings_share_all_but_the_etag(server: Server) -> None:
    for path in TYPES:
        answers = each_coding(server, path)
        etags = {answer.headers["etag"] for answer in answers}
        assert len(etags) == len(answers)
        assert all(etag.startswith('"') and etag.endswith('"') for etag in etags)  # strong: RFC 9110, section 8.8.3
        assert len({answer.headers["last-modified"] for answer in answers}) == 1


def test_who_has_an_encoding_is_told_so_by_its_etag(server: Server) -> None:
    for path in TYPES:
        for coding, had in zip(server.codings, each_coding(server, path), strict=True):
            etag = had.headers["etag"]
            for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
                answer = server.ask(path, coding=coding, If_None_Match=condition)
                assert (answer.status, answer.body) == (304, b"")
                assert answer.headers["etag"] == etag
                assert answer.headers.get("last-modified", had.validators[1]) == had.validators[1]
                assert answer.headers["vary"].lower() == "accept-encoding"
                assert answer.headers["cache-control"] == had.headers["cache-control"]
            assert server.ask(path, coding=coding, If_None_Match='"other"').status == 200


def test_who_has_a_document_is_told_so_by_its_date(server: Server) -> None:
    for coding, had in zip(server.codings, each_coding(server, "/atom.xml"), strict=True):
        date = had.headers["last-modified"]
        assert server.ask("/atom.xml", coding=coding, If_Modified_Since=date).status == 304
        assert server.ask("/atom.xml", coding=coding, If_Modified_Since=days_from(date, -1)).status == 200
        later = server.ask("/atom.xml", coding=coding, If_Modified_Since=days_from(date, 1))
        assert later.status == (200 if server.exact_dates else 304)
        assert server.ask("/atom.xml", coding=coding, If_Modified_Since="yesterday").status == 200


def test_an_etag_wins_over_a_date(server: Server) -> None:
    for coding, had in zip(server.codings, each_coding(server, "/atom.xml"), strict=True):
        etag, date = had.validators
        same = server.ask("/atom.xml", coding=coding, If_None_Match=etag, If_Modified_Since=days_from(date, -1))
        other = server.ask("/atom.xml", coding=coding, If_None_Match='"other"', If_Modified_Since=date)
        assert (same.status, other.status) == (304 if server.etag_wins else 200, 200)


def test_a_pass_that_changes_nothing_changes_no_validator(server: Server, published: Site) -> None:
    before = {path: each_coding(server, path) for path in TYPES}
    published.settle()
    edit(published, 1)
    for path, answers in before.items():
        assert [each.validators for each in each_coding(server, path)] == [each.validators for each in answers]


def test_every_edit_changes_every_validator_even_within_a_second(server: Server, published: Site) -> None:
    seen = [[answer] for answer in each_coding(server, "/atom.xml")]
    for edition in range(2, 6):
        edit(published, edition)
        for before, now in zip(seen, each_coding(server, "/atom.xml"), strict=True):
            assert f"Edition {edition}".encode() in now.document
            for had in before:
                etag, date = had.validators
                conditions = ({"If_None_Match": etag}, {"If_Modified_Since": date})
                answers = [server.ask("/atom.xml", coding=now.coding, **condition) for condition in conditions]
                assert [answer.status for answer in answers] == [200, 200]
                assert {answer.document for answer in answers} == {now.document}
            before.append(now)


def test_an_edit_changes_no_validator_of_documents_that_stay_as_they_are(server: Server, published: Site) -> None:
    published.write("two.md", item("Two", "https://news.example/2", topics=["Trains"]))
    published.render()
    before = each_coding(server, "/topics/trains/atom.xml")
    edit(published, 2)
    assert [each.validators for each in each_coding(server, "/topics/trains/atom.xml")] == [
        each.validators for each in before
    ]


def test_a_mended_encoding_is_told_as_it_was(server: Server, published: Site) -> None:
    before = each_coding(server, "/atom.xml")
    for suffix in filter(None, SUFFIXES.values()):
        (published.feeds / f"atom.xml{suffix}").write_bytes(b"\x1f\x8b tampered with")
    published.render()
    assert [each.validators for each in each_coding(server, "/atom.xml")] == [each.validators for each in before]
    assert {each.document for each in each_coding(server, "/atom.xml")} == {before[0].body}


# While a document is replaced


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_slow_client_gets_a_document_whole(server: Server, published: Site, coding: str) -> None:
    old, new = (Document("slow.json", Random(number).randbytes(12 << 20)) for number in (1, 2))
    replace(published, old)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(60)
        client.connect((HOST, server.port))
        client.sendall(
            f"GET /slow.json HTTP/1.1\r\nHost: {HOST}:{server.port}\r\nAccept-Encoding: {coding}\r\n\r\n".encode()
        )
        response = HTTPResponse(client)
        response.begin()
        begun = response.read(1000)
        replace(published, new)
        body = begun + response.read()
    assert response.headers.get("Content-Encoding", "identity") == coding
    assert decoded(SUFFIXES[coding], body) == old.data
    assert server.ask("/slow.json", coding=coding).document == new.data


@pytest.mark.parametrize("by_date", [False, True], ids=["by ETag", "by date"])
def test_who_asks_all_the_time_has_the_last_edition_in_the_end(server: Server, published: Site, by_date: bool) -> None:
    done = Event()

    def follow(coding: str) -> Answer:
        had = server.ask("/atom.xml", coding=coding)
        last = False
        while not last:
            last = done.is_set()
            etag, date = had.validators
            condition = {"If_Modified_Since": date} if by_date else {"If_None_Match": etag}
            answer = server.ask("/atom.xml", coding=coding, **condition)
            assert answer.status in (200, 304)
            had = answer if answer.status == 200 else had
        return had

    with ThreadPoolExecutor(len(server.codings)) as readers:
        followed = [readers.submit(follow, coding) for coding in server.codings]
        try:
            for edition in range(2, 10):
                edit(published, edition)
        finally:
            done.set()
        for had in followed:
            assert b"Edition 9" in had.result().document


def replace(site: Site, document: Document) -> None:
    encoded = [Document(document.path + each.suffix, each.encode(document.data)) for each in ENCODINGS.values()]
    FeedsDirectory(site.feeds).write(document, encoded)


# What is not to be seen


def test_nothing_but_documents_is_served(server: Server, published: Site) -> None:
    for name in (".atom.xml.new", ".hidden", "topics/.atom.xml.new"):
        (published.feeds / name).write_text("Edition withheld")
    for path in (
        *("/.atom.xml.new", "/.hidden", "/topics/.atom.xml.new", "/%2ehidden"),
        *("/atom.xml.gz", "/atom.xml.br"),
        *("/../seeds/one.md", "/%2e%2e/seeds/one.md", "/topics/../../seeds/one.md", "/..%2fseeds/one.md"),
        *("/../.feedd/ledger.sqlite3", "//etc/passwd", "/.%00", "/atom.xml%00.json"),
    ):
        for coding in server.codings:
            answer = server.ask(path, coding=coding)
            assert answer.status in (400, 403, 404), path
            assert b"Edition" not in answer.body
            assert b"root:" not in answer.body


def test_links_do_not_lead_out_of_the_folder(server: Server, published: Site) -> None:
    (published.feeds / "link.json").symlink_to(published.seeds / "one.md")
    (published.root / "others").mkdir()
    (published.root / "others/page.html").write_text("somebody's")
    (published.feeds / "others").symlink_to(published.root / "others")
    allowed = {200} if server.follows_links else {403, 404}
    assert {server.ask(path).status for path in ("/link.json", "/others/page.html")} <= allowed


# For browsers


def test_scripts_of_any_page_may_read_feeds_and_nothing_else(server: Server) -> None:
    for path in [*FEEDS, "/feeds.opml"]:
        assert server.ask(path, Origin="https://reader.example").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in server.ask("/", Origin="https://reader.example").headers


def test_pages_run_nothing_from_elsewhere(server: Server) -> None:
    headers = server.ask("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_documents_are_fresh_for_minutes_and_what_is_named_by_its_digest_for_ever(
    server: Server, published: Site
) -> None:
    (published.feeds / "feedd.css").write_text("p {}")
    assert server.ask("/atom.xml").headers["cache-control"].startswith("max-age=")
    digest = hashlib.blake2b(b"p {}", digest_size=6).hexdigest()
    assert "immutable" in server.ask(f"/feedd.css?v={digest}").headers["cache-control"]
    for path in ("/feedd.css", "/atom.xml?v=0a1b2c"):
        assert "immutable" not in server.ask(path).headers["cache-control"]


UNMEANT = [
    "atom.xml~",
    "atom.xml.bak",
    "feed.json.orig",
    "notes.sqlite3",
    "notes.db",
    "tool.py",
    "tool.sh",
    "upload.tmp",
    "index.html.swp",
    "Makefile",
    "id_rsa",
    "dump.sql",
    "feeds.tar.gz",
    "config.yaml",
    "a.md",
    "page.PHP",
]
MEANT = [
    "logo.png",
    "robots.txt",
    "favicon.ico",
    "about.html",
    "style.xsl",
    "episode.mp3",
    "PHOTO.JPG",
    "site.webmanifest",
]


@pytest.mark.parametrize("folder", ["", "topics/boats/"])
def test_only_what_a_publisher_means_to_give_out_is_given_out(published: Site, server: Server, folder: str) -> None:
    for name in UNMEANT + MEANT:
        (published.feeds / folder / name).write_bytes(b"mine")
    assert {name: server.ask(f"/{folder}{name}").status for name in UNMEANT} == dict.fromkeys(UNMEANT, 404)
    assert {name: server.ask(f"/{folder}{name}").status for name in MEANT} == dict.fromkeys(MEANT, 200)
    assert server.ask("/topics/boats").status in (301, 308)
    assert server.ask("/topics/boats/").status == 200
