"""Upgrades: a ledger that an older feedd left, which read the same files otherwise; nothing is shown to anybody anew.

An older feedd is had from this one: it is given what the older one made of a file, and the file is changed afterwards,
behind its back.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support import examples, item, take_back, tree

from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.decide.records import text_digest
from feedd.inspect.explanations import Plan
from feedd.inspect.preview import previewed
from feedd.items import urls
from feedd.items.parse import parse
from feedd.items.parsing.parsed import source_digest
from feedd.model import Item, Report
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.items import ItemsDirectory
from feedd.store.ledger.codec import content_digest
from feedd.store.state_directory import StateDirectory

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
DATE = "2026-01-09T12:00:00Z"
HOUR = timedelta(hours=1)
RENDERED_BY = ("reading_inputs", "rendering_inputs", "entry_inputs", "digest_inputs")
KNOWN, UNKNOWN = "a ledger that keeps digests of files", "a ledger from before these were kept"


class Dates(NamedTuple):
    """What of an entry no upgrade may move."""

    id: str
    published: str
    updated: str


class Upgrade:
    """A site that one feedd published, and that another one goes on with."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seeds = root / "seeds"
        self.seeds.mkdir(parents=True)
        self.now = NOON
        self.version = "older"

    def write(self, path: str, text: str) -> None:
        (self.seeds / path).parent.mkdir(parents=True, exist_ok=True)
        (self.seeds / path).write_text(text)

    def publish(self, feeds: str = "feeds", state: str = "state") -> Report:
        self.now += HOUR
        marks = dict.fromkeys(RENDERED_BY, self.version)
        choices = replace(pass_settings(Config(authority="feeds.example,2026")), **marks)
        with Publisher(
            self.items(), FeedsDirectory(self.root / feeds), StateDirectory(self.root / state), choices
        ) as publisher:
            return publisher.publish(self.now)

    def items(self) -> ItemsDirectory:
        return ItemsDirectory(self.seeds, (".md",), (".*",), 4096)

    def is_published_by_an_older_feedd(self, files: Mapping[str, tuple[str, str]], ledger: str = KNOWN) -> None:
        """Has files published as an older feedd read them: for each, a text of which this feedd makes what the older
        one made of the file, and the text of the file.
        """
        for path, (read_as, _) in files.items():
            self.write(path, read_as)
        self.publish()
        with closing(sqlite3.connect(self.root / "state/ledger.sqlite3")) as db, db:
            for path, (_, text) in files.items():
                self.write(path, text)
                source = source_digest(path, text.encode())
                db.execute("UPDATE files SET source = ? WHERE path = ?", (source, path))
                db.execute(
                    "UPDATE entries SET source = ? WHERE file = (SELECT file FROM files WHERE path = ?)", (source, path)
                )
            for path in self.seeds.rglob("*.md"):
                os.utime(path, (1, 1))
            for folder, listed in self.items().scan(2**62).listing.items():
                db.execute("INSERT OR REPLACE INTO listings VALUES (?, ?)", (folder, listed))
            if ledger == UNKNOWN:
                for path, (_, text) in files.items():
                    self.keep_link_as_written(db, path, text)
                take_back(db, 6)
        self.version = "newer"

    def keep_link_as_written(self, db: sqlite3.Connection, path: str, text: str) -> None:
        """Has the ledger keep the link of a file as it is written, and the key of it as it was, without a fragment."""
        ((file, encoded),) = db.execute("SELECT file, item FROM files WHERE path = ?", (path,)).fetchall()
        found, now = msgspec.msgpack.decode(encoded, type=Item), parse(path, text.encode()).item
        if found.link and now and now.link and urls.canonical_document(now.link) == urls.canonical(found.link):
            found = replace(found, link=now.link)
            encoded = msgspec.msgpack.encode(found)
            db.execute("UPDATE files SET item = ?, digest = ? WHERE file = ?", (encoded, content_digest(encoded), file))
            db.execute("UPDATE entries SET digest = ? WHERE file = ? AND shown", (text_digest(found), file))

    def plan(self) -> Plan:
        """What the next pass would do."""
        marks = dict.fromkeys(RENDERED_BY, self.version)
        choices = replace(pass_settings(Config(authority="feeds.example,2026")), **marks)
        feeds, state = FeedsDirectory(self.root / "feeds"), StateDirectory(self.root / "state")
        with Publisher(self.items(), feeds, state, choices) as publisher, previewed(publisher, self.now) as preview:
            return preview.plan()

    def entries(self) -> dict[str, Dates]:
        """What subscribers have, by title."""
        items = json.loads((self.root / "feeds/feed.json").read_bytes())["items"]
        return {each["title"]: Dates(each["id"], each["date_published"], each["date_modified"]) for each in items}

    def dates(self) -> set[Dates]:
        return set(self.entries().values())

    def is_as_rendered_in_full(self) -> bool:
        (self.root / "copy").mkdir()
        for path in (self.root / "state").iterdir():
            (self.root / "copy" / path.name).write_bytes(path.read_bytes())
        self.version, version = "another", self.version
        self.now -= HOUR
        self.publish("full", "copy")
        self.version = version
        return tree(self.root / "full") == tree(self.root / "feeds")


@pytest.fixture
def upgrade(tmp_path: Path) -> Upgrade:
    return Upgrade(tmp_path / "site")


both_ledgers = pytest.mark.parametrize("ledger", [KNOWN, UNKNOWN])
LINK = "https://news.example/a"


@both_ledgers
@pytest.mark.parametrize(
    ("read_as", "text"),
    [
        (item("Of video", LINK, DATE), item("Of <video>", LINK, DATE)),
        (item("A", LINK, DATE, excerpt="Once too often"), item("A", LINK, DATE, excerpt="Once")),
        (item("A", LINK, DATE, "eats text"), item("A", LINK, DATE, "eats text # no more")),
        (item("A", LINK, DATE, featuredContent="<p>1</p>"), item("A", LINK, DATE, featuredContent="<p>2</p>")),
        (item("A", LINK, DATE), item("A", "https://news.example/a#b", DATE)),
        (item("A", LINK, DATE), item("A", "https://news.example/b", DATE)),
        (item("A", None, DATE), item("A", LINK, DATE)),
        (item("A", LINK, DATE), item("A", None, DATE)),
        (item("A", LINK, DATE), item("A", LINK, "2026-01-09T12:00:00+07:00")),
        (item("A", LINK, DATE), item("A", LINK, "2026-01-09T12:00:00-07:00")),
        (item("A", LINK, DATE), item("A", LINK, "2026-01-10T19:00:00Z")),
        (item("A", LINK, None), item("A", LINK, DATE)),
        (item("A", LINK, DATE), item("A", LINK, None)),
        (item("A", LINK, DATE), item("A", LINK, DATE, updatedDateTime="2026-01-10T09:00:00Z")),
        (
            item("A", LINK, DATE, updatedDateTime="2026-01-10T02:00:00Z"),
            item("A", LINK, DATE, updatedDateTime="2026-01-10T09:00:00Z"),
        ),
        (
            item("A", LINK, DATE, updatedDateTime="2026-01-10T09:00:00Z"),
            item("A", LINK, DATE, updatedDateTime="2026-01-10T16:00:00Z"),
        ),
        (item("A", None, None), item("B", None, None)),
        (item("A", LINK, DATE, topics=["X\u200b"]), item("B", LINK, DATE, topics=["X"])),
    ],
)
def test_what_is_read_otherwise_keeps_id_and_dates(upgrade: Upgrade, read_as: str, text: str, ledger: str) -> None:
    upgrade.is_published_by_an_older_feedd({"a.md": (read_as, text)}, ledger)
    before = upgrade.dates()
    for _ in range(12):  # also when a date comes that is another now
        upgrade.publish()
        assert upgrade.dates() == before
    assert upgrade.is_as_rendered_in_full()


@both_ledgers
def test_an_edit_that_comes_with_an_upgrade_is_an_edit(upgrade: Upgrade, ledger: str) -> None:
    files = {
        "a.md": (item("A read", LINK, DATE), item("A", LINK, DATE)),
        "b.md": (item("B read", LINK + "b", DATE), item("B", LINK + "b", DATE)),
        "c.md": (item("C", LINK + "c", DATE), item("C", LINK + "c", DATE)),
    }
    upgrade.is_published_by_an_older_feedd(files, ledger)
    before = upgrade.entries()
    upgrade.write("b.md", item("B edited", LINK + "b", DATE))
    upgrade.write("c.md", item("C", LINK + "c", DATE, heat=50))
    upgrade.publish()
    edited = Dates(before["B read"].id, "2026-01-09T12:00:00Z", "2026-01-10T14:00:00Z")
    assert upgrade.entries() == {"A": before["A read"], "B edited": edited, "C": before["C"]}
    upgrade.write("a.md", item("A edited", LINK, "2026-01-09T13:00:00Z"))
    upgrade.publish()
    assert upgrade.entries()["A edited"] == Dates(before["A read"].id, "2026-01-09T13:00:00Z", "2026-01-10T15:00:00Z")


@both_ledgers
@pytest.mark.parametrize("field", ["publishd", "publishDat", "embargoUntil"])
def test_a_date_to_come_that_an_older_feedd_did_not_read_is_said_and_holds_from_the_next_edit_on(
    upgrade: Upgrade, field: str, ledger: str
) -> None:
    read_as, text = item("A", LINK, None), item("A", LINK, None, **{field: "2099-05-01"})
    files = {f"{name}.md": (read_as.replace("/a", f"/{name}"), text.replace("/a", f"/{name}")) for name in "abcde"}
    upgrade.is_published_by_an_older_feedd(files, ledger)
    before = upgrade.entries()
    planned, report = upgrade.plan(), upgrade.publish()
    assert (upgrade.entries(), planned.feeds) == (before, ())
    (said,) = report.remarks
    assert planned.remarks == report.remarks
    assert said.startswith("5 published items have dates still to come, ")
    named = ", ".join(f"{name}.md (2099-05-01 00:00 UTC)" for name in "abc")
    assert f": {named} and 2 more. " in said
    assert upgrade.publish().remarks == ()
    for name in "abcde":
        upgrade.write(f"{name}.md", item("Edited", f"https://news.example/{name}", None, **{field: "2099-05-01"}))
    assert upgrade.publish().withdrawn == 5
    assert upgrade.entries() == {}


def test_of_a_date_that_was_shown_before_the_clock_went_back_nothing_is_said(upgrade: Upgrade) -> None:
    upgrade.write("a.md", item("A", LINK, DATE))
    upgrade.publish()
    upgrade.version, upgrade.now = "newer", NOON - timedelta(days=9)
    assert upgrade.publish().remarks == ()
    assert len(upgrade.entries()) == 1


@both_ledgers
def test_what_was_not_shown_yet_has_the_date_that_is_read_now(upgrade: Upgrade, ledger: str) -> None:
    waiting = item("Waiting", LINK, "2026-01-10T15:00:00Z"), item("Waiting", LINK, "2026-01-10T15:00:00-01:00")
    upgrade.is_published_by_an_older_feedd({"a.md": waiting}, ledger)
    for now in (14, 15):
        upgrade.publish()
        assert upgrade.now.hour == now
        assert not upgrade.entries()
    upgrade.publish()
    assert [each.published for each in upgrade.dates()] == ["2026-01-10T16:00:00Z"]


def test_a_file_whose_earlier_version_alone_could_be_read_is_changed_when_it_can_be(upgrade: Upgrade) -> None:
    upgrade.is_published_by_an_older_feedd({"a.md": (item("A", LINK, DATE), item("A", LINK, DATE))})
    upgrade.write("a.md", "---\ntitle: [\n---\n")
    upgrade.publish()
    before = upgrade.entries()["A"]
    with closing(sqlite3.connect(upgrade.root / "state/ledger.sqlite3")) as db, db:  # as if this had been a problem
        upgrade.write("a.md", item("Mended", LINK, DATE))
        for folder, listed in upgrade.items().scan(2**62).listing.items():
            db.execute("INSERT OR REPLACE INTO listings VALUES (?, ?)", (folder, listed))
        db.execute("UPDATE entries SET source = NULL")
        db.execute("UPDATE files SET source = NULL")
    upgrade.version = "newest"
    upgrade.publish()
    assert upgrade.entries()["Mended"] == before._replace(updated="2026-01-10T15:00:00Z")


def test_a_file_that_was_only_copied_or_given_to_another_user_is_unchanged(upgrade: Upgrade) -> None:
    upgrade.is_published_by_an_older_feedd({"a.md": (item("A read", LINK, DATE), item("A", LINK, DATE))}, UNKNOWN)
    before = upgrade.dates()
    path = upgrade.seeds / "a.md"
    copy = path.read_bytes()
    path.unlink()
    path.write_bytes(copy)
    os.utime(path, (1, 1))  # another inode, another time of status change
    upgrade.publish()
    assert upgrade.dates() == before


@pytest.mark.parametrize("link", [LINK, None])
def test_a_file_that_is_renamed_as_feedd_is_upgraded_keeps_its_entry_and_dates(
    upgrade: Upgrade, link: str | None
) -> None:
    upgrade.is_published_by_an_older_feedd({"a.md": (item("A read", link, DATE), item("A", link, DATE))})
    before = upgrade.dates()
    (upgrade.seeds / "a.md").rename(upgrade.seeds / "b.md")
    upgrade.publish()
    assert upgrade.entries().keys() == {"A"}
    assert upgrade.dates() == before


# Links that were told apart by nothing but a fragment, or the second at which a video starts

VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"


@pytest.mark.parametrize(("document", "one", "other"), [(LINK, "#x", "#y"), (LINK, "", "#y"), (VIDEO, "&t=1m", "")])
@pytest.mark.parametrize("seen", ["a.md", "b.md"])
def test_what_a_fragment_parts_becomes_entries_of_their_own_and_the_one_that_was_seen_stays(
    upgrade: Upgrade, document: str, one: str, other: str, seen: str
) -> None:
    files = {
        path: (item(path, document, DATE, quality=quality), item(path, document + part, DATE, quality=quality))
        for path, part, quality in (("a.md", one, 5), ("b.md", other, 9 if seen == "b.md" else 1))
    }
    upgrade.is_published_by_an_older_feedd(files, UNKNOWN)
    before = upgrade.entries()
    assert before.keys() == {seen}
    if one and other:  # else a document shows the link of the other, which the older one would have shown in full
        (plan,) = upgrade.plan().feeds
        assert set(plan.new) == files.keys() - {seen}
        assert not (plan.reruns or plan.withdrawn)
    upgrade.publish()
    after = upgrade.entries()
    assert after.keys() == files.keys()
    assert after[seen] == before[seen]
    assert upgrade.publish().written == ()
    assert upgrade.is_as_rendered_in_full()


def test_a_file_that_cannot_be_read_any_more_keeps_the_entry_that_a_fragment_parts(upgrade: Upgrade) -> None:
    files = {
        "a.md": (item("a.md", LINK, DATE), item("a.md", LINK + "#x", DATE)),
        "b.md": (item("b.md", LINK, DATE, quality=9), item("b.md", LINK + "#y", DATE, quality=9)),
    }
    upgrade.is_published_by_an_older_feedd(files, UNKNOWN)
    before = upgrade.entries()
    upgrade.write("b.md", "---\ntitle: [\n---\n")
    upgrade.publish()
    assert upgrade.entries()["b.md"] == before["b.md"]
    assert upgrade.entries().keys() == {"a.md", "b.md"}
    (upgrade.seeds / "b.md").unlink()
    upgrade.publish()
    upgrade.write("again.md", item("Again", LINK + "#y", DATE))
    upgrade.publish()
    assert upgrade.entries()["Again"].id == before["b.md"].id


def test_what_was_gone_before_an_upgrade_comes_back_as_it_was(upgrade: Upgrade) -> None:
    upgrade.write("a.md", item("A", LINK, DATE))
    upgrade.publish()
    before = upgrade.entries()
    (upgrade.seeds / "a.md").unlink()
    upgrade.write("b.md", item("B", LINK + "b", DATE))
    upgrade.publish()
    assert upgrade.entries().keys() == {"B"}
    with closing(sqlite3.connect(upgrade.root / "state/ledger.sqlite3")) as db, db:
        db.execute("UPDATE links SET whole = 0")
    upgrade.write("c.md", item("A", LINK + "#x", DATE))
    upgrade.publish()
    assert upgrade.entries()["A"].id == before["A"].id


def test_no_story_falls_apart_for_a_fragment(upgrade: Upgrade) -> None:
    files = {
        "a.md": (item("A", LINK, DATE, provider="P"), item("A", LINK + "#x", DATE, provider="P")),
        "b.md": (
            item("B", LINK + "b", DATE, provider="Q", related=[{"title": "r", "webUrl": LINK}]),
            item("B", LINK + "b", DATE, provider="Q", related=[{"title": "r", "webUrl": LINK + "#y"}]),
        ),
    }
    upgrade.is_published_by_an_older_feedd(files, UNKNOWN)

    def stories() -> list[tuple[str, int]]:
        with closing(sqlite3.connect(upgrade.root / "state/ledger.sqlite3")) as db:
            return db.execute("SELECT e.id, s.id FROM entries e JOIN entries s ON s.entry = e.story").fetchall()

    before = stories()
    assert len(before) == 2
    upgrade.publish()
    assert stories() == before


# Whatever is read otherwise

TITLES, TEXTS = st.sampled_from(["One", "Two", "Three"]), st.sampled_from(["a text", "another", ""])
PAST = [None, DATE, "2026-01-10T05:00:00Z", "2026-01-10T12:00:00Z"]
MOMENTS = st.sampled_from([*PAST, "2026-01-10T16:00:00Z"])


class Reading(NamedTuple):
    """What one feedd makes of a file."""

    title: str
    text: str
    link: int | None
    published: str | None
    updated: str | None
    fields: dict[str, object]

    def of(self, number: int) -> str:
        link = None if self.link is None else f"{LINK}{number}#{self.link}"
        return item(
            f"{self.title} {number}", link, self.published, self.text, updatedDateTime=self.updated, **self.fields
        )


FIELDS = st.fixed_dictionaries(
    {}, optional={"heat": st.sampled_from([-1, 5]), "quality": st.just(7), "published": st.booleans()}
)
LINKS = st.sampled_from([None, 0, 1])
BEFORE = st.builds(Reading, TITLES, TEXTS, LINKS, MOMENTS, st.sampled_from(PAST), FIELDS)
AFTER = st.builds(Reading, TITLES, TEXTS, LINKS, MOMENTS, MOMENTS, FIELDS)
FILES = st.lists(st.tuples(BEFORE, AFTER, st.booleans()), min_size=1, max_size=5)


@pytest.mark.parametrize("ledger", [KNOWN, UNKNOWN])
@given(files=FILES)
@settings(
    max_examples=examples(25),
    deadline=None,
    phases=set(Phase) - {Phase.shrink},
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_upgrade_moves_anything_of_a_file_that_nobody_edited(
    tmp_path_factory: pytest.TempPathFactory,
    ledger: str,
    files: list[tuple[Reading, Reading, bool]],
) -> None:
    upgrade = Upgrade(tmp_path_factory.mktemp("upgrade") / "site")
    texts = {f"{number}.md": (one.of(number), other.of(number)) for number, (one, other, _) in enumerate(files)}
    upgrade.is_published_by_an_older_feedd(texts, ledger)
    before = {title.split()[1]: dates for title, dates in upgrade.entries().items()}
    edited = {str(number) for number, (_, _, edit) in enumerate(files) if edit}
    for number in edited:
        upgrade.write(f"{number}.md", item(f"Edited {number}", f"{LINK}{number}", DATE))
    for _ in range(5):
        upgrade.publish()
        after = {title.split()[1]: dates for title, dates in upgrade.entries().items()}
        for number in before.keys() & after.keys():
            assert after[number].id == before[number].id
            assert number in edited or after[number] == before[number]
            assert number not in edited or after[number].updated == "2026-01-10T14:00:00Z"
    assert upgrade.is_as_rendered_in_full()
