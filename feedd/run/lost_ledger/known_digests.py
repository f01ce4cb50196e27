"""Digests that subscribers may have: feeds as they were published, in; what is known of the lost digests, kept, out."""

from __future__ import annotations

from collections.abc import Iterable

from feedd.decide.identity import beginning_of_year
from feedd.render.recovery.recovery_index import ShownFeed
from feedd.render.recovery.window_facts import OldWindow, is_of_view
from feedd.select.views import PERIOD_VIEWS, VIEWS, View
from feedd.store.ledger.codec import moment
from feedd.store.ledger.digest_rows import BeforeLoss
from feedd.store.ledger.session import LedgerSession


def keep_known_digests(ledger: LedgerSession, feeds: Iterable[ShownFeed | OldWindow]) -> None:
    """Keeps what is known of the digests before a loss, in the caller's transaction. No feed's `updated` is later than
    the last pass. The `updated` of a feed of digests is the end of its last digest.
    """
    feeds = list(feeds)
    last = max((each.updated or 0 for each in feeds), default=0)
    for view in PERIOD_VIEWS:
        of_digests = [each for each in feeds if _is_of(each, view)]
        if last > 0 and of_digests:
            ends = [moment(each.updated or 0) for each in of_digests if _has_digest(each)]
            ledger.digests.keep_before_loss(view.cadence, BeforeLoss(moment(last), max(ends, default=None)))


def _is_of(feed: ShownFeed | OldWindow, view: View) -> bool:
    return VIEWS.get(feed.view) is view if isinstance(feed, ShownFeed) else is_of_view(feed.folder, view)


def _has_digest(feed: ShownFeed | OldWindow) -> bool:
    return bool(feed.id and feed.updated) and moment(feed.updated or 0) > beginning_of_year(feed.id or "")
