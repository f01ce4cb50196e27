"""The pass that everything drives: `feedd render` makes one.

    scan --> diff --> read --> remember --> [commit] --> render --> write --> [commit] --> Report
                                  |                         ^
                                  +---- stale feeds --------+---- documents that are not as they were left

What is remembered is committed before a document is written, so an id is never published and then forgotten. A pass
that dies in between leaves its feeds marked stale, and the next one makes them again. With nothing to do, nothing
is written: neither a document nor the ledger.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Self

from feedd.core.render import FORMATS
from feedd.core.render.readback import is_ours
from feedd.disk.database import FILE_NAME, Damaged, StateDirectory, Unusable, connect, is_sound, settle, translated
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.items import ItemsDirectory, Unavailable
from feedd.disk.ledger import Ledger
from feedd.model import Report
from feedd.publish.documents import DocumentMaker, DocumentWriter, out_of_step, wanted_names
from feedd.publish.preview import Preview
from feedd.publish.work import SITE, WRITING, Progress, Settings, Work
from feedd.publish.workers import Workers

_ANEW = (
    "Items that were renamed, changed their link, carry no date or were first published under another authority may "
    "appear to subscribers once more."
)
_NEW_LEDGER = f"there are feeds, but no ledger that knows them: identities were made anew from the items. {_ANEW}"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_LOCAL_AUTHORITY = (
    "ids are made from the name localhost, which other sites use too. Before anybody subscribes, set `authority` in "
    "the configuration and delete the state directory to start over."
)


class Publisher:
    """Makes passes over one set of directories, which it holds from `__enter__` to `__exit__`."""

    def __init__(
        self,
        items: ItemsDirectory,
        feeds: FeedsDirectory,
        state: StateDirectory,
        settings: Settings,
        progress: Progress | None = None,
    ) -> None:
        self._items = items
        self._feeds = feeds
        self._state = state
        self._settings = settings
        self._progress = progress or _silent
        self._workers = Workers(settings.workers)
        self._db: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        self._state.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)
        self._close()
        self._state.__exit__(kind, error, trace)

    def publish(self, now: datetime, *, allow_empty: bool = False) -> Report:
        """Makes one pass. `now` is aware; fractions of a second are dropped.

        A damaged ledger is moved aside and made anew. Raises Unusable if the ledger cannot be written.
        """
        now = now.replace(microsecond=0)
        try:
            return self._checked_pass(now, allow_empty)
        except Damaged as damage:
            self._close()
            aside = self._state.move_aside()
            remark = f"the ledger was damaged ({damage}); it was moved to {aside} and made anew from the items. {_ANEW}"
            return self._pass(now, allow_empty, (remark,))

    def _checked_pass(self, now: datetime, allow_empty: bool) -> Report:
        """A pass; what goes wrong in it because of a damage that SQLite does not notice by itself is Damaged."""
        try:
            return self._pass(now, allow_empty, ())
        except (Damaged, Unusable):
            raise
        except Exception as error:
            if self._db is not None and not is_sound(self._db):
                raise Damaged(f"{type(error).__name__}: {error}") from error
            raise

    def _pass(self, now: datetime, allow_empty: bool, remarks: tuple[str, ...]) -> Report:
        db = self._open()
        with translated():
            work = Work(db, self._items, self._workers, self._settings, self._progress)
            try:
                scan = self._items.scan(self._state.clock_ns())
            except Unavailable as error:
                return Report(refused=f"{error}. The feeds were left as they are.", remarks=remarks)
            if not scan.files and not allow_empty:
                return Report(refused=_nothing_there(work.ledger), remarks=remarks)
            if not remarks and work.ledger.is_empty():
                remarks = self._beginning(work)
            interrupted = work.ledger.setting(WRITING) == "begun"
            with _transaction(db):
                read, removed = work.remember(scan, now)
            writer = self._write_documents(work, db, interrupted=interrupted)
            with contextlib.suppress(Unusable):  # the ledger serves as well as it is
                settle(db)
            return work.report(scan, read, removed, writer, remarks)

    def _write_documents(self, work: Work, db: sqlite3.Connection, *, interrupted: bool) -> DocumentWriter:
        published, site = work.published, self._settings.site
        writer = DocumentWriter(self._feeds, published)
        lost = self._unaccounted(work) if interrupted or not published.documents() else []
        names = wanted_names(site)
        feeds, site_differs, unwanted = out_of_step(
            published, self._feeds, lambda path: path.rpartition("/")[2] in names
        )
        stale = published.stale() | feeds
        site_stale = site_differs or work.ledger.setting(SITE) != "fresh"
        if not (stale or site_stale or unwanted or lost):
            return writer
        with _transaction(db):
            maker = DocumentMaker(work.ledger, published, site)
            made = maker.documents(stale, self._workers)
            for done, (number, documents) in enumerate(made, start=1):
                if writer.put(documents, number):
                    published.mark_fresh(number)
                self._progress("publishing", done, len(stale))
            if site_stale and writer.put(maker.site_documents(), None):
                work.ledger.keep_setting(SITE, "fresh")
            known = published.documents().keys()
            writer.delete([*unwanted, *(path for path in lost if path not in known)])
            work.ledger.keep_setting(WRITING, "done")
        return writer

    def _beginning(self, work: Work) -> tuple[str, ...]:
        """What there is to say when a ledger begins."""
        if self._unaccounted(work):
            return (_NEW_LEDGER,)
        entity = self._settings.authority or self._settings.default_authority
        if self._settings.authority is None and entity.partition(",")[0] in _LOCAL:
            return (_LOCAL_AUTHORITY,)
        return ()

    def _unaccounted(self, work: Work) -> list[str]:
        """Documents of feedd's that this ledger does not know, of an earlier one or of a pass that was killed: what
        they show may be withdrawn since.
        """
        known = work.published.documents().keys()
        found = self._feeds.found([each.file for each in FORMATS.values()])
        return [path for path in found if path not in known and is_ours(self._feeds.read(path) or b"")]

    @contextmanager
    def preview(self, now: datetime) -> Iterator[Preview]:
        """What a pass would find and decide, without writing anything: the ledger is rolled back afterwards."""
        db = self._open()
        now = now.replace(microsecond=0)
        with translated():
            work = Work(db, self._items, self._workers, self._settings, self._progress)
            db.execute("PRAGMA cache_spill = OFF")  # so that not even a part of it reaches the disk
            db.execute("BEGIN IMMEDIATE")
            try:
                scan = self._items.scan(self._state.clock_ns())
                if not scan.files:
                    raise Unavailable(_nothing_there(work.ledger))
                work.remember(scan, now)
                maker = DocumentMaker(work.ledger, work.published, self._settings.site)
                yield Preview(
                    work.ledger,
                    work.published,
                    maker,
                    self._feeds,
                    self._items,
                    self._settings.site,
                    scan.problems,
                    now,
                    self._settings.default_listed,
                    self._settings.limit,
                )
            finally:
                db.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = connect(self._state.path / FILE_NAME)
        return self._db

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction; one that changed nothing writes nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _nothing_there(ledger: Ledger) -> str:
    if ledger.has_files():
        return (
            "there is no item left where items were before. Is a disk not mounted? The feeds were left as they are; "
            "--allow-empty empties them."
        )
    return "there is no item to publish. Put one there, or use --allow-empty to publish empty feeds."


def _silent(_stage: str, _done: int, _of: int) -> None:
    pass
