"""Configuration: the text of a YAML file in; a Config, or all of its mistakes at once, out.

Reading is strict: an unknown key is a mistake. Directories are relative to where feedd is started.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct, field

from feedd.config import (
    feed_settings,
    field_settings,
    private_settings,
    site_settings,
    store_settings,
    topic_settings,
    value_decoders,
    view_settings,
    word_settings,
    worker_settings,
)
from feedd.config.config_file import ConfigError, is_absent, load_text, problems_of, read_fields
from feedd.config.feed_settings import RankingSettings
from feedd.config.id_settings import IdSettings, keep_from
from feedd.config.judging.conflicts import address_contradictions, saved_feed_contradictions, site_contradictions
from feedd.config.podcasts import podcast_settings
from feedd.config.private_settings import PrivateSettings
from feedd.config.section_values import (
    AuthorSettings,
    Defaults,
    Directories,
    ImageSettings,
    ItemRules,
    MediaSettings,
    ServingSettings,
    SiteSettings,
    Timing,
    WebSub,
)
from feedd.config.sections import mapping, section
from feedd.config.store_settings import StoreSettings
from feedd.config.worker_settings import ClusterOptions
from feedd.decide.stories.story_settings import StorySettings
from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath
from feedd.items.reading_settings import LONGEST_BODY, LONGEST_ON_PAGE, FolderDefaults
from feedd.model import Podcast, Problem
from feedd.render import FORMATS
from feedd.render.content_codings import ENCODINGS
from feedd.select.archives import ArchiveSettings
from feedd.select.saved_feeds import SavedFeed
from feedd.select.settings import DEFAULT_FAMILIES, NAMED_FAMILIES, TOPICS_FROM
from feedd.select.topics import Topics
from feedd.select.views import DEFAULT_VIEWS, FAMILIES, Views
from feedd.store.object_stores.store_url import StoreUrl
from feedd.words.site_words import ConfiguredWord

DEFAULT_PATH = Path("config/feedd.yaml")
_FIRST_AUTHORITY_YEAR = "2026"


class Config(Struct, frozen=True):
    """A configuration without mistakes. `base_url` ends in `/`; `workers` 0 means as many as there are cores, a text
    is the address of a scheduler.
    """

    base_url: str = "http://localhost:8080/"
    title: str = "Feeds"
    description: str = ""
    language: str = "en"
    words: tuple[ConfiguredWord, ...] = ()
    authority: str | None = None
    icon: str | None = None
    logo: str | None = None
    author: AuthorSettings = field(default_factory=AuthorSettings)
    site: SiteSettings = field(default_factory=SiteSettings)
    fields: dict[str, str] = field(default_factory=dict)
    folders: tuple[FolderDefaults, ...] = ()
    dates_from: str | None = None
    directories: Directories = field(default_factory=Directories)
    publish: tuple[StoreUrl, ...] = ()
    stores: StoreSettings = field(default_factory=StoreSettings)
    items: ItemRules = field(default_factory=ItemRules)
    defaults: Defaults = field(default_factory=Defaults)
    formats: tuple[str, ...] = tuple(FORMATS)
    pages: bool = True
    precompress: tuple[str, ...] = ()
    limit: int = 50
    rank: RankingSettings = field(default_factory=RankingSettings)
    stories: StorySettings = field(default_factory=StorySettings)
    topics: Topics = field(default_factory=Topics)
    families: tuple[str, ...] = DEFAULT_FAMILIES
    topics_from: tuple[str, ...] = ()
    content: Literal["full", "summary"] = "full"
    content_limit: int = LONGEST_BODY
    markdown_source: bool = False
    workers: int | str = 0
    cluster: ClusterOptions = field(default_factory=ClusterOptions)
    daemon: Timing = field(default_factory=Timing)
    views: Views = DEFAULT_VIEWS
    archives: ArchiveSettings = ArchiveSettings()
    feeds: tuple[SavedFeed, ...] = ()
    websub: WebSub = field(default_factory=WebSub)
    media: MediaSettings = field(default_factory=MediaSettings)
    images: ImageSettings = field(default_factory=ImageSettings)
    podcast: Podcast | None = None
    retired: dict[str, str | None] = field(default_factory=dict)
    serve: ServingSettings = field(default_factory=ServingSettings)
    ids: IdSettings = field(default_factory=IdSettings)
    private: PrivateSettings | None = None
    recover: bool = False
    recover_index: bool = True

    @property
    def public_feeds(self) -> tuple[SavedFeed, ...]:
        """The saved feeds that are not private."""
        names = self.private.feeds if self.private else ()
        return tuple(each for each in self.feeds if each.slug not in names)

    @property
    def own_feed(self) -> SavedFeed | None:
        """The private feed whose site this configuration is for; None for the public site."""
        own = self.private.own if self.private else None
        return next((each for each in self.feeds if each.slug == own), None)

    @property
    def tagging_entity(self) -> str:
        """The tagging entity (RFC 4151) for new ids: `authority`, else the host of the base URL."""
        host = urlsplit(self.base_url).hostname or "localhost"
        return self.authority or f"{host},{_FIRST_AUTHORITY_YEAR}"


def load(path: Path | None) -> Config:
    """The configuration in `path`. If `path` is None: in `config/feedd.yaml` if the file exists, else the defaults.

    Raises ConfigError with every mistake in the file and in its topics file.
    """
    chosen = path or DEFAULT_PATH
    if path is None and is_absent(chosen):
        return Config()
    return read_config(load_text(chosen), chosen)


def read_config(text: str, path: Path) -> Config:
    """The configuration in a text, which is that of the file `path`. Raises ConfigError with every mistake."""
    tree = read_fields(text, path)
    findings = Findings()
    values = section(_KEYS, tree, (), findings, {"saved": "did you mean `feeds`?"})
    topics_path = values.pop("topics", None)
    topics_problems: list[Problem] = []
    if topics_path is not None:
        try:
            values["topics"] = topic_settings.load_topics(Path(topics_path))
        except ConfigError as error:
            topics_problems = [problem for problem in error.problems if problem.line]
            unread = [f"{problem.path} {problem.reason}" for problem in error.problems if not problem.line]
            findings.problems.extend((("topics",), reason) for reason in unread)
    if not findings.problems:
        findings.problems.extend(_contradictions(values))
    if problems := problems_of(path, findings, text) + topics_problems:
        mistaken = {at[0] for at, _ in findings.problems if at}
        raise ConfigError(problems, {key: value for key, value in values.items() if key not in mistaken})
    return Config(**values)


def _contradictions(values: dict[str, Any]) -> list[tuple[FieldPath, str]]:
    retired: dict[str, str | None] = values.get("retired", {})
    site: SiteSettings = values.get("site", SiteSettings())
    return [
        *site_contradictions(site.url, site.link, values.get("folders", ())),
        *private_settings.without_feed(values.get("private"), values.get("feeds", ())),
        *podcast_settings.without_feed(values.get("folders", ()), values.get("feeds", ())),
        *saved_feed_contradictions(
            values.get("feeds", ()), retired, values.get("views", DEFAULT_VIEWS), values.get("topics", Topics())
        ),
        *address_contradictions(retired, values.get("formats", tuple(FORMATS)), pages=values.get("pages", True)),
    ]


_TEXTS = decoders.one_or_more(decoders.plain_text)
_SECTIONS: dict[str, tuple[Callable[..., Any], dict[str, Decoder[Any]]]] = {
    "author": (AuthorSettings, {"name": decoders.plain_text, "uri": decoders.link, "email": value_decoders.email}),
    "site": (
        SiteSettings,
        {
            "url": value_decoders.base_url,
            "media_prefix": value_decoders.base_url,
            "time_zone": view_settings.time_zone,
            **site_settings.KEYS,
        },
    ),
    "directories": (
        Directories,
        {"seeds": store_settings.path_or_place, "feeds": value_decoders.path, "state": value_decoders.path},
    ),
    "stores": (StoreSettings, store_settings.KEYS),
    "items": (
        ItemRules,
        {
            "suffixes": value_decoders.at_least_one(value_decoders.suffix),
            "include": _TEXTS,
            "ignore": _TEXTS,
            "max_bytes": value_decoders.size("1 KiB", "64 MiB"),
            "max_media_bytes": value_decoders.size("1 KiB", "1 GiB"),
            "withheld_tags": field_settings.withheld_tags,
            "unquoted_colons": decoders.boolean,
        },
    ),
    "defaults": (Defaults, {"published": decoders.boolean}),
    "rank": (RankingSettings, feed_settings.RANKING),
    "views": (view_settings.views, {**view_settings.KEYS, "time_zone": view_settings.time_zone}),
    "stories": (
        StorySettings,
        {
            "window": value_decoders.span_between("1min", "365d"),
            "titles": decoders.boolean,
            "fold_published": decoders.boolean,
        },
    ),
    "daemon": (
        Timing,
        {
            "watch": value_decoders.choice("auto", "poll"),
            "quiet": value_decoders.span_between("0ms", "10s"),
            "at_most": value_decoders.span_between("0ms", "1min"),
            "reconcile": value_decoders.span_between("1s", "1d"),
            "poll": value_decoders.span_between("1s", "1h"),
        },
    ),
    "archives": (
        ArchiveSettings,
        {"feeds": value_decoders.any_of(*FAMILIES.values()), "size": value_decoders.between(1, 1000)},
    ),
    "cluster": (ClusterOptions, worker_settings.KEYS),
    "media": (MediaSettings, {"probe": decoders.boolean}),
    "images": (
        ImageSettings,
        {
            "mirror": decoders.boolean,
            "keep": value_decoders.size("1 MiB", "1024 GiB"),
            "not_from": value_decoders.any_number(decoders.plain_text),
        },
    ),
    "podcast": (podcast_settings.build, podcast_settings.KEYS),
    "ids": (IdSettings, {"keep_from": keep_from}),
    "private": (PrivateSettings, private_settings.KEYS),
    "websub": (WebSub, {"hubs": value_decoders.any_number(decoders.link)}),
    "serve": (
        ServingSettings,
        {
            "listen": value_decoders.address,
            "monitor": value_decoders.address,
            "max_age": value_decoders.span_between("0s", "7d"),
            "memory": value_decoders.size("1 MiB", "64 GiB"),
        },
    ),
}
_KEYS: dict[str, Decoder[Any]] = {
    "base_url": value_decoders.base_url,
    "title": decoders.plain_text,
    "description": decoders.plain_text,
    "language": value_decoders.language,
    "words": word_settings.words,
    "authority": value_decoders.authority,
    "icon": decoders.link,
    "logo": decoders.link,
    "formats": value_decoders.at_least_one(value_decoders.choice(*FORMATS)),
    "pages": decoders.boolean,
    "precompress": value_decoders.any_of(*ENCODINGS),
    "publish": store_settings.places,
    "limit": value_decoders.between(1, 10000),
    "topics": value_decoders.path,
    "families": value_decoders.any_of(*NAMED_FAMILIES),
    "topics_from": value_decoders.any_of(*TOPICS_FROM),
    "content": value_decoders.choice("full", "summary"),
    "content_limit": value_decoders.between(1000, LONGEST_ON_PAGE),
    "markdown_source": decoders.boolean,
    "fields": field_settings.renamed_fields,
    "folders": field_settings.folder_settings,
    "dates_from": value_decoders.choice("git"),
    "feeds": feed_settings.saved_feeds,
    "workers": worker_settings.workers,
    "retired": feed_settings.retired,
    "recover": decoders.boolean,
    "recover_index": decoders.boolean,
    **{name: mapping(keys, build) for name, (build, keys) in _SECTIONS.items()},
}


def key_names() -> list[str]:
    """Every key of the configuration, `section.key` for the nested ones."""
    inner = {"podcast": podcast_settings.KEY_NAMES, "cluster": worker_settings.KEY_NAMES}
    nested = [f"{section}.{key}" for section, (_, keys) in _SECTIONS.items() for key in inner.get(section, keys)]
    return sorted([key for key in _KEYS if key not in _SECTIONS] + nested)
