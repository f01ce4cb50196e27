"""The uploader: the queue of uploads of one object store in; puts and deletions, and events for the log, out.

    ledger: uploads -- a portion: due, in order --> note the digests --> put, many at once --> outcomes
               ^                                                                                  |
               +------------ settled, put off, or the store rests <--- in one transaction <-------+

Documents are read when their turn comes, so that only the newest state is put. An upload is settled only when the store
has said so. The uploader has its own connection to the ledger and holds it for moments only: no pass waits for a store.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from feedd.deliver.put_object import UploadOutcome
from feedd.deliver.store_survey import HeedsNothing, NotOurs, StoreSurvey, claim, heeds_conditions
from feedd.deliver.upload_order import is_uploaded, level_of
from feedd.deliver.upload_outcomes import (
    HEEDS_NOTHING,
    OTHERS,
    STOPPED_SECONDS,
    Uploaded,
    keep_outcomes,
    resting,
)
from feedd.deliver.upload_portions import LeftDocuments, UploadPortions
from feedd.deliver.upload_requests import UploadRequests
from feedd.deliver.upload_target import PublishTarget
from feedd.store.errors import Damaged, Unusable
from feedd.store.ledger.uploads.object_rows import TargetState
from feedd.store.ledger.uploads.upload_rows import FURTHEST, UploadRows, open_uploads
from feedd.store.lock import Lock
from feedd.store.object_stores.object_store import ObjectStore, StoreError
from feedd.store.object_stores.obstore_client import ObstoreClient
from feedd.store.object_stores.store_url import StoreUrl

_SURVEY_SECONDS = 3600  # between two surveys


def forget_other_targets(state: Path, targets: Iterable[PublishTarget], patience: float = 1.0) -> tuple[str, ...]:
    """Forgets all targets that are no longer configured. Returns what stays there though it is withheld, in words.
    Waits up to `patience` seconds for a pass. Raises Unusable or Damaged.
    """
    with open_uploads(state, patience) as rows:
        if rows is None:
            return ()
        with rows.together():
            return rows.keep_only([each.name for each in targets])


class Uploader:
    """Brings one object store in step with the documents of a state directory. One process at a time does this.
    `patience`: seconds that it waits for a pass.
    """

    def __init__(
        self,
        state: Path,
        target: PublishTarget,
        documents: LeftDocuments,
        connect: Callable[[StoreUrl], ObjectStore] = ObstoreClient,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.target = target
        self.done = Uploaded()
        self._state = state
        self._portions = UploadPortions(target, documents, self.done, self._hold, monotonic)
        self._connect = connect
        self._store: ObjectStore | None = None
        self._now, self._patience = now, patience
        self._is_greeted = False
        self._surveys = False
        self._takes_over = False
        self._unkept: list[UploadOutcome] = []
        self._requests: UploadRequests | None = None  # perhaps under way
        self._lock = self._new_lock()

    def _new_lock(self) -> Lock:
        name = hashlib.blake2b(self.target.name.encode(), digest_size=4).hexdigest()
        return Lock(self._state, f"deliver-{name}.lock", f"uploads to {self.target.name}, from")

    def survey(self, *, take_over: bool = False) -> None:
        """Has the next turn try everything again, and compare the store with the ledger first. `take_over`: what is
        there is feedd's own from now on, whoever put it there. Raises Busy, Unusable or Damaged.
        """
        self._surveys, self._takes_over = True, take_over
        with open_uploads(self._state, self._patience) as rows:
            if rows is not None:
                with rows.together():
                    rows.hurry(self.target.name)

    def upload_all(self, patience: float, stopping: threading.Event, lock_patience: float = 0.0) -> None:
        """Uploads until nothing waits, or the store has rested for `patience` seconds without doing anything. Raises
        Busy, Unusable or Damaged.
        """
        if lock_patience:
            self._lock.take(lock_patience)
        rested = 0.0
        try:
            while not stopping.is_set():
                before = (self.done.put, self.done.deleted, self.done.kept)
                wait = self.turn(stopping.is_set)
                if wait is None:
                    return
                rested = 0.0 if before != (self.done.put, self.done.deleted, self.done.kept) else rested + wait
                if rested > patience:
                    return
                stopping.wait(wait)
        finally:
            self.rest()

    def rest(self) -> None:
        """Lets other processes upload, as soon as no request is under way. What could not be kept is forgotten, and
        tried again: others may change the objects now.
        """
        self._unkept.clear()
        requests, self._requests = self._requests, None
        if requests is None or requests.are_over:
            self._let_go(self._lock, requests)
        elif self._lock.file >= 0:
            threading.Thread(target=self._let_go, args=(self._lock, requests), daemon=True).start()
            self._lock = self._new_lock()

    def _let_go(self, lock: Lock, requests: UploadRequests | None) -> None:
        """Releases a lock once no request is under way, after what became of the last ones is kept, if it can be."""
        try:
            if requests is not None and (last := requests.last_outcomes()):
                with suppress(Unusable, Damaged), open_uploads(self._state, self._patience) as rows:
                    if rows is not None:
                        keep_outcomes(rows, self.target.name, last, Uploaded(), self._seconds())
        finally:
            lock.release()

    def turn(self, stopping: Callable[[], bool]) -> float | None:
        """Uploads one portion of what is due. Returns the seconds until the next turn; None if nothing waits. Raises
        Busy, Unusable or Damaged; outcomes that could not be kept are kept in the next turn.
        """
        with open_uploads(self._state, self._patience) as rows:
            if rows is None:
                self._unkept.clear()
                return None
            self._keep(rows)
            if (key := rows.stored.site_key()) is None:
                return None
            state = self._introduced(rows)
            now = self._seconds()
            self._portions.queue_looks(rows, now)
            self._count(rows, state)
            rests = now < state.due <= now + FURTHEST
            if rests and not (state.stopped and state.heeds is not None):
                return float(state.due - now)
            surveys = self._surveys or self._takes_over or not 0 <= now - state.looked < _SURVEY_SECONDS
            if not surveys and rows.next_due(self.target.name, withdrawals=rests) is None:
                return self._until_due(rows, state, withdrawals=rests)
            try:
                state = self._greeted(rows, state, key, surveys=surveys)
            except (StoreError, NotOurs, HeedsNothing) as error:
                return self._leave_alone(rows, state, error)
            jobs = self._portions.next(rows, now, withdrawals=rests)
            if not jobs:
                return self._until_due(rows, state, withdrawals=rests)
            with rows.together():
                puts = [each for each in jobs if each.document is not None]
                rows.stored.note(self.target.name, ((each.upload.path, each.known, each.digest) for each in puts))
        unconditional = self.target.unconditional
        self._requests = UploadRequests(self._opened(), jobs, stopping, unconditional=unconditional)
        self._unkept += self._requests.outcomes()
        with open_uploads(self._state, self._patience) as rows:
            if rows is not None:
                return self._keep(rows)
        return 0.0

    def _introduced(self, rows: UploadRows) -> TargetState:
        """What is known of the target. A new target, or a target in another form, gets every document."""
        name, form = self.target.name, self.target.form
        state = rows.stored.target(name)
        if state is not None and state.form == form:
            return state
        for paths in rows.documents():
            with rows.together():
                for path in filter(is_uploaded, sorted(rows.documents_among(paths))):  # a pass may have deleted some
                    level = level_of(path, deletes=False, withdraws=False)
                    rows.add([name], path, self.target.base_url + quote(path), level, self._seconds())
        state = (state or TargetState())._replace(form=form)
        with rows.together():
            rows.stored.keep_target(name, state)
        return state

    # The store

    def _greeted(self, rows: UploadRows, state: TargetState, key: str, *, surveys: bool) -> TargetState:
        """What is known of the target, after a look whose place it is. `surveys`: and after a comparison. Raises
        StoreError, NotOurs, HeedsNothing or Busy.
        """
        if self._is_greeted and not surveys:
            return state
        self._hold()
        store, unconditional = self._opened(), self.target.unconditional
        is_new, before = state.heeds is None, state

        def note() -> None:  # else, after a kill, what others have there would be taken over
            with rows.together():
                rows.stored.keep_target(self.target.name, before._replace(claimed=True))

        takes_over = self._takes_over or rows.stored.was_recovered_from(self.target.name)
        claim(store, key, note, take_over=takes_over, unconditional=unconditional)
        state = rows.stored.target(self.target.name) or state
        if unconditional:
            state = state._replace(heeds=False)
        elif not state.heeds:
            if not heeds_conditions(store, key):
                raise HeedsNothing
            state = state._replace(heeds=True)
        take_over = takes_over or not state.claimed
        if surveys or take_over:
            survey = StoreSurvey(store, rows, self.target.name, self.target.base_url, self._seconds())
            survey.compare(take_over=take_over)
            state = state._replace(looked=self._seconds(), claimed=True)
        if take_over or is_new or not state.stopped:
            state = state._replace(stopped=False, failures=0, due=0, error="")
        self._is_greeted, self._surveys, self._takes_over = True, False, False
        with rows.together():
            rows.stored.keep_target(self.target.name, state)
            rows.stored.forget_recovery(self.target.name)
        return state

    def _opened(self) -> ObjectStore:
        if self._store is None:
            self._store = self._connect(self.target.url)
        return self._store

    def _hold(self) -> None:
        if self._lock.file < 0:
            self._lock.take(0.0)

    # Rest

    def _keep(self, rows: UploadRows) -> float:
        """Keeps outcomes in the ledger. Returns the seconds until the next turn."""
        if not self._unkept:
            return 0.0
        now = self._seconds()
        state = keep_outcomes(rows, self.target.name, self._unkept, self.done, now)
        goes_on = state.stopped and any(each.kind == "done" for each in self._unkept)  # with withdrawals
        self._unkept.clear()
        self._count(rows, state)
        if goes_on:
            return 0.0
        return float(max(0, state.due - now))

    def _count(self, rows: UploadRows, state: TargetState) -> None:
        """Takes note of what waits, and why."""
        self.done.waiting, self.done.withdrawals, error = rows.count(self.target.name)
        self.done.words, self.done.stopped = state.error or error, state.stopped

    def _leave_alone(self, rows: UploadRows, state: TargetState, error: Exception) -> float:
        """Lets the store rest. Returns the seconds until the next turn."""
        now, name = self._seconds(), self.target.name
        state = rows.stored.target(name) or state
        if isinstance(error, StoreError):
            state = resting(state, str(error), now)
        else:
            words = f"{name}: {OTHERS if isinstance(error, NotOurs) else HEEDS_NOTHING}"
            state = resting(state, words, now)._replace(due=now + STOPPED_SECONDS, stopped=True, heeds=None)
        with rows.together():
            rows.stored.keep_target(name, state)
        self._count(rows, state)
        return float(state.due - now)

    def _until_due(self, rows: UploadRows, state: TargetState, *, withdrawals: bool) -> float | None:
        """The seconds until an upload, or a look at what may arrive late, is due; None if none waits."""
        now = self._seconds()
        due = [rows.next_due(self.target.name, withdrawals=withdrawals), rows.late.next_due(self.target.name)]
        first = min((each for each in due if each is not None), default=None)
        if withdrawals:
            return float(min(state.due, first or state.due) - now)
        return None if first is None else float(max(1, first - now))

    def _seconds(self) -> int:
        return int(self._now().timestamp())
