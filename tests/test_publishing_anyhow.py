"""Whatever happens in between: once the queue is empty, the store has what is published here, and nothing withheld."""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from in_memory import MemoryDocuments, MemoryItems
from msgspec.structs import replace
from support import item

from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.deliver.put_object import UploadJob, UploadOutcome, carry_out, decoded
from feedd.deliver.store_survey import MARKER
from feedd.deliver.upload_order import is_uploaded
from feedd.deliver.upload_outcomes import Uploaded, keep_outcomes
from feedd.deliver.upload_portions import UploadPortions
from feedd.deliver.upload_target import PublishTarget
from feedd.deliver.uploader import Uploader, forget_other_targets
from feedd.render.site_info import SiteInfo
from feedd.run.executor.in_process import InProcess
from feedd.run.publish.queue_uploads import UploadQueue
from feedd.run.publisher import Publisher
from feedd.store.errors import Busy, Unusable
from feedd.store.ledger.database import connect
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.uploads.late_rows import LATE_SECONDS
from feedd.store.ledger.uploads.object_rows import KnownObject, TargetState
from feedd.store.ledger.uploads.upload_rows import Upload, UploadRows
from feedd.store.object_stores.object_store import (
    ABSENT,
    Condition,
    ObjectChanged,
    ObjectMissing,
    StoredObject,
    StoreUnreachable,
)
from feedd.store.object_stores.store_url import StoreUrl
from feedd.store.state_directory import LEDGER_NAME, StateDirectory

ITEMS = 4
BASE = "https://feeds.example/"
CONFIG = Config(base_url=BASE, authority="feeds.example,2026")
START = datetime(2026, 1, 10, 12, tzinfo=UTC)
TARGET = PublishTarget(StoreUrl("s3", "bucket", ""), BASE)


class MemoryStore:
    """An ObjectStore in memory. `answers`: how many more puts and deletions it carries out. `at_get`: what happens when
    an object is asked for, by its key; `at_put`: when it is put. `largest`: how many bytes were asked for at most.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.answers = 10**6
        self.at_get: dict[str, Callable[[], None]] = {}
        self.at_put: dict[str, Callable[[], object]] = {}
        self.largest: list[int | None] = []
        self.holds = False  # puts: they have no answer, and are carried out when they are let go
        self.held: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        self._answer(costs=0)
        for key, data in sorted(self.objects.items()):
            if key.startswith(prefix):
                yield StoredObject(key, len(data), _etag(data), 0.0)

    def head(self, key: str) -> StoredObject | None:
        data = self.objects.get(key)
        return None if data is None else StoredObject(key, len(data), _etag(data), 0.0)

    def get(self, key: str, at_most: int | None = None) -> tuple[bytes, str]:
        self._answer(costs=0)
        self.at_get.pop(key, lambda: None)()
        self.largest.append(at_most)
        if key not in self.objects:
            raise ObjectMissing(key)
        return self.objects[key][:at_most], _etag(self.objects[key])

    def put(
        self,
        key: str,
        body: bytes,
        *,
        content_type: str,
        cache_control: str = "",
        content_encoding: str = "",
        condition: Condition = None,
    ) -> str:
        del content_type, cache_control, content_encoding
        if self.holds:
            with self._lock:
                self.held.append(lambda: self._carry_out(key, body, condition))
            late = StoreUnreachable("it does not answer in time")
            late.is_unanswered = True
            raise late
        self.at_put.pop(key, lambda: None)()
        with self._lock:
            self._answer(costs=1)
            self._carry_out(key, body, condition)
        return _etag(body)

    def _carry_out(self, key: str, body: bytes, condition: Condition) -> None:
        there = self.objects.get(key)
        if condition is not None and condition != (ABSENT if there is None else _etag(there)):
            raise ObjectChanged(key)
        self.objects[key] = body

    def let_go(self) -> None:
        """Carries out the puts that were held."""
        for put in self.held:
            with suppress(ObjectChanged):
                put()
        self.held = []

    def delete(self, key: str) -> None:
        with self._lock:
            self._answer(costs=1)
            self.objects.pop(key, None)

    def _answer(self, costs: int) -> None:
        if self.answers <= 0:
            raise StoreUnreachable("the store cannot be reached")
        self.answers -= costs


def _etag(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


class Killed(Exception):
    """The uploader was killed before it noted what became of its requests."""


class DoomedUploader(Uploader):
    """An uploader that is killed after its first portion."""

    def _keep(self, rows: UploadRows) -> float:
        if self._unkept:
            raise Killed
        return super()._keep(rows)


class World:
    """Items, documents, a ledger and a store, to which much happens."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.items, self.documents, self.store = MemoryItems(), MemoryDocuments(), MemoryStore()
        self.now, self.target = START, TARGET
        self.withheld: set[int] = set()
        self._edition = 0

    def edit(self, number: int) -> None:
        self._edition += 1
        self.withheld.discard(number)
        self._write(number, f"Words {number} of edition {self._edition}.")

    def withhold(self, number: int) -> None:
        self.withheld.add(number)
        self._write(number, f"Withheld words {number}.", published=False)

    def remove(self, number: int) -> None:
        self.items.remove(f"{number}.md")

    def _write(self, number: int, body: str, **fields: object) -> None:
        link = f"https://news.example/{number}" if number % 2 else None
        text = item(f"Item {number}", link, topics=[f"Topic {number % 2}"], body=f"Mark{number}. {body}", **fields)
        self.items.put(f"{number}.md", text.encode())

    def make_pass(self) -> None:
        self.now += timedelta(minutes=1)

        def start(ledger: LedgerSession, site: SiteInfo, now: datetime, /) -> UploadQueue:
            return UploadQueue((TARGET.name,), ledger, site, now)

        choices = replace(pass_settings(CONFIG), workers=1)
        with Publisher(
            self.items, self.documents, StateDirectory(self.state), choices, executor=InProcess, deliver=start
        ) as publisher:
            report = publisher.publish(self.now, allow_empty=True)
        assert not (report.refused or report.failed), report

    def upload(self, kind: type[Uploader] = Uploader, *, survey: bool = False, hours: int = 1) -> Uploader:
        self.now += timedelta(hours=hours)  # so that what was put off is due
        uploader = kind(self.state, self.target, self.documents, lambda _: self.store, lambda: self.now)
        if survey:
            uploader.survey()
        uploader.upload_all(0, threading.Event())
        return uploader

    def kill_upload(self, answers: int) -> None:
        self.store.answers = answers
        try:
            self.upload(DoomedUploader)
        except Killed:
            pass
        finally:
            self.store.answers = 10**6

    def hold_puts(self, number: int) -> None:
        """The uploader is killed while its puts are under way. They arrive after the next has done its work."""
        self.edit(number)
        self.make_pass()
        self.store.holds = True
        self.kill_upload(10**6)
        self.store.holds = False
        self.withhold(number)
        self.make_pass()
        self.upload(hours=0)
        self.store.let_go()

    def stumble(self, answers: int) -> None:
        """The store goes away in the middle."""
        self.store.answers = answers
        self.upload()
        self.store.answers = 10**6

    def lose_ledger(self) -> None:
        for path in self.state.glob(f"{LEDGER_NAME}*"):
            path.unlink()

    def lose_objects(self, every: int) -> None:
        """Somebody deletes objects. Without marker and ledger, only a person would know whose the others are."""
        for number, key in enumerate(sorted(self.store.objects.keys() - {MARKER})):
            if number % every == 0:
                del self.store.objects[key]

    def check(self) -> None:
        """The store is brought up to date, and is what it has to be."""
        self.make_pass()
        self.upload(survey=True)
        uploader = self.upload()  # when nothing can arrive late any more
        assert not uploader.done.words
        assert uploader.done.waiting == 0
        wanted = {path: data for path, data in self.documents.files.items() if is_uploaded(path)}
        assert {path: data for path, data in self.store.objects.items() if path != MARKER} == wanted
        for number in self.withheld:
            assert not any(f"Mark{number}.".encode() in data for data in self.store.objects.values())


NUMBERS = st.integers(1, ITEMS)
STEPS = st.one_of(
    st.tuples(st.just("edit"), NUMBERS),
    st.tuples(st.just("withhold"), NUMBERS),
    st.tuples(st.just("remove"), NUMBERS),
    st.tuples(st.just("make_pass")),
    st.tuples(st.just("upload")),
    st.tuples(st.just("kill_upload"), st.integers(0, 30)),
    st.tuples(st.just("stumble"), st.integers(0, 30)),
    st.tuples(st.just("hold_puts"), NUMBERS),
    st.tuples(st.just("lose_ledger")),
    st.tuples(st.just("lose_objects"), st.integers(1, 9)),
    st.tuples(st.just("check")),
)


@example([("upload",), ("edit", 1), ("make_pass",), ("kill_upload", 5), ("edit", 1), ("make_pass",)])
@example([("upload",), ("withhold", 2), ("lose_ledger",)])
@example([("remove", 1), ("make_pass",), ("upload",), ("hold_puts", 1)])
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=10))
def test_once_the_queue_is_empty_the_store_has_what_is_published_here(
    steps: list[tuple[str, int] | tuple[str]],
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for number in range(1, ITEMS + 1):
            world.edit(number)
        world.make_pass()
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
            if name == "lose_ledger":
                world.make_pass()
        world.check()


def test_a_withdrawal_is_tried_at_once_though_the_store_rests(tmp_path: Path) -> None:
    world = World(tmp_path)
    for number in range(1, ITEMS + 1):
        world.edit(number)
    world.make_pass()
    world.upload()
    world.edit(1)
    world.make_pass()
    for _ in range(12):
        world.stumble(0)
    world.edit(1)
    world.make_pass()
    assert world.upload(hours=0).done.put == 0, "it rests"
    world.withhold(2)
    world.make_pass()
    assert world.upload(hours=0).done.put > 0
    assert not any(b"Mark2." in data for data in world.store.objects.values())


def test_a_store_does_not_rest_for_as_long_as_a_clock_is_set_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.edit(1)
    world.make_pass()
    for _ in range(12):
        world.stumble(0)
    world.now -= timedelta(hours=20)
    assert world.upload(hours=0).done.waiting == 0
    assert any(b"Mark1." in data for data in world.store.objects.values())


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose documents are not uploaded yet."""
    made = World(tmp_path)
    for number in range(1, ITEMS + 1):
        made.edit(number)
    made.make_pass()
    return made


@pytest.mark.parametrize("answers", [1, 2])
def test_a_first_look_that_breaks_off_takes_nothing_over(world: World, answers: int) -> None:
    world.store.objects |= {"index.html": b"somebody else's", "old/index.html": world.documents.files["index.html"]}
    theirs = dict(world.store.objects)
    world.stumble(answers)  # after the marker was put
    assert MARKER in world.store.objects
    assert world.upload().done.stopped
    assert {path: world.store.objects[path] for path in theirs} == theirs


def test_a_take_over_that_breaks_off_is_made_again(world: World) -> None:
    world.upload()
    world.withhold(2)
    world.lose_ledger()
    world.make_pass()
    (left,) = (path for path, data in world.store.objects.items() if path.startswith("entry/") and b"Mark2." in data)

    def break_off() -> None:
        raise StoreUnreachable("it broke off")

    world.store.at_get[left] = break_off
    assert world.upload().done.words
    world.check()


def test_what_a_pass_withdraws_in_the_middle_of_a_survey_is_withdrawn(world: World) -> None:
    world.upload()
    world.lose_ledger()
    world.make_pass()

    def withhold() -> None:
        world.withhold(2)
        world.make_pass()

    world.store.objects["old/index.html"] = world.documents.files["index.html"]
    world.store.at_get["old/index.html"] = withhold
    world.upload()
    assert not world.store.at_get
    assert not any(b"Mark2." in data for data in world.store.objects.values())


def test_what_a_pass_withdraws_while_everything_is_queued_anew_is_withdrawn(world: World) -> None:
    class RowsInBetween(UploadRows):
        def documents(self) -> Iterator[Sequence[str]]:
            for paths in super().documents():
                world.withhold(2)
                world.make_pass()
                yield paths

    class UploaderInBetween(Uploader):
        def _introduced(self, rows: UploadRows) -> TargetState:
            return super()._introduced(RowsInBetween(rows._db))

    world.upload()
    world.target = replace(TARGET, form="gzip")
    world.upload(UploaderInBetween)
    assert not any(path.startswith("entry/item-2/") for path in world.store.objects)


def test_a_target_is_forgotten_whole_or_not_at_all(world: World) -> None:
    world.upload()
    world.withhold(2)
    world.make_pass()
    with closing(sqlite3.connect(world.state / LEDGER_NAME)) as db:
        db.execute("CREATE TRIGGER kill BEFORE DELETE ON objects BEGIN SELECT RAISE(ABORT, 'killed'); END")
        with pytest.raises(sqlite3.IntegrityError):
            forget_other_targets(world.state, [])
        db.execute("DROP TRIGGER kill")
    world.check()


def test_outcomes_that_could_not_be_kept_are_not_kept_after_others_have_uploaded(world: World) -> None:
    class UploaderBesideAPass(Uploader):
        is_hindered = True

        def _keep(self, rows: UploadRows) -> float:
            if self._unkept and self.is_hindered:
                raise Unusable("a pass writes")
            return super()._keep(rows)

    world.upload()
    uploader = UploaderBesideAPass(world.state, TARGET, world.documents, lambda _: world.store, lambda: world.now)
    world.withhold(2)
    world.make_pass()
    with pytest.raises(Unusable):
        uploader.upload_all(0, threading.Event())
    uploader.is_hindered = False
    world.edit(2)
    world.make_pass()
    world.upload()
    uploader.upload_all(0, threading.Event())
    world.withhold(2)
    world.make_pass()
    world.check()


def test_nobody_uploads_while_a_put_of_an_uploader_that_ended_is_under_way(world: World) -> None:
    hangs, goes_on, stopping = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        goes_on.wait(60)

    def uploader() -> Uploader:
        return Uploader(world.state, TARGET, world.documents, lambda _: world.store, lambda: world.now)

    path = next(path for path in world.documents.files if path.startswith("entry/item-2/"))
    world.store.at_put[path] = hang
    thread = threading.Thread(target=uploader().upload_all, args=(0, stopping))
    thread.start()
    assert hangs.wait(60)
    stopping.set()
    thread.join()
    world.withhold(2)
    world.make_pass()
    after = uploader()
    with pytest.raises(Busy):
        after.upload_all(0, threading.Event())
    goes_on.set()
    after.upload_all(0, threading.Event(), 60)
    assert after.done.waiting == 0
    assert path not in world.store.objects


JOB = UploadJob(Upload("atom.xml", False, 1, 0, None), KnownObject("gone", b"digest"), b"a feed", b"new")


def test_no_second_put_is_sent_once_the_uploader_ends() -> None:
    store = MemoryStore()

    def vanish() -> None:
        raise ObjectMissing("atom.xml")

    store.at_put["atom.xml"] = vanish
    assert carry_out(store, JOB, lambda: True, unconditional=False).kind == "failed"
    assert not store.objects
    store.at_put["atom.xml"] = vanish
    assert carry_out(store, JOB, lambda: False, unconditional=False).kind == "done"


def test_of_an_object_that_was_never_put_it_is_said_that_it_is_there() -> None:
    store, job = MemoryStore(), UploadJob(JOB.upload._replace(deletes=True), KnownObject())
    assert carry_out(store, job, lambda: False, unconditional=False).kind == "done"
    store.objects["atom.xml"] = b"another's"
    assert carry_out(store, job, lambda: False, unconditional=False).kind == "foreign"


def test_of_an_object_of_somebody_else_only_so_much_is_read() -> None:
    store = MemoryStore()
    store.objects["atom.xml"] = bomb = gzip.compress(bytes(100_000_000))
    assert carry_out(store, JOB, lambda: False, unconditional=False).kind == "foreign"
    assert None not in store.largest
    assert decoded(bomb) == bomb


def test_a_request_that_fails_in_an_unknown_way_is_a_failure_of_its_document() -> None:
    store = MemoryStore()

    def fail() -> None:
        raise MemoryError

    store.at_put["atom.xml"] = fail
    assert carry_out(store, JOB, lambda: False, unconditional=False).words == "atom.xml: it failed (MemoryError)"


@pytest.mark.parametrize("hours", [0, 1, -1])
def test_a_clock_that_is_set_makes_no_look_too_early(hours: int) -> None:
    connection = connect(None)
    rows = UploadRows(connection)
    rows.stored.keep_target(TARGET.name, TargetState())
    passed = 0.0
    portions = UploadPortions(TARGET, MemoryDocuments(), Uploaded(), lambda: None, lambda: passed)

    def is_to_look(set_by: int) -> bool:
        now = 10**6 + int(passed) + set_by
        portions.queue_looks(rows, now)
        return rows.next_due(TARGET.name, withdrawals=False) is not None

    rows.late.expect(TARGET.name, "entry/a/index.html", [bytes(16)], 10**6)
    assert not is_to_look(0)
    passed = 60.0
    assert not is_to_look(hours * 3600)
    passed = LATE_SECONDS - 1.0
    assert not is_to_look(hours * 3600)
    passed = LATE_SECONDS + 60.0  # where the clock was set back, the time begins anew
    assert is_to_look(hours * 3600)
    connection.close()


@pytest.mark.parametrize(("looked", "due"), [(-1, LATE_SECONDS), (0, None)])
def test_a_look_that_began_before_nothing_could_arrive_is_not_the_last(looked: int, due: int | None) -> None:
    """`looked`: seconds after the last moment at which a put could arrive."""
    connection = connect(None)
    rows = UploadRows(connection)
    rows.stored.keep_target("target", TargetState())
    rows.late.expect("target", "atom.xml", [bytes(16)], 0)
    job = UploadJob(JOB.upload._replace(deletes=True), KnownObject(), late=(bytes(16),), at=LATE_SECONDS + looked)
    keep_outcomes(rows, "target", [UploadOutcome(job, "done")], Uploaded(), LATE_SECONDS + 60)
    assert rows.late.next_due("target") == due
    connection.close()
