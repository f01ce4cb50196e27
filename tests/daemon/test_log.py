"""The log: a line for a person, for the journal or for a file, whose values a program can read back."""

from __future__ import annotations

import errno
import itertools
import json
import os
import pty
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import json, sys
from feedd.daemon import log
log.set_up(sys.stderr, *sys.argv[1:])
said = log.Log()
for level, message, values in json.load(sys.stdin):
    if level == "fault":
        try:
            raise ValueError(message)
        except ValueError:
            said.fault("it failed")
    else:
        getattr(said, level)(message, **values)
"""
LEVELS = [(level, f"a {level}", {}) for level in ("debug", "info", "warning", "error")]
Lines = list[tuple[str, str, dict[str, Any]]]


def environment(**more: str) -> dict[str, str]:
    cleared = {name: value for name, value in os.environ.items() if name not in ("JOURNAL_STREAM", "NO_COLOR")}
    return cleared | {"TERM": "xterm"} | more


def said_to(stream: Any, lines: Lines, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
    """A process that logs to `stream`, which is closed here."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdin=subprocess.PIPE, stderr=stream, env=environment(**more)
    )
    os.close(stream)
    assert process.stdin is not None
    process.stdin.write(json.dumps(lines).encode())
    process.stdin.close()
    return process


def heard(reader: Any, process: subprocess.Popen[bytes]) -> str:
    """All that a process says."""
    found = b""
    with reader:
        try:
            while more := reader.read(65536):
                found += more
        except OSError as error:  # nobody has the terminal open any more
            assert error.errno == errno.EIO
    assert process.wait(60) == 0
    return found.decode().replace("\r\n", "\n")


def in_a_file(place: Path, lines: Lines, *arguments: str, **more: str) -> str:
    stream = os.open(place / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    assert said_to(stream, lines, *arguments, **more).wait(60) == 0
    return (place / "log").read_text(encoding="utf-8")


def in_the_journal(lines: Lines, *arguments: str) -> str:
    """What a journal hears that is at the other end of standard error."""
    ours, theirs = socket.socketpair()
    found = os.fstat(theirs.fileno())
    journal = f"{found.st_dev}:{found.st_ino}"
    process = said_to(theirs.detach(), lines, *arguments, JOURNAL_STREAM=journal)
    return heard(os.fdopen(ours.detach(), "rb", 0), process)


def on_a_terminal(lines: Lines, *arguments: str, **more: str) -> str:
    ours, theirs = pty.openpty()
    return heard(os.fdopen(ours, "rb", 0), said_to(theirs, lines, *arguments, **more))


# Where it goes


def test_a_file_gets_full_times_and_levels(tmp_path: Path) -> None:
    lines = in_a_file(tmp_path, LEVELS).splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["info    a info", "warning a warning", "error   a error"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.split(" ")[0]) for line in lines)


def test_the_journal_gets_priorities_and_no_times() -> None:
    assert in_the_journal(LEVELS) == "<6>a info\n<4>a warning\n<3>a error\n"


@pytest.mark.parametrize("stream", ["8:1", "", "nonsense"])
def test_a_stream_that_does_not_lead_to_the_journal_gets_full_times(tmp_path: Path, stream: str) -> None:
    (line,) = in_a_file(tmp_path, [("info", "started", {})], JOURNAL_STREAM=stream).splitlines()
    assert line.endswith("Z info    started")


def test_a_terminal_gets_the_time_of_day_and_colours() -> None:
    lines = on_a_terminal([*LEVELS, ("warning", "no space", {"left": 3})]).splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d  ", line) for line in lines)
    assert [line[10:] for line in lines] == [
        "a info",
        "\x1b[33ma warning\x1b[0m",
        "\x1b[31ma error\x1b[0m",
        "\x1b[33mno space\x1b[0m\x1b[2m left=3\x1b[0m",
    ]


def test_a_terminal_without_colours_gets_none() -> None:
    lines = on_a_terminal([*LEVELS, ("warning", "no space", {"left": 3})], NO_COLOR="1").splitlines()
    assert [line[10:] for line in lines] == ["a info", "a warning", "a error", "no space left=3"]


def test_what_only_somebody_who_looks_for_a_fault_reads_is_said_when_it_is_asked_for(tmp_path: Path) -> None:
    words = [line.split()[1] for line in in_a_file(tmp_path, LEVELS, "DEBUG").splitlines()]
    assert words == ["debug", "info", "warning", "error"]
    assert in_the_journal(LEVELS, "DEBUG").splitlines()[0] == "<7>a debug"
    assert len(on_a_terminal(LEVELS, "DEBUG").splitlines()) == 4


def test_words_for_people_stand_for_message_and_values_on_a_terminal_alone(tmp_path: Path) -> None:
    lines: Lines = [
        ("warning", "published", {"people": "published: 3 files", "read": 3}),
        ("info", "x", {"people": ""}),
    ]
    assert [line[10:] for line in on_a_terminal(lines, NO_COLOR="1").splitlines()] == ["published: 3 files", "x"]
    assert on_a_terminal(lines).splitlines()[0][10:] == "\x1b[33mpublished: 3 files\x1b[0m"
    assert in_the_journal(lines) == "<4>published read=3\n<6>x\n"
    assert [line.split(" ", 1)[1] for line in in_a_file(tmp_path, lines).splitlines()] == [
        "warning published read=3",
        "info    x",
    ]


# Values

_PAIR = re.compile(r' (\w+)=("(?:[^"\\]|\\.)*"|[^" ][^ ]*)')


def values_of(line: str, message: str) -> dict[str, str]:
    """The values after a message, read back."""
    rest = line[line.index(message) + len(message) :]
    if "".join(match[0] for match in _PAIR.finditer(rest)) != rest:
        return {}
    return {name: json.loads(text) if text[0] == '"' else text for name, text in _PAIR.findall(rest)}


def test_values_follow_the_message_and_those_without_anything_to_say_are_left_out(tmp_path: Path) -> None:
    values = {"why": "start", "read": 0, "gone": None, "words": "", "seconds": 0.12345, "lag": 2.0, "ok": False}
    (line,) = in_a_file(tmp_path, [("info", "published", values)]).splitlines()
    assert line.partition("info    ")[2] == "published why=start read=0 seconds=0.123 lag=2.000 ok=False"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("start", "start"),
        ("news/2026/a-b_c.md", "news/2026/a-b_c.md"),
        ("https://a.example:8080/%20,@(1)", "https://a.example:8080/%20,@(1)"),
        ("größe", "größe"),
        ("two words", '"two words"'),
        ("a=b", '"a=b"'),
        ('say "yes"', r'"say \"yes\""'),
        ("back\\slash", r'"back\\slash"'),
        ("two\nlines", r'"two\nlines"'),
        ("\x1b[2J", r'"\u001b[2J"'),
        ("“quoted”", '"“quoted”"'),
        ("\udcff", '"\\udcff"'),
    ],
)
def test_a_value_that_is_not_one_plain_word_is_quoted(tmp_path: Path, value: str, shown: str) -> None:
    (line,) = in_a_file(tmp_path, [("info", "x", {"value": value})]).splitlines()
    assert line.endswith(f" x value={shown}")


def odd_values() -> Iterator[str]:
    """Every character of the first planes' beginnings and what separates lines, words and values, combined."""
    for code in (*range(1, 0x2100), 0x3000, 0xFEFF, 0xFFFD, 0x1F600):
        yield f"a{chr(code)}b"
    for size in (1, 2, 3):
        yield from map("".join, itertools.product(" =\"'\\\n\x85\u2028a", repeat=size))


@pytest.mark.parametrize("form", ["a file", "the journal", "a terminal"])
def test_any_value_can_be_read_back_from_its_line(tmp_path: Path, form: str) -> None:
    wanted = list(odd_values())
    lines: Lines = [("info", "said", {"first": value, "second": value}) for value in wanted]
    if form == "a file":
        found = in_a_file(tmp_path, lines)
    elif form == "the journal":
        found = in_the_journal(lines)
    else:
        found = on_a_terminal(lines, NO_COLOR="1")
    read = [values_of(line, "said") for line in found.removesuffix("\n").split("\n") if "said" in line]
    assert [value for value, back in zip(wanted, read, strict=False) if back != {"first": value, "second": value}] == []
    assert len(read) == len(wanted) == found.count("\n")


# Several lines


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_that_knows_no_escape_sequences_gets_none(term: str) -> None:
    lines = on_a_terminal([*LEVELS, ("warning", "no space", {"left": 3})], TERM=term).splitlines()
    assert [line[10:] for line in lines] == ["a info", "a warning", "a error", "no space left=3"]


def test_what_takes_several_lines_stays_together_in_the_journal() -> None:
    said = in_the_journal([("fault", "no such thing", {}), ("warning", "first\nsecond", {"value": "a\nb"})])
    fault, lines = said.split("ValueError: no such thing\n")
    assert fault.startswith("<3>it failed\n<3>Traceback (most recent call last):\n")
    assert all(line.startswith("<3>") for line in fault.split("\n"))
    assert lines == '<4>first\\nsecond value="a\\nb"\n'


def test_a_fault_says_where_it_came_from(tmp_path: Path) -> None:
    lines = in_a_file(tmp_path, [("fault", "no such thing", {})]).splitlines()
    assert lines[0].endswith(" error   it failed")
    assert lines[1] == "Traceback (most recent call last):"
    assert lines[-1] == "ValueError: no such thing"
