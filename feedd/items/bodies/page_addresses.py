"""References between the pages of a site: their names, in; addresses that lead to items, out.

So are the addresses that CommonMark cannot read.
"""

from __future__ import annotations

import re

from feedd.items.bodies.literal_spans import Spans, literal_spans
from feedd.items.bodies.tag_meanings import destination
from feedd.patterns import late_pattern

# In the address of a picture or a text, with which CommonMark has none. A picture's `!` stays before the match: a
# pattern that begins with a bracket is found fast.
_WITH_BLANKS = late_pattern(
    r"(?P<words>\[[^\[\]\n]{0,300}\]\()[ \t]*"
    r"(?P<mark>\{(?:attach|filename|static)\}|\|(?:attach|filename|static)\|)?"
    r"(?P<address>[^\s()<>\"'][^()<>\"'\n]{0,300}\.(?:png|jpe?g|gif|webp|svg|avif|mdx?|markdown)"
    r"(?:#[^()<>\"'\n]{0,100})?)"
    r"(?P<title>(?:[ \t]+\"[^\"\n]{0,300}\")?[ \t]*\))",
    re.IGNORECASE,
)
_SUFFIX = late_pattern(r"\.[A-Za-z][A-Za-z0-9]{1,7}$")


def page_address(path: str) -> str:
    """The address of the file that Hugo's `ref` or a path of Zola means, as a Markdown link has it."""
    path, mark, part = path.strip().removeprefix("@").partition("#")
    if path and not _SUFFIX.search(path):
        path = f"{path.rstrip('/')}.md"
    return destination(path + mark + part).replace("&", "&amp;")


def with_whole_addresses(text: str) -> str:
    """The text with pictures, and links to texts, whose addresses have blanks in them, as kramdown reads them."""
    spans: Spans | None = None

    def whole(found: re.Match[str]) -> str:
        nonlocal spans
        if " " not in found["address"]:
            return found[0]
        spans = spans or literal_spans(text)
        if spans.around(found.start()):
            return found[0]
        mark = found["mark"] or ""
        return f"{found['words']}{mark}{destination(found['address'])}{found['title']}"

    return _WITH_BLANKS.sub(whole, text)


def post_address(path: str, tag: str) -> str:
    """The address of the file that Jekyll's `post_url` or `link` means."""
    path = path.strip().strip("\"'")
    if tag == "post_url":
        path = path.rpartition("/")[2]
        return destination(path if path.endswith(".md") else f"{path}.md")
    return destination(path if path.startswith("/") else f"/{path}")
