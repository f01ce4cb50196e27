"""YAML by libyaml: the text of a front matter in; its tree, its scalars, or the lines of its fields, out.

All of it comes from libyaml's events, which leave each scalar as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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

from feedd.items.front_matter.yaml import SEAL_LENGTH, FieldPath, FrontMatter, FrontMatterError, Node, Scalar
from feedd.items.front_matter.yaml_slips import Slip, begins_comment, explained, unclosed_quotes, usual
from feedd.patterns import late_pattern

MAX_DEPTH = 24
MOST_ALIASED = 2000  # values that the aliases of a front matter may stand for together
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TOO_DEEP = "lists and mappings are nested too deeply"

# YAML 1.1 ends a line at these, editors and people do not.
_UNSEEN_BREAKS = late_pattern("[\x85\u2028\u2029]")
_CONTROL = late_pattern("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]")


def read_any_tree(front: str) -> FrontMatter:
    """The front matter, read, with all that YAML allows. Raises FrontMatterError as `yaml.read_tree` does."""
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
    """The line of each field and list entry of a well-formed text. The text begins at `first_line`."""
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
    """The texts in the `secured` fields of a front matter, and the number of these fields; and its anchors.

    `anchors` has the node and the size of each anchored value; None for a sealed one. `written` counts what aliases
    stand for.
    """

    __slots__ = ("anchors", "fields", "is_open", "texts", "written")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fields = 0
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        self.is_open = True  # no `secured` field is being read
        self.written = 0


def _node(event: Any, next_event: Any, seals: _Seals, depth: int) -> Any:
    kind = event.__class__
    if kind is AliasEvent:
        return _aliased(event, seals, depth)
    if kind is ScalarEvent:
        value = event.value
        node: Any = None if value in _NULLS and event.implicit[0] else value
    elif depth > MAX_DEPTH:
        raise FrontMatterError(_TOO_DEEP, event.start_mark.line + 2)
    elif kind is MappingStartEvent:
        node = _mapping(next_event, seals, depth)
    elif kind is SequenceStartEvent:
        node = []
        while (entry := next_event()).__class__ is not SequenceEndEvent:
            node.append(_node(entry, next_event, seals, depth + 1))
    else:
        raise FrontMatterError("expected a value", event.start_mark.line + 2)
    if event.anchor is not None:
        seals.anchors[event.anchor] = (node, _size(node)) if seals.is_open else None
    return node


def _aliased(event: Any, seals: _Seals, depth: int) -> Any:
    """The value that an alias stands for. Raises FrontMatterError if it is sealed, not there, or too large."""
    line = event.start_mark.line + 2
    name = f" (*{event.anchor[:60]})"
    if event.anchor not in seals.anchors:
        words = "names a value that is not given above it"
        raise FrontMatterError(f"an alias {words}", line, f"an alias{name} {words}")
    if (found := seals.anchors[event.anchor]) is None:
        raise FrontMatterError("an alias stands for sealed text", line)
    node, size = found
    seals.written += size
    if seals.written > MOST_ALIASED or depth + _depth(node) > MAX_DEPTH:
        words = "stand for too much: write the values out"
        raise FrontMatterError(f"aliases {words}", line, f"aliases{name} {words}")
    return node


def _size(node: Any) -> int:
    """How many values a node has, each as often as aliases repeat it; at most a little over MOST_ALIASED."""
    count, level = 1, [node]
    while level and count <= MOST_ALIASED:
        inner: list[Any] = []
        for each in level:
            if isinstance(each, (dict, list)):
                inner.extend(each.values() if isinstance(each, dict) else each)
                if len(inner) > MOST_ALIASED:
                    break
        count, level = count + len(inner), inner
    return count


def _depth(node: Any) -> int:
    depth, level = 0, [node]
    while level := [
        inner
        for each in level
        if isinstance(each, (dict, list))
        for inner in (each.values() if isinstance(each, dict) else each)
    ]:
        depth += 1
    return depth


def _mapping(next_event: Any, seals: _Seals, depth: int) -> dict[str, Node]:
    fields: dict[str, Node] = {}
    while (kind := (key := next_event()).__class__) is not MappingEndEvent:
        if kind is not ScalarEvent:
            raise FrontMatterError("the name of a field has to be plain text", key.start_mark.line + 2)
        name = key.value
        if name.lower() == "secured":
            _seal_next(next_event, seals, depth)
            continue
        node = _node(next_event(), next_event, seals, depth + 1)
        if name in fields and (node != fields[name] or not isinstance(node, str)):
            words, line = "is given twice; keep one", key.start_mark.line + 2
            raise FrontMatterError(f"a field {words}", line, f"`{name[:60]}` {words}")
        fields[name] = node
    if isinstance(fields.get("<<"), (dict, list)):
        _merge(fields)
    return fields


def _merge(fields: dict[str, Node]) -> None:
    """Adds the fields of the mappings that the field `<<` names (yaml.org/type/merge.html). The given ones win."""
    merged = fields.pop("<<")
    for each in merged if isinstance(merged, list) else (merged,):
        if isinstance(each, dict):
            for name, node in each.items():
                fields.setdefault(name, node)


def _seal_next(next_event: Any, seals: _Seals, depth: int) -> None:
    """Reads the value of a `secured` field."""
    seals.fields += 1
    was_open, seals.is_open = seals.is_open, False
    try:
        _seal(_node(next_event(), next_event, seals, depth + 1), seals.texts)
    except FrontMatterError as error:  # its words may quote sealed text
        raise FrontMatterError("`secured` has to be text, in quotes", error.line) from None
    seals.is_open = was_open


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
    # An unclosed quote or list is noticed at the end of the file, but mended where it was opened.
    opened = getattr(error, "context_mark", None)
    if opened is not None and "quoted scalar" not in context:
        opened = opened if "flow" in context and begins_comment(front, opened.line) else None
    mark = opened or getattr(error, "problem_mark", None)
    control = _CONTROL.search(front) if mark is None else None
    at = mark.line if mark is not None else front.count("\n", 0, control.start()) if control else None
    reason, line = _missing_quote(front, at) or explained(words, context, at, front)
    return FrontMatterError(reason, None if line is None else line + 2)


def _missing_quote(front: str, line: int | None) -> Slip | None:
    """The slip of a quote that is missing above a line, counted from 0, where libyaml gave up. None where it is not
    sure: with the quote, all can be read up to that line, and the line as well.
    """
    for mended, slip in unclosed_quotes(front, line) if line is not None else ():
        failed = _failed_line(mended)
        if failed is None or failed > (line or 0):
            return slip
    return None


def _failed_line(front: str) -> int | None:
    """The line, counted from 0, at which libyaml cannot read a text; None if it can."""
    parser = CParser(_UNSEEN_BREAKS.sub(" ", front))
    try:
        while parser.get_event().__class__ is not StreamEndEvent:
            pass
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return mark.line if mark is not None else 0
    return None
