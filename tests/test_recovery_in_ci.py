"""A job without state: each run begins in a new clone, and knows only what the last run published.

The steps are those of docs/running.md. A plain server gives out what the last run uploaded, and nothing else is there.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import feedparser
import pytest
from http_support import QuietServer, free_addresses, own_host
from lxml import etree
from support import Running, Site, item

from feedd.run.lost_ledger.copies import SiteCopy
from feedd.run.lost_ledger.published_copy import Unreached

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUNS = 30


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def pages_host(folder: Path) -> Iterator[str]:
    """A plain server of files. Yields its URL."""
    server = QuietServer((own_host(), 0), partial(_Handler, directory=str(folder)))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://{server.server_address[0]}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


class Reader:
    """A feed reader of the strict kind: it knows entries by their ids, and keeps all that it ever saw."""

    def __init__(self) -> None:
        self.new: list[str] = []  # the titles of entries as they were new, of all feeds
        self.dates: dict[str, str] = {}
        self._known: dict[str, set[str]] = {}

    def look(self, folder: Path) -> None:
        """Looks at all feeds."""
        for path in sorted(folder.rglob("atom.xml")):
            feed = feedparser.parse(path.read_bytes())
            assert not feed.bozo
            known = self._known.setdefault(str(path.relative_to(folder).parent), set())
            for entry in feed.entries:
                if path.parent == folder and entry.id not in known:
                    self.new.append(entry.title)
                known.add(entry.id)
                assert self.dates.setdefault(entry.id, entry.published) == entry.published


class Repository:
    """The items in a repository, and somebody who works on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.random = random.Random(23)
        self.files: dict[int, Path] = {}
        self.texts: dict[int, dict[str, object]] = {}
        for _ in range(12):
            self.add()

    def add(self) -> None:
        """Adds an item: every third has no date, every fifth no link."""
        number = len(self.texts)
        date = None if number % 3 == 0 else f"2026-01-{1 + number % 28:02}T08:00:00Z"
        link = None if number % 5 == 0 else f"https://news.example/{number}"
        self.texts[number] = {"title": f"Item {number}", "link": link, "date": date, "topics": [f"Topic {number % 3}"]}
        self.files[number] = self.folder / f"item-{number}.md"
        self.write(number)

    def write(self, number: int, **changes: object) -> None:
        """Writes an item, with these fields changed."""
        self.texts[number] |= changes
        self.files[number].parent.mkdir(parents=True, exist_ok=True)
        self.files[number].write_text(item(**self.texts[number]))

    def work(self, run: int) -> None:
        """A day's work: a new item, an edit, a move, and something withheld or let out again."""
        number = self.random.choice(sorted(self.files))
        act = ("add", "edit", "move", "withhold", "relink")[run % 5]
        if act == "add":
            self.add()
        elif act == "edit":
            self.write(number, body=f"Edited in run {run}.")
        elif act == "move":
            target = self.folder / f"folder-{run}" / self.files[number].name
            target.parent.mkdir()
            self.files[number] = self.files[number].rename(target)
        elif act == "relink" and self.texts[number]["link"]:
            self.write(number, link=f"https://moved.example/{number}")
        elif act == "withhold":
            self.write(number, published=False)


def test_thirty_runs_without_state_show_each_entry_once(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin, host, reader = tmp_path / "origin", tmp_path / "host", Reader()
    (origin / "seeds").mkdir(parents=True)
    (origin / "config").mkdir()
    host.mkdir()
    repository = Repository(origin / "seeds")
    with pages_host(host) as url:
        keys = f"base_url: {url}\nauthority: feeds.example,2026\nrecover: true\nlimit: 8\nviews: {{hot: 10}}\n"
        (origin / "config/feedd.yaml").write_text(keys)
        for run in range(RUNS):
            clone = tmp_path / f"run-{run}"
            shutil.copytree(origin, clone, copy_function=shutil.copyfile)  # without the times of files
            monkeypatch.chdir(clone)
            site.now = START + timedelta(hours=run)
            if run == 0:
                assert site.run("render", "--strict").status == 3  # nothing is there, and nobody said so
                assert site.run("render", "--strict", "--first").status == 0
            else:
                planned = site.run("plan")
                assert planned.status == 0, planned
                rendered = site.run("render", "--strict")
                assert rendered.status == 0, rendered
                assert "taken over from http" in rendered.out
            upload(clone / "feeds", host)
            reader.look(host)
            shutil.rmtree(clone)
            repository.work(run)
    assert len(reader.new) == len(set(reader.new))
    assert len(reader.new) > 12
    shown = {entry.findtext("{*}title") for entry in etree.parse(host / "atom.xml").getroot().iter("{*}entry")}
    assert shown <= set(reader.new)


def test_a_job_without_state_is_told_of_an_entry_that_would_come_again(site: Site, tmp_path: Path) -> None:
    (tmp_path / "host").mkdir()
    with pages_host(tmp_path / "host") as url:
        site.configure(base_url=url, recover=True)
        site.write("a.md", item("One title", None, body="The first text."))
        assert site.run("render", "--first").status == 0
        upload(site.feeds, tmp_path / "host")
        shutil.copyfile(site.feeds / "atom.xml", site.root / "old.xml")
        shutil.rmtree(site.state)
        shutil.rmtree(site.feeds)
        assert site.run("plan", "--against", "old.xml").status == 0
        (site.seeds / "a.md").unlink()
        site.write("b.md", item("One title", None, body="Another text."))
        assert site.run("plan", "--against", "old.xml").status == 1


def test_a_plan_without_feeds_compares_with_what_is_published(site: Site, tmp_path: Path) -> None:
    (tmp_path / "host").mkdir()
    with pages_host(tmp_path / "host") as url:
        site.configure(base_url=url, recover=True)
        site.write("a.md", item("One title", None, body="The first text.", topics=["Boats"]))
        site.write("b.md", item("Another", "https://news.example/b"))
        assert site.run("plan").status == 3  # nothing was published yet
        assert site.run("render", "--first").status == 0
        upload(site.feeds, tmp_path / "host")
        shutil.rmtree(site.state)
        shutil.rmtree(site.feeds)
        assert "Subscribers would see nothing new." in site.run("plan").out
        (site.seeds / "a.md").unlink()
        site.write("c.md", item("One title", None, body="Another text."))
        site.configure(base_url=url, recover=True, retired={"topics/boats": None})
        planned = site.run("plan")
        site.configure()
        elsewhere = site.run("plan", "--recover", url)
    assert elsewhere.status == 1
    assert "re-run     One title" in elsewhere.out
    assert planned.status == 1
    assert "re-run     One title" in planned.out
    assert "retired  topics/boats/ nowhere" in planned.out
    assert "Another\n" not in planned.out
    assert not site.state.exists()
    assert not site.feeds.exists()


def test_a_preview_without_a_ledger_has_the_ids_that_are_published(site: Site, tmp_path: Path) -> None:
    site.write("a.md", item("Moved", None, body="A text."))
    site.render()
    (site.seeds / "a.md").rename(site.seeds / "b.md")
    site.render()
    before = site.ids()
    shutil.rmtree(site.state)
    shown = tmp_path / "shown"
    for place in ((), ("--recover", str(tmp_path / "copy"))):  # the feeds' directory, or a copy of it
        assert site.run("render", "--preview", str(shown), *place).status == 0
        assert before["Moved"] in (shown / "atom.xml").read_text()
        if not place:
            site.feeds.rename(tmp_path / "copy")
    assert not site.state.exists()


def upload(feeds: Path, host: Path) -> None:
    """What a host for pages does: the new upload takes the place of the old, without hidden files."""
    for path in host.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(feeds, host, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))


def test_a_run_that_gets_no_answer_changes_nothing(site: Site, tmp_path: Path) -> None:
    (tmp_path / "host").mkdir()
    with pages_host(tmp_path / "host") as url:
        site.configure(base_url=url, recover=True)
    site.write("a.md", item(link="https://news.example/a"))
    result = site.run("render")
    assert result.status == 3
    assert "`feedd render --first`" in result.err
    assert not site.documents()
    assert site.run("render", "--first").status == 0
    assert site.titles() == {"A title"}


def test_a_daemon_goes_on_from_what_is_published(site: Site, daemon: Callable[..., Running], tmp_path: Path) -> None:
    site.write("a.md", item("Undated", "https://news.example/a", None))
    with pages_host(tmp_path / "host") as url:
        site.configure(base_url=url, recover=True)
        assert site.run("render", "--first").status == 0
        published = (site.feeds / "atom.xml").read_bytes()
        site.feeds.rename(tmp_path / "host")
        shutil.rmtree(site.state)
        running = daemon().wait_until_ready()
        running.wait_for_log(f"taken over from {url}")
    assert (site.feeds / "atom.xml").read_bytes() == published


def test_a_daemon_that_gets_no_answer_publishes_nothing(
    site: Site, daemon: Callable[..., Running], tmp_path: Path
) -> None:
    with pages_host(tmp_path) as url:
        site.configure(base_url=url, recover=True)
    site.write("a.md", item(link="https://news.example/a"))
    daemon().wait_for_log("`feedd render --first`")
    assert not site.documents()


def test_a_daemon_that_serves_the_address_itself_says_so_and_asks_for_a_copy(
    site: Site, daemon: Callable[..., Running]
) -> None:
    (address,) = free_addresses(1)
    site.configure(base_url=f"http://{address}/", recover=True)
    site.write("a.md", item(link="https://news.example/a"))
    daemon("--listen", address).wait_for_log(
        f"http://{address}/ has nothing to take over, for it is served from here, or by another feedd without feeds. "
        "Nothing was changed. `feedd render --recover FOLDER|URL`"
    )
    assert not site.documents()


class _Elsewhere(_Handler):
    host = ""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", f"http://{self.host}{self.path}")
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.mark.parametrize(
    ("host", "words"),
    [("localhost:1", "which is another site"), ("localhost:99999", "it redirects to what is no address")],
)
def test_what_lies_at_another_origin_is_not_taken_over(site: Site, host: str, words: str) -> None:
    server = QuietServer((own_host(), 0), type("_There", (_Elsewhere,), {"host": host}))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        site.configure(base_url=f"http://{server.server_address[0]}:{server.server_address[1]}/", recover=True)
        site.write("a.md", item(link="https://news.example/a"))
        result = site.run("render")
    finally:
        server.shutdown()
        server.server_close()
    assert result.status == 3
    assert words in result.err


def test_an_address_that_cannot_be_used_is_said() -> None:
    with pytest.raises(Unreached, match="its address cannot be used"):
        SiteCopy("http://[::1/").read("atom.xml")
