"""Pictures and other media that items refer to: where their URLs lead, and what lies beside the items."""

from __future__ import annotations

import re

import pytest
from support import Site, item

FEEDS, SITE = "https://feeds.example/", "https://site.example/"


def pictures(site: Site, title: str) -> list[str]:
    """The addresses of the pictures that an entry shows."""
    content: str = site.entries()[title].content[0].value
    return re.findall(r'<img\b[^>]* src="([^"]*)"', content)


@pytest.mark.parametrize(
    ("link", "url", "expected"),
    [
        ("https://site.example/post/trip/", "boat.jpg", "https://site.example/post/trip/boat.jpg"),
        (None, "boat.jpg", "https://site.example/notes/boat.jpg"),
        (None, "../boat.jpg", "https://site.example/boat.jpg"),
        (None, "/img/boat.jpg", "https://site.example/img/boat.jpg"),
        ("https://news.example/1", "/img/boat.jpg", "https://site.example/img/boat.jpg"),
        (None, "https://x.example/boat.jpg", "https://x.example/boat.jpg"),
    ],
)
def test_references_lead_to_the_site_and_not_to_the_feeds(
    site: Site, link: str | None, url: str, expected: str
) -> None:
    site.configure(base_url=FEEDS, site={"url": SITE})
    site.write("notes/a.md", item("A", link, body=f"![A boat]({url})\n\nText."))
    site.render()
    assert pictures(site, "A") == [expected]


def test_pictures_of_the_front_matter_belong_to_the_site(site: Site) -> None:
    site.configure(base_url=FEEDS, site={"url": SITE})
    site.write("notes/a.md", item("A", "https://news.example/1", images=[{"url": "/img/boat.jpg"}]))
    site.write("notes/b.md", item("B", "https://news.example/2", images=[{"url": "img/boat.jpg"}]))
    site.render()
    assert pictures(site, "A") == pictures(site, "B") == ["https://site.example/img/boat.jpg"]
