"""Files that another program wrote out: a text, in; the text that this program was given, out.

Programs put a file into a diff, a mail, a listing with numbers, a string of JSON, HTML, an address or a code block.
Each of these is undone here. Nobody reads the result as an item: it only tells whether a person sees a mark in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import unquote

from feedd.items.front_matter.code_lines import in_code, in_code_or_template, split_lines
from feedd.items.withholding.mentions import is_spoken
from feedd.items.withholding.other_forms import FIELD_NAMES, as_fields
from feedd.items.withholding.withholding_marks import MARKS_BY_NAME
from feedd.patterns import late_pattern

_ROUNDS = 3  # a listing in a string in HTML
_HEAD = 80  # lines among which the title of a front matter stands
_AROUND = (
    *(("<!--", "-->"), ("/*", "*/"), ('"""', '"""'), ("'''", "'''"), ('"', '"'), ("'", "'"), ("`", "`")),
    *(("b'", "'"), ('b"', '"'), ("\u201c", "\u201d"), ("<pre", "</pre>"), ("<details", "</details>")),
)
_DIFF = late_pattern(
    r"(?:(?:diff|index|Index:|new file|deleted file|---|\+\+\+|====)[^\n]*+\n)*@@[^\n]*+\n(?:\\[^\n]*+\n)?"
)
_ELEMENT = late_pattern(rf"<((?:is)?(?:secured|title|dg-publish|{'|'.join(MARKS_BY_NAME)}))>", re.IGNORECASE)
_IN_SHEET = late_pattern(r"[^\n\",;]{1,60}[,;]\"")
_LINE_END_TAG = late_pattern(r"<br\b[^<>\n]{0,40}>|</(?:p|div|li|tr|pre|h[1-6]|dd|dt|code)>", re.IGNORECASE)
_CELL_END = late_pattern(r"</t[dh]>", re.IGNORECASE)
_TAG = late_pattern(r"</?[a-z][^<>\n]{0,200}>", re.IGNORECASE)
_ESCAPED = late_pattern(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))")
_ESCAPES = {"n": "\n", "r": "\n", "t": "\t"}
_ESCAPED_LINE_END = late_pattern(r"\\[nr]")
_PERCENT_LINE_END = late_pattern("%0[ad]", re.IGNORECASE)
_QUOTED_PRINTABLE = late_pattern("=(?:3D|20\n|C[23]=|E2=)|(?<![^\n]{76})(?<=[^\n=]{75})=\n")
_SOFT_BREAK = late_pattern(r"=(?:\n|([0-9A-F]{2}))")
_TITLE = late_pattern(r"([^\n]{1,60}?)(?:<[^<>\n]{1,40}>)?[\"']?(?:\b|(?<=\d))title\b[\"']?[ \t]*[:=]", re.IGNORECASE)
_ANY_FIELD = late_pattern(
    rf"[\"']?(?:dg-publish|{'|'.join(sorted(FIELD_NAMES))})[\"']?\s*[:=]|[-+]{{3}}(?=[^-+]|$)",
    re.IGNORECASE,
)
_BEGINS = late_pattern(
    rf"[^\w\n]{{0,12}}(?:toml\s|{_ANY_FIELD.pattern}|\w{{1,20}}[ \t]*[:=]|---|\+\+\+|<!--)", re.IGNORECASE
)
_OBJECT = late_pattern(r"([^\n{\"]{1,60})\{[ \t]*\"")
_OBJECT_IN_ROW = late_pattern(r"\s*\|[ \t]*\{[ \t]*\"")
_IN_PREFIX = late_pattern(r"[ \t]*[-+](?:[-+ \t]*[-+])?|[ \t]+|[0-9a-fA-F]*\d[0-9a-fA-F]*|[^-+ \t\d]")


def readings(text: str) -> Iterator[str]:
    """What a text was before other programs wrote it out: a text for each step back. None for most texts."""
    for _ in range(_ROUNDS):
        if fields := as_fields(text):
            yield fields
        if _OBJECT_IN_ROW.match(text):
            yield text.replace("|", ":")
        inner = _without_wrapping(text)
        before = _on_lines(_without_prefixes(_decoded(inner, is_all=inner != text)))
        if before == text:
            return
        yield before
        text = before


def _without_wrapping(text: str) -> str:
    """What stands in a code block, a comment or quotes, if nothing stands outside of them."""
    stripped = text.strip()
    if (cell := _IN_SHEET.match(stripped)) and stripped.endswith('"'):
        return stripped[cell.end() : -1].replace('""', '"')
    if diff := _DIFF.match(stripped):
        return stripped[diff.end() :] + "\n"
    if stripped.startswith(("```", "~~~")):
        lines = stripped.split("\n")
        return "\n".join(lines[1:-1]) + "\n" if len(lines) > 2 and _is_one_block(lines) else text
    for opening, closing in _AROUND:
        if len(stripped) > len(opening) and stripped.startswith(opening) and stripped.endswith(closing):
            inner = stripped[len(opening) : -len(closing)]
            if opening.startswith("<") and opening[1].isalpha():
                inner = inner.partition("</summary>" if "</summary>" in inner else ">")[2]
            return inner if closing not in inner or opening in ('"', "'", "b'", 'b"') else text
    return text


def _is_one_block(lines: list[str]) -> bool:
    """Whether the first line of these opens a code block, and the last one closes it. If there are code blocks in it,
    the last line looks like the beginning of a block without an end.
    """
    mark = lines[0][0]
    fence = lines[0][: len(lines[0]) - len(lines[0].lstrip(mark))]
    closings = sum(1 for line in lines if not line.strip(f"{mark} \t") and len(line.strip()) >= len(fence))
    if lines[-1].strip(mark) or len(lines[-1]) < len(fence):
        return False
    code = in_code(lines)
    return not code[-1] or (all(code) and closings == (1 if lines[0] != fence else 2))


def _decoded(text: str, *, is_all: bool) -> str:
    """A text without escapes, elements and entities. What its code blocks show is left out then, unless the text is all
    that something else shows.
    """
    if '""title""' in text:
        text = text.replace('""', '"')
    if '\\"' in text or _ESCAPED_LINE_END.search(text):
        text = _ESCAPED.sub(_unescaped, text)
    if _PERCENT_LINE_END.search(text):
        text = unquote(text.replace("+", " "))
    if _QUOTED_PRINTABLE.search(text):
        text = _SOFT_BREAK.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text)
    text = text.replace("\0", "\n").replace("\u23ce", "\n").replace("\u21b5", "\n")
    if ("<" in text and _TAG.search(text)) or ("&" in text and unescape(text) != text):
        first = text.partition("\n")[0]
        text = text if is_all or unescape(first) != first else _without_code(text)
        text = _LINE_END_TAG.sub("\n", _ELEMENT.sub(r"\1: ", text))
        text = unescape(_TAG.sub("", _CELL_END.sub("\t", text)))
    return text


def _without_code(text: str) -> str:
    lines = split_lines(text).texts
    return "\n".join("" if is_code else line for line, is_code in zip(lines, in_code_or_template(lines), strict=True))


def _unescaped(found: re.Match[str]) -> str:
    code, byte, letter = found.groups()
    return chr(int(code or byte, 16)) if code or byte else _ESCAPES.get(letter, letter)


def _without_prefixes(text: str) -> str:
    """A text without what stands before the title on its line, on each line that begins in the same way: with a number
    in the place of a number, with any of blank, plus and minus in the place of these.
    """
    lines = split_lines(text).texts
    first = next(filter(str.strip, lines), "")
    prefix = found[1] if (found := _OBJECT.match(first)) else _before_title(lines) or _before_object(lines)
    if not prefix.strip(" \t\"'") or "`" in prefix or _ANY_FIELD.search(prefix):
        return text
    parts = _IN_PREFIX.findall(prefix)
    pattern = re.compile(r"[ \t]{0,3}" + "".join(map(_alike, parts)), re.IGNORECASE)
    kept = ("---", "+++") if prefix.strip() == "-" else ()  # in a list, a fence is none of its entries
    ends = [found.end() if line.rstrip() not in kept and (found := pattern.match(line)) else 0 for line in lines]
    if sum(map(bool, ends)) < 2 and len(lines) > 2 and not _OBJECT.match(first):
        return text  # a word that stands before the title alone
    return "\n".join(line[end:] for line, end in zip(lines, ends, strict=True))


def _before_title(lines: list[str]) -> str:
    return next((found[1] for line in lines[:_HEAD] if (found := _TITLE.match(line))), "").partition("{")[0]


def _before_object(lines: list[str]) -> str:
    return next((found[1] for line in lines[:_HEAD] if (found := _OBJECT.match(line))), "")


def _on_lines(text: str) -> str:
    """A text whose first paragraph has several names of a front matter on a line, with a line for each of them. Any
    other text as it is.
    """
    above, gap, below = text.partition("\n\n")
    names = _ANY_FIELD.findall(above)
    if not any(_is_named(name, "title") for name in names) or len(names) < 2:
        return text
    if (
        "\n" in text.strip("\n")
        and not any(_is_named(name, "secured") for name in names)  # no prose has both names with a colon
        and not (_BEGINS.match(above) and any(_has_field_within(line) for line in above.split("\n")))
    ):
        return text
    return _ANY_FIELD.sub(_on_its_line, above) + gap + below


def _has_field_within(line: str) -> bool:
    return any(line[: found.start()].strip(" \t\"'") for found in islice(_ANY_FIELD.finditer(line), 2))


def _on_its_line(found: re.Match[str]) -> str:
    is_mark = found[0].strip("\"' \t\n:=").lower() not in ("secured", "title")
    return found[0] if is_mark and is_spoken(found.string, found.start()) else "\n" + "".join(found[0].split())


def _is_named(field: str, name: str) -> bool:
    return field.strip("\"' \t\n:=").lower() == name


def _alike(part: str) -> str:
    """The pattern of what may stand in the place of a part. Each takes what it can, so that none is tried twice."""
    if signs := part.count("-") + part.count("+"):
        return f"[-+ \t]{{{signs},{len(part)}}}+"
    if part[0] in " \t":
        return f"[ \t]{{0,{len(part)}}}+"
    return "[0-9a-fA-F]++" if any(map(str.isdigit, part)) else re.escape(part)
