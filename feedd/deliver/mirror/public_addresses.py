"""Public addresses: the name of a host in; the addresses to connect to out, or a NoAnswer if one of them is not public.

Items name the hosts of pictures, and items may come from strangers. A name can lead to this machine, to its network
or to the metadata of a cloud. So each address of a name is checked, and the connection is made to a checked address:
the name is not resolved a second time. All spellings of an address (`0x7f.1`, `2130706433`) end at the resolver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Addresses = Callable[[str, int], Sequence[str]]  # of a host and a port; raises NoAnswer

_UNICAST = IPv6Network("2000::/3")  # all that is assigned to sites: RFC 4291, section 2.4, and IANA's list
_TRANSLATED = IPv6Network("64:ff9b::/96")  # an IPv4 address behind a translator: RFC 6052
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"), IPv4Network("192.88.99.0/24"))  # 6to4, Teredo: obsolete
_WEB_PORTS = (80, 443)
_FIRST_FREE_PORT = 1024  # below it are services that may take an HTTP request for something else


class PublicAddresses:
    """The addresses of hosts, by `resolve`, else as the system knows them. `allowed`: networks that count as public."""

    def __init__(self, resolve: Addresses | None = None, allowed: Iterable[str] = ()) -> None:
        self._resolve = resolve
        self._allowed = tuple(map(ip_network, allowed))

    def __call__(self, host: str, port: int) -> Sequence[str]:
        """All addresses of a host. Raises NoAnswer if it has none, or one that is not public."""
        from feedd.deliver.http.http_client import NoAnswer, system_addresses  # late: a library that few passes need

        if port not in _WEB_PORTS and port < _FIRST_FREE_PORT:
            raise NoAnswer("address", f"no web server has port {port}")
        found = (self._resolve or system_addresses)(host, port)
        for each in found:
            if not self._is_allowed(each):
                raise NoAnswer("address", f"its host leads to {each}, which is not a public address")
        return found

    def _is_allowed(self, address: str) -> bool:
        return is_public_address(address) or any(_in(address, network) for network in self._allowed)


def is_public_address(text: str) -> bool:
    """Whether an address is one that anybody on the internet can reach. What is no address is not public."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or (_last_bits(address) if address in _TRANSLATED else None)
        if inner is not None:
            return _is_public_v4(inner)
        return address in _UNICAST and address.is_global and not _is_tunnel(address)
    return _is_public_v4(address)


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or _is_tunnel(address))


def _is_tunnel(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in _TUNNELS)


def _last_bits(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFFFFFF)


def _in(text: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(text) in network
    except ValueError:
        return False
