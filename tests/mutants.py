"""Well-formed files with sealed text and with marks that withhold, and the slips that damage them."""

from __future__ import annotations

import codecs
import json
import quopri
import random
import re
import unicodedata
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote, quote_plus

SEALS = (
    "The heirs agreed to sell the mill when the winter comes",
    "it's the captain's word that no ship's cargo was insured",
    'a 12" pipe was found under the 5" board in the cellar',
    "Note: the price is not final, and the buyer: a friend",
    "she dies",
    "rosebud-7",
    "Mr Bell Sold The Mill To Anna. Nobody Else Was Told.",
    "jlQWd+6BuBj1x9HzWfAFwFwvSo2UBb7G2GdcGDgH5OKaxiEQTd0GHc==",
    "- the first witness was bribed; # the second was not",
    "{nobody: knows} [who] wrote the letter & signed it",
    "Le notaire a gard\u00e9 la cl\u00e9 du coffre \u2014 personne ne l\u2019a su",
)
MARKS = (
    "published: false",
    "published: no",
    'published: "false"',
    "draft: true",
    "draft: yes",
    "removed: true",
    "deleted: 'true'",
    "heat: -1",
    "heat: -2.5",
    "published: off",
)
FOREIGN_MARKS = (
    *("isDraft: true", "drafts: true", "hidden: true", "unlisted: true", "private: true", "publish: false"),
    *("dg-publish: false", "share: false", "status: draft", "visibility: private", "Draft: true", "status: 'hidden'"),
    "eleventyExcludeFromCollections: true",
)
BODIES = (
    "Zebras graze here.\n\nMore text: with a colon.\n",
    "# Zebras\n\n- one\n- two\n\nThe end.\n",
    "Zebras and\na setext heading\n---\n\nMore.\n",
    "\nZebras.\n\n```yaml\nserver:\n  port: 1\n```\n\nThe end.\n",
    "Zebras\n",
)
TEXTS = (
    "Cats' toys are back",
    'A disk of 5"',
    "A plain title",
    "He said: 'no'",
    "10 % of all",
    "Fish & chips",
    "It's 5 o'clock",
    "Zwölf Boxkämpfer",
)


def quoted(text: str, rng: random.Random) -> str:
    """A text as a value on one line."""
    double = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    single = "'" + text.replace("'", "''") + "'"
    plain = re.fullmatch(r"[A-Za-z][^:#\"'{}\[\],&*]*", text) is not None
    return rng.choice((double, single, *((text, text) if plain else ())))


def sealed_field(seal: str, rng: random.Random, indent: str = "") -> list[str]:
    """The lines of a `secured` field in one of its forms."""
    name = rng.choice(("secured",) * 6 + ("Secured", "SECURED", '"secured"', "'secured'"))
    if name == "Secured":  # without quotes it may be a sentence of a body
        return [f"{indent}{name}: '" + seal.replace("'", "''") + "'"]
    words = seal.split(" ")
    half = len(words) // 2
    forms = [[f"{indent}{name}: {quoted(seal, rng)}"]] * 4
    forms.append([f"{indent}{name}:", f"{indent}  {quoted(seal, rng)}"])
    forms.append([f"{indent}{name}: {rng.choice('|>')}{rng.choice(('', '-'))}", f"{indent}  {seal}"])
    if half:
        first, second = " ".join(words[:half]), " ".join(words[half:])
        forms.append([f"{indent}{name}: |", f"{indent}  {first}", f"{indent}  {second}"])
    forms.append([f"{indent}{name}:", f"{indent}  - {quoted(seal, rng)}"])
    forms.append([f"{indent}{name}: {{text: {quoted(seal, rng)}}}"])
    return rng.choice(forms)


def provider(rng: random.Random, extra: list[str] | None = None) -> list[str]:
    """The lines of a `provider` field, with the lines of another field in it."""
    if extra and len(extra) == 1 and rng.random() < 0.5:
        inner = ["name: " + quoted("Fishmonger", rng), "domain: fish.example", extra[0].strip()]
        rng.shuffle(inner)
        if rng.random() < 0.3:
            return ["provider: {" + inner[0] + ",", "  " + inner[1] + ",", "  " + inner[2] + "}"]
        return ["provider: {" + ", ".join(inner) + "}"]
    return ["provider:", "  name: " + quoted("Fishmonger", rng), *(extra or []), "  domain: fish.example"]


def related(rng: random.Random, extra: list[str] | None = None) -> list[str]:
    """The lines of a `related` field, with the lines of another field in it."""
    if extra and len(extra) == 1 and rng.random() < 0.4:
        return [f"related: [{{title: r, webUrl: 'https://r.example/', {extra[0].strip()}}}]"]
    return ["related:", "  - title: " + quoted(rng.choice(TEXTS), rng), *["  " + line for line in extra or []]]


def others(rng: random.Random) -> list[list[str]]:
    """Fields beside the title, each as lines."""
    fields = [
        ["webUrl: https://news.example/a#b"],
        ["publishedDateTime: 2023-05-03T08:45:00Z"],
        ["excerpt: " + quoted(rng.choice(TEXTS), rng)],
        ["excerpt: |", "  First line of it.", "  Last line of it"],
        ["excerpt: >-", "  Folded, and", "", "  with a gap"],
        ["excerpt: 'runs over", "  two lines'"],
        ["excerpt: plain and", "  over two lines"],
        ["tags: [a, 'b c', \"d\"]"],
        ["topics:", "  - Machine Learning", "  - AI"],
        ["topics:", "- Machine Learning", "- AI"],
        ["quality: 39 # as measured"],
        ["# a comment"],
        ["images:", "  - url: /a.png", "    title: " + quoted(rng.choice(TEXTS), rng)],
        ["category: &c news"],
        ["type: !!str article"],
        [""],
        provider(rng),
        related(rng),
    ]
    chosen = rng.sample(fields, rng.randint(1, 6))
    names: set[str] = set()
    return [
        lines for lines in chosen if not (name := lines[0].partition(":")[0]) or not (name in names or names.add(name))
    ]


def file_of(fields: list[list[str]], rng: random.Random) -> str:
    """A file with these fields, in block or flow form."""
    rng.shuffle(fields)
    body = rng.choice(BODIES)
    if rng.random() < 0.15 and all(
        len(lines) == 1 and ":" in lines[0] and "#" not in lines[0] and "&" not in lines[0] for lines in fields
    ):
        joint = rng.choice((", ", ",\n "))
        front = "{" + joint.join(lines[0] for lines in fields) + "}"
    else:
        front = "\n".join(line for lines in fields for line in lines)
    return f"---\n{front}\n---\n{body}"


def sealed_file(rng: random.Random) -> tuple[str, str]:
    """A well-formed file with sealed text, and that text."""
    seal = rng.choice(SEALS)
    fields = [["title: " + quoted(rng.choice(TEXTS), rng)], *others(rng)]
    names = {lines[0].partition(":")[0] for lines in fields}
    where = rng.random()
    if where < 0.2 and "provider" not in names:
        fields.append(provider(rng, sealed_field(seal, rng, "  ")))
    elif where < 0.4 and "related" not in names:
        fields.append(related(rng, sealed_field(seal, rng, "  ")))
    else:
        fields.append(sealed_field(seal, rng))
    return file_of(fields, rng), seal


def on_one_line(text: str, seal: str) -> bool:
    """Whether the sealed text and the name of its field stand on one line.

    Else a line that changes its place may take a part of the sealed text with it, with nothing to tell what it was.
    """
    return any(
        "secured" in re.sub(r"&\w+;|<\W?\w+>|[\W_]", "", line.lower()) and seal.rsplit(maxsplit=1)[-1][:4] in line
        for line in text.split("\n")
    )


def withheld_file(rng: random.Random) -> tuple[str, str]:
    """A well-formed file with a mark that withholds it, and that mark."""
    mark = rng.choice(MARKS)
    fields = [["title: " + quoted(rng.choice(TEXTS), rng)], *others(rng), [mark]]
    if rng.random() < 0.3:
        fields.append(sealed_field(rng.choice(SEALS), rng))
    return file_of(fields, rng), mark


# Other formats

FORMATS = ("yaml", "toml", "json", "headers", "headers in a comment")


def _toml_text(text: str, rng: random.Random) -> str:
    double = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    forms = [double, double, f'"""{text}"""' if '"' not in text else double]
    if "'" not in text:
        forms += [f"'{text}'", f"'''\n{text}'''"]
    return rng.choice(forms)


def _value_of(written: str) -> str:
    return written.strip("'\"")


def _toml_mark(mark: str) -> str:
    name, _, value = mark.partition(": ")
    value = _value_of(value)
    is_literal = value in ("true", "false") or value[0] == "-"
    return f"{name} = {value}" if is_literal else f'{name} = "{value}"'


def toml_file(rng: random.Random, seal: str = "", mark: str = "") -> str:
    """A well-formed file with TOML, a sealed text and a mark that withholds, where they are given."""
    fields = [
        ["title = " + _toml_text(rng.choice(TEXTS), rng)],
        *rng.sample(
            [
                ['webUrl = "https://news.example/a#b"'],
                ["publishedDateTime = 2023-05-03T08:45:00Z"],
                ["excerpt = " + _toml_text(rng.choice(TEXTS), rng)],
                ['excerpt2 = """', "First line of it.", 'Last line of it"""'],
                ["tags = [", "  'a', # one", '  "b c"', "]"],
                ['topics = ["Machine Learning", "AI"]'],
                ["quality = 39 # as measured"],
                ["# a comment"],
                [""],
            ],
            rng.randint(1, 6),
        ),
    ]
    tables = [
        ["[provider]", 'name = "Fishmonger"', 'domain = "fish.example"'],
        ["[[images]]", "url = '/a.png'", "[[images]]", "url = '/b.png'"],
        ["[params]", "wide = true"],
    ]
    tables = rng.sample(tables, rng.randint(0, 3))
    if seal:
        name = rng.choice(("secured", "secured", "Secured", '"secured"'))
        text = _toml_text(seal, rng)
        line = rng.choice((f"{name} = {text}", f"{name} = {text}", f"{name} = [{text}]", f"{name} = {{text = {text}}}"))
        sealed = line.split("\n")
        if tables and rng.random() < 0.3:
            tables[0].extend(sealed)
        else:
            fields.append(sealed)
    if mark:
        fields.append([_toml_mark(mark)])
    rng.shuffle(fields)
    front = "\n".join(line for lines in (*fields, *tables) for line in lines)
    opening, closing = rng.choice((("+++", "+++"), ("+++", "+++"), ("```toml", "```")))
    return f"{opening}\n{front}\n{closing}\n{rng.choice(BODIES)}"


def json_file(rng: random.Random, seal: str = "", mark: str = "") -> str:
    """A well-formed file with a JSON object."""
    fields: list[tuple[str, object]] = [
        ("title", rng.choice(TEXTS)),
        *rng.sample(
            [
                ("webUrl", "https://news.example/a#b"),
                ("publishedDateTime", "2023-05-03T08:45:00Z"),
                ("excerpt", rng.choice(TEXTS)),
                ("tags", ["a", "b c"]),
                ("topics", ["Machine Learning", "AI"]),
                ("quality", 39),
                ("provider", {"name": "Fishmonger", "domain": "fish.example"}),
                ("images", [{"url": "/a.png", "title": rng.choice(TEXTS)}]),
            ],
            rng.randint(1, 6),
        ),
    ]
    if seal:
        fields.append((rng.choice(("secured", "Secured")), rng.choice((seal, seal, [seal], {"text": seal}))))
    if mark:
        name, _, value = mark.partition(": ")
        value = _value_of(value)
        fields.append((name, {"true": True, "false": False}.get(value, float(value) if value[0] == "-" else value)))
    rng.shuffle(fields)
    written = json.dumps(dict(fields), indent=rng.choice((None, 2, 2, "\t")), ensure_ascii=rng.random() < 0.2)
    return f"{written}\n{rng.choice(('', chr(10)))}{rng.choice(BODIES)}"


def headers_file(rng: random.Random, seal: str = "", mark: str = "") -> str:
    """A well-formed file with headers."""
    fields = [
        ["Title: " + rng.choice(TEXTS)],
        *rng.sample(
            [
                ["webUrl: https://news.example/a#b"],
                ["Date: 2023-05-03 08:45"],
                ["Summary: " + rng.choice(TEXTS)],
                ["Summary2: runs over", "    two lines"],
                ["Tags: a, b c"],
                ["Category: news"],
                ["Slug: a-b"],
            ],
            rng.randint(1, 6),
        ),
    ]
    if seal:
        fields.append([rng.choice(("Secured: ", "secured: ")) + seal])
    if mark:
        name, _, value = mark.partition(": ")
        fields.append([f"{rng.choice((name, name.capitalize()))}: {_value_of(value)}"])
    rng.shuffle(fields)
    front = "\n".join(line for lines in fields for line in lines)
    return f"{front}\n\n{rng.choice(BODIES)}"


def commented_file(rng: random.Random, seal: str = "", mark: str = "") -> str:
    """A well-formed file with headers in a comment, as Nikola has them."""
    front, _, body = headers_file(rng, seal, mark).partition("\n\n")
    lines = [line for line in front.split("\n") if not line.startswith(" ")]
    return "\n".join(["<!--", *(f".. {line}" for line in lines), "-->", "", body])


_MAKERS = {
    "toml": toml_file,
    "json": json_file,
    "headers": headers_file,
    "headers in a comment": commented_file,
}


def sealed_file_of(form: str, rng: random.Random) -> tuple[str, str]:
    """A well-formed file of a format with sealed text, and that text."""
    if form == "yaml":
        return sealed_file(rng)
    seal = rng.choice([seal for seal in SEALS if not form.startswith("headers") or not seal.startswith(("- ", "{"))])
    return _MAKERS[form](rng, seal=seal), seal


def withheld_file_of(form: str, rng: random.Random) -> tuple[str, str]:
    """A well-formed file of a format with a mark that withholds it, and that mark."""
    mark = rng.choice((*MARKS, *FOREIGN_MARKS))
    if form == "yaml":
        fields = [["title: " + quoted(rng.choice(TEXTS), rng)], *others(rng), [mark]]
        return file_of(fields, rng), mark
    return _MAKERS[form](rng, mark=mark, seal=rng.choice(SEALS[:6]) if rng.random() < 0.2 else ""), mark


# Slips

Slip = Callable[[str, random.Random], str]


def _lines(change: Callable[[list[str], random.Random], list[str]]) -> Slip:
    return lambda text, rng: "\n".join(change(text.split("\n"), rng))


def _delete(marks: str) -> Slip:
    def slip(text: str, rng: random.Random) -> str:
        places = [at for at, character in enumerate(text) if character in marks]
        if not places:
            return text
        at = rng.choice(places)
        return text[:at] + text[at + 1 :]

    return slip


def _insert(*marks: str) -> Slip:
    def slip(text: str, rng: random.Random) -> str:
        at = rng.randint(4, len(text))
        return text[:at] + rng.choice(marks) + text[at:]

    return slip


def _double(marks: str) -> Slip:
    def slip(text: str, rng: random.Random) -> str:
        places = [at for at, character in enumerate(text) if character in marks]
        if not places:
            return text
        at = rng.choice(places)
        return text[:at] + text[at] + text[at:]

    return slip


def _insert_line(*inserted: str) -> Slip:
    def change(lines: list[str], rng: random.Random) -> list[str]:
        at = rng.randint(1, len(lines))
        return [*lines[:at], rng.choice(inserted), *lines[at:]]

    return _lines(change)


def _indent(lines: list[str], rng: random.Random) -> list[str]:
    at = rng.randrange(len(lines))
    blanks = rng.choice((" ", "  ", "    ", "\t", "      "))
    stop = at + rng.choice((1, 1, 1, 2, 3))
    return [blanks + line if at <= index < stop else line for index, line in enumerate(lines)]


def _dedent(lines: list[str], rng: random.Random) -> list[str]:
    places = [at for at, line in enumerate(lines) if line[:1] == " "]
    if places:
        at = rng.choice(places)
        lines[at] = lines[at][rng.choice((1, 2)) :]
    return lines


def _move(lines: list[str], rng: random.Random) -> list[str]:
    front = max((at for at, line in enumerate(lines) if line == "---"), default=1)
    source = rng.randint(1, max(front, 1))
    moved = lines.pop(min(source, len(lines) - 1))
    at = rng.randint(0, min(front + 1, len(lines)))
    return [*lines[:at], moved, *lines[at:]]


def _swap(lines: list[str], rng: random.Random) -> list[str]:
    if len(lines) > 2:
        at = rng.randrange(len(lines) - 1)
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return lines


def _join(lines: list[str], rng: random.Random) -> list[str]:
    if len(lines) > 2:
        at = rng.randrange(len(lines) - 1)
        lines[at : at + 2] = [lines[at] + rng.choice(("", " ", "  ")) + lines[at + 1]]
    return lines


def _repeat(lines: list[str], rng: random.Random) -> list[str]:
    at, to = rng.randrange(len(lines)), rng.randint(1, len(lines))
    return [*lines[:to], lines[at], *lines[to:]]


def _comment(lines: list[str], rng: random.Random) -> list[str]:
    at = rng.randrange(len(lines))
    place = rng.randint(0, len(lines[at]))
    lines[at] = lines[at][:place] + rng.choice((" # ", "#", " #")) + lines[at][place:]
    return lines


def _block(lines: list[str], rng: random.Random) -> list[str]:
    at = rng.randrange(len(lines))
    lines[at] = lines[at].rstrip() + rng.choice((" |", " >", " |-", " >-", "|", " |2"))
    return lines


def _properties(lines: list[str], rng: random.Random) -> list[str]:
    at = rng.randrange(len(lines))
    return [
        line.replace(
            ": ",
            rng.choice((": &x ", ": !y ", ": *z ", ": *x ", ": &x ", ": !!str ", ":", ":\t", ": - ", " : ", ":\u00a0")),
            1,
        )
        if index == at
        else line
        for index, line in enumerate(lines)
    ]


def _cut(text: str, rng: random.Random) -> str:
    return text[: rng.randint(min(5, len(text)), len(text))]


def _quote_line(lines: list[str], rng: random.Random) -> list[str]:
    at, mark = rng.randrange(len(lines)), rng.choice("\"'")
    lines[at] = mark + lines[at] + rng.choice((mark, ""))
    return lines


def _other_breaks(text: str, rng: random.Random) -> str:
    mark = rng.choice(("\r", "\r\n", "\u2028", "\x85", "\x0b", "\x0c", "\u2029", "\n\n"))
    if rng.random() < 0.4:
        return text.replace("\n", mark)
    places = [at for at, character in enumerate(text) if character == "\n"]
    if not places:
        return text
    at = rng.choice(places)
    return text[:at] + mark + text[at + 1 :]


def _cut_out(text: str, rng: random.Random) -> str:
    """The text without a piece of it, which takes away no name, nor where its value begins."""
    start = rng.randint(4, len(text))
    end = start + rng.randint(2, 12)
    if any(start < name.end() + 8 and name.start() - 2 < end for name in SPACED_NAME.finditer(text)):
        return text
    return text[:start] + text[end:]


NAME = re.compile("secured|published(?!DateTime)|removed|deleted|draft|heat", re.IGNORECASE)
SPACED_NAME = re.compile(
    "|".join(r"[\W_]{0,3}".join(name) for name in ("secured", "published", "removed", "deleted", "draft", "heat")),
    re.IGNORECASE,
)
# A name that has lost its colon is a word of a sentence, in headers, whose texts need no quotes.
NAMED_SEAL = re.compile(
    r"[\W_]{0,3}".join("secured") + r"[^\w\n]{0,30}[:=]" + "|" + r"[\W_]{1,3}".join("secured"), re.IGNORECASE
)
DRESSES = (
    *("**", "_", "*", "~~", "`", "__", "\\_", "'", "|", "&quot;", "&nbsp;", "\u200b", "\u201c"),
    *(("<b>", "</b>"), ('<span class="x">', "</span>"), ("[", "]"), ("[[", "]]"), ("{{", "}}"), ("<", ">"), ("(", ")")),
)
PARTS = (
    *("]", "[", "_", "-", ".", "\\", "'", '"', ",", ";", "|", "*", "**", "/", "}", "{", "(", " ", "  ", "\t", "\u00a0"),
    *("&nbsp;", "&shy;", "&#8203;", "<wbr>", "<b>", "</i>", "\u00ad", "\u200b", "\u2019", "\u2011", "---", " - ", "__"),
    *("\n", "\n  ", "-\n", "\r\n"),
)


def _of_name(change: Callable[[str, random.Random], str]) -> Slip:
    """A slip in the name of a field that seals or withholds."""

    def slip(text: str, rng: random.Random) -> str:
        found = [*NAME.finditer(text)]
        if not found:
            return text
        name = rng.choice(found)
        return text[: name.start()] + change(name[0], rng) + text[name.end() :]

    return slip


def _dress(name: str, rng: random.Random) -> str:
    dress = rng.choice(DRESSES)
    return dress + name + dress if isinstance(dress, str) else name.join(dress)


def _part(name: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(name))
    return name[:at] + rng.choice(PARTS) + name[at:]


def _space_out(name: str, rng: random.Random) -> str:
    return rng.choice((" ", ".", "_", "-", "\u00a0", "\u200b")).join(name)


def misspell(name: str, rng: random.Random) -> str:
    """A name with one letter but the last lost, doubled, replaced, or in the place of the next one."""
    at = rng.randrange(len(name) - 1)
    return rng.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + rng.choice("aoxzq") + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )


def misspelt_seal(text: str, rng: random.Random) -> str:
    """A file in which the name `secured` has lost or changed a letter, and has run into the field above it, or stands
    in the body.
    """
    found = re.search(r"^(\.\. )?[\"']?secured[\"']?(?=[ \t]*[:=])", text, re.IGNORECASE | re.MULTILINE)
    if found is None:
        return text
    name = misspell("secured", rng)
    return text[: found.start()] + rng.choice(("\n", " ", "  ", "\n ")) + name + text[found.end() :]


NAME_SLIPS: tuple[Slip, ...] = (_of_name(_dress), _of_name(_part), _of_name(_part), _of_name(_space_out))


SLIPS: tuple[Slip, ...] = (
    _delete("\"'"),
    _delete("\"'"),
    _delete("[]{}"),
    _delete(":"),
    _delete("\n"),
    _delete("-"),
    _delete(" "),
    _delete(","),
    _insert('"', "'"),
    _insert("[", "]", "{", "}"),
    _insert(":", ": ", "\n", "\n  ", " ", "\t"),
    _insert("\n---\n", "---", "\n...\n"),
    _insert("\ufeff", "\u200b", "\0", "\u00a0"),
    _insert("`", "\\", "%", "@", "|", ">", "- ", "? ", ", "),
    _double("\"'"),
    _double("[]{}:,-"),
    _insert_line("---", "---", "...", "", "--- ", "- x", "|", "}", "]"),
    _insert_line("---"),
    _lines(_indent),
    _lines(_indent),
    _lines(_dedent),
    _lines(_comment),
    _lines(_block),
    _lines(_properties),
    _lines(_quote_line),
    _cut,
    _cut_out,
    _other_breaks,
    *NAME_SLIPS,
)


REORDERING: tuple[Slip, ...] = tuple(_lines(change) for change in (_move, _swap, _join, _repeat))


def damaged(text: str, rng: random.Random, seal: str = "") -> str:
    """A text with one to three slips in it. Lines change places, or are joined, if only one holds sealed text."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        is_movable = not seal or on_one_line(text, seal)
        text = rng.choice((*SLIPS, *REORDERING) if is_movable else SLIPS)(text, rng)
    return text


def encoded(text: str, rng: random.Random) -> bytes:
    """A text as bytes: nearly always UTF-8, else UTF-16, of which a byte may be missing."""
    kind = rng.random()
    if kind < 0.9:
        return text.encode("utf-8", "replace")
    if kind < 0.92:
        return codecs.BOM_UTF8 + text.encode("utf-8", "replace")
    mark, encoding = rng.choice(
        ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-16-le"), (b"", "utf-16-be"))
    )
    data = mark + text.encode(encoding, "replace")
    if rng.random() < 0.2:
        at = rng.randrange(len(data))
        data = data[:at] + data[at + 1 :]
    return data


# What other programs make of a whole file


def _each_line(write: Callable[[int, str], str]) -> Callable[[str], str]:
    return lambda text: "".join(f"{write(number, line)}\n" for number, line in enumerate(text.rstrip().split("\n"), 7))


def _in_block(mark: str, language: str) -> Callable[[str], str]:
    return lambda text: f"{mark}{language}\n{text.rstrip()}\n{mark}\n"


WRITTEN_OUT: dict[str, Callable[[str], str]] = {
    **{f"behind {mark!r}": _each_line(lambda _, line, mark=mark: mark + line) for mark in (  # type: ignore[misc]
        *("+", "-", "> ", ">", "> > ", "| ", "+ ", "< ", "# ", "// ", "-- ", "* ", "[12:03:04] ", "Anna: ", "page."),
        *("2024-01-01 12:00:03 INFO ", "a.md:", "&gt; ", "\u00a0"),
    )},
    **{f"numbered {form!r}": _each_line(lambda number, line, form=form: form.format(number) + line) for form in (  # type: ignore[misc]
        *("{}: ", "{} ", "{}\t", "{:4d}  ", "{:>3} | ", "{}. ", "{}) ", "a.md:{}:", "a.md-{}-", "[{}] ", "L{}: "),
        "{:08x}  ",
    )},
    **{f"in a block of {language!r}": _in_block(mark, language) for mark, language in (
        *(("```", "yaml"), ("```", "json"), ("~~~", ""), ("````", "markdown"), ("```", "text"), ("~~~", "diff")),
    )},
    "a diff": lambda text: "diff --git a/a.md b/a.md\n--- /dev/null\n+++ b/a.md\n@@ -0,0 +1,9 @@\n"
    + _each_line(lambda _, line: f"+{line}")(text),
    "a string of JSON": json.dumps,
    "a string in a string": lambda text: json.dumps(json.dumps(text)),
    "a field of JSON": lambda text: json.dumps({"path": "a.md", "content": text}, indent=2),
    "lines of JSON": lambda text: json.dumps(text.split("\n"), indent=2),
    "a string of Python": repr,
    "HTML": escape,
    "HTML in HTML": lambda text: escape(escape(text)),
    "a preformatted block": lambda text: f'<pre><code class="language-yaml">{escape(text)}</code></pre>\n',
    "paragraphs": _each_line(lambda _, line: f"<p>{escape(line)}</p>"),
    "lines of HTML": lambda text: escape(text).replace("\n", "<br />"),
    "a table": lambda text: "<table>"
    + _each_line(lambda number, line: f"<tr><td>{number}</td><td>{escape(line)}</td></tr>")(text)
    + "</table>\n",
    "an address": quote,
    "a form": quote_plus,
    "a mail": lambda text: quopri.encodestring(text.encode()).decode(),
    "a comment": lambda text: f"/*\n{text}*/\n",
}  # fmt: skip


LOOK_ALIKES = str.maketrans("\u0435\u0441\u0430\u0501\u0455\u03c5\u0433\u0440\u04bb\u03c4", "ecadsurpht")
_GIVEN = r"['\"]?\s*[:=]\s*['\"]?"
_MARK = re.compile(
    rf"[ \t\-'\"{{?,]*(?:published{_GIVEN}(?:false|no|off)\b"
    rf"|(?:draft|removed|deleted){_GIVEN}(?:true|yes)\b|heat{_GIVEN}-\d)"
    # Marks of other publishers speak of a part where they stand inside another field.
    rf"|[\-'\"{{?,]*(?:(?:isdraft|drafts|hidden|unlisted|private|eleventyExcludeFromCollections){_GIVEN}(?:true|yes)\b"
    rf"|(?:publish|dg-publish|share){_GIVEN}(?:false|no|off)\b|(?:status|visibility){_GIVEN}(?:draft|private|hidden)\b)",
    re.IGNORECASE,
)
# The fields of a picture in TOML are not indented.
_PICTURE = re.compile(r"^\[\[images\]\]\n(?:(?!\[|\+\+\+|```).*\n)*", re.MULTILINE)
_FOREIGN_LINE = re.compile(r"^(?:hidden|private|share|status|visibility)\s*=.*$", re.MULTILINE | re.IGNORECASE)
_PARTED = re.compile(
    r"(?<![^\W_])[*_`~\[\](){}<>|&\\]{0,3}(?:"
    + "|".join(r"[\W_]{0,3}".join(name) for name in ("published", "removed", "deleted", "draft", "heat"))
    + r")[*_`~\[\](){}<>|&\\]{0,3}['\"]?:",
    re.IGNORECASE,
)


def seen_by_a_person(text: str) -> str:
    """A text without markup, with names in it whole that are parted by marks, characters, entities or a line's end."""
    plain = re.sub(r"<\/?[a-z][^<>\n]*>", "", unescape(text)).replace("\u00ad", "").replace("\u200b", "")
    plain = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", plain.translate(LOOK_ALIKES)))
    return _PARTED.sub(lambda found: re.sub(r"[\W_]", "", found[0]) + ":", plain)


def shows_a_mark(data: bytes) -> bool:
    """Whether a person sees a mark that withholds above the body, on a line that is no comment, nor a report's, nor a
    mark of another publisher that speaks of a picture.
    """
    text = data.replace(b"\0", b"").lstrip(b"\xff\xfe").decode("utf-8", "replace")
    head = re.sub(r"related:(?:\n(?:[ \t-].*)?)*", "", re.split("\n#? ?Zebras", text)[0])
    head = _PICTURE.sub(lambda found: _FOREIGN_LINE.sub("", found[0]), head)
    return any(
        _MARK.match(line)
        for seen in (head, seen_by_a_person(head))
        for line in re.split("[\r\n\x0b\x0c\x85\u2028\u2029]", seen)
    )
