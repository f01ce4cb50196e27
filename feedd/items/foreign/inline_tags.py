"""Tags in the text of a note: a Markdown body in; the names that stand in it as `#name`, out."""

from __future__ import annotations

import unicodedata

from feedd.items.bodies.hidden_parts import without_comments
from feedd.patterns import late_pattern

_TAG = late_pattern(r"(?:^|(?<=\s))#([^\W\d_][\w/-]{0,99}|\d+[^\W\d][\w/-]{0,99})(?=[\s.,;:!?)]|$)")
_ONLY_TAGS = late_pattern(r"(?:#[^\s#]{1,100}\s*)+")
_COLOUR = late_pattern(r"[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_CODE = late_pattern(r"`[^`\n]{1,300}`")
_LONGEST_LINE = 5000
_MOST = 50


def inline_tags(body: str, withheld: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The tags in a note, as Obsidian has them. In a text without a wiki link only lines that hold nothing but tags
    count: elsewhere `#general` is as likely a channel. Code, headings, numbers and colours are no tags. Nor are names
    in comments, except that a comment may withhold the note: it may name one of the tags `withheld`.
    """
    if "#" not in body:
        return ()
    shown = without_comments(body)
    found = _tags(shown)
    if withheld and shown != body:
        names = {_plain(name) for name in withheld}
        found += [tag for tag in _tags(body) if _plain(tag) in names]
    return tuple(dict.fromkeys(found))


def _plain(tag: str) -> str:
    return unicodedata.normalize("NFKC", tag).casefold().lstrip("#")


def _tags(body: str) -> list[str]:
    is_note = "[[" in body
    found: dict[str, None] = {}
    fence = ""
    for line in body.split("\n"):
        start = line.lstrip()[:3]
        if start in ("```", "~~~"):
            fence = "" if fence == start else fence or start
        elif fence or "#" not in line or len(line) > _LONGEST_LINE or line.startswith("    "):
            continue
        elif is_note or _ONLY_TAGS.fullmatch(line.strip()):
            tags = _TAG.findall(_CODE.sub(" ", line))
            found |= dict.fromkeys(tag.strip("/-") for tag in tags if not _COLOUR.fullmatch(tag))
    return list(found)[:_MOST]
