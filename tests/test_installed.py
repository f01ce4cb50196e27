"""The versions of libraries, by the names of folders or by what importlib.metadata knows."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import pytest

from feedd.store.installed import versions

NAMES = ("lxml", "nh3", "pyromark")
INSTALLED = [importlib.metadata.version(name) for name in NAMES]


def test_versions_are_those_that_are_installed() -> None:
    assert versions(NAMES) == INSTALLED


def test_a_library_is_of_the_first_folder_that_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, name in (("a", "NH3-9.8.dist-info"), ("b", "nh3-9.9.dist-info")):
        (tmp_path / folder / name).mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path / each) for each in ("missing", "a", "b")] + sys.path)
    assert versions(NAMES) == [INSTALLED[0], "9.8", INSTALLED[2]]


@pytest.mark.parametrize("left", [[], ["nh3-0.1.dist-info", "nh3-0.2.dist-info"]])
def test_metadata_is_asked_where_folders_do_not_tell(
    left: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in left:
        (tmp_path / name).mkdir()
        (tmp_path / name / "METADATA").write_text("Version: 0.3\n")
    apart = tmp_path / "apart"
    (apart / "nh3.egg-info").mkdir(parents=True)
    (apart / "nh3.egg-info/PKG-INFO").write_text("Version: 0.3\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(apart)])
    assert versions(["nh3"]) == [importlib.metadata.version("nh3")] == ["0.3"]
