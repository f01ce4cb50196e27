"""Lost fences: a text that no format of front matter recognises, in; whether it begins with one that lost its fence,
out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedd.items.front_matter.code_lines import first_closing, in_code, is_field, is_prose, split_lines
from feedd.items.front_matter.toml import as_yaml
from feedd.patterns import late_pattern

MISSING = "this looks like front matter, but the opening `---` is missing: the first line has to be `---`"

_NEAR = 60  # lines in which a front matter that lost its fence would end
_PUNCTUATION = late_pattern(r"[\W_]+")
_DASHES = late_pattern(r"[-+~=\u2010-\u2015\u2212]{2}")
_KNOWN = late_pattern(
    r"[ \t]*+(?:-[ \t]++)*[\"'{]?(?:title|date|tags?|categor(?:y|ies)|authors?|slug|permalink|layout|description"
    r"|summary|excerpt|lang|locale|aliases|status|visibility|weight|published|draft|removed|deleted|secured|heat|quality"
    r"|provider|topics|type|modified|updated|created|keywords|image|cover|name|url|\w+Url|\w+Date(?:Time)?|lastmod)"
    r"[\"']?[ \t]*+[:=](?:\s|$|[\"'\[])",
    re.IGNORECASE,
)


def lost_fence(text: str) -> bool:
    """Whether a text begins as a front matter does, but for the line that opens it.

    So does a text whose first line is a damaged fence above a field, or that has fields above or below a line that
    could close a front matter near its beginning, or whose first lines are known fields.
    """
    texts = split_lines(as_yaml(text[:20_000])).texts[: 2 * _NEAR]
    first = next((at for at, line in enumerate(texts) if line.strip()), len(texts))
    texts = texts[first:]
    if not texts:
        return False
    if _is_damaged(texts[0]) and any(map(_gives_field, texts[1:3])):
        return True
    if texts[0].lstrip().startswith("---") and _gives_field(texts[0].lstrip(" \t-")):
        return True
    code = in_code(texts)
    block = texts[: next((at for at, line in enumerate(texts) if not line.strip()), len(texts))]
    if not code[0] and _KNOWN.match(block[0]) and _is_mostly_fields(block):
        return True
    closing = first_closing(texts, code)
    if closing >= min(len(texts), _NEAR):
        return False
    above, below = texts[:closing], texts[closing + 1 : closing + 3]
    if closing <= 3 and any(map(_gives_field, below)):
        return True
    return any(map(_gives_field, above)) and _is_mostly_fields(above)


def _is_damaged(line: str) -> bool:
    """Whether a line may be a fence with a slip in it."""
    return _PUNCTUATION.fullmatch(line) is not None and (
        _DASHES.search(line) is not None or line.strip() in ("-", "+", "\u2014", "\u2013")
    )


def _gives_field(line: str) -> bool:
    return is_field(line) or _KNOWN.match(line) is not None


def _is_mostly_fields(lines: Sequence[str]) -> bool:
    prose = sum(map(is_prose, lines))
    return 2 * prose <= sum(1 for line in lines if line.strip())
