"""The seams of a pass: whatever stands behind them, the same documents, and the same words to others."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_memory import MemoryDocuments, MemoryItems, Recorder
from support import edit_file, item, tree

from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.config.section_values import WebSub
from feedd.model import Report
from feedd.run.cancellation import Cancellation, Cancelled
from feedd.run.executor.executor_protocol import Begin, Executor, StartExecutor, Task
from feedd.run.executor.in_process import InProcess
from feedd.run.executor.workers import Workers
from feedd.run.progress import Progress
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.items import ItemsDirectory
from feedd.store.state_directory import StateDirectory

# Executors


def halved(job: bytes, begin: Begin) -> list[int]:
    """Half of each number of a job. Odd numbers are more than this code can deal with, and so is an empty job."""
    assert job, "there is nothing to do"
    found = []
    for number, value in enumerate(job):
        begin(number)
        if value % 2:
            raise ValueError(value)
        found.append(value // 2)
    return found


def encoded(_head: None, items: Sequence[int]) -> bytes:
    return bytes(items)


HALVE: Task[None, int, list[int]] = Task(halved, encoded, int)


@pytest.fixture(params=[Workers, InProcess])
def start(request: pytest.FixtureRequest) -> StartExecutor:
    started: StartExecutor = request.param
    return started


@contextmanager
def running(start: StartExecutor, while_waiting: Callable[[], None] = lambda: None) -> Iterator[Executor]:
    """An executor that is ended on leaving."""
    executor = start(1, while_waiting)
    try:
        yield executor
    finally:
        executor.end()


@pytest.mark.parametrize("many", [False, True])
def test_outcomes_come_in_the_order_of_jobs_without_the_items_that_fail(start: StartExecutor, many: bool) -> None:
    with running(start) as executor:
        outcomes = list(executor.map(HALVE, [(None, [2, 3, 4]), (None, [6]), (None, [3, 8])], many=many))
    assert [each.result for each in outcomes] == [[1, 2], [3], [4]]
    assert [[item for item, _ in each.failed] for each in outcomes] == [[3], [], [3]]
    (reason,) = {why for each in outcomes for _, why in each.failed}
    assert reason.startswith("a mistake in feedd (ValueError in line ")


def test_a_mistake_at_no_item_is_raised(start: StartExecutor) -> None:
    with running(start) as executor, pytest.raises(Exception, match="there is nothing to do"):
        list(executor.map(HALVE, [(None, [])], many=False))


def test_an_executor_that_was_ended_begins_anew(start: StartExecutor) -> None:
    with running(start) as executor:
        for _ in range(2):
            assert [each.result for each in executor.map(HALVE, [(None, [2])], many=True)] == [[1]]
            executor.end()


def stuck(job: bytes, begin: Begin) -> None:
    begin(0)
    signal.pause()


def test_a_cancelled_pass_waits_for_no_result(start: StartExecutor) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with running(start, cancellation.check) as executor, pytest.raises(Cancelled):
        list(executor.map(Task(stuck, encoded, int), [(None, [1])], many=False))


# A whole pass

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
BASE_URL = "https://feeds.example/"
SETTINGS = pass_settings(
    Config(
        authority="feeds.example,2026",
        base_url=BASE_URL,
        websub=WebSub(("https://hub.example/",)),
        precompress=("gzip",),
        workers=1,
    )
)
PATHS = ["a.md", "b.md", "news/c.md", "news/2026/d.md"]
SAID = [
    item("A", "https://news.example/a", topics=["Boats"]),
    item("B", None, None, "A [[b]] *text*.", topics=["Boats", "C++"], provider={"name": "Harbour"}),
    item("Two researchers grow a tiny heart", "https://news.example/heart", provider={"name": "One"}, heat=51),
    item("Two researchers grow a tiny heart again", "https://other.example/heart", provider={"name": "Two"}),
    item("Withheld", "https://news.example/a", published=False),
    item("To come", "https://news.example/to-come", "2026-01-10T14:30:00Z"),
    "---\ntitle: [\n---\n",
    None,
]
Edits = list[tuple[str, str | None]]  # paths, and what their files say; None for one that is gone


class Here:
    """A site in local folders, with processes, and a queue for hubs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "seeds").mkdir()
        items = ItemsDirectory(root / "seeds", (".md",), (".*",), 4096)
        self.publisher = Publisher(items, FeedsDirectory(root / "feeds"), StateDirectory(root / "state"), SETTINGS)

    def edit(self, path: str, text: str | None) -> None:
        edit_file(self.root / "seeds" / path, text)

    def documents(self) -> dict[str, bytes]:
        return tree(self.root / "feeds")

    def take(self) -> set[str]:
        with closing(sqlite3.connect(self.root / "state/ledger.sqlite3")) as db, db:
            waiting = {url.removeprefix(BASE_URL) for (url,) in db.execute("SELECT url FROM announcements")}
            db.execute("DELETE FROM announcements")
        return waiting


class InMemory:
    """The same site in memory and in this process, but for its ledger."""

    def __init__(self, root: Path) -> None:
        self.state = StateDirectory(root / "state of memory")
        self.items, self.store, self.recorder = MemoryItems(), MemoryDocuments(), Recorder()
        self.publisher = self.new_publisher()

    def new_publisher(self, progress: Progress | None = None, cancellation: Cancellation | None = None) -> Publisher:
        return Publisher(
            self.items,
            self.store,
            self.state,
            SETTINGS,
            progress,
            cancellation,
            executor=InProcess,
            deliver=self.recorder,
        )

    def edit(self, path: str, text: str | None) -> None:
        if text is None:
            self.items.remove(path)
        else:
            self.items.put(path, text.encode())

    def documents(self) -> dict[str, bytes]:
        return self.store.files

    def take(self) -> set[str]:
        waiting = set(self.recorder.waits)
        self.recorder.waits.clear()
        return waiting


def published(site: Here | InMemory, now: datetime, touched: Sequence[str] | None) -> Report:
    return site.publisher.publish(now, allow_empty=True, touched=touched)


def is_feed(path: str) -> bool:
    return path.rpartition("/")[2] in ("atom.xml", "rss.xml", "feed.json")


EDITS = st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(SAID)), max_size=4)


@given(st.lists(st.tuples(EDITS, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=15)
def test_whatever_stands_behind_the_seams_leaves_the_same_documents(history: list[tuple[Edits, bool]]) -> None:
    """A history is what was edited before each pass, and whether the pass is told where."""
    with TemporaryDirectory() as folder:
        here, in_memory = Here(Path(folder)), InMemory(Path(folder))
        with here.publisher, in_memory.publisher:
            for hours, (edits, is_told) in enumerate(history):
                now = NOON + timedelta(hours=hours)
                for path, text in edits:
                    here.edit(path, text)
                    in_memory.edit(path, text)
                touched = [path for path, _ in edits] if is_told else None
                reports = [published(site, now, touched) for site in (here, in_memory)]
                assert reports[0].written == reports[1].written
                assert reports[0].problems == reports[1].problems
                assert here.documents() == in_memory.documents()
                assert here.take() == in_memory.take() == set(filter(is_feed, reports[0].written))
                again = [published(site, now, None) for site in (here, in_memory)]
                assert [each.written for each in again] == [(), ()]


@pytest.mark.parametrize("stage", ["reading", "deciding", "publishing"])
def test_a_cancelled_pass_ends_and_the_next_makes_it_good(tmp_path: Path, stage: str) -> None:
    whole, cut = InMemory(tmp_path / "whole"), InMemory(tmp_path / "cut")
    for site in (whole, cut):
        for path, text in zip(PATHS, SAID, strict=False):
            site.edit(path, text)
    cancellation = Cancellation()
    told: list[str] = []

    def cancel(what: str, _done: int, _of: int) -> None:
        told.append(what)
        if what == stage:
            cancellation.cancel()

    with cut.new_publisher(cancel, cancellation) as publisher, pytest.raises(Cancelled):
        publisher.publish(NOON)
    assert told.count(stage) == 1, "it ended before it had more to tell"
    with whole.publisher, cut.publisher:
        published(whole, NOON, None)
        assert cut.documents() != whole.documents()
        published(cut, NOON, None)
    assert cut.documents() == whole.documents()
    assert cut.take() == whole.take() != set()


SECRET = "The name of the buyer"


@pytest.mark.parametrize("between", [0, 1])
def test_what_left_a_feed_that_could_not_be_written_is_taken_back_when_it_is_withheld(
    tmp_path: Path, between: int
) -> None:
    site = InMemory(tmp_path)

    def edit(topic: str, **more: object) -> None:
        site.edit("a.md", item(SECRET, "https://news.example/a", topics=[topic], **more))

    with site.publisher:
        site.edit("b.md", item("Another", "https://news.example/b", topics=["Boats"]))
        edit("Boats")
        published(site, NOON, None)
        site.store.full = "topics/boats/"
        edit("Law")
        for number in range(between + 1):
            assert published(site, NOON + timedelta(hours=1 + number), None).failed
        edit("Law", published=False)
        published(site, NOON + timedelta(hours=4), None)
        assert [path for path, data in site.documents().items() if SECRET.encode() in data] == []
        site.store.full = None
        published(site, NOON + timedelta(hours=5), None)
        assert b"Another" in site.documents()["topics/boats/atom.xml"]
