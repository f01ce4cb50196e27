"""The link to a cluster of Dask: requests in; answers out, as futures that this process can wait for.

    submit --> event loop of the client, in a thread --> scheduler --> do_jobs, on a worker that may be used
                         ^                                   |
                         +--- every second: which workers ---+

Dask is imported here and nowhere else. All that could wait for ever is given a time.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

import dask
import distributed

from feedd.run.executor.cluster_settings import ClusterSettings, TlsFiles
from feedd.run.executor.remote_work import WorkRequest, do_jobs, encode_request, installed, let_go

T = TypeVar("T")

CONNECTING = 3.0  # seconds to wait for the scheduler
_ANSWERING = 5.0  # seconds to wait for any other answer of the scheduler, or of a worker about itself
_LOOK = 1.0  # seconds between two looks at the workers
_TRIPS = 3  # empty requests that are timed
_SOON = 0.1  # seconds between two looks for the first worker
_ENDED = "was lost: its scheduler has ended, or cannot be reached"
_NAMED = 3  # refused workers that are named


class ClusterLost(Exception):
    """The cluster cannot be used, or not any more; the text says why, after the name of the cluster."""


class WorkersKilled(Exception):
    """A request ended one worker after the other. The number of workers is the text."""


class DaskLink:
    """A connection to a scheduler, for one pass. Raises ClusterLost if there is no scheduler, or no worker to use.

    `alone`: seconds that the cluster may be without workers, since they may be started again. `trip`: the seconds that
    a request without work takes. `refused`: workers that are not used, with reasons.
    """

    def __init__(self, settings: ClusterSettings, alone: float, while_waiting: Callable[[], None]) -> None:
        _hush()
        self.trip = 0.0
        self.refused: dict[str, str] = {}
        self._slots: dict[str, int] = {}  # of each worker that is used
        self._keys: dict[Future[bytes], str] = {}
        self._alone = alone
        self._while_waiting = while_waiting
        self._why_lost = ""
        self._seen = time.monotonic()  # when there was a worker
        client: Any = distributed.Client
        try:
            self._client = client(
                settings.address,
                timeout=CONNECTING,
                security=_security(settings.tls),
                set_as_default=False,
                name="feedd",
            )
        except (OSError, TimeoutError, ValueError, ImportError, RuntimeError) as error:
            raise ClusterLost(f"cannot be reached: {_cause(error)}") from None
        try:
            self._wait_for(self._look())
            self._check()
            self._watch = self._start(self._keep_looking())
            self.trip = min(self._timed_trip() for _ in range(_TRIPS))
        except BaseException as error:
            self.close()
            if isinstance(error, (OSError, TimeoutError, RuntimeError)):
                raise ClusterLost(f"does not answer: {_cause(error)}") from None
            raise

    @property
    def slots(self) -> int:
        """How many requests are worked on at the same time."""
        return sum(self._slots.values())

    def why_lost(self) -> str:
        """Why the cluster cannot be used any more; empty if it can."""
        if not self._why_lost and self._client.status != "running":
            self._why_lost = _ENDED
        if not self._why_lost and not self._slots and time.monotonic() - self._seen > self._alone:
            self._why_lost = "has no workers left"
        return self._why_lost

    def submit(self, request: bytes) -> Future[bytes]:
        """The encoded Answers to an encoded WorkRequest. The future raises ClusterLost or WorkersKilled, or what went
        wrong with the request alone. A future that is cancelled is taken back from the cluster.
        """
        if why := self.why_lost():
            raise ClusterLost(why)
        # Without refused workers there is no need to name workers: then new ones take part at once.
        workers = [*self._slots] if self.refused else None
        key = f"feedd-{id(self):x}-{len(self._keys)}-{time.monotonic_ns():x}"
        answer = self._start(self._answer(request, key, workers))
        self._keys[answer] = key
        answer.add_done_callback(self._keys.pop)
        return answer

    def set_aside(self, answer: Future[bytes]) -> None:
        """Takes back a request that a worker does not answer. The worker is not used any more."""
        key = self._keys.get(answer, "")
        with suppress(OSError, TimeoutError, RuntimeError):
            processing = self._wait_for(self._client.scheduler.processing(workers=None))
            for address in [each for each, keys in processing.items() if key in map(str, keys)]:
                self.refused[address] = "does not answer"
                self._slots.pop(address, None)
        answer.cancel()

    def close(self) -> None:
        """Takes back all requests, and ends the connection."""
        if self._client.status == "running":
            with suppress(OSError, TimeoutError, RuntimeError):
                self._wait_for(self._let_go(), 1.0)
        with suppress(OSError, TimeoutError, RuntimeError, AssertionError):
            self._client.close(timeout=1.0)

    # In the client's event loop

    async def _answer(self, request: bytes, key: str, workers: list[str] | None) -> bytes:
        future = self._client.submit(do_jobs, request, key=key, workers=workers, pure=False)
        try:
            found: bytes = await future
        except distributed.KilledWorker as error:
            raise WorkersKilled(error.allowed_failures + 1) from None
        except distributed.client.FutureCancelledError:  # else it would count as a cancelled task
            raise ClusterLost(_ENDED) from None
        finally:
            future.release()
        return found

    async def _let_go(self) -> None:
        await self._client.run(let_go, workers=[*self._slots], on_error="ignore")

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            try:
                await self._look()
            except TimeoutError:
                self._why_lost = f"was lost: its scheduler does not answer within {_ANSWERING:g} seconds"
            except (OSError, RuntimeError):
                if self._client.status != "running":
                    return

    async def _look(self) -> None:
        """Finds out which workers there are, and which of them can be used."""
        scheduler = await asyncio.wait_for(self._client.scheduler.identity(n_workers=-1), _ANSWERING)
        there: dict[str, Any] = scheduler["workers"]
        new = [address for address in there if address not in self._slots and address not in self.refused]
        found = await asyncio.gather(*map(self._why_refused, new))
        for address, why in zip(new, found, strict=True):
            if why:
                self.refused[address] = why
        self._slots = {
            address: int(worker["nthreads"]) for address, worker in there.items() if address not in self.refused
        }
        if self._slots:
            self._seen = time.monotonic()

    async def _why_refused(self, worker: str) -> str:
        """Why a worker cannot be used; empty if it can."""
        asked = self._client.run(installed, workers=[worker], on_error="return")
        try:
            answers = await asyncio.wait_for(asked, _ANSWERING)
        except (OSError, TimeoutError):
            return "does not answer"
        there, here = answers.get(worker, {}), installed()
        if isinstance(there, ImportError):
            return f"has no feedd of this version ({there})"
        if not isinstance(there, dict):
            return f"cannot say what is installed ({type(there).__name__})"
        other = [
            f"{name} {there.get(name, 'none')} (here: {version})"
            for name, version in here.items()
            if there.get(name) != version
        ]
        return f"has {', '.join(other)}" if other else ""

    # In the thread of the caller

    def _check(self) -> None:
        """Waits for the first worker, since workers may be being started, too."""
        while not (self._slots or self.refused):
            if time.monotonic() - self._seen > self._alone:
                raise ClusterLost("has no workers")
            self._while_waiting()
            time.sleep(_SOON)
            self._wait_for(self._look())
        if self._slots:
            return
        raise ClusterLost(f"has no worker that can be used: {in_words(self.refused)}")

    def _timed_trip(self) -> float:
        began = time.monotonic()
        self._wait_for(
            self._answer(encode_request(WorkRequest(installed(), b"", [])), f"feedd-trip-{began}", [*self._slots])
        )
        return time.monotonic() - began

    def _start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._client.loop.asyncio_loop)
        except RuntimeError as error:
            work.close()
            raise ClusterLost(f"was lost: {error}") from None

    def _wait_for(self, work: Awaitable[T], seconds: float = _ANSWERING * 2) -> T:
        async def limited() -> T:
            return await asyncio.wait_for(work, seconds)

        return self._start(limited()).result()


def in_words(refused: dict[str, str]) -> str:
    """The workers that are refused, and why."""
    named = [f"{address} {why}" for address, why in sorted(refused.items())[:_NAMED]]
    more = len(refused) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")


def _security(tls: TlsFiles | None) -> Any:
    if tls is None:
        return None
    security: Any = distributed.Security
    files = {"tls_ca_file": tls.ca, "tls_client_cert": tls.cert, "tls_client_key": tls.key}
    return security(require_encryption=True, **{name: str(path) for name, path in files.items()})


def _cause(error: BaseException) -> str:
    """The first cause of an error, in a line."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return " ".join(str(error).split()) or type(error).__name__


def _hush() -> None:
    """Keeps Dask from writing to the terminal, since all that matters becomes a remark."""
    for name in ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application", "bokeh"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False
    for category in (UserWarning, distributed.versions.VersionMismatchWarning):
        warnings.filterwarnings("ignore", category=category, module="distributed")
    dask.config.set({"distributed.comm.timeouts.connect": CONNECTING})
