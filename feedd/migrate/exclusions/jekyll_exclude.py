"""Jekyll's `exclude`: its patterns in; whether a path is left out, and patterns of `items.ignore`, out."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence

from feedd.migrate.exclusions.left_out import GLOB_MARKS, as_path, each_way, placed, with_folders
from feedd.migrate.site_folder import TEXTS
from feedd.patterns import late_pattern

_ALWAYS_OF_JEKYLL = (
    *(".sass-cache", ".jekyll-cache", "gemfiles", "node_modules"),
    *("vendor/bundle/", "vendor/cache/", "vendor/gems/", "vendor/ruby/"),
)
_OTHERS = late_pattern(r".*\.(?!md$|markdown$|mdx$|html?$)\w+")  # pictures and the like


def without_included(written: Sequence[str], included: Sequence[str]) -> list[str]:
    """The patterns of `exclude` that `include` does not have, too."""
    names = {each.strip("/") for each in included}
    return [each for each in written if each.strip("/") not in names]


def takes_back(included: Sequence[str]) -> Callable[[str], bool]:
    """Whether `include` has a text, whatever `exclude` says of it: by its name, or by its path below `_posts`."""
    patterns = [each.strip("/") for each in included if each.strip("/")]

    def is_taken_back(path: str) -> bool:
        parts = path.split("/")
        below = "/".join(parts[parts.index("_posts") + 1 :]) if "_posts" in parts else path
        forms = (parts[-1], below, path)
        return any(
            fnmatch.fnmatchcase(form, each) or form == each or form.startswith(f"{each}/")
            for each in patterns
            for form in forms
        )

    return is_taken_back


def jekyll_leaves_out(written: Sequence[str]) -> Callable[[str], bool]:
    """Whether Jekyll passes over a path below its source: by the patterns of `exclude`, and by those it always has.
    A pattern is the beginning of a path, or one of a whole path, in which `*` stands for slashes, too.
    """
    patterns = [each.removeprefix("/") for each in (*_ALWAYS_OF_JEKYLL, *written) if each.strip("/")]
    begins = tuple(patterns)
    globs = [each for each in patterns if GLOB_MARKS.intersection(each)]
    return lambda path: (
        path.startswith(begins)
        or any(fnmatch.fnmatchcase(whole, each.rstrip("/")) for each in globs for whole in with_folders(path))
    )


def jekyll_patterns(written: Sequence[str], below: str, folders: Sequence[str]) -> list[str]:
    """Patterns of `items.ignore` for `exclude`. `below`: the path of the items' directory, with `/` behind it.
    `folders`: those of the items, as seen from the source, as that is; none if all are.
    """
    found: list[str] = []
    for each in (*(() if folders else _ALWAYS_OF_JEKYLL), *written):
        bare = each.removeprefix("/")
        if GLOB_MARKS.intersection(bare):
            ways = each_way(bare.rstrip("/")) if not _OTHERS.fullmatch(bare) else ()
            found += [made for way in ways for made in placed(way.split("/"), below, star_is_deep=True)]
        elif folders and not any(f"{folder}/".startswith(bare) or bare.startswith(f"{folder}/") for folder in folders):
            continue
        elif bare.startswith(below) and (rest := bare.removeprefix(below)):
            ends = bare.endswith(("/", *TEXTS))
            found.append(as_path(rest if ends else f"{rest}*"))
    return found
