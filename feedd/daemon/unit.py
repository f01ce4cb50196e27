"""The systemd unit: paths and a user in; the text of feedd.service out. See systemd.service(5), systemd.exec(5)."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

NAME = "feedd.service"


class Site(Struct, frozen=True):
    """What a unit has to know. `command` is absolute; `user` is None for a unit of one's own systemd; `state` is None
    where systemd is to make the state directory; `homes` says that something of it lies in a home directory,
    `network` that it has somebody to talk to elsewhere.
    """

    command: tuple[str, ...]
    folder: Path
    feeds: Path
    user: str | None
    state: Path | None
    homes: bool = False
    network: bool = False


def unit(site: Site) -> str:
    """The text of the unit."""
    lines = [*_what(site), *_service(site), *_limits(site), "", "[Install]"]
    lines.append(f"WantedBy={'multi-user.target' if site.user else 'default.target'}")
    return "\n".join(lines) + "\n"


def _what(site: Site) -> list[str]:
    return [
        "[Unit]",
        f"Description=feedd: feeds of {_escaped(str(site.folder))}",
        "Documentation=https://github.com/feedd/feedd#readme",
        "After=local-fs.target remote-fs.target",
        "# A daemon that fails five times within ten minutes stays down until somebody looks at it.",
        "StartLimitIntervalSec=10min",
        "StartLimitBurst=5",
        "",
    ]


def _service(site: Site) -> list[str]:
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
        *([] if site.state else ["StateDirectory=feedd", "StateDirectoryMode=0750"]),
        "UMask=0022",
        "",
    ]


def _limits(site: Site) -> list[str]:
    """What the service may not do. One's own systemd can only take away what needs no privilege to take."""
    everybody = [
        "LockPersonality=yes",
        "MemoryDenyWriteExecute=yes",
        "NoNewPrivileges=yes",
        f"RestrictAddressFamilies=AF_UNIX{' AF_INET AF_INET6' if site.network else ''}",
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
        *([] if site.network else ["IPAddressDeny=any"]),
        "KeyringMode=private",
        "PrivateDevices=yes",
        "PrivateIPC=yes",
        *([] if site.network else ["PrivateNetwork=yes"]),
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
