"""Missing titles: a file whose front matter gives no title, in; its title from elsewhere, or why it has none, out."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from feedd.items.fields import FIELDS, HTML_SUFFIXES, OWN_FIELDS
from feedd.items.findings import Findings
from feedd.items.foreign import titles
from feedd.items.foreign.foreign_names import has_meaning
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.front_matter.yaml_dropped import COMMENT

_NO_FRONT_MATTER = "no front matter"
_OF_FOLDERS = frozenset(
    ("readme", "license", "licence", "copying", "contributing", "code_of_conduct", "changelog", "changes", "security")
)
_NO_TITLE: tuple[FieldPath, str] = ((), "no title: give it a line `title: ...`")
_EMPTY = "no title: the field is empty; write the title here"


def why_no_item(path: str) -> str | None:
    """Why a file without front matter is no item; None if it is one."""
    name = path.rpartition("/")[2].lower()
    if name.endswith(HTML_SUFFIXES):
        return f"{_NO_FRONT_MATTER}: the first line has to be `---`"
    if name.rpartition(".")[0] in _OF_FOLDERS and not _is_note(path):
        return f"{_NO_FRONT_MATTER}, and a file of this name speaks of its folder; if it is an item, give it a title"
    return None


def _is_note(path: str) -> bool:
    """Whether a file is a note by its place and its capitals, such as `Companies/Security.md`."""
    *folders, name = path.split("/")
    return bool(folders) and name.startswith(("Security.", "Changes."))


def give_title(path: str, tree: dict[str, Node], body: str, values: dict[str, Any], findings: Findings) -> str:
    """Takes the title from the heading of the body, or from the name of the file, and gives the body without it.

    A front matter that has fields of feedd's own has to give the title itself, and so has one with a title that is
    empty, or with a slip in its name.
    """
    if (("title",), COMMENT) in findings.notes:
        findings.problems.append((("title",), f"no title: {COMMENT}"))
    elif slip := _misspelt_title(tree):
        findings.unknown((slip,), slip, "title")
    elif not OWN_FIELDS.isdisjoint(tree) or path.lower().endswith(HTML_SUFFIXES):
        findings.problems.append(_no_title(tree))
    elif (found := titles.first_heading(body, path)) and not titles.is_of_part(found.title, path):
        values["title"] = found.title
        return found.rest
    elif "title" in tree or "name" in tree:
        findings.problems.append(_no_title(tree))
    else:
        values["title"] = titles.title_of_name(path)
    return body


def _no_title(tree: dict[str, Node]) -> tuple[FieldPath, str]:
    """What is wrong with a file without a title: at the field that should hold it, if there is one."""
    return next((((name,), _EMPTY) for name in ("title", "name") if name in tree), _NO_TITLE)


def _misspelt_title(tree: dict[str, Node]) -> str | None:
    """The name of a field that nobody is known to use, and that is `title` with a slip in it."""
    names = [name for name in tree.keys() - FIELDS.keys() if 4 <= len(name) <= 6 and not has_meaning(name)]
    return next(iter(get_close_matches("title", sorted(names), 1, cutoff=0.75)), None)
