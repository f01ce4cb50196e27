"""Direction: a language tag (RFC 5646) or a text, in; which way it is written, out."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from feedd.patterns import late_pattern

Direction = Literal["ltr", "rtl"]

# Scripts and languages whose letters go from right to left, as Unicode's CLDR has them (likely subtags).
_SCRIPTS = frozenset(("adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa", "yezi"))
_LANGUAGES = frozenset(
    (
        *(
            "acm",
            "aeb",
            "afb",
            "apc",
            "ar",
            "arb",
            "arc",
            "arq",
            "ars",
            "ary",
            "arz",
            "azb",
            "bal",
            "bgn",
            "bqi",
            "brh",
        ),
        *("ckb", "dv", "fa", "glk", "haz", "he", "hno", "iw", "ji", "khw", "ks", "lki", "lrc", "luz", "mzn", "nqo"),
        *("ara", "div", "fas", "heb", "per", "pus", "snd", "uig", "urd", "yid"),  # as ISO 639-2 has them
        *("pes", "pnb", "prs", "ps", "rhg", "sd", "sdh", "skr", "syr", "ug", "ur", "ydd", "yi"),
    )
)
_REGIONS: dict[str, Direction] = {  # where another script is usual
    "az-iq": "rtl", "az-ir": "rtl", "kk-cn": "rtl", "kk-ir": "rtl", "ku-iq": "rtl", "ku-ir": "rtl", "ky-cn": "rtl",
    "pa-pk": "rtl", "uz-af": "rtl", "sd-in": "ltr", "ug-kz": "ltr",
}  # fmt: skip

_TO_THE_LEFT = "\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_LEFTWARD = late_pattern(f"[{_TO_THE_LEFT}]")
_RIGHTWARD = late_pattern(rf"(?![{_TO_THE_LEFT}])[^\W\d_]")


@lru_cache(maxsize=1024)
def language_direction(tag: str) -> Direction:
    """The direction of a language: by its script if the tag names one, else by region or language."""
    language, *others = tag.lower().replace("_", "-").split("-")
    if len(language) == 1:  # a private tag
        return "ltr"
    for subtag in others:
        if len(subtag) == 1:  # what follows extends the tag
            break
        if len(subtag) == 4 and subtag.isalpha():
            return "rtl" if subtag in _SCRIPTS else "ltr"
    region = next((_REGIONS[key] for each in others if (key := f"{language}-{each}") in _REGIONS), None)
    return region or ("rtl" if language in _LANGUAGES else "ltr")


def is_mixed(text: str) -> bool:
    """Whether a text has letters of both directions, so that its first letter does not tell its direction."""
    return bool(_LEFTWARD.search(text)) and bool(_RIGHTWARD.search(text))
