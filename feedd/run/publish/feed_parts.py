"""Parts of feeds: what a feed's documents are made of, as values that can be sent to any process; documents, out.

FeedParts --> make_documents --> Documents, also in another process
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedd import render
from feedd.model import Document, Entry, Feed, RenderedEntry
from feedd.render.assembly.assemble_entry import Member
from feedd.render.assembly.assemble_feed import document_names
from feedd.render.site_info import SiteInfo
from feedd.run.executor.executor_protocol import Begin
from feedd.run.publish.make_entries import Failed, shared_entries


class FeedParts(Struct, frozen=True):
    """The inputs of a feed's documents, as a value that can be sent to any process. `feed` has no entries yet: they are
    made from `members`, in this order.
    """

    number: int
    feed: Feed
    members: tuple[Member | Entry | RenderedEntry, ...]

    @property
    def archive(self) -> int:
        """The number of the archive, if the documents are those of an archive; else 0."""
        return self.feed.chain.number if self.feed.chain else 0


class Made(Struct, frozen=True):
    """The documents of a feed, each with its list by rank after it; or of its `archive` with this number. They lack the
    entries that `failed`.
    """

    feed: int
    documents: list[Document]
    failed: list[Failed]
    archive: int = 0


def make_documents(site: SiteInfo, job: bytes, begin: Begin) -> tuple[int, int, list[Document]]:
    """The number of a feed, that of an archive or 0, and the documents. `job` is msgpack of FeedParts."""
    parts = _decode_parts(job)
    entries = shared_entries(site).make(parts.members, names_of(site, parts.feed), begin)
    return parts.number, parts.archive, rendered(site, parts, entries)


def names_of(site: SiteInfo, feed: Feed) -> tuple[str, ...]:
    """The names of the formats of a feed's documents."""
    return document_names(site, feed.identity, archived=feed.chain is not None)


def rendered(site: SiteInfo, parts: FeedParts, entries: tuple[Entry | RenderedEntry, ...]) -> list[Document]:
    """The documents of a feed, with its entries."""
    documents = render.render(replace(parts.feed, entries=entries), names_of(site, parts.feed))
    elsewhere = tuple((each.id, each.elsewhere) for each in entries if each.elsewhere is not None)
    return [replace(documents[0], elsewhere=elsewhere), *documents[1:]] if elsewhere else documents


def encode_parts(parts: FeedParts, members: Sequence[Member | Entry | RenderedEntry]) -> bytes:
    """The job of `make_documents` that makes the documents with the entries of these members."""
    return msgspec.msgpack.encode(replace(reduced(parts, members), members=tuple(members)))


def reduced(parts: FeedParts, left: Sequence[Member | Entry | RenderedEntry]) -> FeedParts:
    """The parts reduced to the members `left`, or to entries made of members."""
    heats = parts.feed.heats
    if heats is None or len(left) == len(parts.members):
        return parts
    there = {each.fingerprint for each in left}
    kept = tuple(heat for heat, each in zip(heats, parts.members, strict=True) if each.fingerprint in there)
    return replace(parts, feed=replace(parts.feed, heats=kept))


def fingerprint_of(member: Member | Entry | RenderedEntry) -> bytes:
    """What tells the entry of a member from every other entry."""
    return member.fingerprint


def in_words(parts: FeedParts, _members: object) -> str:
    """What is made, for messages about it."""
    return f'the feed "{parts.feed.title}"'


_decode_parts = msgspec.msgpack.Decoder(FeedParts).decode
