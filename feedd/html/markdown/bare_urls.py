"""URLs that stand in text without any markup: text in, where they are out. Each character is looked at a few times."""

from __future__ import annotations

# Characters that end a URL although RFC 3987 might allow them: quotation marks, and Chinese and Japanese punctuation.
_ENDS = (
    r"\s<>\"`\u2018-\u201f\u00ab\u00bb\u3000-\u303f\uff01-\uff0f\uff1a-\uff1f\uff3b-\uff3d\uff5b-\uff65\ufdd0-\ufddf"
)
# Letters and digits before it make it a part of another word, such as `git+https://`.
BARE_URL = rf"(?<![0-9A-Za-z/+_])[hH][tT][tT][pP][sS]?://(?=[^\s/?#.:])[^{_ENDS}]{{1,2000}}"
_PUNCTUATION = frozenset("?!.,:;*_~'\u2026")


def trimmed(url: str) -> str:
    """The URL without the punctuation of a sentence at its end: ".", "!", or a bracket that was opened before it."""
    surplus = {")": url.count(")") - url.count("("), "]": url.count("]") - url.count("[")}
    end = len(url)
    while end:
        last = url[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _PUNCTUATION:
            break
        end -= 1
    return url[:end]
