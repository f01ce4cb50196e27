"""Archives of feeds (RFC 5005): whoever comes late can have every entry that is published, once."""

from __future__ import annotations

import errno
import json
import posixpath
import random
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from archive_clients import Client
from http_support import request, serving
from support import Site, assert_in_step, item, looks, tree

from feedd.cli.setup import items_directory, make_publisher, state_path
from feedd.config.load import load
from feedd.config.resolve import pass_settings
from feedd.model import Document
from feedd.run.publisher import Publisher
from feedd.store.document_store import Written
from feedd.store.documents import FeedsDirectory
from feedd.store.ledger.media.picture_rows import PictureRows
from feedd.store.private_feeds.private_tree import PrivateTree
from feedd.store.state_directory import StateDirectory

BASE = "https://feeds.example/"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = {"feeds": ["all", "topics", "providers", "authors"], "size": 3}


def write(site: Site, number: int, date: datetime | None = None, topic: str = "Boats", **fields: object) -> None:
    date = date or NOON - timedelta(days=100 - number)
    fields.setdefault("topics", [topic])
    fields.setdefault("title", f"Entry {number}")
    title = str(fields.pop("title"))
    site.write(f"{number}.md", item(title, f"https://a.example/{number}", f"{date:%Y-%m-%dT%H:%M:%SZ}", **fields))


def later(site: Site) -> None:
    assert site.now is not None
    site.now += HOUR
    site.render()


def configure(site: Site, **keys: object) -> None:
    site.configure(**({"base_url": BASE, "limit": 4, "archives": ALL} | keys))


@pytest.fixture
def published(site: Site) -> Site:
    """A site with 12 entries, whose feeds hold four and whose archives hold three."""
    configure(site)
    site.now = NOON
    for number in range(12):
        write(site, number)
    site.render()
    return site


def archives(site: Site, folder: str = "") -> dict[int, list[str]]:
    """The titles in each archive of a feed, in the order of the document, by number."""
    paths = sorted((site.feeds / folder / "archive").glob("*.atom.xml"))
    found = {int(path.name[:4]): list(site.entries(str(path.relative_to(site.feeds)))) for path in paths}
    assert list(found) == list(range(1, len(found) + 1))
    return found


def entries(*numbers: int) -> list[str]:
    return [f"Entry {number}" for number in numbers]


def test_what_has_left_the_window_stands_in_archives_from_the_oldest_on(published: Site) -> None:
    assert list(published.entries()) == entries(11, 10, 9, 8)
    assert archives(published) == {1: entries(2, 1, 0), 2: entries(5, 4, 3), 3: entries(7, 6)}
    assert archives(published, "topics/boats") == archives(published)
    assert_in_step(published)
    write(published, 12)
    later(published)
    assert archives(published) == {1: entries(2, 1, 0), 2: entries(5, 4, 3), 3: entries(8, 7, 6)}
    write(published, 13)
    later(published)
    assert archives(published)[4] == entries(9)
    assert_in_step(published)


def test_an_entry_with_an_old_date_goes_into_the_archive_that_is_being_filled(published: Site) -> None:
    write(published, 20, NOON - timedelta(days=400))
    later(published)
    assert archives(published)[3] == entries(7, 6, 20)
    assert "Entry 20" not in published.titles()


def test_a_feed_that_would_begin_with_an_entry_that_is_folded_does_not_begin(site: Site) -> None:
    site.configure(archives={"feeds": ["providers"]}, stories={"fold_published": True})
    title = "Amber lighthouse outgrows the harbour again"
    for number, name in enumerate(("Herald", "Post")):
        site.write(f"{number}.md", item(title, f"https://a.example/{number}", provider={"name": name}))
        site.render()
    assert "providers/herald/atom.xml" in site.documents()
    assert "providers/post/atom.xml" not in site.documents()


@pytest.mark.parametrize("stories", [{}, {"fold_published": True}], ids=["", "fold_published"])
def test_an_entry_that_is_folded_when_archives_get_another_size_is_remembered(
    published: Site, stories: dict[str, object]
) -> None:
    configure(published, archives=ALL | {"size": 4}, stories=stories)
    write(published, 4, heat=-1)
    write(published, 5, title="Entry 3")  # one story with another entry, and published before
    later(published)
    assert not any("Entry 4" in titles for titles in archives(published).values())
    assert len(archives(published)[1]) == 4
    for number in (8, 9, 10, 11):
        write(published, number, published=False)
    write(published, 4, NOON + HOUR)
    later(published)
    assert list(published.entries()) == []
    assert [titles for titles in archives(published).values() if "Entry 4" in titles]


def test_a_withdrawn_entry_leaves_its_archive_and_goes_back_to_its_place(published: Site) -> None:
    write(published, 4, published=False)
    later(published)
    assert archives(published) == {1: entries(2, 1, 0), 2: entries(5, 3), 3: entries(7, 6)}
    assert not any(b"Entry 4" in data for data in published.documents().values())
    write(published, 12)
    later(published)
    write(published, 4)
    later(published)
    assert archives(published) == {1: entries(2, 1, 0), 2: entries(5, 4, 3), 3: entries(8, 7, 6)}
    assert_in_step(published)


def test_no_archived_entry_comes_into_the_window_whatever_its_date_becomes(published: Site) -> None:
    for number in (8, 9, 10):
        write(published, number, published=False)
    later(published)
    write(published, 4, NOON + HOUR)
    later(published)
    assert list(published.entries()) == entries(11)
    assert archives(published) == {1: entries(2, 1, 0), 2: entries(4, 5, 3), 3: entries(7, 6)}
    write(published, 4, published=False)
    later(published)
    write(published, 4, NOON + 3 * HOUR)
    later(published)
    assert list(published.entries()) == entries(11)
    assert archives(published)[2] == entries(4, 5, 3)
    for number in (8, 9, 10):  # they were in the window, and are no older than what has left it
        write(published, number)
    later(published)
    assert list(published.entries()) == entries(11, 10, 9, 8)


def test_a_full_archive_is_written_again_only_when_an_entry_is_edited_withdrawn_or_shown_again(published: Site) -> None:
    def rewritten() -> set[str]:
        after = looks(published.feeds)
        changed = {path for path in after if after[path] != before.get(path)}
        return {path for path in changed if path.startswith("archive/000") and path.endswith("atom.xml")}

    before = looks(published.feeds)
    write(published, 11, title="Entry 11, edited")
    later(published)
    assert rewritten() == set()
    before = looks(published.feeds)
    write(published, 3, title="Entry 3, edited")
    later(published)
    assert rewritten() == {"archive/0002.atom.xml"}
    assert published.feed("archive/0002.atom.xml").feed.updated == "2026-03-01T14:00:00+00:00"
    before = looks(published.feeds)
    (published.seeds / "1.md").unlink()
    later(published)
    assert rewritten() == {"archive/0001.atom.xml"}
    assert published.feed("archive/0001.atom.xml").feed.updated == "2026-03-01T15:00:00+00:00"
    before = looks(published.feeds)
    write(published, 12)
    later(published)
    assert rewritten() == {"archive/0003.atom.xml"}
    before = looks(published.feeds)
    write(published, 13)
    later(published)
    assert rewritten() == {"archive/0003.atom.xml", "archive/0004.atom.xml"}  # the third learns of the fourth
    before = looks(published.feeds)
    later(published)
    assert before == looks(published.feeds)


def test_the_subscription_document_changes_for_an_old_entry_only_when_an_archive_begins(published: Site) -> None:
    before = published.documents()["atom.xml"]
    write(published, 20, NOON - timedelta(days=400))
    later(published)
    assert published.documents()["atom.xml"] == before
    write(published, 21, NOON - timedelta(days=401))
    later(published)
    assert published.documents()["atom.xml"] == before.replace(b"archive/0003", b"archive/0004")


def test_archives_are_made_when_they_are_switched_on_and_deleted_when_they_are_switched_off(published: Site) -> None:
    with_archives = published.documents()
    configure(published, archives={})
    later(published)
    assert not [path for path in published.documents() if "archive" in path]
    assert b"archive" not in published.documents()["atom.xml"]
    assert_in_step(published)
    configure(published)
    later(published)
    assert published.documents().keys() == with_archives.keys()
    assert archives(published) == {1: entries(2, 1, 0), 2: entries(5, 4, 3), 3: entries(7, 6)}
    configure(published, archives=ALL | {"feeds": ["topics"]})
    later(published)
    assert not archives(published)
    assert len(archives(published, "topics/boats")) == 3
    assert_in_step(published)


@pytest.mark.parametrize("loss", ["of the ledger", "by a backup"])
def test_archives_that_were_switched_off_are_remembered_after_a_loss(published: Site, loss: str) -> None:
    published.run("backup", "a.sqlite3")
    configure(published, archives={})
    later(published)
    if loss == "of the ledger":
        published.ledger.unlink()
    else:
        assert published.run("restore", "a.sqlite3").status == 0
    later(published)
    for number in (8, 9, 10):
        write(published, number, published=False)
    write(published, 4, NOON + HOUR)  # it never was in the window, but in an archive
    later(published)
    assert list(published.entries()) == entries(11)
    configure(published)
    later(published)
    assert [title for each in archives(published).values() for title in each] == entries(2, 1, 0, 6, 5, 3, 4, 7)
    assert_in_step(published)


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_no_entry_of_archives_that_were_switched_off_comes_into_the_window(published: Site, is_withdrawn: bool) -> None:
    if is_withdrawn:
        write(published, 4, published=False)
        later(published)
    configure(published, archives=ALL | {"feeds": ["topics"]})
    later(published)
    configure(published, archives={})
    later(published)
    for number in (8, 9, 10):
        write(published, number, published=False)
    write(published, 4, NOON + HOUR)  # it never was in the window, but in an archive
    write(published, 12)
    later(published)
    for folder in ("", "topics/boats/"):
        assert list(published.entries(f"{folder}atom.xml")) == entries(12, 11)
    assert "it was in an archive of the feed, until archives were switched off" in published.run("why", "4.md").out
    assert_in_step(published)
    configure(published)
    later(published)
    assert archives(published) == {1: entries(2, 1, 0), 2: entries(6, 5, 3), 3: entries(4, 7)}
    assert archives(published, "topics/boats") == archives(published)
    assert list(published.entries()) == entries(12, 11)
    assert_in_step(published)


def test_another_size_fills_all_archives_anew(published: Site) -> None:
    configure(published, archives=ALL | {"size": 5})
    result = published.run("render")
    assert "1 archive is gone" not in result.out
    assert archives(published) == {1: entries(4, 3, 2, 1, 0), 2: entries(7, 6, 5)}
    assert_in_step(published)
    configure(published, archives=ALL | {"size": 1})
    later(published)
    assert len(archives(published)) == 8
    assert_in_step(published)


@pytest.mark.parametrize("is_earlier", [True, False])
def test_another_size_forgets_no_entry_that_is_withdrawn(published: Site, is_earlier: bool) -> None:
    write(published, 4, published=False)
    if is_earlier:
        later(published)
    configure(published, archives=ALL | {"size": 5})
    later(published)
    assert archives(published) == {1: entries(5, 3, 2, 1, 0), 2: entries(7, 6)}
    for number in (8, 9, 10):
        write(published, number, published=False)
    write(published, 4, NOON + HOUR)
    later(published)
    assert list(published.entries()) == entries(11)  # readers may have had it from the archives
    assert archives(published) == {1: entries(5, 3, 2, 1, 0), 2: entries(4, 7, 6)}
    assert_in_step(published)


def test_an_altered_or_deleted_archive_is_made_good(published: Site) -> None:
    before = published.documents()
    (published.feeds / "archive/0002.rss.xml").unlink()
    (published.feeds / "topics/boats/archive/0001.html").write_text("altered")
    (published.feeds / "archive/index.html").unlink()
    later(published)
    assert published.documents() == before


def test_pages_lead_through_all_entries_and_to_no_address_that_is_not_there(published: Site) -> None:
    documents = published.documents()
    for folder, first in (("", "archive/index.html"), ("topics/boats/", "topics/boats/index.html")):
        found: list[str] = []
        path: str | None = first
        while path is not None:
            page = documents[path].decode()
            found += re.findall(r"<h3[^>]*><a[^>]*>(Entry \d+)</a>", page)
            links = re.findall(r'<(?:a|link|script)[^>]* (?:href|src)="([^"#?:]+)(?:[#?][^":]*)?"', page)
            assert links
            for link in links:
                assert posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) in documents, (path, link)
            older = re.search(r'<a rel="next" href="([^"]+)">Older entries', page)
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), older[1])) if older else None
        assert path is None
        assert sorted(found) == sorted(entries(*range(12))), folder
    assert '<a rel="next" href="archive/index.html">' in documents["index.html"].decode()


def test_encodings_lie_beside_archives(published: Site) -> None:
    configure(published, precompress=["gzip"])
    later(published)
    assert {"archive/0001.atom.xml.gz", "archive/0001.html.gz", "archive/index.html.gz"} <= published.documents().keys()
    before = looks(published.feeds)
    later(published)
    assert before == looks(published.feeds)
    assert_in_step(published)
    configure(published, pages=False)
    later(published)
    assert not [path for path in published.documents() if path.endswith((".html", ".gz"))]


def test_archives_of_a_retired_feed_go_with_it(published: Site) -> None:
    configure(published, retired={"topics/boats": None})
    later(published)
    assert not [path for path in published.documents() if path.startswith("topics/boats")]
    configure(published)
    later(published)
    assert len(archives(published, "topics/boats")) == 3
    assert_in_step(published)


def test_a_private_feed_has_archives_in_its_own_folder_if_saved_feeds_have_them(site: Site) -> None:
    boats = {"title": "Boats", "topics": ["Boats"], "limit": 4}
    private = {"feeds": {"boats": boats}, "private": {"feeds": ["boats"]}}
    configure(site, archives={"feeds": ["saved"], "size": 3}, **private)
    site.now = NOON
    for number in range(12):
        write(site, number, audience="boats")
    site.render()
    assert not [path for path in site.documents() if "archive" in path]
    own = tree(PrivateTree(site.state).feeds_of("boats"))
    assert re.findall(r"<title type=\"text\">(Entry \d+)", own["archive/0001.atom.xml"].decode()) == entries(2, 1, 0)
    configure(site, archives={"feeds": ["all"], "size": 3}, **private)
    later(site)
    assert not [path for path in tree(PrivateTree(site.state).feeds_of("boats")) if "archive" in path]


def test_why_says_in_which_archive_an_entry_stands(published: Site) -> None:
    assert "in archive/0002" in published.run("why", "seeds/4.md").out
    assert "archive/" not in published.run("why", "seeds/11.md").out


def test_archives_and_views_of_a_family_that_is_not_named_are_remarked_on(published: Site) -> None:
    configure(published, views={"feeds": ["all", "languages"]}, rank={"authors": {"limit": 3}})
    remarks = published.render().remarks
    for setting in ("archives.feeds: there are no feeds of authors", "views.feeds: there are no feeds of languages"):
        assert f"{setting}, since `families` does not name them" in remarks
    assert "rank: there are no feeds of authors, since `families` does not name them" in remarks
    configure(published, families=["topics", "providers", "authors", "languages"])
    assert not [remark for remark in published.render().remarks if "families" in remark]


def test_plan_names_the_archives_that_would_go(published: Site) -> None:
    assert "archive" not in published.run("plan").out
    configure(published, archives={})
    assert "deleted  archive/ (0001.atom.xml, " in published.run("plan").out


def test_the_folder_of_archives_leads_to_the_page_from_which_they_are_reached(published: Site) -> None:
    with serving(published.root) as server:
        folder, page = (request(server, f"/topics/boats/archive{end}") for end in ("", "/"))
        assert (folder.status, urlsplit(folder.headers["location"]).path) == (301, "/topics/boats/archive/")
        assert (page.status, urlsplit(page.headers["location"]).path) == (301, "/topics/boats/")
        assert request(server, "/archive/").status == 200
        assert request(server, "/topics/archive/").status == 404
    configure(published, pages=False)
    later(published)
    with serving(published.root) as server:
        assert request(server, "/topics/boats/archive/").status == 404


def test_pictures_that_only_archives_show_are_left_out_after_those_that_nothing_shows(site: Site) -> None:
    configure(site, limit=1, archives={"feeds": ["topics"], "size": 3})
    site.now = NOON
    write(site, 0)
    write(site, 1, topics=[])  # it is pushed out of the feed of all, and is in no other
    write(site, 2)
    site.render()
    with closing(sqlite3.connect(site.ledger)) as db:
        entries = [entry for (entry,) in db.execute("SELECT entry FROM entries ORDER BY published").fetchall()]
        for number, entry in enumerate(entries):
            db.execute("INSERT INTO pictures VALUES (?, x'00', 100, 0, NULL, NULL, 0, 1, NULL)", (str(number),))
            db.execute("INSERT INTO picture_uses VALUES (?, 0, ?)", (entry, str(number)))
        pictures = PictureRows(db)
        assert [pictures.make_room(bound) for bound in (299, 199, 99)] == [{"1"}, {"0"}, {"2"}]


class FullDisk(FeedsDirectory):
    """A directory in which no archive can be written."""

    def write(self, document: Document, encoded: Sequence[Document] = ()) -> list[Written]:
        if "archive/" in document.path:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(document, encoded)


def test_an_archive_that_cannot_be_written_is_deleted_if_it_shows_what_is_withheld(published: Site) -> None:
    write(published, 4, published=False)
    write(published, 2, title="Entry 2, edited")
    config = load(None)
    items, state = items_directory(config), StateDirectory(published.state)
    with Publisher(items, FullDisk(published.feeds), state, pass_settings(config)) as publisher:
        report = publisher.publish(NOON + HOUR)
    assert {each.path for each in report.failed} >= {"archive/0001.atom.xml", "archive/0002.atom.xml"}
    documents = published.documents()
    assert "archive/0002.atom.xml" not in documents
    assert not any(b"Entry 4" in data for data in documents.values())
    assert b"Entry 2<" in documents["archive/0001.atom.xml"]
    later(published)
    assert archives(published)[1] == ["Entry 2, edited", "Entry 1", "Entry 0"]
    assert archives(published)[2] == entries(5, 3)
    assert_in_step(published)


def test_an_archive_that_shows_the_file_that_was_withheld_is_deleted_if_it_cannot_be_written(published: Site) -> None:
    published.write("2b.md", item("Entry 2, secretly", "https://a.example/2", "2025-11-23T12:00:00Z", quality=90))
    later(published)
    assert "Entry 2, secretly" in archives(published)[1]
    published.write("2b.md", item("Entry 2, secretly", "https://a.example/2", "2025-11-23T12:00:00Z", published=False))
    config = load(None)
    items, state = items_directory(config), StateDirectory(published.state)
    with Publisher(items, FullDisk(published.feeds), state, pass_settings(config)) as publisher:
        publisher.publish(NOON + 2 * HOUR)
    assert not any(b"secretly" in data for data in published.documents().values())
    later(published)
    assert archives(published)[1] == entries(2, 1, 0)


@pytest.mark.parametrize("goes_on", [True, False])
def test_archives_of_a_ledger_that_is_lost_are_made_again_or_deleted(published: Site, goes_on: bool) -> None:
    before = archives(published)
    shutil.rmtree(published.state)
    configure(published, archives=ALL if goes_on else {})
    later(published)
    assert archives(published) == (before if goes_on else {})
    assert_in_step(published)


def test_json_feeds_page_back_through_their_archives(published: Site) -> None:
    found, file = [], "feed.json"
    while True:
        document = json.loads((published.feeds / file).read_bytes())
        assert document["feed_url"] == f"{BASE}feed.json"
        found += [each["title"] for each in document["items"]]
        if "next_url" not in document:
            break
        file = document["next_url"].removeprefix(BASE)
    assert document["_feedd"]["archive"] == 1
    assert sorted(found) == sorted(entries(*range(12)))


class Curator:
    """Edits a site and its configuration at random, and knows how many entries each feed should have."""

    def __init__(self, site: Site, rng: random.Random) -> None:
        self.site, self.rng = site, rng
        self.items: dict[int, dict[str, Any]] = {}
        self.count = 0
        self.moves = 0
        self.size, self.is_merged = 3, False
        self.limit, self.order = 4, "heat"
        self.configure()

    def configure(self) -> None:
        aliases = ["Ships"] if self.is_merged else []
        self.site.write("../topics.yaml", f"topics:\n- {{name: Boats, aliases: {aliases}}}\n")
        chosen = {"limit": self.limit, "rank": {"order": self.order}, "archives": ALL | {"size": self.size}}
        configure(self.site, formats=["atom", "rss"], topics="topics.yaml", **chosen)

    def act(self) -> None:
        kinds = ("new", "new", "new", "old", "edit", "withhold", "show", "delete", "rename", "topic", "date")
        settings = ("size", "merge", "limit", "order")
        kind = self.rng.choice((*kinds, *kinds, *settings))
        if kind in settings:
            self.size = self.rng.randrange(2, 6) if kind == "size" else self.size
            self.limit = self.rng.randrange(1, 8) if kind == "limit" else self.limit
            self.order = self.rng.choice(("heat", "latest")) if kind == "order" else self.order
            self.is_merged ^= kind == "merge"
            self.configure()
            return
        if kind in ("new", "old") or not self.items:
            self.add(is_old=kind == "old")
            return
        number = self.rng.choice(sorted(self.items))
        if kind == "delete":
            (self.site.seeds / self.items.pop(number)["path"]).unlink()
        elif kind == "rename":
            self.rename(self.items[number])
        else:
            self.edit(kind, number)

    def add(self, *, is_old: bool) -> None:
        number, self.count = self.count, self.count + 1
        age = self.rng.randrange(100, 400) if is_old else -number / 24
        self.items[number] = {"path": f"{number}.md", "date": NOON - timedelta(days=age), "published": True}
        self.items[number] |= {"topic": "Boats", "title": f"Entry {number}"}
        self.save(number)

    def rename(self, fields: dict[str, Any]) -> None:
        self.moves += 1
        old, fields["path"] = fields["path"], f"moved-{self.moves}.md"
        (self.site.seeds / old).rename(self.site.seeds / fields["path"])

    def edit(self, kind: str, number: int) -> None:
        fields = self.items[number]
        if kind == "edit":
            fields["title"] = f"Entry {number} edited {self.rng.random()}"
        elif kind == "topic":
            fields["topic"] = self.rng.choice(("Boats", "Ships"))
        elif kind == "date":
            fields["date"] = NOON - timedelta(days=self.rng.randrange(-20, 400))
        else:
            fields["published"] = kind == "show"
        self.save(number)

    def save(self, number: int) -> None:
        fields = self.items[number]
        date = f"{fields['date']:%Y-%m-%dT%H:%M:%SZ}"
        more = {"topics": [fields["topic"]], "published": fields["published"]}
        self.site.write(fields["path"], item(fields["title"], f"https://a.example/{number}", date, **more))

    def count_in(self, topic: str | None) -> int:
        """How many entries a feed should have: that of a topic, or of all."""
        now = self.site.now
        return sum(
            each["published"] and self.is_in(topic, each["topic"]) and now is not None and each["date"] <= now
            for each in self.items.values()
        )

    def is_in(self, topic: str | None, own: str) -> bool:
        """Whether an item with this topic is in a feed."""
        return topic in (None, own) or (self.is_merged and own == "Ships")


@pytest.mark.parametrize("seed", range(3))
def test_clients_get_every_entry_once_whatever_a_curator_does(site: Site, seed: int) -> None:
    site.now = NOON
    curator = Curator(site, random.Random(seed))
    gone: dict[str, set[str]] = {"": set(), "topics/boats/": set()}
    with serving(site.root) as server:
        client = Client(server)
        for number in range(37):
            for _ in range(curator.rng.randrange(1, 4)):
                curator.act()
            later(site)
            for folder, topic in (("", None), ("topics/boats/", "Boats")) if number % 6 == 0 else ():
                found = client.whole_feed(f"{BASE}{folder}atom.xml")
                assert sorted(found) == sorted(set(found))
                assert len(found) == len(set(found)) == curator.count_in(topic)
                assert sorted(client.whole_feed(f"{BASE}{folder}rss.xml")) == sorted(found)
                window = set(client.fetch(f"{BASE}{folder}atom.xml").ids)
                assert not window & gone[folder]
                gone[folder] |= set(found) - window
        assert set(client.whole_feed(f"{BASE}atom.xml")) == shown_ids(site)
    assert sum(map(len, archives(site).values())) > 5
    assert_in_step(site)


def shown_ids(site: Site) -> set[str]:
    """The ids of all entries that are published, by the ledger."""
    with closing(sqlite3.connect(site.ledger)) as db:
        return {entry for (entry,) in db.execute("SELECT id FROM entries WHERE shown")}


def test_a_year_writes_full_archives_again_for_three_reasons_alone(site: Site) -> None:
    """Every day an entry comes; on some days another is edited, withdrawn or shown again."""
    configure(
        site, limit=5, archives={"feeds": ["all"], "size": 10}, formats=["atom"], pages=False, views={"feeds": []}
    )
    rng, withdrawn, before = random.Random(1), list[int](), dict[str, bytes]()
    config = load(None)
    with make_publisher(config, state_path(config)) as publisher:
        for day in range(365):
            write(site, day, NOON + timedelta(days=day))
            newest = max(before, default="0001.atom.xml")
            touched = day - 10 - rng.randrange(300)
            act = rng.choice(("edit", "withdraw", "show", "", "", "")) if touched >= 0 else ""
            if act == "edit":
                write(
                    site, touched, NOON + timedelta(days=touched), title=f"Entry {touched}", excerpt=f"Edited on {day}"
                )
            elif act == "withdraw":
                write(site, touched, NOON + timedelta(days=touched), published=False)
                withdrawn.append(touched)
            elif act == "show" and withdrawn:
                touched = withdrawn.pop()
                write(site, touched, NOON + timedelta(days=touched))
            report = publisher.publish(NOON + timedelta(days=day, hours=1))
            assert not (report.failed or report.problems)
            after = tree(site.feeds / "archive")
            changed = {path for path in after if path in before and after[path] != before[path]}
            of_touched = f"{touched // 10 + 1:04}.atom.xml" if act else newest
            assert changed <= {newest, of_touched}
            assert act != "edit" or of_touched in changed
            before = after
    assert len(archives(site)) == 36
    assert_in_step(site)
