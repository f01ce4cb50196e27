"""Whether the library that encodes pictures is installed. Nothing of it is loaded for the answer."""

from __future__ import annotations

from importlib.util import find_spec

WITHOUT_ENCODER = (
    "mirroring pictures needs a further package: pip install 'feedd[images]' (with pipx: pipx inject feedd pillow)"
)


def has_encoder() -> bool:
    """Whether the library that encodes pictures is installed."""
    try:
        return find_spec("PIL") is not None
    except ValueError:  # it is hidden
        return False
