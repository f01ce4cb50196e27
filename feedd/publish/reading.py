"""Reading: paths in; what each file says out, in portions.

    paths -- portions --> read_portion (bytes -> parse_all -> ReadFile) -- msgpack --> ReadFiles

A portion is read by a function that needs nothing but its arguments, so that it can run in another process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from feedd.core import content, urls
from feedd.core.identity import link_key
from feedd.core.parse import Parsed, parse_all, refused
from feedd.core.stories import keys_of
from feedd.disk.items import ItemsDirectory, Unread
from feedd.disk.records import ReadFile, digest_of
from feedd.publish.workers import Workers

PORTION = 250
_TOGETHER = 50  # files of which each step is taken for all before the next: few, for they may be large
WORTH_PROCESSES = 2000  # files; below that, starting processes takes longer than they save

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[ReadFile]).decode


def read_files(directory: ItemsDirectory, paths: Sequence[str], workers: Workers) -> Iterator[list[ReadFile]]:
    """What the files at `paths` say, in an order of its own; those that are gone by now are left out."""
    portions = (paths[start : start + PORTION] for start in range(0, len(paths), PORTION))
    many = len(paths) >= WORTH_PROCESSES
    for encoded in workers.map(partial(read_portion, directory), portions, many=many):
        yield _decode(encoded)


def read_portion(directory: ItemsDirectory, paths: Sequence[str]) -> bytes:
    """What some files say, as msgpack of a list of ReadFile."""
    found: list[ReadFile] = []
    for start in range(0, len(paths), _TOGETHER):
        found.extend(_read_together(directory, paths[start : start + _TOGETHER]))
    return _encode(found)


def read_one(directory: ItemsDirectory, path: str) -> ReadFile | None:
    """What one file says; None if it is gone."""
    return next(_read_together(directory, [path]), None)


def _read_together(directory: ItemsDirectory, paths: Sequence[str]) -> Iterator[ReadFile]:
    """What these files say, those that can be parsed first; those that are gone are left out."""
    readable: list[tuple[str, bytes]] = []
    unreadable: list[Parsed] = []
    for path in paths:
        data = directory.read(path)
        if isinstance(data, Unread):
            unreadable.append(refused(path, data.head, data.problem))
        elif data is not None:
            readable.append((path, data))
    return map(_summed_up, (*parse_all(readable), *unreadable))


def _summed_up(parsed: Parsed) -> ReadFile:
    item, page = parsed.item, content.page_key(parsed.path)
    if item is None:
        return ReadFile(parsed.path, None, None, b"", page, (), parsed.problems, parsed.withheld)
    encoded = _encode(item)
    link, document = _link_keys(item.link)
    return ReadFile(
        parsed.path,
        encoded,
        link,
        digest_of(encoded),
        page,
        parsed.targets,
        parsed.problems,
        withheld=False,
        keys=keys_of(item),
        source=parsed.source,
        document=document,
    )


def _link_keys(link: str | None) -> tuple[bytes | None, bytes | None]:
    """The key of a link, and of the document that it leads into a part of; None where there is no such."""
    if not link:
        return None, None
    whole, document = urls.canonical(link), urls.canonical_document(link)
    return link_key(whole), link_key(document) if document != whole else None
