"""Feeds that are no more: which folder became which, as lines of a `_redirects` file, and read back from it.

The file's form is that of static hosts (Netlify, Cloudflare Pages, GitLab Pages): path, where it is now, status.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

FILE = "_redirects"
MARK = b"# Made by feedd: feeds that are no more, and where they are now.\n"
_MOVED, _GONE = "301", "410"


def render(retired: Mapping[str, str | None]) -> bytes:
    """The file. Folders are paths like `topics/ai`; what became of one is another, or None."""
    lines = []
    for folder, now in sorted(retired.items()):
        if now is None:
            lines.append(f"/{quote(folder)}/* / {_GONE}")
        else:
            lines.append(f"/{quote(folder)}/* /{quote(now)}/:splat {_MOVED}")
    return MARK + "".join(f"{line}\n" for line in lines).encode()


def read(data: bytes) -> dict[str, str | None]:
    """What `render` was given; lines of another form are passed over, and so is a file that feedd did not write."""
    retired: dict[str, str | None] = {}
    if not data.startswith(MARK):
        return retired  # it is somebody's own, for another server
    for line in data.decode("utf-8", "replace").splitlines():
        match line.split():
            case [path, "/", status] if status == _GONE and path.endswith("/*"):
                retired[unquote(path[1:-2])] = None
            case [path, now, status] if status == _MOVED and path.endswith("/*") and now.endswith("/:splat"):
                retired[unquote(path[1:-2])] = unquote(now[1:].removesuffix("/:splat"))
    return retired
