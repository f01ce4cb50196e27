"""Explanations to words, for a terminal or a pipe."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator

from feedd.cli.output import counted, painted, say
from feedd.inspect.explanations import Explanation, FeedPlace, HeatExplanation, InStory, ViewPlace
from feedd.items import text

_ORDERS = {"heat": "by heat and date", "quality": "by quality", "latest": "newest first"}
_MAX_OTHERS = 10  # other members of a story
_NO_LINK = "none: the file gives none, and no `site.link` says what links look like"
_LAST_VERSION = "its last good version; what the file says now is not published"
_TITLE_LENGTH = 50  # characters of a title within a line


def say_explanation(found: Explanation) -> None:
    """Prints the explanation of an item."""
    say(painted(found.title or found.path or found.id or "", "bold", sys.stdout))
    for name, value in (
        ("file", f"{found.path} (gone)" if found.is_gone else found.path),
        ("link", found.link or (_NO_LINK if found.title else None)),
        ("page", found.page),
        ("id", found.id),
        ("dated" if found.withheld else "published", _date(found)),
        ("updated", None if found.withheld else found.updated),
        ("heat", _heat(found)),
        ("key", _key(found)),
        ("story", _story(found.story) if found.story else None),
        ("also", ", ".join(found.other_files)),
        ("shows", _LAST_VERSION if found.is_last_version else None),
        ("only for", _private(found.only_for)),
    ):
        if value:
            say(f"  {name:<10} {value}")
    if found.withheld:
        say(f"  {painted('withheld', 'red', sys.stdout)}   {found.withheld}")
    for place in found.places:
        _say_place(place, found)
    for problem in found.problems:
        say(f"  {painted('problem', 'red', sys.stdout)}    {problem}")
    for note in found.notes:
        say(f"  {painted('note', 'yellow', sys.stdout)}       {note}")


def _private(names: tuple[str, ...]) -> str | None:
    """The private feeds that publish an item, in words."""
    return f"private feed{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else None


def _date(found: Explanation) -> str | None:
    """The date of an item, and whether the file gives it."""
    if found.file_date:
        return f"{found.file_date}; first published as of {found.published}"
    if found.published is None or not found.date_is_guessed:
        return found.published
    return f"{found.published} (guessed: the file gives no date, and feedd saw it first then)"


def _heat(found: Explanation) -> str | None:
    """The heat of an item, and its parts, in words."""
    ranking = found.ranking
    if found.heat is None or ranking is None:
        return None
    if ranking.heat is not None and ranking.heat < 0:
        return f"{found.heat:g}, set in the file: it is to be shown under the lead of its story alone"
    if ranking.heat is not None:
        unused = " and ".join(_unused(ranking))
        verb = "are" if " and " in unused or len(ranking.providers) > 1 else "is"
        return f"{found.heat:g}, set in the file" + (f"; {unused} {verb} not used for it" if unused else "")
    base = f"{ranking.unknown:g} where quality is unknown (`rank.unknown`)"
    if ranking.quality is not None:
        base = f"quality {ranking.quality:g}"
    if not ranking.providers:
        return f"{found.heat:g}: {base}; no further provider on the story"
    each = "each of " if len(ranking.providers) > 1 else ""
    return f"{found.heat:g}: {base} + {ranking.weight:g} for {each}{_further(ranking)}"


def _unused(ranking: HeatExplanation) -> Iterator[str]:
    """The values that would count if the file did not set the heat."""
    if ranking.quality is not None:
        yield f"its quality, {ranking.quality:g},"
    if ranking.providers:
        yield _further(ranking)


def _further(ranking: HeatExplanation) -> str:
    further = counted(len(ranking.providers), "further provider")
    return f"{further} on the story ({', '.join(ranking.providers)})"


def _key(found: Explanation) -> str | None:
    """The key that ranks the item, and its addends."""
    ranking = found.ranking
    if ranking is None or ranking.key is None or found.heat is None:
        return None
    of_heat = round(math.log2(max(found.heat, 1)), 3)
    least = ", which counts as 1" if found.heat < 1 else ""
    date = f"{round(ranking.key, 3) - of_heat:.3f} for its date (1 for each {_span(ranking.half_life)} since 1970)"
    return f"{ranking.key:.3f}: {of_heat:.3f} for its heat (log2 of {found.heat:g}{least}) + {date}"


def _span(seconds: float) -> str:
    """A length of time, written as in the configuration."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def _story(story: InStory) -> str:
    """The story of an item, and its lead."""
    if story.leads:
        more = f"; and {len(story.others) - _MAX_OTHERS} more" if len(story.others) > _MAX_OTHERS else ""
        return f"leads {counted(len(story.others), 'other')}: " + "; ".join(story.others[:_MAX_OTHERS]) + more
    withheld = f", which is withheld itself: {story.lead_withheld}" if story.lead_withheld else ""
    return f'{"folded under" if story.folded else "led by"} "{story.lead}" ({story.path}{withheld})'


def _say_place(place: FeedPlace, found: Explanation) -> None:
    """Prints the position of an item in a feed, and a line for each view of the feed."""
    if place.place:
        where = f"place {place.place} of {place.of}, {_ORDERS[place.order]}"
    else:
        where = f"not in it: {place.reason}"
    name = f"./ ({place.title})" if place.feed == "./" else place.feed
    say(f"  {'in' if place.place else 'of':<10} {name:<32} {where}")
    for label, value in (
        ("here", _here(place, found)),
        ("stays", f"{place.stays} now, but it came in before" if place.stays else None),
        ("above it", place.above and place.above + _passing(place)),
        ("below it", place.below),
        ("archived", place.archive and f"in {place.feed.removeprefix('./')}{place.archive}"),
        *((view.view, _in_view(view, place)) for view in place.views),
    ):
        if value:
            say(f"  {'':<10} {label:<14} {value}")


def _here(place: FeedPlace, found: Explanation) -> str | None:
    """Heat and key of an item in a feed with settings of its own."""
    same_half_life = found.ranking is None or place.half_life == found.ranking.half_life
    if place.heat == found.heat and (same_half_life or place.order != "heat"):
        return None
    key = f", key {place.key:.3f} with a half-life of {_span(place.half_life)}" if place.order == "heat" else ""
    return f"heat {place.heat:g}{key}"


def _passing(place: FeedPlace) -> str:
    """The heat that would move the item above the next item, in words."""
    if place.passing is not None:
        return f"; {place.order} {place.passing:.0f} would pass it"
    return "; it is newer by more than any heat makes up for" if place.order == "heat" else ""


def _in_view(view: ViewPlace, place: FeedPlace) -> str:
    """The position of an item in a view, in a line."""
    if view.place is None:
        return f"not in it: {view.reason}"
    words = f"place {view.place} of {view.of}"
    if view.digest:
        return f"{words} in that of {view.digest}"
    if view.since:
        words += f", since {view.since}"
    elif (view.place, view.above, view.below) == (place.place, place.above, place.below):
        return f"{words}, as in the feed" if view.above or view.below else words
    sides = (("below", view.above), ("above", view.below))
    return ", ".join((words, *(f'{side} "{text.shorten(title, _TITLE_LENGTH)}"' for side, title in sides if title)))
