"""The command that has systemd run the daemon: options in, units written, an exit status out."""

from __future__ import annotations

import argparse
import os
import pwd
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from feedd.cli import output
from feedd.cli.main import DONE, REFUSED, USAGE
from feedd.cli.saying.say_service import say_service
from feedd.cli.setup import state_path, with_config
from feedd.cli.starter import make_owned_directory, write_unit
from feedd.config.load import DEFAULT_PATH, Config
from feedd.daemon import unit
from feedd.serve.listen_address import Address
from feedd.serve.listen_address import parse as parse_address
from feedd.store.mounts import real_path
from feedd.store.state_directory import LEDGER_NAME

_HOMES = ("/home", "/root", "/run/user")  # what ProtectHome= hides


def install_service(options: argparse.Namespace) -> int:
    """`feedd install-service`."""

    def act(config: Config) -> int:
        user, complaint = (None, None) if options.user else _user(options, config)
        if complaint is not None:
            output.complain(complaint)
            return USAGE
        site = _site(options, config, user)
        if options.socket and not site.listens:
            output.complain("there is nothing for a socket to listen on: serve.listen is off")
            return USAGE
        if wrong := unit.unfit(site):
            output.complain(f"a unit cannot hold {wrong}: it has control characters or is not UTF-8; rename it")
            return USAGE
        hidden = unit.unseen(site, _used(options, config))
        if hidden is not None:
            output.complain(
                f"the service would not see {hidden}: it has a /tmp and a /var/tmp of its own (PrivateTmp=), "
                "which are empty; move it elsewhere, to /srv for example"
            )
        units = {unit.NAME: unit.unit(site)} | ({unit.SOCKET_NAME: unit.socket_unit(site)} if site.listens else {})
        if options.only_print:
            for line in "\n".join(units.values()).removesuffix("\n").split("\n"):
                output.say(line)
            return DONE
        if hidden is not None:
            return REFUSED
        if site.user and (closed := _closed(site.user, _used(options, config))):
            output.complain(
                f"user {site.user} may not enter {closed}, and the service uses what lies there; open or move it"
            )
        return _write(units, site)

    return with_config(options, act)


def _write(units: dict[str, str], site: unit.UnitSite) -> int:
    """Writes units, by name, and makes the folders that they need. Says so. Returns an exit status."""
    folder = Path("/etc/systemd/system") if site.user else Path.home() / ".config/systemd/user"
    try:
        for directory in (site.feeds, *([site.state] if site.state else [])):
            make_owned_directory(directory, site.user)  # the unit may write there and nowhere else
        for name, text in units.items():
            write_unit(folder / name, text)
    except OSError as error:
        output.complain(f"{error.filename}: {error.strerror}; with --print it is only printed")
        return REFUSED
    left = folder / unit.SOCKET_NAME
    say_service([folder / name for name in units], None if site.listens or not left.exists() else left, site)
    return DONE


def _user(options: argparse.Namespace, config: Config) -> tuple[str | None, str | None]:
    """The user of the service, and a complaint. The user is None if there is a complaint."""
    if options.run_as:
        try:
            return pwd.getpwnam(options.run_as).pw_name, None
        except KeyError:
            return None, f"--run-as: there is no user {options.run_as}"
    seeds = config.directories.seeds
    try:
        owner = (seeds if isinstance(seeds, Path) else Path.cwd()).stat().st_uid
    except OSError as error:
        return None, f"{config.directories.seeds}: {error.strerror}; who is to run the service? Say so with --run-as"
    if owner == 0:
        return None, f"{config.directories.seeds} belongs to root, which should not run it; choose with --run-as USER"
    try:
        return pwd.getpwuid(owner).pw_name, None
    except KeyError:
        return None, f"{config.directories.seeds} belongs to user {owner}, who has no name; choose with --run-as USER"


def _has_ledger(state: Path) -> bool:
    return (state / LEDGER_NAME).exists()


def _site(options: argparse.Namespace, config: Config, user: str | None) -> unit.UnitSite:
    """What the unit is made of. An existing ledger stays in use."""
    program = Path(sys.executable).with_name("feedd")
    command = [str(program)] if program.exists() else [sys.executable, "-m", "feedd"]
    command.append("run")
    for name, value in (
        ("--config", options.config),
        ("--seeds", options.seeds),
        ("--feeds", options.feeds),
        ("--base-url", options.base_url),
    ):
        if value is not None:
            command += [name, str(value.absolute()) if isinstance(value, Path) else value]
    state = state_path(config).absolute()
    folder, feeds = Path.cwd(), config.directories.feeds.absolute()
    return unit.UnitSite(
        command=tuple(command),
        folder=folder,
        feeds=feeds,
        user=user,
        state=state if user is None or config.directories.state or options.state or _has_ledger(state) else None,
        homes=any(path.is_relative_to(home) for path in _used(options, config) for home in _HOMES),
        reach=_reach(config, is_handed_sockets=options.socket),
        listens=_listens(config) if options.socket else (),
    )


def _used(options: argparse.Namespace, config: Config) -> Iterator[Path]:
    """The files and folders that the service uses, each as named and with links resolved. A Unix socket counts, unless
    systemd makes it.
    """
    places = config.directories
    used = [Path.cwd(), places.feeds, state_path(config), options.config or DEFAULT_PATH]
    if isinstance(places.seeds, Path):
        used.append(places.seeds)
    if not options.socket:
        used += [Path(each.path) for each in _listens(config) if each.path]
    for path in (*used, Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable)):
        yield path.absolute()
        yield real_path(path)


def _closed(user: str, used: Iterable[Path]) -> Path | None:
    """The first folder above the used paths that the user may not enter; None if there is none. The service may not
    override permissions, even as root. Folders with an access control list are not checked.
    """
    known = pwd.getpwnam(user)
    groups = os.getgrouplist(user, known.pw_gid)
    for path in used:
        for folder in reversed(path.parents):
            try:
                found = folder.stat()
            except OSError:
                break
            needed = 0o001
            if found.st_uid == known.pw_uid:
                needed = 0o100
            elif found.st_gid in groups:
                needed = 0o010
            if not found.st_mode & needed and not _has_list(folder):
                return folder
    return None


def _has_list(folder: Path) -> bool:
    try:
        return bool(os.getxattr(folder, "system.posix_acl_access"))
    except OSError:
        return False


def _listens(config: Config) -> tuple[Address, ...]:
    """The addresses of the daemon, in the order in which it takes sockets from systemd."""
    listen = parse_address(config.serve.listen)
    monitor = parse_address(config.serve.monitor)
    if listen is None:
        return ()
    return (listen,) if monitor in (None, listen) else (listen, monitor)


def _reach(config: Config, *, is_handed_sockets: bool) -> Literal["nobody", "this machine", "anybody"]:
    """Whom the daemon talks to over the network."""
    in_a_store = config.publish or not isinstance(config.directories.seeds, Path)
    asks = config.media.probe or config.images.mirror
    if config.websub.hubs or asks or in_a_store or isinstance(config.workers, str):
        return "anybody"
    if is_handed_sockets:
        return "nobody"
    hosts = {each.host for each in _listens(config) if not each.path}
    if not hosts:
        return "nobody"
    local = all(host in ("localhost", "::1") or host.startswith("127.") for host in hosts)
    return "this machine" if local else "anybody"
