"""What else of a state directory is in a backup: the files that cannot be made again, by their names; and back.

- `subscribers`, `gone-pages`: that somebody subscribed, and which pages are gone
- `private/subscribers.json`, `private/.token-place`: who may read private feeds; without them, nobody may
- `private/NAME/ledger.sqlite3`, `private/NAME/gone-pages`: of a private feed
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from feedd.patterns import late_pattern
from feedd.store.copies.snapshot import snapshot
from feedd.store.errors import Damaged, Unusable
from feedd.store.gone_pages import GONE_PAGES_NAME
from feedd.store.private_feeds.private_tree import TOKEN_PLACE_NAME, PrivateTree
from feedd.store.private_files import make_directory, read_private, replace_private
from feedd.store.state_directory import LEDGER_NAME
from feedd.store.subscribers import SUBSCRIBERS_NAME

SUBSCRIBER_LIST_NAME = "private/subscribers.json"
_OF_A_SITE = (SUBSCRIBERS_NAME, GONE_PAGES_NAME)
_NAME = late_pattern(
    rf"{SUBSCRIBERS_NAME}|{GONE_PAGES_NAME}|{re.escape(SUBSCRIBER_LIST_NAME)}|private/(?:{re.escape(TOKEN_PLACE_NAME)}"
    rf"|(?!\.)[^/\0]+/(?:{re.escape(LEDGER_NAME)}|{GONE_PAGES_NAME}))"
)


def state_files(state: Path) -> Iterator[tuple[str, bytes]]:
    """The names and contents of these files. Each ledger is as it was at one moment. Raises Damaged or Unusable."""
    for name in _OF_A_SITE:
        yield from _contents(state, name)
    tree = PrivateTree(state)
    for path in (tree.subscribers, tree.root / TOKEN_PLACE_NAME):
        yield from _contents(state, path.relative_to(state).as_posix())
    for folder in sorted(tree.root.iterdir()) if tree.root.is_dir() else ():
        if (folder / LEDGER_NAME).is_file():
            with closing(snapshot(folder / LEDGER_NAME)) as copy:
                yield (folder / LEDGER_NAME).relative_to(state).as_posix(), _as_one_file(copy.serialize())
            yield from _contents(state, (folder / GONE_PAGES_NAME).relative_to(state).as_posix())


def _as_one_file(database: bytes) -> bytes:
    """A database without a write-ahead log (https://sqlite.org/fileformat2.html, section 1.3.3)."""
    return database[:18] + b"\x01\x01" + database[20:]


def _contents(state: Path, name: str) -> Iterator[tuple[str, bytes]]:
    try:
        data = read_private(state / name)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unusable(f"{state / name} cannot be read: {error.strerror}") from None
    yield name, data


def known_files(files: Mapping[str, bytes], check: Callable[[sqlite3.Connection], None]) -> dict[str, bytes]:
    """The files among these that a state directory may have. `check` raises Damaged for a ledger that is not in order.
    Raises Damaged.
    """
    found = {name: data for name, data in files.items() if _NAME.fullmatch(name)}
    for name, data in found.items():
        if name.endswith(LEDGER_NAME):
            with closing(sqlite3.connect(":memory:")) as copy:
                try:
                    copy.deserialize(data)
                except sqlite3.Error as error:
                    raise Damaged(f"{name}: {error}") from error
                check(copy)
    return found


def put_back(state: Path, files: Mapping[str, bytes], adapt: Callable[[sqlite3.Connection], None]) -> tuple[str, ...]:
    """Puts files into a state directory, but none that is there already. `adapt` prepares each ledger. Returns the
    names of the files that were put there. Raises Unusable.
    """
    done: list[str] = []
    for name, data in sorted(files.items()):
        path = state / name
        if path.exists():
            continue
        try:
            make_directory(path.parent)
            replace_private(path, _adapted(data, adapt) if name.endswith(LEDGER_NAME) else data)
        except OSError as error:
            raise Unusable(f"{path} cannot be put back: {error.strerror}") from None
        done.append(name)
    return tuple(done)


def _adapted(ledger: bytes, adapt: Callable[[sqlite3.Connection], None]) -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        copy.deserialize(ledger)
        adapt(copy)
        return copy.serialize()
