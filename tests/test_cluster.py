"""Large passes on a cluster of Dask: the same bytes as by the processes of this machine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from copy import copy
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest
from cluster_work import FAILING, LARGE, PLACES, Placed
from clusters import TESTS, Folders, LocalCluster, everything, executor, local_cluster, parent_of
from http_support import free_addresses
from hypothesis import given, settings
from hypothesis import strategies as st
from in_memory import MemoryDocuments, MemoryItems, Recorder
from support import Site, item, tree
from test_budget import COMPUTES, stalling, text_that
from test_seams import NOON, PATHS, SAID, SETTINGS

from feedd.run.executor.cluster_settings import ClusterSettings
from feedd.run.executor.executor_protocol import Executor, StartExecutor
from feedd.run.executor.in_process import InProcess
from feedd.run.executor.remote_work import installed
from feedd.run.executor.workers import Workers
from feedd.run.publisher import Publisher
from feedd.store.state_directory import StateDirectory

STALLING = {key: value for key, value in stalling(STALL_MANY="1").items() if key.startswith("STALL_")}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A cluster of two workers, for tests that leave it as it is. Stages may stall there."""
    path = os.pathsep.join((str(TESTS), str(TESTS / "stalling")))
    with local_cluster(tmp_path_factory.mktemp("cluster"), workers=2, PYTHONPATH=path, **STALLING) as cluster:
        yield cluster


def placed(executor: Executor, numbers: range, *, many: bool = True) -> Placed:
    """Numbers and their places, from jobs of one number each."""
    return [each for found in executor.map(PLACES, ((None, [n]) for n in numbers), many=many) for each in found.result]


def parents(found: Placed) -> set[int]:
    """The processes of the cluster that did the work."""
    return {parent_of(fork_server) for _, fork_server in found}


# Jobs


def test_many_jobs_are_done_on_the_cluster_in_order_and_few_here(shared: LocalCluster) -> None:
    with executor(shared.settings) as cluster:
        found = placed(cluster, range(200))
        assert [number for number, _ in found] == [*range(200)]
        assert parents(found) == {worker.pid for worker in shared.workers}
        assert parents(placed(cluster, range(1), many=False)) == {os.getpid()}
        assert cluster.remarks() == ()


def test_an_item_that_fails_there_is_left_out_of_its_job(shared: LocalCluster) -> None:
    with executor(shared.settings) as cluster:
        jobs = [(None, [2, 3, 4]), (None, [6]), (None, [5, 3, 8])]
        outcomes = list(cluster.map(FAILING, jobs, many=True))
        assert [[number for number, _ in each.result] for each in outcomes] == [[2, 4], [6], [8]]
        assert [sorted(number for number, _ in each.failed) for each in outcomes] == [[3], [], [3, 5]]
        assert {why for each in outcomes for _, why in each.failed} == {
            why for why in [outcomes[0].failed[0][1]] if why.startswith("a mistake in feedd (ValueError in line ")
        }
        assert {parent for each in outcomes for parent in parents(each.result)} <= {each.pid for each in shared.workers}


def test_neither_side_holds_more_than_a_bounded_number_of_jobs(shared: LocalCluster) -> None:
    drawn = count(1)
    jobs = ((None, [1 << 20 if next(drawn) else 0]) for _ in count())

    with executor(shared.settings) as cluster:
        outcomes = cluster.map(LARGE, jobs, many=True)
        ahead = [next(copy(drawn)) - taken for taken, _ in zip(range(2, 100), outcomes, strict=False)]
        assert 2 <= max(ahead) <= 2 * 3 * 3, "two workers, three requests for each, and up to three jobs a request"


# A whole pass

Edits = list[tuple[str, str | None]]  # paths, and what their files say; None for a file that is gone
TOO_LARGE = item("Large", "https://news.example/large", body="A long text. " * 400)
BROKEN = "---\ntitle: Broken\npublished: [\n---\n"
EDITS = st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from([*SAID, TOO_LARGE, BROKEN])), max_size=4)


@given(st.lists(EDITS, min_size=1, max_size=3))
@settings(max_examples=6)
def test_one_process_or_several_or_a_cluster_leave_the_same_documents(
    shared: LocalCluster, history: list[Edits]
) -> None:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        starts: tuple[StartExecutor, ...] = (InProcess, Workers, everything(shared))
        sites = [Folders(Path(folder) / str(number), start) for number, start in enumerate(starts)]
        for site in sites:
            stack.enter_context(site.publisher)
        for hours, edits in enumerate(history):
            reports = []
            for site in sites:
                for path, text in edits:
                    site.edit(path, text)
                reports.append(site.publisher.publish(NOON + timedelta(hours=hours), allow_empty=True))
            assert reports[1:] == [reports[0]] * 2
            documents = [tree(site.root / "feeds") for site in sites]
            assert documents[1:] == [documents[0]] * 2


class ItemsOfThisProcess(MemoryItems):
    """Items that no other process can read."""

    def __reduce__(self) -> NoReturn:
        raise AssertionError("it was sent")


def test_workers_are_sent_bytes_and_no_place_where_items_are(shared: LocalCluster, tmp_path: Path) -> None:
    items, documents = ItemsOfThisProcess(), MemoryDocuments()
    items.put("a.md", item("A").encode())
    state, start = StateDirectory(tmp_path / "state"), everything(shared)
    with Publisher(items, documents, state, SETTINGS, executor=start, deliver=Recorder()) as publisher:
        report = publisher.publish(NOON)
    assert (report.problems, report.remarks) == ((), ())
    assert b">A</title>" in documents.files["atom.xml"]


def test_the_budget_of_an_item_holds_there_too(shared: LocalCluster, tmp_path: Path) -> None:
    folders = Folders(tmp_path, everything(shared))
    folders.edit("good.md", item("Good"))
    folders.edit("bad.md", text_that("parsing", "computes"))
    with folders.publisher as publisher:
        report = publisher.publish(NOON)
    assert {each.path: each.reason for each in report.problems} == {"bad.md": COMPUTES}
    assert (report.entries, report.remarks) == (1, ())


# A cluster that cannot be used


def done_here(settings: ClusterSettings) -> tuple[str, ...]:
    """What is said of a cluster that cannot be used. The work is done here."""
    with executor(settings) as cluster:
        for _ in range(2):
            assert parents(placed(cluster, range(20))) == {os.getpid()}
        return cluster.remarks()


def test_without_a_scheduler_the_work_is_done_here_and_this_is_said_once() -> None:
    (address,) = free_addresses(1)
    (remark,) = done_here(ClusterSettings(f"tcp://{address}"))
    assert remark.startswith(f"the cluster tcp://{address} cannot be reached: ")
    assert remark.endswith("; the work goes on with processes of this machine")


def test_a_cluster_is_tried_again_in_the_next_pass(shared: LocalCluster) -> None:
    with executor(ClusterSettings("tcp://127.0.0.1:9")) as cluster:
        assert cluster.sees_files(many=True)
        assert len(cluster.remarks()) == 1
        cluster.settings = shared.settings
        assert cluster.sees_files(many=True), "not in the same pass"
        cluster.rest()
        assert cluster.remarks() == ()
        assert not cluster.sees_files(many=True)
        assert cluster.sees_files(many=False)


def test_workers_with_another_version_are_not_used_and_the_versions_are_named(tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "nh3-0.0.1.dist-info").mkdir(parents=True)
    path = os.pathsep.join((str(other), str(TESTS)))
    with local_cluster(tmp_path / "cluster", PYTHONPATH=path) as cluster:
        (remark,) = done_here(cluster.settings)
        assert "has no worker that can be used: tcp://" in remark
        assert f" has nh3 0.0.1 (here: {installed()['nh3']});" in remark
        right = cluster.add_worker(PYTHONPATH=str(TESTS))
        cluster.wait_for_workers()
        with executor(cluster.settings) as started:
            assert parents(placed(started, range(50))) == {right.pid}
            (remark,) = started.remarks()
            assert re.search(r"has workers that are not used: tcp://\S+ has nh3 0.0.1 \(here: [0-9.]+\)$", remark)


# On the command line


def test_a_render_on_a_cluster_says_nothing_of_its_own_and_leaves_the_same_documents(
    shared: LocalCluster, site: Site
) -> None:
    for number in range(20):
        site.write(f"{number}.md", item(f"Title {number}", topics=[f"Topic {number % 7}"]))
    environment = stalling(STALL_MANY="1")
    done = site.process("render", "--workers", shared.address, "--quiet", env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    again = site.process("render", "--workers", "1", "--format", "json")
    assert json.loads(again.stdout)["written"] == []
    here = site.run("render", "--workers", "2", "--feeds", "here", "--state", "state-here", "--quiet")
    assert here.status == 0
    assert {**tree(site.root / "here"), ".feedd-site": b""} == {**site.documents(), ".feedd-site": b""}


def test_without_dask_the_option_says_what_to_install(site: Site) -> None:
    (site.root / "lib").mkdir()
    (site.root / "lib/sitecustomize.py").write_text(
        "import importlib.abc, sys\n"
        "class Hidden(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'distributed':\n"
        "            sys.meta_path[:] = []\n"
        "        return None\n"
        "sys.meta_path.insert(0, Hidden())\n"
    )
    done = site.process("render", "--workers", "tcp://scheduler:8786", env={**os.environ, "PYTHONPATH": "lib"})
    assert done.returncode == 2
    assert "workers: tcp://scheduler:8786 needs Dask: pip install 'feedd[cluster]' (with pipx: " in done.stderr
