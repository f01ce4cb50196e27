"""What `feedd doctor` found, in words."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from feedd.cli.output import counted, painted, say


def say_findings(findings: Iterable[tuple[str, str, str, str]]) -> None:
    """Prints level, URL, words and remedy of each finding, by URL; the verdict last."""
    colours, levels, last = {"ok": "green", "warning": "yellow", "error": "red"}, [], None
    for level, url, words, remedy in findings:
        levels.append(level)
        if url != last:
            say(painted(url, "bold", sys.stdout))
            last = url
        say(f"  {painted(f'{level:<7}', colours[level], sys.stdout)}  {words}")
        if remedy:
            say(f"           {remedy}")
    say(f"{counted(levels.count('error'), 'error')}, {counted(levels.count('warning'), 'warning')}")
