"""Ledgers that earlier versions of feedd left, with their feeds: this version goes on with them, and nobody notices.

`tests/ledgers/make_ledger.py` says what they hold, and makes them by the code of those versions.
"""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import feedparser
import pytest
from ledgers.make_ledger import BROKEN, HIDDEN, item, link, unpack
from support import Site, assert_in_step, tree

FOLDER = Path(__file__).parent / "ledgers"
LEDGERS = sorted(FOLDER.glob("*.tar.xz"))
each_ledger = pytest.mark.parametrize("ledger", LEDGERS, ids=lambda path: path.name.removesuffix(".tar.xz"))
MINUTE = timedelta(minutes=1)


class Known(NamedTuple):
    """What a reader knows an entry by, and shows of it. `link`: empty if the item has none."""

    id: str
    published: str
    updated: str
    title: str
    link: str
    text: str


class Subscription(NamedTuple):
    """What a subscriber of a document has: the id and date of the feed, and its entries in their order."""

    id: str
    updated: str
    entries: tuple[Known, ...]


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def target(url: str) -> str:
    """A link, but for that to the page of an entry without link, which later versions have."""
    return "" if url.startswith(("tag:", "https://feeds.example/entry/")) else url


def in_xml(entry: Any) -> Known:
    text = entry.content[0].value if "content" in entry else entry.get("summary", "")
    dates = entry.get("published", ""), entry.get("updated", "")
    return Known(entry.id, *dates, entry.title, target(entry.get("link", "")), words(text))


def in_json(entry: dict[str, Any]) -> Known:
    dates = entry["date_published"], entry["date_modified"]
    return Known(entry["id"], *dates, entry["title"], target(entry.get("url", "")), words(entry["content_html"]))


def subscriptions(documents: dict[str, bytes]) -> dict[str, Subscription]:
    found = {}
    for path, data in documents.items():
        if path.endswith(("atom.xml", "rss.xml")):
            parsed = feedparser.parse(data)
            feed = parsed.feed.get("id", ""), parsed.feed.updated
            found[path] = Subscription(*feed, tuple(map(in_xml, parsed.entries)))
        elif path.endswith("feed.json"):
            found[path] = Subscription("", "", tuple(map(in_json, json.loads(data)["items"])))
    return found


class OldSite:
    """A site as an earlier version left it. `now`: a minute after its last pass."""

    def __init__(self, site: Site, ledger: Path) -> None:
        unpack(lzma.decompress(ledger.read_bytes()), site.root)
        site.state.mkdir()
        (site.root / "ledger.sqlite3").rename(site.ledger)
        site.settle()
        self.now = datetime.fromisoformat(json.loads((site.root / "about.json").read_text())["last"]) + MINUTE
        self.documents = tree(site.feeds)


def assert_nobody_notices(old: OldSite, site: Site) -> None:
    before, after = subscriptions(old.documents), subscriptions(site.documents())
    assert {path: after.get(path) for path in before} == before
    assert old.documents.keys() <= site.documents().keys()


@each_ledger
def test_an_earlier_ledger_goes_on_and_no_subscriber_notices(site: Site, ledger: Path) -> None:
    old = OldSite(site, ledger)
    report = site.publish(old.now)
    assert report.remarks == ()
    assert [problem.path for problem in report.problems] == [BROKEN]
    assert_nobody_notices(old, site)
    assert not [path for path, data in site.documents().items() if HIDDEN.encode() in data]
    assert site.publish(old.now + MINUTE).written == ()
    assert_nobody_notices(old, site)


@each_ledger
def test_after_an_upgrade_an_edit_moves_its_entry_and_a_broken_file_keeps_its_own(site: Site, ledger: Path) -> None:
    old = OldSite(site, ledger)
    before = {entry.id: entry for entry in subscriptions(old.documents)["atom.xml"].entries}
    site.write("dated.md", item("Dated", "Edited after the upgrade.", webUrl=link("dated"), topics=["AI"]))
    site.write("undated.md", "---\ntitle: [\n---\n")
    site.write("withdrawn.md", item("Withdrawn", "To be seen again.", webUrl=link("withdrawn")))
    (site.seeds / "edited.md").rename(site.seeds / "renamed.md")
    site.publish(old.now)
    after = {entry.id: entry for entry in subscriptions(site.documents())["atom.xml"].entries}
    changed = {entry.title for id_, entry in after.items() if before.get(id_) != entry}
    assert changed == {"Dated", "Withdrawn"}
    assert before.keys() - after.keys() == set()
    (again,) = [entry for id_, entry in after.items() if id_ not in before]
    assert (again.title, again.published) == ("Withdrawn", "2026-01-05T12:00:00+00:00")  # which the ledger alone knows
    assert_in_step(site)


def test_there_is_a_ledger_of_the_first_release_and_of_each_format_up_to_the_newest_that_is_kept() -> None:
    formats = [int(found[1]) for ledger in LEDGERS if (found := re.match(r"format-(\d+)", ledger.name))]
    assert (FOLDER / "0.1.0.tar.xz").exists()
    assert sorted(set(formats)) == list(range(1, max(formats) + 1))
    assert max(formats) >= 16


@each_ledger
def test_a_kept_ledger_has_the_format_that_its_name_says(site: Site, ledger: Path) -> None:
    OldSite(site, ledger)
    with closing(sqlite3.connect(site.ledger)) as db:
        (format_,) = db.execute("PRAGMA user_version").fetchone()
    named = re.match(r"format-(\d+)", ledger.name)
    assert format_ == (int(named[1]) if named else 6)
