"""Range requests (RFC 9110, section 14): the headers of a request and a document in; the answer with a part out."""

from __future__ import annotations

from collections.abc import Mapping

from feedd.patterns import late_pattern
from feedd.serve.messages import Response, response, text
from feedd.serve.representation import Representation

_BYTES = late_pattern(rb"(?i:bytes)[ \t]*=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*")
_UNSATISFIABLE = slice(0)


def partial(headers: Mapping[bytes, bytes], whole: Representation) -> Response | None:
    """The answer to a GET that asks for a part: 206, or 416 if there is no such part. None if the whole document is the
    answer: to several ranges at once, to what is no range, and if If-Range names another version.
    """
    if whole.headers is None or (wanted := headers.get(b"range")) is None:
        return None
    if not _is_same(headers.get(b"if-range"), whole):
        return None
    full, length = whole.full, len(whole.full.body)
    part = byte_range(wanted, length)
    if part is None:
        return None
    if part is _UNSATISFIABLE:
        return text(416, "There is no such part.", [("Content-Range", f"bytes */{length}")])
    where = ("Content-Range", f"bytes {part.start}-{part.stop - 1}/{length}")
    return response(206, [*whole.headers, where], full.body[part], full.kind, full.path, full.modified)


def byte_range(wanted: bytes, length: int) -> slice | None:
    """The part of so many bytes that a Range header names, which is empty if there is no such part. None if the header
    is to be ignored (RFC 9110, 14.2).
    """
    found = _BYTES.fullmatch(wanted)
    if found is None:
        return None
    if found[3] is not None:
        size = min(int(found[3]), length)
        return slice(length - size, length) if size else _UNSATISFIABLE
    first, last = int(found[1]), int(found[2]) if found[2] else length - 1
    if found[2] and last < first:
        return None
    return slice(first, min(last + 1, length)) if first < length else _UNSATISFIABLE


def _is_same(if_range: bytes | None, whole: Representation) -> bool:
    """Whether a client that has a part of a document has it of this version (RFC 9110, 13.1.5). Weak validators never
    match: neither weak tags, nor the date of a file that may have two versions in one second.
    """
    if if_range is None or (given := if_range.strip()) == whole.tag:
        return True
    return whole.is_date_strong and given == whole.last_modified
