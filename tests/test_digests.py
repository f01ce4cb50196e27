"""Digests, over real files: made once when a period closes, and never again."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support import Site, assert_in_step, assert_well_formed, item, looks, made_anew

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


def test_what_is_in_a_digest_stays_as_it_was(site: Site) -> None:
    configure(site, "daily", "weekly")
    for number in range(3):
        write(site, number, 0.1 * number, 10 * number)
    site.publish(at(7))
    before = {path: data for path, data in site.documents().items() if path.startswith("digest/")}
    write(site, 0, 0.1, 99)
    (site.seeds / "1.md").unlink()
    write(site, 2, 0.1, published=False)
    write(site, 3, 3, 50)
    site.publish(at(7.2))
    assert {path: data for path, data in site.documents().items() if path.startswith("digest/")} == before
    assert digests(site, "digest/weekly/atom.xml") == {"Feeds: 6 to 12 May 2024": [2, 1, 0]}


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
    assert digests(site) == {"Feeds: 7 May 2024": [1], "Feeds: 6 May 2024": [0]}


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


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", 3])
def test_a_time_zone_that_nobody_knows_is_a_mistake(site: Site, zone: object) -> None:
    configure(site, time_zone=zone)
    write(site, 0, 0.5)
    result = site.run("render")
    assert result.status == 2
    assert "views.time_zone: expected the name of a time zone" in result.err
