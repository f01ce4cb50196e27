"""A systemctl to test with, which prints what systemd's prints: systemd itself cannot run in a test."""

from __future__ import annotations

from pathlib import Path

import pytest

STOPPED = "MainPID=0\nStateDirectory=\nWorkingDirectory=\nUser=\n"


def shown(folder: Path | str, arguments: str = "run", state: str = "feedd", user: str = "news", pid: int = 4711) -> str:
    """What `systemctl show` prints of a unit that runs."""
    program = "/opt/feedd/bin/feedd"
    return (
        f"MainPID={pid}\n"
        f"ExecStart={{ path={program} ; argv[]={program} {arguments} ; ignore_errors=no ; start_time=[n/a] ; "
        f"stop_time=[n/a] ; pid={pid} ; code=(null) ; status=0/0 }}\n"
        f"StateDirectory={state}\nWorkingDirectory={folder}\nUser={user}\n"
    )


def have_systemd_say(folder: Path, monkeypatch: pytest.MonkeyPatch, system: str = STOPPED, user: str = STOPPED) -> None:
    """Puts a systemctl first on PATH that says these things of the system's unit and of the user's."""
    folder.mkdir(exist_ok=True)
    for manager, text in (("--system", system), ("--user", user)):
        (folder / f"said{manager}").write_text(text)
    replace_systemctl(folder, monkeypatch, f'[ "$2 $3" = "show feedd.service" ] && cat "{folder}/said$1"')


def replace_systemctl(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Puts a systemctl of these words first on PATH."""
    folder.mkdir(exist_ok=True)
    program = folder / "systemctl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
