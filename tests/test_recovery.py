"""A lost ledger: what was published is enough to go on, and no reader notices."""

from __future__ import annotations

import re
import shutil
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import precondition, rule
from lxml import etree
from msgspec.structs import replace
from support import Site, examples, item, tree, unprivileged
from test_promises import FEWER, Subscribers
from test_tombstones import DELETED

from feedd.cli.copies.recovering import FolderCopy
from feedd.render.recovery.index_parts import MARK
from feedd.render.recovery.recovery_index import (
    NoIndex,
    ShownEntry,
    ShownFeed,
    decode_entries,
    encode_entries,
    encode_feeds,
    entry_key,
)
from feedd.run.lost_ledger.read_index import read_index
from feedd.select.archives import ArchiveSettings

_ATOM = "{http://www.w3.org/2005/Atom}"


def seen(feeds: Path) -> dict[str, list[tuple[str | None, ...]]]:
    """What readers know of the entries of each feed, in its order: ids, dates, titles, and what was withdrawn."""
    found = {}
    for path in sorted(feeds.rglob("atom.xml")):
        root = etree.parse(path).getroot()
        entries = [
            tuple(entry.findtext(f"{_ATOM}{name}") for name in ("id", "published", "updated", "title"))
            for entry in root.iter(f"{_ATOM}entry")
        ]
        named = [(each.get("ref"), each.get("when")) for each in root.iter(DELETED)]
        found[str(path.relative_to(feeds).parent)] = [(root.findtext(f"{_ATOM}id"),), *entries, *named]
    return found


class SubscribersOfALostLedger(Subscribers):
    """The ledger is lost at any moment. Each time feedd goes on from what was published."""

    limit = 4
    beginning = 6

    def __init__(self) -> None:
        self.index = True
        super().__init__()

    @property
    def choices(self) -> dict[str, object]:
        return self._choices | {"recovery_index": True}

    @choices.setter
    def choices(self, choices: dict[str, object]) -> None:
        self._choices = choices

    @precondition(lambda self: not self.altered and not any(item.damaged for item in self.items.values()))
    @rule()
    def loses_the_ledger(self) -> None:
        self.publish()
        before, documents = seen(self.root / "feeds"), tree(self.root / "feeds")
        shutil.rmtree(self.root / "state")
        self.publish()
        assert seen(self.root / "feeds") == before
        assert tree(self.root / "feeds") == documents
        self.ids = {number: entry for number, entry in self.ids.items() if self.is_visible(number)}
        self.slugs = {number: slug for number, slug in self.slugs.items() if self.is_visible(number)}
        self.left.clear()

    def is_visible(self, number: int) -> bool:
        """Whether the item may be seen now: what is withheld may come back under its first id."""
        return number in self.items and self.items[number].is_shown


class SubscribersOfLostArchives(SubscribersOfALostLedger):
    """What has left the feeds stands in archives, which stay as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.choices = self.choices | {"archives": ArchiveSettings(("all", "providers"), 2)}


class SubscribersOfLostWindows(Subscribers):
    """The ledger is lost, and there is no index: feedd goes on from what the feeds show. So the promises are weaker: of
    entries that no feed shows nothing is known, but nobody sees them again.
    """

    limit = 4
    beginning = 6

    @precondition(lambda self: not self.altered and not any(item.damaged for item in self.items.values()))
    @rule()
    def loses_the_ledger(self) -> None:
        self.publish()
        before = seen(self.root / "feeds")
        shutil.rmtree(self.root / "state")
        self.publish()
        after = seen(self.root / "feeds")
        assert {folder: after[folder] for folder in before} == before
        shown = {entry[0] for entries in before.values() for entry in entries if len(entry) > 2}
        self.ids = {number: entry for number, entry in self.ids.items() if entry in shown and number in self.items}
        self.slugs = {number: slug for number, slug in self.slugs.items() if number in self.ids}
        self.read = {entry: known for entry, known in self.read.items() if entry in shown}
        self.updated = {folder: moment for folder, moment in self.updated.items() if folder in before}
        self.left.clear()


TestRecovery = SubscribersOfALostLedger.TestCase
TestRecovery.settings = settings(FEWER, max_examples=examples(6), phases=(Phase.explicit, Phase.reuse, Phase.generate))
TestArchives = SubscribersOfLostArchives.TestCase
TestArchives.settings = settings(TestRecovery.settings, max_examples=examples(3))
TestWindows = SubscribersOfLostWindows.TestCase
TestWindows.settings = TestRecovery.settings


def index_of(site: Site) -> tuple[list[ShownEntry], list[ShownFeed]]:
    """The entries and the feeds in the recovery index."""
    found = read_index(FolderCopy(site.feeds))
    assert found is not None
    assert not found.damaged
    return list(found.entries), list(found.feeds)


def fill(site: Site) -> None:
    """Items with and without link and date, and one that is withheld."""
    site.write("linked.md", item("Linked", "https://news.example/linked"))
    site.write("loose.md", item("Loose", None, None, body="A text without a link."))
    site.write("secret.md", item("Secret", "https://news.example/secret", published=False))
    site.write("gone.md", item("Gone", "https://news.example/gone"))


def lose_the_ledger(site: Site) -> None:
    shutil.rmtree(site.state)


def test_the_index_says_nothing_of_what_is_withheld_or_withdrawn(site: Site) -> None:
    fill(site)
    site.render()
    ids = site.ids()
    assert {each.id for each in index_of(site)[0]} == set(ids.values())
    (site.seeds / "gone.md").unlink()
    site.render()
    entries, feeds = index_of(site)
    assert {each.id for each in entries} == {ids["Linked"], ids["Loose"]}
    keys = {entry_key(ids[title]) for title in ("Linked", "Loose")}
    assert {member.entry for each in feeds for member in (*each.members, *each.departed)} == keys


def test_the_index_has_no_title_and_no_path(site: Site) -> None:
    site.write("a-telling-path.md", item("A telling title", "https://news.example/a"))
    site.render()
    packed = (site.feeds / "recovery/entries-00.bin").read_bytes()
    unpacked = zlib.decompress(packed.partition(b"\n")[2])
    assert b"telling" not in unpacked


def test_an_edit_that_no_reader_sees_rewrites_no_part_of_the_index(site: Site) -> None:
    fill(site)
    site.render()
    site.write("linked.md", item("Linked", "https://news.example/linked", heat=70))
    assert not [path for path in site.render().written if path.startswith("recovery/")]
    site.write("linked.md", item("Linked", "https://news.example/linked", body="Edited.", heat=70))
    assert "recovery/entries-00.bin" in site.render().written


def test_the_index_goes_and_comes_with_its_setting(site: Site) -> None:
    fill(site)
    site.render()
    before = site.documents()
    site.configure(recover_index=False)
    assert not [path for path in site.render().written if path.startswith("recovery/")]
    assert not (site.feeds / "recovery").exists()
    site.configure(recover_index=True)
    site.render()
    assert site.documents() == before


def test_a_site_that_upgrades_gets_the_index_and_nothing_else(site: Site) -> None:
    site.configure(recover_index=False)
    fill(site)
    site.render()
    before = site.documents()
    site.configure()
    planned = site.run("plan").out
    assert "Subscribers would see nothing new.\nnew      recovery/, " in planned
    index = {"recovery/entries-00.bin", "recovery/feeds-00.bin"}
    assert set(site.render().written) == index
    assert {path: data for path, data in site.documents().items() if path not in index} == before
    assert "recovery/" not in site.run("plan").out


def test_an_altered_part_of_the_index_is_mended(site: Site) -> None:
    fill(site)
    site.render()
    before = site.documents()
    (site.feeds / "recovery/feeds-00.bin").write_bytes(b"altered")
    assert site.render().written == ("recovery/feeds-00.bin",)
    assert site.documents() == before


def test_parts_of_the_index_that_could_not_be_written_are_written_with_the_next_pass(site: Site) -> None:
    """Also the parts with feeds whose documents could be written meanwhile."""

    def act() -> None:
        site.write("a.md", item("A", topics=["T"]))
        site.render()
        folder = site.feeds / "recovery"
        folder.chmod(0o500)
        site.write("b.md", item("B", topics=["T", "U"]))
        site.settle()
        failed = {problem.path for problem in site.render(status=3).failed}
        folder.chmod(0o700)
        assert failed == {"recovery/entries-00.bin", "recovery/feeds-00.bin"}
        assert set(site.render().written) == failed
        assert site.render().written == ()
        left = tree(folder)
        shutil.rmtree(folder)
        site.render()
        assert tree(folder) == left

    unprivileged(act)


def test_a_ledger_is_made_again_from_the_index_alone(site: Site) -> None:
    fill(site)
    site.render()
    (site.seeds / "loose.md").rename(site.seeds / "moved.md")
    site.render()
    before = site.documents()
    lose_the_ledger(site)
    for path in site.feeds.iterdir():
        if path.name != "recovery":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    report = site.render()
    assert "3 entries" in report.remarks[0]
    assert site.documents() == before


@pytest.mark.parametrize("has_index", [True, False], ids=["index", "windows"])
def test_archives_are_as_they_were(site: Site, tmp_path: Path, has_index: bool) -> None:
    site.configure(limit=2, archives={"feeds": ["all"], "size": 2}, recover_index=has_index, views={"feeds": []})
    for number in range(8):
        site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", f"2026-01-0{number + 1}"))
        site.render()  # so that archives fill one after the other
    site.write("late.md", item("Late", "https://news.example/late", "2025-01-01"))
    site.write("2.md", item("Item 2", "https://news.example/2", "2026-01-03", published=False))
    site.render()
    before = site.documents()
    assert "archive/0003.atom.xml" in before
    lose_the_ledger(site)
    site.feeds.rename(tmp_path / "copy")
    assert site.run("render", "--recover", str(tmp_path / "copy")).status == 0
    after = site.documents()
    assert after.keys() == before.keys()
    assert [path for path in after if after[path] != before[path] and not path.endswith("atom.xml")] == []
    site.write("8.md", item("Item 8", "https://news.example/8", "2026-01-09"))
    site.render()
    after = site.documents()
    archives = sorted(path for path in after if "archive/" in path and path.endswith(".json"))
    assert [path for path in archives if after[path] != before.get(path)] == ["archive/0004.feed.json"]


@pytest.mark.parametrize("lost", [None, "archive/0002.atom.xml"])
def test_an_archive_that_was_emptied_stays_and_those_behind_it_count(site: Site, lost: str | None) -> None:
    """Also where its document is lost."""
    site.configure(limit=1, archives={"feeds": ["all", "topics"], "size": 1}, recover_index=False, views={"feeds": []})
    for number in range(5):
        site.now = datetime(2026, 1, 1 + number, 12, tzinfo=UTC)
        site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", None, topics=["C++ & D"]))
        site.render()
    (site.seeds / "1.md").unlink()
    site.render()
    before = site.documents()
    assert b"<entry>" not in before["archive/0002.atom.xml"]
    lose_the_ledger(site)
    if lost is not None:
        (site.feeds / lost).unlink()
    site.now += timedelta(hours=1)
    site.render()
    after = site.documents()
    those = [path for path in before if lost is None or "archive/0004" in path]
    assert {path: after.get(path) for path in those} == {path: before[path] for path in those}


@pytest.mark.parametrize("has_index", [True, False], ids=["index", "windows"])
def test_no_digest_of_a_past_period_comes_as_new(site: Site, has_index: bool) -> None:
    """The latest one is made again under its id; the others are left to the readers that have them."""
    site.configure(views={"digest": ["daily"], "feeds": ["all"]}, recover_index=has_index)
    site.now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for number in range(4):
        site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", site.now.isoformat()))
        site.render()
        site.now += timedelta(days=1)
    site.render()
    before = site.entries("digest/daily/atom.xml")
    assert len(before) == 4
    lose_the_ledger(site)
    site.write("late.md", item("Late", "https://news.example/late", "2026-01-02T13:00:00Z"))
    plan = site.run("plan").out
    assert "re-runs (entries that subscribers would see once more as new): 0" in plan
    assert re.search(r"^  withdrawn +Feeds: ", plan, re.MULTILINE)
    assert not re.search(r"^  new +Feeds: ", plan, re.MULTILINE)
    report = site.render()
    assert ("4 entries in" in report.remarks[0], report.withdrawn) == (True, 0)  # a digest is no entry of the ledger
    after = site.entries("digest/daily/atom.xml")
    assert [(each.id, each.published, each.updated) for each in after.values()] == [
        (each.id, each.published, each.updated) for each in [next(iter(before.values()))]
    ]


@pytest.mark.parametrize("has_index", [True, False], ids=["index", "windows"])
@pytest.mark.parametrize("feeds", [["all"], ["all", "topics"]], ids=["no digest yet", "a digest"])
def test_a_loss_makes_no_digest_of_a_period_that_had_none(site: Site, has_index: bool, feeds: list[str]) -> None:
    """The items came after their day was over: they are in the next digest."""
    site.configure(views={"digest": ["daily"], "feeds": feeds}, recover_index=has_index)
    site.now = datetime(2026, 1, 2, 12, tzinfo=UTC)
    if "topics" in feeds:
        site.write("first.md", item("First", "https://news.example/first", "2026-01-01T08:00:00Z", topics=["T"]))
    site.write("now.md", item("Now", "https://news.example/now", "2026-01-02T08:00:00Z", topics=["U"]))
    site.render()
    site.now += timedelta(hours=1)
    site.write("late.md", item("Late", "https://news.example/late", "2026-01-01T09:00:00Z", topics=["U"]))
    site.render()
    before = digests_of(site)
    lose_the_ledger(site)
    site.render()
    assert digests_of(site) == before
    site.write("later.md", item("Later", "https://news.example/later", "2026-01-01T10:00:00Z", topics=["U"]))
    site.render()
    assert digests_of(site) == before
    site.now += timedelta(days=1)
    site.render()
    assert len(digests_of(site)["digest/daily"]) == len(before["digest/daily"]) + 1
    (newest, *_) = site.entries("digest/daily/atom.xml").values()
    assert re.findall(r">(\w+)</a>", newest.content[0].value)[:2] == ["Now", "Later"]


def test_days_that_went_by_without_a_ledger_have_their_digests(site: Site) -> None:
    site.configure(views={"digest": ["daily"], "feeds": ["all"]})
    site.now = datetime(2026, 1, 2, 12, tzinfo=UTC)
    site.write("1.md", item("Item 1", "https://news.example/1", "2026-01-01"))
    site.render()
    lose_the_ledger(site)
    for day in (2, 3, 4):
        site.write(f"{day}.md", item(f"Item {day}", f"https://news.example/{day}", f"2026-01-0{day}"))
    site.now += timedelta(days=3)
    site.render()
    ends = [each.published[:10] for each in site.entries("digest/daily/atom.xml").values()]
    assert ends == ["2026-01-05", "2026-01-04", "2026-01-03", "2026-01-02"]


def test_a_digest_is_not_made_again_for_the_day_of_another_time_zone(site: Site) -> None:
    site.configure(views={"digest": ["daily"], "feeds": ["all"]})
    site.now = datetime(2026, 1, 2, 1, tzinfo=UTC)
    for hour in (9, 12):
        site.write(f"{hour}.md", item(f"Item {hour}", f"https://news.example/{hour}", f"2026-01-01T{hour:02}:00:00Z"))
    site.render()
    (digest,) = site.entries("digest/daily/atom.xml").values()
    assert "Item 12" in digest.content[0].value
    site.configure(views={"digest": ["daily"], "feeds": ["all"], "time_zone": "Pacific/Kiritimati"})
    lose_the_ledger(site)
    site.render()
    assert not site.entries("digest/daily/atom.xml")
    site.write("new.md", item("New", "https://news.example/new", "2026-01-02T02:00:00Z"))
    site.now += timedelta(days=2)
    site.render()
    (digest,) = site.entries("digest/daily/atom.xml").values()
    assert re.findall(r">(Item \d+|New)</a>", digest.content[0].value) == ["New"]


def digests_of(site: Site) -> dict[str, list[tuple[str | None, ...]]]:
    """What readers know of the entries of each feed of digests."""
    return {folder: entries for folder, entries in seen(site.feeds).items() if "digest/" in folder}


def test_the_lead_of_a_story_goes_on_leading_it(site: Site) -> None:
    """Else its coverage would move to another entry, which might come into hot/ as new."""
    site.configure(views={"hot": 45, "feeds": ["all"]})
    for number, quality in enumerate((30, 10, 40)):
        provider = {"name": f"Herald {number}"}
        title = "Amber lighthouse outgrows the harbour again"
        site.write(f"{number}.md", item(title, f"https://news.example/{number}", provider=provider, quality=quality))
        site.render()
    before = site.documents()
    assert b"lead" not in before["hot/atom.xml"]
    lose_the_ledger(site)
    site.render()
    assert site.documents() == before


def test_a_file_that_is_withheld_or_moved_after_the_loss_is_told_apart(site: Site) -> None:
    fill(site)
    site.render()
    before = site.entries()
    lose_the_ledger(site)
    (site.seeds / "loose.md").rename(site.seeds / "moved.md")
    site.write("gone.md", item("Gone", "https://news.example/gone", published=False))
    site.render()
    after = site.entries()
    assert after.keys() == {"Linked", "Loose"}
    assert all(
        (after[title].id, after[title].published) == (before[title].id, before[title].published) for title in after
    )


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("recovery/entries-00.bin", "recovery/entries-00.bin"),
        ("recovery", "recovery/entries-00.bin"),
        ("atom.xml", "atom.xml"),
    ],
)
def test_what_was_published_and_cannot_be_read_refuses(site: Site, path: str, named: str) -> None:
    """Else an entry whose file was moved would get another id."""

    def act() -> None:
        site.configure(recover_index=path != "atom.xml")
        site.write("a.md", item("A"))
        site.render()
        before = tree(site.feeds)
        shutil.rmtree(site.state)
        mode = (site.feeds / path).stat().st_mode
        (site.feeds / path).chmod(0)
        refused = site.render(status=3).refused or ""
        (site.feeds / path).chmod(mode)
        assert refused.startswith(f"{named} in the feeds' directory cannot be read. Nothing was changed.")
        assert tree(site.feeds) == before
        assert site.render().remarks[0].startswith("there was ")

    unprivileged(act)


@pytest.mark.parametrize("folder", [".", "recovery"])
def test_feeds_behind_a_link_that_leads_nowhere_may_be_there(site: Site, folder: str) -> None:
    """It may stand for a disk that is not mounted: dates that only the feeds know would change."""
    site.now = datetime(2026, 1, 2, 12, tzinfo=UTC)
    site.write("a.md", item("A", "https://news.example/a", None))
    site.render()
    before = site.documents()
    lose_the_ledger(site)
    linked = site.feeds / folder
    linked.rename(site.root / "disk")
    linked.symlink_to("/nowhere")
    refused = site.run("render")
    assert refused.status == 3
    assert "recovery/entries-00.bin in the feeds' directory cannot be read. Nothing was changed." in refused.err
    linked.unlink()
    (site.root / "disk").rename(linked)
    site.now += timedelta(hours=1)
    site.render()
    assert site.documents() == before


def test_a_damaged_part_is_said_and_the_others_count(site: Site) -> None:
    fill(site)
    site.render()
    before = site.ids()
    lose_the_ledger(site)
    (site.feeds / "recovery/feeds-00.bin").write_bytes(b"feedd recovery index 1\nx")
    (remark,) = site.render().remarks
    assert "Damaged or missing: recovery/feeds-00.bin; what the feeds show was taken over instead" in remark
    assert site.ids() == before


@pytest.mark.parametrize("damage", [b"feedd recovery index 1\nx", None], ids=["damaged", "missing"])
@pytest.mark.parametrize("part", [0, 1])
def test_each_part_that_can_be_read_counts(site: Site, tmp_path: Path, part: int, damage: bytes | None) -> None:
    """Also where the first cannot be read, which would say how many there are."""
    for number in range(3):
        authority = "feeds.example,2025"
        for kind, data in (
            ("entries", encode_entries(authority, 4, [ShownEntry(f"tag:{number}", None, b"", 0, 0)])),
            ("feeds", encode_feeds(authority, 4, ())),
        ):
            site.feeds.joinpath("recovery").mkdir(parents=True, exist_ok=True)
            (site.feeds / f"recovery/{kind}-0{number}.bin").write_bytes(data)
    path = site.feeds / f"recovery/entries-0{part}.bin"
    path.unlink() if damage is None else path.write_bytes(damage)
    found = read_index(FolderCopy(site.feeds))
    assert found is not None
    assert {each.id for each in found.entries} == {"tag:0", "tag:1", "tag:2"} - {f"tag:{part}"}
    assert found.damaged == (f"recovery/entries-0{part}.bin", "recovery/entries-03.bin", "recovery/feeds-03.bin")


@pytest.mark.parametrize("part", ["entries", "feeds"])
@pytest.mark.parametrize("damage", [b"feedd recovery index 1\nx", None], ids=["damaged", "missing"])
def test_where_a_part_is_damaged_the_feeds_count(site: Site, part: str, damage: bytes | None) -> None:
    """No date of an entry that they show changes, what had left does not come back, and what may be old is not new."""
    site.configure(limit=2)
    for number in range(5):
        site.now = datetime(2026, 1, 1 + number, 12, tzinfo=UTC)
        link = f"https://news.example/{number}" if number % 2 else None
        site.write(f"{number}.md", item(f"Item {number}", link, None))
        site.render()
    (site.seeds / "3.md").unlink()
    site.render()
    before = seen(site.feeds)
    lose_the_ledger(site)
    path = site.feeds / f"recovery/{part}-00.bin"
    path.unlink() if damage is None else path.write_bytes(damage)
    planned = site.run("plan")
    assert "Subscribers would see nothing new." in planned.out, planned
    site.now += timedelta(hours=1)
    site.render()
    assert seen(site.feeds) == before
    site.write("new.md", item("New", "https://news.example/new", None))
    site.render()
    assert site.titles() == {"Item 4", "New"}


def test_an_index_of_which_nothing_can_be_read_is_named(site: Site) -> None:
    site.write("a.md", item("A", "https://news.example/a"))
    site.render()
    lose_the_ledger(site)
    for path in (site.feeds / "recovery").iterdir():
        path.write_bytes(path.read_bytes().replace(b"index 1", b"index 2"))
    said = (
        "the recovery index cannot be read (recovery/entries-00.bin, recovery/feeds-00.bin are damaged, or of a newer "
        "feedd): 1 entry"
    )
    assert said in site.run("plan").out
    (remark,) = site.render().remarks
    assert said in remark
    shutil.copytree(site.feeds / "recovery", site.root / "copy/recovery")
    for path in (site.root / "copy/recovery").iterdir():
        path.write_bytes(b"feedd recovery index 2\n")
    lose_the_ledger(site)
    shutil.rmtree(site.feeds)
    refused = site.run("render", "--recover", "copy")
    assert refused.status == 3
    assert (
        "nothing to take over (recovery/entries-00.bin, recovery/feeds-00.bin are damaged, or of a newer" in refused.err
    )


def test_start_over_begins_anew_although_there_is_an_index(site: Site) -> None:
    site.write("a.md", item("A", None, None))
    site.render()
    (site.seeds / "a.md").rename(site.seeds / "b.md")
    site.render()
    before = site.ids()
    site.run("render", "--start-over", "--nobody-subscribed")
    assert site.ids() != before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--recover", "--start-over", "--nobody-subscribed"),
            "--recover goes on with published ids",
        ),
        (("--first", "--start-over", "--nobody-subscribed"), "give one of both"),
        (("--recover", "ftp://feeds.example/"), "'ftp://feeds.example/' is none of https://HOST/PATH"),
        (("--recover", "https://ada:secret@feeds.example/"), "no user name and password may stand before the host"),
        (("--recover", "https://[::1/"), "expected an http or https URL without ? and #"),
        (("--recover", "https://feeds.example/?a=1"), "expected an http or https URL without ? and #"),
    ],
)
def test_options_that_contradict_one_another_are_refused(site: Site, arguments: tuple[str, ...], words: str) -> None:
    result = site.run("render", *arguments)
    assert result.status == 2
    assert words in result.err
    assert not site.state.exists()


def without_index(site: Site) -> None:
    """Leaves feeds as a feedd without an index would, and no ledger."""
    site.configure(recover_index=False, limit=2)
    lose_the_ledger(site)
    shutil.rmtree(site.feeds / "recovery", ignore_errors=True)


def test_without_an_index_the_feeds_count_and_an_unknown_item_without_a_date_is_old(site: Site) -> None:
    site.configure(recover_index=False, limit=2)
    site.write("old.md", item("Old", None, None, body="The first text."))
    site.now = datetime(2026, 1, 1, tzinfo=UTC)
    site.render()
    for number in (2, 3):
        site.now += timedelta(days=1)
        site.write(f"{number}.md", item(f"Item {number}", None, None))
        site.render()
    (site.seeds / "3.md").rename(site.seeds / "moved.md")
    site.render()
    before = site.entries()
    assert before.keys() == {"Item 2", "Item 3"}
    site.write("withheld.md", item("Withheld", None, None, published=False))  # nobody is told that it is not new
    without_index(site)
    site.now += timedelta(days=1)
    remarks = site.render().remarks
    assert "2 entries in" in remarks[0]
    assert remarks[1].startswith("1 item without a date")
    after = site.entries()
    assert {title: (each.id, each.published) for title, each in after.items()} == {
        title: (each.id, each.published) for title, each in before.items()
    }


@pytest.mark.parametrize("formats", [["rss", "atom"], ["json", "rss", "atom"]], ids=["rss", "json"])
def test_the_ids_of_atom_count_whatever_format_comes_first(site: Site, formats: list[str]) -> None:
    """In RSS and JSON Feed, an id of another publisher may be no URI."""
    site.configure(recover_index=False, formats=formats, limit=1)
    site.write("a.md", item("A", "https://news.example/a", "2026-01-01", guid="an id", topics=["T"]))
    site.write("b.md", item("B", "https://news.example/b", "2026-01-02", guid="id 2", topics=["U"]))
    site.render()
    before = site.documents()
    lose_the_ledger(site)
    site.render()
    assert site.documents() == before


def test_feeds_with_entities_are_not_taken_over(site: Site) -> None:
    site.configure(formats=["atom"], recover_index=False)
    site.write("a.md", item("A", "https://news.example/a"))
    site.render()
    without_index(site)
    feed = site.feeds / "atom.xml"
    feed.write_bytes(feed.read_bytes().replace(b"?>", b'?><!DOCTYPE feed [<!ENTITY a "b">]>', 1))
    (remark, *_) = site.render().remarks
    assert "Damaged, and not taken over: atom.xml" in remark


def test_a_copy_is_taken_over_from_a_folder_and_a_missing_one_refuses(site: Site) -> None:
    fill(site)
    site.render()
    before = site.documents()
    lose_the_ledger(site)
    site.feeds.rename(site.root / "copy")
    refused = site.run("render", "--recover", "nowhere")
    assert (refused.status, "nowhere is no folder" in refused.err) == (3, True)
    assert site.run("render", "--recover", "copy").status == 0
    assert site.documents() == before
    (remark,) = site.render("--recover", "nowhere").remarks  # there is a ledger
    assert remark.startswith("there is a ledger, so --recover did nothing: nothing was taken over.")
    assert site.render("--first").remarks == ("there is a ledger, so --first did nothing.",)


def test_a_render_too_early_after_a_loss_is_made_good_as_the_remark_says(site: Site) -> None:
    site.now = datetime(2026, 1, 1, tzinfo=UTC)
    fill(site)
    site.render()
    before = site.documents()
    lose_the_ledger(site)
    site.feeds.rename(site.root / "copy")
    site.now += timedelta(days=1)
    site.render()
    assert site.documents() != before
    (remark,) = site.render("--recover", "copy").remarks
    assert "move ledger.sqlite3 out of the state directory" in remark
    site.ledger.unlink()
    site.render("--recover", "copy")
    assert site.documents() == before


def test_a_plan_without_a_ledger_says_so_and_begins_with_what_is_taken_over(site: Site) -> None:
    fill(site)
    site.render()
    for lose in (lambda: site.ledger.write_bytes(b"no ledger" * 999), site.ledger.unlink):
        lose()
        planned = site.run("plan")
        assert planned.status == 0
        assert "a render would say: there was no ledger: 3 entries in" in planned.out
        assert "Subscribers would see nothing new." in planned.out
        assert "everything counts as new" not in planned.out
    site.feeds.rename(site.root / "copy")
    assert "everything counts as new. If anything was published, `feedd plan --recover`" in site.run("plan").out
    assert "everything counts as new" not in site.run("plan", "--recover", "copy").out


def test_a_damaged_ledger_is_said_in_a_plan_and_a_preview_has_the_ids_that_are_published(site: Site) -> None:
    fill(site)
    site.render()
    ids = site.ids()
    (site.seeds / "loose.md").rename(site.seeds / "moved.md")
    site.render()
    site.ledger.write_bytes(b"no ledger" * 999)
    assert "a render would say: the ledger is damaged (" in site.run("plan").out
    assert "the ledger is damaged (" in site.run("status").err
    for command in (("why", "seeds/moved.md"), ("top", "all"), ("top", "all", "--format", "json")):
        answered = site.run(*command)
        assert answered.status == 0
        assert "the ledger is damaged (" in answered.err
        assert "the ledger is damaged" not in answered.out
    assert site.run("render", "--preview", "shown").status == 0
    shown = (site.root / "shown/atom.xml").read_text()
    assert all(each in shown for each in ids.values())
    assert site.ledger.read_bytes() == b"no ledger" * 999


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>not found</html>",
        MARK,
        MARK + zlib.compress(b"\xc1"),
        MARK + zlib.compress(b"\x93\xa1a\x01\x90")[:-2],
        MARK + zlib.compress(b"\x93\xa1a\x01\x90") + b"more",
        MARK + zlib.compress(b"\x93\xa1a\x00\x90"),
        MARK + zlib.compress(bytes(65 << 20), 1),
    ],
    ids=["nothing", "a page", "cut", "no msgpack", "broken off", "more after it", "no parts", "too large"],
)
def test_what_is_no_part_of_an_index_is_refused(data: bytes) -> None:
    assert decode_entries(MARK + zlib.compress(b"\x93\xa1a\x01\x90")).entries == ()
    with pytest.raises(NoIndex):
        decode_entries(data)


def test_entries_that_no_ledger_can_have_are_passed_over(site: Site) -> None:
    fill(site)
    site.render()
    before = site.ids()
    entries, _ = index_of(site)
    odd = [replace(each, id=f"{each.id}{number}") for each in entries for number in (1, 2)]
    odd += [replace(each, link=None, published=each.published + 1) for each in entries]
    (site.feeds / "recovery/entries-00.bin").write_bytes(encode_entries("feeds.example,2026", 1, [*entries, *odd]))
    lose_the_ledger(site)
    assert "3 entries" in site.render().remarks[0]
    assert site.ids() == before
