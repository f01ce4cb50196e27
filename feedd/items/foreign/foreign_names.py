"""Names of fields in the words of other publishers, and the meaning of each name.

    front matter -- NamedFields --> fields by meaning, in the order in which they count; names that nobody uses

Capitals, hyphens, low lines and blanks in a name do not matter. A field also counts inside of the mappings in which
publishers keep the fields of a theme or of an advisory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from msgspec import Struct

from feedd.items.front_matter.yaml import FieldPath, Node

_MOST_KEPT = 64  # names of a set of which something is kept
_LONGEST_KEPT = 2_000  # characters of all its names
GROUPS = frozenset(("params", "extra", "taxonomies", "advisory"))
# Names of each meaning, the first that a file has counts. The seeds' own names are first, in other spellings.
MEANINGS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "date": (
        *("publishedDateTime", "publishDate", "pubDate", "pubDatetime", "date", "publishedDate", "publishedAt"),
        *("publicationDate", "datePublished", "publishedOn", "publishedTime", "publishTime", "firstPublished"),
        *("firstPublishedAt", "postDate", "postedAt", "postedOn"),
    ),
    # Nothing but a time before which a text is not to be published. It holds beside any date.
    "not before": (
        *("scheduled", "scheduledFor", "scheduledAt", "scheduledDate", "publishOn", "publishAt", "goLive"),
        *("goLiveDate", "embargo", "embargoUntil", "embargoedUntil", "embargoDate", "goLiveAt", "liveAt", "liveDate"),
        *("liveFrom", "notBefore", "publishAfter", "publishFrom", "publishUp", "releaseAt", "scheduledPublish"),
        *("scheduledTime", "hideUntil", "hiddenUntil", "draftUntil", "privateUntil", "visibleFrom", "visibleAfter"),
        *("showFrom", "showAfter", "unlockAt", "unlockDate"),
    ),
    "first written": ("created", "added", "createdAt", "dateCreated", "creationDate", "startDate"),
    "updated": (
        *("updatedDateTime", "lastmod", "updatedDate", "modDatetime", "modified", "updated", "lastModifiedAt"),
        *("lastUpdated", "updatedAt", "dateModified", "modifiedDate", "lastModified"),
    ),
    "link": ("webUrl", "canonicalURL", "externalUrl", "canonical"),
    "address": ("permalink", "path", "url"),
    "slug": ("slug",),
    "summary": ("excerpt", "description", "summary", "spoiler", "abstract", "subtitle"),
    "authors": ("authors", "author", "hosts", "by"),
    "tags": ("tags", "tag", "keywords"),
    "categories": ("categories", "category"),
    "pictures": (
        *("images", "image", "cover", "coverImage", "heroImage", "hero", "ogImage", "featuredImage", "featureImage"),
        *("thumbnail", "episodeImage", "teaser", "banner", "socialImage", "headerImage", "header"),
    ),
    "language": ("locale", "lang", "language"),
    "audio": (
        *("enclosure", "audio", "podcastFile", "mp3", "audioUrl", "audioFile", "podcastUrl", "file", "video", "media"),
        *("url", "podcast"),
    ),
    "bytes": ("length", "podcastBytes", "bytes", "fileSize", "audioSize", "audioBytes", "audioLength", "size"),
    "media type": ("mimeType", "mime", "mediaType", "audioType", "type"),
    "duration": ("duration", "podcastDuration", "audioDuration", "itunesDuration"),
    "episode": ("episode", "episodeNumber", "itunesEpisode"),
    "number": ("number",),
    "season": ("season", "seasonNumber", "itunesSeason"),
    "episode type": ("episodeType", "itunesEpisodeType"),
    "explicit": ("explicit", "itunesExplicit"),
    "transcript": ("transcript", "transcriptUrl", "transcriptFile", "podcastTranscript"),
    "chapters": ("chapters", "chaptersUrl", "chaptersFile", "podcastChapters"),
}
# Read elsewhere: fields of the seeds, what withholds an item, who it was before, and how its body is cut.
_READ_ELSEWHERE = (
    *("published", "publish", "draft", "drafts", "isDraft", "share", "dgPublish", "private", "hidden", "unlisted"),
    *("status", "visibility", "build", "cascade", "render", "list", "eleventyExcludeFromCollections", "removed"),
    *("deleted", "expiryDate", "expires", "unpublishDate", "secured", "guid", "excerptSeparator"),
    *("authorUrl", "authorImageUrl", "name", "bio", "originalUrl", "sourceUrl", "ampWebUrl", "ampUrl", "cdnAmpWebUrl"),
    *("cdnAmpUrl", "website", "twitter", "linkedin", "featuredContent", "videoId", "quality", "heat", "provider"),
    *("topics", "type", "length", "price", "members", "related"),
)
# What other publishers mean for their own pages alone. These names are safe to tell of any file.
_OF_PAGES = (
    *("layout", "weight", "toc", "math", "mathjax", "comments", "aliases", "redirectFrom", "redirectTo", "template"),
    *("menu", "sidebar", "sidebarPosition", "sidebarLabel", "series", "featured", "pinned", "sticky", "linkTitle"),
    *("sitemap", "robots", "noindex", "outputs", "markup", "aside", "classes", "cssclass", "cssclasses", "navOrder"),
    *("parent", "order", "sortBy", "paginateBy", "inSearchIndex", "pageTemplate", "readingTime", "showToc", "tocOpen"),
    *("disqus", "license", "copyright", "resources", "cover", "aliases", "alias", "theme", "email", "twitter", "id"),
)


# The seeds' own names of a meaning.
OWN_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "name"),
    "date": ("publishedDateTime",),
    "updated": ("updatedDateTime",),
    "link": ("webUrl", "originalUrl", "sourceUrl"),
    "summary": ("excerpt", "bio"),
    "tags": ("tags",),
    "categories": ("category",),
    "pictures": ("images",),
    "language": ("locale",),
}


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """The name of a field without what does not matter in it."""
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def _ranks() -> dict[str, list[tuple[str, int]]]:
    """The meanings of each name in normal form, and its rank among the names of each meaning."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for meaning, names in MEANINGS.items():
        for rank, name in enumerate(dict.fromkeys(map(normal, names))):
            found[name].append((meaning, rank))
    return dict(found)


_RANKS = _ranks()
_USED = frozenset((*_RANKS, *map(normal, _READ_ELSEWHERE)))
_KNOWN_ANYWHERE = _USED | frozenset(map(normal, _OF_PAGES)) | GROUPS


def may_be_group(name: str) -> bool:
    """Whether a mapping of this name is one in which other publishers keep fields."""
    return normal(name) in GROUPS


def may_be_kept(names: Collection[str]) -> bool:
    """Whether what follows from a set of names is worth keeping: the files of a collection have few such sets."""
    return len(names) <= _MOST_KEPT and sum(map(len, names)) <= _LONGEST_KEPT


def has_meaning(name: str) -> bool:
    """Whether a field of this name is read, here or elsewhere."""
    return normal(name) in _USED


def is_known_anywhere(name: str) -> bool:
    """Whether feedd reads a field of this name in normal form, or other publishers are known to have such a field."""
    return name in _KNOWN_ANYWHERE


@lru_cache(maxsize=4096)
def _is_like_a_seal(name: str) -> bool:
    """Whether a name is `secured` with a slip in it, or has it in itself: what belongs to it may be sealed text."""
    return "secur" in name or bool(get_close_matches(name[:20], ("secured",), 1, cutoff=0.7))


class ForeignField(Struct, frozen=True):
    """A field with a value: its path as the file has it, and its name in normal form."""

    at: FieldPath
    name: str
    value: Node


class _Places(Struct, frozen=True):
    """Where the fields of a front matter stand, by the normal form of their names, the first that counts first; the
    names that each meaning has, in the order in which they count; and what has no use: its name as it is written, in
    normal form, and in normal form behind the name of its group.
    """

    by_name: dict[str, list[FieldPath]]
    by_meaning: dict[str, tuple[str, ...]]
    unused: tuple[tuple[str, str, str], ...]
    may_have_groups: bool


def _places(paths: tuple[FieldPath, ...]) -> _Places:
    by_name: dict[str, list[FieldPath]] = {}
    unused: list[tuple[str, str, str]] = []
    ranked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for path in paths:
        names = [normal(str(part)) for part in path]
        if names[-1] not in _USED:
            unused.append((".".join(map(str, path)), names[-1], ".".join(names)))
        by_name.setdefault(names[-1], []).append(path)
    for name in by_name:
        for meaning, rank in _RANKS.get(name, ()):
            ranked[meaning].append((rank, name))
    by_meaning = {meaning: tuple(name for _, name in sorted(found)) for meaning, found in ranked.items()}
    return _Places(by_name, by_meaning, tuple(unused), not GROUPS.isdisjoint(by_name))


@lru_cache(maxsize=1024)  # the files of a collection have the same few sets of names
def _places_on_top(names: tuple[str, ...]) -> _Places:
    return _places(tuple((name,) for name in names))


class NamedFields:
    """The fields of a front matter by their meaning. `renamed`: for a meaning, or for a field of the seeds, the name
    that the files of this site have for it.
    """

    def __init__(self, tree: Mapping[str, Node], renamed: Mapping[str, str]) -> None:
        self._tree = tree
        self._renamed = {meaning: normal(name) for meaning, name in renamed.items()} if renamed else {}
        names = tuple(tree)
        self._places = _places_on_top(names) if may_be_kept(names) else _places(tuple((name,) for name in names))
        if self._places.may_have_groups:
            self._places = _places((*_paths(tree),))

    def meaning(self, meaning: str) -> Sequence[ForeignField]:
        """The fields of a meaning, in the order in which they count."""
        if self._renamed and (renamed := self.renamed(meaning)):
            return renamed  # and no other: the settings say which field it is
        names = self._places.by_meaning.get(meaning)
        return [field for name in names if (field := self.named(name))] if names else ()

    def has_any(self, meanings: AbstractSet[str]) -> bool:
        """Whether the file has a field of one of these meanings."""
        is_possible = bool(self._renamed) or not meanings.isdisjoint(self._places.by_meaning)
        return is_possible and any(map(self.meaning, meanings))

    def renamed(self, meaning: str) -> tuple[ForeignField, ...]:
        """The field that the settings name for a meaning, if the file has it."""
        found = self.named(self._renamed.get(meaning, ""))
        return (found,) if found else ()

    def named(self, name: str) -> ForeignField | None:
        """The field of this name in normal form."""
        for path in self._places.by_name.get(name, ()):
            value: Any = self._tree
            for part in path:
                value = value[part]
            if value is not None:
                return ForeignField(path, name, value)
        return None

    def unread(self, *, may_tell: bool) -> Iterator[str]:
        """The names of fields without a use, as they are written. Unless `may_tell`, a name is only told if publishers
        are known to use it: any other name may be a part of a sealed text.
        """
        renamed = frozenset(self._renamed.values())
        for shown, name, whole_name in self._places.unused:
            if name in renamed or _is_like_a_seal(whole_name):
                continue
            if may_tell or name in _KNOWN_ANYWHERE:
                yield shown


def _paths(tree: Mapping[str, Node]) -> Iterator[FieldPath]:
    """The paths of the fields of a front matter, then of the fields in the mappings that others have for them."""
    groups = {name: value for name, value in tree.items() if isinstance(value, dict) and may_be_group(name)}
    yield from ((name,) for name in tree if name not in groups)
    yield from ((group, name) for group, fields in groups.items() for name in fields)
