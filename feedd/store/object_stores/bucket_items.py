"""Item files in a bucket: a listing, or the bytes of an object, out.

    list --> ETags --> stamps --> Scan --> the pass --> prepare: objects that differ --> cache --> read

A stamp is made of an object's ETag and size. So an object that did not change is not fetched, even if the cache has
lost it. What cannot be listed is not gone: scan raises Unavailable, and the pass is refused.
"""

from __future__ import annotations

import contextlib
import posixpath
import time
from collections.abc import Callable, Iterable, Sequence
from threading import Event

from feedd.decide.changes import unpack
from feedd.items.file_names import ItemNames
from feedd.model import Problem
from feedd.store.item_source import (
    FetchedVersion,
    FirstCommits,
    Glance,
    Hindrance,
    MediaStamp,
    Scan,
    Unavailable,
    Unread,
    covers,
)
from feedd.store.object_stores.ask_at_once import ask_at_once
from feedd.store.object_stores.bucket_configurations import LARGEST, ObjectCollections, ObjectSections
from feedd.store.object_stores.bucket_listing import list_patiently
from feedd.store.object_stores.bucket_objects import ODD, get_object, why_unread
from feedd.store.object_stores.object_cache import CachedObject, ObjectCache, Version, name_of
from feedd.store.object_stores.object_store import (
    BrokeOff,
    ObjectMissing,
    ObjectStore,
    OddKey,
    StoreError,
    StoreUnreachable,
)
from feedd.store.object_stores.object_tree import ObjectTree, ObjectWalk, is_as
from feedd.store.object_stores.store_url import StoreUrl, is_store_url, parse_store_url

_CHANGED = ""  # no reason why it cannot be read, and yet its stamp counts as changed


class BucketItems:
    """The item files in a bucket, an ItemSource. Paths are keys, relative to the prefix of the address."""

    def __init__(
        self,
        url: StoreUrl,
        store: ObjectStore,
        cache: ObjectCache,
        make_names: Callable[[ObjectCollections], ItemNames],
        max_bytes: int,
        max_media_bytes: int,
        *,
        audiences: bool = False,
    ) -> None:
        self.path = url
        self._store = store
        self._cache = cache
        self._max_bytes = max_bytes
        self._max_media_bytes = max_media_bytes
        self._tree = ObjectTree()  # of the last scan
        self._unseen: list[Problem] = []  # folders that the last scan could not list
        self._not_had: set[str] = set()  # objects that could not be fetched since
        self._while_waiting: Callable[[], None] = _wait
        self._sections = ObjectSections(self, url.prefix, audiences=audiences)
        self.names = make_names(ObjectCollections(self))

    def __getstate__(self) -> dict[str, object]:
        here = {"_tree": ObjectTree(), "_unseen": [], "_sections": None, "names": None, "_while_waiting": _wait}
        return {**self.__dict__, **here}

    def wait_with(self, while_waiting: Callable[[], None]) -> None:
        """Calls `while_waiting` now and then from now on, while the store is waited for."""
        self._while_waiting = while_waiting

    def identity(self) -> str:
        """The address."""
        return str(self.path)

    def scan(self, clock_ns: int) -> Scan:
        """Lists the bucket. No item is read. Raises Unavailable if the store cannot be asked, or does not tell all."""
        self._tree, self._unseen = list_patiently(self._store, self._while_waiting)
        self._cache.trouble = ""
        self._not_had.clear()
        failed = self._cache.failed()
        again = [path for path in self._paths() if name_of(path) in failed] if failed else []
        walk = ObjectWalk(self._tree, self.path.prefix, self.names, self._sections, again, clock_ns)
        walk.add_problems(self._unseen)
        walk.add_problems(Problem(path, f"two objects seem to have this key: {ODD}") for path in self._tree.twice)
        walk.look_into("")
        walk.go_on()
        self._tree.pack_up()
        unreadable = (*walk.unreadable, *(f"{each.path}/" for each in self._unseen))
        media = tuple(sorted(walk.media))
        withheld = frozenset(walk.withheld)
        return Scan(walk.listing, walk.files, unreadable, walk.sorted_problems(), media, withheld)

    def glance(self, paths: Iterable[str]) -> Glance:
        """What is there at a few paths. The whole bucket is listed for it, if there are any."""
        looked_at = tuple(sorted(paths))
        if not looked_at:
            return Glance((), (), (), ())
        scan = self.scan(0)
        found = (folder + file.name for folder, files in scan.listing.items() for file in unpack(files))
        there = tuple(sorted(path for path in found if covers(looked_at, path)))
        withheld = frozenset(path for path in scan.withheld if covers(looked_at, path))
        return Glance(there, looked_at, scan.unreadable, scan.problems, withheld)

    def prepare(self, paths: Sequence[str]) -> dict[str, FetchedVersion]:
        """Fetches the objects at these paths that the cache does not have as they are listed. Raises Unavailable if the
        store cannot be reached. A store that only fails for some objects leaves them to `read`, which says why.
        """
        failed, seen, wanted = self._cache.failed(), dict[str, FetchedVersion](), list[str]()
        for path in paths:
            if (kept := self._as_listed(path, self._max_bytes)) is None:
                wanted.append(path)
                continue
            seen[path] = kept.version
            if name_of(path) in failed:
                self._cache.keep_failure(path, None)
        try:
            for path, version in zip(wanted, ask_at_once(self._fetch, wanted, self._while_waiting), strict=True):
                if version is not None:
                    seen[path] = version
        except StoreError as error:
            raise Unavailable(str(error)) from None
        return seen

    def _as_listed(self, path: str, most: int) -> CachedObject | None:
        """An object in the cache, or at least its first `most` bytes, if it is as it was listed."""
        return self._kept(path, most, self._tree.version(path))

    def _kept(self, path: str, most: int, version: FetchedVersion | None) -> CachedObject | None:
        """An object in the cache in this version, or at least its first `most` bytes."""
        found = self._cache.get(path) if version is not None and version[2] else None  # without an ETag all look alike
        if found is None or found.version != version or len(found.body) < min(found.version.size, most):
            return None
        return found

    def _fetch(self, path: str, over: Event) -> Version | None:
        """Takes an object into the cache, or the reason why it cannot be had. Raises StoreError if the fault seems to
        be the store's.
        """
        try:
            return self._fetched(path, self._max_bytes, over).version
        except StoreError as error:
            self._not_had.add(path)
            if isinstance(error, StoreUnreachable) and not over.is_set():
                self._check_store()
            return None

    def _check_store(self) -> None:
        """Raises StoreError if the store does not answer either where no single object is asked for."""
        with contextlib.suppress(OddKey):  # an answer as well
            next(iter(self._store.list()), None)

    def _fetched(self, path: str, most: int, over: Event) -> CachedObject:
        """An object, or its beginning if it has more than `most` bytes; kept in the cache, unless it is `over`: then a
        later pass may have kept a newer version. It is tried again if it is another than was listed.
        """
        listed = self._tree.version(path)
        try:
            found = get_object(self._store, path, most, listed)
        except StoreError as error:
            if not over.is_set():
                self._cache.drop(path)
                self._cache.keep_failure(path, why_unread(error))
            raise
        if not over.is_set():
            self._cache.put(path, found.version, found.body)
            self._cache.keep_failure(path, None if is_as(found.version, listed) else _CHANGED)
        return found

    def _fetched_meanwhile(self, path: str, most: int) -> CachedObject:
        """Like `_fetched`, while this thread shows that it is alive."""
        (found,) = ask_at_once(lambda each, over: self._fetched(each, most, over), [path], self._while_waiting)
        return found

    def read(self, path: str, version: FetchedVersion | None = None) -> bytes | Unread | None:
        """The bytes of one object, in this version or in a newer one; Unread if it cannot be read or is too large."""
        expected = version if version is not None else self._tree.version(path)
        found = self._kept(path, self._max_bytes, expected)
        if found is None and (why := self._cache.why_failed(path)):
            return Unread(Problem(path, why))
        try:
            found = found or self._read_anew(path, expected)
        except StoreError as error:
            return Unread(Problem(path, why_unread(error)))
        if found.version.size > self._max_bytes:
            reason = f"larger than {self._max_bytes:,} bytes (`items.max_bytes`)"
            return Unread(Problem(path, reason), found.body[: self._max_bytes])
        return found.body

    def _read_anew(self, path: str, expected: FetchedVersion | None) -> CachedObject:
        """An object that the cache has lost. It is tried again if it is another than expected: its stamp is not its
        own.
        """
        try:
            found = get_object(self._store, path, self._max_bytes, expected)
        except StoreError as error:
            self._cache.keep_failure(path, why_unread(error))
            raise
        if is_as(found.version, expected):
            self._cache.put(path, found.version, found.body)
        else:
            self._cache.keep_failure(path, _CHANGED)
        return found

    def media_stamp(self, path: str) -> MediaStamp | None:
        """The stamp of an object of media; None if there is none. It is unlike any other stamp, if the object could not
        be had at the last time.
        """
        version = self._tree.version(path)
        if version is None:
            return None
        if name_of(path) in self._cache.failed():
            return MediaStamp(version.size, -1, time.monotonic_ns())
        return MediaStamp(*version)

    def media_problem(self, path: str) -> Problem | None:
        """A note if a listing says that the object of media cannot be published. Nothing is fetched."""
        listed = self._tree.version(path)
        if listed is not None and listed.size > self._max_media_bytes:
            return self._too_large(path)
        why = self._sections.why_withheld(path)
        return Problem(path, why, kind="note") if why else None

    def read_media(self, path: str) -> bytes | Problem | None:
        """The bytes of an object of media; None if there is none; a note if it cannot be published. It raises nothing:
        what is withheld is taken back although a store fails.
        """
        if problem := self.media_problem(path):
            return problem
        try:
            most = self._max_media_bytes
            cached = self._as_listed(path, most) or self._fetched_meanwhile(path, most)
        except ObjectMissing:
            return None
        except StoreError as error:
            return Problem(path, f"it cannot be read: {error}", kind="note")
        if not cached.body:
            return Problem(path, "it is empty", kind="note")
        return cached.body if len(cached.body) <= self._max_media_bytes else self._too_large(path)

    def _too_large(self, path: str) -> Problem:
        reason = f"it is larger than {self._max_media_bytes:,} bytes (`items.max_media_bytes`)"
        return Problem(path, reason, kind="note")

    def read_configuration(self, path: str) -> bytes | None:
        """The bytes of a configuration of a generator, which is no item; None if there is none. Raises StoreError."""
        if self._tree.version(path) is None:
            return None
        found = self._as_listed(path, LARGEST) or self._fetched_meanwhile(path, LARGEST)
        if not is_as(found.version, self._tree.version(path)):
            raise BrokeOff("it changed while it was read")  # or it would be remembered as what was listed
        return found.body

    def hindrance(self) -> Hindrance:
        """Why the cache could not keep what was fetched, and the objects of which it forgets that they were not had."""
        if not (trouble := self._cache.trouble):
            return Hindrance()
        again = sorted(path for path in self._not_had if self._cache.has_forgotten(path))
        return Hindrance((Problem("", f"fetched objects cannot be kept: {trouble}"),), tuple(again))

    def first_commits(self) -> FirstCommits:
        """No commits: a bucket has no repository."""
        return FirstCommits({}, "a bucket has no commits")

    def relative(self, path: str) -> str | None:
        """The key that a person means by an address, or by a key; None for an address of another place."""
        if is_store_url(path):
            try:
                meant = parse_store_url(path)
            except ValueError:
                return None
            if meant[:2] != self.path[:2] or not meant.prefix.startswith(self.path.prefix):
                return None
            path = meant.prefix.removeprefix(self.path.prefix)
        found = posixpath.normpath(path.rstrip("/") or ".")
        return None if found.startswith(("../", "/")) or found == ".." else found

    def why_none(self, path: str) -> str | None:
        """Why the object that a person means by `path` is no item; None if its key is right."""
        key = self.relative(path)
        if key is None:
            return f"it does not lie in {self.path}"
        if self._tree.version(key) is None and not self._tree.has_below(f"{key}/"):
            return "it is missing"
        return self.names.why_none(key) or self._sections.why_withheld(key)

    def version(self, path: str) -> Version | None:
        """The version of an object at the last scan; None if there was none."""
        return self._tree.version(path)

    def _paths(self) -> Iterable[str]:
        return (folder + name for folder, files in self._tree.objects.items() for name in files)


def _wait() -> None:
    """Just waits."""
