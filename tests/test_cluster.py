"""Large passes on a cluster of Dask: the same bytes, whatever becomes of the cluster."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from clusters import TESTS, LocalCluster, local_cluster
from http_support import free_addresses
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support import Site, item, tree
from test_seams import NOON, PATHS, SAID, SETTINGS

from feedd.run.executor.cluster import Cluster
from feedd.run.executor.cluster_settings import ClusterSettings
from feedd.run.executor.executor_protocol import MANY_FILES, Begin, StartExecutor, Task
from feedd.run.executor.in_process import InProcess
from feedd.run.executor.remote_work import installed
from feedd.run.executor.workers import Workers
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.items import ItemsDirectory
from feedd.store.state_directory import StateDirectory


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A cluster of two workers, for tests that leave it as it is."""
    with local_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as cluster:
        yield cluster


@contextmanager
def executor(
    settings: ClusterSettings, while_waiting: Callable[[], None] = lambda: None, patience: float = 30.0
) -> Iterator[Cluster]:
    """An executor that is ended on leaving."""
    started = Cluster(settings, 1, while_waiting, patience)
    try:
        yield started
    finally:
        started.end()


def places(job: bytes, begin: Begin) -> list[tuple[int, int]]:
    """Each number of a job, with the process that it was worked on below."""
    begin(0)
    return [(number, os.getppid()) for number in job]


def encoded(_head: None, items: Sequence[int]) -> bytes:
    return bytes(items)


PLACES: Task[None, int, list[tuple[int, int]]] = Task(places, encoded, int)


def test_many_jobs_are_done_on_the_cluster_in_order_and_few_here(shared: LocalCluster) -> None:
    with executor(shared.settings) as cluster:
        found = [each.result for each in cluster.map(PLACES, [(None, [n, n]) for n in range(200)], many=True)]
        assert [number for result in found for number, _ in result] == [n for n in range(200) for _ in (1, 2)]
        there = {parent for result in found for _, parent in result}
        (here,) = (each.result for each in cluster.map(PLACES, [(None, [1])], many=False))
        assert here[0][1] not in there
        assert len(there) == 2
        assert cluster.remarks() == ()


# A whole pass

Edits = list[tuple[str, str | None]]  # paths, and what their files say; None for a file that is gone
TOO_LARGE = item("Large", "https://news.example/large", body="A long text. " * 400)
BROKEN = "---\ntitle: Broken\npublished: [\n---\n"
EDITS = st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from([*SAID, TOO_LARGE, BROKEN])), max_size=4)


class Folders:
    """A site in local folders, whose work is done by an executor."""

    def __init__(self, root: Path, start: StartExecutor) -> None:
        self.root = root
        (root / "seeds").mkdir(parents=True)
        items = ItemsDirectory(root / "seeds", (".md",), (".*",), 4096)
        places = FeedsDirectory(root / "feeds"), StateDirectory(root / "state")
        self.publisher = Publisher(items, *places, SETTINGS, executor=start)

    def edit(self, path: str, text: str | None) -> None:
        target = self.root / "seeds" / path
        if text is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)


class Everything(Cluster):
    """A cluster to which all work counts as large."""

    def sees_files(self, *, many: bool) -> bool:
        return super().sees_files(many=True)

    def map(self, task: Any, jobs: Any, *, many: bool) -> Iterator[Any]:
        return super().map(task, jobs, many=True)


def everything(cluster: LocalCluster) -> StartExecutor:
    return partial(Everything, cluster.settings)


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
            first, *others = (replace(each, seconds=0.0) for each in reports)
            assert others == [first, first]
            assert first.remarks == reports[0].remarks
            documents = [tree(site.root / "feeds") for site in sites]
            assert documents[1:] == [documents[0]] * 2


# A cluster that cannot be used


def done_here(settings: ClusterSettings) -> tuple[str, ...]:
    """What is said of a cluster that cannot be used. The work is done here, and few are said of it."""
    with executor(settings) as cluster:
        jobs = [(None, [n]) for n in range(20)]
        for _ in range(2):
            found = [each.result for each in cluster.map(PLACES, jobs, many=True)]
            assert [number for ((number, _),) in found] == list(range(20))
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


def test_workers_with_another_version_are_not_used_and_the_versions_are_named(
    tmp_path: Path, shared: LocalCluster
) -> None:
    other = tmp_path / "other"
    (other / "nh3-0.0.1.dist-info").mkdir(parents=True)
    path = os.pathsep.join((str(other), str(TESTS)))
    with local_cluster(tmp_path / "cluster", PYTHONPATH=path) as cluster:
        (remark,) = done_here(cluster.settings)
        here = installed()["nh3"]
        assert "has no worker that can be used: tcp://" in remark
        assert f" has nh3 0.0.1 (here: {here});" in remark
        right = cluster.add_worker(PYTHONPATH=str(TESTS))
        cluster.wait_for_workers(2)
        with executor(cluster.settings) as started:
            found = [each.result for each in started.map(PLACES, [(None, [n]) for n in range(50)], many=True)]
            (remark,) = started.remarks()
            assert "has workers that are not used: tcp://" in remark
            parents = {parent for ((_, parent),) in found}
            (parent,) = parents
            assert parent_of(parent) == right.pid


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


# On the command line


def test_a_render_on_a_cluster_says_nothing_of_its_own_and_the_next_finds_nothing_to_do(
    shared: LocalCluster, site: Site
) -> None:
    for number in range(MANY_FILES):
        site.write(f"{number}.md", item(f"Title {number}", topics=[f"Topic {number % 7}"]))
    done = site.process("render", "--workers", shared.address, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "feedd" in shared.log()
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
    assert "workers: tcp://scheduler:8786 needs Dask; `pip install 'feedd[cluster]'` installs it" in done.stderr
