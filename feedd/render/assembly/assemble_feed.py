"""Assembly of a feed: its summary, in; the Feed without its entries, or the feed as lists show it, out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import quote

from feedd.decide.records import EntryRecord
from feedd.items import urls
from feedd.model import Author, Feed, FeedId, Provider
from feedd.render import FORMATS, PAGE
from feedd.render.directory import Link, ListedFeed
from feedd.render.podcasts import podcast_of
from feedd.render.site_info import SiteInfo
from feedd.select.folders import FeedSummary, feed_folder
from feedd.select.languages import main_language
from feedd.select.membership import ALL
from feedd.select.ranking import RankKey, RankSettings, rank_key
from feedd.select.topics import Topic
from feedd.select.views import VIEWS
from feedd.words.site_words import Words


class NamesProvider(Protocol):
    """An item, or the part of an item that names its provider."""

    @property
    def provider(self) -> Provider | None:
        """Who published the item, if it says so."""


def document_names(site: SiteInfo, identity: FeedId, *, archived: bool = False) -> tuple[str, ...]:
    """The names of the documents of a feed. The feed of all has no page of its own unless it has archives: its page is
    the site's.
    """
    return (*site.formats, PAGE.name) if site.pages and (archived or identity != ALL) else site.formats


def sort_key(record: EntryRecord, rank: RankSettings) -> RankKey:
    """The key by which a feed's members are ordered, greatest first."""
    assert record.published is not None  # noqa: S101 - it is shown
    return rank_key(record, record.published, record.id, rank)


def make_feed(
    summary: FeedSummary, items: Iterable[NamesProvider], site: SiteInfo, heats: tuple[float, ...] | None = None
) -> Feed:
    """A feed without its entries. `items` are its members' items, in order: a feed of a provider has the first icon
    among them. `heats` are the members' heats, for a list.
    """
    folder = feed_folder(summary.identity, summary.slug)
    listed, words = list_feed(summary, site), feed_words(summary, site)
    subtitle, own_subtitle = _subtitle(summary, listed, site, words)
    base = site.base_url + quote(folder)
    podcast = podcast_of(summary.identity, base, site)
    icon = site.icon
    if summary.identity.kind == "provider":
        icon = next(filter(None, (_provider_icon(item, site.base_url) for item in items)), icon)
    return Feed(
        identity=summary.identity,
        id=summary.id,
        folder=folder,
        title=listed.title,
        subtitle=subtitle,
        home=listed.home,
        base=base,
        updated=summary.updated,
        language=_language(summary, site),
        author=Author(site.author, site.author_uri, site.author_email),
        icon=icon,
        logo=site.logo or (podcast.cover if podcast else None),
        hubs=site.hubs,
        label=listed.label,
        site=site.title,
        formats=site.formats,
        views=_views(summary, site),
        heats=heats,
        podcast=podcast,
        directory=site.directory(words),
        words=words,
        own_subtitle=own_subtitle,
    )


def _subtitle(summary: FeedSummary, listed: ListedFeed, site: SiteInfo, words: Words) -> tuple[str, str]:
    """The subtitle of a feed, and the name of the word that it is; "" if it is the site's own."""
    described = site.description if summary.identity == ALL else listed.description
    if described:
        return described, f"about_{VIEWS[summary.identity.view].short_name}" if summary.identity.view else ""
    name = f"about_{summary.identity.kind}"
    return words.say(name, title=site.title, label=listed.label), name


def feed_words(summary: FeedSummary, site: SiteInfo) -> Words:
    """Feedd's own words in a feed: in a feed of another language the words of that language."""
    language = _language(summary, site)
    return site.words if language == site.language else Words(language)


def _language(summary: FeedSummary, site: SiteInfo) -> str:
    """The language of a feed: that of the site, except in feeds of other languages."""
    is_other = summary.identity.kind == "language" and summary.label != main_language(site.language)
    return summary.label if is_other else site.language


def list_feed(summary: FeedSummary, site: SiteInfo) -> ListedFeed:
    """A feed as lists of feeds show it."""
    words = feed_words(summary, site)
    label, description, parent = summary.label, "", None
    if summary.identity.kind == "all":
        label = words.say("all_entries")
    elif summary.identity.kind == "topic" and (topic := site.topics.get(summary.label)):
        label, description = _topic_label(topic), topic.description or ""
        above = site.topics.get(topic.parent) if topic.parent else None
        parent = _topic_label(above) if above else None
    elif summary.identity.kind == "saved" and (info := site.saved.get(summary.identity.key)):
        label, description = info.title, info.description
    title = site.title if summary.identity.kind == "all" else f"{label} - {site.title}"
    if view := VIEWS.get(summary.identity.view):
        description = words.say(f"about_{view.short_name}", feed=label if summary.label else site.title)
        name = words.say(view.short_name)
        label, title = f"{name} - {label}", f"{name} - {title}"
    folder = quote(feed_folder(summary.identity, summary.slug))
    documents = tuple(
        Link(each.title, each.media_type, site.base_url + folder + each.file, folder + each.file)
        for each in (FORMATS[name] for name in site.formats)
    )
    return ListedFeed(
        label,
        title,
        description,
        _home(summary.identity, folder, site),
        documents,
        parent,
        folder + PAGE.file,
        summary.count,
        _views(summary, site, folder),
    )


def _home(feed: FeedId, folder: str, site: SiteInfo) -> str:
    """The page that a feed is of. The feed of all is of the site whose texts the items are, if it is known."""
    if site.site_url is not None and (feed == ALL or not site.pages):
        return site.site_url
    return site.base_url + folder if site.pages else site.base_url


def _views(summary: FeedSummary, site: SiteInfo, folder: str = "") -> tuple[tuple[str, str], ...]:
    """The names of the words of a feed's views, and their folders, relative to a place where the feed itself is in
    `folder`.
    """
    if summary.identity.view:
        return ()
    return tuple(
        (VIEWS[each.view].short_name, f"{folder}{each.view}/") for each in site.views.for_feed(summary.identity)
    )


def _topic_label(topic: Topic) -> str:
    return topic.title or topic.name


def _provider_icon(item: NamesProvider, base_url: str) -> str | None:
    images = item.provider.images if item.provider else ()
    return urls.absolute(images[0].url, base_url) if images else None
