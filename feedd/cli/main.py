"""The command line: arguments in, an exit status out.

Signals and streams are set up here before anything else is loaded, so all other modules are imported late.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import argparse

    from feedd.deliver.mirror.public_addresses import Addresses

DONE, PROBLEMS, USAGE, REFUSED, INTERRUPTED = 0, 1, 2, 3, 130


class Unsaid(OSError):
    """Words could not be written on standard output, as on a full disk. What the command did is done all the same."""


def entry_point() -> None:
    """Runs the command line of this process, and ends the process."""
    gc.disable()  # until a command begins: loading modules leaves no garbage
    ending: list[int] = []
    atexit.register(_end_at_once, ending)  # the first function that is registered is the last that is called
    if sys.argv[1:2] == ["run"]:
        _await_the_daemon()
    try:
        _open_streams()
        from feedd.without_typing_extensions import load_msgspec

        load_msgspec()
        status = main(sys.argv[1:])
    except KeyboardInterrupt:  # while modules were loaded
        status = INTERRUPTED
    ending.append(status)
    sys.exit(status)


def _end_at_once(ending: list[int]) -> None:
    """Ends this process with its exit status, if it has one; with PROBLEMS at least if its last words find no room.
    Python would first take all modules apart: a tenth of a pass that finds nothing to do.
    """
    if ending:
        status = ending[0]
        if sys.stdout is not None:
            try:
                sys.stdout.flush()
            except BrokenPipeError:  # nobody listens any more
                pass
            except OSError:
                status = status or PROBLEMS
        if sys.stderr is not None:
            with suppress(OSError):  # words that nobody gets
                sys.stderr.flush()
        os._exit(status)


def _await_the_daemon() -> None:
    """Handles signals until the daemon does. A hang-up is ignored: the configuration is about to be read anyway.
    SIGTERM and SIGINT end the process at once: it holds nothing yet.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(DONE))


def _open_streams() -> None:
    """Opens closed standard streams on /dev/null. Otherwise the ledger might get the number of standard error, and a
    library's messages would be written into the ledger.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _say_fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    from feedd.cli.output import say_fault

    say_fault(kind, error, trace)


def main(
    arguments: Sequence[str],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    addresses: Addresses | None = None,
) -> int:
    """Runs one command; returns its exit status. `now` is the clock of commands that end: it gives aware UTC times.
    `addresses`: where to fetch pictures from, if not from all public addresses.
    """
    import argparse

    from feedd.cli.parsing.parsers import parse_arguments

    sys.excepthook = _say_fault
    status: int = PROBLEMS
    try:
        try:
            options = _parsed(parse_arguments, arguments, argparse.Namespace(now=now, addresses=addresses))
            status = options.act(options)
        finally:
            _flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Unsaid as error:
        _leave(f"what there is to say cannot be written: {error.strerror}", max(status, PROBLEMS))
    except OSError as error:  # a full disk under a temporary file
        _leave(str(error), REFUSED)
    return status


def _parsed(
    parse: Callable[[Sequence[str], argparse.Namespace], argparse.Namespace],
    arguments: Sequence[str],
    given: argparse.Namespace,
) -> argparse.Namespace:
    try:
        return parse(arguments, given)
    except BrokenPipeError:
        raise
    except OSError as error:  # of help or of an error that has no room
        raise Unsaid(*error.args) from None


def _flush() -> None:
    if sys.stdout is None:  # standard output is closed
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unsaid(*error.args) from None


def _leave(words: str, status: int) -> NoReturn:
    """Ends this process. The usual way would try once more to write what could not be written."""
    from feedd.cli.output import complain

    complain(words)
    os._exit(status)
