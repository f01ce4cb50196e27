"""Real readers, over HTTP: subscribed to another publisher's feed, whose address then leads to feedd's feed."""

from __future__ import annotations

from pathlib import Path

import feedparser
import pytest
from http_support import serving
from reader import make_reader
from support import Site
from test_plan_against import atom, fill, jsonfeed, rss

OLD = {"atom.xml": atom(1, 2, 3), "rss.xml": rss(1, 2, 3), "feed.json": jsonfeed(1, 2, 3)}
WITHOUT_GUID = rss(1, 2, 3).replace("guid", "no-guid")
GUIDS = {"atom.xml": "tag:old.example,2019:{0}", "rss.xml": "show-{0}", "feed.json": "{0}"}


def publish_old(site: Site, name: str, document: str) -> Path:
    """Lays another publisher's feed where feedd's feeds are to be."""
    path = site.feeds / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document)
    (site.root / "old-feed").write_text(document)
    return path


def move(site: Site, name: str, *, by: str, **keys: object) -> None:
    """Publishes the same entries and a new one by feedd, with ids from an old feed or from the items."""
    if by == "keep_from":
        site.configure(ids={"keep_from": "old-feed"}, **keys)
        fill(site, 1, 2, 3)
    else:
        site.configure(**keys)
        for number in (1, 2, 3):
            fill(site, number, guid=GUIDS[name].format(number))
    fill(site, 4)
    assert site.run("plan", "--against", "old-feed").status == 0
    site.render()


@pytest.mark.parametrize("by", ["keep_from", "guid"])
@pytest.mark.parametrize("name", OLD)
def test_reader_shows_nothing_twice_when_an_address_turns_over_to_feedd(site: Site, name: str, by: str) -> None:
    publish_old(site, name, OLD[name])
    with serving(site.root) as address, make_reader(":memory:") as reader:
        reader.add_feed(address + name)
        reader.update_feed(address + name)
        for entry in reader.get_entries():
            reader.mark_entry_as_read(entry)
        move(site, name, by=by)
        change = reader.update_feed(address + name)
        assert change is not None
        assert change.new == 1
        assert [entry.title for entry in reader.get_entries(read=False)] == ["Item 4"]
        assert sorted(entry.title or "" for entry in reader.get_entries()) == [f"Item {each}" for each in (1, 2, 3, 4)]


@pytest.mark.parametrize("name", OLD)
def test_reader_follows_an_old_address_and_shows_nothing_twice(site: Site, name: str) -> None:
    path = publish_old(site, "blog/index.xml", OLD[name])
    with serving(site.root) as address, make_reader(":memory:") as reader:
        reader.add_feed(f"{address}blog/index.xml")
        reader.update_feed(f"{address}blog/index.xml")
        path.unlink()
        move(site, name, by="keep_from", retired={"blog/index.xml": name})
        change = reader.update_feed(f"{address}blog/index.xml")
        assert change is not None
        assert change.new == 1
        assert sorted(entry.title or "" for entry in reader.get_entries()) == [f"Item {each}" for each in (1, 2, 3, 4)]


BOTH = [*((name, OLD[name]) for name in ("atom.xml", "rss.xml")), ("rss.xml", WITHOUT_GUID)]


@pytest.mark.parametrize(("name", "document"), BOTH)
def test_feedparser_finds_the_ids_that_it_knew(site: Site, name: str, document: str) -> None:
    publish_old(site, name, document)
    with serving(site.root) as address:
        before = feedparser.parse(address + name).entries
        move(site, name, by="keep_from")
        after = feedparser.parse(address + name).entries
    known = {entry.get("id") or entry.link: entry.link for entry in before}
    assert {entry.id: entry.link for entry in after if entry.id in known} == known
    assert (len(known), len(after)) == (3, 4)


def test_without_the_old_ids_readers_show_everything_once_more(site: Site) -> None:
    """So the tests above can fail."""
    publish_old(site, "rss.xml", OLD["rss.xml"])
    with serving(site.root) as address, make_reader(":memory:") as reader:
        reader.add_feed(f"{address}rss.xml")
        reader.update_feed(f"{address}rss.xml")
        fill(site, 1, 2, 3)
        site.configure()
        site.render()
        change = reader.update_feed(f"{address}rss.xml")
        assert change is not None
        assert change.new == 3
