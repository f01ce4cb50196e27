"""The watch: what happens to files and folders, and the hints that come of it."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import Running, Site, item, unprivileged, wait_until

from feedd.daemon.inbox import Asked, FilesTouched, Lost, Reason, Reconcile
from feedd.daemon.watch import Watch
from feedd.items.file_names import PostsFolders
from feedd.store.item_source import covers
from feedd.store.items import ItemsDirectory

SUFFIXES, IGNORE = (".md", ".html"), (".*", "_*", "*~", "*.tmp")


CHANGED_ITSELF = Reconcile("a folder of items was changed itself")  # its times or permissions, nothing in it


class Watched:
    """A watched folder, what the watch has put, and a hold on its thread."""

    def __init__(self, place: Path, how: str = "auto", posts_folders: PostsFolders = "ignored") -> None:
        self.place = place
        self.seeds = place / "seeds"
        self.outside = place / "outside"
        self.requests = place / "requests"
        for folder in (self.seeds, self.outside, self.requests):
            folder.mkdir(exist_ok=True)
        self.items = ItemsDirectory(self.seeds, SUFFIXES, IGNORE, 1 << 20, (), posts_folders)
        self.reasons: list[Reason] = []
        self.watch = Watch(self.items, self.requests, how, self._put)
        self._free = threading.Event()
        self._free.set()
        self._held = threading.Event()
        self._news = threading.Condition()
        self._asked = 0

    def _put(self, reason: Reason) -> None:
        with self._news:
            self.reasons.append(reason)
            self._news.notify_all()
        if not self._free.is_set():
            self._held.set()
            self._free.wait()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lets things happen faster than the watch can follow: it learns of them when this ends."""
        self._held.clear()
        self._free.clear()
        try:
            (self.seeds / "held.md").touch()
            assert self._held.wait(10), "nothing is put"
            yield
        finally:
            self._free.set()

    def write(self, path: str, text: str = "text") -> None:
        target = self.seeds / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Waits until a condition holds that a reason makes true, or the watch is dead."""
        with self._news:
            for _ in range(1000):
                if self._news.wait_for(condition, 0.01) or self.watch.trouble():
                    break
            assert condition(), (self.watch.trouble(), self.reasons)

    def settle(self) -> list[Reason]:
        """What was put since it was last asked, when the watch has told all that happened until now."""
        self._asked += 1
        request = Asked(str(self._asked))
        (self.requests / request.request).write_bytes(b"")
        self.wait_for(lambda: request in self.reasons)
        found = [reason for reason in self.reasons if not isinstance(reason, Asked)]
        self.reasons.clear()
        return found

    def touched(self) -> set[str]:
        """The paths that were put since it was last asked; nothing else may have been."""
        found = self.settle()
        assert [reason for reason in found if not isinstance(reason, FilesTouched) and reason != CHANGED_ITSELF] == []
        return {path for reason in found if isinstance(reason, FilesTouched) for path in reason.paths} - {"held.md"}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A watch on a folder with a few items in it."""
    found = Watched(tmp_path)
    for path in ("one.md", "news/two.md", "news/old/three.md", "_drafts/four.md", "five.txt"):
        found.write(path)
    (found.outside / "file.md").write_text("text")
    (found.outside / "folder").mkdir()
    (found.outside / "folder/in.md").write_text("text")
    found.watch.start()
    assert found.watch.why_not is None
    yield found
    found.watch.stop()


# What is told of an act

Act = Callable[[Path, Path], object]  # seeds, outside
ACTS: dict[str, tuple[Act, set[str]]] = {
    "a file made": (lambda seeds, _: (seeds / "new.md").write_text("x"), {"new.md"}),
    "an empty file made": (lambda seeds, _: (seeds / "new.md").touch(), {"new.md"}),
    "a file made in a folder": (lambda seeds, _: (seeds / "news/old/new.md").write_text("x"), {"news/old/new.md"}),
    "a file rewritten": (lambda seeds, _: (seeds / "one.md").write_text("y"), {"one.md"}),
    "a file deleted": (lambda seeds, _: (seeds / "news/two.md").unlink(), {"news/two.md"}),
    "a file renamed": (lambda seeds, _: (seeds / "one.md").rename(seeds / "1.md"), {"one.md", "1.md"}),
    "a file put over another": (
        lambda seeds, _: (seeds / "one.md").replace(seeds / "news/two.md"),
        {"one.md", "news/two.md"},
    ),
    "a file renamed to no item": (lambda seeds, _: (seeds / "one.md").rename(seeds / "one.md~"), {"one.md"}),
    "a file renamed to an item": (lambda seeds, _: (seeds / "five.txt").rename(seeds / "5.md"), {"5.md"}),
    "a file moved out": (lambda seeds, outside: (seeds / "one.md").rename(outside / "one.md"), {"one.md"}),
    "a file moved in": (lambda seeds, outside: (outside / "file.md").rename(seeds / "in.md"), {"in.md"}),
    "a hard link": (lambda seeds, outside: os.link(outside / "file.md", seeds / "link.md"), {"link.md"}),
    "a symbolic link": (lambda seeds, _: (seeds / "link.md").symlink_to("one.md"), {"link.md"}),
    "a symbolic link to nowhere": (lambda seeds, _: (seeds / "link.md").symlink_to("nowhere"), {"link.md"}),
    "a pipe": (lambda seeds, _: os.mkfifo(seeds / "pipe.md"), {"pipe.md"}),
    "other permissions": (lambda seeds, _: (seeds / "one.md").chmod(0o600), {"one.md"}),
    "other times": (lambda seeds, _: os.utime(seeds / "one.md", (1, 1)), {"one.md"}),
    "a file read": (lambda seeds, _: (seeds / "one.md").read_text(), set()),
    "a file of another kind": (lambda seeds, _: (seeds / "new.txt").write_text("x"), set()),
    "an ignored file": (lambda seeds, _: (seeds / "_new.md").write_text("x"), set()),
    "a file in an ignored folder": (lambda seeds, _: (seeds / "_drafts/new.md").write_text("x"), set()),
    "an ignored folder": (lambda seeds, _: (seeds / ".git").mkdir(), set()),
    "an ignored folder gone": (lambda seeds, _: shutil.rmtree(seeds / "_drafts"), set()),
    "a folder made": (lambda seeds, _: (seeds / "new").mkdir(), {"new"}),
    "a folder called like an item": (lambda seeds, _: (seeds / "new.md").mkdir(), {"new.md"}),
    "a folder deleted": (
        lambda seeds, _: shutil.rmtree(seeds / "news/old"),
        {"news/old/three.md", "news/old"},
    ),
    "a folder renamed": (lambda seeds, _: (seeds / "news").rename(seeds / "olds"), {"news", "olds"}),
    "a folder moved into another": (
        lambda seeds, _: (seeds / "news/old").rename(seeds / "old"),
        {"news/old", "old"},
    ),
    "a folder moved out": (lambda seeds, outside: (seeds / "news").rename(outside / "news"), {"news"}),
    "a folder moved in": (lambda seeds, outside: (outside / "folder").rename(seeds / "folder"), {"folder"}),
    "a folder that is now ignored": (lambda seeds, _: (seeds / "news").rename(seeds / "_news"), {"news"}),
    "a folder that is ignored no longer": (lambda seeds, _: (seeds / "_drafts").rename(seeds / "ready"), {"ready"}),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_told_by_the_paths_it_touched(watched: Watched, act: str) -> None:
    do, paths = ACTS[act]
    do(watched.seeds, watched.outside)
    assert watched.touched() == paths


@pytest.mark.parametrize("act", ACTS)
def test_after_any_act_every_folder_that_is_there_is_watched(watched: Watched, act: str) -> None:
    ACTS[act][0](watched.seeds, watched.outside)
    watched.touched()
    assert_watched(watched)


def assert_watched(watched: Watched) -> None:
    """What is written anywhere in the watched folder is told by its name. What else is told does not exist."""
    folders = [watched.seeds, *(path for path in watched.seeds.rglob("*") if path.is_dir() and not path.is_symlink())]
    probes = [str((folder / "probe.md").relative_to(watched.seeds)) for folder in folders]
    for probe in probes:
        watched.write(probe)
    touched, wanted = watched.touched(), {probe for probe in probes if not watched.items.names.ignores(probe)}
    assert touched >= wanted
    assert [path for path in touched - wanted if (watched.seeds / path).exists()] == []


def test_a_new_file_is_told_when_it_is_complete_and_not_before(watched: Watched) -> None:
    with (watched.seeds / "new.md").open("w") as file:
        file.write("half")
        file.flush()
        assert watched.touched() == set()
    assert watched.touched() == {"new.md"}


def test_folders_that_are_made_with_what_is_in_them_are_told(watched: Watched) -> None:
    for number in range(20):
        watched.write(f"{number}/a/b/c.md")
        watched.write(f"{number}/a/d.md")
    found = watched.touched()
    paths = [f"{number}/{name}" for number in range(20) for name in ("a/b/c.md", "a/d.md")]
    assert [path for path in paths if not covers(found, path)] == []
    assert_watched(watched)


def test_a_file_in_a_moved_folder_is_told_by_its_new_name(watched: Watched) -> None:
    (watched.seeds / "news").rename(watched.seeds / "archive")
    watched.settle()
    watched.write("archive/old/three.md", "changed")
    assert watched.touched() == {"archive/old/three.md"}


def watches() -> int:
    """How many folders this process watches (proc_pid_fdinfo(5))."""
    found = [path.read_text() for path in Path("/proc/self/fdinfo").iterdir() if path.exists()]
    return sum(line.startswith("inotify ") for text in found for line in text.splitlines())


def test_each_folder_takes_one_watch_and_those_that_are_ignored_take_none(watched: Watched) -> None:
    folders = 4  # the root, two below it, and that of requests
    assert watches() == folders
    for path in (".git/objects/x.md", "_drafts/deep/y.md", "news/.cache/z.md"):
        watched.write(path)
    watched.settle()
    assert watches() == folders
    watched.write("news/new/x.md")
    (watched.seeds / "news").rename(watched.seeds / "olds")
    watched.settle()
    assert watches() == folders + 1
    shutil.rmtree(watched.seeds / "olds/new")
    (watched.seeds / "olds").rename(watched.outside / "olds")
    watched.settle()
    assert watches() == folders - 2


def test_a_folder_that_left_is_not_heard_of_again(watched: Watched) -> None:
    (watched.seeds / "news").rename(watched.outside / "news")
    watched.settle()
    (watched.outside / "news/two.md").write_text("changed")
    (watched.outside / "news/old/new.md").write_text("new")
    assert watched.touched() == set()


# When much happens before the watch looks


def moves_into_a_new_folder(watched: Watched) -> None:
    (watched.seeds / "archive").mkdir()
    (watched.seeds / "news").rename(watched.seeds / "archive/news")


def moves_and_writes(watched: Watched) -> None:
    (watched.seeds / "news").rename(watched.seeds / "archive")
    watched.write("archive/old/three.md", "changed")
    watched.write("archive/old/older/four.md")


def moves_there_and_back(watched: Watched) -> None:
    (watched.seeds / "news").rename(watched.outside / "news")
    (watched.outside / "news/two.md").write_text("changed")
    (watched.outside / "news").rename(watched.seeds / "news")


def exchanges_two_folders(watched: Watched) -> None:
    watched.write("wiki/x.md")
    (watched.seeds / "wiki").rename(watched.seeds / "between")
    (watched.seeds / "news").rename(watched.seeds / "wiki")
    (watched.seeds / "between").rename(watched.seeds / "news")


def makes_a_folder_again(watched: Watched) -> None:
    shutil.rmtree(watched.seeds / "news")
    watched.write("news/old/three.md", "changed")


def makes_a_file_of_a_folder(watched: Watched) -> None:
    shutil.rmtree(watched.seeds / "news")
    watched.write("news", "a file")


def nests_two_folders(watched: Watched) -> None:
    watched.write("wiki/x.md")
    (watched.seeds / "wiki").rename(watched.seeds / "news/wiki")
    (watched.seeds / "news").rename(watched.seeds / "all")


@pytest.mark.parametrize(
    "act",
    [
        moves_into_a_new_folder,
        moves_and_writes,
        moves_there_and_back,
        exchanges_two_folders,
        makes_a_folder_again,
        makes_a_file_of_a_folder,
        nests_two_folders,
    ],
)
def test_what_happens_at_once_is_told_and_every_folder_watched(
    watched: Watched, act: Callable[[Watched], None]
) -> None:
    before = contents(watched)
    with watched.held():
        act(watched)
    assert_covered(watched, before, watched.touched())
    assert_watched(watched)


def contents(watched: Watched) -> dict[str, bytes | str]:
    """What each item holds, or leads to."""
    found: dict[str, bytes | str] = {}
    for folder, folders, names in os.walk(watched.seeds):
        for name in [*folders, *names]:
            path = Path(folder, name)
            relative = str(path.relative_to(watched.seeds))
            if path.is_symlink():
                found[relative] = str(path.readlink())
            elif path.is_file():
                found[relative] = path.read_bytes()
    return {path: what for path, what in found.items() if watched.items.names.are_of_item(path) and path != "held.md"}


def assert_covered(watched: Watched, before: dict[str, bytes | str], touched: set[str]) -> None:
    """Each item that differs lies at or below a path that was told."""
    after = contents(watched)
    differing = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path for path in differing if not covers(touched, path)} == set()


def test_more_than_the_kernel_keeps_is_told_as_a_loss(watched: Watched) -> None:
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if limit > 100_000:
        pytest.skip(f"this kernel keeps {limit} events, too many to make")
    with watched.held():
        for number in range(limit // 2 + 10):
            (watched.seeds / f"{number}.md").touch()
    watched.wait_for(lambda: any(isinstance(each, Lost) for each in watched.reasons))
    (lost,) = (each for each in watched.reasons if isinstance(each, Lost))
    assert f"raise fs.inotify.max_queued_events (now {limit})" in lost.why
    watched.watch.renew()
    watched.settle()
    watched.write("later.md")
    assert watched.touched() == {"later.md"}


def test_folders_that_come_and_go_while_the_watch_follows_are_told(watched: Watched) -> None:
    before = contents(watched)
    for number in range(150):
        a, b = f"a{number % 3}", f"b{number % 4}/c/d"
        watched.write(f"{a}/x/y/{number}.md", str(number))
        (watched.seeds / b).parent.mkdir(parents=True, exist_ok=True)
        if not (watched.seeds / b).exists():
            (watched.seeds / a).rename(watched.seeds / b)
        elif number % 5 == 0:
            shutil.rmtree(watched.seeds / f"b{number % 4}")
        watched.write(f"{b}/x/{number}.md", str(number))
    assert_covered(watched, before, watched.touched())
    assert_watched(watched)


CHOICE = st.integers(0, 11)
NAME = st.sampled_from(("a", "b", "_c", "x.md", "y.md", "z.txt"))
Chosen = tuple[str, int, int, str]
SOME_ACTS = st.lists(
    st.tuples(
        st.sampled_from(("make", "make", "write", "write", "move", "move", "move", "delete", "permit", "out", "in")),
        CHOICE,
        CHOICE,
        NAME,
    ),
    max_size=6,
)


def act_at_random(watched: Watched, chosen: Chosen) -> None:
    """Does something with what is there, if it can be done."""
    what, first, second, name = chosen
    there = sorted(watched.seeds.rglob("*"))
    folders = [watched.seeds, *(path for path in there if path.is_dir())]
    source = there[first % len(there)] if there else watched.seeds / "x.md"
    target, aside = folders[second % len(folders)] / name, watched.outside / "aside"
    try:
        if what == "make":
            target.mkdir()
        elif what == "write":
            target.write_text(f"{first}")
        elif what == "move":
            source.rename(target)
        elif what == "out":
            source.rename(aside)
        elif what == "in":
            aside.rename(target)
        elif what == "permit":
            source.chmod(0o700 if second % 2 else 0o755)
        elif source.is_dir():
            shutil.rmtree(source)
        else:
            source.unlink()
    except OSError:
        pass


@settings(max_examples=200)
@given(SOME_ACTS, st.lists(SOME_ACTS, min_size=1, max_size=3))
def test_whatever_happens_each_file_that_differs_is_told_and_each_folder_watched(
    before: list[Chosen], acts: list[list[Chosen]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        watched = Watched(Path(place))
        for act in before:
            act_at_random(watched, act)
        watched.watch.start()
        try:
            for at_once in acts:
                was = contents(watched)
                with watched.held():
                    for act in at_once:
                        act_at_random(watched, act)
                assert_covered(watched, was, watched.touched())
            assert_watched(watched)
        finally:
            watched.watch.stop()


# Requests


def test_a_request_is_told_after_all_that_happened_before_it(watched: Watched) -> None:
    expected: list[Reason] = []
    for number in range(100):
        watched.write(f"news/{number % 7}.md", str(number))
        (watched.requests / f"r{number}").write_bytes(b"")
        expected += [FilesTouched((f"news/{number % 7}.md",)), Asked(f"r{number}")]
    watched.wait_for(lambda: expected[-1] in watched.reasons)
    told = [reason for reason, _ in itertools.groupby(watched.reasons)]  # a new file may be told of twice
    assert told == expected


def test_a_request_that_is_taken_back_is_no_reason(watched: Watched) -> None:
    (watched.requests / "r").write_bytes(b"")
    watched.settle()
    (watched.requests / "r").unlink()
    assert watched.settle() == []
    assert watched.reasons == []


# The items' directory itself


def moved(watched: Watched) -> None:
    watched.seeds.rename(watched.place / "elsewhere")


def deleted(watched: Watched) -> None:
    shutil.rmtree(watched.seeds)


@pytest.mark.parametrize("act", [moved, deleted])
def test_a_directory_that_goes_is_told_and_noticed_and_watched_when_it_is_back(
    watched: Watched, act: Callable[[Watched], None]
) -> None:
    act(watched)
    lost = Lost(f"the items' directory {watched.seeds} was moved, deleted or unmounted")
    wait_until(lambda: lost in watched.reasons, 10, lambda: str(watched.reasons))
    trouble = Lost(f"the items' directory {watched.seeds} was moved, replaced or unmounted, or is back")
    assert watched.watch.trouble() == trouble
    watched.watch.renew()
    assert watched.watch.why_not == f"the items' directory {watched.seeds} is not there"
    assert watched.watch.trouble() is None
    watched.seeds.mkdir()
    assert watched.watch.trouble() == trouble
    watched.watch.renew()
    assert (watched.watch.why_not, watched.watch.trouble()) == (None, None)
    watched.settle()
    assert_watched(watched)


def test_a_directory_that_is_not_there_at_first_is_noticed_when_it_is(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.seeds.rmdir()
    watched.watch.start()
    assert watched.watch.why_not == f"the items' directory {watched.seeds} is not there"
    assert watched.watch.trouble() is None
    watched.seeds.mkdir()
    assert watched.watch.trouble() is not None
    watched.watch.renew()
    assert (watched.watch.why_not, watched.watch.trouble()) == (None, None)
    assert_watched(watched)
    watched.watch.stop()


def test_another_directory_in_its_place_is_noticed(watched: Watched) -> None:
    watched.seeds.rename(watched.place / "elsewhere")
    watched.seeds.mkdir()
    assert watched.watch.trouble() is not None
    watched.watch.renew()
    watched.settle()
    (watched.place / "elsewhere/one.md").write_text("changed")
    watched.write("one.md", "changed")
    assert watched.touched() == {"one.md"}


def test_a_link_to_the_directory_that_is_turned_to_another_is_noticed(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    (tmp_path / "seeds").symlink_to("first")
    watched = Watched(tmp_path)
    watched.watch.start()
    watched.write("one.md")
    assert watched.touched() == {"one.md"}
    (tmp_path / "seeds").unlink()
    (tmp_path / "seeds").symlink_to("second")
    assert watched.watch.trouble() is not None
    watched.watch.renew()
    watched.write("two.md")
    (tmp_path / "first/one.md").write_text("changed")
    assert watched.touched() == {"two.md"}
    watched.watch.stop()


def test_a_configuration_that_may_name_collections_is_a_reason_to_look_at_everything(watched: Watched) -> None:
    watched.write("news/_config.yml")
    found = watched.settle()
    assert Reconcile("a configuration that may name collections was changed") in found


def test_a_file_that_speaks_for_its_folder_is_a_reason_to_look_at_everything(watched: Watched) -> None:
    watched.write("news/_index.md")
    found = watched.settle()
    assert Reconcile("a file that speaks for its folder was changed") in found


@pytest.mark.parametrize("path", ["news/two.json", "news/two.meta", "news/news.json", "x.11tydata.js", "seeds.json"])
def test_a_file_of_data_beside_texts_is_a_reason_to_look_at_everything(watched: Watched, path: str) -> None:
    watched.write(path)
    assert Reconcile("a file of data beside texts was changed") in watched.settle()


@pytest.mark.parametrize("path", ["news/other.yaml", "news/five.meta", "news.yaml"])
def test_another_file_of_data_is_none(watched: Watched, path: str) -> None:
    watched.write(path)
    assert watched.touched() == set()


def test_a_file_above_the_directory_that_speaks_for_it_is_a_reason_to_look_at_everything(tmp_path: Path) -> None:
    place = tmp_path / "site/content/blog"
    place.mkdir(parents=True)
    (tmp_path / "site/hugo.toml").touch()
    watched = Watched(place)
    watched.watch.start()
    try:
        (place / "other.txt").touch()
        (tmp_path / "site/_index.md").touch()
        assert watched.touched() == set()
        (place.parent / "_index.md").touch()
        assert Reconcile("a file that speaks for the items' directory was changed") in watched.settle()
    finally:
        watched.watch.stop()


def test_a_folder_that_became_a_collection_is_watched(tmp_path: Path) -> None:
    watched = Watched(tmp_path, posts_folders="yes")
    watched.watch.start()
    try:
        watched.write("_recipes/a.md")
        watched.write("_config.yml", "collections: {recipes: {output: true}}")
        watched.settle()
        watched.write("_recipes/b.md")
        assert FilesTouched(("_recipes/b.md",)) in watched.settle()
    finally:
        watched.watch.stop()


def test_other_permissions_of_a_folder_are_a_reason_to_look_at_everything(watched: Watched) -> None:
    (watched.seeds / "news").chmod(0o711)
    assert set(watched.settle()) - {FilesTouched(("held.md",))} == {CHANGED_ITSELF}


def test_other_permissions_of_the_directory_are_a_reason_to_look_at_everything(watched: Watched) -> None:
    watched.seeds.chmod(0o711)
    assert watched.settle() == [Reconcile("the items' directory was changed itself")]
    assert watched.watch.trouble() is None


def test_a_directory_that_may_not_be_read_is_watched_later_or_said_not_to_be(watched: Watched) -> None:
    watched.watch.stop()

    def act() -> None:
        watched.seeds.chmod(0)
        watched.watch.start()
        why_not = watched.watch.why_not
        watched.seeds.chmod(0o700)
        assert why_not is not None or watched.watch.trouble() is not None
        watched.watch.stop()

    unprivileged(act)


def test_folders_that_may_not_be_read_are_no_trouble_and_watched_when_they_may(watched: Watched) -> None:
    watched.watch.stop()
    folders = [watched.seeds / name for name in ("news/old", "a", "b")]

    def act() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for folder in folders:
                folder.mkdir(exist_ok=True)
                folder.chmod(0)
            watched.watch.start()
            assert watched.watch.why_not is None
            watched.write("one.md", "changed")
            assert watched.touched() == {"one.md"}
            for folder in folders:
                folder.chmod(0o700)
            assert watched.touched() == {"news/old", "a", "b"}
            assert_watched(watched)
            watched.watch.stop()

    unprivileged(act)


# Beginning, beginning anew, and ending


def files_open() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_a_watch_that_is_renewed_tells_each_act_once(watched: Watched) -> None:
    for _ in range(3):
        watched.watch.renew()
    watched.settle()
    (watched.seeds / "one.md").rename(watched.seeds / "1.md")
    assert [reason for reason in watched.settle() if isinstance(reason, FilesTouched)] == [
        FilesTouched(("one.md",)),
        FilesTouched(("1.md",)),
    ]


def test_a_watch_that_ended_tells_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.write("news/old/one.md")
    files, threads = files_open(), threading.enumerate()
    for _ in range(20):
        watched.watch.start()
        watched.write("news/old/one.md", "changed")
        watched.watch.stop()
        told = len(watched.reasons)
        watched.write("news/old/two.md")
        (watched.requests / "r").write_bytes(b"")
        assert (files_open(), threading.enumerate()) == (files, threads)
        assert len(watched.reasons) == told
    watched.watch.stop()
    assert watched.watch.trouble() is None


def test_a_watch_that_cannot_begin_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.requests.rmdir()
    files, threads = files_open(), threading.enumerate()
    for _ in range(20):
        watched.watch.start()
        assert watched.watch.why_not == "the files cannot be watched: No such file or directory"
        assert (files_open(), threading.enumerate()) == (files, threads)


def test_a_watch_that_is_not_wanted_watches_nothing_and_says_so(tmp_path: Path) -> None:
    watched = Watched(tmp_path, "poll")
    files, threads = files_open(), threading.enumerate()
    watched.watch.start()
    assert watched.watch.why_not == "the configuration says `watch: poll`"
    assert (files_open(), threading.enumerate()) == (files, threads)
    assert watched.watch.trouble() is None
    watched.write("one.md")
    shutil.rmtree(watched.seeds)
    assert watched.watch.trouble() is not None
    watched.watch.stop()
    assert watched.reasons == []


LIMITED = """
import sys, tempfile
from pathlib import Path
from feedd.daemon.watch import Watch
from feedd.store.items import ItemsDirectory

kind, limit = sys.argv[1:]
Path(f"/proc/sys/user/{kind}").write_text(limit)
place = Path(tempfile.mkdtemp(dir="."))
for name in ("requests", "seeds", *(f"seeds/{number}" for number in range(5))):
    (place / name).mkdir()
watch = Watch(ItemsDirectory(place / "seeds", (".md",), (), 1), place / "requests", "auto", print)
watch.start()
print(watch.why_not)
watch.stop()
"""


@pytest.mark.parametrize(
    ("kind", "limit", "words", "name"),
    [
        ("max_inotify_watches", 4, "not all folders can be watched: ", "max_user_watches"),
        ("max_inotify_watches", 1, "the files cannot be watched: ", "max_user_watches"),
        ("max_inotify_instances", 0, "the files cannot be watched: ", "max_user_instances"),
    ],
)
def test_a_limit_of_the_system_is_told_with_the_name_of_its_setting(
    tmp_path: Path, kind: str, limit: int, words: str, name: str
) -> None:
    alone = ["unshare", "--user", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        pytest.skip("no namespace with limits of its own can be made here")
    ended = subprocess.run(
        [*alone, sys.executable, "-W", "error", "-c", LIMITED, kind, str(limit)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    now = Path(f"/proc/sys/fs/inotify/{name}").read_text().strip()
    assert ended.stderr == ""
    assert ended.stdout.startswith(words)
    assert ended.stdout.endswith(f"; raise fs.inotify.{name} (now {now}), see sysctl(8)\n")


# As it is used


def gets_its_name_by_a_hard_link(site: Site) -> None:
    beside = site.root / "beside.md"
    beside.write_text(item("Two"))
    os.link(beside, site.seeds / "two.md")
    beside.unlink()


def gets_its_name_when_it_is_complete(site: Site) -> None:
    try:
        file = os.open(site.seeds, os.O_TMPFILE | os.O_WRONLY)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR):
            raise
        pytest.skip("this file system has no files without a name")
    os.write(file, item("Two").encode())
    os.link(f"/proc/self/fd/{file}", site.seeds / "two.md", src_dir_fd=0, follow_symlinks=True)
    os.close(file)


def is_stopped(process: int) -> bool:
    """Whether each thread of a process stands still (proc_pid_stat(5))."""
    states = [
        (task / "stat").read_text().rpartition(")")[2].split()[0] for task in Path(f"/proc/{process}/task").iterdir()
    ]
    return set(states) == {"T"}


@pytest.mark.parametrize("act", [gets_its_name_by_a_hard_link, gets_its_name_when_it_is_complete])
def test_a_file_that_comes_by_a_link_is_published_before_everything_is_looked_at(
    site: Site, daemon: Callable[..., Running], act: Callable[[Site], None]
) -> None:
    site.write("one.md", item("One"))
    running = daemon().wait_until_ready()
    os.kill(running.process.pid, signal.SIGSTOP)  # so that it looks when all has happened
    try:
        wait_until(lambda: is_stopped(running.process.pid), 10, lambda: "it goes on")
        act(site)
    finally:
        os.kill(running.process.pid, signal.SIGCONT)
    running.wait_for(lambda status: status.entries == 2, 10)
    assert site.titles() == {"One", "Two"}


def test_what_a_link_leads_to_is_published_when_it_changes(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("_real.md", item("One"))
    (site.seeds / "one.md").symlink_to("_real.md")
    running = daemon().wait_until_ready()
    assert site.titles() == {"One"}
    site.write("_real.md", item("Changed"))
    running.sync()
    assert site.titles() == {"Changed"}


def test_a_name_that_is_not_utf_8_is_reported_and_no_pass_fails(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("one.md", item("One"))
    running = daemon().wait_until_ready()
    bad = Path(os.fsdecode(os.fsencode(site.seeds) + b"/two\xff.md"))
    bad.write_text(item("Two"))
    running.sync()
    assert r"problem: seeds/two\xff.md: the name of this file is not UTF-8" in running.log
    bad.rename(site.seeds / "two.md")
    running.sync()
    assert site.titles() == {"One", "Two"}
    assert running.log.count("problem: ") == running.log.count("no problem any more: ") == 1
    assert "refused" not in running.log
