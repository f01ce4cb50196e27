"""Lost fences: a text that no format of front matter recognises, in; whether it begins with one that lost its fence,
out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from feedd.items.front_matter.code_lines import BREAKS, first_closing, in_code, is_field, is_prose
from feedd.items.front_matter.toml import as_yaml
from feedd.patterns import late_pattern

MISSING = "this looks like front matter, but the opening `---` is missing: the first line has to be `---`"

_JSON_FIELD = late_pattern(r'[,}\]][ \t\n]*"(?:title|webUrl|excerpt|date|tags|topics|quality|\w{1,20}DateTime)"[ \t]*:')
_LANGUAGE = late_pattern("[a-z]+")
_LIKE_TOML = frozenset(("html", "xml", "yml", "yaml", "xhtml", "haml", "ml", "sml"))
_NEAR = 60  # lines in which a front matter that lost its fence would end
_FIRST = 6  # lines among which there is a field, if the lines above a `---` are a front matter
_READ = 20_000  # characters
_OTHER_BREAKS = late_pattern(f"[{BREAKS[1:]}]")
_FENCE = late_pattern(r"[^\w\n]{0,8}?(?:--|\+\+|```|~~~|==|[\u2010-\u2015\u2212])")
_FENCE_ALONE = late_pattern(r"(?:---|\+\+\+)[ \t]*")
# Line ends as JSON writes them, or lost.
_ON_ONE_LINE = late_pattern(r"[\"']?(?:---|\+\+\+)(?:[ \t]*\\[nr]|[ \t].*[ \t](?:---|\+\+\+)(?:[ \t]|$))")
_ALONE = late_pattern(r"[^\w\n]{0,4}[-+`~{}\[\]()]{1,3}[^\w\n]{0,4}")
_OBJECT = late_pattern(r"[^\w\n{]{0,4}\{(?![{%#:])")
_ENTRY = late_pattern(r"[-*+][ \t]+[^\s-]")
_SECURED = late_pattern(r"secured:[ \t]+[A-Za-z]", re.IGNORECASE)
_TITLE = late_pattern(r"[^\w\n]{0,2}title[ \t]*:[ \t]+\S", re.IGNORECASE)
_KNOWN = late_pattern(
    r"[^\w\n]{0,6}(?:title|date|tags?|categor(?:y|ies)|authors?|slug|permalink|layout|description|summary|excerpt"
    r"|lang|locale|aliases|status|visibility|weight|published|draft|removed|deleted|secured|heat|quality|provider"
    r"|topics|type|modified|updated|created|keywords|image|cover|name|url|\w+Url|\w+Date(?:Time)?|lastmod|hidden"
    r"|private|unlisted|publish|isDraft|drafts|share|dg-publish|eleventyExcludeFromCollections)"
    r"[^\w\n:=]{0,4}[:=](?![:=/])",
    re.IGNORECASE,
)


def lost_fence(text: str) -> bool:
    """Whether a text begins as a front matter does, but for the line that opens it.

    Its first line is a damaged fence above a field, or the beginning of a code block that holds a whole file. Or it has
    fields above or below a line that could close a front matter near its beginning. Or its first lines are fields,
    known ones among them.
    """
    texts = as_yaml(_OTHER_BREAKS.sub("\n", text[:_READ])).split("\n")[: 2 * _NEAR]
    first = next((at for at, line in enumerate(texts) if line.strip()), len(texts))
    texts = texts[first:]
    if not texts or _is_list(texts) or _is_heading_or_quotation(texts):
        return False
    if _ON_ONE_LINE.match(texts[0]) and (":" in texts[0] or "=" in texts[0]):
        return True
    below = [line for line in texts[1:12] if line.strip()][:4]
    if (fence := _FENCE.match(texts[0])) or _ALONE.fullmatch(texts[0]):
        rest = texts[0][fence.end() :].lstrip("`~+-\u2014 {.") if fence else ""
        if rest.lower().startswith("toml"):
            return True
        opens_code = fence is not None and fence[0].endswith(("```", "~~~"))
        is_sample = opens_code and rest[:1].isalpha() and not _is_nearly_toml(rest)
        if is_sample and below and _FENCE_ALONE.fullmatch(below[0]) and not _goes_on_below(text):
            below = below[1:]  # all of a file, put into a code block
            is_sample = False
        if not is_sample and any(map(_gives_field, (rest, *below))):
            return True
    if _OBJECT.match(texts[0]) and any(map(_gives_field, (texts[0].strip(" \t{'"), *below))):
        return True
    if _is_rest_of_object(texts):
        return True
    if _are_fields(texts) or (_gives_field(texts[0]) and any("```toml" in line for line in texts[1:_FIRST])):
        return True
    closing = first_closing(texts, in_code(texts))
    if closing >= min(len(texts), _NEAR):
        return False
    above, under = texts[:closing], texts[closing + 1 : closing + 3]
    if closing <= 3 and any(map(_gives_field, under)):
        return True
    return any(map(_gives_field, above[:_FIRST])) and _is_mostly_fields(above)


def _is_heading_or_quotation(texts: Sequence[str]) -> bool:
    """Whether a text begins with a heading that looks like a field, or with a quotation of which only the first line
    does.
    """
    below = texts[1].rstrip() if len(texts) > 1 else ""
    if texts[0].startswith("#"):
        return not below and _KNOWN.match(texts[0]) is not None
    if _SECURED.match(texts[0].lstrip("> \t")) is None:
        return False
    if texts[0].startswith(">"):
        return not (below.startswith(">") and _KNOWN.match(below))
    return len(below) > 1 and not below.strip("=") and not (len(texts) > 2 and _KNOWN.match(texts[2]))


def _is_rest_of_object(texts: Sequence[str]) -> bool:
    """Whether a text begins with the rest of a JSON object that has lost its first brace, and fields with it."""
    end = next((at for at, line in enumerate(texts) if not line.strip()), len(texts))
    block = "\n".join(texts[:end])
    return block.count("}") > block.count("{") and _JSON_FIELD.search(block) is not None


def _is_nearly_toml(info: str) -> bool:
    """Whether the language of a code block is `toml` with a slip in it, or no language but text."""
    word = _LANGUAGE.match(info.lower())
    if word is None or word[0].startswith("t"):
        return True
    return word[0] not in _LIKE_TOML and bool(get_close_matches(word[0], ("toml",), 1, 0.6))


def _goes_on_below(text: str) -> bool:
    """Whether a text follows the code block with which a text begins."""
    texts = _OTHER_BREAKS.sub("\n", text).strip().split("\n")
    code = in_code(texts)
    return code[0] and not all(code)


def _is_list(texts: Sequence[str]) -> bool:
    """Whether a text begins with a list of Markdown, as proposals have for their authors and dates: each line up to an
    empty one is an entry, or goes on with one. No front matter could end near it.
    """
    end = next((at for at, line in enumerate(texts) if not line.strip()), len(texts))
    block = texts[:end]
    if not all(_ENTRY.match(line) or line[:2] == "  " for line in block) or block[0][:1] == " ":
        return False
    closing = first_closing(texts, in_code(texts))
    return closing >= min(len(texts), _NEAR) or not _is_mostly_fields(texts[:closing])


def begins_with_fields(text: str) -> bool:
    """Whether the first lines of a text, up to an empty one, are fields, known ones among them."""
    texts = as_yaml(_OTHER_BREAKS.sub("\n", text[:_READ])).split("\n")[:_NEAR]
    first = next((at for at, line in enumerate(texts) if line.strip()), len(texts))
    texts = texts[first:]
    return bool(texts) and not _is_heading_or_quotation(texts) and _are_fields(texts)


def _are_fields(texts: Sequence[str]) -> bool:
    """Whether the first block of lines is of fields, or one of fields alone above such a block."""
    start = next((at for at, line in enumerate(texts) if line.strip()), len(texts))
    texts = texts[start:]
    if not texts or in_code(texts)[0]:
        return False
    end = next((at for at, line in enumerate(texts) if not line.strip()), len(texts))
    block, below = texts[:end], texts[end + 1 :]
    if any(map(_KNOWN.match, block)) and (_is_mostly_fields(block) or any(map(_TITLE.match, block))):
        return True
    return not any(map(is_prose, block)) and not block[0].startswith("#") and ":" in block[0] and _are_fields(below)


def _gives_field(line: str) -> bool:
    return is_field(line) or _KNOWN.match(line) is not None


def _is_mostly_fields(lines: Sequence[str]) -> bool:
    prose = sum(map(_is_no_field, lines))
    return 2 * prose <= sum(1 for line in lines if line.strip())


def _is_no_field(line: str) -> bool:
    return is_prose(line) and not _KNOWN.match(line)
