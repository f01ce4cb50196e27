"""Joined files: a body, in; names that seal or withhold, and stand in headers or an object of a second file, out.

Two files were joined to one, or a stray line ends the headers early. A second front matter in YAML
or TOML is found by `stray_fences`, among all that a stray line may have moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from feedd.items.front_matter.code_lines import Lines, in_code_or_template, split_lines
from feedd.items.front_matter.formats import read_tree, split
from feedd.items.front_matter.headers import are_headers
from feedd.items.front_matter.toml import as_yaml
from feedd.items.front_matter.yaml import FrontMatterError
from feedd.items.withholding.audience_marks import names_audience
from feedd.items.withholding.broken_files import asks_to_be_withheld
from feedd.items.withholding.damaged_names import SEALING, letters, names_in
from feedd.items.withholding.mentions import WINDOW, Mention, around, follows_comma, is_harmless, mark_given
from feedd.patterns import late_pattern

_MAY_BEGIN = late_pattern(r"(?:^|[\n{,])[ \t]*+[\"']?title|\"title\"|\n\.\. |\n-->", re.IGNORECASE)
# In small letters of ASCII; an i without its dot, or with one above a capital, counts as an i where case does not.
_TITLES = tuple(name.encode() for name in ("title", "t\u0131tle", "t\u0130tle"))
_IN_COMMENT = late_pattern(r"\.\. |<!--|-->")
_FENCE = late_pattern(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})")
_TOML_BLOCK = late_pattern(r"(?:[-*+][ \t]|\d{1,9}[.)][ \t])?[`~]{3,}[ \t]*(?:toml|ya?ml)[ \t]*", re.IGNORECASE)
_TOML_TITLE = late_pattern(r"^title[ \t]*=[ \t]*(?:[\"']+|(?:'''|\"\"\")\s*+)[^\s\"']", re.MULTILINE)
_AFTER_COLON = late_pattern(r"\"?[ \t]*:")
_TITLE_OF_OBJECT = late_pattern(r'(?:^|[{,])[ \t]*"title"[ \t]*:')
_TOML_ADVICE = (
    "stands in the body, in a code block of TOML, with which a second file may begin; if it is a sample, end the line "
    "above it with a colon"
)
_ADVICE = (
    "stands in the body, in lines such as a second file begins with; if it is a sample, put it in a code block, "
    "between two lines of three backquotes"
)


def may_be_joined(body: str) -> bool:
    """Whether a body may hold a second file that `joined_files` finds: a quick look."""
    small = body.encode("utf-8", "replace").lower()  # in bytes, a word is looked for much faster than a pattern
    titles = _TITLES[:1] if body.isascii() else _TITLES
    may_begin = any(map(small.__contains__, (*titles, b"\n.. ", b"\n-->")))
    return may_begin and _MAY_BEGIN.search(body) is not None


def joined_files(body: str, *, has_seals: bool, has_front: bool) -> Iterator[Mention]:
    """The fields that seal or withhold in blocks of headers with a title, outside of code, and in blocks of TOML.

    `has_seals`: sealed text may go on in the body, above a stray end of the comment with the headers. `has_front`:
    there is a front matter above the body.
    """
    if not may_be_joined(body):
        return
    lines = split_lines(body)
    code = in_code_or_template(lines.texts, nested=False)
    yield from _fenced(body, lines, code)
    yield from toml_blocks(body, has_front=has_front)
    yield from _moved_headers(lines, code)
    start, first = 0, True
    while start < len(lines.texts):
        end = start
        while end < len(lines.texts) and lines.texts[end].strip() and not code[end]:
            end += 1
        block = lines.texts[start:end]
        if block and first and has_seals and "-->" in block and "<!--" not in block:
            yield Mention(("body",), lines.starts[start], f"the rest of a comment with headers {_ADVICE}")
        if block and (_has_headers(block) or _is_object(block)):
            yield from _fields(lines.starts[start], block)
        first = first and not block
        start = max(end, start + 1)


def rest_of_object(body: str) -> Iterator[Mention]:
    """The fields that seal or withhold in the first lines of a body under an object of JSON, if these lines read as the
    rest of the object: a brace has ended it too early.
    """
    start = len(body) - len(body.lstrip())
    rest = body[start:].partition("\n\n")[0]
    if rest[:1] in (",", "}", "]") or (rest[:1] == '"' and rest.rstrip().endswith("}")):
        yield from _fields(start, [rest.replace("\n", " ")])


def _fenced(body: str, lines: Lines, code: Sequence[bool]) -> Iterator[Mention]:
    """The front matters of a body, between two fences of a kind, that have a title and ask to be withheld."""
    fences = [at for at, line in enumerate(lines.texts) if line.rstrip() in ("---", "+++") and not code[at]]
    for first, last in pairwise(fences):
        mark = lines.texts[first].rstrip()
        front = f"{mark}{body[lines.starts[first] + len(mark) : lines.starts[last]]}{mark}\n"
        if (
            lines.texts[last].rstrip() == mark
            and _has_title(front)
            and (asks_to_be_withheld(data := front.encode("utf-8", "replace")) or names_audience(data))
        ):
            yield Mention(("body",), lines.starts[first], f"a mark that withholds {_ADVICE}", withholds=True)


def _moved_headers(lines: Lines, code: Sequence[bool]) -> Iterator[Mention]:
    """The fields that seal or withhold behind two dots between other lines of code: a header of a comment was moved
    there. A sample of such a comment has two dots in each of its lines.
    """
    for at, line in enumerate(lines.texts):
        if line.startswith(".. ") and code[at]:
            beside = (near.strip() for near in lines.texts[max(at - 1, 0) : at + 2])
            if any(near and not near.startswith((".. ", "<!--", "-->")) and not _FENCE.match(near) for near in beside):
                yield from _fields(lines.starts[at], [line])


def toml_blocks(body: str, *, has_front: bool, has_samples: bool = True) -> Iterator[Mention]:
    """Code blocks of TOML with a title, and with a name that seals or withholds: files may begin with such a block. A
    repeated line may name YAML as its language.

    `has_samples`: a block under a line that ends with a colon is a sample; `has_front`: under a heading, too.
    """
    if "toml" not in (small := body.lower()) and "yaml" not in small and "yml" not in small:
        return
    lines = split_lines(body)
    above, last, start, fence, is_toml = "", "", 0, "", False
    for at, line in enumerate(lines.texts):
        mark, opening = line.strip(), _FENCE.match(line)
        if fence and len(mark) >= len(fence) and not mark.strip(fence[0]):
            ends_with_colon = above.rstrip(" \t*_`").endswith((":", "\uff1a"))
            is_sample = has_samples and (ends_with_colon or (has_front and above.startswith("#")))
            if is_toml and not is_sample:
                yield from _of_block(body[start : lines.starts[at]], start)
            fence, last = "", line
        elif opening and fence in ("", opening[1]):  # within a block, the end of that block is lost
            fence, is_toml = opening[1], _TOML_BLOCK.fullmatch(line) is not None
            start, above, last = lines.starts[at] + len(line) + 1, last or above, ""
        elif mark:
            last = line


def _of_block(front: str, start: int) -> Iterator[Mention]:
    fenced = f"+++\n{front}+++\n"
    if not _has_title(fenced):
        return
    if asks_to_be_withheld(fenced.encode("utf-8", "replace")):
        yield Mention(("body",), start, f"a mark that withholds {_TOML_ADVICE}", withholds=True)
    for found in _fields(start, as_yaml(front).split("\n")):
        if not found.withholds:
            yield replace(found, reason=f"a `secured` field {_TOML_ADVICE}")


def _has_title(front: str) -> bool:
    """Whether a text reads as a front matter with a title."""
    if "title" not in front.lower() or next(names_in(front), None) is None:
        return False
    try:
        return any(name.lower() == "title" and value for name, value in read_tree(split(front)).tree.items())
    except FrontMatterError:
        return _TOML_TITLE.search(front) is not None


def _has_headers(block: list[str]) -> bool:
    """Whether lines, or those from the first header on, are headers with a title among them."""
    plain = [_IN_COMMENT.sub("", line, count=1) for line in block]
    plain = [line for line in plain if line.strip()]
    start = next((at for at, line in enumerate(plain[:2]) if are_headers([line, "title: x"])), len(plain))
    return len(plain) - start > 1 and are_headers(plain[start:])


def _is_object(block: list[str]) -> bool:
    """Whether a line of these begins an object of JSON, and a field of theirs is a title."""
    return any(line.startswith("{") for line in block) and any(map(_TITLE_OF_OBJECT.search, block))


def _fields(at: int, block: list[str]) -> Iterator[Mention]:
    for line in block:
        for found in names_in(line):
            before = line[max(found.start() - WINDOW, 0) : found.start()]
            before = _IN_COMMENT.sub("", before, count=1) if found.start() < WINDOW else before
            after = line[found.end() : found.end() + WINDOW]
            name = letters(found[0])
            before, after = around(name, before, after)
            if (before.strip(' \t"') and not follows_comma(before)) or not _AFTER_COLON.match(after):
                continue
            if name == SEALING and not is_harmless(after):
                yield Mention(("body",), at + found.start(), f"a `secured` field {_ADVICE}")
            elif name != SEALING and mark_given(name, after, swept=False):
                yield Mention(("body",), at + found.start(), f"`{name}` {_ADVICE}", withholds=True)
        at += len(line) + 1
