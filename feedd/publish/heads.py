"""What the ledger keeps of a feed, in; what documents say of it, out."""

from __future__ import annotations

from feedd.core.assemble import FeedHead
from feedd.disk.published import FeedRecord


def head_of(record: FeedRecord, count: int = 0) -> FeedHead:
    """A feed, with the number of its entries if that is known."""
    return FeedHead(record.identity, record.id, record.slug, record.label, record.updated, count)
