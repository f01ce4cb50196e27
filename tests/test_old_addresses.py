"""Addresses at which other programs published feeds: readers who ask there come to the feed of today."""

from __future__ import annotations

import pytest
from http_support import request, serving
from support import Site, item

from feedd.select.old_addresses import moved_addresses

OLD = {
    "/feed.xml": "atom.xml",
    "blog/index.xml": "/rss.xml",
    "feed": "rss.xml",
    "/tag/a.i/": "topics/ai/feed.json",
    "topics/ai/index.xml": "topics/ai/atom.xml",
    "caf%C3%A9.rdf": "hot/atom.xml",
    "paper": "topics/ai",
    "comments/feed.xml": None,
}
MOVES = {
    "feed.xml": "atom.xml",
    "blog/index.xml": "rss.xml",
    "feed": "rss.xml",
    "feed/": "rss.xml",
    "tag/a.i": "topics/ai/feed.json",
    "topics/ai/index.xml": "topics/ai/atom.xml",
    "caf%C3%A9.rdf": "hot/atom.xml",
    "paper/atom.xml": "topics/ai/atom.xml",
    "paper/": "topics/ai/",
}


@pytest.mark.parametrize("base", ["/", "/news/feeds/"])
def test_old_addresses_lead_to_the_documents_that_took_their_place(site: Site, base: str) -> None:
    site.write("a.md", item("One", "https://a.example/1", topics=["AI"]))
    site.configure(base_url=f"https://www.example{base}", retired=OLD)
    assert site.render().remarks == ()
    lines = site.documents()["_redirects"].decode().splitlines()
    assert f"{base}feed.xml {base}atom.xml 301" in lines
    assert {f"{base}feed {base}rss.xml 301", f"{base}feed/ {base}rss.xml 301"} <= set(lines)
    assert f"{base}caf%C3%A9.rdf {base}hot/atom.xml 301" in lines
    assert f"{base}comments/feed.xml {base} 410" in lines
    assert f"{base}paper/* {base}topics/ai/:splat 301" in lines
    with serving(site.root) as url:
        for asked in dict.fromkeys((base, "/")):
            for path, where in MOVES.items():
                answer = request(url, asked + path)
                assert (answer.status, answer.headers["location"]) == (301, base + where), asked + path
                followed = request(url, asked + where)
                assert followed.status == 200, where
            assert request(url, f"{asked}comments/feed.xml").status == 410
            for path in ("feed.xml/more", "comments/feed.xml/more", "feeds", "feed/more", "topics/ai/more.xml"):
                assert request(url, asked + path).status == 404, path
    assert site.render().written == ()


def test_a_document_that_is_there_is_given_out_and_not_redirected(site: Site) -> None:
    site.write("a.md", item("One"))
    site.configure(retired={"feed.xml": "atom.xml"})
    site.render()
    (site.feeds / "feed.xml").write_text("<own/>")
    with serving(site.root) as url:
        assert request(url, "/feed.xml").body == b"<own/>"


def test_an_old_address_takes_the_place_of_a_format_that_is_off(site: Site) -> None:
    site.write("a.md", item("One"))
    site.configure(formats=["atom"], retired={"rss.xml": "atom.xml"})
    site.render()
    with serving(site.root) as url:
        assert request(url, "/rss.xml").headers["location"] == "/atom.xml"


def test_an_old_address_that_leads_to_a_feed_that_is_not_there_is_said(site: Site) -> None:
    site.write("a.md", item("One", topics=["AI"]))
    site.configure(retired={"feed.xml": "topics/never/atom.xml", "x.xml": "topics/ai/atom.xml"})
    (remark,) = site.render().remarks
    assert remark == "retired: feed.xml leads nowhere, since topics/never is no feed that could take its place"
    with serving(site.root) as url:
        assert request(url, "/feed.xml").status == 404
        assert request(url, "/x.xml").status == 301


def test_an_old_address_follows_its_feed_to_the_feed_that_replaced_it() -> None:
    old = {"a.xml": "topics/ml/rss.xml", "b.xml": "topics/gone/rss.xml", "c": "topics/ml", "topics/ml": "topics/ai"}
    gone = {"topics/ml": "topics/ai", "topics/gone": None}
    found, wrong = moved_addresses(old, gone, {"topics/ai"})
    assert (found, wrong) == ({"a.xml": "topics/ai/rss.xml", "b.xml": None, "c": "topics/ai"}, [])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("feed.xml", "topics/ai", "is a document, and topics/ai a folder; name a document: topics/ai/atom.xml"),
        ("old/feed.json", "topics/ai", "name a document: topics/ai/feed.json"),
        ("feed.xml", "blog/atom.xml", "expected a feed's document or folder"),
        ("feed.xml", "topics/ai/more/atom.xml", "expected a feed's document or folder"),
        ("feed.xml", "index.html", "expected a feed's document or folder"),
        ("feed.xml", "https://other.example/feed.xml", "expected a feed's document or folder"),
        ("feed.xml", ["atom.xml"], "expected a feed's document or folder"),
        ("atom.xml", "rss.xml", "is a document that feedd writes itself; leave it out"),
        ("topics/ai/atom.xml", "rss.xml", "is a document that feedd writes itself; leave it out"),
        ("feeds.opml", "rss.xml", "is a document that feedd writes itself; leave it out"),
        ("feedd.css", None, "is a document that feedd writes itself; leave it out"),
        ("hot/old", "rss.xml", "lies in a folder of feedd's own"),
        ("?feed=rss2.x", "rss.xml", "expected a path below base_url"),
        ("a b.xml", "rss.xml", "expected a path below base_url"),
        ("../feed.xml", "rss.xml", "expected a path below base_url"),
        (".well-known/feed.xml", "rss.xml", "expected a path below base_url"),
        ("a//b.xml", "rss.xml", "expected a path below base_url"),
        ("a\\b.xml", "rss.xml", "expected a path below base_url"),
        ("%00.xml", "rss.xml", "expected a path below base_url"),
        ("feed", None, "expected the folder of a feed"),
        ("topics/ML", None, "did you mean topics/ml?"),
        ("feed.xml", "feed.json", "leads to feed.json, and no feed has that: see `formats`"),
    ],
)
def test_addresses_that_cannot_be_are_mistakes_in_the_configuration(
    site: Site, old: str, new: object, words: str
) -> None:
    site.write("a.md", item("One"))
    site.configure(formats=["atom", "rss"] if new == "feed.json" else ["atom", "rss", "json"], retired={old: new})
    result = site.run("check")
    assert result.status == 1
    assert f"retired.{old}: " in result.out or "%00" in old
    assert words in result.out
