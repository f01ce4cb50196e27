"""Reading: paths in; what each file says, in portions, out; in this process or in several.

    paths -- portions --> read_portion (bytes -> parse -> ReadFile) -- msgpack --> ReadFile
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

import msgspec

from feedd.core import content, urls
from feedd.core.identity import link_key
from feedd.core.parse import Parsed, parse
from feedd.disk.items import ItemsDirectory
from feedd.disk.ledger import ReadFile
from feedd.model import Problem

PORTION = 250
WORTH_PROCESSES = 2000  # files; below that, starting processes takes longer than they save
_AHEAD = 3              # portions under way for each process, so that none waits and few are held

_encoder = msgspec.msgpack.Encoder()
_decode = msgspec.msgpack.Decoder(list[ReadFile]).decode


def read_files(
    directory: ItemsDirectory, paths: Sequence[str], workers: int
) -> Iterator[list[ReadFile]]:
    """What the files at `paths` say, portion by portion in the order of `paths`; vanished ones are left out.

    `workers` is the number of processes; 0 means as many as this process may use cores.
    """
    portions = [paths[start : start + PORTION] for start in range(0, len(paths), PORTION)]
    count = workers or len(os.sched_getaffinity(0))
    if count < 2 or len(paths) < WORTH_PROCESSES:
        for portion in portions:
            yield _decode(read_portion(directory, portion))
        return
    done = 0
    context = multiprocessing.get_context("spawn")  # safe beside threads, unlike fork
    with ProcessPoolExecutor(count, context, initializer=_end_with_parent) as executor:
        try:
            for result in _in_order(executor, directory, portions, count * _AHEAD):
                yield _decode(result)
                done += 1
            return
        except BrokenProcessPool:
            pass  # a process was ended from outside, say for lack of memory: go on without
    for portion in portions[done:]:
        yield _decode(read_portion(directory, portion))


def read_portion(directory: ItemsDirectory, paths: Sequence[str]) -> bytes:
    """What some files say, as msgpack of a list of ReadFile."""
    found = (read_one(directory, path) for path in paths)
    return _encoder.encode([file for file in found if file is not None])


def read_one(directory: ItemsDirectory, path: str) -> ReadFile | None:
    """What one file says; None if it is gone."""
    data = directory.read(path)
    if data is None:
        return None
    if isinstance(data, Problem):
        return _summed_up(Parsed(path, None, (data,)))
    return _summed_up(parse(path, data))


def _summed_up(parsed: Parsed) -> ReadFile:
    item, page = parsed.item, content.page_key(parsed.path)
    if item is None:
        return ReadFile(parsed.path, None, None, b"", page, (), parsed.problems, parsed.withheld)
    encoded = _encoder.encode(item)
    return ReadFile(
        parsed.path,
        encoded,
        link_key(urls.canonical(item.link)) if item.link else None,
        hashlib.blake2b(encoded, digest_size=12).digest(),
        page,
        parsed.targets,
        parsed.problems,
        withheld=False,
    )


def _in_order(
    executor: Executor, directory: ItemsDirectory, portions: Sequence[Sequence[str]], ahead: int
) -> Iterator[bytes]:
    under_way: deque[Future[bytes]] = deque()
    for portion in portions:
        under_way.append(executor.submit(read_portion, directory, portion))
        if len(under_way) >= ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _end_with_parent() -> None:
    """Has this process end when its parent does, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_exit, args=(parent.sentinel,), daemon=True).start()


def _wait_and_exit(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
