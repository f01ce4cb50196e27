"""The files of `feedd init`: a configuration, a sample item, a .gitignore."""

from __future__ import annotations

import shutil
from pathlib import Path

_CONFIG = """\
# Configuration of feedd. What is commented out shows the default. All keys: docs/configuration.md
# in feedd's repository. `feedd check` checks this file.

# The public address of the feeds' folder.
base_url: http://localhost:8080/

# The domain, and a year in which it was yours, from which ids are made. Choose it before the first render; later,
# as long as nobody has subscribed, `feedd render --start-over --nobody-subscribed` alone makes the ids anew.
# authority: feeds.example.org,2026

title: My feeds
# description: What these feeds are about
# language: en

# directories:
#   seeds: seeds
#   feeds: feeds
#   state: .feedd

# How many entries a feed holds.
# limit: 50

# false: only items that say `published: true` are published.
# defaults:
#   published: true
"""

_ITEM = """\
---
title: Hello, subscribers
excerpt: The first entry of this site, to be edited or deleted.
webUrl: https://example.org/hello
publishedDateTime: 2026-01-01T09:00:00Z
published: true

provider:
  name: Example
  domain: example.org

topics:
  - News
---
An item is a Markdown file. What stands above, between the two lines of dashes, says what it is; this text is its
content, and may hold *emphasis*, [links](https://example.org/) and lists.
"""

_IGNORED = """\
/feeds/
/.feedd/
"""

_FILES = {
    "config/feedd.yaml": _CONFIG,
    "seeds/2026-01-01-hello.md": _ITEM,
    ".gitignore": _IGNORED,
}


def write_starter(directory: Path) -> tuple[list[Path], list[Path]]:
    """Makes the files of a new site. Returns the new files and the existing files. Raises OSError."""
    made: list[Path] = []
    existing: list[Path] = []
    has_items = (directory / "seeds").is_dir()
    for name, text in _FILES.items():
        path = directory / name
        if has_items and text is _ITEM:  # a sample among a site's own items would be published
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            existing.append(path)
        else:
            made.append(path)
    return made, existing


def write_proposal(directory: Path, text: str) -> tuple[list[Path], list[Path]]:
    """Writes a proposed configuration, unless there is one, and the lines of `.gitignore` that are missing there.
    Returns the files that were written, and the configuration if it was there. Raises OSError.
    """
    config, ignored = directory / "config/feedd.yaml", directory / ".gitignore"
    written: list[Path] = []
    config.parent.mkdir(parents=True, exist_ok=True)
    try:
        with config.open("x", encoding="utf-8") as file:
            file.write(text)
        written.append(config)
    except FileExistsError:
        pass
    if _add_lines(ignored, _IGNORED.split()):
        written.append(ignored)
    return written, [path for path in (config,) if path not in written]


def _add_lines(path: Path, lines: list[str]) -> bool:
    """Adds the lines that a file does not have, with or without a slash in front. Returns whether there were any."""
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        before = b""
    known = {line.strip().strip(b"/") for line in before.splitlines()}
    missing = [line for line in lines if line.strip("/").encode() not in known]
    if not missing:
        return False
    end = b"\n" if before and not before.endswith(b"\n") else b""
    with path.open("ab") as file:
        file.write(end + "".join(f"{line}\n" for line in missing).encode())
    return True


def write_unit(path: Path, text: str) -> None:
    """Writes a unit of systemd, over an existing unit. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def make_owned_directory(path: Path, user: str | None) -> None:
    """Makes a directory, owned by `user` if given. An existing directory stays as it is. Raises OSError."""
    if not path.exists():
        path.mkdir(parents=True)
        if user is not None:
            shutil.chown(path, user)
