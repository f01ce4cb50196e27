"""Links on the site of a publisher: the facts of an item in; its address, by a template or in the file's words, out."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from urllib.parse import quote, urlsplit

from msgspec import Struct

from feedd.items import text, urls
from feedd.patterns import late_pattern

_PLACEHOLDER = late_pattern(r"\{([a-z_]{1,20})(?::([a-z0-9]{1,9}))?\}")
_NUMBERS = ("year", "month", "day", "number")
PLACEHOLDERS = (
    *_NUMBERS,
    *("slug", "own_slug", "name", "title", "path", "folder", "section", "category", "categories", "language"),
    *("category_path", "own_category", "own_language", "parent"),
)
_KEPT = "/!$&'()*+,;=:@~"
DATE_WORDS = {"year": "{year}", "month": "{month}", "day": "{day}"}  # of Jekyll and Hugo
JEKYLL_WORDS = DATE_WORDS | {  # for parts of an address
    "i_month": "{month:1}",
    "i_day": "{day:1}",
    "title": "{slug}",
    "slug": "{slug}",
    "name": "{slug}",
    "categories": "{categories:blanks}",
    "output_ext": ".html",
}
SECTION_WORDS = {"section": "{section}", "sections": "{folder}"}  # of Hugo
_COLON_WORDS = JEKYLL_WORDS | SECTION_WORDS | {"basename": "{slug}", "filename": "{slug}"}
_HUGO_MARKS = frozenset("./\\_#+~-@")
_DATE_BEFORE = late_pattern(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})-(?=.)")


def in_ascii(name: str) -> str:
    """A name as Pelican writes it: small letters without accents, digits, and hyphens between words. Letters that are
    none of ASCII without their accents stay.
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    bare = re.sub(r"[^\w\s-]", "", unicodedata.normalize("NFC", plain).lower().replace("ß", "ss"))
    return re.sub(r"[-\s]+", "-", bare).strip("-")


def _as_hugo(name: str) -> str:
    """A name or a path as Hugo writes it: letters, digits, a few marks, and a hyphen for the blanks between words."""
    kept = (char for char in name if char.isspace() or char in _HUGO_MARKS or _is_of_word(char))
    return "-".join("-".join(part.split()) for part in "".join(kept).split("-"))


def _is_of_word(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LM" or category == "Nd"


# Ways in which publishers write a name in an address.
_FORMS: dict[str, Callable[[str], str]] = {
    "lower": lambda name: "-".join(name.lower().split()),
    "dashed": lambda name: "-".join(name.replace("&", "-and-").split()),
    "plus": lambda name: "+".join(name.split()),
    "ascii": in_ascii,
    "blanks": str,
    "hugo": lambda name: _as_hugo(name).lower(),
    "hugocase": _as_hugo,
    "slashed": lambda name: _DATE_BEFORE.sub(r"\1/\2/\3/", name, count=1),
}
_COLON = late_pattern(r":([a-z_]+)")
_DASHES = late_pattern(r"-{2,}")


class LinkFacts(Struct, frozen=True):
    """What the address of an item may be made of. `path` and `folder` are below the items' directory; `path` has no
    suffix, and is the folder's of an index. `category_folder` holds the folders that are categories. `slug` is
    `own_slug`, the one that the file gives, else made of its name. `language` is empty if it is the site's.
    """

    day: date | None
    slug: str
    name: str
    title: str
    path: str
    folder: str
    categories: tuple[str, ...] = ()
    category_folder: str = ""
    language: str = ""
    number: int | None = None
    own_slug: str | None = None

    def fact(self, name: str, form: str = "") -> str | int | None:
        """The text, or the number, of a placeholder. Of this form, names of categories keep their blanks and marks."""
        named = str.lower if form == "blanks" else urlized
        if name in ("year", "month", "day"):
            return getattr(self.day, name, None)
        if name == "category":
            return named(self.categories[0]) if self.categories else ""
        if name == "categories":
            return "/".join(dict.fromkeys(map(named, self.categories)))
        if name == "own_category":
            return self.categories[0] if self.categories else None
        if name == "own_language":
            return self.language or None
        if name == "section":
            return self.folder.partition("/")[0]
        if name == "parent":
            return self.folder.rpartition("/")[2] or None
        if name == "category_path":
            return "/".join(
                dict.fromkeys(filter(None, (*self.category_folder.split("/"), *map(named, self.categories))))
            )
        if name == "title":
            return self.title if form == "ascii" else urlized(self.title)
        found: str | int | None = getattr(self, name)
        return found


def template_mistake(template: str) -> tuple[str, str] | None:
    """What is wrong with a template, and a hint; None if nothing is."""
    rest = _PLACEHOLDER.sub("", template)
    if "{" in rest or "}" in rest:
        return "expected placeholders such as {year} or {number:03}", "a brace has no other one"
    for name, form in _PLACEHOLDER.findall(template):
        if name not in PLACEHOLDERS:
            near = difflib.get_close_matches(name, PLACEHOLDERS, n=1)
            hint = f"did you mean {{{near[0]}}}?" if near else f"known: {', '.join(PLACEHOLDERS)}"
            return f"{{{name}}} is no placeholder", hint
        if form and not (re.fullmatch("0?[1-9]", form) if name in _NUMBERS else form in _FORMS):
            forms = ", ".join(_FORMS)
            return (
                f"{{{name}:{form}}} is no placeholder",
                f"after a colon: digits as in {{number:03}}; {forms} for texts",
            )
    if not _PLACEHOLDER.search(template):
        return "every item would have the same link", "write what differs, such as {slug}"
    if urls.reference(_PLACEHOLDER.sub("x", template)) is None:
        return "expected an address such as /{year}/{slug}/", "it begins with / or with https://"
    return None


def filled(template: str, facts: LinkFacts) -> str | None:
    """A template with the facts in it; None if it asks for something that the file does not have, such as a date."""
    missing = False

    def fill(found: re.Match[str]) -> str:
        nonlocal missing
        name, form = found.groups()
        fact = facts.fact(name, form)
        if fact is None:
            missing = True
            return ""
        if isinstance(fact, int):
            width = int(form[-1]) if form else 4 if name == "year" else 2 if name in ("month", "day") else 1
            return f"{fact:0{width}}"
        return quote(_FORMS[form](fact) if form else fact, safe=_KEPT)

    made = _PLACEHOLDER.sub(fill, template)
    return None if missing else made


def on_site(address: str, site_url: str) -> str | None:
    """An address on a site, which begins where the site does; without slashes that stand twice. None for what is no
    address.
    """
    try:
        is_absolute = bool(urlsplit(address).scheme)
    except ValueError:  # a host that cannot be one
        return None
    if is_absolute:
        return urls.http_url(address)
    path, mark, rest = address.partition("?")
    path = re.sub(r"/{2,}", "/", f"/{path}")
    return urls.absolute(f"{path[1:]}{mark}{rest}" or "/", site_url) if path != "/" else site_url


def address_as_template(written: str) -> str | None:
    """The template that an address with words of Jekyll or Hugo (`/:year/:title/`) is; None for words that are not
    known.
    """
    unknown = False

    def replace(found: re.Match[str]) -> str:
        nonlocal unknown
        unknown = unknown or found[1] not in _COLON_WORDS
        return _COLON_WORDS.get(found[1], "")

    made = _COLON.sub(replace, written)
    return None if unknown else made


def urlized(name: str) -> str:
    """A name as publishers write it in addresses: small letters, digits, and hyphens between words."""
    bare = re.sub(r"[^\w\s/.+-]", "", name.strip().lower())
    return _DASHES.sub("-", re.sub(r"[\s/]+", "-", bare)).strip("-") or text.slug(name)
