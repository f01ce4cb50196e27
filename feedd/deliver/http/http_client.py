"""The HTTP client, for hubs and for `feedd doctor`: a request in; an answer with bounds, or a NoAnswer, out.

    request -- proxies.py: through what? --> connections that are kept --> HttpAnswer: head, then body by parts
                                                   |
                        each read and write has to end before the deadline of the whole answer

Servers are strangers: they may send a byte a second, an endless head or body, or bytes that are not HTTP. The client
follows no redirection, keeps no cookie and decodes nothing. It uses httpcore, the inside of httpx, because httpcore
accepts a network class. The class in `timed_network.py` sets a deadline for a whole answer; httpx has a time-out only
for each read.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import unquote, urljoin, urlsplit

import httpcore

from feedd.deliver.http.proxies import Misconfigured, Proxy, certificates, proxy_for
from feedd.deliver.http.timed_network import TimedNetwork, deadline_in
from feedd.items.hosts import ascii_authority
from feedd.items.printable import visible

_PORTS = {"http": 80, "https": 443}

Reason = Literal["time", "name", "refused", "TLS", "environment", "address", "HTTP", "connection"]


class NoAnswer(Exception):
    """No answer came, or it broke off. `reason`: the kind of failure; the exception's text explains it."""

    def __init__(self, reason: Reason, words: str) -> None:
        super().__init__(words)
        self.reason = reason


class HttpAnswer:
    """The head of an answer; `parts` gives its body as it was sent. Names of headers are in lower case. Values are
    decoded as Latin-1, so that each byte is kept.
    """

    def __init__(self, response: httpcore.Response) -> None:
        self.status = response.status
        self.reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
        self.headers: dict[str, str] = {}
        for name, value in response.headers:
            key, found = name.decode("latin-1").lower(), value.decode("latin-1")
            self.headers[key] = f"{self.headers[key]}, {found}" if key in self.headers else found
        self._response = response

    def parts(self, max_bytes: int) -> Iterator[bytes]:
        """The body in parts as they come, until `max_bytes` or a few more have come. Raises NoAnswer."""
        with _translated():
            for part in self._response.iter_stream():
                yield part
                max_bytes -= len(part)
                if max_bytes <= 0:
                    return


def system_addresses(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system knows them. Raises NoAnswer."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("name", "its name is not known (DNS)") from None
    return [str(each[4][0]) for each in found]


class Client:
    """Asks servers, over connections that are kept. May be used by several threads. Times are seconds: `connect` for a
    connection, `patience` for each part of an answer. `addresses` gives those of a host and a port, or raises NoAnswer.
    """

    def __init__(
        self,
        agent: str,
        connect: float,
        patience: float,
        environment: Mapping[str, str] = os.environ,
        addresses: Callable[[str, int], Sequence[str]] = system_addresses,
    ) -> None:
        self._headers = [("User-Agent", agent), ("Accept", "*/*")]
        self._timeout = {"connect": connect, "read": patience, "write": patience, "pool": patience}
        self._environment = environment
        self._addresses = addresses
        self._pools: dict[tuple[str, Proxy | None], httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    @contextmanager
    def ask(
        self,
        method: str,
        url: str,
        seconds: float,
        headers: Iterable[tuple[str, str]] = (),
        content: bytes = b"",
    ) -> Iterator[HttpAnswer]:
        """The answer to a request. The whole answer with its body has to come within `seconds`. Values of headers are
        decoded as Latin-1. Raises NoAnswer.
        """
        scheme, host, port, target, login = _parts(url)
        with deadline_in(seconds):
            with _translated():
                proxy = proxy_for(scheme, host, port, self._environment)
            with _translated(proxy):
                pool = self._pool(scheme, proxy)
                named = f"[{host}]" if ":" in host else host
                sent = [("Host", named if port == _PORTS[scheme] else f"{named}:{port}"), *self._headers, *headers]
                sent += [("Authorization", f"Basic {login}")] if login else []
                sent += [("Content-Length", str(len(content)))] if content else []
                with pool.stream(
                    method,
                    httpcore.URL(
                        scheme=scheme.encode(),
                        host=host.encode(),
                        port=None if port == _PORTS[scheme] else port,
                        target=target.encode(),
                    ),
                    headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent],
                    content=content,
                    extensions={"timeout": self._timeout},
                ) as response:
                    yield HttpAnswer(response)

    def close(self) -> None:
        """Closes the connections that are not in use."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def _pool(self, scheme: str, proxy: Proxy | None) -> httpcore.ConnectionPool:
        """The connections for a scheme and a proxy. Certificates are read only if needed, and once. Raises
        Misconfigured.
        """
        with self._lock:
            if (scheme, proxy) not in self._pools:
                needs_tls = scheme == "https" or (proxy is not None and proxy.scheme == "https")
                self._pools[scheme, proxy] = _through(
                    proxy, self._tls() if needs_tls else None, TimedNetwork(self._addresses)
                )
            return self._pools[scheme, proxy]

    def _tls(self) -> ssl.SSLContext:
        """A context that trusts the certificates of the environment, else the certificates of this system. Raises
        Misconfigured.
        """
        found = list(certificates(self._environment))
        if not found:
            return httpcore.default_ssl_context()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for variable, path in found:
            try:
                if os.path.isdir(path):  # noqa: PTH112 - it never raises
                    context.load_verify_locations(capath=path)
                else:
                    context.load_verify_locations(cafile=path)
            except ssl.SSLError:
                raise Misconfigured(f"{variable} names {path}, which holds no certificates") from None
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or "not a path"
                raise Misconfigured(f"{variable} names {path}, which cannot be read: {why}") from None
        return context


def _through(proxy: Proxy | None, tls: ssl.SSLContext | None, network: TimedNetwork) -> httpcore.ConnectionPool:
    options: dict[str, Any] = {
        "ssl_context": tls,
        "max_connections": 100,
        "max_keepalive_connections": 20,
        "keepalive_expiry": 5.0,
        "network_backend": network,
    }
    if proxy is None:
        return httpcore.ConnectionPool(**options)
    url = httpcore.URL(scheme=proxy.scheme.encode(), host=proxy.host.encode(), port=proxy.port, target=b"/")
    own_tls = tls if proxy.scheme == "https" else None
    return httpcore.HTTPProxy(proxy_url=url, proxy_auth=proxy.login, proxy_ssl_context=own_tls, **options)


def _parts(url: str) -> tuple[str, str, int, str, str]:
    """Scheme, host, port, path with query, and login of a URL. Raises NoAnswer."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else ascii_authority(host)
    except (ValueError, UnicodeError):
        raise NoAnswer("address", "its address cannot be used") from None
    if parts.scheme not in _PORTS or not host or port == 0 or re.search(r"[^\w.:%~-]", host, re.ASCII):
        raise NoAnswer("address", "its address cannot be used")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = "".join(letter if "!" <= letter <= "~" else _quoted(letter) for letter in target)
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    return parts.scheme, host, port or _PORTS[parts.scheme], target, b64encode(login.encode()).decode()


def redirected(url: str, location: str) -> str:
    """The URL to which a redirection leads. Raises NoAnswer if it is not http or https."""
    try:
        found = urljoin(url, location)
    except ValueError:
        raise NoAnswer("address", "it redirects to what is no address") from None
    if not found.lower().startswith(("http://", "https://")):
        raise NoAnswer("address", "it redirects to what is not http or https")
    return found


def _quoted(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "replace"))


@contextmanager
def _translated(proxy: Proxy | None = None) -> Iterator[None]:
    """Turns every failure into a NoAnswer in feedd's words. Failures of a proxy name the proxy's variable."""
    try:
        yield
    except NoAnswer as error:
        raise (_proxy_failure(proxy, str(error)) if proxy and error.reason == "name" else error) from None
    except Misconfigured as error:
        raise NoAnswer("environment", str(error)) from None
    except httpcore.TimeoutException:
        raise NoAnswer("time", "no answer in time") from None
    except httpcore.ProxyError as error:
        raise _proxy_failure(proxy, f"{visible(str(error))}") from None
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        raise NoAnswer("HTTP", "its answer is not HTTP, or breaks off") from None
    except (httpcore.NetworkError, OSError) as error:
        found = _failure(error)
        raise (_proxy_failure(proxy, str(found)) if proxy and found.reason != "TLS" else found) from None


def _proxy_failure(proxy: Proxy | None, words: str) -> NoAnswer:
    variable = proxy.variable if proxy else "the environment"
    return NoAnswer("environment", f"the proxy that {variable} names cannot be used: {words}")


def _failure(error: BaseException) -> NoAnswer:
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return NoAnswer("TLS", f"TLS failed: {each.verify_message}")
        if isinstance(each, ssl.SSLError):
            return NoAnswer("TLS", f"TLS failed: {(each.reason or 'no common ground').replace('_', ' ').lower()}")
        if isinstance(each, ConnectionRefusedError):
            return NoAnswer("refused", "the connection was refused")
    for each in causes:
        if isinstance(each, OSError) and each.errno:
            return NoAnswer("connection", os.strerror(each.errno))
    return NoAnswer("connection", "the connection broke off")
