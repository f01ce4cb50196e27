"""Audiences: the fields of a file, in; the private feeds for which the file is meant, out.

    tree  -- take_audiences --> Audience: who may see the item, or why it cannot be known
    bytes -- names_audience --> whether a broken file may name an audience

A name with one slip in it counts. So does a mark that stands inside another field: it is a mistake, and withholds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from msgspec import Struct

from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.invisible import bare
from feedd.items.reading_settings import AudienceSettings
from feedd.items.withholding.damaged_names import letters, undressed
from feedd.items.withholding.near_names import with_one_slip
from feedd.items.withholding.withholding_marks import AUDIENCE, GROUPS, plain_name
from feedd.items.withholding.written_out import readings
from feedd.patterns import late_pattern

_NAMES = (AUDIENCE, f"{AUDIENCE}s")
_SHORTEST, _LONGEST = len(AUDIENCE) - 1, len(AUDIENCE) + 2
_ANY_CASE = late_pattern(AUDIENCE, re.IGNORECASE)
_NOBODY = "x" * len(AUDIENCE)
_SIGN = late_pattern(r"[:;=\uff1a\ufe55]|->")
_NEITHER = late_pattern(r"[^a-z:;=\uff1a\ufe55]+")  # what is neither a letter nor a sign
_NOT_LETTERS = late_pattern(r"[^a-z]+")
_FIELD = late_pattern(r"[\s\"'{,]*[\w.-]{1,40}[\"']?[ \t]*[:=]")
_FEW = 3  # words of a value that is no sentence
_PARAGRAPH = 5000  # characters of a body that are looked at
_WINDOW = 80  # characters of a line among which a name begins
_WORDS = "the names of private feeds, such as insiders or [insiders, team]"


class Audience(Struct, frozen=True):
    """For whom an item is. `names` are those of private feeds, in small letters: for whom each of its fields agrees.
    None if the item is for everybody. `problems`: fields that cannot be understood, so that nobody may see the item.
    `count`: how many fields there are.
    """

    names: frozenset[str] | None = None
    problems: tuple[tuple[FieldPath, str], ...] = ()
    count: int = 0


EVERYBODY = Audience()


def is_audience(name: str) -> bool:
    """Whether the name of a field means the audience, with a slip in it or not."""
    return _ends_with_name(letters(name[:_WINDOW]), is_whole=True)


def take_audiences(tree: dict[str, Node]) -> Audience:
    """The audience that a front matter names. The fields that name it are taken out of `tree`."""
    named: list[frozenset[str]] = []
    problems: list[tuple[FieldPath, str]] = []
    for at, value in _taken(tree, ()):
        name = str(at[-1])
        if plain_name(name) not in _NAMES:
            problems.append((at, f"not known; did you mean `{AUDIENCE}`? The file is withheld until this is mended"))
        elif not all(isinstance(part, str) and plain_name(part) in GROUPS for part in at[:-1]):
            problems.append((at, "stands inside another field; take away the blanks before it"))
        elif found := _names(value):
            named.append(found)
        else:
            problems.append((at, f"expected {_WORDS}"))
    names = frozenset.intersection(*named) if named else None
    if not named and not problems:
        return EVERYBODY
    return Audience(frozenset() if problems else names, tuple(problems), len(named) + len(problems))


def names_any(names: Iterable[str]) -> bool:
    """Whether one of these names of fields, such as `params.audience`, is that of an audience, without a slip."""
    return any(plain_name(name.rpartition(".")[2]) in _NAMES for name in names)


def unread_line(front: str, audience: Audience) -> int | None:
    """The last line of a front matter that gives an audience, from 0, if more lines do so than were read as fields: a
    slip has made one of them part of a text.
    """
    given = [at for at, line in enumerate(front.splitlines()) if gives_audience(line)] if _may_name_it(front) else []
    return given[-1] if len(given) > audience.count else None


def line_of_body(body: str, *, is_front: bool = False) -> int | None:
    """The line of a body's first paragraph, from 0, that gives an audience: a stray line may have parted it from the
    front matter. `is_front`: nothing stands between the fences, so the front matter may be the body's beginning.
    """
    begun = False
    for at, line in enumerate(body[:_PARAGRAPH].splitlines()):
        if gives_audience(line, most=_FEW):
            return at
        if begun and not (line.strip() or is_front):
            return None
        begun = begun or bool(line.strip())
    return None


def _may_name_it(text: str) -> bool:
    return AUDIENCE in _NOT_LETTERS.sub("", text.casefold()) or "<" in text or "&" in text


def _taken(node: Node, above: FieldPath) -> Iterator[tuple[FieldPath, Node]]:
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from _taken(each, (*above, number))
    elif isinstance(node, dict):
        for name in [name for name in node if is_audience(name)]:
            yield (*above, name), node.pop(name)
        for name, value in node.items():
            yield from _taken(value, (*above, name))


def _names(value: Node) -> frozenset[str]:
    """The names in a value; empty if it has none, or holds anything else."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    names = [bare(part).strip().casefold() if isinstance(part, str) else "" for part in parts]
    return frozenset(names) if all(names) else frozenset()


def words_of(audience: Audience, settings: AudienceSettings) -> tuple[str, str]:
    """Why a file with this audience is withheld, in words, and what a person should know of it. Both may be empty."""
    if audience.names is None:
        return "", ""
    names = ", ".join(sorted(audience.names))
    unknown = sorted(audience.names - set(settings.known))
    there = f"there are {', '.join(settings.known)}" if settings.known else "there are no private feeds"
    note = f"no private feed has the name {', '.join(unknown)}; {there}" if unknown else ""
    if unknown and len(unknown) == len(audience.names):
        note += ". The item is withheld from all feeds"
    return "" if settings.own in audience.names else f"{AUDIENCE}: {names}", note


def names_audience(data: bytes) -> bool:
    """Whether a file names an audience anywhere, as far as can be told: before a sign such as a colon, at the beginning
    of a line, or on a line that gives a field. A false alarm only withholds a file that could not be read anyway.
    """
    return any(_is_named_in(bare(text)) for text in _texts(data))


def gives_audience(line: str, most: int | None = None) -> bool:
    """Whether a line is the name of an audience and a sign, with at most so many words after it."""
    sign = _SIGN.search(line[:_WINDOW])
    if sign is None or letters(line[: sign.start()]) not in _NAMES:
        return False
    return most is None or len(line[sign.end() :].split()) <= most


def _texts(data: bytes) -> Iterator[str]:
    text = data.replace(b"\0", b"").decode("utf-8", "replace")
    yield text
    yield undressed(text)
    yield from readings(text)
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield data.decode("utf-16-le", "replace")
        yield data.decode("utf-16-be", "replace")


def _is_named_in(text: str) -> bool:
    small = text.casefold()
    before_signs = _SIGN.split(_NEITHER.sub("", small.replace("->", ":")))[:-1]
    parted = (before[-_LONGEST:] + after for before, after in pairwise(before_signs) if len(after) < _LONGEST)
    if any(each.endswith(_NAMES) for each in parted):  # a sign has come into the name
        return True
    return any(map(_ends_with_name, before_signs)) or any(map(_line_names_it, small.splitlines()))


def _line_names_it(line: str) -> bool:
    words = line[:_WINDOW].split(maxsplit=1)
    if words and _ends_with_name(_NOT_LETTERS.sub("", words[0]), is_whole=True):
        return True
    return AUDIENCE in line and _FIELD.match(line) is not None


def _ends_with_name(found: str, *, is_whole: bool = False) -> bool:
    """Whether letters end with a name of the audience, or are one as a whole."""
    if len(found) < _SHORTEST:
        return False
    lengths = (len(found),) if is_whole else range(_SHORTEST, _LONGEST + 1)
    near = _near_names()
    return any(found[-length:] in near for length in lengths if _SHORTEST <= length <= len(found))


@cache
def _near_names() -> frozenset[str]:
    return frozenset(near for name in _NAMES for near in (name, *with_one_slip(name)))


def without_audience(text: str) -> str:
    """A text of the same length in which nothing is called an audience: where there are no private feeds, the name
    means nothing.
    """
    return _ANY_CASE.sub(_NOBODY, text)
