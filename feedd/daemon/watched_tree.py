"""A watched tree: events of the kernel in; reasons for the inbox out. watchdog's only place.

    kernel -- inotify --> watchdog's InotifyFD (a thread) -- on_event --> FilesTouched, Asked, Lost --> inbox

It uses watchdog's inotify and not watchdog's observer. The observer holds a renamed file back for up to half a second.
It does not tell which folders could not be watched, and only logs a loss of events.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import warnings
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from feedd.daemon.inbox import Asked, FilesTouched, Lost, Reason, Reconcile
from feedd.daemon.link_targets import links_on_the_way
from feedd.items.file_names import is_section_file
from feedd.items.local_files import is_media
from feedd.items.withholding.data_names import data_name
from feedd.store.generator_files.section_files import speaks_for_others
from feedd.store.generator_files.site_collections import CONFIGURATION
from feedd.store.items import ItemsDirectory
from feedd.store.mounts import inotify_limit, is_being_written

if TYPE_CHECKING:  # where there is no inotify, importing it fails
    from watchdog.observers.inotify_c import InotifyEvent, InotifyFD, WatchDescriptor


def advice(error: OSError) -> str:
    """An error of inotify, and what to do about it."""
    for code, name in ((errno.ENOSPC, "max_user_watches"), (errno.EMFILE, "max_user_instances")):
        if error.errno == code:
            return f"{os.strerror(code)}; raise fs.inotify.{name}{_now(name)}, see sysctl(8)"
    return error.strerror or str(error)


def _now(name: str) -> str:
    """The value of a limit in words; "" if it cannot be read, as under systemd's ProcSubset=."""
    limit = inotify_limit(name)
    return f" (now {limit})" if limit else ""


def watch_tree(items: ItemsDirectory, requests: Path, put: Callable[[Reason], None]) -> WatchedTree:
    """A watched tree. Raises OSError, or ImportError where there is no inotify."""
    from watchdog.observers.inotify_c import InotifyFD

    warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)  # a folder may be added twice
    fd = InotifyFD()
    fd.start()
    tree = WatchedTree(fd, items, put)
    try:
        tree.add_requests(requests)  # first: so a request comes after the changes before it
        tree.add_above()
        tree.add("")
    except OSError:
        tree.close()
        raise
    return tree


class WatchedTree:
    """The watches on the folders of a tree: a callback of watchdog's InotifyFD, whose thread calls it."""

    def __init__(self, fd: InotifyFD, items: ItemsDirectory, put: Callable[[Reason], None]) -> None:
        from watchdog.observers.inotify_c import CallbackId, Mask
        from watchdog.observers.inotify_c import InotifyConstants as In

        self._fd = fd
        self._id = CallbackId(id(self))
        self._items = items
        self._root = os.path.realpath(items.path)
        self._put = put
        self._lock = threading.RLock()
        self._folders: dict[WatchDescriptor, str] = {}  # watch descriptor -> path below the root, "" for the root
        self._watches: dict[str, WatchDescriptor] = {}
        self._links: dict[str, set[str]] = {}  # path of a file -> links that lead to it
        self._above: set[WatchDescriptor] = set()  # of folders above the root whose files speak for it
        self._requests: WatchDescriptor | None = None
        self._unwatched: OSError | None = None
        arrivals = In.IN_CREATE | In.IN_MOVED_TO | In.IN_CLOSE_WRITE | In.IN_ATTRIB
        departures = In.IN_DELETE | In.IN_MOVED_FROM | In.IN_DELETE_SELF | In.IN_MOVE_SELF
        self._mask = Mask(arrivals | departures | In.IN_ONLYDIR | In.IN_DONT_FOLLOW)
        self._requests_mask = Mask(In.IN_CLOSE_WRITE | In.IN_ONLYDIR)
        self._unmount = In.IN_UNMOUNT

    def add_requests(self, folder: Path) -> None:
        """Watches the folder of requests. Raises OSError."""
        self._requests = self._fd.add_callback(os.fsencode(folder), self._requests_mask, self, self._id)

    def add_above(self) -> None:
        """Watches the folders above the root whose files speak for it, as far as they can be watched."""
        for folder in self._items.folders_outside():
            with contextlib.suppress(OSError):
                watch = self._fd.add_callback(os.fsencode(f"{self._root}/{folder}"), self._mask, self, self._id)
                if watch >= 0:
                    self._above.add(watch)

    def add(self, folder: str) -> None:
        """Watches a folder and those below it. Raises OSError only for the root."""
        with self._lock:
            waiting = [folder]
            while waiting:
                each = waiting.pop()
                if self._add_one(each):  # watched before its list is read: no later change is missed
                    waiting.extend(self._subfolders(each))

    def _add_one(self, folder: str) -> bool:
        try:
            watch = self._fd.add_callback(os.fsencode(f"{self._root}/{folder}"), self._mask, self, self._id)
        except OSError as error:
            if folder == "":
                raise
            if error.errno not in (errno.ENOENT, errno.ENOTDIR):
                self._unwatched = error
            return False
        if watch < 0:  # the folder may not be read: the next scan reports it
            if folder == "":
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return False
        self._folders[watch] = folder
        self._watches[folder] = watch
        return True

    def _subfolders(self, folder: str) -> list[str]:
        try:
            with os.scandir(f"{self._root}/{folder}") as entries:
                found = [(entry.name, entry.is_symlink()) for entry in entries if entry.is_symlink() or entry.is_dir()]
        except OSError:
            return []
        folders = []
        for name, is_link in found:
            path = f"{folder}/{name}" if folder else name
            if is_link:
                self._follow(path)
            elif not self._items.names.ignores(path):
                folders.append(path)
        return folders

    def _follow(self, path: str) -> None:
        """Reports changes of a link's target, and of the links on the way, as changes of the link. A path that is no
        longer a link may be reported too. Hidden folders on the way are watched, but not looked into.
        """
        if not self._items.names.are_of_item(path):
            return
        for each in links_on_the_way(self._root, path):
            self._links.setdefault(each, set()).add(path)
            folder = each.rpartition("/")[0]
            if folder not in self._watches:
                self._add_one(folder)

    def _drop(self, folder: str) -> None:
        """Ends the watches on a folder that was moved away or deleted, and on its subfolders."""
        with self._lock:
            gone = [path for path in self._watches if path == folder or path.startswith(f"{folder}/")]
            watches = [watch for path in gone if self._folders.get(watch := self._watches.pop(path)) == path]
            for watch in watches:  # not for a folder that is known by its new path already
                del self._folders[watch]
        with contextlib.suppress(OSError):
            self._fd.remove_callbacks([(watch, self._id) for watch in watches])

    def why_not(self) -> str | None:
        """Why some folders are not watched; None if all are."""
        return f"not all folders can be watched: {advice(self._unwatched)}" if self._unwatched else None

    def is_read_by(self, thread: threading.Thread | None) -> bool:
        """Whether it is this thread that reads events."""
        return thread is self._fd

    def is_alive(self) -> bool:
        """Whether there is a thread that reads events."""
        return bool(self._fd.is_alive())

    def close(self) -> None:
        """Ends all watches, and the thread."""
        self._fd.stop()
        self._fd.join()

    # What InotifyFD calls

    def on_event(self, event: InotifyEvent) -> None:
        """An event of a watched folder."""
        if event.wd == self._requests:
            self._put(Asked(os.fsdecode(event.name)))
            return
        with self._lock:
            folder = self._folders.get(event.wd)
        if folder is None:
            self._on_event_above(event)
            return
        if event.is_delete_self or event.is_move_self or event.mask & self._unmount:
            if folder == "":
                self._put(Lost(f"the items' directory {self._items.path} was moved, deleted or unmounted"))
            return
        if not event.name:
            if folder == "":
                self._put(Reconcile("the items' directory was changed itself"))
            return  # for other folders, the folder above reports it as well
        name = os.fsdecode(event.name)
        path = f"{folder}/{name}" if folder else name
        if not event.is_directory and (why := self._speaks_of_others(folder, name)):
            self._put(Reconcile(why))
        elif event.is_directory:
            self._on_folder(event, path)
        elif not (event.is_create and self._will_be_closed(path)):
            if os.path.islink(f"{self._root}/{path}"):  # noqa: PTH114 - it never raises
                self._follow(path)
            names = self._items.names
            touched = {path} if names.are_of_item(path) or (is_media(path) and not names.ignores(path)) else set()
            touched |= self._linked_through(self._links.get(path, ()))
            if touched:
                self._put(FilesTouched(tuple(sorted(touched))))

    def _on_event_above(self, event: InotifyEvent) -> None:
        if event.wd in self._above and speaks_for_others(os.fsdecode(event.name)):
            self._put(Reconcile("a file that speaks for the items' directory was changed"))

    def _speaks_of_others(self, folder: str, name: str) -> str | None:
        """Why a file that was changed concerns other files; None if it does not."""
        if name == CONFIGURATION:
            self.add(folder)  # other folders may be those of collections now
            return "a configuration that may name collections was changed"
        if is_section_file(name):
            return "a file that speaks for its folder was changed"
        if about := data_name(name):
            above = f"{self._root}/{folder}"
            is_of_folder = about.kind == "eleventy" or about.stem == above.rstrip("/").rpartition("/")[2]
            if is_of_folder or any(os.path.lexists(f"{above}/{about.stem}{end}") for end in self._items.names.suffixes):
                return "a file of data beside texts was changed"
        return None

    def _linked_through(self, links: Iterable[str]) -> set[str]:
        """Follows these links anew, since they may lead elsewhere now. Returns them."""
        found = set(links)
        for link in found:
            self._follow(link)
        return found

    def _on_folder(self, event: InotifyEvent, path: str) -> None:
        if self._items.names.ignores(path):
            through = (links for each, links in self._links.items() if f"{each}/".startswith(f"{path}/"))
            if touched := self._linked_through(chain.from_iterable(list(through))):
                self._put(FilesTouched(tuple(sorted(touched))))
            return
        was_watched = False
        if event.is_delete or event.is_moved_from:
            self._drop(path)
        else:
            known, was_watched = self._unwatched, path in self._watches
            self.add(path)
            if self._unwatched is not known and (why := self.why_not()):
                self._put(Lost(why))
        if event.is_attrib and was_watched:  # its times or rights: its files are not read for this
            self._put(Reconcile("a folder of items was changed itself"))
        else:
            self._put(FilesTouched((path,)))

    def _will_be_closed(self, path: str) -> bool:
        """Whether a new file is still being written, so that its closing will cause an event. A link is complete at
        once.
        """
        try:
            found = os.lstat(f"{self._root}/{path}")
        except OSError:
            return False
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            return False
        return is_being_written(f"{self._root}/{path}") is not False

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """A folder is gone."""
        with self._lock:
            folder = self._folders.pop(wd, None)
            if folder is not None and self._watches.get(folder) == wd:
                del self._watches[folder]

    def on_queue_overflow(self) -> None:
        """Events were dropped by the kernel."""
        name = "max_queued_events"
        self._put(Lost(f"more happened at once than could be told; raise fs.inotify.{name}{_now(name)}"))
