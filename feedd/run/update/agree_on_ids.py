"""Agreeing on ids: the new entries of a private feed in; their ids and dates, as the public ledger has them, out.

    new entries -- paths of their files --> public ledger --> ids that differ -- without clashes --> KnownElsewhere

An id is minted of the link or the path that an item has at its first sight. A private feed may meet the item later, so
it asks the ledger that has followed the item from its beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from feedd.decide.minting import MintedIds
from feedd.decide.records import EntryFile, EntryRecord
from feedd.run.pass_context import PassContext
from feedd.store.private_feeds.public_ledger import PublicLedger

_PORTION = 1000  # entries


class KnownElsewhere:
    """The new entries of a pass that the public ledger knows. `minted`: the ids that they have without it."""

    def __init__(self, context: PassContext, minted: MintedIds) -> None:
        self._ledger, self._minted, self._public = context.ledger, minted, context.public
        wanted = {} if context.public is None else self._other_ids(context.public)
        held = self._ledger.entries.holders(sorted(wanted.values())) if wanted else {}
        self._ids = without_clashes({entry: each for entry, each in wanted.items() if each not in held}, minted)
        self._records: dict[int, EntryRecord] = {}

    def look_up(self, files: Mapping[int, Sequence[EntryFile]]) -> None:
        """Asks for these entries, with their files. They are those of the next calls of `begin`."""
        new = {entry: [each.path for each in found] for entry, found in files.items() if entry in self._minted}
        if self._public is None or not new:
            return
        found = self._public.of_paths(sorted({path for paths in new.values() for path in paths}))
        candidates = {entry: [found[path] for path in paths if path in found] for entry, paths in new.items()}
        self._records = {
            entry: record
            for entry, several in candidates.items()
            for record in several[:1]
            if record.id == self._id(entry)
        }
        slugs = [each.slug for each in self._records.values() if each.slug is not None]
        taken = set(self._ledger.entry_pages.with_slugs(slugs).values()) if slugs else set()
        for entry, record in self._records.items():
            if record.slug in taken:
                self._records[entry] = replace(record, slug=None)

    def begin(self, record: EntryRecord) -> EntryRecord:
        """The record of a new entry: as given, or with what the public ledger knows of it."""
        if (known := self._records.get(record.entry)) is None:
            return record
        return replace(
            record,
            id=known.id,
            guid=known.guid,
            first_seen=min(known.first_seen, record.first_seen),
            published=known.published,
            updated=known.updated,
            text_digest=known.text_digest,
            source=known.source,
            slug=known.slug,
        )

    def _id(self, entry: int) -> str:
        return self._ids.get(entry, self._minted[entry])

    def _other_ids(self, public: PublicLedger) -> dict[int, str]:
        """The ids that the public ledger has for new entries, where they are others."""
        wanted: dict[int, str] = {}
        numbers = list(self._minted)
        for start in range(0, len(numbers), _PORTION):
            paths = self._ledger.files.paths_of(numbers[start : start + _PORTION])
            known = public.of_paths(sorted(paths))
            for path, entry in sorted(paths.items()):
                if path in known and known[path].id != self._minted[entry]:
                    wanted.setdefault(entry, known[path].id)
        return wanted


def without_clashes(wanted: Mapping[int, str], minted: MintedIds) -> dict[int, str]:
    """The wanted ids by entry, without those that another new entry has: as its wanted id, or else as its own."""
    chosen = {each: entry for entry, each in sorted(wanted.items(), reverse=True)}
    left = {entry: each for each, entry in chosen.items()}
    own = minted.entries_with(left.values(), 0)
    while clashes := [entry for entry, each in left.items() if each in own and own[each] not in left]:
        for entry in clashes:
            del left[entry]
    return left
