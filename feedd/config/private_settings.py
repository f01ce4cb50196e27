"""Private feeds in the configuration: which saved feeds are private; and for each, the configuration of a site of its
own, out.

A private feed is made as a whole site with one feed: by the same passes, with a ledger and a folder of its own. So
nothing of it can come into a document of the public site, and nothing of another private feed into its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from feedd.config import value_decoders
from feedd.config.feed_settings import RankingSettings
from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.front_matter.yaml import FieldPath
from feedd.model import Podcast
from feedd.render import FORMATS
from feedd.render.podcasts import guid
from feedd.select.policy import FeedPolicy, PolicyOverride
from feedd.select.saved_feeds import SavedFeed
from feedd.select.views import Views

KEYS: dict[str, Decoder[object]] = {
    "feeds": value_decoders.any_number(decoders.plain_text),
    "subscribers": value_decoders.path,
}


class PrivateSettings(Struct, frozen=True):
    """The saved feeds that are private, by their slugs, and the file of subscribers; None for the usual file in the
    state directory. `own` is the private feed whose site a configuration is for; None for the public site.
    """

    feeds: tuple[str, ...] = ()
    subscribers: Path | None = None
    own: str | None = None


def without_feed(private: PrivateSettings | None, saved: Iterable[SavedFeed]) -> Iterator[tuple[FieldPath, str]]:
    """Private feeds that are not among the saved feeds, as contradictions."""
    known = sorted(each.slug for each in saved)
    for name in private.feeds if private else ():
        if name not in known:
            among = f"; there are {', '.join(known)}" if known else ""
            yield ("private", "feeds"), f"{name} is none of `feeds`{among}"


def private_ranking(policy: FeedPolicy) -> RankingSettings:
    """The settings of a site whose only feed has this policy."""
    rank = policy.rank
    least = PolicyOverride(min_heat=policy.min_heat)
    return RankingSettings(rank.order, rank.half_life, rank.unknown, rank.coverage, policy.min_quality, all=least)


def private_views(views: Views, saved: SavedFeed) -> Views:
    """The views of a site whose only feed has the views of a saved feed."""
    chosen = saved.views if saved.views is not None else views.names if "saved" in views.feeds else ()
    return replace(
        views,
        feeds=("all",) if chosen else (),
        top=views.top if "top" in chosen else None,
        hot=views.hot if "hot" in chosen else None,
        digest=tuple(cadence for cadence in views.digest if cadence in chosen),
        saved={},
    )


def private_podcast(podcast: Podcast | None, folder: str) -> Podcast | None:
    """What a private feed says of itself as a podcast. Its guid is the one of its public address, had it one: the guid
    may not change with the address of a subscriber. No directory may list it.
    """
    if podcast is None:
        return None
    return replace(podcast, guid=podcast.guid or guid(folder + FORMATS["rss"].file), blocked=True)
