"""feedd's daemon and Hugo's watcher over the same corpora: how soon an edit shows, how soon a burst has settled, rest.

    corpus of N files, watched -- for each sample: edit one title -> every document that shows it has the new one
                               -- burst: rewrite many files      -> every document that shows one of them has all
                               -- a minute without a change      -> CPU time and memory

Time begins with the end of the write (of the last one, for a burst) and ends when the last document that showed an
item shows the edit. Which documents those are is read from the output beforehand, by the items' links.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import hugo, measure, news
from benchmarks.common import (
    ROOT,
    SIZES,
    Target,
    compile_modules,
    free_port,
    positive,
    print_targets,
    save,
    sizes,
    workdir,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

JUDGED, BURST_SIZE = 100_000, 10_000
BURSTS = {1_000: 8, 5_000: 4}  # files rewritten, and how many times as fast as Hugo their documents are due
IDLE_MB = {10_000: 60, 100_000: 100}  # memory at most, by the number of items
QUIET_MS = 40.0  # the default of daemon.quiet
PATIENCE = 300.0  # seconds after which an edit counts as lost
_LINK = re.compile(r"^webUrl: \"?([^\"\n]+)\"?$", re.MULTILINE)
_URL = re.compile(rb"(?<=[>\"])https?://[^<\"]+")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Watcher:
    """A program that keeps feeds of a folder in step. `output` is where they go."""

    name: str
    command: list[str | Path]
    output: Path


@dataclass
class Figures:
    """What was measured of one watcher at one size: milliseconds, seconds by size of burst, percent, bytes."""

    latency: list[float]
    bursts: dict[int, float]
    after_rest: float | None = None
    idle_cpu: float | None = None
    memory: int | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    options = _parser().parse_args(argv)
    binary = None if options.no_hugo else hugo.binary()
    found: dict[int, dict[str, Figures]] = {}
    try:
        compile_modules()
        with workdir(options.workdir) as folder:
            for size in options.sizes:
                found[size] = dict(_measure_size(folder, size, options, binary))
    except (measure.BenchmarkError, OSError) as error:
        print(f"The benchmark broke: {error}", file=sys.stderr)
        return 1
    targets = _targets(found)
    _print(found)
    print_targets("of the daemon", targets)
    record = {size: {name: vars(each) for name, each in sides.items()} for size, sides in found.items()}
    save("daemon", options.samples, {"sizes": record}, targets)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.daemon",
        description="Measure feedd's daemon beside Hugo's watcher: latency of an edit, bursts, rest.",
        epilog="Exit status: 0 whether targets are reached or missed; 1 when something broke.",
    )
    add = parser.add_argument
    add("--sizes", type=sizes, default=SIZES, help="numbers of items (default: 1000,10000,100000)")
    add("--samples", type=positive, default=20, help="edits of which the median counts (default: 20)")
    add("--idle", type=positive, default=60, help="seconds of rest that are measured (default: 60)")
    add("--workdir", type=Path, help="keep the corpora here for the next time (default: a temporary folder)")
    add("--no-hugo", action="store_true", help="measure feedd alone")
    return parser


def _measure_size(
    folder: Path, size: int, options: argparse.Namespace, binary: Path | None
) -> Iterator[tuple[str, Figures]]:
    seeds = folder / f"corpus-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    news.write(seeds, size)
    edited = news.newest_news(size, options.samples)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f"daemon-{size}-") as made:
        watchers = [feedd_watcher(Path(made), seeds, f"127.0.0.1:{free_port()}")]
        if binary:
            watchers.append(_hugo(Path(made), seeds, binary))
        for each in watchers:
            print(f"{size:,} items, {each.name}", file=sys.stderr)
            with running(each) as process:
                wait_until_all_is_there(each, size)
                figures = Figures(list(latencies(each, seeds, size, edited)), {})
                if each.name == "feedd":
                    figures.idle_cpu, figures.memory = _rest(process.pid, options.idle)
                    (figures.after_rest,) = latencies(each, seeds, size, edited[:1])
                else:
                    figures.memory = measure.memory_of_tree(process.pid)
                if size == BURST_SIZE:
                    figures.bursts = {count: _burst(each, seeds, size, count) for count in BURSTS}
            yield each.name, figures


def feedd_watcher(folder: Path, seeds: Path, listen: str = "off") -> Watcher:
    """`feedd run` on these items."""
    config, feeds = folder / "feedd.yaml", folder / "feeds"
    config.write_text(f"base_url: https://example.org/\ntitle: bench\nlimit: {hugo.LIMIT}\n")
    places: list[str | Path] = ["--config", config, "--seeds", seeds, "--feeds", feeds, "--state", folder / "state"]
    return Watcher("feedd", [sys.executable, "-m", "feedd", "run", "--listen", listen, *places], feeds)


def _hugo(folder: Path, seeds: Path, binary: Path) -> Watcher:
    site, public = folder / "site", folder / "public"
    hugo.write_site(site, seeds)
    return Watcher("Hugo", [*hugo.command(binary, site, public), "--watch"], public)


@contextmanager
def running(watcher: Watcher) -> Iterator[subprocess.Popen[bytes]]:
    """A watcher at work."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [os.fspath(part) for part in watcher.command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
            if process.poll() is not None:
                said.seek(0)
                raise measure.BenchmarkError(f"{watcher.name} has ended: {said.read()[-2000:].decode()}")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_all_is_there(watcher: Watcher, size: int) -> None:
    """Waits for the first build, and then until an edit of an item shows: only then does it surely watch."""
    seeds_index = news.newest_news(size, 1)[0]
    seeds = Path(f"{watcher.output}").parent.parent / f"corpus-{size}"
    _wait(lambda: len(_shows(watcher, [_link(seeds_index, size)])) >= 2, "the first build")
    deadline = time.monotonic() + PATIENCE
    number = 0
    while True:  # what is saved before a watcher is ready may be lost to it
        mark = f" ready {number}"
        news.put(seeds, seeds_index, size, mark)
        until = min(deadline, time.monotonic() + 5 + size / 10_000)
        while time.monotonic() < until:
            if any(mark.encode() in path.read_bytes() for path in _documents(watcher)):
                news.put(seeds, seeds_index, size)
                _wait(lambda: not any(b" ready " in path.read_bytes() for path in _documents(watcher)), "the undoing")
                return
            time.sleep(0.05)
        if time.monotonic() >= deadline:
            raise measure.BenchmarkError(f"{watcher.name} shows no edit")
        number += 1


def latencies(watcher: Watcher, seeds: Path, size: int, edited: Sequence[int]) -> Iterator[float]:
    """Milliseconds from the end of a write until all that shows the item shows it as edited."""
    for number, index in enumerate(edited):
        mark = f" edited {number} just now"
        shows = _shows(watcher, [_link(index, size)])
        text = news.text(index, size, mark).encode()
        (seeds / news.item(index, size).path).write_bytes(text)
        began = time.perf_counter()
        _wait_for_marks(dict.fromkeys(shows, 1), mark.encode(), pause=0.001)
        yield (time.perf_counter() - began) * 1000
        news.put(seeds, index, size)
        _wait(
            lambda shows=shows, mark=mark: not any(mark.encode() in path.read_bytes() for path in shows), "the undoing"
        )


def _burst(watcher: Watcher, seeds: Path, size: int, count: int) -> float:
    """Seconds from the end of the last write until everything that shows one of the items shows it as rewritten."""
    chosen = random.Random(count).sample(range(size), count)
    published = [index for index in chosen if news.item(index, size).published]
    shows = _shows(watcher, [_link(index, size) for index in published])
    mark = f" rewritten with {count} others"
    for index in chosen:
        (seeds / news.item(index, size).path).write_bytes(news.text(index, size, mark).encode())
    began = time.time()
    _wait_for_marks(shows, mark.encode(), pause=0.02)
    seconds = max(path.stat().st_ctime for path in shows) - began  # when the last one took its place
    for index in chosen:
        news.put(seeds, index, size)
    _wait(lambda: not any(mark.encode() in path.read_bytes() for path in _documents(watcher)), "the undoing of a burst")
    return seconds


def _link(index: int, size: int) -> bytes:
    found = _LINK.search(news.text(index, size))
    return found[1].encode() if found else b"\0"  # a wiki page is known by its video, which is not looked for


def _documents(watcher: Watcher) -> list[Path]:
    return [path for path in watcher.output.rglob("*") if path.suffix in (".xml", ".json") and path.name[0] != "."]


def _shows(watcher: Watcher, links: Sequence[bytes]) -> Counter[Path]:
    """The documents that show items with these links, and how many of them each."""
    wanted = set(links) - {b"\0"}
    found: Counter[Path] = Counter()
    for path in _documents(watcher):
        if number := len(wanted.intersection(_URL.findall(path.read_bytes()))):
            found[path] = number
    return found


def _wait_for_marks(shows: Mapping[Path, int], mark: bytes, pause: float) -> None:
    """Waits until each document has the mark as often as it shows items. It looks at one document at a time, every
    `pause` seconds, to leave the processor to the watcher.
    """
    deadline = time.perf_counter() + PATIENCE
    waiting = sorted(shows.items())
    while waiting:
        path, number = waiting[-1]
        try:
            if path.read_bytes().count(mark) >= number:
                waiting.pop()
                continue
        except FileNotFoundError:
            pass
        if time.perf_counter() > deadline:
            raise measure.BenchmarkError(f"an edit was lost: {len(waiting)} documents do not show it")
        time.sleep(pause)


def _wait(condition, what: str) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except FileNotFoundError:
            pass
        if time.monotonic() > deadline:
            raise measure.BenchmarkError(f"waited in vain for {what}")
        time.sleep(0.02)


def _rest(pid: int, seconds: int) -> tuple[float, int]:
    """The share of one core that a process takes at rest, in percent, and the memory of its tree in bytes."""
    time.sleep(3)  # what the last edit has left to do
    before = _cpu(pid)
    time.sleep(seconds)
    return (_cpu(pid) - before) / seconds * 100, measure.memory_of_tree(pid)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory_of(pid: int) -> int:
    """Resident bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def _targets(found: dict[int, dict[str, Figures]]) -> list[Target]:
    targets = []
    if JUDGED in found:
        ours = found[JUDGED]["feedd"]
        above = statistics.median(ours.latency) - QUIET_MS
        what = f"{JUDGED:,} items: latency above the quiet time"
        targets.append(Target(what, above, "ms", "<= 60", above <= 60))
        if ours.idle_cpu is not None:
            targets.append(Target("idle: CPU", ours.idle_cpu, "%", "< 0.2", ours.idle_cpu < 0.2))
    for size, most in IDLE_MB.items():
        if size in found and (taken := found[size]["feedd"].memory) is not None:
            memory = taken / 1e6
            targets.append(Target(f"{size:,} items, idle: memory", memory, "MB", f"<= {most}", memory <= most))
    both = found.get(BURST_SIZE, {})
    if "Hugo" in both:
        for count, seconds in both["feedd"].bursts.items():
            speed = both["Hugo"].bursts[count] / seconds
            what = f"{BURST_SIZE:,} items: {count:,} rewritten, as fast as Hugo"
            bound = BURSTS[count]
            targets.append(Target(what, speed, "times", f">= {bound}", speed >= bound))
    return targets


def _print(found: dict[int, dict[str, Figures]]) -> None:
    for size, sides in found.items():
        print(f"\n{size:,} items")
        for name, each in sides.items():
            low, middle, high = min(each.latency), statistics.median(each.latency), max(each.latency)
            print(f"  {name:6} an edit shows after {middle:8.1f} ms ({low:.1f} to {high:.1f})", end="")
            if each.after_rest is not None:
                print(f", the first after a rest {each.after_rest:.1f} ms", end="")
            for count, seconds in each.bursts.items():
                print(f", {count:,} after {seconds:.2f} s", end="")
            if each.idle_cpu is not None:
                print(f", at rest {each.idle_cpu:.3f} % CPU", end="")
            if each.memory is not None:
                print(f", {each.memory / 1e6:.0f} MB", end="")
            print()


if __name__ == "__main__":
    sys.exit(main())
