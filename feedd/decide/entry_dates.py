"""The dates of an entry: its record and its file, in; `published` and `updated` as subscribers are to see them, out.

`updated` moves for a change of the text, or where the file says so; never for heat, quality, topics or pictures.
"""

from __future__ import annotations

from datetime import datetime

from feedd.decide.records import UNKNOWN_TEXT, EntryFile, EntryRecord


def is_unchanged(record: EntryRecord, file: EntryFile) -> bool:
    """Whether subscribers have been shown exactly these bytes of the file."""
    return record.text_digest is not None and file.source is not None and file.source == record.source


def published_date(record: EntryRecord, file: EntryFile) -> datetime | None:
    """The date that a file gives its entry; None if the file gives none. A date once shown to subscribers stays."""
    return record.published if is_unchanged(record, file) else file.item.published


def updated_date(record: EntryRecord, file: EntryFile, published: datetime, digest: bytes, now: datetime) -> datetime:
    """When the entry was updated last, as subscribers see it; UTC. The rules for moving `updated` are here.

    `published` and `digest` are the date and the digest of the text that the entry has now.
    """
    # A date still to come says nothing yet: it would be another one at each look.
    given = file.item.updated
    given = given if given and given <= max(now, published) else None
    if record.text_digest is None or record.updated is None:
        return max(published, given or published)
    unchanged = is_unchanged(record, file)
    if unchanged and (record.due is None or record.due > now):  # no date was waited for that has come
        return max(published, record.updated)
    if given is not None and given > record.updated:
        return max(published, given)
    if unchanged:
        return max(published, record.updated)
    if record.text_digest not in (digest, UNKNOWN_TEXT):
        return max(published, record.updated, now)
    return max(published, record.updated)
