"""Entries: members of feeds in; their bytes in each format out, made once for all feeds that show them.

Entries are made in workers. `Entries` makes them for whole documents in a worker. `make_entries` makes a few entries
for documents of this process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import msgspec
from msgspec import Struct

from feedd import render
from feedd.decide.periods import Digest
from feedd.decide.records import EntryFile, EntryRecord
from feedd.decide.visibility import shown_as
from feedd.html.content import directed
from feedd.model import Document, Entry, Feed, Item, RenderedEntry
from feedd.render import PAGE
from feedd.render.assembly.assemble_entry import Member, categories, make_entry
from feedd.render.entry_page import entry_page
from feedd.render.site_info import SiteInfo
from feedd.run.executor.executor_protocol import Begin, Executor, Task
from feedd.run.publish.fragment_reuse import frame_fingerprint
from feedd.select.slugs import entry_folder
from feedd.store.ledger.codec import EPOCH
from feedd.words.site_words import Words

_HELD = 1200  # entries, about 12 MB: where a pass makes more, few of them are shown by several feeds of a process
Failed = tuple[Member, str]  # a member whose entry cannot be made, and why

_encode = msgspec.msgpack.Encoder().encode
_decode_members = msgspec.msgpack.Decoder(list[Member]).decode
_decode_made = msgspec.msgpack.Decoder(list[RenderedEntry]).decode


class EntryMaker:
    """Has the entries of a pass made by workers."""

    def __init__(self, site: SiteInfo, executor: Executor) -> None:
        self._site = site
        self._executor = executor
        self._task = Task(partial(make_entries, site), _encode_members, _fingerprint)
        self._made: dict[bytes, RenderedEntry] = {}

    def make(
        self, members: Sequence[Member | Entry | RenderedEntry]
    ) -> tuple[tuple[Entry | RenderedEntry, ...], list[Failed]]:
        """The entries of members, in their order, without the failed entries; and the failed entries."""
        missing = [each for each in members if isinstance(each, Member) and each.fingerprint not in self._made]
        if len(self._made) + len(missing) > _HELD:
            self._made.clear()
            missing = [each for each in members if isinstance(each, Member)]
        failed: list[Failed] = []
        for outcome in self._executor.map(self._task, [(None, missing)] if missing else [], many=False):
            self._made |= {each.fingerprint: each for each in _decode_made(outcome.result)}
            failed += outcome.failed
        entries = (self._made.get(each.fingerprint) if isinstance(each, Member) else each for each in members)
        return tuple(filter(None, entries)), failed

    def pages(
        self, portions: Iterable[list[Member]], *, many: bool
    ) -> Iterator[tuple[list[tuple[int, Document]], list[Failed]]]:
        """The pages of entries without a link, each with the entry's number; and the failed entries. `many`: they are
        worth several processes.
        """
        task = Task(partial(make_entry_pages, self._site), _encode_members, _fingerprint)
        for outcome in self._executor.map(task, ((None, portion) for portion in portions), many=many):
            yield outcome.result, outcome.failed


def make_entry_pages(site: SiteInfo, job: bytes, begin: Begin) -> list[tuple[int, Document]]:
    """The pages of entries, with the numbers of the entries. `job` is msgpack of a list of Member."""
    made, mark = [], frame_fingerprint(site)
    for number, member in enumerate(_decode_members(job)):
        begin(number)
        entry = make_entry(member, site, on_page=True)
        data = entry_page(entry, site.title, site.words, site.directory(site.words))
        path = entry_folder(member.record.slug or "") + PAGE.file
        elsewhere = ((entry.id, entry.elsewhere),) if entry.elsewhere is not None else ()
        made.append((member.record.entry, Document(path, data, member.fingerprint + mark, elsewhere)))
    return made


def make_entries(site: SiteInfo, job: bytes, begin: Begin) -> bytes:
    """The entries of members, in all formats: msgpack of a list of RenderedEntry, from msgpack of a list of Member."""
    return _encode(Entries(site).make(_decode_members(job), _formats(site), begin))


def try_out(item: Item, site: SiteInfo) -> None:
    """Makes an entry of an item in all formats, to find out whether it can be made."""
    record = shown_as(
        EntryRecord(0, "tag:try", EPOCH), EntryFile(0, "", item, None, withheld_while_broken=False), EPOCH
    )
    labels = tuple(categories(item, site))
    entry = make_entry(Member(record, item, labels, (), (), b""), site)
    for name in _formats(site):
        render.fragments((entry,), name)


def _formats(site: SiteInfo) -> tuple[str, ...]:
    return (*site.formats, PAGE.name) if site.pages else site.formats


def _encode_members(_head: None, members: Sequence[Member]) -> bytes:
    return _encode(members)


def _fingerprint(member: Member) -> bytes:
    return member.fingerprint


class _Made(Struct, frozen=True):
    """An entry, and its bytes in each format made so far."""

    entry: Entry
    fragments: dict[str, bytes]


class Entries:
    """Entries made lately in this process, for the other feeds that show them."""

    def __init__(self, site: SiteInfo) -> None:
        self.site = site
        self._made: dict[bytes, _Made] = {}

    def make(
        self, members: Sequence[Member | Entry | RenderedEntry], names: Iterable[str], begin: Begin
    ) -> tuple[RenderedEntry, ...]:
        """The entries of a feed, with their bytes in these formats. `begin` is called with the number of each member
        before the work on it.

        One format after another: this is faster by a fifth than alternating between formats.
        """
        to_make = [(number, each) for number, each in enumerate(members) if not isinstance(each, RenderedEntry)]
        if len(self._made) + len(to_make) > _HELD:
            self._made.clear()
        for number, member in to_make:
            if member.fingerprint not in self._made:
                begin(number)
                self._made[member.fingerprint] = _Made(self._entry(member), {})
        made = [(number, self._made[member.fingerprint]) for number, member in to_make]
        for name in names:
            missing = [(number, each) for number, each in made if name not in each.fragments]
            fragments = render.fragments(_begun(missing, begin), name)
            for (_, each), fragment in zip(missing, fragments, strict=True):
                each.fragments[name] = fragment
        return tuple(
            member if isinstance(member, RenderedEntry) else self._rendered(self._made[member.fingerprint])
            for member in members
        )

    def _entry(self, member: Member | Entry) -> Entry:
        return make_entry(member, self.site) if isinstance(member, Member) else member

    def _rendered(self, made: _Made) -> RenderedEntry:
        return RenderedEntry(made.entry.id, made.entry.fingerprint, made.fragments, made.entry.elsewhere)


def _begun(made: Iterable[tuple[int, _Made]], begin: Begin) -> Iterator[Entry]:
    for number, each in made:
        begin(number)
        yield each.entry


_lately: list[Entries] = []


def shared_entries(site: SiteInfo) -> Entries:
    """The entries of this process, for this site."""
    if not _lately or _lately[0].site != site:
        _lately[:] = [Entries(site)]
    return _lately[0]


def digest_entry(digest: Digest, fingerprint: bytes, feed: Feed, site: SiteInfo) -> Entry:
    """A digest as subscribers of its feed see it."""
    return Entry(
        id=digest.id,
        fingerprint=fingerprint,
        title=digest.title,
        link=f"{feed.home}#{digest.day}" if site.pages and digest.day else None,
        anchor=digest.day,
        published=digest.end,
        updated=digest.end,
        authors=(site.author,),
        author_uri=site.author_uri,
        summary=digest.summary,
        content=directed(_digest_content(digest, feed.words), feed.language),
        categories=(),
        image=None,
        video=None,
        duration=None,
        language=None,
        whole=True,
        words=feed.words,
    )


def _digest_content(digest: Digest, words: Words) -> str:
    """The content of a digest. If the site has changed its language since, the words of the digest are marked."""
    mark = words.mark_of(digest.language)
    return f"<p{mark}>{digest.content.removeprefix('<p>')}" if digest.content.startswith("<p>") else digest.content
