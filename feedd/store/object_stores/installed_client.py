"""Whether the client of object stores is installed. Nothing of it is loaded for the answer."""

from __future__ import annotations

from importlib.util import find_spec

NOT_INSTALLED = (
    "object stores need a further package: pip install 'feedd[stores]' (with pipx: pipx inject feedd obstore)"
)


def has_client() -> bool:
    """Whether the client of object stores is installed."""
    try:
        return find_spec("obstore") is not None
    except ValueError:  # it is hidden
        return False
