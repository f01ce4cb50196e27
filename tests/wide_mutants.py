"""Rarer slips in files of each format, and rarer forms in which other programs write a whole file."""

from __future__ import annotations

import csv
import io
import random
import re
import textwrap
from collections.abc import Callable
from html import escape
from typing import NamedTuple

import mutants
from mutants import Slip

_FENCES = ("---", "+++", "```", "```toml", "-->", "<!--", "{", "}")
_BEFORE = (
    *("> ", "+", "-", "# ", "* ", "1. ", "| ", "\\", "@", "%", "&", "!", "? ", ": ", "= ", "~", "//", "<!-- ", "{"),
    *("[", "(", "- ", "``", "$ ", "\u00a0", "\u3000", "\ufeff"),
)
_BEHIND = (
    *(" \\", "\\", "  ", " |", " >", ",", ";", " -->", " #", " }", "]", ":", " :", "'", '"', "`", " &a", " *a"),
    *(" ---", " +++", "\t", "="),
)
_OTHER_FENCES = (
    *("--", "----", "- - -", "***", "===", "___", "+++", "---", "``", "```", "````", "```tom", "~~~", "-->", "<!--"),
    *("", "--- ", "---x", "x---", "\u2014", "\u2014-", "- --", "{", "}", "...", "..", "%%%", ";;;", "# ---"),
    *("**---**", "<hr>", "&#45;--", "---\\"),
)
_OTHER_COLONS = (
    *("", "=", ":", "::", ":=", "=>", " :", " =", ";", ".", "\uff1a", "-", "->", "|", "\n:", ":\n", ": |\n", ": >\n"),
    *("~", ": !", ": &x ", ": -"),
)
_IN_NAMES = (
    *("\n", "\n ", "\n\n", "\n> ", "-\n", "\u00ad", "\u200d", "\u2060", "%", "$", "^", "+", "=", ":", "#", "&", "<"),
    *("\\\n", "/", "?", "!", "@", "\u00b7", "\u2019", "0", "1"),
)
_OTHER_BREAKS = ("", " ", "\n\n", "\\n", "\r", "\n\n\n", "\\\n", "\u2028", "\x85", " \\ ", "<br>", "\t")
_LOOK_ALIKE = {plain: chr(other) for other, plain in mutants.LOOK_ALIKES.items()}


def _lines(change: Callable[[list[str], random.Random], list[str]]) -> Slip:
    return lambda text, rng: "\n".join(change(text.split("\n"), rng))


def _repeat_lines(lines: list[str], rng: random.Random) -> list[str]:
    start = rng.randrange(len(lines))
    end, to = min(len(lines), start + rng.randint(1, 6)), rng.randrange(len(lines))
    return lines[:to] + lines[start:end] + lines[to:]


def _cut_lines(lines: list[str], rng: random.Random) -> list[str]:
    """The lines without some that name nothing."""
    start = rng.randrange(len(lines))
    end = min(len(lines), start + rng.randint(1, 3))
    return lines if any(map(mutants.NAME.search, lines[start:end])) else lines[:start] + lines[end:]


def _put_before(lines: list[str], rng: random.Random) -> list[str]:
    at = rng.randrange(len(lines))
    lines[at] = rng.choice(_BEFORE) + lines[at]
    return lines


def _put_behind(lines: list[str], rng: random.Random) -> list[str]:
    lines[rng.randrange(len(lines))] += rng.choice(_BEHIND)
    return lines


def _put_before_some(lines: list[str], rng: random.Random) -> list[str]:
    mark, start = rng.choice(("> ", "+", "\t", " ", "    ", "| ")), rng.randrange(len(lines))
    end = min(len(lines), start + rng.randint(2, 8))
    return [mark + line if start <= at < end else line for at, line in enumerate(lines)]


def _change_fence(lines: list[str], rng: random.Random) -> list[str]:
    places = [at for at, line in enumerate(lines) if line.strip() in _FENCES]
    if places:
        lines[rng.choice(places)] = rng.choice(_OTHER_FENCES)
    return lines


def _remove_fence(lines: list[str], rng: random.Random) -> list[str]:
    places = [at for at, line in enumerate(lines) if line.strip() in _FENCES]
    if places:
        lines.pop(rng.choice(places))
    return lines


def _replace_one(pattern: str, others: tuple[str, ...]) -> Slip:
    def slip(text: str, rng: random.Random) -> str:
        places = [found.span() for found in re.finditer(pattern, text)]
        if not places:
            return text
        start, end = rng.choice(places)
        return text[:start] + rng.choice(others) + text[end:]

    return slip


def _of_name(change: Callable[[str, random.Random], str]) -> Slip:
    def slip(text: str, rng: random.Random) -> str:
        places = list(mutants.NAME.finditer(text))
        if not places:
            return text
        found = rng.choice(places)
        return text[: found.start()] + change(found[0], rng) + text[found.end() :]

    return slip


def _any_case(name: str, rng: random.Random) -> str:
    return "".join(rng.choice((letter, letter.upper())) for letter in name)


def _look_alike(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    return name[:at] + _LOOK_ALIKE.get(name[at].lower(), name[at]) + name[at + 1 :]


def _accent(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name)) + 1
    return name[:at] + rng.choice("\u0301\u0308\u0327\u034f\ufe0f") + name[at:]


def _full_width(name: str, _: random.Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in name)


def _part(name: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(name))
    return name[:at] + rng.choice(_IN_NAMES) + name[at:]


def _split(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    mark = rng.choice(("\n", "\n\n", "\n  ", "\n---\n", "\n+++\n", "\n```\n", "\n-->\n", "\n}\n"))
    return text[:at] + mark + text[at:]


def _put_below_another(text: str, rng: random.Random) -> str:
    return "---\ntitle: other\n---\nOther text.\n" + rng.choice(("", "\n")) + text


def _cut_end(text: str, rng: random.Random) -> str:
    return text[rng.randint(0, 12) :] if rng.random() < 0.6 else text[: rng.randint(len(text) // 2, len(text))]


_CONVERSIONS: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", "\r"),
    lambda text: text.replace("  ", "\t"),
    lambda text: text.expandtabs(8),
    lambda text: re.sub(" +", " ", text),
    lambda text: re.sub("(?m)^[ \t]+", "", text),
    lambda text: text.replace('"', "'"),
    lambda text: text.replace("'", '"'),
    lambda text: re.sub("\n\n+", "\n", text),
    lambda text: text.replace(": ", ":"),
    lambda text: text.replace(": ", " : "),
    lambda text: text.replace(" = ", "="),
    lambda text: text.encode().decode("cp1252", "replace"),
    lambda text: "\n\n \n" + text,
    lambda text: "# Heading\n\n" + text,
    lambda text: "<!-- c -->\n" + text,
    lambda text: "Intro.\n\n" + text,
    lambda text: "\ufeff\ufeff" + text,
    lambda text: " " + text,
)

SLIPS: dict[str, Slip] = {
    "lines repeated": _lines(_repeat_lines),
    "lines cut": _lines(_cut_lines),
    "a mark before a line": _lines(_put_before),
    "a mark behind a line": _lines(_put_behind),
    "a mark before some lines": _lines(_put_before_some),
    "a fence changed": _lines(_change_fence),
    "a fence removed": _lines(_remove_fence),
    "a colon changed": _replace_one("[:=]", _OTHER_COLONS),
    "a quote changed": _replace_one("[\"']", ("", "\u201c", "\u2019", "`", "''", '""', '"""', "\\'", '\\"', "'", '"')),
    "a line end changed": _replace_one("\n", _OTHER_BREAKS),
    "a name misspelt": _of_name(mutants.misspell),
    "a name in capitals": _of_name(_any_case),
    "a name with a letter of another script": _of_name(_look_alike),
    "a name with an accent": _of_name(_accent),
    "a name in full width": _of_name(_full_width),
    "a name parted": _of_name(_part),
    "a line split": _split,
    "below another file": _put_below_another,
    "an end cut off": _cut_end,
    "all of it converted": lambda text, rng: rng.choice(_CONVERSIONS)(text),
}


# Forms in which other programs write a whole file


def _each(write: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "\n".join(map(write, text.rstrip("\n").split("\n"))) + "\n"


def _each_field(form: str) -> Callable[[str], str]:
    """Each line `name: value` in another form."""
    return _each(lambda line: re.sub(r"^([\"']?\w[\w-]*[\"']?)\s*[:=]\s*(.*)", form, line))


def _fields(text: str) -> list[tuple[str, str]]:
    lines = re.findall(r"(?m)^[ \t.]*[\"']?(\w[\w-]*)[\"']?\s*[:=]\s*(.*)$", re.split("\n#? ?Zebras", text)[0])
    return [(name, value.strip("\"',")) for name, value in lines] or [("", "")]


def _html_row(cells: list[str], element: str) -> str:
    return "<tr>" + "".join(f"\n<{element}>{escape(cell)}</{element}>" for cell in cells) + "\n</tr>\n"


def _as_html_columns(text: str) -> str:
    """A front matter as a page of a code host shows it: a row of names above a row of values."""
    names, values = map(list, zip(*_fields(text), strict=True))
    return f"<table>\n<thead>\n{_html_row(names, 'th')}</thead>\n<tbody>\n{_html_row(values, 'td')}</tbody>\n</table>\n"


def _as_html_rows(text: str) -> str:
    return "<table>\n" + "".join(_html_row(list(field), "td") for field in _fields(text)) + "</table>\n\n# Zebras\n"


def _as_pipe_columns(text: str) -> str:
    names, values = zip(*_fields(text), strict=True)
    row = "| " + " | ".join(names) + " |\n|" + "---|" * len(names) + "\n"
    return row + "| " + " | ".join(value.replace("|", "\\|") for value in values) + " |\n\n# Zebras\n"


def _as_csv(text: str, delimiter: str, *, columns: bool) -> str:
    written = io.StringIO()
    fields = _fields(text)
    csv.writer(written, delimiter=delimiter).writerows(zip(*fields, strict=True) if columns else fields)
    return written.getvalue()


def _in_csv(text: str) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(["a.md", text])
    return written.getvalue()


# Some forms need the fields of a line each: a text in a list, or over several lines, is not in them.
WRITTEN_OUT: dict[str, Callable[[str], str]] = {
    "a table with pipes": _each(lambda line: "| " + re.sub(r"\s*[:=]\s*", " | ", line, count=1) + " |"),
    "a table with a row of names": _as_pipe_columns,
    "a table of HTML": _as_html_rows,
    "a table of HTML with a row of names": _as_html_columns,
    "a list with commas": lambda text: _as_csv(text, ",", columns=False),
    "a row of names and one of values, with commas": lambda text: _as_csv(text, ",", columns=True),
    "a row of names and one of values, with semicolons": lambda text: _as_csv(text, ";", columns=True),
    "a list with tabs": lambda text: _as_csv(text, "\t", columns=False),
    "a cell of a sheet": _in_csv,
    "names without colons": _each_field(r"\1 \2"),
    "names with arrows": _each_field(r"\1 => \2"),
    "names with thin arrows": _each_field(r"\1 -> \2"),
    "names with dashes": _each_field("\\1 \u2013 \\2"),
    "lists of Lisp": _each_field(r"(\1 \2)"),
    "a list of definitions": _each_field(r"\1\n: \2"),
    "headings": _each_field(r"## \1\n\n\2"),
    "names in bold": _each_field(r"**\1:** \2"),
    "a list of names in bold": _each_field(r"- **\1**: \2"),
    "elements": _each_field(r"<\1>\2</\1>"),
    "lines joined with blanks": lambda text: text.replace("\n", " ") + "\n",
    "lines joined with semicolons": lambda text: text.replace("\n", "; ") + "\n",
    "lines joined with pipes": lambda text: text.replace("\n", " | ") + "\n",
    "lines joined with slashes": lambda text: text.replace("\n", " / ") + "\n",
    "lines joined with tabs": lambda text: text.replace("\n", "\t") + "\n",
    "lines joined with signs": lambda text: text.replace("\n", "\u23ce") + "\n",
    "lines joined with zeros": lambda text: text.replace("\n", "\0"),
    "lines joined with escapes": lambda text: text.replace("\n", "\\n") + "\n",
    "other line ends": lambda text: text.replace("\n", "\u2028"),
    "lines filled": lambda text: "\n".join(textwrap.wrap(text, 60)) + "\n",
    "a heading": lambda text: "## " + " ".join(re.split("\n#? ?Zebras", text)[0].split("\n")) + "\n\nZebras.\n",
    "a mail below other words": lambda text: "Hello,\n\nOn Monday Anna wrote:\n\n" + _each("> {}".format)(text),
    "a script": lambda text: f"cat > a.md <<'EOF'\n{text}EOF\n",
    "a text of Python": lambda text: f'"""\n{text}"""\n',
    "capitals": str.upper,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
}


# Mutants of all kinds


class Mutant(NamedTuple):
    """A file that suffered something. `seal` is its sealed text, if it has any. `is_withheld`: a person sees that it is
    not to be published. `kind` says what happened to a file of which format.
    """

    kind: str
    data: bytes
    seal: str = ""
    is_withheld: bool = False


def sealed_mutant(number: int) -> Mutant:
    """A file with sealed text, damaged or written out by another program. The number decides about all of it."""
    rng = random.Random(number)
    while True:
        form = rng.choice(mutants.FORMATS)
        text, seal = mutants.sealed_file_of(form, rng)
        way, damaged, data = _suffer(text, rng, seal)
        # In headers, a name that has lost its colon is a word of a sentence.
        seen = (damaged, mutants.seen_by_a_person(damaged))
        if not form.startswith("headers") or way in _ALL_FORMS or any(map(mutants.NAMED_SEAL.search, seen)):
            return Mutant(f"{way}, {form}", data, seal=seal)


def withheld_mutant(number: int) -> Mutant:
    """A file with a mark that withholds, damaged or written out by another program."""
    rng = random.Random(number)
    while True:
        form = rng.choice(mutants.FORMATS)
        text, mark = mutants.withheld_file_of(form, rng)
        way, damaged, data = _suffer(text, rng)
        name = mark.partition(":")[0].lower()
        if way not in _ALL_FORMS:
            return Mutant(f"{way}, {form}", data, is_withheld=mutants.shows_a_mark(data))
        if name in damaged.lower():
            return Mutant(f"{way}, {form}", data, is_withheld=True)


def _suffer(text: str, rng: random.Random, seal: str = "") -> tuple[str, str, bytes]:
    """What happened to a text, the text then, and its bytes."""
    chance = rng.random()
    if chance < 0.5:
        damaged = mutants.damaged(text, rng, seal)
        return "one to three slips", damaged, mutants.encoded(damaged, rng)
    if chance < 0.75:
        way = rng.choice(tuple(SLIPS))
        damaged = SLIPS[way](text, rng)
    else:
        way = rng.choice(tuple(_ALL_FORMS))
        damaged = _ALL_FORMS[way](text)
    return way, damaged, damaged.encode("utf-8", "replace")


_ALL_FORMS = {**mutants.WRITTEN_OUT, **WRITTEN_OUT}
