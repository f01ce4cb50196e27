"""Redirects of retired feeds and old addresses: their paths, with their successors', in; a `_redirects` file, out; and
back.

The file has the form of static hosts (Netlify, Cloudflare Pages, GitLab Pages): path, new path, status.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from feedd.select.old_addresses import is_document

FILE = "_redirects"
REDIRECTS_MARK = b"# Made by feedd: feeds that are no more, and where they are now.\n"
_MOVED, _GONE = "301", "410"


def render(retired: Mapping[str, str | None], base: str = "/") -> bytes:
    """The file. Folders are paths like `topics/ai`, each with its successor's, or None. Documents are paths like
    `feed.xml`, each with the document that took its place, or None; a folder may have such a document, too. `base` is
    the path of the base URL, with a slash at its end: hosts of a site below a path match whole paths.
    """
    lines = []
    for folder, now in sorted(retired.items()):
        if is_document(now or folder):
            where, status = (f"{base}{quote(now)}", _MOVED) if now is not None else (base, _GONE)
            ends = ("",) if is_document(folder) else ("", "/")
            lines += [f"{base}{quote(folder)}{end} {where} {status}" for end in ends]
        elif now is None:
            lines.append(f"{base}{quote(folder)}/* {base} {_GONE}")
        else:
            lines.append(f"{base}{quote(folder)}/* {base}{quote(now)}/:splat {_MOVED}")
    return REDIRECTS_MARK + "".join(f"{line}\n" for line in lines).encode()


def read(data: bytes, base: str = "/") -> dict[str, str | None]:
    """The paths that `render` was given. A folder with a document in its place is there twice: as it is, and with
    `index.html`, for which a server takes an address that ends in "/". Lines of another form are passed over, and so is
    a file that feedd did not write. Paths may lack the `base`.
    """
    retired: dict[str, str | None] = {}
    if not data.startswith(REDIRECTS_MARK):
        return retired  # the file is the user's own, for another server
    for line in data.decode("utf-8", "replace").splitlines():
        match line.split():
            case [path, _, status] if status == _GONE and path.endswith("/*"):
                retired[_below(path[:-2], base)] = None
            case [path, now, status] if status == _MOVED and path.endswith("/*") and now.endswith("/:splat"):
                retired[_below(path[:-2], base)] = _below(now.removesuffix("/:splat"), base)
            case [path, _, status] if status == _GONE:
                retired[_below(path, base)] = None
            case [path, now, status] if status == _MOVED and is_document(now):
                path += "index.html" if path.endswith("/") else ""
                retired[_below(path, base)] = _below(now, base)
    return retired


def _below(path: str, base: str) -> str:
    return unquote(path.removeprefix(base).removeprefix("/"))
