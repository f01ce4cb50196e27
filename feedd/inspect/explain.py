"""Explaining: a preview and the name of an item in; an Explanation of the item out."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from feedd.decide.identity import link_key
from feedd.decide.periods import period_in_words
from feedd.decide.records import EntryFile
from feedd.decide.stories.clusters import providers_alone
from feedd.decide.visibility import decide_visibility
from feedd.inspect.explanations import Explanation, HeatExplanation, InStory, explain_folding
from feedd.inspect.positions import positions
from feedd.inspect.preview import Preview
from feedd.items import urls
from feedd.items.parsing.hiding_fields import hiding_fields
from feedd.items.withholding.meaning import folded, withheld
from feedd.items.withholding.withholding_marks import AUDIENCE
from feedd.model import Item, Problem
from feedd.render.assembly.assemble_entry import page_url
from feedd.select.folders import feed_folder
from feedd.select.ranking import effective_heat
from feedd.select.views import find_view
from feedd.select.views.view_kind import PeriodView


def explain(preview: Preview, what: str) -> Explanation | None:
    """The explanation of an item, named by its path, its entry's id or its link; None if no item has this name."""
    what = what.encode("utf-8", "replace").decode()  # an argument may be any bytes
    ledger = preview.ledger
    path = preview.items.relative(what)
    if path and (entry := ledger.entries.find(path=path)) is not None:
        return _Entry(preview, entry, path).explained()
    if url := urls.http_url(what):
        for link in (urls.canonical(url), urls.canonical_document(url)):  # a copied address may have a fragment
            if (entry := ledger.entries.find(link=link_key(link))) is not None:
                return _Entry(preview, entry, link=link).explained()
    if (entry := ledger.entries.find(entry_id=what)) is not None:
        return _Entry(preview, entry).explained()
    found = [problem for problem in preview.all_problems() if problem.path == path]
    return _broken(found) if found else None


def find_digest(preview: Preview, entry_id: str) -> tuple[str, str] | None:
    """The folder and the period of the digest with this id; None if no digest has it."""
    for feed in preview.maker.current():
        if isinstance(find_view(feed.identity), PeriodView) and entry_id.startswith(f"{feed.id}/"):
            for digest, _ in preview.ledger.digests.newest(feed.feed, _NO_LIMIT):
                if digest.id == entry_id:
                    return feed_folder(feed.identity, feed.slug), period_in_words(digest)
    return None


_NO_LIMIT = -1  # of SQLite's LIMIT
_NO_VERSION = "the file has problems, and there is no earlier version of it"


class _Entry:
    """Explains an entry. `asked`: the path by which the user named it, if it was a path. `link`: its link, if it was a
    link.
    """

    def __init__(self, preview: Preview, entry: int, asked: str | None = None, link: str | None = None) -> None:
        self._preview = preview
        self._asked = asked
        self._link = link
        self._record = preview.ledger.entries.records([entry])[entry]
        self._files = preview.ledger.files.entry_files([entry])[entry]

    def explained(self) -> Explanation:
        """The explanation of the entry."""
        record = self._record
        if not self._files:
            return self._without_item()
        primary = next((file for file in self._files if file.file == record.file), self._files[0])
        chosen = next((file for file in self._files if file.path == self._asked), primary)
        story, ranking = self._story_and_heat(primary.item)
        ranked = replace(record, heat=ranking.heat, quality=ranking.quality, coverage=len(ranking.providers))
        problems, notes = self._findings(chosen.path)
        is_shown = record.shown and chosen is primary
        return Explanation(
            path=chosen.path,
            title=chosen.item.title,
            id=record.id,
            link=chosen.item.link,
            page=page_url(record, self._preview.site) if is_shown else None,
            withheld=None if is_shown else self._withheld(primary, story),
            published=_stamp(record.published or chosen.item.published),
            updated=_stamp(record.updated),
            heat=effective_heat(ranked, self._preview.selection.rank),
            ranking=ranking,
            story=story,
            places=tuple(positions(self._preview, record, chosen.item)) if is_shown else (),
            problems=problems,
            notes=notes,
            other_files=tuple(file.path for file in self._files if file.path != chosen.path),
            date_is_guessed=chosen.item.published is None,
            file_date=None if is_shown else self._other_date(chosen.item),
            is_last_version=is_shown and self._is_broken(chosen.path),
            has_audience=not is_shown and chosen is primary and _names_audience(chosen.item),
        )

    def _without_item(self) -> Explanation:
        """The explanation of an entry whose files are gone, or have no version that could be read."""
        path, is_there = self._preview.ledger.files.path_of(self._record.entry) or ("", False)
        path = self._asked or path
        problems, notes = self._findings(path)
        return Explanation(
            path,
            id=self._record.id,
            link=self._link if self._link and self._record.link == link_key(self._link) else None,
            withheld=_NO_VERSION if problems else self._record.reason,
            problems=problems,
            notes=notes,
            is_gone=bool(path) and not is_there,
        )

    def _other_date(self, item: Item) -> str | None:
        """The date in a file, if the entry was published with another date."""
        published = self._record.published
        return (
            _stamp(item.published) if None not in (published, item.published) and published != item.published else None
        )

    def _is_broken(self, path: str) -> bool:
        """Whether the last good version of a file stands for what it says now."""
        unread = any(each.path == path and each.kind == "problem" for each in self._preview.problems)
        return unread or self._preview.ledger.files.is_broken(path)

    def _withheld(self, primary: EntryFile, story: InStory | None) -> str | None:
        """Why the entry is not shown, or why another of its files represents it."""
        record = self._record
        if record.shown:
            return f"{primary.path} has the same link and represents the entry of both"
        if record.folded:
            return explain_folding(primary.item.heat, story)
        now, default_listed = self._preview.now, self._preview.default_listed
        reason = record.reason or decide_visibility(record, self._files, now, default_listed=default_listed)[0].reason
        return self._named_in_file(primary, reason) or reason

    def _named_in_file(self, primary: EntryFile, reason: str | None) -> str | None:
        """The fields of the file, with their lines, if it withholds the entry; None if it cannot be read now."""
        if reason != withheld(primary.item, default_listed=True) or self._findings(primary.path)[0]:
            return None
        data = self._preview.items.read(primary.path)
        return (
            hiding_fields(primary.path, data, primary.item, self._preview.reading) if isinstance(data, bytes) else None
        )

    def _story_and_heat(self, item: Item) -> tuple[InStory | None, HeatExplanation]:
        """The story of the entry, None if it is alone in it; and the parts of its heat."""
        record, ledger, rank = self._record, self._preview.ledger, self._preview.selection.rank
        withheld = not (record.shown or record.folded)
        story, items = self._preview.stories.around(record.entry, withheld_too=withheld)
        lead = ledger.entries.records([story.lead])[story.lead]
        if record.folded and not lead.shown:  # the lead may be withheld: look at withheld entries too
            story, items = self._preview.stories.around(record.entry, withheld_too=True)
            lead = ledger.entries.records([story.lead])[story.lead]
        leads = story.lead == record.entry
        providers = story.providers if leads else providers_alone(item)
        ranking = HeatExplanation(
            item.heat, item.quality, rank.unknown, providers, rank.coverage, rank.half_life, record.rank
        )
        if len(story.members) == 1:
            return None, ranking
        path = next(
            (file.path for file in ledger.files.entry_files([story.lead])[story.lead] if file.file == lead.file), ""
        )
        others = tuple(items[entry].title for entry in story.members if entry != record.entry)
        is_folded = not record.shown and (record.folded or folded(item) is not None)
        return InStory(items[story.lead].title, path, leads, lead.reason, is_folded, others), ranking

    def _findings(self, path: str | None) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        return _sorted([problem for problem in self._preview.all_problems() if problem.path == path])


def _names_audience(item: Item) -> bool:
    return item.hidden_by.partition(":")[0] == AUDIENCE


def _broken(found: list[Problem]) -> Explanation:
    problems, notes = _sorted(found)
    if not problems:
        return Explanation(found[0].path, withheld=f"no item: {notes[0].reason}")
    return Explanation(found[0].path, withheld=_NO_VERSION, problems=problems, notes=notes)


def _sorted(found: list[Problem]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    return (
        tuple(each for each in found if each.kind == "problem"),
        tuple(each for each in found if each.kind == "note"),
    )


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
