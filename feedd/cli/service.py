"""The commands that run the daemon or a server, or ask the daemon: options in, calls made, an exit status out."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from feedd.cli import output
from feedd.cli.announce import as_mappings, left_for
from feedd.cli.delivering import left_for_stores, say_uploads_left
from feedd.cli.locating import OutOfReach, state_of_daemon
from feedd.cli.main import DONE, PROBLEMS, REFUSED, USAGE
from feedd.cli.saying.say_announcements import Left, say_left
from feedd.cli.saying.say_pictures import count_pictures, say_pictures
from feedd.cli.saying.say_status import say_status
from feedd.cli.setup import (
    say_if_no_site,
    state_path,
    subscribers_path,
    with_any_config,
    with_config,
)
from feedd.cli.subscribing.private_subscribers import PrivateCount, count_private, say_private
from feedd.config.load import DEFAULT_PATH, Config
from feedd.daemon import log, unit
from feedd.daemon.serving import Service
from feedd.daemon.systemd import Systemd
from feedd.serve.listen_address import parse as parse_address
from feedd.serve.server_options import CacheOptions, PrivateOptions, ServerOptions
from feedd.serve.sockets import CHOOSE_LISTEN, CHOOSE_MONITOR, CannotListen, listen, socket_url
from feedd.store.control import Control, Status
from feedd.store.copies.snapshot import damage_seen
from feedd.store.ledger.media.picture_rows import PictureCount
from feedd.store.ledger.uploads.upload_rows import WaitingUploads
from feedd.store.mounts import file_identity
from feedd.store.private_feeds.private_tree import PrivateTree
from feedd.store.state_directory import LEDGER_NAME, StateDirectory

_CHECK_SECONDS = 0.005  # seconds between two checks whether a request was answered


def run(options: argparse.Namespace) -> int:
    """`feedd run`."""
    from feedd.cli.daemon_setups import SetupReader
    from feedd.daemon.inbox import Inbox
    from feedd.daemon.loop import PATIENCE, Broken, Daemon

    def act(first: Config) -> int:
        state = state_path(first)
        say_if_no_site(options, first)
        if options.config is None and DEFAULT_PATH.exists():
            options.config = DEFAULT_PATH  # once there was a file, its absence does not mean the defaults
        load = SetupReader(options, state)
        log.set_up(sys.stderr, "DEBUG" if options.verbose else "INFO")
        try:
            Daemon(
                load, Control(state), StateDirectory(state, PATIENCE), Inbox(), log.Log(), addresses=options.addresses
            ).run()
        except CannotListen as error:
            output.complain(str(error))
            return REFUSED
        except Broken as error:
            output.complain(str(error))
            return PROBLEMS
        return DONE

    return with_config(options, act)


def serve(options: argparse.Namespace) -> int:
    """`feedd serve`."""
    from feedd.serve import server

    def act(config: Config) -> int:
        service = service_settings(config, options.listen)
        if service.listen is None:
            output.complain("there is no address to listen on: serve.listen is off; say --listen HOST:PORT")
            return USAGE
        try:
            sockets = Systemd().sockets()
            main = sockets[0] if sockets else listen(service.listen, CHOOSE_LISTEN)
            monitor = None if service.monitor is None else main
            if service.monitor not in (None, service.listen):
                monitor = sockets[1] if len(sockets) > 1 else listen(service.monitor, CHOOSE_MONITOR)
        except CannotListen as error:
            output.complain(str(error))
            return REFUSED
        output.say(f"serving {service.feeds} on {socket_url(main)}; Ctrl-C ends it")
        watched = None if monitor is None else monitor.detach() if monitor is not main else main.fileno()
        feeds, state = os.fsencode(service.feeds), os.fsencode(service.state)
        options_of_server = ServerOptions(
            feeds, state, service.cache_options, main.detach(), watched, private=service.private
        )
        server.serve(options_of_server)
        return DONE

    return with_config(options, act)


def service_settings(config: Config, listen: str | None) -> Service:
    """What to serve, and where. `listen`: the address on the command line."""
    where = config.serve
    return Service(
        feeds=str(config.directories.feeds.absolute()),
        state=str(state_path(config).absolute()),
        cache_options=CacheOptions(
            base_url=config.base_url,
            formats=config.formats,
            hubs=config.websub.hubs,
            most=int(where.max_age),
            memory=where.memory,
        ),
        listen=parse_address(listen or where.listen),
        monitor=parse_address(where.monitor),
        private=_private_options(config),
    )


def _private_options(config: Config) -> PrivateOptions | None:
    if config.private is None or not config.private.feeds:
        return None
    titles = {each.slug: each.title for each in config.feeds if each.slug in config.private.feeds}
    return PrivateOptions(
        state=os.fsencode(state_path(config).absolute()),
        subscribers=os.fsencode(subscribers_path(config).absolute()),
        feeds=dict(sorted(titles.items(), key=lambda each: (each[1].casefold(), each[0]))),
        formats=config.formats,
        language=config.language,
        words=config.words,
        title=config.title,
        pages=config.pages,
    )


def status(options: argparse.Namespace) -> int:
    """`feedd status`."""

    def act(config: Config, *, sound: bool) -> int:
        try:
            state = state_of_daemon(config, "status")
        except OutOfReach as error:
            output.complain(str(error))
            if options.format == "json":
                output.say_json(_status_mapping(None, None, None, None, None, None, running=True))
            return PROBLEMS
        control = Control(state)
        holder, found = control.holder(), control.status()
        if holder is not None and found is not None and found.pid != holder:
            found = None  # an earlier daemon left it
        if damage := damage_seen(state / LEDGER_NAME):
            output.complain(damage)
        left, uploads = left_for(state, config.websub.hubs), left_for_stores(state, config)
        pictures, private = count_pictures(state), count_private(config)
        if options.format == "json":
            output.say_json(_status_mapping(state, found, left, uploads, pictures, private, running=holder is not None))
        else:
            say_status(found, running=holder is not None)
            if state != state_path(config):
                output.say(f"  {'state':<10} {state}, as {unit.NAME} has it")
            say_left(left, config.websub.hubs)
            say_uploads_left(uploads)
            if config.images.mirror:
                say_pictures(pictures)
                for name in config.private.feeds if config.private else ():
                    say_pictures(count_pictures(PrivateTree(state).state_of(name)), name)
            say_private(private)
        if holder is None:
            return PROBLEMS if found is not None and found.state != "stopped" else REFUSED
        return DONE if found is not None and found.healthy and not found.configuration and sound else PROBLEMS

    return with_any_config(options, act)


def _status_mapping(
    state: Path | None,
    found: Status | None,
    left: Left | None,
    uploads: list[WaitingUploads] | None,
    pictures: PictureCount | None,
    private: PrivateCount | None,
    *,
    running: bool,
) -> dict[str, object]:
    """The status for JSON. Unknown values are null."""
    return {
        "running": running,
        "state_directory": state and str(state),
        "status": found,
        "announcements": None if left is None else as_mappings(left.waiting),
        "refused": None if left is None else as_mappings(left.refused),
        "uploads": None if uploads is None else [each._asdict() for each in uploads],
        "pictures": None if pictures is None else pictures._asdict(),
        "private": None if private is None else private._asdict(),
    }


def sync(options: argparse.Namespace) -> int:
    """`feedd sync`."""

    def act(config: Config, *, sound: bool) -> int:  # noqa: ARG001 - the daemon's own configuration is sound
        try:
            control = Control(state_of_daemon(config, "sync"))
        except OutOfReach as error:
            output.complain(str(error))
            return REFUSED
        deadline = time.monotonic() + options.timeout
        if control.holder() is None:
            return _nobody_runs()
        request = control.ask()
        try:
            identity = file_identity(control.requests)
            while control.waits(request):
                if time.monotonic() >= deadline:
                    return _took_too_long(options.timeout, control.status())
                if control.holder() is None:
                    return _nobody_runs()
                time.sleep(_CHECK_SECONDS)
        finally:
            control.answer([request])
        if control.holder() is None or file_identity(control.requests) != identity:
            return _nobody_runs()  # no answer: the state directory was deleted
        return DONE

    return with_any_config(options, act)


def _nobody_runs() -> int:
    output.complain("no daemon runs here; `feedd run` starts one, `feedd render` publishes once")
    return REFUSED


def _took_too_long(seconds: float, found: Status | None) -> int:
    output.complain(f"not everything was published within {seconds:g} s")
    if found is not None and found.last is not None and found.last.outcome != "done":
        output.complain(f"the last pass was {found.last.outcome}: {found.last.words}")
    return PROBLEMS
