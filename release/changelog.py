"""The change log of a release: the text of CHANGELOG.md in; the text with a section for the version out."""

from __future__ import annotations

import re

_UNRELEASED = "## Unreleased\n"


def with_release(text: str, version: str, date: str) -> str:
    """The text in which what was unreleased belongs to a version of this date. Raises ValueError if nothing was
    unreleased, or the version has a section already.
    """
    if re.search(rf"^## {re.escape(version)}\b", text, re.MULTILINE):
        raise ValueError(f"the change log has a section for {version} already")
    before, found, after = text.partition(_UNRELEASED)
    if not found or not re.match(r"\s*[^\s#]", after):
        raise ValueError("the change log has nothing under Unreleased")
    return f"{before}{_UNRELEASED}\n## {version} ({date})\n{after}"


def notes(text: str, version: str) -> str:
    """The section of a version, or of what is unreleased if it has none. Empty if there is neither."""
    for heading in (rf"## {re.escape(version)}\b[^\n]*", "## Unreleased"):
        if found := re.search(rf"^{heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
            return found[1].strip() + "\n"
    return ""
