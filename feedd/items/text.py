"""Text for people: any string in; plain, safe or shortened text, or a slug, out. Nothing here ever raises."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from html.entities import html5
from typing import TYPE_CHECKING

from feedd.items import inline_markup, invisible
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

Natural = tuple[tuple[int, str], ...]  # length and digits of a number; 0 and the text between numbers
SLUG_CHARACTERS = 60
SLUG_BYTES = 180

_ENTITY = late_pattern(r"&(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DOUBLE_ENTITY = late_pattern(r"&(?:amp;)+(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_BEFORE_A_WORD = "([{\"'`/|,\u2018\u201c\xab\u201e"
_AFTER_A_WORD = ")]}\"'`/|,.;:!?\u2019\u201d\xbb\u201c"

_NOT_IN_XML = late_pattern("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# U+FEFF is a byte order mark that strayed into the text.
_INVISIBLES = "\0-\x08\x0e-\x1b\x7f\ud800-\udfff\ufeff\ufffe\uffff"
_INVISIBLE = late_pattern(f"[{_INVISIBLES}]+")
# The other controls go last, because text that was decoded with the wrong encoding may need them.
_INVISIBLE_OR_C1 = late_pattern(f"[{_INVISIBLES}\x80-\x84\x86-\x9f]+")

# The bytes 80 to BF continue a UTF-8 sequence. These are the characters that cp1252 (or Latin-1) makes of them.
_CONTINUATION = "\x80-\xbf" + bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
_MARKS = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026"  # quotation marks, dashes, the ellipsis
# In Portuguese, French, German or Icelandic, a word may well end in an accented letter before such a mark.
_MOJIBAKE = late_pattern(
    rf"[\u00c2-\u00f4](?=[{_CONTINUATION}])(?:"
    rf"(?<=[\u00c2-\u00df])(?:(?<!\w.)|(?![{_MARKS}](?:\W|$))(?<![A-Z\u00c0-\u00de].(?=\xbb)))"
    rf"|(?<=[\u00e0-\u00ef])(?![{_MARKS}\xbb]{{2}})[{_CONTINUATION}]{{2}}"
    rf"|(?<=[\u00f0-\u00f4])[{_CONTINUATION}]{{3}})"
)

_NO_BREAK = "\xa0\u2007\u202f"
_SENTENCE_END = late_pattern(
    "[.!?\u2026\u0589\u061f\u06d4\u0964\u0965\u1362][\"'\u2019\u201d\xbb)\\]*_]*+(?=\\s)"
    "|[\u3002\uff01\uff1f\uff61][\"'\u2019\u201d\u300d\u300f\uff09)\\]*_]*+"
)
_BLANK = late_pattern(r"\s")
# What continues the character before it, beside marks: joiners, tones and tags of emoji, vowels of Hangul and Thai.
_CONTINUES = late_pattern(
    "[\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u1160-\u11ff\u0e33\u0eb3\uff9e\uff9f]"
)
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_LONGEST_CHARACTER = 64  # code points that are looked at as one character of a reader
_CUT_TAIL = " \t\n,;:.!?-([{&/\xab" + _MARKS + _NO_BREAK
_SLUG_WORDS = late_pattern(r"[+#&]|(?:(?<!\S)|(?<=[(/]))\.(?=\w)")
_SLUG_NAMES = {"+": " plus ", "#": " sharp ", "&": " and ", ".": " dot "}
_ASCII_GAPS = late_pattern(r"[^a-z0-9]+")
_NUMBERS = late_pattern(r"(\d+)")


def plain(raw: str) -> tuple[str, tuple[str, ...]]:
    """A title or an excerpt as a line of plain text, and the repairs that were made in it, in words.

    HTML that formats the text goes (`without_formatting`), entities are decoded once, so `&lt;b&gt;` becomes `<b>`.
    Characters escaped twice within words (`it&amp;#39;s`), and UTF-8 decoded as cp1252 ("Cellsâ€™"), are repaired and
    noted. Characters written as entities are never taken for tags, nor repaired as cp1252. Control characters, and
    characters that XML 1.0 may not contain, are left out. White space of HTML is folded (`folded`). Text without `&`,
    `<` and damage comes back as it is, only folded.
    """
    if is_plain(raw):
        return raw, ()
    text = raw
    notes: list[str] = []
    if "<" in text:
        text, note = inline_markup.without_formatting(text)
        if note:
            notes.append(note)
    text = _INVISIBLE.sub("", text)
    if not text.isascii() and _MOJIBAKE.search(text):
        text, note = _reencoded(text)
        if note:
            notes.append(note)
    if "&" in text:
        text, note = _decoded(text)
        if note:
            notes.append(note)
    return _folded(text), tuple(notes)


def is_plain(raw: str) -> bool:
    """Whether a text plainly is what `plain` makes of it: a quick look."""
    return (
        raw.isprintable()
        and "&" not in raw
        and "<" not in raw
        and "  " not in raw
        and raw.strip() == raw
        and (raw.isascii() or not _MOJIBAKE.search(raw))
    )


def as_name(plain: str) -> str:
    """Plain text as a name: every kind of space is a blank, and characters that cannot be seen are left out."""
    if plain.isascii() and plain.isprintable() and "  " not in plain:  # which most are
        return plain.strip()
    return " ".join(invisible.visible(plain).split())


def searchable(*texts: str) -> str:
    """Texts as words are looked for in them: a line each, every kind of white space a blank."""
    return "\n".join(" ".join(each.split()) for each in texts)


def safe(raw: str) -> str:
    r"""The text without characters that XML 1.0 may not contain (section 2.2). Lines end in "\n" (section 2.11)."""
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    if _NOT_IN_XML.search(raw):
        return _NOT_IN_XML.sub("", raw)
    return raw


def shorten(text: str, limit: int) -> str:
    """The text, cut before a word and marked with "…" if it is longer than `limit` (>= 1) characters.

    The result, mark included, is never longer than `limit`. Where no word ends in the second half (as in
    Chinese) the cut is made anywhere.
    """
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    if not text[len(head)].isspace() or text[len(head)] in _NO_BREAK:
        end = max(head.rfind(" "), head.rfind("\n"))
        if end >= limit // 2:
            head = head[:end]
    return (head.rstrip(_CUT_TAIL) + "…")[: max(limit, 0)]


def cut_point(text: str, limit: int) -> int:
    """Where to cut a text that is longer than `limit` (>= 1) characters, from 1 to `limit`.

    After a paragraph, else a sentence, else a line, else a word, if one of them ends in the last quarter. Else anywhere
    but inside of a character, as readers count characters (UAX #29), or of a reference of HTML such as `&amp;`.
    """
    start = limit * 3 // 4
    if (end := text.rfind("\n\n", start, limit)) > 0:
        return end
    sentence = last_end(_SENTENCE_END, text, start, limit)
    line = text.rfind("\n", start, limit)
    if line > 0 and text[line + 1 : line + 2] in ("|", " ", "\t"):  # a row of a table, or of code
        return line
    if (end := max(sentence, 0) or line) > 0:
        return end
    if (end := last_end(_BLANK, text, start, limit + 1) - 1) > 0:
        return end
    end = limit
    reference = text.rfind("&", max(end - 33, 1), end)
    if reference > 0 and (found := _ENTITY.match(text, reference)) and found.end() > end:
        end = reference
    return _character_start(text, end) or end


def last_end(pattern: re.Pattern[str], text: str, start: int, limit: int) -> int:
    """The end of the last match that lies between `start` and `limit`; -1 if none does."""
    end = -1
    for found in pattern.finditer(text, start, limit + 1):
        if found.end() <= limit:
            end = found.end()
    return end


def _character_start(text: str, end: int) -> int:
    """The end moved to before the character of a reader that it would part; 0 if that is longer than any."""
    for at in range(end, max(end - _LONGEST_CHARACTER, 0), -1):
        if at == len(text) or not _is_inside(text, at):
            return at
    return 0


def _is_inside(text: str, at: int) -> bool:
    """Whether a cut before `text[at]` would part a character."""
    after, before = text[at], text[at - 1]
    if before == "\u200d" or unicodedata.category(after)[0] == "M" or _CONTINUES.match(after):
        return True
    if "\U0001f1e6" <= after <= "\U0001f1ff":  # a flag is two letters
        return (at - len(text[:at].rstrip(_FLAG_LETTERS))) % 2 == 1
    return False


def slug(name: str) -> str:
    """A readable path segment for a name, or "" when nothing of it is left.

    Letters and digits of any script are kept, case-folded and in NFC: the composed and the decomposed form of a name
    have the same slug. Invisible characters are left out. `+`, `#`, `&` and a word's leading `.` are spelt out
    (c-plus-plus, c-sharp, dot-net); everything else is a single "-". At most SLUG_CHARACTERS and SLUG_BYTES (UTF-8)
    long, never with a "." in it. Different names may share a slug.
    """
    spelt = _SLUG_WORDS.sub(lambda found: _SLUG_NAMES[found[0]], name)
    full = _ASCII_GAPS.sub("-", spelt.lower()) if spelt.isascii() else _unicode_slug(spelt)
    short = full.strip("-")[:SLUG_CHARACTERS]
    if len(short) * 4 > SLUG_BYTES:
        short = short.encode()[:SLUG_BYTES].decode(errors="ignore")
    return short.strip("-")


def natural(name: str) -> Natural:
    """A key that sorts names as people do: capitals do not matter, and numbers count by value, so 2 is before 10."""
    parts = _NUMBERS.split(name.casefold())
    parts[1::2] = [number.lstrip("0") for number in parts[1::2]]
    return tuple((len(part) if index % 2 else 0, part) for index, part in enumerate(parts))


def _decoded(text: str) -> tuple[str, str | None]:
    note: str | None = None
    tag_meant = "&amp;lt;" in text  # then the text shows markup, and `&amp;gt;` is its other half

    def once(found: re.Match[str]) -> str:
        return _character(found[1]) or found[0]

    def twice(found: re.Match[str]) -> str:
        nonlocal note
        character = _character(found[1])
        if character is None or (character in "<>" and tag_meant) or _stands_alone(found):
            return found[0]
        becomes = _folded(character) or "a space"
        note = note or f"a character escaped twice was repaired: {found[0]} became {becomes}"
        return f"&{found[1]};"

    if "&amp;" in text:
        text = _DOUBLE_ENTITY.sub(twice, text)
    return _ENTITY.sub(once, text), note


def _stands_alone(entity: re.Match[str]) -> bool:
    """Whether an entity with a name stands in the place of a word, since the text is about the entity."""
    before, after = (
        entity.string[max(entity.start() - 1, 0) : entity.start()],
        entity.string[entity.end() : entity.end() + 1],
    )
    return (
        not entity[1].startswith("#")
        and (not before or before.isspace() or before in _BEFORE_A_WORD)
        and (not after or after.isspace() or after in _AFTER_A_WORD)
    )


def _character(name: str) -> str | None:
    """The character of the entity `&name;`; None if there is no such entity."""
    if name.startswith("#"):
        return html.unescape(f"&{name};")
    return html5.get(f"{name};")


def _reencoded(text: str) -> tuple[str, str | None]:
    repaired = _repair()(text)
    if repaired == text:
        return text, None
    pairs = zip(text.split(" "), repaired.split(" "), strict=False)
    before, after = next((pair for pair in pairs if pair[0] != pair[1]), (text, repaired))
    before, after = shorten(_folded(before), 40), shorten(_folded(after), 40)
    return repaired, f'text decoded with the wrong encoding was repaired: "{before}" became "{after}"'


@cache
def _repair() -> Callable[[str], str]:
    import ftfy  # 50 ms, and seldom needed

    return ftfy.fix_encoding


def _folded(text: str) -> str:
    return inline_markup.folded(_INVISIBLE_OR_C1.sub("", text))


def _unicode_slug(name: str) -> str:
    folded = unicodedata.normalize("NFD", invisible.bare(name)).casefold()
    letters: list[str] = []
    for character in unicodedata.normalize("NFC", folded):
        # A combining mark is part of the letter before it, as in Devanagari.
        is_mark = unicodedata.category(character).startswith("M")
        if character.isalnum() or (is_mark and letters and letters[-1] != "-"):
            letters.append(character)
        elif letters and letters[-1] != "-":
            letters.append("-")
    return "".join(letters)


def printable(name: str) -> str:
    """A file name as it can be shown and kept: bytes that are not UTF-8 are written as `\\xff`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
