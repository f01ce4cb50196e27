"""The inbox: what is put comes out once, together with what came shortly after, whoever puts it and when."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support import wait_until

from feedd.daemon.inbox import (
    FLOOD,
    Asked,
    Batch,
    Due,
    FilesTouched,
    Inbox,
    Lost,
    Reason,
    Reconcile,
    Reload,
    Stop,
    merge,
)

LONG = 20.0  # seconds: a wait that a test would notice
WORDS = st.sampled_from(("start", "reconcile", "retry", "moved"))
PATHS = st.sampled_from(("a.md", "b.md", "news", "news/a.md", "n\u00fc.md"))
REASONS: st.SearchStrategy[Reason] = st.one_of(
    st.builds(FilesTouched, st.lists(PATHS, max_size=3).map(tuple)),
    st.builds(Asked, st.sampled_from(("r1", "r2", "r3"))),
    st.builds(Reconcile, WORDS),
    st.builds(Lost, WORDS),
    st.just(Due()),
    st.just(Reload()),
    st.just(Stop()),
)


def merged(reasons: Iterable[Reason], batch: Batch | None = None) -> Batch:
    batch = batch or Batch()
    for reason in reasons:
        batch = merge(batch, reason)
    return batch


def filled(reasons: Iterable[Reason], inbox: Inbox | None = None) -> Inbox:
    inbox = inbox or Inbox()
    for reason in reasons:
        inbox.put(reason)
    return inbox


def touched(*paths: str) -> FilesTouched:
    return FilesTouched(paths)


def sets(batch: Batch) -> tuple[Any, ...]:
    """All that a batch says but the order of its words, and when it began."""
    assert len(set(batch.whole)) == len(batch.whole)
    assert len(set(batch.lost)) == len(batch.lost)
    plain = replace(batch, whole=tuple(sorted(batch.whole)), lost=tuple(sorted(batch.lost)), since=None)
    return tuple(getattr(plain, name) for name in Batch.__struct_fields__)


# Merging


@pytest.mark.parametrize(
    ("reason", "batch"),
    [
        (touched("a.md", "news"), Batch(touched=frozenset({"a.md", "news"}))),
        (Asked("r1"), Batch(asked=frozenset({"r1"}))),
        (Reconcile("start"), Batch(whole=("start",))),
        (Lost("moved"), Batch(lost=("moved",))),
        (Due(), Batch(due=True)),
        (Reload(), Batch(reload=True)),
        (Stop(), Batch(stop=True)),
    ],
)
def test_each_reason_is_in_its_own_place_of_a_batch(reason: Reason, batch: Batch) -> None:
    assert merge(Batch(), reason) == batch
    assert merge(batch, reason) == batch
    assert batch


def test_a_batch_of_nothing_is_false() -> None:
    assert not Batch()
    assert Batch() == merge(Batch(), touched())


@given(st.lists(REASONS, max_size=8), REASONS)
def test_merging_leaves_the_batch_as_it_was(reasons: list[Reason], reason: Reason) -> None:
    batch = merged(reasons)
    before = merged(reasons)
    once = merge(batch, reason)
    assert batch == before
    assert merge(batch, reason) == once
    assert merge(once, reason) == once


@given(st.lists(REASONS, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_reasons_changes_nothing_but_the_order_of_words(reasons: list[Reason], random_: Any) -> None:
    shuffled = reasons[:]
    random_.shuffle(shuffled)
    assert sets(merged(shuffled)) == sets(merged(reasons))


def test_words_come_in_the_order_of_the_reasons_and_once() -> None:
    said = ("retry", "poll", "retry", "reconcile", "poll")
    assert merged(map(Reconcile, said)).whole == ("retry", "poll", "reconcile")
    assert merged(map(Lost, said)).lost == ("retry", "poll", "reconcile")


# Taking


@given(st.lists(REASONS, max_size=12))
def test_taken_at_once_or_one_by_one_it_is_the_same_and_nothing_is_left(reasons: list[Reason]) -> None:
    until_stop = [i for i, reason in enumerate(reasons) if isinstance(reason, Stop)]
    at_once = filled(reasons)
    batches = [at_once.take(0.0, LONG, 0.0) for _ in range(len(until_stop) + 1)]
    assert [batch.stop for batch in batches] == [True] * len(until_stop) + [False]
    one_by_one = filled(reasons)
    pieces = [one_by_one.take(LONG, 0.0, 0.0) for _ in reasons]
    for taken in (batches, pieces):
        together = Batch()
        for batch in taken:
            together = merged(
                [
                    FilesTouched(tuple(batch.touched)),
                    *map(Asked, batch.asked),
                    *map(Reconcile, batch.whole),
                    *map(Lost, batch.lost),
                    *[Due()] * batch.due,
                    *[Reload()] * batch.reload,
                    *[Stop()] * batch.stop,
                ],
                together,
            )
        assert together == merged(reasons)
    assert not at_once.take(0.0, LONG, 0.0)
    assert not one_by_one.take(0.0, LONG, 0.0)


def test_an_inbox_without_a_reason_gives_a_batch_of_nothing() -> None:
    assert Inbox().take(LONG, LONG, 0.0) == Batch()
    assert not Inbox().take(0.0, 0.0, 0.01)


def test_what_comes_before_it_is_quiet_belongs_to_the_batch() -> None:
    inbox = Inbox()
    said = [touched("a.md"), Asked("r1"), touched("b.md"), Reload()]

    def put_one_after_another() -> None:
        for reason in said:
            inbox.put(reason)
            wait_until(inbox._queue.empty, LONG, lambda: "not taken")
        inbox.put(Stop())

    putter = threading.Thread(target=put_one_after_another)
    putter.start()
    batch = inbox.take(LONG, 10 * LONG, LONG)
    putter.join()
    assert sets(batch) == sets(merged([*said, Stop()]))


class Clock:
    """A clock that goes on by `step` whenever it is read, and lets something happen then."""

    def __init__(self, step: float, act: Any = lambda: None) -> None:
        self.now = 1000.0
        self._step = step
        self._act = act

    def __call__(self) -> float:
        self.now += self._step
        act, self._act = self._act, lambda: None  # what happens may read the clock too
        act()
        self._act = act
        return self.now


def test_quiet_and_patience_are_counted_on_the_clock_that_is_given() -> None:
    inbox = filled([touched("a.md"), touched("b.md")], Inbox(Clock(10 * LONG)))
    assert inbox.take(LONG, 100 * LONG, LONG).touched == {"a.md", "b.md"}
    assert not inbox.take(LONG, 100 * LONG, LONG)


def test_a_busy_inbox_is_not_waited_for_longer_than_it_may() -> None:
    numbers = iter(range(1000))

    def put_another() -> None:
        if (number := next(numbers, None)) is not None:
            inbox.put(touched(f"{number}.md"))

    inbox = Inbox(clock := Clock(0.01, put_another))
    first = inbox.take(LONG, 1.0, LONG)
    assert first.since is not None
    assert 1.0 <= clock.now - first.since < 1.0 + 0.1
    second = inbox.take(LONG, 1.0, LONG)
    assert len(first.touched) > 10
    taken = sorted(int(path.removesuffix(".md")) for path in first.touched | second.touched)
    assert taken == list(range(len(taken)))
    assert not first.touched & second.touched


def test_stop_is_not_waited_with_and_what_came_after_it_stays() -> None:
    inbox = filled([touched("a.md"), Stop(), touched("b.md")])
    assert sets(inbox.take(LONG, LONG, LONG)) == sets(merged([touched("a.md"), Stop()]))
    assert inbox.take(0.0, LONG, 0.0).touched == {"b.md"}


def test_a_batch_says_when_its_first_reason_came() -> None:
    clock = Clock(0.0)
    inbox = Inbox(clock)
    inbox.put(touched("a.md"))
    clock.now += 5.0  # a pass is being made
    inbox.put(touched("b.md"))
    assert inbox.take(0.0, LONG, 0.0).since == 1000.0


# From many threads, and from signal handlers


def test_what_several_threads_put_while_it_is_taken_comes_out_exactly() -> None:
    inbox = Inbox()
    names = [[f"{thread}/{number}.md" for number in range(2000)] for thread in range(4)]

    def put(paths: list[str]) -> None:
        for path in paths:
            inbox.put(touched(path))
        inbox.put(Asked(paths[0]))

    putters = [threading.Thread(target=put, args=(paths,)) for paths in names]
    for putter in putters:
        putter.start()
    taken: set[str] = set()
    asked: set[str] = set()
    while len(asked) < len(names):
        batch = inbox.take(0.0, 0.001, LONG)
        assert batch
        assert not taken & batch.touched
        taken |= batch.touched
        asked |= batch.asked
    for putter in putters:
        putter.join()
    assert taken == {path for paths in names for path in paths}
    assert not inbox.take(0.0, LONG, 0.0)


INTERRUPTED = """
import itertools, signal
from feedd.daemon.inbox import FilesTouched, Inbox, Stop

inbox, numbers, put = Inbox(), itertools.count(), set()

def on_alarm(number, frame):
    path = f"signal/{next(numbers)}"
    inbox.put(FilesTouched((path,)))
    put.add(path)
    if len(put) == 3000:
        signal.setitimer(signal.ITIMER_REAL, 0)
        inbox.put(Stop())

signal.signal(signal.SIGALRM, on_alarm)
signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
taken, own, stopped = set(), 0, False
while not stopped:
    for _ in range(20):
        inbox.put(FilesTouched((f"own/{own}",)))
        own += 1
    batch = inbox.take(0.0, 0.001, 60)
    taken |= batch.touched
    stopped = batch.stop
while batch := inbox.take(0, 60, 0):
    taken |= batch.touched
assert taken == put | {f"own/{n}" for n in range(own)}
print("all there")
"""

WAITING = """
import signal
from feedd.daemon.inbox import Inbox, Reload, Stop

inbox = Inbox()
signal.signal(signal.SIGALRM, lambda number, frame: inbox.put(Stop()))
signal.signal(signal.SIGHUP, lambda number, frame: inbox.put(Reload()))
signal.raise_signal(signal.SIGHUP)
signal.setitimer(signal.ITIMER_REAL, 0.05)
batch = inbox.take(1000, 1000, 1000)
assert (batch.reload, batch.stop) == (True, True), batch
print("all there")
"""


@pytest.mark.parametrize("program", [INTERRUPTED, WAITING], ids=["at work", "waiting"])
def test_a_signal_handler_may_put_whatever_it_interrupts(program: str) -> None:
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "all there\n", "")


# Floods


def test_beyond_a_flood_a_look_at_everything_stands_in_for_each_path() -> None:
    inbox = filled(touched(f"{number}.md") for number in range(FLOOD + 500))
    inbox.put(Asked("r1"))
    inbox.put(Due())
    batch = inbox.take(0.0, LONG, 0.0)
    assert batch.touched == {f"{number}.md" for number in range(FLOOD)}
    assert batch.whole == ("more than 20,000 changes at once",)
    assert (batch.asked, batch.due) == ({"r1"}, True)
    assert not inbox.take(0.0, LONG, 0.0)
    inbox.put(touched("later.md"))
    assert sets(inbox.take(0.0, LONG, 0.0)) == sets(merged([touched("later.md")]))


def test_a_flood_is_told_again_if_it_comes_again() -> None:
    inbox = Inbox()
    for _ in range(3):
        filled((touched(f"{number}.md") for number in range(FLOOD + 1)), inbox)
        assert inbox.take(0.0, LONG, 0.0).whole == ("more than 20,000 changes at once",)


@settings(max_examples=25)
@given(st.lists(st.sampled_from(("put", "take one", "take all", "reconcile")), min_size=1, max_size=40))
def test_in_a_flood_each_path_comes_out_or_everything_is_looked_at_later(acts: list[str]) -> None:
    inbox = filled([touched()] * (FLOOD - 3))
    waiting: set[str] = set()  # put, and not yet seen to by a batch that came after
    number = 0
    for act in [*acts, "take all"]:
        if act == "put":
            inbox.put(touched(f"{number}.md"))
            waiting.add(f"{number}.md")
            number += 1
        elif act == "reconcile":
            inbox.put(Reconcile("reconcile"))
        else:
            batch = inbox.take(LONG if act == "take one" else 0.0, 0.0 if act == "take one" else LONG, 0.0)
            if batch.whole:
                waiting.clear()
            waiting -= batch.touched
    assert waiting == set()


def test_nothing_is_lost_when_several_threads_flood_an_inbox_that_is_being_taken() -> None:
    inbox = Inbox()
    begun = [-1, -1, -1]  # the last file of each thread that has changed, whether that was put already or not
    wanted = 30_000

    def change(thread: int) -> None:
        for number in range(wanted):
            begun[thread] = number
            inbox.put(touched(f"{thread}/{number}"))

    putters = [threading.Thread(target=change, args=(thread,)) for thread in range(len(begun))]
    for putter in putters:
        putter.start()
    wait_until(lambda: inbox._queue.qsize() > FLOOD, LONG, lambda: "there is no flood")
    looked_at = begun
    taken: set[str] = set()
    while any(putter.is_alive() for putter in putters) or not inbox._queue.empty():
        batch = inbox.take(0.0, 0.005, 0.01)
        if batch.whole:
            looked_at = begun[:]
        taken |= batch.touched
    assert looked_at is not begun
    late = {f"{thread}/{number}" for thread, last in enumerate(looked_at) for number in range(last + 1, wanted)}
    assert late - taken == set()
