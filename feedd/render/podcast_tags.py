"""Podcasts in RSS: an Entry or a Podcast in; its enclosure, and the tags of Apple (`itunes:`) and of Podcasting 2.0
(`podcast:`), out.

feedgen has an extension for some of these tags. It leaves covers out whose address ends neither in .jpg nor in .png,
takes no `true` for explicit, and takes categories that do not exist. So the tags are written here.
"""

from __future__ import annotations

from lxml import etree

from feedd.model import Enclosure, Entry, Podcast
from feedd.render.enclosures import file_type

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
# The name of that namespace by which gPodder's parser knows it, and no other: for chapters alone, which it reads.
_EARLIER_PODCAST = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
NAMESPACES = {"itunes": ITUNES, "podcast": PODCAST}
_TRANSCRIPTS = {
    "json": "application/json",
    "srt": "application/x-subrip",
    "txt": "text/plain",
    "vtt": "text/vtt",
}
_MARKS = (b"<itunes:", b"<podcast:")  # texts are escaped, so only tags begin so


def uses_tags(fragment: bytes) -> bool:
    """Whether an entry has tags of these namespaces."""
    return any(mark in fragment for mark in _MARKS)


def add_to_channel(channel: etree._Element, podcast: Podcast, author: str) -> None:
    """Appends the tags of a podcast. Tags without a value are left out: `feedd check` says what directories miss."""
    _itunes(channel, "author", author)
    for category in podcast.categories:
        outer = etree.SubElement(channel, f"{{{ITUNES}}}category", text=category.name)
        if category.part:
            etree.SubElement(outer, f"{{{ITUNES}}}category", text=category.part)
    if podcast.owner_email:
        owner = etree.SubElement(channel, f"{{{ITUNES}}}owner")
        _itunes(owner, "name", podcast.owner_name)
        _itunes(owner, "email", podcast.owner_email)
    _itunes(channel, "explicit", _true_or_false(podcast.explicit))
    _itunes_image(channel, podcast.cover)
    _itunes(channel, "type", podcast.kind)
    if podcast.locked is not None:
        locked = _podcast(channel, "locked", "yes" if podcast.locked else "no")
        if podcast.owner_email:
            locked.set("owner", podcast.owner_email)
    if podcast.guid:
        _podcast(channel, "guid", podcast.guid)


def add_to_item(item: etree._Element, entry: Entry) -> None:
    """Appends the enclosure of an entry, and its tags as an episode. An entry without both is no episode."""
    if entry.enclosure is None and entry.episode is None:
        return
    if entry.enclosure is not None:
        _enclosure(item, entry.enclosure)
        _itunes(item, "duration", _number(entry.enclosure.duration))
    _itunes_image(item, entry.image.url if entry.image else None)
    _episode(item, entry)
    for each in entry.people:
        person = _podcast(item, "person", each.name)
        if each.url:
            person.set("href", each.url)
        if each.image:
            person.set("img", each.image)


def _episode(item: etree._Element, entry: Entry) -> None:
    episode = entry.episode
    if episode is None:
        return
    _itunes(item, "explicit", _true_or_false(episode.explicit))
    _itunes(item, "episode", _number(episode.number))
    _itunes(item, "season", _number(episode.season))
    _itunes(item, "episodeType", episode.kind)
    if episode.number is not None:
        _podcast(item, "episode", str(episode.number))
    if episode.season is not None:
        _podcast(item, "season", str(episode.season))
    if episode.transcript:
        _podcast(item, "transcript", None, url=episode.transcript, type=transcript_type(episode.transcript))
    if episode.chapters:
        chapters = {"url": episode.chapters, "type": "application/json+chapters"}
        _podcast(item, "chapters", None, **chapters)
        etree.SubElement(item, f"{{{_EARLIER_PODCAST}}}chapters", chapters, {"earlier": _EARLIER_PODCAST})


def _enclosure(item: etree._Element, enclosure: Enclosure) -> None:
    """RSS 2.0 demands all three attributes. 0 stands for an unknown length."""
    etree.SubElement(item, "enclosure", url=enclosure.url, length=str(enclosure.size or 0), type=file_type(enclosure))


def _itunes(parent: etree._Element, name: str, value: str | None) -> None:
    if value:
        etree.SubElement(parent, f"{{{ITUNES}}}{name}").text = value


def _itunes_image(parent: etree._Element, url: str | None) -> None:
    if url:
        etree.SubElement(parent, f"{{{ITUNES}}}image", href=url)


def _podcast(parent: etree._Element, name: str, value: str | None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{PODCAST}}}{name}", attributes)
    element.text = value
    return element


def _number(value: int | None) -> str | None:
    """A number as Apple takes it: not 0."""
    return str(value) if value else None


def transcript_type(url: str) -> str:
    """The media type of a transcript by its suffix. An address without a known suffix is taken for a page."""
    name = url.partition("#")[0].partition("?")[0].rpartition("/")[2]
    return _TRANSCRIPTS.get(name.rpartition(".")[2].lower(), "text/html")


def _true_or_false(value: bool | None) -> str | None:
    return None if value is None else "true" if value else "false"
