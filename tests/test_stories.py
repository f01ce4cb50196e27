"""Stories in a whole site: who shows whom, what that moves and what it does not, and when nothing is written."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import Site, assert_in_step, item, looks
from test_promises import publisher, settings_with

from feedd.decide.records import EntryFile
from feedd.decide.stories.matching import CONTEXT_WINDOWS, MAX_KEY_USERS, KeyedEntry, Pair, split_keys
from feedd.decide.stories.story_settings import StorySettings
from feedd.run.update.tell_stories import StoryUpdater
from feedd.store.ledger.database import connect
from feedd.store.ledger.file_rows import FileRows
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.story_rows import StoryRows

ROOT = Path(__file__).resolve().parent.parent
TITLE = "Amber lighthouse outgrows the narrow harbour again"
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def told(name: str, *related: str, **fields: Any) -> str:
    """The text of an item with a link of its own, that lists others as related."""
    listed = [{"title": f"About {each}", "webUrl": f"https://{each}.example/"} for each in related]
    fields = {"title": f"Title {name}", "provider": f"Provider {name}", "related": listed or None} | fields
    return item(link=f"https://{name}.example/", **fields)


def content(site: Site, title: str) -> str:
    return site.entries()[title].content[0].value


def content_of(folder: Path) -> dict[Path, bytes]:
    """The bytes of every document below a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Who shows whom


def test_the_lead_shows_the_others_after_what_it_lists_itself(site: Site) -> None:
    site.write("lead.md", told("lead", "elsewhere", "second", quality=50))
    site.write("second.md", told("second", quality=40, date="2024-05-02T12:00:00Z"))
    site.write("third.md", told("third", "second", quality=40, date="2024-05-01T13:00:00Z"))
    site.render()
    shown = content(site, "Title lead")
    assert shown.count("second.example") == 1
    assert shown.index("elsewhere.example") < shown.index("second.example") < shown.index("third.example")
    assert "Title third" in shown
    assert "Provider third" in shown
    assert "lead.example" not in content(site, "Title second")
    assert_in_step(site)


def test_nobody_shows_what_is_withheld(site: Site) -> None:
    site.write("lead.md", told("lead", quality=50))
    site.write("withheld.md", told("withheld", "lead", published=False))
    site.write("embargoed.md", told("embargoed", "lead", date="2999-01-01T00:00:00Z"))
    site.write("folded.md", told("folded", "lead", heat=-1, published=False))
    site.write("unfolded.md", told("unfolded", "lead", heat=-1))
    site.render()
    assert site.titles() == {"Title lead"}
    assert "Title unfolded" in content(site, "Title lead")
    for name in ("withheld", "embargoed", "folded"):
        assert all(name.encode() not in data.replace(b"unfolded", b"") for data in site.documents().values())
    assert "heat       60: quality 50 + 10 for 1 further provider on the story (Provider unfolded)" in (
        site.run("why", "lead.md").out
    )
    with closing(sqlite3.connect(site.ledger)) as db:
        assert db.execute("SELECT coverage FROM entries WHERE shown").fetchall() == [(1,)]


def test_a_folded_item_is_shown_under_its_lead_and_nowhere_else(site: Site) -> None:
    site.write("lead.md", told("lead", quality=10))
    site.write("folded.md", told("folded", "lead", heat=-1, quality=90))
    report = site.render()
    assert (report.entries, report.withheld) == (1, 1)
    assert "Title folded" in content(site, "Title lead")
    site.write("folded.md", told("folded", "lead", quality=90))
    site.render()
    assert site.titles() == {"Title lead", "Title folded"}
    assert_in_step(site)


@pytest.mark.parametrize("change", ["withheld", "deleted", "damaged beyond reading", "told apart", "retitled"])
def test_a_change_of_a_member_shows_in_the_lead(site: Site, change: str) -> None:
    site.write("lead.md", told("lead", quality=50))
    other = site.write("other.md", told("other", "lead", quality=10))
    site.render()
    before = content(site, "Title lead")
    updated = site.entries()["Title lead"].updated
    assert "Title other" in before
    if change == "deleted":
        other.unlink()
    elif change == "damaged beyond reading":
        site.write("other.md", "---\npublished: false\ntitle: [\n---\n")
    else:
        fields = {"withheld": {"published": False}, "retitled": {"title": "Another"}}.get(change, {})
        site.write("other.md", told("other", *(["lead"] if fields else []), quality=10, **fields))
    site.render()
    after = content(site, "Title lead")
    assert "Title other" not in after
    assert ("Another" in after) == (change == "retitled")
    assert site.entries()["Title lead"].updated == updated
    assert_in_step(site)


def test_the_lead_stays_the_lead_when_a_better_one_comes(site: Site) -> None:
    site.write("first.md", told("first", quality=10))
    site.render()
    site.write("better.md", told("better", "first", quality=90))
    site.render()
    assert "Title better" in content(site, "Title first")
    assert "Title first" not in content(site, "Title better")
    (site.seeds / "first.md").unlink()
    site.render()
    site.write("first.md", told("first", quality=95))
    site.render()
    assert "Title better" not in content(site, "Title first")
    assert_in_step(site)


def test_equal_titles_are_one_story_unless_that_is_switched_off(site: Site) -> None:
    site.write("a.md", told("a", title=TITLE, quality=50))
    site.write("b.md", told("b", title=f"{TITLE}!", quality=40))
    site.render()
    assert "b.example" in content(site, TITLE)
    site.configure(stories={"titles": False})
    site.render()
    assert "b.example" not in content(site, TITLE)
    assert_in_step(site)


def test_a_narrower_window_parts_a_story(site: Site) -> None:
    site.write("a.md", told("a", quality=50))
    site.write("b.md", told("b", "a", quality=40, date="2024-05-03T12:00:00Z"))
    site.render()
    assert "b.example" in content(site, "Title a")
    site.configure(stories={"window": "1d"})
    site.render()
    assert "b.example" not in content(site, "Title a")


# Heat


def test_each_further_provider_on_the_story_adds_heat_to_its_lead(site: Site) -> None:
    site.write("lead.md", told("lead", quality=50))
    site.write("other.md", told("other", quality=65))
    site.render()
    assert list(site.entries()) == ["Title other", "Title lead"]
    for name in ("second", "third"):
        site.write(f"{name}.md", told(name, "lead", quality=1))
    report = site.render()
    assert list(site.entries())[:2] == ["Title lead", "Title other"]
    assert report.moved == '1 story changed: "Title lead" now covered by 3 providers; 1 entry has another rank'
    assert_in_step(site)


def test_an_edit_that_moves_no_story_and_no_rank_says_nothing_of_them(site: Site) -> None:
    site.write("a.md", told("a"))
    assert site.render().moved == ""
    site.write("a.md", told("a", body="Other words."))
    assert site.render().moved == ""
    site.write("a.md", told("a", heat=70))
    assert site.render().moved == "1 entry has another rank"


# Folding what was not published yet


def test_what_has_a_lead_before_it_is_published_is_folded_if_so_configured(site: Site) -> None:
    site.configure(stories={"fold_published": True})
    site.write("a.md", told("a", quality=10))
    site.render()
    site.write("b.md", told("b", "a", quality=90, topics=["Its own"]))
    report = site.render()
    assert (report.entries, report.withheld, report.withdrawn) == (1, 1, 0)
    assert site.titles() == {"Title a"}
    assert not (site.feeds / "topics").exists()
    assert "Title b" in content(site, "Title a")
    assert "folded under" in site.run("why", "b.md").out
    assert_in_step(site)
    (site.seeds / "a.md").unlink()
    site.render()
    assert site.titles() == {"Title b"}
    assert_in_step(site)


def test_what_was_folded_without_a_lead_is_published_when_it_no_longer_asks_for_it(site: Site) -> None:
    site.configure(stories={"fold_published": True})
    site.write("a.md", told("a", heat=-1))
    site.render()
    assert site.titles() == set()
    site.write("a.md", told("a"))
    site.render()
    assert site.titles() == {"Title a"}
    assert_in_step(site)


def test_what_no_longer_tells_anything_leaves_its_story_wherever_it_goes(site: Site) -> None:
    site.write("lead.md", told("lead", quality=50))
    site.write("other.md", told("other", "lead", quality=10))
    site.render()
    site.write("other.md", item("Other", date="2024-01-01T12:00:00Z"))
    site.render()
    assert "Other" not in content(site, "Title lead")
    with closing(sqlite3.connect(site.ledger)) as db:
        assert db.execute("SELECT count(story), sum(coverage) FROM entries").fetchone() == (0, 0)
        assert db.execute("SELECT count(*) FROM story_keys").fetchone() == (1,)


def test_what_was_published_stays_when_it_gets_a_lead(site: Site) -> None:
    site.configure(stories={"fold_published": True})
    site.write("a.md", told("a", quality=10))
    site.write("b.md", told("b", quality=90))
    site.render()
    site.write("a.md", told("a", "b", quality=10))
    site.render()
    assert site.titles() == {"Title a", "Title b"}
    assert "Title a" in content(site, "Title b")
    site.configure(stories={"fold_published": False})
    site.render()
    assert_in_step(site)


def test_a_clock_that_went_back_parts_no_story_and_loses_no_entry(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    stories = StorySettings(fold_published=True)

    def write(name: str, *related: str, hours: int, **fields: Any) -> None:
        date = f"{NOON - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
        (tmp_path / f"seeds/{name}.md").write_text(told(name, *related, date=date, **fields))

    def shows_it() -> list[bool]:
        paths = ("feeds/atom.xml", "feeds/topics/harbours/atom.xml")
        return [b"Title folded" in (tmp_path / path).read_bytes() for path in paths]

    with publisher(tmp_path, stories=stories) as opened:
        write("lead", "one", hours=3, quality=90, topics=["Harbours"])
        opened.publish(NOON)
        write("folded", "one", "two", hours=1, quality=10)
        opened.publish(NOON)
        write("other", "two", hours=4, quality=20)
        opened.publish(NOON - timedelta(hours=2), touched=["other.md"])
        assert shows_it() == [True, True]
        opened.publish(NOON - timedelta(hours=2), touched=["folded.md"])
        assert shows_it() == [True, True]
        before = content_of(tmp_path / "feeds")
        shutil.rmtree(tmp_path / "feeds")
        opened.publish(NOON - timedelta(hours=2))
        assert content_of(tmp_path / "feeds") == before
        (tmp_path / "seeds/lead.md").unlink()
        (tmp_path / "seeds/other.md").unlink()
        opened.publish(NOON - timedelta(hours=2))
        assert b"Title folded" in (tmp_path / "feeds/atom.xml").read_bytes()


# However the items came


def stories_of(ledger: Path) -> set[frozenset[str]]:
    """The stories of several entries, by the paths of their files."""
    found: dict[int, set[str]] = {}
    with closing(sqlite3.connect(ledger)) as db:
        sql = "SELECT e.story, f.path FROM entries e JOIN files f ON f.file = e.file WHERE e.story IS NOT NULL"
        for story, path in db.execute(sql):
            found.setdefault(story, set()).add(path)
    return set(map(frozenset, found.values()))


ITEMS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["0", "1", "2", "shared", "shared"]), max_size=2),
        st.sampled_from([None, TITLE]),
        st.integers(0, 50),
        st.sampled_from([None, 10, 50]),
        st.sampled_from([None, None, -1]),
        st.booleans(),
    ),
    min_size=2,
    max_size=9,
)


@given(ITEMS, st.data())
@settings(max_examples=25, deadline=None)
def test_the_same_items_tell_the_same_stories_in_whatever_portions_they_come(
    tmp_path_factory: pytest.TempPathFactory, items: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("stories")
    (root / "seeds").mkdir()
    order = data.draw(st.permutations(range(len(items))))
    with publisher(root, "slowly", "slow-state") as opened:
        for number in order:
            related, title, day, quality, heat, listed = items[number]
            text = told(
                str(number),
                *related,
                date=f"{NOON + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}",
                quality=quality,
                heat=heat,
                published=listed,
                **({"title": title} if title else {}),
            )
            path = root / "seeds" / f"{number}.md"
            if data.draw(st.booleans()):  # first it says something else
                path.write_text(told(str(number), "shared", title=TITLE))
                opened.publish(NOON + timedelta(days=60), touched=[path.name])
            path.write_text(text)
            if data.draw(st.booleans()):
                opened.publish(NOON + timedelta(days=60), touched=[path.name])
        opened.publish(NOON + timedelta(days=60))
    with publisher(root, "at-once", "new-state") as opened:
        opened.publish(NOON + timedelta(days=60))
    assert stories_of(root / "slow-state/ledger.sqlite3") == stories_of(root / "new-state/ledger.sqlite3")
    shutil.rmtree(root)


KEYED = st.lists(
    st.builds(
        KeyedEntry,
        st.integers(0, 60),
        st.integers(1, 80),
        st.lists(st.sampled_from([b"aaaa", b"aaaa", b"bbbb", b"cccc"]), min_size=1, max_size=3).map(b"".join),
    ),
    max_size=60,
    unique_by=lambda each: each.entry,
)


def pairs_among(rows: list[KeyedEntry], window: int) -> set[Pair]:
    """Those that have a key in common and near dates, unless a crowd has it in the window before the later."""
    found = set()
    for one in rows:
        for other in rows:
            for key in {*split_keys(one.keys)} & {*split_keys(other.keys)}:
                crowd = [each for each in rows if key in split_keys(each.keys)]
                before = [each for each in crowd if other.published - window <= each.published <= other.published]
                if one in before and one[:2] < other[:2] and len(before) <= MAX_KEY_USERS:
                    found.add(Pair(one.entry, other.entry, key))
    return found


@given(KEYED, st.integers(0, 20), st.integers(0, 12), st.data())
@settings(max_examples=60, deadline=None)
def test_pairs_with_a_key_in_common_are_found_and_no_others(
    rows: list[KeyedEntry], window: int, wanted: int, data: st.DataObject
) -> None:
    keys = StoryRows(connect(None))
    keys.keep([each.entry for each in rows], rows)
    expected = pairs_among(rows, window)
    assert set(keys.all_pairs(window)) == expected
    few = {each.entry for each in rows[:wanted]}
    assert keys.pairs(rows[:wanted], window) == {pair for pair in expected if few & {pair.one, pair.other}}
    later = [each._replace(published=data.draw(st.integers(0, 60))) for each in rows[: wanted // 2]]
    changed = keys.changed(*keys.keep(sorted(few), later), window)
    assert set(keys.all_pairs(window)) == pairs_among([*later, *rows[wanted:]], window)
    assert changed == expected ^ set(keys.all_pairs(window))


class CountingFiles(FileRows):
    """Counts the entries of which the files are read."""

    read = 0

    def entry_files(self, entries: Sequence[int]) -> dict[int, list[EntryFile]]:
        self.read += len(entries)
        return super().entry_files(entries)


@pytest.mark.parametrize(
    ("number", "lists", "days", "most"),
    [
        (60, lambda _: "home", 0.1, 1),  # a crowd: only itself
        (150, lambda at: str(at - 1), 1, 2 * CONTEXT_WINDOWS * 7 + 15),  # a chain: what lies within reach
    ],
)
def test_only_entries_near_a_change_are_read(
    tmp_path: Path, number: int, lists: Callable[[int], str], days: float, most: int
) -> None:
    (tmp_path / "seeds").mkdir()
    for at in range(number):
        date = f"{NOON + timedelta(days=at * days):%Y-%m-%dT%H:%M:%SZ}"
        (tmp_path / f"seeds/{at}.md").write_text(told(str(at), lists(at), date=date))
    with publisher(tmp_path) as opened:
        opened.publish(NOON + timedelta(days=200))
    with closing(sqlite3.connect(tmp_path / "state/ledger.sqlite3")) as db:
        ledger = LedgerSession(db)
        ledger.files = files = CountingFiles(db)
        telling = StoryUpdater(ledger, settings_with(), NOON + timedelta(days=200))
        entry = ledger.entries.find(path=f"{number // 2}.md")
        assert entry is not None
        story, items = telling.around(entry, withheld_too=False)
    assert entry in items
    assert len(story.members) <= 8
    assert 1 <= files.read <= most


# Quiet


def test_reconciling_writes_nothing_until_something_happens(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    for number in range(6):
        (tmp_path / f"seeds/{number}.md").write_text(told(str(number), "0", quality=10 * number))
    due = NOON + timedelta(days=20)
    (tmp_path / "seeds/due.md").write_text(told("due", "0", date=f"{due:%Y-%m-%dT%H:%M:%SZ}"))
    with publisher(tmp_path) as opened:
        now = NOON + timedelta(days=1)
        opened.publish(now)
        opened.publish(now)  # what changed as it was looked at is looked at again
        before, ledger = looks(tmp_path / "feeds"), (tmp_path / "state/ledger.sqlite3").read_bytes()
        for _ in range(1000):
            now += timedelta(minutes=25)
            report = opened.publish(now)
            assert not (report.written or report.deleted or report.moved)
        assert looks(tmp_path / "feeds") == before
        assert (tmp_path / "state/ledger.sqlite3").read_bytes() == ledger
        assert opened.publish(due).written
        assert not opened.publish(due + timedelta(hours=1)).written
        (tmp_path / "seeds/0.md").unlink()
        assert opened.publish(due + timedelta(hours=2)).written


def test_thirty_days_write_only_when_an_item_comes_changes_falls_due_or_is_withdrawn(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/0.md").write_text(told("0"))
    happened = waiting = wrote = documents = 0
    with publisher(tmp_path) as opened:
        opened.publish(NOON)
        opened.publish(NOON)
        for step in range(1, 30 * 24 * 6):
            now = NOON + timedelta(minutes=10 * step)
            path = tmp_path / f"seeds/{step}.md"
            acts = step % 144 == 0
            if acts and step % 720 == 0:
                (tmp_path / f"seeds/{step - 144}.md").unlink()
            elif acts:
                later = now + timedelta(hours=5) if step % 432 == 0 else now
                path.write_text(told(str(step), str(step - 144), date=f"{later:%Y-%m-%dT%H:%M:%SZ}", quality=step % 97))
            falls_due = step % 144 == 30 and (step - 30) % 432 == 0 and (step - 30) % 720 != 0 and step > 30
            report = opened.publish(now)
            allowed = acts or falls_due or bool(report.read)
            assert allowed or not (report.written or report.deleted or report.moved), (step, report)
            happened += acts or falls_due
            waiting += acts and step % 720 != 0 and step % 432 == 0
            wrote += bool(report.written)
            documents += len(report.written)
    print(f"{step:,} passes, {happened} times something happened, {wrote} of them wrote {documents} documents")
    assert wrote == happened - waiting


# The example items


@pytest.fixture
def examples(site: Site) -> Site:
    shutil.rmtree(site.seeds)
    shutil.copytree(ROOT / "seeds", site.seeds)
    site.render()
    return site


LIVING = "2020-11-27-combining-cell-engineering-with-machine-learning-to-design-living-medicines-for-cancer.md"
PATTERNS = "2019-12-03-deep-learning-identifies-molecular-patterns-of-cancer.md"
FOLDED = "2023-05-03-researchers-develop-a-deep-learning-model-to-classify-cancer-cells-by-type.md"
NETWORK = "2023-05-03-deep-learning-network-predicts-cancer-cells-metastatic-potential.md"


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            LIVING,
            (
                (
                    "heat       71, set in the file; its quality, 51, and 2 further providers on the story "
                    "(Digi Times, Help Net Security) are not used for it"
                ),
                "key        9302.646: 6.150 for its heat (log2 of 71) + 9296.496 for its date (1 for each 2 d",
                "place 1 of 2",
                "below it       Deep learning identifies molecular patterns of cancer",
            ),
        ),
        (
            PATTERNS,
            (
                (
                    "heat       69, set in the file; its quality, 59, and 1 further provider on the story "
                    "(Health Data Management) are not used for it"
                ),
                "place 2 of 2",
                "above it       Combining cell engineering",
                "; it is newer by more than any heat makes up for",
            ),
        ),
        (
            FOLDED,
            (
                "heat       -1, set in the file: it is to be shown under the lead of its story alone",
                'story      folded under "Deep Learning Network Predicts Cancer Cells',
                f"(seeds/{NETWORK}, which is withheld itself: the file says `published: false`)",
                "withheld   the file says `published: false`",
            ),
        ),
        (NETWORK, ("story      leads 1 other: Researchers develop a deep learning model", "heat       39, ")),
    ],
)
def test_why_says_what_the_place_of_an_example_comes_from(examples: Site, path: str, lines: tuple[str, ...]) -> None:
    said = examples.run("why", path).out
    assert not [line for line in lines if line not in said], said


def test_examples_of_one_age_are_ordered_by_their_heat(site: Site) -> None:
    for path in (LIVING, PATTERNS):
        text = (ROOT / "seeds" / path).read_text()
        date = next(line for line in text.splitlines() if line.startswith("publishedDateTime"))
        site.write(path, text.replace(date, "publishedDateTime: 2024-05-01T12:00:00Z", 1))
    site.render()
    assert [title.split()[0] for title in site.entries()] == ["Combining", "Deep"]
    for path, heat in ((LIVING, 71), (PATTERNS, 69)):
        text = (site.seeds / path).read_text()
        site.write(path, text.replace(f"heat: {heat}\n", ""))
    site.render()
    assert [title.split()[0] for title in site.entries()] == ["Combining", "Deep"]
    assert "heat       71: quality 51 + 10 for each of 2 further providers" in site.run("why", LIVING).out


def test_why_says_what_an_item_of_unknown_quality_counts(site: Site) -> None:
    site.write("a.md", item("A"))
    site.render()
    assert (
        "heat       30: 30 where quality is unknown (`rank.unknown`); no further provider on the story"
        in site.run("why", "a.md").out
    )
