"""Recovering a lost ledger: what was published, in; a new ledger that goes on from there, out.

    no ledger -- feeds/, else the copy that is configured --> FoundIndex -- adopt --> rows of entries, feeds, members
                                                                                          |
    the pass reads all files, and finds each entry as ever: by link, by text or by path  <+

An entry whose file is withheld, or gone, is taken out by the pass that follows, as in any pass.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from feedd.render.recovery.window_facts import OldWindows
from feedd.run.lost_ledger.complete_index import complete_index
from feedd.run.lost_ledger.known_digests import keep_known_digests
from feedd.run.lost_ledger.published_copy import (
    PublishedCopy,
    Recovered,
    RecoverySource,
    Unreached,
    advice,
    counted,
    damage,
    unreadable,
)
from feedd.run.lost_ledger.read_index import FoundIndex, read_index
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.adoption.recovery_rows import Adopted, RecoveryRows
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.uploads.object_rows import RECOVERED_FROM


class CopyInFeeds:
    """The documents of a store as a PublishedCopy: the feeds' directory."""

    hint = ""

    def __init__(self, documents: DocumentStore, name: str = "the feeds' directory") -> None:
        self._documents = documents
        self.name = name

    def read(self, path: str) -> bytes | None:
        """The bytes of a document; None if there is no such document. Raises Unreached."""
        data = self._documents.read(path)
        if data is None and not self._documents.is_absent(path):
            raise Unreached(f"{path} in {self.name} cannot be read")
        return data

    def rest(self) -> None:
        """Closes nothing."""


def recover_ledger(
    ledger: LedgerSession, feeds: PublishedCopy, source: RecoverySource, paths: Iterable[str]
) -> Recovered:
    """Takes over from the copies of `source`, of which one is the feeds' directory `feeds`. `paths`: the files that are
    there. The ledger is empty.
    """
    from feedd.render.recovery.old_windows import read_windows  # late: libraries for XML take long to load

    paths, copies = list(paths), source.copies(feeds)
    lost: dict[str, tuple[str, ...]] = {}  # of each copy, the parts of an index that cannot be read at all
    try:
        for copy in copies:
            if (index := read_index(copy)) is None:
                continue
            if not index.authority:
                lost[copy.name] = index.damaged
                continue
            windows = read_windows(copy.read) if index.damaged else None
            with ledger.transaction():
                ledger.state.keep_setting(RECOVERED_FROM, copy.name)
                said = _adopt(ledger, index, windows, copy, paths)
                return Recovered(copy.name, (said,) if said else ())
        for copy in copies:
            if (windows := read_windows(copy.read)) is not None:
                with ledger.transaction():
                    ledger.state.keep_setting(RECOVERED_FROM, copy.name)
                    said = _adopt_windows(ledger, windows, copy, paths, lost.get(copy.name, ()))
                    return Recovered(copy.name, (said,))
    except Unreached as error:
        if not source.may_be_first:
            return Recovered(refused=f"{error}. {advice('before')}")
        return Recovered(remarks=(f"{error}; as told (--first), nothing was published before.",))
    if source.copy is not None and not source.may_be_first:
        nothing = f"{source.copy.name} has nothing to take over{source.copy.hint}"
        if source.copy.name in lost:
            nothing += f" ({unreadable(lost[source.copy.name])})"
        return Recovered(refused=f"there is no ledger, and {nothing}. {advice('before')}")
    return Recovered()


def _adopt(
    ledger: LedgerSession, found: FoundIndex, windows: OldWindows | None, copy: PublishedCopy, paths: Collection[str]
) -> str:
    """Makes the rows, in the caller's transaction. `windows`: what feeds show, where a part of the index is damaged.
    Returns a sentence about it, if there was anything.
    """
    rows = RecoveryRows(ledger.connection)
    if windows is not None:
        found = complete_index(found, windows, paths)
        ledger.index_marks.keep_windows(windows)
    adopted = rows.adopt(found.entries, found.feeds, paths, has_all=windows is None or found.has_all_entries)
    keep_known_digests(ledger, (*found.feeds, *(() if windows is None else windows.windows)))
    if ledger.state.setting("authority") is None:
        ledger.state.keep_setting("authority", found.authority)
    if not (adopted.entries or adopted.feeds or found.damaged):
        return ""  # the ledger may well have been there, without an entry
    said = f"there was no ledger: {_in_words(adopted)} taken over from {copy.name}."
    if found.damaged:
        said += f" {damage(found.damaged, has_feeds=windows is not None)}"
    return said


def _in_words(adopted: Adopted) -> str:
    entries, feeds = counted(adopted.entries, "entry", "entries"), counted(adopted.feeds, "feed", "feeds")
    return f"{entries} in {feeds} {'was' if adopted.entries == 1 else 'were'}"


def _adopt_windows(
    ledger: LedgerSession,
    found: OldWindows,
    copy: PublishedCopy,
    paths: Collection[str],
    lost: Collection[str],
) -> str:
    """Makes the rows, in the caller's transaction, of nothing but what the feeds show. `lost`: the parts of an
    index that cannot be read. Returns a sentence about it.
    """
    adopted = RecoveryRows(ledger.connection).adopt_windows(found, paths)
    keep_known_digests(ledger, found.windows)
    nothing = "there was neither a ledger nor a recovery index"
    if lost:
        nothing = f"there was no ledger, and the recovery index cannot be read ({unreadable(lost)})"
    said = (
        f"{nothing}: {_in_words(adopted)} taken over from {copy.name}. What no "
        "feed shows is taken as old: items that are older than its entries, or have no date, are not shown as new."
    )
    return f"{said} Damaged, and not taken over: {', '.join(found.damaged)}." if found.damaged else said
