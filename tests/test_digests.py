"""Digests, over real files: made once when a period closes, and never again."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import other_dates
import pytest
from support import Running, Site, assert_in_step, assert_well_formed, item, looks, made_anew, take_back

from feedd.cli.setup import make_publisher, state_path
from feedd.config.load import load
from feedd.inspect.explanations import FeedPlan
from feedd.inspect.preview import previewed
from feedd.store.ledger.codec import content_digest

MONDAY = datetime(2024, 5, 6, 9, tzinfo=UTC)
DAILY = "digest/daily/atom.xml"


def at(day: float) -> datetime:
    """So many days after Monday, 0 o'clock."""
    return MONDAY.replace(hour=0) + timedelta(days=day)


def write(site: Site, number: int, day: float, heat: float | None = None, **fields: Any) -> None:
    fields = {"topics": ["Boats"], "heat": heat, **fields}
    date = f"{at(day):%Y-%m-%dT%H:%M:%SZ}"
    site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", date, **fields))


def configure(site: Site, *cadences: str, feeds: tuple[str, ...] = ("all",), **views: Any) -> None:
    site.configure(views={"digest": cadences or ["daily"], "feeds": feeds, **views})


def digests(site: Site, path: str = DAILY) -> dict[str, list[int]]:
    """The items that each digest lists, in order, by its title."""
    entries = site.entries(path)
    return {
        title: [int(n) for n in re.findall(r">Item (\d+)<", entry.content[0].value)] for title, entry in entries.items()
    }


def test_a_day_that_is_over_has_an_entry_with_its_items_by_rank(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5, 20)
    write(site, 1, 0.4, 90)
    write(site, 2, 1.2, 99)
    site.publish(at(1.5))
    assert digests(site) == {"Feeds: 6 May 2024": [1, 0]}
    site.publish(at(2))
    assert digests(site) == {"Feeds: 7 May 2024": [2], "Feeds: 6 May 2024": [1, 0]}
    (_, entry) = site.entries(DAILY).values()
    assert entry.published == "2024-05-07T00:00:00+00:00"
    assert entry.id == "tag:feeds.example,2026:all/digest/daily/2024-05-06T00:00Z"
    assert_well_formed(site.documents())


def test_a_day_without_items_has_none(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5)
    site.publish(at(1))
    before = looks(site.feeds)
    for day in range(2, 9):
        assert site.publish(at(day)).written == ()
    assert looks(site.feeds) == before
    assert list(digests(site)) == ["Feeds: 6 May 2024"]


def of_digests(site: Site) -> dict[str, bytes]:
    """The documents of all digests."""
    return {path: data for path, data in site.documents().items() if path.startswith("digest/")}


def said(site: Site, path: str = DAILY) -> str:
    """The sentence at the top of the newest digest."""
    content: str = site.feed(path).entries[0].content[0].value
    return content.removeprefix("<p>").partition("</p>")[0]


def test_what_is_in_a_digest_stays_as_it_was(site: Site) -> None:
    configure(site, "daily", "weekly")
    for number in range(3):
        write(site, number, 0.1 * number, 10 * number)
    site.publish(at(7))
    before = of_digests(site)
    write(site, 0, 0.1, 99)
    write(site, 1, 0.1, 5, tags=["x"])
    site.write(
        "2.md", item("Another title", "https://news.example/2", f"{at(0.2):%Y-%m-%dT%H:%M:%SZ}", topics=["Cats"])
    )
    write(site, 3, 3, 50)
    assert not [path for path in site.publish(at(7.2)).written if path.startswith("digest/")]
    assert of_digests(site) == before
    assert digests(site, "digest/weekly/atom.xml") == {"Feeds: 6 to 12 May 2024": [2, 1, 0]}


WITHDRAWN = ({"published": False}, {"removed": True}, {"deleted": True}, {"heat": -1}, {"day": 30.0}, None)


@pytest.mark.parametrize("how", WITHDRAWN, ids=lambda how: str(how) if how else "no file")
def test_what_is_withdrawn_leaves_every_digest_until_it_is_published_again(
    site: Site, how: dict[str, Any] | None
) -> None:
    configure(site, "daily", "weekly")
    for number in range(4):
        write(site, number, 6.1 * (number < 3), 10 * number, excerpt=f"About {number}.")
    site.publish(at(7))
    before, entry = of_digests(site), site.feed("digest/weekly/atom.xml").entries[0]
    assert (said(site, "digest/weekly/atom.xml"), entry.summary) == (
        "4 entries, hottest first.",
        "Item 3; Item 2; Item 1; …",
    )
    if how is None:
        (site.seeds / "1.md").unlink()
    else:
        write(site, 1, **({"day": 6.1, "heat": 10, "excerpt": "About 1."} | how))
    site.publish(at(7.1))
    after = of_digests(site)
    assert len(after) == 8
    for data in after.values():
        assert not any(told in data for told in (b"Item 1", b"About 1", b"news.example/1"))
    assert digests(site, "digest/weekly/atom.xml") == {"Feeds: 6 to 12 May 2024": [3, 2, 0]}
    shown = site.feed("digest/weekly/atom.xml").entries[0]
    assert said(site, "digest/weekly/atom.xml") == "4 entries, hottest first. 1 was withdrawn since."
    assert shown.summary == "Item 3; Item 2; Item 0"
    same = ("id", "title", "published", "updated")
    assert [shown[name] for name in same] == [entry[name] for name in same]
    assert site.publish(at(7.2)).written == ()
    assert_in_step_with_ledger(site)
    write(site, 1, 6.1, 10, excerpt="About 1.")
    site.publish(at(7.3))
    assert of_digests(site) == before


@pytest.mark.parametrize("speaks", ["better", "worse"])
def test_the_line_of_a_file_that_is_withheld_goes_though_another_speaks_for_its_entry(site: Site, speaks: str) -> None:
    configure(site)
    link, date = "https://news.example/shared", f"{at(0.5):%Y-%m-%dT%H:%M:%SZ}"
    said = {"link": link, "date": date}
    site.write("a.md", item("A named culprit", quality=50, **said))
    site.write("b.md", item("A raid", quality=10, **said))
    site.publish(at(1))
    before = of_digests(site)
    if speaks == "better":
        site.write("b.md", item("A raid", quality=90, **said))
        site.publish(at(1.1))
        assert of_digests(site) == before
    site.write("a.md", item("A named culprit", quality=50, published=False, **said))
    site.publish(at(1.2))
    assert site.titles() == {"A raid"}
    assert b"culprit" not in b"".join(site.documents().values())
    assert_in_step_with_ledger(site)
    site.write("a.md", item("A named culprit", quality=50, **said))
    site.publish(at(1.3))
    assert of_digests(site) == before


LINK = {"link": "https://news.example/shared", "date": f"{at(0.5):%Y-%m-%dT%H:%M:%SZ}"}


def write_culprit(site: Site, name: str = "a.md", **fields: Any) -> None:
    fields = {"quality": 50, "published": True, "excerpt": "The culprit was seen.", **LINK, **fields}
    site.write(name, item("A named culprit", **fields))


def write_raid(site: Site, **fields: Any) -> None:
    site.write("b.md", item("A raid", **{"quality": 10, "published": True, **LINK, **fields}))


def rename_and_withhold(site: Site) -> None:
    (site.seeds / "a.md").unlink()
    write_culprit(site, "z.md", published=False)


def rename_so_that_it_is_ignored(site: Site) -> None:
    (site.seeds / "a.md").rename(site.seeds / "_a.md")


def rename_and_strike_out(site: Site) -> None:
    (site.seeds / "a.md").unlink()
    site.write("z.md", item("Nobody was named", quality=90, published=True, excerpt="Words were struck out.", **LINK))


def withhold_after_the_other_represents(site: Site) -> None:
    write_raid(site, quality=90)
    site.publish(at(1.1))
    write_culprit(site, published=False)


@pytest.mark.parametrize(
    "withhold",
    [
        rename_and_withhold,
        rename_so_that_it_is_ignored,
        rename_and_strike_out,
        withhold_after_the_other_represents,
        lambda site: (site.seeds / "a.md").unlink(),
        lambda site: write_culprit(site, date=f"{at(40):%Y-%m-%dT%H:%M:%SZ}"),
        lambda site: write_culprit(site, published=None),
        lambda site: write_culprit(site, draft=True),
        lambda site: write_culprit(site, heat=-1),
        lambda site: site.write("a.md", "---\ntitle: [\npublished: false\n---\n"),
    ],
    ids=[
        "renamed and withheld",
        "renamed and ignored",
        "renamed and struck out",
        "withheld after another represented the entry",
        "deleted",
        "embargoed again",
        "no longer said to be published",
        "a draft again",
        "folded",
        "broken, and withheld",
    ],
)
def test_no_digest_repeats_a_file_that_is_withheld_or_gone_though_another_has_its_link(
    site: Site, withhold: Callable[[Site], object]
) -> None:
    site.configure(views={"digest": ["daily"], "feeds": ["all"]}, defaults={"published": False})
    write_culprit(site)
    write_raid(site)
    site.publish(at(1))
    assert b"culprit" in of_digests(site)[DAILY]
    withhold(site)
    site.publish(at(1.2))
    assert b"culprit" not in b"".join(site.documents().values())
    assert said(site, DAILY) == "1 entry. 1 was withdrawn since."
    assert_in_step_with_ledger(site)


def rename(site: Site) -> None:
    (site.seeds / "a.md").rename(site.seeds / "z.md")


def rename_and_edit_the_topics(site: Site) -> None:
    (site.seeds / "a.md").unlink()
    write_culprit(site, "z.md", topics=["Police"])


def edit(site: Site) -> None:
    site.write("a.md", item("Another title", quality=50, published=True, **LINK))


def edit_so_that_the_other_represents(site: Site) -> None:
    write_culprit(site, quality=5, body="More of it.")


@pytest.mark.parametrize("change", [rename, rename_and_edit_the_topics, edit, edit_so_that_the_other_represents])
def test_a_digest_stays_while_a_published_file_says_what_it_lists(site: Site, change: Callable[[Site], object]) -> None:
    configure(site)
    write_culprit(site)
    write_raid(site)
    site.publish(at(1))
    before = of_digests(site)
    change(site)
    site.publish(at(1.1))
    assert of_digests(site) == before
    assert_in_step_with_ledger(site)


@pytest.mark.parametrize("is_swapped", [False, True])
def test_a_digest_stays_as_it_was_when_a_file_is_renamed_and_another_takes_its_place(
    site: Site, is_swapped: bool
) -> None:
    """Both within one pass. Then the renamed file is edited."""
    configure(site)
    write_culprit(site)
    other = item("Another", "https://news.example/another", LINK["date"])
    site.write("c.md", other)
    site.publish(at(1))
    before = of_digests(site)
    (site.seeds / "a.md").rename(site.seeds / ("c.md" if is_swapped else "z.md"))
    site.write("a.md", other if is_swapped else item("In its place", "https://news.example/place"))
    site.publish(at(1.1))
    assert of_digests(site) == before
    site.write("c.md" if is_swapped else "z.md", item("Another title", quality=50, published=True, **LINK))
    site.publish(at(1.2))
    assert of_digests(site) == before
    assert_in_step_with_ledger(site)


@pytest.mark.parametrize("other_represents", [False, True])
@pytest.mark.parametrize("gone_first", [False, True])
def test_a_digest_stays_as_it_was_when_a_file_is_renamed_and_then_edited(
    site: Site, other_represents: bool, gone_first: bool
) -> None:
    configure(site)
    write_culprit(site)
    site.write("c.md", item("Another", "https://news.example/another"))
    if other_represents:
        write_raid(site)
    site.publish(at(1))
    before = of_digests(site)
    assert b"culprit" in before[DAILY]
    if other_represents:
        write_raid(site, quality=95)
        site.publish(at(1.05))
    (site.seeds / "a.md").rename(site.root / "aside.md")
    if gone_first:
        site.publish(at(1.1))
    (site.root / "aside.md").rename(site.seeds / "z.md")
    site.publish(at(1.2))
    assert of_digests(site) == before
    site.write("z.md", item("Another title", quality=50, published=True, **LINK))
    site.publish(at(1.3))
    assert of_digests(site) == before
    assert_in_step_with_ledger(site)
    site.write("z.md", item("Another title", quality=50, published=False, **LINK))
    site.publish(at(7.3))
    assert b"culprit" not in of_digests(site)[DAILY]


def assert_in_step_with_ledger(site: Site) -> None:
    """What is made anew of the same ledger is the same, as far as the clock goes."""
    before = site.documents()
    for path in before:
        (site.feeds / path).unlink()
    site.publish(at(7.2))
    assert site.documents() == before


def test_a_digest_of_which_all_is_withdrawn_says_so_and_no_more(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5)
    write(site, 1, 0.6)
    site.publish(at(1))
    for number in range(2):
        (site.seeds / f"{number}.md").unlink()
    write(site, 2, 1.1)
    site.publish(at(1.2))
    (entry,) = site.feed(DAILY).entries
    assert entry.content[0].value == "<p>2 entries, hottest first. 2 were withdrawn since.</p>"
    assert b"<summary" not in site.documents()[DAILY]
    assert_well_formed(site.documents())


def test_a_plan_tells_which_digests_change(site: Site) -> None:
    configure(site)
    write(site, 0, -0.5)
    write(site, 1, -1.5)
    write(site, 2, -2.5)
    for day in (-1, 0):
        site.publish(at(day))
    (site.seeds / "0.md").unlink()
    write(site, 3, 0.5)
    config = load(None)
    with make_publisher(config, state_path(config)) as publisher, previewed(publisher, at(1)) as preview:
        plans = {plan.feed: plan for plan in preview.plan().feeds}
    wanted = FeedPlan("digest/daily/", new=("Feeds: 6 May 2024",), changed=("Feeds: 5 May 2024",))
    assert plans["digest/daily/"] == wanted


def test_digests_are_the_same_from_a_fresh_render_with_the_ledger(site: Site) -> None:
    configure(site, "daily", "weekly", feeds=("all", "topics"))
    for number in range(12):
        write(site, number, number * 0.7, number)
        site.publish(at(number * 0.7 + 0.1))
    (site.seeds / "3.md").unlink()
    site.publish(at(9))
    documents, anew = site.documents(), made_anew(site)
    digest = {path for path in documents if "digest/" in path}
    assert len(digest) == 4 * 4
    assert {path: documents[path] for path in digest} == {path: anew[path] for path in digest if path in anew}


def test_an_item_that_comes_late_is_in_the_next_digest_once(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5)
    site.publish(at(1))
    write(site, 1, 0.6)  # of the day that is closed
    write(site, 2, 1.1)
    site.publish(at(1.5))
    site.publish(at(2))
    site.publish(at(3))
    assert digests(site) == {"Feeds: 7 May 2024": [2, 1], "Feeds: 6 May 2024": [0]}


@pytest.mark.parametrize("waits", [{"published": False}, {"heat": -1}], ids=["a draft", "folded"])
def test_an_item_that_is_first_shown_late_is_in_the_next_digest_once(site: Site, waits: dict[str, Any]) -> None:
    configure(site)
    write(site, 0, 0.5)
    write(site, 1, 0.6, **waits)
    site.publish(at(0.7))
    site.publish(at(1))
    write(site, 1, 0.6)
    write(site, 0, 0.5, published=False)
    site.publish(at(1.4))
    write(site, 0, 0.5)
    for day in (1.5, 2, 3):
        site.publish(at(day))
    assert digests(site) == {"Feeds: 7 May 2024": [1], "Feeds: 6 May 2024": [0]}


def test_the_first_digest_holds_nothing_from_before_its_time(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5)
    write(site, 1, 1.5)
    site.publish(at(2.5))
    assert digests(site) == {"Feeds: 7 May 2024": [1]}


def test_what_a_downtime_missed_is_caught_up_but_not_without_end(site: Site) -> None:
    configure(site)
    for day in range(20):
        write(site, day, day + 0.5)
    site.publish(at(2))
    assert list(digests(site)) == ["Feeds: 7 May 2024"]
    site.publish(at(20))
    assert list(digests(site).values()) == [[19], [18], [17], [16], [15], [14], [13], [1]]


def test_a_day_ends_where_the_site_is(site: Site) -> None:
    configure(site, time_zone="America/New_York")
    write(site, 0, 1.1)  # still the 6th there
    site.publish(at(1.1))
    assert digests(site) == {}
    site.publish(at(1 + 4 / 24))
    assert digests(site) == {"Feeds: 6 May 2024": [0]}
    configure(site, time_zone="Asia/Tokyo")
    write(site, 1, 1.5)
    site.publish(at(3))
    assert digests(site) == {"Feeds: 7 to 8 May 2024": [1], "Feeds: 6 May 2024": [0]}


@pytest.mark.parametrize(
    ("zones", "titles"),
    [
        (("UTC", "America/New_York"), ["6 to 7 May 2024", "6 May 2024"]),  # 4 h are left of the day
        (("UTC", "Pacific/Kiritimati"), ["7 to 8 May 2024", "6 May 2024"]),  # 10 h
        (("America/New_York", "UTC"), ["7 to 8 May 2024", "6 May 2024"]),  # 20 h
    ],
)
def test_what_another_time_zone_leaves_of_a_day_is_part_of_the_next(
    site: Site, zones: tuple[str, str], titles: list[str]
) -> None:
    configure(site, time_zone=zones[0], digest_limit=100)
    for number in range(20):
        write(site, number, number / 6)
    site.publish(at(1.3))
    configure(site, time_zone=zones[1], digest_limit=100)
    for day in (1.5, 2, 2.2, 2.5, 3.2):
        site.publish(at(day))
    assert [title.removeprefix("Feeds: ") for title in digests(site)][-2:] == titles
    assert_each_once(site, DAILY)


def test_what_another_time_zone_leaves_of_a_week_is_part_of_the_next(site: Site) -> None:
    configure(site, "weekly")
    for number in range(22):
        write(site, number, number)
    site.publish(at(7))
    configure(site, "weekly", time_zone="America/New_York")
    for day in (7.1, 7.2, 14, 14.2, 21.2):
        site.publish(at(day))
    assert list(digests(site, "digest/weekly/atom.xml")) == [
        "Feeds: 20 to 26 May 2024",
        "Feeds: 12 to 19 May 2024",
        "Feeds: 6 to 12 May 2024",
    ]
    assert_each_once(site, "digest/weekly/atom.xml")


def assert_each_once(site: Site, path: str) -> None:
    """Periods have neither a gap nor an overlap: of the items from the first to the last, each is listed once."""
    listed = sorted(number for numbers in digests(site, path).values() for number in numbers)
    assert listed == list(range(listed[0], listed[-1] + 1))
    anchors = [entry.link.partition("#")[2] for entry in site.feed(path).entries]
    assert len(set(anchors)) == len(anchors)


def test_a_clock_that_was_wrong_once_does_not_stop_digests(site: Site) -> None:
    configure(site, "daily", "weekly")
    write(site, 0, 0.5)
    write(site, 1, 1.2)
    site.publish(at(1.1))
    site.publish(at(365 * 12))
    before = digests(site)
    for day in (1.3, 2.0, 2.4):
        site.publish(at(day))
    write(site, 2, 2.3)
    assert site.publish(at(2.5)).next_due == at(3)
    site.publish(at(3))
    assert digests(site) == {"Feeds: 8 May 2024": [2], "Feeds: 7 May 2024": [1]} | before


def test_a_clock_that_goes_back_over_midnight_closes_no_day_twice(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5)
    site.publish(at(1))
    before = of_digests(site)
    write(site, 1, 0.4, 99)
    site.publish(at(0.99))
    site.publish(at(1.01))
    assert of_digests(site) == before


def test_every_feed_that_has_views_has_its_own_digest(site: Site) -> None:
    site.configure(views={"digest": ["daily"], "feeds": ["topics", "saved"]}, feeds={"mine": {"min_heat": 50}})
    write(site, 0, 0.5, 60)
    write(site, 1, 0.5, 40, topics=["Trains"])
    site.publish(at(1))
    assert not (site.feeds / "digest").exists()
    assert digests(site, "topics/boats/digest/daily/atom.xml") == {"Boats: 6 May 2024": [0]}
    assert digests(site, "topics/trains/digest/daily/atom.xml") == {"Trains: 6 May 2024": [1]}
    assert digests(site, "saved/mine/digest/daily/atom.xml") == {"mine: 6 May 2024": [0]}
    assert_in_step(site)


def test_a_digest_holds_more_than_its_feed_and_lists_as_many_as_it_may(site: Site) -> None:
    site.configure(views={"digest": ["daily"], "digest_limit": 3}, limit=2)
    for number in range(6):
        write(site, number, 0.1 * number, number)
    site.publish(at(1))
    assert digests(site) == {"Feeds: 6 May 2024": [5, 4, 3]}
    assert "The 3 hottest of 6 entries." in site.feed(DAILY).entries[0].content[0].value


ORDERS = (
    ("heat", [0, 2, 1, 3], "4 entries, hottest first."),
    ("quality", [3, 1, 0, 2], "4 entries, best first."),
    ("latest", [1, 3, 0, 2], "4 entries, newest first."),
)


@pytest.mark.parametrize(("order", "listed", "words"), ORDERS, ids=[order for order, *_ in ORDERS])
def test_a_period_is_ordered_as_its_feed_is_but_age_takes_no_heat(
    site: Site, order: str, listed: list[int], words: str
) -> None:
    site.configure(views={"digest": ["weekly"]}, rank={"order": order})
    write(site, 0, 0.5, 100, quality=10)
    write(site, 1, 6.5, 30, quality=60)
    write(site, 2, 0.4, 90)
    write(site, 3, 6.4, quality=70, heat=29)
    site.publish(at(7))
    weekly = "digest/weekly/atom.xml"
    assert (digests(site, weekly), said(site, weekly)) == ({"Feeds: 6 to 12 May 2024": listed}, words)


def test_a_single_entry_has_no_order(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5)
    site.publish(at(1))
    assert said(site) == "1 entry."


def test_withheld_items_are_in_no_digest(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5, published=False)
    write(site, 1, 0.5, -1)
    write(site, 2, 0.5)
    site.publish(at(1))
    assert digests(site) == {"Feeds: 6 May 2024": [2]}


def test_a_pass_says_when_the_next_period_closes(site: Site) -> None:
    configure(site, "daily", "weekly")
    write(site, 0, 0.5)
    assert site.publish(at(1.2)).next_due == at(2)
    write(site, 1, 1.6)
    assert site.publish(at(1.3)).next_due == at(1.6)
    site.configure()
    write(site, 1, 1.6)
    assert site.publish(at(1.7)).next_due is None


def test_the_page_of_a_digest_shows_all_of_it(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5, excerpt="What it is about.")
    site.publish(at(1))
    page = (site.feeds / "digest/daily/index.html").read_text()
    assert "<ol>" in page
    assert '<a href="https://news.example/0">Item 0</a>' in page
    assert "What it is about." in page


def test_a_digest_leads_to_its_place_on_its_page(site: Site) -> None:
    configure(site, "daily", "weekly", time_zone="Europe/Vienna")
    write(site, 0, 6.5)
    site.publish(at(7))
    for cadence, day in (("daily", "2024-05-12"), ("weekly", "2024-05-06")):
        folder = f"digest/{cadence}/"
        link = f"http://localhost:8080/{folder}#{day}"
        assert [entry.link for name in ("atom", "rss") for entry in site.feed(f"{folder}{name}.xml").entries] == [
            link
        ] * 2
        (each,) = json.loads((site.feeds / folder / "feed.json").read_bytes())["items"]
        assert each["url"] == link
        page = (site.feeds / folder / "index.html").read_text()
        assert f'<article id="{day}">' in page


def test_without_pages_a_digest_leads_nowhere(site: Site) -> None:
    site.configure(views={"digest": ["daily"]}, pages=False)
    write(site, 0, 0.5)
    site.publish(at(1))
    assert b"#2024" not in b"".join(site.documents().values())


def test_a_summary_that_repeats_the_title_is_left_out(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5, excerpt="Item 0")
    site.publish(at(1))
    (entry,) = site.feed(DAILY).entries
    assert entry.content[0].value.count("Item 0") == 1


def test_a_digest_of_an_older_ledger_stays_as_it_was(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5)
    site.publish(at(1))
    with closing(sqlite3.connect(site.ledger)) as db, db:
        ((blob,),) = db.execute("SELECT digest FROM digests").fetchall()
        kept = msgspec.msgpack.decode(blob)
        older = msgspec.msgpack.encode({name: kept[name] for name in ("id", "title", "end", "summary", "content")})
        db.execute("UPDATE digests SET digest = ?, mark = ?", (older, content_digest(older)))
        db.execute("DROP TABLE digest_entries")
        db.execute("ALTER TABLE entries DROP COLUMN first_shown")
        db.execute("DROP INDEX story_keys_by_entry")
        db.execute("DROP INDEX files_with_digest")
        take_back(db, 6)
        db.execute("PRAGMA user_version = 5")
    before = site.feed(DAILY).entries[0]
    write(site, 1, 0.6)  # of the day that is closed
    write(site, 2, 1.2)
    site.publish(at(2))
    new, old = site.feed(DAILY).entries
    assert (old.id, old.title, old.content, old.published) == (
        before.id,
        before.title,
        before.content,
        before.published,
    )
    assert digests(site) == {"Feeds: 7 May 2024": [2, 1], "Feeds: 6 May 2024": [0]}
    assert new.link.endswith("#2024-05-07")
    assert "digest/daily/" in site.run("why", "seeds/0.md").out


def test_a_digest_that_is_damaged_in_the_ledger_is_not_published(site: Site) -> None:
    configure(site)
    write(site, 0, 0.5)
    site.publish(at(1))
    with sqlite3.connect(site.ledger) as db:
        db.execute("UPDATE digests SET digest = CAST(replace(CAST(digest AS TEXT), 'Item', 'Meti') AS BLOB)")
    db.close()
    (site.feeds / DAILY).unlink()
    report = site.publish(at(1.1))
    assert "damaged" in report.remarks[0]
    assert b"Meti" not in b"".join(site.documents().values())


def zone_with_midnight_at(moment: datetime) -> bytes:
    """A time zone (RFC 8536, version 1) in which a day begins at this moment."""
    ahead = -int(moment.timestamp()) % 86400
    return struct.pack(">4sc15x6l", b"TZif", b"\0", 0, 0, 0, 0, 1, 4) + struct.pack(">lBB4s", ahead, 0, 0, b"TST\0")


def test_a_daemon_closes_a_day_at_its_midnight_by_itself_and_once(
    site: Site, daemon: Callable[..., Running], tmp_path: Path
) -> None:
    site.write("0.md", item("Item 0", "https://news.example/0", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"))
    site.settle()
    running = daemon(env=os.environ | {"PYTHONTZPATH": str(tmp_path)}).wait_until_ready()
    midnight = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    (tmp_path / "Near").write_bytes(zone_with_midnight_at(midnight))
    configure(site, time_zone="Near")
    running.process.send_signal(signal.SIGHUP)
    assert running.wait_for(lambda status: status.next_due is not None).next_due == midnight
    assert digests(site) == {}
    running.wait_for(lambda status: status.entries == 1 and status.next_due == midnight + timedelta(days=1))
    late = (site.feeds / DAILY).stat().st_mtime + other_dates.shift() - midnight.timestamp()
    assert 0 <= late < 10
    before = looks(site.feeds)
    running.sync()
    assert looks(site.feeds) == before
    assert list(digests(site).values()) == [[0]]
    assert "was due" in running.log


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", 3])
def test_a_time_zone_that_nobody_knows_is_a_mistake(site: Site, zone: object) -> None:
    configure(site, time_zone=zone)
    write(site, 0, 0.5)
    result = site.run("render")
    assert result.status == 2
    assert "views.time_zone: expected the name of a time zone" in result.err
