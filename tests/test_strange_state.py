"""What may stand in the state directory, or in feeds/, in place of feedd's own files: said, and left alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Running, Site, item, tree

from feedd.store.control import Control
from feedd.store.errors import Unusable


def make_folder(path: Path) -> None:
    path.mkdir()
    (path / "mine").write_text("mine")


def make_link(path: Path) -> None:
    (path.parent / "elsewhere").write_text("mine")
    path.symlink_to("elsewhere")


STRANGE: dict[str, Callable[[Path], None]] = {
    "a folder": make_folder,
    "not a regular file": os.mkfifo,
    "a link": make_link,
}


def looks(folder: Path) -> list[tuple[str, int, int]]:
    found = [(str(path), path.lstat()) for path in sorted(folder.rglob("*"))]
    return [(path, state.st_mode, state.st_size) for path, state in found]


@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.parametrize("name", ["ledger.sqlite3", "lock"])
def test_a_pass_says_what_stands_in_place_of_a_file_of_its_own(site: Site, name: str, kind: str) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.state.mkdir()
    STRANGE[kind](site.state / name)
    before = [each for each in looks(site.state) if not each[0].endswith("/lock")]
    result = site.run("render")
    assert (result.status, result.out) == (3, "")
    assert result.err == f"feedd: .feedd/{name} is {kind}, where feedd keeps a file of its own; move it away\n"
    assert [each for each in looks(site.state) if not each[0].endswith("/lock")] == before
    assert not site.feeds.exists()


@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.parametrize("command", ["plan", "top", "why seeds/a.md", "announce", "status"])
def test_questions_say_what_stands_in_place_of_the_ledger(site: Site, command: str, kind: str) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.state.mkdir()
    STRANGE[kind](site.state / "ledger.sqlite3")
    result = site.run(*command.split())
    assert "Traceback" not in result.err
    if command not in ("announce", "status"):
        assert result.status == 3
        assert f".feedd/ledger.sqlite3 is {kind}" in result.err


@pytest.mark.parametrize("kind", STRANGE)
def test_a_daemon_retries_quietly_while_something_else_stands_in_place_of_the_ledger(site: Site, kind: str) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.state.mkdir()
    path = site.state / "ledger.sqlite3"
    STRANGE[kind](path)
    running = Running(site)
    try:
        status = running.wait_for(lambda status: status.last is not None)
        assert status.last is not None
        assert (status.last.outcome, "ledger.sqlite3 is" in status.last.words) == ("refused", True)
        assert "Traceback" not in running.log
        path.rename(site.root / "away")
        running.wait_for(lambda status: status.last is not None and status.last.outcome == "done")
        assert site.titles() == {"A"}
    finally:
        assert running.stop() == 0


def test_a_link_in_place_of_the_status_is_replaced_and_what_it_led_to_stays(site: Site) -> None:
    site.state.mkdir()
    make_link(site.state / "status.json")
    assert Control(site.state).status() is None
    site.write("a.md", item("A", "https://example.org/a"))
    running = Running(site).wait_until_ready()
    assert running.stop() == 0
    assert (site.state / "elsewhere").read_text() == "mine"
    assert not (site.state / "status.json").is_symlink()


def test_files_in_a_folder_that_is_linked_in_place_of_requests_are_not_deleted(site: Site) -> None:
    site.state.mkdir()
    others = site.root / "others"
    make_folder(others)
    (site.state / "requests").symlink_to("../others")
    with pytest.raises(Unusable, match="requests is a link"), Control(site.state):
        pass
    control = Control(site.state)
    assert control.asked() == []
    control.answer(["mine"])
    with pytest.raises(Unusable, match="no request can be left"):
        control.ask()
    assert tree(others) == {"mine": b"mine"}


def test_requests_that_become_a_link_while_a_daemon_runs_are_left_alone(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    others = site.root / "others"
    make_folder(others)
    running = Running(site).wait_until_ready()
    try:
        (site.state / "requests").rename(site.root / "away")
        (site.state / "requests").symlink_to("../others")
        site.write("b.md", item("B", "https://example.org/b"))
        running.wait_for(lambda status: status.entries == 2)
        assert tree(others) == {"mine": b"mine"}
    finally:
        assert running.stop() == 0


@pytest.mark.parametrize("command", ["render", "run --listen off", "plan", "top", "status", "sync", "announce"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_state_directory_that_nobody_named_is_not_followed_where_it_leads(
    site: Site, command: str, is_there: bool
) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    if is_there:
        make_folder(site.root / "others")
    site.state.symlink_to("others")
    result = site.run(*command.split())
    assert (result.status, result.out) == (3, "")
    assert (
        result.err
        == "feedd: .feedd is a link to others, and is not followed; name the folder with `directories.state`\n"
    )
    assert not site.feeds.exists()
    assert not is_there or tree(site.root / "others") == {"mine": b"mine"}


@pytest.mark.parametrize("command", ["render", "check", "plan", "top", "backup copy.sqlite3"])
@pytest.mark.parametrize("place", ["seeds", "feeds", ".feedd", "copy.sqlite3"])
def test_a_link_in_a_circle_is_said(site: Site, place: str, command: str) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    shutil.rmtree(site.root / place, ignore_errors=True)
    (site.root / place).symlink_to(place)
    result = site.run(*command.split())
    assert result.status in (0, 1, 2, 3)
    assert (site.root / place).is_symlink()
    assert result.out + result.err


def test_a_state_directory_that_is_named_may_be_a_link(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    (site.root / "others").mkdir()
    site.state.symlink_to("others")
    assert site.run("render", "--state", ".feedd").status == 0
    assert (site.root / "others/ledger.sqlite3").exists()


@pytest.mark.parametrize("name", [".feedd", ".feedd/ledger.sqlite3"])
@pytest.mark.parametrize("command", ["plan", "top", "why seeds/a.md"])
def test_questions_do_not_take_what_leads_nowhere_for_a_new_site(site: Site, name: str, command: str) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    strange = site.root / name
    strange.parent.mkdir(exist_ok=True)
    if name == ".feedd":
        strange.write_text("mine")
    else:
        strange.symlink_to("nowhere")
    result, render = site.run(*command.split()), site.run("render")
    assert (result.status, result.out) == (render.status, render.out) == (3, "")
    assert result.err == render.err
