"""Assembly of the list of all feeds: their summaries, in; the Listing of the site, in its order, out."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from feedd.items import text
from feedd.model import FeedId
from feedd.render.assembly.assemble_feed import list_feed
from feedd.render.directory import ListedFeed, Listing
from feedd.render.site_info import SiteInfo
from feedd.select.folders import FOLDERS, NAMED_KINDS, FeedSummary
from feedd.select.views import FAMILIES, VIEWS


def make_listing(summaries: Iterable[FeedSummary], site: SiteInfo) -> Listing:
    """All feeds, sorted by label, with numbers by value; a topic's children after it. Their views come last, in the
    order of their kinds and names.
    """
    by_kind: dict[str, list[tuple[str, ListedFeed]]] = {kind: [] for kind in FOLDERS}
    views: list[tuple[FeedId, ListedFeed]] = []
    for summary in summaries:
        listed = list_feed(summary, site)
        if summary.identity.view:
            views.append((summary.identity, listed))
        else:
            by_kind[summary.identity.kind].append((summary.identity.key, listed))
    return Listing(
        title=site.title,
        description=site.description,
        words=site.words,
        everything=tuple(listed for _, listed in by_kind["all"]),
        topics=tuple(_nested(by_kind["topic"])),
        providers=tuple(listed for _, listed in _sorted(by_kind["provider"])),
        home=site.base_url,
        saved=tuple(listed for _, listed in _sorted(by_kind["saved"])),
        views=tuple(listed for _, listed in sorted(views, key=_view_order)),
        authors=tuple(listed for _, listed in _sorted(by_kind["author"])),
        languages=tuple(listed for _, listed in _sorted(by_kind["language"])),
        search=_searched(site),
    )


def _searched(site: SiteInfo) -> str:
    """What can be searched for on the page of the site, in words."""
    first, *others = [kind for kind in NAMED_KINDS if FAMILIES[kind] in site.families] or ["feed"]
    words = site.words
    return words.together([words.say(f"a_{first}"), *(words.say(f"or_{kind}") for kind in others)], "list_or")


def _view_order(each: tuple[FeedId, ListedFeed]) -> tuple[int, text.Natural, str, int]:
    identity = each[0]
    family, view = list(FOLDERS).index(identity.kind), list(VIEWS).index(identity.view)
    return family, text.natural(identity.key), identity.key, view


def _sorted(feeds: list[tuple[str, ListedFeed]]) -> list[tuple[str, ListedFeed]]:
    return sorted(feeds, key=lambda each: (text.natural(each[1].label), each[0]))


def _nested(feeds: list[tuple[str, ListedFeed]]) -> Iterable[ListedFeed]:
    """Each topic with its children after it; a topic whose parent has no feed stands on its own."""
    present = {listed.label for _, listed in feeds}
    placed = [(key, listed if listed.parent in present else replace(listed, parent=None)) for key, listed in feeds]
    placed.sort(
        key=lambda each: (
            text.natural(each[1].parent or each[1].label),
            each[1].parent is not None,
            text.natural(each[1].label),
            each[0],
        )
    )
    return [listed for _, listed in placed]
