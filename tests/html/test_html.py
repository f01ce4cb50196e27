"""Pages for people: feeds in; HTML that holds nothing but what it should, out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markup import Markup, markup_fault
from msgspec.structs import replace

from feedd.items import urls
from feedd.model import Author, Entry, Feed, FeedId, RenderedEntry
from feedd.render import FORMATS, PAGE, assets, feed_page, page_shell, render, split
from feedd.render.directory import Link, ListedFeed, Listing
from feedd.render.site_page import site_page
from feedd.words.site_words import ENGLISH

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOSTILE = [
    "</article>\n</div>\n",
    '<div class="entries">\n',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "&lt;b&gt; &amp; &#60;",
    "</title><base href=//evil.example>",
    "<!-- ",
    "]]> <?php ?>",
    "javascript:alert(1)",
]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30) | st.sampled_from(HOSTILE)
ENTRIES = st.lists(
    st.builds(
        Entry,
        id=st.just("tag:feeds.example,2026:1"),
        fingerprint=st.binary(min_size=12, max_size=12),
        title=TEXTS,
        link=st.none() | st.sampled_from(["https://news.example/a?b=c&d", "javascript:alert(1)", "data:text/html,x"]),
        published=st.just(NOW),
        updated=st.just(NOW),
        authors=st.lists(TEXTS, max_size=2).map(tuple),
        author_uri=st.none(),
        summary=TEXTS,
        content=st.just("<p>not shown</p>"),
        categories=st.just(()),
        image=st.none(),
        video=st.none(),
        duration=st.none(),
        language=st.none() | st.just("de"),
    ),
    max_size=4,
).map(tuple)


def feed(entries: tuple[Entry | RenderedEntry, ...] = (), text: str = "Boats") -> Feed:
    return Feed(
        identity=FeedId("topic", "boats"),
        id="tag:feeds.example,2026:topic/boats",
        folder="topics/boats/",
        title=f"{text} - Site",
        subtitle=f"About {text}",
        home="https://feeds.example/topics/boats/",
        base="https://feeds.example/topics/boats/",
        updated=NOW,
        language="en",
        author=Author("Site"),
        icon="https://elsewhere.example/icon.png",
        logo="https://elsewhere.example/logo.png",
        entries=entries,
        label=text,
        site="Site",
        formats=tuple(FORMATS),
    )


def page(entries: tuple[Entry | RenderedEntry, ...] = (), text: str = "Boats") -> bytes:
    (document,) = render(feed(entries, text), (PAGE.name,))
    assert document.path == "topics/boats/index.html"
    return document.data


def listing(text: str = "Site", parent: str | None = None, base: str = "https://feeds.example/") -> Listing:
    def listed(label: str, folder: str, above: str | None = None) -> ListedFeed:
        documents = tuple(
            Link(each.title, each.media_type, base + folder + each.file, folder + each.file)
            for each in FORMATS.values()
        )
        return ListedFeed(label, f"{label} - {text}", text, base, documents, above, f"{folder}index.html", 1234)

    topics = (listed(text, "topics/a/"), listed("Child", "topics/b/", parent), listed("Other", "topics/c/"))
    return Listing(text, text, ENGLISH, (listed("All", ""),), topics, (listed(text, "providers/d/"),), base)


def assert_strict(data: bytes) -> Markup:
    found = Markup(data.decode())
    assert found.faults == []
    assert len(found.values("http-equiv", "meta")) == 1
    names = {name for _, attributes in found.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")} | (names & {"style", "srcdoc", "target"})
    loaded = found.values("src") + [
        attributes["href"]
        for tag, attributes in found.elements
        if tag == "link" and attributes["rel"] in ("stylesheet", "icon")
    ]
    root = "../../" if b"../../index.html" in data else ""
    assert sorted(loaded) == sorted(f"{root}{name}?v={digest}" for name, digest in assets.DIGESTS.items())
    assert {tag for tag, _ in found.elements} <= KNOWN
    assert {href.partition(":")[0] for href in found.values("href", "a") if ":" in href} <= {"https", "http", "feed"}
    return found


KNOWN = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "nav", "div", "h1", "h2", "h3", "p",
    "main", "section", "label", "input", "button", "ul", "li", "article", "time", "span", "footer",
}  # fmt: skip


@given(ENTRIES, TEXTS)
def test_no_text_becomes_markup_and_nothing_is_loaded_from_elsewhere(entries: tuple[Entry, ...], text: str) -> None:
    found = assert_strict(page(entries, text))
    for entry in entries:
        for shown in (entry.title, ", ".join(entry.authors), entry.summary):
            assert shown.strip() == "" or shown in found.texts
    assert_strict(site_page(listing(text), [feed_page.fragment(entry) for entry in entries]))


@given(ENTRIES, TEXTS)
def test_entries_taken_from_a_page_make_the_same_page_again(entries: tuple[Entry, ...], text: str) -> None:
    made = page(entries, text)
    fragments = split(PAGE.name, made)
    assert len(fragments) == len(entries)
    again = tuple(
        RenderedEntry(entry.id, entry.fingerprint, {PAGE.name: fragment})
        for entry, fragment in zip(entries, fragments, strict=True)
    )
    assert page(again, text) == made


@given(ENTRIES, ENTRIES, TEXTS)
def test_the_sites_page_with_other_entries_is_what_it_would_be_made_anew(
    before: tuple[Entry, ...], after: tuple[Entry, ...], text: str
) -> None:
    old = site_page(listing(text), [feed_page.fragment(entry) for entry in before])
    fragments = [feed_page.fragment(entry) for entry in after]
    assert page_shell.with_entries(old, fragments, ENGLISH) == site_page(listing(text), fragments)


@pytest.mark.parametrize("data", [b"", b"<feed>", b"<html>", b"\x00\xff", b'<div class="entries">\n<article>'])
def test_what_is_no_page_has_no_entries_and_no_place_for_them(data: bytes) -> None:
    assert split(PAGE.name, data) == []
    assert page_shell.with_entries(data, [], ENGLISH) is None


def test_only_links_of_the_web_are_links() -> None:
    entry = Entry("id", b"", "A title", "javascript:alert(1)", NOW, NOW, (), None, "", "", (), None, None, None, None)
    assert b"javascript" not in feed_page.fragment(entry)
    assert b'<a href="https://news.example/?a&amp;b">A title</a>' in feed_page.fragment(
        replace(entry, link="https://news.example/?a&b")
    )


def test_a_page_allows_no_inline_script_or_style_and_nothing_of_other_hosts() -> None:
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
    )
    for data in (page(), site_page(listing(), [])):
        found = assert_strict(data)
        assert ("meta", {"http-equiv": "Content-Security-Policy", "content": policy}) in found.elements
        tags = [tag for tag, attributes in found.elements if "http-equiv" in attributes or tag in ("link", "script")]
        assert tags[0] == "meta"  # it holds for what comes after it
        assert "style" not in {tag for tag, _ in found.elements}


def test_readers_on_the_web_are_offered_with_the_address_encoded() -> None:
    address = "https%3A%2F%2Ffeeds.example%2Ftopics%2Fboats%2Fatom.xml"
    found = Markup(page().decode())
    assert [href for href in found.values("href", "a") if "%3A" in href] == [
        f"https://feedly.com/i/subscription/feed/{address}",
        f"https://www.inoreader.com/?add_feed={address}",
        f"https://www.newsblur.com/?url={address}",
        f"https://feedbin.com/?subscribe={address}",
        f"https://theoldreader.com/feeds/subscribe?url={address}",
    ]
    assert "feed:https://feeds.example/topics/boats/atom.xml" in found.values("href", "a")
    assert found.values("value", "input") == ["https://feeds.example/topics/boats/atom.xml"]


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80", "192.168.1.5", "news.localhost", "nas"])
def test_readers_on_the_web_are_not_offered_what_they_cannot_reach(host: str) -> None:
    assert not urls.is_public(f"http://{host}/atom.xml")
    assert b"feedly" not in site_page(listing(base=f"http://{host}/"), [])


@pytest.mark.parametrize(
    "url", ["https://feeds.example.org/", "http://8.8.8.8/", "https://xn--bcher-kva.example:8443/"]
)
def test_what_may_be_on_the_internet_is_public(url: str) -> None:
    assert urls.is_public(url)


def test_the_first_format_is_the_one_to_subscribe_to_and_all_are_discovered() -> None:
    (document,) = render(replace(feed(), formats=("json", "rss")), (PAGE.name,))
    found = Markup(document.data.decode())
    assert found.values("value", "input") == ["https://feeds.example/topics/boats/feed.json"]
    alternates = [a for tag, a in found.elements if tag == "link" and a["rel"] == "alternate"]
    assert [(each["type"], each["href"]) for each in alternates] == [
        ("application/feed+json", "https://feeds.example/topics/boats/feed.json"),
        ("application/rss+xml", "https://feeds.example/topics/boats/rss.xml"),
    ]


def test_a_child_stands_in_a_list_within_its_parents_row() -> None:
    nested = site_page(listing("Parent", "Parent"), []).decode()
    assert markup_fault(nested) is None
    assert nested.index(">Parent</a>") < nested.index("</div>\n<ul>\n<li>") < nested.index(">Child</a>")
    flat = site_page(listing("Parent", "Gone"), []).decode()
    assert "</div>\n<ul>\n<li>" not in flat
    assert ">Child</a>" in flat


def test_what_pages_load_bears_our_mark_and_loads_nothing() -> None:
    for name, data in assets.ASSETS.items():
        assert assets.is_ours(data), name
        assert b"url(" not in data
        assert b"@import" not in data
        assert b"fetch(" not in data
        assert b"//" not in data.replace(b"http://www.w3.org/2000/svg", b"").replace(b" // ", b"")
