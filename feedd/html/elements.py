"""The elements and attributes of HTML that an entry may contain, and how feedd writes some of them."""

from __future__ import annotations

from html import escape


def names(listed: str) -> frozenset[str]:
    """The names in a list with spaces between them."""
    return frozenset(listed.split())


BLOCKS = names("blockquote dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 li ol p ul")
INLINE = names("a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small strong sub sup u var")
TABLES = names("caption table tbody td tfoot th thead tr")
VOID = names("br hr img wbr")
# Obsolete elements, with elements of the same meaning.
RENAMED = {
    "acronym": "abbr",
    "dir": "ul",
    "listing": "pre",
    "menu": "ul",
    "strike": "s",
    "tt": "code",
}
TAGS = BLOCKS | INLINE | TABLES | VOID | names("pre rp rt ruby summary time")
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"alt", "height", "src", "title", "width"},
    "li": {"type", "value"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
SCHEMES = {"http", "https", "mailto"}

# The name of an iframe while HTML is rewritten. To a parser, the content of an iframe is no HTML. But many write
# `<iframe src=x />`, and the rest of their page would be lost.
FRAME = "x-frame"
# `noscript` and its kin. To a parser that expects scripts, their content is text.
FALLBACK = "x-fallback"
# A script with the source of a formula.
FORMULA = "x-formula"


def image(url: str, width: int | None, height: int | None, alt: str, title: str = "", mark: str = "") -> str:
    """An `img` element; its attributes always come in the same order. `mark`: the attribute of a text in another
    language, if `alt` is one.
    """
    sizes = "".join(f' {name}="{size}"' for name, size in (("width", width), ("height", height)) if size and size > 0)
    tooltip = f' title="{escape(title)}"' if title else ""
    return f'<img src="{escape(url)}"{sizes} alt="{escape(alt)}"{tooltip}{mark}>'


def link(url: str, content: str, title: str = "") -> str:
    """A link around HTML content."""
    tooltip = f' title="{escape(title)}"' if title else ""
    return f'<a href="{escape(url)}"{tooltip}>{content}</a>'


def paragraph(plain: str) -> str:
    """Plain text as a paragraph; "" for none."""
    return f"<p>{escape(plain)}</p>" if plain else ""


def unescaped(value: str) -> str:
    """An attribute as nh3 writes it, read back."""
    if "&" not in value:
        return value
    for entity, character in (
        ("&quot;", '"'),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", "\xa0"),
        ("&amp;", "&"),
    ):
        value = value.replace(entity, character)
    return value
