"""Makes all files of a release, and tries them. See CONTRIBUTING.md.

    make release                    the version that the code has
    make release RELEASE=0.2.0      after writing this version, and its section of the change log

Source distribution and wheel are built twice, in different surroundings, and have to be equal. The wheel and the single
file are tried with each Python that is here, in an empty folder and an empty environment. Nothing is committed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from changelog import notes, with_release
from trials import Python, found_pythons, try_release

ROOT = Path(__file__).parent.parent
VERSION_FILE = ROOT / "feedd/__init__.py"
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
BIN = Path(sys.executable).parent
SURROUNDINGS: tuple[Mapping[str, str], ...] = (  # of the two builds
    {"TZ": "UTC", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "COLUMNS": "80"},
    {"TZ": "Asia/Kolkata", "PYTHONHASHSEED": "2", "LC_ALL": "C", "COLUMNS": "200"},
)


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """What a program says; it has to succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed in {cwd}:\n{done.stdout}{done.stderr}")
    return done.stdout


def version() -> str:
    """The version of the code: the only place that has it."""
    found = _VERSION.search(VERSION_FILE.read_text())
    assert found is not None
    return found[1]


def write_version(wanted: str, date: str) -> None:
    """Writes a version into the code, and its section into the change log."""
    log = ROOT / "CHANGELOG.md"
    log.write_text(with_release(log.read_text(), wanted, date))
    VERSION_FILE.write_text(_VERSION.sub(f'__version__ = "{wanted}"', VERSION_FILE.read_text()))


def sources() -> list[Path]:
    """The files of the repository, without what git ignores."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    return [Path(name) for name in listed if name and (ROOT / name).is_file()]


def built(folder: Path, epoch: str, surroundings: Mapping[str, str], umask: int) -> dict[str, bytes]:
    """Source distribution and wheel of a copy of the repository, built in a folder of its own, by name."""
    for name in sources():
        target = folder / "copy" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    before = os.umask(umask)
    try:
        build = (sys.executable, "-P", "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "copy")
        run(*build, cwd=folder, SOURCE_DATE_EPOCH=epoch, **surroundings)
    finally:
        os.umask(before)
    return {path.name: path.read_bytes() for path in (folder / "dist").iterdir()}


def build_twice(epoch: str) -> dict[str, bytes]:
    """Source distribution and wheel, by name. Ends if two builds differ in a byte."""
    made = []
    for number, surroundings in enumerate(SURROUNDINGS):
        with tempfile.TemporaryDirectory(prefix=f"feedd-{'build' * (number + 1)}-") as folder:
            made.append(built(Path(folder), epoch, surroundings, (0o022, 0o077)[number]))
    one, other = made
    if one != other:
        sys.exit(
            f"two builds differ: {sorted(name for name in one.keys() | other if one.get(name) != other.get(name))}"
        )
    return one


def bill_of_materials(target: Path) -> None:
    """Writes which packages a release works with, with their hashes, in the format of CycloneDX."""
    lock = ROOT / "requirements/run.txt"
    command = (BIN / "cyclonedx-py", "requirements", "--output-reproducible", "--output-format", "JSON")
    run(*command, "--mc-type", "application", "--pyproject", ROOT / "pyproject.toml", "--output-file", target, lock)
    bill = json.loads(target.read_text())
    bill["metadata"]["component"]["version"] = version()  # which pyproject.toml does not have
    target.write_text(json.dumps(bill, indent=2) + "\n")


def single_file(environment: Path, python: Python, target: Path, epoch: str) -> None:
    """Writes one file with feedd and all that it needs, for this Python and platform."""
    shebang = f"/usr/bin/env python{python.version}"
    pex = (BIN / "pex", "--venv-repository", environment, f"feedd=={version()}", "--console-script", "feedd", "--venv")
    run(*pex, "--python-shebang", shebang, "--output-file", target, SOURCE_DATE_EPOCH=epoch)


def released(outdir: Path, epoch: str, pythons: list[Python]) -> Iterator[Path]:
    """Makes the files of a release, and tries them."""
    for name, data in sorted(build_twice(epoch).items()):
        (outdir / name).write_bytes(data)
        print(f"equal twice  {name}")
        yield outdir / name
    (wheel,) = outdir.glob("*.whl")
    run(BIN / "twine", "check", "--strict", *outdir.iterdir())
    print("checked      metadata")
    bill = outdir / f"feedd-{version()}.cdx.json"
    bill_of_materials(bill)
    yield bill
    for python in pythons:
        with tempfile.TemporaryDirectory(prefix="feedd-release-") as folder:
            environment = python.installed(wheel, Path(folder) / "env", ROOT / "requirements", run)
            target = outdir / f"feedd-{version()}-{python.tag}.pyz"
            single_file(environment, python, target, epoch)
            try_release(python, environment, target, version(), Path(folder))
            print(f"tried        Python {python.version}: {wheel.name}, {target.name}")
            yield target


def main() -> None:
    """Makes a release."""
    parser = argparse.ArgumentParser(description="make the files of a release, and try them")
    parser.add_argument("--version", help="write this version, and its section of the change log, first")
    parser.add_argument("--outdir", type=Path, default=ROOT / "dist")
    options = parser.parse_args()
    if options.version:
        write_version(options.version, f"{datetime.now(UTC):%Y-%m-%d}")
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct").strip()
    shutil.rmtree(options.outdir, ignore_errors=True)
    options.outdir.mkdir(parents=True)
    made = list(released(options.outdir, epoch, found_pythons()))
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(made))
    (options.outdir / "SHA256SUMS").write_text(sums)
    (options.outdir / "NOTES.md").write_text(notes((ROOT / "CHANGELOG.md").read_text(), version()))
    print(sums, end="")


if __name__ == "__main__":
    main()
