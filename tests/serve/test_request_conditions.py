"""What the headers of a request ask for."""

from __future__ import annotations

import pytest

from feedd.serve.request_conditions import accepted, is_current

TAG, DATE = b'"abc"', b"Wed, 01 May 2024 12:00:00 GMT"


@pytest.mark.parametrize(
    ("tags", "date", "current"),
    [
        (None, None, False),
        (TAG, None, True),
        (b'W/"abc"', None, True),
        (b'"x", "abc"', None, True),
        (b'"x",W/"abc" , "y"', None, True),
        (b"*", None, True),
        (b'"abc-gzip"', None, False),
        (b"abc", None, False),
        (b'"x"', DATE, False),  # where tags are given, dates do not count
        (TAG, b"Wed, 01 May 2013 12:00:00 GMT", True),
        (b"", DATE, False),
        (None, DATE, True),
        (None, b"Wed, 01 May 2024 12:00:01 GMT", False),  # a later one was invented
        (None, b"Wed, 01 May 2024 11:59:59 GMT", False),
        (None, b"Wednesday, 01-May-24 12:00:00 GMT", True),  # the obsolete forms of RFC 9110, 5.6.7
        (None, b"Wed May  1 12:00:00 2024", True),
        (None, b"now", False),
        (None, b"\xff", False),
    ],
)
def test_a_request_is_current_if_its_validators_are(tags: bytes | None, date: bytes | None, current: bool) -> None:
    assert is_current(tags, date, TAG, DATE) is current


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"", []),
        (b"gzip", ["gzip"]),
        (b"gzip, deflate, br", ["br", "gzip"]),
        (b"GZIP", ["gzip"]),
        (b"br;q=0.5, gzip;q=0.8", ["gzip", "br"]),
        (b"br;q=0, gzip", ["gzip"]),
        (b"*", ["br", "gzip"]),
        (b"*;q=0", []),
        (b"*;q=0.1, gzip;q=0", ["br"]),
        (b"identity", []),
        (b"identity;q=1, gzip;q=0.5", []),
        (b"identity;q=0.5, gzip", ["gzip"]),
        (b"gzip;q=nonsense", []),
        (b";;;,,,q=", []),
        (b"\xff\xfe", []),
    ],
)
def test_codings_are_those_that_a_request_likes_most_first(header: bytes, found: list[str]) -> None:
    assert list(accepted(header, ("br", "gzip"))) == found
