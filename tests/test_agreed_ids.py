"""Ids that new entries of a private feed take over: never one that another entry has."""

from __future__ import annotations

from typing import NamedTuple

from feedd.decide.minting import Minting
from feedd.run.update.agree_on_ids import without_clashes


class File(NamedTuple):
    """A file without a link."""

    path: str
    link: bytes | None = None


def minted(*paths: str) -> Minting:
    minting = Minting("example.org,2026", 1, {}, lambda _: False)
    for path in paths:
        minting.entry_of(File(path))
    return minting


def test_an_id_of_elsewhere_is_taken_over() -> None:
    assert without_clashes({2: "tag:x"}, minted("a", "b").minted) == {2: "tag:x"}


def test_entries_may_change_places() -> None:
    ids = minted("a", "b").minted
    assert without_clashes({1: ids[2], 2: ids[1]}, ids) == {1: ids[2], 2: ids[1]}


def test_an_id_that_another_new_entry_keeps_is_not_taken_over_and_so_on() -> None:
    ids = minted("a", "b", "c").minted
    assert without_clashes({1: ids[2], 2: ids[3]}, ids) == {}


def test_one_of_two_entries_with_one_id_elsewhere_takes_it() -> None:
    assert without_clashes({2: "tag:x", 1: "tag:x"}, minted("a", "b").minted) == {1: "tag:x"}
