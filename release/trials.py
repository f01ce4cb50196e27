"""Trying a release: a wheel or a single file, and a Python, in; the program at work in an empty folder out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from socket import create_server
from typing import NamedTuple

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
_FACTS = "import sys, sysconfig as s; print(f'cp{sys.version_info[0]}{sys.version_info[1]}-' + s.get_platform())"
_SECONDS = 60.0


class Python(NamedTuple):
    """An interpreter. `tag`: its version and platform, as in the name of a file."""

    path: Path
    version: str
    tag: str

    def installed(self, wheel: Path, target: Path, lock: Path, run: Callable[..., str]) -> Path:
        """A new environment with the wheel, and with the packages of the lock."""
        uv = (Path(sys.executable).with_name("uv"), "--quiet")
        run(*uv, "venv", "--python", self.path, target)
        install = (*uv, "pip", "install", "--python", target)
        run(*install, "--require-hashes", "--requirement", lock / "build.txt")
        run(*install, "--require-hashes", "--no-build-isolation", "--requirement", lock / "run.txt")
        # By its name: an environment keeps the path of a wheel that is given by its path.
        run(*install, "--no-deps", "--no-index", "--find-links", wheel.parent, f"feedd=={wheel.name.split('-')[1]}")
        return target


def found_pythons() -> list[Python]:
    """The interpreters of this machine for which feedd is made: the first of each version."""
    found = []
    for version in VERSIONS:
        pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        for path in (
            *pyenv.glob(f"{version}.*/bin/python"),
            *map(Path, filter(None, [shutil.which(f"python{version}")])),
        ):
            done = subprocess.run([path, "-c", _FACTS], capture_output=True, text=True)
            if done.returncode == 0:
                found.append(Python(path.resolve(), version, done.stdout.strip()))
                break
    return found


def try_release(python: Python, environment: Path, single_file: Path, version: str, folder: Path) -> None:
    """Has the wheel and the single file start a site, publish and serve it, without a variable of the environment. Ends
    if something is not as it should be.
    """
    for name, command in {
        "wheel": (environment / "bin/feedd",),
        "single file": (python.path, single_file.resolve()),
    }.items():
        empty = folder / name
        empty.mkdir()
        said = _run(command, "--version", cwd=empty)
        assert said.startswith(f"feedd {version}\n"), said
        _run(command, "init", "site", cwd=empty)
        assert "1 entry in " in _run(command, "render", "--strict", cwd=empty / "site")
        _try_serving(command, empty / "site")
    for place in ("bash-completion/completions/feedd", "zsh/site-functions/_feedd", "man/man1/feedd.1"):
        assert (environment / "share" / place).is_file(), place


def _run(command: tuple[Path, ...], *arguments: str, cwd: Path) -> str:
    done = subprocess.run([*command, *arguments], cwd=cwd, env={}, capture_output=True, text=True, timeout=_SECONDS)
    assert done.returncode == 0, f"{command} {arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def _try_serving(command: tuple[Path, ...], site: Path) -> None:
    """Has the daemon serve a site. It starts processes of its own, which need all that it needs."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    daemon = subprocess.Popen(
        [*command, "run", "--listen", f"127.0.0.1:{port}"], cwd=site, env={}, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/atom.xml") as answer:
                    assert answer.read() == (site / "feeds/atom.xml").read_bytes()
                    return
            except OSError:
                assert daemon.poll() is None and time.monotonic() < deadline, "it serves nothing"
                time.sleep(0.05)
    finally:
        daemon.terminate()
        daemon.wait(_SECONDS)
