"""Nothing in an entry can harm or mislead a reader, whatever the item's body holds."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from feedd.html import content, safe_html
from feedd.items import inline_markup
from feedd.model import Item

LINK = "https://news.example/2020/story"
VIDEO = "x0-zGdlpTeg"
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def item(body: str = "", **fields: object) -> Item:
    return Item(**{"title": "A story", "link": LINK, "body": body, **fields})  # type: ignore[arg-type]


def written(body: str = "", **fields: object) -> str:
    return content.entry_texts(item(body, **fields), base_url="https://site.example/", page_url=lambda _: None)[0]


def from_html(body: str, **fields: object) -> str:
    return written(body, body_format="html", **fields)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<p onclick=x() class=a style='color:red' id=b>Text</p>", "<p>Text</p>"),
        ("<script>bad()</script><style>p{}</style><p>Text", "<p>Text</p>"),
        (
            "<svg><script>no</script><style>no</style></svg><math><annotation>no</annotation></math><p>Text",
            "<p>Text</p>",
        ),
        (
            "<form action=/x><input value=a><select><option>no</select><button>Go</button></form>",
            "<div>Go</div>",
        ),
        ('<a href="javascript:alert(1)">Text</a>', "Text"),
        ('<a href="java&#10;script:alert(1)">Text</a>', "Text"),
        ('<a href="&#1;javascript:alert(1)">Text</a>', "Text"),
        ('<a href="mailto:a@example.com">Write</a>', '<a href="mailto:a@example.com">Write</a>'),
        ('<a href="../b c" target=_blank rel=x>Text</a>', '<a href="https://news.example/b%20c">Text</a>'),
        ('<a href="#part">Text</a>', f'<a href="{LINK}#part">Text</a>'),
        ('Text<img src="/pixel.gif" width="1" height="1">', "Text"),
        ('Text<img src="/pixel.gif" style="display: none">', "Text"),
        ('Text<img src="data:image/gif;base64,AA">', "Text"),
        (
            'Text<img src="data:image/gif;base64,AA" data-src="/a.jpg">',
            'Text<img src="https://news.example/a.jpg" alt="">',
        ),
        (
            '<img title=t alt="a<b" height="20px" srcset="x 2x" width=10.5 src=a.jpg>',
            '<img src="https://news.example/2020/a.jpg" width="10" height="20" alt="a&lt;b" title="t">',
        ),
        (
            "<p>one</p><p>&nbsp;</p><div><span></span></div><p>two<b> </b>three</p>",
            "<p>one</p><p>two three</p>",
        ),
        ("<p>a&#1;b&#xFFFE;c</p>", "<p>abc</p>"),
        ("<custom><font size=5>Text</font></custom>", "Text"),
        ("<p><button><p>Text</p></button></p>", "<p></p><p>Text</p><p></p>"),
        ("<pre>a\n\n  b</pre>", "<pre>a\n\n  b</pre>"),
        ("<p hidden>no</p><p style='mso-hide:all'>no <b>no</b><br></p><p>Text</p>", "<p>Text</p>"),
        ("<td>x</td>", "x"),
    ],
)
def test_only_harmless_html_is_kept(body: str, shown: str) -> None:
    assert from_html(body) == shown


def test_what_looks_like_a_tag_in_text_or_in_an_attribute_is_text() -> None:
    assert from_html('<p title="<iframe src=x>">&lt;script&gt;</p>') == "<p>&lt;script&gt;</p>"
    assert from_html('<a href="/x" title="<script>">Text</a>') == (
        '<a href="https://news.example/x" title="&lt;script&gt;">Text</a>'
    )


def test_urls_resolve_against_the_site_where_the_item_has_no_link() -> None:
    assert written("[a](b)", link=None) == '<p><a href="https://site.example/b">a</a></p>'


TAGS = (
    *(
        "<p>",
        "</p>",
        "<a href='/x'>",
        "<a href=javascript:alert(1)>",
        "<a data-t='1:02'>",
        "</a>",
        "<b>",
        "</b>",
    ),
    *("<table>", "<tr>", "<td>", "</table>", "<ul>", "<li>", "<pre>", "</pre>", "<hr>", "<br>", "<span>"),
    *(
        "<iframe src=//a.example/b>",
        f"<iframe src='https://youtu.be/{VIDEO}'/>",
        "</iframe>",
        "<base href=//b/>",
    ),
    *("<img src=x onerror=alert(1)>", "<img src='https://a.example/1.png' width=1>", "<p title='<script>'>"),
    *(
        "<script>",
        "</script>",
        "<svg onload=x>",
        "</svg>",
        "<math>",
        "<style>",
        "<title>",
        "<html>",
        "<body>",
    ),
    *(
        "<div style='display:none'>",
        "</div>",
        "<button>",
        "<select>",
        "<textarea>",
        "<template>",
        "<noscript>",
    ),
    *(
        "<video poster=x src=y onplay=alert(1)>",
        "</video>",
        "<audio><source src='javascript:x'>",
        "</audio>",
        "<picture>",
    ),
    *(
        "<source srcset='javascript:x 1x, /a 2x'>",
        "<input type=checkbox checked onclick=x>",
        "<embed src=javascript:x>",
    ),
    *(
        "<object data=javascript:x>",
        "<object data=//a.example/x>",
        "</object>",
        "<base href=javascript:x>",
        "<s>",
        "<q>",
    ),
    *(
        "<math alttext='<b>'>",
        "<msup>",
        "<mi>",
        "<annotation encoding='application/x-tex'>",
        "</math>",
        "<desc>",
        "</title>",
    ),
    *(
        "<svg aria-label='<img onerror=x>'>",
        "<text>",
        "<foreignObject>",
        "<svg><a href=javascript:x>",
        "<option selected>",
    ),
    *("<progress value=1>", "</select>", "</textarea>", "</noscript>", "<noscript>", "<xmp>", "</xmp>", "<plaintext>"),
    *("<script type='math/tex'>", "<img data-src=/a>", "<img src=/blank.gif>", "<table border=1>", "<th>", "<caption>"),
    *("<span aria-hidden=true>", "<strike>", "<listing>", "<dir>", "<ol>", "<dl>", "<dt>", "<dd>", "<th scope=row>"),
    *("<object>", "<form>", "<x-frame src=//a.example/>", "<h1>", "</h1>", "<!--", "-->", "<![CDATA[", "]]>"),
)
WORDS = (
    *("A story", "text", "&lt;", "&nbsp;", "&#1;", '"', "'", ">", "<", "\n\n", "`", "\ud800", "\x00"),
    *("[[x]]", "[x](y)", "> [!info] x\n", "|a|b|\n|-|-|\n", "- ", "    "),
)
MARKUP = st.sampled_from(TAGS + WORDS)
BODIES = st.lists(MARKUP, max_size=40).map("".join) | ANY_TEXT


@given(BODIES, st.sampled_from(["markdown", "html"]), st.sampled_from([None, VIDEO]))
def test_an_entry_is_safe_whatever_the_body(body: str, body_format: str, video: str | None) -> None:
    shown = written(body, body_format=body_format, video_id=video, embed=body)
    assert not re.search("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", shown)
    assert not re.search(
        "<(?:script|iframe|style|form|input|svg|math|object|video|audio|source|embed|base|select|title|x-|!--)", shown
    )
    for element in lxml_html.fragment_fromstring(shown, create_parent="div").iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in ("style", "class", "id", "srcset")
            if name in ("href", "src"):
                assert urlsplit(value).scheme in ("http", "https")
                assert urlsplit(value).netloc


@given(BODIES, st.sampled_from(["markdown", "html"]))
def test_an_entry_read_and_written_again_is_the_same(body: str, body_format: str) -> None:
    shown = written(body, body_format=body_format)
    assert safe_html.sanitise(shown) == shown
    assert written(body, body_format=body_format) == shown


@given(BODIES, st.sampled_from(["markdown", "html"]))
def test_a_summary_is_one_short_line_whatever_the_body(body: str, body_format: str) -> None:
    _, summary = content.entry_texts(
        item(body, body_format=body_format), base_url="https://site.example/", page_url=lambda _: None
    )
    assert summary == inline_markup.folded(summary)
    assert len(summary) <= 500


@pytest.mark.parametrize("body_format", ["markdown", "html"])
@pytest.mark.parametrize(
    "unit",
    [
        ">",
        "[",
        "![",
        "[[",
        "*a ",
        "`",
        "- ",
        "<",
        "<div>",
        "<b>",
        "<ul><li>",
        "<table><tr><td>",
        "<iframe src=//a/>",
        "&#1;",
    ],
)
def test_a_hostile_body_is_shown_all_the_same(unit: str, body_format: str) -> None:
    assert isinstance(written(unit * 50_000, body_format=body_format), str)


def test_nesting_that_no_person_writes_becomes_plain_text() -> None:
    assert from_html("<ul><li>x" * 5_000) == f"<p>{' '.join('x' * 5_000)}</p>"
    assert from_html("<div>" * 5_000, summary="Short") == "<p>Short</p>"


def test_what_was_sealed_holds_no_relative_url_and_no_control_character() -> None:
    assert safe_html.sanitise('<a href="/x">a&#1;b</a><img src=x.png>\ud800') == "<a>ab</a><img>"


def test_distinct_open_elements_do_not_multiply() -> None:
    body = "".join(f"<font size={size}>" for size in range(1300)) + "<p>x" * 40_000
    assert len(from_html(body)) < 3 * len(body)


def test_a_body_as_long_as_a_library_is_cut() -> None:
    shown = written("A paragraph of text.\n\n" * 100_000)
    assert len(shown) < 2 * content.LONGEST_BODY
    mark = '<p>\u2026 <a href="https://news.example/2020/story">Read the whole text</a></p>'
    assert shown.endswith(f"<p>A paragraph of text.</p>\n{mark}")


def test_a_saved_page_that_begins_with_long_scripts_keeps_its_text() -> None:
    script = f"<script>{'x(1 < 2);' * 40_000}</script>"
    assert from_html(f"<html><head>{script}<!-- {'-' * 100} --></head><body><p>Text</p></body></html>") == "<p>Text</p>"
