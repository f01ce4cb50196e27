"""The outcome for one file: its Item, or why there is none; and whether a file without an Item asks to be withheld."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from feedd.items.fields import (
    HTML_SUFFIXES,
    date_in_name,
)
from feedd.items.front_matter.formats import YAML
from feedd.items.parsing.repeated_bytes import without_repetitions
from feedd.items.reading_settings import DEFAULT_READING, ReadingSettings
from feedd.items.withholding import audience_marks, broken_files
from feedd.items.withholding.audience_marks import EVERYBODY, Audience
from feedd.items.withholding.tag_marks import has_withholding_tag
from feedd.model import Item, Problem


class Parsed(Struct, frozen=True, omit_defaults=True):
    """The outcome for one file: `item` is None exactly when there are problems of kind "problem".

    `withheld_while_broken`: a file with problems asks, as far as can be told, not to be published. Then not even its
    last good version may stay. `source` is the `source_digest` of the file from which there is an item. `dialect` is
    the name of the format of its front matter; empty if no format recognises the file. `is_foreign`: it was written for
    another program. `unread` are the names of fields that it has and feedd does not use; no name is part of a
    sealed text.
    """

    path: str
    item: Item | None
    problems: tuple[Problem, ...] = ()
    withheld_while_broken: bool = False
    source: bytes = b""
    dialect: str = ""
    is_foreign: bool = False
    unread: tuple[str, ...] = ()


def source_digest(path: str, data: bytes) -> bytes:
    """A digest of all of a file from which its Item is made: its bytes, and the date and the format in its name. As
    long as it is the same, nobody has changed the file, even if another READING_VERSION makes another Item of it.
    """
    name = f"{date_in_name(path)}{path.lower().endswith(HTML_SUFFIXES)}"
    return hashlib.blake2b(name.encode() + data, digest_size=12).digest()


def refused(
    path: str, data: bytes, problem: Problem, dialect: str = "", settings: ReadingSettings = DEFAULT_READING
) -> Parsed:
    """The outcome for a file that cannot be parsed. `data` is all of the file, or its beginning."""
    data = without_repetitions(data)
    withheld = asks_to_be_withheld_here(data, settings) or has_withholding_tag(path, data, settings.withheld_tags)
    is_foreign = dialect not in ("", YAML.name)
    return Parsed(path, None, (problem,), withheld_while_broken=withheld, dialect=dialect, is_foreign=is_foreign)


def asks_to_be_withheld_here(data: bytes, settings: ReadingSettings, audience: Audience = EVERYBODY) -> bool:
    """Whether a file with problems asks not to be shown here. `audience`: of a front matter that could be read."""
    if settings.audiences is None:
        is_for_others = False
    elif audience.names:
        is_for_others = settings.audiences.own not in audience.names
    else:
        is_for_others = audience is not EVERYBODY or audience_marks.names_audience(data)
    return is_for_others or broken_files.asks_to_be_withheld(data)
