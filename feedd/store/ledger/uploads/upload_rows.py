"""Uploads: changed documents in; what each object store still has to get, in which order, and what it has, out.

A pass queues uploads in the transaction in which it keeps the document; of several changes of a document, only the
newest state is uploaded. The uploader has its own connection. Times are whole seconds, UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from feedd.store.document_store import DocumentStamp
from feedd.store.ledger.database import open_beside, selected, transaction
from feedd.store.ledger.uploads.late_rows import LateRows
from feedd.store.ledger.uploads.object_rows import ObjectRows, TargetState
from feedd.store.state_directory import LEDGER_NAME

FURTHEST = 3600  # seconds: nothing is put off for longer; a later time comes from a clock that was set back
_LEFT = (
    "{0} is no longer published to, and {1:,} of the documents there stay as before something was withheld: delete "
    "them there, or name it in `publish` again until `feedd deliver` says that nothing waits"
)
TRIED = 3  # failures after which an upload is no longer waited for by those whose turn is later


class Upload(NamedTuple):
    """A document that an object store has to get, or to lose (`deletes`). `change`: a number that a later change
    replaces. `stamp`, of the document's file, is None where there is no document.
    """

    path: str
    deletes: bool
    change: int
    failures: int
    stamp: DocumentStamp | None


class WaitingUploads(NamedTuple):
    """What waits for a target: `number` of documents, of which `withdrawals` take back what is withheld, the oldest
    `since`. `error`: why it waits, or an empty text. `stopped`: only a person can have it go on. `late`: how many of
    the withdrawals are looks at what may still arrive.
    """

    target: str
    number: int
    withdrawals: int
    since: datetime | None
    error: str
    stopped: bool
    late: int = 0


class UploadRows:
    """The uploads, over an open database. `stored`: what the stores have. `late`: puts that may still arrive."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self.stored = ObjectRows(connection)
        self.late = LateRows(connection)

    # For a pass

    def add(self, targets: Iterable[str], path: str, url: str, level: int, now: int, *, deletes: bool = False) -> None:
        """Queues a changed document, or its deletion, for each target. A withdrawal that waits stays one."""
        self._db.executemany(
            "INSERT INTO uploads VALUES (?, ?, ?, ?, ?, random(), ?, 0, 0, NULL) ON CONFLICT (target, path) DO UPDATE "
            "SET url = excluded.url, deletes = excluded.deletes, change = excluded.change, failures = 0, due = 0, "
            "level = CASE WHEN level = 0 THEN 0 ELSE excluded.level END",
            ((target, path, url, deletes, level, now) for target in targets),
        )

    def withdraw_all(self) -> None:
        """Makes a withdrawal of everything that waits: what the stores have now may show what is withheld. Stores that
        rest are tried at once.
        """
        self._db.execute("UPDATE uploads SET level = 0 WHERE level > 0")
        self.late.withdraw_all()
        self._db.execute("UPDATE upload_targets SET due = 0 WHERE due > 0 AND NOT stopped")

    # For the uploader

    def together(self) -> AbstractContextManager[None]:
        """A transaction. Passes cannot write until it ends."""
        return transaction(self._db)

    def keep_only(self, targets: Collection[str]) -> tuple[str, ...]:
        """Forgets all targets but these. Returns what stays there though it is withheld, in words."""
        rows = self._db.execute("SELECT target FROM upload_targets UNION SELECT DISTINCT target FROM uploads")
        gone = [(name,) for name in sorted({name for (name,) in rows}.difference(targets))]
        left = [(name, self.count(name)[1]) for (name,) in gone]
        for table in ("uploads", "objects", "late_puts", "upload_targets"):
            self._db.executemany(f"DELETE FROM {table} WHERE target = ?", gone)  # noqa: S608
        return tuple(_LEFT.format(name, number) for name, number in left if number)

    def documents(self) -> Iterator[Sequence[str]]:
        """The paths of all documents, in portions, each read for itself."""
        last = ""
        while rows := self._db.execute(
            "SELECT path FROM documents WHERE path > ? ORDER BY path LIMIT 5000", (last,)
        ).fetchall():
            last = rows[-1][0]
            yield [path for (path,) in rows]

    def documents_among(self, paths: Sequence[str]) -> set[str]:
        """The paths among `paths` at which a document is."""
        return {path for (path,) in selected(self._db, "SELECT path FROM documents WHERE path IN", paths)}

    def unseen_documents(self, target: str) -> list[str]:
        """The documents that the store does not have, and for which no upload waits."""
        rows = self._db.execute(
            "SELECT path FROM documents d WHERE path NOT IN temp.seen "
            "AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.target = ? AND u.path = d.path)",
            (target,),
        )
        return [path for (path,) in rows]

    def unqueued(self, target: str, paths: Sequence[str]) -> set[str]:
        """The paths among `paths` for which no upload waits."""
        rows = selected(self._db, "SELECT path, target FROM uploads WHERE path IN", paths)
        return set(paths) - {path for path, of in rows if of == target}

    def next(self, target: str, now: int, limit: int, *, withdrawals: bool = False) -> list[Upload]:
        """The first `limit` uploads that are due; nothing whose turn is later than the turn of others that wait.
        `withdrawals`: nothing else.
        """
        level = 0 if withdrawals else self._level(target)
        rows = self._db.execute(
            "SELECT u.path, u.deletes, u.change, u.failures, d.size, d.mtime_ns, d.inode FROM uploads u "
            "LEFT JOIN documents d ON d.path = u.path "
            "WHERE u.target = ? AND u.level <= ? AND (u.due <= ? OR u.due > ?) ORDER BY u.level, u.due, u.path LIMIT ?",
            (target, level, now, now + FURTHEST, limit),
        )
        return [
            Upload(path, bool(deletes), change, failures, None if stamp[0] is None else DocumentStamp(*stamp))
            for path, deletes, change, failures, *stamp in rows
        ]

    def _level(self, target: str) -> int:
        """The turn that is on: the first of uploads that have not failed again and again."""
        (level,) = self._db.execute(
            "SELECT min(level) FROM uploads WHERE target = ? AND failures < ?", (target, TRIED)
        ).fetchone()
        return 99 if level is None else int(level)

    def next_due(self, target: str, *, withdrawals: bool = False) -> int | None:
        """When the first upload is due whose turn has come; None if none waits."""
        level = 0 if withdrawals else self._level(target)
        (first,) = self._db.execute(
            "SELECT min(due) FROM uploads WHERE target = ? AND level <= ?", (target, level)
        ).fetchone()
        return None if first is None else int(first)

    def hurry(self, target: str) -> None:
        """Makes everything due now."""
        self._db.execute("UPDATE uploads SET due = 0, failures = 0 WHERE target = ?", (target,))
        self._db.execute("UPDATE upload_targets SET due = 0, failures = 0 WHERE target = ?", (target,))

    def settle(self, target: str, upload: Upload) -> None:
        """Takes an upload out of the queue, since the store has the document. A later change of the document waits
        as if it were new.
        """
        self._db.execute(
            "DELETE FROM uploads WHERE target = ? AND path = ? AND change = ?", (target, upload.path, upload.change)
        )
        self._db.execute(
            "UPDATE uploads SET failures = 0, due = 0, error = NULL WHERE target = ? AND path = ?",
            (target, upload.path),
        )

    def put_off(self, target: str, upload: Upload, due: int, error: str, *, counts: bool = True) -> None:
        """Puts a failed upload off to `due`, unless a later change waits. `counts`: it is the document that failed."""
        self._db.execute(
            "UPDATE uploads SET failures = failures + ?, due = ?, error = ? "
            "WHERE target = ? AND path = ? AND change = ?",
            (counts, due, error, target, upload.path, upload.change),
        )

    def count(self, target: str) -> tuple[int, int, str]:
        """How many uploads wait, how many of them take back what is withheld, and why one of them waits. A look at
        where something withheld may still arrive counts as both.
        """
        number, withdrawals, error = self._db.execute(
            "SELECT count(*), coalesce(sum(level = 0), 0), max(error) FROM uploads WHERE target = ?", (target,)
        ).fetchone()
        late, why = self.late.count(target)
        return int(number) + late, int(withdrawals) + late, error or why

    # For people

    def queued(self, target: str) -> list[tuple[str, bool]]:
        """The paths of all uploads of a target, and whether the document is to be deleted."""
        rows = self._db.execute("SELECT path, deletes FROM uploads WHERE target = ?", (target,))
        return [(path, bool(deletes)) for path, deletes in rows]

    def waiting(self, targets: Iterable[str]) -> list[WaitingUploads]:
        """What waits for each target, and why; also for a target for which nothing waits."""
        found = []
        for target in targets:
            number, withdrawals, error = self.count(target)
            late, _ = self.late.count(target)
            (since,) = self._db.execute("SELECT min(queued) FROM uploads WHERE target = ?", (target,)).fetchone()
            state = self.stored.target(target) or TargetState()
            oldest = None if since is None else datetime.fromtimestamp(since, UTC)
            found.append(WaitingUploads(target, number, withdrawals, oldest, state.error or error, state.stopped, late))
        return found


@contextmanager
def open_uploads(state: Path, patience: float = 1.0) -> Iterator[UploadRows | None]:
    """The uploads in the ledger of a state directory, beside the passes; None if there is no ledger. What is written is
    synced: a digest that was noted is still there after a loss of power.

    Waits up to `patience` seconds for the transaction of another process. Raises Damaged or Unusable.
    """
    with open_beside(state / LEDGER_NAME, patience) as connection:
        if connection is None:
            yield None
            return
        connection.execute("PRAGMA synchronous = FULL")
        yield UploadRows(connection)
