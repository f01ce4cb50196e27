"""The log: a message and its values in; a line for a terminal, for the journal or for a file, out.

Logged text may come from outside. Whatever it holds, a message takes one line, and so does each line of a fault.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

from feedd.daemon.terminal import has_colours
from feedd.items.printable import fault_lines, visible, visible_json
from feedd.patterns import late_pattern

_LEVELS = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}  # sd-daemon(3)
_COLOURS = {"WARNING": "33", "ERROR": "31", "CRITICAL": "31"}
_PLAIN = late_pattern(r"[\w./:+@%,()-]+")


class Log:
    """Logs a message, and values that a program can find in the line. On a terminal, the words `people`, if any,
    replace both.
    """

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger or logging.getLogger("feedd")

    def debug(self, message: str, people: str = "", **values: object) -> None:
        """Something to read only when looking for a fault."""
        self._logger.debug(message, extra={"values": values, "people": people})

    def info(self, message: str, people: str = "", **values: object) -> None:
        """Something that happened."""
        self._logger.info(message, extra={"values": values, "people": people})

    def warning(self, message: str, people: str = "", **values: object) -> None:
        """Something that somebody should see to."""
        self._logger.warning(message, extra={"values": values, "people": people})

    def error(self, message: str, people: str = "", **values: object) -> None:
        """Something that somebody has to see to."""
        self._logger.error(message, extra={"values": values, "people": people})

    def fault(self, message: str) -> None:
        """An exception that nobody expected, with where it came from."""
        self._logger.exception(message, extra={"values": {}})


def set_up(stream: TextIO | None, level: str = "INFO") -> None:
    """Has the log go to `stream`: with colour to a terminal, with priorities to the journal, else with full times."""
    if stream is None:  # the stream is closed: nobody reads the log
        logging.basicConfig(handlers=[logging.NullHandler()], level=level, force=True)
        return
    handler = logging.StreamHandler(stream)
    if stream.isatty():
        handler.setFormatter(_ForPeople(colour=has_colours(stream)))
    elif _is_journal(stream):
        handler.setFormatter(_ForJournal())
    else:
        handler.setFormatter(_ForFiles())
    logging.basicConfig(handlers=[handler], level=level, force=True)


def _is_journal(stream: TextIO) -> bool:
    """Whether a stream leads to the journal: $JOURNAL_STREAM holds its device and inode (systemd.exec(5))."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def _pairs(values: Mapping[str, object]) -> str:
    return "".join(f" {name}={_value(value)}" for name, value in values.items() if value not in (None, ""))


def _value(value: object) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text if _PLAIN.fullmatch(text) else visible_json(json.dumps(text, ensure_ascii=False))


def _message_and_values(record: logging.LogRecord) -> tuple[str, Mapping[str, object]]:
    """The message on one line, and the values. The lines of a fault follow the message."""
    message = visible(record.getMessage())
    if record.exc_info:
        message = "\n".join((message, *fault_lines(*record.exc_info)))
    return message, getattr(record, "values", {})


class _ForPeople(logging.Formatter):
    def __init__(self, *, colour: bool) -> None:
        super().__init__()
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        message, values = _message_and_values(record)
        if people := getattr(record, "people", ""):
            message, values = visible(people), {}
        clock = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        colour = _COLOURS.get(record.levelname) if self._colour else None
        if colour:
            message = f"\x1b[{colour}m{message}\x1b[0m"
        rest = _pairs(values)
        return f"{clock}  {message}" + (f"\x1b[2m{rest}\x1b[0m" if self._colour and rest else rest)


class _ForJournal(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        message, values = _message_and_values(record)
        priority = f"<{_LEVELS.get(record.levelname, 6)}>"
        return "\n".join(priority + line for line in f"{message}{_pairs(values)}".split("\n"))


class _ForFiles(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        message, values = _message_and_values(record)
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return f"{moment.replace('+00:00', 'Z')} {record.levelname.lower():<7} {message}{_pairs(values)}"
