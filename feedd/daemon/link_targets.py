"""Links: a path in; the links on the way to its target, out."""

from __future__ import annotations

import os

_MAX_LINKS = 40  # as many as the kernel follows


def links_on_the_way(root: str, path: str) -> list[str]:
    """The links on the way from a path below `root` to its target, and the target at the end. All paths are relative to
    `root`. The way ends where it leaves `root`, or after 40 links.
    """
    found: list[str] = []
    here: list[str] = []
    names = path.split("/")
    while names and len(found) < _MAX_LINKS:
        name = names.pop(0)
        if name == ".." and not here:
            return found
        here = here[:-1] if name == ".." else [*here, *([name] if name not in ("", ".") else [])]
        try:
            target = os.readlink(f"{root}/{'/'.join(here)}") if here else None  # noqa: PTH115 - a text
        except OSError:  # no link
            continue
        if target is None:
            continue
        found.append("/".join(here))
        if target.startswith("/"):
            if not target.startswith(f"{root}/"):
                return found
            here, target = [], target.removeprefix(f"{root}/")
        else:
            here = here[:-1]
        names = target.split("/") + names
    return [*found, "/".join(here)]
