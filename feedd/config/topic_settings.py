"""A topics file: its path in; its topics, or all its mistakes, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from feedd.config.config_file import ConfigError, load_text, problems_of, read_fields
from feedd.config.sections import section
from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings, quoted
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.select.topics import Topic, Topics, name_key


def load_topics(path: Path) -> Topics:
    """The topics in `path`. Raises ConfigError with every mistake."""
    text = load_text(path)
    tree = read_fields(text, path)
    findings = Findings()
    values = section({"topics": topics}, tree, (), findings)
    if problems := problems_of(path, findings, text):
        raise ConfigError(problems)
    return Topics(values.get("topics", ()))


def _one_topic(value: Node, at: FieldPath, findings: Findings) -> Topic | None:
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict):
        findings.wrong(at, f"a mapping ({', '.join(KEYS)})", value)
        return None
    values = section(KEYS, value, at, findings)
    if "name" not in values:
        if not any(where[: len(at)] == at for where, _ in findings.problems):
            findings.problems.append((at, "a topic needs a `name`"))
        return None
    return Topic(**values)


def topics(value: Node, at: FieldPath, findings: Findings) -> tuple[Topic, ...] | None:
    """A list of topics. No two topics share a name, and every parent is in the list."""
    if not isinstance(value, list):
        findings.problems.append((at, f"expected a list of topics, got {quoted(value)}"))
        return None
    read = {index: _one_topic(each, (*at, index), findings) for index, each in enumerate(value) if each is not None}
    found = {index: topic for index, topic in read.items() if topic is not None}
    known: dict[str, int] = {}
    for index, topic in found.items():
        for name in (topic.name, *topic.aliases):
            first = known.setdefault(name_key(name), index)
            if first != index:
                findings.problems.append(((*at, index), f'"{name}" already names topics[{first}]'))
    for index, topic in found.items():
        if topic.parent and name_key(topic.parent) not in known:
            at_parent = (*at, index, "parent")
            findings.problems.append((at_parent, f'no topic is called "{topic.parent}"'))
    for ring in _rings({index: known.get(name_key(topic.parent or "")) for index, topic in found.items()}):
        names = " in ".join(found[index].name for index in (*ring, ring[0]))
        findings.problems.append(((*at, ring[0], "parent"), f"a topic cannot lie in itself: {names}"))
    return tuple(found.values())


def _rings(parents: Mapping[int, int | None]) -> Iterator[list[int]]:
    """The rings of parents, each from its first topic."""
    seen: set[int] = set()
    for start in parents:
        way: list[int] = []
        at: int | None = start
        while at is not None and at not in seen:
            seen.add(at)
            way.append(at)
            at = parents[at]
        if at is not None and at in way:
            yield way[way.index(at) :]


KEYS: dict[str, Decoder[Any]] = {
    "name": decoders.plain_text,
    "title": decoders.plain_text,
    "description": decoders.plain_text,
    "parent": decoders.plain_text,
    "keywords": decoders.one_or_more(decoders.plain_text),
    "aliases": decoders.one_or_more(decoders.plain_text),
}
