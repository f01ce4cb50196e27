"""Front matter: the bytes of a file in, a tree of mappings, lists and text out; or what is wrong, with its line.

The tree comes from libyaml's events, so that YAML's guesses about types never happen: every scalar is the text
that was written, or None where nothing (or `null`, `~`) was. A field called `secured` is passed over at any
depth; only the beginning of its text is kept, so that the parser can prove that the text leaked nowhere.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from feedd.core import plain_yaml
from feedd.core.conflicts import UNRESOLVED, conflict
from feedd.core.slips import explained, usual

Node = str | None | dict[str, "Node"] | list["Node"]
FieldPath = tuple[str | int, ...]

MAX_DEPTH = 24
SEAL_LENGTH = 24
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_OPENING = re.compile(r"---[ \t]*\n")

# YAML 1.1 ends a line at these, editors and people do not.
_UNSEEN_BREAKS = re.compile("[\x85\u2028\u2029]")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]")

# A backslash and what it stands before, so that one that is written twice begins no escape.
_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|[\s\S])")
_PAIR = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..")
_TOO_DEEP = "lists and mappings are nested too deeply"


class FrontMatterError(Exception):
    """What is wrong with a front matter, in words; `line` counts from 1 in the file, where it is known.

    `quoting` are words that may quote the file: they are for a file that holds nothing sealed.
    """

    def __init__(self, reason: str, line: int | None = None, quoting: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.quoting = quoting or reason


class FrontMatter(NamedTuple):
    """A front matter as a tree, how the text of each `secured` field begins, and how many such fields there are.

    `plain`: each value stands on one line, as `plain_yaml` reads it, so that YAML drops nothing of what is written.
    """

    tree: dict[str, Node]
    seals: list[str]
    secured: int
    plain: bool


class Scalar(NamedTuple):
    """A scalar of a well-formed front matter: the name of a field (`is_name`), a value or a list entry.

    `path` is that of the field or entry. `start` and `end` are offsets in the text, quotes included. `style` is `"`,
    `'`, `|`, `>` or empty.
    """

    path: FieldPath
    text: str
    is_name: bool
    start: int
    end: int
    style: str
    in_flow: bool
    dropped: str  # "!" or "&" where a tag or an anchor stands before the text


class Source(NamedTuple):
    """A file, split: the YAML between the two `---` lines and the text under them, with `\\n` line ends."""

    front: str
    body: str


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, a byte order mark and CRLF line ends taken away.

    Raises FrontMatterError with the line of the first byte that is not UTF-8.
    """
    if data[:2] in _UTF16_MARKS or b"\0" in data[:4]:
        raise FrontMatterError("not UTF-8 but UTF-16; save the file as UTF-8", 1)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = len((data[: error.start] + b".").splitlines())
        raise FrontMatterError(
            f"not UTF-8: byte 0x{data[error.start]:02x} is out of place; save the file as UTF-8", line
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def split(text: str) -> Source:
    """Front matter and body of a file. Raises FrontMatterError if there is no front matter or no end of it."""
    if not text.strip():
        raise FrontMatterError("the file is empty")
    opening = _OPENING.match(text)
    if opening is None:
        if text.startswith("<<<<<<<"):
            raise FrontMatterError(UNRESOLVED, 1)
        raise FrontMatterError("no front matter: the first line has to be `---`", 1)
    start = max(text.find("\n---", opening.end() - 1) + 1, opening.end())  # nearly always the closing line
    closing = _CLOSING.match(text, start) or _CLOSING.search(text, opening.end())
    if closing is None:
        if line := conflict(text[opening.end() :], ""):
            raise FrontMatterError(UNRESOLVED, line)
        raise FrontMatterError("the front matter is never closed: a second line `---` is missing", 1)
    return Source(_with_whole_characters(text[opening.end() : closing.start()]), text[closing.end() + 1 :])


def _with_whole_characters(front: str) -> str:
    """A front matter in which no escapes give a character in two halves, as JSON does (RFC 8259, section 7).

    libyaml refuses them between double quotes. Elsewhere they are text like any other, and stay.
    """
    if "\\u" not in front or _PAIR.search(front) is None:
        return front
    try:
        read_any_tree(front)
    except FrontMatterError:
        return _ESCAPE.sub(_whole, front)
    return front


def _whole(escape: re.Match[str]) -> str:
    high, low = escape.groups()
    return escape[0] if high is None else f"\\U{(int(high, 16) << 10) + int(low, 16) - 0x35FDC00:08x}"


def read_tree(front: str) -> FrontMatter:
    """The front matter, read.

    Raises FrontMatterError for broken YAML, aliases, a field given twice, too deep a nesting, or a front matter
    that is no mapping.
    """
    if (plain := plain_yaml.read(front)) is not None:
        tree, seals = plain
        return FrontMatter(tree, [seal.strip()[:SEAL_LENGTH] for seal in seals], len(seals), plain=True)
    return read_any_tree(front)


def read_any_tree(front: str) -> FrontMatter:
    """What `read_tree` returns, by libyaml whatever the front matter is like."""
    seals = _Seals()
    try:
        parser = CParser(_UNSEEN_BREAKS.sub(" ", front))
        next_event: Any = parser.get_event
        next_event()  # the stream
        if not parser.check_event():
            raise FrontMatterError("the front matter is empty", 1)
        event = next_event()  # the document, or the stream's end
        if event is None or not parser.check_event():
            raise FrontMatterError("the front matter is empty", 1)
        tree = _node(next_event(), next_event, seals, 0)
        next_event()  # the document's end
        if (rest := next_event()).__class__ is not StreamEndEvent:
            raise FrontMatterError("a second document is not expected here", rest.start_mark.line + 2)
    except YAMLError as error:
        raise _explained(error, front) from None
    if not isinstance(tree, dict):
        if slip := usual(front, 0):
            raise FrontMatterError(f"not valid YAML: {slip.reason}", 2)
        raise FrontMatterError("expected fields, one `name: value` a line", 2)
    return FrontMatter(tree, seals.texts, seals.fields, plain=False)


def scalars(front: str) -> Iterator[Scalar]:
    """All scalars of a front matter that `read_tree` has read, sealed ones too, in the order of the text."""
    parser = CParser(_UNSEEN_BREAKS.sub(" ", front))
    next_event: Any = parser.get_event
    next_event()
    next_event()
    shift = 1 if front.startswith("\ufeff") else 0  # libyaml does not count it

    def scalar(event: Any, path: FieldPath, *, is_name: bool, in_flow: bool) -> Scalar:
        start, end = event.start_mark.index + shift, event.end_mark.index + shift
        tag = event.tag or ""
        dropped = "!" if tag and not tag.startswith("tag:yaml.org,2002:") else "&" if event.anchor else ""
        return Scalar(path, event.value, is_name, start, end, event.style or "", in_flow, dropped)

    def walk(event: Any, path: FieldPath, *, in_flow: bool) -> Iterator[Scalar]:
        if isinstance(event, ScalarEvent):
            yield scalar(event, path, is_name=False, in_flow=in_flow)
        elif isinstance(event, MappingStartEvent):
            in_flow = in_flow or bool(event.flow_style)
            while not isinstance(name := next_event(), MappingEndEvent):
                at = (*path, name.value)
                yield scalar(name, at, is_name=True, in_flow=in_flow)
                yield from walk(next_event(), at, in_flow=in_flow)
        elif isinstance(event, SequenceStartEvent):
            in_flow = in_flow or bool(event.flow_style)
            index = 0
            while not isinstance(entry := next_event(), SequenceEndEvent):
                yield from walk(entry, (*path, index), in_flow=in_flow)
                index += 1

    return walk(next_event(), (), in_flow=False)


def locate(front: str, first_line: int = 2) -> dict[FieldPath, int]:
    """The line on which each field or list entry of a well-formed text stands, which begins at `first_line`."""
    lines: dict[FieldPath, int] = {}
    parser = CParser(_UNSEEN_BREAKS.sub(" ", front))
    next_event: Any = parser.get_event
    next_event()
    next_event()

    def walk(event: Any, path: FieldPath) -> None:
        if isinstance(event, MappingStartEvent):
            while not isinstance(key := next_event(), MappingEndEvent):
                child = (*path, key.value)
                lines[child] = key.start_mark.line + first_line
                walk(next_event(), child)
        elif isinstance(event, SequenceStartEvent):
            index = 0
            while not isinstance(entry := next_event(), SequenceEndEvent):
                child = (*path, index)
                lines[child] = entry.start_mark.line + first_line
                walk(entry, child)
                index += 1

    walk(next_event(), ())
    return lines


class _Seals:
    """What the `secured` fields of a front matter hold, and how many there are."""

    __slots__ = ("fields", "texts")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fields = 0


def _node(event: Any, next_event: Any, seals: _Seals, depth: int) -> Any:
    kind = event.__class__
    if kind is ScalarEvent:
        value = event.value
        return None if value in _NULLS and event.implicit[0] else value
    if depth > MAX_DEPTH:
        raise FrontMatterError(_TOO_DEEP, event.start_mark.line + 2)
    if kind is MappingStartEvent:
        return _mapping(next_event, seals, depth)
    if kind is SequenceStartEvent:
        entries = []
        while (entry := next_event()).__class__ is not SequenceEndEvent:
            entries.append(_node(entry, next_event, seals, depth + 1))
        return entries
    if kind is AliasEvent:
        words = "are not supported: write the value out"
        line = event.start_mark.line + 2
        raise FrontMatterError(f"aliases {words}", line, f"aliases (*{event.anchor[:60]}) {words}")
    raise FrontMatterError("expected a value", event.start_mark.line + 2)


def _mapping(next_event: Any, seals: _Seals, depth: int) -> dict[str, Node]:
    fields: dict[str, Node] = {}
    while (kind := (key := next_event()).__class__) is not MappingEndEvent:
        if kind is not ScalarEvent:
            raise FrontMatterError("the name of a field has to be plain text", key.start_mark.line + 2)
        name = key.value
        if name in fields:
            words, line = "is given twice; keep one", key.start_mark.line + 2
            raise FrontMatterError(f"a field {words}", line, f"`{name[:60]}` {words}")
        if name.lower() != "secured":
            fields[name] = _node(next_event(), next_event, seals, depth + 1)
            continue
        seals.fields += 1
        try:
            _seal(_node(next_event(), next_event, seals, depth + 1), seals.texts)
        except FrontMatterError as error:  # its words may quote what is sealed
            raise FrontMatterError("`secured` has to be text, in quotes", error.line) from None
    return fields


def _seal(value: Node, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value.strip()[:SEAL_LENGTH])
    elif isinstance(value, dict):
        for part in value.values():
            _seal(part, texts)
    elif isinstance(value, list):
        for part in value:
            _seal(part, texts)


def _explained(error: YAMLError, front: str) -> FrontMatterError:
    """Libyaml's words, with a hint in ours. They never quote the file, which may hold sealed text."""
    words = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read")
    context = str(getattr(error, "context", None) or "")
    if "nesting" in words:  # how deep libyaml goes, and whether it has a bound, is another in each of its versions
        mark = getattr(error, "problem_mark", None)
        return FrontMatterError(_TOO_DEEP, mark.line + 2 if mark is not None else None)
    # An unclosed quote is noticed at the end of the file, but mended where it was opened.
    opened = getattr(error, "context_mark", None) if "quoted scalar" in context else None
    mark = opened or getattr(error, "problem_mark", None)
    control = _CONTROL.search(front) if mark is None else None
    at = mark.line if mark is not None else front.count("\n", 0, control.start()) if control else None
    reason, line = explained(words, context, at, front)
    return FrontMatterError(reason, None if line is None else line + 2)
