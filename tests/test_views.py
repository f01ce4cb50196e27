"""Views of feeds, over real files: which there are, what they hold, and what it takes for them to change."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from support import Site, assert_in_step, assert_well_formed, item, looks

TREAT_AS = "{http://www.microsoft.com/schemas/rss/core/2005}treatAs"
EVERY = ["all", "topics", "providers"]


def write(site: Site, number: int, heat: float | None = None, day: int = 1, **fields: Any) -> None:
    fields = {"topics": ["Boats"], "provider": "Herald", "heat": heat, **fields}
    date = f"2024-05-{day:02}T12:00:00Z"
    site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", date, **fields))


def at(hour: int) -> datetime:
    return datetime(2024, 6, 1, tzinfo=UTC) + timedelta(hours=hour)


def numbers(site: Site, folder: str) -> list[int]:
    """The items in a feed, in its order; in every format alike."""
    atom = [int(title.split()[1]) for title in site.entries(f"{folder}atom.xml")]
    assert atom == [int(title.split()[1]) for title in site.entries(f"{folder}rss.xml")]
    assert atom == [int(each["title"].split()[1]) for each in document(site, folder)["items"]]
    return atom


def document(site: Site, folder: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site.feeds / folder / "feed.json").read_bytes())
    return found


def root(site: Site, path: str) -> etree._Element:
    return etree.parse(site.feeds / path).getroot()


# The list by rank


def test_top_lists_the_entries_by_rank_with_their_places_and_heats(site: Site) -> None:
    for number, heat in enumerate((20, 70.5, None, 40)):
        write(site, number, heat)
    site.render()
    assert numbers(site, "top/") == [1, 3, 2, 0]
    ours = [each["_feedd"] for each in document(site, "top/")["items"]]
    assert ours == [{"rank": rank, "heat": heat} for rank, heat in ((1, 70.5), (2, 40), (3, 30), (4, 20))]


def test_the_page_of_top_shows_places_and_heats_and_no_other_page_does(site: Site) -> None:
    site.configure(views={"feeds": EVERY})
    for number, heat in enumerate((20, 70.5, None)):
        write(site, number, heat)
    site.render()
    for folder in ("", "topics/boats/"):
        page = (site.feeds / folder / "top/index.html").read_text()
        found = re.findall('<span class="place"><b>([0-9]+)</b> heat ([0-9.]+)</span> .*?<', page)
        assert found == [("1", "70.5"), ("2", "30"), ("3", "20")]
    assert [path for path, data in site.documents().items() if b'class="place"' in data and "top/" not in path] == []
    write(site, 0, 90)
    site.render()
    assert_in_step(site)


def test_a_page_without_entries_shows_no_date(site: Site) -> None:
    write(site, 0)
    site.render()
    page = (site.feeds / "hot/index.html").read_text()
    assert "No entries yet." in page
    assert "<time" not in page


def test_the_heading_of_a_view_does_not_break_before_its_dash(site: Site) -> None:
    write(site, 0, topics=["Boats - and more"])
    site.configure(views={"feeds": EVERY})
    site.render()
    page = (site.feeds / "topics/boats-and-more/top/index.html").read_text()
    assert "<h1>Top\N{NO-BREAK SPACE}\N{EN DASH} Boats - and more</h1>" in page


def test_top_says_in_each_format_that_it_is_a_list_and_no_other_feed_does(site: Site) -> None:
    write(site, 0)
    site.render()
    assert root(site, "top/rss.xml").findtext(f"channel/{TREAT_AS}") == "list"
    assert root(site, "top/atom.xml").findtext(TREAT_AS) == "list"
    assert document(site, "top/")["_feedd"]["treat_as"] == "list"
    for path, data in site.documents().items():
        if not path.startswith("top/"):
            assert b"treatAs" not in data
            assert b"_feedd" not in data


def test_top_is_a_feed_of_its_own_with_the_entries_of_the_other(site: Site) -> None:
    write(site, 0)
    site.configure(title="Site", views={"feeds": EVERY})
    site.render()
    feeds = {folder: site.feed(f"{folder}top/atom.xml").feed for folder in ("", "topics/boats/", "providers/herald/")}
    assert [feed.id for feed in feeds.values()] == [
        "tag:feeds.example,2026:all/top",
        "tag:feeds.example,2026:topic/boats/top",
        "tag:feeds.example,2026:provider/herald/top",
    ]
    assert [feed.title for feed in feeds.values()] == ["Top - Site", "Top - Boats - Site", "Top - Herald - Site"]
    for folder in feeds:
        assert site.ids(f"{folder}top/atom.xml") == site.ids()
    assert_well_formed(site.documents())


def test_top_lists_as_many_as_it_is_told(site: Site) -> None:
    for number in range(5):
        write(site, number, 10 * number)
    site.configure(views={"top": 2})
    site.render()
    assert numbers(site, "top/") == [4, 3]
    write(site, 0, 90)
    site.render()
    assert numbers(site, "top/") == [0, 4]
    assert_in_step(site)


def test_top_is_by_rank_where_its_feed_is_by_date(site: Site) -> None:
    write(site, 0, 90, day=1)
    write(site, 1, 20, day=2)
    site.configure(rank={"order": "latest"})
    site.render()
    assert (numbers(site, ""), numbers(site, "top/")) == ([1, 0], [0, 1])


def test_heat_alone_moves_an_entry_in_the_list_and_no_date(site: Site) -> None:
    write(site, 0, 20)
    write(site, 1, 30)
    site.render()
    before = site.entries("top/atom.xml")
    write(site, 0, 40)
    site.render()
    assert numbers(site, "top/") == [0, 1]
    after = site.entries("top/atom.xml")
    assert {title: entry.updated for title, entry in before.items()} == {
        title: entry.updated for title, entry in after.items()
    }
    assert_in_step(site)


# What has become hot


def hot(site: Site, folder: str = "") -> list[int]:
    return numbers(site, f"{folder}hot/")


def test_an_entry_is_in_hot_from_when_its_heat_first_passes_the_threshold(site: Site) -> None:
    site.configure(views={"hot": 60})
    write(site, 0, 59)
    write(site, 1, 60)
    site.render()
    assert hot(site) == [1]
    write(site, 0, 61)
    site.render()
    assert hot(site) == [0, 1]
    assert_in_step(site)


def test_the_newest_admission_comes_first_whatever_its_date_and_heat(site: Site) -> None:
    site.configure(views={"hot": 60})
    for number, (heat, day) in enumerate(((60, 9), (99, 5), (70, 1))):
        write(site, number, heat, day)
        site.publish(at(number))
    assert hot(site) == [2, 1, 0]


def test_what_is_hot_stays_hot_when_it_cools(site: Site) -> None:
    site.configure(views={"hot": 60})
    write(site, 0, 80)
    site.render()
    write(site, 0, 10)
    assert not any(path.startswith("hot/") for path in site.render().written)
    assert hot(site) == [0]


def test_what_newer_admissions_pushed_out_never_returns(site: Site) -> None:
    site.configure(views={"hot": 60}, limit=2)
    for number, day in enumerate((20, 5, 6)):
        write(site, number, 80, day)
        site.publish(at(number))
    assert (numbers(site, ""), hot(site)) == ([0, 2], [2, 1])
    write(site, 0, 99, day=20)
    (site.seeds / "1.md").unlink()
    site.publish(at(3))
    assert hot(site) == [2]
    assert_in_step(site)


def test_hot_holds_no_more_than_its_feed_when_that_is_to_hold_less(site: Site) -> None:
    site.configure(views={"hot": 60})
    for number in range(4):
        write(site, number, 80, 5 + number)
        site.publish(at(number))
    site.configure(views={"hot": 60}, limit=2)
    site.publish(at(5))
    assert (numbers(site, ""), hot(site)) == ([3, 2], [3, 2])
    assert_in_step(site)


def test_what_is_withdrawn_leaves_hot_and_may_return(site: Site) -> None:
    site.configure(views={"hot": 60})
    write(site, 0, 80)
    site.render()
    write(site, 0, 80, published=False)
    site.render()
    assert hot(site) == []
    write(site, 0, 80)
    site.render()
    assert hot(site) == [0]
    assert_in_step(site)


def test_hot_takes_the_hottest_tenth_of_a_feed_by_default(site: Site) -> None:
    for number in range(20):
        write(site, number, number)
    site.render()
    assert sorted(hot(site)) == [18, 19]


def test_among_equals_and_in_a_feed_of_a_few_nothing_is_hot_by_default(site: Site) -> None:
    write(site, 0, 90)
    write(site, 1, 20)
    site.render()
    assert hot(site) == []
    for number in range(30):
        write(site, number, 50)
    site.render()
    assert hot(site) == []


def test_entries_have_the_dates_and_ids_in_hot_that_they_have_everywhere(site: Site) -> None:
    site.configure(views={"hot": 60, "feeds": EVERY})
    write(site, 0, 80)
    site.render()
    for path in ("hot/atom.xml", "topics/boats/hot/atom.xml"):
        (entry,), (own,) = site.feed(path).entries, site.feed().entries
        assert (entry.id, entry.published, entry.updated) == (own.id, own.published, own.updated)


def test_hot_is_decided_in_each_feed_by_its_own_entries(site: Site) -> None:
    site.configure(views={"hot": "p50", "feeds": EVERY})
    for number in range(4):
        write(site, number, 10 + number, topics=["Boats"])
        write(site, 4 + number, 80 + number, topics=["Trains"])
    site.render()
    assert sorted(hot(site)) == [4, 5, 6, 7]
    assert sorted(hot(site, "topics/boats/")) == [2, 3]
    assert sorted(hot(site, "topics/trains/")) == [6, 7]


def test_a_clock_that_was_set_back_admits_after_what_is_there(site: Site) -> None:
    site.configure(views={"hot": 60})
    for number, hour in enumerate((5, 2, 3)):
        write(site, number, 80, day=5 - number)
        site.publish(at(hour))
    assert hot(site) == [0, 1, 2]
    write(site, 3, 80)
    site.publish(at(6))
    assert hot(site)[0] == 3


# Views in general


def test_a_first_render_leaves_the_same_views_at_whatever_time(site: Site) -> None:
    site.configure(views={"hot": 60, "feeds": EVERY}, recover_index=False)  # the index knows when it came
    write(site, 0, 80)
    write(site, 1, 20, topics=["Trains"])
    site.publish(at(0))
    before = site.documents()
    shutil.rmtree(site.state)
    shutil.rmtree(site.feeds)
    site.publish(at(1000))
    assert site.documents() == before


def test_only_the_feed_of_all_has_views_unless_more_is_asked_for(site: Site) -> None:
    write(site, 0)
    site.render()
    assert {path.rpartition("/")[0] for path in site.documents() if "top/" in path} == {"top"}


def test_pages_and_opml_list_the_views(site: Site) -> None:
    write(site, 0)
    site.configure(views={"feeds": EVERY})
    site.render()
    for page in ("index.html", "topics/boats/index.html", "providers/herald/index.html"):
        assert b'<a href="top/index.html">Top</a>' in site.documents()[page]
    assert b'<a href="../../../topics/boats/' not in site.documents()["topics/boats/top/index.html"]
    outlines = root(site, "feeds.opml").findall("body/outline[@text='Views']/outline")
    assert [outline.get("xmlUrl") for outline in outlines] == [
        f"http://localhost:8080/{folder}{view}/atom.xml"
        for folder in ("", "topics/boats/", "providers/herald/")
        for view in ("hot", "top")
    ]


def test_views_that_are_switched_off_go_and_come_back_as_they_were(site: Site) -> None:
    write(site, 0)
    site.render()
    before = site.documents()
    for off in ({"feeds": []}, {"top": "off"}):
        site.configure(views=off)
        report = site.render()
        assert {path for path in report.deleted if path.startswith("top/")} == {
            path for path in before if path.startswith("top/")
        }
        assert not any(path.startswith("top/") for path in site.documents())
        assert b"top/" not in site.documents()["feeds.opml"] + site.documents()["index.html"]
        assert_in_step(site)
        site.configure()
        site.render()
        assert site.documents() == before


def test_a_feed_that_is_retired_loses_its_views(site: Site) -> None:
    write(site, 0)
    write(site, 1, topics=["Trains"])
    site.configure(views={"feeds": EVERY})
    site.render()
    assert "topics/trains/top/atom.xml" in site.documents()
    site.configure(views={"feeds": EVERY}, retired={"topics/trains": "topics/boats"})
    site.render()
    assert not any(path.startswith("topics/trains/") for path in site.documents())
    assert "topics/boats/top/atom.xml" in site.documents()


def test_views_are_compressed_beforehand_as_all_documents_are(site: Site) -> None:
    write(site, 0)
    site.configure(precompress=["gzip", "brotli"])
    site.render()
    assert {"top/atom.xml.gz", "top/atom.xml.br", "top/index.html.br"} <= site.documents().keys()


def test_a_view_that_is_lost_or_altered_is_mended_and_nothing_else_written(site: Site) -> None:
    write(site, 0)
    site.render()
    before = site.documents()
    (site.feeds / "top/atom.xml").unlink()
    (site.feeds / "top/feed.json").write_text("{}")
    assert set(site.render().written) == {"top/atom.xml", "top/feed.json"}
    assert site.documents() == before
    seen = looks(site.feeds)
    assert site.render().written == ()
    assert looks(site.feeds) == seen


def test_hubs_are_told_of_views_as_of_all_documents(site: Site) -> None:
    write(site, 0)
    site.configure(websub={"hubs": ["http://127.0.0.1:9/"]})
    site.render()
    with closing(sqlite3.connect(site.ledger)) as db:
        told = {url for (url,) in db.execute("SELECT url FROM announcements")}
    assert {"http://localhost:8080/top/atom.xml", "http://localhost:8080/hot/rss.xml"} <= told


def test_views_that_no_ledger_knows_are_deleted(site: Site) -> None:
    write(site, 0)
    site.configure(views={"feeds": [*EVERY, "saved"], "digest": ["daily"]}, feeds={"mine": {"limit": 50}})
    site.render()
    assert {"saved/mine/top/atom.xml", "topics/boats/digest/daily/rss.xml"} <= site.documents().keys()
    shutil.rmtree(site.state)
    site.configure(views={"feeds": []})
    site.render()
    assert not [path for path in site.documents() if "/top/" in path or "/digest/" in path or path.startswith("saved/")]


def test_views_are_not_counted_as_feeds(site: Site) -> None:
    write(site, 0)
    site.configure(views={"feeds": EVERY})
    assert site.render().feeds == 3


@pytest.mark.parametrize(
    ("views", "where", "words"),
    [
        ({"feeds": ["everything"]}, "views.feeds", "expected one of all, topics, providers"),
        ({"top": 0}, "views.top", "expected a whole number from 1 to 10000"),
        ({"topp": 3}, "views.topp", "did you mean `top`?"),
    ],
)
def test_a_mistake_in_the_settings_of_views_is_reported_with_its_path(
    site: Site, views: dict[str, Any], where: str, words: str
) -> None:
    write(site, 0)
    site.configure(views=views)
    result = site.run("render")
    assert result.status == 2
    assert where in result.err
    assert words in result.err
