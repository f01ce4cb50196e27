"""The parts of the recovery index: an id in; the part that has it, and the paths of all parts, out.

This is all that passes with nothing to write there load of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from msgspec import Struct

from feedd.patterns import late_pattern

GROUPS = 256
MARK_OF_ANY = b"feedd recovery index "  # of any version
MARK = MARK_OF_ANY + b"1\n"
RECOVERY_FOLDER = "recovery/"
_IS_PART = late_pattern(rf"{RECOVERY_FOLDER}(?:entries|feeds)-[0-9a-f]{{2}}\.bin")
_ENTRIES_TOGETHER = 512  # in a part, before there are twice as many parts
_FEEDS_TOGETHER = 8
_WEIGHTS = (1, 7, 31, 127, 59, 83, 109, 3)  # of the last characters of an id, from the end

# SQLite's expression for the group of the column `id`. `group_of` is the same in Python.
GROUP_SQL = "(" + " + ".join(
    f"{weight} * coalesce(unicode(substr(id, -{at}, 1)), 0)" for at, weight in enumerate(_WEIGHTS, start=1)
)
GROUP_SQL += f") % {GROUPS}"


class IndexShape(Struct, frozen=True):
    """How many parts the index has."""

    entries: int
    feeds: int

    def names(self) -> Iterator[str]:
        """The paths of all its parts."""
        yield from map(entries_name, range(self.entries))
        yield from map(feeds_name, range(self.feeds))


def index_shape(entries: int, feeds: int) -> IndexShape:
    """The shape of the index of so many shown entries and feeds."""
    return IndexShape(_parts(entries, _ENTRIES_TOGETHER), _parts(feeds, _FEEDS_TOGETHER))


def _parts(count: int, together: int) -> int:
    """A power of two, so that a part of the index is a range of groups."""
    parts = 1
    while parts < GROUPS and count > parts * together:
        parts *= 2
    return parts


def entries_name(part: int) -> str:
    """The path of a part with entries."""
    return f"{RECOVERY_FOLDER}entries-{part:02x}.bin"


def feeds_name(part: int) -> str:
    """The path of a part with feeds."""
    return f"{RECOVERY_FOLDER}feeds-{part:02x}.bin"


def is_part_with_entries(path: str) -> bool:
    """Whether a part of the index has entries, by its path."""
    return path.startswith(f"{RECOVERY_FOLDER}entries-")


def possible_names() -> Iterator[str]:
    """The paths of all parts that an index may have."""
    return IndexShape(GROUPS, GROUPS).names()


def is_index_part(path: str) -> bool:
    """Whether a path is that of a part of the index."""
    return path.startswith(RECOVERY_FOLDER) and _IS_PART.fullmatch(path) is not None


def is_index(data: bytes) -> bool:
    """Whether a document begins as a part of the index does."""
    return data.startswith(MARK)


def group_of(entry_id: str) -> int:
    """The group of the id of an entry: from 0 to 255."""
    last = entry_id[: -len(_WEIGHTS) - 1 : -1]
    return sum(weight * ord(char) for weight, char in zip(_WEIGHTS, last, strict=False)) % GROUPS


def feed_group(feed_id: str) -> int:
    """The group of the id of a feed: from 0 to 255."""
    return zlib.crc32(feed_id.encode("utf-8", "surrogatepass")) % GROUPS


def groups_of_part(part: int, parts: int) -> range:
    """The groups that one of so many parts has."""
    share = GROUPS // parts
    return range(part * share, (part + 1) * share)


def part_of(group: int, parts: int) -> int:
    """The part, of so many, that has a group."""
    return group // (GROUPS // parts)
