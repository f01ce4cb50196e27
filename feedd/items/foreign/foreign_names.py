"""Names of fields in the words of other publishers, and the meaning of each name.

    front matter -- NamedFields --> fields by meaning, in the order in which they count; names that nobody uses

Capitals, hyphens, low lines and blanks in a name do not matter. A field also counts inside of the mappings in which
publishers keep the fields of a theme or of an advisory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from functools import lru_cache

from msgspec import Struct

from feedd.items.front_matter.yaml import FieldPath, Node

GROUPS = frozenset(("params", "extra", "taxonomies", "advisory"))
# Names of each meaning, the first that a file has counts. The seeds' own names are first, in other spellings.
MEANINGS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "date": (
        *("publishedDateTime", "publishDate", "pubDate", "pubDatetime", "date", "publishedDate", "publishedAt"),
        *("publicationDate", "datePublished"),
    ),
    # Nothing but a time before which a text is not to be published. It holds beside any date.
    "not before": (
        *("scheduled", "scheduledFor", "scheduledAt", "scheduledDate", "publishOn", "publishAt", "goLive"),
        *("goLiveDate", "embargo", "embargoUntil", "embargoedUntil"),
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


class NamedFields:
    """The fields of a front matter by their meaning. `renamed`: for a meaning, or for a field of the seeds, the name
    that the files of this site have for it.
    """

    def __init__(self, tree: Mapping[str, Node], renamed: Mapping[str, str]) -> None:
        self._renamed = {meaning: normal(name) for meaning, name in renamed.items()} if renamed else {}
        self._unused: list[tuple[str, str, str]] = []  # as written; in normal form; in normal form behind its group's
        self._fields: dict[str, ForeignField] = {}
        groups = []
        for written, value in tree.items():
            name = normal(written)
            if name in GROUPS and isinstance(value, dict):
                groups.append((written, name, value))
                continue
            if name not in _USED:
                self._unused.append((written, name, name))
            if value is not None and name not in self._fields:
                self._fields[name] = ForeignField((written,), name, value)
        for group, group_name, fields in groups:
            for written, value in fields.items():
                name = normal(written)
                if name not in _USED:
                    self._unused.append((f"{group}.{written}", name, f"{group_name}.{name}"))
                if value is not None:
                    self._fields.setdefault(name, ForeignField((group, written), name, value))
        self._by_meaning: dict[str, list[tuple[int, ForeignField]]] = {}  # with the rank of each
        for name, field in self._fields.items():
            for meaning, rank in _RANKS.get(name, ()):
                self._by_meaning.setdefault(meaning, []).append((rank, field))

    def meaning(self, meaning: str) -> Sequence[ForeignField]:
        """The fields of a meaning, in the order in which they count."""
        if self._renamed and (renamed := self.renamed(meaning)):
            return renamed  # and no other: the settings say which field it is
        found = self._by_meaning.get(meaning)
        if found is None:
            return ()
        return [found[0][1]] if len(found) == 1 else [field for _, field in sorted(found)]

    def has_any(self, meanings: AbstractSet[str]) -> bool:
        """Whether the file has a field of one of these meanings."""
        return not meanings.isdisjoint(self._by_meaning) or bool(self._renamed and any(map(self.renamed, meanings)))

    def renamed(self, meaning: str) -> tuple[ForeignField, ...]:
        """The field that the settings name for a meaning, if the file has it."""
        found = self._fields.get(self._renamed.get(meaning, ""))
        return (found,) if found else ()

    def named(self, name: str) -> ForeignField | None:
        """The field of this name in normal form."""
        return self._fields.get(name)

    def unread(self, *, may_tell: bool) -> Iterator[str]:
        """The names of fields without a use, as they are written. Unless `may_tell`, a name is only told if publishers
        are known to use it: any other name may be a part of a sealed text.
        """
        renamed = frozenset(self._renamed.values())
        for shown, name, whole_name in self._unused:
            if name in renamed or _is_like_a_seal(whole_name):
                continue
            if may_tell or name in _KNOWN_ANYWHERE:
                yield shown
