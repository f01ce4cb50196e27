"""The schedule: reasons that come at their time, again and again or once, until they are taken back."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from feedd.daemon.inbox import Due, Inbox, Reason, Reconcile
from feedd.daemon.schedule import Schedule

LONG = 30.0  # seconds after which what does not come will never come
NEVER = 10_000.0
RECONCILE, POLL, RETRY = Reconcile("reconcile"), Reconcile("poll"), Reconcile("retry")


class Kept:
    """A schedule, and what it has put."""

    def __init__(self, reconcile: float = NEVER) -> None:
        self.reasons: queue.Queue[Reason] = queue.Queue()
        self.schedule = Schedule(self.reasons.put, reconcile)

    def next(self) -> Reason:
        return self.reasons.get(timeout=LONG)

    def until(self, last: Reason) -> list[Reason]:
        """What comes before a reason."""
        found: list[Reason] = []
        while (reason := self.next()) != last:
            found.append(reason)
        return found


@pytest.fixture
def kept() -> Iterator[Kept]:
    """A schedule that has begun, and in which nothing is planned for the next hours but a look at everything."""
    found = Kept()
    found.schedule.start()
    yield found
    found.schedule.stop()


def in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_a_look_at_everything_comes_again_and_again() -> None:
    kept = Kept(0.03)
    kept.schedule.start()
    assert [kept.next() for _ in range(4)] == [RECONCILE] * 4
    kept.schedule.stop()


def test_its_period_can_be_changed_while_it_is_kept(kept: Kept) -> None:
    kept.schedule.reconcile_every(0.03)
    assert [kept.next() for _ in range(3)] == [RECONCILE] * 3
    kept.schedule.reconcile_every(NEVER)
    kept.schedule.rearm()
    kept.schedule.retry_in(0.0)
    kept.until(RETRY)
    kept.schedule.retry_in(0.2)
    assert kept.until(RETRY) == []


def test_the_inbox_takes_what_is_scheduled() -> None:
    inbox = Inbox()
    schedule = Schedule(inbox.put, 0.03)
    schedule.start()
    schedule.due_at(in_seconds(0.03))
    whole: set[str] = set()
    due = False
    while not (due and whole):
        batch = inbox.take(0.0, 1.0, LONG)
        assert batch
        whole.update(batch.whole)
        due = due or batch.due
    assert whole == {"reconcile"}
    schedule.stop()


# Dates


@pytest.mark.parametrize("seconds", [-86400.0, -1.0, 0.0, 0.05])
def test_an_item_that_is_due_is_a_reason_once_and_at_once_if_its_date_is_past(kept: Kept, seconds: float) -> None:
    kept.schedule.due_at(in_seconds(seconds))
    assert kept.next() == Due()
    kept.schedule.retry_in(0.1)
    assert kept.until(RETRY) == []


def test_a_date_counts_in_whatever_zone_it_is_given(kept: Kept) -> None:
    kept.schedule.due_at(in_seconds(0.05).astimezone())
    assert kept.next() == Due()


def test_a_date_that_is_taken_back_does_not_come(kept: Kept) -> None:
    kept.schedule.due_at(in_seconds(0.4))
    kept.schedule.due_at(None)
    kept.schedule.due_at(None)
    kept.schedule.retry_in(0.6)
    assert kept.until(RETRY) == []


def test_a_later_date_stands_in_for_an_earlier_one(kept: Kept) -> None:
    kept.schedule.due_at(in_seconds(0.4))
    kept.schedule.due_at(in_seconds(NEVER))
    kept.schedule.retry_in(0.6)
    assert kept.until(RETRY) == []
    kept.schedule.due_at(in_seconds(0))
    assert kept.next() == Due()


def test_a_date_beyond_all_others_does_no_harm(kept: Kept) -> None:
    kept.schedule.due_at(datetime.max.replace(tzinfo=UTC))
    kept.schedule.retry_in(0.0)
    assert kept.next() == RETRY


# Trying again, and polling


def test_a_retry_comes_once_and_can_be_taken_back(kept: Kept) -> None:
    kept.schedule.retry_in(0.02)
    assert kept.next() == RETRY
    kept.schedule.retry_in(0.4)
    kept.schedule.retry_in(None)
    kept.schedule.retry_in(None)
    kept.schedule.due_at(in_seconds(0.6))
    assert kept.until(Due()) == []


def test_polling_comes_again_and_again_until_it_is_ended(kept: Kept) -> None:
    kept.schedule.poll_every(0.03)
    assert [kept.next() for _ in range(4)] == [POLL] * 4
    kept.schedule.poll_every(None)
    kept.schedule.poll_every(None)
    kept.schedule.retry_in(0.0)
    assert set(kept.until(RETRY)) <= {POLL}  # one may have been under way
    kept.schedule.retry_in(0.2)
    assert kept.until(RETRY) == []


# What is next


def test_the_next_look_at_everything_is_the_nearest_of_all(kept: Kept) -> None:
    schedule = kept.schedule
    reconcile = schedule.next_reconcile()
    assert reconcile is not None
    assert timedelta(seconds=0.8 * NEVER) < reconcile - datetime.now(UTC) <= timedelta(seconds=1.1 * NEVER)
    schedule.due_at(in_seconds(5))
    assert schedule.next_reconcile() == reconcile
    schedule.poll_every(1000)
    poll = schedule.next_reconcile()
    assert poll is not None
    assert poll < reconcile
    schedule.retry_in(100)
    retry = schedule.next_reconcile()
    assert retry is not None
    assert retry < poll
    schedule.retry_in(2000)
    assert schedule.next_reconcile() == poll
    schedule.retry_in(None)
    schedule.poll_every(None)
    assert schedule.next_reconcile() == reconcile


def test_periods_vary_so_that_many_daemons_do_not_look_at_once() -> None:
    found = set()
    for _ in range(5):
        kept = Kept()
        kept.schedule.start()
        start, when = datetime.now(UTC), kept.schedule.next_reconcile()
        assert when is not None
        found.add(round((when - start).total_seconds()))
        kept.schedule.stop()
    assert len(found) > 1


def test_counting_from_now_keeps_all_that_is_planned(kept: Kept) -> None:
    schedule = kept.schedule
    schedule.poll_every(1000)
    schedule.due_at(in_seconds(0.3))
    schedule.retry_in(0.6)
    before = schedule.next_reconcile()
    schedule.rearm()
    assert schedule.next_reconcile() == before  # the retry
    assert [kept.next(), kept.next()] == [Due(), RETRY]
    poll = schedule.next_reconcile()
    assert poll is not None
    assert poll < in_seconds(1000)
    schedule.rearm()
    again = schedule.next_reconcile()
    assert again is not None
    assert poll < again < in_seconds(1000)
    schedule.poll_every(0.02)
    schedule.rearm()
    assert kept.next() == POLL
    schedule.poll_every(None)
    schedule.rearm()
    later = schedule.next_reconcile()
    assert later is not None
    assert later > in_seconds(1000)


# Ending


def test_a_schedule_that_ended_puts_nothing_and_leaves_no_thread() -> None:
    threads = threading.enumerate()
    for _ in range(10):
        kept = Kept(0.01)
        kept.schedule.start()
        kept.schedule.poll_every(0.01)
        kept.schedule.due_at(in_seconds(0.001))
        assert kept.next() is not None
        kept.schedule.stop()
        assert threading.enumerate() == threads
        told = kept.reasons.qsize()
        kept.schedule.stop()
        assert kept.reasons.qsize() == told


def test_a_schedule_that_never_began_can_be_ended() -> None:
    kept = Kept()
    kept.schedule.stop()
    assert kept.reasons.empty()
