"""What feeds say of the program that made them, and of what kind they are: the words, and how to find them in bytes."""

from __future__ import annotations

GENERATOR = "feedd"
GENERATOR_URI = "https://github.com/feedd/feedd"
COMMENT_MARK = f"Made by {GENERATOR}"  # in every JSON Feed document that feedd writes
_HEAD_BYTES = 8192
_MARKS = (f">{GENERATOR}</generator>".encode(), f'"user_comment": "{COMMENT_MARK}.'.encode())
_LIST_MARKS = (b"<cf:treatAs>list</cf:treatAs>", b'"treat_as": "list"')


def is_feed_of_ours(document: bytes) -> bool:
    """Whether a document is a feed that feedd made."""
    head = document[:_HEAD_BYTES]
    return any(mark in head for mark in _MARKS)


def is_list(document: bytes) -> bool:
    """Whether a feed that feedd made is a list: its entries replace all entries that it had before."""
    head = document[:_HEAD_BYTES]
    return any(mark in head for mark in _LIST_MARKS)
