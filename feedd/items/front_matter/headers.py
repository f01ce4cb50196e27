"""Headers, as Pelican and MultiMarkdown have them: first lines of a file, in; a tree, or its names and texts, out.

A field is a line `Name: value`; lines under it that begin with blanks go on with it. The first empty line ends the
headers. Names are read in small letters. Nikola has such lines behind two dots, in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedd.items.front_matter.tree_checks import sealed_texts
from feedd.items.front_matter.yaml import FrontMatter, FrontMatterError, Node, Scalar
from feedd.patterns import late_pattern

_HEADER = late_pattern(r"([A-Za-z][\w -]{0,48}?)[ \t]*:(?:[ \t]+|(?!//))(.*)")
_IN_COMMENT = late_pattern(r"<!--[ \t]*\n((?:\.\. [^\n]*\n)+)[ \t]*-->[ \t]*(?:\n|$)")
_WITHHOLDING_TAG = late_pattern(r"""^tags[ \t]*:(?:.*[ \t,;\["'])?(draft|private)[ \t"']*(?:[,;\]]|$)""", re.IGNORECASE)
_AFTER_STRAY_END = late_pattern(r"(?:[ \t]*\n)*((?:\.\. [^\n]*(?:\n|$))+)")
_TITLE = late_pattern(r"title[ \t]*:[ \t]*\S", re.IGNORECASE)


def are_headers(lines: list[str]) -> bool:
    """Whether lines, of which none is empty, are the headers of a text: each is a field, or goes on with one, and one
    of them is a title.
    """
    if not lines or lines[0][:1] in (" ", "\t"):
        return False
    return any(map(_TITLE.match, lines)) and all(line[:1] in (" ", "\t") or _HEADER.fullmatch(line) for line in lines)


def in_comment(text: str) -> tuple[str, str, int] | None:
    """The headers and the body of a text that begins with a comment of HTML in which each line is a field behind two
    dots, as Nikola has them; None for any other text. A tag by which Nikola withholds a text is a status, too, also
    below a stray end of the comment: last, the number of lines that this adds.
    """
    found = _IN_COMMENT.match(text)
    lines = [line[3:] for line in found[1].splitlines()] if found else []
    if found is None or not are_headers(lines):
        return None
    after = _AFTER_STRAY_END.match(text, found.end())
    strays = [line[3:] for line in after[1].splitlines()] if after else []
    withholding = [word for line in (*lines, *strays) for word in _WITHHOLDING_TAG.findall(line)]
    lines += [f"status: {word}" for word in withholding[:1]]
    return "".join(f"{line}\n" for line in lines), text[found.end() :], len(withholding[:1])


def read_tree(front: str) -> FrontMatter:
    """The front matter, read. Raises FrontMatterError for a field that is given twice."""
    tree: dict[str, Node] = {}
    for scalar in scalars(front):
        name = str(scalar.path[0])
        if scalar.is_name:
            if name in tree:
                words, line = "is given twice; keep one", front.count("\n", 0, scalar.start) + 2
                raise FrontMatterError(f"a field {words}", line, f"`{name[:60]}` {words}")
            tree[name] = None
        else:
            tree[name] = scalar.text or None
    seals: list[str] = []
    secured = sealed_texts(tree, seals)
    return FrontMatter(tree, seals, secured, plain=False)


def scalars(front: str) -> Iterator[Scalar]:
    """All names and values of the headers, sealed ones too, in the order of the text."""
    lines = front.split("\n")
    at = offset = 0
    while at < len(lines):
        found = _HEADER.fullmatch(lines[at])
        if found is None:
            offset += len(lines[at]) + 1
            at += 1
            continue
        path = (found[1].lower(),)
        yield Scalar(path, found[1], True, offset, offset + found.end(1), "", False, "")
        start = offset + found.start(2)
        offset += len(lines[at]) + 1
        texts = [found[2]]
        at += 1
        while at < len(lines) and lines[at][:1] in (" ", "\t"):
            texts.append(lines[at])
            offset += len(lines[at]) + 1
            at += 1
        text = "\n".join(filter(None, map(str.strip, texts)))
        yield Scalar(path, text, False, start, max(offset - 1, start), "|", False, "")
