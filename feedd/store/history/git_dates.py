"""First commits: a folder in a git repository, in; the time of the first commit of each file below the folder, out.

git itself is asked, once for all files. It runs nothing of the repository's own, and changes nothing.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from feedd.store.item_source import FirstCommits

_PATIENCE = 120.0  # seconds
_LARGEST_TIME = 253_402_300_799  # the end of the year 9999
# Names of a repository that git would read from the environment, in place of the folder's own.
_OF_OTHERS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY")
_LOG = (
    *("log", "--reverse", "--format=@%at", "--name-status", "--find-renames", "--diff-filter=AR", "--relative"),
    *("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-color", "--", "."),
)


def first_commits(root: Path) -> FirstCommits:
    """The first commits of the files below a folder. A file keeps the time of its first commit when it is renamed."""
    try:
        if _git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
            return FirstCommits({}, "the clone is shallow, and lacks the first commits (git fetch --unshallow)")
        log = _git(root, "-c", "core.quotePath=false", *_LOG)
    except FileNotFoundError:
        return FirstCommits({}, "git is not installed")
    except subprocess.CalledProcessError as error:
        words = error.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
        return FirstCommits({}, f"git says: {words[:200]}")
    except (OSError, subprocess.SubprocessError) as error:
        return FirstCommits({}, f"git gives no answer: {str(error)[:200]}")
    return FirstCommits(read_log(log.decode("utf-8", "surrogateescape").splitlines()))


def read_log(lines: Iterable[str]) -> dict[str, int]:
    """The times of first commits, of a log with the oldest commit first: `@TIME`, and below it `A PATH` or
    `R100 PATH PATH` with tabs between.
    """
    times: dict[str, int] = {}
    now: int | None = None
    for line in lines:
        if line.startswith("@"):
            written = line[1:]
            now = int(written) if written.isascii() and written.isdigit() and int(written) <= _LARGEST_TIME else None
        elif now is not None:
            kind, *paths = line.split("\t")
            if kind == "A" and len(paths) == 1:
                times[paths[0]] = now
            elif kind[:1] == "R" and len(paths) == 2:
                times[paths[1]] = times.pop(paths[0], now)
    return times


def _git(root: Path, *arguments: str) -> bytes:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_OTHERS}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    return subprocess.run(  # noqa: S603 - all of it is ours
        ["git", "--no-pager", *arguments],  # noqa: S607 - the user's git
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_PATIENCE,
        check=True,
    ).stdout
