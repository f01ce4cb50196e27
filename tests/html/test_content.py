"""What subscribers read of an item: safe HTML that stands on its own, and a plain summary."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from feedd.html import content
from feedd.items.references import references
from feedd.model import Image, Item, Related

BASE = "https://site.example/"
LINK = "https://news.example/2020/story"
VIDEO = "x0-zGdlpTeg"
PAGE = f"https://www.youtube.com/watch?v={VIDEO}"
DAY = datetime(2020, 11, 4, tzinfo=UTC)
THUMBNAIL = f"https://i.ytimg.com/vi/{VIDEO}/hqdefault.jpg"


def item(body: str = "", **fields: object) -> Item:
    return Item(**{"title": "A story", "link": LINK, "body": body, **fields})  # type: ignore[arg-type]


def written(body: str = "", **fields: object) -> str:
    return content.entry_texts(item(body, **fields), base_url=BASE, page_url=lambda _: None)[0]


def from_html(body: str, **fields: object) -> str:
    return written(body, body_format="html", **fields)


def test_an_entry_shows_picture_then_body_then_related_coverage() -> None:
    story = {
        "images": (Image("/pictures/a.jpg", 620, 480, "Cells", "Photo: A & B"),),
        "summary": "Not needed.",
        "related": (
            Related("Same & more", "https://other.example/x", provider="Other", published=DAY),
            Related("No link", domain="third.example"),
        ),
    }
    assert written("Some *text*.", **story) == (
        '<p><img src="https://site.example/pictures/a.jpg" width="620" height="480" alt="Cells">'
        "<br><small>Photo: A &amp; B</small></p>\n"
        "<p>Some <em>text</em>.</p>\n"
        '<h3>Related coverage</h3><ul><li><a href="https://other.example/x">Same &amp; more</a>, Other, '
        '<time datetime="2020-11-04">4 November 2020</time></li><li>No link, third.example</li></ul>'
    )


@pytest.mark.parametrize("body", ["", "&nbsp;", "\n <p>&nbsp;</p>\n<br>\n", "<!-- nothing -->", "<p><b> </b></p>"])
def test_the_summary_stands_in_for_a_body_without_content(body: str) -> None:
    assert written(body, summary="Fish & chips") == "<p>Fish &amp; chips</p>"


def test_a_video_is_a_linked_picture_that_says_play() -> None:
    assert written(video_id=VIDEO, title='Say "go"') == (
        f'<p><a href="{PAGE}"><img src="{THUMBNAIL}" width="480" height="360" alt="Play: Say &quot;go&quot;"></a></p>'
    )
    own = written(video_id=VIDEO, images=(Image("https://i.example/a.jpg"),))
    assert own == f'<p><a href="{PAGE}"><img src="https://i.example/a.jpg" alt="Play: A story"></a></p>'


def test_the_player_of_the_items_own_video_is_not_repeated() -> None:
    player = f'<iframe src="https://www.youtube.com/embed/{VIDEO}"></iframe>'
    assert written(video_id=VIDEO, embed=player) == written(video_id=VIDEO)
    assert written(player, video_id=VIDEO) == written(video_id=VIDEO)
    pictures = (Image("https://i.example/a.jpg"),)
    assert written(embed=player, video_id=VIDEO, images=pictures) == written(video_id=VIDEO, images=pictures)


def test_embedded_content_becomes_a_link_in_words() -> None:
    embed = '<div class="x"><iframe src="https://maps.example/a?b=1&amp;c=2" width="800"></iframe></div>'
    assert written("Text", embed=embed) == (
        '<p>Text</p>\n<div><p><a href="https://maps.example/a?b=1&amp;c=2">Embedded content: maps.example</a></p></div>'
    )


def test_a_video_inside_a_body_becomes_a_linked_picture() -> None:
    linked = f'<a href="{PAGE}"><img src="{THUMBNAIL}" width="480" height="360" alt="Play the video"></a>'
    for address in (
        f"https://www.youtube.com/embed/{VIDEO}?rel=0",
        f"//youtube-nocookie.com/embed/{VIDEO}",
        f"https://cdn.example/widget?src=https%3A%2F%2Fwww.youtube.com%2Fembed%2F{VIDEO}&amp;x=1",
    ):
        assert from_html(f'a<iframe src="{address}" />b') == f"a<p>{linked}</p>b"
    assert from_html(f'<a href="/x"><iframe src="https://youtu.be/{VIDEO}"></iframe></a>').count("<a ") == 1


def test_the_first_picture_with_a_usable_address_is_the_items_picture() -> None:
    images = (Image("data:image/png;base64,AA"), Image("/b.jpg", 0, None))
    refers = references(item(), BASE)
    assert content.picture(item(images=images), refers) == Image("https://site.example/b.jpg", 0, None)
    assert content.picture(item(), refers) is None
    assert content.picture(item(video_id=VIDEO), refers) == Image(THUMBNAIL, 480, 360)


@pytest.mark.parametrize(
    "body",
    [
        '<p><img src="http://www.pictures.example/a.jpg?utm_source=x" width="99"></p><p>Text</p>',
        '<figure><a href="/big"><img src="//pictures.example/a.jpg"></a></figure><p>Text</p>',
        "<h1>A  Story</h1><div><p><img src='https://pictures.example/a.jpg'></p></div><p>Text</p>",
        "<h2>A <em>story</em></h2><p>Text</p>",
    ],
)
def test_picture_and_title_are_not_shown_again_at_the_start_of_a_body(body: str) -> None:
    once = from_html(body, images=(Image("https://pictures.example/a.jpg"),))
    assert once == '<p><img src="https://pictures.example/a.jpg" alt="A story"></p>\n<p>Text</p>'


def test_picture_and_title_may_come_again_later() -> None:
    again = from_html('<p>Text</p><h2>A story</h2><img src="/a.jpg">', images=(Image("https://news.example/a.jpg"),))
    assert again.count("a.jpg") == 2
    assert "<h2>A story</h2>" in again


NEWSLETTER = """<!DOCTYPE html><html><head><title>Weekly news</title><style>td { color: red }</style></head>
<body bgcolor="#fff"><div style="display:none; max-height:0">A <b>preview</b> of it <img src="/p.gif"></div>
<!--[if mso]><table><tr><td>for one program</td></tr></table><![endif]-->
<center><table role="presentation"><tr><td align="center"><h1>The week</h1></td></tr>
<tr><td><table><tr><td>
<![if !mso]><p>First story</p><![endif]>
</td></tr></table></td></tr></table></center></body></html>"""


def test_a_newsletter_keeps_its_text_and_loses_its_layout() -> None:
    shown = from_html(NEWSLETTER)
    assert re.sub(r"\s+", " ", re.sub("<[^>]*>", "", shown)).strip() == "The week First story"
    assert set(re.findall(r"<(\w+)", shown)) == {"div", "h1", "p"}


def test_a_table_in_an_article_stays_a_table() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    assert "<td>1</td>" in written(table)


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"summary": "Given.", "body": "Body."}, "Given."),
        ({"summary": "word " * 200}, "word word word word\u2026"),
        ({"body": "# Head\n\nThis & *that*.\n\nSecond one."}, "This & that. Second\u2026"),
        ({"body": "<ul><li>One</li><li>Two</li></ul>", "body_format": "html"}, "One Two"),
        ({"body": NEWSLETTER, "body_format": "html"}, "First story"),
        ({"body": "&nbsp;"}, ""),
    ],
)
def test_a_summary_is_given_or_the_beginning_of_the_text(fields: dict[str, object], summary: str) -> None:
    assert content.entry_texts(item(**fields), base_url=BASE, page_url=lambda _: None, limit=20)[1] == summary  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "body_format", "summary"),
    [
        ("Write `&amp;` for &amp;, never `&amp;amp;`.", "markdown", "Write &amp; for &, never &amp;amp;."),
        (
            "If a page shows `CafÃ©`, it was read as cp1252.",
            "markdown",
            "If a page shows CafÃ©, it was read as cp1252.",
        ),
        ("<p>Write <code>&amp;nbsp;</code> or <code>&amp;copy;</code>.</p>", "html", "Write &nbsp; or &copy;."),
        ("Use `<video>`, not `<object>`.", "markdown", "Use <video>, not <object>."),
        ("<p>Corps&nbsp;: voilà&nbsp;!</p><p>東京\u3000大阪</p>", "html", "Corps\u00a0: voilà\u00a0! 東京\u3000大阪"),
        ("no paragraph &amp;lt; here", "html", "no paragraph &lt; here"),
        ("<p>no &#1;control&#xFFFF; characters</p>", "html", "no control characters"),
        ("<p>nor &#x8;here</p>", "markdown", "nor here"),
    ],
)
def test_a_summary_made_from_a_body_reads_as_the_body_does(body: str, body_format: str, summary: str) -> None:
    shown = item(body, body_format=body_format)
    assert content.entry_texts(shown, base_url=BASE, page_url=lambda _: None)[1] == summary
