"""Deltas (RFC 3229): who has a version of a feed is sent only the entries that are new or changed since then."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from random import Random

import feedparser
import pytest
from http_support import Answer, free_addresses, metric, request, serving
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from reader import make_reader
from support import Site, item

from feedd.render.entry_places import PLACES
from feedd.serve.cache import DocumentCache
from feedd.serve.deltas import WEEK, EntryStates, asks_for_delta, named_versions
from feedd.serve.server_options import CacheOptions
from feedd.store.served import ServedDirectory

NAMES = {"atom.xml": "atom", "rss.xml": "rss", "feed.json": "json"}


@pytest.fixture
def published(site: Site) -> Site:
    """A site with twelve entries."""
    (monitor,) = free_addresses(1)
    site.configure(base_url="https://feeds.example/", serve={"monitor": monitor})
    for number in range(12):
        write(site, number, f"Entry {number}")
    site.render()
    return site


def write(site: Site, number: int, title: str, **fields: object) -> None:
    date = f"2024-05-{number + 1:02}T12:00:00Z"
    body = f"Words of entry {number}. " * 30
    site.write(f"{number}.md", item(title, f"https://a.example/{number}", date, body, topics=["AI"], **fields))


def ask(url: str, name: str, tag: str | None, coding: str = "identity", a_im: str = "feed") -> Answer:
    """What a reader that takes deltas is answered."""
    had = {} if tag is None else {"If_None_Match": tag}
    return request(url, f"/{name}", Accept_Encoding=coding, A_IM=a_im, **had)


def titles(name: str, document: bytes) -> list[str]:
    if name.endswith(".json"):
        return [each["title"] for each in json.loads(document)["items"]]
    root = etree.fromstring(document)
    return [each.findtext("{*}title") or "" for each in root.iter("{*}entry", "item")]


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("name", NAMES)
def test_only_new_and_changed_entries_are_sent(published: Site, name: str, coding: str) -> None:
    with serving(published.root) as url:
        first = ask(url, name, None, coding)
        write(published, 3, "Entry 3, mended")
        write(published, 12, "Entry 12")
        (published.seeds / "5.md").unlink()
        published.render()
        delta = ask(url, name, first.headers["etag"], coding)
        whole = request(url, f"/{name}", Accept_Encoding=coding)
        again = ask(url, name, delta.headers["etag"], coding)
    assert (first.status, whole.status, again.status, delta.status) == (200, 200, 304, 226)
    assert "im" not in first.headers
    assert (delta.headers["im"], delta.coding) == ("feed", coding)
    assert delta.headers["vary"] == "A-IM, If-None-Match, Accept-Encoding"
    assert delta.headers["cache-control"].startswith("no-store, im, max-age=")
    assert delta.headers["content-type"] == whole.headers["content-type"]
    assert len({first.headers["etag"], delta.headers["etag"], whole.headers["etag"]}) == 3
    assert again.headers["etag"] == delta.headers["etag"]
    assert sorted(titles(name, delta.document)) == ["Entry 12", "Entry 3, mended"]
    parts = PLACES[NAMES[name]]
    assert parts.with_entries(whole.document, parts.split(delta.document)) == delta.document
    assert set(parts.split(whole.document)) - set(parts.split(first.document)) == set(parts.split(delta.document))
    assert not feedparser.parse(delta.document).bozo or name.endswith(".json")


def test_a_delta_leads_on_from_a_delta_and_from_each_version_of_it(published: Site) -> None:
    tags, had = [], {}
    with serving(published.root) as url:
        for edition in range(5):
            write(published, edition, f"Edition {edition}")
            published.render()
            answer = ask(url, "atom.xml", tags[-1] if tags else None)
            tags.append(answer.headers["etag"])
            had |= dict(zip(titles("atom.xml", answer.document), [edition] * 12, strict=False))
        assert answer.status == 226
        missing = [len(titles("atom.xml", ask(url, "atom.xml", tag).document)) for tag in tags[:-1]]
        assert ask(url, "atom.xml", f'W/"other", {tags[1]}, "{"0" * 32}"').status == 226
        assert request(url, "/atom.xml", If_None_Match=tags[-1]).status == 200  # it did not ask for a delta now
    assert missing == [4, 3, 2, 1]


def test_an_unknown_version_is_answered_with_the_whole_document(published: Site) -> None:
    with serving(published.root) as url:
        known = ask(url, "atom.xml", None).headers["etag"]
        write(published, 3, "Entry 3, mended")
        published.render()
        answers = [
            ask(url, "atom.xml", f'"{"0" * 32}"'),
            ask(url, "atom.xml", "*"),
            ask(url, "rss.xml", known),
            ask(url, "atom.xml", known, a_im="vcdiff, feed;q=0"),
            ask(url, "atom.xml", None),
        ]
        assert [(each.status, "im" in each.headers) for each in answers][0::2] == [(200, False)] * 3
        assert [each.status for each in answers] == [200, 304, 200, 200, 200]


def test_a_list_and_a_delta_that_would_be_no_smaller_are_sent_whole(published: Site) -> None:
    with serving(published.root) as url:
        first = {name: ask(url, name, None).headers["etag"] for name in ("atom.xml", "top/atom.xml")}
        write(published, 3, "Entry 3, mended")
        published.render()
        assert ask(url, "top/atom.xml", first["top/atom.xml"]).status == 200
        assert ask(url, "atom.xml", first["atom.xml"]).status == 226
        for number in range(12):
            write(published, number, f"Quite another {number}")
        published.render()
        assert ask(url, "atom.xml", first["atom.xml"]).status == 200


def test_a_withdrawn_entry_is_in_no_delta(published: Site) -> None:
    with serving(published.root) as url:
        first = ask(url, "atom.xml", None).headers["etag"]
        write(published, 12, "Secret plans")
        published.render()
        second = ask(url, "atom.xml", first)
        write(published, 12, "Secret plans", published=False)
        published.render()
        assert titles("atom.xml", second.document) == ["Secret plans"]
        for tag in (first, second.headers["etag"]):
            answer = ask(url, "atom.xml", tag)
            assert b"Secret" not in answer.document
            assert answer.document.count(b"<at:deleted-entry ") == 1


def test_a_feed_of_another_publisher_is_sent_whole(published: Site) -> None:
    other = published.feeds / "others/atom.xml"
    other.parent.mkdir()
    with serving(published.root) as url:
        other.write_text("<feed>\n  <entry>1</entry>\n  <entry>2</entry>\n</feed>\n")
        tag = ask(url, "others/atom.xml", None).headers["etag"]
        other.write_text("<feed>\n  <entry>1</entry>\n  <entry>3</entry>\n</feed>\n")
        assert ask(url, "others/atom.xml", tag).status == 200


@pytest.mark.parametrize("name", NAMES)
def test_reader_takes_deltas_and_loses_nothing(published: Site, name: str) -> None:
    monitor = json.loads((published.root / "config/feedd.yaml").read_text().split("serve: ")[1].splitlines()[0])[
        "monitor"
    ]
    with serving(published.root) as url, make_reader(":memory:") as reader:
        address = f"{url.rstrip('/')}/{name}"
        reader.add_feed(address)
        reader.update_feed(address)
        write(published, 3, "Entry 3, mended")
        write(published, 12, "Entry 12")
        published.render()
        change = reader.update_feed(address)
        assert change is not None
        assert (change.new, change.modified) == (1, 1)
        assert len(list(reader.get_entries())) == 13
        sent = request(f"http://{monitor}/", "/metrics")
    assert metric(sent, 'feedd_http_requests_total{kind="feed",status="226"}') == 1


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
def test_newsboat_takes_deltas_and_loses_nothing(published: Site, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    monitor = json.loads((published.root / "config/feedd.yaml").read_text().split("serve: ")[1].splitlines()[0])[
        "monitor"
    ]
    urls, cache, config = tmp_path / "urls", tmp_path / "cache.db", tmp_path / "config"
    config.touch()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8"}

    def newsboat(*arguments: str) -> str:
        command = ["newsboat", "-u", str(urls), "-c", str(cache), "-C", str(config), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout + done.stderr

    with serving(published.root) as url:
        urls.write_text(f"{url.rstrip('/')}/atom.xml\n")
        newsboat("-x", "reload")
        newsboat("-x", "reload")  # it keeps validators only of feeds that it knows already
        assert "12 unread articles" in newsboat("-x", "print-unread")
        with closing(sqlite3.connect(cache)) as db, db:  # as if that were a minute ago: libcurl takes nothing as new
            db.execute("UPDATE rss_feed SET lastmodified = lastmodified - 60")  # that changed in the same second
        write(published, 12, "Entry 12")
        published.render()
        newsboat("-x", "reload")
        assert "13 unread articles" in newsboat("-x", "print-unread")
        sent = request(f"http://{monitor}/", "/metrics")
    assert metric(sent, 'feedd_http_requests_total{kind="feed",status="226"}') == 1


# Headers and memory


def feed(count: int, edition: int) -> bytes:
    """An Atom document of feedd with so many entries of 1,000 bytes that hardly shrink, and a new first entry."""
    entries = [f"  <entry>\n{Random(number).randbytes(500).hex()}\n  </entry>\n" for number in range(count)]
    new = f"  <entry>\n{edition}\n  </entry>\n"
    return f"<feed>\n  <generator>feedd</generator>\n{new}{''.join(entries)}</feed>\n".encode()


def cache(root: Path, memory: int) -> DocumentCache:
    return DocumentCache(ServedDirectory(root), CacheOptions("https://feeds.example/", memory=memory))


def test_deltas_take_the_place_of_other_documents_in_memory(tmp_path: Path) -> None:
    documents = cache(tmp_path, 400_000)
    versions = []
    for edition in range(8):
        (tmp_path / "atom.xml").write_bytes(feed(5 + 10 * edition, edition))
        found = documents.find("atom.xml")
        assert found is not None
        versions.append(found.version)
    (tmp_path / "other.xml").write_bytes(bytes(90_000))
    other = documents.find("other.xml")
    found = documents.find("atom.xml")
    assert found is not None
    answers = [documents.delta("atom.xml", found, (), version) for version in versions[:-1]]
    assert all(answers)
    assert found.size + 90_000 > 400_000
    assert documents.find("other.xml") is not other


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_no_client_waits_while_a_large_delta_is_encoded(tmp_path: Path, coding: str) -> None:
    documents = cache(tmp_path, 100_000_000)
    (tmp_path / "atom.xml").write_bytes(feed(1, 1))
    first = documents.find("atom.xml")
    (tmp_path / "atom.xml").write_bytes(feed(1200, 2))
    now = documents.find("atom.xml")
    assert first is not None
    assert now is not None
    answer = documents.delta("atom.xml", now, (coding,), first.version)
    assert answer is None or b"Content-Encoding" not in answer.head


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("feed", True),
        ("Feed", True),
        ("vcdiff, feed, gzip", True),
        ("feed;q=0.5", True),
        ("feed; q=0", False),
        ("feed;q=0.0, gzip", False),
        ("feeds", False),
        ("xfeed", False),
        ("", False),
        ("feed," * 100, False),
    ],
)
def test_a_client_says_that_it_takes_deltas(header: str, takes: bool) -> None:
    assert asks_for_delta({b"a-im": header.encode()}) == takes


def test_a_client_names_the_versions_that_it_has() -> None:
    one, two = "1" * 32, "2" * 32
    named = f'W/"{one}-gzip", "{two}-11111111-br", "x", "{"3" * 31}", "{"4" * 32}-\r\n"'
    assert named_versions(named.encode()) == {one: f'"{one}-gzip"'.encode(), two: f'"{two}-11111111-br"'.encode()}
    assert named_versions(b"") == {}
    assert len(named_versions(b", ".join(b'"%032x"' % number for number in range(500)))) == 20


def test_the_entries_of_a_version_are_remembered_for_a_week() -> None:
    now = 0.0
    states = EntryStates(10**6, lambda: now)
    states.note("a", "1", b"old")
    now = WEEK
    assert states.find("a", "1") == b"old"
    now = WEEK + 1
    assert states.find("a", "1") is None
    states.note("a", "2", b"new")
    assert (states.find("a", "1"), states.find("a", "2"), states.find("b", "2")) == (None, b"new", None)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30), st.integers(1, 40)), max_size=80))
def test_no_more_is_remembered_than_there_is_memory_for(noted: list[tuple[str, int, int]]) -> None:
    states = EntryStates(4000, lambda: 0.0)
    for path, version, entries in noted:
        states.note(path, str(version), bytes(8 * entries))
        there = {(p, v): states.find(p, str(v)) for p, v, _ in noted}
        known = [each for each in there.values() if each is not None]
        assert sum(len(each) + 300 for each in known) <= 4000
        assert there[path, version] is not None
