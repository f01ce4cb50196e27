"""Languages: a language tag, in; the language of its feed, out."""

from __future__ import annotations


def main_language(tag: str) -> str:
    """The language of a tag (RFC 5646) without region and variants, in the usual letters: `en` of `en-US`, `zh-Hant` of
    `zh-hant-TW`. A tag without a code of a language, such as `x-elvish`, is a language as it stands.
    """
    first, *others = tag.lower().split("-")
    if not 2 <= len(first) <= 3:
        return tag.lower()
    for part in others:
        if len(part) == 1:  # what follows is an extension
            break
        if len(part) == 4 and part.isalpha():
            return f"{first}-{part.capitalize()}"
    return first
