"""Merge conflicts: a text, in; the line of a conflict that version control left unresolved, out."""

from __future__ import annotations

from feedd.items.front_matter.code_lines import in_code
from feedd.patterns import late_pattern

UNRESOLVED = "a merge conflict that is not resolved"

_MARKER = late_pattern(r"(?:(?P<ours><{7})|(?P<base>\|{7})|(?P<theirs>>{7}))(?: .*)?|(?P<middle>={7})")


def conflict(front: str, body: str) -> int | None:
    """The line of the file where a merge conflict begins; None if there is none.

    Markers stand at the left margin: seven `<`, seven `=`, seven `>`, and in the diff3 style seven `|`. In the front
    matter, whose text is `front`, a single marker is enough. In a body, a line of `=` alone underlines a heading, and
    markers in code are a sample. So in a body a conflict is two markers in order, outside of code; at least one of them
    is of `<` or `>`. Below a marker of `<` outside of code, the two others count in code, too: a conflict may tear the
    fences of code apart.
    """
    if line := _in_front(front):
        return line
    if "<<<<<<<" not in body and ">>>>>>>" not in body:
        return None
    first_line = front.count("\n") + 3
    lines = body.split("\n")
    opened: int | None = None
    middle: int | None = None
    is_parted = False
    for at, is_code in enumerate(in_code(lines)):
        if (found := _MARKER.fullmatch(lines[at])) is None:
            continue
        if is_code:
            if opened is not None and found["theirs"] and is_parted:
                return first_line + opened
            is_parted = opened is not None and (is_parted or found["middle"] is not None)
        elif found["ours"]:
            opened = at
        elif opened is not None:
            return first_line + opened
        elif found["middle"]:
            middle = at
        elif found["theirs"] and middle is not None and " " in lines[at]:
            return first_line + middle
    return None


def _in_front(front: str) -> int | None:
    if any(marker in front for marker in ("<<<<<<<", ">>>>>>>", "|||||||", "=======")):
        for line, text in enumerate(front.split("\n"), 2):
            if _MARKER.fullmatch(text):
                return line
    return None
