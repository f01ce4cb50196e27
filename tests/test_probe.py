"""Files of unknown size: their servers are asked once, and no pass waits for them."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from file_server import File, FileServer, audio
from http_support import free_addresses
from msgspec.structs import replace
from support import DATE, Site, item, looks, tree, wait_until

from feedd.cli.setup import items_directory
from feedd.config.load import load
from feedd.config.resolve import pass_settings
from feedd.deliver.asking_thread import AskingThread
from feedd.deliver.file_servers import FileAnswer, FileServers, judge_file
from feedd.deliver.prober import FIRST_WAIT, Prober
from feedd.items import parse
from feedd.items.findings import Findings
from feedd.model import Enclosure, Item, Report
from feedd.run.executor.in_process import InProcess
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.ledger.probe_rows import FURTHEST, ProbeRows, open_probes
from feedd.store.state_directory import StateDirectory

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
LENGTH = {"Content-Length": "5000"}


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer() as server:
        yield server


@pytest.fixture
def servers() -> Iterator[FileServers]:
    servers = FileServers(connect=2.0, answer=5.0)
    yield servers
    servers.close()


# What a server says


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (200, {"content-length": "5000", "content-type": "audio/mpeg"}, FileAnswer(5000, "audio/mpeg")),
        (200, {"content-length": " 5000 ", "content-type": "Video/MP4; codecs=x"}, FileAnswer(5000, "video/mp4")),
        (200, {"content-length": "5000", "content-type": "text/html"}, FileAnswer(5000)),
        (200, {"content-length": "5000", "content-type": "application/octet-stream"}, FileAnswer(5000)),
        (
            200,
            {"content-length": "5000", "content-encoding": "gzip"},
            FileAnswer(None, words="it does not say the size"),
        ),
        *(
            (200, {"content-length": size}, FileAnswer(None, words="it does not say the size"))
            for size in ("", "0", "-5", "5e3", "9" * 16, "5000, 5000", "\u0665")
        ),
        (206, {"content-range": "bytes 0-0/5000", "content-length": "1"}, FileAnswer(5000)),
        (206, {"content-range": "bytes 0-0/*"}, FileAnswer(None, words="it does not say the size")),
        (206, {"content-length": "1"}, FileAnswer(None, words="it does not say the size")),
        (404, {"content-length": "5000"}, FileAnswer(None, words="404 Reason")),
        (503, {"retry-after": "120"}, FileAnswer(None, words="503 Reason", after=120)),
        (304, {}, FileAnswer(None, words="304 Reason")),
    ],
)
def test_an_answer_says_the_size_or_why_not(status: int, headers: dict[str, str], answer: FileAnswer) -> None:
    assert judge_file(status, "Reason", headers, NOON) == answer


def test_words_of_a_server_are_shown_without_invisible_characters() -> None:
    assert judge_file(500, "\x1b[31mred\u202e", {}, NOON).words.isprintable()


@pytest.mark.parametrize(
    ("files", "answer", "asked"),
    [
        ({"/a.mp3": audio(5000)}, FileAnswer(5000, "audio/mpeg"), ["HEAD /a.mp3"]),
        (
            {"/a.mp3": File(302, {"Location": "/b"}), "/b": audio(7)},
            FileAnswer(7, "audio/mpeg"),
            ["HEAD /a.mp3", "HEAD /b"],
        ),
        ({"/a.mp3": File(200, LENGTH, ("GET",))}, FileAnswer(5000), ["HEAD /a.mp3", "GET /a.mp3"]),
        (
            {"/a.mp3": File(200, {}, ranged={"Content-Range": "bytes 0-0/5000", "Content-Length": "1"})},
            FileAnswer(5000),
            ["HEAD /a.mp3", "GET /a.mp3"],
        ),
        ({}, FileAnswer(None, words="404 Not Found"), ["HEAD /a.mp3"]),
        ({"/a.mp3": File(500)}, FileAnswer(None, words="500 Internal Server Error"), ["HEAD /a.mp3", "GET /a.mp3"]),
        ({"/a.mp3": File(301, {"Location": "/a.mp3"})}, FileAnswer(None, words="more than 10 redirections"), None),
        (
            {"/a.mp3": File(301, {"Location": "file:///etc/passwd"})},
            FileAnswer(None, words="it redirects to what is not http or https"),
            ["HEAD /a.mp3"],
        ),
    ],
)
def test_a_server_is_asked_for_the_size_of_a_file(
    server: FileServer, servers: FileServers, files: dict[str, File], answer: FileAnswer, asked: list[str] | None
) -> None:
    server.files = files
    assert servers(server.url("/a.mp3")) == answer
    assert asked is None or server.asked == asked


def test_a_server_that_cannot_be_asked_is_a_reason(server: FileServer) -> None:
    servers = FileServers(connect=1.0, answer=0.2)
    with closing(servers):
        server.go_on.clear()
        assert servers(server.url("/a.mp3")) == FileAnswer(None, words="no answer within 0.2 s")
        (free,) = free_addresses(1)
        assert servers(f"http://{free}/a.mp3") == FileAnswer(None, words="the connection was refused")


# What is asked, and when


@pytest.fixture
def shown(site: Site) -> Site:
    """A site that shows two entries, and withholds a third."""
    for name in ("one", "two", "hidden"):
        site.write(f"{name}.md", item(name.title(), f"https://news.example/{name}", published=name != "hidden"))
    site.render()
    return site


def entries(site: Site) -> dict[str, int]:
    with closing(sqlite3.connect(site.ledger)) as db:
        rows = db.execute("SELECT f.path, f.entry FROM files f")
        return {path.removesuffix(".md"): entry for path, entry in rows}


def want(site: Site, **urls: str | None) -> None:
    """Keeps the addresses of the files of entries, as a pass does."""
    numbers = entries(site)
    with open_probes(site.state) as probes:
        assert probes is not None
        probes.keep({numbers[name]: url for name, url in urls.items()})


def known(site: Site) -> dict[str, tuple[int, str | None]]:
    numbers = entries(site)
    with open_probes(site.state) as probes:
        assert probes is not None
        found = probes.answers(list(numbers.values()))
    return {name: (found[number].size, found[number].media_type) for name, number in numbers.items() if number in found}


def test_each_file_is_asked_for_once(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000), "/2.mp3": audio(2000, "audio/x-own")}
    want(shown, one=server.url("/1.mp3"), two=server.url("/2.mp3"))
    asked = Prober(shown.state).ask_all(30)
    assert [(each.url, each.answer.size) for each in asked] == [
        (server.url("/1.mp3"), 1000),
        (server.url("/2.mp3"), 2000),
    ]
    assert known(shown) == {"one": (1000, "audio/mpeg"), "two": (2000, "audio/x-own")}
    assert Prober(shown.state).ask_all(30) == []
    assert server.asked == ["HEAD /1.mp3", "HEAD /2.mp3"]


def test_a_file_of_two_entries_is_asked_for_once(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000)}
    want(shown, one=server.url("/1.mp3"), two=server.url("/1.mp3"))
    assert len(Prober(shown.state).ask_all(30)) == 1
    assert set(known(shown)) == {"one", "two"}


def test_no_server_is_asked_for_the_file_of_a_withheld_item(shown: Site, server: FileServer) -> None:
    want(shown, hidden=server.url("/secret.mp3"))
    assert Prober(shown.state).ask_all(30) == []
    assert server.asked == []


def test_another_address_is_another_file(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000), "/new.mp3": audio(1)}
    want(shown, one=server.url("/1.mp3"))
    Prober(shown.state).ask_all(30)
    want(shown, one=server.url("/new.mp3"))
    assert known(shown) == {}
    Prober(shown.state).ask_all(30)
    assert known(shown) == {"one": (1, "audio/mpeg")}
    want(shown, one=None)
    assert known(shown) == {}


def test_a_file_that_could_not_be_asked_for_is_asked_for_later_and_later(shown: Site, server: FileServer) -> None:
    now = NOON
    want(shown, one=server.url("/1.mp3"))
    prober = Prober(shown.state, now=lambda: now)
    waits = []
    for _ in range(10):
        (asked,) = prober.ask_all(30)
        assert asked.answer.words == "404 Not Found"
        waits.append(asked.wait)
        assert prober.until_due() == min(asked.wait, 60)
        now += timedelta(seconds=asked.wait - 1)
        assert prober.ask_all(30) == []
        now += timedelta(seconds=1)
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-1] == FURTHEST
    server.files = {"/1.mp3": audio(1000)}
    (asked,) = prober.ask_all(30)
    assert known(shown) == {"one": (1000, "audio/mpeg")}
    assert prober.until_due() is None


def test_a_clock_that_was_set_back_keeps_no_file_waiting(shown: Site, server: FileServer) -> None:
    now = NOON
    want(shown, one=server.url("/1.mp3"))
    prober = Prober(shown.state, now=lambda: now)
    prober.ask_all(30)
    now -= timedelta(days=400)
    assert len(prober.ask_all(30)) == 1


def test_a_server_may_ask_to_be_left_alone(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": File(429, {"Retry-After": "3600"}), "/2.mp3": File(429, {"Retry-After": "99999999"})}
    want(shown, one=server.url("/1.mp3"), two=server.url("/2.mp3"))
    assert [each.wait for each in Prober(shown.state).ask_all(30)] == [3600, FURTHEST]


def test_asking_ends_in_time(shown: Site, server: FileServer) -> None:
    want(shown, one=server.url("/1.mp3"), two=server.url("/2.mp3"))
    assert Prober(shown.state).ask_all(0) == []
    assert server.asked == []


def test_what_is_said_while_a_pass_has_the_ledger_is_kept_later(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000)}
    want(shown, one=server.url("/1.mp3"), two=server.url("/2.mp3"))
    prober = Prober(shown.state)
    with open_probes(shown.state) as probes:
        assert probes is not None
        due = probes.due(int(NOON.timestamp()), 9)
    prober._unkept += [(each, FileAnswer(1000, "audio/mpeg")) for each in due]
    assert [each.url for each in prober.ask_all(30)] == [server.url("/1.mp3"), server.url("/2.mp3")]
    assert set(known(shown)) == {"one", "two"}
    assert server.asked == []


def test_without_a_ledger_nothing_is_asked(site: Site) -> None:
    assert Prober(site.state).ask_all(30) == []
    assert Prober(site.state).until_due() is None


def test_new_answers_are_taken_once(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000)}
    want(shown, one=server.url("/1.mp3"), two=server.url("/2.mp3"))
    Prober(shown.state).ask_all(30)
    with closing(sqlite3.connect(shown.ledger, isolation_level=None)) as db:
        rows = ProbeRows(db)
        assert rows.has_new()
        assert rows.take_new() == [entries(shown)["one"]]
        assert not rows.has_new()
        assert rows.take_new() == []


# Documents


@pytest.fixture
def episodes(site: Site, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site with an episode of unknown size, and an entry without a file."""
    build = parse.build_item

    def with_file(path: str, body: str, values: dict[str, Any], findings: Findings) -> Item:
        found = build(path, body, values, findings)
        return replace(found, enclosure=Enclosure(body.strip())) if body.startswith("http") else found

    monkeypatch.setattr(parse, "build_item", with_file)
    site.configure(media={"probe": True}, base_url="https://feeds.example/", views={"feeds": []})
    site.write("one.md", item("One", None, body=server.url("/1.mp3")))
    site.write("two.md", item("Two", "https://news.example/2", topics=["Boats"]))
    site.settle()
    return site


def made(site: Site, now: datetime = NOON, **folders: Path) -> Report:
    """Makes a pass in this process."""
    config = load(None)
    feeds, state = folders.get("feeds", site.feeds), folders.get("state", site.state)
    places = FeedsDirectory(feeds), StateDirectory(state)
    with Publisher(items_directory(config), *places, pass_settings(config), executor=InProcess) as publisher:
        report = publisher.publish(now)
    assert not (report.refused or report.failed or report.problems), report
    return report


def lengths(site: Site) -> dict[str, str]:
    return {title: entry.enclosures[0].length for title, entry in site.entries("rss.xml").items() if entry.enclosures}


def test_documents_are_made_anew_when_a_size_arrives(episodes: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(61978331)}
    made(episodes)
    before = episodes.documents()
    assert lengths(episodes) == {"One": "0"}
    assert server.asked == []  # no pass asks
    there = looks(episodes.feeds)
    made(episodes)
    assert looks(episodes.feeds) == there

    Prober(episodes.state).ask_all(30)
    report = made(episodes, NOON + timedelta(minutes=1))
    assert report.read == 0
    assert lengths(episodes) == {"One": "61978331"}
    changed = {path for path, data in episodes.documents().items() if before[path] != data}
    page = next(path for path in before if path.startswith("entry/"))
    assert changed == {"atom.xml", "rss.xml", "feed.json", "index.html", page}
    assert b"62 MB" in episodes.documents()[page]
    assert {entry.updated[:19] for entry in episodes.entries().values()} == {DATE[:19]}

    there = looks(episodes.feeds)
    made(episodes, NOON + timedelta(minutes=2))
    assert looks(episodes.feeds) == there
    shutil.copytree(episodes.state, episodes.root / "copy", ignore=shutil.ignore_patterns("lock", "*-shm"))
    made(episodes, NOON + timedelta(minutes=3), feeds=episodes.root / "full", state=episodes.root / "copy")
    assert tree(episodes.root / "full") == episodes.documents()


def test_another_file_of_an_episode_has_another_size(episodes: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000), "/new.mp3": audio(2000)}
    made(episodes)
    Prober(episodes.state).ask_all(30)
    made(episodes, NOON + timedelta(minutes=1))
    episodes.write("one.md", item("One", None, body=server.url("/new.mp3")))
    made(episodes, NOON + timedelta(minutes=2))
    assert lengths(episodes) == {"One": "0"}
    Prober(episodes.state).ask_all(30)
    made(episodes, NOON + timedelta(minutes=3))
    assert lengths(episodes) == {"One": "2000"}
    episodes.write("one.md", item("One", None, body="No file any more."))
    made(episodes, NOON + timedelta(minutes=4))
    assert lengths(episodes) == {}
    with closing(sqlite3.connect(episodes.ledger)) as db:
        assert db.execute("SELECT count(*) FROM enclosures").fetchone() == (0,)


def test_sizes_are_shown_only_as_long_as_they_are_asked_for(episodes: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000)}
    made(episodes)
    Prober(episodes.state).ask_all(30)
    for minute, (probe, length) in enumerate([(True, "1000"), (False, "0"), (True, "1000")], start=1):
        episodes.configure(media={"probe": probe}, base_url="https://feeds.example/", views={"feeds": []})
        made(episodes, NOON + timedelta(minutes=minute))
        assert lengths(episodes) == {"One": length}
    assert server.asked == ["HEAD /1.mp3"]


def test_what_is_withheld_before_its_server_was_asked_is_not_asked_for(episodes: Site, server: FileServer) -> None:
    made(episodes)
    episodes.write("one.md", item("One", None, body=server.url("/1.mp3"), published=False))
    made(episodes, NOON + timedelta(minutes=1))
    assert Prober(episodes.state).ask_all(30) == []
    assert server.asked == []


def test_render_asks_after_it_has_published(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000)}
    shown.configure(media={"probe": True})
    shown.render()
    want(shown, one=server.url("/1.mp3"), two=server.url("/2.mp3"))
    report = shown.render()
    assert report.remarks == (
        f"the size of a file is not known ({server.url('/2.mp3')}: 404 Not Found); a later render asks again",
    )
    with open_probes(shown.state) as probes:
        assert probes is not None
        assert not probes.has_new()  # a second pass has taken it
    assert shown.render().remarks == ()
    assert server.asked == ["HEAD /1.mp3", "HEAD /2.mp3"]


def test_render_counts_what_its_first_pass_withdrew(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000)}
    shown.configure(media={"probe": True})
    shown.render()
    want(shown, one=server.url("/1.mp3"))
    shown.write("two.md", item("Two", "https://news.example/two", published=False))
    assert shown.render().withdrawn == 1
    with open_probes(shown.state) as probes:
        assert probes is not None
        assert not probes.has_new()  # a second pass has taken it


# In a thread, beside the passes of a daemon


def test_a_thread_asks_when_it_is_called_and_says_what_it_found(shown: Site, server: FileServer) -> None:
    server.files = {"/1.mp3": audio(1000)}
    arrived, log = threading.Event(), Log()
    thread = AskingThread(Prober(shown.state), log, arrived.set)
    try:
        thread.ask(wanted=True)
        want(shown, one=server.url("/1.mp3"), two=server.url("/2.mp3"))
        thread.wake()
        assert arrived.wait(30)
        assert known(shown) == {"one": (1000, "audio/mpeg")}
        assert log.said == [
            f"the size of {server.url('/2.mp3')} is not known: 404 Not Found; asking again in {FIRST_WAIT} s",
            "servers said the sizes of 1 file",
        ]
        thread.ask(wanted=False)
        assert thread.trouble == ""
    finally:
        thread.end()


def test_a_server_that_never_answers_does_not_delay_the_end(shown: Site, server: FileServer) -> None:
    server.go_on.clear()
    want(shown, one=server.url("/1.mp3"))
    thread = AskingThread(Prober(shown.state, lambda: FileServers(answer=60.0)), Log(), lambda: None)
    thread.ask(wanted=True)
    wait_until(lambda: server.asked, 30, lambda: "nothing was asked")
    thread.end()
    assert thread._worker is not None
    assert not thread._worker.join(0)  # it still waits for the answer
    server.go_on.set()
    assert thread._worker.join(30)


def test_nothing_is_asked_unless_it_is_wanted(shown: Site, server: FileServer) -> None:
    want(shown, one=server.url("/1.mp3"))
    thread = AskingThread(Prober(shown.state), Log(), lambda: None)
    thread.ask(wanted=False)
    thread.wake()
    thread.end()
    assert server.asked == []


class Log:
    """A log that keeps the words for people."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def info(self, message: str, people: str = "", **values: object) -> None:
        self.said.append(people or message)

    def warning(self, message: str, people: str = "", **values: object) -> None:
        self.said.append(people or message)

    def fault(self, message: str) -> None:
        raise AssertionError(message)
