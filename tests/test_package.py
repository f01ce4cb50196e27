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
from zipfile import ZipFile

import pytest
from http_support import request
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from servers import HOST, free_port, program
from support import tree

from feedd import __version__
from feedd.cli.parsing.parsers import build_parser
from feedd.render.assets import ASSETS

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "release"))

from changelog import notes, with_release  # noqa: E402
from shell_files import MAN_PAGE, PLACES, commands_of  # noqa: E402

LOCK = ROOT / "requirements"
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "feeds")
NO_PATH = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a program writes to its standard output; it has to succeed."""
    variables = NO_PATH | environment
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Wheel and source distribution


def build(copy: Path, target: Path, **environment: str) -> None:
    command = (sys.executable, "-P", "-m", "build", "--no-isolation", "--skip-dependency-check")
    run(*command, "--outdir", target, copy, cwd=copy.parent, **environment)


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A source distribution, made of a copy of the repository, and a wheel that is made of the former."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT, folder / "copy", ignore=LEFT_OUT)
    build(folder / "copy", folder / "dist")
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


def test_builds_in_other_surroundings_and_on_another_day_are_equal(
    distributions: dict[str, Path], tmp_path: Path
) -> None:
    shutil.copytree(ROOT, tmp_path / "copy", ignore=LEFT_OUT)
    for path in (tmp_path / "copy").rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (1, 1))
    build(tmp_path / "copy", tmp_path / "dist", TZ="Pacific/Kiritimati", LC_ALL="C", COLUMNS="200", PYTHONHASHSEED="3")
    for path in distributions.values():
        assert (tmp_path / "dist" / path.name).read_bytes() == path.read_bytes()


def test_distributions_have_the_version_of_the_code(distributions: dict[str, Path]) -> None:
    assert all(path.name.startswith(f"feedd-{__version__}") for path in distributions.values())
    assert "version" not in project()["project"]


# Completions and man page


def test_the_parsers_need_no_package_since_a_wheel_is_built_in_an_environment_without_them() -> None:
    loading = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from feedd.cli.parsing.parsers import build_parser"
    run(sys.executable, "-I", "-S", "-c", f"{loading}; build_parser()", cwd=ROOT)


@pytest.fixture(scope="module")
def shell_files(distributions: dict[str, Path]) -> dict[str, str]:
    """The files that a wheel brings for shells and for `man`, by their places below the prefix."""
    with ZipFile(distributions["wheel"]) as wheel:
        return {
            name.partition(".data/data/")[2]: wheel.read(name).decode()
            for name in wheel.namelist()
            if ".data/data/" in name
        }


def test_completions_and_the_man_page_name_every_command_and_option(shell_files: dict[str, str]) -> None:
    assert shell_files.keys() == {*PLACES.values(), MAN_PAGE}
    plain = {place: text.replace("\\-", "-") for place, text in shell_files.items()}  # as man shows it
    for name, parser in commands_of(build_parser()).items():
        options = [each for action in parser._actions for each in action.option_strings if each.startswith("--")]
        assert options
        for place, text in plain.items():
            assert re.search(rf"\b{name}\b", text), (place, name)
            shown = options if place != PLACES["fish"] else [each.replace("--", "-l ") for each in options]
            missing = [each for each in shown if each != "--help" and not re.search(rf"{each}(?![\w-])", text)]
            assert missing == [], (place, name)


def test_the_man_page_has_the_exit_statuses_of_each_command(shell_files: dict[str, str]) -> None:
    section = shell_files[MAN_PAGE].partition(".SH EXIT STATUS\n")[2].partition(".SH")[0].replace("\\-", "-")
    shown = dict(each.split("\\fR\n", 1) for each in section.split(".TP\n\\fBfeedd ")[1:])
    for name, parser in commands_of(build_parser()).items():
        lines = shown.pop(name).rstrip().split("\n.br\n")
        assert f"Exit statuses: {' '.join(lines)}" == parser.epilog
        assert [line[0] for line in lines] == sorted({line[0] for line in lines}), name
    assert shown == {}


def completed(script: Path, *words: str) -> list[str]:
    """What bash offers for the last of these words."""
    code = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_feedd; echo "${COMPREPLY[@]}"'
    return run("bash", "-c", code, "bash", script, *words, cwd=script.parent).split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_commands_options_and_choices(shell_files: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "feedd"
    script.write_text(shell_files[PLACES["bash"]])
    assert completed(script, "feedd", "re") == ["render", "restore"]
    assert completed(script, "feedd", "backup", "--re") == ["--replace"]
    assert completed(script, "feedd", "render", "--format", "j") == ["json"]


@pytest.mark.skipif(shutil.which("man") is None, reason="no man")
def test_man_finds_nothing_wrong_with_the_page(shell_files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "feedd.1").write_text(shell_files[MAN_PAGE])
    command = ["man", "--warnings=w", "-l", str(tmp_path / "feedd.1")]
    done = subprocess.run(command, capture_output=True, text=True, env=NO_PATH | {"MANROFFSEQ": "", "MANWIDTH": "80"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "feedd - publishes a folder of Markdown items" in " ".join(done.stdout.split())


# The change log of a release


def test_a_release_takes_what_was_unreleased() -> None:
    before = "# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-11-21)\n\n- First.\n"
    after = with_release(before, "0.2.0", "2026-11-30")
    assert after == before.replace("## Unreleased\n", "## Unreleased\n\n## 0.2.0 (2026-11-30)\n")
    assert notes(after, "0.2.0") == "- New.\n"
    assert notes(before, "0.2.0") == "- New.\n"
    for text, version in ((after, "0.2.0"), (after, "0.3.0"), ("# Changelog\n", "0.1.0")):
        with pytest.raises(ValueError, match="the change log has"):
            with_release(text, version, "2026-12-01")


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
        "release.txt": run_time + extras["release"],
    }[name]


FILES = ("build.txt", "run.txt", "dev.txt", "bench.txt", "release.txt")


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


def test_an_editable_installation_is_built_without_a_package_that_the_lock_does_not_have(tmp_path: Path) -> None:
    """`make run` and `make test` install the repository so. hatchling may want a package `editables` for it."""
    assert "editables" not in {requirement.name for requirement, _ in locked("build.txt")}
    script = "import sys; sys.modules['editables'] = None; from hatchling.build import *; build_editable(sys.argv[1])"
    run(sys.executable, "-P", "-c", script, tmp_path, cwd=ROOT)
    assert [path.suffix for path in tmp_path.iterdir()] == [".whl"]


@pytest.mark.parametrize("name", FILES)
def test_each_package_of_the_lock_is_one_release_with_hashes_and_the_lock_says_the_same_everywhere(name: str) -> None:
    everywhere = {(each.name, str(each.specifier)) for each, _ in locked("dev.txt")}
    of_tests = {each for each, _ in everywhere}
    for requirement, hashes in locked(name):
        assert re.fullmatch(r"==[^=*]+", str(requirement.specifier)), requirement
        assert hashes > 0, requirement
        is_apart = requirement.name == "hugo" or (name == "release.txt" and requirement.name not in of_tests)
        assert (requirement.name, str(requirement.specifier)) in everywhere or is_apart, requirement


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
