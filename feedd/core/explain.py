"""Explanations: what a pass would leave, in; what a person wants to know of it, out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from feedd.core import urls
from feedd.core.render.readback import Seen
from feedd.model import Problem


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
    """What the next pass would do: to each feed that changes, and to whole documents; and how many problems stand."""

    feeds: tuple[FeedPlan, ...]
    gone: tuple[str, ...]  # documents that would be deleted
    problems: int

    @property
    def reruns(self) -> int:
        """How many entries subscribers would see once more as new."""
        return sum(len(feed.reruns) for feed in self.feeds)


def compare(
    feed: str, before: Mapping[str, Seen] | None, after: Mapping[str, Seen], *, on_one_page: bool = False
) -> FeedPlan:
    """The difference between two documents of a feed, by entry id. `before` is None if there is none yet.

    An entry comes again when an id that was not there has the link of one that was, or the title of one that goes.
    `on_one_page`: entries link to parts of one page, so that links do not tell them apart.
    """
    is_new, before = before is None, before or {}
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
        is_new,
        tuple(new),
        tuple(seen.title for entry_id, seen in after.items() if before.get(entry_id, seen) != seen),
        tuple(seen.title for entry_id, seen in before.items() if entry_id not in after and entry_id not in replaced),
        tuple(reruns),
    )


def _keys(seen: Seen) -> list[tuple[str, str]]:
    link = [("link", urls.canonical(seen.link))] if seen.link else []
    return link + _title_key(seen)


def _title_key(seen: Seen) -> list[tuple[str, str]]:
    return [("title", seen.title)]


class RankedEntry(Struct, frozen=True):
    """An entry in a ranking. `heat` is the effective one; `strength` is what the order is by, as a part of that of the
    first: heat that age has made less, or quality.
    """

    rank: int
    heat: float
    strength: float
    title: str
    provider: str | None
    published: datetime
    id: str
    link: str | None


class TopList(Struct, frozen=True):
    """The entries of a feed by rank. `of` is how many it has in all."""

    feed: str
    title: str
    of: int
    entries: tuple[RankedEntry, ...]


class FeedPlace(Struct, frozen=True):
    """Where an entry stands in a feed: its place from 1, of how many, and the titles above and below it; or, if it is
    not in it, why not.
    """

    feed: str
    place: int | None
    of: int
    reason: str | None = None
    above: str | None = None
    below: str | None = None


class Ranking(Struct, frozen=True):
    """What an entry's heat is made of. `heat` and `quality` are the curator's; `providers` tell the story besides its
    own, and each adds `weight`; `key` is log2(effective heat) + published / `half_life`, in seconds.
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
    the titles of all, by date.
    """

    lead: str
    path: str
    leads: bool
    lead_withheld: str | None
    folded: bool
    titles: tuple[str, ...]


class Explanation(Struct, frozen=True):
    """All there is to say of one item. `withheld` is None if it is published; dates are RFC 3339."""

    path: str
    title: str = ""
    id: str | None = None
    link: str | None = None
    withheld: str | None = None
    published: str | None = None
    updated: str | None = None
    heat: float | None = None  # as it counts
    ranking: Ranking | None = None
    story: InStory | None = None
    places: tuple[FeedPlace, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    other_files: tuple[str, ...] = ()
