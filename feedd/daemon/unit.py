"""The systemd unit: paths and a user in; the text of feedd.service out. See systemd.service(5), systemd.exec(5)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from feedd.patterns import late_pattern
from feedd.serve.listen_address import Address

NAME = "feedd.service"
SOCKET_NAME = "feedd.socket"
_PRIVATE = ("/tmp", "/var/tmp")  # noqa: S108 - nothing is put there
_UNFIT = late_pattern("[\0-\x1f\x7f\ud800-\udfff]")


class UnitSite(Struct, frozen=True):
    """What a unit is made of. `command` is absolute. `user` is None for a unit of a user's own systemd. `state` is None
    if systemd makes the state directory. `homes`: some of the paths lie in a home directory. `reach`: whom the service
    talks to over the network. `listens`: addresses on which systemd listens for the service.
    """

    command: tuple[str, ...]
    folder: Path
    feeds: Path
    user: str | None
    state: Path | None
    homes: bool = False
    reach: Literal["nobody", "this machine", "anybody"] = "this machine"
    listens: tuple[Address, ...] = ()


def unfit(site: UnitSite) -> str | None:
    """The first path or argument that a unit cannot hold; None if there is none. Units are UTF-8, and a line break in a
    path would begin another setting.
    """
    texts = (
        *site.command,
        *map(str, (site.folder, site.feeds, site.state or "")),
        *(each.path for each in site.listens),
    )
    return next((text for text in texts if _UNFIT.search(text)), None)


def unseen(site: UnitSite, used: Iterable[Path]) -> Path | None:
    """The first used path that the service could not see; None if it sees all. A unit of the system has its own /tmp
    and /var/tmp (PrivateTmp=), without the files of others.
    """
    if site.user is None:
        return None
    return next((path for path in used if any(path.is_relative_to(each) for each in _PRIVATE)), None)


def unit(site: UnitSite) -> str:
    """The text of the unit."""
    lines = [*_what(site), *_service(site), *_limits(site), "", "[Install]"]
    lines.append(f"WantedBy={'multi-user.target' if site.user else 'default.target'}")
    return "\n".join(lines) + "\n"


def socket_unit(site: UnitSite) -> str:
    """The text of the socket unit: systemd listens, and clients wait until the service has started."""
    streams = [
        each.path or (f"[{each.host}]:{each.port}" if ":" in each.host else f"{each.host}:{each.port}")
        for each in site.listens
    ]
    lines = [
        "[Unit]",
        f"Description=feedd: readers of {_escaped(str(site.folder))}",
        "Documentation=https://github.com/feedd/feedd#readme",
        "",
        "[Socket]",
        *(f"ListenStream={_escaped(stream)}" for stream in streams),
        "Backlog=1024",
        "",
        "[Install]",
        "WantedBy=sockets.target",
    ]
    return "\n".join(lines) + "\n"


def _what(site: UnitSite) -> list[str]:
    return [
        "[Unit]",
        f"Description=feedd: feeds of {_escaped(str(site.folder))}",
        "Documentation=https://github.com/feedd/feedd#readme",
        f"After=local-fs.target remote-fs.target{f' {SOCKET_NAME}' if site.listens else ''}",
        *([f"Requires={SOCKET_NAME}"] if site.listens else []),
        "# A daemon that fails five times within ten minutes stays down until somebody looks at it.",
        "StartLimitIntervalSec=10min",
        "StartLimitBurst=5",
        "",
    ]


def _service(site: UnitSite) -> list[str]:
    state = ("--state", str(site.state)) if site.state else ()
    return [
        "[Service]",
        "Type=notify",
        *([f"User={site.user}"] if site.user else []),
        f"WorkingDirectory={_escaped(str(site.folder))}",
        f"ExecStart={' '.join((_quoted(site.command[0]), *map(_argument, (*site.command[1:], *state))))}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=on-failure",
        "RestartSec=5s",
        "# 2: a mistake in the configuration, which a restart does not mend.",
        "RestartPreventExitStatus=2",
        "TimeoutStartSec=2min",
        "TimeoutStopSec=30s",
        "WatchdogSec=2min",
        "KillMode=mixed",
        "# A file for which the memory does not do is a problem of this file.",
        "OOMPolicy=continue",
        *([] if site.state else ["StateDirectory=feedd", "StateDirectoryMode=0750"]),
        "UMask=0022",
        "# As many connections as readers may want to keep open.",
        "LimitNOFILE=65536",
        "",
    ]


def _limits(site: UnitSite) -> list[str]:
    """Settings that limit the service. A user's own systemd can apply only limits that need no privilege."""
    everybody = [
        "LockPersonality=yes",
        "MemoryDenyWriteExecute=yes",
        "NoNewPrivileges=yes",
        f"RestrictAddressFamilies=AF_UNIX{'' if site.reach == 'nobody' else ' AF_INET AF_INET6'}",
        "RestrictNamespaces=yes",
        "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes",
        "SystemCallArchitectures=native",
        "SystemCallErrorNumber=EPERM",
        "SystemCallFilter=@system-service",
        "SystemCallFilter=~@privileged @resources",
    ]
    if site.user is None:
        return everybody
    written = [site.feeds, *([site.state] if site.state else [])]
    return [
        "# Everything is read-only to it but the feeds and its state.",
        "ProtectSystem=strict",
        f"ReadWritePaths={' '.join(_quoted(str(path)) for path in written)}",
        f"ProtectHome={'read-only' if site.homes else 'yes'}",
        "CapabilityBoundingSet=",
        "DevicePolicy=closed",
        *([] if site.reach == "anybody" else ["IPAddressDeny=any"]),
        *(["IPAddressAllow=localhost"] if site.reach == "this machine" else []),
        "KeyringMode=private",
        "PrivateDevices=yes",
        "PrivateIPC=yes",
        *(["PrivateNetwork=yes"] if site.reach == "nobody" else []),
        "PrivateTmp=yes",
        "PrivateUsers=yes",
        "ProcSubset=pid",
        "ProtectClock=yes",
        "ProtectControlGroups=yes",
        "ProtectHostname=yes",
        "ProtectKernelLogs=yes",
        "ProtectKernelModules=yes",
        "ProtectKernelTunables=yes",
        "ProtectProc=invisible",
        "RemoveIPC=yes",
        *everybody,
    ]


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    word = _escaped(word).replace("\\", "\\\\")
    return f'"{word.replace(chr(34), chr(92) + chr(34))}"' if any(each in word for each in " \t;\"'") else word


def _argument(word: str) -> str:
    """A word after the program, in which variables would be replaced."""
    return _quoted(word.replace("$", "$$"))
