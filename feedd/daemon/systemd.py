"""systemd: the state of the service out; its sockets and the watchdog's period in. Without systemd, nothing happens.

sd_notify(3): datagrams of KEY=value lines to the socket that $NOTIFY_SOCKET names.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping

from feedd.items.printable import visible

_FIRST_PASSED = 3  # SD_LISTEN_FDS_START


class Systemd:
    """The service manager that started this process. Without a service manager, the methods do nothing."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        usec = environment.get("WATCHDOG_USEC", "")
        mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        # Seconds between two signs of life: a quarter of the time that systemd waits. 0 if systemd wants no signs.
        self.period = int(usec) / 4e6 if usec.isdigit() and mine else 0.0
        self._fed = 0.0
        count = environment.get("LISTEN_FDS", "")
        for_us = environment.get("LISTEN_PID") == str(os.getpid()) and count.isdigit()
        self._passed = range(_FIRST_PASSED, _FIRST_PASSED + int(count)) if for_us else range(0)

    def sockets(self) -> list[socket.socket]:
        """The sockets that systemd listens on for this process (sd_listen_fds(3)), in the order of its socket unit."""
        for file in self._passed:
            os.set_inheritable(file, False)
        return [socket.socket(fileno=file) for file in self._passed]

    def ready(self, status: str) -> None:
        """The service is up, or has done with reloading."""
        self._notify("READY=1", f"STATUS={_line(status)}")

    def status(self, status: str) -> None:
        """What the service does, in a line."""
        self._notify(f"STATUS={_line(status)}")

    def reloading(self) -> None:
        """The configuration is being read again; `ready` ends it."""
        self._notify("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """The service is about to end."""
        self._notify("STOPPING=1")

    def alive(self) -> None:
        """A sign of life. To be called often: systemd is told only as often as necessary."""
        now = time.monotonic()
        if self.period and now - self._fed >= self.period:
            self._fed = now
            self._notify("WATCHDOG=1")

    def starting(self, seconds: float) -> None:
        """The start takes longer: at least so many seconds from now."""
        self._notify(f"EXTEND_TIMEOUT_USEC={seconds * 1e6:.0f}")

    def _notify(self, *lines: str) -> None:
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.sendto("\n".join(lines).encode("utf-8", "replace"), address)


def _line(words: str) -> str:
    """A value of sd_notify, which a line break would end."""
    return visible(words)
