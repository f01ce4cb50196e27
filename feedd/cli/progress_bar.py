"""Progress of a pass: steps in; a bar on a terminal out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from feedd.daemon.terminal import is_dumb


@contextmanager
def progress_bar(*, wanted: bool) -> Iterator[Any]:
    """A callable for `Publisher`'s progress that draws a bar on a terminal. None where there is no terminal."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty() or is_dumb():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, Any] = {}

    def advance(stage: str, done: int, of: int) -> None:
        bar.start()  # not earlier: its thread would keep this process from forking
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=of)
        bar.update(tasks[stage], completed=done, total=of)

    try:
        yield advance
    finally:
        bar.stop()
