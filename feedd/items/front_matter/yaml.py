"""Front matter: the bytes of a file, in; a tree of mappings, lists and text, out; or a mistake, with its line.

YAML's guesses about types never happen: every scalar is the text that was written, or None where nothing (or `null`,
`~`) was. A field called `secured` is passed over at any depth. Only the beginning of its text is kept: with it the
parser proves that the text leaked nowhere.

Nearly all front matter is plain. libyaml is loaded when a text needs it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from feedd.items.front_matter import plain_yaml
from feedd.items.front_matter.merge_conflicts import UNRESOLVED, conflict
from feedd.patterns import late_pattern

Node = str | None | dict[str, "Node"] | list["Node"]
FieldPath = tuple[str | int, ...]

SEAL_LENGTH = 24
_CLOSING = late_pattern(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
OPENING = late_pattern(r"---[ \t]*\n")

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# A backslash and the character after it, so that a double backslash begins no escape.
_ESCAPE = late_pattern(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|[\s\S])")
_PAIR = late_pattern(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..")


class FrontMatterError(Exception):
    """A mistake in a front matter, in words. `line` counts from 1 in the file; None if it is not known.

    `quoting` are words that may quote the file, for files without sealed text.
    """

    def __init__(self, reason: str, line: int | None = None, quoting: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.quoting = quoting or reason


class FrontMatter(NamedTuple):
    """A front matter as a tree, how the text of each `secured` field begins, and how many such fields there are.

    `plain`: each value stands on a single line, as `plain_yaml` reads it, so YAML drops nothing of the written text.
    """

    tree: dict[str, Node]
    seals: list[str]
    secured: int
    plain: bool


class Scalar(Struct, frozen=True):
    """A scalar of a well-formed front matter: the name of a field (`is_name`), a value or a list entry.

    `path` is the path of the field or entry. `start` and `end` are offsets in the text, quotes included. `style` is
    `"`, `'`, `|`, `>` or empty.
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
    """A file, split: the text of its front matter without fences, and the text under it, with `\\n` line ends.

    `first_line` is the line of the file where the front matter begins. `fence` counts the lines between it and the
    body. `format` is the name of its format.
    """

    front: str
    body: str
    first_line: int = 2
    fence: int = 1
    format: str = "yaml"

    @property
    def body_line(self) -> int:
        """The line of the file where the body begins."""
        return self.first_line + self.front.count("\n") + self.fence


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
    """Front matter and body of a text that begins with a line `---`. Raises FrontMatterError if it has no end."""
    opening = OPENING.match(text)
    if opening is None:
        raise FrontMatterError("the first line has to be `---`", 1)
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
    from feedd.items.front_matter import libyaml

    try:
        libyaml.read_any_tree(front)
    except FrontMatterError:
        return _ESCAPE.sub(_whole, front)
    return front


def _whole(escape: re.Match[str]) -> str:
    high, low = escape.groups()
    return escape[0] if high is None else f"\\U{(int(high, 16) << 10) + int(low, 16) - 0x35FDC00:08x}"


def read_tree(front: str) -> FrontMatter:
    """The front matter, read.

    Raises FrontMatterError for broken YAML, a field given twice with different values, too deep a nesting, a front
    matter that is no mapping, and an alias that stands for sealed text, for nothing or for too much.
    """
    if (plain := plain_yaml.read(front)) is not None:
        tree, seals = plain
        return FrontMatter(tree, [seal.strip()[:SEAL_LENGTH] for seal in seals], len(seals), plain=True)
    from feedd.items.front_matter import libyaml

    return libyaml.read_any_tree(front)


def scalars(front: str) -> Iterator[Scalar]:
    """All scalars of a front matter that `read_tree` has read, sealed ones too, in the order of the text."""
    from feedd.items.front_matter import libyaml

    return libyaml.scalars(front)


def locate(front: str, first_line: int) -> dict[FieldPath, int]:
    """The line of each field and list entry of a text that `read_tree` has read. The text begins at `first_line`."""
    from feedd.items.front_matter import libyaml

    return libyaml.locate(front, first_line)
