"""The Markdown that entries carry: the author's text with absolute URLs, and no word that the content does not show."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.html import content
from feedd.items.references import references
from feedd.items.wiki_links import HIDDEN
from feedd.model import Item

LINK = "https://news.example/2020/story/"
PAGES = {"page": "https://news.example/page/", "./sealed.md": HIDDEN, "sealed": HIDDEN}


def written(body: str, **fields: object) -> tuple[str | None, str]:
    """The Markdown, and the content, of an item with this body."""
    shown = Item(**{"title": "A story", "link": LINK, "body": body, **fields})  # type: ignore[arg-type]
    refers = references(shown, "https://feeds.example/")
    html, _ = content.entry_texts(shown, base_url="https://feeds.example/", page_url=PAGES.get, refers=refers)
    return content.markdown_text(shown, html, page_url=PAGES.get, refers=refers), html


def markdown(body: str, **fields: object) -> str | None:
    return written(body, **fields)[0]


AS_WRITTEN = (
    "Some *words* and **more**, `code` and ~~none~~.\n\n- one\n- two\n\n1. first\n2. second",
    "snake\\_case & AT&amp;T, H~2~O, $x_1$ and ==marked==; see https://news.example/a_b_c or <https://news.example/>.",
    "```python\n[a](b.md) <!-- shown --> [[page]] %%shown%%\n```",
    "| a | b |\n|---|--:|\n| 1 | two |",
    "- [x] done\n- [ ] open",
    "A line with<br>a break, <kbd>Ctrl</kbd> and E = mc<sup>2</sup>.",
    "Heading\n=======\n\ntext\n\n> quoted\n> text",
    '[words](https://news.example/a?b=1&c=2 "Its title")',
)


@pytest.mark.parametrize("body", AS_WRITTEN)
def test_text_that_stands_on_its_own_stays_as_it_is(body: str) -> None:
    assert markdown(body) == body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[a](b.md) and [c](/d \"T\")", f'[a]({LINK}b.md) and [c](https://news.example/d "T")'),
        ("![cat](cat.png)", f"![cat]({LINK}cat.png)"),
        ("[**b** `c`](x) end", f"[**b** `c`]({LINK}x) end"),
        ("[![p](a.png)](b)", f"[![p]({LINK}a.png)]({LINK}b)"),
        ("[words][Label], [label]\n\n[label]: u 'T'", f'[words]({LINK}u "T"), [label]({LINK}u "T")'),
        ("[x](javascript:alert)", "x"),
        ("a <a href='b'>link</a>", f'a <a href="{LINK}b">link</a>'),
        ("a <img src='b.png' alt='pic' onload='x'>", f'a <img src="{LINK}b.png" alt="pic">'),
        ("> [a\n> b](c)", f"> [a\n> b]({LINK}c)"),
    ],
)  # fmt: skip
def test_urls_become_absolute(body: str, expected: str) -> None:
    assert markdown(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a <!-- no --> b %%no%% c", "a  b c"),
        ("<!-- no\n\nno -->\n\nend", "end"),
        ("%%\nno\n%%\n\nend", "end"),
        ("# A story\n\ntext", "text"),
        ("<p hidden>no</p>\n\nend", "end"),
        ("```py title=no\ncode\n```", "```py\ncode\n```"),
        ("```<no>\ncode\n```", "```\ncode\n```"),
        ("note[^no]\n\n[^no]: said", "note[^1]\n\n[^1]: said"),
        ("<div class='no'>\n\n*in*\n\n</div>\n\nend", "*in*\n\n\n\nend"),
        ("[unused]: https://news.example/no\n\nend", "end"),
    ],
)
def test_what_the_content_drops_is_dropped(body: str, expected: str) -> None:
    assert markdown(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[[page|the page]] and [[Other]]", "[the page](https://news.example/page/) and [[Other]]"),
        ("![[cat.png|A cat]]", f"![A cat]({LINK}cat.png)"),
        ("> [!note] Look\n> here", "> Look\n> here"),
        ("> [!tip]\n> here", "> **Tip**\n> here"),
    ],
)
def test_syntax_of_wikis_becomes_commonmark(body: str, expected: str) -> None:
    assert markdown(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[words](sealed.md) end", "words end"),
        ("[words](sealed.md#part 'words') end", "words end"),
        ("[words][r] end\n\n[r]: sealed.md", "words end"),
        ("end ![p](sealed.md) end", "end  end"),
        ("[![p](a.png)](sealed.md) end", f"![p]({LINK}a.png) end"),
        ("text^[see [words](sealed.md)]", "text^[see words]"),
        ("[[sealed]] and [[sealed|words]]", "(…) and words"),
        ("<p><a href='sealed.md'>words</a></p>\n\nend", "<p>words</p>\n\nend"),
    ],
)
def test_a_link_to_a_withheld_page_becomes_its_words(body: str, expected: str) -> None:
    assert markdown(body) == expected


@pytest.mark.parametrize("formula", ["$$\n<script>x</script>\n$$", "a $$<i title='y'>x$$", "$x<b>y$"])
def test_a_formula_brings_no_raw_html(formula: str) -> None:
    assert "<" not in (markdown(formula) or "").replace("<b>", "")


@pytest.mark.parametrize(
    "body",
    [
        '<div style="display: none">\n\nsecret\n\n</div>',
        "a <span hidden>secret</span> b",
        "<script>secret</script> and\n\ntext",
        "a <textarea>secret",
        "a <b onclick='secret'>b</b>",
    ],
)
def test_text_that_its_raw_html_may_hide_is_not_given(body: str) -> None:
    assert "secret" not in (markdown(body) or "")


def test_html_is_no_markdown() -> None:
    assert markdown("<p>text</p>", body_format="html") is None
    assert markdown("  \n") is None


def test_a_long_body_is_cut_as_its_content_is() -> None:
    shown = Item(title="A story", link=LINK, body="A sentence of *words*. " * 100)
    refers = references(shown, "https://feeds.example/")
    html, _ = content.entry_texts(
        shown, base_url="https://feeds.example/", page_url=PAGES.get, refers=refers, longest=1000
    )
    text = content.markdown_text(shown, html, page_url=PAGES.get, refers=refers, longest=1000)
    assert text is not None
    assert text.endswith("*words*.\n\n…")
    assert len(text) <= 1010


PIECES = st.sampled_from(
    (
        "word", "*a*", "**b**", "`c`", "[l](x)", "![p](y.png)", "[[page]]", "[[page|w]]", "![[z.png]]", "<!-- hid -->",
        "%%hid%%", "<b>", "</b>", "<div hidden>", "</div>", "<span>", "<script>", "</script>", "<!--", "-->", "%%",
        "[^n]", "\n\n[^n]: note", "\n\n[r]: /u 't'\n\n", "[r]", "\n\n> [!note] t\n> ", "\n\n```lang attr=1\n",
        "\n```\n", "\n\n- ", "\n1. ", "\n\n# ", "\n\n| a | b |\n|---|---|\n| ", " | ", "$x$", "==m==", "\\", "&amp;",
        "~s~", "<img src=q.png alt=pic>", "<a href=h>", "</a>", "https://u.example/a_b", "\n\n    ", "\n\n",
        "<p hidden>hid</p>", "<style>hid</style>",
    )
)  # fmt: skip
MARKS = re.compile(
    r"\]\((?:<[^<>\n]*>|[^\s()<>]*)|^[ \t>]*(?:(?:[-*+]|[0-9]+[.)])[ \t]+)*[`~]{3,}\S*$"
    r"|^[ \t>]*(?:[-*+][ \t]+)*[0-9]+[.)]|</?[a-z][^<>]*>|\[x\]",
    re.MULTILINE,
)


@settings(max_examples=400)
@given(st.lists(PIECES, min_size=1, max_size=25))
def test_no_word_of_it_is_missing_from_the_content(pieces: list[str]) -> None:
    text, html = written("".join(each + " " * (each[-1] != "\n") for each in pieces))
    shown = re.sub("<[^<>]*>", "", html) + " ".join(re.findall('"([^"]*)"', html))
    for word in re.findall(r"[^\W_]+", unescape(MARKS.sub(" ", text or ""))):
        assert word.casefold() in unescape(shown).casefold()


def test_it_says_the_same_when_it_is_read_as_markdown_again() -> None:
    body = (
        "# Other\n\nSome *words* [a](b.md 't') ![c](d.png)\n\n> q\n\n1. x\n2. y\n\n"
        "| a | b |\n|---|---|\n| [1](2) | 3 |\n\nn[^a]\n\n[^a]: f"
    )
    text, html = written(body)
    assert text is not None
    assert written(text)[1] == html
