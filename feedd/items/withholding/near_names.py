"""Names that are nearly `secured`: a text, in; the places where such a name stands before a colon, out.

A letter of the name was lost, added, replaced, or has changed places with the next one. Such a name alone does no harm:
nobody reads a field of this name. Where it has run into another field, or into the body, its text would be shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from feedd.items.front_matter.code_lines import in_code, split_lines
from feedd.items.front_matter.yaml import Scalar
from feedd.items.invisible import bare
from feedd.items.withholding.damaged_names import DRESS, SEALING, is_sealing, letters, undressed, with_whole_names
from feedd.items.withholding.look_alikes import narrowed, plain_word
from feedd.items.withholding.mentions import WINDOW, Mention, is_harmless, is_structure
from feedd.patterns import late_pattern

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORDS = frozenset(("secured", "secure", "secures", "securer"))
# What one slip leaves of the name: its end, its beginning, or both.
_LEFT = (("ured", "ured"), ("sec", "secu[a-z]{0,4}|sec[a-z]?red|secrued"), ("seuc", "seucred"))
_BEFORE_COLON = r"(?![a-z])(?=[\"'`*_]{0,3}[ \t]*[:=])"
_IN_BYTES = tuple(
    (
        begun.encode(),
        late_pattern(f"{begun}(?:{'|'.join(each[len(begun) :] for each in left.split('|'))}){_BEFORE_COLON}".encode()),
    )
    for begun, left in _LEFT
)
_ASSIGNED = late_pattern(
    rf"(?:(?:\s|(?![$@.]){DRESS}){{0,9}}secured{DRESS}{{0,9}}[ \t]*=(?![=>])"
    r"|[ \t>]{0,9}\.\.[ \t]{1,9}secured[ \t]*:(?!:))",
    re.IGNORECASE,
)
_IN_TEXT = late_pattern(f"(?:{'|'.join(left for _, left in _LEFT)}){_BEFORE_COLON}", re.IGNORECASE | re.ASCII)
# A letter of ASCII as YAML and JSON escape it, and as HTML does, by its code in hexadecimal or in decimal.
_ESCAPE = late_pattern(rb"\\(?:x|u(?:0000)?00)([4-7][0-9a-f])()")
_ESCAPE_OF_HTML = late_pattern(rb"&#(?:x0{0,6}([4-7][0-9a-f])|0{0,6}(6[5-9]|[789][0-9]|1[01][0-9]|12[0-2])(?![0-9]));?")
_LONGEST = len(SEALING) + 1
_LONGEST_WITH_MARKS = 200
_LONGEST_LINE = 2_000  # characters of a line that are looked at without the markup in them


def with_one_slip(name: str) -> Iterator[str]:
    """A name with each slip in it: a letter lost, added or replaced, or two that changed places."""
    for at in range(len(name) + 1):
        before, after = name[:at], name[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + after[1:]


_NEAR = frozenset(with_one_slip(SEALING)) - _WORDS


def may_be_sealed(seen: bytes) -> bool:
    """Whether a file in small letters names sealed text, with a slip in the name or not, and with escapes or not."""
    return b"secured" in seen or has_near_name(seen) or _has_escaped_name(seen)


def looks_sealed(seen: bytes) -> bool:
    """Whether a file in small letters names sealed text, as `may_be_sealed` has it, or in letters of other scripts that
    look like the letters of the name. It takes longer.
    """
    if may_be_sealed(seen):
        return True
    return not seen.isascii() and may_be_sealed(plain_word(seen.decode("utf-8", "replace")).lower().encode())


def names_sealed_text(data: bytes) -> bool:
    """Whether a file names sealed text, however it is written."""
    text = data.decode("utf-8", "replace").replace("\0", "")
    return looks_sealed(with_whole_names(bare(text).lower().encode()))


def _has_escaped_name(seen: bytes) -> bool:
    """Whether a file in small letters has such a name with a letter in full width, or as YAML, JSON or HTML escape
    letters.
    """
    plain = narrowed(seen)
    # A byte alone is looked for much faster than two, and these faster than a pattern.
    if b"\\" in seen and (b"\\x" in seen or b"\\u" in seen):
        plain = _ESCAPE.sub(_unescaped, plain)
    if b"&" in seen and b"&#" in seen:
        plain = _ESCAPE_OF_HTML.sub(_unescaped, plain)
    return plain != seen and (b"secured" in plain or _has_near_name(plain))


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16) if found[1] else int(found[2])]).lower()


def is_nearly_sealed(name: str) -> bool:
    """Whether the name of a field is `secured`, with a slip, or with marks or letters of other scripts in it."""
    plain = letters(name[:_LONGEST_WITH_MARKS])
    return plain == SEALING or plain in _NEAR


@lru_cache(maxsize=1)  # each file is asked about twice
def has_near_name(seen: bytes) -> bool:
    """Whether a file in small letters has such a name: a quick look."""
    return _has_near_name(seen)


def _has_near_name(seen: bytes) -> bool:
    for begun, pattern in _IN_BYTES:
        at = seen.find(begun)  # these bytes are looked for faster than the pattern
        while at >= 0:
            if found := pattern.match(seen, at):
                end = seen[max(found.end() - _LONGEST - 1, 0) : found.end()]
                if _word(end.decode("ascii", "replace")) in _NEAR:
                    return True
            at = seen.find(begun, at + 1)
    return False


def near_names(text: str) -> Iterator[tuple[int, int]]:
    """Where each such name begins and ends."""
    for found in _IN_TEXT.finditer(text):
        word = _word(text[max(found.end() - _LONGEST - 1, 0) : found.end()].lower())
        if word in _NEAR:
            yield found.end() - len(word), found.end()


def _word(end: str) -> str:
    """The letters with which a text ends."""
    return end[len(end.rstrip(_LETTERS)) :]


def near_names_in_front(front: str, spans: Sequence[Scalar], reason: str) -> Iterator[Mention]:
    """Such names at the beginning of a line in the text of a field that is not sealed."""
    at = 0
    for start, end in near_names(front):
        while at < len(spans) and spans[at].end <= start:
            at += 1
        span = spans[at] if at < len(spans) and spans[at].start <= start else None
        if span is None or span.is_name or any(is_sealing(str(part)) for part in span.path):
            continue
        line = max(front.rfind("\n", max(start - WINDOW, 0), start) + 1, span.start)
        if is_structure(front[max(line, start - WINDOW) : start]) and not is_harmless(front[end : end + WINDOW]):
            yield Mention(span.path, span.start, reason)


def assigned_seals(body: str, reason: str) -> Iterator[Mention]:
    """Sealed text in a body: a line outside of code begins with its name and an equals sign, or with two dots and its
    name. Headers in a comment begin with two dots. No sentence begins like that.
    """
    has_markup = "<" in body or "&" in body
    if ("=" not in body and ".." not in body) or not (has_markup or SEALING in body.lower()):
        return
    lines = split_lines(body)
    code = in_code(lines.texts, nested=False)
    for line, start, is_code in zip(lines.texts, lines.starts, code, strict=True):
        # A name between signs is no tag, so the line counts as it is written, too.
        shown = {line: None, bare(undressed(line[:_LONGEST_LINE])): None} if has_markup else (line,)
        found = (each for each in map(_ASSIGNED.match, () if is_code else shown) if each)
        if any(not is_harmless(f":{each.string[each.end() : each.end() + WINDOW]}") for each in found):
            yield Mention(("body",), start, reason)


def near_names_in_body(body: str, reason: str) -> Iterator[Mention]:
    """Such names at the beginning of a line of a body, outside of code."""
    places = list(near_names(body))
    if not places:
        return
    lines = split_lines(body)
    code = in_code(lines.texts, nested=False)
    for start, end in places:
        at = bisect_right(lines.starts, start) - 1
        before = body[max(lines.starts[at], start - WINDOW) : start]
        if not code[at] and is_structure(before) and not is_harmless(body[end : end + WINDOW]):
            yield Mention(("body",), start, reason)
