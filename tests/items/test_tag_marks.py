"""Tags that withhold: where they are marks, and where they are words like any other."""

from __future__ import annotations

import pytest

from feedd.items.parse import parse
from feedd.items.parsing.parsed import Parsed
from feedd.items.reading_settings import ReadingSettings
from feedd.items.withholding.meaning import withheld

NIKOLAS = ReadingSettings(withheld_tags=("draft", "private"))
FORMS = {
    "yaml": "---\ntitle: T\ndate: 2024-01-02\ntags: {}\n---\nText.\n",
    "toml": "+++\ntitle = 'T'\ndate = 2024-01-02\ntags = '{}'\n+++\nText.\n",
    "json": '{{"title": "T", "date": "2024-01-02", "tags": "{}"}}\n\nText.\n',
    "headers": "Title: T\nDate: 2024-01-02\nTags: {}\n\nText.\n",
    "comment": "<!--\n.. title: T\n.. date: 2024-01-02\n.. tags: {}\n-->\n\nText.\n",
    "another spelling": "---\ntitle: T\ndate: 2024-01-02\nTags: [{}]\n---\nText.\n",
}


def is_hidden(found: Parsed) -> bool:
    if found.item is None:
        return found.withheld_while_broken
    return withheld(found.item, default_listed=True) is not None


@pytest.mark.parametrize("tags", ["draft", "Private", "beer, draft", "private, beer, ale"])
@pytest.mark.parametrize("form", FORMS)
def test_a_tag_withholds_in_a_site_of_nikola(form: str, tags: str) -> None:
    assert is_hidden(parse("a.md", FORMS[form].format(tags).encode(), NIKOLAS))
    assert not is_hidden(parse("a.md", FORMS[form].format("beer, drafts").encode(), NIKOLAS))


def test_a_list_of_tags_withholds_too() -> None:
    text = "---\ntitle: T\ntags:\n- beer\n- Draft\n---\nText.\n"
    assert is_hidden(parse("a.md", text.encode(), NIKOLAS))
    assert parse("a.md", text.encode(), NIKOLAS).item.hidden_by == "tags: draft"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\ntags: [beer, ÜBUNG]\n---\nText.\n",
        "---\ntitle: T\ntags: beer; U\u0308bung\n---\nText.\n",
        "---\ntitle: T\ntags:\n- name: \u00dcb\u200bung\n---\nText.\n",
        '{"title": "T", "tags": ["\\u00fcbung"]}\n\nText.\n',
        "---\ntitle: T\ntags: Not  Ready\n---\nText.\n",
        '---\ntitle: T\ntags: "Not\n  ready"\n---\nText.\n',
        "---\ntitle: T\nwords: [beer, not ready]\n---\nText.\n",
        "---\ntitle: T\n---\nSee [[another note]]. #übung\n",
    ],
)
def test_a_tag_of_the_settings_withholds_however_it_is_written(text: str) -> None:
    settings = ReadingSettings(withheld_tags=("#übung", "not ready"), fields={"tags": "words"})
    assert is_hidden(parse("a.md", text.encode(), settings))
    assert not is_hidden(parse("a.md", text.encode(), ReadingSettings(fields={"tags": "words"})))


def test_a_tag_withholds_a_file_with_a_doubt_too() -> None:
    doubtful = "---\ntitle: T\ntags: [beer, draft]\nsummary: 'a\n  secured: b'\n---\nText.\n"
    assert is_hidden(parse("a.md", doubtful.encode(), NIKOLAS))
    assert not is_hidden(parse("a.md", doubtful.encode()))


@pytest.mark.parametrize(
    "front",
    [
        "tags: draft",
        "tags: [Private]",
        "tags:\n- draft",
        "slug: t\nlink: ''\ntype: text\ntags: beer, draft",
    ],
)
def test_what_is_plainly_a_mark_withholds_in_any_site(front: str) -> None:
    assert is_hidden(parse("a.md", f"---\ntitle: T\n{front}\n---\nText.\n".encode()))
    off = ReadingSettings(withheld_tags=())
    assert not is_hidden(parse("a.md", f"---\ntitle: T\n{front}\n---\nText.\n".encode(), off))


@pytest.mark.parametrize(
    ("path", "front"),
    [
        ("a.md", "tags: [beer, draft]"),
        ("a.md", "layout: post\ntags: draft"),
        ("_posts/2024-01-02-beer.md", "tags: draft"),
        ("a.md", "webUrl: https://example.org/a\ntags: [draft]"),
        ("a.md", "category: draft"),
    ],
)
def test_an_article_about_draft_beer_is_published(path: str, front: str) -> None:
    assert not is_hidden(parse(path, f"---\ntitle: T\n{front}\n---\nText.\n".encode()))


@pytest.mark.parametrize("tags", ["tags: beer, draft", "tags: ['beer', 'draft']", "Tags:\n  - beer\n  - draft"])
def test_a_tag_in_a_broken_file_withholds(tags: str) -> None:
    broken = f"---\ntitle: 'T\n{tags}\n---\nText.\n".encode()
    assert is_hidden(parse("a.md", broken, NIKOLAS))
    assert not is_hidden(parse("a.md", broken))
    assert is_hidden(parse("a.md", b"---\ntitle: 'T\ntags: draft\n---\nText.\n"))
