"""The plain part of YAML, to which nearly all front matter keeps, read in half of libyaml's time.

`key: value` and `- value` lines nested by indentation, values plain or quoted on one line. For anything else, and for
anything wrong, `read` returns None, and libyaml reads the text. A text that this module accepts is read alike by both,
and a test holds them to it. Two things need a closer look, and are left to libyaml, too: inner fields whose names
withhold an item, and list entries like fields in quotes.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from feedd.patterns import late_pattern

_LINE = late_pattern(
    r"([ ]*+)(-[ ]++)?"  # the indentation, and the mark of a list's entry
    r"(?:([A-Za-z_][A-Za-z0-9_]{0,98}+):(?:[ ]++|(?=\n)))?"  # the name of a field
    r"(.*)\n"
)
_SHOWN = bytes((ord("\n"), *range(ord(" "), ord("~") + 1)))
_FIRST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/(+")
_DIGITS = frozenset("0123456789")
_QUOTED = late_pattern(r'"(?:[^"\\]++|\\["\\/])*"')
_ESCAPED = late_pattern(r"\\(.)")
_FLOW_TEXT = r"[^\[\]{}\\':#]*+"
# Of colons, those alone that begin the address of a page or a picture: YAML gives them no meaning.
_FLOW_LIST = late_pattern(rf"\[{_FLOW_TEXT}(?:(?:(?<=http)|(?<=https)):(?=//){_FLOW_TEXT})*\]")
_FLOW_ENTRY = late_pattern(r'[ ]*+(?:"([^"]*+)"[ ]*+|([A-Za-z0-9_/(+][^",]*+))(?:,|$)')
_NULLS = frozenset(("null", "Null", "NULL"))
_WITHHOLDING = frozenset(
    form
    for name in ("published", "removed", "deleted", "draft", "heat")
    for form in (name, name.capitalize(), name.upper())
) | frozenset(
    (
        *(
            "drafts",
            "isDraft",
            "isdraft",
            "unlisted",
            "isUnlisted",
            "eleventyExcludeFromCollections",
            "hidden",
            "private",
        ),
        *("hide", "publish", "public", "listed", "share", "status", "visibility", "withdrawn"),
    )
)
_DEEPEST = 12

Tree = dict[str, Any]
_Open = list[tuple[int, Any]]  # the nodes that may still grow, innermost last, with the column of their entries
_Waiting = tuple[Tree, str, int] | None  # a field whose value has to follow on the next lines: where, name, column


class _NotPlain(Exception):
    """Raised for front matter that is left to libyaml."""


def read(front: str) -> tuple[Tree, list[str]] | None:
    """The tree of a front matter and its sealed texts, as `yaml.read_tree` has them; None if libyaml has to read it."""
    if not front.endswith("\n") or not (_is_printable(front) or _unusual().search(front) is None):
        return None
    sealed: list[str] = []
    try:
        root = _read(front, sealed)
    except _NotPlain:
        return None
    return (root, sealed) if root else None


def line_of(front: str, name: str) -> int | None:
    """The line, counted from 0, of a field of this name in a front matter that `read` has read; None if only inner
    mappings have such a field.
    """
    text = f"\n{front}"
    start = text.find(f"\n{name}:")  # no value has several lines
    return text.count("\n", 0, start) if start >= 0 else None


def _is_printable(front: str) -> bool:
    """Whether all characters but line ends are printable: nearly all are of ASCII, and soon left out."""
    return front.encode("utf-8", "surrogatepass").translate(None, _SHOWN).decode("utf-8", "surrogatepass").isprintable()


def _read(front: str, sealed: list[str]) -> Tree:  # noqa: C901 - one loop for each line of each file: calls cost
    root: Tree = {}
    open_nodes: _Open = [(0, root)]
    waiting: _Waiting = None
    for indent, dash, key, rest in _LINE.findall(front):
        written = rest.rstrip(" ")
        value: Any = None
        if written:
            if written[0] == "#" and not key and not dash:
                continue
            if written[0] in _FIRST and ": " not in written and " #" not in written and written[-1] != ":":
                value = None if written in _NULLS else written
            elif written[0] == '"' == written[-1] and "\\" not in written and written.find('"', 1) == len(written) - 1:
                value = written[1:-1]
            else:
                value = _value(written)
        elif not key:
            if dash:
                raise _NotPlain
            continue
        column, listed = len(indent), dash != ""
        at, node = open_nodes[-1]
        if waiting is not None or at != column or (node.__class__ is list) != listed:
            node = _node_at(column, open_nodes, waiting, listed=listed)
            waiting = None
        if not key:
            if not listed or value is None or (written[0] in "\"'" and ":" in written):
                raise _NotPlain
            node.append(value)
            continue
        if listed:
            node.append({})
            node = node[-1]
            column += len(dash)
            open_nodes.append((column, node))
        if key in node or (node is not root and (key in _WITHHOLDING or key.replace("_", "") in _WITHHOLDING)):
            raise _NotPlain
        if key[0] in "sS" and key.lower() == "secured":
            sealed.append(_text(value))
            continue
        node[key] = value
        if not written:
            waiting = (node, key, column)
    return root


def _value(written: str) -> Any:
    """The meaning of a value on a single line, without spaces around it."""
    first = written[0]
    if first == '"':
        if _QUOTED.fullmatch(written):
            return _ESCAPED.sub(r"\1", written[1:-1])
    elif first in _FIRST or first >= "\u00c0" or (first == "-" and written[1:2] in _DIGITS):
        if ": " in written or " #" in written or written[-1] == ":":
            raise _NotPlain
        return None if written in _NULLS else written
    elif first == "'" and written[-1] == "'" and written.count("'") == 2:
        return written[1:-1]
    elif first == "[" and _FLOW_LIST.fullmatch(written):
        return _flow_list(written[1:-1])
    raise _NotPlain


def _flow_list(flow: str) -> list[str | None]:
    """The entries between the brackets of a list on one line."""
    entries: list[str | None] = []
    position = 0
    while position < len(flow):
        entry = _FLOW_ENTRY.match(flow, position)
        if entry is None:
            raise _NotPlain
        quoted, plain = entry.groups()
        if quoted is not None:
            entries.append(quoted)
        else:
            plain = plain.rstrip(" ")
            entries.append(None if plain in _NULLS else plain)
        position = entry.end()
    return entries


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _NotPlain


def _node_at(column: int, open_nodes: _Open, waiting: _Waiting, *, listed: bool) -> Any:
    """The list (`listed`) or mapping that an entry at `column` belongs to."""
    if waiting is not None:
        holder, key, parent = waiting
        if column > parent or (listed and column == parent):
            node: Any = [] if listed else {}
            holder[key] = node
            open_nodes.append((column, node))
            if len(open_nodes) > _DEEPEST:
                raise _NotPlain
            return node
    while len(open_nodes) > 1:
        at, node = open_nodes[-1]
        if at == column and isinstance(node, list) == listed:
            return node
        if at < column:
            raise _NotPlain
        open_nodes.pop()
    at, node = open_nodes[0]
    if at != column or listed:
        raise _NotPlain
    return node


@cache
def _unusual() -> re.Pattern[str]:
    return re.compile(
        "[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    )  # 2 ms, and seldom needed
