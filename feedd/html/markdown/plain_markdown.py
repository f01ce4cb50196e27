"""Markdown without raw HTML, the short way: Markdown in, the HTML that the parser itself writes out, or None; that HTML
in, the same as a feed reader can show it out, or None.

    source -- at_once, or Writer --> plain HTML -- as_shown --> HTML

Most Markdown needs nothing that only the Writer knows: footnotes, bare URLs, callouts, task lists. Its HTML has few
elements and few attributes, so the walk of `rewrite.py` would change little in it: white space, and the addresses of
links and pictures. Each step gives the HTML of the long way, but for how characters are escaped. `safe_html.sanitise`
writes them in one way. Where the long way may give something else, a step gives None.
"""

from __future__ import annotations

import re
from html import unescape

from feedd.html.elements import image, link
from feedd.html.html_writer import BLANK, GAPS, Context
from feedd.html.markdown import commonmark
from feedd.html.markdown.markdown_marks import SIZE_IN_WORDS
from feedd.html.weight import too_heavy
from feedd.items import inline_markup, urls
from feedd.items.references import BY_NAME, PLAYED_TYPES, References
from feedd.patterns import late_pattern

# Footnotes, callouts, characters by number, "<" by name, what is no tag though it comes out like one, the remains of
# comments.
_FOR_THE_WRITER = ("[^", "[!", "&#", "&l", "&L", "<\\", "<&", "\ufdd2")
_OPENING = late_pattern(r"<[A-Za-z/!?]")  # of raw HTML or of a URL, or only text
_SHOWN_OPENING = late_pattern(r"&lt;[A-Za-z/!?]")
_CODE = late_pattern(r"<code[^<>]*>[^<]*</code>")
# A picture with its size behind the description, or a file to be played.
_SIZED_OR_PLAYED = late_pattern(
    rf'<img src="[^"]*\.(?i:{"|".join(PLAYED_TYPES)})(?:[?#][^"]*)?"'
    rf'|<img src="[^"]*" alt="[^"|]*\|(?:[^"|]*\|)*{SIZE_IN_WORDS}"'
)
_ESCAPED_ADDRESS = late_pattern(r'<(?:a href|img src)="[^"]*%')  # as the Writer does not escape it
_HTTP_ADDRESS = late_pattern(r'<(?:a href|img src)="[Hh][Tt][Tt][Pp][Ss]?://')
_SPELLING = (("<br />", "<br>"), ("<hr />", "<hr>"), ("<del>", "<s>"), ("</del>", "</s>"))
# How the Writer breaks the lines of tables.
_TABLES = (
    ("<thead><tr>", "\n<thead>\n<tr>\n"),
    ("</th>", "</th>\n"),
    ("</td>", "</td>\n"),
    ("</tr></thead><tbody>\n</tbody>", "</tr>\n</thead>\n"),
    ("</tr></thead><tbody>\n", "</tr>\n</thead>\n<tbody>\n"),
    ("<tr><td", "<tr>\n<td"),
    ("</tbody>", "</tbody>\n"),
)
_BLOCKS = "blockquote|dd|dl|dt|h1|h2|h3|h4|h5|h6|li|ol|p|ul"
_BLOCK_AND_BREAK = late_pattern(rf'(<(?:{_BLOCKS}|ol start="[0-9]+")>)\n')
# The walk leaves these out where they hold nothing to see, and keeps the others.
_LEFT_OUT = rf"(?:{_BLOCKS}|a|em|mark|s|strong|sub|sup)"
_NOTHING = late_pattern(
    rf"<{_LEFT_OUT}(?: [^<>]*)?>(?:{BLANK}|</?(?:br|code|pre|table|tbody|td|th|thead|tr)(?: [^<>]*)?>)*</{_LEFT_OUT}>"
)
_WORD = late_pattern(r"(?:^|>)[^<>]*\w")
_LEADING_HEADING = late_pattern(rf"(?:{BLANK}|<(?!hr|img|h[1-6])[^<>]*>)*<(h[1-6])>(.*?)</\1>", re.DOTALL)
_WITH_ADDRESS = late_pattern(
    r'<a href="([^"\n]*)"(?: title="([^"\n]*)")?>'
    r'|<img src="([^"\n]*)" alt="([^"\n]*)"(?: title="([^"\n]*)")?(?: /)?>'
)
_PICTURE_ADDRESS = late_pattern('<img src="([^"\n]*)"')
# What a parser of URLs takes as it is written, with http or https or relative.
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?(?::[0-9]{1,4})?"
_ADDRESS = late_pattern(
    rf"https?://(?!.*xn--){_HOST}(?:[/?#][A-Za-z0-9/._~?#=&;+,@:()!*-]*)?|(?!//)[A-Za-z0-9/._~?#=&;+,@()!*-]+"
)


def at_once(source: str) -> str | None:
    """The HTML of Markdown without raw HTML; None if only the Writer knows all that it needs."""
    if any(mark in source for mark in _FOR_THE_WRITER) or commonmark.has_definitions(source):
        return None
    html = commonmark.html(source if source.endswith("\n") else f"{source}\n")
    if (
        "<input" in html
        or ("%" in html and _ESCAPED_ADDRESS.search(html))
        or _has_raw_html(source, html)
        or _has_bare_url(html)
        or ("<img" in html and _SIZED_OR_PLAYED.search(html))
    ):
        return None
    for theirs, ours in _SPELLING:
        html = html.replace(theirs, ours)
    if "<table>" not in html:
        return html
    before, *tables = html.split("<table>")
    return "".join((_on_a_line(before), *map(_on_a_line, map(_table, tables))))


def _table(html: str) -> str:
    """A table without `<table>`, and what follows, with the line breaks of the Writer."""
    table, end, rest = html.partition("</table>")
    for theirs, ours in _TABLES:
        table = table.replace(theirs, ours)
    return f"<table>{table}{end}{rest}"


def _on_a_line(html: str) -> str:
    """The HTML before a table: tables stand on lines of their own."""
    return html if html.endswith("\n") else f"{html}\n"


def _has_raw_html(source: str, html: str) -> bool:
    """Whether something that looks like raw HTML may be more than text. A text is shown with the first character of a
    tag escaped.
    """
    if "<" not in source:
        return False
    openings = len(_OPENING.findall(source))
    # The title of a link that is defined once may be written often.
    return openings > 0 and ("]:" in source or openings != len(_SHOWN_OPENING.findall(html)))


def _has_bare_url(html: str) -> bool:
    """Whether a URL may stand in text, where it becomes a link."""
    if "://" not in html:
        return False
    addresses = len(_HTTP_ADDRESS.findall(html))
    return html.count("://") != addresses and _CODE.sub("", html).count("://") != addresses


class _LongWay(Exception):
    """The walk of `rewrite.py` has to be taken."""


def as_shown(html: str, context: Context) -> str | None:
    """What `rewrite` makes of this HTML; None where it may make something else than this module knows."""
    if too_heavy(html) or "<mark>" in html or not _WORD.search(html):
        return None
    wanted = html.count("<a ") + html.count("<img ")
    try:
        html, found = _WITH_ADDRESS.subn(_Addresses(context), html) if wanted else (html, 0)
    except _LongWay:
        return None
    if found != wanted:
        return None
    html = "".join(map(_without_gaps, html.split("<pre>")))
    html = _BLOCK_AND_BREAK.sub(r"\1", html)  # such line breaks go, also by the walk
    if _NOTHING.search(html) or _begins_with_title(html, context.title):
        return None
    return html.strip()


def look_up_files(html: str, refers: References) -> bool:
    """Asks `refers` for the files that this HTML shows; False, if only the walk of `rewrite.py` may know them all."""
    addresses = _PICTURE_ADDRESS.findall(html)
    if len(addresses) != html.count("<img ") or f'href="{BY_NAME}' in html or too_heavy(html):
        return False
    try:
        for address in addresses:
            refers.shown(_checked(address))
    except _LongWay:
        return False
    return True


class _Addresses:
    """Writes the start tags of links and pictures. Raises _LongWay for one that the walk may leave out."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._is_first_picture = context.picture is not None

    def __call__(self, tag: re.Match[str]) -> str:
        href, words, src, alt, title = tag.groups()
        if src is None:
            plain = _checked(href)
            is_whole = plain.startswith("http") and urls.http_url(plain) == plain
            if is_whole and not self._context.refers.is_withheld(plain):
                return tag[0]
            return self._link(plain, words)
        return self._picture(_checked(src), alt, title)

    def _link(self, href: str, title: str | None) -> str:
        url = self._context.linked(href)
        if url is None:
            raise _LongWay
        return link(url, "", unescape(title or ""))[: -len("</a>")]

    def _picture(self, src: str, alt: str, title: str | None) -> str:
        url = self._context.refers.shown(src)
        if url is None or (self._is_first_picture and self._repeats(url)):
            raise _LongWay
        self._is_first_picture = False
        return image(url, None, None, unescape(alt), unescape(title or ""))

    def _repeats(self, url: str) -> bool:
        return urls.canonical(url) == urls.canonical(self._context.picture or "")


def _checked(address: str) -> str:
    """An address that a parser of HTML keeps as it is."""
    plain = unescape(address) if "&" in address else address
    if not _ADDRESS.fullmatch(plain):
        raise _LongWay
    return plain


def _without_gaps(part: str) -> str:
    """A part of HTML up to the next `<pre>`, with a single line break for each gap that holds one. It begins with
    code, unless it is the first part.
    """
    code, end, rest = part.rpartition("</pre>")
    if "\n\n" in rest or " \n" in rest or "\n " in rest or "\t\n" in rest or "\n\t" in rest:
        rest = GAPS.sub("\n", rest)
    return f"<pre>{code}{end}{rest}" if end else rest


def _begins_with_title(html: str, title: str) -> bool:
    """Whether a heading at the start may say the title once more."""
    found = _LEADING_HEADING.match(html) if title else None
    if found is None:
        return False
    return " ".join(inline_markup.markup_text(found[2]).split()).casefold() == " ".join(title.split()).casefold()
