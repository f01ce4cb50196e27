"""The command about those who may read private feeds: options in, their file changed or shown, an exit status out."""

from __future__ import annotations

import argparse
from typing import NamedTuple
from urllib.parse import quote

from feedd.cli import output
from feedd.cli.main import DONE, REFUSED, USAGE
from feedd.cli.setup import state_path, subscribers_path, with_config
from feedd.cli.subscribing.private_sites import lost_with_state, subscriber_list
from feedd.config.load import Config
from feedd.render import FORMATS
from feedd.store.errors import Unusable
from feedd.store.private_feeds.private_tree import PREFIX, PrivateTree
from feedd.store.private_feeds.subscriber_list import NameTaken, NoSubscriber, Subscriber, SubscriberList

_NO_FEEDS = "there are no private feeds: `private.feeds` of the configuration names them"


def subscribers(options: argparse.Namespace) -> int:
    """`feedd subscribers`."""

    def act(config: Config) -> int:
        if mistake := _mistake(options, config):
            output.complain(mistake)
            return USAGE
        known = subscriber_list(config)
        if options.action == "list":
            return _list(options, config, known)
        try:
            if options.action == "add":
                _add(options, config)
            else:
                known.revoke(options.name, options.now())
                output.say(f"{options.name} is revoked: the server answers 410 from now on")
        except NameTaken:
            output.complain(f"there is a subscriber {options.name}; revoke it first, or choose another name")
            return REFUSED
        except NoSubscriber:
            output.complain(f"no subscriber {options.name} has an address that is valid")
            return REFUSED
        return DONE

    return with_config(options, act)


def _add(options: argparse.Namespace, config: Config) -> None:
    path, tree = subscribers_path(config), PrivateTree(state_path(config))
    if tree.had_subscribers() and not path.exists():
        output.complain(f"{path} was gone: the addresses of earlier subscribers are answered 404 from now on")
    _say_addresses(options, config, SubscriberList(path).add(options.name, options.feed, options.now()))
    tree.note_subscribers()


def _mistake(options: argparse.Namespace, config: Config) -> str:
    """What is wrong with the command line, in words; empty if nothing is."""
    if options.action == "list":
        return ""
    if not options.name.strip() or not options.name.isprintable():
        return f"`{options.action}` takes the name of a subscriber"
    if options.action == "revoke":
        return ""
    names = config.private.feeds if config.private else ()
    if not names:
        return _NO_FEEDS
    unknown = [name for name in options.feed or () if name not in names]
    return f"{unknown[0]} is no private feed; there are {', '.join(names)}" if unknown else ""


def _say_addresses(options: argparse.Namespace, config: Config, token: str) -> None:
    """Prints what a subscriber subscribes to. Nobody can print it again."""
    names = options.feed or (config.private.feeds if config.private else ())
    below = f"{config.base_url}{PREFIX}{token}/"
    file = FORMATS[config.formats[0]].file
    addresses = {name: f"{below}{quote(name)}/{file}" for name in names}
    if options.format == "json":
        output.say_json({"name": options.name, "page": below, "feeds": addresses})
        return
    for name, address in addresses.items():
        output.say(f"{name:<14} {address}")
    output.say(f"{'all of them':<14} {below}")
    output.say(f"These addresses are for {options.name} alone, and are shown only now.")


def _list(options: argparse.Namespace, config: Config, known: SubscriberList) -> int:
    found = known.all()
    if options.format == "json":
        output.say_json([_shown(each) for each in found])
        return DONE
    has_feeds = config.private is not None and config.private.feeds
    advice = "`feedd subscribers add NAME` makes an address" if has_feeds else _NO_FEEDS
    for each in found:
        feeds = "all feeds" if each.feeds is None else ", ".join(each.feeds)
        revoked = f", revoked {output.stamp(each.revoked)}" if each.revoked else ""
        output.say(f"{each.name}: {feeds}, added {output.stamp(each.added)}{revoked}")
    if not found:
        output.say(f"nobody may read private feeds yet; {advice}")
    return DONE


class PrivateCount(NamedTuple):
    """How many private feeds there are, how many subscribers may read them, and how many addresses are revoked.
    `trouble`: why this cannot be said of subscribers; empty if it can.
    """

    feeds: int
    subscribers: int = 0
    revoked: int = 0
    trouble: str = ""


def count_private(config: Config) -> PrivateCount | None:
    """What there is of private feeds; None if there are none."""
    feeds = len(config.private.feeds) if config.private else 0
    if not feeds:
        return None
    try:
        known = subscriber_list(config).all()
    except Unusable as error:
        return PrivateCount(feeds, trouble=str(error))
    if not known and (lost := lost_with_state(config)):
        return PrivateCount(feeds, trouble=lost)
    revoked = sum(each.revoked is not None for each in known)
    return PrivateCount(feeds, len(known) - revoked, revoked)


def say_private(count: PrivateCount | None) -> None:
    """Prints what there is of private feeds."""
    if count is None:
        return
    words = count.trouble
    if not words:
        words = f"{output.counted(count.subscribers, 'subscriber')}, {count.revoked} revoked"
    output.say(f"  {'private':<10} {output.counted(count.feeds, 'feed')}; {words}")


def _shown(each: Subscriber) -> dict[str, object]:
    return {"name": each.name, "feeds": each.feeds, "added": each.added, "revoked": each.revoked}
