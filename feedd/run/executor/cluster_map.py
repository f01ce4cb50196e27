"""One task and its jobs, on their way to a cluster and back.

    jobs -- some at a time --> WorkRequest --> cluster --> Answers --> outcomes
                                                 |            |
               the cluster is lost <-------------+            +--> an item is to blame: the job again, without the item
                        |                                     |
                        +--> all that is left: here           +--> the work ended, nobody knows why: this job, here

"Here" is in processes of this machine.
"""

from __future__ import annotations

import pickle
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from itertools import chain
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from feedd.run.executor.executor_protocol import Outcome, Task
from feedd.run.executor.remote_work import Answer, WorkRequest, decode_answers, encode_request, installed

if TYPE_CHECKING:
    from feedd.run.executor.cluster import Cluster
    from feedd.run.executor.dask_link import DaskLink

H = TypeVar("H")
J = TypeVar("J")
R = TypeVar("R")

_SLOWER = 10  # times as long as the work of the slowest request so far, there may be no answer
_LOOK = 0.25  # seconds between two signs of life while an answer is waited for
_AHEAD = 3  # requests under way for each that is worked on, so that no worker waits
_MOST_AHEAD = 256  # requests under way
_MOST_BYTES = 16 << 20  # of requests under way: on a link of 1 MB/s, there is an answer before patience ends
_REQUEST_BYTES = 2 << 20  # after which no job is added to a request
_REQUEST_JOBS = 500
_WORTH = 25  # times as long as a trip to the cluster, the work of a request should take
_SHORTEST, _LONGEST = 0.2, 2.0  # seconds of work of a request
_FAILURES = 3  # requests that may fail as a whole, before the cluster is left alone


class _Gone(Exception):
    """The cluster is not used any more in this pass."""


class _Job(NamedTuple, Generic[H, J]):
    """A job without the items that `failed`."""

    head: H
    left: Sequence[J]
    failed: list[tuple[J, str]]


class _Sent(NamedTuple, Generic[H, J]):
    """Jobs that were sent to the cluster, in one request. `size`: bytes. `since`: when, by the monotonic clock."""

    jobs: list[_Job[H, J]]
    answer: Future[bytes]
    size: int
    since: float


class ClusterMap(Generic[H, J, R]):
    """The work of a cluster on one task."""

    def __init__(
        self, cluster: Cluster, link: DaskLink, task: Task[H, J, R], jobs: Iterable[tuple[H, Sequence[J]]]
    ) -> None:
        self._cluster = cluster
        self._link = link
        self._task = task
        self._act = pickle.dumps(task.act)
        self._jobs = (self._divided(head, items) for head, items in jobs)
        self._under_way: deque[_Sent[H, J]] = deque()
        self._unfinished: deque[_Job[H, J]] = deque()  # of the request that is waited for
        self._unsent: list[_Job[H, J]] = []  # of the request that is being sent
        self._heard = 0.0  # when the last answer came, by the monotonic clock
        self._job_seconds = 0.0  # of the last jobs; 0 before any answer
        self._patience = cluster.patience

    def outcomes(self) -> Iterator[Outcome[J, R]]:
        """The outcome of each job, in order. Whatever ends this takes all requests back."""
        try:
            while sent := self._next():
                self._unfinished.extend(sent.jobs)
                for answer in self._answers(sent):
                    yield self._outcome(answer)
        except _Gone as gone:
            self._take_back()
            self._cluster.leave(str(gone))
            left = chain(self._unfinished, *(sent.jobs for sent in self._under_way), self._unsent, self._jobs)
            yield from self._here(left, many=True)
        finally:
            self._take_back()

    def _take_back(self) -> None:
        for sent in self._under_way:
            sent.answer.cancel()

    def _next(self) -> _Sent[H, J] | None:
        """The request to wait for next, after as many more as should be under way were sent."""
        most = min(max(self._link.slots, 1) * _AHEAD, _MOST_AHEAD)
        while len(self._under_way) < most and sum(sent.size for sent in self._under_way) < _MOST_BYTES:
            jobs: list[_Job[H, J]] = []
            encoded: list[bytes] = []
            while len(jobs) < self._jobs_together() and sum(map(len, encoded)) < _REQUEST_BYTES:
                job = next(self._jobs, None)
                if job is None:
                    break
                jobs.append(job)
                encoded.append(self._task.encode(job.head, job.left))
            if not jobs:
                break
            self._unsent = jobs
            self._under_way.append(self._send(jobs, encoded))
            self._unsent = []
        return self._under_way.popleft() if self._under_way else None

    def _jobs_together(self) -> int:
        """How many jobs a request has: their work takes many times as long as the trip."""
        if not self._job_seconds:
            return 1
        seconds = min(max(self._link.trip * _WORTH, _SHORTEST), _LONGEST)
        return min(max(round(seconds / self._job_seconds), 1), _REQUEST_JOBS)

    def _send(self, jobs: list[_Job[H, J]], encoded: list[bytes]) -> _Sent[H, J]:
        from feedd.run.executor.dask_link import ClusterLost

        request = encode_request(WorkRequest(installed(), self._act, encoded))
        try:
            answer = self._link.submit(request)
        except ClusterLost as lost:
            raise _Gone(str(lost)) from None
        answer.add_done_callback(self._hear)
        return _Sent(jobs, answer, len(request), time.monotonic())

    def _hear(self, _answer: Future[bytes]) -> None:
        self._heard = time.monotonic()

    def _answers(self, sent: _Sent[H, J]) -> list[Answer]:
        """The answers to a request. An answer without a result and item if the request failed. Raises _Gone."""
        if self._is_done(sent):
            answers, why = self._received(sent)
        else:
            answers, why = None, self._stuck(sent)
        if answers is not None:
            return answers
        self._cluster.failures += 1
        if self._cluster.failures > _FAILURES:
            raise _Gone(why)
        self._cluster.remark(why)
        return [Answer(None)] * len(sent.jobs)

    def _received(self, sent: _Sent[H, J]) -> tuple[list[Answer] | None, str]:
        """The answers to a request that is done, or why there are none."""
        from feedd.run.executor.dask_link import ClusterLost, WorkersKilled

        try:
            answers = decode_answers(sent.answer.result())
        except ClusterLost as lost:
            raise _Gone(str(lost)) from None
        except WorkersKilled as killed:
            why = f"lost {killed} workers, one after the other, to the work on {self._named(sent)}; it was done here"
            return None, why
        except Exception as error:  # noqa: BLE001  whatever went wrong there, the work can be done here
            if why := self._link.why_lost():
                raise _Gone(why) from None
            return None, f"could not do the work on {self._named(sent)} ({type(error).__name__}); it was done here"
        if answers.answers is None:
            return None, "has a worker with another version; its work was done here"
        self._job_seconds = answers.seconds / len(sent.jobs) or 1e-6
        self._patience = max(self._patience, _SLOWER * answers.seconds)
        return answers.answers, ""

    def _is_done(self, sent: _Sent[H, J]) -> bool:
        """Waits for a request. Returns whether it was answered, or failed; else patience has ended."""
        while not wait([sent.answer], _LOOK).done:
            self._cluster.while_waiting()
            if why := self._link.why_lost():
                raise _Gone(why)
            if time.monotonic() - max(self._heard, sent.since) > self._patience:
                return False
        return True

    def _stuck(self, sent: _Sent[H, J]) -> str:
        """Sets the worker aside that does not answer. Raises _Gone if no worker answers."""
        if self._under_way and not any(other.answer.done() for other in self._under_way):
            sent.answer.cancel()
            raise _Gone(f"does not answer within {self._patience:g} seconds")
        self._link.set_aside(sent.answer)
        return f"has a worker that does not answer; the work on {self._named(sent)} was done here"

    def _named(self, sent: _Sent[H, J]) -> str:
        first, *others = sent.jobs
        more = f" and {len(others):,} more" if others else ""
        return f"{self._task.name(first.head, first.left)}{more}"

    def _outcome(self, answer: Answer) -> Outcome[J, R]:
        """The outcome of the first unfinished job, which has this answer."""
        while answer.result is None and self._is_item_to_blame(answer):
            job = self._unfinished[0]
            self._unfinished[0] = job = self._divided(job.head, job.left, job.failed)
            (answer,) = self._answers(self._send([job], [self._task.encode(job.head, job.left)]))
        job = self._unfinished.popleft()
        if answer.is_mistake:
            raise RuntimeError(answer.why)
        if answer.result is None:
            return next(self._here([job], many=False))
        return Outcome(pickle.loads(answer.result), job.failed)  # noqa: S301  of workers that are trusted

    def _is_item_to_blame(self, answer: Answer) -> bool:
        """Whether a single item ended the work, for certain. Keeps it from being worked on again."""
        left = self._unfinished[0].left
        if not (answer.certain and 0 <= answer.number < len(left)):
            return False
        self._cluster.failed.add(self._act, self._task.key(left[answer.number]), answer.why)
        return True

    def _divided(self, head: H, items: Sequence[J], failed: Sequence[tuple[J, str]] = ()) -> _Job[H, J]:
        left, known = self._cluster.failed.divide(self._act, items, self._task.key)
        return _Job(head, left, [*failed, *known])

    def _here(self, jobs: Iterable[_Job[H, J]], *, many: bool) -> Iterator[Outcome[J, R]]:
        """The outcomes of jobs that local processes do."""
        failed: deque[list[tuple[J, str]]] = deque()

        def sent() -> Iterator[tuple[H, Sequence[J]]]:
            for job in jobs:
                failed.append(job.failed)
                yield job.head, job.left

        for outcome in self._cluster.local.map(self._task, sent(), many=many):
            yield Outcome(outcome.result, [*failed.popleft(), *outcome.failed])
