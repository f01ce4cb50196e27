"""Former ids: entries that are published for the first time, with the ids of their old feed, in; the ids that they get,
or why they get none, out.

    guid or id of an item, else the id in the old feed --> IdClaim -- settle_claims --> FormerId, or a reason

An entry takes its former id when it is published here for the first time, and never later. Of several entries that
claim one id none gets it, and none of them is published: readers would take the texts of one for the other's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from msgspec import Struct

from feedd.decide.records import EntryRecord
from feedd.items.former_ids import is_uri

_IN_TAGS = "-._~!$&'()*+,;=:@/?"  # RFC 4151, section 2.1: with letters and digits, what the specific part is made of


class FormerId(NamedTuple):
    """The id of an entry in Atom documents, and its guid in RSS and id in JSON Feed where these are no URI."""

    id: str
    guid: str | None = None


class KeptEntry(Struct, frozen=True):
    """An entry of the old feed: its id there, and its date."""

    id: str
    published: datetime | None = None


class KeptIds(Struct, frozen=True):
    """The entries of the old feed by the keys of their canonical links. `fingerprint` is a digest of them all."""

    by_link: Mapping[bytes, KeptEntry] = {}
    fingerprint: str = ""

    def links_of(self, ids: Iterable[str]) -> list[bytes]:
        """The keys of the links whose entries had one of these ids."""
        wanted = set(ids)
        return [link for link, kept in self.by_link.items() if kept.id in wanted]


class IdClaim(NamedTuple):
    """An entry that is to be published for the first time, and the id that it had. `path` is the file that says so, or
    whose link does.
    """

    entry: int
    path: str
    former: str


def identity_of(former: str, authority: str) -> FormerId:
    """The ids of an entry that had the id `former`. A text that is no URI becomes part of a tag: URI (RFC 4151)."""
    if is_uri(former):
        return FormerId(former)
    return FormerId(f"tag:{authority}:guid:{quote(former, safe=_IN_TAGS)}", former)


def settle_claims(
    claims: Sequence[IdClaim], holders: Mapping[str, tuple[int, str]], authority: str
) -> tuple[dict[int, FormerId], dict[int, str]]:
    """The new ids of entries, and for the other claiming entries the reason why they may not be published.

    `holders`: for each id that is taken already, by its Atom form or as a guid, the entry and the path of its file.
    The outcome does not depend on the order of `claims`.
    """
    by_id: dict[str, list[IdClaim]] = defaultdict(list)
    for claim in claims:
        by_id[identity_of(claim.former, authority).id].append(claim)
    taken: dict[int, FormerId] = {}
    refused: dict[int, str] = {}
    for several in by_id.values():
        for claim in several:
            identity = identity_of(claim.former, authority)
            others = sorted(each.path for each in several if each.entry != claim.entry)
            holder = holders.get(identity.id) or (holders.get(identity.guid) if identity.guid else None)
            if holder is not None and holder[0] != claim.entry:
                whose = f"the id of {holder[1]}" if holder[1] else "the id of another entry"
                refused[claim.entry] = (
                    f"{claim.former}, its id in the old feed, is {whose} already; give it a `guid` of its own"
                )
            elif others:
                who = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
                refused[claim.entry] = (
                    f"{claim.former}, its id in the old feed, is claimed by {who} too; "
                    "none of them is published until each has a `guid` of its own"
                )
            else:
                taken[claim.entry] = identity
    return taken, refused


def late_id(record: EntryRecord, former: str | None) -> str | None:
    """Why a former id has no effect on an entry that was published before; None if it has, or if there is none."""
    if former is None or record.text_digest is None or former in (record.guid, record.id):
        return None
    return f"{former} is not the id of its entry: the entry was published as {record.guid or record.id}, and keeps that"
