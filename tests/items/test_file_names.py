"""Names of items: which files are items, and what is said of the others."""

from __future__ import annotations

import pytest

from feedd.items.file_names import ItemNames, copied_by

NAMES = ItemNames((".md", ".HTML"), (".*", "_*", "*~"))


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("field-notes.sync-conflict-20260114-101530-ABCDEF7.md", "Syncthing"),
        ("notes.sync-conflict-20260114-101530.md", "Syncthing"),
        ("minutes (Ada's conflicted copy 2026-01-14).md", "a file synchroniser"),
        ("minutes (Ada's conflicted copy 2026-01-14 (1)).md", "a file synchroniser"),
        ("minutes (conflicted copy 2026-01-14 101530).md", "a file synchroniser"),
        ("minutes (In Konflikt stehende Kopie von Ada 2026-01-14).md", "a file synchroniser"),
        ("minutes (Copie en conflit de Ada 2026-01-14).md", "a file synchroniser"),
        ("minutes (Copia en conflicto de Ada 2026-01-14).md", "a file synchroniser"),
        ("minutes (SFConflict ada@example.org 2026-01-14-10-15-30).md", "a file synchroniser"),
        ("minutes [conflicted].md", "a file synchroniser"),
        ("minutes.Conflict.md", "a file synchroniser"),
        ("Minutes (Case Conflict).md", "Dropbox"),
        ("minutes (Case Conflict 1).md", "Dropbox"),
        ("minutes_conflict-20260114-101530.md", "Nextcloud"),
        ("minutes-DESKTOP-AB12CD3.md", "OneDrive"),
        ("minutes-LAPTOP-0K3J9QLE-2.md", "OneDrive"),
        ("trip_BACKUP_4711.md", "git mergetool"),
        ("trip_BASE_4711.md", "git mergetool"),
        ("trip_LOCAL_4711.md", "git mergetool"),
        ("trip_REMOTE_4711.md", "git mergetool"),
        ("trip.md.LOCAL.4711.md", "git mergetool"),
    ],
)
def test_copies_that_programs_leave_of_a_conflict_are_no_items(name: str, program: str) -> None:
    assert copied_by(name) == program
    assert not NAMES.are_of_item(name)
    assert not NAMES.are_of_item(f"folder/{name}/a.md")
    assert NAMES.why_none(name) == f"a copy that {program} left of a conflict; merge it into the item, and delete it"


@pytest.mark.parametrize(
    "name",
    [
        "the-conflict-2026-01-14.md",
        "2026-01-14-conflict.md",
        "Armed conflict (Kosovo).md",
        "Conflict (2014).md",
        "peace (conflict of 1914-07-28 to 1918).md",
        "conflict-copies.md",
        "A conflicted copy.md",
        "Konflikt.md",
        "trip_BASE.md",
        "LOCAL_4711 Main Street.md",
        "base_4711.md",
        "desktop-ab12cd3.md",
        "review-LAPTOP-ULTRABOOK.md",
        "notes (1).md",
        "notes 2.md",
    ],
)
def test_names_that_people_give_are_those_of_items(name: str) -> None:
    assert copied_by(name) is None
    assert NAMES.are_of_item(name)
    assert NAMES.why_none(name) is None


@pytest.mark.parametrize("name", ["a.md", "A.MD", "a.Md", "a.html", "a.HTML", "folder/A.HtML"])
def test_capitals_in_a_suffix_do_not_matter(name: str) -> None:
    assert NAMES.are_of_item(name)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("a.txt", "names of items end with .md or .html (`items.suffixes`)"),
        ("a.htm", "names of items end with .md or .html (`items.suffixes`)"),
        ("_a.md", "_a.md is passed over, as names like _* are (`items.ignore`)"),
        (".git/a.md", ".git is passed over, as names like .* are (`items.ignore`)"),
        ("deep/_drafts/a.md", "_drafts is passed over, as names like _* are (`items.ignore`)"),
    ],
)
def test_why_a_file_is_no_item_is_said(path: str, why: str) -> None:
    assert not NAMES.are_of_item(path)
    assert NAMES.why_none(path) == why
