"""The part of a pass that deals with the ledger: what the scan shows, in; what is remembered and reported, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from feedd.decide.changes import Changes, diff
from feedd.decide.changes import unchanged as same
from feedd.model import Problem, Report
from feedd.run.active_feeds import active_feeds
from feedd.run.close_digests import DigestCloser
from feedd.run.executor.workers import MANY_FILES, Workers
from feedd.run.pass_settings import PassSettings
from feedd.run.progress import Progress
from feedd.run.site_state import STALE, most
from feedd.run.write import DocumentWriter
from feedd.store.errors import Damaged
from feedd.store.items import Glance, ItemsDirectory, Scan
from feedd.store.ledger.codec import ReadFile
from feedd.store.ledger.session import LedgerSession
from feedd.store.site_file import new_key

if TYPE_CHECKING:
    from feedd.run.read import Wanted
    from feedd.run.remember import Memory
    from feedd.run.tell_stories import StoryUpdater

SITE = "site documents"
SITE_KEY = "site key"
ENTRIES = "entries"  # the inputs of entries, and what stands for these in fingerprints
WRITING = "writing"  # "begun" from the commit before documents are written to the one after


class Work:
    """The steps of a pass that deal with the ledger."""

    def __init__(
        self,
        ledger: LedgerSession,
        items: ItemsDirectory,
        workers: Workers,
        settings: PassSettings,
        progress: Progress,
    ) -> None:
        self.ledger = ledger
        self._next_period: datetime | None = None
        self._items = items
        self._workers = workers
        self._settings = settings
        self._progress = progress
        self._moved = ""

    def knows_its_way(self) -> bool:
        """Whether the last pass left nothing that takes more than a glance to do."""
        inputs = self._inputs()
        return self.ledger.files.has_files() and all(
            self.ledger.state.setting(name) == kept for name, kept in inputs.items()
        )

    def was_emptied(self) -> bool:
        """Whether there were no items at the last pass either, because somebody wanted it so."""
        return not self.ledger.entries.is_empty() and not self.ledger.files.has_files()

    def changes(self, look: Scan | Glance) -> Changes:
        """What has to be read, and what is gone."""
        return self._glanced(look) if isinstance(look, Glance) else self._scanned(look)

    def remember(self, look: Scan | Glance, changes: Changes, now: datetime) -> bool:
        """Reads what is new and brings the ledger up to date. Returns whether every feed has to be made again."""
        settings, ledger = self._settings, self.ledger
        everything = ledger.state.setting("catalog") != settings.selection_inputs
        if changes.changed or changes.removed or everything or ledger.entries.due(now):
            memory = self._memory(now)
            portions = self._read(changes.changed)
            self.keep_site(most(self.site(), memory.remember(portions, changes, everything=everything)))
            self._moved = memory.moved
        digesting = DigestCloser(self.ledger, settings.site, settings.selection, now, self._workers)
        self.ledger.feeds.mark_stale(digesting.close())
        self._next_period = digesting.next_end()
        if changes.listings:
            ledger.state.keep_listings(changes.listings)
        if isinstance(look, Glance):
            ledger.state.keep_glanced([*look.there, *changes.removed])  # what is gone may come back as it was
        elif ledger.state.glanced():
            ledger.state.forget_glanced(but_in=look.unreadable)
        other_documents = self._other_documents()
        if everything or other_documents:
            self.ledger.feeds.mark_all_stale()
        if other_documents:
            self.ledger.entry_pages.mark_all_stale()
            self.keep_site(STALE)
        self._keep_entry_mark()
        if (self.ledger.feeds.stale() or self.ledger.entry_pages.stale()) and ledger.state.setting(WRITING) != "begun":
            ledger.state.keep_setting(WRITING, "begun")
        for name, value in (self._inputs() | {"files": str(changes.files)}).items():
            if ledger.state.setting(name) != value:
                ledger.state.keep_setting(name, value)
        return everything or other_documents

    def _other_documents(self) -> bool:
        """Whether documents show anything that the configuration, or this feedd, has otherwise now."""
        known = (self._settings.rendering_inputs, self._settings.earlier_rendering_inputs)
        kept = self.ledger.state.setting("rendering")
        return kept is None or kept not in known

    def _keep_entry_mark(self) -> None:
        """Keeps what the fingerprints of entries begin with. A mark that an earlier feedd used for entries like those
        of now goes on being used: so their fragments serve again.
        """
        state, inputs = self.ledger.state, self._settings.entry_inputs
        kept = state.setting(ENTRIES)
        if kept is None or kept.partition(" ")[0] != inputs:
            earlier = self._settings.earlier_rendering_inputs
            is_earlier = kept is None and earlier is not None and state.setting("rendering") == earlier
            state.keep_setting(ENTRIES, f"{inputs} {earlier if is_earlier else inputs}")

    def entry_mark(self) -> str:
        """What the fingerprints of entries begin with: it stands for all that single entries show of the settings."""
        return (self.ledger.state.setting(ENTRIES) or self._settings.entry_inputs).rpartition(" ")[2]

    def telling(self, now: datetime) -> StoryUpdater:
        """Stories as they are told already."""
        from feedd.run.tell_stories import StoryUpdater

        return StoryUpdater(self.ledger, self._settings, now)

    def site_key(self, found: str | None) -> str | None:
        """The key of this site, where `found` is the key with the documents; None if the ledger is of another site.

        A new ledger takes the key that it finds: it follows one that was lost.
        """
        kept = self.ledger.state.setting(SITE_KEY)
        if kept is None:
            is_another = found is not None and not self.ledger.entries.is_empty()
            return None if is_another else found or new_key()
        return kept if found in (None, kept) else None

    def keep_site_key(self, key: str) -> None:
        """Keeps the key of this site."""
        if self.ledger.state.setting(SITE_KEY) != key:
            self.ledger.state.keep_setting(SITE_KEY, key)

    def site(self) -> str:
        """How much of the documents about the site has to be made again: one of the states of site.py."""
        return self.ledger.state.setting(SITE) or STALE

    def keep_site(self, state: str) -> None:
        """Keeps how much that is."""
        if self.ledger.state.setting(SITE) != state:
            self.ledger.state.keep_setting(SITE, state)

    def _inputs(self) -> dict[str, str]:
        settings = self._settings
        return {
            "reading": settings.reading_inputs,
            "catalog": settings.selection_inputs,
            "rendering": settings.rendering_inputs,
        }

    def _glanced(self, glance: Glance) -> Changes:
        known = self.ledger.files.files_at(glance.looked_at)
        gone = glance.gone(known)
        files = int(self.ledger.state.setting("files") or 0) + len(set(glance.there) - known) - len(gone)
        return Changes(glance.there, gone, files)

    def _scanned(self, scan: Scan) -> Changes:
        old = self.ledger.state.listing()
        new = dict(scan.listing)
        for folder in scan.unreadable:  # what cannot be seen is not gone
            new.update({known: files for known, files in old.items() if known.startswith(folder)})
        glanced = [path for path in self.ledger.state.glanced() if not path.startswith(scan.unreadable)]
        again = self.ledger.state.setting("reading") != self._settings.reading_inputs
        try:
            changes = diff(old, new, glanced, scan.files)
            unchanged = frozenset(same(old, scan.listing, glanced)) if again else frozenset[str]()
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:
            raise Damaged(f"a listing in it cannot be read ({error})") from error
        return replace(changes, changed=tuple(scan.paths()), unchanged=unchanged) if again else changes

    def _read(self, paths: Sequence[str]) -> Iterator[list[ReadFile]]:
        if not paths:
            return
        from feedd.run.read import Reader, in_portions

        done = 0
        many = len(paths) >= MANY_FILES
        reader = Reader(self._items, self._settings.site, self._workers)
        wanted = (self._wanted(portion, new_too=not many) for portion in in_portions(paths))
        for portion in reader.read(wanted, many=many):
            done += len(portion)
            self._progress("reading", done, len(paths))
            yield portion

    def _wanted(self, paths: Sequence[str], *, new_too: bool) -> list[Wanted]:
        """What is to be read, with the items that would be lost. `new_too`: new items are to be tried out as well.

        Where many items are new, that would take long: they are tried when they are published.
        """
        before = self.ledger.files.items_of(paths)
        return [(path, before.get(path, b"" if new_too else None)) for path in paths]

    def refuse(self, failed: Mapping[int, str], now: datetime) -> None:
        """Takes back the items of entries that cannot be published, for these reasons: their files have problems."""
        from feedd.run.read import without_item

        paths = self.ledger.files.drop_items(failed)
        refused = [without_item(path, failed[entry], withheld_while_broken=False) for entry, path in paths.items()]
        memory = self._memory(now)
        changes = Changes(tuple(sorted(paths.values())))
        self.keep_site(most(self.site(), memory.remember([refused], changes, everything=False)))

    def _memory(self, now: datetime) -> Memory:
        # Parsing and all that depends on items takes longer to load than a pass takes that finds nothing to do.
        from feedd.run.remember import Memory

        return Memory(self.ledger, self._settings, self._authority(), now, self._progress)

    def _authority(self) -> str:
        kept = self.ledger.state.setting("authority")
        chosen = self._settings.authority or kept or self._settings.default_authority
        if chosen != kept:
            self.ledger.state.keep_setting("authority", chosen)
        return chosen

    def report(
        self,
        changes: Changes,
        seen: Iterable[Problem],
        writer: DocumentWriter,
        announcements: int,
        remarks: tuple[str, ...],
    ) -> Report:
        """What the pass did. `seen` is what is wrong in the items' directory, apart from what files say."""
        findings = sorted([*seen, *self.ledger.files.problems()], key=lambda found: found.path)
        shown, withheld = self.ledger.state.counts()
        current = active_feeds(self.ledger.feeds.all().values(), self._settings.selection)
        return Report(
            files=changes.files,
            read=len(changes.changed),
            removed=len(changes.removed),
            entries=shown,
            withheld=withheld,
            feeds=sum(not each.identity.view for each in current.feeds),
            written=tuple(writer.written),
            deleted=tuple(writer.deleted),
            failed=tuple(writer.failed),
            problems=tuple(found for found in findings if found.kind == "problem"),
            notes=tuple(found for found in findings if found.kind == "note"),
            next_due=min(filter(None, (self.ledger.entries.next_due(), self._next_period)), default=None),
            announcements=announcements,
            moved=self._moved,
            remarks=remarks,
        )
