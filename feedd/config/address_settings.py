"""Decoder of an old address in `retired`: two paths below `base_url`, in; the same in feedd's spelling, out."""

from __future__ import annotations

from urllib.parse import unquote

from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.render import FORMATS, OPML, PAGE
from feedd.render.assets import ASSETS
from feedd.select.folders import FOLDERS
from feedd.select.old_addresses import feed_in, is_document
from feedd.select.slugs import ENTRY_FOLDER
from feedd.select.views import VIEWS
from feedd.store.served import is_public

_LONGEST = 1000  # characters
_TARGET = "a feed's document or folder, such as atom.xml, topics/ai/rss.xml or topics/ai"
_OURS = {*(each.file for each in FORMATS.values()), PAGE.file, OPML, *ASSETS}
_OUR_FOLDERS = {folder.partition("/")[0] for folder in (*FOLDERS.values(), ENTRY_FOLDER, *VIEWS) if folder}


def old_address(old: str, new: Node, at: FieldPath, findings: Findings) -> tuple[str, str | None] | None:
    """An old address, as the path of a document or of a folder, and where it leads; None after a finding."""
    path, target = _plain(old), _plain(new) if isinstance(new, str) else None
    if path is None:
        expected = "a path below base_url, such as feed.xml, without ?, # and names that begin with . or _"
        findings.wrong(at, expected, old)
    elif new is None:
        if is_document(path):
            return path, None
        findings.problems.append((at, f"say where {path}/ leads to: {_TARGET}"))
    elif target is None or not _is_there(target):
        findings.wrong(at, _TARGET, new)
    elif not is_document(path) and path.partition("/")[0] in _OUR_FOLDERS:
        findings.problems.append((at, "lies in a folder of feedd's own; name the folder of a feed, or a document"))
    elif is_document(path) and not is_document(target):
        name = path.rpartition("/")[2] if path.rpartition("/")[2] in _OURS else FORMATS["atom"].file
        findings.problems.append((at, f"is a document, and {target} a folder; name a document: {target}/{name}"))
    else:
        return path, target
    return None


def is_written_by_feedd(path: str, formats: tuple[str, ...], *, pages: bool) -> bool:
    """Whether feedd may write a document at this path."""
    folder, _, name = path.rpartition("/")
    names = {FORMATS[each].file for each in formats} | {OPML} | ({PAGE.file, *ASSETS} if pages else set())
    return name in names and (not folder or folder.partition("/")[0] in _OUR_FOLDERS)


def _plain(path: str) -> str | None:
    """A path as it is written after `base_url`, without escapes and without "/" at both ends; None for another text."""
    found = unquote(path.strip("/"))
    is_fine = found.isprintable() and not any(each in "?#" or each.isspace() for each in found)
    return found if is_fine and is_public(found) and len(found) <= _LONGEST else None


def _is_there(target: str) -> bool:
    """Whether a path is that of a document in one of feedd's formats, or of a feed's folder."""
    folder, _, name = target.rpartition("/")
    if not is_document(target):
        return feed_in(target) != ""
    feed = feed_in(folder)
    return name in {each.file for each in FORMATS.values()} and folder.removeprefix(feed).strip("/") in ("", *VIEWS)
