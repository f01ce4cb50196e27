"""Paths, perhaps a million, in their order: a sequence of texts that takes a fifth of the memory of a tuple."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import overload

import msgspec

_TOGETHER = 250  # paths that are packed together; as many as are read together
_FASTEST = 1  # level of zlib
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[str]).decode


class PathList(Sequence[str]):
    """Paths, packed. It is equal to any sequence of the same paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        left = iter(paths)
        self._packed: list[bytes] = []
        while len(portion := tuple(islice(left, _TOGETHER))) == _TOGETHER:
            self._packed.append(zlib.compress(_encode(portion), _FASTEST))
        self._rest = portion

    def __len__(self) -> int:
        return len(self._packed) * _TOGETHER + len(self._rest)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(map(self._portion, range(len(self._packed) + 1)))

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        wanted = range(len(self))[at]
        if isinstance(wanted, int):
            return self._portion(wanted // _TOGETHER)[wanted % _TOGETHER]
        if not wanted:
            return ()
        first, last = sorted((wanted[0], wanted[-1]))
        begin = first // _TOGETHER
        found = [*chain.from_iterable(map(self._portion, range(begin, last // _TOGETHER + 1)))]
        return tuple(found[number - begin * _TOGETHER] for number in wanted)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it may be equal to a list

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)!r})"

    def _portion(self, number: int) -> Sequence[str]:
        if number == len(self._packed):
            return self._rest
        return _decode(zlib.decompress(self._packed[number]))


def in_order(folders: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """The paths of files, sorted. `folders`: each folder ("" or "news/2020/"), sorted, with the sorted names in it."""
    above: list[tuple[str, list[str]]] = []  # folders around the current folder, and their last names, in reverse
    for folder, names in folders:
        while above and not folder.startswith(above[-1][0]):
            yield from _rest(*above.pop())
        if above:
            outer, left = above[-1]
            while left and outer + left[-1] < folder:
                yield outer + left.pop()
        above.append((folder, [*reversed(names)]))
    while above:
        yield from _rest(*above.pop())


def _rest(folder: str, names: list[str]) -> Iterator[str]:
    while names:
        yield folder + names.pop()
