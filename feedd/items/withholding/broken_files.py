"""Broken files: the bytes of a file that cannot be read, in; whether a person still sees in it that it is not to be
shown, out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from feedd.items.front_matter.code_lines import (
    continuation,
    first_fields,
    in_code,
    is_field,
    last_closing,
    split_lines,
)
from feedd.items.front_matter.formats import FORMATS, JSON, NONE, TOML_BLOCK, read_tree, split
from feedd.items.front_matter.yaml import FrontMatterError
from feedd.items.invisible import bare
from feedd.items.withholding.damaged_names import letters, mended, undressed
from feedd.items.withholding.look_alikes import with_plain_letters
from feedd.items.withholding.meaning import is_like_heat, may_say_so, meant_mark, says_so
from feedd.items.withholding.mentions import is_spoken
from feedd.items.withholding.other_forms import says_something
from feedd.items.withholding.withholding_marks import FOREIGN_MARKS, OWN_MARKS, kind_of
from feedd.items.withholding.written_out import readings
from feedd.patterns import late_pattern

_ANY_NAME = "|".join(
    [*OWN_MARKS, *("[-_ ]?".join(name) for name, kind in FOREIGN_MARKS.items() if kind != "past"), "render", "list"]
)
# Marks around the name, such as emphasis, are a slip, too: YAML cannot read such a line, and it looks like a field.
_NAMED_FIELD = late_pattern(
    rf"(?<![^\W_])(?<![/.])(?P<name>{_ANY_NAME})"
    r"(?P<sign>[^\w\s:=,;/.-]{0,9}_?\s*(?:[:;=\uff1a\ufe55]|->|[\u2013\u2014](?=\s))|[\"'`*)\]}]{0,3}(?=\s|$))(?=(?P<value>[^\n,}]{0,99}))",
    re.IGNORECASE,
)
_ASSIGNED = late_pattern(
    r"(?:^|[{,])(?P<name>[^\n:;=\uff1a\ufe55{},]{4,24})(?:[:;=\uff1a\ufe55]|->)(?P<value>[^\n,}]{1,99})", re.IGNORECASE
)
# What may stand around a name that has lost its colon.
_BEFORE_NAME, _CLOSING = " \t\"'", "\"'`*)]}"
_OPENING = f"{_BEFORE_NAME}-?.|>*`{{[(,"
_LONGEST_VALUE = 20
_ELEMENT = late_pattern(r"<([A-Za-z][\w-]{2,23})>(?=[^<>\n]{1,99}</\1>)")
_BLOCK = late_pattern(r"\s*(?:`{3}|~{3})[^\n]*\n")


def asks_to_be_withheld(data: bytes) -> bool:
    """Whether a file that cannot be read still asks, or tries to ask, not to be published.

    A false alarm only withholds a file that could not be read anyway. So marks also count where they are misspelt,
    where a line was joined to another one, and in UTF-16.
    """
    return any(_asks_in_any_form(text) for text in _readings(data))


def _asks_in_any_form(text: str) -> bool:
    """Whether a text has a mark as it is, with whole names, with elements as fields, or in other letters."""
    near, is_all = _near_fields(text)
    return _has_mark(near) or any(
        _has_mark(_with_line_ends(form) if is_all else _near_fields(form)[0]) for form in _other_forms(text)
    )


def _other_forms(text: str) -> Iterator[str]:
    """A text with whole names, with elements as fields, and with plain letters."""
    yield mended(undressed(text))
    if "<" in text:
        yield mended(text)  # a name between signs is no tag
        yield mended(_ELEMENT.sub(r"\1: ", text))
    if not text.isascii():
        yield with_plain_letters(text)


def _readings(data: bytes) -> Iterable[str]:
    """A file's text, as far as one can be made out: in UTF-16, bytes may be missing, and so may be the mark of it.

    Also what the text was before another program wrote it out.
    """
    text = data.replace(b"\0", b"").lstrip(b"\xff\xfe").decode("utf-8-sig", "replace")
    yield text
    yield from readings(text)
    if block := _BLOCK.match(text):
        yield from readings(f"---\n{text[block.end() :]}")
    if b"\0" in data:
        with_lines = data.replace(b"\0", b"\n").decode("utf-8", "replace")
        yield from (with_lines, *readings(with_lines))
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield data.decode("utf-16-le", "replace").lstrip("\ufeff").replace("\0", "")
        yield data.decode("utf-16-be", "replace").lstrip("\ufeff").replace("\0", "")


def _has_mark(text: str) -> bool:
    lines = split_lines(text).texts
    return any(is_mark(lines, at) for at in range(len(lines)))


def _with_line_ends(text: str) -> str:
    return bare(text).replace("\r\n", "\n").replace("\r", "\n").replace("\\n", "\n")


def _near_fields(text: str) -> tuple[str, bool]:
    """The front matter of a text, and the lines of its body that may be the rest of it. All of the text, and true,
    where the front matter has no beginning or end.
    """
    text = _with_line_ends(text)
    try:
        source = split(text)
        if source.format == JSON.name:
            read_tree(source)  # a quote that is missing moves the end of the object
    except FrontMatterError:
        return text, True
    as_yaml = FORMATS[source.format].as_yaml
    lines = split_lines(as_yaml(source.body)).texts
    code = in_code(lines, nested=False)
    closing = last_closing(lines, code)
    last = closing + 1 + first_fields(lines[closing + 1 :]) if closing >= 0 else 0
    first = next((at for at, line in enumerate(lines) if says_something(line)), 0) if source.format == NONE.name else 0
    fields = first + first_fields(lines[first:]) if lines[first].strip() else 0
    reach = max(continuation(lines, code), fields, last)
    near = (line for line, is_code in zip(lines[:reach], code, strict=False) if not is_code)
    below = _fields_below(lines, code, reach) if source.format == TOML_BLOCK.name else ()
    return "\n".join((as_yaml(source.front), *near, *below)), False


def _fields_below(lines: Sequence[str], code: Sequence[bool], start: int) -> Iterator[str]:
    """The lines from `start` on, outside of code, that read as a field beside another one: a text with fences of its
    own may have come into a front matter that is a code block.
    """
    fields = [not is_code and is_field(line) for line, is_code in zip(lines, code, strict=True)]
    for at in range(start, len(fields)):
        if fields[at] and (fields[at - 1 : at] == [True] or fields[at + 1 : at + 2] == [True]):
            yield lines[at]


def is_mark(lines: Sequence[str], at: int) -> bool:
    """Whether a line of a broken text holds a mark that withholds."""
    line = lines[at]
    if line.lstrip().startswith("#"):
        return False
    for found in _NAMED_FIELD.finditer(line):
        name, value = found["name"], found["value"]
        before = line[max(found.start() - 40, 0) : found.start()]
        if not found["sign"].strip(_CLOSING):
            is_split = not value.strip() and _begins_with_sign(lines, at + 1)
            if not value.strip() and (before.strip() == "?" or is_split):
                value = _next_value(lines, at).removeprefix(":").removeprefix("=")
            is_own = is_split or not before.strip(_OPENING) or before.rstrip(_BEFORE_NAME)[-1:] == ","
            if is_own and says_so(name, value) and (is_split or len(value) < _LONGEST_VALUE):
                return True
        elif not is_spoken(line, found.start()) and _says_so(name, value.strip() or _next_value(lines, at)):
            return True
    return any(_is_roughly(found["name"], found["value"]) for found in _ASSIGNED.finditer(line))


def _begins_with_sign(lines: Sequence[str], at: int) -> bool:
    return at < len(lines) and lines[at].lstrip().startswith((":", "="))


def _says_so(name: str, value: str) -> bool:
    """Whether a mark withholds by a value, or may do so. Words of other publishers stand in texts, too."""
    plain = letters(name)
    if plain in ("render", "list"):
        return re.match(r"[\s\"']*(?:never|false)\b", value, re.IGNORECASE) is not None
    if plain in OWN_MARKS:
        return may_say_so(plain, value)
    return says_so(plain, value) or (len(value.split()) == 1 and may_say_so(plain, value))


def _is_roughly(name: str, value: str) -> bool:
    """Whether a name with a slip in it means a withholding field, and the text after it withholds."""
    plain = letters(name) or letters(name.strip().strip("<>"))
    meant = plain if kind_of(plain) else "heat" if is_like_heat(plain) else meant_mark(plain)
    return meant is not None and says_so(meant, value)


def _next_value(lines: Sequence[str], at: int) -> str:
    """The text of the line after a name without a value, unless this line begins another field."""
    following = lines[at + 1].strip() if at + 1 < len(lines) else ""
    return "" if re.match(r"[\"']?[A-Za-z_][\w-]*[\"']?\s*:|---|\.\.\.", following) else following
