"""Lists of paths: what is kept packed is what was given, and folders come in the order of their paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.decide import path_list
from feedd.decide.path_list import PathList, in_order

NAMES = st.text("a-/0é", min_size=1, max_size=3)
PATHS = st.lists(NAMES.map(lambda path: path.strip("/") or "a"), unique=True, max_size=12)


@given(PATHS)
def test_the_names_in_folders_give_sorted_paths(paths: list[str]) -> None:
    folders: dict[str, list[str]] = {}
    for path in paths:
        folder, mark, name = path.rpartition("/")
        folders.setdefault(folder + mark, []).append(name)
    assert [*in_order((folder, sorted(folders[folder])) for folder in sorted(folders))] == sorted(paths)


@pytest.mark.parametrize("number", [0, 1, 249, 250, 251, 500, 777])
def test_a_packed_list_has_the_paths_that_it_was_given(number: int) -> None:
    paths = tuple(f"news/{at}-人工智能\0.md" for at in range(number))
    packed = PathList(iter(paths))
    assert len(packed) == number
    assert packed == paths
    assert [*packed, "more"] != packed
    assert packed != (*paths[:-1], "another")
    for at in (
        slice(0, 250),
        slice(250, 500),
        slice(248, 252),
        slice(None, None, 100),
        slice(None, None, -1),
        slice(9, 2),
    ):
        assert tuple(packed[at]) == paths[at]
    if paths:
        assert (packed[0], packed[-1]) == (paths[0], paths[-1])
    with pytest.raises(IndexError):
        packed[number]


def test_only_whole_portions_are_packed() -> None:
    few = PathList("a" * number for number in range(path_list._TOGETHER - 1))
    assert not few._packed
