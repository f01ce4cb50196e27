"""Topics: what `topics.yaml` says of them, in; their labels, and those whose keywords a text holds, out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from feedd.items import invisible


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """What two spellings of one name share: `AI` and `ai` are one topic, `C` and `C++` are two. Characters that cannot
    be seen, and which kind of space it is, do not matter.
    """
    return unicodedata.normalize("NFC", " ".join(invisible.one_variant(name).split()).casefold())


class Topic(Struct, frozen=True):
    """One topic. `aliases` are other names that items use for it; `parent` groups it in listings."""

    name: str
    title: str | None = None
    description: str | None = None
    parent: str | None = None
    keywords: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Topics(Struct, frozen=True):
    """All topics that the configuration knows."""

    all: tuple[Topic, ...] = ()

    def get(self, name: str) -> Topic | None:
        """The topic of that name or alias, however it is capitalised."""
        return _index(self).by_name.get(name_key(name))

    def label(self, name: str) -> str:
        """The topic's own name for any of its names; an unknown name is its own label."""
        topic = self.get(name)
        return topic.name if topic else name

    def by_keyword(self, words: str) -> tuple[str, ...]:
        """Names of the topics of which `words` holds a keyword as a whole word, in the configured order."""
        return tuple(topic.name for pattern, topic in _index(self).patterns if pattern.search(words))


class _Index:
    """Ways to look a topic up, made once for equal Topics."""

    def __init__(self, topics: Topics) -> None:
        self.by_name: dict[str, Topic] = {}
        for topic in topics.all:
            for name in (topic.name, *topic.aliases):
                self.by_name.setdefault(name_key(name), topic)
        self.patterns = [
            (re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, topic.keywords))})(?!\w)", re.IGNORECASE), topic)
            for topic in topics.all
            if topic.keywords
        ]


_recent: list[tuple[Topics, _Index]] = []


def _index(topics: Topics) -> _Index:
    if not _recent or _recent[0][0] is not topics:
        _recent[:] = [(topics, _Index(topics))]
    return _recent[0][1]
