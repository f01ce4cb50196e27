"""Folders in which other generators have their texts, and patterns for paths: what is read, passed over, and told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support import Site, assert_in_step, item

from feedd.cli.setup import items_directory
from feedd.config.load import load
from feedd.decide.changes import diff
from feedd.store.copies.snapshot import knows_posts_folders

COLLECTIONS = "collections:\n  recipes: {output: true}\n  team:\n    output: false\n  notes: {}\n"


def write(site: Site, *paths: str) -> None:
    for path in paths:
        site.write(path, item(path, f"https://news.example/{path}"))


def make_older(site: Site) -> None:
    """Makes the ledger one of a feedd that passed over folders of posts."""
    with closing(sqlite3.connect(site.ledger)) as db, db:
        db.execute("DELETE FROM meta WHERE name = 'posts folders'")


def notes(site: Site) -> dict[str, str]:
    return {note.path: note.reason for note in site.render().notes}


def test_posts_and_collections_that_a_configuration_names_are_read(site: Site) -> None:
    write(site, "a.md", "_posts/b.md", "blog/_posts/deep/c.md", "_episodes/d.md", "_news/e.md", "_recipes/f.md")
    write(site, "_team/g.md", "_notes/h.md", "_includes/i.md", "_drafts/j.md", "_posts/_k.md", "blog/_recipes/l.md")
    site.write("_config.yml", COLLECTIONS)
    report = site.render()
    read = {"a.md", "_posts/b.md", "blog/_posts/deep/c.md", "_episodes/d.md", "_news/e.md", "_recipes/f.md"}
    assert site.titles() == read
    assert report.notes == report.problems == ()
    assert_in_step(site)


def test_a_site_whose_ledger_is_older_goes_on_passing_them_over_and_is_told(site: Site) -> None:
    write(site, "a.md")
    site.render()
    make_older(site)
    write(site, "_posts/b.md", "_recipes/c.md", "_includes/d.md")
    site.write("_config.yml", COLLECTIONS)
    for _ in range(2):
        told = notes(site)
        assert told.keys() == {"seeds/_posts", "seeds/_recipes"}
        assert "as it was when this site began; to read it, say" in told["seeds/_posts"]
        assert site.titles() == {"a.md"}
    assert "seeds/_posts: _posts is passed over, as it was" in site.run("check").out
    for command in ("check", "why"):
        result = site.run(command, "seeds/_posts/b.md")
        assert "_posts is passed over, as it was when this site began" in result.out + result.err
    site.configure(items={"include": ["*", "_posts"]})
    site.render()
    assert site.titles() == {"a.md", "_posts/b.md"}
    assert_in_step(site)


def test_a_site_that_was_refused_at_first_is_not_older(site: Site) -> None:
    site.render(status=3)
    assert site.ledger.exists()
    make_older(site)
    write(site, "_posts/a.md")
    site.render()
    assert site.titles() == {"_posts/a.md"}


@pytest.mark.parametrize(("ledger", "knows"), [(None, True), (b"", False), (b"no ledger" * 100, False)])
def test_a_ledger_that_is_missing_is_new_and_one_that_cannot_be_read_is_old(
    tmp_path: Path, ledger: bytes | None, knows: bool
) -> None:
    path = tmp_path / "ledger.sqlite3"
    if ledger is not None:
        path.write_bytes(ledger)
    assert knows_posts_folders(path) == knows


def test_patterns_of_its_own_that_pass_low_lines_over_go_on_doing_so(site: Site) -> None:
    write(site, "a.md", "_posts/b.md", "_other/c.md")
    site.configure(items={"ignore": ["_*"]})
    told = notes(site)
    assert site.titles() == {"a.md"}
    assert told.keys() == {"seeds/_posts"}
    assert "as names like _* are (`items.ignore`)" in told["seeds/_posts"]
    site.configure(items={"ignore": ["*.tmp"]})
    write(site, "_drafts/d.md")
    assert notes(site) == {}
    assert site.titles() == {"a.md", "_posts/b.md", "_other/c.md"}


def test_a_configuration_that_cannot_be_read_withdraws_nothing(site: Site) -> None:
    write(site, "a.md", "_recipes/b.md")
    site.write("_config.yml", COLLECTIONS)
    site.render()
    site.write("_config.yml", "collections: [")
    told = notes(site)
    assert site.titles() == {"a.md", "_recipes/b.md"}
    assert "cannot be known" in told["seeds/_recipes"]
    site.write("_config.yml", "collections: {recipes: {output: false}}")
    assert notes(site) == {}
    assert site.titles() == {"a.md"}


@pytest.mark.parametrize(
    ("items", "titles"),
    [
        ({"include": ["posts/*.md"]}, {"posts/a.md"}),
        ({"include": ["posts"]}, {"posts/a.md", "posts/old/b.md"}),
        ({"include": ["**/old/*"], "ignore": ["news/**"]}, {"posts/old/b.md"}),
        ({"ignore": ["posts/old"]}, {"posts/a.md", "news/old/c.md", "d.md"}),
        ({"ignore": ["**/old"]}, {"posts/a.md", "d.md"}),
    ],
)
def test_patterns_for_paths_choose_items(site: Site, items: dict[str, Any], titles: set[str]) -> None:
    paths = ("posts/a.md", "posts/old/b.md", "news/old/c.md", "d.md")
    write(site, *paths)
    site.render()
    assert site.titles() == set(paths)
    site.configure(items=items)
    site.render()
    assert site.titles() == titles
    for path in paths:
        result = site.run("check", f"seeds/{path}")
        assert ("no item there" in result.out) == (path not in titles)
    assert_in_step(site)


@pytest.mark.parametrize("rules", [{}, {"include": ["posts/**", "_news"]}, {"ignore": ["posts/old"]}])
def test_a_glance_finds_what_a_scan_finds(site: Site, rules: dict[str, Any]) -> None:
    paths = ["posts/a.md", "posts/old/b.md", "_posts/c.md", "_recipes/d.md", "_team/e.md", "_drafts/f.md", "_news/g.md"]
    site.configure(items=rules)
    site.write("_config.yml", COLLECTIONS)
    source = items_directory(load(None))
    before = source.scan(2**62)
    write(site, *paths)
    after = source.scan(2**62)
    touched = [*paths, "posts", "_posts", "_recipes", "_team", "_drafts", "_news"]
    for some in (touched, paths, touched[len(paths) :]):
        assert list(source.glance(some).there) == after.paths()
    assert set(diff(before.listing, after.listing).changed) == set(after.paths())
    assert all(source.names.are_of_item(path) == (path in after.paths()) for path in paths)


def test_problems_of_what_is_not_chosen_are_not_told(site: Site) -> None:
    write(site, "posts/a.md")
    (site.seeds / "other").mkdir()
    (site.seeds / "other/link.md").symlink_to("nowhere")
    (site.seeds / "folder.md").mkdir()
    assert len(site.run("check").out.splitlines()) > 1
    site.configure(items={"include": ["posts/*"]})
    assert site.run("check").out == "1 file checked, 0 problems\n"
