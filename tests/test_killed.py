"""Passes that are killed, and readers that look on: nobody ever sees half of anything, and the next pass mends all."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import suppress

import pytest
from support import FEEDD, Site, assert_no_orphan, end, fault, inodes, item, of_session, tree

from feedd.render.recovery.index_parts import is_index_part

ITEMS = 300
KILLS = 7  # from each of two beginnings, with one process and with several


def write_items(site: Site, edition: int) -> None:
    """All items, with every date in them, so that nothing depends on when they are first seen or published."""
    for number in range(ITEMS):
        site.write(
            f"{number % 5}/{number}.md",
            item(
                f"Title {number}, edition {edition}",
                f"https://example.org/{number}",
                date=f"2024-05-{number % 28 + 1:02}T{number % 24:02}:00:00Z",
                updatedDateTime=f"2025-0{edition}-01",
                topics=[f"Topic {number % 45}"],
                provider=f"Provider {number % 4}",
                body=f"See [[{number + 1}]]. " + "Many words. " * 50,
            ),
        )


class Stage:
    """Items in their second edition; the feeds and the state that the first left; what the second has to leave."""

    def __init__(self, site: Site, workers: int, precompress: tuple[str, ...] = ()) -> None:
        self.site = site
        self.random = random.Random(workers)
        site.configure(workers=workers, precompress=precompress)
        write_items(site, 1)
        site.render("--feeds", "first/feeds", "--state", "first/state")
        write_items(site, 2)
        started = time.monotonic()
        assert site.process("render", "--feeds", "second", "--state", "second-state").returncode == 0
        self.duration = time.monotonic() - started
        self.wanted = tree(site.root / "second")
        feeds = [path for path in self.wanted if not is_index_part(path)]
        assert len(feeds) == (4 * (45 + 4 + 1 + 2) + 4) * (1 + len(precompress))

    def begin(self, beginning: str) -> None:
        """Puts feeds and state back to where a pass begins."""
        site = self.site
        shutil.rmtree(site.feeds, ignore_errors=True)
        shutil.rmtree(site.state, ignore_errors=True)
        if beginning == "first edition":
            shutil.copytree(site.root / "first/feeds", site.feeds)
            shutil.copytree(site.root / "first/state", site.state)

    def killed(self, beginning: str) -> subprocess.Popen[bytes]:
        """A pass that was killed at some moment: one that ended before is begun again, to be killed sooner."""
        share = 1.0
        while True:
            self.begin(beginning)
            process = self._killed(share)
            if process.returncode < 0:
                return process
            assert share > 0.001, "a pass ends before it can be killed"
            share /= 2

    def _killed(self, share: float) -> subprocess.Popen[bytes]:
        """A pass that is killed after so many documents, or so long after its start, if it has not ended by then."""
        process = subprocess.Popen(
            [*FEEDD, "render", "--quiet"],
            cwd=self.site.root,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            if self.random.random() < 0.5:
                written = self.random.random() * share * len(self.wanted)
                before = inodes(self.site.feeds)
                while process.poll() is None and len(inodes(self.site.feeds) - before) < written:
                    pass
            else:
                deadline = time.monotonic() + self.random.random() * share * self.duration
                while process.poll() is None and time.monotonic() < deadline:
                    pass
        finally:
            end(process)
        return process


@pytest.mark.parametrize(("workers", "precompress"), [(1, ()), (2, ()), (2, ("gzip", "brotli"))])
def test_what_a_killed_pass_left_is_made_good_by_the_next(
    site: Site, workers: int, precompress: tuple[str, ...]
) -> None:
    stage = Stage(site, workers, precompress)
    for beginning in ("nothing", "first edition") * KILLS:
        process = stage.killed(beginning)
        documents = tree(site.feeds) if site.feeds.exists() else {}
        faults = {
            path: found
            for path, data in documents.items()
            if not path.endswith(".new") and (found := fault(path, data))
        }
        assert not faults
        assert_no_orphan(process.pid)
        report = site.render()
        assert site.documents() == stage.wanted
        assert not report.remarks
        assert site.render().written == ()


def test_a_reader_sees_the_old_document_or_the_new_one_at_every_moment(site: Site) -> None:
    stage = Stage(site, 2)
    first = tree(site.root / "first/feeds")
    seen = {"first": 0, "second": 0}
    for _ in range(4):
        stage.begin("first edition")
        process = subprocess.Popen([*FEEDD, "render", "--quiet"], cwd=site.root)
        try:
            while process.poll() is None:
                for path in stage.random.sample(sorted(first), 25):
                    data = (site.feeds / path).read_bytes()
                    assert data in (first[path], stage.wanted[path])
                    seen["first"] += data == first[path]
                    seen["second"] += data != first[path]
        finally:
            end(process)
        assert process.returncode == 0
        assert site.documents() == stage.wanted
    assert seen["first"] > 100
    assert seen["second"] > 100


def test_readers_of_a_first_pass_never_see_an_empty_or_ill_formed_document(site: Site) -> None:
    stage = Stage(site, 1)
    stage.begin("nothing")
    reads = 0
    process = subprocess.Popen([*FEEDD, "render", "--quiet"], cwd=site.root)
    try:
        while process.poll() is None:
            for path in stage.random.sample(sorted(stage.wanted), 25):
                if (site.feeds / path).exists():
                    assert (site.feeds / path).read_bytes() == stage.wanted[path]
                    reads += 1
    finally:
        end(process)
    assert site.documents() == stage.wanted
    assert reads > 10


@pytest.mark.parametrize("beginning", ["nothing", "first edition"])
@pytest.mark.parametrize("spared", ["nobody", "the fork server"])
def test_worker_processes_that_are_killed_are_done_without(site: Site, beginning: str, spared: str) -> None:
    stage = Stage(site, 2)
    stage.begin(beginning)
    process = subprocess.Popen([*FEEDD, "render", "--quiet"], cwd=site.root, start_new_session=True)
    try:
        workers: list[int] = []
        while process.poll() is None and len(workers) < 2:
            workers = sorted(of_session(process.pid) - {process.pid})
        for pid in workers[spared == "the fork server" :]:  # which is the first of them, where numbers have not wrapped
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert process.wait(60) == 0
    finally:
        end(process)
    assert workers
    assert site.documents() == stage.wanted
    assert_no_orphan(process.pid)
