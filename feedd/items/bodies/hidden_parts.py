"""Parts of a body that are not for readers: where such a part begins, in; where it ends, out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedd.items.bodies.literal_spans import literal_spans
from feedd.patterns import late_pattern
from feedd.signs import has_mark

# Names of tags, containers and components whose text nobody is to read. What is doubtful stays hidden.
HIDDEN_NAMES = frozenset(
    ("comment", "draft", "hidden", "hide", "internal", "not-published", "private", "secret", "unpublished")
)
_NEVER = late_pattern(r"(?:false|nil|null|0\s*==\s*1|1\s*==\s*0)")
_FOR_AUTHORS = late_pattern(r"\b(?:drafts?|development|private|secret|unpublished)\b", re.IGNORECASE)
_NEGATION = late_pattern(r"!|\bnot\b|\bunless\b|<>|==\s*(?:false|nil|null)\b")

# Remarks of authors, by how they begin: kramdown, CriticMarkup, the templates of Go, JSX, HTML.
_REMARK = late_pattern(
    r"\\.|\{::comment(?:[ \t][^{}\n]{0,200}+)?(?<!/)(?P<kramdown>\})|(?P<critic>\{>>)|(?P<go>\{\{-?[ \t]{0,9}/\*)"
    r"|(?P<jsx>\{/\*)|(?P<html><!--(?!-?>))"
    r"|^ {0,3}\[(?:comment|remark|note|todo|[^\w\[\]\n]{0,9})\]:[ \t]{1,9}(?:#|<>)[ \t]{0,9}"
    r"(?P<label>[(\"'])[^\n]{0,2000}[)\"'][ \t]{0,9}$",
    re.MULTILINE | re.IGNORECASE,
)
_REMARK_ENDS = {
    "kramdown": late_pattern(r"\{:/(?:comment)?\}"),
    "critic": late_pattern(r"<<\}"),
    "go": late_pattern(r"\*/[ \t]{0,9}-?\}\}"),
    "jsx": late_pattern(r"\*/\}"),
    "html": late_pattern(r"-->"),
}
_EMPTY_LINE = late_pattern(r"\n[ \t>]*+\n")
_HEADING = late_pattern(r" {0,3}#{1,6}[ \t]")
_COMMENT = late_pattern(r"<!--(?!-?>)|(?<!\\)%%")
_TAG = late_pattern(
    r"<(?P<slash>/?)(?P<name>[a-z][a-z0-9-]*)(?P<attributes>(?:[\s/](?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*)?)>",
    re.IGNORECASE,
)
_HIDES = late_pattern(
    r"\shidden(?=[\s=/]|$)|\sstyle\s*=\s*(?:\"[^\"]*|'[^']*|[^\s\"']*)display\s*:\s*none", re.IGNORECASE
)
_QUOTED = late_pattern(r"(?<!style)=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
# Elements whose text is not shown, and elements that have none.
SHOW_NO_TEXT = frozenset(("datalist", "math", "noembed", "noframes", "select", "svg", "template"))
_EMPTY = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
_REMARK_MARKS = ("{::comment", "{>>", "/*", "<!--", "]:")

_LONGEST_START = 100  # characters of marks before a text

_LOOP = late_pattern(r"\s*([A-Za-z_]\w{0,60})\s+in\b")
_LONGEST_LOOP = 4000


def without_remarks(text: str, *, indented_code: bool = True, kept: re.Pattern[str] | None = None) -> str:
    """The Markdown without the remarks that its author wrote for authors: `{::comment}` of kramdown, `{>> <<}` of
    CriticMarkup, `{{/* */}}`, `{/* */}`, `[]: # (so)`, and what CommonMark does not take for a comment of HTML, since
    an empty line is in it or it begins in a heading.

    What stands in code stays, and so does a remark that `kept` matches. A remark of kramdown that has no end hides
    the rest; others without an end are text.
    """
    if not has_mark(text, *_REMARK_MARKS):
        return text
    spans = None
    parts: list[str] = []
    copied = 0
    endless: set[str] = set()
    for found in _REMARK.finditer(text):
        kind = found.lastgroup
        if kind is None or kind in endless or found.start() < copied:
            continue
        end = found if kind == "label" else _REMARK_ENDS[kind].search(text, found.end())
        if end is None and kind != "kramdown":
            endless.add(kind)
            continue
        if kept and end and kept.fullmatch(text, found.start(), end.end()):
            continue
        if kind == "html" and end and not _is_cut(text, found.start(), end.start()):
            continue
        spans = spans or literal_spans(text, indented_code=indented_code)
        if (around := spans.around(found.start())) and (kind != "html" or around[0] < found.start()):
            continue
        parts.append(text[copied : found.start()])
        copied = end.end() if end else len(text)
    return "".join((*parts, text[copied:]))


def without_comments(body: str) -> str:
    """The Markdown without comments and remarks of any kind. A comment that has no end hides the rest.

    What readers are shown is decided in `feedd.html.markdown`, with its parser. This is nearly the same, and hides no
    less.
    """
    body = without_remarks(body)
    if not has_mark(body, "%%", "<!--"):
        return body
    parts: list[str] = []
    at = 0
    for start, end in sorted(_comments(body)):
        parts.append(body[at:start])
        at = max(at, end)
    return "".join((*parts, body[at:]))


def without_hidden_elements(text: str) -> tuple[str, str]:
    """The Markdown without elements of HTML that are not shown, and the name of such an element that has no end in it.
    That element hides the rest of the text.

    What readers are shown of a body is decided in `feedd.html`, with a parser.
    """
    spans = literal_spans(text)
    parts: list[str] = []
    copied, hidden, depth = 0, "", 0
    for tag in _TAG.finditer(text):
        name = tag["name"].lower()
        if spans.around(tag.start()):
            continue
        if name == hidden:
            depth += -1 if tag["slash"] else 1
            if not depth:
                copied, hidden = tag.end(), ""
        elif not hidden and not tag["slash"] and _is_hidden(name, tag["attributes"]):
            parts.append(text[copied : tag.start()])
            hidden, depth = name, 1
    return "".join(parts if hidden else (*parts, text[copied:])), hidden


def _is_hidden(name: str, attributes: str) -> bool:
    return name in SHOW_NO_TEXT or (name not in _EMPTY and bool(_HIDES.search(_QUOTED.sub("", attributes))))


def endless_comment(body: str) -> str | None:
    """How a comment begins that has no end, and hides the rest of the Markdown from readers; None if there is none."""
    if not has_mark(body, "%%", "<!--"):
        return None
    start, end = max(_comments(body), default=(0, 0))
    mark = "%%" if body.startswith("%%", start) else "<!--"
    if end < len(body) or not _begins_line(body, start) or mark.replace("<!--", "-->") in body[start + 2 :]:
        return None
    is_shown = mark == "%%" and body[start + 2 :].partition("\n")[0].strip()
    return None if is_shown or not body[start:].partition("\n")[2].strip() else mark


def _comments(body: str) -> Iterator[tuple[int, int]]:
    """Where comments stand. Over an empty line, a mark may end a comment, begin one, or both: then both are given."""
    spans = literal_spans(body)
    opened: int | None = None
    may_have_ended = False  # at the mark that is `opened`, another comment may have ended
    for mark in _COMMENT.finditer(body):
        start = mark.start()
        around = spans.around(start)
        if mark[0] != "%%":
            if around is None or around[0] == start:
                yield around or (start, len(body))
        elif around is None:
            is_sure = opened is not None and (_begins_line(body, opened) or not _EMPTY_LINE.search(body, opened, start))
            may_have_ended = opened is not None and not is_sure and body[opened - 1] in " \t(>"
            if opened is not None and (is_sure or may_have_ended):
                yield opened, start + 2
            opened = None if is_sure else start
    if opened is not None and not may_have_ended and _begins_line(body, opened):
        yield opened, len(body)


def _begins_line(body: str, at: int) -> bool:
    """Whether only marks of lists and quotes stand before it in its line."""
    near = max(0, at - _LONGEST_START)
    line = body.rfind("\n", near, at) + 1
    return (line > 0 or near == 0) and not body[line:at].strip(" \t>-*+.)0123456789")


def _is_cut(text: str, start: int, end: int) -> bool:
    """Whether CommonMark takes a comment of HTML for text: an empty line is in it, or it begins in a heading."""
    line = text.find("\n", start, end)
    if line < 0:
        return False
    return bool(_HEADING.match(text, text.rfind("\n", 0, start) + 1) or _EMPTY_LINE.search(text, line, end))


def is_for_nobody(condition: str) -> bool:
    """Whether an `if` with this condition is never true, or true only where its author looks at drafts."""
    return bool(_NEVER.fullmatch(condition.strip())) or (
        bool(_FOR_AUTHORS.search(condition)) and not _NEGATION.search(condition)
    )


def repeats_outputs(loop: str, text: str, start: int, end: int) -> bool:
    """Whether a loop (`post in site.posts`) shows what it goes through between two places: then the text there is a
    pattern, and no text.
    """
    name = _LOOP.match(loop)
    if name is None:
        return False
    shown = re.compile(rf"\{{\{{-?[ \t]*{re.escape(name[1])}\b")
    return shown.search(text, start, min(end, start + _LONGEST_LOOP)) is not None


def end_of_hidden(text: str, at: int, beginning: str, end: str) -> int:
    """Where a part ends whose first mark ends at `at`. Parts of its name may stand in it.

    `beginning` and `end` are regular expressions for its marks. A part without an end hides the rest of the text, since
    words that were published cannot be taken back.
    """
    depth = 1
    for found in re.compile(f"(?P<end>{end})|{beginning}", re.IGNORECASE).finditer(text, at):
        depth += -1 if found["end"] else 1
        if not depth:
            return found.end()
    return len(text)
