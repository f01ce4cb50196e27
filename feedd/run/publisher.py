"""The pass that everything drives: `feedd render` makes one.

    scan or glance --> diff --> read --> remember --> [commit] --> render --> write --> [commit] --> Report
                                            |                         ^
                                            +---- stale feeds --------+---- documents that are not as they were left

What is remembered is committed before a document is written, so an id is never published and then forgotten. A pass
that dies in between leaves its feeds marked stale, and the next one makes them again. With nothing to do, nothing
is written: neither a document nor the ledger.

A scan is the truth: all of the items' directory, all of the documents. A glance is the same pass with less to look
at, for who knows where something happened. What it finds is looked at once more by the next scan.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from feedd.model import Problem, Report
from feedd.render import FORMATS, OPML, PAGE, redirects
from feedd.render.assets import ASSETS
from feedd.render.content_codings import ENCODINGS, head
from feedd.run.active_feeds import active_feeds
from feedd.run.compare import Discrepancies, compare_with_ledger, wanted_paths
from feedd.run.executor.workers import GaveUp, Workers
from feedd.run.pass_settings import PassSettings
from feedd.run.progress import Progress, RepeatedProgress, silent
from feedd.run.queue_deliveries import DeliveryQueue
from feedd.run.update_documents import DocumentUpdate, maker_of
from feedd.run.work import WRITING, Work
from feedd.store.documents import FeedsDirectory
from feedd.store.errors import Damaged, Unusable, Unwritable
from feedd.store.items import Glance, ItemsDirectory, Scan, Unavailable
from feedd.store.ledger.database import connect, is_sound, settle, translated
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.snapshot import snapshot
from feedd.store.mounts import file_identity
from feedd.store.site_file import SiteFile
from feedd.store.state_directory import LEDGER_NAME, StateDirectory

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from feedd.run.make_documents import DocumentMaker

_ANEW = (
    "Items that were renamed, changed their link, carry no date or were first published under another authority may "
    "appear to subscribers once more."
)
_NEW_LEDGER = f"there are feeds, but no ledger that knows them: identities were made anew from the items. {_ANEW}"
_NAMED = 3  # documents
_FEEDS = tuple(each.file for each in FORMATS.values())
_LOCAL = ("localhost", "127.0.0.1", "::1")
_LOCAL_AUTHORITY = (
    "ids are made from the name localhost, which other sites use too. Before anybody subscribes, set `authority` in "
    "the configuration and delete the state directory to start over."
)


class Expected(NamedTuple):
    """The state that a pass at `now` would leave; `problems` are those of the scan. Valid as long as the transaction in
    which it was made.
    """

    now: datetime
    work: Work
    problems: tuple[Problem, ...]
    maker: DocumentMaker


class Publisher:
    """Makes passes over one set of directories. Each pass has the state directory to itself; between them, others
    may have it.
    """

    def __init__(
        self,
        items: ItemsDirectory,
        feeds: FeedsDirectory,
        state: StateDirectory,
        settings: PassSettings,
        progress: Progress | None = None,
    ) -> None:
        self.items = items
        self.feeds = feeds
        self._state = state
        self.settings = settings
        self._progress = RepeatedProgress(progress or silent)
        self._workers = Workers(settings.workers, self._progress.again)
        self._site_file = SiteFile(feeds.root, state.path)
        self._holds = False
        self._db: sqlite3.Connection | None = None
        self._db_file: tuple[int, int] | None = None
        self._known_items: tuple[str, int, int] | None = None  # the items' directory of the last scan
        self._seen: tuple[Problem, ...] = ()  # what was wrong in it, apart from what files say

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.forget()
        self._site_file.leave()

    def hold(self) -> None:
        """Sees to it that nobody else publishes into the feeds' directory, until `__exit__` and not only during a pass.
        Raises Busy or Unusable.
        """
        self._holds = True
        self._site_file.hold()

    def forget(self) -> None:
        """Lets go of all that was kept for the next pass."""
        self._workers.end()
        self._close()

    def publish(self, now: datetime, *, allow_empty: bool = False, touched: Collection[str] | None = None) -> Report:
        """Makes one pass. `now` is aware; fractions of a second are dropped.

        `touched`: the paths of files and folders, relative to the items' directory, outside of which nothing happened
        since the last pass; None if that is not known. A damaged ledger is moved aside and made anew. Where nothing
        can be written, documents that show what is withheld now are deleted all the same. Raises Busy or Unusable.
        """
        now = now.replace(microsecond=0)
        try:
            report = self._locked_pass(now, allow_empty, touched)
        except Unwritable as error:
            self.forget()  # with the locks of SQLite: one that could not begin its log keeps others from reading
            raise Unwritable(f"{error}{_in_words(self._withdraw(now))}") from error
        except BaseException:
            self._workers.end()
            raise
        self._workers.rest()
        return report

    def _locked_pass(self, now: datetime, allow_empty: bool, touched: Collection[str] | None) -> Report:
        with self._state:
            try:
                return self._checked_pass(now, allow_empty, touched)
            except Damaged as damage:
                self._close()
                aside = self._state.move_aside()
                remark = f"the ledger was damaged ({damage}); it was moved to {aside} and made anew from the items."
                return self._pass(now, allow_empty, None, (f"{remark} {_ANEW}",))
            except GaveUp as error:
                return Report(refused=f"{error}. The feeds were left as they are.")
            finally:
                if not self._holds:
                    self._site_file.leave()

    def _checked_pass(self, now: datetime, allow_empty: bool, touched: Collection[str] | None) -> Report:
        """A pass; what goes wrong in it because of a damage that SQLite does not notice by itself is Damaged."""
        try:
            return self._pass(now, allow_empty, touched, ())
        except (Damaged, Unusable, GaveUp):
            raise
        except Exception as error:
            if self._db is not None and not is_sound(self._db):
                raise Damaged(f"{type(error).__name__}: {error}") from error
            raise

    def _pass(
        self, now: datetime, allow_empty: bool, touched: Collection[str] | None, remarks: tuple[str, ...]
    ) -> Report:
        self.feeds.look_anew()
        db = self._open()
        with translated(self._state.path):
            work = Work(LedgerSession(db), self.items, self._workers, self.settings, self._progress)
            try:
                look = self._look(work, touched)
            except Unavailable as error:
                return Report(refused=f"{error}. The feeds were left as they are.", remarks=remarks)
            changes = work.changes(look)
            if not (changes.files or allow_empty or work.was_emptied()):
                return Report(refused=_nothing_there(work.ledger), remarks=remarks)
            self._site_file.hold()
            if not remarks and work.ledger.entries.is_empty():
                remarks = self._beginning(work)
            key = work.site_key(self._site_file.key())
            if key is None:
                return Report(refused=self._site_file.mismatch(), remarks=remarks)
            amiss = self._amiss(work, isinstance(look, Scan))
            with work.ledger.transaction():
                all_anew = work.remember(look, changes, now)
                work.keep_site_key(key)
            if self._site_file.key() != key:
                self._site_file.keep_key(key)
            update = self._update(work, now)
            if all_anew:
                remarks += tuple(update.maker().mistaken())
            announcing = DeliveryQueue(work.ledger, self.settings.site, now, doubtful=amiss.doubtful)
            writer = update.write(amiss, announcing, len(changes.changed), all_anew=all_anew)
            with contextlib.suppress(Unusable):  # the ledger serves as well as it is
                settle(db)
            return work.report(changes, self._seen, writer, announcing.waiting(), remarks)

    def _look(self, work: Work, touched: Collection[str] | None) -> Scan | Glance:
        """A glance where that is enough to know all, else a scan. Raises Unavailable."""
        here = self.items.identity()
        if touched is not None and here is not None and here == self._known_items and work.knows_its_way():
            glance = self.items.glance(touched)
            self._seen = (*(each for each in self._seen if not glance.concerns(each.path)), *glance.problems)
            return glance
        self._known_items = None
        scan = self.items.scan(self._state.clock_ns())
        self._known_items, self._seen = here, scan.problems
        return scan

    def _amiss(self, work: Work, all_of_them: bool) -> Discrepancies:
        """Which documents are not what the last pass left; without `all_of_them`, only after one that did not end."""
        interrupted = work.ledger.state.setting(WRITING) == "begun"
        lost = self._unaccounted(work) if interrupted or not work.ledger.documents.has_any() else []
        doubtful = interrupted or work.ledger.entries.is_empty()
        if not all_of_them:
            return Discrepancies(lost=lost, doubtful=doubtful)
        site = self.settings.site
        retired = active_feeds(work.ledger.feeds.all().values(), self.settings.selection).retired
        amiss = compare_with_ledger(
            work.ledger, self.feeds, wanted_paths(site, retired, work.ledger.entry_pages.wanted()), lost
        )
        return amiss._replace(doubtful=doubtful)

    def _update(self, work: Work, now: datetime) -> DocumentUpdate:
        return DocumentUpdate(work, self.feeds, self.settings, self._workers, self._progress, now)

    def _beginning(self, work: Work) -> tuple[str, ...]:
        """What there is to say when a ledger begins."""
        if any(path.endswith(_FEEDS) for path in self._unaccounted(work)):
            return (_NEW_LEDGER,)
        entity = self.settings.authority or self.settings.default_authority
        if self.settings.authority is None and entity.partition(",")[0] in _LOCAL:
            return (_LOCAL_AUTHORITY,)
        return ()

    def _unaccounted(self, work: Work) -> list[str]:
        """Documents of feedd's that this ledger does not know, of an earlier one or of a pass that was killed: what
        they show may be withdrawn since.
        """
        from feedd.render.readback import is_ours

        known = work.ledger.documents.all().keys()
        names = [*(each.file for each in FORMATS.values()), PAGE.file, *ASSETS, OPML, redirects.FILE]
        found = self.feeds.found([*names, *(name + each.suffix for name in names for each in ENCODINGS.values())])
        return [path for path in found if path not in known and is_ours(head(path, self.feeds.read(path) or b""))]

    @contextmanager
    def expected(self, now: datetime) -> Iterator[Expected]:
        """What a pass would find and leave in the ledger, in a copy of the ledger. Nothing is written, and no right to
        write is needed. Raises Unusable, Unavailable or Damaged.
        """
        now = now.replace(microsecond=0)
        with contextlib.closing(snapshot(self._state.path / LEDGER_NAME)) as db, translated():
            work = Work(LedgerSession(db), self.items, self._workers, self.settings, self._progress)
            scan = self.items.scan(sys.maxsize)  # no later scan is compared with this one
            if not scan.files:
                raise Unavailable(_nothing_there(work.ledger))
            try:
                with work.ledger.transaction():
                    work.remember(scan, work.changes(scan), now)
                maker = maker_of(work, self.feeds, self.settings, self._workers, now)
                yield Expected(now, work, scan.problems, maker)
            except GaveUp as error:
                raise Unavailable(str(error)) from None
            finally:
                self._workers.end()

    def _withdraw(self, now: datetime) -> list[str]:
        """Deletes the documents that show what is withheld now. Their feeds are stale to the ledger, or will be when it
        can be written: the next pass makes the documents again.
        """
        from feedd.run.write_entry_pages import doomed_pages

        with contextlib.suppress(Unavailable, Unusable, Damaged), self.expected(now) as expected:
            work = expected.work
            withdrawing = work.ledger.feeds.withdrawing()
            documents = work.ledger.documents.all() if withdrawing else {}
            showing = [path for path, (feed, _) in documents.items() if feed in withdrawing or _is_site_page(path)]
            showing += doomed_pages(work.ledger, all_of_them=bool(withdrawing))
            return [path for path in showing if self._deleted(path)]
        return []

    def _deleted(self, path: str) -> bool:
        with contextlib.suppress(OSError):
            return self.feeds.delete(path)
        return False

    def _open(self) -> sqlite3.Connection:
        """The ledger that lies in the state directory now: somebody may have moved or deleted the last one."""
        path = self._state.path / LEDGER_NAME
        if self._db is not None and file_identity(path) != self._db_file:
            self._close()
        if self._db is None:
            self._db = connect(path)
            self._db_file = file_identity(path)
        return self._db

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _is_site_page(path: str) -> bool:
    return path == PAGE.file or path.startswith(f"{PAGE.file}.")


def _in_words(withdrawn: list[str]) -> str:
    if not withdrawn:
        return ""
    named = ", ".join(withdrawn[:_NAMED]) + (f" and {len(withdrawn) - _NAMED} more" if len(withdrawn) > _NAMED else "")
    return f"; documents that show what is withheld now were deleted: {named}"


def _nothing_there(ledger: LedgerSession) -> str:
    if ledger.files.has_files():
        return (
            "there is no item left where items were before. Is a disk not mounted? The feeds were left as they are; "
            "`feedd render --allow-empty` empties them."
        )
    return "there is no item to publish. Put one there, or publish empty feeds with `feedd render --allow-empty`."
