"""Rules: the part of the configuration that decides what is shown where."""

from __future__ import annotations

from msgspec import Struct

from feedd.decide.stories.clusters import StorySettings
from feedd.select.settings import Site


class Rules(Struct, frozen=True):
    """What the configuration says about what is shown where."""

    authority: str
    default_listed: bool
    site: Site
    stories: StorySettings
