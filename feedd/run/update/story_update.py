"""Updated stories, in portions, from `tell_stories.py` to what keeps and publishes them; and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from feedd.decide.records import EntryChange
from feedd.decide.stories.clusters import STORIES_NAMED, changes_in_words


class StoryChange(Struct, frozen=True):
    """An updated story of several entries: its lead, the lead's title, the number of further providers, and whether it
    changed.
    """

    lead: int
    title: str
    providers: int
    changed: bool


class StoryUpdate(Struct, frozen=True):
    """A portion of updated stories. `changes`: the entries that changed with them. `stories`: the updated stories of
    several entries.
    """

    changes: list[EntryChange]
    stories: list[StoryChange]


class StoryTally:
    """The number of changed stories, and the first of them."""

    def __init__(self) -> None:
        self._number = 0
        self._named: list[tuple[str, int]] = []

    def add(self, stories: Iterable[StoryChange]) -> None:
        """Counts the changed stories among these."""
        changed = [(each.title, each.providers) for each in stories if each.changed]
        self._number += len(changed)
        self._named = [*self._named, *changed][:STORIES_NAMED]

    def in_words(self, reranked: int) -> str:
        """The changes in words; "" if nothing changed. `reranked`: the number of entries with a new rank."""
        return changes_in_words(self._named, reranked, self._number)
