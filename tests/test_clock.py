"""A clock that is set, and a machine that was suspended: the daemon looks at everything and counts its periods anew."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from support import Site, item, wait_until

from feedd.cli.service import service_settings
from feedd.cli.setup import deliveries, items_directory
from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.config.section_values import Timing
from feedd.daemon import loop
from feedd.daemon.daemon_setup import Setup
from feedd.daemon.inbox import Inbox, Stop
from feedd.daemon.log import Log
from feedd.daemon.loop import Daemon
from feedd.store.control import Control, Status
from feedd.store.documents import FeedsDirectory
from feedd.store.state_directory import StateDirectory


class Clock:
    """The machine's clock, set by so much."""

    def __init__(self) -> None:
        self.set_by = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.set_by


def runs(site: Site, clock: Clock, meanwhile: Callable[[Control], None]) -> None:
    """Runs a daemon in this thread, and `meanwhile` in another, at whose end the daemon ends."""
    config = Config(daemon=Timing(reconcile=3600.0))
    setup = Setup(
        items_directory(config),
        FeedsDirectory(site.feeds),
        pass_settings(config),
        config.daemon,
        service_settings(config, "off"),
        deliveries(config),
        (),
    )
    control, inbox, faults = Control(site.state), Inbox(), []
    daemon = Daemon(lambda: setup, control, StateDirectory(site.state), inbox, Log(), now=clock.now)

    def acts() -> None:
        try:
            meanwhile(control)
        except BaseException as fault:  # noqa: BLE001 - it is raised below, in the thread of the test
            faults.append(fault)
        finally:
            inbox.put(Stop())

    thread = threading.Thread(target=acts)
    thread.start()
    daemon.run()
    thread.join()
    if faults:
        raise faults[0]


def last(control: Control) -> Status:
    """The status, once there is one with a pass."""

    def found() -> Status | None:
        status = control.status()
        return status if status is not None and status.last is not None else None

    status = wait_until(found, 30, lambda: "no pass")
    assert isinstance(status, Status)
    return status


@pytest.mark.parametrize("step", [timedelta(hours=-3), timedelta(hours=3), timedelta(days=400)])
def test_a_clock_that_is_set_delays_nothing(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    caplog.set_level(logging.DEBUG, "feedd")
    monkeypatch.setattr(loop, "TICK", 0.1)  # how often it looks at the clock
    clock = Clock()
    site.write("one.md", item("One"))
    due = datetime.now(UTC) + timedelta(hours=2)
    site.write("due.md", item("Due", date=f"{due:%Y-%m-%dT%H:%M:%SZ}"))

    def meanwhile(control: Control) -> None:
        before = last(control)
        assert before.entries == 1
        clock.set_by = step
        words = "the clock was set"
        wait_until(lambda: words in last(control).last.why, 30, lambda: f"{last(control)}")
        after = last(control)
        assert after.entries == (2 if step > timedelta() else 1)
        assert after.next_reconcile - datetime.now(UTC) < timedelta(hours=1.2)

    runs(site, clock, meanwhile)
    assert site.titles() == ({"One", "Due"} if step > timedelta() else {"One"})


def test_a_clock_that_is_put_right_by_a_little_is_not_noticed(site: Site) -> None:
    clock = Clock()
    site.write("one.md", item("One"))

    def meanwhile(control: Control) -> None:
        passes = last(control).passes
        clock.set_by = timedelta(seconds=2)
        site.write("two.md", item("Two"))
        wait_until(lambda: last(control).entries == 2, 30, lambda: f"{last(control)}")
        assert last(control).last.why == "1 change"
        assert last(control).passes == passes + 1

    runs(site, clock, meanwhile)


def test_an_item_is_published_in_its_second(site: Site) -> None:
    site.write("one.md", item("One"))
    due = datetime.now(UTC) + timedelta(seconds=2)
    site.write("due.md", item("Due", date=f"{due:%Y-%m-%dT%H:%M:%SZ}"))

    def meanwhile(control: Control) -> None:
        wait_until(lambda: last(control).entries == 2, 30, lambda: f"{last(control)}")
        assert last(control).next_due is None

    runs(site, Clock(), meanwhile)
    assert site.titles() == {"One", "Due"}
