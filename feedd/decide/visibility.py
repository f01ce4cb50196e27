"""The catalogue: what the ledger knew and what the files say now, in; what subscribers are to see, out.

    files of an entry -- decide --> EntryRecord (shown, folded or withheld, dates) -- feeds_of --> feeds it belongs to
    a feed's members + offers -- advance --> Window (members, floor), and whom it pushed out

A feed's window is a bounded choice of the newest: it needs no list of all entries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedd.items import text
from feedd.items.withholding.meaning import folded, withheld
from feedd.model import FeedId, Item
from feedd.select.saved_feeds import CompiledFilter, SavedFeed
from feedd.select.topics import Topics, name_key


class EntryFile(NamedTuple):
    """A file of an entry that is there now, with the last good version of its item and the key of its link.

    `withheld_while_broken`: the file is broken and asks, as far as can be told, not to be published. `keys`: those of
    its story, as they were packed when it was read; None if it was not since there are any. `source`: a digest of the
    bytes from which the item was read; None if it was read before such digests were kept.
    """

    file: int
    path: str
    item: Item
    link: bytes | None
    withheld_while_broken: bool
    keys: bytes | None = None
    source: bytes | None = None


class EntryRecord(Struct, frozen=True, rename={"text_digest": "digest"}):
    """What the ledger keeps of one entry.

    Its fields are the columns of a table, under their own names or those that `rename` gives. A new field needs no
    more than its line here, with a default: an older ledger is given the column when it is opened.

    `text_digest` is the digest of the text last shown; None if nothing of the entry was ever shown. `source` is the
    digest of the file from which that text was read; None if it is not known, or says nothing of the dates. `slug`
    names the entry's own page, if it ever had one. `due` is when to look again: a date in one of its files that is
    still to come. `reason` says in words why the entry is not shown. `folded`: it is not shown, but under another
    entry, by its date `published`. `story` is the entry that leads its story; None if it is a story by itself. `heat`
    and `quality` are the curator's; `coverage` counts the further providers on the story that it leads; `rank` is its
    `rank_score`.
    """

    entry: int
    id: str
    first_seen: datetime
    link: bytes | None = None
    file: int | None = None  # the file that speaks for it
    shown: bool = False
    reason: str | None = None
    due: datetime | None = None
    published: datetime | None = None
    updated: datetime | None = None
    text_digest: bytes | None = None
    folded: bool = False
    story: int | None = None
    heat: float | None = None
    quality: float | None = None
    coverage: int = 0
    rank: float | None = None
    source: bytes | None = None
    slug: str | None = None


class EntryChange(NamedTuple):
    """An entry as it was and as it has to be, with the file that represents it now, if any does. `is_new`: nothing was
    kept of the entry before. `members` are the feeds in which the entry is, by their numbers, and its position there.
    """

    before: EntryRecord
    after: EntryRecord
    file: EntryFile | None
    is_new: bool = False
    members: Mapping[int, WindowPosition] = {}


def text_digest(item: Item) -> bytes:
    """A digest of what a reader would call the content: title, summary, body, embed and link."""
    parts = (item.title, item.summary, item.body, item.embed, item.link or "")
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).digest()


def decide_visibility(
    record: EntryRecord, files: Iterable[EntryFile], now: datetime, *, default_listed: bool
) -> tuple[EntryRecord, Item | None]:
    """The record as it has to be now, and the item that speaks for the entry.

    The best of several files speaks: one that may be shown before one that may not, then the higher quality, then the
    higher heat. Among equals the one that did so before goes on, by its path or else its bytes, so that a copy does not
    bring back what was struck out; among new ones the shorter path, then the first. An entry once shown, or folded, is
    not withheld again because the clock went back. `now` has no fraction of a second.

    A source that subscribers have been shown keeps the dates that it was shown with, however it is read since.
    """
    choices = ranked(record, files, now, default_listed=default_listed)
    if not choices:
        gone = replace(record, file=None, shown=False, reason="its file is gone", due=None, folded=False, rank=None)
        return gone, None
    chosen, reason = choices[0].file, choices[0].reason
    dues = [choice.due for choice in choices if choice.due is not None]
    item = chosen.item
    told = is_unchanged(record, chosen) and record.due is None  # whatever date it gives has been told
    if item.updated is not None and item.updated > now and not told:
        dues.append(item.updated)  # then, and not before, it says something
    if reason is None:
        after = shown_as(record, chosen, now)
    else:
        after = replace(record, shown=False, folded=choices[0].folded, reason=reason, rank=None)
    if after.folded and not is_unchanged(record, chosen):
        after = replace(after, published=item.published or record.first_seen, source=None)
    due = min(dues, default=None)
    after = replace(after, link=chosen.link, file=chosen.file, due=due, heat=item.heat, quality=item.quality)
    return after, item


def shown_as(record: EntryRecord, file: EntryFile, now: datetime) -> EntryRecord:
    """The record of an entry that is shown, as the file that speaks for it says. `record` is as it was before."""
    published, digest = _published(record, file) or record.first_seen, text_digest(file.item)
    return replace(
        record,
        shown=True,
        folded=False,
        reason=None,
        published=published,
        updated=_updated(record, file, published, digest, now),
        text_digest=digest,
        source=file.source,
    )


def is_unchanged(record: EntryRecord, file: EntryFile) -> bool:
    """Whether subscribers have been shown what the file says now, byte for byte."""
    return record.text_digest is not None and file.source is not None and file.source == record.source


def _published(record: EntryRecord, file: EntryFile) -> datetime | None:
    return record.published if is_unchanged(record, file) else file.item.published


def primary_file(record: EntryRecord, files: Sequence[EntryFile]) -> EntryFile | None:
    """The file that speaks for an entry."""
    if len(files) == 1:
        return files[0]
    return next((file for file in files if file.file == record.file), None)


def ranked(record: EntryRecord, files: Iterable[EntryFile], now: datetime, *, default_listed: bool) -> list[Choice]:
    """The files of an entry, the one that is to represent it first."""
    return sorted(_choice(record, file, now, default_listed=default_listed) for file in files)


class Choice(NamedTuple):
    """A file that may represent an entry; the least of several does. `reason` says why it may not be shown."""

    hidden: bool
    quality: float
    heat: float
    is_another: bool  # not the one that represented the entry last
    has_changed: bool
    length: int
    path: str
    file: EntryFile
    reason: str | None
    due: datetime | None
    folded: bool


def _choice(record: EntryRecord, file: EntryFile, now: datetime, *, default_listed: bool) -> Choice:
    item = file.item
    reason, due = withheld(item, default_listed=default_listed), None
    if file.withheld_while_broken:
        reason = "the file has problems, and it asks not to be published"
    published = _published(record, file)
    if reason is None and published is not None and published > now:
        due = published
        seen = (record.shown or record.folded) and (record.file, record.published) == (file.file, due)
        if not seen:  # else the clock has gone back
            reason = f"waits for its date, {due:%Y-%m-%d %H:%M} UTC"
    fold = folded(item) if reason is None else None
    return Choice(
        (reason or fold) is not None,
        -(item.quality if item.quality is not None else -1e308),
        -(item.heat if item.heat is not None else -1e308),
        file.file != record.file,
        not is_unchanged(record, file),
        len(file.path),
        file.path,
        file,
        reason or fold,
        due,
        fold is not None,
    )


def _updated(record: EntryRecord, file: EntryFile, published: datetime, digest: bytes, now: datetime) -> datetime:
    # A date still to come says nothing yet: it would be another one at each look.
    said = file.item.updated
    said = said if said and said <= max(now, published) else None
    if record.text_digest is None or record.updated is None:
        return max(published, said or published)
    unchanged = is_unchanged(record, file)
    if unchanged and (record.due is None or record.due > now):  # no date was waited for that has come
        return max(published, record.updated)
    if said is not None and said > record.updated:
        return max(published, said)
    if unchanged:
        return max(published, record.updated)
    if digest != record.text_digest:
        return max(published, record.updated, now)
    return max(published, record.updated)


class Membership(NamedTuple):
    """A feed that an item belongs to, and what the item calls it."""

    feed: FeedId
    label: str


ALL = FeedId("all", "")


def feeds_of(item: Item, topics: Topics, recipes: Iterable[CompiledFilter] = ()) -> list[Membership]:
    """The feeds an item belongs to: all, each of its topics (those of its keywords if it names none), its provider's,
    and those whose recipe takes it.
    """
    memberships = [Membership(ALL, "")]
    names = item.topics or topics.by_keyword(text.searchable(item.title, item.summary, " ".join(item.tags)))
    labels = (topics.label(name) for name in names)
    topic_feeds = {name_key(label): label for label in labels}
    memberships.extend(Membership(FeedId("topic", key), label) for key, label in topic_feeds.items())
    if item.provider is not None:
        name = item.provider.name
        memberships.append(Membership(FeedId("provider", name_key(name)), name))
    memberships.extend(saved(each.recipe) for each in recipes if each.matches(item, topic_feeds))
    return memberships


def saved(recipe: SavedFeed) -> Membership:
    """The saved feed of a recipe."""
    return Membership(FeedId("saved", recipe.slug), recipe.title)


class WindowPosition(NamedTuple):
    """Where an entry stands in the order of entry into a feed: by date, then id."""

    published: int  # seconds since 1970, UTC
    id: str


class Window(Struct, frozen=True):
    """A feed's members, and the highest place that is closed for good: what stood there left or never came in."""

    members: dict[int, WindowPosition]
    floor: WindowPosition | None


def advance(
    window: Window,
    offers: Mapping[int, WindowPosition],
    gone: Collection[int],
    departed: Collection[int],
    limit: int,
) -> tuple[Window, list[int]]:
    """The window after `gone` entries were taken out and `offers` made, and the entries it pushed out.

    Members are the newest `limit`. An entry that was pushed out (`departed`), or is as old as one that was, is
    not let in: a subscriber's reader may have forgotten it and would show it as new.
    """
    members = {entry: place for entry, place in window.members.items() if entry not in gone}
    floor = window.floor
    for entry, place in offers.items():
        if entry in members or (entry not in departed and (floor is None or place > floor)):
            members[entry] = place
    if len(members) <= limit:
        return Window(members, floor), []
    ranked = sorted(members, key=members.__getitem__, reverse=True)
    kept, pushed_out = ranked[:limit], ranked[limit:]
    highest = members[pushed_out[0]]
    return (
        Window({entry: members[entry] for entry in kept}, highest if floor is None else max(floor, highest)),
        [entry for entry in pushed_out if entry in window.members],
    )


def narrow(offers: dict[int, WindowPosition], limit: int) -> tuple[dict[int, WindowPosition], WindowPosition | None]:
    """The newest `limit` of many offers and the highest place among the others; so a feed's offers need never be
    held all at once.
    """
    ranked = sorted(offers, key=offers.__getitem__, reverse=True)
    kept, dropped = ranked[:limit], ranked[limit:]
    return {entry: offers[entry] for entry in kept}, offers[dropped[0]] if dropped else None


def possible_slugs(feed: FeedId, label: str) -> Iterator[str]:
    """The slugs that a new feed may get, in this order: that of its name, and longer ones with a digest of its name."""
    slug = text.slug(label) or feed.kind
    digest = hashlib.blake2b(feed.key.encode("utf-8", "replace"), digest_size=4).hexdigest()
    while True:
        yield slug
        slug = f"{slug}-{digest}"


def choose_slugs(feeds: Sequence[Membership], taken: Collection[str]) -> dict[FeedId, str]:
    """A slug for each new feed of one kind, different from each other and from those `taken`.

    A name that is its own slug (`etc`) has it before one that has to be changed (`../../etc`). Where two names
    come to one slug, the later carries a digest of its name.
    """
    used = set(taken)
    slugs: dict[FeedId, str] = {}
    for feed, label in sorted(feeds, key=lambda each: (text.slug(each.label) != each.feed.key, each.feed.key)):
        slugs[feed] = next(slug for slug in possible_slugs(feed, label) if slug not in used)
        used.add(slugs[feed])
    return slugs
