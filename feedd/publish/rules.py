"""Rules: the part of the configuration that decides what is shown where."""

from __future__ import annotations

from msgspec import Struct

from feedd.core.rank import RankSettings
from feedd.core.stories import StorySettings
from feedd.core.topics import Topics


class Rules(Struct, frozen=True):
    """What the configuration says about what is shown where. `limit` is how many entries a feed holds."""

    authority: str
    default_listed: bool
    limit: int
    topics: Topics
    stories: StorySettings
    rank: RankSettings
