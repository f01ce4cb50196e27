"""Fingerprints of the inputs of each stage: settings in; digests out. A stage works anew when its digest is another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from feedd import render
from feedd.config.load import Config
from feedd.config.section_values import ItemRules
from feedd.items.reading_settings import LONGEST_BODY, ReadingSettings
from feedd.model import READING_VERSION
from feedd.render import assets
from feedd.render.site_info import SiteInfo
from feedd.select.settings import DEFAULT_FAMILIES, SelectionSettings

_EARLIER_FAMILIES = ("all", "topics", "providers", "saved")


def reading_inputs(items: ItemRules, reading: ReadingSettings, site: SiteInfo, libraries: Sequence[str]) -> str:
    """The fingerprint of reading. `items` are the settings that choose files. Other libraries may read more files. Of a
    file, also what its entry shows of media is read.
    """
    return _digest(READING_VERSION, items, reading, libraries, *_content(site))


def selection_inputs(config: Config, selection: SelectionSettings) -> str:
    """The fingerprint of the selection. `retired` is not part of it, since it moves no entry."""
    kept = (config.ids.keep_from.fingerprint,) if config.ids.keep_from.fingerprint else ()
    own = (selection.only,) if selection.only else ()
    families = (selection.families, selection.language if "languages" in selection.families else None)
    return _digest(
        config.defaults,
        config.limit,
        config.topics,
        config.views,
        config.rank,
        selection.saved_filters,
        config.stories,
        families,
        selection.topics_from,
        *kept,
        *own,
        *([config.archives] if config.archives.feeds else []),
    )


def rendering_inputs(site: SiteInfo, retired: object, made_by: Sequence[str]) -> str:
    """The fingerprint of rendering. `made_by`: the versions of the libraries that make documents."""
    return _digest(render.RENDERING_VERSION, site, retired, made_by, assets.DIGESTS)


def digest_inputs(site: SiteInfo, libraries: list[str]) -> str:
    """The fingerprint of the settings that entries of digests show."""
    return _digest(*_of_every_entry(site, libraries), site.entry_pages_below)


def entry_inputs(site: SiteInfo, libraries: list[str]) -> str:
    """The fingerprint of the settings that single entries show. Whether there are pages is part of each entry's
    fingerprint.
    """
    names = [(topic.name, topic.keywords, topic.aliases) for topic in site.topics.all]
    places = [each for each in (site.site_url, site.media_prefix) if each is not None]
    topics_from = [site.topics_from] if site.topics_from else []  # else as before there was such a setting
    return _digest(
        *_of_every_entry(site, libraries),
        site.base_url,
        names,
        *places,
        *topics_from,
        *_content(site),
        *_markdown(site),
        *(["links by name"] if site.links_by_name else []),
        *([site.mirror] if site.mirror is not None else []),
    )


def _content(site: SiteInfo) -> list[str]:
    """What entries carry of their items, if this is not what they carry without such settings."""
    limit = [f"at most {site.content_limit}"] if site.content_limit != LONGEST_BODY else []
    return ([site.content] if site.content != "full" else []) + limit


def _markdown(site: SiteInfo) -> list[str]:
    """What entries carry beside their content."""
    if not site.markdown_source:
        return []
    return ["markdown"] if site.mirror is None else ["markdown with mirrored pictures"]


def _of_every_entry(site: SiteInfo, libraries: list[str]) -> tuple[object, ...]:
    """The values that any entry may show, both entries of items and entries of digests."""
    shown = render.RENDERING_VERSION, libraries, site.author, site.author_uri, site.language
    return shown + _words_in_entries(site)


def _words_in_entries(site: SiteInfo) -> tuple[object, ...]:
    """The words of the site that entries show; nothing if there are none."""
    if not site.own_words:
        return ()
    from feedd.words.configured_words import IN_ENTRIES

    words = [word for word in site.own_words if word.name in IN_ENTRIES]
    return (words,) if words else ()


def earlier_rendering_inputs(site: SiteInfo, selection: SelectionSettings, made_by: list[str]) -> str | None:
    """The fingerprint of rendering by which an earlier version would have made the same documents; None if no earlier
    version would have made them.
    """
    is_new = (
        site.families != DEFAULT_FAMILIES,
        site.topics_from,
        site.content != "full",
        site.content_limit != LONGEST_BODY,
        site.markdown_source,
        site.mirror is not None,
        site.site_url,
        site.media_prefix,
        site.links_by_name,
        site.own_words,
    )
    if any(is_new):
        return None
    return _digest(render.RENDERING_VERSION, _earlier_site(site, selection), made_by, assets.DIGESTS)


def _earlier_site(site: SiteInfo, selection: SelectionSettings) -> Mapping[str, object]:
    """Site and selection as a single value, for the fingerprint of rendering of earlier versions. With this
    fingerprint, entries in documents of these versions can be reused.
    """
    earlier = {name: each for name, each in selection.overrides.families.items() if name in _EARLIER_FAMILIES}
    return {
        "base_url": site.base_url,
        "title": site.title,
        "description": site.description,
        "language": site.language,
        "author": site.author,
        "author_uri": site.author_uri,
        "author_email": site.author_email,
        "icon": site.icon,
        "logo": site.logo,
        "formats": site.formats,
        "rank": selection.rank,
        "topics": site.topics,
        "retired": selection.retired,
        "hubs": site.hubs,
        "pages": site.pages,
        "precompress": site.precompress,
        "views": site.views,
        "overrides": replace(selection.overrides, families=earlier),
        "limit": selection.limit,
        "min_quality": selection.min_quality,
        "recipes": selection.saved_filters,
    }


def _digest(*parts: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(parts), digest_size=12).hexdigest()
