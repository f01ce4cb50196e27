"""Explanations: documents before and after a pass in; values that `feedd plan`, `why` and `top` show, out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from feedd.items import urls
from feedd.model import Problem
from feedd.render.readback import Seen
from feedd.select.ranking import Order


class Rerun(Struct, frozen=True):
    """An entry that subscribers have and would see again as new: its title, its id before and its id after."""

    title: str
    before: str
    after: str


class FeedPlan(Struct, frozen=True):
    """What the subscribers of a feed would see: titles, in the order of the documents. `is_new`: the feed has no
    documents yet.
    """

    feed: str
    is_new: bool = False
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    reruns: tuple[Rerun, ...] = ()

    def __bool__(self) -> bool:
        """Whether subscribers would see anything."""
        return bool(self.new or self.changed or self.withdrawn or self.reruns)


class Plan(Struct, frozen=True):
    """What the next pass would do to subscribers: changed feeds, deleted documents, and the number of problems.

    `retired`: folders of feeds whose documents would be deleted. Each has the folder to which readers are redirected,
    or None if they get status 410. `gone`: documents that would be deleted without redirection or 410.

    `moves_from` and `moves_to`: the old and the new base URL, if the next pass changes the base URL; else None.
    Both end with "/". `brings_index`: the recovery index comes beside documents that have none. `remarks`: what the
    pass would say of a lost ledger, and of dates that an older feedd did not read. `is_new`: there is no ledger,
    and nothing that was published was found.
    """

    feeds: tuple[FeedPlan, ...]
    gone: tuple[str, ...]  # documents that would be deleted
    problems: int
    retired: dict[str, str | None] = {}
    moves_from: str | None = None
    moves_to: str | None = None
    brings_index: bool = False
    remarks: tuple[str, ...] = ()
    is_new: bool = False

    @property
    def reruns(self) -> int:
        """How many entries subscribers would see once more as new."""
        return sum(len(feed.reruns) for feed in self.feeds)


Versions = tuple[Mapping[str, Seen] | None, Mapping[str, Seen]]
"""The entries of a document by id: as they are (None without document), and as they would be."""


def compare(feed: str, first: Versions, *others: Versions, on_one_page: bool = False) -> FeedPlan:
    """What the subscribers of a feed would see. All documents of a feed have the same entries, so `first` alone names
    the entries. An entry changes if it changes in any of the documents.

    A new id is a re-run if its link is the link of an entry before, or its title the title of a withdrawn entry.
    `on_one_page`: all entries link to parts of the same page, so links do not tell entries apart.
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
    """An entry in a list. `heat` is the effective heat, `quality` the curator's. `coverage` counts the further
    providers on the story that the entry leads. `key`: the number that orders the list, greatest first; None without
    such a number. `since`: when a view with admissions admitted the entry.
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
    """The first entries of a feed by rank, or of a view. `of`: the number of all its entries. `feed_order`: the order
    of the feed's documents; with "latest" they are not by rank.
    """

    feed: str
    title: str
    order: str  # one of select/views: "heat", "quality" or "admission"
    feed_order: Order
    of: int
    entries: tuple[RankedEntry, ...]


class ViewPlace(Struct, frozen=True):
    """The position of an entry in a view, a folder below its feed's. `place`: from 1 to `of`, or None with the
    `reason`. `since`: when the view admitted the entry, if the view has admissions. `digest`: the period of the digest
    that lists the entry.
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
    """The position of an entry in a feed. `place`: from 1 to `of`, with the titles above and below; or None with the
    `reason`. `heat` and `key` are as this feed counts them. `passing`: the heat that would move the entry above the
    next entry; in feeds ordered by quality, the quality. `stays`: the rule that would keep the entry out if it came
    now. `archive`: where the entry stands in the archives of the feed, such as `archive/0001`.
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
    archive: str | None = None


class HeatExplanation(Struct, frozen=True):
    """The parts of an entry's heat, in feeds without settings of their own. `heat` and `quality` are the curator's.
    `providers`: the further providers on the story; each adds `weight`. `key`: log2(effective heat) + published /
    `half_life`, in seconds.
    """

    heat: float | None
    quality: float | None
    unknown: float
    providers: tuple[str, ...]
    weight: float
    half_life: float
    key: float | None = None


class InStory(Struct, frozen=True):
    """The story of an entry: title and path of its lead, and the titles of the other members, by date. `leads`: the
    entry is the lead. `lead_withheld`: why the lead is withheld, if it is.
    """

    lead: str
    path: str
    leads: bool
    lead_withheld: str | None
    folded: bool
    others: tuple[str, ...]


class Explanation(Struct, frozen=True):
    """Everything that `feedd why` says about an item. `withheld`: the reason; None if the item is published.
    `only_for`: the private feeds that publish it, if nothing public does. Dates are RFC 3339.
    """

    path: str
    title: str = ""
    id: str | None = None
    link: str | None = None
    page: str | None = None  # feedd's page of the item, where the item has no link
    withheld: str | None = None
    published: str | None = None
    updated: str | None = None
    heat: float | None = None  # the effective heat
    ranking: HeatExplanation | None = None
    story: InStory | None = None
    places: tuple[FeedPlace, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    other_files: tuple[str, ...] = ()
    date_is_guessed: bool = False  # the file gives no date: the entry has the time when feedd saw it first
    file_date: str | None = None  # of a withheld item, where `published` is the date of when it was shown before
    is_gone: bool = False  # the file that was the item
    is_last_version: bool = False  # what is shown: the file has problems now
    has_audience: bool = False  # the file withholds the item from all that is public, for an audience
    only_for: tuple[str, ...] = ()


def explain_folding(heat: float | None, story: InStory | None) -> str:
    """Why an entry is folded, and whether its story shows it anywhere. `heat` is the curator's."""
    how = f"`heat: {heat:g}`" if heat is not None and heat < 0 else "`stories.fold_published`"
    if story is None or story.leads:
        return f"folded ({how}), but no story leads it: it is shown nowhere"
    if story.lead_withheld:
        return f"folded ({how}), but what leads its story is not shown: it is shown nowhere"
    return f"folded under the lead of its story ({how})"
