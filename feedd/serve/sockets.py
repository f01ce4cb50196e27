"""Listening: an address in; an open socket, or why there is none, out."""

from __future__ import annotations

import errno
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

from feedd.serve.listen_address import Address

_BACKLOG = 1024
CHOOSE_LISTEN = "Choose another address with --listen or serve.listen, and set base_url to it; or off, to serve nothing"
CHOOSE_MONITOR = "Choose another address with serve.monitor, or off"


class CannotListen(Exception):
    """Why there is no socket, in words."""


def listen(address: Address, remedy: str) -> socket.socket:
    """A socket that listens there. `remedy` says how to choose another address. Raises CannotListen."""
    try:
        return _listen_on_path(Path(address.path)) if address.path else _listen_on_port(address)
    except (OSError, UnicodeError) as error:
        raise CannotListen(_explained(address, error, remedy)) from None


def _listen_on_port(address: Address) -> socket.socket:
    where = (address.host, address.port)
    family, kind, protocol, _, found = socket.getaddrinfo(*where, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(found)
        sock.listen(_BACKLOG)
    except BaseException:
        sock.close()
        raise
    return sock


def _listen_on_path(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with suppress(FileNotFoundError):
            if stat.S_ISSOCK(path.lstat().st_mode) and _is_dead(path):
                os.unlink(path)  # noqa: PTH108 - left by a process that was killed
        sock.bind(str(path))
        path.chmod(0o666)  # open to all, as a port is; the rights of its folder decide who reaches it
        sock.listen(_BACKLOG)
    except BaseException:
        sock.close()
        raise
    return sock


def forget(address: Address) -> None:
    """Removes the file of a Unix socket on which nobody listens any longer."""
    if address.path:
        with suppress(OSError):
            Path(address.path).unlink()


def _is_dead(path: Path) -> bool:
    """Whether nobody listens on a Unix socket any more."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(1.0)
        try:
            sock.connect(str(path))
        except OSError as error:
            return error.errno == errno.ECONNREFUSED
    return False


def _explained(address: Address, error: Exception, remedy: str) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            why = f"another program listens there. {remedy}"
        case errno.EACCES | errno.EPERM:
            why = f"that is not allowed; ports below 1024 are for root. {remedy}"
        case errno.EADDRNOTAVAIL:
            why = "this machine does not have that address"
        case _:
            why = getattr(error, "strerror", None) or str(error)
    where = f"unix:{address.path}" if address.path else f"{address.host}:{address.port}"
    return f"cannot listen on {where}: {why}"


def socket_url(sock: socket.socket) -> str:
    """Where a socket can be reached: a URL, or the path of a Unix socket."""
    name = sock.getsockname()
    if sock.family == socket.AF_UNIX:
        return f"unix:{name}"
    host = f"[{name[0]}]" if sock.family == socket.AF_INET6 else name[0]
    return f"http://{host}:{name[1]}/"
