"""Resolving: a Config in; the settings of each stage of a pass, and the fingerprints of its inputs, out."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from feedd.config.load import Config
from feedd.config.podcasts.podcast_settings import folder_podcast
from feedd.config.private_settings import PrivateSettings, private_podcast, private_ranking, private_views
from feedd.config.section_values import ImageSettings, MediaSettings, WebSub
from feedd.config.stage_inputs import (
    digest_inputs,
    earlier_rendering_inputs,
    entry_inputs,
    reading_inputs,
    rendering_inputs,
    selection_inputs,
)
from feedd.config.worker_settings import cluster_settings
from feedd.html.shown_pictures import MirrorRules
from feedd.items import urls
from feedd.items.hosts import ascii_authority
from feedd.items.reading_settings import AudienceSettings, ReadingSettings
from feedd.model import FeedId, Podcast
from feedd.render.content_codings import ENCODINGS
from feedd.render.podcasts import merged
from feedd.render.site_info import SavedFeedInfo, SiteInfo
from feedd.run.pass_settings import PassSettings
from feedd.select.folders import feed_folder
from feedd.select.ranking import RankSettings
from feedd.select.saved_feeds import SavedFeed
from feedd.select.settings import SelectionSettings, feed_policy
from feedd.select.views import Views
from feedd.store.installed import RENDERERS, versions


def site_info(config: Config) -> SiteInfo:
    """The part of the configuration that documents show."""
    return SiteInfo(
        base_url=config.base_url,
        title=config.title,
        description=config.description,
        language=config.language,
        author=config.author.name or config.title,
        author_uri=config.author.uri,
        author_email=config.author.email,
        icon=config.icon,
        logo=config.logo,
        formats=config.formats,
        topics=config.topics,
        views=_views(config),
        saved={each.slug: _saved_feed_info(config, each) for each in config.public_feeds},
        hubs=config.websub.hubs,
        pages=config.pages,
        podcast=_with_absolute_cover(config, config.podcast),
        probe=config.media.probe,
        precompress=config.precompress,
        site_url=config.site.url,
        families=config.families,
        topics_from=config.topics_from,
        content=config.content,
        content_limit=config.content_limit,
        markdown_source=config.markdown_source,
        mirror=mirror_rules(config.images),
        media_prefix=config.site.media_prefix,
        links_by_name=config.site.links_by_name,
        own_words=config.words,
    )


def mirror_rules(images: ImageSettings) -> MirrorRules | None:
    """Which pictures of other sites are mirrored; None if none are."""
    names = {each.casefold() for each in images.not_from}
    return MirrorRules(tuple(sorted(names | set(map(ascii_authority, names))))) if images.mirror else None


def _saved_feed_info(config: Config, saved: SavedFeed) -> SavedFeedInfo:
    podcast = merged(saved.podcast, folder_podcast(saved.folders, config.folders))
    return SavedFeedInfo(saved.title, saved.description, _with_absolute_cover(config, podcast))


def _with_absolute_cover(config: Config, podcast: Podcast | None) -> Podcast | None:
    """A podcast whose cover is absolute: a path belongs to the site, where there is one, else to the feeds."""
    if podcast is None or podcast.cover is None:
        return podcast
    return replace(podcast, cover=urls.absolute(podcast.cover, config.site.url or config.base_url))


def reading_settings(config: Config) -> ReadingSettings:
    """The settings by which files become items."""
    site = config.site
    has_links = site.link or any("links" in each.values for each in config.folders)
    return ReadingSettings(
        site_url=site.url,
        time_zone=site.time_zone,
        days_in_time_zone=site.days_in_time_zone and bool(has_links),
        link=site.link,
        language=config.language if has_links else "",
        authors=site.authors,
        fields=config.fields,
        folders=tuple(replace(each, podcast=None) for each in config.folders if each.values),
        dates_from=config.dates_from,
        chosen_folders=tuple(sorted({folder for saved in config.feeds for folder in saved.folders})),
        withheld_tags=config.items.withheld_tags,
        unquoted_colons=config.items.unquoted_colons,
        audiences=_audiences(config.private) if config.private else None,
    )


def _audiences(private: PrivateSettings) -> AudienceSettings:
    own = private.own
    return AudienceSettings(tuple(name.casefold() for name in private.feeds), own.casefold() if own else None)


def selection_settings(config: Config) -> SelectionSettings:
    """The settings that select, order and name feeds."""
    rank, own = config.rank, config.own_feed
    return SelectionSettings(
        rank=RankSettings(rank.order, rank.half_life, rank.unknown, rank.coverage),
        topics=config.topics,
        views=_views(config),
        overrides=rank.overrides,
        limit=config.limit,
        min_quality=rank.min_quality,
        saved_filters={each.slug: each.compiled(config.topics, config.language) for each in config.public_feeds},
        retired=config.retired,
        families=config.families,
        topics_from=config.topics_from,
        language=config.language,
        private=config.private.feeds if config.private else (),
        only=own.compiled(config.topics, config.language) if own else None,
        archives=config.archives,
    )


def _views(config: Config) -> Views:
    return replace(config.views, saved={each.slug: each.views for each in config.public_feeds})


def private_site(config: Config, name: str, state: Path, base_url: str) -> Config:
    """The configuration of the site that a private feed is. `state` is its folder, which holds its documents, too;
    `base_url` is the address of its documents for every subscriber.
    """
    saved = next(each for each in config.feeds if each.slug == name)
    everywhere = selection_settings(replace(config, private=None))
    policy = feed_policy(FeedId("saved", name), name, everywhere)
    own = _saved_feed_info(config, saved).podcast
    return replace(
        config,
        base_url=base_url,
        title=saved.title,
        description=saved.description,
        author=replace(config.author, name=config.author.name or config.title),
        directories=replace(config.directories, feeds=state / "feeds", state=state),
        publish=(),
        precompress=(),
        limit=policy.limit,
        rank=private_ranking(policy),
        families=(),
        archives=replace(config.archives, feeds=("all",) if "saved" in config.archives.feeds else ()),
        feeds=(saved,),
        views=private_views(config.views, saved),
        websub=WebSub(),
        media=MediaSettings(),
        podcast=private_podcast(
            merged(own, config.podcast), f"{config.base_url}{feed_folder(FeedId('saved', name), name)}"
        ),
        retired={},
        private=PrivateSettings(config.private.feeds if config.private else (name,), own=name),
    )


def pass_settings(config: Config) -> PassSettings:
    """The settings of a pass."""
    site, selection, reading = site_info(config), selection_settings(config), reading_settings(config)
    libraries = versions(RENDERERS)
    made_by = libraries + [ENCODINGS[name].version for name in config.precompress]
    return PassSettings(
        site=site,
        reading=reading,
        selection=selection,
        stories=config.stories,
        default_listed=config.defaults.published,
        workers=local_workers(config),
        authority=config.authority,
        default_authority=config.tagging_entity,
        reading_inputs=reading_inputs(config.items, reading, site, libraries),
        selection_inputs=selection_inputs(config, selection),
        rendering_inputs=rendering_inputs(site, config.retired, made_by),
        entry_inputs=entry_inputs(site, libraries),
        digest_inputs=digest_inputs(site, libraries),
        earlier_rendering_inputs=earlier_rendering_inputs(site, selection, made_by),
        kept_ids=config.ids.keep_from,
        cluster=cluster_settings(config.workers, config.cluster),
        room_for_pictures=config.images.keep,
        recovery_index=config.recover_index,
    )


def local_workers(config: Config) -> int:
    """How many processes of this machine work; 0: as many as there are cores."""
    return config.workers if isinstance(config.workers, int) else 0
