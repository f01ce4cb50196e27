"""The file of a configuration: its path in; its text, or its fields, or its mistakes with their lines, out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from feedd.items.findings import Findings, field_name
from feedd.items.front_matter.yaml import FrontMatterError, Node, decode, read_tree
from feedd.model import Problem
from feedd.store.named_file import read_named_text

_LARGEST = 16 * 1024**2  # bytes of a configuration
_PIPE_SECONDS = 3.0
_MISPLACED = "is not read, for the configuration is {place}; move it there, or name it: --config {found}"


class ConfigError(Exception):
    """All mistakes in a configuration. `sound`: the values of keys without a mistake."""

    def __init__(self, problems: list[Problem], sound: Mapping[str, Any] = MappingProxyType({})) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
        self.sound = sound


def is_absent(path: Path) -> bool:
    """Whether there is no configuration. A configuration that cannot be read, or whose folder cannot, is there.

    Raises ConfigError if there is one under a name that feedd does not look for.
    """
    try:
        path.lstat()
    except FileNotFoundError:
        if path.parent.is_symlink() and not path.parent.is_dir():
            return False
    except OSError as error:
        if not isinstance(error, NotADirectoryError):  # a file `config` is another program's
            return False
    else:
        return False
    folders = (path.parent, path.parent.parent)
    likely = (folder / f"{path.stem}{suffix}" for folder in folders for suffix in (".yml", ".yaml"))
    if found := next((each for each in likely if each.is_symlink() or each.is_file()), None):
        raise ConfigError([Problem(str(found), _MISPLACED.format(place=path, found=found))])
    return True


def load_text(path: Path) -> str:
    """The text of the file `path`. Raises ConfigError."""
    try:
        return decode(read_named_text(path, _LARGEST, _PIPE_SECONDS))
    except OSError as error:
        raise ConfigError([Problem(str(path), f"cannot be read: {error.strerror or error}")]) from None
    except FrontMatterError as error:
        raise ConfigError([Problem(str(path), error.reason, error.line)]) from None


def read_fields(text: str, path: Path) -> dict[str, Node]:
    """The fields of a text, which is that of the file `path`. Raises ConfigError."""
    try:
        if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
            return {}
        return read_tree(text).tree
    except FrontMatterError as error:  # its line counts the `---` above a front matter
        line = error.line - 1 if error.line and error.line > 1 else error.line
        raise ConfigError([Problem(str(path), error.quoting, line)]) from None


def problems_of(path: Path, findings: Findings, text: str) -> list[Problem]:
    """The mistakes that were found in a text, which is that of the file `path`, each with its line."""
    if not findings.problems:
        return []
    from feedd.items.front_matter.libyaml import locate

    lines = locate(text, first_line=1)
    problems = [Problem(str(path), reason, lines.get(at), field_name(at)) for at, reason in findings.problems]
    return sorted(problems, key=lambda problem: problem.line or 0)
