"""Moving from an old feed: its entries, and the entries that feedd would publish, in; what subscribers would see, out.

old feed --+
           +-- compare_with_old --> OldFeedPlan: kept, shown again, new, changed, leaving
document --+
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from feedd.items import dates, text, urls
from feedd.items.foreign.former_ids import is_uri
from feedd.render.old_feed import OldFeed
from feedd.render.readback import Seen

_STAYS = (
    "published here under its id of today, which stays: only `feedd render --start-over --nobody-subscribed` changes "
    "it, with `ids.keep_from`"
)


class ShownAgain(Struct, frozen=True):
    """An entry that readers would show once more as new: its title, its link here, its id in the old feed and here, and
    what prevents it.
    """

    title: str
    link: str
    before: str
    after: str
    advice: str


class NewEntry(Struct, frozen=True):
    """An entry that is not in the old feed. `is_older`: than the newest entry there, so that readers would show an old
    text as new.
    """

    title: str
    link: str
    is_older: bool


class ChangedEntry(Struct, frozen=True):
    """An entry with the same id and another title, link or date: in words."""

    title: str
    changes: tuple[str, ...]


class LeavingEntry(Struct, frozen=True):
    """An entry of the old feed that would not be in the new feed, and why. Readers keep what they have of it."""

    title: str
    link: str
    reason: str


class OldFeedPlan(Struct, frozen=True):
    """What subscribers of an old feed would see if its address led to `document`. `entries` counts the entries of the
    old feed, `kept` the entries that have the same id here. `without_id` counts entries of the old feed by which no
    reader can know them.
    """

    document: str
    entries: int
    kept: int
    again: tuple[ShownAgain, ...] = ()
    new: tuple[NewEntry, ...] = ()
    changed: tuple[ChangedEntry, ...] = ()
    leaving: tuple[LeavingEntry, ...] = ()
    without_id: int = 0


def compare_with_old(
    document: str,
    old: OldFeed,
    now: OldFeed,
    why_left_out: Callable[[str, Seen], str],
    published: Container[str] = (),
    *,
    keeps_ids: bool = False,
) -> OldFeedPlan:
    """What subscribers of the feed `old` would see. `now` is the feed in `document`, as readers would know it.
    `why_left_out` says why an entry of the old feed is not in it. `published`: the ids that feedd has published, which
    stay. `keeps_ids`: entries take over ids of some old feed already.
    """
    by_link, by_title = _by_link(old), _by_title(old, now)
    newest = max(filter(None, map(_moment, old.entries.values())), default=None)
    again: list[ShownAgain] = []
    new: list[NewEntry] = []
    changed: list[ChangedEntry] = []
    for entry_id, seen in now.entries.items():
        if entry_id in old.entries:
            if changes := _changes(old.entries[entry_id], seen):
                changed.append(ChangedEntry(_title(seen), changes))
            continue
        link = urls.canonical(seen.link) if seen.link else None
        before = by_link.get(link) if link else None
        is_same_link = before is not None
        before = before or by_title.get(_title(seen))
        if before is None:
            date = _moment(seen)
            new.append(NewEntry(_title(seen), seen.link, bool(newest and date and date < newest)))
        else:
            if entry_id in published:
                advice = _STAYS
            else:
                advice = _advice(now.format, before, is_same_link=is_same_link, keeps_ids=keeps_ids)
            again.append(ShownAgain(_title(seen), seen.link, before, entry_id, advice))
    replaced = {each.before for each in again}
    left = {entry_id: seen for entry_id, seen in old.entries.items() if entry_id not in {*now.entries, *replaced}}
    return OldFeedPlan(
        document,
        len(old.entries) + old.without_id,
        sum(entry_id in old.entries for entry_id in now.entries),
        tuple(again),
        tuple(new),
        tuple(changed),
        tuple(LeavingEntry(_title(seen), seen.link, why_left_out(entry_id, seen)) for entry_id, seen in left.items()),
        old.without_id,
    )


def _by_link(old: OldFeed) -> dict[str, str]:
    """The ids of the entries by their canonical links. Of several with one link the first counts."""
    found: dict[str, str] = {}
    for entry_id, seen in old.entries.items():
        if seen.link:
            found.setdefault(urls.canonical(seen.link), entry_id)
    return found


def _by_title(old: OldFeed, now: OldFeed) -> dict[str, str]:
    """The ids of the entries that are gone, by titles that no other entry has."""
    gone = {entry_id: seen for entry_id, seen in old.entries.items() if entry_id not in now.entries}
    counts = Counter(map(_title, old.entries.values()))
    return {_title(seen): entry_id for entry_id, seen in gone.items() if _title(seen) and counts[_title(seen)] == 1}


def _advice(form: str, before: str, *, is_same_link: bool, keeps_ids: bool) -> str:
    if form == "atom" and not is_uri(before):
        return "the old id is no URI, as Atom demands: readers of Atom cannot be spared this"
    if is_same_link and not keeps_ids:
        return "`ids: {keep_from: OLD-FEED}` in the configuration, before the first render, keeps the old id"
    where = "it has another id by its `guid`, or by `ids.keep_from`" if is_same_link else "it has another link"
    return f"{where}; give the item the `guid` of the old feed"


def _changes(before: Seen, after: Seen) -> tuple[str, ...]:
    """What readers would see changed, in words."""
    found: list[str] = []
    if _title(before) != _title(after):
        found.append(f'title, was "{_title(before)}"')
    if after.link and urls.canonical(before.link or "") != urls.canonical(after.link):
        found.append(f"link, was {before.link}" if before.link else "link, was none")
    was, now = _moment(before), _moment(after)
    if was and now and was != now:
        found.append(f"date {now:%Y-%m-%d %H:%M}, was {was:%Y-%m-%d %H:%M} UTC")
    return tuple(found)


def _title(seen: Seen) -> str:
    return text.plain(seen.title)[0]


def _moment(seen: Seen) -> datetime | None:
    found = dates.read(seen.published, UTC) if seen.published else None
    return found if isinstance(found, datetime) else None


def grouped(again: tuple[ShownAgain, ...]) -> Mapping[str, list[ShownAgain]]:
    """Entries that would be shown again, by what prevents it."""
    found: dict[str, list[ShownAgain]] = {}
    for each in again:
        found.setdefault(each.advice, []).append(each)
    return found
