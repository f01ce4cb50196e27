"""What ranking costs: telling stories, reconciling with nothing to do, and a change of one heat in a hundred.

    N items within one window -- keys in common, stories -> seconds at each size: they have to grow as the sizes do
    corpus of N files -- cold -> again -> nothing to do, beside a bare stat walk -> one heat in a hundred -> undone

Passes are made in this process, over all of the items' directory, as `feedd run` reconciles. The exit status is 0
whether targets are reached or missed, and 1 when something broke.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import news
from benchmarks.common import Target, positive, print_targets, save, workdir
from feedd.cli.setup import items_directory
from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.config.section_values import Directories
from feedd.decide.stories.clusters import build_stories, make_candidate, story_keys
from feedd.decide.stories.matching import KeyedEntry, matching_pairs
from feedd.decide.stories.story_settings import StorySettings
from feedd.model import Item, Provider, Related
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.ledger.database import connect
from feedd.store.ledger.story_rows import StoryRows
from feedd.store.state_directory import StateDirectory

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (10_000, 30_000, 100_000)
WINDOW = 7 * 86400
_HEAT = re.compile(r"^heat: (\d+)$", re.MULTILINE)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=positive, default=100_000, help="items to reconcile (default: 100000)")
    parser.add_argument("--runs", type=positive, default=3, help="runs of which the median counts (default: 3)")
    parser.add_argument("--workdir", type=Path, help="keep the corpus here for the next time")
    options = parser.parse_args(argv)
    curve = {size: _median(options.runs, _telling(size)) for size in SIZES}
    print("Telling the stories of N items within one window")
    for size, seconds in curve.items():
        print(f"  {size:>8,} items  {seconds:7.3f} s  {seconds / size * 1e6:6.2f} us each")
    try:
        with workdir(options.workdir) as folder:
            record = _reconciling(folder, options.size, options.runs)
    except OSError as error:
        print(f"The benchmark broke: {error}", file=sys.stderr)
        return 1
    print(f"Reconciling {options.size:,} items")
    for step, seconds in record.items():
        print(f"  {step:32} {seconds:8.3f} s")
    targets = _targets(curve, record)
    print_targets(f"at {options.size:,} items", targets)
    save("ranking", options.runs, {"curve": curve, "steps": record}, targets)
    return 0


def _targets(curve: dict[int, float], record: dict[str, float]) -> list[Target]:
    growth = (curve[SIZES[-1]] / SIZES[-1]) / (curve[SIZES[0]] / SIZES[0])
    over = record["nothing to do"] - 1.5 * record["a bare stat walk"]
    faster = record["cold"] / record["one heat in a hundred"]
    return [
        Target("telling: time per item, largest over smallest", growth, "x", "<= 1.5", growth <= 1.5),
        Target("nothing to do, beyond 1.5 stat walks", over * 1000, "ms", "<= 200", over <= 0.2),
        Target("one heat in a hundred, faster than cold", faster, "x", ">= 10", faster >= 10),
    ]


def _median(runs: int, act: Callable[[], None]) -> float:
    return statistics.median(_timed(act) for _ in range(runs))


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _telling(size: int) -> Callable[[], None]:
    """What tells the stories of `size` items within one window, of which each tenth lists the one before it."""
    items = [_item(index, size) for index in range(size)]
    dates = [index * WINDOW // size for index in range(size)]
    keys = StoryRows(connect(None))
    rows = [KeyedEntry(dates[at], at, story_keys(items[at])) for at in range(size)]
    keys.keep(range(size), rows)

    def act() -> None:
        settings = StorySettings()
        pairs = list(keys.all_pairs(WINDOW))
        found = set().union(*((one, other) for one, other, _ in pairs))
        candidates = {at: make_candidate(rows[at], str(at), items[at], settings) for at in found}
        indeed = matching_pairs(candidates, pairs)
        told = build_stories((candidates[at] for at in set().union(*indeed)), indeed, settings)
        assert len(told) > size // 20

    return act


def _item(index: int, size: int) -> Item:
    one = news.item(index, size)
    link = "https://news.example/{}"
    related = (Related("r", link.format(index - 1), provider="Another"),) if index % 10 == 1 else ()
    # The corpus has so few words that in one window most of its titles would share three of the longest four.
    name = "".join(chr(ord("a") + index * 7919 // 26**place % 26) for place in range(5))
    return Item(f"{one.title} in {name}borough", link.format(index), provider=Provider(one.provider), related=related)


def _reconciling(folder: Path, size: int, runs: int) -> dict[str, float]:
    """Seconds of each step."""
    seeds = folder / f"corpus-{size}"
    news.write(seeds, size)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f"ranking-{size}-") as made:
        config = Config(base_url="https://feeds.example/", directories=Directories(seeds, Path(made) / "feeds"))
        state = StateDirectory(Path(made) / "state")
        feeds = FeedsDirectory(config.directories.feeds)
        with Publisher(items_directory(config), feeds, state, pass_settings(config)) as publisher:

            def reconcile() -> None:
                report = publisher.publish(datetime.now(UTC))
                assert not report.refused
                assert not report.failed

            record = {"cold": _timed(reconcile)}
            reconcile()
            record["a bare stat walk"] = _median(runs, lambda: _walk(seeds))
            record["nothing to do"] = _median(runs, reconcile)
            chosen = [seeds / news.item(index, size).path for index in range(0, size, 100)]
            times = []
            for run in range(runs):
                before = {path: path.read_text() for path in chosen}
                for path, text in before.items():
                    path.write_text(_HEAT.sub(rf"heat: \g<1>.{run + 1}", text))
                times.append(_timed(reconcile))
                for path, text in before.items():
                    path.write_text(text)
                reconcile()
            record["one heat in a hundred"] = statistics.median(times)
    return record


def _walk(folder: Path) -> None:
    """Looks at every file, as anything has to that wants to know what changed."""
    for path, _, names in os.walk(folder):
        for name in names:
            os.stat(f"{path}/{name}")  # noqa: PTH116 - as bare as can be


if __name__ == "__main__":
    raise SystemExit(main())
