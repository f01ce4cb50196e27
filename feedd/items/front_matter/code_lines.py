"""The lines of a text, in; the lines that show code, and the lines of a body that continue its front matter, out.

A line ends where a person sees it end: also at the characters that only some editors and YAML 1.1 take for line ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from feedd.patterns import late_pattern

BREAKS = "\n\x0b\x0c\x85\u2028\u2029"

_BREAK = late_pattern(f"[{BREAKS}]")
_FENCE = late_pattern(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}(?=[^`]*$)|~{3,})")
_PRE = late_pattern(r"<(?:pre|script|style|textarea)\b", re.IGNORECASE)
_PRE_END = late_pattern(r"</(?:pre|script|style|textarea)\b", re.IGNORECASE)
_SHOWING = late_pattern(r"[ \t]*+\{\{?[%<]-?[ \t]*+(highlight|raw|verbatim|code|codeblock)(?=[\s%>-])", re.IGNORECASE)
_SHOWING_END = late_pattern(
    r"\{\{?[%<]-?[ \t]*+(?:end|/)[ \t]*+(highlight|raw|verbatim|code|codeblock)\b", re.IGNORECASE
)
_CLOSING = late_pattern(r"(?:---|\.\.\.)[ \t]*")
_LIKE_YAML = late_pattern(r"[ \t]|-[ \t]|[#\]})\"']|-$")
_ANY_FIELD = late_pattern(r"[ \t]*+(?:-[ \t]++)*[{\"']?[A-Za-z_][\w\"'-]*+[ \t]*+:(?:[ \t\"'\-]|$)")
# A name as fields have it. Prose begins a line with a capital, or with more than one word before the colon.
_FIELD = late_pattern(r"[ \t]*+(?:-[ \t]++)*[{\"']?(?:[a-z]\w*+|[A-Z]{4,}+)[\"']?[ \t]*+:(?:[ \t\"'\-]|$)")
LONGEST_NAME = 256  # without tags and entities
_LETTERS_OF_NAME = late_pattern(r"(?:[^A-Za-z<&]*+[A-Za-z]){32}")
_MARK = late_pattern(
    r"[ \t]*+[\"']?(?:published|draft|removed|deleted)[\"']?\s*:\s*(?:true|false|yes|no|on|off)\b", re.IGNORECASE
)


class Lines(Struct, frozen=True):
    """The lines of a text as a person sees them, and at which character each begins."""

    texts: list[str]
    starts: list[int]


def split_lines(text: str) -> Lines:
    """The lines of a text."""
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    return Lines(_BREAK.split(text), starts)


def in_code(texts: Sequence[str], *, nested: bool = True) -> list[bool]:
    """For each line, whether it belongs to a fenced code block (CommonMark, section 4.5), or to `<pre>` and its kin.

    A fence may be indented by any depth, as in a list. A fence that is never closed holds no code: some other fence may
    have lost its mark. `nested`: a block may show how another one begins. If it may not, the lines up to the other one
    are no code, for a fence is lost there, unless words that end with a colon introduce the first one.
    """
    code: list[bool] = []
    fence, is_pre, opened = "", False, 0
    for line in texts:
        if fence:
            mark = line.strip(" \t>")
            code.append(True)
            if len(mark) >= len(fence) and not mark.strip(fence[0]):
                fence = ""
            elif not nested and (opening := _FENCE.match(line)) and opening[1] == fence:
                if not _is_introduced(texts, opened):
                    code[opened + 1 : -1] = [False] * (len(code) - opened - 2)
                opened = len(code) - 1
        elif is_pre:
            code.append(True)
            is_pre = _PRE_END.search(line) is None
        elif opening := _FENCE.match(line):
            fence, opened = opening[1], len(code)
            code.append(True)
        elif opening := _PRE.search(line):
            code.append(True)
            is_pre = _PRE_END.search(line, opening.end()) is None
        else:
            code.append(False)
    if fence:
        code[opened:] = [False] * (len(code) - opened)
    return code


def _is_introduced(texts: Sequence[str], at: int) -> bool:
    """Whether the line above a line, or the next above an empty one, ends with a colon, and is no field."""
    above = next((line for line in texts[max(at - 2, 0) : at][::-1] if line.strip()), "")
    return above.rstrip(" \t*_`").endswith((":", "\uff1a")) and not is_field(above)


def in_code_or_template(texts: Sequence[str], *, nested: bool = True) -> list[bool]:
    """For each line, whether it belongs to code, or to a block of a template language that shows code. A block that is
    never closed holds no code. `nested`: as for `in_code`.
    """
    shown = in_code(texts, nested=nested)
    code = shown.copy()
    name, opened = "", 0
    for at, line in enumerate(texts):
        start = 0
        if not name and not code[at] and (opening := _SHOWING.match(line)):
            name, opened, start = opening[1].lower(), at, opening.end()
        if name and any(end[1].lower() == name for end in _SHOWING_END.finditer(line, start)):
            shown[opened : at + 1] = [True] * (at + 1 - opened)
            name = ""
    return shown


def is_closing(line: str) -> bool:
    """Whether a line could close a front matter."""
    return line[:3] in ("---", "...") and _CLOSING.fullmatch(line) is not None


def is_field(line: str) -> bool:
    """Whether a line reads as a field, and hardly as prose."""
    return _FIELD.match(line) is not None or _MARK.match(line) is not None


def continuation(texts: Sequence[str], code: Sequence[bool]) -> int:
    """How many of the first lines of a body read as if the front matter went on in them.

    It goes on under a stray `---`, up to the line that was to close it, or as long as the lines look like YAML.
    """
    end = reach = 0
    while end < len(texts):
        while end < len(texts) and (not texts[end].strip() or is_closing(texts[end])):
            end += 1
        closing = first_closing(texts, code, end)
        if closing < len(texts) and not any(is_prose(line) or _ANY_FIELD.match(line) for line in texts[end:closing]):
            end = closing + 1  # the rest of a field, between two stray lines
            continue
        if closing == 1 and texts[0][:1].islower() and is_front(texts, code, closing + 1):
            end = closing + 1  # the rest of a line, between two stray lines
            continue
        if closing == len(texts) or any(code[end:closing]) or not _goes_on(texts[end:closing]):
            more = _leading_fields(texts[end:], code[end:], directly=not end)
            return end + more if more else reach
        reach = end = closing + 1
    return reach


def is_front(texts: Sequence[str], code: Sequence[bool], start: int) -> bool:
    """Whether there are fields, and nothing else, between a line and the next that could close a front matter."""
    closing = first_closing(texts, code, start)
    return (
        closing < len(texts)
        and any(map(is_field, texts[start:closing]))
        and not any(map(is_prose, texts[start:closing]))
    )


def first_closing(texts: Sequence[str], code: Sequence[bool], start: int = 0) -> int:
    """The first line, from `start` on, that could close a front matter; the number of lines if there is none."""
    closing = (at for at in range(start, len(texts)) if not code[at] and is_closing(texts[at]))
    return next(closing, len(texts))


def last_closing(texts: Sequence[str], code: Sequence[bool]) -> int:
    """The last line that could close a front matter, blanks before it or not; -1 if there is none."""
    closing = (at for at in range(len(texts) - 1, -1, -1) if not code[at] and is_closing(texts[at].strip()))
    return next(closing, -1)


def first_text_line(texts: Sequence[str]) -> int:
    """The first line that is neither empty nor a closing line."""
    return next((at for at, line in enumerate(texts) if line.strip() and not is_closing(line)), len(texts))


def first_empty(texts: Sequence[str]) -> int:
    """The first empty line; the number of lines if there is none."""
    return next((at for at, line in enumerate(texts) if not line.strip()), len(texts))


def first_lines(text: str) -> str:
    """All of a text in which a field may count as one of a front matter that goes on, if no line of it could close one.

    It ends with the first line of prose below the first paragraph, and the text in which a name on that line may go on.
    """
    if any(map(text.__contains__, BREAKS[1:])) or text.startswith(("---", "...")):
        return text
    at = len(text) - len(text.lstrip())
    below = -1  # the number of the line; the first two may be the rest of a line that was parted
    is_first_paragraph = True
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text) + 1
        line, below = text[at : end - 1], below + 1
        is_first_paragraph = is_first_paragraph and bool(line.strip())
        if below > 1 and not is_first_paragraph and is_prose(line):
            letters = _LETTERS_OF_NAME.match(text, end, end + LONGEST_NAME)
            return text[: letters.end() if letters else end + LONGEST_NAME]
        at = end
    return text


def first_fields(texts: Sequence[str]) -> int:
    """How many lines there are up to the end of the first blocks in each of which a line reads as a field.

    If the first line ends in a quote, bracket or comma, it is the rest of a field, cut by a stray line.
    """
    end = at = 0
    has_field = bool(texts) and texts[0].rstrip().endswith(('"', "'", "}", "]", "[", "{", ","))
    for at, line in enumerate(texts, 1):
        has_field = has_field or is_field(line)
        if not line.strip() and at > 1 and texts[at - 2].strip():
            if not has_field:
                return end
            end, has_field = at, False
    return at if has_field else end


def _goes_on(texts: Sequence[str]) -> bool:
    """Whether lines that end at a closing line read as the rest of a front matter."""
    first = _first_block(texts)
    if not first:
        return False
    prose = sum(1 for line in texts if line and not _LIKE_YAML.match(line) and not _ANY_FIELD.match(line))
    if not prose:
        return any(map(is_field, texts)) or (bool(texts[-1].strip()) and any(map(_ANY_FIELD.match, texts)))
    fields = sum(map(is_field, texts))
    if prose == 1 and fields and texts[0][:1].islower():
        return True  # the rest of a line
    last = _first_block(texts[::-1]) if texts[-1].strip() else []
    closed = sum(map(is_field, last))
    if is_prose(first[0]) and not any(map(is_field, first)):
        return closed > 1 or (closed > 0 and any(line[:1] in (" ", "\t") for line in last))
    return fields > 1 or closed > 0


def _leading_fields(texts: Sequence[str], code: Sequence[bool], *, directly: bool) -> int:
    """How many of the first lines look like YAML, if there is a field among them.

    `directly`: they stand under the line that closes the front matter.
    """
    start = 0
    if len(texts) > 1 and is_prose(texts[0]) and not texts[0].rstrip().endswith(":"):
        is_rest = texts[0][:1].islower()
        entries = texts[1].lstrip(" \t").startswith("- ") and is_rest
        if is_field(texts[1]) or (entries and any(map(is_field, texts[2:4]))):
            start = 1  # the rest of a line that the stray line parted
        elif is_rest:  # the rest of a text of several lines
            start = next((at for at in range(1, len(texts)) if code[at] or is_field(texts[at])), 0)
    end = start
    while end < len(texts) and not code[end] and (not is_prose(texts[end]) or _has_lost_colon(texts, end)):
        end += 1
    if any(map(is_field, texts[start:end])):
        return end
    return len(_first_block(texts[:end])) if directly and end and _ANY_FIELD.match(texts[0]) else 0


def _has_lost_colon(texts: Sequence[str], at: int) -> bool:
    """Whether a line is a word above an indented field, as the name of a mapping is."""
    below = texts[at + 1] if at + 1 < len(texts) else ""
    return len(texts[at].split()) == 1 and below[:1] in (" ", "\t") and is_field(below)


def is_prose(line: str) -> bool:
    """Whether a line neither gives a field nor looks like another line of YAML."""
    return bool(line.strip()) and not _LIKE_YAML.match(line) and not _ANY_FIELD.match(line)


def _first_block(texts: Sequence[str]) -> list[str]:
    """The first lines, up to an empty line."""
    block: list[str] = []
    for line in texts:
        if line.strip():
            block.append(line)
        elif block:
            break
    return block
