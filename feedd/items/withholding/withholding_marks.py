"""Marks that withhold: the names that any publisher gives them, and the values by which each of them withholds.

    name -- kind_of --> Kind -- judge, with a value --> "hides", "shows" or "unclear"
    tree -- read_marks --> ForeignMarks: what withholds a readable file, beside the seeds' own fields

Capitals, hyphens and low lines in a name do not matter. What is unclear counts as withheld, and is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from html import unescape
from typing import Literal

from msgspec import Struct

from feedd.items.dates import zone_of
from feedd.items.decoders import is_false, is_true
from feedd.items.findings import Findings, field_name
from feedd.items.foreign.foreign_dates import Dated, read_dated
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.invisible import bare
from feedd.items.withholding.look_alikes import plain_word
from feedd.patterns import late_pattern

# How a mark withholds: if it is true, if it is false, by a word, by `never` or false, by any value but false, if it is
# negative, by a time that is past.
Kind = Literal["true", "false", "word", "never", "any", "negative", "past"]
Judgement = Literal["hides", "shows", "unclear"]

OWN_MARKS: dict[str, Kind] = {
    "published": "false",
    "removed": "true",
    "deleted": "true",
    "draft": "true",
    "heat": "negative",
}
PROTECTED = "password"  # whoever knows it may read the page, as with Hexo
AUDIENCE = "audience"  # whom an item is for; it withholds where there are private feeds
FOREIGN_MARKS: dict[str, Kind] = {
    **dict.fromkeys(("drafts", "isdraft", "private", "isprivate", "hidden", "ishidden"), "true"),
    **dict.fromkeys(("unlisted", "isunlisted", "hide", "headless", "eleventyexcludefromcollections"), "true"),
    **dict.fromkeys(("unpublished", "isunpublished", "secret", "confidential", "retracted"), "true"),
    **dict.fromkeys(("publish", "ispublished", "share", "dgpublish", "public", "listed"), "false"),
    **dict.fromkeys(("status", "poststatus", "visibility"), "word"),
    **dict.fromkeys(("publishstatus", "publishingstatus", "publicationstatus", "publishedstatus"), "word"),
    **dict.fromkeys(("withdrawn", "deletedat", "removedat", PROTECTED), "any"),
    **dict.fromkeys(("expirydate", "unpublishdate", "unpublishat", "expires", "expiresat"), "past"),
}  # fmt: skip
MARKS_BY_NAME: dict[str, Kind] = {**OWN_MARKS, **FOREIGN_MARKS}
# Names with other meanings, too: only what is nearly true, or a date, withholds; any other text does not.
_OF_OTHERS = frozenset(("secret", "confidential", "retracted"))
_TRUE_WORDS = ("true", "yes", "on", "1")
# Names by which a note asks to be published, where only such notes are: fields of its own, and no others.
_ASKING = frozenset(("publish", "dgpublish"))
_STATES = ("state", "stage", "workflow")  # of other things, too: of the United States
# Names that a file has for feeds, and names that hide only if they are false: such fields may also hold texts.
_OF_FEEDS: dict[str, Kind] = {
    **dict.fromkeys(("feed", "rss", "rssfeed", "infeed", "inrss", "includeinfeed", "includeinrss"), "never"),
    **dict.fromkeys(("showinfeed", "showinrss", "visible", "isvisible", "permalink"), "never"),
    **dict.fromkeys(
        (f"{word}from{what}" for word in ("exclude", "hide", "hidden") for what in ("feed", "rss")), "true"
    ),
    **dict.fromkeys(("nofeed", "norss", "rssignore", "rssexclude", "feedexclude", "disablefeed", "disablerss"), "true"),
    **dict.fromkeys(("excludefromfeeds", "excludefromrssfeed", "skipfeed", "skiprss"), "true"),
    **dict.fromkeys(("nopublish", "donotpublish", "dontpublish", "draftmode", "trashed", "internalonly"), "true"),
    **dict.fromkeys(("workflowstate", "publicationstate", "publishstate", "contentstatus", "pagestatus"), "word"),
    **dict.fromkeys(_STATES, "word"),
}
_OF_BUILD: dict[str, Kind] = {"render": "never", "list": "never"}
# A mark in one of these mappings speaks of the item; in any other mapping, of a part of it.
_BUILDS = frozenset(("build",))
GROUPS = frozenset(("params", "extra", "taxonomies", "advisory", "cascade")) | _BUILDS
# Names that mean nothing else wherever they stand: in another mapping they are a slip of the indentation.
UNMISTAKABLE = frozenset(
    ("drafts", "isdraft", "unlisted", "isunlisted", "publish", "ispublished", "dgpublish")
) | frozenset(("eleventyexcludefromcollections",))

_HIDING = frozenset(
    ("draft", "drafts", "private", "hidden", "unlisted", "pending", "scheduled", "future", "trash", "trashed", "skip")
) | {"unpublished", "embargoed", "withheld"}
_HIDING_ALONE = frozenset(("deleted", "removed", "internal"))  # words to which others are near
_SHOWN = frozenset(
    ("published", "publish", "public", "listed", "visible", "shown", "live", "accepted", "active", "final", "done")
)
# Mappings of themes that describe a part of a page, which may be hidden while the page is not.
_PART = late_pattern(
    r"cover|image|img|picture|photo|banner|hero|thumb|icon|logo|sidebar|toc|menu|nav|head|foot|comment|seo|share|sharing"
    r"|social|button|widget|link|pagination|search|card|gallery|video|audio|podcast|breadcrumb|title|cta|layout|feature"
)
_TAG = late_pattern(r"</?[A-Za-z][^<>]{0,40}>")
_LINE_END_TAG = late_pattern(r"<(?:br|/p|/li|/div)\b[^<>]{0,40}>", re.IGNORECASE)
_NO_DATE = late_pattern(
    r"never|none|no|false|\d{1,6}[ \t]*(?:s|m|h|d|w|y|mo|min|sec|seconds?|minutes?|hours?|days?|weeks?|months?|years?)",
    re.IGNORECASE,
)
_WORD = late_pattern(r"[^\W\d_]+")
_DEEPEST = 3  # groups in groups
_MOST_QUOTED = 40
_MOST_READ = 2000


class ForeignMarks(Struct, frozen=True):
    """What in a readable file withholds it in the words of another publisher.

    `hidden_by` is the field with its value; empty if nothing withholds. `expires` is the time from which the file is
    withheld, `published` a date in the place of a mark, up to which it is.
    `is_unclear`: a problem was found, and the file may ask to be withheld. `is_listed`: the file says that it is to be
    published.
    """

    hidden_by: str = ""
    expires: datetime | None = None
    published: datetime | None = None
    is_unclear: bool = False
    is_listed: bool = False


NO_MARKS = ForeignMarks()


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The name of a field in small letters, without hyphens, low lines and blanks."""
    return name.replace("-", "").replace("_", "").replace(" ", "").casefold()


def kind_of(name: str) -> Kind | None:
    """How a field of this name withholds an item; None for other fields."""
    return MARKS_BY_NAME.get(plain_name(name))


def judge(kind: Kind, value: Node) -> Judgement:
    """What a value of a field of this kind says, but for dates and numbers."""
    if isinstance(value, str):
        value = value.strip().partition("\n")[0] or None  # lines below it belong to it in headers alone
    if value is None:
        return "shows"
    if kind == "word":
        return _judge_words(value)
    if kind == "never":
        hides = is_false(value) or (isinstance(value, str) and value.strip().lower() == "never")
        return "hides" if hides else "shows"
    if kind == "any":
        return "shows" if is_false(value) else "hides"
    hiding, showing = (is_true, is_false) if kind == "true" else (is_false, is_true)
    return "hides" if hiding(value) else "shows" if showing(value) else "unclear"


def _judge_words(value: Node) -> Judgement:
    if isinstance(value, list):
        return "hides" if any(_judge_words(each) == "hides" for each in value) else "shows"
    if isinstance(value, dict):
        return "hides" if any(_judge_words(each) == "hides" for each in value.values()) else "shows"
    text = _seen(value or "")[:200].lower()
    words = [*_WORD.findall(text), *(_WORD.findall(text.replace("\0", "")) if "\0" in text else ())]
    return "hides" if any(map(is_hiding_word, words)) else "shows"


def _seen(value: str) -> str:
    """A text without tags, entities, accents and characters that cannot be seen."""
    if "<" in value or "&" in value:
        value = unescape(_TAG.sub("", _LINE_END_TAG.sub(" ", value[:_MOST_READ])))
    return plain_word(bare(value))


@lru_cache(maxsize=4096)
def is_hiding_word(word: str) -> bool:
    """Whether a word in small letters is a status that withholds, or a misspelling of one."""
    return word not in _SHOWN and (
        word in _HIDING
        or word in _HIDING_ALONE
        or (4 <= len(word) < 20 and bool(get_close_matches(word, _HIDING, 1, 0.8)))
    )


def read_marks(tree: dict[str, Node], names: Iterable[str], findings: Findings) -> ForeignMarks:
    """The marks among the fields of these names. Adds problems about unclear ones, and notes, to `findings`."""
    hidden_by = ""
    expires: datetime | None = None
    published: datetime | None = None
    is_listed = False
    known = len(findings.problems)
    for at, kind, value in _marks(tree, names):
        if kind == "past":
            if value is not None and (found := _date(value, findings)):
                expires = min(filter(None, (expires, found)))
            elif isinstance(value, str) and _NO_DATE.fullmatch(value.strip()):
                findings.note(at, f"{findings.quoted(value)} withholds nothing; a date such as 2026-01-31 does")
            elif value is not None:
                findings.wrong(at, "a date such as 2026-01-31", value)
            continue
        judgement = judge(kind, value)
        is_listed = is_listed or (len(at) == 1 and is_true(value) and plain_name(str(at[0])) in _ASKING)
        if judgement == "unclear" and kind == "false" and (found := _date(value, findings)):
            published = max(filter(None, (published, found)))
            continue
        if judgement == "unclear" and plain_name(str(at[-1])) in _OF_OTHERS:
            judgement = _judge_other(at, value, findings)
        if judgement == "unclear" and not _is_setting(at, value):
            findings.wrong(at, "true or false", value)
        elif judgement == "hides":
            hidden_by = hidden_by or _said(at, value, findings)
        elif kind != "word" or plain_name(str(at[-1])) in _STATES:
            continue
        elif isinstance(value, str) and plain_name(value) not in _SHOWN:
            findings.note(
                at, f"{findings.quoted(value)} withholds nothing; the words that do are draft, private and the like"
            )
    return ForeignMarks(hidden_by, expires, published, len(findings.problems) > known, is_listed)


def may_hold_mark(name: str) -> bool:
    """Whether `read_marks` may find a mark in a field of this name."""
    plain = plain_name(name)
    return plain in MARKS_BY_NAME or plain in _OF_FEEDS or plain == "render" or plain in GROUPS


def is_of_part(at: FieldPath) -> bool:
    """Whether a mark in another mapping speaks of a part of a page: of an entry of a list, of a cover or a menu."""
    return any(isinstance(part, int) or _PART.search(plain_name(part)) is not None for part in at[:-1])


def _judge_other(at: FieldPath, value: Node, findings: Findings) -> Judgement:
    """What a value says that is neither true nor false, of a field that others use for texts."""
    if _date(value, findings):
        return "hides"
    if not isinstance(value, str) or get_close_matches(value.strip().lower(), _TRUE_WORDS, 1, 0.6):
        return "unclear"
    findings.note(at, f"{findings.quoted(value)} withholds nothing; `true` does")
    return "shows"


def _is_setting(at: FieldPath, value: Node) -> bool:
    """Whether a value cannot be meant as true or false: where to share a text, what of a page to hide."""
    name = plain_name(str(at[-1]))
    if isinstance(value, (list, dict)):
        return name in ("share", "hide", "public", "hidden")
    if name != "share":
        return False
    word = _WORD.search(_seen(str(value)))  # a line end may have become a tag or an escape behind it
    return not get_close_matches(word[0].lower() if word else "", ("false", "no", "off"), 1, 0.6)


def _marks(
    tree: dict[str, Node], names: Iterable[str], above: FieldPath = ()
) -> Iterator[tuple[FieldPath, Kind, Node]]:
    group = plain_name(str(above[-1])) if above else ""
    kinds = {**MARKS_BY_NAME, **(_OF_BUILD if group in _BUILDS else _OF_FEEDS)}
    for name in names:
        plain, value = plain_name(name), tree[name]
        if (kind := kinds.get(plain)) is not None and kind != "negative":
            yield (*above, name), kind, value
        elif plain == "render" and not above:  # as Zola has it
            yield (name,), "never", value
        elif plain in GROUPS and len(above) < _DEEPEST:
            for each in value if isinstance(value, list) else (value,):
                if isinstance(each, dict):
                    yield from _marks(each, each, (*above, name))


def _date(value: Node, findings: Findings) -> datetime | None:
    """The date of a value in any spelling; None for a value that is not a date."""
    found = read_dated(value, zone_of(findings.settings.time_zone))
    return found.moment if isinstance(found, Dated) else None


def _said(at: FieldPath, value: Node, findings: Findings) -> str:
    """A field and its value, as a message shows them."""
    name = field_name(at)
    if not isinstance(value, str) or not findings.quote or plain_name(str(at[-1])) == PROTECTED:
        return name
    flat = " ".join(value.split())
    return f"{name}: {flat[:_MOST_QUOTED]}" + ("…" if len(flat) > _MOST_QUOTED else "")
