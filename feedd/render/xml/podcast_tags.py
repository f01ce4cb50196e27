"""Podcasts in RSS: an Entry or a Podcast in; the tags of Apple (`itunes:`) and of Podcasting 2.0 (`podcast:`), out.

feedgen has an extension for some of these tags. It leaves covers out whose address ends neither in .jpg nor in .png,
takes no `true` for explicit, and takes categories that do not exist. So the tags are written here.
"""

from __future__ import annotations

from lxml import etree

from feedd.model import Entry, Episode, Podcast
from feedd.render.xml.xml_text import attributes, element

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
    _itunes(channel, "block", "Yes" if podcast.blocked else None)
    if podcast.locked is not None:
        locked = _podcast(channel, "locked", "yes" if podcast.locked else "no")
        if podcast.owner_email:
            locked.set("owner", podcast.owner_email)
    if podcast.guid:
        _podcast(channel, "guid", podcast.guid)


def episode_tags(indent: str, entry: Entry) -> str:
    """The tags of an entry as an episode. An entry without enclosure and without facts of an episode is none."""
    enclosure = entry.enclosure
    if enclosure is None and entry.episode is None:
        return ""
    written: list[str] = []
    if enclosure is not None:
        written.append(_itunes_of(indent, "duration", enclosure.duration))
    if entry.image is not None and entry.image.url:
        written.append(element(indent, "itunes:image", None, attributes(("href", entry.image.url))))
    written += _episode(indent, entry.episode)
    for each in entry.people:
        given = attributes(("href", each.url or None), ("img", each.image or None))
        written.append(element(indent, "podcast:person", each.name, given))
    return "".join(written)


def _episode(indent: str, episode: Episode | None) -> list[str]:
    if episode is None:
        return []
    written = [
        _itunes_of(indent, "explicit", _true_or_false(episode.explicit)),
        _itunes_of(indent, "episode", episode.number),
        _itunes_of(indent, "season", episode.season),
        _itunes_of(indent, "episodeType", episode.kind),
    ]
    for name, number in (("episode", episode.number), ("season", episode.season)):
        if number is not None:
            written.append(element(indent, f"podcast:{name}", str(number)))
    if episode.transcript:
        given = attributes(("url", episode.transcript), ("type", transcript_type(episode.transcript)))
        written.append(element(indent, "podcast:transcript", None, given))
    if episode.chapters:
        given = attributes(("url", episode.chapters), ("type", "application/json+chapters"))
        written.append(element(indent, "podcast:chapters", None, given))
        written.append(element(indent, "earlier:chapters", None, f' xmlns:earlier="{_EARLIER_PODCAST}"{given}'))
    return written


def _itunes_of(indent: str, name: str, value: str | int | None) -> str:
    """A tag of Apple; "" without a value, and for the number 0, which Apple does not take."""
    return element(indent, f"itunes:{name}", str(value)) if value else ""


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


def transcript_type(url: str) -> str:
    """The media type of a transcript by its suffix. An address without a known suffix is taken for a page."""
    name = url.partition("#")[0].partition("?")[0].rpartition("/")[2]
    return _TRANSCRIPTS.get(name.rpartition(".")[2].lower(), "text/html")


def _true_or_false(value: bool | None) -> str | None:
    return None if value is None else "true" if value else "false"
