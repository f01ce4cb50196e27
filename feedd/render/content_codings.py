"""Content codings (RFC 9110, section 8.4.1): the bytes of a document in; the same in fewer bytes, or back, out.

The same bytes and the same version of a library give the same encoding: no time, name or system is written into it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli
from msgspec import Struct

# A higher level costs much time for few bytes: docs/decisions/precompressing.md has the measurements.
_GZIP_LEVEL = 6
_BROTLI_QUALITY = 5
_PIECE = 64 * 1024  # bytes that are decoded at once
_GZIP_WINDOW = 31  # 15, and 16 for gzip's header, in which zlib writes neither a time nor a name


class Encoding(Struct, frozen=True):
    """A way to send a document in fewer bytes. `encode` is pure. `head` decodes the beginning of an encoded document:
    at most so many bytes, or a little more. `decode` decodes all of it, part by part, in little memory. Both raise
    ValueError for bytes that are not encoded so; `decode` also for a document that is not whole.
    """

    name: str  # in the configuration
    suffix: str  # of the file beside the document's
    token: str  # in Content-Encoding and Accept-Encoding
    version: str  # of the library: another version may write other bytes
    encode: Callable[[bytes], bytes]
    head: Callable[[bytes, int], bytes]
    decode: Callable[[Iterable[bytes]], Iterator[bytes]]


def _gzip(data: bytes) -> bytes:
    return zlib.compress(data, _GZIP_LEVEL, _GZIP_WINDOW)


def _gzip_head(data: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj(_GZIP_WINDOW).decompress(data, size)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _gzip_parts(parts: Iterable[bytes]) -> Iterator[bytes]:
    decoder = zlib.decompressobj(_GZIP_WINDOW)
    try:
        for part in parts:
            left = part
            while left and not decoder.eof:
                yield decoder.decompress(left, _PIECE)
                left = decoder.unconsumed_tail
            if decoder.unused_data:
                raise ValueError("more follows the end")
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not decoder.eof:
        raise ValueError("it breaks off")


def _brotli(data: bytes) -> bytes:
    encoded: bytes = brotli.compress(data, quality=_BROTLI_QUALITY)
    return encoded


def _brotli_head(data: bytes, size: int) -> bytes:
    try:
        decoded: bytes = brotli.Decompressor().process(data, output_buffer_limit=size)
    except brotli.error as error:
        raise ValueError(str(error)) from error
    return decoded


def _brotli_parts(parts: Iterable[bytes]) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    try:
        for part in parts:
            yield decoder.process(part, output_buffer_limit=_PIECE)
            while not decoder.can_accept_more_data():
                yield decoder.process(b"", output_buffer_limit=_PIECE)
        while not decoder.is_finished():
            rest = decoder.process(b"", output_buffer_limit=_PIECE)
            if not rest:
                raise ValueError("it breaks off")
            yield rest
    except brotli.error as error:
        raise ValueError(str(error)) from error


ENCODINGS: dict[str, Encoding] = {
    each.name: each
    for each in (
        Encoding("brotli", ".br", "br", f"brotli {brotli.__version__}", _brotli, _brotli_head, _brotli_parts),
        Encoding("gzip", ".gz", "gzip", f"zlib {zlib.ZLIB_RUNTIME_VERSION}", _gzip, _gzip_head, _gzip_parts),
    )
}


def head(path: str, data: bytes, size: int = 8192) -> bytes:
    """The beginning of a document, at most `size` bytes or a little more, from its own file or from its encoded file.
    Empty for a file whose bytes do not fit its name.
    """
    for encoding in ENCODINGS.values():
        if path.endswith(encoding.suffix):
            try:
                return encoding.head(data, size)
            except ValueError:
                return b""
    return data[:size]
