"""Files of other generators in a bucket that speak of others: a `_config.yml`, and the own files of folders."""

from __future__ import annotations

from typing import Protocol

from feedd.items.withholding.section_marks import SectionMark
from feedd.store.generator_files.section_files import SectionFiles, Unknown, marks_in
from feedd.store.generator_files.site_collections import (
    CONFIGURATION,
    MOST_BYTES,
    NO_COLLECTIONS,
    CollectionNames,
    collections_in,
)
from feedd.store.object_stores.object_cache import Version
from feedd.store.object_stores.object_store import StoreError

LARGEST = 1024 * 1024  # bytes of such a file that are read


class ReadsConfigurations(Protocol):
    """The objects that were listed last."""

    def version(self, path: str) -> Version | None:
        """The version of an object; None if there is none."""

    def read_configuration(self, path: str) -> bytes | None:
        """The first LARGEST bytes of an object, and maybe more; None if there is none. Raises StoreError."""


class ObjectCollections:
    """The collections that configurations in a bucket name, of another generator's site."""

    def __init__(self, objects: ReadsConfigurations) -> None:
        self._objects = objects
        self._known: dict[str, tuple[Version, CollectionNames]] = {}

    def names(self, folder: str) -> frozenset[str]:
        """The names of the folders in `folder`, "" for the root, that hold collections with pages."""
        return self._read(folder).names

    def fault(self, folder: str) -> str | None:
        """Why the collections in a folder cannot be known; None if they are known, or if there is no configuration."""
        return self._read(folder).fault

    def _read(self, folder: str) -> CollectionNames:
        path = f"{folder}/{CONFIGURATION}".lstrip("/")
        version = self._objects.version(path)
        if version is None:
            return NO_COLLECTIONS
        known = self._known.get(folder)
        if known is None or known[0] != version:
            try:
                data = self._objects.read_configuration(path) or b""
            except StoreError as error:
                return CollectionNames(frozenset(), str(error))
            too_large = CollectionNames(frozenset(), "it is too large")
            known = self._known[folder] = version, too_large if len(data) > MOST_BYTES else collections_in(data)
        return known[1]


class ObjectSections(SectionFiles):
    """The files of folders in a bucket that speak for them. `prefix`: of the place in the bucket."""

    def __init__(self, objects: ReadsConfigurations, prefix: str, *, audiences: bool = False) -> None:
        super().__init__(f"/{prefix}", audiences=audiences)
        self._objects = objects
        self._read_before: dict[str, tuple[Version, tuple[SectionMark, ...]]] = {}

    def outside(self) -> tuple[str, ...]:
        """No folders: what lies above the place in the bucket may not be readable, and is not asked for."""
        return ()

    def _read(self, path: str, name: str) -> tuple[SectionMark, ...]:
        version = self._objects.version(path)
        if version is None:
            return ()
        known = self._read_before.get(path)
        if known is None or known[0] != version:
            try:
                data = self._objects.read_configuration(path) or b""
            except StoreError as error:
                raise Unknown(str(error)) from None
            known = self._read_before[path] = version, marks_in(name, data[:LARGEST], audiences=self._audiences)
        return known[1]
