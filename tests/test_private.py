"""The state directory is nobody else's business: who may read its files, and what stands where they should be."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Running, Site, item

FILES = ["ledger.sqlite3", "lock", "daemon.lock", "status.json"]


@pytest.fixture(autouse=True, params=[0o022, 0o000, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*")}


def test_only_the_owner_may_read_what_feedd_keeps(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    running = Running(site).wait_until_ready()
    try:
        assert stat.S_IMODE(site.state.stat().st_mode) == 0o700
        found = modes(site.state)
        assert set(FILES) <= found.keys()
        assert {name: mode for name, mode in found.items() if mode not in (0o600, 0o700)} == {}
    finally:
        assert running.stop() == 0


def test_a_group_may_read_where_the_directory_is_opened_to_it_and_to_nobody_else(site: Site, umask: int) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.state.mkdir()
    site.state.chmod(0o750)
    site.render()
    assert modes(site.state) == dict.fromkeys(("ledger.sqlite3", "lock"), 0o640 & ~umask)
    assert stat.S_IMODE(site.state.stat().st_mode) == 0o750


def test_files_of_an_earlier_version_that_others_may_read_are_closed_to_them(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    site.state.chmod(0o755)
    for path in site.state.iterdir():
        path.chmod(0o644)
    site.render()
    assert modes(site.state) == dict.fromkeys(("ledger.sqlite3", "lock"), 0o600)
