"""Podcasts: a feed and the settings of the site in; what the feed says of itself as a podcast, with its guid, out."""

from __future__ import annotations

import uuid

from msgspec.structs import asdict, replace

from feedd.model import FeedId, Podcast
from feedd.render import FORMATS
from feedd.render.site_info import SiteInfo
from feedd.select.membership import ALL

_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # of the guids of podcasts, in Podcasting 2.0


def podcast_of(identity: FeedId, base: str, site: SiteInfo) -> Podcast | None:
    """What a feed says of itself as a podcast; None where nothing is configured. `base` is the URL of its folder.

    A saved feed says its own; what it leaves out is the site's. A configured guid belongs to the feed for which it was
    given. Any other feed has the guid of its address.
    """
    saved = site.saved.get(identity.key) if identity.kind == "saved" else None
    own = saved.podcast if saved else None
    found = merged(own, site.podcast)
    if found is None:
        return None
    given = own.guid if own else found.guid if identity == ALL else None
    return replace(found, guid=(None if identity.view else given) or guid(base + FORMATS["rss"].file))


def podcasts(site: SiteInfo) -> dict[str, Podcast]:
    """The configured podcasts, by their keys in the configuration, each with what it takes over from the site."""
    found = {"podcast": site.podcast} if site.podcast else {}
    for slug, saved in site.saved.items():
        if saved.podcast is not None:
            found[f"feeds.{slug}.podcast"] = merged(saved.podcast, site.podcast) or saved.podcast
    return found


def merged(own: Podcast | None, site: Podcast | None) -> Podcast | None:
    """What `own` says, and what it leaves out as `site` says it."""
    if own is None or site is None:
        return own or site
    return replace(site, **{name: value for name, value in asdict(own).items() if value not in (None, ())})


def guid(url: str) -> str:
    """The guid of a podcast by the address of its feed: a UUIDv5 of the address without scheme and last slashes."""
    return str(uuid.uuid5(_NAMESPACE, url.partition("://")[2].rstrip("/")))
