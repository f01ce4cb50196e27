"""A file on which the work never ends, or takes all memory, holds up nobody: it is a problem like any other."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import msgspec
import pytest
from support import FEEDD, Running, Site, assert_no_orphan, end, item, of_session, wait_until

from feedd.model import Report
from feedd.run.executor.budget import SECONDS, Budget

COMPUTES = "the work on this file takes more than 1 seconds of computing"
WAITS = "the work on this file does not end within 2 seconds"
EATS = "the work on this file takes more than 400 MiB of memory"
CRASHES = "the work on this file ends its process (SIGABRT)"
RAISES = "a mistake in feedd (KeyError in line N of sitecustomize.py); please report it"
HOW = {"computes": COMPUTES, "waits": WAITS, "eats": EATS, "crashes": CRASHES, "raises": RAISES}
STAGES = ("parsing", "converting", "writing")


def stalling(how: str = "", **more: str) -> dict[str, str]:
    """The environment of a process in which stages stall for texts that ask for it: in this way, if it is known."""
    waiting = "2" if how == "waits" else "60"  # a busy machine may take long over a second of computing
    folder = Path(__file__).parent / "stalling"
    return {**os.environ, "PYTHONPATH": str(folder), "STALL_WAITING": waiting, **more}


def text_that(stage: str, how: str, title: str = "Bad", **fields: Any) -> str:
    """An item for which a stage meets its end."""
    words = f"{stage} {how}"
    body = f"A text that has {words}." if stage == "converting" else "A text."
    return item(title if stage == "converting" else f"{title} {words}", body=body, **fields)


def render(site: Site, *options: str, how: str = "", **more: str) -> Report:
    """A pass in a process of its own, in which stages may stall."""
    done = site.process("render", "--format", "json", *options, env=stalling(how, **more))
    assert done.returncode == 0, done
    return msgspec.json.decode(done.stdout, type=Report)


def reasons(report: Report) -> dict[str, str]:
    """Why files have problems, by their names."""
    return {Path(each.path).name: re.sub(r"line \d+", "line N", each.reason) for each in report.problems}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("stage", STAGES)
def test_a_file_on_which_the_work_does_not_end_is_a_problem_and_its_last_good_version_stays(
    site: Site, stage: str, how: str
) -> None:
    site.write("good.md", item("Good"))
    site.write("bad.md", item("As it was"))
    site.render()
    before = site.ids()
    site.write("bad.md", text_that(stage, how))
    site.write("good.md", item("Better"))
    site.write("new.md", text_that(stage, how, "New"))
    report = render(site, how=how)
    assert reasons(report) == {"bad.md": HOW[how], "new.md": HOW[how]}
    assert site.titles() == {"As it was", "Better"}
    assert site.ids()["As it was"] == before["As it was"]
    assert site.entries()["As it was"].updated == "2024-05-01T12:00:00+00:00"


def test_a_file_that_stalled_is_not_tried_again_until_it_changes(site: Site) -> None:
    site.write("good.md", item("Good"))
    site.write("bad.md", text_that("converting", "computes"))
    site.settle()
    first = render(site)
    assert reasons(first) == {"bad.md": COMPUTES}
    documents = site.documents()
    again = render(site)
    assert again.problems == first.problems
    assert (again.read, again.written) == (0, ())
    assert site.documents() == documents
    site.write("bad.md", item("Mended"))
    assert render(site).problems == ()
    assert site.titles() == {"Good", "Mended"}


@pytest.mark.parametrize("how", ["computes", "waits"])
def test_a_version_that_asks_to_be_withheld_is_withheld_though_it_cannot_be_read(site: Site, how: str) -> None:
    site.write("good.md", item("Good"))
    site.write("bad.md", item("As it was"))
    site.render()
    site.write("bad.md", text_that("parsing", how, published=False))
    assert reasons(render(site, how=how)) == {"bad.md": HOW[how]}
    assert site.titles() == {"Good"}


@pytest.mark.parametrize("begun", [False, True])
def test_files_that_stall_in_the_processes_of_a_large_pass_harm_only_themselves(site: Site, *, begun: bool) -> None:
    site.configure(workers=2, limit=1000)
    bad = {f"{stage}-{how}.md": text_that(stage, how) for stage in STAGES for how in ("computes", "crashes")}
    for number in range(600):
        site.write(f"{number}.md", item(f"Title {number}", topics=[f"Topic {number % 7}"]))
    if begun:
        for path in bad:
            site.write(path, item(f"As it was: {path}", topics=["Topic 1"]))
        site.render()
        for number in range(600):
            site.write(f"{number}.md", item(f"Better title {number}", topics=[f"Topic {number % 7}"]))
    for path, text in bad.items():
        site.write(path, text)
    report = render(site, STALL_MANY="1")
    assert reasons(report) == {path: HOW[path.partition("-")[2][:-3]] for path in bad}
    titles = {f"Better title {number}" if begun else f"Title {number}" for number in range(600)}
    assert site.titles() == (titles | {f"As it was: {path}" for path in bad} if begun else titles)
    assert len(site.titles("topics/topic-3/atom.xml")) == len(range(3, 600, 7))
    assert render(site, STALL_MANY="1").written == ()


def test_an_item_that_a_new_version_cannot_publish_any_more_is_taken_back_and_the_others_stay(site: Site) -> None:
    site.write("good.md", item("Good", topics=["One"]))
    site.write("bad.md", text_that("converting", "computes", topics=["One", "Two"]))
    site.settle()
    before = site.render()  # nothing stalls in this process
    assert before.entries == 2
    ids = site.ids()
    site.configure(title="Another title of the site")
    report = render(site)
    assert reasons(report) == {"bad.md": COMPUTES}
    assert (report.entries, site.titles(), site.titles("topics/two/atom.xml")) == (1, {"Good"}, set())
    assert (site.root / "feeds/index.html").read_text().count("Another title of the site") > 0
    assert render(site).written == ()
    site.write("bad.md", text_that("nothing", "computes", topics=["One", "Two"]))
    render(site)
    assert set(site.ids().values()) == set(ids.values())


@pytest.mark.parametrize("stage", STAGES)
def test_questions_do_not_wait_for_a_file_on_which_the_work_does_not_end(site: Site, stage: str) -> None:
    site.write("good.md", item("Good"))
    site.write("bad.md", item("As it was"))
    site.render()
    site.write("bad.md", text_that(stage, "computes"))
    expected = {"check": (1, COMPUTES), "plan": (0, "1 problem in items"), "why seeds/bad.md": (1, COMPUTES)}
    for command, (status, words) in (expected | {"top": (0, "As it was")}).items():
        done = site.process(*command.split(), env=stalling())
        assert (done.returncode, done.stderr) == (status, ""), command
        assert words in done.stdout, command


def test_a_digest_is_made_though_one_of_its_items_cannot_be_summed_up(site: Site) -> None:
    site.configure(views={"digest": "daily", "digest_limit": 50})
    site.write("good.md", item("Good", date="2024-05-01T12:00:00Z"))
    site.write("bad.md", text_that("converting", "computes"))
    render(site, STALL_MANY="1")
    assert site.titles() == {"Good"}


def test_a_daemon_goes_on_publishing_while_one_file_stalls_and_when_it_is_mended(
    site: Site, daemon: Callable[..., Running]
) -> None:
    site.write("good.md", item("Good"))
    site.write("bad.md", item("As it was"))
    running = daemon(env=stalling()).wait_until_ready()
    for stage in STAGES:
        site.write("bad.md", text_that(stage, "computes"))
        site.write("good.md", item(f"Good, after {stage}"))
        running.sync()
        assert site.titles() == {"As it was", f"Good, after {stage}"}
        assert running.log.count(COMPUTES) == 1
        site.write("good.md", item(f"Good, long after {stage}"))
        running.sync()
        assert site.titles() == {"As it was", f"Good, long after {stage}"}
    site.write("bad.md", item("Mended"))
    running.sync()
    assert "Mended" in site.titles()
    assert "no problem any more" in running.log
    assert running.stop() == 0


@pytest.mark.parametrize("how", ["computes", "waits"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGKILL, -9)])
def test_a_pass_that_is_ended_while_a_file_stalls_ends_with_all_its_processes(
    site: Site, how: str, number: signal.Signals, status: int
) -> None:
    site.write("bad.md", text_that("converting", how))
    sign = site.root / "stalled"
    environment = stalling(STALL_SIGN=str(sign), STALL_SECONDS="600", STALL_WAITING="600")
    process = subprocess.Popen([*FEEDD, "render"], cwd=site.root, env=environment, start_new_session=True)
    try:
        wait_until(sign.exists, 60, lambda: "no file stalled")
        assert len(of_session(process.pid)) == 3
        process.send_signal(number)
        assert process.wait(20) == status
        assert_no_orphan(process.pid)
    finally:
        end(process)


@pytest.mark.parametrize("how", ["computes", "waits"])
def test_a_daemon_that_is_ended_while_a_file_stalls_ends_at_once(
    site: Site, daemon: Callable[..., Running], how: str
) -> None:
    sign = site.root / "stalled"
    environment = stalling(STALL_SIGN=str(sign), STALL_SECONDS="600", STALL_WAITING="600")
    site.write("good.md", item("Good"))
    running = daemon(env=environment, start_new_session=True).wait_until_ready()
    site.write("bad.md", text_that("parsing", how))
    wait_until(sign.exists, 60, lambda: running.log)
    assert running.stop() == 0
    assert_no_orphan(running.process.pid)


def test_one_worker_publishes_one_edit_after_another(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("a.md", item("First"))
    running = daemon(start_new_session=True).wait_until_ready()
    before = of_session(running.process.pid)
    for number in range(2):
        site.write("a.md", item(f"Edition {number}"))
        running.sync()
        assert site.titles() == {f"Edition {number}"}
    assert of_session(running.process.pid) == before
    assert len(before) == 3, "feedd, its fork server, and a worker"


def test_processes_that_are_killed_while_they_wait_are_replaced(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("a.md", item("First"))
    running = daemon(start_new_session=True).wait_until_ready()
    for number in range(3):
        for pid in of_session(running.process.pid) - {running.process.pid}:
            os.kill(pid, signal.SIGKILL)
        site.write("a.md", item(f"Edition {number}"))
        running.sync()
        assert site.titles() == {f"Edition {number}"}
    assert running.stop() == 0
    assert_no_orphan(running.process.pid)


def test_each_item_has_its_whole_budget_however_soon_it_follows_another() -> None:
    clock, number, until = Budget(), 0, process_time() + 0.6
    try:
        while process_time() < until:
            clock.begin(number := number + 1)
            assert signal.getitimer(signal.ITIMER_PROF)[0] >= SECONDS
    finally:
        clock.end()
    assert {signal.getitimer(kind) for kind in (signal.ITIMER_PROF, signal.ITIMER_REAL)} == {(0.0, 0.0)}
