"""Links between the files of a wiki: the words of a link in; the name or the path that finds the page out."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHANNEL = late_pattern(
    r"[ \t]*From:[ \t]*\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{0,300}))?\]\][ \t]*(?:<br[ \t]*/?>)?[ \t]*",
    re.IGNORECASE,
)
_CHANNEL_LINES = 5
HIDDEN = ""  # in the place of the URL of a page: there is such a page, and it is not published
_SUFFIXES = (".md", ".mdx", ".markdown")
_MORE_SUFFIXES = late_pattern(r"(?:\s*\.(?:mdx?|markdown))+$")
_INDEX = late_pattern(r"_?index(?:\.(?:mdx?|markdown))?", re.IGNORECASE)
_PAGE_SUFFIX = late_pattern(r"\.html?$", re.IGNORECASE)
_OTHER_SUFFIX = late_pattern(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_DAY = late_pattern(r"(?:^|/)([0-9]{4})/([0-9]{2})/([0-9]{2})/[^/]+$")  # folders in an address
_LONGEST_ADDRESS = 1000
_ESCAPE = late_pattern(r"\\([!-/:-@\[-`{-~])")  # of a mark in Markdown, as in `a\-note`
_GAP = r"[ \t\r\n\f]*"
# Of brackets in an address, those that are a pair; `](` is the next link.
_BARE = r"((?:[^\s<>()\\\]]|\](?!\()|\\\S|\([^\s<>()]{0,200}\)){1,1000})"
_QUOTED, _IN_APOSTROPHES, _IN_ANGLES = r"([^\"\n]{1,1000})", r"([^'\n]{1,1000})", r"([^<>\n]{1,1000})"
_IN_MARKDOWN = rf"(?:\]\(|\]:)\s*(?:<(?!https?:){_IN_ANGLES}>|(?!https?:){_BARE})"
_MARKDOWN_ADDRESS = late_pattern(_IN_MARKDOWN, re.IGNORECASE)
_ANY_ADDRESS = late_pattern(
    rf"{_IN_MARKDOWN}"
    rf"|\b(?:href|src|data|poster|cite){_GAP}={_GAP}"
    rf"(?:\"\s*(?!https?:){_QUOTED}|'\s*(?!https?:){_IN_APOSTROPHES}|(?!https?:)([^\s<>\"']{{1,1000}}))",
    re.IGNORECASE,
)
_ATTRIBUTES = ("href", "src", "data", "poster", "cite")
_LONGEST_GAP = 18  # blanks before an equals sign
_FILE = late_pattern(
    r"(?![a-z][a-z0-9+.-]*:|//)[^?#]{1,400}\.(?:(mdx?|markdown)|html?)\s*(?:[?#].*)?", re.IGNORECASE | re.DOTALL
)


def page_key(name: str) -> str:
    """How a wiki link names a page: no folder, `.md` or `#heading`; case, " ", "_" and "-" are alike.

    A file that is only the index of its folder is named by the folder.
    """
    folder, _, page = name.partition("#")[0].strip().rpartition("/")
    if _INDEX.fullmatch(page) and folder.strip("./"):
        page = folder.rstrip("/").rpartition("/")[2]
    if page.isascii():
        folded = page.lower()
    else:
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", page).casefold())
    name = folded.strip(" _-\t\n")
    if name.endswith(_SUFFIXES):
        name = name.rpartition(".")[0].rstrip()
        if name.endswith(_SUFFIXES):
            name = _MORE_SUFFIXES.sub("", name)
    return " ".join(name.replace("_", " ").replace("-", " ").split())


def page_keys(href: str) -> tuple[str, ...]:
    """The keys of the item that a link to a file means, the best first; () for other links.

    The first key is the path as the link gives it, with "/" in it (`./b.md`, `../dir/b.md`, `/dir/b.html`). The second
    key is the page's name, for a link whose path leads nowhere. Only links to Markdown have it: many pages that are no
    items are called `b.html`.
    """
    found = _FILE.fullmatch(href.strip())
    if found is None:
        return ()
    path = unquote(re.split("[?#]", href, maxsplit=1)[0]).strip().replace("\\", "/")  # as Windows has it
    if not path.startswith(("/", "./", "../")):
        path = f"./{path}"
    if not (name := page_key(path)):
        return ()
    return (path, name) if found[1] else (path,)


def is_markdown_file(href: str) -> bool:
    """Whether a link leads to a file of Markdown, by a path of no other site."""
    found = _FILE.fullmatch(href.strip())
    return found is not None and found[1] is not None


def address_keys(href: str) -> tuple[str, ...]:
    """The keys of the page whose name a local address without a suffix tells, such as `../a-note/`; () for others. A
    day in the address, as in `/2024/01/31/a-note/`, may be part of the name.

    Such an address leads to no item. But it is not shown if the item of this name is not published.
    """
    path = re.split("[?#]", href.strip(), maxsplit=1)[0].replace("\\", "/")
    if path.startswith("//") or ":" in path.partition("/")[0] or len(path) > _LONGEST_ADDRESS:
        return ()
    path = _PAGE_SUFFIX.sub("", unquote(path).rstrip("/"))
    name = "" if _OTHER_SUFFIX.search(path) else page_key(path)
    if not name.strip("."):
        return ()
    day = _DAY.search(path)
    return (name, page_key("-".join((*day.groups(), name)))) if day else (name,)


def linked_page(href: str, page_url: Callable[[str], str | None]) -> str | None:
    """The URL of the item that a link to a file means; None for other links, or without such an item. HIDDEN if the
    item is not published, or if the link is an address that tells its name.
    """
    found = [page_url(key) for key in page_keys(href)]
    if url := next(filter(None, found), None):
        return url
    return HIDDEN if HIDDEN in found or HIDDEN in map(page_url, address_keys(href)) else None


def named_page(href: str, page_url: Callable[[str], str | None]) -> str | None:
    """The URL of the item whose name is all of a local address, as in `/name`; None for other links, or without it."""
    is_name = "/" not in re.split("[?#]", href.strip(), maxsplit=1)[0].strip("/")
    return next(filter(None, map(page_url, address_keys(href))), None) if is_name else None


def local_to(href: str, site_url: str | None) -> str | None:
    """A whole URL of a site as its local address, `/a-note`; None for other addresses, or where no site is known."""
    href = href.strip()
    if site_url is None or "//" not in href[:8]:
        return None
    place = site_url.partition("//")[2]
    rest = href.partition("//")[2]
    return f"/{rest[len(place) :]}" if rest[: len(place)].lower() == place.lower() else None


def addresses_on_site(text: str, site_url: str | None) -> Iterator[str]:
    """The local addresses of the whole URLs in a text that lead to a site."""
    place = (site_url or "").partition("//")[2]
    if place and place.lower() in text.lower():
        begin = f"//{re.escape(place)}"
        for mark, rest in (('"', _QUOTED), ("'", _IN_APOSTROPHES), ("<", _IN_ANGLES), ("", _BARE)):
            pattern = rf"{mark}\s*(?:https?:)?{begin}{rest}" if mark else begin + rest
            for found in re.finditer(pattern, text, re.IGNORECASE):
                yield from _meant(f"/{found[1]}")


def local_addresses(text: str) -> Iterator[str]:
    """What may be an address of a link, a picture or a player in Markdown or HTML, also where it is code."""
    pattern = _ANY_ADDRESS if _may_have_attribute(text) else _MARKDOWN_ADDRESS
    for found in pattern.finditer(text):
        yield from _meant(next(filter(None, found.groups())))


def _meant(written: str) -> Iterator[str]:
    """The addresses that one may be: with its marks as they are, and as Markdown reads them."""
    yield unescape(written)
    if "\\" in written:
        yield unescape(_ESCAPE.sub(r"\1", written))


def _may_have_attribute(text: str) -> bool:
    """Whether a text may have an attribute of HTML that holds an address. To look for its name takes twenty times as
    long as to look for an equals sign.
    """
    at = text.find("=")
    while at >= 0:
        before = text[max(at - _LONGEST_GAP, 0) : at].rstrip(" \t\r\n\f").lower()
        if before.endswith(_ATTRIBUTES) or (at > _LONGEST_GAP and len(before) < len("poster")):
            return True
        at = text.find("=", at + 1)
    return False


def page_path(key: str, path: str) -> str | None:
    """The path of the file that a key means in the body of the file at `path`; None if the key is a page's name.

    Paths are relative to the items' directory, with "/"; a key that begins with "/" is, too. None for a key that leads
    out of the items' directory.
    """
    if "/" not in key:
        return None
    found = posixpath.normpath(key.lstrip("/") if key[0] == "/" else posixpath.join(posixpath.dirname(path), key))
    return None if found.startswith("..") else found


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
