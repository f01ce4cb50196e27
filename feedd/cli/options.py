"""The common parts of the parsers: options, types of arguments, and the late import of commands."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from feedd.store.object_stores.store_url import StoreUrl, is_store_url, parse_store_url

if TYPE_CHECKING:
    from feedd.items.decoders import Decoder

T = TypeVar("T")
OFF = "off"

USUAL_PLACE = ""  # of `--recover` without a place
_NEW_OBJECTS = 20_000  # between two searches for garbage: a pass makes records, which leave hardly any


def command(
    commands: Any, name: str, act: str, summary: str, description: str, statuses: str
) -> argparse.ArgumentParser:
    """Adds the parser of a command. `act`: the name of a function below feedd.cli, which is imported when the command
    runs.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=f"Exit statuses: {statuses}",
    )
    parser.set_defaults(act=_late(act))
    return parser


def _late(name: str) -> Callable[[argparse.Namespace], int]:
    """A function that imports the command when it runs: `feedd --help` should not load a database."""
    module, _, function = name.rpartition(".")

    def act(options: argparse.Namespace) -> int:
        command: Callable[[argparse.Namespace], int] = getattr(import_module(f"feedd.cli.{module}"), function)
        if not gc.isenabled():  # since the process began
            gc.freeze()  # no search for garbage has to look through what was loaded
            gc.set_threshold(_NEW_OBJECTS)
            gc.enable()
        return command(options)

    return act


def _items_place(text: str) -> Path | StoreUrl:
    if not is_store_url(text):
        return Path(text)
    try:
        return parse_store_url(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def recovery_place(text: str) -> str:
    """A place to recover from, as the type of an argument: a URL, a place in an object store, or a folder."""
    if is_store_url(text):
        _items_place(text)
    elif "://" in text and not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(
            f"{text!r} is none of https://HOST/PATH (or http), s3://BUCKET/PREFIX (or gs, az) and a folder"
        )
    elif "@" in text.partition("://")[2].partition("/")[0]:
        raise argparse.ArgumentTypeError(
            "no user name and password may stand before the host: logs and the ledger keep the address. Name a folder "
            "with a copy"
        )
    elif "://" in text:
        return web_address(text)
    return text


def recover(parser: argparse._ActionsContainer) -> None:
    """Adds the option that says where to go on from without a ledger."""
    parser.add_argument(
        "--recover",
        nargs="?",
        const=USUAL_PLACE,
        type=recovery_place,
        metavar="URL|FOLDER",
        help="if there is no ledger, or one from a backup, go on from what was published there (default: at the store "
        "of publish, else at base_url), or refuse",
    )


def places(parser: argparse.ArgumentParser) -> None:
    """Adds the options for directories, the configuration and the base URL."""
    group = parser.add_argument_group("places (they win over the configuration)")
    group.add_argument(
        "--config", type=Path, metavar="FILE", help="the configuration (default: config/feedd.yaml, if there is one)"
    )
    group.add_argument(
        "--seeds", type=_items_place, metavar="DIR", help="where the items are: a folder, or s3://bucket/prefix"
    )
    group.add_argument("--feeds", type=Path, metavar="DIR", help="where the feeds go (default: feeds)")
    group.add_argument(
        "--state", type=Path, metavar="DIR", help="where the ledger is (default: $STATE_DIRECTORY, else .feedd)"
    )
    group.add_argument("--base-url", metavar="URL", help="the public address of the feeds' folder")


def listen(parser: argparse.ArgumentParser) -> None:
    """Adds the option for the address of the server."""
    parser.add_argument(
        "--listen",
        type=listening_address,
        metavar="ADDRESS",
        help="where to serve: HOST:PORT, unix:PATH, or off (default: serve.listen, which is 127.0.0.1:8080)",
    )


def workers(parser: argparse.ArgumentParser) -> None:
    """Adds the option for what does the work on items."""
    parser.add_argument(
        "--workers",
        type=_workers,
        metavar="NUMBER|ADDRESS",
        help="how many processes do large work (0: as many as there are cores), or the address of a Dask scheduler "
        "that has it done, such as tcp://scheduler:8786 (default: workers, which is 0)",
    )


def _workers(text: str) -> int | str:
    from feedd.config.worker_settings import workers as decode

    return cast("int | str", _decoded(decode, text))


def report_format(parser: argparse.ArgumentParser, *formats: str) -> None:
    """Adds the option for the format of the report."""
    parser.add_argument("--format", choices=formats, default="text", help="how to report (default: text)")


def web_address(text: str) -> str:
    """A public address, as the type of an argument."""
    from feedd.config.value_decoders import base_url

    return _decoded(base_url, text)


def _decoded(decode: Decoder[T], text: str) -> T:
    from feedd.items.findings import Findings

    findings = Findings()
    found = decode(text, (), findings)
    if found is None:
        raise argparse.ArgumentTypeError(findings.problems[0][1])
    return found


def listening_address(text: str) -> str:
    """An address to listen on, as the type of an argument."""
    from feedd.serve.listen_address import parse as parse_address  # late: a wheel is built without msgspec

    if text != OFF and parse_address(text) is None:
        host, _, port = text.rpartition(":")
        if port.isdecimal() and parse_address(f"{host}:0") is not None:
            raise argparse.ArgumentTypeError(f"{text!r}: the greatest port is 65535")
        raise argparse.ArgumentTypeError(f"{text!r} is none of HOST:PORT, unix:PATH and off")
    return text


def seconds(text: str) -> float:
    """Seconds of up to a day, as the type of an argument."""
    value = float(text)
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError("from 0 to 86400")
    return value


def count(text: str) -> int:
    """A number of entries, as the type of an argument."""
    if not (text.isdecimal() and 1 <= int(text) <= 10000):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 10000")
    return int(text)
