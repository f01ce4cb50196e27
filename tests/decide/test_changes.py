"""Changes: what has to be read and what is gone, by two looks at a folder."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.decide.changes import Changes, FileStamp, diff, doubtful, pack, unchanged, unpack

A = FileStamp("a.md", 10, 1_000, 1_000)
B = FileStamp("b.md", 20, 2_000, 2_000)


def look(**folders: list[FileStamp]) -> dict[str, bytes]:
    return {f"{name}/" if name != "top" else "": pack(files) for name, files in folders.items()}


@pytest.mark.parametrize(
    ("old", "new", "changed", "removed"),
    [
        (look(), look(), (), ()),
        (look(), look(top=[A, B]), ("a.md", "b.md"), ()),
        (look(top=[A, B]), look(top=[B, A]), (), ()),
        (look(top=[A]), look(top=[A._replace(size=11)]), ("a.md",), ()),
        (look(top=[A]), look(top=[A._replace(mtime_ns=1_001)]), ("a.md",), ()),
        (look(top=[A]), look(top=[A._replace(mtime_ns=999)]), ("a.md",), ()),
        (look(top=[A]), look(top=[A._replace(ctime_ns=1_001)]), ("a.md",), ()),
        (look(top=[A, B]), look(top=[B]), (), ("a.md",)),
        (look(top=[A]), look(top=[A._replace(name="c.md")]), ("c.md",), ("a.md",)),
        (look(top=[A]), look(news=[A]), ("news/a.md",), ("a.md",)),
        (look(news=[A], wiki=[B]), look(wiki=[B]), (), ("news/a.md",)),
        (look(wiki=[B], news=[A]), look(), (), ("news/a.md", "wiki/b.md")),
    ],
)
def test_a_difference_is_what_to_read_and_what_is_gone(
    old: dict[str, bytes], new: dict[str, bytes], changed: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    found = diff(old, new)
    assert (found.changed, found.removed) == (changed, removed)
    assert found.listings == {folder: new.get(folder) for folder in old | new if old.get(folder) != new.get(folder)}


def test_folders_that_are_equal_are_not_even_unpacked() -> None:
    assert diff({"news/": b"no such thing"}, {"news/": b"no such thing"}) == Changes()


STATS = st.builds(
    FileStamp,
    st.one_of(st.sampled_from(("a.md", "b.md", "c.html")), st.text(min_size=1, max_size=5)),
    st.sampled_from((0, 1, 2**40)),
    st.sampled_from((-1, 0, 5, 2**62)),
    st.sampled_from((0, 5, 2**62)),
)
FOLDERS = st.dictionaries(
    st.sampled_from(("", "news/", "news/2020/")),
    st.lists(STATS, min_size=1, max_size=4, unique_by=lambda file: file.name),
    max_size=3,
)


def packed(folders: dict[str, list[FileStamp]]) -> dict[str, bytes]:
    return {folder: pack(list(files)) for folder, files in folders.items()}


def by_path(folders: dict[str, list[FileStamp]]) -> dict[str, FileStamp]:
    return {folder + file.name: file for folder, files in folders.items() for file in files}


@given(st.lists(STATS, max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_packed_files_are_equal_exactly_when_the_files_are(files: list[FileStamp], random_: Any) -> None:
    shuffled = files[:]
    random_.shuffle(shuffled)
    once = pack(shuffled)
    assert pack(list(files)) == once
    assert unpack(once) == sorted(files)
    if files:
        assert pack([*files[1:], files[0]._replace(size=files[0].size + 1)]) != once


@given(FOLDERS, FOLDERS)
@settings(max_examples=300, deadline=None)
def test_what_changed_is_what_differs_path_by_path(
    old: dict[str, list[FileStamp]], new: dict[str, list[FileStamp]]
) -> None:
    found = diff(packed(old), packed(new))
    was, now = by_path(old), by_path(new)
    assert found.changed == tuple(sorted(path for path in now if was.get(path) != now[path]))
    assert found.removed == tuple(sorted(was.keys() - now.keys()))
    kept = {folder: listing for folder, listing in (packed(old) | found.listings).items() if listing is not None}
    assert diff(kept, packed(new)) == Changes()


# What was read between two looks


@pytest.mark.parametrize(
    ("old", "new", "glanced", "changed", "removed"),
    [
        (look(top=[A]), look(top=[A]), ["a.md"], ("a.md",), ()),
        (look(top=[A, B]), look(top=[A, B]), ["b.md"], ("b.md",), ()),
        (look(top=[A]), look(top=[A._replace(size=11)]), ["a.md"], ("a.md",), ()),
        (look(top=[A]), look(), ["a.md"], (), ("a.md",)),
        (look(), look(top=[A]), ["a.md"], ("a.md",), ()),
        (look(), look(), ["a.md"], (), ("a.md",)),
        (look(), look(), ["news/2020/a.md", "b.md"], (), ("b.md", "news/2020/a.md")),
        (look(news=[A]), look(news=[A]), ["news/a.md"], ("news/a.md",), ()),
        (look(news=[A]), look(top=[A]), ["a.md"], ("a.md",), ("news/a.md",)),
        (look(news=[A], wiki=[A]), look(news=[A], wiki=[A]), ["wiki/a.md"], ("wiki/a.md",), ()),
        (look(top=[A]), look(top=[A]), ["a.md", "a.md"], ("a.md",), ()),
    ],
)
def test_what_was_read_since_the_last_look_is_read_again_or_gone(
    old: dict[str, bytes], new: dict[str, bytes], glanced: list[str], changed: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    found = diff(old, new, glanced)
    assert (found.changed, found.removed) == (changed, removed)
    assert found.listings == diff(old, new).listings


def test_a_folder_that_is_equal_is_unpacked_only_if_something_in_it_was_read_since() -> None:
    listing = {"news/": b"no such thing", "wiki/": pack([A])}
    assert diff(listing, listing, ["wiki/a.md"]).changed == ("wiki/a.md",)
    assert diff(listing, listing, ["new/a.md", "a.md"]).removed == ("a.md", "new/a.md")


def test_how_many_files_there_are_is_what_it_is_told() -> None:
    assert diff(look(), look(top=[A, B]), files=2).files == 2
    assert diff(look(top=[A, B]), look(), ["a.md"], 0).files == 0
    assert diff({}, {}) == Changes(files=0)


@given(FOLDERS, FOLDERS, st.lists(st.sampled_from(("a.md", "b.md", "news/a.md", "news/2020/c.html", "x/y.md"))))
@settings(max_examples=300, deadline=None)
def test_what_was_read_since_is_added_to_what_differs_and_changes_nothing_else(
    old: dict[str, list[FileStamp]], new: dict[str, list[FileStamp]], glanced: list[str]
) -> None:
    found, plain = diff(packed(old), packed(new), glanced, 7), diff(packed(old), packed(new), files=7)
    now = by_path(new)
    assert found.changed == tuple(sorted({*plain.changed, *(path for path in glanced if path in now)}))
    assert found.removed == tuple(sorted({*plain.removed, *(path for path in glanced if path not in now)}))
    assert (found.files, found.listings) == (plain.files, plain.listings)


@pytest.mark.parametrize(
    ("age_ms", "trusted"), [(-1000, False), (0, False), (1, False), (49, False), (51, True), (10**9, True)]
)
def test_a_file_that_changed_as_it_was_looked_at_will_be_read_again(age_ms: int, trusted: bool) -> None:
    clock = 10**18
    file = FileStamp("a.md", 1, clock - age_ms * 1_000_000, clock)
    kept = doubtful(file, clock)
    assert (kept == file) is trusted
    if not trusted:
        assert diff(look(top=[kept]), look(top=[file])).changed == ("a.md",)


@pytest.mark.parametrize(
    ("now", "same"),
    [
        (A, True),
        (A._replace(ctime_ns=5), True),
        (A._replace(mtime_ns=5), True),
        (A._replace(mtime_ns=-1), True),
        (A._replace(size=5), False),
        (A._replace(mtime_ns=5, ctime_ns=5), False),
        (A._replace(mtime_ns=-1, ctime_ns=5), False),
        (A._replace(name="c.md"), False),
    ],
)
def test_a_file_looks_as_it_did_while_its_size_and_one_of_its_times_are_the_same(now: FileStamp, same: bool) -> None:
    assert list(unchanged(look(news=[A, B]), look(news=[now, B]))) == ["news/a.md", "news/b.md"][not same :]
    assert list(unchanged(look(news=[A, B]), look(news=[now, B]), ["news/a.md"])) == ["news/b.md"]
    assert not list(unchanged(look(news=[A]), look(other=[now])))


def test_two_looks_that_each_came_too_early_to_know_the_time_of_a_change_do_not_agree_on_it() -> None:
    one, other = A._replace(mtime_ns=-1), A._replace(mtime_ns=-1, ctime_ns=5)
    assert not list(unchanged(look(top=[one]), look(top=[other])))
