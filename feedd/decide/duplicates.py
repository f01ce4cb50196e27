"""Duplicates: files that are one entry because they have the same link, in; notes about them for a person, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from feedd.decide.identity import normal_path
from feedd.model import Problem

if TYPE_CHECKING:
    from feedd.decide.visibility import Choice

_NOTHING = "nothing in them says which is better (`quality`, `heat`)"


def shared_notes(choices: Sequence[Choice], *, first_is_known: bool = True) -> tuple[Problem, ...]:
    """A note for each file that does not represent its entry: which file does, and why. `choices` are the files of the
    entry, the best first. `first_is_known`: among equal files, the first of them represents the entry. Else it is not
    known which of them was first.
    """
    best, *others = choices
    if best.hidden:
        return ()  # nothing is shown of any
    return tuple(Problem(each.file.path, _reason(best, each, first_is_known), kind="note") for each in others)


def _reason(best: Choice, other: Choice, first_is_known: bool) -> str:
    path, item, its = best.file.path, best.file.item, other.file.item
    if other.hidden:
        why = "this file is not to be shown"
    elif best.quality != other.quality:
        why = f"its quality is {item.quality:g}, that of this file {_number(its.quality)}"
    elif best.heat != other.heat:
        why = f"its heat is {item.heat:g}, that of this file {_number(its.heat)}"
    elif first_is_known:
        why = f"{_NOTHING}, and it was there first"
    else:
        return f"has the same link as {path}: both are one entry, represented by the one that was first; {_NOTHING}"
    return f"has the same link as {path}, which represents the entry of both: {why}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"


def lookalikes(paths: Iterable[str]) -> list[Problem]:
    """A note for each of several files whose paths differ in nothing but their Unicode form."""
    forms: dict[str, list[str]] = {}
    for path in paths:
        if not path.isascii():
            forms.setdefault(normal_path(path), []).append(path)
    reason = "another file has the same name in another Unicode form; rename or delete one of the two"
    return [Problem(path, reason, kind="note") for several in forms.values() if len(several) > 1 for path in several]
