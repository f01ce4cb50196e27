"""The short way of Markdown without raw HTML: it gives what the long way gives, or nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.html.html_writer import Context
from feedd.html.markdown import commonmark, plain_markdown
from feedd.html.markdown.markdown_comments import without_comments, without_marks
from feedd.html.markdown.markdown_marks import take_out
from feedd.html.markdown.markdown_to_html import markdown
from feedd.html.markdown.markdown_writer import Writer
from feedd.html.safe_html import readable, sanitise
from feedd.items import text
from feedd.items.local_files import KeysAsked
from feedd.items.references import References
from feedd.items.wiki_links import HIDDEN

PAGE = "https://news.example/2020/story"
PICTURE = "https://news.example/shown.png"
CONTEXT = Context(
    References(PAGE, is_placed=True, site="https://news.example/", front=PAGE),
    title="The title",
    picture=PICTURE,
    page_url={"./b.md": "https://news.example/b", "./sealed.md": HIDDEN}.get,
)
PIECES = [
    *("# ", "## ", "The title", "Other words", "- ", "  - ", "1. ", "3) ", "> ", "    ", "```", "```py", "---", "***"),
    *("|a|b|\n|-|:-:|\n", "|a||", "*", "**", "_", "~~", "`", "[", "](", ")", "![", "<b>", "<", "< ", "&lt;i", "&amp;"),
    *(
        "/a/b",
        "b.md",
        "sealed.md",
        "<\\!",
        "<&excl;",
        "<i hidden>",
        "</i>",
        "?x=1&y=2",
        "https://a.example/x",
        "ftp://a.example/",
        "javascript:x",
        PICTURE,
        "é.png",
        "t.mp4",
        "|80",
        '"t"',
    ),
    *(
        "[r]: /y 'a <b'",
        "[r]",
        "[^1]",
        "[^1]: ",
        "^[a *note*]",
        "^[<i>]",
        "[!note]",
        "- [ ] ",
        "\\",
        " ",
        "  \n",
        "\n",
        "\n\n",
        "\t",
        "a",
        "Z.",
    ),
    *("\xa0", "\u200b", "&nbsp;", "&NewLine;", "&#13;", "%%", "==", "$", "人", "'", "<https://a.example/>", "&quot;"),
]


def long_way(body: str) -> str:
    def write(source: str, write_note: Callable[[str], str] | None) -> str:
        marked = take_out(source, CONTEXT.page_url, wiki_page=False, notes=write_note is not None)
        return Writer(marked, write_note).write(commonmark.events(marked.text))

    html = write(without_comments(text.safe(body)), lambda note: write(note, None))
    return sanitise(readable(without_marks(html), CONTEXT))


def short_way(body: str) -> str:
    html, is_plain = markdown(body, CONTEXT.page_url)
    return sanitise(readable(html, CONTEXT, is_plain=is_plain))


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_both_ways_give_the_same_bytes(body: str) -> None:
    assert short_way(body) == long_way(body)


@pytest.mark.parametrize(
    "body",
    [
        "One *two* **three** ~~four~~ `five < six`\nseven  \neight",
        "# A heading\n\n- one\n  - two\n\n    three\n- four\n\n3. five\n4. six",
        "> a quote\n>\n> > of a quote\n\n---\n\n```c++\nif (a < b)  { <b> }\n\n\n```",
        "| a | b |\n|:--|--:|\n| `c` | d |\n| e | f |\n\ntext\n\n| only | head |\n|---|---|",
        "- | a |\n  |---|\n  | b |",
        "[a](/b/c?d=1&e=2 \"the 'title'\") [f](g/h.html) [i](https://j.example/k) [b](b.md) [r]\n\n[r]: /y",
        '![a picture, "so"](https://img.example/a.jpg "words") ![](/b.png) behind',
        "Shell: `curl https://a.example/` and a < b <- c <3",
        "    indented code at the end",
        "```\nopen at the end",
        "A &copy; and &amp;lt; \u201cquoted\u201d it's 人",
    ],
)
def test_the_short_way_is_gone_for_what_most_texts_hold(body: str) -> None:
    html = plain_markdown.at_once(body)
    assert html is not None
    shown = plain_markdown.as_shown(html, CONTEXT)
    assert shown is not None
    assert sanitise(shown) == long_way(body)


@pytest.mark.parametrize(
    "body",
    [
        "raw <b>HTML</b>",
        "<!-- a comment -->",
        "<https://a.example/>",
        "a bare https://a.example/ in text",
        'in text: <a href="https://a.example/" and no tag',
        "a note[^1]\n\n[^1]: below",
        "> [!info] a callout",
        "- [x] done",
        "a term\n: its meaning",
        "&lt;b as text, and <i>",
        "<\\! and <\\/ as text, and <i hidden>no</i>",
        "<&excl; as text, and <!--no-->",
        "[a]({filename}/b.md)",
        "[r] [r] <i>\n\n[r]: /y 'a <b'",
    ],
)
def test_what_only_the_writer_knows_goes_the_long_way(body: str) -> None:
    assert plain_markdown.at_once(body) is None
    assert short_way(body) == long_way(body)


@pytest.mark.parametrize(
    "body",
    [
        "## The *title*\n\nText",
        "- one\n-\n- two",
        f"![again]({PICTURE}) and words",
        "[a](javascript:alert) and words",
        "[a](sealed.md) and words",
        "![a](sealed.md) and words",
        "[a](http://256.1.1.1/) and words",
        "![a](<b c.png>)",
        '[a](/b "one\ntwo")',
        "***",
    ],
)
def test_what_the_walk_over_html_would_change_goes_through_the_walk(body: str) -> None:
    html = plain_markdown.at_once(body) or markdown(body, CONTEXT.page_url).html
    assert plain_markdown.as_shown(html, CONTEXT) is None
    assert short_way(body) == long_way(body)


def files_asked_for(look_up: Callable[[References], object]) -> tuple[str, ...]:
    asked = KeysAsked()
    look_up(CONTEXT.refers._replace(files=asked))
    return asked.local()


@given(st.lists(st.sampled_from([*PIECES, "![a](b.png)", "[[c.mp4]]", "![[d.png]]"]), max_size=24).map("".join))
def test_the_files_of_a_text_are_looked_up_without_the_walk_as_by_the_walk(body: str) -> None:
    html, is_plain = markdown(body, CONTEXT.page_url)
    by_walk = files_asked_for(lambda refers: readable(html, CONTEXT._replace(refers=refers)))
    known: list[bool] = []
    asked = files_asked_for(lambda refers: known.append(is_plain and plain_markdown.look_up_files(html, refers)))
    assert asked == by_walk or not known[0]


def test_the_files_of_pictures_with_usual_addresses_are_looked_up_without_the_walk() -> None:
    html = markdown("![a|80](b.png)\n\n- ![](/c/d.jpg 'e') [f](g.png)", CONTEXT.page_url).html
    assert files_asked_for(lambda refers: plain_markdown.look_up_files(html, refers)) == ("/c/d.jpg", "b.png")
