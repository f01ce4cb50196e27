"""HTML as people write it, in; the same for nh3, out: elements that a parser would pass over become readable.

The tokens are the tokens of HTML 13.2.5: text like a tag in a comment, an attribute or a script is no tag.
"""

from __future__ import annotations

import re
from html import escape, unescape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from feedd.html.elements import FALLBACK, FORMULA, FRAME, names
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

# For each reference, a parser copies the text before it, and likewise for U+0080 to U+00BF: 400 KB of "&" take 3 s. A
# comment ends a text, so a comment is put after each group of so many references.
REFERENCES_IN_A_TEXT = 500

_TOKEN = late_pattern(r"<(?:(!--)|([!?]|/(?![A-Za-z]))|(/?)([A-Za-z][^\s/>]*+))")
_COMMENT_END = late_pattern("--!?>")
_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*+|(?=>))|(?!\s*+=))"""
_ATTRIBUTES = late_pattern(rf"(?:[\s/]++|{_ATTRIBUTE})*>")
LONGEST_VALUE = 10_000  # characters of an attribute: programs keep their data in longer ones
_LONG_VALUE = late_pattern(rf'"[^"]{{{LONGEST_VALUE},}}+"|\'[^\']{{{LONGEST_VALUE},}}+\'')
_DOCTYPE = late_pattern("<!doctype", re.IGNORECASE)
_REFERENCE = late_pattern("[&\x80-\xbf]")

# Their content is text, whatever it looks like.
RAW = names("script style textarea title xmp")
_RAW_END = {name: late_pattern(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW}
_FRAME_TAG = late_pattern(r"<(/?)iframe(?=[\s/>])", re.IGNORECASE)
_RENAMED = {"iframe": FRAME, **dict.fromkeys(("noembed", "noframes", "noscript"), FALLBACK)}
_ESCAPED = late_pattern(r"\s*+&lt;")
_ONE_MATH = late_pattern(r"\s*+<math[\s>].*</math\s*+>\s*+", re.DOTALL)
# In a formula, any other tag would belong to the page around it.
_NO_MATH = late_pattern(
    r"<(?!/?(?:math|mi|mn|mo|ms|mtext|mspace|mrow|mfrac|msqrt|mroot|mstyle|merror|mpadded|mphantom|mfenced|menclose|msub"
    r"|msup|msubsup|munder|mover|munderover|mmultiscripts|mprescripts|mtable|mtr|mtd|mlabeledtr|maction|mglyph|none"
    r"|semantics|annotation)[\s/>])"
)
_FORMULA = late_pattern(r"""\stype\s*=\s*["']?math/(tex|asciimath|mml)""", re.IGNORECASE)
_CDATA = late_pattern(r"(?:%\s*)?<!\[CDATA\[|(?:%\s*)?\]\]>")
_DOCUMENT = names("!doctype body head html")
_FEW_REFERENCES = late_pattern("&(?:amp|gt|lt);")
# Elements that may stand before the content of a document.
_BEFORE_CONTENT = names("! base link meta noscript script style template title")

_DOCUMENT_TAG = late_pattern(r"<(?:!doctype|body|head|html)[\s/>]", re.IGNORECASE)
_PASSED_OVER = late_pattern(
    r"<(?:iframe|noembed|noframes|noscript|plaintext|xmp|script\s[^<>]*math/(?:asciimath|mml|tex))(?=[\s/>\"';])",
    re.IGNORECASE,
)


class Token(Struct, frozen=True):
    """A tag in the source. `name` is in lower case; `start` and `end` are the offsets of the tag."""

    name: str
    closing: bool
    start: int
    end: int
    text_end: int  # of a raw text that follows the tag, else `end`


class Prepared(NamedTuple):
    """HTML for the parser, and whether it was a whole document (a newsletter, a saved page)."""

    html: str
    is_document: bool


def prepared(html: str) -> Prepared:
    """The HTML in which frames, `noscript` and its kin, and texts in obsolete elements reach the parser as elements.

    It is a whole document if a doctype, or a tag of `html`, `head` or `body`, comes before all visible content.
    """
    is_document = bool(_DOCUMENT_TAG.search(html)) and _begins_document(html)
    if not _PASSED_OVER.search(html) and not _is_burdened(html):
        return Prepared(html, is_document)
    written: list[str] = []
    at = 0
    for token in tokens(html):
        written += (_split_long_text(html[at : token.start]), _written(html, token))
        at = token.text_end
    written.append(_split_long_text(html[at:]))
    return Prepared("".join(written), is_document)


def _begins_document(html: str) -> bool:
    at = 0
    for token in tokens(html):
        if html[at : token.start].strip():
            return False
        if token.name in _DOCUMENT and not token.closing:
            return True
        if token.name not in _BEFORE_CONTENT:
            return False
        at = token.text_end
    return False


def without_programs(html: str) -> str:
    """The HTML without comments, styles, scripts, and values of attributes that are too long to be meant for readers.
    Scripts with formulas stay.
    """
    kept: list[str] = []
    at = 0
    for token in tokens(html):
        is_program = token.name in ("script", "style") and not _FORMULA.search(html, token.start, token.end)
        if token.name == "!" or is_program:
            kept.append(html[at : token.start])
            at = token.text_end
        elif token.end - token.start > LONGEST_VALUE:
            kept += (html[at : token.start], _LONG_VALUE.sub('""', html[token.start : token.end]))
            at = token.end
    return "".join((*kept, html[at:]))


def tokens(html: str) -> Iterator[Token]:
    """The tags of the source in their order; a comment is named "!", a doctype "!doctype". All other source is text."""
    at = 0
    while found := _TOKEN.search(html, at):
        token = _token(html, found)
        if token is None:  # the rest is a tag that does not end: a parser drops it
            yield Token("!", False, found.start(), len(html), len(html))
            return
        yield token
        at = token.text_end


def split_long_texts(html: str) -> str:
    """Well-formed HTML without comments, with its texts split so that no text is slow to parse."""
    if not _is_burdened(html):
        return html
    return "".join(part if part.startswith("<") else _split_long_text(part) for part in re.split("(<[^>]*>)", html))


def _token(html: str, found: re.Match[str]) -> Token | None:
    start, end = found.span()
    if found[1]:
        closing = _COMMENT_END.search(html, start + 2)
        if closing and closing[0] == "--!>" and closing.start() == start + 2:
            closing = _COMMENT_END.search(html, start + 4)
        return Token("!", False, start, closing.end(), closing.end()) if closing else None
    if found[2]:
        end = html.find(">", end) + 1
        kind = "!doctype" if _DOCTYPE.match(html, start) else "!"
        return Token(kind, False, start, end, end) if end else None
    attributes = _ATTRIBUTES.match(html, end)
    if attributes is None:
        return None
    name, end = found[4].lower(), attributes.end()
    text_end = end
    if not found[3]:
        if name in RAW:
            closing = _RAW_END[name].search(html, end)
            text_end = closing.start() if closing else len(html)
        elif name == "plaintext":
            text_end = len(html)
        elif name == "iframe":
            # The content of a frame is never shown. Many write `<iframe ... />`, which does not close it.
            closing = _FRAME_TAG.search(html, end)
            text_end = closing.start() if closing and closing[1] else end
        elif name == "noscript" and _ESCAPED.match(html, end):
            # To a browser it is a text, and programs that save a page as the browser has it escape texts.
            text_end = max(html.find("<", end), end)
    return Token(name, bool(found[3]), start, end, text_end)


def _written(html: str, token: Token) -> str:
    """The token and its raw text as the parser should get them."""
    if token.closing:
        if token.name == "xmp":
            return ""
        renamed = _RENAMED.get(token.name)
        return f"</{renamed}>" if renamed else html[token.start : token.end]
    if renamed := _RENAMED.get(token.name):
        attributes = html[token.start + 1 + len(token.name) : token.end]
        content = html[token.end : token.text_end] if token.name == "noscript" else ""
        return f"<{renamed}{attributes}{unescape(content)}"
    if token.name in ("plaintext", "xmp"):
        return f"<pre>\n{escape(html[token.end : token.text_end])}</pre>"
    if token.name == "script" and (formula := _FORMULA.search(html, token.start, token.end)):
        if formula[1].lower() == "mml":
            markup = html[token.end : token.text_end]
            is_formula = _ONE_MATH.fullmatch(markup) and markup.count("</math") == 1
            return markup if is_formula and not _NO_MATH.search(markup) else ""
        # Some escape it, although nothing in a script needs it.
        source = _CDATA.sub("", html[token.end : token.text_end]).strip()
        return f"<{FORMULA}>{escape(_FEW_REFERENCES.sub(lambda found: unescape(found[0]), source))}</{FORMULA}>"
    return html[token.start : token.text_end]


def _is_burdened(text: str) -> bool:
    if len(text) < 10 * REFERENCES_IN_A_TEXT:
        return False
    if text.isascii():
        return text.count("&") >= REFERENCES_IN_A_TEXT
    # In UTF-8, U+0080 to U+00BF begin with the byte C2, and no other character has it.
    return text.count("&") + text.encode(errors="replace").count(b"\xc2") >= REFERENCES_IN_A_TEXT


def _split_long_text(text: str) -> str:
    if not _is_burdened(text):
        return text
    cuts = [found.start() for found in _REFERENCE.finditer(text)][::REFERENCES_IN_A_TEXT]
    return "<!---->".join(text[start:end] for start, end in pairwise((0, *cuts, len(text))))
