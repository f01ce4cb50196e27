"""Names of items: which files are items, and what is said of the others."""

from __future__ import annotations

import pytest

from feedd.items.file_names import ItemNames, PathPattern, PostsFolders, copied_by

NAMES = ItemNames((".md", ".HTML"), (".*", "_*", "*~"))


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("field-notes.sync-conflict-20260114-101530-ABCDEF7.md", "Syncthing"),
        ("notes.sync-conflict-20260114-101530.md", "Syncthing"),
        ("minutes (Ada's conflicted copy 2026-01-14).md", "a file synchroniser"),
        ("minutes (Ada's conflicted copy 2026-01-14 (1)).md", "a file synchroniser"),
        ("minutes (conflicted copy 2026-01-14 101530).md", "a file synchroniser"),
        ("議事録 (Ada の競合コピー 2026-01-14).md", "a file synchroniser"),
        ("議事録 (adas-mbp の競合コピー 2026-01-14).md", "a file synchroniser"),
        ("protokoll (adas motstridiga kopia 2026-01-14).md", "a file synchroniser"),
        ("протокол (конфликтующая копия Ada 2026-01-14).md", "a file synchroniser"),
        ("minutes (Conflicted copy phone 202601141015).md", "Obsidian"),
        ("minutes_MyDisk_Jan-14-101530-2026_Conflict.md", "Synology Drive"),
        ("minutes (In Konflikt stehende Kopie von Ada 2026-01-14).md", "a file synchroniser"),
        ("minutes (Copie en conflit de Ada 2026-01-14).md", "a file synchroniser"),
        ("minutes (Copia en conflicto de Ada 2026-01-14).md", "a file synchroniser"),
        ("minutes (SFConflict ada@example.org 2026-01-14-10-15-30).md", "a file synchroniser"),
        ("minutes [conflicted].md", "a file synchroniser"),
        ("minutes.Conflict.md", "a file synchroniser"),
        ("Minutes (Case Conflict).md", "Dropbox"),
        ("Minutes (White Space Conflict).md", "Dropbox"),
        ("Minutes (Text Encoding Conflict 1).md", "Dropbox"),
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


@pytest.mark.parametrize(
    ("pattern", "matching", "leading", "others"),
    [
        ("posts/*.md", {"posts/a.md"}, {"posts"}, {"a.md", "old/posts/a.md", "posts/b/a.md"}),
        ("/posts/", {"posts", "posts/a.md", "posts/b/a.md"}, set(), {"old/posts", "post"}),
        ("./posts/2024-*", {"posts/2024-01.md", "posts/2024-02/a.md"}, {"posts"}, {"posts/2023.md"}),
        ("**/news", {"news", "news/a.md", "a/b/news/c.md"}, {"a", "a/b"}, set()),
        ("a/**/b.md", {"a/b.md", "a/x/b.md", "a/x/y/b.md"}, {"a", "a/x"}, {"b.md", "x/a/b.md"}),
        ("a/**", {"a", "a/b", "a/b/c.md"}, set(), {"b/a"}),
        ("**/**/x", {"x", "a/x", "a/b/x"}, {"a"}, set()),
        ("[ab]/?.md", {"a/x.md", "b/y.md"}, {"a", "b"}, {"c/x.md", "a/xy.md"}),
    ],
)
def test_a_pattern_with_a_slash_is_for_a_path(
    pattern: str, matching: set[str], leading: set[str], others: set[str]
) -> None:
    path = PathPattern(pattern)
    assert {each for each in matching if path.reach(each)[0]} == matching
    assert {each for each in leading if path.reach(each) == (False, True)} == leading
    assert not {each for each in others if path.reach(each)[0]}


def test_a_long_path_costs_a_pattern_no_more_than_its_length() -> None:
    path = PathPattern("/".join(["**", "a*"] * 20 + ["end"]))
    assert path.reach("/".join(["aa"] * 2000)) == (False, True)


@pytest.mark.parametrize("ignore", [("drafts/*",), ("**/private",), ("notes/old.md",), ("notes",)])
def test_what_a_path_of_ignore_matches_is_no_item(ignore: tuple[str, ...]) -> None:
    names = ItemNames((".md",), ignore)
    none = {
        "drafts/*": ["drafts/a.md", "drafts/b/a.md"],
        "**/private": ["private/a.md", "a/private/b.md"],
        "notes/old.md": ["notes/old.md"],
        "notes": ["notes/a.md", "a/notes/b.md"],
    }
    for pattern, paths in none.items():
        assert {path for path in paths if names.are_of_item(path)} == (set() if pattern in ignore else set(paths)) - (
            {"notes/old.md"} if "notes" in ignore else set()
        )
    (pattern,) = ignore
    assert f"like {pattern} are (`items.ignore`)" in str(names.why_none(none[pattern][0]))


@pytest.mark.parametrize(
    ("include", "items", "others"),
    [
        (("posts",), {"posts/a.md", "x/posts/b/a.md"}, {"a.md", "notes/a.md", "posts/_a.md", "posts/a.txt"}),
        (("posts/*.md", "*.html"), {"posts/a.md", "x/a.html"}, {"posts/b/a.md", "b.md"}),
        (("2024-*",), {"2024-01.md", "x/2024-02.md"}, {"2023.md"}),
        (("_posts",), {"_posts/a.md", "x/_posts/a.md"}, {"_news/a.md", "a.md", "_posts/_a.md", "_posts/.a.md"}),
        (("*", "_notes"), {"_notes/a.md", "a.md", "x/_notes/a.md"}, {"_posts/a.md", "_other/a.md", "_drafts/a.md"}),
        (("site/_posts/*.md",), {"site/_posts/a.md"}, {"_posts/a.md", "site/a.md", "site/_posts/b/a.md"}),
        (("_*.md",), {"_a.md"}, {"a.md", "_b/a.md"}),
        (("_drafts", "**/_drafts/*"), set(), {"_drafts/a.md", "x/_drafts/a.md", "_Drafts/a.md"}),
        (("**",), {"a.md", "b/c.md"}, {"_posts/a.md"}),
    ],
)
def test_where_include_is_given_only_what_it_has_is_an_item(
    include: tuple[str, ...], items: set[str], others: set[str]
) -> None:
    names = ItemNames((".md", ".html"), (".*", "_*", "*~"), include)
    for path in items:
        assert names.are_of_item(path), path
        assert names.why_none(path) is None
        assert names.may_hold_items(path.rpartition("/")[0] or path)
    for path in others:
        assert not names.are_of_item(path), path
        assert names.why_none(path)


def test_ignore_wins_over_include_but_for_names_that_begin_with_a_low_line() -> None:
    names = ItemNames((".md",), ("_*", "_old*", "secret/**"), ("_posts", "_older", "secret"))
    assert names.are_of_item("_posts/a.md")
    assert not names.are_of_item("_older/a.md")
    assert not names.are_of_item("secret/a.md")


class Named:
    """The collections of a site whose root names one."""

    def names(self, folder: str) -> frozenset[str]:
        return frozenset({"_recipes"}) if folder == "site" else frozenset()

    def fault(self, folder: str) -> str | None:
        return None


@pytest.mark.parametrize("mode", ["yes", "older", "ignored"])
def test_folders_in_which_other_generators_have_texts_are_read_in_sites_that_began_so(mode: PostsFolders) -> None:
    names = ItemNames((".md",), (".*", "_*"), (), mode, Named())
    for path in ("_posts/a.md", "x/_episodes/a.md", "_news/b/a.md", "site/_recipes/a.md"):
        assert names.are_of_item(path) == (mode == "yes"), path
    for path in ("_includes/a.md", "_recipes/a.md", "_posts/_a.md", "_drafts/a.md", "_posts/_drafts/a.md"):
        assert not names.are_of_item(path)
    why = names.why_none("_posts/a.md")
    assert (why is None) == (mode == "yes")
    assert mode == "yes" or 'to read it, say `items: {include: ["*", _posts]}`' in str(why)


@pytest.mark.parametrize("name", ["_drafts", "_Drafts"])
def test_drafts_are_never_items(name: str) -> None:
    names = ItemNames((".md",), (), ("*", name), "yes", Named())
    assert names.are_of_item("_other/a.md")
    assert not names.are_of_item(f"{name}/a.md")
    assert names.is_ignored(name)
    assert not names.reads("", name)
    assert names.why_none(f"{name}/a.md") == f"{name} is passed over: drafts are never items"
