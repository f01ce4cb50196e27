"""Podcasts from their files: items with audio in, feeds that players and directories read out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import podcastparser
import pytest
from file_server import FileServer, audio
from support import Running, Site, looks, wait_until

from feedd.render.podcasts import guid

BASE = "https://feeds.example/"
SHOW = {
    "category": ["Science > Physics"],
    "owner": {"name": "Ada", "email": "ada@example.org"},
    "explicit": False,
    "cover": "/cover.jpg",
    "type": "serial",
}


def episode(number: int, **fields: object) -> str:
    """The text of an episode as podcasters write it."""
    front = {
        "title": f"Episode {number}",
        "date": f"2024-08-{number:02}T05:00:00Z",
        "audio": f"https://cdn.example/{number}.mp3",
        "length": str(1000 * number),
        "duration": "1:04:33",
        "episode": str(number),
        "season": "2",
        "explicit": "no",
        "image": f"/img/{number}.jpg",
        **fields,
    }
    lines = (f"{name}: {json.dumps(value)}" for name, value in front.items() if value is not None)
    return "\n".join(("---", *lines, "---", "Notes.", ""))


@pytest.fixture
def show(site: Site) -> Site:
    site.configure(base_url=BASE, site={"url": "https://show.example/"}, podcast=SHOW, views={"feeds": []})
    site.write("1.md", episode(1, transcript="/t/1.vtt", chapters="/c/1.json", authors=["Ada", "Bob"]))
    site.write("2.md", episode(2, explicit="yes", image=None))
    site.write("3.md", episode(3, draft=True))
    site.settle()
    return site


def heard(site: Site, path: str = "rss.xml") -> dict[str, Any]:
    """A podcast as gPodder's parser reads it."""
    found: dict[str, Any] = podcastparser.parse(f"{BASE}{path}", io.BytesIO((site.feeds / path).read_bytes()))
    return found


def test_a_folder_of_episodes_is_a_podcast(show: Site) -> None:
    assert show.render().problems == ()
    found = heard(show)
    assert found["cover_url"] == "https://show.example/cover.jpg"
    assert found["itunes_categories"] == [["Science", "Physics"]]
    assert (found["explicit"], found["type"]) == (False, "serial")
    first, second = sorted(found["episodes"], key=lambda each: each["number"])
    assert first["enclosures"] == [{"url": "https://cdn.example/1.mp3", "file_size": 1000, "mime_type": "audio/mpeg"}]
    assert (first["total_time"], first["number"], first["season"], first["explicit"]) == (3873, 1, 2, False)
    assert first["episode_art_url"] == "https://show.example/img/1.jpg"
    assert (second["number"], second["explicit"], second.get("episode_art_url")) == (2, True, None)
    item = show.entries("rss.xml")["Episode 1"]
    assert item.podcast_chapters["url"] == first["chapters_json_url"] == "https://show.example/c/1.json"
    assert show.entries()["Episode 1"].enclosures[0].href == "https://cdn.example/1.mp3"
    assert item.podcast_transcript == {"url": "https://show.example/t/1.vtt", "type": "text/vtt"}


def test_nothing_of_a_withheld_episode_is_published(show: Site) -> None:
    show.render()
    assert [path for path, data in show.documents().items() if b"3.mp3" in data] == []


def test_a_second_render_writes_nothing(show: Site) -> None:
    show.render()
    there = looks(show.feeds)
    assert show.render().written == ()
    assert looks(show.feeds) == there


def test_a_saved_feed_may_be_another_podcast(show: Site) -> None:
    own = {"title": "Short ones", "match": ["Episode 1"], "podcast": {"cover": "https://cdn.example/short.png"}}
    show.configure(base_url=BASE, podcast=SHOW, feeds={"short": own})
    show.render()
    found = heard(show, "saved/short/rss.xml")
    assert found["cover_url"] == "https://cdn.example/short.png"
    assert found["itunes_owner"] == SHOW["owner"]
    assert [each["number"] for each in found["episodes"]] == [1]
    data = (show.feeds / "saved/short/rss.xml").read_text()
    assert f"<podcast:guid>{guid(f'{BASE}saved/short/rss.xml')}</podcast:guid>" in data
    assert f"<podcast:guid>{guid(f'{BASE}rss.xml')}</podcast:guid>" in (show.feeds / "rss.xml").read_text()


def noted(site: Site) -> dict[str, tuple[str, str]]:
    """What check notes of podcasts: by field, the path and the words."""
    result = site.run("check", "--format", "json")
    assert result.status == 0, result
    notes = json.loads(result.out)
    notes = notes if isinstance(notes, list) else notes["problems"]
    return {note["field"]: (note["path"], note["reason"]) for note in notes if note["kind"] == "note"}


def test_check_says_what_directories_would_refuse(show: Site) -> None:
    show.configure(base_url=BASE, site={"url": "https://show.example/"}, podcast=SHOW)
    assert noted(show) == {}
    show.write("2.md", episode(2, length=None))
    show.write("4.md", episode(4, length=None))
    path, words = noted(show)["enclosure"]
    assert path == "seeds/2.md"
    assert "write its bytes as `length`" in words
    assert words.endswith("(likewise 4.md)")
    show.configure(base_url=BASE)
    path, words = noted(show)["podcast"]
    assert path == "config/feedd.yaml"
    assert words.startswith("4 items are episodes")


def test_a_daemon_asks_for_sizes_and_publishes_them(site: Site, daemon: Callable[..., Running]) -> None:
    with FileServer() as server:
        server.files = {"/1.mp3": audio(61978331)}
        site.configure(base_url=BASE, media={"probe": True}, views={"feeds": []})
        site.write("1.md", episode(1, audio=server.url("/1.mp3"), length=None))
        running = daemon().wait_until_ready()
        wait_until(lambda: length(site) == "61978331", 60, lambda: running.log)
        assert "sizes known files=1" in running.log
        site.write("2.md", episode(2, audio=server.url("/2.mp3"), length=None))
        running.wait_for_log("2.mp3 is not known: 404 Not Found; asking again in 600 s")
        assert running.stop() == 0
        assert server.asked == ["HEAD /1.mp3", "HEAD /2.mp3"]


def length(site: Site) -> str:
    found: str = site.entries("rss.xml")["Episode 1"].enclosures[0].length
    return found
