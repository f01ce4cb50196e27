"""Saved feeds and the policies of feeds, over real files: what belongs where, what comes in, and what stays."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import Site, assert_in_step, item, made_anew

from feedd.config.feed_settings import SAVED_FEED
from feedd.render.redirects import read

ROOT = Path(__file__).parent.parent


def write(site: Site, number: int, title: str | None = None, day: int = 1, **fields: Any) -> None:
    date = f"2024-05-{day:02}T12:00:00Z"
    site.write(f"{number}.md", item(title or f"Item {number}", f"https://news.example/{number}", date, **fields))


def saved(site: Site, **recipe: Any) -> set[str]:
    """The titles in a feed of this recipe."""
    site.configure(feeds={"mine": recipe})
    site.render()
    return site.titles("saved/mine/atom.xml")


def fill(site: Site) -> None:
    write(site, 0, "Boats", topics=["Boats"], provider="Herald", type="article", quality=50, locale="en")
    write(site, 1, "Boats and trains", topics=["boats", "Trains"], provider="Gazette", type="video", quality=30)
    write(site, 2, "Trains", topics=["Trains"], provider="Herald", type="Article", heat=90, locale="de-AT")
    write(site, 3, "Neither", excerpt="A steam engine, and no sail-boat.", locale="en_US")


@pytest.mark.parametrize(
    ("recipe", "titles"),
    [
        ({"limit": 50}, {"Boats", "Boats and trains", "Trains", "Neither"}),
        ({"topics": {"any": ["BOATS", "Planes"]}}, {"Boats", "Boats and trains"}),
        ({"topics": ["BOATS", "Planes"]}, {"Boats", "Boats and trains"}),
        ({"topics": "trains"}, {"Boats and trains", "Trains"}),
        ({"topics": {"all": ["Boats", "Trains"]}}, {"Boats and trains"}),
        ({"topics": {"none": ["Boats"]}}, {"Trains", "Neither"}),
        ({"topics": {"any": ["Boats"], "none": ["Trains"]}}, {"Boats"}),
        ({"providers": ["herald"]}, {"Boats", "Trains"}),
        ({"types": ["article"]}, {"Boats", "Trains"}),
        ({"language": "en"}, {"Boats", "Boats and trains", "Neither"}),
        ({"language": ["de", "fr"]}, {"Trains"}),
        ({"match": "engine"}, {"Neither"}),
        ({"match": ["TRAINS", "steam engine"]}, {"Boats and trains", "Trains", "Neither"}),
        ({"match": "oat"}, set()),
        ({"min_quality": 31}, {"Boats"}),
        ({"min_quality": 30}, {"Boats", "Boats and trains", "Trains", "Neither"}),
        ({"min_heat": 45}, {"Boats", "Trains"}),
        ({"providers": ["Herald"], "min_heat": 60}, {"Trains"}),
    ],
)
def test_a_saved_feed_holds_what_is_all_that_its_recipe_asks_for(
    site: Site, recipe: dict[str, Any], titles: set[str]
) -> None:
    fill(site)
    assert saved(site, **recipe) == titles


def test_aliases_of_topics_are_these_topics_in_a_recipe(site: Site) -> None:
    fill(site)
    (site.root / "config/topics.yaml").write_text("topics: [{name: Boats, aliases: [Ships]}]")
    site.configure(topics="config/topics.yaml", feeds={"mine": {"topics": {"any": ["ships"]}}})
    site.render()
    assert site.titles("saved/mine/atom.xml") == {"Boats", "Boats and trains"}


def test_a_saved_feed_is_a_feed_like_others(site: Site) -> None:
    fill(site)
    site.configure(
        title="Site", feeds={"mine": {"title": "My & own", "description": "Chosen.", "limit": 9}}, precompress=["gzip"]
    )
    assert site.render().feeds == 6
    feed = site.feed("saved/mine/atom.xml").feed
    assert (feed.id, feed.title, feed.subtitle) == ("tag:feeds.example,2026:saved/mine", "My & own - Site", "Chosen.")
    assert {"saved/mine/index.html", "saved/mine/rss.xml", "saved/mine/feed.json.gz"} <= site.documents().keys()
    assert re.search(rb'href="saved/mine/index.html"[^>]*>My &amp; own<', site.documents()["index.html"])
    assert b"saved/mine/atom.xml" in site.documents()["feeds.opml"]
    assert b'index.html#saved-feeds">Saved feeds<' in site.documents()["saved/mine/index.html"]
    assert b'id="saved-feeds"' in site.documents()["index.html"]
    assert all(
        b"Saved feeds" in site.documents()[path] for path in ("index.html", "feeds.opml", "saved/mine/index.html")
    )
    assert site.ids("saved/mine/atom.xml") == site.ids()
    assert_in_step(site)


def test_a_saved_feed_is_there_before_it_has_an_entry(site: Site) -> None:
    fill(site)
    assert saved(site, topics={"any": ["Planes"]}) == set()
    write(site, 4, "Planes", topics=["Planes"])
    site.render()
    assert site.titles("saved/mine/atom.xml") == {"Planes"}


def test_what_is_in_stays_when_its_numbers_fall_and_leaves_when_it_becomes_another_thing(site: Site) -> None:
    fill(site)
    recipe = {"min_heat": 45, "topics": {"any": ["Trains"]}}
    assert saved(site, **recipe) == {"Trains"}
    write(site, 2, "Trains", topics=["Trains"], heat=1)
    site.render()
    assert site.titles("saved/mine/atom.xml") == {"Trains"}
    write(site, 2, "Trains", topics=["Planes"], heat=99)
    site.render()
    assert site.titles("saved/mine/atom.xml") == set()
    assert_in_step(site)


def test_what_further_providers_make_hot_enough_comes_in(site: Site) -> None:
    write(site, 0, "A story of boats and what they carry", provider="Herald", quality=40)
    recipe = {"min_heat": 50}
    assert saved(site, **recipe) == set()
    same = [{"name": "The same", "webUrl": "https://news.example/0"}]
    write(site, 1, "Told by another", provider="Gazette", quality=10, related=same)
    site.render()
    assert "A story of boats and what they carry" in site.titles("saved/mine/atom.xml")
    assert_in_step(site)


@pytest.mark.parametrize("in_one_pass", [True, False])
def test_what_its_story_counts_no_longer_lets_nothing_in(site: Site, in_one_pass: bool) -> None:
    same = [{"name": "The same", "webUrl": "https://news.example/0"}]
    write(site, 0, "A story of boats and what they carry", provider="Herald", quality=20)
    write(site, 1, "Told by another", provider="Gazette", quality=10, related=same)
    write(site, 2, "Told by a third", provider="Courier", quality=10, related=same)
    assert saved(site, min_heat=45) == set()
    (site.seeds / "1.md").unlink()
    (site.seeds / "2.md").unlink()
    if not in_one_pass:
        site.render()
    write(site, 0, "A story of boats and what they carry", provider="Herald", quality=30)
    site.render()
    assert site.titles("saved/mine/atom.xml") == set()
    write(site, 3, "Told by two again", provider="Gazette", quality=10, related=same)
    write(site, 4, "Told by a third again", provider="Courier", quality=10, related=same)
    site.render()
    assert site.titles("saved/mine/atom.xml") == {"A story of boats and what they carry"}
    assert_in_step(site)


def test_what_counts_less_as_part_of_a_story_than_alone_is_not_let_in_by_what_it_counted_alone(site: Site) -> None:
    reports = [
        {"name": "One", "webUrl": "https://gazette.example/1", "provider": {"name": "Gazette"}},
        {"name": "Two", "webUrl": "https://gazette.example/2", "provider": {"domain": "gazette.example"}},
    ]
    other = {"name": "Gazette", "domain": "gazette.example"}
    write(site, 0, "A story of boats and what they carry", provider="Herald", quality=30, related=reports)
    site.write("1.md", item("Told", "https://gazette.example/1", provider=other, quality=10))
    assert saved(site, min_heat=45) == set()
    assert "40: quality 30 + 10 for 1 further provider" in site.run("why", "seeds/0.md").out
    assert site.titles("saved/mine/atom.xml") == set()
    assert_in_step(site)


def test_a_lead_whose_story_is_as_before_comes_in_when_less_is_asked(site: Site) -> None:
    same = [{"name": "The same", "webUrl": "https://news.example/0"}]
    write(site, 0, "A story of boats and what they carry", provider="Herald", quality=20)
    write(site, 1, "Told by another", provider="Gazette", quality=10, related=same)
    assert saved(site, min_heat=45) == set()
    assert saved(site, min_heat=25) == {"A story of boats and what they carry"}


def test_a_saved_feed_holds_the_newest_and_what_left_never_returns(site: Site) -> None:
    for number in range(4):
        write(site, number, day=number + 1)
    assert saved(site, limit=2) == {"Item 2", "Item 3"}
    (site.seeds / "3.md").unlink()
    site.render()
    assert site.titles("saved/mine/atom.xml") == {"Item 2"}
    assert saved(site, limit=10) == {"Item 2"}


def test_a_saved_feed_is_ordered_as_its_recipe_says(site: Site) -> None:
    write(site, 0, quality=90, day=1)
    write(site, 1, quality=10, heat=99, day=2)
    for order, first in (("quality", "Item 0"), ("latest", "Item 1"), ("heat", "Item 1")):
        saved(site, order=order)
        assert next(iter(site.entries("saved/mine/atom.xml"))) == first


def test_a_saved_feed_has_the_views_that_its_recipe_names(site: Site) -> None:
    write(site, 0)
    recipes: dict[str, dict[str, Any]] = {"mine": {"views": ["top"]}, "bare": {"views": []}, "other": {}}
    feeds = {name: recipe | {"limit": 9} for name, recipe in recipes.items()}
    site.configure(feeds=feeds, views={"feeds": ["saved"]})
    site.render()
    views = {path.rpartition("/")[0] for path in site.documents() if path.count("/") == 3}
    assert views == {"saved/mine/top", "saved/other/hot", "saved/other/top"}
    site.configure(feeds={"mine": {"views": ["hot", "daily"], "limit": 9}}, views={"digest": ["daily"]})
    site.render()
    assert {"saved/mine/hot/atom.xml", "saved/mine/digest/daily/atom.xml"} <= site.documents().keys()
    assert "saved/mine/top/atom.xml" not in site.documents()


def test_a_saved_feed_that_is_no_longer_configured_is_gone_and_can_come_back(site: Site) -> None:
    fill(site)
    saved(site, limit=50)
    before = {path: data for path, data in site.documents().items() if path.startswith("saved/")}
    site.configure()
    site.render()
    assert not any(path.startswith("saved/") for path in site.documents())
    assert read(site.documents()["_redirects"]) == {"saved/mine": None}
    site.configure(feeds={"other": {"limit": 50}}, retired={"saved/mine": "saved/other"})
    site.render()
    assert read(site.documents()["_redirects"]) == {"saved/mine": "saved/other"}
    saved(site, limit=50)
    after = {path: data for path, data in site.documents().items() if path.startswith("saved/mine/")}
    assert after == before
    assert "saved/mine" not in read(site.documents()["_redirects"])


def test_another_recipe_and_title_change_no_id(site: Site) -> None:
    fill(site)
    saved(site, title="One", limit=50)
    before = site.feed("saved/mine/atom.xml").feed.id
    saved(site, title="Two", topics={"any": ["Boats"]})
    feed = site.feed("saved/mine/atom.xml").feed
    assert (feed.id, feed.title) == (before, "Two - Feeds")
    assert_in_step(site)


def test_why_says_what_keeps_an_item_out(site: Site) -> None:
    fill(site)
    saved(site, min_quality=40)
    out = site.run("why", "seeds/1.md").out
    assert re.search(r"of +saved/mine/ +not in it: its quality, 30, is below 40", out)


# Policies of families and of single feeds


def test_what_was_too_old_for_a_feed_at_its_first_render_does_not_come_in_later(site: Site) -> None:
    for number in range(110):  # more than are held as offers for a feed of one
        write(site, number, f"Item {number}", day=1 + number // 5)
    site.configure(limit=1)
    site.render()
    (newest,) = site.titles()
    (site.seeds / f"{newest.removeprefix('Item ')}.md").unlink()
    for number in range(0, 100, 3):
        write(site, number, f"Item {number}", day=1 + number // 5, tags=["touched"])
    site.render()
    assert site.titles() == set()


def test_limits_and_orders_hold_for_families_and_single_feeds(site: Site) -> None:
    for number in range(4):
        write(site, number, day=number + 1, heat=100 - number, topics=["Boats", "Trains"], provider="Herald")
    site.configure(
        limit=3,
        rank={
            "half_life": "1000d",
            "topics": {"limit": 2, "order": "latest"},
            "feeds": {"topics/trains": {"order": "heat"}, "all": {"limit": 1}},
        },
    )
    site.render()
    assert list(site.entries("topics/boats/atom.xml")) == ["Item 3", "Item 2"]
    assert list(site.entries("topics/trains/atom.xml")) == ["Item 2", "Item 3"]
    assert list(site.entries("providers/herald/atom.xml")) == ["Item 1", "Item 2", "Item 3"]
    assert list(site.entries()) == ["Item 3"]
    assert_in_step(site)


def test_half_life_and_weights_hold_for_families(site: Site) -> None:
    write(site, 0, day=1, quality=80, topics=["Boats"], provider="Herald")
    write(site, 1, day=3, topics=["Boats"], provider="Herald")
    site.configure(rank={"topics": {"half_life": "12h"}, "providers": {"unknown": 45}})
    site.render()
    assert [next(iter(site.entries(f"{folder}atom.xml"))) for folder in ("", "topics/boats/", "providers/herald/")] == [
        "Item 0",
        "Item 1",
        "Item 1",
    ]


def test_a_minimum_of_quality_keeps_out_and_throws_nothing_out(site: Site) -> None:
    write(site, 0, quality=30, topics=["Boats"])
    write(site, 1, quality=10, topics=["Boats", "Dregs"])
    site.configure(rank={"topics": {"min_quality": 20}})
    site.render()
    assert site.titles("topics/boats/atom.xml") == {"Item 0"}
    assert site.titles() == {"Item 0", "Item 1"}
    assert not (site.feeds / "topics/dregs").exists()
    write(site, 0, quality=5, topics=["Boats"])
    write(site, 1, quality=20, topics=["Boats", "Dregs"])
    site.render()
    assert site.titles("topics/boats/atom.xml") == {"Item 0", "Item 1"}
    assert site.titles("topics/dregs/atom.xml") == {"Item 1"}
    assert made_anew(site) == site.documents()


def test_what_is_said_for_one_feed_does_not_hold_for_another_of_like_name(site: Site) -> None:
    for number, (topic, quality) in enumerate((("Foo Bar", 90), ("Foo Bar", 10), ("Foo-Bar", 90), ("Foo-Bar", 10))):
        write(site, number, f"{topic} {quality}", topics=[topic], quality=quality)
    alone = {"feeds": {"topics/foo-bar": {"min_quality": 80}}}
    site.configure(rank=alone)
    site.render()
    (other,) = (folder.name for folder in (site.feeds / "topics").iterdir() if folder.name != "foo-bar")
    both = {"Foo Bar 90", "Foo Bar 10"}
    assert site.titles("topics/foo-bar/atom.xml") == {"Foo-Bar 90"}
    assert site.titles(f"topics/{other}/atom.xml") == both
    site.configure(rank=alone, limit=49)
    site.render()
    assert site.titles(f"topics/{other}/atom.xml") == both
    write(site, 4, "Bar", topics=["foo - bar"], quality=10)
    site.render()
    assert len(list((site.feeds / "topics").iterdir())) == 3
    assert_in_step(site)


def test_a_feed_that_lets_nothing_in_takes_no_terms_from_another(site: Site) -> None:
    write(site, 0, "Good", topics=["Foo Bar"], quality=90)
    write(site, 1, "Bad", topics=["Foo-Bar"], quality=10)
    site.configure(rank={"feeds": {"topics/foo-bar": {"min_quality": 80}}})
    site.render()
    (there,) = (folder.name for folder in (site.feeds / "topics").iterdir())
    assert there != "foo-bar"
    assert site.titles(f"topics/{there}/atom.xml") == {"Good"}
    site.configure(rank={"feeds": {"topics/foo-bar": {"min_quality": 80}}}, limit=49)
    site.render()
    assert [folder.name for folder in (site.feeds / "topics").iterdir()] == [there]


# What may be a mistake


def test_what_matches_no_feed_is_remarked_on(site: Site) -> None:
    fill(site)
    good = {"topics": {"any": ["BOATS"], "none": ["Sponsored"]}, "providers": ["herald"], "types": ["Video", "poem"]}
    bad = {"topics": {"any": ["Boots"], "all": ["Trains"]}, "providers": ["Herold"], "types": ["vidoe"]}
    here = {"all": {"limit": 9}, "topics/boats": {"limit": 9}, "saved/good": {"half_life": "9d"}}
    nowhere = {"topics/boots": {"limit": 9}, "saved/nope": {"half_life": "9d"}}
    site.configure(feeds={"good": good}, rank={"feeds": here})
    assert site.render().remarks == ()
    site.configure(feeds={"good": good, "bad": bad}, rank={"feeds": here | nowhere})
    assert site.render().remarks == (
        "rank.feeds: there is no feed topics/boots so far",
        "rank.feeds: there is no feed saved/nope so far",
        "feeds.bad.topics: there is no feed of a topic Boots so far",
        "feeds.bad.providers: there is no feed of a provider Herold so far",
        "feeds.bad.types: vidoe; did you mean video?",
    )
    assert site.render().remarks == ()


def test_a_folder_without_items_is_remarked_on(site: Site) -> None:
    (site.seeds / "posts/de").mkdir(parents=True)
    feed = {"folders": ["posts", "post"]}
    site.configure(feeds={"mine": feed})
    assert site.render("--allow-empty").remarks == ()  # there are no items at all
    assert "so far" not in site.run("check").out
    write(site, 0, "An item")
    (site.seeds / "0.md").rename(site.seeds / "posts/de/0.md")
    site.configure(feeds={"mine": feed, "other": {"folders": ["posts/de"]}})
    assert site.render().remarks == ("feeds.mine.folders: there are no items in post so far",)
    checked = site.run("check")
    assert checked.status == 0
    assert "feeds.mine.folders: there are no items in post so far" in checked.out


def test_a_folder_with_settings_of_its_own_without_items_is_remarked_on_once(site: Site) -> None:
    write(site, 0, "An item")
    site.configure(folders={"posts/": {"language": "de"}, "": {"tags": ["x"]}})
    words = "folders.posts: there are no items in posts so far"
    assert site.render().remarks == (words,)
    assert site.render().remarks == ()
    site.configure(folders={"posts/": {"language": "de"}, "notes": {"language": "de"}})
    assert site.render().remarks == ("folders.notes: there are no items in notes so far",)
    checked = site.run("check")
    assert checked.status == 0
    assert f"feedd.yaml:1: {words}" in checked.out
    (site.seeds / "posts").mkdir()
    (site.seeds / "notes").mkdir()
    (site.seeds / "0.md").rename(site.seeds / "posts/0.md")
    write(site, 1, "Another item")
    (site.seeds / "1.md").rename(site.seeds / "notes/1.md")
    assert site.render().remarks == ()
    assert "so far" not in site.run("check").out
    (site.seeds / "notes/1.md").unlink()
    assert site.render().remarks == ("folders.notes: there are no items in notes so far",)


def test_a_note_about_a_folder_names_the_line_also_where_a_point_or_a_slash_is_in_its_name(site: Site) -> None:
    write(site, 0, "An item")
    site.configure(folders={"v1.0/": {"language": "de"}, "notes/of/v2.": {"language": "de"}})
    for folder in ("v1.0", "notes/of/v2."):
        note = f"feedd.yaml:1: folders.{folder}: there are no items in {folder} so far"
        assert note in site.run("check").out


def test_an_authority_of_a_date_to_come_is_remarked_on_once(site: Site) -> None:
    write(site, 0, "An item")
    site.now = datetime(2026, 4, 30, 23, 59, tzinfo=UTC)
    site.configure(authority="example.org,2026-05-01")
    words = "2026-05-01 is a date to come; a name can be given ids only from a date on which it was yours (RFC 4151)"
    assert site.render().remarks == (f"authority: {words}",)
    assert site.render().remarks == ()
    checked = site.run("check")
    assert checked.status == 0
    assert f"authority: {words}" in checked.out
    site.now += timedelta(minutes=1)
    assert site.render().remarks == ()
    assert "authority" not in site.run("check").out


# Mistakes


@pytest.mark.parametrize(
    ("keys", "where", "words"),
    [
        ({"feeds": ["mine"]}, "feeds", "a mapping of folders"),
        ({"feeds": {"My list": {}}}, "feeds.My list", "did you mean my-list?"),
        ({"feeds": {"..": {}}}, "feeds...", "the name of a folder"),
        ({"feeds": {"mine": 3}}, "feeds.mine", "expected a mapping"),
        ({"feeds": {"mine": {"topic": []}}}, "feeds.mine.topic", "did you mean `topics`?"),
        ({"feeds": {"mine": {"topics": {"some": ["a"]}}}}, "feeds.mine.topics.some", "known here: any, all, none"),
        ({"feeds": {"mine": {"limit": 0}}}, "feeds.mine.limit", "a whole number from 1 to 10000"),
        ({"feeds": {"mine": {"order": "best"}}}, "feeds.mine.order", "one of heat, latest, quality"),
        ({"feeds": {"mine": {"views": ["tops"]}}}, "feeds.mine.views[0]", "one of"),
        ({"rank": {"topics": {"half_life": "soon"}}}, "rank.topics.half_life", "a time from 1min"),
        ({"rank": {"topics": {"half_lief": "2d"}}}, "rank.topics.half_lief", "did you mean `half_life`?"),
        ({"rank": {"feeds": {"ai": {}}}}, "rank.feeds.ai", "the folder of a feed"),
        ({"rank": {"feeds": {"topics/ai": {"limit": "x"}}}}, "rank.feeds.topics/ai.limit", "a whole number"),
        ({"rank": {"min_quality": "high"}}, "rank.min_quality", "a number"),
        ({"rank": {"feeds": {"AI": {}}}}, "rank.feeds.AI", "did you mean topics/ai?"),
        ({"rank": {"feeds": {"topics/ai/": {}}}}, "rank.feeds.topics/ai/", "did you mean topics/ai?"),
        ({"rank": {"feeds": {"Topics/AI": {}}}}, "rank.feeds.Topics/AI", "did you mean topics/ai?"),
        ({"retired": {"topics/AI": None}}, "retired.topics/AI", "did you mean topics/ai?"),
        ({"feeds": {"mine": {}}}, "feeds.mine", "does not say which items it takes"),
        ({"feeds": {"mine": {"title": "Mine", "views": ["top"]}}}, "feeds.mine", "does not say which items it takes"),
        ({"feeds": {"mine": {"topics": {"any": []}}}}, "feeds.mine.topics.any", "an empty list asks for nothing"),
        ({"feeds": {"mine": {"topics": []}}}, "feeds.mine.topics", "an empty list asks for nothing"),
        ({"feeds": {"mine": {"topics": {}}}}, "feeds.mine.topics", "asks for nothing"),
        ({"feeds": {"mine": {"match": [""]}}}, "feeds.mine.match", "an empty list asks for nothing"),
        ({"feeds": {"mine": {"language": "english"}}}, "feeds.mine.language", "such as en or de-AT"),
        ({"feeds": {"mine": {"half_life": "2d"}}}, "feeds.mine.half_life", "`feeds: {saved/mine: {half_life: …}}`"),
        ({"saved": {"mine": {"limit": 9}}}, "saved", "did you mean `feeds`?"),
        ({"feeds": {"mine": {"topics": {"all": ["AI"], "none": ["ai"]}}}}, "feeds.mine.topics", '"AI" is in both'),
        ({"feeds": {"mine": {"topics": {"any": ["a", "b"], "none": ["B", "A"]}}}}, "feeds.mine.topics", "no item has"),
        ({"feeds": {"mine": {"limit": 9, "views": ["daily"]}}}, "feeds.mine.views", "does not name daily"),
        (
            {"feeds": {"mine": {"limit": 9, "views": ["top"]}}, "views": {"top": "off"}},
            "feeds.mine.views",
            "`views.top` is off",
        ),
        ({"feeds": {"mine": {"limit": 9}}, "retired": {"saved/mine": None}}, "retired.saved/mine", "keep one"),
    ],
)
def test_a_mistake_is_reported_with_its_path(site: Site, keys: dict[str, Any], where: str, words: str) -> None:
    write(site, 0)
    site.configure(**keys)
    result = site.run("render")
    assert result.status == 2
    assert f": {where}: " in result.err.replace("\n", " ")
    assert words in result.err


def test_topics_that_are_one_by_an_alias_cannot_be_both_asked_for_and_ruled_out(site: Site) -> None:
    (site.root / "config/topics.yaml").write_text("topics: [{name: Boats, aliases: [Ships]}]")
    recipe = {"topics": {"all": ["ships"], "none": ["Boats"]}}
    site.configure(topics="config/topics.yaml", feeds={"mine": recipe})
    assert "feeds.mine.topics: no item has all" in site.run("check").out


def test_a_name_that_is_given_twice_is_a_mistake(site: Site) -> None:
    write(site, 0)
    (site.root / "config/feedd.yaml").write_text("feeds:\n  mine: {title: a}\n  mine: {title: b}\n")
    result = site.run("render")
    assert result.status == 2
    assert "is given twice" in result.err


def test_every_key_of_a_recipe_is_documented() -> None:
    page = (ROOT / "docs/feeds.md").read_text()
    part = page[page.index("## Saved feeds") : page.index("## Private feeds")]
    listed = [key for line in re.findall(r"^- ([^:]+):", part, re.MULTILINE) for key in re.findall(r"`(\w+)`", line)]
    assert sorted(listed) == sorted(SAVED_FEED)


def test_the_example_of_a_recipe_is_one(site: Site) -> None:
    page = (ROOT / "docs/feeds.md").read_text()
    part = page[page.index("## Saved feeds") : page.index("## Private feeds")]
    (example,) = re.findall(r"```yaml\n(feeds:.*?)```", part, re.DOTALL)
    write(site, 0, topics=["AI", "Cancer"], type="video", quality=50)
    (site.root / "config/feedd.yaml").write_text(example)
    site.render()
    assert site.titles("saved/cancer-ai/top/atom.xml") == {"Item 0"}
    assert site.feed("saved/cancer-ai/top/atom.xml").feed.title == "Top - AI against cancer - Feeds"


def test_a_feed_may_choose_by_folders(site: Site) -> None:
    site.configure(feeds={"show": {"folders": ["podcast/", "./talks/2024"]}})
    for path in ("podcast/a", "podcast/deep/b", "talks/2024/c", "talks/2023/d", "podcasts/e", "f"):
        site.write(f"{path}.md", item(path[-1]))
    site.render()
    assert site.titles("saved/show/atom.xml") == {"a", "b", "c"}
    site.write("podcast/f.md", item("f"))
    (site.seeds / "f.md").unlink()
    (site.seeds / "podcast/a.md").rename(site.seeds / "a.md")
    site.render()
    assert site.titles("saved/show/atom.xml") == {"b", "c", "f"}
    site.configure(feeds={"show": {"folders": ["talks"]}})
    site.render()
    assert site.titles("saved/show/atom.xml") == {"c", "d"}


@pytest.mark.parametrize("folder", ["/podcast", "../podcast", "a/../b", "", ".", "a\\b", ["x", ""], {"a": "b"}])
def test_a_folder_that_is_not_below_the_items_is_a_mistake(site: Site, folder: object) -> None:
    site.configure(feeds={"show": {"folders": folder}})
    site.write("a.md", item("A"))
    result = site.run("check")
    assert result.status == 1
    assert "expected a folder below the items' directory, such as podcast or posts/de" in result.out
