"""Histories: what a curator did, pass by pass, and what subscribers must have in the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from support import item, tree

from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.model import Report
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.items import ItemsDirectory
from feedd.store.state_directory import StateDirectory

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
LINK = "https://news.example/"


class History:
    """A site whose passes are made at times of the test's choosing, an hour apart unless it says otherwise."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seeds = root / "seeds"
        self.seeds.mkdir(parents=True)
        self.now = NOON
        self.settings = pass_settings(Config(authority="feeds.example,2026"))

    def write(self, path: str, text: str) -> None:
        (self.seeds / path).parent.mkdir(parents=True, exist_ok=True)
        (self.seeds / path).write_text(text)

    @contextmanager
    def publisher(self, feeds: str = "feeds", state: str = "state") -> Iterator[Publisher]:
        items = ItemsDirectory(self.seeds, (".md",), (".*",), 4096)
        with Publisher(
            items, FeedsDirectory(self.root / feeds), StateDirectory(self.root / state), self.settings
        ) as opened:
            yield opened

    def publish(self, after: timedelta = timedelta(hours=1)) -> Report:
        self.now += after
        with self.publisher() as publisher:
            return publisher.publish(self.now)

    def ids(self, folder: str = "") -> dict[str, str]:
        """The ids of a feed's entries, by their titles."""
        document = json.loads((self.root / "feeds" / folder / "feed.json").read_bytes())
        assert len({each["id"] for each in document["items"]}) == len(document["items"])
        return {each["title"]: each["id"] for each in document["items"]}

    def is_as_rendered_in_full(self) -> bool:
        """Whether a pass that reads, decides and renders everything again would leave these documents."""
        names = ("reading_inputs", "selection_inputs", "rendering_inputs", "entry_inputs", "digest_inputs")
        marks = dict.fromkeys(names, "other")
        before, self.settings = self.settings, replace(self.settings, **marks)
        (self.root / "copy").mkdir()
        for path in (self.root / "state").iterdir():
            (self.root / "copy" / path.name).write_bytes(path.read_bytes())
        with self.publisher("full", "copy") as publisher:
            publisher.publish(self.now)
        self.settings = before
        return tree(self.root / "full") == tree(self.root / "feeds")


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "site")


def test_an_entry_that_lost_its_link_keeps_its_id_when_another_takes_the_link(history: History) -> None:
    history.write("a.md", item("A", LINK + "x"))
    history.publish()
    old = history.ids()["A"]
    history.write("a.md", item("A", None))
    history.publish()
    history.write("b.md", item("B", LINK + "x"))
    history.publish()
    assert history.ids()["A"] == old
    assert history.ids()["B"] != old
    history.write("a.md", item("A", None))
    history.publish()
    assert history.ids()["A"] == old


def test_an_item_without_a_link_keeps_its_id_when_its_path_is_used_again_at_once(history: History) -> None:
    history.write("a.md", item("Old", None))
    history.publish()
    old = history.ids()["Old"]
    (history.seeds / "a.md").rename(history.seeds / "b.md")
    history.write("a.md", item("New", None))
    history.publish()
    assert history.ids()["Old"] == old
    assert history.ids()["New"] != old


def test_items_without_links_swap_names_unnoticed(history: History) -> None:
    history.write("a.md", item("A", None))
    history.write("b.md", item("B", None))
    history.publish()
    before = history.ids()
    history.write("a.md", item("B", None))
    history.write("b.md", item("A", None))
    history.publish()
    assert history.ids() == before


def test_an_item_with_and_one_without_a_link_swap_names_unnoticed(history: History) -> None:
    history.write("a.md", item("A", LINK + "a"))
    history.write("b.md", item("B", None))
    history.publish()
    before = history.ids()
    history.write("a.md", item("B", None))
    history.write("b.md", item("A", LINK + "a"))
    history.publish()
    assert history.ids() == before


def test_two_items_of_one_text_move_together_and_both_keep_their_ids(history: History) -> None:
    for name in ("a.md", "b.md"):
        history.write(name, item("Same", None))
    history.publish()
    before = sorted(each["id"] for each in json.loads((history.root / "feeds/feed.json").read_bytes())["items"])
    for name in ("a.md", "b.md"):
        (history.seeds / name).rename(history.seeds / f"moved-{name}")
    history.publish()
    assert sorted(each["id"] for each in json.loads((history.root / "feeds/feed.json").read_bytes())["items"]) == before


def test_many_duplicates_in_the_first_pass_leave_the_feed_full(history: History) -> None:
    history.settings = replace(history.settings, selection=replace(history.settings.selection, limit=3))
    for number in range(400):
        date = f"{NOON - timedelta(hours=number + 1):%Y-%m-%dT%H:%M:%SZ}"
        history.write(f"a{number:03}.md", item(f"Item {number}", f"{LINK}{number}", date=date))
    for number in range(3):
        duplicate = item(f"Better {number}", f"{LINK}{number}", date="2025-01-01", quality=99)
        history.write(f"b{number:03}.md", duplicate)
    history.publish()
    assert set(history.ids()) == {"Item 3", "Item 4", "Item 5"}


@pytest.mark.parametrize(("limit", "count"), [(1, 400), (1, 212), (3, 600), (5, 1000)])
def test_what_never_came_in_among_many_in_the_first_pass_stays_out_when_there_is_room(
    history: History, limit: int, count: int
) -> None:
    """The items are offered newest first, and in several portions, of which only the newest are held."""
    history.settings = replace(history.settings, selection=replace(history.settings.selection, limit=limit))

    def write(number: int, title: str) -> None:
        date = f"{NOON - timedelta(hours=number + 1):%Y-%m-%dT%H:%M:%SZ}"
        history.write(f"{number:04}.md", item(title, f"{LINK}{number}", date=date))

    for number in range(count):
        write(number, f"Item {number}")
    history.publish()
    assert set(history.ids()) == {f"Item {number}" for number in range(limit)}
    (history.seeds / "0000.md").unlink()
    history.publish()
    for number in range(limit, count):
        write(number, f"Item {number}, edited")
    history.publish()
    assert set(history.ids()) == {f"Item {number}" for number in range(1, limit)}


def test_an_update_announced_for_later_is_shown_when_its_time_comes(history: History) -> None:
    text = item("A", LINK + "a", date="2026-01-01", updatedDateTime="2026-01-10T14:30:00Z")
    history.write("a.md", text)
    history.publish()
    history.publish()
    assert "2026-01-10T14:30:00" not in (history.root / "feeds/atom.xml").read_text()
    history.publish()
    assert "2026-01-10T14:30:00" in (history.root / "feeds/atom.xml").read_text()
    assert history.is_as_rendered_in_full()


def test_a_wiki_link_follows_when_its_page_becomes_another_entry(history: History) -> None:
    history.write("a.md", item("A", LINK + "a"))
    history.write("c.md", item("C", LINK + "c", quality=90))
    history.write("d.md", item("D", LINK + "d", topics=["Apart"], body="See [[a]]."))
    history.publish()
    assert LINK + "a" in (history.root / "feeds/topics/apart/atom.xml").read_text()
    history.write("a.md", item("A", LINK + "c", quality=10))
    history.publish()
    assert LINK + "a" not in (history.root / "feeds/topics/apart/atom.xml").read_text()
    assert history.is_as_rendered_in_full()


def test_a_shown_entry_with_a_fraction_of_a_second_outlives_a_clock_set_back(history: History) -> None:
    history.write("a.md", item("A", LINK + "a", date="2026-01-10T12:30:00.500Z"))
    history.publish()
    assert set(history.ids()) == {"A"}
    history.write("a.md", item("A again", LINK + "a", date="2026-01-10T12:30:00.500Z"))
    history.publish(after=timedelta(hours=-1))
    assert set(history.ids()) == {"A again"}


def test_an_unreadable_document_does_not_stop_the_pass(history: History) -> None:
    history.write("a.md", item("A", LINK + "a"))
    history.publish()
    document = history.root / "feeds/atom.xml"
    before = document.read_bytes()
    for path in (history.root / "state").iterdir():
        path.unlink()
    document.chmod(0)
    report = history.publish()
    assert report.failed == ()
    assert document.read_bytes() == before


def test_documents_of_a_killed_pass_do_not_outlive_what_is_withheld_after_it(history: History) -> None:
    history.write("a.md", item("A", LINK + "a"))
    history.publish()
    history.write("b.md", item("Secret", LINK + "b", topics=["Fresh"]))

    class Killed(BaseException):
        pass

    def kill(stage: str, done: int, of: int) -> None:
        if stage == "publishing" and done == of:
            raise Killed

    items = ItemsDirectory(history.seeds, (".md",), (".*",), 4096)
    feeds, state = FeedsDirectory(history.root / "feeds"), StateDirectory(history.root / "state")
    with pytest.raises(Killed), Publisher(items, feeds, state, history.settings, kill) as publisher:
        publisher.publish(history.now)
    assert (history.root / "feeds/topics/fresh/rss.xml").exists()
    history.write("b.md", item("Secret", LINK + "b", topics=["Fresh"], published=False))
    history.settings = replace(history.settings, site=replace(history.settings.site, formats=("atom",)))
    history.publish()
    assert not [path for path, data in tree(history.root / "feeds").items() if b"Secret" in data]


@pytest.mark.parametrize(
    "broken",
    [
        "---\n  title: A\n  published: false\n  oops: [\n---\n",
        "---\n{title: A, published: false, bad: [}\n---\n",
        "---\ntitle: A\npublished:\n  false\nbad: [\n---\n",
        "---\ntitle: A\npublised: false\n---\n",
        "---\ntitle: A\ndraft: yes\nheat: hot\n---\n",
        f"---\ntitle: A\nx: {'y' * 3000}\npublished: false\n---\n{'z' * 3000}",
    ],
)
def test_a_broken_file_that_asks_to_be_withheld_is_withdrawn_at_once(history: History, broken: str) -> None:
    history.write("a.md", item("A", LINK + "a"))
    history.write("b.md", item("B", LINK + "b"))
    history.publish()
    history.write("a.md", broken)
    report = history.publish()
    assert len(report.problems) == 1
    assert set(history.ids()) == {"B"}


def test_somebody_elses_feed_beside_ours_is_left_alone(history: History) -> None:
    foreign = history.root / "feeds/topics/hugo/feed.json"
    foreign.parent.mkdir(parents=True)
    foreign.write_text('{"feed_url": "https://other.example/topics/hugo/feed.json", "items": []}')
    page = history.root / "feeds/index.html"
    page.write_text("my own page")
    history.write("a.md", item("A", LINK + "a"))
    report = history.publish()
    assert foreign.exists()
    assert page.read_text() == "my own page"
    assert [problem.path for problem in report.failed] == ["index.html"]
