"""Pages of entries that link to no other: where they are, what they say, when they come and go."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from http_support import request, serving
from markup import markup_fault
from support import DATE, Site, assert_well_formed, decoded, item, looks, take_back, tree

from feedd.render.entry_page import in_order, without_pictures
from feedd.select.slugs import possible_entry_slugs
from feedd.words.site_words import ENGLISH

BASE = "https://feeds.example/"
SAIL = "entry/how-we-sail/index.html"


@pytest.fixture
def small(site: Site) -> Site:
    """A site at an address of its own."""
    site.configure(base_url=BASE)
    return site


def pages(site: Site) -> set[str]:
    return {path.removesuffix("/index.html") for path in tree(site.feeds) if path.startswith("entry/")}


def page(site: Site, path: str = SAIL) -> str:
    return (site.feeds / path).read_text()


def is_as_rendered_in_full(site: Site) -> bool:
    site.render("--feeds", "full")
    found = tree(site.root / "full")
    shutil.rmtree(site.root / "full")
    return found == site.documents()


# Where it is, and what it says


def test_an_entry_without_a_link_has_a_page_to_which_every_format_links(small: Site) -> None:
    small.write("a.md", item("How we sail", body="One.\n\nTwo."))
    small.write("b.md", item("Linked", "https://news.example/b"))
    small.render()
    address = f"{BASE}entry/how-we-sail/"
    assert pages(small) == {"entry/how-we-sail"}
    for document in ("atom.xml", "rss.xml"):
        entry = small.entries(document)["How we sail"]
        assert (entry.link, entry.guidislink if document == "rss.xml" else False) == (address, False)
        assert entry.id.startswith("tag:feeds.example,2026:")
        assert small.entries(document)["Linked"].link == "https://news.example/b"
    items = {each["title"]: each["url"] for each in json.loads((small.feeds / "feed.json").read_bytes())["items"]}
    assert items == {"How we sail": address, "Linked": "https://news.example/b"}
    assert f'<link rel="canonical" href="{address}">' in page(small)
    assert "<p>One.</p>\n<p>Two.</p>" in page(small)
    assert markup_fault(page(small)) is None
    assert f'<a href="{address}">How we sail</a>' in (small.feeds / "index.html").read_text()
    assert f"page       {address}\n" in small.run("why", "seeds/a.md").out
    assert "page  " not in small.run("why", "seeds/b.md").out


def test_the_id_of_an_entry_is_the_same_with_a_page_and_without(small: Site) -> None:
    small.write("a.md", item("How we sail"))
    small.render()
    ids, updated = small.ids(), small.feed().entries[0].updated
    small.configure(base_url=BASE, pages=False)
    report = small.render()
    assert SAIL in report.deleted
    assert not (small.feeds / "entry").exists()
    assert b"/entry/" not in (small.feeds / "atom.xml").read_bytes() + (small.feeds / "rss.xml").read_bytes()
    assert "url" not in json.loads((small.feeds / "feed.json").read_bytes())["items"][0]
    assert (small.ids(), small.feed().entries[0].updated) == (ids, updated)
    assert "page  " not in small.run("why", "seeds/a.md").out
    assert is_as_rendered_in_full(small)
    small.configure(base_url=BASE)
    small.render()
    assert pages(small) == {"entry/how-we-sail"}
    assert is_as_rendered_in_full(small)


def test_relative_addresses_in_a_body_do_not_depend_on_where_the_page_is(small: Site) -> None:
    small.write("a.md", item("How we sail", body="[x](img/x.html) [y](/y.html)"))
    small.render()
    content = '<a href="https://feeds.example/img/x.html">x</a> <a href="https://feeds.example/y.html">y</a>'
    assert content in page(small)
    assert content in small.feed().entries[0].content[0].value


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (
            '<p><img src="https://a.example/x.png" alt="A heron"></p>',
            '<p><a href="https://a.example/x.png">A heron</a></p>',
        ),
        (
            '<img alt="&lt;b&gt;" src="https://a.example/?a&amp;b">',
            '<a href="https://a.example/?a&amp;b">&lt;b&gt;</a>',
        ),
        ('<img src="https://a.example/x.png">', '<a href="https://a.example/x.png">Picture</a>'),
        ('<img src="https://a.example/x.png" alt="T &amp; U">', '<a href="https://a.example/x.png">Picture</a>'),
        (
            '<a href="https://b.example/"><img src="https://a.example/x.png" alt="B"> more</a>',
            '<a href="https://b.example/">B more</a>',
        ),
        (
            '<a href="https://b.example/">B</a><img src="https://a.example/x.png">',
            '<a href="https://b.example/">B</a><a href="https://a.example/x.png">Picture</a>',
        ),
        ('<img alt="No address">', "No address"),
        ('<p title="<img src=x>">&lt;img src="x"&gt;</p>', '<p title="<img src=x>">&lt;img src="x"&gt;</p>'),
        ('<abbr title="1 > 0">x</abbr>', '<abbr title="1 > 0">x</abbr>'),
    ],
)
def test_a_page_loads_no_picture_from_elsewhere_but_links_to_it(content: str, shown: str) -> None:
    assert without_pictures(content, "T & U", ENGLISH) == shown


def test_texts_are_escaped_and_say_their_language(small: Site) -> None:
    small.write("a.md", item('<b>How</b> we "sail" & <home>', locale="ar", provider="<P>", body="نص"))
    small.render()
    (slug,) = pages(small)
    text = page(small, f"{slug}/index.html")
    assert "<home>" not in text
    assert '<article lang="ar">' in text
    assert 'dir="rtl"' in text
    assert markup_fault(text) is None


# Slugs


def test_a_slug_is_made_once_and_no_two_entries_share_one(small: Site) -> None:
    small.write("a.md", item("How we sail", body="1"))
    small.render()
    small.write("b.md", item("How we sail!", body="2"))
    small.write("c.md", item("how WE sail", body="3"))
    small.write("d.md", item("***", body="4"))
    small.write("e.md", item("\u4eba\u5de5\u667a\u80fd", body="5"))
    small.render()
    before = {entry.content[0].value: entry.link for entry in small.feed().entries}
    assert before["<p>1</p>"] == f"{BASE}entry/how-we-sail/"
    assert before["<p>4</p>"] == f"{BASE}entry/untitled/"
    assert len(set(before.values())) == 5
    small.write("a.md", item("Another title", body="1"))
    (small.seeds / "b.md").rename(small.seeds / "moved.md")
    small.write("f.md", item("How we sail", body="6"))
    report = small.render()
    after = {entry.content[0].value: entry.link for entry in small.feed().entries}
    assert after == before | {"<p>6</p>": after["<p>6</p>"]}
    assert after["<p>6</p>"] not in before.values()
    assert not report.deleted
    assert is_as_rendered_in_full(small)


def test_possible_slugs_of_an_entry_do_not_end() -> None:
    slugs = possible_entry_slugs("How we sail", "tag:a")
    found = [next(slugs) for _ in range(9)]
    assert found[0] == "how-we-sail"
    assert len(set(found)) == 9


# When it comes and goes


def test_a_page_stays_when_its_entry_leaves_the_window(small: Site) -> None:
    small.configure(base_url=BASE, limit=1)
    small.write("a.md", item("How we sail", date="2024-05-01"))
    small.render()
    before = page(small)
    small.write("b.md", item("Newer", date="2024-05-02"))
    small.render()
    assert small.titles() == {"Newer"}
    assert page(small) == before
    small.write("a.md", item("How we sail", date="2024-05-01", body="Edited."))
    small.render()
    assert "Edited." in page(small)
    assert is_as_rendered_in_full(small)


@pytest.mark.parametrize(
    "change",
    [
        {"published": False},
        {"removed": True},
        {"draft": True},
        {"heat": -1},
        {"link": "https://news.example/a"},
        {"date": "2999-01-01"},
        None,
    ],
    ids=str,
)
@pytest.mark.parametrize("limit", [1, 50])
def test_a_page_goes_with_what_it_shows_and_comes_back_to_its_place(
    small: Site, change: dict[str, object] | None, limit: int
) -> None:
    small.configure(base_url=BASE, limit=limit)
    text = item("How we sail", date="2024-05-01", body="Secret words.")
    small.write("a.md", text)
    small.write("b.md", item("Newer", date="2024-05-02", link="https://news.example/b"))
    small.render()
    assert pages(small) == {"entry/how-we-sail"}
    if change is None:
        (small.seeds / "a.md").unlink()
    else:
        small.write("a.md", item(**({"title": "How we sail", "date": "2024-05-01", "body": "Secret words."} | change)))
    report = small.render()
    assert report.deleted == (SAIL,)
    assert not (small.feeds / "entry").exists()
    assert is_as_rendered_in_full(small)
    small.write("a.md", text)
    small.render()
    assert pages(small) == {"entry/how-we-sail"}
    assert is_as_rendered_in_full(small)


def test_a_page_shows_nothing_of_a_story_any_more_that_is_withheld(small: Site) -> None:
    small.configure(base_url=BASE, limit=1)
    related = [{"title": "Shared", "webUrl": "https://shared.example/"}]
    small.write("a.md", item("How we sail", quality=9, related=related))
    small.write("b.md", item("Secret words", "https://news.example/b", quality=1, related=related, provider="B"))
    small.write("c.md", item("Newer", "https://news.example/c", date="2024-06-01"))
    small.render()
    assert "Secret words" in page(small)
    small.write("b.md", item("Secret words", "https://news.example/b", published=False))
    small.render()
    assert "Secret words" not in page(small)
    assert is_as_rendered_in_full(small)


def test_a_page_links_to_other_pages_as_they_come(small: Site) -> None:
    small.write("a.md", item("How we sail", body="See [[other]]."))
    small.render()
    small.write("other.md", item("Other", "https://news.example/other"))
    small.render()
    assert '<a href="https://news.example/other">other</a>' in page(small)
    assert is_as_rendered_in_full(small)


def test_an_edit_writes_the_page_of_its_entry_and_no_other(small: Site) -> None:
    small.configure(base_url=BASE, views={"feeds": []})
    for number in range(5):
        small.write(f"{number}.md", item(f"Item {number}"))
    small.settle()
    small.render()
    small.write("3.md", item("Item 3", body="Edited."))
    report = small.render()
    assert [path for path in report.written if path.startswith("entry/")] == ["entry/item-3/index.html"]
    small.settle()
    small.render()
    before = looks(small.feeds)
    assert small.render().written == ()
    assert looks(small.feeds) == before


# Bad days


@pytest.mark.parametrize("harm", ["lost", "altered", "a folder"])
def test_a_page_that_is_not_as_it_was_left_is_mended(small: Site, harm: str) -> None:
    small.configure(base_url=BASE, precompress=["gzip"])
    small.write("a.md", item("How we sail"))
    small.write("b.md", item("Other"))
    small.render()
    before = small.documents()
    for path in (SAIL, "entry/other/index.html.gz"):
        (small.feeds / path).unlink()
        if harm == "altered":
            (small.feeds / path).write_bytes(before[path][: len(before[path]) // 2])
        elif harm == "a folder":
            (small.feeds / path).mkdir()
    report = small.render()
    assert set(report.written) >= {SAIL, "entry/other/index.html.gz"}
    assert "entry/other/index.html" not in report.written
    assert small.documents() == before
    assert_well_formed(before)


def test_pages_have_encodings_beside_them_that_go_with_them(small: Site) -> None:
    small.configure(base_url=BASE, precompress=["gzip", "brotli"])
    small.write("a.md", item("How we sail"))
    small.write("b.md", item("Linked", "https://news.example/b"))
    small.render()
    found = small.documents()
    for suffix in (".gz", ".br"):
        assert decoded(SAIL + suffix, found[SAIL + suffix]) == found[SAIL]
    small.write("a.md", item("How we sail", published=False))
    assert set(small.render().deleted) == {SAIL, SAIL + ".gz", SAIL + ".br"}


def test_pages_that_a_lost_ledger_knew_are_deleted_unless_they_are_made_again(small: Site) -> None:
    small.write("a.md", item("How we sail"))
    small.write("b.md", item("Withheld soon"))
    small.render()
    shutil.rmtree(small.state)
    small.write("b.md", item("Withheld soon", published=False))
    theirs = small.feeds / "entry/theirs/index.html"
    theirs.parent.mkdir()
    theirs.write_text("<h1>Somebody's</h1>")
    report = small.render()
    assert "entry/withheld-soon/index.html" in report.deleted
    assert pages(small) == {"entry/how-we-sail", "entry/theirs"}


def test_a_page_of_somebody_in_the_place_of_ours_is_left_alone_and_reported(small: Site) -> None:
    small.write("a.md", item("How we sail"))
    theirs = small.feeds / SAIL
    theirs.parent.mkdir(parents=True)
    theirs.write_text("<h1>Somebody's</h1>")
    for _ in range(2):
        report = small.render(status=3)
        assert [each.path for each in report.failed] == [SAIL]
        assert theirs.read_text() == "<h1>Somebody's</h1>"
    theirs.unlink()
    small.render()
    assert "How we sail" in page(small)


def test_an_older_ledger_gives_pages_to_entries_that_were_shown_and_moves_nothing(small: Site) -> None:
    small.write("a.md", item("How we sail", date=None))
    small.publish(datetime(2026, 1, 1, tzinfo=UTC))
    before = [(each.id, each.published, each.updated) for each in small.feed().entries]
    with closing(sqlite3.connect(small.ledger)) as db, db:
        take_back(db, 6)
        db.execute("UPDATE meta SET value = 'older' WHERE name IN ('reading', 'rendering')")
    shutil.rmtree(small.feeds / "entry")
    small.publish(datetime(2026, 2, 1, tzinfo=UTC))
    assert [(each.id, each.published, each.updated) for each in small.feed().entries] == before
    assert pages(small) == {"entry/how-we-sail"}


def test_a_page_is_served_below_its_folder(small: Site) -> None:
    small.write("a.md", item("How we sail", date=DATE))
    small.render()
    with serving(small.root) as url:
        answer = request(url, "/entry/how-we-sail/")
        assert (answer.status, answer.body) == (200, (small.feeds / SAIL).read_bytes())
        assert request(url, "/entry/nothing/").status == 404


def test_a_body_that_feeds_cut_is_whole_on_the_page_of_its_entry(small: Site) -> None:
    small.configure(base_url=BASE, content_limit=1000)
    body = "They sail by night. " * 80 + "\n\n![](moon.png)\n\nThe end."
    small.write("a.md", item("How we sail", body=body))
    small.write("moon.png", b"\x89PNG\r\n\x1a\n")
    small.write("b.md", item("Linked", "https://news.example/b", body=body.replace("moon", "sun")))
    small.write("sun.png", b"\x89PNG\r\n\x1a\n other")
    small.render()
    items = {
        each["title"]: each["content_html"] for each in json.loads((small.feeds / "feed.json").read_bytes())["items"]
    }
    for title, address in (("How we sail", f"{BASE}entry/how-we-sail/"), ("Linked", "https://news.example/b")):
        assert items[title].endswith(f'night.</p>\n<p>… <a href="{address}">Read the whole text</a></p>')
        assert 700 < len(items[title]) < 1200
    assert "The end." in page(small)
    assert "Read the whole text" not in page(small)
    assert (
        len([path for path in tree(small.feeds) if path.startswith("media/")]) == 1
    )  # the picture that the page links to
    assert is_as_rendered_in_full(small)
    small.configure(base_url=BASE, content_limit=5000)
    small.render()
    assert "The end." in json.loads((small.feeds / "feed.json").read_bytes())["items"][0]["content_html"]
    assert is_as_rendered_in_full(small)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("<h3>a</h3><p>b</p>", "<h2>a</h2><p>b</p>"),
        ("<h1>a</h1><h2>b</h2>", "<h2>a</h2><h2>b</h2>"),
        ('<h2>a</h2><h5 id="x">b</h5><h6>c</h6><h2>d</h2>', '<h2>a</h2><h3 id="x">b</h3><h4>c</h4><h2>d</h2>'),
        ("<hr><p>h3</p>", "<hr><p>h3</p>"),
    ],
)
def test_no_level_of_headings_is_left_out_on_a_page(content: str, shown: str) -> None:
    assert in_order(content) == shown


def test_a_page_shows_a_picture_once_that_leads_its_entry_and_stands_in_its_text(site: Site) -> None:
    site.configure(base_url="https://feeds.example/")
    site.write("a.png", b"\x89PNG\r\n\x1a\n" + bytes(64))
    site.write("b.png", b"\x89PNG\r\n\x1a\n" + bytes(65))
    shown = {"images": [{"url": "a.png"}]}
    site.write("once.md", item("Once", body="Words.\n\n![A boat](a.png)", **shown))
    site.write("both.md", item("Both", body="Words.\n\n![A boat](b.png)", **shown))
    site.write(
        "credit.md", item("Credit", body="Words.\n\n![A boat](a.png)", images=[{"url": "a.png", "attribution": "Ada"}])
    )
    site.render()
    pages = {name: site.documents()[f"entry/{name}/index.html"].decode() for name in ("once", "both", "credit")}
    assert {name: page.count("<img ") for name, page in pages.items()} == {"once": 1, "both": 2, "credit": 2}
    assert pages["once"].index("Words.") < pages["once"].index("<img ")
