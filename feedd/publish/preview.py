"""Previews: the state that a pass would leave, in; what it means for subscribers, or for one item, out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from feedd.core import redirects, urls
from feedd.core.applied import rank_of, terms_of
from feedd.core.assemble import Site, folder_of, list_feed
from feedd.core.catalog import EntryFile, EntryRecord, decide, feeds_of, folded
from feedd.core.explain import Explanation, FeedPlace, FeedPlan, InStory, Plan, RankedEntry, Ranking, TopList, compare
from feedd.core.identity import link_key
from feedd.core.rank import effective_heat, relative
from feedd.core.render import PAGE
from feedd.core.render.assets import ASSETS
from feedd.core.render.readback import Seen, read_back
from feedd.core.stories import providers_alone
from feedd.core.topics import name_key
from feedd.core.views import TOP, is_digest
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.items import ItemsDirectory
from feedd.disk.ledger import Ledger
from feedd.disk.published import FeedRecord, Published
from feedd.model import Document, Item, Problem
from feedd.publish.current import head_of
from feedd.publish.documents import DocumentMaker, make_documents, wanted_names
from feedd.publish.telling import Telling

_NO_FEEDS = {PAGE.file, *ASSETS, redirects.FILE}  # nobody subscribes to these


class Preview(Struct, frozen=True):
    """The state that a pass would leave. Valid as long as the transaction in which it was made."""

    ledger: Ledger
    published: Published
    telling: Telling
    maker: DocumentMaker
    feeds: FeedsDirectory
    items: ItemsDirectory
    site: Site
    problems: tuple[Problem, ...]  # those of the scan
    now: datetime
    default_listed: bool

    def plan(self) -> Plan:
        """What the pass would do to subscribers; feeds by their folder."""
        wanted = wanted_names(self.site)
        wanted |= _NO_FEEDS
        gone = {path for path in self.published.documents() if path.rpartition("/")[2] not in wanted}
        gone |= {path for path in self.maker.needless() if path.rpartition("/")[2] not in _NO_FEEDS}
        problems = sum(problem.kind == "problem" for problem in self._problems())
        return Plan(tuple(self._feed_plans()), tuple(sorted(gone)), problems)

    def _feed_plans(self) -> Iterator[FeedPlan]:
        for record in sorted(self.maker.current(), key=_folder):
            if record.identity.view == TOP:  # nobody follows it for what is new
                continue
            _, documents = make_documents(self.site, self.maker.parts(record.feed))
            seen = self._before_and_after(documents)
            plan = compare(_folder(record) or "./", *seen, on_one_page=is_digest(record.identity))
            if plan:
                yield plan

    def _before_and_after(self, documents: list[Document]) -> tuple[dict[str, Seen] | None, dict[str, Seen]]:
        for document in documents:
            name = document.path.rpartition("/")[2]
            data = self.feeds.read(document.path)
            if data is not None and (before := read_back(name, data)) is not None:
                return before, read_back(name, document.data) or {}
        first = documents[0]
        return None, read_back(first.path.rpartition("/")[2], first.data) or {}

    def named(self, what: str) -> list[FeedRecord]:
        """The feeds that `what` (a folder, or a title) can mean; several if feeds of different kinds have one title."""
        records = [record for record in self.maker.current() if not record.identity.view]
        folder = what.strip("/").removeprefix(".") or "all"
        for record in records:
            if folder == (_folder(record).removesuffix("/") or "all"):
                return [record]
        wanted = name_key(what)
        titles = [(record, list_feed(head_of(record), self.site)) for record in records]
        return [record for record, listed in titles if wanted in (name_key(listed.label), name_key(listed.title))]

    def ranking(self, feed: FeedRecord, count: int) -> TopList:
        """The first `count` entries of a feed by rank."""
        ranked = self.maker.ranking(feed)
        rank = rank_of(feed.identity._replace(view=TOP), feed.slug, self.site)
        entries = []
        for number, (shown, key) in enumerate(ranked[:count], start=1):
            item = shown.item()
            entries.append(
                RankedEntry(
                    rank=number,
                    heat=effective_heat(shown.record, rank),
                    strength=relative(key, ranked[0][1], rank),
                    title=item.title,
                    provider=item.provider.name if item.provider else None,
                    published=key.published,
                    id=shown.record.id,
                    link=item.link,
                )
            )
        title = list_feed(head_of(feed), self.site).title
        return TopList(_folder(feed) or "./", title, len(ranked), tuple(entries))

    def explain(self, what: str) -> Explanation | None:
        """All there is to say of the item that `what` (a path, an entry's id or a link) names; None if none is."""
        what = what.encode("utf-8", "replace").decode()  # an argument may be any bytes
        path = self.items.relative(what)
        entry = self.ledger.find(path=path) if path else None
        if entry is None and (url := urls.http_url(what)):
            entry = self.ledger.find(link=link_key(urls.canonical(url)))
        if entry is None:
            entry = self.ledger.find(entry_id=what)
        if entry is not None:
            return self._explain_entry(entry, path)
        found = [problem for problem in self._problems() if problem.path == path]
        return _broken(found) if found else None

    def _explain_entry(self, entry: int, asked: str | None) -> Explanation:
        record = self.ledger.records([entry])[entry]
        files = self.ledger.files_of([entry])[entry]
        if not files:
            problems, notes = _said([problem for problem in self._problems() if problem.path == asked])
            return Explanation(asked or "", id=record.id, withheld=record.reason, problems=problems, notes=notes)
        speaker = next((file for file in files if file.file == record.file), files[0])
        chosen = next((file for file in files if file.path == asked), speaker)
        withheld = record.reason
        if chosen.file != speaker.file and record.shown:
            withheld = f"{speaker.path} has the same link and speaks for both"
        told, ranking = self._told(record, speaker.item)
        ranked = replace(record, heat=ranking.heat, quality=ranking.quality, coverage=len(ranking.providers))
        findings = [problem for problem in self._problems() if problem.path == chosen.path]
        problems, notes = _said(findings)
        return Explanation(
            path=chosen.path,
            title=chosen.item.title,
            id=record.id,
            link=chosen.item.link,
            withheld=withheld if withheld or record.shown else self._reason(record, files),
            published=_stamp(record.published or chosen.item.published),
            updated=_stamp(record.updated),
            heat=effective_heat(ranked, self.site.rank),
            ranking=ranking,
            story=told,
            places=tuple(self._places(record, chosen.item)) if record.shown and chosen is speaker else (),
            problems=problems,
            notes=notes,
            other_files=tuple(file.path for file in files if file.path != chosen.path),
        )

    def _told(self, record: EntryRecord, item: Item) -> tuple[InStory | None, Ranking]:
        """The story of an entry, if it is not one by itself, and what its heat is made of."""
        story, items = self.telling.around(record.entry, withheld_too=not (record.shown or record.folded))
        lead = self.ledger.records([story.lead])[story.lead]
        leads = story.lead == record.entry
        rank = self.site.rank
        providers = story.providers if leads else providers_alone(item)
        ranking = Ranking(item.heat, item.quality, rank.unknown, providers, rank.coverage, rank.half_life, record.rank)
        if len(story.members) == 1:
            return None, ranking
        files = self.ledger.files_of([story.lead])[story.lead]
        path = next((file.path for file in files if file.file == lead.file), "")
        titles = tuple(items[entry].title for entry in story.members)
        is_folded = not record.shown and (record.folded or folded(item) is not None)
        return InStory(items[story.lead].title, path, leads, lead.reason, is_folded, titles), ranking

    def _reason(self, record: EntryRecord, files: list[EntryFile]) -> str | None:
        return decide(record, files, self.now, default_listed=self.default_listed)[0].reason

    def _places(self, record: EntryRecord, item: Item) -> Iterator[FeedPlace]:
        feeds = {record.identity: record for record in self.maker.current()}
        for membership in feeds_of(item, self.site.topics, self.site.recipes.values()):
            feed = feeds.get(membership.feed)
            if feed is None:  # it is retired, or nothing ever came into it
                continue
            terms = terms_of(feed.identity, feed.slug, self.site)
            ordered = self.maker.ordered(feed.feed)
            name, of = _folder(feed) or "./", len(ordered)
            at = next((at for at, shown in enumerate(ordered) if shown.record.id == record.id), None)
            if at is not None:
                above = ordered[at - 1].item().title if at else None
                below = ordered[at + 1].item().title if at + 1 < of else None
                yield FeedPlace(name, at + 1, of, above=above, below=below)
            elif self.published.departed(feed.feed, [record.entry]):
                yield FeedPlace(name, None, of, "newer entries have pushed it out")
            else:
                old = f"older than the newest {terms.limit} entries"
                yield FeedPlace(name, None, of, terms.keep_out(record) or old)

    def _problems(self) -> list[Problem]:
        return [*self.problems, *self.ledger.problems()]


def _folder(record: FeedRecord) -> str:
    return folder_of(record.identity, record.slug)


def _broken(found: list[Problem]) -> Explanation:
    problems, notes = _said(found)
    reason = "the file has problems, and there is no earlier version of it"
    return Explanation(found[0].path, withheld=reason, problems=problems, notes=notes)


def _said(found: list[Problem]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    return (
        tuple(each for each in found if each.kind == "problem"),
        tuple(each for each in found if each.kind == "note"),
    )


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
