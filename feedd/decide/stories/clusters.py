"""Stories: entries and their related reports, in; the stories of these entries, each with its lead, out.

    candidates, matching pairs -- find_clusters --> Story (members, lead, further providers)

The order in which entries came matters only once: an entry that has led a story goes on leading it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from struct import pack

from msgspec import Struct

from feedd.decide.identity import link_key
from feedd.decide.stories import title_similarity
from feedd.decide.stories.matching import KEY_BYTES, KeyedEntry, StoryCandidate, StorySource, by_date, find_clusters
from feedd.decide.stories.story_settings import StorySettings
from feedd.items import urls
from feedd.items.text import shorten
from feedd.model import Item, Related

MAX_RELATED = 50  # the related reports of an item that count
STORIES_NAMED = 2  # stories that are named in a line


class Story(Struct, frozen=True):
    """Entries about the same event, by date; their lead; and the providers other than the lead's own, sorted."""

    members: tuple[int, ...]
    lead: int
    providers: tuple[str, ...]


def story_sources(item: Item) -> tuple[StorySource, ...]:
    """The sources of an item's report: the item itself, then its related reports."""
    others = (_source(_key(each.link), each.provider, each.domain) for each in item.related[:MAX_RELATED])
    return (_own_source(item, _key(item.link)), *others)


def _own_source(item: Item, link: bytes | None) -> StorySource:
    own = item.provider
    return _source(link, own.name, own.domain) if own else StorySource(link, None, None)


def _source(link: bytes | None, name: str | None, domain: str | None) -> StorySource:
    """A source. If a file gives only a provider's domain, the domain stands in for the name; another file may give the
    name.
    """
    named = name is not None and (domain is None or name.casefold() != domain.casefold())
    return StorySource(link, name if named else None, domain)


def _key(link: str | None) -> bytes | None:
    """The key of the document that a link leads to. Reports may link to different parts of the same document."""
    return link_key(urls.canonical_document(link)) if link else None


def story_keys(item: Item) -> bytes:
    """Keys of an item's links, and of its title, each KEY_BYTES long. Items of the same story have a key in common. Few
    other items have.
    """
    found = pack(f"<{len(numbers)}I", *numbers) if (numbers := title_similarity.keys(item.title)) else b""
    if (own := _key(item.link)) is not None:
        found += own[:KEY_BYTES]
    for each in item.related[:MAX_RELATED]:
        if (key := _key(each.link)) is not None:
            found += key[:KEY_BYTES]
    return found


def make_candidate(
    keyed: KeyedEntry, entry_id: str, item: Item, settings: StorySettings, **state: bool
) -> StoryCandidate:
    """An entry, as far as stories go. `state`: `shown` and `led`."""
    title = title_similarity.normalised(item.title) if settings.titles else None
    sources = story_sources(item)
    return StoryCandidate(keyed.entry, entry_id, keyed.published, sources, keyed.keys, title, item.quality, **state)


def build_stories(
    candidates: Iterable[StoryCandidate], matching: Iterable[tuple[int, int]], settings: StorySettings
) -> list[Story]:
    """The stories of these entries, in the order of their first members; also stories of a single entry. Takes time in
    proportion to their number.
    """
    return [_story(members) for members in find_clusters(candidates, matching, int(settings.window))]


def _story(members: list[StoryCandidate]) -> Story:
    lead = min(members, key=_precedence)
    return Story(tuple(each.entry for each in members), lead.entry, further_providers(lead, members))


def _precedence(candidate: StoryCandidate) -> tuple[bool, bool, float, int, str]:
    quality = candidate.quality if candidate.quality is not None else float("-inf")
    return not candidate.shown, not (candidate.shown and candidate.led), -quality, *by_date(candidate)


def further_providers(lead: StoryCandidate, members: Sequence[StoryCandidate]) -> tuple[str, ...]:
    """The distinct providers of all members and of their related reports, without the lead's own, sorted."""
    return _distinct(lead.sources[0], [source for each in members for source in each.sources])


def providers_alone(item: Item) -> tuple[str, ...]:
    """The further providers of an item that is a story by itself: the providers of its related reports."""
    if not item.related:
        return ()
    others = [_source(None, each.provider, each.domain) for each in item.related[:MAX_RELATED]]
    return _distinct(_own_source(item, None), others)


def _distinct(own: StorySource, sources: Collection[StorySource]) -> tuple[str, ...]:
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


def changes_in_words(changed: Sequence[tuple[str, int]], reranked: int, count: int | None = None) -> str:
    """The changes of stories, in a line for a person. `changed` are the title of the lead and the number of further
    providers of each changed story. `reranked` is the number of entries with a new rank. `count`: the number of changed
    stories, if `changed` are only the first of them, but at least STORIES_NAMED.
    """
    parts = []
    if changed:
        count = len(changed) if count is None else count
        number = "1 story" if count == 1 else f"{count:,} stories"
        named = "; ".join(f'"{shorten(title, 60)}" {_covered(further)}' for title, further in changed[:STORIES_NAMED])
        parts.append(f"{number} changed: {named}" + (" and others" if count > STORIES_NAMED else ""))
    if reranked:
        parts.append("1 entry has another rank" if reranked == 1 else f"{reranked:,} entries have another rank")
    return "; ".join(parts)


def _covered(further: int) -> str:
    return f"now covered by {further + 1} providers" if further else "now covered by 1 provider"
