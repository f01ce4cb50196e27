"""Duplicates: files in; notes about files that would share an entry, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from feedd.decide.duplicates import ranked, shared_notes
from feedd.decide.identity import lookalikes
from feedd.decide.records import EntryFile, EntryRecord
from feedd.model import Problem
from feedd.run.read import Reader
from feedd.store.ledger.codec import ReadFile, decode_item


class DuplicateFinder:
    """Finds files with the same link. Only files with a shared link are read again."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._paths: dict[bytes, list[str]] = defaultdict(list)

    def add(self, read: ReadFile) -> None:
        """Takes in a file."""
        if read.link is not None:
            self._paths[read.link].append(read.path)

    def notes(self, paths: Sequence[str], now: datetime, *, default_listed: bool) -> list[Problem]:
        """Notes about the files at `paths`. All files with a link were added before. The ledger is not used."""
        found = lookalikes(paths)
        for several in self._paths.values():
            if len(several) > 1:
                portion = [(path, None) for path in several]
                read = [each for files in self._reader.read([portion], many=False) for each in files]
                files = [
                    EntryFile(
                        number, each.path, decode_item(each.item, each.digest), each.link, withheld_while_broken=False
                    )
                    for number, each in enumerate(read)
                    if each.item is not None
                ]
                choices = ranked(EntryRecord(0, "", now), files, now, default_listed=default_listed)
                found.extend(shared_notes(choices, first_is_known=False) if choices else ())
        return found
