"""Duplicates: files in; findings about files that would share an entry, or an id of an old feed, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from feedd.decide.duplicates import ranked, shared_notes
from feedd.decide.id_claims import IdClaim, identity_of, settle_claims
from feedd.decide.identity import lookalikes
from feedd.decide.kept_ids import KeptIds
from feedd.decide.records import EntryFile, EntryRecord
from feedd.model import Problem
from feedd.run.read import Reader
from feedd.store.ledger.codec import ReadFile, decode_item


class DuplicateFinder:
    """Finds files with the same link, and entries that claim the same id of an old feed. Reads only these files again.
    `authority`: of new ids.
    """

    def __init__(self, reader: Reader, kept: KeptIds, authority: str) -> None:
        self._reader = reader
        self._kept = kept
        self._authority = authority
        self._paths: dict[bytes, list[str]] = defaultdict(list)
        self._claims: list[IdClaim] = []
        self._entries: dict[bytes | str, int] = {}  # by their links, or by their paths

    def add(self, read: ReadFile) -> None:
        """Takes in a file."""
        if read.link is not None:
            self._paths[read.link].append(read.path)
        kept = self._kept.by_link.get(read.link) if read.link is not None else None
        former = read.former or (kept.id if kept else None)
        if former is not None:
            entry = self._entries.setdefault(read.link or read.path, len(self._entries))
            proven = kept is not None and kept.id == former
            self._claims.append(IdClaim(entry, read.path, former, is_proven=proven))

    def disputes(self, now: datetime, *, default_listed: bool) -> list[Problem]:
        """A problem for each entry that claims the id of an older entry which may be published, too. As for `notes`."""
        entries: dict[str, set[int]] = defaultdict(set)
        for claim in self._claims:
            entries[identity_of(claim.former, self._authority).id].add(claim.entry)
        shared = {identity for identity, claiming in entries.items() if len(claiming) > 1}
        suspects = [claim for claim in self._claims if identity_of(claim.former, self._authority).id in shared]
        dates = {
            file.path: file.item.published
            for file in self._read([claim.path for claim in suspects])
            if _may_be_shown(file, now, default_listed=default_listed)
        }
        claims = {
            claim.entry: claim._replace(date=dates[claim.path]) for claim in reversed(suspects) if claim.path in dates
        }
        settled = settle_claims(list(claims.values()), {}, (), self._authority)
        return [Problem(claims[entry].path, reason) for entry, reason in sorted(settled.shared.items())]

    def notes(self, paths: Sequence[str], now: datetime, *, default_listed: bool) -> list[Problem]:
        """Notes about the files at `paths`. All files with a link were added before. The ledger is not used."""
        found = lookalikes(paths)
        for several in self._paths.values():
            if len(several) > 1:
                files = self._read(several)
                choices = ranked(EntryRecord(0, "", now), files, now, default_listed=default_listed)
                found.extend(shared_notes(choices, first_is_known=False) if choices else ())
        return found

    def _read(self, paths: Sequence[str]) -> list[EntryFile]:
        """The files at these paths that have an item."""
        portion = [(path, None) for path in paths]
        read = [each for files in self._reader.read([portion] if portion else [], many=False) for each in files]
        return [
            EntryFile(number, each.path, decode_item(each.item, each.digest), each.link, withheld_while_broken=False)
            for number, each in enumerate(read)
            if each.item is not None
        ]


def _may_be_shown(file: EntryFile, now: datetime, *, default_listed: bool) -> bool:
    (choice,) = ranked(EntryRecord(0, "", now), [file], now, default_listed=default_listed)
    return not choice.hidden
