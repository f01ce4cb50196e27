"""The ledger and the documents, lost, damaged, locked or tampered with: subscribers notice nothing."""

from __future__ import annotations

import fcntl
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import Site, assert_well_formed, end, item, looks, tree, unprivileged

from feedd.cli.commands import settings_of
from feedd.config import Config
from feedd.disk.database import APPLICATION_ID, Busy, StateDirectory, Unusable
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.items import ItemsDirectory
from feedd.publish.publisher import Publisher

PAGE = 8192


def fill(site: Site, count: int = 40) -> None:
    """Items with dates and links, so that nothing about them depends on when they were first seen."""
    for number in range(count):
        site.write(
            f"{number}.md",
            item(
                f"Title {number}",
                f"https://example.org/{number}",
                date=f"2024-05-{number % 28 + 1:02}",
                topics=[f"topic {number % 3}"],
                provider="P",
                body=f"See [[{number + 1}]]. " + "Many words. " * 60,
            ),
        )
    site.write("broken.md", "no front matter")


@contextmanager
def publisher(site: Site, state: StateDirectory | None = None) -> Iterator[Publisher]:
    items = ItemsDirectory(site.seeds, (".md",), (".*",), 1 << 20)
    feeds = FeedsDirectory(site.feeds)
    with Publisher(items, feeds, state or StateDirectory(site.state), settings_of(Config())) as opened:
        yield opened


# The ledger is lost


def test_a_lost_ledger_changes_no_byte_for_items_that_never_moved(site: Site) -> None:
    fill(site)
    site.render()
    before = site.documents()
    for path in site.state.iterdir():
        path.unlink()
    site.state.rmdir()
    assert site.render().entries == 40
    assert site.documents() == before


def test_the_authority_of_ids_survives_everything_but_the_loss_of_the_ledger(site: Site) -> None:
    fill(site, 3)
    site.configure(base_url="https://old.example/")
    site.render()
    before = site.ids(), site.feed().feed.id
    site.configure(base_url="https://new.example/feeds/")
    site.render()
    site.write("later.md", item("Later", "https://example.org/later"))
    site.render()
    ids = site.ids()
    assert ids.pop("Later").startswith("tag:old.example,2026:")
    assert (ids, site.feed().feed.id) == before
    assert b"old.example/" not in b"".join(site.documents().values())


# The ledger is damaged


def overwritten(data: bytes, page: int, with_: Callable[[int], bytes]) -> bytes:
    start = len(data) // PAGE * page // 10 * PAGE
    return data[:start] + with_(PAGE) + data[start + PAGE :]


def of_another_program(_: bytes) -> bytes:
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE files (path TEXT)")
    data = other.serialize()
    other.close()
    return data


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "random bytes": lambda data: random.Random(1).randbytes(len(data)),
    "random bytes after the header": lambda data: data[:100] + random.Random(1).randbytes(len(data) - 100),
    "text": lambda data: b"This is no database.\n" * 1000,
    "a single byte": lambda data: b"S",
    "the header alone": lambda data: data[:100],
    "the first page alone": lambda data: data[:PAGE],
    "half of it": lambda data: data[: len(data) // 2],
    "cut within a page": lambda data: data[: len(data) * 3 // 4 + 17],
    "zeros": lambda data: bytes(len(data)),
    "another program's database": of_another_program,
    "the first page overwritten": lambda data: overwritten(data, 0, bytes),
    "a page in the middle zeroed": lambda data: overwritten(data, 5, bytes),
    "pages in the middle overwritten": lambda data: overwritten(
        overwritten(data, 5, random.Random(2).randbytes), 7, random.Random(3).randbytes
    ),
    "an item's text no longer UTF-8": lambda data: data.replace(b"Title 7", b"T\xfftle 7"),
    "an id no longer UTF-8": lambda data: data.replace(b"tag:localhost", b"tag:loc\xfflhost"),
}


def assert_right(site: Site, wanted: dict[str, bytes]) -> None:
    """The feeds are as they were, and stay so."""
    assert site.documents() == wanted
    report = site.render()
    assert report.remarks == ()
    assert report.written == ()


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_ledger_is_moved_aside_and_made_anew_with_the_same_ids(site: Site, kind: str) -> None:
    fill(site)
    site.render()
    before = site.documents()
    damaged = DAMAGE[kind](site.ledger.read_bytes())
    site.ledger.write_bytes(damaged)
    site.write("0.md", item("Title 0", "https://example.org/0", date="2024-05-01", heat=1))  # so that it is used
    site.write("0.md", (site.seeds / "0.md").read_text())
    result = site.run("render")
    assert result.status == 0
    assert "the ledger was damaged (" in result.out
    assert "it was moved to .feedd/ledger.sqlite3.damaged-1" in result.out
    assert (site.state / "ledger.sqlite3.damaged-1").read_bytes() == damaged
    assert site.ids() == {
        f"Title {number}": entry_id for number in range(40) for entry_id in [ids_of(before)[f"https://example.org/{number}"]]
    }
    fill(site)
    site.render()
    assert_right(site, before)


def ids_of(documents: dict[str, bytes]) -> dict[str, str]:
    import feedparser

    return {entry.link: entry.id for entry in feedparser.parse(documents["atom.xml"]).entries}
