"""The items' directory: a glance at what changed finds there what a look at everything finds."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import Site, item, unprivileged

from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.decide.changes import diff
from feedd.model import Problem, Report
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.item_source import Glance, Scan, covers
from feedd.store.items import ItemsDirectory
from feedd.store.state_directory import StateDirectory

CLOCK = 2**62  # later than any file: none is doubtful


class Folders:
    """An items' directory in a folder, with something outside it."""

    def __init__(self, root: Path) -> None:
        self.seeds = root / "seeds"
        self.outside = root / "outside"
        self.outside.mkdir(parents=True)
        (self.outside / "out.md").write_text("out")
        self.seeds.mkdir()
        self.items = ItemsDirectory(self.seeds, (".md", ".html"), (".*", "_*"), 1 << 20)

    def write(self, path: str, text: str = "text") -> None:
        (self.seeds / path).parent.mkdir(parents=True, exist_ok=True)
        (self.seeds / path).write_text(text)

    def scan(self) -> Scan:
        return self.items.scan(CLOCK)


@pytest.fixture
def place(tmp_path: Path) -> Folders:
    """A directory with a few items, a draft, a link and a file that is no item."""
    found = Folders(tmp_path / "place")
    for path in ("one.md", "news/two.md", "news/old/three.html", "_drafts/four.md", "news/five.txt", "target.md"):
        found.write(path)
    (found.seeds / "link.md").symlink_to("target.md")
    return found


def assert_same(before: Scan, after: Scan, glance: Glance) -> None:
    """A glance finds what the second of two scans found, as far as it looked, and what it misses is what they miss.
    All has to be readable.
    """
    assert (glance.unreadable, after.unreadable) == ((), ())
    assert glance.there == tuple(path for path in after.paths() if covers(glance.looked_at, path))
    assert glance.withheld == {path for path in after.withheld if covers(glance.looked_at, path)}
    assert glance.problems == tuple(each for each in after.problems if glance.concerns(each.path))
    changes = diff(before.listing, after.listing)
    assert set(changes.changed) <= set(glance.there)
    assert glance.gone(known_at(before, glance)) == changes.removed


def known_at(before: Scan, glance: Glance) -> list[str]:
    """The files that a scan found where a glance looked."""
    return [path for path in before.paths() if covers(glance.looked_at, path)]


# One act each

Act = Callable[[Folders], Iterable[str]]  # what it returns are the paths that it touched


def writes(place: Folders) -> list[str]:
    place.write("one.md", "other")
    place.write("new.md")
    return ["one.md", "new.md"]


def deletes(place: Folders) -> list[str]:
    (place.seeds / "one.md").unlink()
    return ["one.md"]


def moves_a_folder(place: Folders) -> list[str]:
    (place.seeds / "news").rename(place.seeds / "olds")
    return ["news", "olds"]


def makes_folders(place: Folders) -> list[str]:
    place.write("a/b/c/new.md")
    place.write("a/b/_c/new.md")
    place.write("a/new.txt")
    return ["a"]


def makes_folders_that_are_told_one_by_one(place: Folders) -> list[str]:
    makes_folders(place)
    return ["a", "a/b", "a/b/c", "a/b/c/new.md"]


def deletes_a_folder(place: Folders) -> list[str]:
    shutil.rmtree(place.seeds / "news")
    return ["news/two.md", "news/old/three.html", "news/old", "news"]


def replaces_a_folder_with_a_link(place: Folders) -> list[str]:
    (place.seeds / "news").rename(place.outside / "news")
    (place.seeds / "news").symlink_to(place.outside / "news")
    return ["news"]


def replaces_a_folder_with_a_link_and_writes_in_it(place: Folders) -> list[str]:
    return [*replaces_a_folder_with_a_link(place), "news/two.md", "news/old", "news/old/three.html"]


def replaces_a_folder_with_a_link_to_itself(place: Folders) -> list[str]:
    shutil.rmtree(place.seeds / "news")
    (place.seeds / "news").symlink_to("news")
    return ["news", "news/two.md", "news/old", "news/old/three.html"]


def replaces_a_folder_with_a_file(place: Folders) -> list[str]:
    shutil.rmtree(place.seeds / "news")
    place.write("news")
    return ["news", "news/two.md", "news/old"]


def replaces_a_file_with_a_folder(place: Folders) -> list[str]:
    (place.seeds / "one.md").unlink()
    place.write("one.md/in.md")
    return ["one.md", "one.md/in.md"]


def links(place: Folders) -> list[str]:
    (place.seeds / "inside.md").symlink_to("one.md")
    (place.seeds / "outside.md").symlink_to(place.outside / "out.md")
    (place.seeds / "nowhere.md").symlink_to("nowhere")
    (place.seeds / "loop.md").symlink_to("loop.md")
    (place.seeds / "folder.md").symlink_to("news")
    (place.seeds / "folder").symlink_to("news")
    (place.seeds / "hard.md").hardlink_to(place.outside / "out.md")
    return ["inside.md", "outside.md", "nowhere.md", "loop.md", "folder.md", "folder", "hard.md"]


def leaves_a_link_to_nowhere(place: Folders) -> list[str]:
    (place.seeds / "target.md").unlink()
    return ["target.md", "link.md"]


def makes_what_is_ignored(place: Folders) -> list[str]:
    place.write("_drafts/new.md")
    place.write("_new.md")
    place.write(".git/new.md")
    return ["_drafts/new.md", "_new.md", ".git/new.md", ".git", "_drafts"]


def makes_a_draft_of_a_folder_and_an_item_of_a_draft(place: Folders) -> list[str]:
    (place.seeds / "news").rename(place.seeds / "_news")
    (place.seeds / "_drafts").rename(place.seeds / "ready")
    return ["news", "_news", "_drafts", "ready"]


def makes_a_pipe(place: Folders) -> list[str]:
    os.mkfifo(place.seeds / "pipe.md")
    return ["pipe.md"]


def touches_what_never_was(place: Folders) -> list[str]:
    return ["never.md", "never/was.md", "one.md/was.md", "never"]


@pytest.mark.parametrize(
    "act",
    [
        writes,
        deletes,
        moves_a_folder,
        makes_folders,
        makes_folders_that_are_told_one_by_one,
        deletes_a_folder,
        replaces_a_folder_with_a_link,
        replaces_a_folder_with_a_link_and_writes_in_it,
        replaces_a_folder_with_a_link_to_itself,
        replaces_a_folder_with_a_file,
        replaces_a_file_with_a_folder,
        links,
        leaves_a_link_to_nowhere,
        makes_what_is_ignored,
        makes_a_draft_of_a_folder_and_an_item_of_a_draft,
        makes_a_pipe,
        touches_what_never_was,
    ],
)
def test_a_glance_at_what_an_act_touched_finds_what_a_scan_finds(place: Folders, act: Act) -> None:
    before = place.scan()
    touched = act(place)
    assert_same(before, place.scan(), place.items.glance(touched))


def test_a_glance_looks_at_what_is_not_ignored_and_nowhere_else(place: Folders) -> None:
    place.write("new.md")
    glance = place.items.glance(["one.md", "_drafts/four.md", "news/_x/y.md", "one.md", "news/old"])
    assert glance == Glance(
        there=("news/old/three.html", "one.md"), looked_at=("news/old", "one.md"), unreadable=(), problems=()
    )


def test_a_glance_at_nothing_finds_nothing(place: Folders) -> None:
    assert place.items.glance([]) == Glance((), (), (), ())


def test_a_glance_does_not_read(place: Folders) -> None:
    os.mkfifo(place.seeds / "pipe.md")
    place.write("large.md", "x" * (2 << 20))
    assert place.items.glance(["pipe.md", "large.md"]).there == ("large.md",)


def test_a_glance_follows_the_directory_where_the_scan_before_found_it(tmp_path: Path) -> None:
    place = Folders(tmp_path / "place")
    (tmp_path / "link").symlink_to(place.seeds)
    items = ItemsDirectory(tmp_path / "link", (".md",), (), 1 << 20)
    place.write("news/one.md")
    items.scan(CLOCK)
    assert items.glance(["news/one.md"]).there == ("news/one.md",)


# Anything

NAMES = st.sampled_from(("a", "b.md", "c.html", "d.txt", "_e", "f.md", ".g"))
LEAVES = st.sampled_from(("text", "other text", "> b.md", "> ../b.md", "> a", "> /", "> nowhere"))  # > is a link
TREES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda below: st.dictionaries(NAMES, below, max_size=4), max_leaves=12
).filter(lambda tree: isinstance(tree, dict))


def build(tree: dict[str, Any], folder: Path) -> None:
    folder.mkdir()
    for name, what in tree.items():
        if isinstance(what, dict):
            build(what, folder / name)
        elif what.startswith("> "):
            (folder / name).symlink_to(what[2:])
        else:
            (folder / name).write_text(what)


def leaves(tree: dict[str, Any], at: str = "") -> dict[str, Any]:
    """What lies in a tree, by its path; for a folder, None."""
    found: dict[str, Any] = {}
    for name, what in tree.items():
        found[at + name] = None if isinstance(what, dict) else what
        if isinstance(what, dict):
            found |= leaves(what, f"{at}{name}/")
    return found


@settings(max_examples=150)
@given(TREES, TREES)
def test_a_glance_at_all_that_changed_finds_what_a_scan_finds(old: dict[str, Any], new: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Folders(Path(folder) / "place")
        place.seeds.rmdir()
        build(old, place.seeds)
        before = place.scan()
        shutil.rmtree(place.seeds)
        build(new, place.seeds)
        was, now = leaves(old), leaves(new)
        # All files were made anew. A folder that was there before and is there again was not touched.
        touched = {path for path in was.keys() | now.keys() if was.get(path, 0) != now.get(path, 0) or was[path]}
        glance = place.items.glance(touched)
        after = place.scan()
        assert_same(before, after, glance)
        everything = place.items.glance(set(now) - {path for path in now if "/" in path} | set(was))
        assert everything.there == tuple(after.paths())
        assert everything.problems == after.problems


# What may not be seen


def test_what_lies_in_a_folder_that_may_not_be_read_is_not_gone(place: Folders) -> None:
    def act() -> None:
        before = place.scan()
        (place.seeds / "news").chmod(0)
        try:
            glance, after = place.items.glance(["news", "one.md"]), place.scan()
        finally:
            (place.seeds / "news").chmod(0o700)
        assert glance.unreadable == after.unreadable == ("news/",)
        assert glance.there == ("one.md",)
        assert known_at(before, glance) == ["news/old/three.html", "news/two.md", "one.md"]
        assert glance.gone(known_at(before, glance)) == ()

    unprivileged(act)


@pytest.mark.parametrize("mode", [0, 0o400])
@pytest.mark.parametrize("locked", ["news", "."])
@pytest.mark.parametrize("path", ["news/old", "news/old/three.html", "news/two.md"])
def test_what_lies_deeper_in_a_folder_that_may_not_be_read_is_not_gone(
    place: Folders, path: str, locked: str, mode: int
) -> None:
    def act() -> None:
        before = place.scan()
        (place.seeds / locked).chmod(mode)
        try:
            glance = place.items.glance([path])
        finally:
            (place.seeds / locked).chmod(0o700)
        assert known_at(before, glance)
        assert glance.gone(known_at(before, glance)) == ()

    unprivileged(act)


# Names that are not UTF-8

BAD = os.fsdecode(b"bad\xff")


@pytest.mark.parametrize("path", [f"{BAD}.md", f"news/{BAD}.html", f"{BAD}/one.md", f"{BAD}/deep/one.md"])
def test_what_has_a_name_that_is_not_utf_8_is_reported_as_a_scan_reports_it(place: Folders, path: str) -> None:
    before = place.scan()
    place.write(path)
    folders = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)]
    touched = [folder for folder in folders if folder != "news"] + [path]
    after, glance = place.scan(), place.items.glance(touched)
    assert (glance.there, glance.unreadable) == ((), ())
    assert glance.problems == after.problems
    assert set(after.paths()) == set(before.paths())


@pytest.fixture
def publish(site: Site) -> Iterator[Callable[..., Report]]:
    """Makes passes with one publisher, as a daemon does."""
    items = ItemsDirectory(site.seeds, (".md",), (".*",), 1 << 20)
    with Publisher(items, FeedsDirectory(site.feeds), StateDirectory(site.state), pass_settings(Config())) as publisher:

        def make(*touched: str) -> Report:
            return publisher.publish(datetime(2026, 5, 1, tzinfo=UTC), touched=touched or None)

        yield make


@pytest.mark.parametrize("path", [f"{BAD}.md", f"{BAD}/one.md"])
def test_a_problem_with_a_name_comes_and_goes_with_a_glance(
    site: Site, publish: Callable[..., Report], path: str
) -> None:
    site.write("one.md", item("One"))
    assert publish().problems == ()
    site.write(path, item("Two"))
    top = path.partition("/")[0]
    kind = "folder" if "/" in path else "file"
    shown = Problem(top.replace("\udcff", r"\xff"), f"the name of this {kind} is not UTF-8; rename it")
    assert publish(top, path).problems == (shown,)
    assert publish(top, path).problems == (shown,)  # not told twice
    (site.seeds / top).rename(site.seeds / "two.md" if kind == "file" else site.seeds / "folder")
    report = publish(top, path, "two.md", "folder")
    assert (report.problems, report.entries, report.files) == ((), 2, 2)


def test_a_pass_that_glances_takes_out_what_is_gone_and_keeps_what_cannot_be_seen(
    site: Site, publish: Callable[..., Report]
) -> None:
    for path in ("one.md", "news/two.md", "news/old/three.md", "kept/four.md", "kept/five.md"):
        site.write(path, item(path, f"https://news.example/{path}"))
    publish()

    def act() -> None:
        (site.seeds / "one.md").unlink()
        (site.seeds / "kept/five.md").unlink()
        (site.seeds / "news").chmod(0)
        try:
            report = publish("one.md", "news/old", "news/two.md", "kept")
        finally:
            (site.seeds / "news").chmod(0o700)
        assert (report.removed, report.files) == (2, 3)

    unprivileged(act)
    assert site.titles() == {"news/two.md", "news/old/three.md", "kept/four.md"}
