"""Stories: what entries say of themselves and of others, in; which tell of one event, and who speaks for it, out.

    tellers -- keys in common, dates near --> joined pairs -- union --> Story (members, lead, further providers)

Nothing depends on the order in which entries came, but for one thing: who has led a story before goes on leading it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from struct import pack, unpack

from msgspec import Struct

from feedd.core import titles, urls
from feedd.core.identity import link_key
from feedd.core.text import words
from feedd.core.titles import Title
from feedd.model import Item, Related

KEY_BYTES = 4
_NAMED = 2  # stories that are named in a line
_LATER = 200  # later titles of one block that a title is compared with: without a bound, templates would take for ever


class StorySettings(Struct, frozen=True):
    """When entries are one story. `window` is seconds between two of their dates. `titles`: nearly equal ones join
    too. `fold_published`: an entry that has a lead when it would first be published is folded under it.
    """

    window: float = 7 * 86400.0
    titles: bool = True
    fold_published: bool = False


class Source(Struct, frozen=True):
    """Who told something, and where: an entry's own link and provider, or those of what it lists as related."""

    link: bytes | None
    provider: str | None
    domain: str | None


class Teller(Struct, frozen=True):
    """An entry, as far as stories go. `published` is seconds since 1970. `shown`: it is an entry of its own, and not
    only folded under another; `led`: subscribers have seen it as the lead of its story, or alone.
    """

    entry: int
    id: str
    published: int
    sources: tuple[Source, ...]  # its own first
    keys: bytes = b""
    title: Title | None = None
    quality: float | None = None
    shown: bool = True
    led: bool = False


class Story(Struct, frozen=True):
    """Entries about one event, by date; the one that speaks for it; and providers other than the lead's own, sorted."""

    members: tuple[int, ...]
    lead: int
    providers: tuple[str, ...]


def sources_of(item: Item) -> tuple[Source, ...]:
    """Who told what an item tells: itself first."""
    own = item.provider
    first = Source(_key(item.link), own.name if own else None, own.domain if own else None)
    return (first, *(Source(_key(each.link), each.provider, each.domain) for each in item.related))


def _key(link: str | None) -> bytes | None:
    return link_key(urls.canonical(link)) if link else None


def keys_of(item: Item, link: bytes | None) -> bytes:
    """Keys of an item's links, and of its title, each KEY_BYTES long. Items that may be one story have one in common;
    of those that are none, few have. `link` is the key of its own.
    """
    found = pack(f"<{len(numbers)}I", *numbers) if (numbers := titles.keys(item.title)) else b""
    if link is not None:
        found += link[:KEY_BYTES]
    for each in item.related:
        if (key := _key(each.link)) is not None:
            found += key[:KEY_BYTES]
    return found


def split_keys(keys: bytes) -> tuple[int, ...]:
    """The keys, as numbers."""
    return unpack(f"<{len(keys) // KEY_BYTES}I", keys)


def teller(entry: int, entry_id: str, item: Item, published: int, settings: StorySettings, **state: bool) -> Teller:
    """An entry, as far as stories go. `state`: `shown` and `led`."""
    title = titles.normalised(item.title) if settings.titles else None
    sources = sources_of(item)
    keys = keys_of(item, sources[0].link)
    return Teller(entry, entry_id, published, sources, keys, title, item.quality, **state)


def stories(tellers: Iterable[Teller], settings: StorySettings) -> list[Story]:
    """The stories that these entries tell, also those of one entry, by the first of their members. Takes time in
    proportion to their number.
    """
    by_entry = {each.entry: each for each in sorted(tellers, key=_by_date)}
    union = _Union(by_entry)
    for one, other in _joined(by_entry.values(), settings.window):
        union.join(one, other)
    return [_story([by_entry[entry] for entry in members]) for members in union.groups()]


def _by_date(teller: Teller) -> tuple[int, str]:
    return teller.published, teller.id


def _story(members: list[Teller]) -> Story:
    lead = min(members, key=_precedence)
    return Story(tuple(each.entry for each in members), lead.entry, further_providers(lead, members))


def _precedence(teller: Teller) -> tuple[bool, bool, float, int, str]:
    quality = teller.quality if teller.quality is not None else float("-inf")
    return not teller.shown, not (teller.shown and teller.led), -quality, *_by_date(teller)


def further_providers(lead: Teller, members: Sequence[Teller]) -> tuple[str, ...]:
    """The distinct providers of all members and of what they list as related, other than the lead's own, sorted."""
    return _distinct(lead.sources[0], [source for each in members for source in each.sources])


def providers_alone(item: Item) -> tuple[str, ...]:
    """The further providers of an item that is a story by itself: those of what it lists as related."""
    if not item.related:
        return ()
    own, *others = (Source(None, each.provider, each.domain) for each in (_own(item), *item.related))
    return _distinct(own, others)


def coverage_alone(item: Item) -> int:
    """How many these are."""
    if not item.related:
        return 0
    if item.provider is None or not all(each.provider for each in item.related):
        return len(providers_alone(item))
    return len({each.provider.casefold() for each in item.related if each.provider} - {item.provider.name.casefold()})


def _own(item: Item) -> Related:
    provider = item.provider
    return Related("", provider=provider.name, domain=provider.domain) if provider else Related("")


def _distinct(own: Source, sources: Collection[Source]) -> tuple[str, ...]:
    named = sorted(
        {(each.domain.casefold(), each.provider) for each in (own, *sources) if each.domain and each.provider}
    )
    names: dict[str, str] = {}
    for domain, name in named:
        names.setdefault(domain, name)
    found: dict[str, str] = {}
    for source in sources:
        name = source.provider or names.get((source.domain or "").casefold()) or source.domain or ""
        found[name.casefold()] = min(name, found.get(name.casefold(), name))
    mine = own.provider or names.get((own.domain or "").casefold()) or own.domain or ""
    return tuple(found[key] for key in sorted(found.keys() - {mine.casefold(), ""}))


def _joined(tellers: Collection[Teller], window: float) -> Iterator[tuple[int, int]]:
    """Pairs of entries, enough to join all that tell one story. `tellers` are sorted by date."""
    ordered = list(tellers)
    # Numbers alone, which the garbage collector passes over: key, then place in the order.
    places = sorted(key << 32 | at for at, each in enumerate(ordered) for key in split_keys(each.keys))
    for _, block in groupby(places, key=lambda place: place >> 32):
        having = [ordered[place & 0xFFFFFFFF] for place in block]
        if len(having) > 1:
            yield from _by_link(having, window)
            yield from _by_title(having, window)


def _by_link(having: list[Teller], window: float) -> Iterator[tuple[int, int]]:
    """Pairs of those that share a link. Each is joined with the next: all of them are within the window of each other,
    or of some between them.
    """
    links: dict[bytes, list[Teller]] = defaultdict(list)
    for each in having:
        for source in each.sources:
            if source.link is not None:
                links[source.link].append(each)
    for sharing in links.values():
        for one, other in pairwise(sharing):
            if other.published - one.published <= window:
                yield one.entry, other.entry


def _by_title(having: list[Teller], window: float) -> Iterator[tuple[int, int]]:
    """Pairs of those that have a title, or nearly, and are by different providers: what one calls the same again and
    again is a series. Each is compared with those that come next.
    """
    by_title: dict[Title, list[Teller]] = defaultdict(list)
    for each in having:
        if each.title is not None:
            by_title[each.title].append(each)
    groups = [group for group in by_title.values() if len(group) > 1]
    if len(by_title) > 1:
        pairs = titles.near_pairs(list(by_title), _LATER)
        groups.extend(sorted([*by_title[one], *by_title[other]], key=_by_date) for one, other in pairs)
    for group in groups:
        for at, one in enumerate(group):
            for other in group[at + 1 : at + 1 + _LATER]:
                if other.published - one.published > window:
                    break
                if _provider(one) != _provider(other):
                    yield one.entry, other.entry


def _provider(teller: Teller) -> str:
    own = teller.sources[0]
    return (own.provider or own.domain or "").casefold()


class _Union:
    """Disjoint sets of entries, joined one by one."""

    def __init__(self, entries: Iterable[int]) -> None:
        self._parents = {entry: entry for entry in entries}

    def _root(self, entry: int) -> int:
        while (parent := self._parents[entry]) != entry:
            self._parents[entry] = entry = self._parents[parent]
        return entry

    def join(self, one: int, other: int) -> None:
        """Makes the sets of two entries one."""
        self._parents[self._root(other)] = self._root(one)

    def groups(self) -> list[list[int]]:
        """The sets; entries and sets in the order of the beginning."""
        found: dict[int, list[int]] = {}
        for entry in self._parents:
            found.setdefault(self._root(entry), []).append(entry)
        return list(found.values())


def as_related(item: Item, published: datetime) -> Related:
    """An entry as another shows it under related coverage."""
    provider = item.provider
    return Related(
        item.title,
        item.link,
        published=published,
        provider=provider.name if provider else None,
        domain=provider.domain if provider else None,
    )


def merged(item: Item, others: Iterable[Related]) -> tuple[Related, ...]:
    """What an item lists as related, and then `others`; each link once, and its own not at all."""
    seen = {_key(item.link)}
    found = []
    for each in (*item.related, *others):
        key = _key(each.link) or each.title.encode("utf-8", "replace")
        if key not in seen:
            seen.add(key)
            found.append(each)
    return tuple(found)


def in_words(changed: Sequence[tuple[str, int]], reranked: int) -> str:
    """What moved, in a line: stories that are others now, by the title of the lead and the number of its further
    providers; and how many entries have another rank.
    """
    parts = []
    if changed:
        number = "1 story" if len(changed) == 1 else f"{len(changed):,} stories"
        named = "; ".join(f'"{words(title, 60)}" {_covered(further)}' for title, further in changed[:_NAMED])
        parts.append(f"{number} changed: {named}" + (" and others" if len(changed) > _NAMED else ""))
    if reranked:
        parts.append("1 entry has another rank" if reranked == 1 else f"{reranked:,} entries have another rank")
    return "; ".join(parts)


def _covered(further: int) -> str:
    return f"now covered by {further + 1} providers" if further else "now covered by 1 provider"
