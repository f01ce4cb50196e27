"""The plain part of YAML that nearly all front matter keeps to, read in half the time that libyaml takes.

`key: value` and `- value` lines nested by indentation, values plain or quoted on one line. For anything else, and for
anything wrong, `read` returns None and libyaml has the word: what this module does accept, both read alike, and a
test holds them to it.
"""

from __future__ import annotations

import re
from typing import Any

_ALLOWED = bytes([10, *range(32, 127)])
_UNUSUAL = re.compile("[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_FIRST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/(+")
_QUOTED = re.compile(r'"(?:[^"\\]++|\\["\\/])*+"')
_ESCAPED = re.compile(r"\\(.)")
_FLOW_LIST = re.compile(r"\[[^\[\]{}\\':#]*\]")
_FLOW_ENTRY = re.compile(r'[ ]*+(?:"([^"]*+)"[ ]*+|([A-Za-z0-9_/(+][^",]*+))(?:,|$)')
_NULLS = frozenset(("null", "Null", "NULL"))
_DEEPEST = 12
# Names that need no second look; only for speed, so this list need not be complete.
_FAMILIAR = frozenset(
    [
        "category",
        "title",
        "excerpt",
        "publishedDateTime",
        "sourceUrl",
        "originalUrl",
        "webUrl",
        "ampUrl",
        "ampWebUrl",
        "cdnAmpUrl",
        "cdnAmpWebUrl",
        "type",
        "quality",
        "heat",
        "published",
        "provider",
        "name",
        "domain",
        "topics",
        "images",
        "url",
        "width",
        "height",
        "isCached",
        "attribution",
        "related",
        "authors",
        "videoId",
        "tags",
        "length",
        "price",
        "featuredContent",
    ]
)
_LONGEST_KEY = 100

Tree = dict[str, Any]
_Open = list[tuple[int, Any]]  # the nodes that may still grow, innermost last, with the column of their entries
_Waiting = tuple[Tree, str, int] | None  # a field whose value has to follow on the next lines: where, name, column


class _NotPlain(Exception):
    """What libyaml has to read."""


def read(front: str) -> tuple[Tree, list[str]] | None:
    """The tree of a front matter and its sealed texts, as `frontmatter.read_tree` gives them, or None."""
    unusual = front.encode().translate(None, _ALLOWED) if front.isascii() else _UNUSUAL.search(front)
    if unusual or not front.endswith("\n"):
        return None
    sealed: list[str] = []
    try:
        root = _read(front, sealed)
    except _NotPlain:
        return None
    return (root, sealed) if root else None


def _read(front: str, sealed: list[str]) -> Tree:  # noqa: C901 - one loop for each line of each file: calls cost
    root: Tree = {}
    open_nodes: _Open = [(0, root)]
    waiting: _Waiting = None
    for line in front.split("\n"):
        rest = line.lstrip(" ")
        if not rest or rest[0] == "#":
            continue
        column, dash = len(line) - len(rest), 0
        if rest[0] == "-":
            entry = rest[1:].lstrip(" ")
            rest, dash = entry, len(rest) - len(entry)
            if dash < 2 or not rest:
                raise _NotPlain
        key, colon, written = rest.partition(": ")
        if not colon:
            key, written = (rest[:-1], "") if rest[-1] == ":" else ("", rest)
        value: Any = None
        if written and (written := written.strip(" ")):
            value = _value(written)
        at, node = open_nodes[-1]
        if waiting is not None or at != column or (node.__class__ is list) != (dash > 0):
            node = _node_at(column, open_nodes, waiting, listed=dash > 0)
            waiting = None
        if not key:
            if not dash or colon or value is None:
                raise _NotPlain
            node.append(value)
            continue
        if key not in _FAMILIAR and not (key.isidentifier() and key.isascii() and len(key) < _LONGEST_KEY):
            raise _NotPlain
        if dash:
            node.append({})
            node = node[-1]
            column += dash
            open_nodes.append((column, node))
        if key in node:
            raise _NotPlain
        if key not in _FAMILIAR and key.lower() == "secured":
            sealed.append(_text(value))
            continue
        node[key] = value
        if not written:
            waiting = (node, key, column)
    return root


def _value(written: str) -> Any:
    """What a value on one line, without spaces around it, means."""
    first = written[0]
    if first in _FIRST or first >= "\u00c0" or (first == "-" and written[1:2] in _FIRST and written[1:2].isdigit()):
        if ": " in written or " #" in written or written[-1] == ":":
            raise _NotPlain
        return None if written in _NULLS else written
    if first == '"' and written[-1] == '"':
        if "\\" not in written and written.count('"') == 2:
            return written[1:-1]
        if _QUOTED.fullmatch(written):
            return _ESCAPED.sub(r"\1", written[1:-1])
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
