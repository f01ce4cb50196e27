"""A history of items in git, checked out under a running daemon: what is published is always what is there."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support import Running, Site, assert_well_formed, item, looks, tree

COMMITS = 240
SETTLE = 12  # commits between two points at which everything is compared
STEPS = 40  # commits after each of which it is seen what was written
FIRST = datetime(2024, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    """Runs git as nobody in particular, with nobody's configuration."""
    names = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _NOBODY.items()}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false", *arguments]
    result = subprocess.run(
        command, cwd=folder, env=os.environ | names | quiet, capture_output=True, text=True, check=True
    )
    return result.stdout


_NOBODY = {"NAME": "Nobody", "EMAIL": "nobody@example.org", "DATE": "2024-01-01T00:00:00Z"}


class Curator:
    """Changes a tree of items as curators do, one change after another, the same at every run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.random = random.Random(20)
        self.numbers = 0

    def paths(self) -> list[Path]:
        return sorted(self.root.rglob("*.md"))

    def write(self, path: Path, number: int, edition: int = 0, **fields: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        topics = [self.random.choice(["Boats", "C", "C++", "Tides"])]
        path.write_text(
            item(
                f"Item {number} edition {edition}",
                f"https://news.example/{number}",
                f"{FIRST + timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}",
                f"See [[item-{number % 7}]].\n",
                topics=topics,
                heat=self.random.randrange(1, 90),
                provider=f"Provider {number % 3}",
                **fields,
            )
        )

    def adds(self) -> None:
        for _ in range(self.random.randrange(1, 4)):
            folder = self.random.choice(["", "news", "news/2024", "wiki"])
            self.write(self.root / folder / f"item-{self.numbers}.md", self.numbers)
            self.numbers += 1

    def edits(self) -> None:
        path = self.random.choice(self.paths())
        self.write(path, int(path.stem.split("-")[1]), self.random.randrange(1, 10**6))

    def withholds(self) -> None:
        path = self.random.choice(self.paths())
        self.write(path, int(path.stem.split("-")[1]), published=False)

    def breaks(self) -> None:
        self.random.choice(self.paths()).write_text("---\ntitle: [\n---\n")

    def moves(self) -> None:
        path = self.random.choice(self.paths())
        target = self.root / self.random.choice(["news", "archive", "wiki/deep"]) / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)

    def moves_a_folder(self) -> None:
        folders = sorted(path for path in self.root.iterdir() if path.is_dir() and path.name != ".git")
        if folders:
            folder = self.random.choice(folders)
            folder.rename(self.root / f"{folder.name.split('_')[0]}_{self.random.randrange(1000)}")

    def deletes(self) -> None:
        if len(self.paths()) > 5:
            self.random.choice(self.paths()).unlink()

    def acts(self) -> None:
        choices = [self.adds, self.adds, self.edits, self.edits, self.withholds, self.breaks, self.moves]
        self.random.choice([*choices, self.moves_a_folder, self.deletes])()


def history(folder: Path) -> list[str]:
    """A repository of items; its commits, oldest first."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    curator = Curator(folder)
    for _ in range(8):
        curator.adds()
    for number in range(COMMITS):
        curator.acts()
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--allow-empty", "--message", f"Change {number}")
    return git(folder, "log", "--reverse", "--format=%H").split()


def rendered_anew(site: Site, number: int) -> dict[str, bytes]:
    """What a render of all that is there leaves, with a copy of the ledger."""
    state, feeds = site.root / f"state-{number}", site.root / f"feeds-{number}"
    state.mkdir()
    for path in site.state.glob("ledger.sqlite3*"):
        shutil.copy(path, state / path.name)
    site.render("--state", str(state), "--feeds", str(feeds))
    found = tree(feeds)
    shutil.rmtree(state)
    shutil.rmtree(feeds)
    return found


@pytest.fixture
def commits(site: Site, tmp_path: Path) -> list[str]:
    """The commits of a history; the first is checked out in seeds/."""
    found = history(tmp_path / "origin")
    shutil.rmtree(site.seeds)
    git(site.root, "clone", "--quiet", str(tmp_path / "origin"), "seeds")
    git(site.seeds, "checkout", "--quiet", found[0])
    return found


def test_a_history_at_speed_is_published_as_renders_of_it_would(
    site: Site, daemon: Callable[..., Running], commits: list[str]
) -> None:
    running = daemon().wait_until_ready()
    order = [*commits, *random.Random(21).sample(commits, 60)]  # forth, then to and fro
    for number, commit in enumerate(order, start=1):
        git(site.seeds, "checkout", "--quiet", "--force", commit)
        if number % SETTLE == 0:
            running.sync()
            assert_well_formed(site.documents())
            assert site.documents() == rendered_anew(site, number)


def test_a_commit_writes_no_document_that_it_does_not_change(
    site: Site, daemon: Callable[..., Running], commits: list[str]
) -> None:
    site.configure(daemon={"quiet": "100ms"})  # so that a checkout is one pass, as a rule
    running = daemon().wait_until_ready()
    single = 0
    for commit in commits[1 : STEPS + 1]:
        documents, seen = site.documents(), looks(site.feeds)
        passes = running.status.passes
        git(site.seeds, "checkout", "--quiet", "--force", commit)
        running.sync()
        if running.status.passes - passes > 2:  # the checkout and the sync, or more: a document may have been another
            continue
        single += 1
        now, seen_now = site.documents(), looks(site.feeds)
        untouched = {path for path in now if now[path] == documents.get(path)}
        assert {path: seen_now[path] for path in untouched} == {path: seen[path] for path in untouched}
    assert single >= STEPS / 2
