"""Repeated bytes: the bytes of a file that cannot be read, in; the same without most of a long repetition, out.

A damaged disk or a program that was stopped leaves megabytes of one byte. No mark is in them, but each step of the
search for one would look at all of them.
"""

from __future__ import annotations

_UNIT = 24  # bytes: whole characters of 1, 2, 3 or 4 bytes, and whole line ends
_BLOCK = _UNIT * 32
_KEPT = 4  # blocks of each repetition: far more than any rule looks at around a name
_COUNTED = b"`~[](){}<>\"'"  # they open or close something, so that their number matters


def without_repetitions(data: bytes) -> bytes:
    """The bytes with at most a few thousand of each run in which the same few bytes are repeated."""
    if len(data) <= _BLOCK * (_KEPT + 1):
        return data
    parts: list[bytes] = []
    start = repeated = 0
    for at in range(0, len(data), _BLOCK):
        unit = data[at : at + _UNIT]
        is_same = data[at - _UNIT : at] == unit and data[at : at + _BLOCK] == unit * (_BLOCK // _UNIT)
        repeated = repeated + 1 if is_same else 0
        if repeated > _KEPT and unit.translate(None, _COUNTED) == unit:
            parts.append(data[start:at])
            start = at + _BLOCK
    return b"".join((*parts, data[start:])) if parts else data
