"""The settings of workers: local processes, or a cluster; and what keeps a cluster from being used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from feedd.config import value_decoders
from feedd.config.sections import section
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.run.executor.cluster_settings import ClusterSettings, TlsFiles
from feedd.store.private_files import why_unreadable

_MOST = 256
_EXPECTED = f"a whole number from 0 to {_MOST}, or the address of a scheduler such as tcp://scheduler:8786"
TLS_KEYS = ("ca", "cert", "key")


class ClusterOptions(Struct, frozen=True):
    """How clusters are spoken with."""

    tls: TlsFiles | None = None


def workers(value: Node, at: FieldPath, findings: Findings) -> int | str | None:
    """How many processes of this machine, or the address of a scheduler."""
    text = value if isinstance(value, str) else ""
    if text.isascii() and text.isdecimal() and len(text) < len(str(_MOST)) + 1 and int(text) <= _MOST:
        return int(text)
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme in ("tcp", "tls") and parts.hostname and parts.port and not (parts.path or parts.query):
            return text
    findings.wrong(at, _EXPECTED, value)
    return None


def _tls(value: Node, at: FieldPath, findings: Findings) -> TlsFiles | None:
    if not isinstance(value, dict):
        findings.wrong(at, f"a mapping ({', '.join(TLS_KEYS)})", value)
        return None
    keys: dict[str, Decoder[Any]] = dict.fromkeys(TLS_KEYS, value_decoders.path)
    found = section(keys, value, at, findings)
    missing = [key for key in TLS_KEYS if key not in value]
    if missing:
        findings.problems.append((at, f"{' and '.join(missing)} missing; known here: {', '.join(TLS_KEYS)}"))
    return TlsFiles(**found) if len(found) == len(TLS_KEYS) else None


KEYS: dict[str, Decoder[Any]] = {"tls": _tls}
KEY_NAMES = tuple(f"tls.{key}" for key in TLS_KEYS)


def cluster_settings(where: int | str, options: ClusterOptions) -> ClusterSettings | None:
    """The settings of the cluster; None for local processes."""
    if isinstance(where, int):
        return None
    return ClusterSettings(where, options.tls if where.startswith("tls:") else None)


def why_unusable(where: int | str, options: ClusterOptions) -> Iterator[tuple[str, str]]:
    """What keeps the cluster from being used, and can be known without asking it: keys, with reasons."""
    if isinstance(where, int):
        return
    if find_spec("distributed") is None:
        yield "workers", f"{where} needs Dask: pip install 'feedd[cluster]' (with pipx: pipx inject feedd distributed)"
    if not where.startswith("tls:"):
        return
    if options.tls is None:
        yield "workers", f"{where} needs certificates; `cluster.tls` names them: {', '.join(TLS_KEYS)}"
    else:
        for key in TLS_KEYS:
            if why := why_unreadable(getattr(options.tls, key)):
                yield f"cluster.tls.{key}", why
