"""Identifying: read files in; the entry of each file, kept in the ledger, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from feedd.decide.changes import Changes
from feedd.decide.id_claims import identity_of
from feedd.decide.identity import Assignments, Claim, WaitingFile, resolve, take_over
from feedd.run.pass_context import PassContext
from feedd.store.ledger.codec import ReadFile
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.upgrades import adopt_sources, finish_upgrade

_MANY = 5000  # entries


class Identified(Struct, frozen=True):
    """The entries to decide, `affected`, in ascending order. `minted`: the new entries, with their ids. `paths`: the
    new, deleted and newly unreadable files.
    """

    affected: list[int]
    minted: Mapping[int, str]
    paths: list[str]

    @property
    def are_many(self) -> bool:
        """Whether updating all stories is less work than updating the stories of the affected entries."""
        return len(self.affected) > _MANY


def identify(
    context: PassContext, files: Iterable[list[ReadFile]], changes: Changes, authority: str, *, everything: bool
) -> Identified:
    """Keeps files, and finds or mints the entry of each. `files`: of `changes.changed`, in portions.

    `everything`: every entry is affected, not only the entries of these files.
    """
    ledger = context.ledger
    finish_upgrade(ledger)
    begun = not ledger.entries.is_empty()
    affected = ledger.entries.all_entries() if everything else ledger.entries.due(context.now)
    affected |= ledger.entries.disputed()
    ledger.files.forget_contents(changes.removed)
    claims: list[Claim] = []
    failed: list[str] = []
    former: dict[str, bytes] = {}  # text digests of files without a link, before
    for portion in files:
        if begun:
            former |= ledger.files.text_digests([file.path for file in portion])
            adopt_sources(ledger.connection, (file for file in portion if file.path in changes.unchanged))
        ledger.files.remember_files(portion)
        failed.extend(file.path for file in portion if file.item is None)
        claims.extend(
            Claim(
                file.path,
                file.link,
                file.digest,
                file.document,
                file.source,
                identity_of(file.former, authority).id if file.former else "",
            )
            for file in portion
            if file.item is not None
        )
    known = ledger.entries.known(claims, changes.removed, former)
    affected |= {*known.paths.values(), *ledger.files.entries_at(failed)}
    is_taken = ledger.entries.is_taken if begun else _is_never_taken
    assignments = resolve(claims, changes.removed, known, authority, is_taken)
    ledger.entries.keep_assignments(assignments)
    moved = _take_over(ledger, authority)
    affected.update(assignments.entries.values(), moved.entries.values())
    paths = dict.fromkeys((*assignments.entries, *moved.entries))
    return Identified(sorted(affected), assignments.minted, [*paths, *changes.removed, *failed])


def _take_over(ledger: LedgerSession, authority: str) -> Assignments:
    """Gives entries without a file to files that waited for the ids of these entries."""
    waiting = [
        WaitingFile(path, entry, link, identity_of(former, authority).id if former else "")
        for path, entry, link, former in ledger.files.disputed()
    ]
    found = take_over(waiting, ledger.entries.abandoned([file.claimed for file in waiting]) if waiting else {})
    ledger.entries.keep_assignments(found)
    return found


def choose_authority(ledger: LedgerSession, configured: str | None, default: str) -> str:
    """The authority of new ids (RFC 4151): as configured, else as in the ledger, else the default. Keeps it in the
    ledger.
    """
    kept = ledger.state.setting("authority")
    chosen = configured or kept or default
    if chosen != kept:
        ledger.state.keep_setting("authority", chosen)
    return chosen


def _is_never_taken(_entry_id: str) -> bool:
    return False
