"""Reading: paths in; what each file says out, in portions.

    paths -- portions --> read_portion (bytes -> parse -> ReadFile) -- msgpack --> ReadFiles

A portion is read by a function that needs nothing but its arguments, so that it can run in another process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from feedd.core import content, urls
from feedd.core.identity import link_key
from feedd.core.parse import Parsed, parse, refused
from feedd.core.stories import keys_of
from feedd.disk.items import ItemsDirectory, Unread
from feedd.disk.records import ReadFile, digest_of
from feedd.publish.workers import Workers

PORTION = 250
WORTH_PROCESSES = 2000  # files; below that, starting processes takes longer than they save

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[ReadFile]).decode


def read_files(directory: ItemsDirectory, paths: Sequence[str], workers: Workers) -> Iterator[list[ReadFile]]:
    """What the files at `paths` say, in the order of `paths`; those that are gone by now are left out."""
    portions = (paths[start : start + PORTION] for start in range(0, len(paths), PORTION))
    many = len(paths) >= WORTH_PROCESSES
    for encoded in workers.map(partial(read_portion, directory), portions, many=many):
        yield _decode(encoded)


def read_portion(directory: ItemsDirectory, paths: Sequence[str]) -> bytes:
    """What some files say, as msgpack of a list of ReadFile."""
    found = (read_one(directory, path) for path in paths)
    return _encode([file for file in found if file is not None])


def read_one(directory: ItemsDirectory, path: str) -> ReadFile | None:
    """What one file says; None if it is gone."""
    data = directory.read(path)
    if data is None:
        return None
    if isinstance(data, Unread):
        return _summed_up(refused(path, data.head, data.problem))
    return _summed_up(parse(path, data))


def _summed_up(parsed: Parsed) -> ReadFile:
    item, page = parsed.item, content.page_key(parsed.path)
    if item is None:
        return ReadFile(parsed.path, None, None, b"", page, (), parsed.problems, parsed.withheld)
    encoded = _encode(item)
    return ReadFile(
        parsed.path,
        encoded,
        link_key(urls.canonical(item.link)) if item.link else None,
        digest_of(encoded),
        page,
        parsed.targets,
        parsed.problems,
        withheld=False,
        keys=tuple(keys_of(item)),
    )
