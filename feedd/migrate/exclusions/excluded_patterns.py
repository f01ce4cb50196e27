"""What a configuration of another program excludes by patterns: its patterns in; patterns of `items.ignore` out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from feedd.items.file_names import ItemNames
from feedd.items.withholding.section_marks import without_braces
from feedd.migrate.exclusions.left_out import placed
from feedd.migrate.site_folder import SiteFolder
from feedd.patterns import late_pattern

_MOST_NAMED = 3
_LIST = r"""\b{}["']?\s*:\s*\[([^\[\]]{{0,4000}})\]"""
_TEXT = late_pattern(r"""["'`]([^"'`\n]{1,200})["'`]""")


def excluded(
    site: SiteFolder, seeds: str, base: str, written: Iterable[str], origin: str, *, anywhere: bool = False
) -> tuple[str, ...]:
    """The patterns of `items.ignore` for what patterns below the folder `base` exclude, which is remarked. `origin` is
    the key that says so. `anywhere`: a pattern may begin in any folder. What a pattern takes back stays excluded.
    """
    patterns: list[str] = []
    for each in written:
        if each.startswith("!"):
            site.remarks.append(f"{origin}: {each} takes texts back, which feedd does not know; see `items.ignore`")
            continue
        patterns += _placed_below(each, seeds, base, anywhere=anywhere)
    patterns = list(dict.fromkeys(patterns))
    below = f"{seeds}/" if seeds else ""
    names = ItemNames((), patterns)
    found = [path for path in site.items(seeds) if names.ignores(path.removeprefix(below))]
    if found:
        more = ", ..." if len(found) > _MOST_NAMED else ""
        listed = ", ".join(found[:_MOST_NAMED])
        site.remarks.append(f"{origin} leaves out texts, which `items.ignore` names: {len(found)} ({listed}{more})")
    return tuple(patterns)


def of_gitignore(text: str) -> list[str]:
    """The patterns in the lines of a text as git has them for files to ignore: one without a slash may be anywhere."""
    lines = (line.strip() for line in text.splitlines())
    return [
        line if line.startswith("!") or "/" in line.rstrip("/") else f"**/{line}"
        for line in lines
        if line and not line.startswith("#")
    ]


def list_in_script(text: str, name: str) -> list[str]:
    """The texts in the lists of a script that have this name."""
    lists = re.findall(_LIST.format(re.escape(name)), text)
    return [found for each in lists for found in _TEXT.findall(each)]


def _placed_below(written: str, seeds: str, base: str, *, anywhere: bool) -> Iterator[str]:
    below, above = _between(seeds, base)
    for each in without_braces(written.removeprefix("./").lstrip("/")) or ():
        parts = [part for part in each.rstrip("/").split("/") if part]
        if not parts:
            continue
        if anywhere and parts[0] != "**":
            parts.insert(0, "**")
        if below is None:
            yield from placed(parts if parts[0] == "**" else [*above, *parts], "", star_is_deep=False)
        else:
            yield from _all(parts, below)


def _all(parts: list[str], below: str) -> list[str]:
    found = placed(parts, below, star_is_deep=False)
    names = below.strip("/").split("/") if below else []
    whole = "/".join(parts).removesuffix("/**")
    if names and "/".join(names).startswith(whole) and "*" not in whole:
        return ["*"]  # the whole items' directory
    return found


def _between(seeds: str, base: str) -> tuple[str | None, list[str]]:
    """The path of the items' directory below the base, with `/` behind it; or None, and the names of the base below
    the items' directory.
    """
    if base == seeds:
        return "", []
    if not base or seeds.startswith(f"{base}/"):
        return f"{seeds.removeprefix(base).strip('/')}/", []
    return None, base.removeprefix(seeds).strip("/").split("/")
