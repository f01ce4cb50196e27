"""References between the pages of a site: their names, in; addresses that lead to items, out."""

from __future__ import annotations

from feedd.items.bodies.tag_meanings import destination
from feedd.patterns import late_pattern

_SUFFIX = late_pattern(r"\.[A-Za-z][A-Za-z0-9]{1,7}$")


def page_address(path: str) -> str:
    """The address of the file that Hugo's `ref` or a path of Zola means, as a Markdown link has it."""
    path, mark, part = path.strip().removeprefix("@").partition("#")
    if path and not _SUFFIX.search(path):
        path = f"{path.rstrip('/')}.md"
    return destination(path + mark + part).replace("&", "&amp;")


def post_address(path: str, tag: str) -> str:
    """The address of the file that Jekyll's `post_url` or `link` means."""
    path = path.strip().strip("\"'")
    if tag == "post_url":
        path = path.rpartition("/")[2]
        return destination(path if path.endswith(".md") else f"{path}.md")
    return destination(path if path.startswith("/") else f"/{path}")
