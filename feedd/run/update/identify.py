"""Identifying: read files in; the entry of each file, kept in the ledger, out.

    files -- portions --> ledger -- claims that may be known --> settle --> entries
                            |                                      |
                            +-- files without entry, by path --> Minting --> new entries

Only what may be known is in memory for all files at once. New files come from the ledger again, in portions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain, islice

from msgspec import Struct

from feedd.decide.changes import Changes
from feedd.decide.id_claims import identity_of
from feedd.decide.identity import Assignments, Claim, Settled, WaitingFile, settle, take_over
from feedd.decide.minting import MintedIds, Minting, RepeatedKeys
from feedd.decide.records import text_digest
from feedd.render.recovery.window_facts import title_digest
from feedd.run.pass_context import PassContext
from feedd.store.ledger.adoption.index_marks import FILES, TITLES
from feedd.store.ledger.codec import ReadFile, decode_item
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.upgrades import adopt_sources, finish_upgrade

_MANY = 5000  # entries
_TOGETHER = 20_000  # new files: their links are kept in order, so that the ledger is written in order
_PORTION = 1000  # files


class Identified(Struct, frozen=True):
    """The entries to decide: `known` entries in ascending order, then the new entries, `minted`. `moved`: the files
    that took over entries they had waited for.
    """

    known: list[int]
    minted: MintedIds
    moved: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of entries to decide."""
        return len(self.known) + len(self.minted)

    @property
    def are_many(self) -> bool:
        """Whether updating all stories is less work than updating the stories of the entries to decide."""
        return self.count > _MANY

    def portions(self, size: int) -> Iterator[list[int]]:
        """The entries to decide, in ascending order, so many at once."""
        entries = chain(self.known, self.minted)
        while portion := list(islice(entries, size)):
            yield portion


def identify(
    context: PassContext, files: Iterable[list[ReadFile]], changes: Changes, authority: str, *, everything: bool
) -> Identified:
    """Keeps files, and finds or mints the entry of each. `files`: of `changes.changed`, in portions.

    `everything`: every entry is affected, not only the entries of these files.
    """
    ledger = context.ledger
    finish_upgrade(ledger)
    begun = not ledger.entries.is_empty()
    known_by = ledger.index_marks.known_by() if begun else None
    known_by = None if known_by == FILES else known_by
    affected = ledger.entries.all_entries() if everything else ledger.entries.due(context.now)
    affected |= ledger.entries.disputed()
    ledger.files.forget_contents(changes.removed)
    claims: list[Claim] = []  # of files that may be known
    failed: list[str] = []
    former: dict[str, bytes] = {}  # text digests of files without a link, before
    repeated = RepeatedKeys()
    for portion in files:
        readable = [file for file in portion if file.item is not None]
        if begun:
            former |= ledger.files.text_digests([file.path for file in portion])
            if known_by:
                former |= ledger.files.adopted_digests([file.path for file in portion])
            adopt_sources(ledger.connection, (file for file in portion if file.path in changes.unchanged))
            claims += ledger.entries.meeting([_claim(file, authority, known_by) for file in readable])
        ledger.files.remember_files(portion)
        failed.extend(file.path for file in portion if file.item is None)
        for file in readable:
            repeated.add(file)
    known = ledger.entries.known(claims, changes.removed, former)
    if known.sources:
        claims += [each for each in _new(ledger, changes, claims) if each.source in known.sources]
    affected |= {*known.paths.values(), *ledger.files.entries_at(failed)}
    settled = settle(claims, changes.removed, known)
    found = settled.assignments
    ledger.entries.keep_assignments(found)
    is_taken = ledger.entries.is_taken if begun else _is_never_taken
    minting = Minting(authority, known.next_entry, found.links, is_taken, repeated.found())
    _mint(ledger, minting, settled, _new(ledger, changes, claims))
    moved = _take_over(ledger, authority)
    affected.update(found.entries.values(), moved.entries.values())
    return Identified(sorted(affected.difference(minting.minted)), minting.minted, tuple(moved.entries))


def _claim(file: ReadFile, authority: str, known_by: str | None) -> Claim:
    """The claim of a file. `known_by`: how a file without a link is known, if its entry was taken over."""
    former = identity_of(file.former, authority).id if file.former else ""
    digest = file.digest
    if known_by and file.link is None and file.item is not None:
        item = decode_item(file.item, file.digest)
        digest = title_digest(item.title) if known_by == TITLES else text_digest(item)
    return Claim(file.path, file.link, digest, file.document, file.source, former)


def _new(ledger: LedgerSession, changes: Changes, claims: Iterable[Claim]) -> Iterator[Claim]:
    """The files that were read and have no entry, by path, without the files of `claims`."""
    others = {claim.path for claim in claims}
    for start in range(0, len(changes.changed), _PORTION):
        for claim in ledger.files.without_entry(changes.changed[start : start + _PORTION]):
            if claim.path not in others:
                yield claim


def _mint(ledger: LedgerSession, minting: Minting, settled: Settled, new: Iterable[Claim]) -> None:
    """Mints entries for the claims that are not settled and for new files, and keeps them, in portions."""
    claims = chain(settled.first, merge(settled.others, new, key=lambda claim: claim.path))
    while portion := list(islice(claims, _TOGETHER)):
        entries = {claim.path: minting.entry_of(claim) for claim in portion}
        links = {claim.link: entries[claim.path] for claim in portion if claim.link is not None}
        ledger.entries.keep_assignments(Assignments(entries, {}, links))


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
