"""Other forms of fields: a text that begins with fields in a table, a list or headings, in; each field on a line
`name: value`, out.

Programs show a front matter as a table, export it with tabs or commas, or lose its colons. Nobody reads the result as
an item: it only tells whether a person sees a mark in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from html import unescape
from itertools import islice, pairwise

from feedd.items.front_matter.code_lines import is_field, split_lines
from feedd.items.withholding.meaning import says_so
from feedd.items.withholding.withholding_marks import AUDIENCE, MARKS_BY_NAME, kind_of, plain_name
from feedd.patterns import late_pattern

Fields = list[tuple[str, str]]

# Names of fields by which a front matter is known. A text has one of the others by chance.
FIELD_NAMES = frozenset(MARKS_BY_NAME) | frozenset(
    (
        *("secured", "title", "excerpt", "quality", "weburl", "date", "tags", "category", "categories", "summary"),
        *("slug", "topics", "provider", "publisheddatetime", "updateddatetime", "layout", "permalink", "author"),
        *("authors", "description", "keywords", "lastmod", "lang", "locale", "type", "url", "image", "images"),
        *("aliases", "modified", "related", AUDIENCE),
    )
)
_TELLING = frozenset(("title", "secured", *MARKS_BY_NAME))  # one of these and another field are a front matter
_READ = 20_000  # characters
_HEAD = 120  # lines
_ABOVE = 3  # lines in which the first arrow stands
_LONGEST = 40  # characters of a name, with the marks around it
_LANGUAGES = frozenset(("toml", "yaml", "yml", "json"))
_AROUND = "\"'`*_#.:-+>|()[]{}<!,;=/~ \t\u2022"
_LETTER = late_pattern(r"[^\W_]")
_ARROW = late_pattern(
    r"(?:(?<![-=~])[-=~]++>|[\u2190-\u21ff\u27f5-\u27ff]|:=|::|(?<=[ \t])[-\u2013\u2014](?=[ \t]))[ \t]*+"
)
_FIRST_WORD = late_pattern(r"(?P<name>[^\w\n]{0,9}[^\W\d][\w-]{1,30}[\"'`*_:]{0,3})[ \t]+(?P<value>[^\s:=|].*)")
_CELL = late_pattern(r"<(/?)(t[rdh]|table)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = late_pattern(r"</?[a-z][^<>\n]{0,200}>", re.IGNORECASE)


def as_fields(text: str) -> str | None:
    """The fields with which a text begins, as a front matter; None if it begins with other text, or with code."""
    head = text[:_READ]
    small = head.lower()
    if not any(map(small.__contains__, _TELLING)) or head.lstrip().startswith(("```", "~~~")):
        return None
    lines = split_lines(head).texts[:_HEAD]
    if head.startswith(("---", "+++")):
        lines = [line for line in lines if not line.startswith("# ")]  # comments
    first = next((line for line in lines if says_something(line)), "")
    if not first:
        return None
    for fields in _all_forms(head, lines, first):
        names = {plain_name(name) for name, _ in fields}
        if len(names) > 1 and not names.isdisjoint(_TELLING):
            return "---\n" + "".join(f"{plain_name(name)}: {value}\n" for name, value in fields) + "---\n"
    return None


def _all_forms(head: str, lines: Sequence[str], first: str) -> Iterator[Fields]:
    if first.lstrip()[:2].lower() == "<t":
        yield _of_rows(_rows_of_html(head))
    if "|" in first:
        yield _of_rows([_cells(line, "|") for line in lines if "|" in line])
    if "\t" in first:
        yield _of_rows([_cells(line, "\t") for line in lines if "\t" in line])
    for mark in ",;":
        if mark in first and len(_name(first.partition(mark)[0]).split()) == 1:
            yield _of_rows(_rows_of_sheet(head, mark))
    yield _with_arrows(lines)
    yield _without_colons(lines)
    yield _above_their_values(lines)


def says_something(line: str) -> bool:
    """Whether a line is neither empty nor a mark that opens a front matter."""
    return _LETTER.search(line) is not None and line.strip(_AROUND).lower() not in _LANGUAGES


def _name(written: str) -> str:
    """A name without the marks around it; empty for a text that is too long for a name."""
    return written[: _LONGEST + 1].strip(_AROUND) if len(written) <= _LONGEST else ""


def _is_known(written: str) -> bool:
    return plain_name(_name(written)) in FIELD_NAMES


def _cells(line: str, mark: str) -> list[str]:
    """The cells of a row, which a mark may begin and end."""
    cells = [cell.strip() for cell in line.replace("\\|", "").split(mark)]
    return cells[not cells[0] : len(cells) - (not cells[-1])]


def _rows_of_sheet(head: str, mark: str) -> list[list[str]]:
    import csv  # late: few files need it

    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(islice(csv.reader(head.splitlines(keepends=True), delimiter=mark), _HEAD))
    return rows


def _rows_of_html(head: str) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    at, is_cell = 0, False
    for tag in _CELL.finditer(head):
        if is_cell:
            rows[-1].append(" ".join(unescape(_TAG.sub(" ", head[at : tag.start()])).split()))
        is_cell = not tag[1] and tag[2].lower() in ("td", "th")
        if not is_cell and tag[2].lower() == "tr" and rows[-1]:
            rows.append([])
        at = tag.end()
    return rows


def _of_rows(rows: Iterable[Sequence[str]]) -> Fields:
    """The fields of a table: a row for each, or one row of names above one of values."""
    fields: Fields = []
    above: list[str] = []
    for row in rows:
        if above and any(map(_LETTER.search, row)):
            fields += [(name, cell) for name, cell in zip(above, row, strict=False) if _is_known(name)]
            above = []
        names = [cell for cell in row if _is_known(cell)]
        at = 1 if len(row) > 2 and not _LETTER.search(row[0].strip("0123456789")) else 0
        if len(names) > 1 and any(plain_name(_name(name)) in _TELLING for name in names):
            above = [_name(cell) for cell in row]
        if len(row) > at and _is_known(row[at]):
            fields.append((_name(row[at]), " ".join(row[at + 1 :])))
    return fields


def _with_arrows(lines: Iterable[str]) -> Fields:
    parts = [(line, _ARROW.search(line, 1)) for line in lines if says_something(line)]
    if not any(arrow for _, arrow in parts[:_ABOVE]):
        return []
    found = ((_name(line[: arrow.start()].rstrip()), line[arrow.end() :]) for line, arrow in parts if arrow)
    return [(name, value) for name, value in found if _is_known(name)]


def _without_colons(lines: Sequence[str]) -> Fields:
    """The fields of lines such as `name value` and `(name value)`: at least half of the lines up to an empty one."""
    fields: Fields = []
    others = 0
    for line in lines:
        if not says_something(line):
            if (fields or others) and not line.strip():
                break
            continue
        found = _FIRST_WORD.match(line.strip())
        if found and _is_known(found["name"]) and _may_be_meant(_name(found["name"]), found["value"]):
            fields.append((_name(found["name"]), found["value"].rstrip(" ,)")))
        else:
            others += not line.startswith((" ", "\t"))
    return fields if 2 * others <= len(fields) or (len(fields) > 2 and others <= len(fields)) else []


def _may_be_meant(name: str, value: str) -> bool:
    """Whether a name and the text behind it are no words of a sentence: marks have values that withhold."""
    return kind_of(name) is None or says_so(name, value)


def _above_their_values(lines: Sequence[str]) -> Fields:
    """The fields of headings, and of lists of definitions, each above its value. A field above another has no value."""
    texts = [line for line in lines if says_something(line)]
    are_headings = texts[0].lstrip().startswith("#")
    if not _is_known(texts[0]) and not (are_headings and len(_name(texts[0]).split()) == 1):
        return []
    return [
        (_name(text), below.strip().removeprefix(":").strip())
        for text, below in pairwise(texts)
        if _is_known(text)
        and text.lstrip().startswith("#") == are_headings
        and not below.lstrip().startswith("#")
        and not _gives_field(below)
    ]


def _gives_field(line: str) -> bool:
    name, colon, _ = line.partition(":")
    return is_field(line) or (bool(colon) and _is_known(name))
