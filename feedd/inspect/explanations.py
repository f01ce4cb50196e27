"""Explanations: what a pass would leave, in; what a person wants to know of it, out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from feedd.items import urls
from feedd.model import Problem
from feedd.render.readback import Seen
from feedd.select.ranking import Order


class Rerun(Struct, frozen=True):
    """An entry that subscribers have and would be shown again as new: its title, and the id then and now."""

    title: str
    before: str
    after: str


class FeedPlan(Struct, frozen=True):
    """What happens to one feed's subscribers: titles, in the order of the documents. `is_new`: it has none yet."""

    feed: str
    is_new: bool = False
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    reruns: tuple[Rerun, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything happens at all."""
        return bool(self.new or self.changed or self.withdrawn or self.reruns)


class Plan(Struct, frozen=True):
    """What the next pass would do: to each feed that changes, and to whole documents; and how many problems stand.

    `retired` are folders of feeds whose documents would be deleted, each with the folder that readers are led to, or
    None if they are told that the feed is gone. `gone` are documents of which no server would know anything.

    `moves_from` is the address below which the feeds were published, if the next pass publishes them below another,
    `moves_to`. Both are URLs that end with "/".
    """

    feeds: tuple[FeedPlan, ...]
    gone: tuple[str, ...]  # documents that would be deleted
    problems: int
    retired: dict[str, str | None] = {}
    moves_from: str | None = None
    moves_to: str | None = None

    @property
    def reruns(self) -> int:
        """How many entries subscribers would see once more as new."""
        return sum(len(feed.reruns) for feed in self.feeds)


Versions = tuple[Mapping[str, Seen] | None, Mapping[str, Seen]]
"""A document of a feed as it is, or None, and as it would be: entries by their ids."""


def compare(feed: str, first: Versions, *others: Versions, on_one_page: bool = False) -> FeedPlan:
    """What happens to the subscribers of a feed. The documents of a feed differ by their formats alone: `first` says
    which entries there are, and an entry changes if it changes in any of the documents.

    An entry comes again when an id that was not there has the link of one that was, or the title of one that goes.
    `on_one_page`: entries link to parts of one page, so that links do not tell them apart.
    """
    before, after = first[0] or {}, first[1]
    differ = {
        entry_id
        for was_seen, is_seen in (first, *others)
        for entry_id, seen in is_seen.items()
        if was_seen and was_seen.get(entry_id, seen) != seen
    }
    keys = _title_key if on_one_page else _keys
    was = {key: entry_id for entry_id, seen in before.items() if entry_id not in after for key in keys(seen)}
    also = {key: entry_id for entry_id, seen in before.items() for key in keys(seen) if key[0] == "link"}
    new: list[str] = []
    reruns: list[Rerun] = []
    for entry_id, seen in after.items():
        if entry_id in before:
            continue
        old = next((found[key] for key in keys(seen) for found in (was, also) if key in found), None)
        if old is None:
            new.append(seen.title)
        else:
            reruns.append(Rerun(seen.title, old, entry_id))
    replaced = {rerun.before for rerun in reruns}
    return FeedPlan(
        feed,
        first[0] is None,
        tuple(new),
        tuple(seen.title for entry_id, seen in after.items() if entry_id in before and entry_id in differ),
        tuple(seen.title for entry_id, seen in before.items() if entry_id not in after and entry_id not in replaced),
        tuple(reruns),
    )


def _keys(seen: Seen) -> list[tuple[str, str]]:
    link = [("link", urls.canonical(seen.link))] if seen.link else []
    return link + _title_key(seen)


def _title_key(seen: Seen) -> list[tuple[str, str]]:
    return [("title", seen.title)]


class RankedEntry(Struct, frozen=True):
    """An entry in a list. `heat` is the effective one, `quality` the curator's; `coverage` counts the further providers
    on the story that it leads. `key` is what the list is ordered by, greatest first; None where there is no such
    number. `since` is when it was admitted, in a view with admissions of its own.
    """

    rank: int
    heat: float
    quality: float | None
    coverage: int
    key: float | None
    title: str
    provider: str | None
    published: datetime
    id: str
    link: str | None
    since: datetime | None = None


class TopList(Struct, frozen=True):
    """The first entries of a feed by rank, or of a view. `of` is how many it has in all; `feed_order` is that of the
    feed, which is no rank if that is newest first.
    """

    feed: str
    title: str
    order: str  # one of select/views: "heat", "quality" or "admission"
    feed_order: Order
    of: int
    entries: tuple[RankedEntry, ...]


class ViewPlace(Struct, frozen=True):
    """Where an entry stands in a view, a folder below its feed's: its place from 1, of how many; or why it is not in
    it. `since` is when it came into that, where this matters; `digest` the period of the digest that names it.
    """

    view: str
    place: int | None = None
    of: int = 0
    reason: str | None = None
    since: str | None = None
    digest: str | None = None
    above: str | None = None
    below: str | None = None


class FeedPlace(Struct, frozen=True):
    """Where an entry stands in a feed: its place from 1, of how many, and the titles above and below it; or, if it is
    not in it, why not. `key` is that of `heat`, both as they count there; `passing` is the heat, or in an order
    by quality the quality, with which it would stand above the next; `stays` says what would not let it in now.
    """

    feed: str
    title: str
    place: int | None
    of: int
    order: Order
    half_life: float
    heat: float
    key: float
    reason: str | None = None
    stays: str | None = None
    above: str | None = None
    below: str | None = None
    passing: float | None = None
    views: tuple[ViewPlace, ...] = ()


class HeatExplanation(Struct, frozen=True):
    """What an entry's heat is made of, in feeds for which nothing else is configured. `heat` and `quality` are the
    curator's; `providers` tell the story besides its own, and each adds `weight`; `key` is log2(effective heat) +
    published / `half_life`, in seconds.
    """

    heat: float | None
    quality: float | None
    unknown: float
    providers: tuple[str, ...]
    weight: float
    half_life: float
    key: float | None = None


class InStory(Struct, frozen=True):
    """The story of an entry: the title and the path of the one that leads it, whether that is itself or withheld, and
    the titles of the others, by date.
    """

    lead: str
    path: str
    leads: bool
    lead_withheld: str | None
    folded: bool
    others: tuple[str, ...]


class Explanation(Struct, frozen=True):
    """All there is to say of one item. `withheld` is None if it is published; dates are RFC 3339."""

    path: str
    title: str = ""
    id: str | None = None
    link: str | None = None
    page: str | None = None  # of its own, where it has no link
    withheld: str | None = None
    published: str | None = None
    updated: str | None = None
    heat: float | None = None  # as it counts
    ranking: HeatExplanation | None = None
    story: InStory | None = None
    places: tuple[FeedPlace, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    other_files: tuple[str, ...] = ()


def folded_how(heat: float | None, story: InStory | None) -> str:
    """Why an entry is folded, and whether it is shown anywhere for all that. `heat` is the curator's."""
    how = f"`heat: {heat:g}`" if heat is not None and heat < 0 else "`stories.fold_published`"
    if story is None or story.leads:
        return f"folded ({how}), but no story leads it: it is shown nowhere"
    if story.lead_withheld:
        return f"folded ({how}), but what leads its story is not shown: it is shown nowhere"
    return f"folded under the lead of its story ({how})"
