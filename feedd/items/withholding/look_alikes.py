"""Look-alikes: a text, in; the same with letters of ASCII in the place of letters that look like them, out.

Text that passed through a picture, an input method or a translator has such letters. A person sees the name of a field.
Each letter stays in its place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from feedd.patterns import late_pattern

_FULL_WIDTH = {chr(ord(letter) + 0xFEE0): letter for letter in map(chr, (*range(65, 91), *range(97, 123)))}
_SMALL = str.maketrans(
    "\u0430\u0441\u0501\u0435\u0455\u04bb\u0456\u0458\u043e\u0440\u051b\u0443\u051d\u0445\u0475\u0433\u04cf\u043a"
    "\u043c\u0442\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131\u0261\u017f\u0251",
    "acdeshijopqywxvrlkmtaeikvoptuxigsa",
)
_CAPITAL = str.maketrans(
    "\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u0423\u0391\u0392\u0395\u0397"
    "\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "ABCEHIJKMOPSTXYABEHIKMNOPTYX",
)
_NARROW = str.maketrans(_FULL_WIDTH)
_LETTERS: dict[int, str | int] = {**_SMALL, **_CAPITAL, **_NARROW}

# Letters in full width, in UTF-8. Punctuation in full width is frequent in texts of East Asia, and begins alike.
_FULL_WIDTH_IN_BYTES = late_pattern(rb"(?:\xef(?:\xbc[\xa1-\xba]|\xbd[\x81-\x9a]))+")
_ANY = late_pattern(f"[{''.join(map(chr, _LETTERS))}]")


def with_plain_letters(text: str) -> str:
    """A text with letters of ASCII in the place of Cyrillic, Greek and full-width ones that look like them."""
    return text.translate(_LETTERS) if not text.isascii() and _ANY.search(text) else text


def narrowed(seen: bytes) -> bytes:
    """A text in UTF-8, in small letters, with letters of ASCII in the place of those in full width."""
    if b"\xef" not in seen:  # a byte alone is looked for fifty times faster than two
        return seen
    return _FULL_WIDTH_IN_BYTES.sub(lambda found: found[0].decode().translate(_NARROW).lower().encode(), seen)


def with_narrow_letters(text: str) -> str:
    """A text with letters of ASCII in the place of those in full width."""
    return text if text.isascii() else text.translate(_NARROW)


def has_look_alike(text: str, names: Iterable[str]) -> bool:
    """Whether a text has letters that look like those of ASCII, and one of these names as they look."""
    plain = with_plain_letters(text)
    return plain != text and any(map(plain.lower().__contains__, names))


def plain_word(word: str) -> str:
    """A word with letters of ASCII in the place of those that look like them, with an accent or not."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFKD", with_plain_letters(word))
    return "".join(part for part in parts if not unicodedata.combining(part))
