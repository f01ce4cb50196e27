"""The settings of a cluster, as the configuration has them."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class TlsFiles(Struct, frozen=True):
    """The certificate of the authority that signs for the cluster, and the certificate and key of this machine."""

    ca: Path
    cert: Path
    key: Path


class ClusterSettings(Struct, frozen=True):
    """Where the scheduler of a cluster is: `tcp://HOST:PORT`, or `tls://HOST:PORT` with `tls`."""

    address: str
    tls: TlsFiles | None = None
