"""Foreign marks: a body as another generator reads it, in; Markdown for every reader, and what was not run, out.

body -- without_remarks -- without_mdx (of .mdx) -- without_templates -- without_containers -- without_attribute_lists
-- with_excerpt_mark --> ReadBody

A module for marks is loaded when a body has such marks: most bodies have few kinds of marks.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from feedd.items.bodies.excerpts import with_excerpt_mark
from feedd.items.bodies.hidden_parts import without_remarks
from feedd.items.bodies.javascript import has_imports
from feedd.items.bodies.page_facts import PageFacts
from feedd.patterns import late_pattern
from feedd.signs import has_mark

MDX_SUFFIX = ".mdx"
_MOST_KINDS = 8
_JAVASCRIPT_TAG = late_pattern(r"<[A-Za-z][\w.:-]{0,60}\s[^<>{}]{0,500}=\{")
_LIQUID = late_pattern(r"\{%-?[ \t]*[a-z]|\{\{-?[ \t]*(?:(?:site|page)\.|[\"'])")
_CONTAINER_MARKS = (":::", "!!!", "???", "===")
_CONTAINER = late_pattern(r":::|^[ \t>]*(?:!!!|\?\?\?\+?|===)[ \t]", re.MULTILINE)


class ReadBody(NamedTuple):
    """Markdown without foreign marks. `not_run` says in words what was taken away unread; "" for nothing."""

    text: str
    not_run: str


def read_body(path: str, text: str, facts: PageFacts, separator: str = "") -> ReadBody:
    """The Markdown of the file at `path`. `separator` ends the summary, where the file names such a mark itself.

    Nothing is run, and code and formulas stay as they are. What has no such marks comes back as it is.
    """
    if not text:
        return ReadBody("", "")
    is_mdx = path.lower().endswith(MDX_SUFFIX) or has_imports(text)
    text = without_remarks(with_excerpt_mark(text, separator), indented_code=not is_mdx)
    if has_mark(text, "```{", "~~~{"):
        from feedd.items.bodies.directives import without_directives

        text = without_directives(text)
    not_run: Counter[tuple[str, str]] = Counter()
    if has_mark(text, "={{") and not is_mdx:
        from feedd.items.bodies.components import with_plain_styles

        text = with_plain_styles(text)
    if has_mark(text, "{{", "{%", "{#") and not path.lower().endswith(MDX_SUFFIX):
        from feedd.items.bodies.templates import without_templates

        text, counted = without_templates(text, facts)
        not_run += counted
    if is_mdx or (has_mark(text, "={") and _JAVASCRIPT_TAG.search(text)):
        from feedd.items.bodies.mdx import without_mdx

        text, counted = without_mdx(text, facts, tags_alone=not is_mdx)
        not_run += counted
    if "markdown=" in text:
        from feedd.items.bodies.markdown_in_html import with_markdown_in_html

        text = with_markdown_in_html(text)
    if has_mark(text, *_CONTAINER_MARKS) and _CONTAINER.search(text):
        from feedd.items.bodies.containers import without_containers

        text = without_containers(text, indented_code=not is_mdx)
    return ReadBody(_with_plain_links(text), _in_words(not_run))


def _with_plain_links(text: str) -> str:
    """The Markdown without lists of attributes, and with addresses of pages as they are written elsewhere."""
    if has_mark(text, "{", "@/", "TOC]", "[toc]", " ^"):
        from feedd.items.bodies.attribute_lists import without_attribute_lists

        text = without_attribute_lists(text)
    if has_mark(text, "]("):
        from feedd.items.bodies.page_addresses import with_whole_addresses

        text = with_whole_addresses(text)
    return text


def read_html(text: str, facts: PageFacts, separator: str = "") -> ReadBody:
    """A body in HTML without foreign marks. Only Liquid and its kin are looked for, and only where they are certain.

    A page that was saved may speak of templates.
    """
    text = with_excerpt_mark(text, separator)
    if not _LIQUID.search(text):
        return ReadBody(text, "")
    from feedd.items.bodies.templates import without_templates

    text, not_run = without_templates(text, facts, is_html=True)
    return ReadBody(text, _in_words(not_run))


def _in_words(not_run: Counter[tuple[str, str]]) -> str:
    """`not run: Liquid include (1), shortcode tabs (2)`."""
    if not not_run:
        return ""
    kinds = [
        f"{family} {name} ({count})" if name else f"{family} ({count})"
        for (family, name), count in sorted(not_run.items())
    ]
    more = f" and {len(kinds) - _MOST_KINDS} more kinds" if len(kinds) > _MOST_KINDS else ""
    return f"not run: {', '.join(kinds[:_MOST_KINDS])}{more}"
