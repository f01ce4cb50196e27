"""Former ids: entries that are published for the first time, with the ids of their old feed, in; the ids that they get,
or why they get none, out.

    guid or id of an item, else the id in the old feed --> IdClaim -- settle_claims --> FormerId, or a reason

An entry takes its former id when it is published here for the first time, and never later. Of several entries that
come with one id the one of the old feed takes it, else the oldest. The others are published too, with ids of their own,
and are said. An entry that comes later, when the id is taken, is not published: it may be a copy, which would be shown
as new.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, unquote

from msgspec import Struct

from feedd.decide.records import EntryRecord
from feedd.items.foreign.former_ids import is_uri

_IN_TAGS = "-._~!$&'()*+,;=:@/?"  # RFC 4151, section 2.1: with letters and digits, what the specific part is made of


class FormerId(Struct, frozen=True):
    """The id of an entry in Atom documents, and its guid in RSS and id in JSON Feed where these are no URI."""

    id: str
    guid: str | None = None


class IdClaim(NamedTuple):
    """An entry that is to be published for the first time, and the id that it had. `path` is the file that says so, or
    whose link does; `date` is when the file says that it was published. The old feed may have the id beside the link.
    """

    entry: int
    path: str
    former: str
    date: datetime | None = None
    is_proven: bool = False  # by the old feed


class SettledClaims(NamedTuple):
    """The new ids of entries; and why the other claiming entries have ids of their own, or are not published."""

    taken: dict[int, FormerId]
    shared: dict[int, str]
    refused: dict[int, str]


def identity_of(former: str, authority: str) -> FormerId:
    """The ids of an entry that had the id `former`. A text that is no URI becomes part of a tag: URI (RFC 4151)."""
    if is_uri(former):
        return FormerId(former)
    return FormerId(f"tag:{authority}:guid:{quote(former, safe=_IN_TAGS)}", former)


def guid_in(entry_id: str) -> str | None:
    """The text that is no URI from which `identity_of` made an id; None for any other id."""
    before, is_guid, written = entry_id.partition(":guid:")
    return unquote(written) if is_guid and before.startswith("tag:") else None


def settle_claims(
    claims: Sequence[IdClaim], holders: Mapping[str, tuple[int, str]], taken_now: Collection[int], authority: str
) -> SettledClaims:
    """What becomes of the claims. The outcome does not depend on their order.

    `holders`: for each id that is taken already, by its Atom form or as a guid, the entry and the path of its file.
    `taken_now`: the entries whose ids were taken in this pass.
    """
    settled = SettledClaims({}, {}, {})
    with_ids: dict[str, tuple[int, str]] = {}
    for claim in sorted(claims, key=_precedence):
        identity = identity_of(claim.former, authority)
        holder = holders.get(identity.id) or (holders.get(identity.guid) if identity.guid else None)
        if holder is not None and holder[0] not in (*taken_now, claim.entry):
            whose = f"the id of {holder[1]}" if holder[1] else "the id of another entry"
            settled.refused[claim.entry] = (
                f"{claim.former}, its id in the old feed, is {whose} already; give it a `guid` of its own"
            )
            continue
        first = holder or with_ids.setdefault(identity.id, (claim.entry, claim.path))
        if first[0] == claim.entry:
            settled.taken[claim.entry] = identity
        else:
            settled.shared[claim.entry] = shared_id(claim.former, first[1])
    return settled


def shared_id(former: str, other: str) -> str:
    """Why an entry has another id than its file says, as words for the user. `other`: the file whose entry has it."""
    return (
        f"{former}, its id in the old feed, is the id of {other} too, which keeps it; "
        "it is published with an id of its own, and old subscribers may see it once more"
    )


def _precedence(claim: IdClaim) -> tuple[bool, bool, str, str]:
    """What the old feed proves comes first, and then the oldest: a `guid` is copied into a younger file."""
    return not claim.is_proven, claim.date is None, claim.date.isoformat() if claim.date else "", claim.path


def late_id(record: EntryRecord, former: str | None) -> str | None:
    """Why a former id has no effect on an entry that was published before; None if it has, or if there is none."""
    if former is None or record.text_digest is None or former in (record.guid, record.id):
        return None
    return f"{former} is not the id of its entry: the entry was published as {record.guid or record.id}, and keeps that"
