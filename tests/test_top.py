"""`feedd top`: which feed is meant, and the table of its ranking."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support import FEEDD, Site, item, looks

from feedd.cli.table import age, bar, cells, fitted, table
from feedd.inspect.explanations import RankedEntry, TopList

NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)


def fill(site: Site, **keys: Any) -> None:
    for number, heat in enumerate((20, 80, 40)):
        fields: dict[str, Any] = {"topics": ["Boats", "Herald"], "provider": "Herald", "heat": heat}
        site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", **fields))
    site.configure(title="Site", feeds={"mine": {"title": "My own", "topics": {"any": ["Nothing"]}}}, **keys)
    site.render()


def order(out: str) -> list[str]:
    return re.findall(r"Item \d", out)


def test_the_ranking_of_all_entries_is_shown_without_a_name(site: Site) -> None:
    fill(site)
    result = site.run("top")
    assert (result.status, result.err) == (0, "")
    first, *lines = result.out.splitlines()
    assert first == "Site  ./  3 entries, by heat and date"
    assert order(result.out) == ["Item 1", "Item 2", "Item 0"]
    assert re.fullmatch(r"1  █{14}  80  Item 1  Herald  \d+ (d|y)", lines[0])
    assert re.fullmatch(r"2  █{7} {7}  40  Item 2  Herald  \d+ (d|y)", lines[1])


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        ("topics/boats", "topics/boats/"),
        ("topics/boats/", "topics/boats/"),
        ("/topics/boats/", "topics/boats/"),
        ("boats", "topics/boats/"),
        ("Boats - Site", "topics/boats/"),
        ("providers/herald", "providers/herald/"),
        ("my  OWN", "saved/mine/"),
        ("all", "./"),
        ("./", "./"),
        ("site", "./"),
        ("./topics/boats", "topics/boats/"),
        ("topics//boats/", "topics/boats/"),
        ("./saved/./mine", "saved/mine/"),
        ("hot", "hot/"),
        ("top/", "top/"),
    ],
)
def test_a_feed_is_named_by_its_folder_or_title(site: Site, name: str, feed: str) -> None:
    fill(site)
    found = json.loads(site.run("top", name, "--format", "json").out)
    assert found["feed"] == feed


def test_a_title_that_two_feeds_have_is_asked_about(site: Site) -> None:
    fill(site)
    result = site.run("top", "herald")
    assert (result.status, result.out) == (3, "")
    assert "several feeds" in result.err
    assert "providers/herald, topics/herald" in result.err


def test_a_feed_that_is_not_there_is_refused(site: Site) -> None:
    fill(site)
    result = site.run("top", "topics/trains")
    assert (result.status, result.out) == (3, "")
    assert "no feed has the folder or the title topics/trains" in result.err


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mines", "saved/mine"),
        ("my-own", "saved/mine"),
        ("topic/boats", "topics/boats"),
        ("boat", "topics/boats"),
        ("digest", "digest/daily"),
        ("xyzzy", ""),
    ],
)
def test_near_names_are_asked_about(site: Site, name: str, meant: str) -> None:
    fill(site, views={"digest": ["daily"]})
    result = site.run("top", name)
    asked = re.findall(r"; do you mean (\S+).*\?\n", result.err)
    assert (result.status, asked) == (3, [meant.removesuffix("?")] if meant else [])


def test_a_hot_view_lists_what_it_holds_newest_admission_first(site: Site) -> None:
    fill(site, views={"hot": 30})
    site.write("3.md", item("Item 3", "https://news.example/3", "2020-05-01T12:00:00Z", heat=50))
    site.publish(datetime.now(UTC) + timedelta(minutes=1))
    result = site.run("top", "hot")
    first, *lines = result.out.splitlines()
    assert first == "Hot - Site  hot/  3 entries, by when they became hot, newest first"
    assert [re.sub(r"  +", "|", line) for line in lines] == [
        "1|50|Item 3|0 min",
        "2|80|Item 1|Herald|0 min",
        "3|40|Item 2|Herald|0 min",
    ]
    found = json.loads(site.run("top", "hot", "--format", "json").out)
    assert found["order"] == "admission"
    assert all(each["since"] and each["key"] is None for each in found["entries"])


def test_a_list_by_rank_is_as_long_as_it_is_configured(site: Site) -> None:
    fill(site, views={"top": 2})
    assert order(site.run("top", "top").out) == ["Item 1", "Item 2"]
    assert "Top - Site  top/  2 entries, by heat and date\n" in site.run("top", "top").out


def test_a_digest_is_said_to_have_no_ranking_and_where_it_is(site: Site) -> None:
    fill(site, views={"digest": ["weekly"]})
    result = site.run("top", "digest/weekly/")
    assert (result.status, result.out) == (3, "")
    assert "digest/weekly has no ranking: it holds an entry for each period that is over; see feeds/digest/weekly" in (
        result.err
    )


def test_a_feed_by_date_is_said_to_be_so(site: Site) -> None:
    fill(site, rank={"order": "latest"})
    assert site.run("top").out.startswith("Site  ./  3 entries, by heat and date (the feed is newest first)\n")


def test_json_has_ranks_and_what_they_come_from(site: Site) -> None:
    fill(site)
    found = json.loads(site.run("top", "--format", "json", "--limit", "2").out)
    assert (found["title"], found["of"]) == ("Site", 3)
    first, second = found["entries"]
    assert [(each["rank"], each["heat"], each["quality"], each["coverage"]) for each in (first, second)] == [
        (1, 80, None, 0),
        (2, 40, None, 0),
    ]
    assert first["key"] - second["key"] == pytest.approx(1)
    assert found["entries"][0]["link"] == "https://news.example/1"
    assert found["entries"][0]["id"] == site.ids()["Item 1"]


def test_top_says_what_the_list_by_rank_says(site: Site) -> None:
    fill(site)
    ours = [each["_feedd"] for each in json.loads((site.feeds / "top/feed.json").read_bytes())["items"]]
    found = json.loads(site.run("top", "--format", "json").out)["entries"]
    assert [{"rank": each["rank"], "heat": each["heat"]} for each in found] == ours


def test_a_ranking_by_quality_has_bars_for_quality(site: Site) -> None:
    for number, quality in enumerate((20, 80)):
        site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", quality=quality))
    site.write("2.md", item("Item 2", "https://news.example/2"))
    site.configure(rank={"order": "quality"})
    site.render()
    first, *lines = site.run("top").out.splitlines()
    assert first == "Feeds  ./  3 entries, by quality"
    assert [line.partition("Item")[0] for line in lines] == [
        f"1  {'█' * 14}  80  ",
        f"2  {'███▌':<14}  20  ",
        f"3  {'':<14}   -  ",
    ]
    found = json.loads(site.run("top", "--format", "json").out)["entries"]
    assert [each["key"] for each in found] == [80, 20, None]


def test_an_empty_feed_has_an_empty_ranking(site: Site) -> None:
    fill(site)
    assert site.run("top", "saved/mine").out == "My own - Site  saved/mine/  0 entries, by heat and date\n"


def test_top_writes_nothing(site: Site) -> None:
    fill(site)
    before = looks(site.feeds), site.ledger.read_bytes()
    site.run("top", "boats")
    assert (looks(site.feeds), site.ledger.read_bytes()) == before


@pytest.mark.parametrize("limit", ["0", "-1", "x", "10001"])
def test_a_limit_that_makes_no_sense_is_a_mistake(site: Site, limit: str) -> None:
    fill(site)
    result = site.run("top", "--limit", limit)
    assert result.status == 2
    assert result.err.endswith(f"argument --limit: {limit!r} is no whole number from 1 to 10000\n")


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_on_a_terminal_each_line_fits(site: Site, columns: int) -> None:
    long = "人工智能 finds what nobody had seen in images of cells, and says so at some length " * 2
    site.write("a.md", item(long, "https://news.example/a", provider="A provider of a rather long name indeed"))
    site.write("b.md", item("Short", "https://news.example/b", provider="B"))
    site.render()
    screen, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"}
    subprocess.run([*FEEDD, "top"], cwd=site.root, stdout=terminal, env=environment, check=True, timeout=60)
    os.close(terminal)
    said = os.read(screen, 65536).decode()
    os.close(screen)
    assert "\x1b[" in said
    lines = re.sub(r"\x1b\[\d+m", "", said).splitlines()[1:]
    assert len(lines) == 2
    assert all(cells(line) <= columns for line in lines)
    assert ("█" in said) == (columns >= 60)


@pytest.mark.parametrize(("columns", "width"), [("60", 60), ("", 0), ("x", 0), ("0", 0)])
def test_in_a_pipe_lines_are_as_wide_as_columns_says(
    site: Site, monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    title = "A title of many words " * 5
    site.write("a.md", item(title, "https://news.example/a", provider="Herald"))
    _, line = site.run("top").out.splitlines()
    assert (title.strip() in line) == (not width)
    assert len(line) == width or not width


@pytest.mark.parametrize(("columns", "provider"), [(66, "A provider"), (65, "A provid…"), (64, "A provi…"), (63, "")])
def test_a_provider_is_cut_before_a_title_is(monkeypatch: pytest.MonkeyPatch, columns: int, provider: str) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    entry = RankedEntry(1, 70.0, None, 0, 6.1, "A title of 24 characters", "A provider", NOW, "tag:x", None)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    (line,) = table(TopList("./", "Site", "heat", "heat", 1, (entry,)), NOW, stream)
    assert line == "  ".join(filter(None, ("1", "█" * 14, "70", entry.title, provider, "0 min")))


def test_where_there_are_no_blocks_bars_are_of_signs() -> None:
    entry = RankedEntry(1, 70.0, None, 0, 6.1, "A title", None, NOW - timedelta(hours=3), "tag:x", None)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert list(table(TopList("./", "Site", "heat", "heat", 1, (entry,)), NOW, stream)) == [
        "1  ##############  70  A title  3 h"
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 min"), (59, "0 min"), (7199, "119 min"), (7200, "2 h"), (172800, "2 d"), (86400 * 800, "2 y")],
)
def test_ages_are_told_in_one_unit(seconds: int, words: str) -> None:
    assert age(NOW, NOW - timedelta(seconds=seconds)) == words


def test_bars_grow_in_eighths() -> None:
    assert [bar(part, blocks=True).rstrip() for part in (0, 1 / 112, 8 / 112, 9 / 112, 1, 2)] == [
        "", "▏", "█", "█▏", "█" * 14, "█" * 14,
    ]  # fmt: skip


@pytest.mark.parametrize("width", range(1, 12))
def test_what_is_cut_takes_the_cells_that_there_are(width: int) -> None:
    for words in ("abc", "abcdefghijklmnop", "人工智能人工智能", "e\u0301galite\u0301"):
        assert cells(fitted(words, width)) == width
