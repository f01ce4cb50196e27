"""The commands about the daemon: options in, calls made, an exit status out."""

from __future__ import annotations

import argparse
import os
import pwd
import sys
import time
from pathlib import Path
from typing import Literal

from feedd.cli import words
from feedd.cli.announcing import as_mappings, left_for
from feedd.cli.main import DONE, PROBLEMS, REFUSED, USAGE
from feedd.cli.setup import items_of, read_configuration, settings_of, state_path, with_any_config, with_config
from feedd.cli.starter import make_place, write_unit
from feedd.config import DEFAULT_PATH, Config, ConfigError
from feedd.core.address import Address
from feedd.core.address import parse as parse_address
from feedd.daemon import log, unit
from feedd.daemon.serving import Service
from feedd.daemon.systemd import Systemd
from feedd.disk.database import FILE_NAME, StateDirectory, file_identity
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.presence import Presence, Status
from feedd.model import Problem
from feedd.serve.orders import Manner, Orders
from feedd.serve.sockets import CHOOSE_LISTEN, CHOOSE_MONITOR, CannotListen, listen, url_of

_GLANCE = 0.005  # seconds between two looks at whether a request is answered


def run(options: argparse.Namespace) -> int:
    """`feedd run`."""
    from feedd.daemon.inbox import Inbox
    from feedd.daemon.loop import PATIENCE, Broken, Daemon, Setup

    def act(first: Config) -> int:
        state = state_path(first)
        if options.config is None and DEFAULT_PATH.exists():
            options.config = DEFAULT_PATH  # once it was there, its absence does not mean the defaults

        def load() -> Setup:
            config = read_configuration(options)
            if state_path(config) != state:
                where = str(options.config or DEFAULT_PATH)
                reason = "directories.state cannot change while the daemon runs; stop it and start it again"
                raise ConfigError([Problem(where, reason)])
            feeds = FeedsDirectory(config.directories.feeds)
            service = service_of(config, options.listen)
            return Setup(items_of(config), feeds, settings_of(config), config.daemon, service)

        log.set_up(sys.stderr, "DEBUG" if options.verbose else "INFO")
        try:
            Daemon(load, Presence(state), StateDirectory(state, PATIENCE), Inbox(), log.Log()).run()
        except CannotListen as error:
            words.complain(str(error))
            return REFUSED
        except Broken as error:
            words.complain(str(error))
            return PROBLEMS
        return DONE

    return with_config(options, act)


def serve(options: argparse.Namespace) -> int:
    """`feedd serve`."""
    from feedd.serve import server

    def act(config: Config) -> int:
        service = service_of(config, options.listen)
        if service.listen is None:
            words.complain("there is no address to listen on: serve.listen is off; say --listen HOST:PORT")
            return USAGE
        try:
            sockets = Systemd().sockets()
            main = sockets[0] if sockets else listen(service.listen, CHOOSE_LISTEN)
            monitor = None if service.monitor is None else main
            if service.monitor not in (None, service.listen):
                monitor = sockets[1] if len(sockets) > 1 else listen(service.monitor, CHOOSE_MONITOR)
        except CannotListen as error:
            words.complain(str(error))
            return REFUSED
        words.say(f"serving {service.feeds} on {url_of(main)}; Ctrl-C ends it")
        watched = None if monitor is None else monitor.detach() if monitor is not main else main.fileno()
        feeds, state = os.fsencode(service.feeds), os.fsencode(service.state)
        server.serve(Orders(feeds, state, service.manner, main.detach(), watched))
        return DONE

    return with_config(options, act)


def service_of(config: Config, listen: str | None) -> Service:
    """Where to serve what; `listen` is what the command line says."""
    where = config.serve
    return Service(
        feeds=str(config.directories.feeds.absolute()),
        state=str(state_path(config).absolute()),
        manner=Manner(
            base_url=config.base_url,
            formats=config.formats,
            hubs=config.websub.hubs,
            most=int(where.max_age),
            memory=where.memory,
        ),
        listen=parse_address(listen or where.listen),
        monitor=parse_address(where.monitor),
    )


def status(options: argparse.Namespace) -> int:
    """`feedd status`."""

    def act(config: Config, *, sound: bool) -> int:
        presence = Presence(state_path(config))
        holder, said = presence.holder(), presence.status()
        if holder is not None and said is not None and said.pid != holder:
            said = None  # it is from one that has ended
        left = left_for(state_path(config), config.websub.hubs)
        if options.format == "json":
            queue = None if left is None else as_mappings(left.waiting)
            refused = None if left is None else as_mappings(left.refused)
            running = holder is not None
            words.say_json({"running": running, "status": said, "announcements": queue, "refused": refused})
        else:
            words.say_status(said, running=holder is not None)
            words.say_left(left, config.websub.hubs)
        if holder is None:
            return PROBLEMS if said is not None and said.state != "stopped" else REFUSED
        return DONE if said is not None and said.healthy and not said.configuration and sound else PROBLEMS

    return with_any_config(options, act)


def sync(options: argparse.Namespace) -> int:
    """`feedd sync`."""

    def act(config: Config, *, sound: bool) -> int:  # noqa: ARG001 - the daemon has one that is
        presence = Presence(state_path(config))
        deadline = time.monotonic() + options.timeout
        if presence.holder() is None:
            return _nobody_runs()
        request = presence.ask()
        try:
            place = file_identity(presence.requests)
            while presence.waits(request):
                if time.monotonic() >= deadline:
                    return _took_too_long(options.timeout, presence.status())
                if presence.holder() is None:
                    return _nobody_runs()
                time.sleep(_GLANCE)
        finally:
            presence.answer([request])
        if presence.holder() is None or file_identity(presence.requests) != place:
            return _nobody_runs()  # it was not answered: the state directory was deleted
        return DONE

    return with_any_config(options, act)


def _nobody_runs() -> int:
    words.complain("no daemon runs here; `feedd run` starts one, `feedd render` publishes once")
    return REFUSED


def _took_too_long(seconds: float, said: Status | None) -> int:
    words.complain(f"not everything was published within {seconds:g} s")
    if said is not None and said.last is not None and said.last.outcome != "done":
        words.complain(f"the last pass was {said.last.outcome}: {said.last.words}")
    return PROBLEMS


def install_service(options: argparse.Namespace) -> int:
    """`feedd install-service`."""

    def act(config: Config) -> int:
        user, complaint = (None, None) if options.user else _user(options, config)
        if complaint is not None:
            words.complain(complaint)
            return USAGE
        site = _site(options, config, user)
        if options.socket and not site.listens:
            words.complain("there is nothing for a socket to listen on: serve.listen is off")
            return USAGE
        if wrong := unit.unfit(site):
            words.complain(f"a unit cannot hold {wrong}: it has control characters or is not UTF-8; rename it")
            return USAGE
        units = {unit.NAME: unit.unit(site)} | ({unit.SOCKET_NAME: unit.socket_unit(site)} if site.listens else {})
        if options.only_print:
            for line in "\n".join(units.values()).removesuffix("\n").split("\n"):
                words.say(line)
            return DONE
        folder = Path.home() / ".config/systemd/user" if options.user else Path("/etc/systemd/system")
        try:
            for place in (site.feeds, *([site.state] if site.state else [])):
                make_place(place, site.user)  # the unit may write there and nowhere else
            for name, text in units.items():
                write_unit(folder / name, text)
        except OSError as error:
            words.complain(f"{error.filename}: {error.strerror}; with --print it is only printed")
            return REFUSED
        left = folder / unit.SOCKET_NAME
        words.say_service([folder / name for name in units], None if site.listens or not left.exists() else left, site)
        return DONE

    return with_config(options, act)


def _user(options: argparse.Namespace, config: Config) -> tuple[str | None, str | None]:
    """Whose service it is to be; or what is wrong with that."""
    if options.run_as:
        try:
            return pwd.getpwnam(options.run_as).pw_name, None
        except KeyError:
            return None, f"--run-as: there is no user {options.run_as}"
    try:
        owner = config.directories.seeds.stat().st_uid
    except OSError as error:
        return None, f"{config.directories.seeds}: {error.strerror}; who is to run the service? Say so with --run-as"
    if owner == 0:
        return None, f"{config.directories.seeds} belongs to root, which should not run it; choose with --run-as USER"
    try:
        return pwd.getpwuid(owner).pw_name, None
    except KeyError:
        return None, f"{config.directories.seeds} belongs to user {owner}, who has no name; choose with --run-as USER"


def _has_ledger(state: Path) -> bool:
    return (state / FILE_NAME).exists()


def _site(options: argparse.Namespace, config: Config, user: str | None) -> unit.Site:
    """What the unit has to know. A ledger that is there already goes on being used."""
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
    used = [folder, feeds, state, config.directories.seeds.resolve(), Path(sys.prefix), Path(sys.base_prefix)]
    used += [options.config.absolute()] if options.config else []
    return unit.Site(
        command=tuple(command),
        folder=folder,
        feeds=feeds,
        user=user,
        state=state if user is None or config.directories.state or options.state or _has_ledger(state) else None,
        homes=any(path.is_relative_to(home) for path in used for home in ("/home", "/root", "/run/user")),
        reach=_reach(config, is_handed_sockets=options.socket),
        listens=_listens(config) if options.socket else (),
    )


def _listens(config: Config) -> tuple[Address, ...]:
    """Where the daemon listens, in the order in which it takes sockets that are passed to it."""
    listen = parse_address(config.serve.listen)
    monitor = parse_address(config.serve.monitor)
    if listen is None:
        return ()
    return (listen,) if monitor in (None, listen) else (listen, monitor)


def _reach(config: Config, *, is_handed_sockets: bool) -> Literal["nobody", "this machine", "anybody"]:
    """With whom the daemon has to do over the network."""
    if config.websub.hubs:
        return "anybody"
    if is_handed_sockets:
        return "nobody"
    hosts = {each.host for each in _listens(config) if not each.path}
    if not hosts:
        return "nobody"
    local = all(host in ("localhost", "::1") or host.startswith("127.") for host in hosts)
    return "this machine" if local else "anybody"
