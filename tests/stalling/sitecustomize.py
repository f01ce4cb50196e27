"""Stages that meet their end in native code, for texts that ask for it: loaded by processes that have this folder in
their PYTHONPATH. What is called here holds the interpreter's lock, and none of it returns.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from feedd import render
from feedd.html import content
from feedd.items import decoders
from feedd.run import read
from feedd.run.executor import budget
from feedd.run.publish import write_documents

budget.SECONDS = float(os.environ.get("STALL_SECONDS", "1"))
budget.WAITING = float(os.environ.get("STALL_WAITING", "2"))
budget.MEMORY = 400 << 20
if "STALL_MANY" in os.environ:
    read.MANY_FILES = write_documents.MANY_ENTRIES = 2

_system = ctypes.PyDLL(None)  # as native code that keeps the interpreter's lock
_native: dict[str, Callable[[], object]] = {
    "computes": lambda: re.match(r"(a+)+$", "a" * 64 + "b"),
    "waits": _system.pause,
    "crashes": _system.abort,
    "eats": lambda: [bytes(1 << 24) for _ in range(1 << 20)],
    "raises": lambda: {}["what the file says"],
}


def _meet(stage: str, text: str) -> None:
    for how, act in _native.items():
        if f"{stage} {how}" in text:
            if sign := os.environ.get("STALL_SIGN"):
                Path(sign).touch()
            act()


def _stalling(stage: str, function: Callable[..., Any], text_of: Callable[..., str]) -> Callable[..., Any]:
    def stage_that_may_stall(*arguments: Any, **named: Any) -> Any:
        _meet(stage, text_of(*arguments))
        return function(*arguments, **named)

    return stage_that_may_stall


def _in_format(render_fragments: Callable[..., Any]) -> Callable[..., Any]:
    def fragments(entries: Any, name: str) -> Any:
        found = []
        for entry in entries:
            _meet("writing", entry.id if not hasattr(entry, "title") else entry.title)
            found += render_fragments((entry,), name)
        return found

    return fragments


decoders.decode_fields = _stalling("parsing", decoders.decode_fields, lambda _fields, tree, *_: str(tree.get("title")))
content.entry_texts = _stalling("converting", content.entry_texts, lambda item: item.body)
render.fragments = _in_format(render.fragments)
