"""Words that a site configures: a name and a text in; what is wrong with them, in words, out."""

from __future__ import annotations

import difflib
from string import Formatter

from feedd.words.catalogue import en
from feedd.words.site_words import Text

FORMS = ("zero", "one", "two", "few", "many", "other")  # of plurals, as CLDR calls them
# The words that stand in entries or beside them: entries are made anew if such a word changes.
IN_ENTRIES = frozenset(
    (
        *("related", "play", "play_video", "embedded", "audio", "video", "read_whole", "picture", "audio_file"),
        *("video_file", "withdrawn", "months", "date", "date_in_lists", "decimal_mark", "thousands_mark", "hours"),
        *("minutes", "seconds", "bytes", "kilobytes", "megabytes", "gigabytes", "terabytes", "facts"),
    )
)
_DAY, _UNTIL = ("day", "month", "year"), ("last_day", "last_month", "last_year")
_MORE_PARTS = {
    "date": ("iso", *_DAY),
    "date_in_lists": ("iso", *_DAY),
    "days": (*_DAY, *_UNTIL),
    "days_of_months": (*_DAY, *_UNTIL),
    "days_of_years": (*_DAY, *_UNTIL),
    "digest_of_one": ("entries", "first", "n"),
    "digest_of_all": ("entries", "first", "n"),
    "digest_of_first": ("entries", "first", "n"),
}


def unknown_name(name: str) -> str | None:
    """What is wrong with the name of a word; None if there is such a word."""
    if name in en.WORDS:
        return None
    near = difflib.get_close_matches(name, en.WORDS, n=1)
    return f"no such word; {f'did you mean `{near[0]}`?' if near else 'docs/pages.md says where all of them are'}"


def has_forms(name: str) -> bool:
    """Whether a word has forms of a plural."""
    return isinstance(en.WORDS[name], dict)


def mistake(name: str, text: str) -> str | None:
    """What is wrong with the text of a word; None if nothing is."""
    known = parts_of(en.WORDS[name]) | set(_MORE_PARTS.get(name, ()))
    try:
        found = _parts(text)
    except ValueError:
        return "write { and } as {{ and }} where they name no part"
    if unknown := sorted(found - known):
        parts = ", ".join(f"{{{part}}}" for part in sorted(known)) or "none"
        return f"unknown part {{{unknown[0]}}}; the parts of this word: {parts}"
    if name == "months" and len(text.split(" ")) != 12:
        return "expected twelve names with a blank between them"
    if name.startswith("list_") and not 0 <= text.find("{a}") < text.find("{b}") < text.find("{c}"):
        return "expected {a}, {b} and {c}, in this order"
    return None


def parts_of(text: Text) -> set[str]:
    """The names of the parts of a word, in any of its forms."""
    return set().union(*map(_parts, [text] if isinstance(text, str) else text.values()))


def _parts(text: str) -> set[str]:
    parts = set()
    for _, name, form, conversion in Formatter().parse(text):
        if name is not None and (form or conversion or not name.isidentifier()):
            raise ValueError(name)
        parts |= {name} if name else set()
    return parts
