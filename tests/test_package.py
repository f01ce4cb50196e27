"""What is handed on: wheel and source distribution work without the repository, and the lock is what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest
from http_support import request
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from servers import HOST, free_port, program
from support import tree

from feedd.render.assets import ASSETS

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements"
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "feeds")
NO_PATH = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


def run(*command: str | Path, cwd: Path) -> str:
    """What a program writes to its standard output; it has to succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, env=NO_PATH)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Wheel and source distribution


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A source distribution, made of a copy of the repository, and a wheel that is made of the former."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT, folder / "copy", ignore=LEFT_OUT)
    build = (sys.executable, "-P", "-m", "build", "--no-isolation", "--skip-dependency-check")
    run(*build, "--outdir", folder / "dist", folder / "copy", cwd=folder)
    shutil.rmtree(folder / "copy")
    (sdist,) = folder.glob("dist/*.tar.gz")
    (wheel,) = folder.glob("dist/*.whl")
    return {"sdist": sdist, "wheel": wheel}


def installed(distribution: Path, folder: Path) -> Path:
    """An environment with feedd from a distribution. It borrows all other packages from where the tests run, so that
    nothing is fetched; the way to an editable feedd there is not borrowed with them.
    """
    uv = (sys.executable, "-m", "uv", "--quiet", "--offline")
    run(*uv, "venv", "--python", sys.executable, "env", cwd=folder)
    (packages,) = folder.glob("env/lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    run(*uv, "pip", "install", "--python", "env", "--no-deps", "--no-build-isolation", distribution, cwd=folder)
    return folder / "env/bin"


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_what_was_installed_from_a_distribution_needs_nothing_of_the_repository(
    kind: str, distributions: dict[str, Path], tmp_path: Path
) -> None:
    programs = installed(distributions[kind], tmp_path)
    feedd, work = programs / "feedd", tmp_path / "empty"
    work.mkdir()
    place, *path = run(
        programs / "python", "-c", "import feedd, sys; print(feedd.__file__, *sys.path, sep=chr(10))", cwd=work
    ).splitlines()
    assert Path(place).is_relative_to(tmp_path / "env")
    assert str(ROOT) not in path

    assert "Next: cd site, set base_url and authority" in run(feedd, "init", "site", cwd=work)
    assert "1 entry in " in run(feedd, "render", cwd=work / "site")
    made = tree(work / "site/feeds")
    assert made.keys() >= ASSETS.keys() | {"index.html", "atom.xml", "rss.xml", "feed.json", "feeds.opml"}
    assert {name: made[name] for name in ASSETS} == ASSETS

    port = free_port()
    with program(work / "site", port, feedd, "run", "--listen", f"{HOST}:{port}", PYTHONPATH=""):
        for name, data in made.items():
            answer = request(f"http://{HOST}:{port}/", f"/{name}")
            assert (answer.status, answer.body) == (200, data), name


# The lock


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def locked(name: str) -> list[tuple[Requirement, int]]:
    """The packages of a file of the lock, and how many hashes each has."""
    text = re.sub(r"^ *#.*\n", "", (LOCK / name).read_text(), flags=re.MULTILINE)
    found = []
    for entry in re.findall(r"^\S(?:.*\\\n)*.*$", text, re.MULTILINE):
        requirement, *hashes = re.split(r" \\\n +", entry)
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes), entry
        found.append((Requirement(requirement), len(hashes)))
    return found


def wanted(name: str) -> list[str]:
    described = project()
    extras = described["project"]["optional-dependencies"]
    run_time = described["project"]["dependencies"]
    return {
        "build.txt": described["build-system"]["requires"],
        "run.txt": run_time,
        "dev.txt": run_time + extras["dev"],
        "bench.txt": run_time + extras["bench"],
    }[name]


FILES = ("build.txt", "run.txt", "dev.txt", "bench.txt")


@pytest.mark.parametrize("name", FILES)
def test_the_lock_has_every_package_that_the_project_names_in_a_release_that_it_admits(name: str) -> None:
    releases = {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each, _ in locked(name)}
    missing = {
        text
        for text in wanted(name)
        if not (needed := Requirement(text)).specifier.contains(
            releases.get(canonicalize_name(needed.name), "0"), prereleases=True
        )
    }
    assert not missing, "make lock"


@pytest.mark.parametrize("name", FILES)
def test_each_package_of_the_lock_is_one_release_with_hashes_and_the_lock_says_the_same_everywhere(name: str) -> None:
    everywhere = {(each.name, str(each.specifier)) for each, _ in locked("dev.txt")}
    for requirement, hashes in locked(name):
        assert re.fullmatch(r"==[^=*]+", str(requirement.specifier)), requirement
        assert hashes > 0, requirement
        assert (requirement.name, str(requirement.specifier)) in everywhere or requirement.name == "hugo", requirement


@pytest.mark.parametrize("name", FILES)
def test_the_lock_names_no_host_and_no_place_on_a_machine(name: str) -> None:
    text = (LOCK / name).read_text()
    assert not re.search(r"://|^\s*-[-a-z]*(?:index|find-links|extra)|(?<![\w(.])/\w|@ ", text, re.MULTILINE)


def test_the_lock_serves_linux_and_macos_from_the_lowest_python_on() -> None:
    """A package with wheels for each system has more than one hash; markers leave nothing out that these need."""
    lowest = project()["project"]["requires-python"].removeprefix(">=")
    for system, platform in (("Linux", "linux"), ("Darwin", "darwin")):
        for version in (lowest, "3.12", "3.13", "3.14"):
            environment = {
                "sys_platform": platform,
                "platform_system": system,
                "os_name": "posix",
                "python_version": version,
                "python_full_version": f"{version}.9",
                "implementation_name": "cpython",
                "platform_python_implementation": "CPython",
            }
            names = [
                canonicalize_name(each.name)
                for each, _ in locked("dev.txt")
                if each.marker is None or each.marker.evaluate(environment)
            ]
            assert len(names) == len(set(names))
            assert set(names) >= {canonicalize_name(Requirement(text).name) for text in wanted("dev.txt")}


# make


def test_make_help_names_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = {name for line in re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE) for name in line.split()}
    shown = {line.split()[0] for line in run("make", "--no-print-directory", "help", cwd=ROOT).splitlines()}
    assert shown == targets
