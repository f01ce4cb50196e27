"""Podcasts: what entries and feeds say as episodes and podcasts, as players, directories and schemas read it."""

from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import podcastparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from feedd.model import (
    Author,
    Enclosure,
    Entry,
    Episode,
    Feed,
    FeedId,
    Image,
    Person,
    Podcast,
    PodcastCategory,
    RenderedEntry,
)
from feedd.render import FORMATS, page_shell, render, split
from feedd.render.podcasts import guid, podcast_of
from feedd.render.readback import feed_links, read_back
from feedd.render.site_info import SavedFeedInfo, SiteInfo
from feedd.render.xml.podcast_tags import ITUNES, PODCAST
from feedd.words.site_words import ENGLISH

ROOT = Path(__file__).parent.parent.parent
SCHEMAS = Path(os.environ.get("FEEDD_SCHEMAS") or ROOT.parent / "shared" / "schemas")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EARLIER_NAMESPACE = b"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
MP3 = Enclosure("https://cdn.example/12.mp3?a=b&c=d", 61978331, "audio/mpeg", 3873)
EPISODE = Episode(12, 2, False, "bonus", "https://site.example/12.vtt", "https://site.example/12.json")
ADA = Person("Ada & <Bob>", "https://site.example/ada", "https://site.example/ada.jpg")
SHOW = Podcast(
    categories=(PodcastCategory("Science", "Physics"), PodcastCategory("Technology")),
    owner_name="Ada & Bob",
    owner_email="ada@example.org",
    explicit=True,
    cover="https://site.example/cover?size=3000",
    kind="serial",
    locked=True,
    guid="917393e3-1b1e-5cef-ace4-edaa54e1f810",
)
PLAIN = Entry(
    id="tag:feeds.example,2026:1", fingerprint=b"x" * 12, title="Twelve", link="https://site.example/12", published=NOW,
    updated=NOW, authors=("Ada",), author_uri=None, summary="Of it", content="<p>Notes</p>", categories=(),
    image=Image("https://site.example/12.jpg", title="A harbour"), video=None, duration=None, language=None,
)  # fmt: skip
TWELVE = replace(PLAIN, enclosure=MP3, episode=EPISODE, people=(ADA,))


def feed(*entries: Entry | RenderedEntry, podcast: Podcast | None = SHOW) -> Feed:
    home = "https://feeds.example/"
    return Feed(
        FeedId("all", ""), "tag:feeds.example,2026:all", "", "The show", "Of all", home, home, NOW, "en",
        Author("Site"), None, None, entries, podcast=podcast, formats=tuple(FORMATS),
    )  # fmt: skip


def document(name: str, *entries: Entry, podcast: Podcast | None = SHOW) -> bytes:
    (made,) = render(feed(*entries, podcast=podcast), (name,))
    return made.data


def rss_tags(*entries: Entry, podcast: Podcast | None = SHOW) -> list[list[tuple[str, str, dict[str, str]]]]:
    """What the channel and then each item says in the namespaces of podcasts, and its enclosure."""
    channel = etree.fromstring(document("rss", *entries, podcast=podcast))[0]
    prefixes = {f"{{{ITUNES}}}": "itunes:", f"{{{PODCAST}}}": "podcast:", "enclosure": "enclosure"}
    found = []
    for parent in (channel, *channel.iter("item")):
        tags = []
        for each in parent:
            for start, prefix in prefixes.items():
                if each.tag.startswith(start):
                    tags.append((prefix + each.tag.removeprefix(start), each.text or "", dict(each.attrib)))
        found.append(tags)
    return found


def test_an_episode_says_in_rss_what_players_and_directories_read() -> None:
    _, item = rss_tags(TWELVE)
    assert item == [
        ("enclosure", "", {"url": MP3.url, "length": "61978331", "type": "audio/mpeg"}),
        ("itunes:duration", "3873", {}),
        ("itunes:image", "", {"href": "https://site.example/12.jpg"}),
        ("itunes:explicit", "false", {}),
        ("itunes:episode", "12", {}),
        ("itunes:season", "2", {}),
        ("itunes:episodeType", "bonus", {}),
        ("podcast:episode", "12", {}),
        ("podcast:season", "2", {}),
        ("podcast:transcript", "", {"url": "https://site.example/12.vtt", "type": "text/vtt"}),
        ("podcast:chapters", "", {"url": "https://site.example/12.json", "type": "application/json+chapters"}),
        ("podcast:person", "Ada & <Bob>", {"href": ADA.url, "img": ADA.image}),
    ]


def test_a_podcast_says_in_rss_what_directories_ask_for() -> None:
    channel, _ = rss_tags(TWELVE)
    assert channel == [
        ("itunes:author", "Site", {}),
        ("itunes:category", "\n      ", {"text": "Science"}),
        ("itunes:category", "", {"text": "Technology"}),
        ("itunes:owner", "\n      ", {}),
        ("itunes:explicit", "true", {}),
        ("itunes:image", "", {"href": "https://site.example/cover?size=3000"}),
        ("itunes:type", "serial", {}),
        ("podcast:locked", "yes", {"owner": "ada@example.org"}),
        ("podcast:guid", "917393e3-1b1e-5cef-ace4-edaa54e1f810", {}),
    ]
    root = etree.fromstring(document("rss", TWELVE))
    assert root.xpath("channel/i:category/i:category/@text", namespaces={"i": ITUNES}) == ["Physics"]
    assert root.findtext(f"channel/{{{ITUNES}}}owner/{{{ITUNES}}}email") == "ada@example.org"
    assert root.findtext(f"channel/{{{ITUNES}}}owner/{{{ITUNES}}}name") == "Ada & Bob"


def test_what_is_not_known_is_not_said() -> None:
    bare = replace(PLAIN, image=None, enclosure=Enclosure("https://cdn.example/play?id=1"))
    channel, item = rss_tags(bare, podcast=Podcast(owner_name="Ada"))
    assert channel == [("itunes:author", "Site", {})]
    length = {"length": "0", "type": "audio/mpeg"}
    assert item == [("enclosure", "", {"url": "https://cdn.example/play?id=1", **length})]
    assert rss_tags(replace(bare, enclosure=None, episode=Episode()), podcast=None) == [[], []]


def test_numbers_that_apple_does_not_take_are_said_to_others_alone() -> None:
    _, item = rss_tags(replace(PLAIN, image=None, episode=Episode(number=0, season=0)))
    assert item == [("podcast:episode", "0", {}), ("podcast:season", "0", {})]


def test_a_number_as_large_as_a_file_may_have_it_is_written_in_full() -> None:
    huge = 2**53
    large = Enclosure("https://cdn.example/a.mp3", huge, None, huge)
    entry = replace(TWELVE, enclosure=large, episode=Episode(huge, huge))
    _, item = rss_tags(entry)
    assert item[0][2]["length"] == str(huge)
    assert ("itunes:duration", str(huge), {}) in item
    assert ("itunes:episode", str(huge), {}) in item
    (attachment,) = json.loads(document("json", entry))["items"][0]["attachments"]
    assert (attachment["size_in_bytes"], attachment["duration_in_seconds"]) == (huge, huge)
    assert b"2,501,999,792,983 h 37 min, 9,007 TB" in document("page", entry)


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://a.example/t.vtt", "text/vtt"),
        ("https://a.example/t.SRT?x=1", "application/x-subrip"),
        ("https://a.example/t.json#t", "application/json"),
        ("https://a.example/t.txt", "text/plain"),
        ("https://a.example/t.html", "text/html"),
        ("https://a.example/t", "text/html"),
        ("https://json/", "text/html"),
    ],
)
def test_a_transcript_has_the_type_of_its_suffix(url: str, media_type: str) -> None:
    _, item = rss_tags(replace(PLAIN, image=None, episode=Episode(transcript=url)))
    assert item == [("podcast:transcript", "", {"url": url, "type": media_type})]


@pytest.mark.parametrize(
    ("url", "given", "said"),
    [
        ("https://a.example/a.m4v?x=1", None, "video/mp4"),
        ("https://a.example/a.OGG", None, "audio/ogg"),
        ("https://a.example/a.mp3", "audio/x-own", "audio/x-own"),
        ("https://a.example/mp3", None, "audio/mpeg"),
    ],
)
def test_a_file_has_the_type_that_it_was_given_or_that_of_its_suffix(url: str, given: str | None, said: str) -> None:
    entry = replace(PLAIN, enclosure=Enclosure(url, media_type=given))
    _, item = rss_tags(entry)
    assert item[0][2]["type"] == said
    (attachment,) = json.loads(document("json", entry))["items"][0]["attachments"]
    assert attachment == {"url": url, "mime_type": said}
    (link,) = etree.fromstring(document("atom", entry)).xpath("//*[@rel='enclosure']")
    assert dict(link.attrib) == {"href": url, "rel": "enclosure", "type": said}


def test_atom_and_json_feed_carry_the_file() -> None:
    (link,) = etree.fromstring(document("atom", TWELVE)).xpath("//*[@rel='enclosure']")
    assert dict(link.attrib) == {"href": MP3.url, "rel": "enclosure", "type": "audio/mpeg", "length": "61978331"}
    (attachment,) = json.loads(document("json", TWELVE))["items"][0]["attachments"]
    assert attachment == {
        "url": MP3.url,
        "mime_type": "audio/mpeg",
        "size_in_bytes": 61978331,
        "duration_in_seconds": 3873,
    }


@pytest.mark.parametrize("name", [*FORMATS, "page"])
def test_an_entry_without_file_is_as_in_a_feed_without_podcasts(name: str) -> None:
    def shown(data: bytes) -> bytes:
        return page_shell.split(data)[0] if name == "page" else split(name, data)[0]

    beside = document(name, PLAIN, replace(TWELVE, id="tag:feeds.example,2026:2"))
    assert shown(beside) == shown(document(name, PLAIN, podcast=None))
    alone = document(name, PLAIN, podcast=None)
    assert not [word for word in (b"itunes", b"podcast", b"media-src", b"player", b"attachments") if word in alone]


@pytest.mark.parametrize("podcast", [None, SHOW])
@pytest.mark.parametrize("entries", [(), (PLAIN,), (TWELVE,)])
def test_namespaces_are_declared_once_on_the_root_and_only_where_they_are_used(
    entries: tuple[Entry, ...], podcast: Podcast | None
) -> None:
    data = document("rss", *entries, podcast=podcast)
    used = podcast is not None or TWELVE in entries
    for prefix in (b"itunes", b"podcast"):
        assert data.count(b"xmlns:%s=" % prefix) == used
        assert (b"<%s:" % prefix in data) == used
    assert set(etree.fromstring(data).nsmap) >= ({"itunes", "podcast"} if used else set())


@pytest.mark.parametrize("name", FORMATS)
def test_a_document_is_the_same_with_entries_of_an_earlier_document(name: str) -> None:
    entries = (TWELVE, PLAIN)
    made = document(name, *entries)
    parts = zip(entries, split(name, made), strict=True)
    earlier = [RenderedEntry(each.id, each.fingerprint, {name: part}) for each, part in parts]
    (again,) = render(feed(*earlier), (name,))
    assert again.data == made


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_published_is_read_back_with_the_link_of_the_entry(name: str) -> None:
    seen = read_back(FORMATS[name].file, document(name, replace(TWELVE, link=None)))
    assert seen is not None
    assert [each.link for each in seen.values()] == [""]
    seen = read_back(FORMATS[name].file, document(name, TWELVE))
    assert seen is not None
    assert [each.link for each in seen.values()] == ["https://site.example/12"]
    own, _ = feed_links(FORMATS[name].file, document(name, TWELVE))
    assert own == f"https://feeds.example/{FORMATS[name].file}"


# Readers and schemas


def test_podcastparser_reads_the_podcast_and_its_episodes() -> None:
    found = podcastparser.parse("https://feeds.example/rss.xml", io.BytesIO(document("rss", TWELVE)))
    assert found["cover_url"] == SHOW.cover
    (episode,) = found["episodes"]
    assert episode["enclosures"] == [{"url": MP3.url, "file_size": 61978331, "mime_type": "audio/mpeg"}]
    assert (episode["total_time"], episode["season"], episode["chapters_json_url"]) == (3873, 2, EPISODE.chapters)


def test_podcastparser_would_read_all_if_it_knew_the_namespace() -> None:
    data = document("rss", TWELVE).replace(PODCAST.encode(), EARLIER_NAMESPACE)
    found = podcastparser.parse("https://feeds.example/rss.xml", io.BytesIO(data))
    assert found["cover_url"] == SHOW.cover
    assert found["itunes_categories"] == [["Science", "Physics"], ["Technology"]]
    assert found["itunes_owner"] == {"name": "Ada & Bob", "email": "ada@example.org"}
    assert (found["explicit"], found["type"], found["import_prohibited"]) == (True, "serial", True)
    (episode,) = found["episodes"]
    assert episode["enclosures"] == [{"url": MP3.url, "file_size": 61978331, "mime_type": "audio/mpeg"}]
    assert (episode["total_time"], episode["number"], episode["season"], episode["type"]) == (3873, 12, 2, "bonus")
    assert episode["episode_art_url"] == "https://site.example/12.jpg"
    assert episode["explicit"] is False
    assert episode["chapters_json_url"] == EPISODE.chapters
    assert episode["transcript_url"] == EPISODE.transcript
    assert [each["name"] for each in episode["persons"]] == ["Ada & <Bob>"]


def test_feedparser_reads_the_podcast_and_its_episodes() -> None:
    found = feedparser.parse(document("rss", TWELVE))
    assert not found.bozo
    assert found.feed.image.href == SHOW.cover
    (entry,) = found.entries
    assert dict(entry.enclosures[0]) == {"href": MP3.url, "length": "61978331", "type": "audio/mpeg"}
    assert (entry.itunes_duration, entry.itunes_season, entry.itunes_episode) == ("3873", "2", "12")
    assert entry.podcast_chapters["url"] == EPISODE.chapters
    assert [each.name for each in entry.authors] == ["Ada"]
    (atom,) = feedparser.parse(document("atom", TWELVE)).entries
    assert (atom.link, atom.enclosures[0].href, atom.enclosures[0].length) == (TWELVE.link, MP3.url, "61978331")


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="no FEEDD_SCHEMAS")
def test_the_schemas_accept_episodes() -> None:
    relax = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    assert relax.validate(etree.fromstring(document("atom", TWELVE, PLAIN))), relax.error_log
    schema = json.loads((SCHEMAS / "jsonfeed-1.1.schema.json").read_bytes())
    jsonschema.validate(json.loads(document("json", TWELVE, PLAIN)), schema)


# Whose podcast


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://mp3s.nashownotes.com/pc20rss.xml//", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_the_guid_of_an_address_is_that_of_the_specification(url: str, expected: str) -> None:
    assert guid(url) == expected


def site(**settings: Any) -> SiteInfo:
    return SiteInfo(
        "https://feeds.example/", "Site", "", "en", "Site", None, None, None, None, tuple(FORMATS), **settings
    )


def test_a_saved_feed_says_its_own_and_the_rest_of_the_site() -> None:
    own = Podcast(explicit=False, categories=(PodcastCategory("Arts"),))
    info = site(podcast=SHOW, saved={"read": SavedFeedInfo("Read", "", own), "other": SavedFeedInfo("Other", "")})
    base = "https://feeds.example/saved/read/"
    found = podcast_of(FeedId("saved", "read"), base, info)
    assert found == replace(SHOW, explicit=False, categories=(PodcastCategory("Arts"),), guid=guid(f"{base}rss.xml"))
    other = podcast_of(FeedId("saved", "other"), "https://feeds.example/saved/other/", info)
    assert other == replace(SHOW, guid=guid("https://feeds.example/saved/other/rss.xml"))
    assert podcast_of(FeedId("saved", "read"), base, site()) is None


def test_a_guid_belongs_to_one_feed() -> None:
    own = Podcast(guid="00000000-0000-5000-8000-000000000000")
    info = site(podcast=SHOW, saved={"read": SavedFeedInfo("Read", "", own)})
    feeds = [FeedId("all", ""), FeedId("all", "", "top"), FeedId("topic", "boats"), FeedId("saved", "read")]
    feeds.append(FeedId("saved", "read", "top"))
    found = [podcast_of(each, f"https://feeds.example/{number}/", info) for number, each in enumerate(feeds)]
    guids = [each.guid for each in found if each]
    assert len(set(guids)) == len(feeds)
    assert (guids[0], guids[3]) == (SHOW.guid, own.guid)


# Players


def policy(page: bytes) -> str:
    (found,) = etree.HTML(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    return str(found)


def with_file(url: str, **fields: Any) -> Entry:
    return replace(PLAIN, enclosure=Enclosure(url, **fields))


def test_a_page_plays_the_files_that_it_shows_and_no_others() -> None:
    entries = (
        with_file("https://b.example:8443/a.mp3?x=1&y=<2>"),
        with_file("http://a.example/b.mp4"),
        with_file("https://b.example:8443/c.mp3"),
        with_file("https://[::1]/d.mp3"),
        with_file("https://[::::]/e.mp3"),
    )
    page = document("page", *entries)
    assert policy(page).endswith("; media-src http://a.example https://b.example:8443")
    tree = etree.HTML(page)
    players = tree.xpath("//*[self::audio or self::video]")
    assert [(each.tag, each.get("src")) for each in players] == [
        ("audio", "https://b.example:8443/a.mp3?x=1&y=<2>"),
        ("video", "http://a.example/b.mp4"),
        ("audio", "https://b.example:8443/c.mp3"),
        ("audio", "https://[::1]/d.mp3"),
        ("audio", "https://[::::]/e.mp3"),
    ]
    assert {each.get("preload") for each in players} == {"none"}
    assert all("controls" in each.attrib for each in players)
    assert "media-src" not in policy(document("page", PLAIN))


def test_a_text_that_looks_like_a_player_names_no_host() -> None:
    fake = '<audio controls preload="none" src="https://evil.example/a.mp3"></audio>'
    entry = replace(TWELVE, title=fake, summary=fake, authors=(fake,))
    assert policy(document("page", entry)).endswith("; media-src https://cdn.example")


def test_a_page_that_is_kept_with_other_entries_has_the_policy_of_these() -> None:
    one, other = document("page", TWELVE), document("page", PLAIN)
    for page, entries in ((one, other), (other, one)):
        made = page_shell.with_entries(page, page_shell.split(entries), ENGLISH)
        assert made is not None
        assert policy(made) == policy(entries)
        assert page_shell.with_entries(made, page_shell.split(page), ENGLISH) == page
    assert page_shell.with_entries(b"no page", [b""], ENGLISH) is None


@pytest.mark.parametrize(
    ("seconds", "size", "words"),
    [
        (3873, 61978331, "1 h 5 min, 62 MB"),
        (59, 999, "59 s, 999 bytes"),
        (60, 1000, "1 min, 1.0 KB"),
        (89, 9949, "1 min, 9.9 KB"),
        (3599, 9950, "1 h, 10 KB"),
        (7200, 999_499_999, "2 h, 999 MB"),
        (None, 999_500_000, "1.0 GB"),
        (10, None, "10 s"),
        (0, 0, ""),
    ],
)
def test_duration_and_size_are_said_in_words(seconds: int | None, size: int | None, words: str) -> None:
    page = document("page", with_file("https://a.example/a.mp3", size=size, duration=seconds))
    assert etree.HTML(page).xpath("string(//*[@class='player']//span)") == words


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_no_text_of_an_episode_ends_or_begins_a_tag(name: str) -> None:
    entry = replace(TWELVE, people=(Person(f"a{name}"),))
    data = document("rss", entry, PLAIN)
    assert len(split("rss", data)) == 2
    (person,) = etree.fromstring(data).iter(f"{{{PODCAST}}}person")
    assert person.text == f"a{name}"
