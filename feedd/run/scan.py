"""Scanning: the items' directory in; files to read, and files that are gone, out. No file is opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedd.decide.changes import Changes, diff
from feedd.decide.changes import unchanged as same
from feedd.model import Problem
from feedd.run.fingerprints import input_fingerprints, reads_otherwise
from feedd.run.pass_settings import PassSettings
from feedd.store.errors import Damaged
from feedd.store.item_source import Glance, ItemSource, Scan, covers
from feedd.store.ledger.session import LedgerSession


class ScanResult(Struct, frozen=True):
    """The result of a look at the items' directory. `problems`: of the directory, not of the contents of files.
    `glanced`: files of which a glance since the last scan knows.
    """

    look: Scan | Glance
    changes: Changes
    problems: tuple[Problem, ...]
    glanced: frozenset[str] = frozenset()


class Scanner:
    """Looks at an items' directory, pass after pass."""

    def __init__(self, source: ItemSource) -> None:
        self._source = source
        self._known: Hashable | None = None  # identity of the directory at the last scan
        self._problems: tuple[Problem, ...] = ()

    def look(
        self, ledger: LedgerSession, settings: PassSettings, clock_ns: Callable[[], int], hints: Collection[str] | None
    ) -> ScanResult:
        """A glance at the paths `hints` if a glance is enough, else a scan. Raises Unavailable or Damaged.

        `clock_ns` is the file system's own time.
        """
        here = self._source.identity()
        if hints is not None and here is not None and here == self._known and _is_up_to_date(ledger, settings):
            glance = self._source.glance(hints)
            self._problems = (*(each for each in self._problems if not glance.concerns(each.path)), *glance.problems)
            return ScanResult(glance, _since_listing(ledger, glance), self._problems)
        self._known = None
        scan = self._source.scan(clock_ns())
        self._known, self._problems = here, scan.problems
        return scanned(ledger, scan, settings)


def scanned(ledger: LedgerSession, scan: Scan, settings: PassSettings) -> ScanResult:
    """The result of a scan, compared with the ledger. Raises Damaged."""
    return ScanResult(scan, _since_scan(ledger, scan, settings), scan.problems, frozenset(ledger.state.glanced()))


def why_refused(ledger: LedgerSession, seen: ScanResult, *, allow_empty: bool) -> str | None:
    """Why nothing may be published, in words; None if it may be. An items' directory without items is refused, unless
    it was already emptied with `allow_empty`, or an item that was there before is withheld now.
    """
    changes, look = seen.changes, seen.look
    was_emptied = not ledger.entries.is_empty() and not ledger.files.has_files()
    if changes.files or allow_empty or was_emptied:
        return None
    return None if isinstance(look, Scan) and not look.withheld.isdisjoint(changes.removed) else _nothing_there(ledger)


def _nothing_there(ledger: LedgerSession) -> str:
    """The words for an items' directory without items."""
    if ledger.files.has_files():
        return (
            "there is no item left where items were before. Is a disk not mounted? The feeds were left as they are; "
            "`feedd render --allow-empty` empties them."
        )
    return "there is no item to publish. Put one there, or publish empty feeds with `feedd render --allow-empty`."


def keep_seen(ledger: LedgerSession, seen: ScanResult) -> None:
    """Keeps the listing, for the next pass to compare with. Takes it out of `seen`: of many files it is large."""
    state, look, changes = ledger.state, seen.look, seen.changes
    ledger.page_links.keep_withheld(changes.withheld, changes.released)
    if changes.listings:
        state.keep_listings(changes.listings)
        changes.listings.clear()
    if isinstance(look, Glance):
        state.keep_glanced([*look.there, *changes.removed])  # a deleted file may come back unchanged
    else:
        look.listing.clear()
        if state.glanced():
            state.forget_glanced(but_in=look.unreadable)
    if state.setting("files") != str(changes.files):
        state.keep_setting("files", str(changes.files))


def _is_up_to_date(ledger: LedgerSession, settings: PassSettings) -> bool:
    """Whether a glance is enough: the settings are those of the last pass, and there were files."""
    kept = {name: ledger.state.setting(name) for name in input_fingerprints(settings)}
    return ledger.files.has_files() and kept == input_fingerprints(settings)


def _since_listing(ledger: LedgerSession, glance: Glance) -> Changes:
    known = ledger.files.files_at(glance.looked_at)
    gone = glance.gone(known)
    files = int(ledger.state.setting("files") or 0) + len(set(glance.there) - known) - len(gone)
    before = frozenset(path for path in ledger.page_links.withheld() if covers(glance.looked_at, path))
    withheld, released = _differing(before, glance.withheld, glance.unreadable)
    return Changes(glance.there, gone, files, withheld=withheld, released=released)


def _since_scan(ledger: LedgerSession, scan: Scan, settings: PassSettings) -> Changes:
    old = ledger.state.listing()
    new = dict(scan.listing)
    for folder in scan.unreadable:  # files in an unreadable folder are not gone
        new.update({known: files for known, files in old.items() if known.startswith(folder)})
    glanced = [path for path in ledger.state.glanced() if not path.startswith(scan.unreadable)]
    again = reads_otherwise(ledger, settings)
    try:
        changes = diff(old, new, glanced, scan.files)
        unchanged = frozenset(same(old, scan.listing, glanced)) if again else frozenset[str]()
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:
        raise Damaged(f"a listing in it cannot be read ({error})") from error
    withheld, released = _differing(ledger.page_links.withheld(), scan.withheld, scan.unreadable)
    changes = replace(changes, withheld=withheld, released=released)
    return replace(changes, changed=scan.paths(), unchanged=unchanged) if again else changes


def _differing(
    before: frozenset[str], now: frozenset[str], unreadable: tuple[str, ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """The withheld files that were not withheld before, and those that were and are no longer. What lies in an
    unreadable folder stays as it is.
    """
    return now - before, frozenset(path for path in before - now if not path.startswith(unreadable))
