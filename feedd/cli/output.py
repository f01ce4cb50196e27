"""Reports to words: for a terminal (colour), for a pipe (plain), for machines (JSON, GitHub's annotations)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from feedd.cli.main import Unsaid
from feedd.daemon.terminal import has_colours
from feedd.items.printable import fault_lines, no_command, visible, visible_json
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from feedd.model import Problem, Report

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}
_MOST_FEEDS = 5  # that a line names
_MARK = f"\x1b{os.urandom(8).hex()}"  # tells our own colours from escape sequences in text from outside
_PAINT = late_pattern(rf"{_MARK}\[(\d+)m")


def painted(words: str, colour: str, stream: TextIO | None) -> str:
    """`words` in a colour, for `say`, if `stream` can show colours."""
    return f"{_MARK}[{_COLOURS[colour]}m{words}{_MARK}[0m" if has_colours(stream) else words


def say(words: str = "", stream: TextIO | None = None) -> None:
    """Prints a line on standard output, or on `stream`. Invisible characters are escaped, and characters outside of the
    stream's encoding. Only lines of `say_github` can begin a command of a CI runner (`::error`).
    """
    parts = _PAINT.split(words)
    parts[::2] = map(visible, parts[::2])
    parts[1::2] = (f"\x1b[{number}m" for number in parts[1::2])
    _write(no_command("".join(parts)), stream or sys.stdout)


def _write(line: str, stream: TextIO | None) -> None:
    if stream is None:  # the stream is closed
        return
    encoding = stream.encoding or "utf-8"
    try:
        print(line.encode(encoding, "backslashreplace").decode(encoding), file=stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unsaid(*error.args) from None


def say_marked(mark: str, colour: str, words: str) -> None:
    """Prints a line that begins with a word in a colour."""
    say(f"{painted(f'{mark:<8}', colour, sys.stdout)}  {words}")


def complain(words: str) -> None:
    """Prints an error in a line on standard error. Words that cannot be written there are dropped."""
    if sys.stderr is not None:
        with suppress(OSError):
            say(f"{painted('feedd:', 'red', sys.stderr)} {words}", sys.stderr)
            sys.stderr.flush()


def say_fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Prints an unexpected exception with its traceback; for `sys.excepthook`."""
    if sys.stderr is not None:
        for line in fault_lines(kind, error, trace):
            say(line, sys.stderr)


def say_json(value: Any) -> None:
    """Prints a value as JSON, indented, with all its keys. Invisible characters are escaped in JSON's way, so nothing
    is lost.
    """
    import json  # late: reports for people need it seldom

    narrow = not (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=narrow, indent=2)
    _write(visible_json(text), sys.stdout)


def say_problems(problems: Iterable[Problem], stream: TextIO | None = None) -> None:
    """Prints each problem on a line: first its place, then the reason."""
    stream = stream or sys.stdout
    for problem in problems:
        mark = painted("problem", "red", stream) if problem.kind == "problem" else painted("note", "yellow", stream)
        say(f"{mark}  {problem}", stream)


def say_github(problems: Iterable[Problem]) -> None:
    """Prints each problem as a workflow command of GitHub Actions: it shows beside the line in a pull request."""
    for problem in problems:
        level = "error" if problem.kind == "problem" else "notice"
        place = f"file={_property(_in_workspace(problem.path))}" + (f",line={problem.line}" if problem.line else "")
        words = f"{problem.field}: {problem.reason}" if problem.field else problem.reason
        _write(visible(f"::{level} {place}::{_data(words)}"), sys.stdout)


def _in_workspace(path: str) -> str:
    """A path as GitHub expects it: below the folder of the repository, wherever feedd was started. A text without such
    a file, as an option of the command line, stays as it is.
    """
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    if not os.path.lexists(path):
        return path
    found = os.path.abspath(path)  # noqa: PTH100 - links stay: the pull request changes the link
    roots = (workspace, os.path.realpath(workspace)) if workspace else ()
    return next((os.path.relpath(found, root) for root in roots if Path(found).is_relative_to(root)), found)


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def held_in_words(entries: int, feeds: int, withheld: int, *, has_private: bool) -> str:
    """What is published, and how many items are not. `has_private`: private feeds may have them."""
    public, where = ("public feed", "in no public feed") if has_private else ("feed", "withheld")
    held = f"{counted(entries, 'entry', 'entries')} in {counted(feeds, public)}"
    return held + (f", {counted(withheld, 'item')} {where}" if withheld else "")


def say_report(report: Report, start: str, base_url: str) -> None:
    """Prints a report: problems and notes first, the outcome last, where a person looks. `start`: the file that leads
    to all feeds.
    """
    say_problems((*(report.notes if report.read else ()), *report.problems))
    for remark in report.remarks:
        say(f"{painted('remark', 'yellow', sys.stdout)}   {remark}")
    for failure in report.failed:
        say(f"{painted('failed', 'red', sys.stdout)}   {failure}")
    changes = [counted(report.read, "file") + " read"] if report.read else []
    changes += [counted(report.removed, "file") + " gone"] if report.removed else []
    changes += [counted(report.withdrawn, "entry", "entries") + " withdrawn"] if report.withdrawn else []
    changes += [counted(len(report.written), "document") + " written"] if report.written else []
    changes += [counted(len(report.deleted), "document") + " deleted"] if report.deleted else []
    what = ", ".join(changes) or "nothing changed"
    held = held_in_words(report.entries, report.feeds, report.withheld, has_private=bool(report.private))
    bad = counted(len({problem.path for problem in report.problems}), "file") + " with problems"
    mood = "red" if report.failed else "yellow" if report.problems else "green"
    state = painted("not all published" if report.failed else "published", mood, sys.stdout)
    say(f"{state}  {held}: {what}" + (f"; {bad}" if report.problems else "") + f" ({report.seconds:.2f} s)")
    if report.private:
        say(f"           {_private(report.private)}")
    if report.moved:
        say(f"           {report.moved}")
    if report.written:
        say(f"           {start} lists them; they belong at {base_url}")
    for words in report.uploaded:
        say(f"           {words}")
    if report.announcements:
        say(f"           {counted(report.announcements, 'announcement')} for hubs: `feedd announce` makes them")


def _private(entries: Mapping[str, int]) -> str:
    """What private feeds hold, in words."""
    named = [f"{name} ({counted(entries[name], 'entry', 'entries')})" for name in sorted(entries)]
    more = f" and {len(named) - _MOST_FEEDS:,} more" if len(named) > _MOST_FEEDS else ""
    what = "private feeds" if len(named) > 1 else "private feed"
    return f"and {what} {', '.join(named[:_MOST_FEEDS])}{more}, for subscribers alone: `feedd subscribers list`"


def stamp(moment: datetime) -> str:
    """A moment in local time, to the second."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"
