"""Files beside the items: a reference and the path of its item in; the paths at which the file may lie, out.

item -- KeysAsked --> keys of References.files -- places --> paths below the items' directory -- choose --> a file
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from feedd.items.references import BY_NAME, IN_FRONT, MEDIA_TYPES, PICTURE_TYPES, LocalFile, is_local, suffix
from feedd.patterns import late_pattern

# Folders of static files, beside which generators put nothing of their own: what is in `static/` of Hugo and Zola, or
# in `public/` of Astro, has its address without the folder's name.
STATIC_FOLDERS = ("static", "public", "assets")
_MEDIA_FOLDERS = frozenset(
    (*STATIC_FOLDERS, "attachments", "audio", "files", "images", "img", "media", "pictures", "uploads", "video")
)
TOLD_TYPES = {"json": "application/json", "srt": "application/x-subrip", "vtt": "text/vtt"}  # chapters, transcripts
LONGEST_REFERENCE = 1000
MOST_FILES = 1000  # of an item: each of them is looked for at each scan
_ENDING = late_pattern(rf"\.(?=\w)(?:{'|'.join(MEDIA_TYPES)})(?![A-Za-z0-9])", re.IGNORECASE)
_BOUNDARY = late_pattern(r"[\s()<>\"'=,]")
_FAR = 400  # characters of a reference that are looked at before its suffix


class KeysAsked(Mapping[str, LocalFile]):
    """The files of a References that finds none, and remembers which keys were asked for."""

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def __getitem__(self, key: str) -> LocalFile:
        self._asked.add(key)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def local(self) -> tuple[str, ...]:
        """The keys asked for that may mean files beside the items, sorted; the first MOST_FILES of them."""
        return tuple(sorted(filter(is_of_file, self._asked))[:MOST_FILES])


def may_refer(text: str) -> bool:
    """Whether a text may show a picture, or play a file, whose address has no host."""
    if "![" not in text and "<" not in text:
        return False
    for found in _ENDING.finditer(text):
        before = _BOUNDARY.split(text[max(0, found.start() - _FAR) : found.start()])[-1]
        if "://" not in before and not before.startswith("//"):
            return True
    return False


def is_of_file(key: str) -> bool:
    """Whether a key of `References.files` may mean a file of media beside the items."""
    reference = key.removeprefix(IN_FRONT)
    if len(reference) > LONGEST_REFERENCE or not (reference.startswith(BY_NAME) or is_local(reference)):
        return False
    found = suffix(_path(reference))
    return found in MEDIA_TYPES or (key.startswith(IN_FRONT) and found in TOLD_TYPES)


def is_media(path: str) -> bool:
    """Whether the file at a path may be published because an item refers to it: by its suffix."""
    found = suffix(path)
    return found in MEDIA_TYPES or found in TOLD_TYPES


def may_hold_media(folder: str) -> bool:
    """Whether media are looked for in a folder that holds no items: one of the usual names is part of its path."""
    return not _MEDIA_FOLDERS.isdisjoint(folder.lower().split("/"))


def places(key: str, item: str) -> Iterator[str]:
    """The paths at which the file may lie that a key means in the item at the path `item`, the best first. Paths are
    relative to the items' directory. A path that begins with BY_NAME is the name of a file in any folder.

    A relative reference is relative to the folder of the item. A reference that begins with "/", or stands in the front
    matter, may be relative to the items' directory, to a folder above the item, and to STATIC_FOLDERS there.
    """
    reference = key.removeprefix(IN_FRONT)
    folder = posixpath.dirname(item)
    for path in _spellings(reference.removeprefix(BY_NAME)):
        if reference.startswith(BY_NAME):
            yield from _inside((posixpath.join(folder, path), path))
            yield BY_NAME + posixpath.basename(path).casefold()
            continue
        if not path.startswith("/"):
            yield from _inside([posixpath.join(folder, path)])
        if path.startswith("/") or key.startswith(IN_FRONT):
            yield from _inside(_below_static(folder, path.lstrip("/")))


def choose(places: Iterable[str], there: Mapping[str, str]) -> str | None:
    """The first of these places at which a file is. `there`: paths of files, by path and by the keys of `by_name`."""
    return next((there[place] for place in places if place in there), None)


def all_places(paths: Iterable[str]) -> dict[str, str]:
    """The paths of files, by path and by name with BY_NAME before it. Of files with one name, the file nearest to the
    items' directory counts, then the first by path.
    """
    found: dict[str, str] = {}
    for path in sorted(paths, key=lambda each: (each.count("/"), each)):
        found[path] = path
        found.setdefault(BY_NAME + posixpath.basename(path).casefold(), path)
    return found


def in_words(key: str) -> str:
    """A key of `References.files` as a person reads it in the item: the picture `a boat.jpg`."""
    reference = key.removeprefix(IN_FRONT).removeprefix(BY_NAME)
    decoded = unquote(reference)
    shown = decoded if decoded.isprintable() and "\N{REPLACEMENT CHARACTER}" not in decoded else reference
    return f"the {'picture' if suffix(_path(reference)) in PICTURE_TYPES else 'file'} `{shown}`"


def _path(reference: str) -> str:
    """The path of a reference, without query and fragment."""
    return reference.removeprefix(BY_NAME).partition("?")[0].partition("#")[0].strip()


def _spellings(reference: str) -> Iterator[str]:
    """The path of a reference as a file may be called: decoded, as it is, and in both normal forms of Unicode."""
    plain = _path(reference)
    decoded = unquote(plain)
    forms = [
        decoded,
        plain,
        *(unicodedata.normalize(form, decoded) for form in ("NFC", "NFD") if not decoded.isascii()),
    ]
    yield from dict.fromkeys(each for each in forms if each and "\0" not in each)


def _below_static(folder: str, path: str) -> Iterator[str]:
    """The path below the items' directory, and below each folder above the item, the nearest last."""
    above = [""]
    for name in folder.split("/") if folder else ():
        above.append(posixpath.join(above[-1], name))
    for each in above:
        yield posixpath.join(each, path)
        for static in STATIC_FOLDERS:
            yield posixpath.join(each, static, path)


def _inside(paths: Iterable[str]) -> Iterator[str]:
    """The paths in normal form, without paths that lead out of the items' directory."""
    for path in paths:
        found = posixpath.normpath(path)
        if not found.startswith(("..", "/")) and found != ".":
            yield found
