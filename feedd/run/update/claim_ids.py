"""Claiming ids: decided entries in; the same entries out, with the ids that they had in an old feed.

An entry whose former id is another's already is withheld until that is settled: see `decide/id_claims.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from feedd.decide.duplicates import primary_file, ranked
from feedd.decide.id_claims import IdClaim, SettledClaims, identity_of, late_id, settle_claims, shared_id
from feedd.decide.minting import MintedIds
from feedd.decide.records import EntryChange, EntryFile, EntryRecord
from feedd.decide.visibility import decide_visibility
from feedd.model import Problem
from feedd.run.pass_context import PassContext
from feedd.run.update.agree_on_ids import KnownElsewhere
from feedd.store.ledger.adoption.index_marks import FILES, SOME_TEXTS, TITLES

Files = Mapping[int, list[EntryFile]]
Findings = dict[int, tuple[Problem, ...]]  # by entry


class IdClaims:
    """The claims of a pass. `minted`: the new entries, with the ids that they have without an old feed."""

    def __init__(self, context: PassContext, authority: str, minted: MintedIds) -> None:
        self._context = context
        self._ledger = context.ledger
        self._kept = context.settings.kept_ids
        self._authority = authority
        self._minted = minted
        self._before_windows = _before_windows(context)
        self._elsewhere = KnownElsewhere(context, minted)
        self._taken: set[int] = set()  # entries that took former ids in this pass

    def begin(self, entry: int, files: Sequence[EntryFile]) -> EntryRecord:
        """The record of a new entry. Its first sight is the date in the old feed, if that has one. Where a lost ledger
        was replaced by what feeds showed, an item without a date that none of them showed is old.
        """
        first_seen = self._context.now
        if self._before_windows is not None and all(each.item.published is None for each in files):
            first_seen = self._before_windows
        if self._kept.by_link:
            kept = (self._kept.by_link.get(file.link) for file in files if file.link is not None)
            dates = [each.published for each in kept if each is not None and each.published is not None]
            first_seen = min((first_seen, *dates))
        return self._elsewhere.begin(EntryRecord(entry, self._minted[entry], first_seen))

    def look_up(self, files: Files) -> None:
        """Looks for what is known elsewhere of these entries, which are those of the next calls of `begin`."""
        self._elsewhere.look_up(files)

    def settle(self, changes: Sequence[EntryChange], files: Files) -> tuple[list[EntryChange], Findings]:
        """The changes, with former ids where entries are shown for the first time; and findings about former ids.
        `changes` are a portion of the entries to decide, in ascending order.
        """
        claims = [claim for each in changes if (claim := self._claim(each.before, each.after, files)) is not None]
        taken, shared, refused = self._settle(claims, first=changes[0].before.entry) if claims else ({}, {}, {})
        found: Findings = {}
        settled: list[EntryChange] = []
        self._count_old(changes)
        for each in changes:
            entry, after = each.before.entry, each.after
            if reason := refused.get(entry):
                found[entry] = (Problem(each.file.path if each.file else "", reason),)
                after = _withheld(each, reason)
            elif identity := taken.get(entry):
                after = replace(after, id=identity.id, guid=identity.guid, disputed=False)
                self._taken.add(entry)
            elif reason := shared.get(entry):
                found[entry] = (Problem(each.file.path if each.file else "", reason),)
                after = replace(after, disputed=False)
            elif after.disputed:
                after = replace(after, disputed=False)
            elif after.shown and each.file and (late := late_id(each.before, each.file.item.former_id)):
                found[entry] = (self._late(entry, each.file, late),)
            settled.append(each if after is each.after else each._replace(after=after))
        return settled, found

    def _count_old(self, changes: Iterable[EntryChange]) -> None:
        """Counts the new entries that are shown with a date before all old windows."""
        if (old := self._before_windows) is not None:
            is_old = (each.after.shown and each.before.first_seen == old for each in changes if _is_new(each.before))
            self._ledger.index_marks.taken_as_old += sum(is_old)

    def _settle(self, claims: Sequence[IdClaim], first: int) -> SettledClaims:
        """What becomes of claims, as `settle_claims` says. `first`: as for `_holders`."""
        both = [*claims, *self._rivals(claims)]
        return settle_claims(both, self._holders(both, first), self._taken, self._authority)

    def _late(self, entry: int, file: EntryFile, late: str) -> Problem:
        """What is said of a former id that is not the id of its published entry: as before, if another entry has it."""
        former = file.item.former_id or ""
        for holder, path in self._ledger.entries.holders(self._spellings([IdClaim(entry, file.path, former)])).values():
            if holder != entry and path:
                return Problem(file.path, shared_id(former, path))
        return Problem(file.path, late, kind="note")

    def _claim(self, before: EntryRecord, after: EntryRecord, files: Files) -> IdClaim | None:
        """The claim of an entry that is shown for the first time: by the file that represents it, else by another of
        its files that may be shown, else by its link.
        """
        if not _is_new(before) or not after.shown:
            return None
        speaking = files[after.entry]
        if len(speaking) > 1:
            choices = ranked(before, speaking, self._context.now, default_listed=self._context.settings.default_listed)
            speaking = [choice.file for choice in choices if not choice.hidden]
        kept = self._kept.by_link.get(after.link) if after.link is not None else None
        for file in speaking:
            if (former := file.item.former_id) is not None:
                return IdClaim(
                    after.entry, file.path, former, file.item.published, kept is not None and kept.id == former
                )
        primary = primary_file(after, files[after.entry])
        return IdClaim(after.entry, primary.path if primary else "", kept.id, is_proven=True) if kept else None

    def _rivals(self, claims: Sequence[IdClaim]) -> list[IdClaim]:
        """The claims of other entries to the same ids."""
        formers = self._spellings(claims)
        entries = self._ledger.files.entries_claiming(formers)
        entries |= self._ledger.entries.entries_with_links(self._kept.links_of(formers))
        others = sorted(entries.difference(claim.entry for claim in claims))
        records, files = self._ledger.entries.records(others), self._ledger.files.entry_files(others)
        found: list[IdClaim | None] = []
        for entry in others:
            before = records.get(entry) or EntryRecord(entry, self._minted.get(entry, ""), self._context.now)
            after, _ = decide_visibility(
                before, files[entry], self._context.now, default_listed=self._context.settings.default_listed
            )
            found.append(self._claim(before, after, files))
        return [claim for claim in found if claim is not None]

    def _spellings(self, claims: Iterable[IdClaim]) -> list[str]:
        """All texts that claim the same ids as `claims`."""
        both = {(claim.former, identity_of(claim.former, self._authority).id) for claim in claims}
        return sorted({spelling for pair in both for spelling in pair})

    def _holders(self, claims: Iterable[IdClaim], first: int) -> dict[str, tuple[int, str]]:
        """The entries that have claimed ids already. Entries from the number `first` on are not in the ledger yet if
        they are new.
        """
        wanted = self._spellings(claims)
        found = self._ledger.entries.holders(wanted)
        coming = self._minted.entries_with(wanted, first)
        return found | {each: (entry, "") for each, entry in coming.items()}


def _is_new(before: EntryRecord) -> bool:
    """Whether an entry was never shown."""
    return before.text_digest is None


def _before_windows(context: PassContext) -> datetime | None:
    """The date of an item without a date that no old window shows, where a lost ledger was replaced by windows."""
    if context.ledger.index_marks.known_by() not in (FILES, TITLES, SOME_TEXTS):
        return None
    from feedd.store.ledger.adoption.recovery_rows import RecoveryRows  # late: few passes have to recover

    return RecoveryRows(context.ledger.connection).before_windows()


def _withheld(change: EntryChange, reason: str) -> EntryRecord:
    """The record of an entry that stays unpublished although its file may be shown."""
    after = change.after
    return replace(
        change.before,
        reason=reason,
        disputed=True,
        rank=None,
        folded=False,
        link=after.link,
        file=after.file,
        due=after.due,
        heat=after.heat,
        quality=after.quality,
    )
