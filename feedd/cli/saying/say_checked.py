"""The outcome of a check in words, for a terminal or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from feedd.cli.output import counted, painted, say, say_problems
from feedd.model import Problem
from feedd.run.reading_summary import ReadingSummary

_MOST_ALIKE, _NAMED = 10, 3  # problems with the same words; how many of more than so many are printed
_MOST_FIELDS = 12


def say_grouped(problems: Sequence[Problem]) -> None:
    """Prints each problem on a line. Of many files with the same problem, only the first are named."""
    alike: dict[tuple[str, str | None, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.kind, problem.field, problem.reason), []).append(problem)
    several = [group[_NAMED:] for group in alike.values() if len(group) > _MOST_ALIKE]
    left_out = {id(problem) for group in several for problem in group}
    say_problems(problem for problem in problems if id(problem) not in left_out)
    for group in several:
        words = f"{group[0].field}: {group[0].reason}" if group[0].field else group[0].reason
        mark = (
            painted("problem", "red", sys.stdout)
            if group[0].kind == "problem"
            else painted("note", "yellow", sys.stdout)
        )
        say(f"{mark}  and {len(group):,} more files: {words}")


def say_summary(summary: ReadingSummary) -> None:
    """Prints what items lack, and what they say that nobody reads."""
    if not (summary.without_link or summary.without_date or summary.unread):
        return
    words = f"{counted(summary.items, 'item')}: {summary.without_link:,} without link, "
    words += f"{counted(summary.without_date, 'date')} guessed"
    if summary.unread:
        named = sorted(summary.unread.items(), key=lambda each: (-each[1], each[0]))
        words += ", unread fields: " + ", ".join(f"{name} ({number:,})" for name, number in named[:_MOST_FIELDS])
        words += f" and {len(named) - _MOST_FIELDS:,} more" if len(named) > _MOST_FIELDS else ""
    say(words)


def say_held(held: Mapping[str, int]) -> None:
    """Prints how many items are not to be published now, by what holds them back."""
    if held:
        words = ", ".join(f"{number:,} {what}" for what, number in sorted(held.items()))
        say(f"{counted(sum(held.values()), 'item')} not published now: {words}")


def say_audiences(audiences: Mapping[str, int]) -> None:
    """Prints how many items are for private feeds alone, and for which, by the words that say so."""
    if not audiences:
        return
    named = sorted(audiences.items(), key=lambda each: (-each[1], each[0]))
    words = ", ".join(f"{words.partition(': ')[2] or words} ({number:,})" for words, number in named[:_MOST_FIELDS])
    words += f" and {len(named) - _MOST_FIELDS:,} more" if len(named) > _MOST_FIELDS else ""
    say(f"{counted(sum(audiences.values()), 'item')} in no public feed, by audience: {words}")
