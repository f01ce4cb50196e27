"""The workflows of docs/running.md for sites without state, step by step, each run by real processes in a new clone.

What a run leaves is given out by a plain server of files, and nothing else is there for the next run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from reader import make_reader
from support import FEEDD
from test_recovery_in_ci import Repository, pages_host

DOCUMENT = Path(__file__).parent.parent / "docs/running.md"
RUNS = int(os.environ.get("FEEDD_CI_RUNS", "4"))


class Workflow(NamedTuple):
    """A workflow: its commands, in their order, and the folder that it publishes."""

    commands: tuple[str, ...]
    folder: str


def block_with(words: str) -> object:
    """What the YAML of the documentation says that has these words."""
    (found,) = [each for each in re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL) if words in each]
    return yaml.safe_load(found)


def github() -> Workflow:
    steps = block_with("upload-pages-artifact")["jobs"]["feeds"]["steps"]
    assert steps[0]["uses"].startswith("actions/checkout@")
    (artifact,) = [each["with"]["path"] for each in steps if "upload-pages-artifact" in each.get("uses", "")]
    return Workflow(tuple(each["run"] for each in steps if "run" in each), artifact)


def gitlab() -> Workflow:
    job = block_with("CI_DEFAULT_BRANCH")["pages"]
    (artifact,) = job["artifacts"]["paths"]
    return Workflow(tuple(job["script"]), artifact)


class Host:
    """A job that runs a workflow in new clones, and a host that gives out what the last run left."""

    def __init__(self, root: Path, workflow: Workflow) -> None:
        self.origin, self.public = root / "origin", root / "public"
        self._root, self._workflow = root, workflow
        self.public.mkdir()
        (self.origin / "seeds").mkdir(parents=True)
        (self.origin / "config").mkdir()
        programs = root / "bin"
        programs.mkdir()
        (programs / "feedd").write_text(f'#!/bin/sh\nexec {" ".join(FEEDD)} "$@"\n')
        (programs / "feedd").chmod(0o755)
        self._environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(root), "LC_ALL": "C.UTF-8"}
        self._git("init", "-q", "-b", "main")

    def _git(self, *arguments: str) -> None:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        subprocess.run(["git", *who, *arguments], cwd=self.origin, check=True, env=self._environment)

    def run(self, *, first: bool = False) -> list[str]:
        """Runs the steps in a new clone, and uploads. Returns what the commands said. `first`: as the documentation has
        it for the first run.
        """
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", "Edit")
        clone = self._root / "clone"
        subprocess.run(["git", "clone", "-q", str(self.origin), str(clone)], check=True, env=self._environment)
        said = []
        for command in self._workflow.commands:
            if command.startswith("pip install tools/feedd-") or (first and command.startswith("feedd plan")):
                continue
            given = f"{command} --first" if first and command.startswith("feedd render") else command
            done = subprocess.run(
                ["sh", "-ec", given], cwd=clone, env=self._environment, capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, (given, done.stdout, done.stderr)
            said.append(done.stdout)
        shutil.rmtree(self.public)
        ignored = shutil.ignore_patterns(".*")  # hosts of pages give out no hidden files
        shutil.copytree(clone / self._workflow.folder, self.public, ignore=ignored)
        shutil.rmtree(clone)
        return said


@pytest.mark.parametrize("workflow", [github, gitlab], ids=["GitHub Pages", "GitLab Pages"])
def test_a_reader_sees_each_entry_once_over_many_runs(workflow: Callable[[], Workflow], tmp_path: Path) -> None:
    host = Host(tmp_path, workflow())
    repository = Repository(host.origin / "seeds")
    with pages_host(host.public) as url, make_reader(":memory:") as reader:
        (host.origin / "config/feedd.yaml").write_text(
            f"base_url: {url}\nauthority: feeds.example,2026\nrecover: true\nlimit: 8\n"
        )
        host.run(first=True)
        reader.add_feed(f"{url}atom.xml")
        dates: dict[str, object] = {}
        for number in range(RUNS):
            reader.update_feeds()
            assert reader.get_feed(f"{url}atom.xml").last_exception is None
            for entry in reader.get_entries():
                assert dates.setdefault(entry.id, entry.published) == entry.published
            repository.work(number)
            assert any("taken over from http" in each for each in host.run())
        reader.update_feeds()
        titles = [entry.title for entry in reader.get_entries()]
        assert len(titles) == len(set(titles)) >= 8
