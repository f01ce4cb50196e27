"""Outcomes of uploads: what became of each in; the queue as it is then, and when to go on, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from feedd.deliver.put_object import UploadJob, UploadOutcome
from feedd.store.ledger.uploads.object_rows import KnownObject, TargetState
from feedd.store.ledger.uploads.upload_rows import FURTHEST, UploadRows

STOPPED_SECONDS = FURTHEST  # until a store is tried again that somebody else wrote to
_LONGEST_WAIT = 300  # seconds until a store that failed is tried again
_FAILURES = 5  # of a store, after which failures count for each upload, too
_FOREIGN = "somebody else wrote there: another publisher, or a person"
_GO_ON = (
    "Nothing but withdrawals is uploaded any more. If nobody else publishes there, `feedd deliver --take-over` puts "
    "feedd's documents in the place of theirs"
)
OTHERS = (
    "another site is published there. Publish each site to a bucket or a prefix of its own; if the other site is no "
    "more, `feedd deliver --take-over` goes on with this one"
)
HEEDS_NOTHING = (
    "this store ignores conditions (If-Match), by which two publishers would notice each other. If nobody else "
    "publishes there, say `unconditional: true` under `stores:`"
)


class UploadCount(NamedTuple):
    """What was put and deleted at a target so far, what waits, and how much of it takes back what is withheld."""

    target: str
    put: int = 0
    deleted: int = 0
    waiting: int = 0
    withdrawals: int = 0


class Uploaded(Struct):
    """What has been done so far: objects put and deleted, and documents that were there already. What waits, and how
    much of it takes back what is withheld. `words`: what is wrong now. `stopped`: only a person can have it go on.
    """

    put: int = 0
    deleted: int = 0
    kept: int = 0
    waiting: int = 0
    withdrawals: int = 0
    words: str = ""
    stopped: bool = False


def keep_outcomes(
    rows: UploadRows, target: str, outcomes: Sequence[UploadOutcome], done: Uploaded, now: int
) -> TargetState:
    """Keeps outcomes in the ledger, in one transaction, and counts them in `done`. Returns what is known of the target
    then.

    If nothing succeeded, the store rests. If something did, only what failed is put off. Where somebody else wrote, the
    target is stopped.
    """
    state = rows.stored.target(target)
    if state is None:  # it is no longer published to
        return TargetState()
    unsent, outcomes = _parted(outcomes)
    failed = [each for each in outcomes if each.kind == "failed"]
    foreign = [each for each in outcomes if each.kind == "foreign"]
    works = len(failed) < len(outcomes) or not any(each.of_the_store for each in failed)
    with rows.together():
        for each in (*unsent, *outcomes):
            if each.kind == "done":
                _settle(rows, target, each, done, now)
            elif not each.is_unanswered and each.job.document is not None:
                _unnote(rows, target, each.job)
        for each in failed:
            counts = works or not each.of_the_store or state.failures >= _FAILURES
            due = now + backoff(each.job.upload.failures) if works else 0
            rows.put_off(target, each.job.upload, due, each.words, counts=counts)
        for each in foreign:
            rows.put_off(target, each.job.upload, now + STOPPED_SECONDS, f"{each.job.upload.path}: {_FOREIGN}")
        if foreign:
            words = f"{target}: {foreign[0].job.upload.path}: {_FOREIGN}. {_GO_ON}"
            state = state._replace(due=now + STOPPED_SECONDS, error=words, stopped=True)
        elif outcomes and not works:
            state = resting(state, failed[0].words, now)
        elif outcomes and now >= state.due:
            state = state._replace(failures=0, due=0, error="", stopped=False)
        rows.stored.keep_target(target, state)
    return state


def _parted(outcomes: Sequence[UploadOutcome]) -> tuple[list[UploadOutcome], list[UploadOutcome]]:
    unsent = [each for each in outcomes if each.kind == "unsent"]
    return unsent, [each for each in outcomes if each.kind != "unsent"]


def _unnote(rows: UploadRows, target: str, job: UploadJob) -> None:
    """Takes back what was noted before a put: the store has said that it was not made, or was not asked."""
    if job.known == KnownObject():
        rows.stored.forget_object(target, job.upload.path)
    else:
        rows.stored.keep_object(target, job.upload.path, job.known)


def _settle(rows: UploadRows, target: str, outcome: UploadOutcome, done: Uploaded, now: int) -> None:
    upload, noted = outcome.job.upload, outcome.job.known.noted
    if noted:
        rows.late.expect(target, upload.path, noted, now)
    rows.late.over(target, upload.path, outcome.job.at)  # requests may take long: nothing is known of what came since
    if outcome.known is None:
        rows.stored.forget_object(target, upload.path)
    else:
        rows.stored.keep_object(target, upload.path, outcome.known)
    rows.settle(target, upload)
    done.put += outcome.sent and not upload.deletes
    done.deleted += outcome.sent and upload.deletes
    done.kept += not outcome.sent


def resting(state: TargetState, words: str, now: int) -> TargetState:
    """The state of a target whose store has failed once more."""
    return state._replace(failures=state.failures + 1, due=now + backoff(state.failures), error=words)


def backoff(failures: int) -> int:
    """Seconds until the next try after one more failure than `failures`."""
    return min(1 << min(failures, 30), _LONGEST_WAIT)
