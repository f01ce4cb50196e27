"""Proxies and certificates of the environment: variables in; through what a host is reached, or what is wrong, out.

HTTPS_PROXY, HTTP_PROXY and ALL_PROXY name proxies, NO_PROXY names what is reached without: in capitals or not, and the
small ones win, as with curl. This machine itself is always reached without one. Values that cannot be used are said
with the name of their variable, and never with the password that they may hold.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_PORT = re.compile(r":\d{1,5}$")
_CERTIFICATES = (("SSL_CERT_FILE", "file"), ("SSL_CERT_DIR", "folder"), ("REQUESTS_CA_BUNDLE", "file"))


class Misconfigured(Exception):
    """What a variable of the environment says cannot be done; in a sentence that names the variable."""


class Proxy(NamedTuple):
    """A proxy that is spoken to in HTTP, over TLS if `scheme` is https. `variable` names it."""

    scheme: str
    host: str
    port: int
    login: tuple[str, str] | None
    variable: str


def proxy_for(scheme: str, host: str, port: int, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy through which a host is to be reached; None if there is none. Raises Misconfigured."""
    if _is_here(host) or _needs_none(host, port, environment):
        return None
    for name in (f"{scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            if value := environment.get(variable, "").strip():
                return _proxy(value, variable)
    return None


def certificates(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Where the environment says that certificates are, by the variable that says so: those of SSL_CERT_FILE and
    SSL_CERT_DIR, else that of REQUESTS_CA_BUNDLE.
    """
    said = [(name, environment[name]) for name, _ in _CERTIFICATES if environment.get(name)]
    own = [each for each in said if each[0] != "REQUESTS_CA_BUNDLE"]
    yield from own or said


def _proxy(value: str, variable: str) -> Proxy:
    scheme, has_scheme, _ = value.partition("://")
    scheme = scheme.lower() if has_scheme else "http"
    if scheme.startswith("socks"):
        raise Misconfigured(
            f"{variable} names a SOCKS proxy, and only HTTP proxies can be used: name one in HTTPS_PROXY, or say in "
            "NO_PROXY what is reached without"
        )
    try:
        parts = urlsplit(value if has_scheme else f"http://{value}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if scheme not in ("http", "https") or not host or not host.isascii() or re.search(r"[^\w.:-]", host):
        raise Misconfigured(f"{variable} is no address of an HTTP proxy, such as http://proxy.example:3128")
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return Proxy(scheme, host, port or (443 if scheme == "https" else 80), login, variable)


def _is_here(host: str) -> bool:
    if host.rstrip(".").lower() == "localhost" or host.lower().rstrip(".").endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def _needs_none(host: str, port: int, environment: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names a host: by its name or one that it lies below, its address, a network that this is in, or
    `*`; each with a port, or for all. What is none of these names nothing.
    """
    value = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    return any(_names(entry, host.rstrip(".").lower(), port) for entry in _entries(value))


def _entries(value: str) -> Iterable[str]:
    return filter(None, re.split(r"[\s,]+", value.lower()))


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    entry = entry.rpartition("://")[2]
    address = _address(host)
    network = _network(entry)
    if network is not None:
        return address is not None and address in network
    if found := _PORT.search(entry):
        if int(found[0][1:]) != port:
            return False
        entry = entry[: found.start()]
    if address is not None:
        return _address(entry) == address
    name = entry.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """A network, or a single address without a port."""
    bare, slash, bits = entry.partition("/")
    try:
        return ipaddress.ip_network(bare.removeprefix("[").removesuffix("]") + slash + bits.removesuffix("]"), False)
    except ValueError:
        return None
