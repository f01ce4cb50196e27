"""What `feedd why` says of an item in feeds and views, over real files."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support import Site, item

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)  # a Wednesday
NOW = NOON + timedelta(days=20, hours=6)


@pytest.fixture(autouse=True)
def _today(site: Site) -> None:
    site.now = NOW


def write(site: Site, number: int, days: float = 0, **fields: Any) -> None:
    """An item that is dated so many days after noon of a day that is over."""
    date = f"{NOON + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", date, **fields))


def lines(site: Site, number: int) -> list[str]:
    """What is said of an item, without the blanks that align it."""
    return [" ".join(line.split()) for line in site.run("why", f"{number}.md").out.splitlines()]


def place(site: Site, number: int, feed: str = "./") -> dict[str, Any]:
    """What is said of it in a feed, for programs."""
    places = json.loads(site.run("why", f"{number}.md", "--format", "json").out)["places"]
    found: dict[str, Any] = next(each for each in places if each["feed"] == feed)
    return found


# Places in feeds


def test_the_heat_that_would_pass_the_entry_above_does_and_one_less_does_not(site: Site) -> None:
    write(site, 0, heat=80)
    write(site, 1, days=-1, heat=50)
    site.render()
    assert "above it Item 0; heat 114 would pass it" in lines(site, 1)
    for heat, expected in ((113, 2), (114, 1)):
        write(site, 1, days=-1, heat=heat)
        assert place(site, 1)["place"] == expected


def test_what_is_much_newer_is_passed_by_no_heat(site: Site) -> None:
    write(site, 0, heat=80)
    write(site, 1, days=-100, heat=50)
    assert "above it Item 0; it is newer by more than any heat makes up for" in lines(site, 1)


def test_an_order_by_quality_is_passed_by_quality_and_one_by_date_by_nothing(site: Site) -> None:
    site.configure(rank={"all": {"order": "quality"}, "topics": {"order": "latest"}})
    write(site, 0, quality=80, topics=["Boats"])
    write(site, 1, days=-1, quality=50, heat=99, topics=["Boats"])
    said = lines(site, 1)
    assert "in ./ (All entries) place 2 of 2, by quality" in said
    assert "above it Item 0; quality 81 would pass it" in said
    assert "in topics/boats/ place 2 of 2, newest first" in said
    assert "above it Item 0" in said


def test_a_feed_with_numbers_of_its_own_says_them(site: Site) -> None:
    site.configure(rank={"topics": {"half_life": "7d"}, "feeds": {"providers/herald": {"unknown": 64}}})
    write(site, 0, topics=["Boats"], provider="Herald")
    said = lines(site, 0)
    days = (NOON - datetime.fromtimestamp(0, UTC)) / timedelta(days=1)
    assert f"here heat 30, key {4.906891 + days / 7:.3f} with a half-life of 7 d" in said
    assert f"here heat 64, key {6 + days / 2:.3f} with a half-life of 2 d" in said
    assert sum(line.startswith("here") for line in said) == 2


def test_an_entry_whose_quality_fell_below_what_it_takes_to_come_in_says_that_it_stays(site: Site) -> None:
    site.configure(rank={"min_quality": 50})
    write(site, 0, quality=60)
    site.render()
    assert not [line for line in lines(site, 0) if line.startswith("stays")]
    write(site, 0, quality=40)
    assert "stays its quality, 40, is below 50 now, but it came in before" in lines(site, 0)


# Views


def test_views_have_a_line_with_the_place_there(site: Site) -> None:
    site.configure(views={"hot": 60}, rank={"order": "latest"})
    for number, heat in enumerate((50, 90, 60)):
        write(site, number, days=number, heat=heat)
    site.publish(NOON + timedelta(days=4))
    since = f"since {NOON + timedelta(days=4):%Y-%m-%dT%H:%M:%SZ}"
    assert lines(site, 0)[-2:] == ["hot/ not in it: its heat, 50, is below 60", 'top/ place 3 of 3, below "Item 2"']
    assert lines(site, 1)[-2:] == [
        f'hot/ place 2 of 2, {since}, below "Item 2"',
        'top/ place 1 of 3, above "Item 2"',
    ]
    assert lines(site, 2)[-2:] == [
        f'hot/ place 1 of 2, {since}, above "Item 1"',
        'top/ place 2 of 3, below "Item 1", above "Item 0"',
    ]


def test_a_list_in_the_order_of_its_feed_says_so(site: Site) -> None:
    for number in range(2):
        write(site, number, days=number)
    assert lines(site, 0)[-1] == "top/ place 2 of 2, as in the feed"


def test_a_percentile_is_said_as_the_heat_that_it_is_now(site: Site) -> None:
    site.configure(views={"hot": "p50"})
    for number in range(4):
        write(site, number, heat=10 * number + 10)
    enough = "from 30 on entries are hotter than 50 % of the feed's 4 now"
    assert f"hot/ not in it: its heat, 20, is too low: {enough}" in lines(site, 1)
    site.configure(views={"hot": "p90"})
    assert "hot/ not in it: no entry is hotter than 90 % of the feed's 4 now" in lines(site, 1)


def test_what_newer_admissions_have_pushed_out_of_the_hot_view_is_said_to_be(site: Site) -> None:
    site.configure(views={"hot": 60}, limit=2)
    write(site, 0, heat=70)
    site.publish(NOON + timedelta(days=1))
    for number in (1, 2):
        write(site, number, days=number - 3, heat=70)
        site.publish(NOON + timedelta(days=1 + number))
    assert place(site, 0)["place"] == 1
    assert "hot/ not in it: newer admissions have pushed it out" in lines(site, 0)


def test_a_list_that_is_too_short_says_so(site: Site) -> None:
    site.configure(views={"top": 1})
    for number in range(2):
        write(site, number, days=number)
    assert lines(site, 0)[-1] == "top/ not in it: not among the first 1 by rank"


# Digests


def test_the_digest_that_names_an_item_is_said_with_the_place_there(site: Site) -> None:
    site.configure(views={"digest": ["daily", "weekly"]})
    write(site, 0, heat=40)
    write(site, 1, heat=90)
    site.publish(NOON + timedelta(hours=6))
    site.publish(NOON + timedelta(days=1))
    day = f"{NOON.day} {NOON:%B %Y}"
    assert f"digest/daily/ place 2 of 2 in that of {day}" in lines(site, 0)
    assert f"digest/daily/ place 1 of 2 in that of {day}" in lines(site, 1)


def test_an_item_that_came_after_its_day_was_over_is_in_no_digest_and_says_so(site: Site) -> None:
    site.configure(views={"digest": ["daily"]})
    write(site, 0)
    write(site, 1, days=-5)
    site.publish(NOON + timedelta(days=1))
    over = f"{NOON - timedelta(days=4.5):%Y-%m-%d %H:%M} UTC"
    assert f"digest/daily/ not in it: it came after its day was over, at {over}" in lines(site, 1)


def test_what_is_too_late_for_its_day_counts_for_the_next_digest(site: Site) -> None:
    site.configure(views={"digest": ["weekly"]})
    write(site, 0)
    site.publish(NOW)
    write(site, 1, days=13)  # the same day of the last week
    site.publish(NOW + timedelta(seconds=2))
    (said,) = (line for line in lines(site, 1) if line.startswith("digest"))
    assert "it came after its week was over, and counts for that which comes at 2026-04-27 00:00 UTC" in said


def test_an_item_of_today_waits_for_its_digest(site: Site) -> None:
    site.configure(views={"digest": ["daily"]})
    site.write("0.md", item("Item 0", None, None))
    said = "\n".join(lines(site, 0))
    assert re.search(r"digest/daily/ not in it: its day is not over; the digest comes at \S+ 00:00 UTC", said)


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Denver", "Pacific/Kiritimati"])
def test_in_another_time_zone_each_digest_is_said_to_come_when_it_does(site: Site, zone: str, day: int) -> None:
    site.now = NOW + timedelta(days=day)
    site.configure(views={"digest": ["daily", "weekly"]})
    site.write("0.md", item("Item 0", None, None))
    site.publish(site.now)
    site.configure(views={"digest": ["daily", "weekly"], "time_zone": zone})
    site.publish(site.now)
    said = "\n".join(lines(site, 0))
    comes = {}
    for folder, period in (("daily", "day"), ("weekly", "week")):
        waits = f"digest/{folder}/ not in it: its {period} is not over; the digest comes at (.*) UTC"
        comes[folder] = datetime.strptime(f"{re.findall(waits, said)[0]}+0000", "%Y-%m-%d %H:%M%z")
    for moment in sorted(set(comes.values())):
        for now in (moment - timedelta(seconds=1), moment):
            site.publish(now)
            there = {folder for folder in comes if site.feed(f"digest/{folder}/atom.xml").entries}
            assert there == {folder for folder, end in comes.items() if end <= now}


@pytest.mark.parametrize("days", [0, 19])  # until yesterday
def test_an_item_that_its_digest_does_not_name_says_of_which(site: Site, days: int) -> None:
    site.configure(views={"digest": ["daily"], "digest_limit": 1})
    date = NOON + timedelta(days=days)
    write(site, 0, days, heat=40)
    write(site, 1, days, heat=90)
    site.publish(date + timedelta(hours=6))
    site.publish(date + timedelta(hours=12))
    (said,) = (line for line in lines(site, 0) if line.startswith("digest"))
    why = f"that of {date.day} {date:%B %Y} does not name it: others come first there, or it was not in the feed then"
    assert said == f"digest/daily/ not in it: {why}"


def test_the_entry_of_a_digest_is_said_to_be_one(site: Site) -> None:
    site.configure(views={"digest": ["daily"]})
    write(site, 0)
    site.publish(NOON + timedelta(hours=6))
    site.publish(NOON + timedelta(days=1))
    (digest,) = site.entries("digest/daily/atom.xml").values()
    result = site.run("why", digest.id)
    assert (result.status, result.out) == (3, "")
    day = f"{NOON.day} {NOON:%B %Y}"
    assert f"that is the digest of {day} in digest/daily/: it is kept, and not explained" in result.err


# Heat and stories


def test_a_heat_below_one_counts_as_one(site: Site) -> None:
    write(site, 0, heat=0)
    said = lines(site, 0)
    assert "heat 0, set in the file" in said
    assert any("0.000 for its heat (log2 of 0, which counts as 1) + " in line for line in said)


def story(site: Site) -> None:
    related = [{"title": "Item 0", "webUrl": "https://news.example/0"}]
    write(site, 0, quality=60, provider="Herald")
    write(site, 1, quality=50, heat=5, provider="Times", related=related)


def test_who_leads_a_story_names_the_others(site: Site) -> None:
    story(site)
    said = lines(site, 0)
    assert "story leads 1 other: Item 1" in said
    assert "heat 70: quality 60 + 10 for 1 further provider on the story (Times)" in said
    assert 'story led by "Item 0" (seeds/0.md)' in lines(site, 1)


def test_what_is_folded_says_why_in_one_way(site: Site) -> None:
    site.configure(stories={"fold_published": True})
    story(site)
    assert "withheld folded under the lead of its story (`stories.fold_published`)" in lines(site, 1)
    write(site, 1, heat=-1, provider="Times", related=[{"title": "Item 0", "webUrl": "https://news.example/0"}])
    said = lines(site, 1)
    assert "withheld folded under the lead of its story (`heat: -1`)" in said
    assert "heat -1, set in the file: it is to be shown under the lead of its story alone" in said


def test_what_is_folded_without_a_lead_is_said_to_be_shown_nowhere(site: Site) -> None:
    write(site, 0, heat=-5)
    write(site, 1)
    assert "withheld folded (`heat: -5`), but no story leads it: it is shown nowhere" in lines(site, 0)


def test_what_is_folded_and_whose_lead_is_withheld_names_that(site: Site) -> None:
    write(site, 0, provider="Herald", quality=60)
    write(site, 1, heat=-1, provider="Times", related=[{"title": "Item 0", "webUrl": "https://news.example/0"}])
    site.render()
    write(site, 0, provider="Herald", quality=60, published=False)
    said = lines(site, 1)
    assert "withheld folded (`heat: -1`), but what leads its story is not shown: it is shown nowhere" in said
    (told,) = (line for line in said if line.startswith("story"))
    assert told.startswith('story folded under "Item 0" (seeds/0.md, which is withheld itself: ')


@pytest.mark.parametrize("path", ["0.md", "1.md"])
def test_explaining_a_feed_by_date_or_quality_fails_for_no_item(site: Site, path: str) -> None:
    site.configure(rank={"order": "quality"}, views={"feeds": ["all", "topics"], "digest": ["daily", "weekly"]})
    write(site, 0, topics=["Boats"])
    write(site, 1, topics=["Boats"], quality=1)
    assert site.run("why", path).status == 0


def test_what_is_folded_under_what_is_folded_itself_is_shown_nowhere(site: Site) -> None:
    related = [{"title": "Item 0", "webUrl": "https://news.example/0"}]
    write(site, 0, heat=-1, quality=60, provider="Herald")
    write(site, 1, heat=-1, quality=50, provider="Times", related=related)
    assert "withheld folded (`heat: -1`), but no story leads it: it is shown nowhere" in lines(site, 0)
    assert "withheld folded (`heat: -1`), but what leads its story is not shown: it is shown nowhere" in lines(site, 1)
