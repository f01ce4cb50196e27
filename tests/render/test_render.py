"""Rendering: the entries of a document can be taken out of it and put in again, whatever they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from feedd.model import Author, Category, Entry, Feed, FeedId, Image, Item, RenderedEntry
from feedd.render import FORMATS, render, split
from feedd.render.assembly.assemble_entry import categories
from feedd.render.site_info import SiteInfo

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALLOWED = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
TEXTS = st.one_of(
    st.text(ALLOWED),
    st.sampled_from(
        [
            '"items": []',
            '"items": [\n {\n }\n ]',
            "  </entry>\n</feed>\n",
            "]]>\n    </item>\n  </channel>",
            "  {\n  },\n  {\n",
            "\n  <entry>\n",
        ]
    ),
)
ENTRIES = st.lists(
    st.builds(
        Entry,
        id=st.integers(0, 10**6).map(lambda number: f"tag:feeds.example,2026:{number}"),
        fingerprint=st.binary(min_size=12, max_size=12),
        title=TEXTS.filter(str.strip),
        link=st.none() | st.just("https://news.example/a?b=c&d"),
        published=st.just(NOW),
        updated=st.just(NOW),
        authors=st.lists(TEXTS.filter(str.strip), max_size=2).map(tuple),
        author_uri=st.none(),
        summary=TEXTS,
        content=TEXTS,
        categories=st.just((Category("boats", "Boats, sails", None),)) | st.just(()),
        image=st.none() | st.just(Image("https://news.example/a.png", 10, 10, "A title")),
        video=st.none() | st.just("https://www.youtube.com/watch?v=x"),
        duration=st.none() | st.just(90),
        language=st.none() | st.just("de"),
    ),
    max_size=4,
).map(tuple)


def feed(entries: tuple[Entry | RenderedEntry, ...], title: str = "Feed") -> Feed:
    home = "https://feeds.example/"
    return Feed(
        FeedId("all", ""), "tag:feeds.example,2026:all", "", title, "Of all", home, home, NOW, "en",
        Author("Site"), None, None, entries,
    )  # fmt: skip


@given(ENTRIES, TEXTS.filter(str.strip))
def test_entries_taken_from_a_document_make_the_same_document_again(entries: tuple[Entry, ...], title: str) -> None:
    made = render(feed(entries, title), tuple(FORMATS))
    fragments = {name: split(name, document.data) for name, document in zip(FORMATS, made, strict=True)}
    assert {len(each) for each in fragments.values()} == {len(entries)}
    again = tuple(
        RenderedEntry(entry.id, entry.fingerprint, {name: fragments[name][at] for name in FORMATS})
        for at, entry in enumerate(entries)
    )
    assert render(feed(again, title), tuple(FORMATS)) == made


@pytest.mark.parametrize("name", ["atom", "rss"])
@given(ENTRIES.map(lambda entries: tuple(each for each in entries if each.content)))
def test_xml_is_written_as_lxml_writes_it(name: str, entries: tuple[Entry, ...]) -> None:
    (document,) = render(feed(entries), (name,))
    root = etree.fromstring(document.data)
    for element in root.iter():  # without indentation
        element.tail = None
        element.text = None if len(element) else element.text
    assert etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True) == document.data


@pytest.mark.parametrize("name", ["atom", "rss"])
@pytest.mark.parametrize("bad", ["\0", "\x0b", "\ud800", "\uffff"])
def test_an_entry_with_a_character_that_xml_does_not_know_is_not_written(name: str, bad: str) -> None:
    with pytest.raises(ValueError, match=r"character|surrogates"):
        render(feed((entry(title=f"a{bad}b"),)), (name,))


@pytest.mark.parametrize("name", FORMATS)
def test_a_document_without_entries_has_none_to_take(name: str) -> None:
    (document,) = render(feed(()), (name,))
    assert split(name, document.data) == []
    assert document.fingerprints == b""


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("data", [b"", b"<feed>", b"{}", b"\x00\xff"])
def test_what_is_no_document_has_no_entries(name: str, data: bytes) -> None:
    assert split(name, data) == []


def entry(title: str = "A title", summary: str = "", *categories: Category) -> Entry:
    return Entry(
        id="tag:feeds.example,2026:1", fingerprint=b"", title=title, link="https://news.example/a", published=NOW,
        updated=NOW, authors=("Anna <a> & Co",), author_uri=None, summary=summary, content="<p>Content</p>",
        categories=categories, image=None, video=None, duration=None, language=None,
    )  # fmt: skip


def texts_in_rss(shown: Entry | None, subtitle: str = "Of all") -> list[dict[str, str]]:
    """What an XML parser finds in the channel of an RSS document, and then in its item."""
    about = replace(feed((shown,) if shown else ()), subtitle=subtitle)
    (document,) = render(about, ("rss",))
    channel = etree.fromstring(document.data)[0]
    return [{each.tag: each.text or "" for each in parent} for parent in (channel, *channel.iter("item"))]


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("A plain summary", "A plain summary"),
        ("The parser reads <log> blocks", "The parser reads &lt;log&gt; blocks"),
        ("Never <script>. The end", "Never &lt;script&gt;. The end"),
        ("AT&T, if a < b && c > d", "AT&amp;T, if a &lt; b &amp;&amp; c &gt; d"),
        ("Write &lt; for <", "Write &amp;lt; for &lt;"),
        ("<!-- a comment ]]>", "&lt;!-- a comment ]]&gt;"),
        ("\"quoted\" and 'quoted'", "\"quoted\" and 'quoted'"),
    ],
)
def test_the_description_of_an_rss_item_is_html_that_reads_as_the_summary(plain: str, html: str) -> None:
    _, item = texts_in_rss(entry(summary=plain))
    assert item["description"] == html
    assert unescape(item["description"]) == plain


@pytest.mark.parametrize("plain", ["Use <video>", "AT&T", "The &amp; entity", "a < b > c"])
def test_all_but_descriptions_is_plain_text_in_rss(plain: str) -> None:
    channel, item = texts_in_rss(entry(plain, "x", Category(plain, plain, None)))
    assert (item["title"], item["category"]) == (plain, plain)
    assert item["{http://purl.org/dc/elements/1.1/}creator"] == "Anna <a> & Co"
    assert item["{http://purl.org/rss/1.0/modules/content/}encoded"] == "<p>Content</p>"
    assert channel["title"] == "Feed"


@pytest.mark.parametrize(
    ("plain", "described"),
    [
        ("Entries about R&D", "Entries about R&D"),
        ("if a < b", "if a < b"),
        ("Entries about <video>", "Entries about &lt;video&gt;"),
        ("Entries about &amp;", "Entries about &amp;amp;"),
        ("Entries about </p> & co", "Entries about &lt;/p&gt; &amp; co"),
    ],
)
def test_the_description_of_a_channel_reads_alike_as_text_and_as_html(plain: str, described: str) -> None:
    assert texts_in_rss(None, subtitle=plain)[0]["description"] == described


def test_an_item_without_a_summary_is_described_by_its_content() -> None:
    assert texts_in_rss(entry())[1]["description"] == "<p>Content</p>"


@pytest.mark.parametrize("name", ["C++", "Machine Learning", "AT&T <labs>", "\N{ROCKET}"])
def test_categories_are_named_as_people_name_them_in_each_format(name: str) -> None:
    made = render(feed((entry("A title", "", Category(name, name, "https://feeds.example/topics/")),)), tuple(FORMATS))
    atom, rss, json_feed = (each.data for each in made)
    category = etree.fromstring(atom).find(".//{*}category")
    assert category is not None
    assert (category.get("term"), category.get("scheme")) == (name, "https://feeds.example/topics/")
    assert etree.fromstring(rss).findtext(".//category") == name
    assert json.loads(json_feed)["items"][0]["tags"] == [name]


def test_no_category_has_a_comma_at_which_readers_would_cut_it() -> None:
    made = render(feed((entry("A title", "", Category("Boats, sails,ropes", "Boats, sails", None)),)), ("atom",))
    category = etree.fromstring(made[0].data).find(".//{*}category")
    assert category is not None
    assert category.get("term") == "Boats / sails/ropes"


def test_an_item_has_each_of_its_names_once_as_a_category() -> None:
    site = SiteInfo("https://feeds.example/", "F", "", "en", "A", None, None, None, None, ())
    shown = Item("x", topics=("AI", "C++"), tags=("ai", "machine-learning", "\N{ROCKET}", "C"), category="AI")
    assert [(each.term, each.scheme) for each in categories(shown, site)] == [
        ("AI", "https://feeds.example/topics/"),
        ("C++", "https://feeds.example/topics/"),
        ("machine-learning", None),
        ("\N{ROCKET}", None),
        ("C", None),
    ]
