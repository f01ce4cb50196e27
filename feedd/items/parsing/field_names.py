"""Names of fields: the names that a front matter has, in; what follows from them, whatever the fields hold, out.

The files of a collection have the same few sets of names. What follows from a set is found once, and kept.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from feedd.items.fields import FIELDS, OWN_FIELDS, is_of_seeds
from feedd.items.foreign.foreign_names import may_be_group, may_be_kept
from feedd.items.front_matter.yaml import Node
from feedd.items.parsing.misspelt_names import slips_among
from feedd.items.withholding.near_names import is_nearly_sealed
from feedd.items.withholding.tag_marks import may_be_tags
from feedd.items.withholding.withholding_marks import may_hold_mark


class FieldNames(Struct, frozen=True):
    """What the names of the fields of a file say. All names are sorted.

    `unknown`: names that no field of the seeds' words has. Of these, `marks` may withhold in the words of other
    publishers, and `slips` may be known names with a slip. `is_of_seeds`: the file has names of the seeds alone, and
    one that only the seeds have. `has_own`: it has one that only the seeds have. `has_tags`, `has_groups`: a field may
    hold tags, or the fields of another publisher. `is_nearly_sealed`: one may be `secured` with a slip in it.
    """

    unknown: tuple[str, ...]
    marks: tuple[str, ...]
    slips: tuple[str, ...]
    is_of_seeds: bool
    has_own: bool
    has_tags: bool
    has_groups: bool
    is_nearly_sealed: bool


def names_of(tree: dict[str, Node]) -> FieldNames:
    """What the names of the fields of a front matter say."""
    names = tuple(tree)
    return _kept(names) if may_be_kept(names) else _names_of(names)


def _names_of(names: tuple[str, ...]) -> FieldNames:
    unknown = tuple(sorted({*names} - FIELDS.keys()))
    return FieldNames(
        unknown,
        marks=tuple(filter(may_hold_mark, unknown)),
        slips=slips_among(unknown, names),
        is_of_seeds=is_of_seeds({*names}),
        has_own=not OWN_FIELDS.isdisjoint(names),
        has_tags=any(map(may_be_tags, names)),
        has_groups=any(map(may_be_group, names)),
        is_nearly_sealed=any(map(is_nearly_sealed, unknown)),
    )


_kept = lru_cache(maxsize=1024)(_names_of)
