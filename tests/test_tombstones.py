"""Withdrawn entries in Atom documents (RFC 6721): their ids and times, for as long as they would have been there."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from http_support import request, serving
from lxml import etree
from support import Site, assert_in_step, item

ATOM = "{http://www.w3.org/2005/Atom}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def published(site: Site) -> Site:
    """A site with five entries, whose feeds hold four."""
    site.configure(base_url="https://feeds.example/", limit=4)
    site.now = NOON
    for number in range(1, 6):
        write(site, number)
    site.render()
    return site


def write(site: Site, number: int, topic: str = "Boats", **fields: object) -> None:
    date = f"2026-02-{number:02}T12:00:00Z"
    site.write(f"{number}.md", item(f"Entry {number}", f"https://a.example/{number}", date, topics=[topic], **fields))


def later(site: Site) -> None:
    assert site.now is not None
    site.now += timedelta(hours=1)
    site.render()
    assert_in_step(site)


def tombstones(site: Site, folder: str = "") -> dict[str | None, str | None]:
    root = etree.parse(site.feeds / folder / "atom.xml").getroot()
    return {each.get("ref"): each.get("when") for each in root.iter(DELETED)}


def ids(site: Site) -> dict[str | None, str | None]:
    root = etree.parse(site.feeds / "atom.xml").getroot()
    return {each.findtext(f"{ATOM}title"): each.findtext(f"{ATOM}id") for each in root.iter(f"{ATOM}entry")}


@pytest.mark.parametrize("how", ["withheld", "deleted"])
def test_a_withdrawn_entry_leaves_its_id_and_the_time(published: Site, how: str) -> None:
    before = ids(published)
    assert not tombstones(published)
    if how == "withheld":
        write(published, 4, published=False)
    else:
        (published.seeds / "4.md").unlink()
    later(published)
    for folder in ("", "topics/boats"):
        assert tombstones(published, folder) == {before["Entry 4"]: "2026-03-01T13:00:00+00:00"}
    documents = published.documents()
    assert b"Entry 4" not in b"".join(documents.values())
    assert [path for path, data in documents.items() if b"deleted-entry" in data] == [
        "atom.xml",
        "topics/boats/atom.xml",
    ]
    parsed = feedparser.parse(documents["atom.xml"])
    assert not parsed.bozo
    assert len(parsed.entries) == 3


def test_an_entry_that_is_shown_again_has_no_tombstone(published: Site) -> None:
    before = ids(published)
    write(published, 4, published=False)
    later(published)
    assert tombstones(published)
    write(published, 4)
    later(published)
    assert not tombstones(published)
    assert ids(published) == before
    assert b"tombstones" not in published.documents()["atom.xml"]


def test_a_tombstone_goes_when_newer_entries_would_have_pushed_the_entry_out(published: Site) -> None:
    write(published, 3, published=False)
    later(published)
    for number in (6, 7):
        assert tombstones(published)
        write(published, number)
        later(published)
    assert not tombstones(published)


def test_an_entry_that_only_left_a_topic_is_not_told_of_until_it_is_withdrawn(published: Site) -> None:
    before = ids(published)["Entry 5"]
    write(published, 5, topic="Ships")
    later(published)
    assert not tombstones(published, "topics/boats")
    write(published, 5, topic="Ships", published=False)
    later(published)
    for folder in ("", "topics/boats", "topics/ships"):
        assert tombstones(published, folder).keys() == {before}
    write(published, 5, topic="Ships")
    later(published)
    for folder in ("", "topics/boats", "topics/ships"):
        assert not tombstones(published, folder)


def test_an_id_of_another_publisher_is_not_told(published: Site) -> None:
    for number, fields in ((8, {"guid": "https://a.example/?secret-plans"}), (9, {"guid": "secret plans"})):
        write(published, number, **fields)
    later(published)
    assert len(ids(published)) == 4
    for number in (8, 9):
        (published.seeds / f"{number}.md").unlink()
    later(published)
    assert not tombstones(published)
    assert b"secret" not in b"".join(published.documents().values())


def test_a_list_has_no_tombstones(published: Site) -> None:
    write(published, 4, published=False)
    later(published)
    assert not tombstones(published, "top")


def test_the_page_of_a_withdrawn_entry_is_gone_and_comes_back_with_it(published: Site) -> None:
    published.write("page.md", item("Secret plans", topics=["Boats"]))
    later(published)
    (page,) = [path for path in published.documents() if path.startswith("entry/")]
    address = f"/{page.removesuffix('index.html')}"
    with serving(published.root) as url:
        assert request(url, address).status == 200
        published.write("page.md", item("Secret plans", topics=["Boats"], published=False))
        later(published)
        gone = request(url, address)
        assert (gone.status, b"plans" in gone.body) == (410, False)
        assert request(url, address + "index.html").status == 410
        assert request(url, "/entry/nothing-there/").status == 404
        published.write("page.md", item("Secret plans", topics=["Boats"]))
        later(published)
        assert request(url, address).status == 200
    for path in published.state.iterdir():
        if path.name.startswith("gone"):
            assert b"secret" not in path.read_bytes().lower()


def test_without_a_state_directory_that_can_be_read_a_page_is_only_missing(published: Site) -> None:
    published.write("page.md", item("Secret plans"))
    later(published)
    (page,) = [path for path in published.documents() if path.startswith("entry/")]
    (published.seeds / "page.md").unlink()
    later(published)
    (published.state / "gone-pages").unlink()
    (published.state / "gone-pages").mkdir()
    with serving(published.root) as url:
        assert request(url, f"/{page}").status == 404
    published.write("6.md", item("Another"))
    published.render()  # what cannot be kept keeps no pass from its work
    (published.state / "gone-pages").rmdir()
    assert not published.render().written  # nothing came or went, and the page is gone all the same
    with serving(published.root) as url:
        assert request(url, f"/{page}").status == 410


@pytest.mark.parametrize("index", [True, False], ids=["index", "no index"])
def test_tombstones_outlast_a_lost_ledger_and_go_as_before(published: Site, index: bool) -> None:
    published.configure(base_url="https://feeds.example/", limit=4, recover_index=index)
    before = ids(published)
    write(published, 4, published=False)
    later(published)
    write(published, 5, published=False)
    later(published)
    documents = published.documents()
    assert list(tombstones(published)) == [before["Entry 5"], before["Entry 4"]]
    for _ in range(2):  # as in a job without state
        shutil.rmtree(published.state)
        later(published)
        assert published.documents() == documents
    write(published, 4)
    later(published)
    assert list(tombstones(published)) == list(tombstones(published, "topics/boats")) == [before["Entry 5"]]
    assert ids(published)["Entry 4"] == before["Entry 4"]
    (published.seeds / "4.md").unlink()
    later(published)
    assert tombstones(published)[before["Entry 4"]] == published.now.isoformat()  # type: ignore[union-attr]
    for number in range(6, 10):
        assert before["Entry 5"] in tombstones(published)
        published.write(f"{number}.md", item(f"Entry {number}", f"https://a.example/{number}", None, topics=["Boats"]))
        later(published)
    assert not tombstones(published)


def test_a_tombstone_outlasts_a_lost_ledger_where_every_entry_is_newer(published: Site) -> None:
    published.configure(base_url="https://feeds.example/", limit=4, recover_index=False)
    write(published, 6, "Cars")
    later(published)
    withdrawn = ids(published)["Entry 6"]
    write(published, 6, "Cars", published=False)
    later(published)
    later(published)
    for number in range(7, 11):
        date = published.now.isoformat()  # type: ignore[union-attr]
        published.write(f"{number}.md", item(f"Entry {number}", f"https://a.example/{number}", date, topics=["Cars"]))
        later(published)
        assert (withdrawn in tombstones(published, "topics/cars")) == (number < 10)
        for index in (False, True, False):  # with an index, too, which is made of a ledger that was made of windows
            documents = published.documents()
            shutil.rmtree(published.state)
            later(published)
            assert published.documents() == documents
            published.configure(base_url="https://feeds.example/", limit=4, recover_index=index)
            later(published)


def test_an_entry_that_comes_back_in_another_topic_after_a_loss_is_told_of_nowhere(published: Site) -> None:
    before = ids(published)["Entry 5"]
    write(published, 5, published=False)
    later(published)
    shutil.rmtree(published.state)
    write(published, 5, topic="Ships")
    later(published)
    assert ids(published)["Entry 5"] == before
    for folder in ("", "topics/boats", "topics/ships"):
        assert not tombstones(published, folder)
    write(published, 5, topic="Ships", published=False)
    later(published)
    for folder in ("", "topics/boats", "topics/ships"):
        assert tombstones(published, folder) == {before: published.now.isoformat()}  # type: ignore[union-attr]


def test_what_was_withdrawn_since_a_backup_is_told_after_it_is_put_back(published: Site) -> None:
    before = ids(published)
    published.run("backup", "a.sqlite3")
    write(published, 4, published=False)
    published.write("new.md", item("New", "https://a.example/new", "2026-02-09T12:00:00Z", topics=["Boats"]))
    later(published)
    new = ids(published)["New"]
    (published.seeds / "new.md").unlink()
    later(published)
    told = tombstones(published)
    assert told.keys() == {before["Entry 4"], new}
    assert published.run("restore", "a.sqlite3").status == 0
    later(published)
    for folder in ("", "topics/boats"):
        assert tombstones(published, folder) == told
    write(published, 4)
    later(published)
    assert tombstones(published).keys() == {new}
    write(published, 4, published=False)
    later(published)
    assert tombstones(published)[before["Entry 4"]] == published.now.isoformat()  # type: ignore[union-attr]


def test_an_entry_that_is_shown_again_with_a_backup_is_withdrawn_anew(published: Site) -> None:
    before = ids(published)["Entry 4"]
    published.run("backup", "a.sqlite3")
    write(published, 4, published=False)
    later(published)
    assert published.run("restore", "a.sqlite3").status == 0
    write(published, 4)
    later(published)
    assert before in ids(published).values()
    write(published, 4, published=False)
    later(published)
    assert tombstones(published)[before] == published.now.isoformat()  # type: ignore[union-attr]


def test_a_withdrawn_page_stays_gone_if_only_the_ledger_is_lost(published: Site) -> None:
    published.write("page.md", item("Secret plans"))
    later(published)
    (page,) = [path for path in published.documents() if path.startswith("entry/")]
    (published.seeds / "page.md").unlink()
    later(published)
    published.ledger.unlink()
    later(published)
    published.write("other.md", item("Other plans"))
    later(published)
    with serving(published.root) as url:
        assert request(url, f"/{page}").status == 410
        assert request(url, "/entry/other-plans/").status == 200
        assert request(url, "/entry/nothing-there/").status == 404
