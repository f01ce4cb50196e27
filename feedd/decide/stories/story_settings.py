"""The settings of stories, as values."""

from __future__ import annotations

from msgspec import Struct


class StorySettings(Struct, frozen=True):
    """When entries are one story. `window` is the longest time that a story spans, in seconds. `titles`: nearly equal
    titles join entries too. `fold_published`: an entry that has a lead when it would first be published is folded under
    it.
    """

    window: float = 7 * 86400.0
    titles: bool = True
    fold_published: bool = False
