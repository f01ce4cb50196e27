"""Direction: which languages and texts go from right to left, and what pages and contents say of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from feedd.html import content, direction
from feedd.model import Entry
from feedd.render import feed_page, page_shell
from feedd.words.site_words import Words

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHALOM, SALAM = "שלום", "سلام"


@pytest.mark.parametrize(
    "tag",
    [
        *("ar", "he", "iw", "fa", "fa-IR", "ur-PK", "ps", "sd", "ug", "yi", "dv", "ckb", "nqo", "arz", "AR", "ar_EG"),
        *("pa-PK", "ku-Arab", "az-Arab", "az-Arab-IR", "uz-AF", "ms-Arab", "ff-Adlm", "heb", "en-Hebr", "ar-u-nu-latn"),
    ],
)
def test_these_languages_go_from_right_to_left(tag: str) -> None:
    assert direction.language_direction(tag) == "rtl"


@pytest.mark.parametrize(
    "tag",
    [
        *("en", "de-AT", "ja", "zh-Hant-TW", "ku", "az", "pa", "ar-Latn", "he-Latn-IL", "fa-Cyrl", "sd-IN", "sd-Deva"),
        *("arn", "", "x", "-", "x-arab"),
    ],
)
def test_all_others_go_from_left_to_right(tag: str) -> None:
    assert direction.language_direction(tag) == "ltr"


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("HTML 5 is here!", False),
        (f"{SHALOM}, 5!", False),
        (f"{SHALOM}, HTML 5!", True),
        (f"HTML 5: {SALAM}", True),
        ("東京", False),
        (f"東京 {SALAM}", True),
        ("2026", False),
        ("", False),
    ],
)
def test_a_text_is_mixed_if_it_has_letters_of_both_directions(text: str, mixed: bool) -> None:
    assert direction.is_mixed(text) is mixed


def page(language: str) -> str:
    about = page_shell.Page(Words(language), "Title", "About", "https://feeds.example/", "", "")
    return page_shell.document(about, "", b"", "").decode()


@pytest.mark.parametrize(
    ("language", "element"),
    [
        ("ar", '<html lang="ar" dir="rtl">'),
        ("he-IL", '<html lang="he-IL" dir="rtl">'),
        ("en", '<html lang="en">'),
        ("ar-Latn", '<html lang="ar-Latn">'),
    ],
)
def test_a_page_goes_the_way_of_its_language(language: str, element: str) -> None:
    assert element in page(language)


def fragment(title: str, summary: str, language: str | None) -> str:
    shown = Entry(
        id="tag:feeds.example,2026:1", fingerprint=b"", title=title, link=None, published=NOW, updated=NOW,
        authors=("A",), author_uri=None, summary=summary, content="", categories=(), image=None, video=None,
        duration=None, language=language,
    )  # fmt: skip
    return feed_page.fragment(shown).decode()


@pytest.mark.parametrize(
    ("language", "title", "elements"),
    [
        ("he", f"{SHALOM}, HTML 5!", ['<article lang="he">', '<h3 dir="rtl">', '<p class="summary" dir="rtl">']),
        ("en", "HTML 5!", ['<article lang="en">', '<h3 dir="ltr">', '<p class="summary" dir="ltr">']),
        (None, f"{SHALOM}!", ["<article>", '<h3 dir="auto">', '<p class="summary" dir="auto">']),
        (None, "HTML 5!", ["<article>", '<h3 dir="auto">', '<p class="summary" dir="auto">']),
        (None, f"HTML 5: {SALAM}!", ["<article>", "<h3>", '<p class="summary">']),
    ],
)
def test_an_entry_goes_the_way_of_its_language_or_else_of_its_letters(
    language: str | None, title: str, elements: list[str]
) -> None:
    assert re.findall("<(?:article|h3|p class=.summary.)[^>]*>", fragment(title, title, language)) == elements


@pytest.mark.parametrize(
    ("html", "language", "directed"),
    [
        ("<p>x</p>", "he", '<div dir="rtl"><p>x</p></div>'),
        ("<p>x</p>", "fa-IR", '<div dir="rtl"><p>x</p></div>'),
        ("<p>x</p>", "en", "<p>x</p>"),
        ("", "he", ""),
    ],
)
def test_content_that_goes_from_right_to_left_says_so(html: str, language: str, directed: str) -> None:
    assert content.directed(html, language) == directed
