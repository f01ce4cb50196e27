"""An old feed in a file: what readers know of it, and the ids that entries take over from it."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support import Site, item
from test_former_ids import LINK, OTHER, ids_in, said

from feedd.config.id_settings import kept_ids
from feedd.decide.identity import link_key
from feedd.items import urls
from feedd.render.old_feed import NoFeed, read_old_feed

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE feed [<!ENTITY secret SYSTEM "file:///etc/passwd"> <!ENTITY a "aaaaaaaaaa"> <!ENTITY b "&a;&a;&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://town.example/">
<title>Old</title><id>urn:old</id><link href="/"/><link rel="self" href="/feed.xml"/>
<entry><title type="html">One &amp;amp; only</title><id> urn:old:1 </id>
<link rel="enclosure" href="/a.mp3"/><link href="hello"/>
<updated>2020-05-02T00:00:00Z</updated><published>2020-05-01T00:00:00Z</published><content>Text</content></entry>
<entry><title>&secret;&b;</title><id>urn:old:2</id><link href="https://www.town.example/other/"/>
<updated>2020-04-01T00:00:00Z</updated></entry>
<entry><title>Known by its link</title><link rel="alternate" href="/third"/></entry>
<entry><title>Known by nothing</title></entry>
</feed>"""
RSS = """<rss version="2.0" xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"><channel>
<title>Old</title><link>https://town.example/</link>
<item><title>One</title><link>/hello</link><guid isPermaLink="false">show-12</guid>
<pubDate>Fri, 01 May 2020 02:00:00 +0200</pubDate></item>
<item><title>Two</title><guid>https://town.example/other</guid></item>
<item><title>Three</title><link>https://town.example/third</link></item>
<item><title>Burned</title><link>https://burner.example/x</link><fb:origLink>https://town.example/burned</fb:origLink>
<guid isPermaLink="false">b<!-- no part of it --></guid></item>
</channel></rss>"""
RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://town.example/"><link>https://town.example/</link></channel>
<item rdf:about="https://town.example/hello"><title>One</title><link>https://town.example/hello</link></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "https://town.example/",
        "items": [
            {"id": "one", "url": "/hello", "title": "One", "date_published": "2020-05-01T00:00:00Z"},
            {"id": 2, "external_url": "https://town.example/other"},
            "no item",
            {"url": "https://town.example/third"},
            {"content_text": "Neither id nor URL"},
        ],
    }
)


@pytest.mark.parametrize(
    ("document", "form", "links"),
    [
        (
            ATOM,
            "atom",
            {
                "urn:old:1": LINK,
                "urn:old:2": "https://www.town.example/other/",
                f"{LINK[:21]}third": f"{LINK[:21]}third",
            },
        ),
        (
            RSS,
            "rss",
            {"show-12": LINK, OTHER: OTHER, f"{LINK[:21]}third": f"{LINK[:21]}third", "b": f"{LINK[:21]}burned"},
        ),
        (RSS_1, "rss", {LINK: LINK}),
        (JSON, "json", {"one": LINK, "2": OTHER, f"{LINK[:21]}third": f"{LINK[:21]}third"}),
        ("\ufeff" + JSON, "json", {"one": LINK, "2": OTHER, f"{LINK[:21]}third": f"{LINK[:21]}third"}),
    ],
)
def test_entries_of_an_old_feed_are_known_as_readers_know_them(document: str, form: str, links: dict[str, str]) -> None:
    feed = read_old_feed(document.encode())
    assert feed.format == form
    assert {entry: seen.link for entry, seen in feed.entries.items()} == links
    assert feed.without_id == (document not in (RSS, RSS_1))
    assert "root:" not in repr(feed)


def test_entities_of_an_old_feed_are_not_read() -> None:
    assert read_old_feed(ATOM.encode()).entries["urn:old:2"].title == ""


@pytest.mark.parametrize(
    ("document", "reason", "line"),
    [
        (b"", "it is not well-formed", None),
        (b"<rss>\n<channel></rss>", "it is not well-formed: Opening and ending tag mismatch", 2),
        (b"<html><body/></html>", "it is no feed in Atom, RSS, JSON Feed: it begins with <html>", None),
        (b'{"items":\n [}', "it is no JSON", 2),
        (b'{"a": 1}', "it is JSON, but no JSON Feed", None),
        (b'{"items": ' + b"[" * 100_000, "it", None),
        (b'<?xml version="1.0" encoding="no-such"?><rss/>', "it", None),
        (b"<a>" * 10_000, "it is not well-formed", None),
        ("<feed>\ud800</feed>".encode("utf-8", "surrogatepass"), "it is not well-formed", None),
    ],
)
def test_what_is_no_feed_is_refused(document: bytes, reason: str, line: int | None) -> None:
    with pytest.raises(NoFeed) as refusal:
        read_old_feed(document)
    assert refusal.value.reason.startswith(reason)
    assert line is None or refusal.value.line == line


def test_of_two_entries_with_one_link_the_first_gives_its_id() -> None:
    both = RSS.replace("https://town.example/third", LINK)
    kept = kept_ids(read_old_feed(both.encode()).entries)
    assert kept.by_link[link_key(urls.canonical(LINK))].id == "show-12"


def keep_from(site: Site, document: str | bytes = RSS, **keys: object) -> Path:
    path = site.root / "old.xml"
    path.write_bytes(document if isinstance(document, bytes) else document.encode())
    site.configure(ids={"keep_from": "old.xml"}, **keys)
    return path


def test_entries_take_over_the_ids_of_an_old_feed_by_their_links(site: Site) -> None:
    keep_from(site)
    site.write("a.md", item("One", "http://www.town.example/hello/?utm_source=x"))
    site.write("b.md", item("Two", OTHER, guid="urn:its:own"))
    site.write("c.md", item("New", "https://town.example/new"))
    assert said(site) == []
    assert {"show-12", "urn:its:own"} < set(ids_in(site, "rss.xml"))
    assert "tag:feeds.example,2026:guid:show-12" in ids_in(site, "atom.xml")
    assert {entry.title: entry.published for entry in site.entries().values()}["One"] == "2024-05-01T12:00:00+00:00"


def test_an_item_without_a_date_gets_the_date_of_its_entry_in_the_old_feed(site: Site) -> None:
    keep_from(site)
    site.write("a.md", item("One", LINK, date=None))
    site.render()
    assert site.entries()["One"].published == "2020-05-01T00:00:00+00:00"
    site.configure()
    site.write("a.md", item("One", LINK, date=None, body="Another text."))
    site.render()
    assert site.entries()["One"].published == "2020-05-01T00:00:00+00:00"


def test_entries_that_were_published_before_keep_their_ids_and_others_take_them_over(site: Site) -> None:
    site.configure()
    site.write("a.md", item("One", LINK))
    site.write("b.md", item("Two", OTHER, published=False))
    site.render()
    (minted,) = ids_in(site, "rss.xml")
    keep_from(site)
    assert said(site) == []
    assert ids_in(site, "rss.xml") == [minted]
    site.write("b.md", item("Two", OTHER))
    site.render()
    assert set(ids_in(site, "rss.xml")) == {minted, OTHER}
    site.configure()
    site.render()
    assert set(ids_in(site, "rss.xml")) == {minted, OTHER}


def test_an_id_that_an_item_says_and_an_old_feed_gives_to_another_item_is_that_of_the_old_feed(site: Site) -> None:
    keep_from(site)
    site.write("a.md", item("One", "https://town.example/new", date="2019-01-01", guid="show-12"))
    site.write("b.md", item("Two", LINK))
    problems = said(site)
    assert [problem.partition(", which")[0] for problem in problems] == [
        "seeds/a.md: show-12, its id in the old feed, is the id of b.md too"
    ]
    assert site.run("check").status == 1
    assert site.entries("rss.xml")["Two"].id == "show-12"
    assert site.titles() == {"One", "Two"}
    site.settle()
    assert said(site) == problems
    ids = set(ids_in(site, "rss.xml"))
    keep_from(site, RSS.replace("show-12", "show-13"))  # too late
    site.render()
    assert set(ids_in(site, "rss.xml")) == ids


def test_a_later_item_that_claims_the_id_of_an_unread_entry_s_link_is_told_from_it(site: Site) -> None:
    """Neither of the two is read in the pass that decides about the other one."""
    keep_from(site)
    site.write("a.md", item("One", LINK))
    site.render()
    site.settle()
    site.render()
    site.write("b.md", item("Two", "https://town.example/new", guid="show-12"))
    (problem,) = said(site)
    assert problem.startswith("seeds/b.md: show-12, its id in the old feed, is the id of a.md already")
    site.write("b.md", item("Two", "https://town.example/new", guid="show-12", published=False))
    assert said(site) == []
    assert ids_in(site, "rss.xml") == ["show-12"]
    with closing(sqlite3.connect(site.ledger)) as db:
        assert db.execute("SELECT max(disputed) FROM entries").fetchone() == (0,)


@pytest.mark.parametrize("first", [True, False])
def test_claims_by_an_old_feed_are_told_apart_over_all_portions(site: Site, first: bool) -> None:
    """Entries are decided in portions of a thousand."""
    keep_from(site)
    by_feed, by_guid = (0, 1099) if first else (1099, 0)
    for number in range(1100):
        link = LINK if number == by_feed else f"{LINK}/{number}"
        site.write(f"{number:04}.md", item(f"Item {number}", link, guid="show-12" if number == by_guid else None))
    (problem,) = said(site)
    assert problem.startswith(
        f"seeds/{by_guid:04}.md: show-12, its id in the old feed, is the id of {by_feed:04}.md too"
    )


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "old.xml cannot be read: No such file or directory"),
        ("<rss>\n<channel></rss>", "old.xml:2 is no feed: it is not well-formed: Opening and ending tag mismatch"),
        ("<rss><channel/></rss>", "old.xml has no entry with a link: there is nothing to take over from it"),
    ],
)
def test_a_file_that_is_no_old_feed_is_a_mistake_in_the_configuration(
    site: Site, document: str | None, words: str
) -> None:
    path = keep_from(site, document or "")
    if document is None:
        path.unlink()
    result = site.run("render")
    assert result.status == 2
    assert f"feedd.yaml:1: ids.keep_from: {words}" in result.err


def test_a_pipe_a_folder_and_a_file_without_end_are_not_waited_for(site: Site) -> None:
    path = keep_from(site)
    path.unlink()
    os.mkfifo(path)
    assert "old.xml cannot be read: not a regular file" in site.run("render").err
    path.unlink()
    path.mkdir()
    assert "old.xml cannot be read: Is a directory" in site.run("render").err
    site.configure(ids={"keep_from": "/dev/zero"})
    assert "/dev/zero cannot be read: not a regular file" in site.run("render").err
    path.rmdir()
    with path.open("wb") as large:
        large.truncate(65 * 1024 * 1024)
    site.configure(ids={"keep_from": "old.xml"})
    assert "old.xml cannot be read: larger than 64 MiB" in site.run("render").err
