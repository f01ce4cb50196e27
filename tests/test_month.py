"""Thirty days of passes, ten minutes apart: documents are written when something happened, and at no other time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree
from support import Site, item, tree

from feedd.cli.setup import make_publisher, state_path
from feedd.config.load import load
from feedd.model import Report

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday; summer time begins on the 29th
STEP, DAYS = timedelta(minutes=10), 30
PASSES = DAYS * 24 * 6


DEEDS = ("adds", "adds", "adds", "adds ahead", "heats", "edits", "withdraws")


class Curator:
    """Somebody who puts items there, changes heats and texts, withdraws some, and dates some ahead."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._random = random.Random(7)
        self._items: dict[int, dict[str, object]] = {}
        self._number = 0
        self.due: list[datetime] = []

    def acts(self, now: datetime) -> str | None:
        """What is done before the pass at `now`, in a word; most of the time nothing."""
        if self._number == 0 or self._random.random() < 0.03:
            return self._do(self._random.choice(DEEDS), now)
        return None

    def _do(self, what: str, now: datetime) -> str:
        if what.startswith("adds") or not self._items:
            date = now + timedelta(hours=5, minutes=3) if what == "adds ahead" else now - timedelta(minutes=25)
            if date > now:
                self.due.append(date)
            self._number += 1
            topic = self._random.choice(["Boats", "Trains"])
            heat = self._random.randint(1, 100)
            self._items[self._number] = {"date": f"{date:%Y-%m-%dT%H:%M:%SZ}", "heat": heat, "topics": [topic]}
            return self._write(self._number, what)
        number = self._random.choice(sorted(self._items))
        if what == "withdraws":
            (self._site.seeds / f"{number}.md").unlink()
            del self._items[number]
        elif what == "heats":
            self._items[number]["heat"] = self._random.randint(1, 100)
            self._write(number, what)
        else:
            self._items[number]["body"] = f"Edited at {now}."
            self._write(number, what)
        return what

    def _write(self, number: int, what: str) -> str:
        fields = self._items[number]
        self._site.write(f"{number}.md", item(f"Item {number}", f"https://news.example/{number}", **fields))  # type: ignore[arg-type]
        return what


class Seen(NamedTuple):
    """What subscribers of a document see of an entry."""

    updated: str
    content: str


def is_part_of(digest: Seen, seen: Seen) -> bool:
    """Whether what is seen is a digest without some of its lines."""
    lines, left = (re.findall("<li>.*?</li>", each.content, re.DOTALL) for each in (digest, seen))
    return seen.updated == digest.updated and left == [line for line in lines if line in left]


def entries(path: Path) -> dict[str, Seen]:
    root = etree.parse(path).getroot()
    return {
        entry.findtext("{*}id") or "": Seen(entry.findtext("{*}updated") or "", entry.findtext("{*}content") or "")
        for entry in root.iter("{*}entry")
    }


def month(site: Site, curator: Curator) -> Iterator[tuple[datetime, str | None, Report]]:
    """Each pass: its time, what was done before it, and what it did. After each day the process is another one."""
    config = load(None)
    now = START
    for _ in range(DAYS):
        with make_publisher(config, state_path(config)) as publisher:
            for _ in range(24 * 6):
                what = curator.acts(now)
                yield now, what, publisher.publish(now)
                now += STEP


@pytest.fixture
def configured(site: Site) -> Site:
    site.configure(
        limit=12,
        pages=False,
        workers=1,
        feeds={"warm": {"min_heat": 50, "views": ["hot", "top"]}},
        views={"feeds": ["all", "topics"], "hot": "p75", "digest": ["daily", "weekly"], "time_zone": "Europe/Vienna"},
    )
    return site


def test_documents_are_written_only_when_something_happened(
    configured: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    curator = Curator(configured)
    written = happened = closed = idle_writes = 0
    hot: set[str] = set()
    once_hot: set[str] = set()
    digests: dict[str, Seen] = {}
    updated: dict[str, str] = {}
    for now, what, report in month(configured, curator):
        due = [date for date in curator.due if now - STEP < date <= now]
        over = bool(re.search(r" (22|23):00:00", f"{now}"))  # midnight in Vienna
        written += len(report.written)
        happened += bool(what or due)
        closed += over and any("digest/" in path for path in report.written)
        if not (what or due):
            closes = over and any("digest/" in path for path in report.written)
            others = [path for path in report.written if not (closes and re.search("^recovery/|digest/", path))]
            idle_writes += len(others)
            assert not others, (now, others)
        assert report.next_due is not None
        assert now < report.next_due <= now + timedelta(days=1)
        if not report.written:
            continue
        feeds = configured.feeds
        now_hot = set(entries(feeds / "hot/atom.xml"))
        assert not (now_hot - hot) & once_hot  # what was hot and is not any more never is again: nothing is republished
        hot, once_hot = now_hot, once_hot | now_hot
        for cadence in ("daily", "weekly"):
            for entry_id, seen in entries(feeds / f"digest/{cadence}/atom.xml").items():
                before = digests.setdefault(entry_id, seen)
                assert seen == before or (what == "withdraws" and is_part_of(before, seen))
                digests[entry_id] = seen
        for entry_id, seen in entries(feeds / "atom.xml").items():
            assert what == "edits" or updated.get(entry_id, seen.updated) == seen.updated
            updated[entry_id] = seen.updated
    with capsys.disabled():
        print(f"\n{PASSES} passes, {happened} with something to do, {closed} that closed a period: {written} documents")
    assert idle_writes == 0
    assert closed > 20
    assert len(digests) >= closed


def test_what_a_month_left_is_made_again_of_nothing(configured: Site) -> None:
    for _ in month(configured, Curator(configured)):
        pass
    left = tree(configured.feeds)
    config = load(None)
    now = START + DAYS * timedelta(days=1)
    with make_publisher(config, state_path(config)) as publisher:
        assert publisher.publish(now).written == ()
        assert tree(configured.feeds) == left
        for path in sorted(configured.feeds.rglob("*.*"), reverse=True):
            path.unlink()
        publisher.publish(now)
    assert tree(configured.feeds) == left
