"""Files for workers of other machines: wanted files in; their bytes in portions out, and back into files there.

source -- send_files --> SentFiles' jobs, as msgpack --> another machine --> SentFiles
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from feedd.model import Problem
from feedd.store.item_source import FetchedVersion, FirstCommits, ItemSource, Unread

Wanted = tuple[str, bytes | None]  # a path, and the digest of the item of before; None for an item not to be tried out
FetchedFile = tuple[str, bytes | None, FetchedVersion | None]  # a wanted file, and the version that was fetched

_SENT = 2 << 20  # bytes after which no file is added to a portion
_NAMED = 3  # files that are named in words about a portion


class SentFile(Struct, frozen=True, array_like=True):
    """A file to read, with its bytes, or with their beginning and the `problem` that kept the rest from being read.
    `before` is as in Wanted. `commit`: its first commit, if items without a date are to have this date.
    """

    path: str
    before: bytes | None
    data: bytes
    problem: Problem | None
    commit: FirstCommits | None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[SentFile]).decode


def send_files(
    source: ItemSource, commits: FirstCommits | None, portions: Iterable[Sequence[FetchedFile]]
) -> Iterator[list[SentFile]]:
    """Files with their bytes, without files that are gone. A large portion becomes several."""
    for fetched in portions:
        files: list[SentFile] = []
        size = 0
        for path, before, version in fetched:
            data = source.read(path, version)
            if data is None:
                continue
            if size > _SENT:
                yield files
                files, size = [], 0
            read, problem = (data.head, data.problem) if isinstance(data, Unread) else (data, None)
            files.append(SentFile(path, before, read, problem, _commit(commits, path)))
            size += len(read)
        if files:
            yield files


def _commit(commits: FirstCommits | None, path: str) -> FirstCommits | None:
    """What is known of the first commit of a file; None if it is not to be known."""
    if commits is None:
        return None
    seconds = commits.times.get(path)
    return FirstCommits({} if seconds is None else {path: seconds}, commits.why_unknown)


class SentFiles:
    """The files of an encoded portion."""

    def __init__(self, job: bytes) -> None:
        self._files = {file.path: file for file in _decode(job)}
        known = [file.commit for file in self._files.values() if file.commit is not None]
        times = {path: seconds for commit in known for path, seconds in commit.times.items()}
        self.commits = FirstCommits(times, known[0].why_unknown) if known else None
        self.wanted: list[Wanted] = [(file.path, file.before) for file in self._files.values()]

    def read(self, path: str) -> bytes | Unread:
        """The bytes of a file; Unread if they could not be read where it was sent."""
        file = self._files[path]
        return file.data if file.problem is None else Unread(file.problem, file.data)


def encode_sent(_head: None, files: Sequence[SentFile]) -> bytes:
    """A portion, encoded."""
    return _encode(files)


def path_sent(file: SentFile) -> str:
    """The path of a file."""
    return file.path


def sent_in_words(_head: None, files: Sequence[SentFile]) -> str:
    """The files of a portion by their names; the first of them, if they are many."""
    named = ", ".join(file.path for file in files[:_NAMED])
    return named + (f" and {len(files) - _NAMED:,} more files" if len(files) > _NAMED else "")
