"""The watch: a tree of folders in; reasons for the inbox, as its files change, out.

Each reason is a hint: it says where to look. When hints may have been lost, a Lost says so. What cannot be watched is
looked at periodically.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from feedd.daemon.inbox import Lost, Reason
from feedd.daemon.watched_tree import WatchedTree, advice, watch_tree
from feedd.store.items import ItemsDirectory
from feedd.store.mounts import file_system, is_remote, mounted_below

if TYPE_CHECKING:
    from feedd.store.object_stores.bucket_items import BucketItems


class Watch:
    """Watches an items' directory, and the folder of requests, from `start` to `stop`.

    `how` is "auto" (inotify, where it can be trusted) or "poll" (not at all: everything is looked at periodically).
    """

    def __init__(
        self, items: ItemsDirectory | BucketItems, requests: Path, how: str, put: Callable[[Reason], None]
    ) -> None:
        self._items = items if isinstance(items, ItemsDirectory) else None
        self._requests = requests
        self._how = how
        self._put = put
        self._tree: WatchedTree | None = None
        self._identity: tuple[str, int, int] | None = None
        self._mounts: frozenset[str] = frozenset()
        self.why_not: str | None = None  # why not all files are watched; None if all are

    def start(self) -> None:
        """Begins to watch. Afterwards `why_not` says whether this worked."""
        if self._items is None:
            self.why_not = "an object store tells of no changes"
            return
        self._identity = self._items.identity()
        self._mounts = mounted_below(self._items.path)
        self.why_not = self._obstacle(self._items)
        if self.why_not is not None:
            return
        try:
            self._tree = watch_tree(self._items, self._requests, self._put)
        except OSError as error:
            self.why_not = f"the files cannot be watched: {advice(error)}"
        except ImportError:
            self.why_not = "this system has no inotify"
        else:
            self.why_not = self._tree.why_not()

    def _obstacle(self, items: ItemsDirectory) -> str | None:
        if self._how == "poll":
            return "the configuration says `watch: poll`"
        kind = file_system(items.path)
        if is_remote(kind):
            return f"changes on a network file system ({kind}) cannot be watched"
        return None if self._identity else f"the items' directory {items.path} is not there"

    def stop(self) -> None:
        """Ends; no reason is put after this."""
        if self._tree is not None:
            self._tree.close()
            self._tree = None

    def is_read_by(self, thread: threading.Thread | None) -> bool:
        """Whether it is this thread that reads events."""
        return self._tree is not None and self._tree.is_read_by(thread)

    def renew(self) -> None:
        """Begins anew, after events may have been lost."""
        self.stop()
        self.start()

    def trouble(self) -> Lost | None:
        """A change that caused no event: the watched directory was replaced, or its thread has ended. None if all is
        well.
        """
        if self._items is None:
            return None
        if self._items.identity() != self._identity:
            return Lost(f"the items' directory {self._items.path} was moved, replaced or unmounted, or is back")
        if mounted_below(self._items.path) != self._mounts:
            return Lost(f"something was mounted or unmounted in the items' directory {self._items.path}")
        if self._tree is not None and not self._tree.is_alive():
            return Lost("the thread that watched the files has ended")
        return None
