"""Where entries stand in documents: a document in; its entries, or the same document with other entries, out.

Only bytes are looked at, and no library for XML is loaded. In texts, tags are escaped (XML), and so are quotes and line
breaks (JSON): no text can look like the beginning or the end of an entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class EntryPlaces(Protocol):
    """The places of entries in the documents of a format."""

    def split(self, document: bytes) -> list[bytes]:
        """The entries of a document that feedd made."""

    def with_entries(self, document: bytes, entries: Sequence[bytes]) -> bytes:
        """The document with these entries instead of its own."""


class XmlPlaces:
    """Entries in an XML document that is indented.

    `parents` are the elements around an entry, from the root, as they are without entries; `tag` is the tag of an
    entry.
    """

    def __init__(self, parents: Sequence[str], tag: str) -> None:
        indent = "  " * len(parents)
        self._first = f"\n{indent}<{tag}".encode()
        self._last = f"\n{indent}</{tag}>\n".encode()
        self._end = f"{indent[2:]}</{parents[-1]}>\n".encode()

    def split(self, document: bytes) -> list[bytes]:
        """The entries of a document."""
        start = document.find(self._first) + 1
        entries = document.split(self._last)[:-1] if start else []
        if entries:
            entries[0] = entries[0][start:]
        return [entry + self._last for entry in entries]

    def with_entries(self, document: bytes, entries: Sequence[bytes]) -> bytes:
        """The document with these entries instead of its own."""
        before, end, after = document.rpartition(self._end)
        start = before.find(self._first) + 1
        return b"".join((before[:start] if start else before, *entries, end, after))


class JsonPlaces:
    """The items of a JSON Feed document that is indented."""

    EMPTY = b'"items": []'
    FIRST, LAST, NEXT = b'"items": [\n', b"\n ]", b",\n  {\n"
    END, OURS = b"\n  }", b',\n   "_feedd": '  # the end of an item; the beginning of its position in a list

    def split(self, document: bytes) -> list[bytes]:
        """The items of a document, without their positions in a list."""
        items = document.partition(self.FIRST)[2].rpartition(self.LAST)[0]
        first, *others = items.split(self.NEXT)
        found = [first, *(self.NEXT[2:] + other for other in others)] if first else []
        return [item.partition(self.OURS)[0] + self.END if self.OURS in item else item for item in found]

    def with_entries(self, document: bytes, entries: Sequence[bytes]) -> bytes:
        """The document with these items instead of its own."""
        items = self.FIRST + b",\n".join(entries) + self.LAST if entries else self.EMPTY
        before, start, rest = document.partition(self.FIRST)
        if start:
            return b"".join((before, items, rest.rpartition(self.LAST)[2]))
        before, _, after = document.rpartition(self.EMPTY)
        return b"".join((before, items, after))


ATOM = XmlPlaces(("feed",), "entry")
RSS = XmlPlaces(("rss", "channel"), "item")
JSON = JsonPlaces()
PLACES: dict[str, EntryPlaces] = {"atom": ATOM, "rss": RSS, "json": JSON}  # by format
