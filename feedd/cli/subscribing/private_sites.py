"""The sites that private feeds are: the configuration in; their configurations, and what publishes them, out."""

from __future__ import annotations

from urllib.parse import quote

from msgspec.structs import replace

from feedd.cli.setup import items_directory, state_path, subscribers_path
from feedd.config.load import Config
from feedd.config.resolve import pass_settings, private_site
from feedd.run.all_publishers import PrivatePublishers
from feedd.run.cancellation import Cancellation
from feedd.run.lost_ledger.published_copy import RecoverySource
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.errors import Unusable
from feedd.store.private_feeds.private_tree import PREFIX, PrivateTree
from feedd.store.private_feeds.public_ledger import PublicLedger
from feedd.store.private_feeds.subscriber_list import SubscriberList
from feedd.store.state_directory import LEDGER_NAME, StateDirectory

_LOST_WITH_STATE = (
    "the ledger was lost, and private feeds are in no public document: if anybody could read them before, their "
    "addresses are worthless. `feedd restore FILE` puts a backup back; else `feedd subscribers add NAME` makes new ones"
)
NOWHERE_ELSE = RecoverySource(may_be_first=True)  # of private feeds: they are in the state directory, and at no address


def subscriber_list(config: Config) -> SubscriberList:
    """The list of those who may read private feeds, which knows whether its file is lost."""
    return SubscriberList(subscribers_path(config), was_there=PrivateTree(state_path(config)).had_subscribers())


def subscribers_trouble(config: Config) -> str:
    """Why the file of subscribers cannot be used, in words; empty if it can, or if there are no private feeds."""
    try:
        if config.private is not None:
            subscriber_list(config).all()
    except Unusable as error:
        return str(error)
    return ""


def lost_with_state(config: Config) -> str:
    """That private feeds may have been lost with the state directory, in words; empty if not. So it is as long as
    nobody may read them, and the public ledger is one that was recovered.
    """
    if config.private is None or not config.private.feeds or subscribers_path(config).exists():
        return ""
    return _LOST_WITH_STATE if PublicLedger(state_path(config) / LEDGER_NAME).was_recovered() else ""


def private_subscribers(config: Config) -> str | None:
    """That somebody may read private feeds, in words; None if nobody may. Raises Unusable."""
    names = [each.name for each in subscriber_list(config).all() if each.revoked is None]
    return f"{', '.join(names[:3])} may read private feeds" if config.private and names else None


def private_sites(config: Config, place: str) -> dict[str, Config]:
    """The configurations of the sites that private feeds are, by the names of the feeds. `place` stands in their
    documents where the token of a subscriber belongs.
    """
    if config.private is None:
        return {}
    tree = PrivateTree(state_path(config))
    below = f"{config.base_url}{PREFIX}{place}/"
    return {
        name: private_site(config, name, tree.state_of(name), f"{below}{quote(name)}/") for name in config.private.feeds
    }


def private_publishers(
    config: Config, cancellation: Cancellation | None = None, *, accept_guesses: bool = False
) -> PrivatePublishers:
    """The publishers of private feeds. Nobody is told of what they publish. Raises Unwritable."""
    if config.private is None or not config.private.feeds:
        return PrivatePublishers()
    tree = PrivateTree(state_path(config))
    place = tree.made_token_place()
    if subscribers_path(config).exists():
        tree.note_subscribers()
    publishers = {
        name: Publisher(
            items_directory(config),  # the same files for all
            FeedsDirectory(site.directories.feeds, is_private=True),
            StateDirectory(state_path(site)),
            replace(pass_settings(site), accept_guesses=accept_guesses),
            cancellation=cancellation,
            public=PublicLedger(state_path(config) / LEDGER_NAME),
            recovery=NOWHERE_ELSE,
        )
        for name, site in private_sites(config, place).items()
    }
    return PrivatePublishers(
        publishers,
        lambda: tree.token_place() == place or tree.keep_token_place(place),
        tree.is_lost,
        tree.note_made,
        lambda: lost_with_state(config) if tree.is_new() else "",
    )
