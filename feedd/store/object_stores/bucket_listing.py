"""A place in a store in; the tree of its objects, and the folders that cannot be listed, out."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from feedd.model import Problem
from feedd.store.item_source import Unavailable
from feedd.store.object_stores.ask_at_once import ask_at_once
from feedd.store.object_stores.object_store import BrokeOff, ObjectStore, OddKey, StoreError
from feedd.store.object_stores.object_tree import ObjectTree

_LISTINGS = 3  # attempts at a listing that breaks off


def list_patiently(store: ObjectStore, while_waiting: Callable[[], None]) -> tuple[ObjectTree, list[Problem]]:
    """What `list_tree` gives, while `while_waiting` is called. What broke off is begun again. Raises Unavailable."""
    why = ""
    for _ in range(_LISTINGS):
        try:
            ((tree, unseen),) = ask_at_once(list_tree, [store], while_waiting)
        except BrokeOff as error:
            why = str(error)
        except StoreError as error:
            raise Unavailable(str(error)) from None
        else:
            return tree, unseen
    raise Unavailable(why)


def list_tree(store: ObjectStore, over: Event) -> tuple[ObjectTree, list[Problem]]:
    """All objects. Raises StoreError, also if `over` is set meanwhile."""
    tree = ObjectTree()
    try:
        for found in store.list():
            _go_on(over)
            tree.add(found)
    except OddKey:
        return _list_by_folders(store, over)
    return tree, []


def _list_by_folders(store: ObjectStore, over: Event) -> tuple[ObjectTree, list[Problem]]:
    """The objects, folder by folder, so that an object whose key cannot be said hides no more than its folder."""
    tree, unseen, waiting = ObjectTree(), list[Problem](), [""]
    while waiting:
        _go_on(over)
        folder = waiting.pop()
        try:
            objects, folders = store.list_folder(folder)
        except OddKey as error:
            if not folder:
                raise
            unseen.append(Problem(folder.rstrip("/"), f"nothing new is seen in this folder: {error}"))
            continue
        for found in objects:
            tree.add(found)
        waiting += folders
    return tree, unseen


def _go_on(over: Event) -> None:
    if over.is_set():
        raise BrokeOff("nobody waits for the listing any more")
