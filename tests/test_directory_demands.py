"""What `feedd check` says of podcasts: what directories would refuse, and what to write."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from support import Site, item

from feedd.inspect.directory_demands import DEMANDS, EpisodeDemands, no_podcast_note, podcast_notes
from feedd.model import Enclosure, Image, Item, Podcast, PodcastCategory

FINE = Item(
    "Twelve",
    enclosure=Enclosure("https://cdn.example/12.mp3", 1, "audio/mpeg", 2),
    images=(Image("https://site.example/12.jpg"),),
)
SHOW = Podcast(
    (PodcastCategory("Technology"),), "Ada", "ada@example.org", explicit=False, cover="https://site.example/c.jpg"
)


def lacking(found: Item) -> list[str]:
    demands = EpisodeDemands(["audio/12.mp3"])
    demands.add("12.md", found)
    return [next(name for name, words in DEMANDS.items() if note.reason == words) for note in demands.notes()]


def test_a_file_that_is_nowhere_is_told_as_such() -> None:
    nowhere = with_file(url="audio/13.mp3", size=None)
    demands = EpisodeDemands(["audio/12.mp3"], has_site=False)
    demands.add("13.md", nowhere)
    demands.add("12.md", with_file(url="audio/12.mp3", size=None))
    demands.add("14.md", replace(nowhere, link="https://site.example/14"))
    assert [(note.path, note.reason) for note in demands.notes()] == [
        ("13.md", DEMANDS["file"]),
        ("14.md", DEMANDS["size"]),
    ]


def with_file(**fields: object) -> Item:
    assert FINE.enclosure is not None
    return replace(FINE, enclosure=replace(FINE.enclosure, **fields))


@pytest.mark.parametrize(
    ("found", "names"),
    [
        (FINE, []),
        (Item("A text"), []),
        (with_file(size=None), ["size"]),
        (with_file(size=0), ["size"]),
        (with_file(url="audio/13.mp3", size=None), ["size"]),
        (with_file(url="audio/12.mp3", size=None), []),  # it lies beside the items
        (with_file(url="/audio/12.mp3", size=None), []),
        (with_file(url="ftp://cdn.example/12.mp3"), ["URL"]),
        (with_file(duration=None), ["duration"]),
        (with_file(url="https://cdn.example/12.opus", media_type=None), ["type"]),
        (with_file(media_type="audio/ogg"), ["type"]),
        (with_file(media_type="Audio/X-M4A"), []),
        (with_file(url="https://cdn.example/play?12", media_type=None), []),
        (replace(FINE, images=(Image("https://site.example/12.webp"),)), ["picture"]),
        (replace(FINE, images=(Image("https://site.example/12.PNG?x=1"),)), []),
        (replace(FINE, images=(Image("https://site.example/12"),)), []),
        (replace(FINE, images=()), []),
    ],
)
def test_an_episode_is_told_what_directories_demand(found: Item, names: list[str]) -> None:
    assert lacking(found) == names


def test_many_episodes_that_lack_the_same_are_one_note() -> None:
    demands = EpisodeDemands()
    for number in range(1, 1201):
        demands.add(f"{number}.md", with_file(duration=None))
    (note,) = demands.notes()
    assert (note.path, note.field, note.kind) == ("1.md", "enclosure", "note")
    assert note.reason.endswith("(likewise 2.md, 3.md and 1,197 more)")
    assert demands.episodes == 1200


def test_a_size_that_is_asked_for_need_not_be_written() -> None:
    demands = EpisodeDemands(probe=True)
    demands.add("12.md", with_file(size=None))
    assert demands.notes() == []


def said(podcast: Podcast) -> dict[str, str]:
    notes = list(podcast_notes({"podcast": podcast}, "config/feedd.yaml"))
    assert {(note.path, note.kind) for note in notes} <= {("config/feedd.yaml", "note")}
    return {note.field or "": note.reason for note in notes}


def test_a_podcast_is_told_what_directories_demand() -> None:
    assert said(SHOW) == {}
    assert list(said(Podcast())) == ["podcast.category", "podcast.owner.email", "podcast.explicit", "podcast.cover"]
    assert list(said(replace(SHOW, cover="http://site.example/c.jpg"))) == ["podcast.cover"]
    assert "JPEG" in said(replace(SHOW, cover="https://site.example/c.webp?x=1"))["podcast.cover"]
    assert said(replace(SHOW, cover="https://site.example/c?size=3000")) == {}


def test_what_several_podcasts_lack_is_said_once() -> None:
    bare = replace(SHOW, explicit=None)
    several = {"podcast": bare, "feeds.show.podcast": bare, "feeds.other.podcast": replace(bare, categories=())}
    notes = list(podcast_notes(several, "feedd.yaml"))
    assert [note.field for note in notes] == ["podcast.explicit", "feeds.other.podcast.category"]


def test_episodes_without_a_podcast_are_told_where_to_say_it() -> None:
    assert no_podcast_note(1, "a").reason.startswith("1 item is an episode: ")
    assert no_podcast_note(1200, "a").reason.startswith("1,200 items are episodes: ")


def checked(site: Site, *paths: str) -> list[tuple[str, str]]:
    result = site.run("check", "--format", "json", *paths)
    assert result.status == 0, result
    return [(note["path"], note["field"]) for note in json.loads(result.out)]


def test_check_says_what_a_podcast_lacks(site: Site) -> None:
    site.write("a.md", item())
    assert checked(site) == []
    site.configure(podcast={"owner": {"email": "ada@example.org"}, "explicit": False, "cover": "/c.jpg"})
    path = "config/feedd.yaml"
    assert checked(site) == [(path, "podcast.category"), (path, "podcast.cover")]
    assert checked(site, "seeds/a.md") == []
    site.configure(
        base_url="https://feeds.example/",
        podcast={"category": "Technology", "owner": {"email": "ada@example.org"}, "explicit": False, "cover": "/c.jpg"},
        feeds={"show": {"topics": ["AI"], "podcast": {"cover": "/c.svg"}}},
    )
    assert checked(site) == [(path, "feeds.show.podcast.cover")]
