"""What podcast directories would refuse: the settings of a podcast and the items of its episodes in; notes, each with
what to write, out.

Apple Podcasts and Spotify name what they demand of a feed and of its episodes. A feed that says nothing of itself as a
podcast is no podcast for them. Their demands are notes: nothing is withheld for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from feedd.items import urls
from feedd.items.local_files import all_places, choose, places
from feedd.items.references import IN_FRONT, is_relative, media_type_of
from feedd.model import Item, Podcast, Problem

_TAKEN = frozenset(("audio/mpeg", "audio/mp4", "audio/x-m4a", "video/mp4", "video/x-m4v", "video/quicktime"))
_PICTURES = (None, "image/jpeg", "image/png")  # None: an address without a suffix may be one of these
_NO_PICTURE = "is neither a JPEG nor a PNG by its suffix, and directories take no other"
_MANY = 3  # episodes that a note names
DEMANDS = {
    "file": "its file does not lie beside the item, and no site is known where it may be, so that it is left out; put "
    "it there, or write the whole address",
    "URL": "its file has no http or https address, so that nobody can fetch it; write the whole address",
    "size": "the size of its file is not known, and directories demand it; write its bytes as `length`, or say "
    "`media: {probe: true}`",
    "type": "its file is of a type that Apple Podcasts does not take; MP3, M4A, MP4, M4V and MOV are taken everywhere",
    "duration": "its duration is not known; write it as `duration`, such as 1:04:33",
    "picture": f"its picture {_NO_PICTURE}; write another as `image`",
}


class EpisodeDemands:
    """Collects what episodes lack. Of many episodes that lack the same, one note names the first. `media`: the paths of
    files beside the items, whose sizes are known. `probe`: servers are asked for sizes. `has_site`: files that do not
    lie beside the items are on a site.
    """

    def __init__(self, media: Iterable[str] = (), *, probe: bool = False, has_site: bool = True) -> None:
        self.episodes = 0
        self._media = all_places(media)
        self._probe = probe
        self._has_site = has_site
        self._lacking: dict[str, list[str]] = {name: [] for name in DEMANDS}

    def add(self, path: str, item: Item) -> None:
        """Takes in an item. An item without an enclosure is no episode."""
        if item.enclosure is None:
            return
        self.episodes += 1
        is_here = choose(places(IN_FRONT + item.enclosure.url, path), self._media) is not None
        if is_relative(item.enclosure.url) and not (is_here or self._has_site or item.link):
            self._lacking["file"].append(path)
            return
        for name in _lacking(item):
            if not (name == "size" and (self._probe or is_here)):
                self._lacking[name].append(path)

    def notes(self) -> list[Problem]:
        """A note for each demand that episodes do not meet. Its path is the path of the first episode."""
        return [
            Problem(paths[0], _with_others(DEMANDS[name], paths[1:]), field="enclosure", kind="note")
            for name, paths in self._lacking.items()
            if paths
        ]


def _with_others(words: str, others: list[str]) -> str:
    if not others:
        return words
    named = ", ".join(others[: _MANY - 1])
    more = f" and {len(others) - _MANY + 1:,} more" if len(others) >= _MANY else ""
    return f"{words} (likewise {named}{more})"


def _lacking(item: Item) -> Iterator[str]:
    """The names of the demands that an episode does not meet by what its item says."""
    enclosure = item.enclosure
    assert enclosure is not None  # noqa: S101 - only episodes come here
    if urls.reference(enclosure.url) is None:
        yield "URL"
    elif not enclosure.size:
        yield "size"
    kind = enclosure.media_type or media_type_of(enclosure.url)
    if kind is not None and kind.lower() not in _TAKEN:
        yield "type"
    if not enclosure.duration:
        yield "duration"
    if item.images and media_type_of(item.images[0].url) not in _PICTURES:
        yield "picture"


def podcast_notes(podcasts: Mapping[str, Podcast], path: str) -> Iterator[Problem]:
    """A note for each demand that the settings of a podcast do not meet. `podcasts`: by the key of the configuration,
    such as `podcast` or `feeds.show.podcast`, with absolute covers; what several lack is said of the first. `path` is
    the path of the configuration.
    """
    said: set[tuple[str, str]] = set()
    for key, podcast in podcasts.items():
        for part, words in _missing(podcast):
            if (part, words) not in said:
                said.add((part, words))
                yield Problem(path, words, field=f"{key}.{part}", kind="note")


def no_podcast_note(episodes: int, path: str) -> Problem:
    """A note that there are episodes, and no feed that directories would take."""
    what = "1 item is an episode" if episodes == 1 else f"{episodes:,} items are episodes"
    words = f"{what}: players take the feeds as they are; for podcast directories, say `podcast:` (docs/podcasts.md)"
    return Problem(path, words, field="podcast", kind="note")


def _missing(podcast: Podcast) -> Iterator[tuple[str, str]]:
    if not podcast.categories:
        yield "category", "is missing, and directories demand it; write one such as Technology or Science > Physics"
    if podcast.owner_email is None:
        yield "owner.email", "is missing; directories ask there whether the podcast is yours"
    if podcast.explicit is None:
        yield "explicit", "is missing, and Apple Podcasts demands it; write no, or yes if episodes are not for children"
    if podcast.cover is None:
        yield "cover", "is missing, and directories demand it; write the address of a square JPEG or PNG"
        return
    if not podcast.cover.startswith("https://"):
        yield "cover", "does not begin with https, as directories demand"
    if media_type_of(podcast.cover) not in _PICTURES:
        yield "cover", _NO_PICTURE
