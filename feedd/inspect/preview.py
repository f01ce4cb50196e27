"""Previews: the ledger as a pass would leave it in; a Plan of the changes for subscribers out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from msgspec import Struct

from feedd.inspect.explanations import FeedPlan, Plan, Versions, compare
from feedd.items.reading_settings import ReadingSettings
from feedd.items.withholding.meaning import is_publishable
from feedd.model import Document, Item, Problem
from feedd.render import FORMATS, PAGE, redirects
from feedd.render.assets import ASSETS
from feedd.render.content_codings import ENCODINGS
from feedd.render.readback import feed_links, read_back
from feedd.render.recovery.index_parts import is_index_part
from feedd.render.site_info import SiteInfo
from feedd.run.lost_ledger.published_copy import PublishedCopy, Unreached
from feedd.run.publish.compare import newest_archives, wanted_names
from feedd.run.publish.make_documents import DocumentMaker
from feedd.run.publish.write_documents import document_maker
from feedd.run.publisher import Publisher
from feedd.run.update.tell_stories import StoryUpdater
from feedd.select.archives import archive_in, document_name
from feedd.select.folders import feed_folder
from feedd.select.settings import SelectionSettings
from feedd.select.views import find_view
from feedd.store.document_store import is_media_document
from feedd.store.item_source import ItemSource, Unavailable
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.session import LedgerSession

_FEEDS = frozenset(each.file for each in FORMATS.values())
_OTHER_DOCUMENTS = {PAGE.file, *ASSETS, redirects.FILE}  # nobody subscribes to these


class Preview(Struct, frozen=True):
    """The state that a pass would leave. Valid as long as its transaction."""

    ledger: LedgerSession
    stories: StoryUpdater
    maker: DocumentMaker
    published: Callable[[str], bytes | None]  # what subscribers have at a path
    is_elsewhere: bool  # not in the feeds' directory, where reading costs a request
    items: ItemSource
    reading: ReadingSettings
    site: SiteInfo
    selection: SelectionSettings
    problems: tuple[Problem, ...]  # of the scan
    now: datetime
    default_listed: bool
    is_indexed: bool  # whether the recovery index is wanted
    keeps_ids: bool  # whether entries take over ids of an old feed
    remarks: tuple[str, ...] = ()  # what the pass would say of a lost ledger
    is_new: bool = False  # nothing is known of what was published
    damage: tuple[str, ...] = ()  # what to say of a damaged ledger

    def is_publishable(self, item: Item) -> bool:
        """Whether an item may be shown now, seen without its other files and stories."""
        return is_publishable(item, self.now, default_listed=self.default_listed)

    def plan(self) -> Plan:
        """What the pass would do to subscribers. Feeds are in the order of their folders."""
        wanted = wanted_names(self.site)
        wanted |= _OTHER_DOCUMENTS
        documents = self.ledger.documents.all()
        named = {path for path in documents if not (is_media_document(path) or is_index_part(path))}
        gone = {path for path in named if document_name(path) not in wanted}
        newest = newest_archives(self.ledger)
        archived = ((path, place) for path in documents if (place := archive_in(path)) is not None)
        gone |= {path for path, place in archived if place.number > newest.get(place.folder, -1)}
        gone |= {path for path in self.maker.needless() if path.rpartition("/")[2] not in _OTHER_DOCUMENTS}
        suffixes = tuple(each.suffix for each in ENCODINGS.values())
        gone = {path for path in gone if not path.endswith(suffixes)}  # nobody subscribes to an encoded form
        problems = sum(problem.kind == "problem" for problem in self.all_problems())
        if self.is_elsewhere:  # the ledger has no list of documents
            gone |= {path for path in map(self._a_document, self.maker.retirements) if self.published(path) is not None}
        before = self._address_before()
        moves = (before, self.site.base_url) if before not in (None, self.site.base_url) else (None, None)
        retired = {folder: now for folder, now in self.maker.retirements.items() if _below(folder, gone)}
        unknown = sorted(gone.difference(*(_below(folder, gone) for folder in retired)))
        brings_index = bool(documents) and self.is_indexed and not any(map(is_index_part, documents))
        return Plan(
            tuple(self._feed_plans()),
            tuple(unknown),
            problems,
            retired,
            moves[0],
            moves[1],
            brings_index,
            self.remarks,
            self.is_new,
        )

    def _a_document(self, folder: str) -> str:
        return f"{folder}/{FORMATS[self.site.formats[0]].file}"

    def _address_before(self) -> str | None:
        """The base URL in the documents of the feeds' directory; None if no document names one."""
        for path in sorted(self.ledger.documents.all()):
            name = path.rpartition("/")[2]
            data = self.published(path) if name in _FEEDS else None
            if data is None or read_back(name, data) is None:
                continue
            own, _ = feed_links(name, data)
            if own is not None and own.endswith(f"/{path}"):
                return own.removesuffix(path)
        return None

    def _feed_plans(self) -> Iterator[FeedPlan]:
        for record in sorted(self.maker.current(), key=_folder):
            kind = find_view(record.identity)
            if kind.is_list:  # nobody subscribes to it for news
                continue
            documents = self.maker.made(record.feed).documents
            versions = self._versions(documents)
            plan = compare(_folder(record) or "./", *versions, on_one_page=kind.on_one_page)
            if plan:
                yield plan

    def _versions(self, documents: list[Document]) -> list[Versions]:
        """Each document of a feed that can be compared. Without such a document, the first document as a new
        document.
        """
        found: list[Versions] = []
        for document in documents:
            name = document.path.rpartition("/")[2]
            data = self.published(document.path)
            if data is not None and (before := read_back(name, data)) is not None:
                found.append((before, read_back(name, document.data) or {}))
            if found and self.is_elsewhere:
                break  # the other documents have the same entries
        first = documents[0]
        return found or [(None, read_back(first.path.rpartition("/")[2], first.data) or {})]

    def all_problems(self) -> list[Problem]:
        """All problems and notes about items."""
        return [*self.problems, *self.ledger.files.problems()]


@contextmanager
def previewed(publisher: Publisher, now: datetime) -> Iterator[Preview]:
    """A preview of a pass at `now`. Writes nothing, and needs no right to write. Raises Unusable, Unavailable or
    Damaged.
    """
    with publisher.expected(now) as (stage, problems, copy, remarks, is_new, damage):
        settings, at = stage.settings, stage.now
        yield Preview(
            stage.ledger,
            StoryUpdater(stage.ledger, settings, at),
            document_maker(stage, publisher.feeds),
            publisher.feeds.read if copy is None else _reading(copy),
            copy is not None,
            publisher.items,
            publisher.settings.reading,
            publisher.settings.site,
            publisher.settings.selection,
            problems,
            at,
            publisher.settings.default_listed,
            publisher.settings.recovery_index,
            bool(publisher.settings.kept_ids.by_link),
            remarks,
            is_new,
            damage,
        )


def _reading(copy: PublishedCopy) -> Callable[[str], bytes | None]:
    """Reads documents of a copy. Raises Unavailable if it cannot be reached."""

    def read(path: str) -> bytes | None:
        try:
            return copy.read(path)
        except Unreached as error:
            raise Unavailable(str(error)) from None

    return read


def _below(folder: str, paths: Iterable[str]) -> set[str]:
    return {path for path in paths if path.startswith(f"{folder}/")}


def _folder(record: FeedRecord) -> str:
    return feed_folder(record.identity, record.slug)
