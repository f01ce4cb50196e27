"""Tags in the text of a note: a Markdown body in; the names that stand in it as `#name`, out."""

from __future__ import annotations

from feedd.patterns import late_pattern

_TAG = late_pattern(r"(?:^|(?<=\s))#([^\W\d_][\w/-]{0,99}|\d+[^\W\d][\w/-]{0,99})(?=[\s.,;:!?)]|$)")
_ONLY_TAGS = late_pattern(r"(?:#[^\s#]{1,100}\s*)+")
_COLOUR = late_pattern(r"[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_CODE = late_pattern(r"`[^`\n]{1,300}`")
_LONGEST_LINE = 5000
_MOST = 50


def inline_tags(body: str) -> tuple[str, ...]:
    """The tags in a note, as Obsidian has them. In a text without a wiki link only lines that hold nothing but tags
    count: elsewhere `#general` is as likely a channel. Code, headings, numbers and colours are no tags.
    """
    if "#" not in body:
        return ()
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
    return tuple(found)[:_MOST]
