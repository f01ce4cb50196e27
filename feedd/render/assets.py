"""Assets of pages: files next to this module, in; their bytes, and digests of these, out."""

from __future__ import annotations

import hashlib
import pkgutil

STYLE, SCRIPT, ICON = "feedd.css", "feedd.js", "feedd.svg"
_MARKS = (b"/* Made by feedd", b"<!-- Made by feedd")  # how feedd's own files begin


def _loaded(name: str) -> bytes:
    data = pkgutil.get_data(__package__, f"assets/{name}")
    assert data is not None  # noqa: S101 - they are part of the package
    return data


ASSETS: dict[str, bytes] = {name: _loaded(name) for name in (STYLE, SCRIPT, ICON)}  # by name, at the site's root
DIGESTS: dict[str, str] = {name: hashlib.blake2b(data, digest_size=6).hexdigest() for name, data in ASSETS.items()}


def is_ours(data: bytes) -> bool:
    """Whether feedd wrote a file of this name, in any version."""
    return data.startswith(_MARKS)
