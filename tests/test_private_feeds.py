"""Private feeds: what is marked for an audience is in its feed, and nothing of it is anywhere else."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import audience_mutants
import feedparser
import mutants
import pytest
from support import FEEDD, Site, assert_well_formed, item, looks, tree

from feedd.render.recovery.recovery_index import decode_feeds
from feedd.store.control import Control
from feedd.store.private_feeds.private_tree import PrivateTree

MUTANTS = int(os.environ.get("FEEDD_MUTANTS", "1200")) // 10
FEEDS: dict[str, Any] = {
    "boats": {"title": "Boats", "topics": ["Boats"]},
    "insiders": {"title": "For insiders", "description": "What we know.", "topics": ["Boats"], "views": ["hot"]},
    "team": {"title": "The team", "topics": ["Boats"]},
}
PRIVATE = {"feeds": ["insiders", "team"]}
ROOT = Path(__file__).parent.parent
DAY = datetime(2026, 1, 10, 12, tzinfo=UTC)


def configure(site: Site, **keys: Any) -> None:
    site.configure(**{"base_url": "https://boats.example/f/", "feeds": FEEDS, "private": PRIVATE} | keys)


def write(site: Site, name: str, title: str, audience: str | None = None, **fields: Any) -> None:
    """An item about boats, which links to another, with a picture beside it."""
    fields = {"topics": ["Boats"], "link": f"https://boats.example/{name}"} | fields
    site.write(f"{name}.md", item(title, audience=audience, **fields))


def documents(site: Site, name: str) -> dict[str, bytes]:
    return tree(PrivateTree(site.state).feeds_of(name))


def titles(site: Site, name: str, path: str = "atom.xml") -> list[str]:
    found = feedparser.parse(documents(site, name)[path])
    assert not found.bozo, found.bozo_exception
    return [entry.title for entry in found.entries]


def shows(folder: dict[str, bytes], word: str) -> list[str]:
    return [path for path, data in folder.items() if word.encode() in data or word in path]


def test_an_item_for_an_audience_is_in_its_feed_and_in_nothing_public(site: Site) -> None:
    configure(site)
    write(site, "open", "An open boat", body="See [[zebra]] and [it](zebra.md).")
    write(site, "zebra", "A zebra boat", "insiders", topics=["Zebras"], link=None, body="Zebra ![](zebra.png)")
    site.write("zebra.png", b"\x89PNG\r\n\x1a\n" + b"zebra")
    report = site.render()
    assert (report.entries, report.withheld) == (1, 1)
    assert set(titles(site, "insiders")) == {"An open boat", "A zebra boat"}
    assert titles(site, "team") == ["An open boat"]
    others = {
        path: data.replace(b"[[zebra]]", b"").replace(b"zebra.md", b"") for path, data in site.documents().items()
    }
    for folder in (others, documents(site, "team")):
        assert shows(folder, "zebra boat") == shows(folder, "Zebra") == shows(folder, "zebras") == []
        assert not any(path.startswith(("media/", "entry/")) for path in folder)
    own = documents(site, "insiders")
    assert {path.partition("/")[0] for path in own} >= {"media", "entry", "atom.xml", "rss.xml", "feed.json", "hot"}
    assert_well_formed(own)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [({"limit": 50}, {"An open boat", "A zebra boat"}), ({"topics": ["Insiders alone"]}, {"A zebra boat"})],
)
def test_a_private_feed_has_all_items_or_what_is_marked_alone(
    site: Site, asked: dict[str, Any], expected: set[str]
) -> None:
    configure(site, feeds=FEEDS | {"insiders": {"title": "For insiders", **asked}})
    write(site, "open", "An open boat")
    write(site, "zebra", "A zebra boat", "insiders")
    report = site.render()
    assert set(titles(site, "insiders")) == expected
    assert report.remarks == ()


def test_a_render_says_how_many_entries_each_private_feed_holds(site: Site) -> None:
    configure(site)
    write(site, "open", "An open boat")
    write(site, "other", "A train", topics=["Trains"])
    write(site, "zebra", "A zebra boat", "insiders")
    said = site.run("render").out
    assert "published  2 entries in 4 public feeds, 1 item in no public feed: 3 files read, " in said
    assert "\n           and private feeds insiders (2 entries), team (1 entry), for subscribers alone: `" in said
    assert site.render().private == {"insiders": 2, "team": 1}


def test_a_feed_that_asks_for_nothing_is_told_how_it_has_marked_items_alone(site: Site) -> None:
    configure(site, feeds=FEEDS | {"insiders": {"title": "For insiders"}})
    said = site.run("render").err
    assert "feeds.insiders: does not say which items it takes" in said
    assert "items with `audience: insiders` alone, name a topic that no item has: `topics: [insiders alone]`" in said


def test_nothing_public_names_a_private_feed(site: Site) -> None:
    configure(site, private=None)
    write(site, "open", "An open boat")
    site.render()
    assert "saved/insiders/atom.xml" in site.documents()
    configure(site, websub={"hubs": ["https://hub.example/"]}, families=[])
    site.render()
    assert shows(site.documents(), "nsiders") == []
    parts = [data for path, data in site.documents().items() if path.startswith("recovery/feeds-")]
    assert {feed.key for part in parts for feed in decode_feeds(part).feeds} == {"", "boats"}
    assert any(path.startswith("saved/boats/") for path in site.documents())


def test_only_the_owner_may_read_what_is_private(site: Site) -> None:
    configure(site)
    write(site, "zebra", "A zebra boat", "insiders", link=None)
    site.render()
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (site.state / "private").rglob("*")}
    assert len(modes) > 10
    assert set(modes.values()) == {0o700, 0o600}


def test_an_item_that_becomes_private_is_withdrawn_and_comes_back_as_the_same_entry(site: Site) -> None:
    configure(site)
    write(site, "one", "One boat")
    site.render()
    (before,) = site.ids().values()
    write(site, "one", "One boat", "team")
    assert site.render().withdrawn == 1
    assert site.titles() == set()
    assert (titles(site, "team"), titles(site, "insiders")) == (["One boat"], [])
    assert shows(site.documents(), "One boat") == []
    assert b"deleted-entry" in site.documents()["atom.xml"]
    found = feedparser.parse(documents(site, "team")["atom.xml"])
    assert found.entries[0].id == before
    write(site, "one", "One boat")
    site.render()
    assert site.ids() == {"One boat": before}


def test_each_withdrawn_entry_counts_once_in_whichever_feeds_it_was(site: Site) -> None:
    configure(site)
    write(site, "open", "An open boat")
    write(site, "train", "A train", topics=["Trains"])
    write(site, "zebra", "A zebra boat", "insiders")
    write(site, "both", "Boats for both", "team, insiders")
    write(site, "moved", "A boat that moves", "insiders")
    write(site, "freed", "A boat that is freed", "insiders")
    assert site.render().withdrawn == 0
    write(site, "zebra", "A zebra boat", "insiders", published=False)
    said = site.run("render").out
    assert " read, 1 entry withdrawn, " in said
    (site.seeds / "both.md").unlink()
    assert site.render().withdrawn == 1
    write(site, "moved", "A boat that moves", "team")
    assert site.render().withdrawn == 1
    write(site, "freed", "A boat that is freed")
    assert site.render().withdrawn == 0
    for name, number in (("open", 1), ("train", 1), ("moved", 1)):
        (site.seeds / f"{name}.md").unlink()
        assert site.render().withdrawn == number
    write(site, "freed", "A boat that is freed", published=False)
    assert site.render().withdrawn == 1
    assert site.render().withdrawn == 0


def test_an_entry_that_a_private_feed_had_no_place_for_is_not_withdrawn(site: Site) -> None:
    configure(site, feeds=FEEDS | {"insiders": {"title": "For insiders", "topics": ["Boats"], "limit": 1}})
    for number in range(2):
        write(site, f"n{number}", f"Boat {number}", "insiders", date=f"{DAY + timedelta(days=number):%FT%TZ}")
    site.render()
    assert titles(site, "insiders") == ["Boat 1"]
    write(site, "n0", "Boat 0", "insiders", published=False)
    assert site.render().withdrawn == 0
    write(site, "n1", "Boat 1", "insiders", published=False)
    assert site.render().withdrawn == 1


def test_private_feeds_have_the_ids_and_dates_of_the_public_ledger(site: Site) -> None:
    configure(site, private={"feeds": ["team"]})
    site.now = DAY
    write(site, "one", "One boat")
    write(site, "two", "Two boats", "team", link=None, date=None)
    write(site, "three", "Three boats", link=None, date=None)
    site.render()
    (site.seeds / "two.md").rename(site.seeds / "second.md")
    (site.seeds / "three.md").rename(site.seeds / "third.md")
    write(site, "one", "One boat", link="https://boats.example/elsewhere")
    site.now = DAY + timedelta(days=1)
    site.render()
    write(site, "second", "A second pair of boats", "team, insiders", link=None, date=None)
    write(site, "two", "Two boats again", "team, insiders", link=None, date=None)
    configure(site)
    site.now = DAY + timedelta(days=2)
    site.render()
    facts = {name: entry_facts(documents(site, name)["atom.xml"]) for name in ("team", "insiders")}
    public = entry_facts(site.documents()["atom.xml"])
    assert set(public) == {"One boat", "Three boats"}
    assert {title: facts["insiders"][title] for title in public} == public
    pair = "A second pair of boats"
    assert facts["team"][pair][:2] == facts["insiders"][pair][:2]
    assert facts["team"][pair][1] == f"{DAY:%FT%T}+00:00"
    assert facts["team"]["Two boats again"] == facts["insiders"]["Two boats again"]
    assert len({found[0] for found in facts["insiders"].values()}) == 4
    assert slugs_of(site, "insiders") & slugs_of(site, "") == {"three-boats"}
    write(site, "second", pair, link=None, date=None)
    site.render()
    assert entry_facts(site.documents()["atom.xml"])[pair][:2] == facts["team"][pair][:2]


def entry_facts(document: bytes) -> dict[str, tuple[str, str, str]]:
    """The id, the date and the last update of each entry, by title."""
    return {each.title: (each.id, each.published, each.updated) for each in feedparser.parse(document).entries}


def slugs_of(site: Site, name: str) -> set[str]:
    """The names of the pages of entries, of a private feed or of the public site."""
    folder = documents(site, name) if name else site.documents()
    return {path.split("/")[1] for path in folder if path.startswith("entry/")}


def test_a_private_feed_that_lost_its_ledger_goes_on_with_the_public_one(site: Site) -> None:
    configure(site)
    site.now = DAY
    write(site, "one", "One boat")
    write(site, "two", "Two boats", "team")
    assert site.render().remarks == ()
    write(site, "two", "Two boats", "team", link="https://boats.example/elsewhere")
    site.now = DAY + timedelta(days=1)
    site.render()
    before = entry_facts(documents(site, "team")["atom.xml"])
    shutil.rmtree(PrivateTree(site.state).state_of("team"))
    site.now = DAY + timedelta(days=2)
    (remark,) = site.render().remarks
    assert remark.startswith("private feed team: its ledger was gone")
    after = entry_facts(documents(site, "team")["atom.xml"])
    assert {title: found[:2] for title, found in after.items()} == {title: found[:2] for title, found in before.items()}
    assert after["One boat"] == before["One boat"]
    assert site.render().remarks == ()


def test_private_feeds_that_may_be_lost_with_the_state_directory_are_told_of(site: Site) -> None:
    configure(site)
    write(site, "one", "One boat")
    assert site.render().remarks == ()
    said = "private feeds are in no public document: if anybody could read them before, their addresses are worthless"
    for command in ("check", "status"):
        assert said not in site.run(command).out
    shutil.rmtree(site.state)
    recovered, lost = site.render().remarks
    assert "there was no ledger: 1 entry" in recovered
    assert said in lost
    assert site.render().remarks == ()
    for command in ("check", "status"):
        assert said in site.run(command).out
    assert site.run("subscribers", "add", "Bob").status == 0
    for command in ("check", "status"):
        assert said not in site.run(command).out


def test_another_report_of_the_same_story_tells_the_public_nothing(site: Site) -> None:
    configure(site)
    title = "Seven harbours close their gates tonight"
    write(site, "a", title, provider={"name": "Herald"})
    write(site, "b", f"{title}, zebra", "insiders", provider={"name": "Zebra Post"}, quality=90)
    write(site, "c", f"{title}, giraffe", "team", provider={"name": "Giraffe Post"})
    site.render()
    assert shows(site.documents(), "ebra") == shows(site.documents(), "iraffe") == []
    assert shows(documents(site, "team"), "ebra") == shows(documents(site, "insiders"), "iraffe") == []
    assert shows(documents(site, "insiders"), "zebra") != []


def test_a_second_pass_is_quiet_and_an_altered_document_is_mended(site: Site) -> None:
    configure(site)
    write(site, "zebra", "A zebra boat", "insiders")
    site.settle()
    site.render()
    feed = PrivateTree(site.state).feeds_of("insiders") / "atom.xml"
    before = looks(feed.parent)
    site.render()
    assert looks(feed.parent) == before
    whole = feed.read_bytes()
    feed.write_text("altered")
    report = site.render()
    assert feed.read_bytes() == whole
    assert report.written == ("private/insiders/atom.xml",)


def test_what_was_private_stays_so_when_the_configuration_forgets_it(site: Site) -> None:
    configure(site)
    write(site, "zebra", "A zebra boat", "insiders")
    site.render()
    configure(site, private=None)
    write(site, "giraffe", "A giraffe boat", "insiders")
    assert site.render().entries == 0
    assert shows(site.documents(), "zebra") == shows(site.documents(), "giraffe") == []


@pytest.mark.parametrize("how", ["unmounted", "a link in a circle"])
def test_what_was_private_stays_so_when_its_tree_cannot_be_seen(site: Site, how: str) -> None:
    configure(site)
    write(site, "one", "One boat", "team")
    site.render()
    root = PrivateTree(site.state).root
    shutil.rmtree(root)
    root.symlink_to(root if how == "a link in a circle" else site.root / "nowhere")
    site.configure()
    site.render()
    assert site.titles() == set()


def test_where_nothing_was_ever_private_an_audience_is_a_field_like_any_other(site: Site) -> None:
    site.configure()
    write(site, "zebra", "A zebra boat", "developers")
    assert site.render().entries == 1
    assert not (site.state / "private").exists()
    assert "audience" in site.run("check").out


def test_an_audience_without_private_feeds_is_said_once_and_by_every_check(site: Site) -> None:
    said = "an `audience`, which withholds nothing here"
    site.configure()
    write(site, "zebra", "A zebra boat", "developers")
    site.write("seed.md", "---\ntitle: Seed\nheat: 5\naudience: [team]\n---\n")
    (remark,) = site.render().remarks
    assert remark.startswith(f"2 items name {said}")
    write(site, "zebra", "A zebra boat, again", "developers")
    assert site.render().remarks == ()
    assert f"2 items name {said}" in site.run("check").out
    configure(site)
    assert site.render().entries == 0
    assert said not in site.run("check").out


def test_a_configuration_with_mistakes_is_judged_by_what_can_be_read_of_it(site: Site) -> None:
    write(site, "zebra", "A zebra boat", "insiders")
    for mistake in ({"limt": 5}, {"privat": PRIVATE, "private": None}, {"private": {"feeds": ["unknown"]}}):
        configure(site, **mistake)
        said = site.run("check").out
        assert "1 item in no public feed, by audience: insiders (1)\n" in said
        assert "config/feedd.yaml: items are checked by what could be read of it" in said
        assert "withholds nothing" not in said
    configure(site, private=None, limt=5, items={"suffixes": [".text"]})
    assert "0 files checked" in site.run("check").out


def test_a_configuration_that_is_not_in_force_withholds_what_it_would(site: Site, daemon: Any) -> None:
    configure(site, private=None, serve={"listen": "off"})
    write(site, "open", "An open boat", audience="team")
    running = daemon(configured=True).wait_until_ready()
    assert site.titles() == {"An open boat"}
    configure(site, serve={"listen": "off"}, limt=5)
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: bool(status.configuration))
    write(site, "zebra", "A zebra boat", "insiders")
    write(site, "free", "A free boat")
    running.sync()
    assert site.titles() == {"A free boat"}
    assert shows(site.documents(), "zebra") == []
    assert "but is not in force; what names an audience is withheld meanwhile" in running.log
    configure(site, serve={"listen": "off"}, private=None)
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: not status.configuration)
    running.sync()
    assert site.titles() == {"A free boat", "A zebra boat", "An open boat"}


def test_status_counts_no_item_of_private_feeds_as_withheld(site: Site, daemon: Any) -> None:
    configure(site, serve={"listen": "off"})
    write(site, "open", "An open boat")
    write(site, "zebra", "A zebra boat", "insiders")
    running = daemon(configured=True).wait_until_ready()
    assert "  published  1 entry in 3 public feeds, 1 item in no public feed\n" in site.run("status").out
    write(site, "zebra", "A zebra boat", "insiders", published=False)
    running.sync()
    assert "): 1 file read, 1 entry withdrawn, " in site.run("status").out
    assert " withdrawn=1 " in running.log
    configure(site, serve={"listen": "off"}, private=None)
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: status.private_feeds == 0)
    assert ", 1 item withheld\n" in site.run("status").out


def test_a_file_that_speaks_for_others_may_name_no_audience(site: Site) -> None:
    configure(site)
    write(site, "docs/one", "One boat")
    write(site, "docs/two", "Two boats", "insiders")
    write(site, "open", "An open boat")
    site.write("docs/_index.md", "---\ntitle: D\ncascade:\n  audience: insiders\n---\n")
    report = site.render()
    assert site.titles() == {"An open boat"}
    assert titles(site, "insiders") == ["An open boat"]
    assert "docs/_index.md: it withholds texts below its folder (`audience`)" in " ".join(
        map(str, (*report.problems, *report.notes))
    )


def test_settings_of_the_feed_hold_in_its_own_tree(site: Site) -> None:
    feeds = FEEDS | {"insiders": {"title": "For insiders", "topics": ["Boats"], "limit": 2, "order": "latest"}}
    configure(site, feeds=feeds, podcast={"owner": {"email": "a@boats.example"}})
    for number in range(4):
        date = f"{DAY + timedelta(days=number):%FT%TZ}"
        write(site, f"n{number}", f"Boat {number}", "insiders" if number % 2 else None, date=date)
    site.now = DAY + timedelta(days=9)
    site.render()
    assert titles(site, "insiders") == ["Boat 3", "Boat 2"]
    assert b"<podcast:guid>" in documents(site, "insiders")["rss.xml"]
    assert b"<itunes:block>Yes</itunes:block>" in documents(site, "insiders")["rss.xml"]
    assert b"block>" not in site.documents()["rss.xml"]
    assert b"feedly" in site.documents()["index.html"]
    assert b"feedly" not in documents(site, "insiders")["index.html"]
    first = documents(site, "insiders")["rss.xml"]
    (site.state / "private/.token-place").write_text("0" * 32 + "\n")
    site.render()
    second = documents(site, "insiders")["rss.xml"]
    assert first != second
    place = first.partition(b"/f/private/")[2][:32]
    assert first.replace(place, b"0" * 32) == second


def test_a_private_feed_that_cannot_be_written_harms_no_other(site: Site) -> None:
    configure(site)
    write(site, "zebra", "A zebra boat", "insiders")
    site.render()
    (PrivateTree(site.state).state_of("insiders") / "ledger.sqlite3").unlink()
    (PrivateTree(site.state).state_of("insiders") / "ledger.sqlite3").mkdir()
    write(site, "open", "An open boat")
    report = site.render(status=3)
    assert site.titles() == {"An open boat"}
    assert titles(site, "team") == ["An open boat"]
    assert [each.path for each in report.failed] == ["private/insiders"]


def test_check_and_why_say_for_whom_an_item_is(site: Site) -> None:
    configure(site)
    write(site, "zebra", "A zebra boat", "insiders")
    write(site, "giraffe", "A giraffe boat", "friends")
    said = site.run("check").out
    assert "2 items in no public feed, by audience: friends (1), insiders (1)\n" in said
    assert "giraffe.md:5: audience: no private feed has the name friends; there are insiders, team. " in said
    site.render()
    status, said, _ = site.run("why", "seeds/zebra.md")
    assert status == 0
    assert "  only for   private feed insiders\n" in said
    assert "withheld" not in said
    assert "  in         private/insiders/                place 1 of 1, by heat and date\n" in said
    assert "private/team" not in said
    found = json.loads(site.run("why", "--format", "json", "seeds/zebra.md").out)
    assert (found["withheld"], found["only_for"]) == (None, ["insiders"])


def test_why_says_of_an_item_for_an_audience_that_no_private_feed_publishes_what_withholds_it(site: Site) -> None:
    configure(site)
    write(site, "giraffe", "A giraffe boat", "friends")
    soon = datetime.now(UTC) + timedelta(days=9)
    write(site, "zebra", "A zebra boat", "insiders", date=f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    site.render()
    for name in ("giraffe", "zebra"):
        status, said, _ = site.run("why", f"seeds/{name}.md")
        assert status == 1
        assert "  withheld   the file says `audience: " in said
        assert "only for" not in said


def test_why_says_that_an_item_for_an_audience_is_not_in_its_feed_and_why(site: Site) -> None:
    feeds = FEEDS | {"insiders": FEEDS["insiders"] | {"min_quality": 50}}
    configure(site, feeds=feeds)
    write(site, "zebra", "A zebra boat", "insiders", quality=10)
    site.render()
    status, said, _ = site.run("why", "seeds/zebra.md")
    assert status == 0
    assert "only for   private feed insiders\n" in said
    assert re.search(r"of +private/insiders/ +not in it: ", said)


def test_plan_and_top_tell_the_publisher_of_private_feeds(site: Site) -> None:
    configure(site, views={"hot": 1, "feeds": []})
    write(site, "open", "An open boat")
    site.render()
    assert site.run("plan").out.startswith("Subscribers would see nothing new.")
    write(site, "zebra", "A zebra boat", "insiders")
    before = site.documents()
    assert "private/insiders/\n  new        A zebra boat\nprivate/insiders/hot" in site.run("plan").out
    assert "private/team" not in site.run("plan").out
    assert site.documents() == before
    site.render()
    assert "A zebra boat" in site.run("top", "private/insiders").out
    assert "private/insiders/hot/" in site.run("top", "private/insiders/hot").out
    assert "A zebra boat" not in site.run("top", "private/team").out
    missing = site.run("top", "insiders")
    assert (missing.status, "do you mean private/insiders?" in missing.err) == (3, True)


def test_a_plan_names_no_encoded_document_of_a_feed_that_becomes_private(site: Site) -> None:
    configure(site, private=None, precompress=["gzip"])
    write(site, "open", "An open boat")
    site.render()
    assert "saved/insiders/atom.xml.gz" in site.documents()
    configure(site, precompress=["gzip"])
    said = site.run("plan").out
    lines = [each for each in said.splitlines() if each.startswith("deleted")]
    files = "atom.xml, feed.json, rss.xml"
    assert f"deleted  saved/insiders/ ({files}): its subscribers would meet an error" in lines
    assert len({each.split(" (")[0] for each in lines}) == len(lines) > 1  # a line for each feed and view
    assert ".gz" not in said


def test_a_file_for_a_private_feed_is_said_to_be_so_beside_a_public_one(site: Site) -> None:
    configure(site)
    for name, audience in (("a", None), ("b", "team")):
        write(site, name, f"{name} boat", audience, link="https://boats.example/same")
    (note,) = site.render().notes
    assert note.path.endswith("b.md")
    assert note.reason.endswith("represents the entry of both: this file is for private feeds alone")


def test_a_preview_says_for_whom_an_item_is(site: Site) -> None:
    configure(site)
    write(site, "zebra", "A zebra boat", "insiders")
    write(site, "giraffe", "A giraffe boat", "insiders", published=False)
    site.run("render", "--preview", "preview")
    shown = feedparser.parse((site.root / "preview/atom.xml").read_bytes())
    assert {entry.title for entry in shown.entries} == {
        "[for insiders] A zebra boat",
        "[for insiders, withheld] A giraffe boat",
    }


def test_status_counts_private_feeds_and_those_who_may_read_them(site: Site) -> None:
    configure(site)
    write(site, "open", "An open boat")
    site.render()
    assert "  private    2 feeds; 0 subscribers, 0 revoked\n" in site.run("status").out
    site.run("subscribers", "add", "ada")
    site.run("subscribers", "add", "bob")
    site.run("subscribers", "revoke", "bob")
    assert "  private    2 feeds; 1 subscriber, 1 revoked\n" in site.run("status").out
    (site.state / "private/subscribers.json").write_text("no list")
    assert "does not hold subscribers" in site.run("status").out
    assert "does not hold subscribers" in site.run("check").out


def test_a_lost_file_of_subscribers_is_said_everywhere(site: Site) -> None:
    configure(site)
    write(site, "open", "An open boat")
    assert site.run("subscribers", "list").out.startswith("nobody may read private feeds yet")
    site.run("subscribers", "add", "ada")
    assert site.render().remarks == ()
    (site.state / "private/subscribers.json").unlink()
    gone = "private/subscribers.json is gone, which held who may read private feeds; put it back from a backup"
    (remark,) = site.render().remarks
    assert gone in remark
    for command in (("subscribers", "list"), ("subscribers", "revoke", "ada"), ("status",), ("check",)):
        result = site.run(*command)
        assert result.status != 0
        assert gone in result.out + result.err
    added = site.run("subscribers", "add", "bob")
    assert added.status == 0
    assert "earlier subscribers are answered 404" in added.err
    assert site.render().remarks == ()


def test_a_loss_of_power_does_not_bring_a_revoked_address_back(site: Site) -> None:
    """The file has been written to the disk when it takes its place, and then its folder is."""
    calls = site.root / "calls"
    strace = ["strace", "-f", "-y", "-e", "trace=fsync,?rename,?renameat,?renameat2", "-o", str(calls)]
    if shutil.which("strace") is None or subprocess.run([*strace, "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace is not here, or may not watch a process")
    configure(site)
    assert site.run("subscribers", "add", "ada").status == 0
    watched = [*strace, *FEEDD, "subscribers", "revoke", "ada"]
    assert subprocess.run(watched, cwd=site.root, check=False, capture_output=True).returncode == 0
    found = re.findall(r"(fsync)\(\d+<([^>]*)|(rename)", calls.read_text())
    assert [name.rpartition("/")[2] or renames for _, name, renames in found] == [
        ".subscribers.json.new",
        "rename",
        "private",
    ]


def test_a_private_feed_has_to_be_among_the_feeds(site: Site) -> None:
    configure(site, private={"feeds": ["insider"]})
    result = site.run("render")
    assert result.status == 2
    assert "private.feeds: insider is none of `feeds`; there are boats, insiders, team" in result.err


def test_the_file_of_subscribers_may_be_no_folder_and_not_public(site: Site) -> None:
    for place, reason in (("seeds", "seeds is a folder; name a file in it"), ("feeds/s.json", "would publish who")):
        configure(site, private=PRIVATE | {"subscribers": place})
        for command in ("render", "check", "subscribers"):
            result = site.run(command, *(["list"] if command == "subscribers" else []))
            assert re.search(rf"config/feedd.yaml:\d+: private.subscribers: .*{reason}", result.out + result.err), (
                result
            )


def test_the_tree_of_private_feeds_lies_neither_among_public_documents_nor_among_items(site: Site) -> None:
    subscribers = {"subscribers": "s.json"}
    for places, reason in (
        ({"feeds": ".feedd/private/insiders/feeds"}, "directories.feeds: .* where private feeds have their place"),
        ({"feeds": ".feedd/private"}, "directories.feeds: is .*/private, where private feeds have their place"),
        ({"state": "seeds/st"}, "directories.state: .* where private documents would be taken for items"),
        ({"state": "seeds"}, "directories.state: is .* where private documents would be taken for items"),
    ):
        configure(site, private=PRIVATE | subscribers, directories=places)
        result = site.run("render")
        assert (result.status, re.search(reason, result.err) is None) == (2, False)
    for places in ({"state": "seeds/.st"}, {"seeds": "."}):
        configure(site, private=PRIVATE | subscribers, directories={"feeds": "../public"} | places)
        assert site.run("render", "--allow-empty").status == 0


def test_a_list_of_subscribers_without_private_feeds_gives_no_advice_that_fails(site: Site) -> None:
    site.configure()
    said = site.run("subscribers", "list").out
    assert "there are no private feeds: `private.feeds`" in said
    assert "subscribers add" not in said


def test_the_daemon_publishes_private_feeds(site: Site, daemon: Any) -> None:
    configure(site, serve={"listen": "off"})
    write(site, "open", "An open boat")
    running = daemon().wait_until_ready()
    write(site, "zebra", "A zebra boat", "insiders", link=None)
    running.sync()
    assert set(titles(site, "insiders")) == {"An open boat", "A zebra boat"}
    write(site, "open", "An open boat", "team")
    running.sync()
    assert site.titles() == set()
    assert titles(site, "insiders") == ["A zebra boat"]
    status = Path(site.state / "status.json").read_text()
    assert running.stop() == 0
    assert Control(site.state).status() is not None
    assert "zebra" not in running.log + status


def test_the_daemon_makes_private_feeds_once_they_can_be_made(site: Site, daemon: Any) -> None:
    configure(site)
    write(site, "zebra", "A zebra boat", "team")
    site.state.mkdir()
    root = PrivateTree(site.state).root
    root.write_text("a file where the private feeds belong")
    running = daemon().wait_until_ready()
    running.wait_for_log("cannot be made: Not a directory")
    root.unlink()
    write(site, "one", "One boat")
    running.sync()
    assert shows(documents(site, "team"), "zebra")
    assert shows(site.documents(), "zebra") == []


def test_no_word_of_a_damaged_file_for_an_audience_is_public(site: Site) -> None:
    configure(site)
    for number in range(MUTANTS):
        site.write(f"{number}.md", item(f"Number {number} of all"))
    site.write("open.md", item("An open boat"))
    site.render()
    shown = set()
    for number in range(MUTANTS):
        rng = random.Random(number)
        text = audience_mutants.audience_file_of(rng.choice(mutants.FORMATS), rng)
        data = mutants.encoded(audience_mutants.damaged(text, rng), rng)
        site.write(f"{number}.md", data)
        if audience_mutants.shows_an_audience(data):
            shown.add(f"Number {number} of all")
    site.run("render")
    public = b"\n".join(site.documents().values()).decode(errors="replace")
    assert len(shown) > MUTANTS // 3
    assert [title for title in sorted(shown) if f"{title}<" in public] == []
    assert "An open boat" in public


def test_the_examples_of_the_documentation_make_a_private_feed(site: Site) -> None:
    page = (ROOT / "docs/feeds.md").read_text()
    part = page[page.index("## Private feeds") : page.index("## In which order")]
    configuration, marked = re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)
    (site.root / "config/feedd.yaml").write_text(configuration)
    site.write("a.md", marked + "\nWhat the yard did.\n")
    assert site.render().withheld == 1
    assert titles(site, "insiders") == ["What the shipyard did not tell"]
