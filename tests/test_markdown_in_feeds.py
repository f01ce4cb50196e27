"""Entries that carry the Markdown of their items, as documents have it."""

from __future__ import annotations

import json

import feedparser
import pytest
from lxml import etree
from support import Site, item, made_anew, tree

BODY = "# A title\n\nSome *words*, [a link](b.html) <!-- nobody --> & more ]]> end.\n\n![A boat](/boat.png)"
MARKDOWN = (
    "Some *words*, [a link](https://news.example/1/b.html)  & more ]]> end.\n\n![A boat](https://news.example/boat.png)"
)
NAME = "{http://source.scripting.com/}markdown"


@pytest.fixture
def published(site: Site) -> Site:
    site.configure(base_url="https://feeds.example/", markdown_source=True, folders={"short": {"content": "summary"}})
    site.write("one.md", item("A title", "https://news.example/1/", topics=["Boats"], body=BODY))
    site.write("two.html", item("In HTML", "https://news.example/2/", body="<p>A text.</p>"))
    site.write("short/three.md", item("Short", "https://news.example/3/", body="Only a summary."))
    site.write("four.md", item("Secret", "https://news.example/4/", body="Nobody sees it.", published=False))
    site.settle()
    assert site.run("render").status == 0
    return site


@pytest.mark.parametrize(
    ("document", "entry"), [("atom.xml", "{http://www.w3.org/2005/Atom}entry"), ("rss.xml", "item")]
)
def test_atom_and_rss_have_it_beside_the_html(published: Site, document: str, entry: str) -> None:
    root = etree.parse(published.feeds / document).getroot()
    by_title = {each.findtext("{*}title"): each.findtext(NAME) for each in root.iter(entry)}
    assert by_title == {"A title": MARKDOWN, "In HTML": None, "Short": None}
    parsed = feedparser.parse(str(published.feeds / document))
    assert not parsed.bozo
    assert "<em>words</em>" in next(each for each in parsed.entries if each.title == "A title").content[0].value


def test_json_feed_has_it_as_an_extension(published: Site) -> None:
    entries = {
        each["title"]: each.get("_source") for each in json.loads((published.feeds / "feed.json").read_bytes())["items"]
    }
    assert entries.pop("A title") == {"about": "http://source.scripting.com/", "markdown": MARKDOWN}
    assert entries == {"In HTML": None, "Short": None}


def test_switched_off_again_no_document_has_a_trace_of_it(published: Site) -> None:
    published.configure(base_url="https://feeds.example/")
    assert published.run("render").status == 0
    documents = tree(published.feeds)
    assert not [path for path, data in documents.items() if b"source" in data and path.endswith((".xml", ".json"))]
    assert made_anew(published) == documents
