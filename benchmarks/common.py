"""What benchmarks share: their options, their folder, their targets and how results are kept."""

from __future__ import annotations

import argparse
import compileall
import contextlib
import json
import os
import platform
import socket
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"
SIZES = (1_000, 10_000, 100_000)


class Target(NamedTuple):
    """One figure beside what it has to be, in words."""

    what: str
    value: float
    unit: str
    bound: str
    reached: bool


def positive(text: str) -> int:
    """A whole number of at least 1, as argparse wants it."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def sizes(text: str) -> tuple[int, ...]:
    """Numbers of items, separated by commas."""
    return tuple(positive(part.replace("_", "")) for part in text.split(","))


@contextlib.contextmanager
def workdir(chosen: Path | None) -> Iterator[Path]:
    """The folder to work in: the chosen one, or a temporary one."""
    if chosen:
        yield chosen.resolve()
    else:
        with tempfile.TemporaryDirectory(prefix="feedd-bench-") as made:
            yield Path(made)


def compile_modules() -> None:
    """Compile feedd and the packages around it, as an installation does, also where Python writes no byte code."""
    for folder in (ROOT / "feedd", sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        compileall.compile_dir(folder, quiet=2)


def print_targets(where: str, targets: Sequence[Target]) -> None:
    """Each target in a line, with a verdict."""
    if targets:
        print(f"\nTargets {where}")
    for target in targets:
        verdict = "reached" if target.reached else "missed"
        print(f"  {target.what:48} {target.value:8.2f} {target.unit}, target {target.bound:6} {verdict}")


def save(name: str, runs: int, record: dict[str, Any], targets: Sequence[Target]) -> None:
    """Write the figures, in seconds and bytes, where a later run or a script can compare them."""
    RESULTS.mkdir(exist_ok=True)
    head = {
        "machine": {"platform": platform.platform(), "cpus": os.cpu_count()},
        "python": platform.python_version(),
        "runs": runs,
    }
    targets_as_dicts = {"targets": [target._asdict() for target in targets]}
    (RESULTS / f"{name}.json").write_text(json.dumps(head | record | targets_as_dicts, indent=2) + "\n")


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])
