"""Writing the recovery index: changed entries and feeds in; the parts of the index that show them, written, out."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from feedd.model import Document, FeedId
from feedd.render.recovery.index_parts import (
    RECOVERY_FOLDER,
    IndexShape,
    entries_name,
    feed_group,
    feeds_name,
    groups_of_part,
    index_shape,
    is_index_part,
    part_of,
)
from feedd.render.recovery.recovery_index import ShownFeed, encode_entries, encode_feeds
from feedd.run.pass_context import PassContext
from feedd.run.publish.index_state import WRITTEN
from feedd.run.publish.write import DocumentWriter
from feedd.select.settings import feed_policy
from feedd.store.ledger.adoption.recovery_rows import RecoveryRows
from feedd.store.ledger.feed_rows import FeedRecord

_LAYOUT = 5  # counted up when parts of the same entries and feeds have other bytes


def put_index(context: PassContext, writer: DocumentWriter, feeds: Collection[int], altered: Collection[str]) -> None:
    """Writes the parts of the index that show changed entries or one of `feeds`, and the `altered` parts. Before the
    feeds: an entry in the index that no feed shows yet harms nobody, and an entry that it lacks may be lost.
    """
    ledger = context.ledger
    if not context.settings.recovery_index:
        if ledger.state.setting(WRITTEN):
            ledger.state.keep_setting(WRITTEN, "")  # its parts are unwanted now, and deleted
        return
    index = _IndexMaker(context)
    said = f"{index.authority} {index.shape.entries} {index.shape.feeds} {_LAYOUT}"
    everything = ledger.state.setting(WRITTEN) != said
    complete = True
    for document in index.documents(set(feeds), set(altered), everything=everything):
        written = writer.put_unencoded(document)
        complete = complete and written
        if not written:
            writer.delete_if_withdrawing(document.path)
    surplus = set(ledger.documents.below(RECOVERY_FOLDER)).difference(index.shape.names()) if everything else set()
    complete = writer.delete(sorted(filter(is_index_part, surplus)), withdraws=False) and complete
    if complete:
        ledger.index_marks.mark_fresh()
        if everything:
            ledger.state.keep_setting(WRITTEN, said)
    else:  # a feed counts as published with its own documents, so the next pass makes all parts
        ledger.state.keep_setting(WRITTEN, "")


class _IndexMaker:
    """The index of a ledger."""

    def __init__(self, context: PassContext) -> None:
        self._ledger = context.ledger
        self._rows = RecoveryRows(context.ledger.connection)
        self.authority = context.ledger.state.setting("authority") or ""
        self._feeds = list(context.ledger.feeds.all().values())
        self._feed_groups = [feed_group(each.id) for each in self._feeds]
        self._selection = context.settings.selection
        shown, _ = context.ledger.state.counts()
        self.shape: IndexShape = index_shape(shown, len(self._feeds))

    def documents(self, feeds: set[int], altered: set[str], *, everything: bool) -> Iterator[Document]:
        """The parts that show changed entries or one of `feeds`, and the `altered` parts; or all parts."""
        stale = {part_of(group, self.shape.entries) for group in self._ledger.index_marks.stale()}
        for part in range(self.shape.entries):
            if everything or part in stale or entries_name(part) in altered:
                yield Document(entries_name(part), self._entries(part))
        groups = (group for each, group in zip(self._feeds, self._feed_groups, strict=True) if each.feed in feeds)
        stale = {part_of(group, self.shape.feeds) for group in groups}
        for part in range(self.shape.feeds):
            if everything or part in stale or feeds_name(part) in altered:
                yield Document(feeds_name(part), self._feeds_in(part))

    def _entries(self, part: int) -> bytes:
        entries = self._rows.entries(groups_of_part(part, self.shape.entries))
        return encode_entries(self.authority, self.shape.entries, entries)

    def _feeds_in(self, part: int) -> bytes:
        groups = groups_of_part(part, self.shape.feeds)
        feeds = (each for each, group in zip(self._feeds, self._feed_groups, strict=True) if group in groups)
        public = (each for each in feeds if not self._is_private(each.identity))
        return encode_feeds(self.authority, self.shape.feeds, map(self._shown, public))

    def _shown(self, feed: FeedRecord) -> ShownFeed:
        limit = feed_policy(feed.identity, feed.slug, self._selection).limit
        return self._rows.feed(feed, self._ledger.members.tombstones(feed.feed, limit))

    def _is_private(self, feed: FeedId) -> bool:
        """Whether a feed was public before it became private: nothing public may name it any more."""
        return feed.kind == "saved" and feed.key in self._selection.private
