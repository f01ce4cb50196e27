"""Reports to words: for a terminal (colour), for a pipe (plain), for machines (JSON, GitHub's annotations)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import msgspec
from msgspec import Struct

from feedd.cli.main import Unsaid
from feedd.daemon.terminal import has_colours
from feedd.items.printable import fault_lines, no_command, visible, visible_json
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from feedd.daemon.unit import UnitSite as ServiceSite
    from feedd.deliver.events import Event
    from feedd.inspect.explanations import Plan
    from feedd.model import Problem, Report
    from feedd.store.control import LastPass, Status
    from feedd.store.ledger.delivery_rows import Refused, Waiting

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}
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
    inside = workspace and Path(found).is_relative_to(workspace)
    return os.path.relpath(found, workspace) if inside else found


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


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
    changes += [counted(len(report.written), "document") + " written"] if report.written else []
    changes += [counted(len(report.deleted), "document") + " deleted"] if report.deleted else []
    what = ", ".join(changes) or "nothing changed"
    held = f"{counted(report.entries, 'entry', 'entries')} in {counted(report.feeds, 'feed')}"
    held += f", {counted(report.withheld, 'item')} withheld" if report.withheld else ""
    bad = counted(len({problem.path for problem in report.problems}), "file") + " with problems"
    mood = "red" if report.failed else "yellow" if report.problems else "green"
    state = painted("not all published" if report.failed else "published", mood, sys.stdout)
    say(f"{state}  {held}: {what}" + (f"; {bad}" if report.problems else "") + f" ({report.seconds:.2f} s)")
    if report.moved:
        say(f"           {report.moved}")
    if report.written:
        say(f"           {start} lists them; they belong at {base_url}")
    for words in report.uploaded:
        say(f"           {words}")
    if report.announcements:
        say(f"           {counted(report.announcements, 'announcement')} for hubs: `feedd announce` makes them")


def say_plan(found: Plan) -> None:
    """Prints what subscribers would see, feed by feed, and the number of re-runs last."""
    for plan in found.feeds:
        say(painted(plan.feed, "bold", sys.stdout) + (" (a new feed)" if plan.is_new else ""))
        for mark, colour, titles in (
            ("new", "green", plan.new),
            ("changed", "yellow", plan.changed),
            ("withdrawn", "red", plan.withdrawn),
        ):
            for title in titles:
                say(f"  {painted(f'{mark:<9}', colour, sys.stdout)}  {title}")
        for rerun in plan.reruns:
            say(f"  {painted('re-run   ', 'red', sys.stdout)}  {rerun.title}")
            say(f"             was {rerun.before}, would be {rerun.after}: the ledger does not know it")
    if found.moves_from is not None:
        say(f"{painted('address', 'yellow', sys.stdout)}  all feeds move from {found.moves_from} to {found.moves_to}")
        say("         subscribers follow where the old addresses redirect to the new ones")
    for folder, now in found.retired.items():
        fate = f"to {now}/ (301" if now else "nowhere: its readers are told that it is gone (410"
        mark = painted("moved  " if now else "retired", "yellow", sys.stdout)
        say(f"{mark}  {folder}/ {fate} from `feedd run`; for other servers see docs/behind.md)")
    for path in found.gone:
        say(f"{painted('deleted', 'red', sys.stdout)}  {path}: its subscribers would meet an error")
    if not (found.feeds or found.gone or found.retired or found.moves_from):
        say("Subscribers would see nothing new.")
    if found.problems:
        say(f"{counted(found.problems, 'problem')} in items; `feedd check` says which")
    say(f"re-runs (entries that subscribers would see once more as new): {found.reruns}")


def say_status(status: Status | None, *, running: bool) -> None:
    """Prints whether a daemon runs, and what it did last."""
    if status is None:
        say("feedd runs, but has said nothing yet" if running else "feedd does not run here, and has not before")
        return
    if running:
        mood, words = ("green" if status.healthy else "yellow"), f"{status.state} (process {status.pid})"
    elif status.state == "stopped":
        mood, words = "dim", "not running"
    else:
        mood, words = "red", f"not running: process {status.pid} ended without having been told to"
    say(f"{painted('feedd', mood, sys.stdout)}        {words}, started {_stamp(status.since)}")
    for name, value in (
        ("items", f"{status.seeds}, {_watched(status.watching)}" if running else status.seeds),
        ("serving", status.serving if running else ""),
        ("workers", status.workers if running else ""),
        ("published", _published(status)),
        ("last pass", _last(status.last)),
        ("next look", _stamp(status.next_reconcile) if running and status.next_reconcile else ""),
        ("next due", _stamp(status.next_due) if status.next_due else ""),
    ):
        if value:
            say(f"  {name:<10} {value}")
    for trouble in status.troubles if running else ():
        say(f"  {painted('trouble', 'red', sys.stdout)}    {trouble}")
    for mistake in status.configuration:
        say(f"  {painted('config', 'red', sys.stdout)}     {mistake} (not in force)")
    for problem in status.problems:
        say(f"  {painted('problem', 'red', sys.stdout)}    {problem}")
    more = status.problem_count - len(status.problems)
    if more > 0:
        say(f"           and {counted(more, 'more problem')}; `feedd check` has all")


class Left(Struct, frozen=True):
    """The announcements without success: waiting ones, and refused ones."""

    waiting: tuple[Waiting, ...] = ()
    refused: tuple[Refused, ...] = ()


def say_left(left: Left | None, hubs: tuple[str, ...]) -> None:
    """Prints the announcements that hubs did not take."""
    if left is None:
        say("  hubs       not known now: the ledger is in use")
        return
    if hubs and left == Left():
        say(f"  hubs       nothing is left to tell {counted(len(hubs), 'hub')}")
    for each in left.waiting:
        why = f": {painted(each.error, 'yellow', sys.stdout)}" if each.error else ""
        say(f"  hubs       {each.hub} is to be told of {counted(each.number, 'document')}{why}")
    for refused in left.refused:
        say(f"  hubs       {refused.hub} {_refused(refused)}")


def _refused(found: Refused) -> str:
    what = counted(found.number, "document")
    return f"did not take {what}, since {_stamp(found.since)}: {painted(found.error, 'red', sys.stdout)}"


def say_announced(events: Iterable[Event], left: Left, hubs: tuple[str, ...]) -> None:
    """Prints the announcements: made, waiting, and refused before."""
    colours = {"announced": "green", "refused": "red", "given up": "red"}
    events = [event for event in events if event.kind != "put off"]  # they are among `left.waiting`
    for event in events:
        where = event.url if event.number == 1 else counted(event.number, "document")
        why = f": {event.words}" if event.words else ""
        say(f"{painted(f'{event.kind:<9}', colours[event.kind], sys.stdout)}  {where} to {event.hub}{why}")
    for each in left.waiting:
        why = f": {each.error}" if each.error else ""
        say(f"{painted('waiting  ', 'yellow', sys.stdout)}  {counted(each.number, 'document')} for {each.hub}{why}")
    now = {event.hub for event in events if event.kind != "announced"}
    for refused in left.refused:
        if refused.hub not in now:
            say(f"{painted('refused  ', 'red', sys.stdout)}  {refused.hub} {_refused(refused)}")
    if not hubs:
        say("no hub is configured (websub.hubs)")
    elif not events and left == Left():
        say("nothing to announce")


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


def _watched(how: str) -> str:
    return f"watched by {how}" if how == "inotify" else f"looked at {how}"


def _published(status: Status) -> str:
    words = f"{counted(status.entries, 'entry', 'entries')} in {counted(status.feeds, 'feed')}"
    return words + (f", {counted(status.withheld, 'item')} withheld" if status.withheld else "")


def _last(last: LastPass | None) -> str:
    if last is None:
        return ""
    if last.outcome != "done":
        return f"{_stamp(last.at)}, {painted(last.outcome, 'red', sys.stdout)}: {last.words}"
    what = f"{counted(last.read, 'file')} read, {counted(last.written, 'document')} written"
    return f"{_stamp(last.at)} ({last.why}): {what} in {last.seconds:.3f} s"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def say_service(made: Iterable[Path], left: Path | None, site: ServiceSite) -> None:
    """Prints the paths of the units, and the commands to type next. `left`: an old socket unit that would still be
    used.
    """
    import getpass

    sudo = "sudo " if site.user else ""
    systemctl = "sudo systemctl" if site.user else "systemctl --user"
    for path in made:
        say(f"made  {path}")
    say()
    say("Next:")
    if left is not None:
        say(f"  {systemctl} disable --now {left.name}    # it is there from before, and would go on listening")
        say(f"  {sudo}rm {left}")
    say(f"  {systemctl} daemon-reload")
    say(f"  {systemctl} enable --now {'feedd.socket ' if site.listens else ''}feedd")
    say(f"  {systemctl} status feedd")
    if site.user is None:
        say(f"  loginctl enable-linger {getpass.getuser()}    # so that it runs while you are logged out")
    elif site.state is None:
        say()
        say("Its ledger will be in /var/lib/feedd. For commands that you type yourself, such as `feedd why`,")
        say("write `state: /var/lib/feedd` under `directories:` in the configuration.")
