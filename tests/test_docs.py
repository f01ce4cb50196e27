"""The documentation says what is true: commands, options, keys, examples."""

from __future__ import annotations

import argparse
import os
import pty
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from support import Running, Site
from test_imports import LAYERS

from feedd.cli.main import main
from feedd.cli.parsing.parsers import build_parser
from feedd.config import load
from feedd.daemon.unit import UnitSite, socket_unit, unit
from feedd.items.fields import FIELDS
from feedd.items.findings import Findings
from feedd.serve.listen_address import Address

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/README.md"]


def commands() -> dict[str, argparse.ArgumentParser]:
    actions = build_parser()._actions
    found = next(action for action in actions if isinstance(action, argparse._SubParsersAction))
    return dict(found.choices)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_names_every_command_and_no_other() -> None:
    rows = re.findall(r"^\| `feedd ([\w-]+)", read("README.md"), re.MULTILINE)
    assert rows == list(commands())


def test_the_changelog_names_every_command() -> None:
    assert {name for name in commands() if f"`feedd {name}`" not in read("CHANGELOG.md")} == set()


@pytest.mark.parametrize("name", commands())
def test_the_help_of_a_command_explains_every_option_and_ends_with_exit_statuses(name: str) -> None:
    parser = commands()[name]
    text = " ".join(parser.format_help().split())
    statuses = text[text.index("Exit statuses: ") :]
    assert "usage" not in statuses
    assert re.search(r"\b0 .*\b2 ", statuses)
    unexplained = [action.dest for action in parser._actions if not action.help and action.dest != "directory"]
    assert unexplained == []


def test_the_help_of_feedd_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    words = capsys.readouterr().out
    assert re.findall(r"^    ([a-z-]+)(?: |$)", words, re.MULTILINE) == list(commands())


def test_every_key_is_documented_in_its_page_and_no_other_is() -> None:
    rows = re.findall(r"^\| ((?:`[a-z_.]+`(?:, )?)+) \|", read("docs/configuration.md"), re.MULTILINE)
    documented = [key for row in rows for key in re.findall(r"`([a-z_.]+)`", row)]
    assert sorted(documented) == load.key_names()


def test_every_field_of_an_item_is_documented() -> None:
    page = read("docs/items.md")
    assert {name for name in FIELDS if f"`{name}`" not in page} == set()


def test_the_example_item_of_the_readme_is_an_item(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```markdown\n(.*?)```", read("README.md"), re.DOTALL)
    (tmp_path / "example.md").write_text(example)
    assert main(["check", "--seeds", str(tmp_path)]) == 0
    assert "1 file checked, 0 problems" in capsys.readouterr().out


def test_the_shipped_seeds_give_what_the_readme_shows(site: Site, daemon: Callable[..., Running]) -> None:
    for folder in ("seeds", "config"):
        shutil.copytree(ROOT / folder, site.root / folder, dirs_exist_ok=True)
    screen, terminal = pty.openpty()
    running = daemon("--listen", "127.0.0.1:0", stderr=terminal)
    os.close(terminal)
    running.wait_until_ready()
    (edited,) = site.seeds.glob("2019-12-*.md")
    edited.write_bytes(re.sub(rb"(?m)^title: .*?(\r?)$", rb"title: Another title\1", edited.read_bytes()))
    running.wait_for(lambda status: status.last is not None and status.last.why == "1 change")
    running.stop()
    said = os.read(screen, 65536).decode().replace("\r\n", "\n")
    os.close(screen)
    shown = re.findall(r"^\d\d:\d\d:\d\d  .*$", read("README.md"), re.MULTILINE)
    assert len(shown) == 4
    for line in shown:
        assert re.sub(r"^[\d:]+  |[\d.]+ s$|:\d+/$", "", line) in said


@pytest.mark.parametrize("page", ["README.md", "docs/feeds.md"])
def test_examples_of_explanations_are_what_the_shipped_seeds_give(
    site: Site, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    for folder in ("seeds", "config"):
        shutil.copytree(ROOT / folder, site.root / folder, dirs_exist_ok=True)
    site.render()
    examples = re.findall(r"^\$ feedd ((?:why|top).*)\n((?:.+\n)*?)```", read(page), re.MULTILINE)
    assert examples
    for command, shown in examples:
        assert without_ages(site.run(*command.split()).out) == without_ages(shown)


def without_ages(table: str) -> str:
    return re.sub(r" +\d+ (min|h|d|y)$", "", table, flags=re.MULTILINE)


def test_the_unit_in_config_is_one_that_feedd_writes() -> None:
    place = Path("/srv/feedd")
    command = ("/opt/feedd/bin/feedd", "run")
    site = UnitSite(command, place, place / "feeds", "feedd", None)
    assert read("config/feedd.service") == unit(site)
    assert read("config/feedd.socket") == socket_unit(replace(site, listens=(Address("127.0.0.1", 8080),)))


def without_code(text: str) -> str:
    return re.sub("`[^`\n]+`", "", text)


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        (page.name, target)
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", without_code(page.read_text(encoding="utf-8")))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_decision_is_listed() -> None:
    pages = {page.name for page in (ROOT / "docs/decisions").glob("*.md")} - {"README.md"}
    assert pages == set(re.findall(r"\]\((\S+\.md)\)", read("docs/decisions/README.md")))


DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))


def paths_in(text: str) -> list[str]:
    """The files and folders that a text names as code."""
    return re.findall(r"`([\w.-]+(?:/[\w.-]*)+|[\w.-]+\.(?:py|sh|toml)|Makefile)`", text)


@pytest.mark.parametrize("page", [page for page in DECISIONS if page.name != "README.md"], ids=lambda page: page.stem)
def test_a_decision_ends_with_its_code_and_its_tests(page: Path) -> None:
    ending = re.search(r"\n\nCode: ([^:]+)\nTests: ([^:]+)\n\Z", page.read_text(encoding="utf-8"))
    assert ending is not None
    for named in ending.groups():
        paths = paths_in(named)
        assert re.sub(r"\s+", " ", named) == ", ".join(f"`{path}`" for path in paths)
        assert [path for path in paths if not (ROOT / path).exists()] == []
    assert {path.partition("/")[0] for path in paths_in(ending[2])} == {"tests"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_no_module_that_is_not_there(page: Path) -> None:
    named = set(paths_in(page.read_text(encoding="utf-8")))
    ours = {path for path in named if path.endswith((".py", ".sh")) or path.startswith(("feedd/", "tests/"))}
    assert sorted(path for path in ours if not ((ROOT / path).exists() or (page.parent / path).exists())) == []


def rows_of_changes() -> list[list[str]]:
    """The rows of the table that says which file to open: what to change, files, tests."""
    table = read("CONTRIBUTING.md").partition("| to change | open | tests |\n|---|---|---|\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]


def test_the_table_of_changes_has_rows_of_three_cells() -> None:
    rows = rows_of_changes()
    assert len(rows) >= 24
    assert [row for row in rows if len(row) != 3] == []
    assert len({change for change, _, _ in rows}) == len(rows)


@pytest.mark.parametrize("row", rows_of_changes(), ids=lambda row: row[0])
def test_the_table_of_changes_names_what_is_there(row: list[str]) -> None:
    _, files, tests = row
    assert paths_in(files)
    assert [path for path in paths_in(files + tests) if not (ROOT / path).exists()] == []
    assert all(path.startswith("tests/") for path in paths_in(tests))
    for path, names in re.findall(r"`([\w./-]+)` \(([^)]*`[^)]*)\)", files):
        code = read(path)
        parts = [part for name in re.findall(r"`([\w.]+)`", names) for part in name.split(".")]
        defined = r"^ *(?:(?:class|def) {0}\b|{0} ?[:=])"
        assert [part for part in parts if not re.search(defined.format(part), code, re.MULTILINE)] == [], path


def test_the_drawing_of_rooms_has_every_room_in_the_order_of_imports() -> None:
    drawing = read("CONTRIBUTING.md").partition("    feedd/\n")[2].partition("\n\n")[0]
    rooms = re.findall(r"^      (\S+?)/? ", drawing, re.MULTILINE)
    assert [room.removesuffix(".py") for room in rooms] == LAYERS
    below = re.findall(r"^ {8}(\w+)/ ", drawing, re.MULTILINE)
    folders = (ROOT / "feedd").glob("*/*/__init__.py")
    assert sorted(below) == sorted(folder.parent.name for folder in folders)


def test_findings_are_worded_for_people() -> None:
    findings = Findings()
    findings.wrong(("images", 1, "width"), "a whole number", "wide")
    assert findings.problems == [(("images", 1, "width"), 'expected a whole number, got "wide"')]
