"""Items that were in the feed of another publisher: their ids there become their ids here, and stay so."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import feedparser
import pytest
from lxml import etree
from support import Site, item, take_back, tree

from feedd.store.ledger.file_rows import FileRows

LINK, OTHER = "https://town.example/hello", "https://town.example/other"
OLD = "https://old.example/?p=77"
ATOM = "{http://www.w3.org/2005/Atom}"


def ids_in(site: Site, file: str) -> list[str]:
    """The ids in a document of all, as they stand there."""
    data = (site.feeds / file).read_bytes()
    if file == "feed.json":
        return [each["id"] for each in json.loads(data)["items"]]
    root = etree.fromstring(data)
    return [each.text or "" for each in root.iter("guid" if file == "rss.xml" else f"{ATOM}id")][file == "atom.xml" :]


def said(site: Site) -> list[str]:
    report = site.render()
    return [str(each) for each in (*report.problems, *report.notes)]


@pytest.fixture(autouse=True)
def configured(site: Site) -> None:
    site.configure()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"guid": OLD}, OLD),
        ({"guid": f"  {OLD}\n"}, OLD),
        ({"guid": "urn:uuid:60a76c80-d399-11d9-b93C-0003939e0af6"}, "urn:uuid:60a76c80-d399-11d9-b93C-0003939e0af6"),
        ({"guid": "yt:video:dQw4w9WgXcQ"}, "yt:video:dQw4w9WgXcQ"),
        ({"guid": "https://old.example/grüße?a=1&b=2"}, "https://old.example/grüße?a=1&b=2"),
        ({"id": "tag:old.example,2019:77"}, "tag:old.example,2019:77"),
        ({"guid": OLD, "id": "tag:old.example,2019:77"}, OLD),
    ],
)
def test_a_guid_or_an_id_that_is_a_uri_is_the_id_in_every_format_byte_for_byte(
    site: Site, fields: dict[str, str], expected: str
) -> None:
    site.write("a.md", item("Hello", LINK, **fields))
    site.render()
    assert [ids_in(site, file) for file in ("atom.xml", "rss.xml", "feed.json")] == [[expected]] * 3


@pytest.mark.parametrize(
    "value", ["RUSTSEC-2021-0001", "intro", 12, "doc:intro", ["a"], {"a": "b"}, "http://a b", "tag:"]
)
def test_an_id_that_is_no_uri_of_a_feed_is_passed_over_without_a_word(site: Site, value: object) -> None:
    site.write("a.md", item("Hello", LINK))
    site.render()
    (before,) = ids_in(site, "atom.xml")
    (site.state / "ledger.sqlite3").unlink()
    site.write("a.md", item("Hello", LINK, id=value))
    assert said(site) == []
    assert ids_in(site, "atom.xml") == [before]


@pytest.mark.parametrize(
    ("guid", "tag"),
    [
        ("show-12", "tag:feeds.example,2026:guid:show-12"),
        (12, "tag:feeds.example,2026:guid:12"),
        ("/2019/05/hello", "tag:feeds.example,2026:guid:/2019/05/hello"),
        ("Größe 1 & 100%", "tag:feeds.example,2026:guid:Gr%C3%B6%C3%9Fe%201%20&%20100%25"),
        ("a#b", "tag:feeds.example,2026:guid:a%23b"),
    ],
)
def test_a_guid_that_is_no_uri_stands_in_rss_and_json_as_it_is_and_in_atom_as_a_tag(
    site: Site, guid: object, tag: str
) -> None:
    site.write("a.md", item("Hello", LINK, guid=guid))
    site.render()
    assert ids_in(site, "atom.xml") == [tag]
    assert ids_in(site, "rss.xml") == ids_in(site, "feed.json") == [str(guid)]
    assert site.run("why", str(guid)).status == 0
    assert site.run("why", tag).status == 0


def test_a_guid_is_a_permalink_exactly_if_it_is_the_link(site: Site) -> None:
    site.write("a.md", item("Its link", LINK, guid=LINK))
    site.write("b.md", item("Another address", OTHER, guid=OLD))
    site.write("c.md", item("None of old", "https://town.example/new"))
    site.render()
    entries = feedparser.parse((site.feeds / "rss.xml").read_bytes()).entries
    assert {entry.title: entry.guidislink for entry in entries} == {
        "Its link": False,  # feedparser's name for: the guid stands in for a link that is missing
        "Another address": False,
        "None of old": False,
    }
    root = etree.fromstring((site.feeds / "rss.xml").read_bytes())
    assert {each.text: each.get("isPermaLink") for each in root.iter("guid")} == {
        LINK: "true",
        OLD: "false",
        next(each for each in ids_in(site, "rss.xml") if each.startswith("tag:")): "false",
    }


@pytest.mark.parametrize("guid", [["a"], {"value": "a"}, "a\u0007b", "two\nlines", "x" * 2049])
def test_a_guid_that_cannot_be_read_is_a_problem_since_another_id_would_stay(site: Site, guid: object) -> None:
    site.write("a.md", item("Hello", LINK, guid=guid))
    (problem,) = said(site)
    assert problem.startswith("seeds/a.md:5: guid: expected the id of an entry in its old feed")
    assert ids_in(site, "rss.xml") == []


def test_a_guid_and_an_id_that_differ_are_said(site: Site) -> None:
    site.write("a.md", item("Hello", LINK, guid=OLD, id="tag:old.example,2019:77"))
    assert said(site) == ["seeds/a.md:6: id: differs from `guid`, and `guid` counts"]


def test_an_id_stays_once_its_entry_is_published_and_a_guid_that_differs_is_a_note(site: Site) -> None:
    site.write("a.md", item("Hello", LINK))
    site.render()
    (minted,) = ids_in(site, "rss.xml")
    site.write("a.md", item("Hello", LINK, guid=OLD))
    late = f"seeds/a.md: {OLD} is not the id of its entry: the entry was published as {minted}, and keeps that"
    assert said(site) == [late]
    assert ids_in(site, "rss.xml") == [minted]
    assert late in site.run("why", "seeds/a.md").out
    site.write("a.md", item("Hello", LINK, guid=minted))
    assert said(site) == []
    site.write("a.md", item("Hello", LINK))
    assert said(site) == []


def test_an_entry_that_was_only_ever_withheld_takes_a_guid_that_comes_later(site: Site) -> None:
    site.write("a.md", item("Hello", LINK, published=False))
    site.render()
    site.write("a.md", item("Hello", LINK, published=False, guid=OLD))
    assert said(site) == []
    site.write("a.md", item("Hello", LINK, guid=OLD))
    assert said(site) == []
    assert ids_in(site, "atom.xml") == [OLD]
    for published in (False, True):
        site.write("a.md", item("Hello", LINK, published=published, guid="tag:other,2020:1"))
        site.render()
    assert ids_in(site, "atom.xml") == [OLD]


def test_the_ids_come_again_after_a_loss_of_the_ledger(site: Site) -> None:
    for number in range(5):
        site.write(f"{number}.md", item(f"Item {number}", f"{LINK}/{number}", guid=f"show {number}"))
    site.write("link.md", item("No link", None, guid="urn:x:1"))
    site.render()
    before = tree(site.feeds)
    (site.state / "ledger.sqlite3").unlink()
    site.render()
    assert tree(site.feeds) == before


def test_an_item_that_moves_with_its_link_is_found_again_by_its_guid(site: Site) -> None:
    site.write("a.md", item("Hello", LINK, guid="show-12"))
    site.render()
    (site.seeds / "a.md").unlink()
    site.write("posts/b.md", item("Hello, again", OTHER, guid="show-12"))
    assert said(site) == []
    assert ids_in(site, "rss.xml") == ["show-12"]
    assert [entry.link for entry in site.entries().values()] == [OTHER]


TWICE = (
    "{old}, its id in the old feed, is the id of {other} too, which keeps it; "
    "it is published with an id of its own, and old subscribers may see it once more"
)


@pytest.mark.parametrize("younger", ["a", "b"])
def test_of_two_items_that_claim_one_id_the_older_takes_it_and_the_other_is_published_and_said(
    site: Site, younger: str
) -> None:
    older = "b" if younger == "a" else "a"
    site.write(f"{older}.md", item("One", LINK, date="2024-01-01", guid=OLD))
    site.write(f"{younger}.md", item("Other", OTHER, date="2024-01-02", guid=OLD))
    site.write("c.md", item("Third", "https://town.example/third"))
    words = TWICE.format(old=OLD, other=f"{older}.md")
    assert said(site) == [f"seeds/{younger}.md: {words}"]
    assert site.titles() == {"One", "Other", "Third"}
    assert site.entries()["One"].id == OLD
    own = site.entries()["Other"].id
    assert words in site.run("why", f"seeds/{younger}.md").out
    site.settle()
    site.render()
    assert said(site) == [f"seeds/{younger}.md: {words}"]  # also in a pass that reads nothing
    checked = site.run("check")
    assert (checked.status, checked.out.splitlines()[:-1]) == (1, [f"problem  seeds/{younger}.md: {words}"])
    site.write(f"{younger}.md", item("Another", OTHER, date="2024-01-02", guid=OLD))
    assert said(site) == [f"seeds/{younger}.md: {words}"]  # and when the entry is looked at again
    site.write(f"{younger}.md", item("Another", OTHER, date="2024-01-02"))
    assert said(site) == []
    assert (site.entries()["One"].id, site.entries()["Another"].id) == (OLD, own)
    assert site.run("check").status == 0


@pytest.mark.parametrize("dates", [("2024-01-01", "2024-01-01"), (None, None), ("2024-01-01", None)])
def test_of_items_without_an_older_one_the_first_by_path_takes_the_id(
    site: Site, dates: tuple[str | None, str | None]
) -> None:
    site.write("a.md", item("One", LINK, date=dates[0], guid="x"))
    site.write("b.md", item("Other", OTHER, date=dates[1], guid="x"))
    assert said(site) == [f"seeds/b.md: {TWICE.format(old='x', other='a.md')}"]
    assert site.entries("rss.xml")["One"].id == "x"
    before = {title: entry.id for title, entry in site.entries().items()}
    (site.state / "ledger.sqlite3").unlink()
    site.render()
    assert {title: entry.id for title, entry in site.entries().items()} == before


def test_an_entry_that_was_published_with_an_id_of_its_own_keeps_that_when_the_other_is_gone(site: Site) -> None:
    site.write("a.md", item("One", LINK, guid="x"))
    site.write("b.md", item("Other", OTHER, guid="x"))
    site.render()
    own = site.entries()["Other"].id
    (site.seeds / "a.md").unlink()
    site.render()
    assert (site.titles(), site.entries()["Other"].id) == ({"Other"}, own)


def test_an_item_whose_id_another_one_has_already_is_not_published_and_the_other_one_goes_on(site: Site) -> None:
    site.write("a.md", item("One", LINK, guid="x"))
    site.render()
    site.write("b.md", item("Other", OTHER, guid="tag:feeds.example,2026:guid:x"))
    assert said(site) == [
        (
            "seeds/b.md: tag:feeds.example,2026:guid:x, its id in the old feed, is the id of a.md already; "
            "give it a `guid` of its own"
        )
    ]
    assert site.titles() == {"One"}


def test_an_item_that_waits_for_the_id_of_another_is_its_entry_when_the_other_is_gone(site: Site) -> None:
    """So a file may be copied, given another link, and only then deleted where it was."""
    site.write("a.md", item("One", LINK, guid="x"))
    site.render()
    site.write("b.md", item("One", OTHER, guid="x"))
    site.write("c.md", item("Another", "https://town.example/third", guid="x"))
    assert len(said(site)) == 2
    assert site.titles() == {"One"}
    (site.seeds / "a.md").unlink()
    (problem,) = said(site)
    assert problem.startswith("seeds/c.md: x, its id in the old feed, is the id of b.md already")
    assert [entry.link for entry in site.entries().values()] == [OTHER]
    assert ids_in(site, "rss.xml") == ["x"]
    site.settle()
    site.render()
    before = tree(site.feeds)
    site.write("b.md", item("One", OTHER, guid="x"))  # read again
    assert said(site) == [problem]
    assert tree(site.feeds) == before


@pytest.mark.parametrize("fields", [{"published": False}, {"publishedDateTime": "2999-01-01"}, {"heat": -1}])
def test_a_withheld_item_claims_no_id(site: Site, fields: dict[str, object]) -> None:
    site.write("a.md", item("One", LINK, guid=OLD))
    site.write("b.md", item("Other", OTHER, **{"date": None, **fields}, guid=OLD))
    assert said(site) == []
    assert (site.titles(), ids_in(site, "rss.xml")) == ({"One"}, [OLD])
    assert site.run("check").status == 0


def test_two_files_of_one_entry_claim_its_id_together(site: Site) -> None:
    site.write("a.md", item("One", LINK, guid=OLD))
    site.write("bb.md", item("One", LINK, guid=OLD))
    (note,) = said(site)
    assert "has the same link" in note
    assert ids_in(site, "rss.xml") == [OLD]
    assert site.run("check").status == 0


def test_a_file_without_guid_that_represents_an_entry_gives_it_the_guid_of_its_other_file(site: Site) -> None:
    site.write("a.md", item("One", LINK, quality=9))
    site.write("b.md", item("One", LINK, quality=1, guid=OLD))
    site.render()
    assert ids_in(site, "rss.xml") == [OLD]


def test_an_id_that_feedd_would_mint_for_another_item_is_that_item_s(site: Site) -> None:
    site.write("a.md", item("One", LINK))
    site.render()
    (minted,) = ids_in(site, "atom.xml")
    (site.state / "ledger.sqlite3").unlink()
    site.write("b.md", item("Other", OTHER, guid=minted))
    (problem,) = said(site)
    assert problem.startswith(f"seeds/b.md: {minted}, its id in the old feed, is the id of a.md already")
    assert site.titles() == {"One"}


def test_many_items_that_claim_one_id_are_told_apart_over_all_portions(site: Site) -> None:
    """Entries are decided in portions of a thousand."""
    for number in range(1100):
        site.write(
            f"{number:04}.md", item(f"Item {number}", f"{LINK}/{number}", guid="x" if number % 1099 == 0 else None)
        )
    assert said(site) == [f"seeds/1099.md: {TWICE.format(old='x', other='0000.md')}"]
    with closing(sqlite3.connect(site.ledger)) as db:
        assert db.execute("SELECT count(*) FROM entries WHERE shown").fetchone() == (1100,)
        assert db.execute("SELECT count(*) FROM entries WHERE guid = 'x'").fetchone() == (1,)


def test_an_entry_that_an_older_feedd_published_keeps_the_id_that_it_had_there(site: Site) -> None:
    """It passed `guid` over."""
    site.write("a.md", item("Hello", LINK, guid=OLD))
    site.write("b.md", item("Draft", OTHER, guid="show-12", published=False))
    site.render()
    of_older = "tag:feeds.example,2026:of-an-older-feedd"
    with closing(sqlite3.connect(site.ledger)) as db, db:
        db.execute("UPDATE entries SET id = ? WHERE id = ?", (of_older, OLD))
        db.execute("UPDATE meta SET value = 'of an older feedd' WHERE name = 'reading'")
        take_back(db, 7)
    site.write("b.md", item("Draft", OTHER, guid="show-12"))
    assert said(site) == [
        f"seeds/a.md: {OLD} is not the id of its entry: the entry was published as {of_older}, and keeps that"
    ]
    assert set(ids_in(site, "rss.xml")) == {of_older, "show-12"}


def test_entries_with_a_disputed_id_are_found_without_a_look_at_every_file(site: Site) -> None:
    site.write("a.md", item("A"))
    site.render()
    asked: list[str] = []
    with closing(sqlite3.connect(site.ledger)) as db:
        db.set_trace_callback(asked.append)
        assert FileRows(db).disputed() == []
        db.set_trace_callback(None)
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    assert "SCAN f" not in plan
