"""Decoder of `ids.keep_from`: the path of an old feed, in; the ids and dates of its entries, by their links, out."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from feedd.decide.kept_ids import KeptEntry, KeptIds
from feedd.items import dates, urls
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.store.named_file import read_named_file

if TYPE_CHECKING:
    from feedd.render.readback import Seen


class IdSettings(Struct, frozen=True):
    """From where the ids of entries are taken over."""

    keep_from: KeptIds = KeptIds()


def keep_from(value: Node, at: FieldPath, findings: Findings) -> KeptIds | None:
    """The entries of the old feed in the file at this path."""
    from feedd.render.old_feed import LARGEST_FEED, NoFeed, read_old_feed  # late: lxml takes long to load

    if not isinstance(value, str) or not value or "\0" in value:
        findings.wrong(at, "the path of an old feed", value)
        return None
    try:
        feed = read_old_feed(read_named_file(Path(value).expanduser(), LARGEST_FEED))
    except OSError as error:
        findings.problems.append((at, f"{value} cannot be read: {error.strerror or error}"))
        return None
    except NoFeed as error:
        where = f"{value}:{error.line}" if error.line else value
        findings.problems.append((at, f"{where} is no feed: {error.reason}"))
        return None
    kept = kept_ids(feed.entries)
    if not kept.by_link:
        findings.problems.append((at, f"{value} has no entry with a link: there is nothing to take over from it"))
        return None
    return kept


def kept_ids(entries: dict[str, Seen]) -> KeptIds:
    """The entries of an old feed by their links. Of several with one link the first counts, which is the newest in most
    feeds.
    """
    from feedd.decide.identity import link_key  # late: few sites had an old feed
    from feedd.items.foreign.former_ids import is_fit

    found: dict[bytes, KeptEntry] = {}
    digest = hashlib.blake2b(digest_size=12)
    for entry_id, seen in entries.items():
        if seen.link and is_fit(entry_id):
            key = link_key(urls.canonical(seen.link))
            found.setdefault(key, KeptEntry(entry_id, _moment(seen.published)))
            digest.update(repr((key, entry_id, seen.published)).encode())
    return KeptIds(found, digest.hexdigest() if found else "")


def _moment(text: str) -> datetime | None:
    found = dates.read(text, UTC) if text else None
    return found if isinstance(found, datetime) else None
