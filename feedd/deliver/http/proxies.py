"""Proxies and certificates of the environment: variables in; the proxy for a host, and certificates, out.

HTTPS_PROXY, HTTP_PROXY and ALL_PROXY name proxies. NO_PROXY names hosts that are reached without proxy. Variables in
lower case win over variables in capitals, as with curl. This machine itself is always reached without proxy. Messages
about unusable values name the variable and never show the value, since it may hold a password.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from feedd.patterns import late_pattern

_PORT = late_pattern(r":\d{1,5}$")
_CERTIFICATES = (("SSL_CERT_FILE", "file"), ("SSL_CERT_DIR", "folder"), ("REQUESTS_CA_BUNDLE", "file"))


class Misconfigured(Exception):
    """A variable of the environment cannot be used. The text is a sentence that names the variable."""


class Proxy(NamedTuple):
    """An HTTP proxy, reached over TLS if `scheme` is https. `variable`: the variable that names the proxy."""

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
    """Pairs of a variable and the path of certificates that it names: of SSL_CERT_FILE and SSL_CERT_DIR, else of
    REQUESTS_CA_BUNDLE.
    """
    named = [(name, environment[name]) for name, _ in _CERTIFICATES if environment.get(name)]
    own = [each for each in named if each[0] != "REQUESTS_CA_BUNDLE"]
    yield from own or named


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
    """Whether NO_PROXY names a host. An entry is a name of the host or of a domain above, an address, a network, or
    `*`. An entry with a port names only this port. Any other entry names nothing.
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
