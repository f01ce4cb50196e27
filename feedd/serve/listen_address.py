"""Addresses to listen on: as people write them, in; their parts, out."""

from __future__ import annotations

from msgspec import Struct

from feedd.patterns import late_pattern

_PORT = late_pattern(r"(?:\[(?P<six>[0-9A-Fa-f:.]+(?:%\w+)?)\]|(?P<host>[\w.-]+)):(?P<port>\d{1,5})")
_UNIX = "unix:"


class Address(Struct, frozen=True):
    """A port of a host, or the path of a Unix socket; the other part is empty."""

    host: str = ""
    port: int = 0
    path: str = ""


def parse(text: str) -> Address | None:
    """The parts of HOST:PORT, [IPv6]:PORT or unix:PATH; None for any other text. Port 0 is any that is free."""
    if text.startswith(_UNIX):
        path = text.removeprefix(_UNIX)
        return Address(path=path) if path and "\0" not in path else None
    found = _PORT.fullmatch(text)
    if found is None or int(found["port"]) > 65535:
        return None
    return Address(found["six"] or found["host"], int(found["port"]))
