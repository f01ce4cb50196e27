"""Invisible characters: a name, in; the name without useless invisible characters, out.

The characters are Unicode's default ignorable characters. Some of them change the visible text, and stay. These are:
joiners and non-joiners between letters of joining scripts (Persian, Sinhala); joiners between emoji; the tags of a
flag; and the selectors of a variant.
"""

from __future__ import annotations

import re
from functools import cache

from feedd.patterns import late_pattern

_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_NON_JOINER, _JOINER, _TAGS = "\u200c", "\u200d", "\U000e0020-\U000e007f"
_OTHERS = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff"
    "\U000e01f0-\U000e0fff"
)
_JOINING = (
    "\u0600-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1800-\u18af\ua840-\ua9df\uaa60-\uaaff\uabc0-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00010bff\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
_EMOJI = "\xa9\xae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"

# All visible characters: a class that holds the usual characters is searched for three times as fast.
_SEEN = (
    "\0-\xac\xae-\u034e\u0350-\u061b\u061d-\u115e\u1161-\u17b3\u17b6-\u180a\u1810-\u200a\u2010-\u2029\u202f-\u205f"
    "\u2070-\u3163\u3165-\ufdff\ufe10-\ufefe\uff00-\uff9f\uffa1-\uffef\ufffc-\U0001bc9f\U0001bca4-\U0001d172"
    "\U0001d17b-\U000dffff\U000e1000-\U0010ffff"
)
_ALWAYS_USELESS = late_pattern(f"[{_OTHERS}]+|(?<![\U0001f3f4{_TAGS}])[{_TAGS}]+")
_TWICE = late_pattern(f"([{_NON_JOINER}{_JOINER}])\\1+")
_USELESS_HERE = late_pattern(
    f"(?<![{_JOINING}]){_NON_JOINER}|{_NON_JOINER}(?![{_JOINING}])"
    f"|(?<![{_JOINING}{_EMOJI}{_SELECTORS}]){_JOINER}|(?<![{_JOINING}]){_JOINER}(?![{_EMOJI}])"
)
_ASCII = bytes(range(128))
_VARIANTS = late_pattern(f"[{_SELECTORS}]")


def visible(name: str) -> str:
    """The name without invisible characters that change nothing visible."""
    if is_bare(name):
        return name
    return _USELESS_HERE.sub("", _TWICE.sub(r"\1", _ALWAYS_USELESS.sub("", name)))


def one_variant(name: str) -> str:
    """The name as `visible` has it, and without the selectors of variants. A selector tells a red heart from a black
    heart, and a glyph from another.
    """
    return name if is_bare(name) else visible(_VARIANTS.sub("", name))


def is_bare(name: str) -> bool:
    """Whether a name has no invisible character."""
    return name.isascii() or not _any().search(name)


def is_bare_file(data: bytes) -> bool:
    """Whether a file in UTF-8 has no invisible character. None is in ASCII, and the rest of most files is short."""
    if data.isascii():
        return True
    # Bytes that are no UTF-8 may look like such a character once ASCII is taken away.
    return is_bare(data.translate(None, _ASCII).decode("utf-8", "replace")) or is_bare(data.decode("utf-8", "replace"))


def bare(name: str) -> str:
    """The name without any invisible character."""
    return name if is_bare(name) else _any().sub("", name)


def with_dots(name: str) -> str:
    """The name without invisible characters, but with a dot for each of them in a word that is spaced out by them."""
    return bare(name if is_bare(name) else _spaced_out().sub(lambda found: _any().sub(".", found[0]), name))


@cache
def _spaced_out() -> re.Pattern[str]:
    return re.compile(f"[A-Za-z](?:[^{_SEEN}][A-Za-z]){{3,}}")


@cache
def _any() -> re.Pattern[str]:
    return re.compile(f"[^{_SEEN}]")  # 2 ms, and a pass with nothing to do needs none
