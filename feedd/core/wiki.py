"""Markdown as wikis write it: text in, HTML (not yet safe) or the pages it links to out."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# Inside a table the "|" of a wiki link is written "\|".
_LINK = re.compile(r"!?\[\[([^\[\]|\n\\]{1,200})(?:\\?\|([^\[\]\n]{0,300}))?\]\]")
_CALLOUT = re.compile(r"\[!([A-Za-z][A-Za-z0-9_-]{0,30})\][+-]?[ \t]*([^\n]*)(?:\n|$)")
_CHANNEL = re.compile(
    r"[ \t]*From:[ \t]*\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{0,300}))?\]\][ \t]*(?:<br[ \t]*/?>)?[ \t]*",
    re.IGNORECASE,
)
_CHANNEL_LINES = 5
_SUFFIX = re.compile(r"(?:\s*\.md)+$")


def page_key(name: str) -> str:
    """How a wiki link names a page: no folder, `.md` or `#heading`; case, " ", "_" and "-" are alike."""
    page = name.partition("#")[0].strip().rpartition("/")[2]
    if page.isascii():
        folded = page.lower()
    else:
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", page).casefold())
    name = folded.strip(" _-\t\n")
    if name.endswith(".md"):
        name = _SUFFIX.sub("", name)
    return " ".join(name.replace("_", " ").replace("-", " ").split())


def wiki_targets(body: str) -> tuple[str, ...]:
    """The keys of all pages that the Markdown may link to, sorted. What stands in code counts too."""
    if "[[" not in body:
        return ()
    return tuple(sorted({page_key(found[1]) for found in _LINK.finditer(body)} - {""}))


def channel(body: str) -> tuple[str | None, str]:
    """The name in the `From: [[channel]]` line near the top of a wiki page, and the page without it."""
    if "[[" not in body[:2000]:
        return None, body
    lines = body.split("\n", _CHANNEL_LINES)
    for index, line in enumerate(lines[:_CHANNEL_LINES]):
        if found := _CHANNEL.fullmatch(line.rstrip("\r")):
            name = (found[2] or "").strip() or found[1].strip()
            return name or None, "\n".join(lines[:index] + lines[index + 1 :])
    return None, body


def markdown(body: str, page_url: Callable[[str], str | None]) -> str:
    """HTML for CommonMark with tables, strikethrough, wiki links and callouts; raw HTML stays as it is.

    `page_url` gets the `page_key` of each page linked to and says where that page is; a link to a page that
    is nowhere becomes plain text.
    """
    return str(_parser().render(body, {"page_url": page_url}))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # 30 ms

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 50})
    parser.enable(["table", "strikethrough"])
    parser.inline.ruler.before("link", "wiki_link", _wiki_link)
    parser.core.ruler.before("inline", "callouts", _callouts)
    return parser


def _wiki_link(state: StateInline, silent: bool) -> bool:
    found = _LINK.match(state.src, state.pos, state.posMax)
    # `[[1]](address)` is an ordinary link.
    if not found or not found[1].strip() or state.src.startswith("](", found.end() - 1):
        return False
    if not silent:
        key = page_key(found[1])
        url = state.env["page_url"](key) if key and not state.linkLevel else None
        if url:
            state.push("link_open", "a", 1).attrSet("href", url)
        state.push("text", "", 0).content = (found[2] or "").strip() or _page_name(found[1])
        if url:
            state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def _page_name(target: str) -> str:
    page, _, heading = target.strip().partition("#")
    name = page.rpartition("/")[2].removesuffix(".md").replace("_", " ").strip()
    return name or heading.strip() or target.strip()


def _callouts(state: StateCore) -> None:
    """Makes the first line of `> [!info] Title` a paragraph of its own."""
    tokens = state.tokens
    for index in range(len(tokens) - 4, -1, -1):
        opening, paragraph, inline, ending = tokens[index : index + 4]
        if opening.type != "blockquote_open" or paragraph.type != "paragraph_open":
            continue
        if found := _CALLOUT.match(inline.content):
            title = found[2].strip() or re.sub("[_-]", " ", found[1]).capitalize()
            rest = inline.content[found.end() :]
            body = [paragraph, _line(inline, rest), ending] if rest.strip() else []
            tokens[index + 1 : index + 4] = [*_strong(paragraph, _line(inline, title), ending), *body]


def _strong(paragraph: Token, line: Token, ending: Token) -> list[Token]:
    from markdown_it.token import Token

    return [paragraph, Token("strong_open", "strong", 1), line, Token("strong_close", "strong", -1), ending]


def _line(model: Token, content: str) -> Token:
    return model.copy(content=content, children=[])
