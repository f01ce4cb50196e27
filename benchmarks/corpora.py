"""A corpus of N item files on disk: written once, edited one file at a time, and what its feeds must hold.

What stands in the files is in a module for each corpus: `news.py` (news and wiki pages), `blog.py` (long posts).
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


class Item(NamedTuple):
    """What is known of one file before its text is written."""

    path: str  # relative to the corpus, with "/"
    when: datetime
    title: str
    topics: tuple[str, ...]
    provider: str  # empty: it names none
    published: bool
    wiki: bool = False


class Expected(NamedTuple):
    """How many published items there are in all, for each topic and for each provider."""

    everything: int
    topics: Counter[str]
    providers: Counter[str]


@dataclass(frozen=True)
class Corpus:
    """Files that are pure functions of (index, N). Index 0 is the oldest."""

    version: str  # changed whenever the bytes change: a corpus kept from earlier is then made anew
    item: Callable[[int, int], Item]
    text: Callable[[int, int, str], str]  # the file's text; the last is what an edit appends to its title

    def write(self, folder: Path, count: int) -> None:
        """Make `folder` hold exactly the corpus of `count` items; a folder that a finished run left is kept.

        The mark of completeness lies beside the folder, so that nothing but items is in it.
        """
        mark = folder.with_name(folder.name + ".complete")
        words = f"{self.version} {count}\n"
        if folder.is_dir() and mark.is_file() and mark.read_text() == words:
            return
        mark.unlink(missing_ok=True)
        if folder.exists():
            shutil.rmtree(folder)
        made: set[Path] = set()
        for index in range(count):
            path = folder / self.item(index, count).path
            if path.parent not in made:
                path.parent.mkdir(parents=True, exist_ok=True)
                made.add(path.parent)
            path.write_bytes(self.text(index, count, "").encode())
        mark.write_text(words)

    def put(self, folder: Path, index: int, count: int, title_suffix: str = "") -> None:
        """Save one item as an editor does: written beside, renamed over. Equal bytes are left alone."""
        path = folder / self.item(index, count).path
        data = self.text(index, count, title_suffix).encode()
        if path.is_file() and path.read_bytes() == data:
            return
        beside = path.with_name(f".{path.name}.tmp")
        beside.write_bytes(data)
        beside.replace(path)

    def expected(self, count: int) -> Expected:
        """What the feeds of a corpus must hold before any limit; only published items count."""
        topics: Counter[str] = Counter()
        providers: Counter[str] = Counter()
        everything = 0
        for index in range(count):
            one = self.item(index, count)
            if one.published:
                everything += 1
                topics.update(one.topics)
                if one.provider:
                    providers[one.provider] += 1
        return Expected(everything, topics, providers)

    def newest(self, count: int, how_many: int) -> list[int]:
        """The indices of the newest published items, wiki pages apart, newest first: an edit of one shows."""
        found: list[int] = []
        for index in reversed(range(count)):
            one = self.item(index, count)
            if one.published and not one.wiki:
                found.append(index)
                if len(found) == how_many:
                    break
        return found
