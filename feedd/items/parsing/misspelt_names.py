"""Names of fields with a slip: the names that feedd does not know, in; the known name that each of them nearly is, out.

Marks that withhold are not among the known names: `meaning.misspelt` looks for these, and refuses the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from feedd.items.dates import zone_of
from feedd.items.decoders import finite, is_false, is_true
from feedd.items.fields import FIELDS, NAMES_WITHIN
from feedd.items.findings import Findings
from feedd.items.foreign.foreign_dates import Dated, main_date, read_dated
from feedd.items.foreign.foreign_names import MEANINGS, is_known_anywhere, may_be_group, may_be_kept, normal
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.withholding.near_names import with_one_slip
from feedd.items.withholding.withholding_marks import OWN_MARKS, kind_of
from feedd.patterns import late_pattern

_SHORTEST = 5  # letters of a known name: a shorter one is nearly too many other words
_SURE = 8  # letters of a name whose first letter may be the slip
_MOST = 100  # unknown names of a file: with more of them, it was not written by hand
_OTHER_WORDS = frozenset(("update", "local", "except", "head", "publisher"))  # no slip, but words of their own
_ENDINGS = ("s", "d", "r", "ed", "er")
_LONGEST_WITHIN = max(map(len, chain.from_iterable(NAMES_WITHIN.values()))) + 1
_LONGEST_MARK = max(map(len, OWN_MARKS)) + 1
_LIKE_DATE = late_pattern(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])")
# Read in their own spelling alone. What such a field holds is missed where it is passed over.
_READ_IN_OWN_SPELLING = {
    normal(name): name
    for name in (
        *("topics", "provider", "quality", "exclude_from_all", "originalUrl", "sourceUrl", "videoId"),
        *("featuredContent", "guid"),
    )
}
_DATES = frozenset((*MEANINGS["date"], *MEANINGS["not before"], "published"))


def slips_among(unknown: Collection[str], names: Collection[str]) -> tuple[str, ...]:
    """The unknown names that may be known ones with a slip, whatever the fields hold, sorted. `names`: of all fields.
    Where the file has a field of the known name, too, the unknown name is no slip.
    """
    if len(unknown) > _MOST:
        return ()
    present = {*map(normal, names)}
    meant = ((name, nearly(normal(name)) or _mark_like(normal(name))) for name in unknown)
    slips = {name for name, known in meant if known and normal(known) not in present}
    other_spellings = {name for name in unknown if _in_own_spelling(name) not in (None, *names)}
    return tuple(sorted(slips | other_spellings))


def take_misspelt(slips: Collection[str], tree: Mapping[str, Node], values: dict[str, Any], findings: Findings) -> None:
    """Adds a note about each name of `slips_among` that is probably a known one with a slip in it.

    The field is passed over, unless it holds a date: nothing is published before its time. A date that cannot be read
    is a problem.
    """
    for name in slips:
        meant = _in_own_spelling(name) or nearly(normal(name)) or _near_mark(normal(name), tree[name], findings)
        if meant is not None and name not in findings.settings.fields.values():
            _take((name,), meant, tree[name], values, findings)


def _take(at: FieldPath, meant: str, value: Node, values: dict[str, Any], findings: Findings) -> None:
    date = _date(value, findings) if meant in _DATES else None
    if date:
        values["publishedDateTime"] = max(values.get("publishedDateTime", date), date)
        findings.note(at, f"not known; did you mean `{meant}`? Nothing is published before this date")
    elif meant in _DATES and _is_like_date(value):
        findings.wrong(at, f"a date such as 2026-01-31, for `{meant}` was probably meant", value)
    else:
        findings.note(at, f"not known, so it is passed over; did you mean `{meant}`?")


def take_misspelt_within(tree: Mapping[str, Node], values: dict[str, Any], findings: Findings) -> None:
    """As `take_misspelt`, for the names in `provider` and in entries of `images`."""
    for field in NAMES_WITHIN:
        value = tree.get(field)
        entries = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, entry in entries:
            given = entry if isinstance(entry, dict) else {}
            for name, meant in _slips_within(field, tuple(given)):
                if meant not in given:
                    at = (field, name) if index is None else (field, index, name)
                    _take(at, meant, None, values, findings)


def take_misspelt_in_groups(tree: Mapping[str, Node], values: dict[str, Any], findings: Findings) -> None:
    """As `take_misspelt`, for the names in the mappings in which other publishers keep fields."""
    above = {normal(name) for name in tree}
    for group, fields in groups(tree):
        unknown = sorted(name for name in fields if not is_known_anywhere(normal(name)))
        slips = {
            name: meant
            for name in (unknown if len(unknown) <= _MOST else ())
            if (meant := nearly(normal(name)) or _near_mark(normal(name), fields[name], findings)) is not None
        }
        beside = {normal(name) for name in fields} if slips else set()
        for name, meant in slips.items():
            is_given = normal(meant) in above or normal(meant) in beside
            if not is_given and meant != "heat" and name not in findings.settings.fields.values():
                _take((group, name), meant, fields[name], values, findings)


def groups(tree: Mapping[str, Node]) -> Iterator[tuple[str, dict[str, Node]]]:
    """The mappings in which other publishers keep fields, by their names."""
    for name, value in tree.items():
        if isinstance(value, dict) and may_be_group(name):
            yield name, value


@lru_cache(maxsize=1024)
def is_slip(name: str, meant: str) -> bool:
    """Whether a name is another but for one slip, and no other form of the word: `drafft`, but not `drafts`."""
    name, meant = normal(name), normal(meant)
    short, long = sorted((name, meant), key=len)
    if name in _OTHER_WORDS or name[:1] != meant[:1] or (long.startswith(short) and long[len(short) :] in _ENDINGS):
        return False
    return name in with_one_slip(meant)


def _slips_within(field: str, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The unknown ones among the names in a field of the seeds' words, with the known names that they nearly are."""
    return _kept_slips(field, names) if may_be_kept(names) else _slips_in(field, names)


def _slips_in(field: str, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    unknown = sorted({*names} - NAMES_WITHIN[field])[:_MOST]
    return tuple((name, meant) for name in unknown if (meant := _within(field, name)) is not None)


_kept_slips = lru_cache(maxsize=1024)(_slips_in)


@lru_cache(maxsize=1024)
def _within(field: str, name: str) -> str | None:
    """The name in a field of the seeds' words that an unknown name there is but for one slip or its capitals."""
    plain = normal(name)
    if not plain.isalpha() or len(plain) > _LONGEST_WITHIN:
        return None
    found = NAMES_WITHIN[field].intersection(with_one_slip(plain))
    return next((known for known in sorted(found) if known[0] == plain[0]), None)


def _date(value: Node, findings: Findings) -> datetime | None:
    found = read_dated(main_date(value), zone_of(findings.settings.time_zone))
    return found.moment if isinstance(found, Dated) else None


def _is_like_date(value: Node) -> bool:
    found = main_date(value)
    return isinstance(found, str) and _LIKE_DATE.match(found.strip()) is not None


def _near_mark(name: str, value: Node, findings: Findings) -> str | None:
    """The mark of the seeds that an unknown name in normal form is but for one slip, if the value is one of the mark's.

    A value that would withhold the item is no matter here: `meaning.misspelt` has refused the file.
    """
    meant = _mark_like(name) if isinstance(value, str) else None
    if meant is None:
        return None
    if meant == "heat":
        is_of_mark = finite(value) is not None
    else:
        is_date = meant == "published" and (_is_like_date(value) or _date(value, findings) is not None)
        is_of_mark = is_date or is_true(value) or is_false(value)
    return meant if is_of_mark else None


@lru_cache(maxsize=4096)
def _mark_like(name: str) -> str | None:
    if name in _OTHER_WORDS or not name.isalpha() or len(name) > _LONGEST_MARK or is_known_anywhere(name):
        return None
    found = OWN_MARKS.keys() & with_one_slip(name)
    return next((mark for mark in sorted(found) if mark[0] == name[0]), None)


@lru_cache(maxsize=4096)
def nearly(name: str) -> str | None:
    """The known name that an unknown one in normal form is but for one slip, as it is written; None if there is none.

    A singular for a plural is a slip in the seeds' own names alone: other publishers have names of both forms.
    """
    if name in _OTHER_WORDS or is_known_anywhere(name) or not name.isalpha() or len(name) > _longest() + 1:
        return None
    known = _known()
    found = []
    for meant in set(with_one_slip(name)) & known.keys():
        is_first_letter_sure = name[0] == meant[0] or len(meant) >= _SURE
        is_number = meant in (f"{name}s", name.removesuffix("s"))
        if is_first_letter_sure and (known[meant] in FIELDS or not is_number):
            found.append(known[meant])
    return min(found, key=lambda written: (written not in FIELDS, written), default=None)


def _in_own_spelling(name: str) -> str | None:
    """The name of the seeds that is read in its own spelling alone, and that a name is but for capitals and signs."""
    return _READ_IN_OWN_SPELLING.get(normal(name))


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """The known names as they are written, by their normal form."""
    written = (*chain.from_iterable(MEANINGS.values()), *FIELDS)
    names = {normal(name): name for name in written}  # the last one counts
    return {name: written for name, written in names.items() if len(name) >= _SHORTEST and kind_of(name) is None}


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _known()))
