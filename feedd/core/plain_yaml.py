"""The plain part of YAML that nearly all front matter keeps to, read in two thirds of the time that libyaml takes.

`key: value` and `- value` lines nested by indentation, values plain or quoted on one line. For anything else, and for
anything wrong, `read` returns None and libyaml has the word: what this module does accept, both read alike, and a
test holds them to it.
"""

from __future__ import annotations

import re
from typing import Any

_LINES = re.compile(
    r"""^(([ ]*+)(?:
        (-[ ]++)?
        (?:([A-Za-z_]\w{0,99}+):(?:[ ]++|(?=\n)))?
        ("(?:[^"\\\n]++|\\["\\/])*+"|'[^'\n]*'|\[[^\n\[\]{}\\':\#]*\]
          |(?:[A-Za-z0-9_/(+\u00c0-\U0010ffff]|-(?=[0-9]))(?:[^\n:\#]++|:(?=[^\s])|(?<=[^\s])\#)*+)?
        |\#[^\n]*)\n)""",
    re.VERBOSE | re.ASCII | re.MULTILINE,
)
_FLOW_ENTRY = re.compile(r'[ ]*+(?:"([^"]*+)"[ ]*+|([A-Za-z0-9_/(+][^",]*+))(?:,|$)')
_ESCAPED = re.compile(r"\\(.)")
_TAB_OR_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_UNUSUAL = re.compile("[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset(("null", "Null", "NULL"))
_DEEPEST = 12
_UNREAD = object()

Tree = dict[str, Any]


def read(front: str) -> tuple[Tree, list[str]] | None:
    """The tree of a front matter and its sealed texts, as `frontmatter.read_tree` gives them, or None."""
    if (_TAB_OR_CONTROL if front.isascii() else _UNUSUAL).search(front) or not front.endswith("\n"):
        return None
    root: Tree = {}
    sealed: list[str] = []
    open_nodes: list[tuple[int, Any]] = [(0, root)]  # what may still grow, and the column of its entries
    waiting: tuple[Tree, str, int] | None = None  # the field whose value has to follow on the next lines
    covered = 0
    for line, spaces, dash, key, written in _LINES.findall(front):
        covered += len(line)
        if not (key or dash or written):
            continue
        column = len(spaces)
        value: Any = _value(written) if written else None
        at, node = open_nodes[-1]
        if waiting is not None or at != column or isinstance(node, list) != bool(dash):
            node = _node_at(column, open_nodes, waiting, listed=bool(dash))
        if node is None or value is _UNREAD or not (key or (dash and value is not None)):
            return None
        waiting = None
        if dash:
            if not key:
                node.append(value)
                continue
            entry: Tree = {}
            node.append(entry)
            column += len(dash)
            open_nodes.append((column, entry))
            node = entry
        if key in node:
            return None
        if key.lower() == "secured":
            if not isinstance(value, str):
                return None
            sealed.append(value)
            continue
        node[key] = value
        if not written:
            waiting = (node, key, column)
    return (root, sealed) if root and covered == len(front) else None


def _value(written: str) -> Any:
    """What a value on one line means; _UNREAD if that is not plain."""
    first = written[0]
    if first == '"':
        return _ESCAPED.sub(r"\1", written[1:-1]) if "\\" in written else written[1:-1]
    if first == "'":
        return written[1:-1]
    if first == "[":
        return _flow_list(written[1:-1])
    plain = written.rstrip(" ")
    return None if plain in _NULLS else plain


def _flow_list(flow: str) -> Any:
    """The entries between the brackets of a list on one line; _UNREAD if they are not plain."""
    entries: list[str | None] = []
    position = 0
    while position < len(flow):
        entry = _FLOW_ENTRY.match(flow, position)
        if entry is None:
            return _UNREAD
        quoted, plain = entry.groups()
        if quoted is not None:
            entries.append(quoted)
        else:
            plain = plain.rstrip(" ")
            entries.append(None if plain in _NULLS else plain)
        position = entry.end()
    return entries


def _node_at(column: int, open_nodes: list[tuple[int, Any]], waiting: Any, *, listed: bool) -> Any:
    """The list (`listed`) or mapping that an entry at `column` belongs to; None if that is not plain."""
    if waiting is not None:
        holder, key, parent = waiting
        if column > parent or (listed and column == parent):
            node: Any = [] if listed else {}
            holder[key] = node
            open_nodes.append((column, node))
            return node if len(open_nodes) <= _DEEPEST else None
    while len(open_nodes) > 1:
        at, node = open_nodes[-1]
        if at == column and isinstance(node, list) == listed:
            return node
        if at < column:
            return None
        open_nodes.pop()
    at, node = open_nodes[0]
    return node if at == column and not listed else None
