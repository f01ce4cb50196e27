"""Dates of files from git: the first commit of each, as git itself tells it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import Site, item

from feedd.store.history.git_dates import first_commits, read_log

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
Commit = Callable[[int], None]


@pytest.fixture
def commit(site: Site) -> Commit:
    """Commits all that is there, at so many seconds since 1970."""
    subprocess.run(["git", "init", "-q", str(site.seeds)], check=True)

    def commit_all(seconds: int) -> None:
        who = {f"GIT_{role}_{what}": "ada" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        when = {f"GIT_{role}_DATE": f"{seconds} +0000" for role in ("AUTHOR", "COMMITTER")}
        for arguments in (["add", "-A"], ["commit", "-q", "-m", "x"]):
            subprocess.run(["git", *arguments], cwd=site.seeds, env={**os.environ, **who, **when}, check=True)

    return commit_all


def text_of(title: str, date: str | None = None) -> str:
    return item(title, date=date)


def published(site: Site) -> dict[str, datetime]:
    return {title: datetime.fromisoformat(entry["published"]) for title, entry in site.entries().items()}


@needs_git
def test_a_file_keeps_the_time_of_its_first_commit_when_it_changes_or_moves(site: Site, commit: Commit) -> None:
    site.write("a.md", text_of("A", None))
    site.write("notes/caf\u00e9.md", text_of("B"))
    commit(1_600_000_000)
    site.write("a.md", text_of("A changed"))
    commit(1_650_000_000)
    (site.seeds / "a.md").rename(site.seeds / "notes" / "c.md")
    commit(1_700_000_000)
    assert first_commits(site.seeds).times == {"notes/caf\u00e9.md": 1_600_000_000, "notes/c.md": 1_600_000_000}
    assert first_commits(site.seeds / "notes").times.keys() == {"caf\u00e9.md", "c.md"}


@needs_git
def test_an_item_without_a_date_has_that_of_its_first_commit(site: Site, commit: Commit) -> None:
    site.configure(dates_from="git")
    site.write("a.md", text_of("A"))
    site.write("b.md", text_of("B", "2020-01-01"))
    site.write("2021-01-01-c.md", text_of("C"))
    commit(1_600_000_000)
    site.write("d.md", text_of("D"))
    assert site.run("check").out.count("it has no date: git has no commit of it") == 1
    assert site.run("render").status == 0
    dates = published(site)
    assert dates.pop("D") > datetime(2026, 1, 1, tzinfo=UTC)
    assert dates == {
        "A": datetime.fromtimestamp(1_600_000_000, UTC),
        "B": datetime(2020, 1, 1, tzinfo=UTC),
        "C": datetime(2021, 1, 1, tzinfo=UTC),
    }


@needs_git
def test_a_date_that_was_shown_stays_whatever_git_says_later(site: Site, commit: Commit) -> None:
    site.write("a.md", text_of("A"))
    site.run("render")
    before = published(site)
    commit(1_600_000_000)
    site.configure(dates_from="git")
    assert site.run("render").status == 0
    assert published(site) == before


@needs_git
def test_where_git_knows_nothing_that_is_said_and_the_items_are_read(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(site.root))  # it may lie in a repository of somebody else
    site.configure(dates_from="git")
    site.write("a.md", text_of("A"))
    said = site.run("check")
    assert (said.status, "it has no date: git says: not a git repository" in said.out) == (0, True)


@needs_git
def test_a_shallow_clone_has_no_first_commits(site: Site, commit: Commit, tmp_path: Path) -> None:
    site.write("a.md", text_of("A"))
    commit(1_600_000_000)
    site.write("a.md", text_of("A changed"))
    commit(1_650_000_000)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", site.seeds.as_uri(), str(clone)], check=True)
    found = first_commits(clone)
    assert (found.times, "shallow" in found.why_unknown) == ({}, True)


def test_without_git_that_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(site.root))
    assert first_commits(site.seeds).why_unknown == "git is not installed"


def test_a_log_is_read_from_the_oldest_commit_on() -> None:
    log = ["@1", "", "A\ta.md", "A\tb.md", "@2", "", "R090\ta.md\tc.md", "A\ta.md"]
    log += ["@x", "A\td.md", "@3", "R100\te\tf", "X"]
    assert read_log(log) == {"a.md": 2, "b.md": 1, "c.md": 1, "f": 3}
