"""The registry of feeds: the feeds of the ledger and new feeds, with their slugs and their policies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from feedd.items import text
from feedd.model import FeedId
from feedd.run.active_feeds import feed_summary
from feedd.select.archives import ArchiveSettings
from feedd.select.folders import FOLDERS, NAMED_KINDS, feed_id
from feedd.select.membership import Membership
from feedd.select.policy import FeedPolicy
from feedd.select.retired import is_forgotten, spellings
from feedd.select.settings import SelectionSettings, feed_policy
from feedd.select.slugs import choose_slugs, possible_slugs
from feedd.store.ledger.session import LedgerSession


class FeedRegistry:
    """The feeds of a pass, by identity and by number. New feeds are added here and in the ledger."""

    def __init__(self, ledger: LedgerSession, selection: SelectionSettings, authority: str) -> None:
        self._ledger = ledger
        self._selection = selection
        self._authority = authority
        self._policies: dict[FeedId, list[FeedPolicy]] = {}
        self.merged = _merge_spellings(ledger, selection.archives)
        self._taken: dict[str, set[str]] = defaultdict(set)
        self.all = ledger.feeds.all()
        self.numbers = {feed.feed: feed for feed in self.all.values()}
        for identity, record in self.all.items():
            if not identity.view:
                self._taken[identity.kind].add(record.slug)

    def policy(self, feed: FeedId, slug: str) -> FeedPolicy:
        """The policy of a feed with this slug."""
        return feed_policy(feed, slug, self._selection)

    def possible_policies(self, feed: FeedId, label: str) -> list[FeedPolicy]:
        """The policy of a feed; for a new feed, the policies of all its possible slugs."""
        found = self._policies.get(feed)
        if found is None:
            found = self._policies[feed] = []
            for slug in self._possible_slugs(feed, label):
                if (policy := self.policy(feed, slug)) not in found:
                    found.append(policy)
        return found

    def _possible_slugs(self, feed: FeedId, label: str) -> list[str]:
        if known := self.all.get(feed):
            return [known.slug]
        if feed.kind not in NAMED_KINDS:
            return [feed.key]
        # Two are enough: further slugs hold a digest of the name, and no setting names them.
        return [slug for slug in islice(possible_slugs(feed, label), 2) if slug not in self._taken[feed.kind]]

    def choose_slugs(self, new: Iterable[Membership]) -> dict[FeedId, str]:
        """The slugs of new feeds."""
        slugs: dict[FeedId, str] = {}
        for kind in FOLDERS:
            of_kind = [each for each in new if each.feed.kind == kind]
            if kind in NAMED_KINDS:
                slugs |= choose_slugs(of_kind, self._taken[kind])
            else:
                slugs |= {feed: feed.key for feed, _ in of_kind}
        return slugs

    def add(self, identity: FeedId, slug: str, label: str) -> None:
        """Keeps a new feed."""
        only = self._selection.only
        named, place = (identity, slug) if only is None else (only.identity(identity.view), only.saved_feed.slug)
        name = feed_id(self._authority, named, place)
        feed = self._ledger.feeds.add_feed(identity, name, slug, label)
        if self._ledger.index_marks.known_by() is not None:
            from feedd.store.ledger.adoption.recovery_rows import RecoveryRows  # late: few passes have to recover

            feed = RecoveryRows(self._ledger.connection).as_published(feed)
        self._policies.pop(identity, None)
        self.all[identity] = feed
        self.numbers[feed.feed] = feed

    def add_views(self) -> set[FeedId]:
        """Adds missing views of configured feeds. Returns them."""
        views = self._selection.views
        known = self.all.items()
        feeds = [record for each, record in known if not (each.view or is_forgotten(each, self._selection))]
        new = [(view, feed) for feed in feeds for view in views.for_feed(feed.identity) if view not in self.all]
        for view, feed in new:
            self.add(view, feed.slug, feed.label)
        return {view for view, _ in new}


def _merge_spellings(ledger: LedgerSession, archives: ArchiveSettings) -> bool:
    """Merges feeds of an older ledger whose names differ only in invisible characters. A merged feed loses its entries
    and is retired. In a family with archives, the archives of the other feed take its entries. Returns whether there
    were such feeds.
    """
    known = ledger.feeds.all()
    found = spellings(feed_summary(record) for record in known.values())
    for identity, now in found.renamed.items():
        ledger.feeds.rename_feed(identity, now, text.as_name(known[identity].label))
    if found.renamed:
        known = ledger.feeds.all()
    merged = [each for each in found.merged.items() if ledger.members.has_any(known[each[0]].feed)]
    for identity, now in merged:
        if archives.cover(now):
            ledger.archives.take_over(known[identity].feed, known[now].feed)
        ledger.feeds.merge_feed(known[identity], known[now])
    return bool(found.renamed or merged)
