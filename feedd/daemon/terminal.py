"""Terminals: a stream, and the environment, in; what the stream can show, out."""

from __future__ import annotations

import os
from typing import TextIO


def is_dumb() -> bool:
    """Whether the terminal knows no escape sequences, or does not name its kind (TERM)."""
    return os.environ.get("TERM", "dumb").lower() in ("", "dumb", "unknown")


def has_colours(stream: TextIO | None) -> bool:
    """Whether text on this stream may have colours: it is a terminal that knows colours, and NO_COLOR is not set."""
    return stream is not None and stream.isatty() and not os.environ.get("NO_COLOR") and not is_dumb()
