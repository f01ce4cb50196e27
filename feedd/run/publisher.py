"""Making passes over a set of directories: locks, refusals and damage, around `one_pass.py`.

A scan looks at all items and all documents: it is the truth. A glance is the same pass over given paths only, for a
caller who knows where something happened. The next scan looks at these paths once more.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

from msgspec.structs import replace

from feedd.model import Problem, Report
from feedd.run.agree_on_site import agreed_key
from feedd.run.cancellation import Cancellation
from feedd.run.executor.choose_executor import executor_for
from feedd.run.executor.executor_protocol import GaveUp, StartExecutor
from feedd.run.fingerprints import reads_otherwise
from feedd.run.lost_ledger.pages_gone_before import keep_gone_pages
from feedd.run.lost_ledger.published_copy import PublishedCopy, Recovered, RecoverySource
from feedd.run.lost_ledger.take_over import take_over, taken_as_old, without_effect
from feedd.run.one_pass import remember, run_pass
from feedd.run.pass_context import PassContext
from feedd.run.pass_settings import PassSettings
from feedd.run.progress import Progress, RepeatedProgress, silent
from feedd.run.publish.delivery import StartDelivery
from feedd.run.publish.queue_deliveries import DeliveryQueue
from feedd.run.reading_summary import TooManyGuesses
from feedd.run.remarks import local_ids
from feedd.run.scan import Scanner, ScanResult, scanned, why_refused
from feedd.run.seams import Seams
from feedd.store.document_store import DocumentStore
from feedd.store.errors import Damaged, Unusable, Unwritable
from feedd.store.item_source import ItemSource, Unavailable
from feedd.store.ledger.database import connect, is_sound, translated
from feedd.store.ledger.session import LedgerSession
from feedd.store.mounts import file_identity
from feedd.store.picture_files import PictureFiles
from feedd.store.private_feeds.public_ledger import PublicLedger
from feedd.store.state_directory import LEDGER_NAME, StateDirectory
from feedd.store.subscribers import Subscribers

_REPLACED = "replaced"  # in the name of a ledger of before


class Expected(NamedTuple):
    """The ledger as a pass would leave it, and the `problems` of the scan. `copy`: what was published, if there is no
    ledger and it lies elsewhere. `remarks`: what the pass would say of a lost ledger. `is_new`: nothing is known of
    what was published. `damage`: what to say of a damaged ledger. Valid as long as `expected` lasts.
    """

    context: PassContext
    problems: tuple[Problem, ...]
    copy: PublishedCopy | None = None
    remarks: tuple[str, ...] = ()
    is_new: bool = False
    damage: tuple[str, ...] = ()


class Publisher:
    """Makes passes over a set of directories. Each pass locks the state directory, which is free between passes."""

    def __init__(
        self,
        items: ItemSource,
        feeds: DocumentStore,
        state: StateDirectory,
        settings: PassSettings,
        progress: Progress | None = None,
        cancellation: Cancellation | None = None,
        executor: StartExecutor | None = None,
        deliver: StartDelivery = DeliveryQueue,
        recovery: RecoverySource | None = None,
        public: PublicLedger | None = None,
    ) -> None:
        self.items = items
        self.feeds = feeds
        self._state = state
        self.settings = settings
        self._progress = RepeatedProgress(progress or silent)
        self._cancellation = cancellation or Cancellation()
        start = executor or executor_for(settings.cluster)
        self._executor = start(settings.workers, self._while_waiting)
        self._claim = feeds.claim(state.path)
        self._seams = Seams(items, feeds, self._claim, deliver, PictureFiles(state.path))
        self._recovery = recovery or RecoverySource()
        self._public = public
        self._holds = False
        self._kept_gone = False  # a process before may have been killed before it kept them
        self._db: sqlite3.Connection | None = None
        self._db_file: tuple[int, int] | None = None
        self._scanner = Scanner(items)
        items.wait_with(self._while_waiting)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives back all that it holds: processes, the ledger, and the right to publish into the feeds' directory."""
        self.unload()
        self._claim.release()

    @property
    def place_of_work(self) -> str:
        """Where large work is done, in words; empty for this machine."""
        return self._executor.place

    def hold(self) -> None:
        """Sees to it that nobody else publishes into the feeds' directory, until `close` and not only during a pass.
        Raises Busy or Unusable.
        """
        self._holds = True
        self._claim.hold()

    def unload(self) -> None:
        """Ends the processes and closes the ledger; the next pass starts and opens them again."""
        self._executor.end()
        self._close_ledger()
        if self._recovery.copy is not None:
            self._recovery.copy.rest()

    def start_over(self, now: datetime, *, allow_empty: bool = False) -> Report:
        """Makes one pass with a new ledger, so that all identities are made anew. The ledger of before is moved aside;
        it is put back if the pass is refused. Raises Busy or Unusable.
        """
        with self._state:
            self._close_ledger()
            aside = self._state.move_aside(_REPLACED) if (self._state.path / LEDGER_NAME).exists() else None
            remarks = (f"started over; the old ledger is kept: {aside}",) if aside else ()
            report = Report(refused="it did not end")
            try:
                report = self._pass(now.replace(microsecond=0), allow_empty, None, remarks, recovers=False)
            finally:
                self.unload()
                if aside is not None and report.refused:
                    self._state.put_back(aside)
            return report

    def publish(self, now: datetime, *, allow_empty: bool = False, touched: Collection[str] | None = None) -> Report:
        """Makes one pass. `now` is aware; fractions of a second are dropped.

        `touched`: paths of files and folders, relative to the items' directory. Nothing outside of them changed since
        the last pass. None: everything may have changed. A damaged ledger is moved aside and made anew. If nothing can
        be written, documents that show withheld items are deleted all the same. Raises Busy or Unusable.
        """
        now = now.replace(microsecond=0)
        try:
            report = self._locked_pass(now, allow_empty, touched)
        except Unwritable as error:
            self.unload()  # also SQLite's locks: a connection that failed to begin its log keeps others from reading
            raise Unwritable(f"{error}{self._withdraw(now)}") from error
        except BaseException:
            self._executor.end()
            raise
        self._executor.rest()
        return report

    def _locked_pass(self, now: datetime, allow_empty: bool, touched: Collection[str] | None) -> Report:
        with self._state:
            try:
                return self._checked_pass(now, allow_empty, touched)
            except Damaged as damage:
                self._close_ledger()
                aside = self._state.move_aside()
                remark = f"the ledger was damaged ({damage}); it was moved to {aside}."
                return self._pass(now, allow_empty, None, (remark,))
            except (GaveUp, Unavailable) as error:
                return Report(refused=f"{error}. The feeds were left as they are.")
            finally:
                if not self._holds:
                    self._claim.release()

    def _checked_pass(self, now: datetime, allow_empty: bool, touched: Collection[str] | None) -> Report:
        """Makes a pass. An exception becomes Damaged if the database has a damage that SQLite did not report."""
        try:
            return self._pass(now, allow_empty, touched, ())
        except (Damaged, Unusable, GaveUp, Unavailable):
            raise
        except Exception as error:
            if self._db is not None and not is_sound(self._db):
                raise Damaged(f"{type(error).__name__}: {error}") from error
            raise

    def _pass(
        self,
        now: datetime,
        allow_empty: bool,
        touched: Collection[str] | None,
        remarks: tuple[str, ...],
        *,
        recovers: bool = True,
    ) -> Report:
        self.feeds.look_anew()
        with translated(self._state.path):
            context = self._context(LedgerSession(self._open_ledger()), now)
            ledger = context.ledger
            if ledger.entries.is_empty() or reads_otherwise(ledger, self.settings):
                self._executor.stand_by()  # all files will be read: before the memory of a large listing is taken
            try:
                seen = self._scanner.look(ledger, self.settings, self._state.clock_ns, touched)
            except Unavailable as error:
                return Report(refused=f"{error}. The feeds were left as they are.", remarks=remarks)
            if reason := why_refused(ledger, seen, allow_empty=allow_empty):
                return Report(refused=reason, remarks=remarks)
            self._claim.hold()
            key = agreed_key(ledger, self._claim)
            if key is None:
                return Report(refused=self._claim.mismatch(), remarks=remarks)
            if (begun := self._took_over(ledger, seen, self._recovery if recovers else None)) is not None:
                remarks += begun.remarks
                if begun.refused:
                    return Report(refused=begun.refused, remarks=remarks)
            else:
                if not remarks and touched is None:
                    remarks = local_ids.later(ledger, self.settings, Subscribers(self._state.path))
                remarks += without_effect(self._recovery)
            try:
                report = run_pass(context, self._seams, seen, key, remarks)
            except TooManyGuesses as error:
                return Report(refused=str(error), remarks=remarks)
            if said := taken_as_old(ledger):
                report = replace(report, remarks=(*report.remarks, *said))
            if report.written or report.deleted or not self._kept_gone:  # else no page came or went
                self._kept_gone = keep_gone_pages(ledger, self._state.path)
            return report

    def _while_waiting(self) -> None:
        self._cancellation.check()
        self._progress.again()

    def _context(self, ledger: LedgerSession, now: datetime) -> PassContext:
        return PassContext(ledger, self.settings, self._executor, self._progress, self._cancellation, now, self._public)

    def _took_over(self, ledger: LedgerSession, seen: ScanResult, source: RecoverySource | None) -> Recovered | None:
        return take_over(ledger, self.feeds, source, seen.changes.changed, self.settings, self._state.path)

    @contextmanager
    def expected(self, now: datetime) -> Iterator[Expected]:
        """A pass's first half, done in a copy of the ledger; in an empty ledger, if it is damaged. Writes nothing, and
        needs no right to write. Raises Unusable, Unavailable or Damaged.
        """
        from feedd.store.copies.snapshot import snapshot_or_empty  # late: a pass copies nothing

        db, damage = snapshot_or_empty(self._state.path / LEDGER_NAME)
        with contextlib.closing(db), translated():
            context = self._context(LedgerSession(db), now.replace(microsecond=0))
            context = context._replace(settings=replace(context.settings, accept_guesses=True))
            scan = self.items.scan(sys.maxsize)  # no later scan is compared with this one
            seen = scanned(context.ledger, scan, self.settings)
            if reason := why_refused(context.ledger, seen, allow_empty=False):
                raise Unavailable(reason)
            is_new = context.ledger.entries.is_empty()
            begun = self._took_over(context.ledger, seen, self._recovery) or Recovered()
            if begun.refused:
                raise Unavailable(begun.refused)
            copy = self._recovery.copy
            copy = copy if copy is not None and copy.name == begun.copy else None
            try:
                with context.ledger.transaction():
                    early = remember(context, self.items, seen).updated.early
                remarks = damage + begun.remarks + early
                yield Expected(context, scan.problems, copy, remarks, is_new and not begun.copy, damage)
            except GaveUp as error:
                raise Unavailable(str(error)) from None
            finally:
                self._executor.end()

    def _withdraw(self, now: datetime) -> str:
        """Deletes the documents that show withheld items; the words that say so, or none."""
        from feedd.run.publish.withdraw import say_withdrawn, withdraw  # late: few disks are full

        with contextlib.suppress(Unavailable, Unusable, Damaged), self.expected(now) as expected:
            return say_withdrawn(withdraw(expected.context.ledger, self.feeds))
        return ""

    def _open_ledger(self) -> sqlite3.Connection:
        """A connection to the ledger in the state directory. Reconnects if the file was moved or deleted."""
        path = self._state.path / LEDGER_NAME
        if self._db is not None and file_identity(path) != self._db_file:
            self._close_ledger()
        if self._db is None:
            self._db = connect(path)
            self._db_file = file_identity(path)
        return self._db

    def _close_ledger(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
