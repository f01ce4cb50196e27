"""Markdown that stands for a tag, in; HTML for it, out: for bodies that are HTML."""

from __future__ import annotations

import re
from html import escape

from feedd.patterns import late_pattern

_PICTURE = late_pattern(r"!\[(.*?)\]\((\S*?)(?: \"([^\"]*)\")?\)", re.DOTALL)
_LINK = late_pattern(r"\[(.*)\]\((\S*?)\)", re.DOTALL)
_ESCAPED = late_pattern(r"\\([\[\]\\])")


def as_html(markdown: str) -> str:
    """HTML for a picture or a link as tags become them; anything else as it is."""
    if picture := _PICTURE.fullmatch(markdown):
        title = f' title="{picture[3]}"' if picture[3] else ""
        return f'<img src="{picture[2]}" alt="{escape(_plain(picture[1]))}"{title}>'
    if link := _LINK.fullmatch(markdown):
        return f'<a href="{link[2]}">{as_html(link[1]) if link[1].startswith("!") else escape(_plain(link[1]))}</a>'
    return markdown


def code_as_html(code: str) -> str:
    """A block of code."""
    return f"<pre><code>{escape(code)}</code></pre>"


def _plain(words: str) -> str:
    return _ESCAPED.sub(r"\1", words)
