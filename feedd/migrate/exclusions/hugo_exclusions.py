"""Hugo's mounts, `ignoreFiles`, `cascade` and bundles: a site's configuration and files in; whether a path is left out,
and patterns of `items.ignore`, out.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator, Sequence

from feedd.items.front_matter.yaml import Node
from feedd.items.withholding.section_marks import PathGlob, cascade_marks, without_braces
from feedd.migrate.exclusions.left_out import GLOB_MARKS, as_path, each_way, placed
from feedd.migrate.foreign_text import Tree, at, word, words
from feedd.migrate.site_facts import MARKDOWN
from feedd.migrate.site_folder import SiteFolder, hides, is_read
from feedd.patterns import late_pattern

_TOKEN = late_pattern(r"\.\*|\\[^\w]|[\w/ -]")  # of a regular expression that is a plain text with gaps
_LONGEST, _MOST_REPEATS = 200, 4
_MOST_HIDDEN = 40
_INDEXES = ("/index.md", "/index.mdx", "/index.markdown", "/index.html")
_TEXTS = (*MARKDOWN, ".html")
_REPEATED_GROUP = late_pattern(r"\)[*+?{]")


def globs_leave_out(includes: Sequence[str], excludes: Sequence[str]) -> Callable[[str], bool]:
    """Whether a mount of Hugo leaves out a path below its source."""
    included, excluded = _globs(includes), _globs(excludes)

    def is_left_out(path: str) -> bool:
        form = f"/{path}"
        is_included = not includes or any(each.matches(form) for each in included)
        return not is_included or any(each.matches(form) for each in excluded)

    return is_left_out


def glob_patterns(written: Sequence[str], below: str) -> list[str]:
    """Patterns of `items.ignore` for patterns of paths of a mount; the path of the items' directory is as above."""
    each_way = (each.lstrip("/") for text in written for each in without_braces(text) or ())
    return [found for each in each_way for found in placed(each.split("/"), below, star_is_deep=False)]


def expression_leaves_out(written: str) -> Callable[[str], bool] | None:
    """Whether an expression of Hugo's `ignoreFiles` is found in a path; None for one that is not understood, or might
    take long.
    """
    repeats = sum(written.count(mark) for mark in "*+{")
    if len(written) > _LONGEST or repeats > _MOST_REPEATS or "[[" in written or _REPEATED_GROUP.search(written):
        return None
    try:
        form = re.compile(written)
    except re.error:
        return None
    return lambda path: form.search(f"/{path}") is not None


def expression_patterns(written: str, below: str) -> list[str] | None:
    """Patterns of `items.ignore` for an expression that is a plain text with gaps; None for another."""
    ends = written.endswith("$") and not written.endswith("\\$")
    bare = written.removesuffix("$") if ends else written
    tokens = _TOKEN.findall(bare)
    if "".join(tokens) != bare or not tokens:
        return None
    plain = "".join("*" if each == ".*" else each.removeprefix("\\") for each in tokens)
    if GLOB_MARKS.intersection(plain.replace("*", "")) or "\\*" in bare:
        return None
    shut = ends or plain.endswith("/")
    return [made for way in each_way(plain.rstrip("/")) for made in _anywhere(way if shut else f"{way}*", below)]


def _anywhere(plain: str, below: str) -> list[str]:
    """Patterns for a text with gaps that may begin anywhere in a path, above the items' directory, too."""
    first, *rest = (part if part.strip("*") else part and "**" for part in plain.split("/"))
    parts = ["**", *([f"*{first}"] if first else []), *rest]
    names = below.strip("/").split("/")
    within = [
        as_path("/".join(parts[at + 1 :]))
        for at in range(1, len(parts) - 1)
        if len(names) >= at and all(map(fnmatch.fnmatchcase, names[-at:], parts[1 : at + 1]))
    ]
    return [*placed(parts, below, star_is_deep=False), *within]


def _globs(written: Sequence[str]) -> list[PathGlob]:
    each_way = (each for text in written for each in without_braces(text) or ())
    return [PathGlob.of(f"/{each.lstrip('/')}") for each in each_way]


def mount_patterns(mount: Node) -> tuple[list[str], list[str]]:
    """The patterns of paths that a mount includes, and those that it excludes."""
    files = words(mount, "files")
    includes = [*words(mount, "includeFiles"), *(each for each in files if not each.startswith("!"))]
    return includes, [*words(mount, "excludeFiles"), *(each[1:].strip() for each in files if each.startswith("!"))]


def hidden_patterns(site: SiteFolder, config: Tree, seeds: str) -> tuple[str, ...]:
    """What Hugo publishes no page of, and no `_index.md` says so: what the configuration hides by `cascade`, and texts
    beside the index of a bundle.
    """
    below = f"{seeds}/" if seeds else ""
    cascades = at(config, "cascade")
    found: list[str] = []
    for entry in cascades if isinstance(cascades, list) else [cascades]:
        if any(mark.is_for_all for mark in cascade_marks(entry)):
            found.append("*")
        if hides(entry):
            targets = (word(entry, "target", "path"), word(entry, "_target", "path"))
            found += [pattern for path in filter(None, targets) for pattern in _patterns(path, seeds)]
    beside = [path.removeprefix(below) for path in _beside_indexes(site, below)]
    if len(beside) > _MOST_HIDDEN:
        beside = sorted({path.rpartition("/")[2] for path in beside})
    return tuple(dict.fromkeys(each for each in (*found, *beside[:_MOST_HIDDEN]) if each))


def _patterns(path: str, seeds: str) -> Iterator[str]:
    """The patterns of paths below the items' directory for a pattern of addresses on the site."""
    section = seeds.partition("/")[2]  # below the content
    for each in without_braces(path) or ():
        bare = each.strip("/")
        if bare.startswith(f"{section}/") and section:
            yield f"{bare.removeprefix(f'{section}/')}"
        elif bare and (not section or bare.startswith("**")):
            yield bare if "/" in bare else f"{bare}/"


def _beside_indexes(site: SiteFolder, below: str) -> Iterator[str]:
    """The texts, and pages of HTML, of which Hugo makes no page, for they lie in a bundle. Of an index in HTML beside
    one in Markdown it makes none, either.
    """
    bundles = {path.rpartition("/")[0] + "/" for path in site.files if path.endswith(_INDEXES)}
    in_markdown = {path.rpartition("/")[0] for path in site.files if path.endswith("/index.md")}
    for path in site.files:
        folder, _, name = path.rpartition("/")
        if not path.startswith(below) or not path.endswith(_TEXTS) or not is_read(path, below):
            continue
        is_index = name.startswith("index.")
        if (name == "index.html" and folder in in_markdown) or (not is_index and _in_bundle(path, bundles)):
            yield path


def _in_bundle(path: str, bundles: set[str]) -> bool:
    folder = path.rpartition("/")[0]
    while folder:
        if f"{folder}/" in bundles:
            return True
        folder = folder.rpartition("/")[0]
    return False
