"""A worker, seen from inside: jobs in; results, or the reason for having none, out.

connection -- what to do, job --> act(job, begin) --> result, pickled -- connection
"""

from __future__ import annotations

import os
import pickle
import resource
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from feedd.run.executor.budget import NOTHING, Budget, mistake, out_of_memory
from feedd.run.executor.executor_protocol import Begin

_GROWTH = 64 << 20  # bytes that a worker may grow before it is replaced
_MOST_AT_ONCE = 1 << 20  # bytes
_SIZES = struct.Struct("!QQ")
FINISHED, UNFINISHED, MISTAKE = b"f", b"u", b"m"


def work(connection: socket.socket, budget: Budget) -> NoReturn:
    """The life of a worker: jobs in, results out, until the other end of the connection is closed."""
    with suppress(OSError):
        act: Callable[[bytes, Begin], Any] = _nothing
        most = _memory() + _GROWTH
        while True:
            pickled, job = receive(connection)
            if pickled:
                act = pickle.loads(pickled)  # noqa: S301 from the process that this worker serves
            send(connection, *_answer(act, job, budget))
            if _memory() > most:
                break  # gives the memory of a large item back; another worker takes the next job
    os._exit(0)


def _memory() -> int:
    """The most memory that this process ever had, in bytes: getrusage(2)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _answer(act: Callable[[bytes, Begin], Any], job: bytes, budget: Budget) -> tuple[bytes, bytes]:
    try:
        result = act(job, budget.begin)
        budget.end()
        return FINISHED, pickle.dumps(result)
    except MemoryError:
        why = out_of_memory()
    except Exception as error:  # noqa: BLE001  an item must not hold up others, whatever it meets
        if budget.number() == NOTHING:
            import traceback  # late: of a mistake in feedd

            return MISTAKE, traceback.format_exc().encode("utf-8", "replace")
        why = mistake(error)
    number = budget.number()
    budget.end()
    return UNFINISHED, pickle.dumps((number, why))


def send(connection: socket.socket, first: bytes, second: bytes) -> None:
    """Sends two strings of bytes."""
    connection.sendall(_SIZES.pack(len(first), len(second)) + first)
    connection.sendall(second)


def receive(connection: socket.socket) -> tuple[bytes, bytes]:
    """The two strings of bytes that were sent. Raises OSError when the other process has ended."""
    first, second = _SIZES.unpack(_received(connection, _SIZES.size))
    return _received(connection, first), _received(connection, second)


def _received(connection: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = connection.recv(min(size - len(found), _MOST_AT_ONCE), socket.MSG_WAITALL)
        if not part:
            raise ConnectionResetError("the other process has ended")
        found += part
    return bytes(found)


def _nothing(*_: object) -> None:
    pass
