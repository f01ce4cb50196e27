"""Small folders as other programs have them, one for each dialect, given to feedd as they are.

The folders lie beside the repository, or where FEEDD_DIALECTS says.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from support import Site

ROOT = Path(__file__).parent.parent
_BESIDE = next(ROOT.parent.glob("shared/*/dialects"), ROOT.parent / "dialects")
DIALECTS = Path(os.environ.get("FEEDD_DIALECTS") or _BESIDE)
pytestmark = pytest.mark.skipif(not DIALECTS.is_dir(), reason="no FEEDD_DIALECTS")
FEEDS, PAGES = "https://feeds.example/", "https://site.example/"
SHOWN_AS_A_DATE = "published: 2023-09-29"  # among those that are withheld

# Each dialect: its entries by title, with values that JSON Feed has; `shows` are parts of the content.
ENTRIES: dict[str, dict[str, dict[str, Any]]] = {
    "jekyll": {
        "First light": {
            "url": f"{PAGES}sky/first-light/",
            "date_published": "2024-05-02T05:30:00Z",  # 21:30 at -0800
            "authors": [{"name": "sam"}],
            "tags": ["telescope", "sky", "astronomy", "notes"],
            "shows": [f'src="{PAGES}img/moon.jpg"', '<pre><code>print("hello")', "<p>A note.<sup>[1]</sup></p>"],
        }
    },
    "hugo-yaml": {
        "A lens": {
            "date_published": "2024-03-02T07:00:00Z",
            "date_modified": "2024-03-05T00:00:00Z",
            "summary": "About a lens.",
            "tags": ["glass", "tools"],
            "authors": [{"name": "sam"}, {"name": "kim"}],
            "image": f"{PAGES}img/lens.png",
            "shows": [f'<img src="{PAGES}post/lens.png" alt="Lens"'],
        }
    },
    "hugo-toml": {"Plus signs": {"date_published": "2024-03-02T08:00:00Z", "tags": ["toml"]}},
    "hugo-json": {"Json front": {"date_published": "2024-05-06T00:00:00Z", "tags": ["a"], "shows": ["<p>Body.</p>"]}},
    "hugo-bundle": {
        "A trip": {"date_published": "2024-04-01T00:00:00Z", "shows": [f'<img src="{FEEDS}media/']},
        "Eine Reise": {"language": "de", "shows": [f'<img src="{FEEDS}media/']},
    },
    "zola": {
        "Zola page": {
            "url": f"{PAGES}2024/02/03/zola-page/",
            "date_published": "2024-02-03T00:00:00Z",
            "date_modified": "2024-02-05T00:00:00Z",
            "summary": "First paragraph.",
            "authors": [{"name": "Sam"}],
            "tags": ["one", "two"],
        }
    },
    "rustsec": {
        "Widget stops on empty input": {
            "date_published": "2024-03-04T00:00:00Z",
            "tags": ["denial-of-service"],
            "shows": ["<p>Details.</p>"],
        }
    },
    "pelican": {
        "Bird: an outing": {
            "date_published": "2024-06-01T16:00:00Z",
            "date_modified": "2024-06-03T00:00:00Z",
            "summary": "We went out.",
            "tags": ["birds", "walks", "Outdoors"],
            "authors": [{"name": "Sam"}, {"name": "Kim"}],
        }
    },
    "adr": {"7. Use queues": {"date_published": "2024-01-09T00:00:00Z", "shows": ["<h2>Status</h2>\n<p>Accepted</p>"]}},
    "obsidian": {"Slow tools": {"tags": ["tools", "slow/things"], "shows": ["<mark>marked</mark>"]}},
    "docusaurus": {
        "Release 1": {
            "date_published": "2024-07-01T00:00:00Z",
            "summary": "Intro.",
            "authors": [{"name": "sam"}],
            "shows": ["<p>Intro.</p>\n<p>inside</p>\n<blockquote>", "<p>Careful.</p>"],
        }
    },
    "astro": {
        "Hello": {
            "date_published": "2024-07-08T00:00:00Z",
            "date_modified": "2024-07-10T00:00:00Z",
            "image": f"{PAGES}assets/hello.jpg",
        }
    },
    "multilang": {"Word": {}, "Wort": {"language": "de"}},
    "eleventy": {},
    "podcast": {
        title: {
            "date_published": "2024-08-01T05:00:00Z",
            "image": f"{PAGES}img/ep12.jpg",
            "attachments": [
                {
                    "url": "https://cdn.example.org/ep12.mp3",
                    "mime_type": "audio/mpeg",
                    "size_in_bytes": size,
                    "duration_in_seconds": 3873,
                }
            ],
        }
        for title, size in (("Episode twelve", 61978331), ("Episode thirteen", 113613338))
    },
}


def given(site: Site, name: str) -> None:
    """Gives a folder to feedd as it is."""
    site.configure(base_url=FEEDS, site={"url": PAGES})
    shutil.rmtree(site.seeds)
    shutil.copytree(DIALECTS / name, site.seeds)


def shown(site: Site) -> dict[str, dict[str, Any]]:
    """The entries of the JSON Feed, by title."""
    return {each["title"]: each for each in json.loads((site.feeds / "feed.json").read_bytes())["items"]}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_folder_of_each_dialect_is_read_as_its_program_means_it(site: Site, name: str) -> None:
    given(site, name)
    if name == "hugo-bundle":
        (site.seeds / "content/post/trip/boat.jpg").write_bytes(b"a boat")
    checked = site.run("check")
    assert checked.status == (name == "podcast"), checked.out
    site.render()
    entries = shown(site)
    assert entries.keys() == ENTRIES[name].keys()
    for title, expected in ENTRIES[name].items():
        for field, value in expected.items():
            if field == "shows":
                assert [part for part in value if part not in entries[title]["content_html"]] == []
            else:
                assert entries[title][field] == value


def test_every_folder_beside_those_that_are_withheld_is_a_dialect() -> None:
    assert {path.name for path in DIALECTS.iterdir() if path.is_dir()} == ENTRIES.keys() | {"leaks"}


def test_of_two_episodes_with_one_guid_one_is_the_known_one_and_the_other_is_a_problem(site: Site) -> None:
    given(site, "podcast")
    (problem,) = site.render().problems
    assert str(problem).startswith("seeds/13.md: show-12, its id in the old feed, is the id of 12.md too")
    entries = shown(site)
    assert entries["Episode twelve"]["id"] == "show-12"
    assert entries["Episode thirteen"]["id"].startswith("tag:feeds.example,2026:")


def test_a_note_that_is_withheld_is_nowhere(site: Site) -> None:
    given(site, "obsidian")
    site.render()
    assert [
        path for path, data in site.documents().items() if b"Other note" in data.replace(b"[[Other note", b"")
    ] == []


WITHHELD = sorted(path.name for path in (DIALECTS / "leaks").glob("*.md")) if DIALECTS.is_dir() else []


@pytest.mark.parametrize("name", WITHHELD)
def test_what_a_dialect_withholds_is_in_no_document(site: Site, name: str) -> None:
    given(site, "leaks")
    for path in site.seeds.iterdir():
        if path.name != name:
            path.unlink()
    title = (site.seeds / name).read_text().splitlines()[1].removeprefix("title: ").strip('"')
    (site.seeds / name).write_text((site.seeds / name).read_text() + "\nSomething unheard-of.\n")
    site.render()
    found = [path for path, data in site.documents().items() if title.encode() in data or b"unheard-of" in data]
    assert bool(found) is (title == SHOWN_AS_A_DATE)


def test_all_that_is_withheld_is_withheld_at_once(site: Site) -> None:
    given(site, "leaks")
    assert len(WITHHELD) == 23
    site.render()
    assert shown(site).keys() == {SHOWN_AS_A_DATE}


def test_extensions_of_markdown_become_what_they_mean(site: Site) -> None:
    given(site, "leaks")
    shutil.rmtree(site.seeds)
    site.seeds.mkdir()
    shutil.copy(DIALECTS / "extras.md", site.seeds)
    site.render()
    content = shown(site)["Markdown extras"]["content_html"]
    for part in (
        '<a href="https://example.org/r">reference link</a>', f'<a href="{PAGES}two" title="Two">another</a>',
        "<s>struck</s>", "<mark>marked</mark>", "$a_b + c_d$", "x_{i} = \\sum_{j} a_{ij} * b_{j} * c",
        "youtube.com/watch?v=dQw4w9WgXcQ", "let a = 1", "<strong>bold</strong>",
        '<a href="https://example.org/auto">',
    ):  # fmt: skip
        assert part in content
    for mark in ("{: .lead", "{:.class}", "{{<", "{%", "[^1]", "==", "~~"):
        assert mark not in content
