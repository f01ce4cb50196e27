"""Topics: the content of `topics.yaml`, in; their labels, and the topics whose keywords are in a text, out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from feedd.items import invisible


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """The key of a name, equal for all spellings of it: `AI` and `ai` are the same topic, `C` and `C++` are not.
    Invisible characters and kinds of spaces do not matter.
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
        """The topic of a name or alias, in any spelling with the same key; None if there is none."""
        return _index(self).by_name.get(name_key(name)) if self.all else None

    def label(self, name: str) -> str:
        """The topic's own name for any of its names; an unknown name is its own label."""
        topic = self.get(name)
        return topic.name if topic else name

    def by_keyword(self, words: str) -> tuple[str, ...]:
        """Names of the topics with a keyword that is a whole word, or words, in `words`; in the configured order."""
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
