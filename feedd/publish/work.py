"""The part of a pass that deals with the ledger: what the scan shows, in; what is remembered and reported, out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from feedd.core.assemble import Site
from feedd.core.changes import Changes, diff
from feedd.disk.database import Damaged
from feedd.disk.items import ItemsDirectory, Scan
from feedd.disk.ledger import Ledger
from feedd.disk.published import Published
from feedd.disk.records import ReadFile
from feedd.model import Report
from feedd.publish.documents import DocumentWriter
from feedd.publish.reading import read_files
from feedd.publish.remember import Memory, Rules
from feedd.publish.workers import Workers

Progress = Callable[[str, int, int], None]  # what is being done, how much of it, of how much

SITE = "site documents"
WRITING = "writing"  # "begun" from the commit before documents are written to the one after


class Settings(Struct, frozen=True):
    """What a pass needs to know from the configuration.

    Each mark is a digest of what its stage depends on: where it differs from the last pass's, the stage is done
    for everything. `authority` is None where the ledger's, or else `default_authority`, is to be used.
    """

    site: Site
    default_listed: bool
    limit: int
    workers: int
    authority: str | None
    default_authority: str
    reading_mark: str
    catalog_mark: str
    rendering_mark: str


class Work:
    """The steps of a pass that deal with the ledger."""

    def __init__(
        self,
        db: sqlite3.Connection,
        items: ItemsDirectory,
        workers: Workers,
        settings: Settings,
        progress: Progress,
    ) -> None:
        self.ledger = Ledger(db)
        self.published = Published(db)
        self._items = items
        self._workers = workers
        self._settings = settings
        self._progress = progress

    def remember(self, scan: Scan, now: datetime) -> tuple[int, int]:
        """Reads what is new and brings the ledger up to date. Returns how many files were read and are gone."""
        settings, ledger = self._settings, self.ledger
        changes = self._changes(scan)
        everything = ledger.setting("catalog") != settings.catalog_mark
        if changes.changed or changes.removed or everything or ledger.due(now):
            rules = Rules(self._authority(), settings.default_listed, settings.limit, settings.site.topics)
            memory = Memory(ledger, self.published, rules, now)
            portions = self._read(changes.changed)
            if memory.remember(portions, changes.removed, everything=everything):
                ledger.keep_setting(SITE, "stale")
        if changes.listings:
            ledger.keep_listings(changes.listings)
        if ledger.setting("rendering") != settings.rendering_mark:
            self.published.mark_all_stale()
            ledger.keep_setting(SITE, "stale")
        if self.published.stale() and ledger.setting(WRITING) != "begun":
            ledger.keep_setting(WRITING, "begun")
        for name, mark in (
            ("reading", settings.reading_mark),
            ("catalog", settings.catalog_mark),
            ("rendering", settings.rendering_mark),
        ):
            if ledger.setting(name) != mark:
                ledger.keep_setting(name, mark)
        return len(changes.changed), len(changes.removed)

    def _changes(self, scan: Scan) -> Changes:
        old = self.ledger.listing()
        new = dict(scan.listing)
        for folder in scan.unreadable:  # what cannot be seen is not gone
            new.update({known: files for known, files in old.items() if known.startswith(folder)})
        try:
            changes = diff(old, new)
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:
            raise Damaged(f"a listing in it cannot be read ({error})") from error
        if self.ledger.setting("reading") == self._settings.reading_mark:
            return changes
        return Changes(tuple(scan.paths()), changes.removed, changes.listings)

    def _read(self, paths: Sequence[str]) -> Iterator[list[ReadFile]]:
        done = 0
        for portion in read_files(self._items, paths, self._workers):
            done += len(portion)
            self._progress("reading", done, len(paths))
            yield portion

    def _authority(self) -> str:
        kept = self.ledger.setting("authority")
        chosen = self._settings.authority or kept or self._settings.default_authority
        if chosen != kept:
            self.ledger.keep_setting("authority", chosen)
        return chosen

    def report(self, scan: Scan, read: int, removed: int, writer: DocumentWriter, remarks: tuple[str, ...]) -> Report:
        """What the pass did."""
        findings = sorted([*scan.problems, *self.ledger.problems()], key=lambda found: found.path)
        shown, withheld = self.ledger.counts()
        return Report(
            files=scan.files,
            read=read,
            removed=removed,
            entries=shown,
            withheld=withheld,
            feeds=len(self.published.feeds()),
            written=tuple(writer.written),
            deleted=tuple(writer.deleted),
            failed=tuple(writer.failed),
            problems=tuple(found for found in findings if found.kind == "problem"),
            notes=tuple(found for found in findings if found.kind == "note"),
            remarks=remarks,
        )
