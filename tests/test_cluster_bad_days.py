"""Whatever becomes of a cluster, the pass leaves what it would have left, and says what was lost."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cluster_work import LARGE, PLACES, Placed, gated, killing, task
from clusters import Everything, Folders, LocalCluster, executor, local_cluster, parent_of, slow_link
from support import Running, Site, item, tree, wait_until
from test_budget import stalling
from test_seams import NOON

from feedd.model import Report
from feedd.run.cancellation import Cancellation, Cancelled
from feedd.run.executor.cluster import Cluster
from feedd.run.executor.cluster_settings import ClusterSettings, TlsFiles
from feedd.run.executor.executor_protocol import Task
from feedd.run.executor.in_process import InProcess

PATIENCE = 3.0
HERE = "; the work goes on with processes of this machine"


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A cluster whose workers tests may end, and which says after two of them that a task kills its workers."""
    folder = tmp_path_factory.mktemp("mortal")
    with local_cluster(folder, workers=0, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1") as cluster:
        yield cluster


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[LocalCluster]:
    """A cluster for a single test, with a worker."""
    with local_cluster(tmp_path / "doomed") as cluster:
        yield cluster


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def warm_up(cluster: Cluster) -> None:
    """Has the workers start their processes. After that, they are to answer soon."""
    list(cluster.map(PLACES, jobs(range(40)), many=True))
    cluster.patience = PATIENCE


def jobs(numbers: range) -> list[tuple[None, list[int]]]:
    return [(None, [number]) for number in numbers]


def in_the_middle(
    cluster: Cluster, work: Task[None, int, Placed], numbers: range, act: Callable[[], object], begun: Path
) -> list[int]:
    """Numbers after work that is not done when `act` is called, but has begun."""
    outcomes = cluster.map(work, jobs(numbers), many=True)
    found = [next(outcomes)]
    wait_until(begun.exists, 60.0, lambda: "the work did not begin")
    act()
    found += outcomes
    assert not any(each.failed for each in found)
    return [number for each in found for number, _ in each.result]


def remark(cluster: Cluster) -> str:
    """All that is said of the cluster: a sentence."""
    assert len(cluster.remarks()) == 1, cluster.remarks()
    (words,) = cluster.remarks()
    start = f"the cluster {cluster.settings.address} "
    assert words.startswith(start)
    return words.removeprefix(start)


def test_the_work_of_a_worker_that_hangs_is_done_here_and_the_worker_is_set_aside(
    mortal: LocalCluster, tmp_path: Path
) -> None:
    first, second = mortal.need_workers(2)
    numbers = range(40)
    with executor(mortal.settings) as cluster:
        warm_up(cluster)
        first.send_signal(signal.SIGSTOP)
        try:
            outcomes = [each.result[0] for each in cluster.map(PLACES, jobs(numbers), many=True)]
        finally:
            first.send_signal(signal.SIGCONT)
        assert [number for number, _ in outcomes] == [*numbers]
        assert {parent_of(place) for _, place in outcomes} == {second.pid, os.getpid()}
        words = "has a worker that does not answer; the work on numbers "
        assert all(each.startswith(f"the cluster {mortal.address} {words}") for each in cluster.remarks())
        assert all(each.endswith(" was done here") for each in cluster.remarks())


@pytest.mark.parametrize("stage", ["reading", "publishing"])
def test_a_worker_that_is_killed_in_the_middle_of_a_cold_pass_is_not_missed(
    mortal: LocalCluster, tmp_path: Path, stage: str
) -> None:
    victim, _ = mortal.need_workers(2)
    report = cold_pass(tmp_path, mortal.settings, stage, lambda: kill(victim))
    assert report.remarks == ()


def test_a_pass_goes_on_here_when_all_workers_are_killed(mortal: LocalCluster, tmp_path: Path) -> None:
    workers = mortal.need_workers(2)
    report = cold_pass(tmp_path, mortal.settings, "reading", lambda: [*map(kill, workers)])
    assert report.remarks == (f"the cluster {mortal.address} has no workers left{HERE}",)


def cold_pass(root: Path, settings: ClusterSettings, stage: str, act: Callable[[], object]) -> Report:
    """A first pass on a cluster; `act` is called when a stage has first got something from there. Its documents are
    those that a process leaves.
    """
    acted: list[str] = []

    def progress(what: str, _done: int, _of: int) -> None:
        if what == stage and not acted:
            acted.append(what)
            act()

    def start(count: int, while_waiting: Callable[[], None]) -> Cluster:
        return Everything(settings, count, while_waiting, alone=1.0)

    sites = [Folders(root / "there", start, progress), Folders(root / "here", InProcess)]
    reports = []
    for site in sites:
        for number in range(600):
            site.edit(f"{number}.md", item(f"Title {number}", topics=[f"Topic {number % 50}"]))
        with site.publisher as publisher:
            reports.append(publisher.publish(NOON))
    assert acted == [stage]
    assert reports[0].written == reports[1].written
    assert tree(sites[0].root / "feeds") == tree(sites[1].root / "feeds")
    return reports[0]


def test_workers_that_are_being_started_are_waited_for(tmp_path: Path) -> None:
    with local_cluster(tmp_path / "empty", workers=0) as empty, executor(empty.settings) as cluster:
        cluster.alone = 0.1
        assert cluster.sees_files(many=True)
        assert remark(cluster) == f"has no workers{HERE}"
        cluster.rest()
        cluster.alone = 60.0
        worker = empty.add_worker()
        found = [each.result[0] for each in cluster.map(PLACES, jobs(range(20)), many=True)]
        assert {parent_of(place) for _, place in found} == {worker.pid}
        assert cluster.remarks() == ()
    assert "Traceback" not in empty.log()


def test_work_that_kills_its_workers_is_done_here_and_named(mortal: LocalCluster) -> None:
    mortal.need_workers(3)
    with executor(mortal.settings) as cluster:
        outcomes = cluster.map(task(killing, 7, os.getpid()), [(None, [5]), (None, [6, 7])], many=True)
        assert [number for each in outcomes for number, _ in each.result] == [5, 6, 7]
        words = "lost 2 workers, one after the other, to the work on numbers 6, 7; it was done here"
        assert remark(cluster) == words


def test_a_pass_goes_on_here_when_the_scheduler_ends_and_the_next_tries_it_again(
    doomed: LocalCluster, tmp_path: Path
) -> None:
    numbers = range(12)

    def end_the_scheduler() -> None:
        kill(doomed.scheduler)
        (tmp_path / "open").touch()

    with executor(doomed.settings) as cluster:
        work = task(gated, tmp_path, 1)
        assert in_the_middle(cluster, work, numbers, end_the_scheduler, tmp_path / "begun 1") == [*numbers]
        words = "was lost: its scheduler has ended, or cannot be reached"
        assert remark(cluster) == words + HERE
        cluster.rest()
        assert [each.result[0][0] for each in cluster.map(PLACES, jobs(numbers), many=True)] == [*numbers]
        assert remark(cluster).startswith("cannot be reached: ")


def test_a_pass_goes_on_here_when_the_scheduler_hangs(doomed: LocalCluster, tmp_path: Path) -> None:
    numbers = range(12)

    def stop_the_scheduler() -> None:
        doomed.scheduler.send_signal(signal.SIGSTOP)
        (tmp_path / "open").touch()

    with executor(doomed.settings) as cluster:
        warm_up(cluster)
        work = task(gated, tmp_path, 1)
        assert in_the_middle(cluster, work, numbers, stop_the_scheduler, tmp_path / "begun 1") == [*numbers]
        assert remark(cluster) == f"does not answer within {PATIENCE:g} seconds{HERE}"


def test_a_slow_link_is_no_loss(mortal: LocalCluster) -> None:
    mortal.need_workers(1)
    with slow_link(mortal.address, rate=4 << 20) as address, executor(ClusterSettings(address)) as cluster:
        warm_up(cluster)
        large = [(None, [250_000]) for _ in range(80)]  # 20 MB, and 5 seconds
        assert [each.result for each in cluster.map(LARGE, large, many=True)] == [250_000] * 80
        assert cluster.remarks() == ()


def test_a_cancelled_pass_takes_its_work_back(mortal: LocalCluster, tmp_path: Path) -> None:
    import distributed

    mortal.need_workers(1)
    cancellation = Cancellation()

    def look() -> None:
        if (tmp_path / "begun 1").exists():
            cancellation.cancel()
        cancellation.check()

    def tasks(dask_scheduler: distributed.Scheduler) -> int:
        return len(dask_scheduler.tasks)

    with distributed.Client(mortal.address, set_as_default=False) as client:
        with executor(mortal.settings, look) as cluster:
            list(cluster.map(PLACES, jobs(range(12)), many=True))
            wait_until(lambda: client.run_on_scheduler(tasks) == 0, 30.0, lambda: "results are kept")
            with pytest.raises(Cancelled):
                list(cluster.map(task(gated, tmp_path, 1), jobs(range(12)), many=True))
            assert client.run_on_scheduler(tasks) > 0
        wait_until(lambda: client.run_on_scheduler(tasks) == 0, 30.0, lambda: "work is still wanted")
    (tmp_path / "open").touch()


def test_a_daemon_says_once_what_was_lost_and_ends_when_it_is_told_to(
    doomed: LocalCluster, site: Site, daemon: Callable[..., Running]
) -> None:
    site.write("a.md", item("A"))
    running = daemon("--workers", doomed.address, env=stalling(STALL_MANY="1")).wait_until_ready()
    for name in ("b.md", "c.md", "d.md"):
        site.write(name, item(name))
    running.sync()
    assert "cluster" not in running.log
    assert f"  workers    {doomed.address}, for large passes\n" in site.run("status").out
    kill(doomed.scheduler)
    for name in ("e.md", "f.md", "g.md"):
        site.write(name, item(name))
    running.sync()
    running.wait_for_log("cannot be reached")
    (line,) = [line for line in site.run("status").out.splitlines() if line.startswith("  workers ")]
    lost = "; the last of them went on here: the cluster cannot be reached: "
    assert line.startswith(f"  workers    {doomed.address}, for large passes{lost}")
    assert running.log.count("the cluster ") == 1
    assert len(site.titles()) == 7
    assert running.stop() == 0
    assert "Traceback" not in running.log


# Certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], TlsFiles]:
    """Makes an authority with this name, and a certificate that it signed."""

    def make(name: str) -> TlsFiles:
        folder = tmp_path_factory.mktemp(name)
        ca, ca_key, cert, key = (folder / each for each in ("ca.pem", "ca-key.pem", "cert.pem", "key.pem"))
        common = [
            "openssl",
            "req",
            "-x509",
            "-nodes",
            "-days",
            "2",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ]
        for extra, files in (
            (["-subj", f"/CN={name}"], (ca, ca_key)),
            (["-subj", "/CN=feedd", "-CA", str(ca), "-CAkey", str(ca_key)], (cert, key)),
        ):
            out = ["-out", str(files[0]), "-keyout", str(files[1])]
            subprocess.run([*common, *extra, *out], check=True, capture_output=True)
        return TlsFiles(ca, cert, key)

    return make


def test_a_cluster_with_certificates_works_for_who_shows_one_of_its_authority(
    certificates: Callable[[str], TlsFiles], tmp_path: Path
) -> None:
    with local_cluster(tmp_path / "cluster", workers=1, tls=certificates("right")) as safe:
        assert safe.address.startswith("tls://")
        with executor(safe.settings) as cluster:
            found = [each.result[0][0] for each in cluster.map(PLACES, jobs(range(20)), many=True)]
            assert found == [*range(20)]
            assert cluster.remarks() == ()
        stranger = ClusterSettings(safe.address, certificates("wrong"))
        plain = ClusterSettings(safe.address.replace("tls://", "tcp://"))
        for settings in (stranger, plain):
            with executor(settings) as cluster:
                assert cluster.sees_files(many=True)
                assert remark(cluster).startswith("cannot be reached: ")
