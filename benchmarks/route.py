"""The route of one file through a pass: which modules it visits, in their order, and how often the way changes module.

    python -m benchmarks.route

A site of a few items is published, then one item is changed and published again, in this process alone. The route is
that of the second pass. Nothing is timed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import feedd
from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.run.executor.in_process import InProcess
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.items import ItemsDirectory
from feedd.store.state_directory import StateDirectory

_FEEDD = f"{Path(feedd.__file__).parent}/"
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_ITEM = """---
title: {title}
webUrl: https://news.example/{number}
publishedDateTime: 2025-12-{number:02}T08:00:00Z
excerpt: What happened, in a sentence.
provider: {{name: The Paper}}
topics: [Science]
---
A text of *some* words.
"""


class Route(NamedTuple):
    """`modules`: each time that the way enters another module, its path below feedd/. `now`: the same of functions that
    are told the time. `calls`: how many functions of feedd's were called.
    """

    modules: list[str]
    now: list[str]
    calls: int


def traced(root: Path) -> Route:
    """The route of a file that is changed, through a pass over a site in `root`."""
    modules: list[str] = []
    now: list[str] = []
    calls = 0

    def note(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(_FEEDD):
            return
        calls += 1
        name = code.co_filename.removeprefix(_FEEDD).removesuffix(".py")
        if modules[-1:] != [name]:
            modules.append(name)
        if "now" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] and now[-1:] != [name]:
            now.append(name)

    with _publisher(root) as publisher:
        for day in range(3):  # what is loaded late is loaded by now, and what is done once is done
            _write(root, 1, f"A title of day {day}")
            publisher.publish(_BEGIN + timedelta(days=day))
        _write(root, 1, "The title that changed")
        sys.setprofile(note)
        try:
            publisher.publish(_BEGIN + timedelta(days=9))
        finally:
            sys.setprofile(None)
    return Route(modules, now, calls)


def _publisher(root: Path) -> Publisher:
    config = Config()
    rules = config.items
    (root / "seeds").mkdir()
    for number in (2, 3):
        _write(root, number, f"Item {number}")
    source = ItemsDirectory(root / "seeds", rules.suffixes, rules.ignored, rules.max_bytes)
    documents, state = FeedsDirectory(root / "feeds"), StateDirectory(root / "state")
    return Publisher(source, documents, state, pass_settings(config), executor=InProcess)


def _write(root: Path, number: int, title: str) -> None:
    (root / f"seeds/{number}.md").write_text(_ITEM.format(number=number, title=title))


def main() -> None:
    """Prints the route."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as root:
        route = traced(Path(root))
    entered = Counter(route.modules)
    for name in entered:
        print(f"{entered[name]:5} {name}")
    again = [name for name, times in Counter(route.now).items() if times > 1]
    print(f"{len(entered)} modules, {len(route.modules)} changes of module, {route.calls} calls")
    print(f"now is told to: {' -> '.join(dict.fromkeys(route.now))}")
    print(f"to which more than once: {', '.join(again) or 'none'}")


if __name__ == "__main__":
    main()
