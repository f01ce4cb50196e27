"""The open ledger: all rows by subject, in the caller's transaction.

A pass opens a transaction and keeps the files that it read (`files`). It loads the entries that these files may affect
(`entries.known`). Then it keeps the changed entries (`entries.put_entries`), the members of feeds, and the written
documents.
"""

from __future__ import annotations

import contextlib
import sqlite3

from feedd.store.errors import Unusable
from feedd.store.ledger.adoption.index_marks import IndexMarks
from feedd.store.ledger.archives.archive_rows import ArchiveRows
from feedd.store.ledger.database import settle, transaction
from feedd.store.ledger.delivery_rows import DeliveryRows
from feedd.store.ledger.digest_rows import DigestRows
from feedd.store.ledger.document_rows import DocumentRows
from feedd.store.ledger.duplicate_rows import DuplicateRows
from feedd.store.ledger.entry_page_rows import EntryPageRows
from feedd.store.ledger.entry_rows import EntryRows
from feedd.store.ledger.feed_rows import FeedRows
from feedd.store.ledger.file_rows import FileRows
from feedd.store.ledger.media.media_rows import MediaRows
from feedd.store.ledger.media.picture_rows import PictureRows
from feedd.store.ledger.member_rows import MemberRows
from feedd.store.ledger.page_link_rows import PageLinkRows
from feedd.store.ledger.probe_rows import ProbeRows
from feedd.store.ledger.state_rows import StateRows
from feedd.store.ledger.story_rows import StoryRows
from feedd.store.ledger.uploads.upload_rows import UploadRows


class LedgerSession:
    """All rows of the ledger, by subject, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.state = StateRows(connection)
        self.files = FileRows(connection)
        self.entries = EntryRows(connection)
        self.feeds = FeedRows(connection)
        self.members = MemberRows(connection)
        self.archives = ArchiveRows(connection)
        self.documents = DocumentRows(connection)
        self.media = MediaRows(connection)
        self.stories = StoryRows(connection)
        self.digests = DigestRows(connection)
        self.page_links = PageLinkRows(connection)
        self.entry_pages = EntryPageRows(connection)
        self.duplicates = DuplicateRows(connection)
        self.deliveries = DeliveryRows(connection)
        self.probes = ProbeRows(connection)
        self.index_marks = IndexMarks(connection)
        self.uploads = UploadRows(connection)
        self.pictures = PictureRows(connection)

    def settle(self) -> None:
        """Turns the database to write-ahead logging, if it is not yet and can be: the ledger works without it, too."""
        with contextlib.suppress(Unusable):
            settle(self.connection)

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """A transaction. A transaction that changed nothing writes nothing."""
        return transaction(self.connection)
