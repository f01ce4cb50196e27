"""Writing media: files beside the items that shown entries refer to, in; documents with their bytes, out.

    media/HASH.ext  <-- the bytes of a file as they are, named by their digest

A document is written before the feeds that name it. It is deleted as soon as no shown entry refers to a file with its
bytes: to delete takes no room, and never waits for what has to be written.
"""

from __future__ import annotations

from collections.abc import Collection

from feedd.items.references import MEDIA_FOLDER
from feedd.model import Document, Problem
from feedd.run.publish.write import DocumentWriter
from feedd.run.update.look_at_media import mark_showing, media_name
from feedd.store.document_store import is_media_document
from feedd.store.item_source import ItemSource
from feedd.store.ledger.session import LedgerSession

_CHANGED = "cannot be published: its file has changed meanwhile; the next pass reads it again"


def media_are_behind(ledger: LedgerSession) -> bool:
    """Whether documents of media have to be written or deleted."""
    return set(ledger.media.names()) != set(_known(ledger))


def doomed_media(ledger: LedgerSession) -> list[str]:
    """The documents of media that no shown entry refers to, sorted."""
    wanted = ledger.media.names()
    return [MEDIA_FOLDER + name for name in sorted(_known(ledger)) if name not in wanted]


def put_media(ledger: LedgerSession, source: ItemSource, writer: DocumentWriter, altered: Collection[str]) -> None:
    """Writes the missing and the `altered` documents of media. A document that cannot be written is a failure: the
    entries that refer to it are made without it, and the next scan tries again.
    """
    known = _known(ledger)
    lost: list[str] = []
    for name, path in sorted(ledger.media.names().items()):
        target = MEDIA_FOLDER + name
        if name in known and target not in altered:
            continue
        data = source.read_media(path)
        if isinstance(data, bytes) and media_name(data, path) == name:
            if writer.put_unencoded(Document(target, data)):
                continue
        else:
            writer.fail(Problem(target, data.reason if isinstance(data, Problem) else _CHANGED))
        lost.append(name)
    if lost:
        paths = [path for path, each in ledger.media.files().items() if each.name in lost]
        for name in lost:
            ledger.media.lose(name)
        mark_showing(ledger, ledger.media.entries_showing(paths))


def _known(ledger: LedgerSession) -> list[str]:
    """The names of the written documents of media."""
    return [path.removeprefix(MEDIA_FOLDER) for path in ledger.documents.below(MEDIA_FOLDER) if is_media_document(path)]
