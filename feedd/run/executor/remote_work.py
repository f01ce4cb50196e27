"""The work of a cluster's worker, seen from there: a request in; an answer for each of its jobs out.

    WorkRequest -- do_jobs, in a process of the cluster --> worker process of feedd, for each job --> Answers

A task of a cluster cannot be ended. So each job is done in a process of the worker's own, which has the budget of an
item. These processes stay for the next request. Nothing here reads a file of an item, or writes one.
"""

from __future__ import annotations

import sys
import threading
import time
from functools import cache

import msgspec
from msgspec import Struct

from feedd import __version__
from feedd.run.executor.budget import NOTHING
from feedd.run.executor.worker_connection import Unfinished, WorkerProcess, start_worker
from feedd.store.installed import READERS, RENDERERS, code_digest, versions

_TRIES = 3  # processes that may be found gone, before another machine tries


class WorkRequest(Struct, array_like=True):
    """Jobs of one task. `act` is pickled. `installed`: what is installed where the request comes from."""

    installed: dict[str, str]
    act: bytes
    jobs: list[bytes]


class Answer(Struct, array_like=True):
    """The pickled `result` of a job. If it is None: the `number` of the item at which the work ended, or NOTHING; why;
    and whether this item alone is to blame. `is_mistake`: `why` is a traceback.
    """

    result: bytes | None
    number: int = NOTHING
    why: str = ""
    certain: bool = False
    is_mistake: bool = False


class Answers(Struct, array_like=True):
    """An answer for each job, and the seconds of work. None: something else is installed here."""

    answers: list[Answer] | None
    seconds: float = 0.0


encode_request = _encode = msgspec.msgpack.Encoder().encode
decode_answers = msgspec.msgpack.Decoder(Answers).decode
_decode = msgspec.msgpack.Decoder(WorkRequest).decode
_idle: list[WorkerProcess] = []
_lock = threading.Lock()


@cache
def installed() -> dict[str, str]:
    """The versions of what shapes the bytes of items and documents, by name, as they are when this is first called."""
    names = (*RENDERERS, *READERS)
    return {
        "feedd": f"{__version__} ({code_digest()})",
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **dict(zip(names, versions(names), strict=True)),
    }


def do_jobs(request: bytes) -> bytes:
    """The encoded Answers to an encoded WorkRequest."""
    asked, began = _decode(request), time.monotonic()
    if asked.installed != installed():
        return _encode(Answers(None))
    answers = [_done(asked.act, job) for job in asked.jobs]
    return _encode(Answers(answers, time.monotonic() - began))


def let_go() -> None:
    """Ends the processes that wait for work."""
    with _lock:
        ended, _idle[:] = [*_idle], []
    for worker in ended:
        worker.end()


def _done(act: bytes, job: bytes) -> Answer:
    for _ in range(_TRIES):
        with _lock:
            worker = _idle.pop() if _idle else None
        worker = worker or start_worker(lasting=True)
        try:
            return Answer(worker.ask_pickled(act, job))
        except Unfinished as unfinished:
            found = Answer(None, unfinished.number, unfinished.why.reason, unfinished.why.certain)
            if found.number != NOTHING:
                return found
        except RuntimeError as error:
            return Answer(None, why=str(error), is_mistake=True)
        finally:
            if worker.is_sound:
                with _lock:
                    _idle.append(worker)
            else:
                worker.end()
    return found
