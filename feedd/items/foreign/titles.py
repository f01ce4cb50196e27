"""Titles that stand outside of a front matter: a body or a file's name in; a title, and the body without it, out.

A title shows no more of a heading than the body would show.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from feedd.items import text
from feedd.items.bodies import excerpts
from feedd.items.bodies.foreign_marks import MDX_SUFFIX, read_body
from feedd.items.bodies.hidden_parts import SHOW_NO_TEXT, without_hidden_elements, without_remarks
from feedd.items.bodies.literal_spans import literal_spans
from feedd.items.bodies.page_facts import PageFacts
from feedd.patterns import late_pattern
from feedd.signs import has_mark

_ATX = late_pattern(r" {0,3}#(?:[ \t]+|$)(.*)")
_UNDERLINE = late_pattern(r" {0,3}=+[ \t]*")
_CLOSING_MARKS = late_pattern(r"(?:^|[ \t])#+[ \t]*$")
_ANCHOR = late_pattern(r"[ \t]*\{:?[ \t]*[#.][^{}]*\}[ \t]*$")
_OTHER_HEADING = late_pattern(r" {0,3}#{2,6}(?:[ \t]|$)")
# Before its title a text may import what it uses, carry a comment or badges, or open a frame. It says nothing yet.
_SAYS_NOTHING = late_pattern(
    r"(?:import|export)[ \t].*|\{[%#/].*|\[?!\[.*|\[\[?[A-Z]+\]?\]|</?[a-zA-Z].*|[-*_]{3,}|.*-->"
    r"|\[[^\^\[\]][^\[\]]*\]:.*"
)
_INLINE = late_pattern(
    r"<!--(?!-?>)[^\n]*?-->|%%(?:[^%\n]|%(?!%))*%%"  # a comment
    r"|==(?=[^\s=])([^=\n]*[^\s=])==(?!\w)|~(?<=[A-Za-z)\]]~)([A-Za-z0-9+-]{1,10})~(?!~)"
    r"|\^(?<=[A-Za-z0-9)\]]\^)([A-Za-z0-9+-]{1,20})\^(?!\^)"
    r"|!?\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]*)\]\]"  # a wiki link
    r"|!?\[([^\[\]\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])"  # a link, or a picture
    r"|(?P<code>`+)([^`\n]+)(?P=code)"  # code
    r"|\*\*([^*\n]+)\*\*|(?<![\w*])\*([^*\s][^*\n]*)\*(?![\w*])"
    r"|(?<![\w_])__([^_\n]+)__(?![\w_])|(?<![\w_])_([^_\s][^_\n]*)_(?![\w_])"
    r"|\\([!-/:-@\[-`{-~])"
)
_STRUCK = late_pattern(r"~~(?=[^\s~])([^~\n]*[^\s~])~~(?!~)")
_NOTE = late_pattern(r"(?P<code>`+)[^`\n]+(?P=code)|\^\[[^\[\]\n]+\](?![(\[+?{$])|(?<!\\)\[\^[^\[\]\s]+\]")
_OPENS = late_pattern(r"\{(?:\{[<%]|%)-?[ \t]*([A-Za-z][\w-]*)")
_ENDS = late_pattern(r"\{(?:\{[<%]|%)-?[ \t]*(?:/[ \t]*|end)([A-Za-z][\w-]*)")
_READ_MARKS = ("{{", "{%", "{#", "{/", "<")
_END = "\ufdd2"  # stands below a heading: what has no end there would hide it
_BLOCK_MARKS = ("{", "<")  # one of them stands in whatever hides the lines below it, or shows them as they are
_AS_WRITTEN = late_pattern(r"[&<>~\x80-\U0010ffff]")
_LONGEST_LINE = 1000
_MOST_LINES = 200  # before a heading
_DATE_BEFORE = late_pattern(r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{8})(?:[-_ ]+(?=.)|$)")
_PARTS = frozenset(("summary", "abstract", "overview", "motivation", "context", "background", "contents"))
_INDEXES = frozenset(("index", "_index", "readme"))


class Heading(NamedTuple):
    """The first heading of a body, as plain text, and the body without it."""

    title: str
    rest: str


def first_heading(body: str, path: str = "") -> Heading | None:
    """The heading of the first level with which a Markdown body begins; None if a paragraph or another heading comes
    first.

    Comments, imports, badges, tags and lines between them may stand before it, and stay. Remarks of the author go.
    """
    body = without_remarks(body, indented_code=not path.lower().endswith(MDX_SUFFIX), kept=excerpts.MARK)
    start, ending = 0, ""
    for _ in range(_MOST_LINES):
        if start >= len(body):
            return None
        end = body.find("\n", start)
        end = len(body) if end < 0 else end
        line = body[start : min(end, start + _LONGEST_LINE)]
        if ending:
            ending = "" if ending in line else ending
        elif ending := _end_of_comment(line):
            ending = "" if ending in line.lstrip()[2:] else ending
        elif found := _ATX.fullmatch(line):
            return _heading(found[1], body, start, end, path)
        elif line.strip() and not _OTHER_HEADING.match(line):
            after = body.find("\n", end + 1)
            below = body[end + 1 : len(body) if after < 0 else after]
            if _UNDERLINE.fullmatch(below):
                return _heading(line, body, start, end + 1 + len(below), path)
            if not _SAYS_NOTHING.fullmatch(line.strip()):
                return None
        elif line.strip():
            return None
        start = end + 1
    return None


def _end_of_comment(line: str) -> str:
    """How the comment ends that begins in this line; "" if none begins."""
    line = line.lstrip()
    return "-->" if line.startswith("<!--") else "%%" if line.startswith("%%") else ""


def _heading(written: str, body: str, start: int, end: int, path: str) -> Heading | None:
    """The heading that stands at this place; None if it says nothing, or if it is hidden, or hides what is below it."""
    if "{" in written and not _ended_below(written, body, end).isdisjoint(_OPENS.findall(written)):
        return None
    if has_mark(body[:start], *_BLOCK_MARKS) and not _is_shown(body, start, end, path):
        return None
    if has_mark(written, *_READ_MARKS) and (has_mark(written, "{") or path.lower().endswith(MDX_SUFFIX)):
        written, shown, _ = read_body(path, f"{written}\n\n{_END}", PageFacts()).text.partition(_END)
        if not shown:
            return None
    if "<" in written:
        shown, endless = without_hidden_elements(written)
        if endless and not (endless in SHOW_NO_TEXT and f"</{endless}" not in body[end:].lower()):
            return None
        written = written if endless else shown  # `# The <template> element` is prose
    noted = _NOTE.sub(lambda mark: "" if _is_note(mark[0], body) else mark[0], written)
    title = plain_heading(noted)
    if not title or (written.count("%%") % 2 and "%%" in body[end:].partition("\n\n")[0]):
        return None
    if noted != written:
        return Heading(title, body)  # the reader is shown the note only where its number stands
    before, after = body[:start].rstrip("\n"), body[end:].lstrip("\n")
    return Heading(title, f"{before}\n\n{after}" if before else after)


def _is_shown(body: str, start: int, end: int, path: str) -> bool:
    """Whether readers are shown a heading that stands at this place. What is above it may be the beginning of a hidden
    part of a template, of a hidden component or element, or of code.
    """
    if literal_spans(body).around(start):
        return False
    before, mark, _ = read_body(path, f"{body[:start]}{_END}{body[end:]}", PageFacts()).text.partition(_END)
    return bool(mark) and not without_hidden_elements(before)[1]


def _ended_below(written: str, body: str, end: int) -> set[str]:
    """The names of tags that end in the text below a heading, and not in the heading itself."""
    return set(_ENDS.findall(body, end)) - set(_ENDS.findall(written))


def _is_note(mark: str, body: str) -> bool:
    """Whether a mark in a heading is a note, or the number of a note that stands in the body; code is neither."""
    return mark.startswith("^") or (mark.startswith("[") and f"{mark}:" in body)


def is_of_part(title: str, path: str) -> bool:
    """Whether a heading is that of the first part of a text, rather than the title of the file."""
    name = stem_of(path.rpartition("/")[2]).lower()
    return title.lower() in _PARTS and name not in _INDEXES and title.lower() not in name


def plain_heading(written: str) -> str:
    """The words of a heading in Markdown, without its marks. What is struck out in it goes."""
    bare = _CLOSING_MARKS.sub("", _ANCHOR.sub("", written.strip()))
    bare = _INLINE.sub(_shown, bare)
    if "~~" in bare:
        bare = _STRUCK.sub("", bare) if _STRUCK.sub("", bare).strip() else _STRUCK.sub(r"\1", bare)
    return text.plain(bare)[0]


def _shown(found: re.Match[str]) -> str:
    """What a mark of Markdown shows. Code and signs behind a backslash are as they are written, whatever they look
    like.
    """
    shown = next((part for part in found.groups()[::-1] if part), "")
    return _AS_WRITTEN.sub(lambda sign: f"&#{ord(sign[0])};", shown) if found[0][0] in "`\\" else shown


def title_of_name(path: str) -> str:
    """A title made of a file's name, or of the name of its folder where the file is only its index.

    A date before the name, and suffixes, are left out. Where a name has no blanks, hyphens and low lines are blanks.
    """
    *folders, name = path.split("/")
    stem = stem_of(name)
    if stem.lower() in _INDEXES and folders:
        stem = folders[-1]
    words = _DATE_BEFORE.sub("", stem, count=1) or stem
    if " " not in words:
        words = (re.sub(r"[-_]+", " ", words) if not _DATE_BEFORE.fullmatch(words) else words).strip() or words
        words = words[:1].upper() + words[1:]
    return text.as_name(text.plain(words)[0]) or "Untitled"


def stem_of(name: str) -> str:
    """The name of a file without its suffix."""
    return name.rpartition(".")[0] or name
