"""References: what an item refers to becomes absolute URLs."""

from __future__ import annotations

import pytest

from feedd.items.references import media_type_of, references
from feedd.model import Enclosure, Episode, Item

FEEDS, SITE = "https://feeds.example/", "https://site.example/blog/"
LINKED, LOOSE = Item("A", link="https://news.example/2024/a/"), Item("A")


@pytest.mark.parametrize(
    ("item", "site", "raw", "expected"),
    [
        (LINKED, None, "boat.jpg", "https://news.example/2024/a/boat.jpg"),
        (LINKED, None, "/boat.jpg", "https://news.example/boat.jpg"),
        (LINKED, SITE, "boat.jpg", "https://news.example/2024/a/boat.jpg"),
        (LINKED, SITE, "/boat.jpg", "https://site.example/boat.jpg"),
        (LINKED, SITE, "//cdn.example/boat.jpg", "https://cdn.example/boat.jpg"),
        (LOOSE, None, "boat.jpg", None),
        (LOOSE, None, "/boat.jpg", "https://feeds.example/boat.jpg"),
        (LOOSE, SITE, "boat.jpg", "https://site.example/blog/boat.jpg"),
        (LOOSE, SITE, "https://x.example/boat.jpg", "https://x.example/boat.jpg"),
        (LOOSE, SITE, "javascript:x", None),
        (LOOSE, SITE, "{static}/img/boat.jpg", "https://site.example/img/boat.jpg"),
        (LINKED, SITE, "{attach}boat.jpg", "https://news.example/2024/a/boat.jpg"),
        (LOOSE, SITE, "|filename|/img/boat.jpg", "https://site.example/img/boat.jpg"),
        (LOOSE, SITE, "@site/static/img/boat.jpg", "https://site.example/img/boat.jpg"),
    ],
)
def test_a_reference_resolves_against_the_link_and_what_begins_with_a_slash_against_the_site(
    item: Item, site: str | None, raw: str, expected: str | None
) -> None:
    assert references(item, FEEDS, site).shown(raw) == expected


@pytest.mark.parametrize(
    ("item", "site", "place", "expected"),
    [
        (LINKED, None, None, None),
        (LINKED, SITE, None, "https://site.example/blog/boat.jpg"),
        (Item("A", link="https://site.example/blog/trip/"), SITE, None, "https://site.example/blog/trip/boat.jpg"),
        (LOOSE, SITE, "https://site.example/blog/post/a.md", "https://site.example/blog/post/boat.jpg"),
        (LOOSE, None, None, None),
    ],
)
def test_a_picture_of_the_front_matter_is_beside_its_page_where_the_page_is_on_the_site_and_nowhere_without_a_site(
    item: Item, site: str | None, place: str | None, expected: str | None
) -> None:
    assert references(item, FEEDS, site, place=place).picture("boat.jpg") == expected


def test_an_enclosure_has_an_absolute_url_and_the_type_of_its_suffix() -> None:
    given = Enclosure("a/1.mp3", 3, None, 60)
    assert references(LINKED, FEEDS).enclosure(given) == Enclosure(
        "https://news.example/2024/a/a/1.mp3", 3, "audio/mpeg", 60
    )
    assert references(LINKED, FEEDS, SITE, "https://cdn.example/p/").enclosure(given) == Enclosure(
        "https://cdn.example/p/a/1.mp3", 3, "audio/mpeg", 60
    )
    assert references(LINKED, FEEDS).enclosure(Enclosure("javascript:x")) is None
    assert references(LINKED, FEEDS).enclosure(None) is None
    assert references(LOOSE, FEEDS).enclosure(given) is None
    assert references(LOOSE, FEEDS, media_prefix="https://cdn.example/").enclosure(given) is not None


def test_transcript_and_chapters_of_an_episode_have_absolute_urls() -> None:
    given = Episode(number=1, transcript="/1.vtt", chapters="c.json")
    assert references(LOOSE, FEEDS, SITE).episode(given) == Episode(
        number=1, transcript="https://site.example/1.vtt", chapters="https://site.example/blog/c.json"
    )


def test_the_media_type_is_that_of_the_suffix() -> None:
    assert media_type_of("https://x.example/a.MP3?b.png#c") == "audio/mpeg"
    assert media_type_of("https://x.example/a") is None
