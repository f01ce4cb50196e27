"""Reading: paths in; ReadFiles out, in portions.

    paths -- portions --> workers: bytes -> parse_all -> item -- try to publish it --> ReadFile -- msgpack --> ReadFiles

All of that happens in workers. Workers of other machines are sent the bytes. A file whose item takes more than its
budget is a ReadFile with a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedd.decide.identity import link_key
from feedd.decide.stories.clusters import story_keys
from feedd.html import content
from feedd.items import urls
from feedd.items.parse import parse_all
from feedd.items.parsing.parsed import Parsed, refused
from feedd.items.reading_settings import LONGEST_ON_PAGE, ReadingSettings
from feedd.items.wiki_links import page_key
from feedd.model import Item, Problem
from feedd.render.site_info import SiteInfo
from feedd.run.executor.executor_protocol import MANY_FILES, Begin, Executor, Task
from feedd.run.pass_context import PassContext
from feedd.run.publish.make_entries import try_out
from feedd.run.send_files import (
    FetchedFile,
    SentFile,
    SentFiles,
    Wanted,
    encode_sent,
    path_sent,
    send_files,
    sent_in_words,
)
from feedd.store.item_source import FetchedVersion, FirstCommits, ItemSource, Unread
from feedd.store.ledger.codec import ReadFile, content_digest

PORTION = 250
_MANY_NEW = 100  # files; to try them all out would double the work on new items
_TOGETHER = 50  # files that go through each step together: few, since they may be large


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[ReadFile]).decode
_decode_fetched = msgspec.msgpack.Decoder(list[FetchedFile]).decode
_Refused = tuple[str, str, FetchedVersion | None]  # a path, the reason, and the version that was fetched
_decode_reasons = msgspec.msgpack.Decoder(list[_Refused]).decode


class Reader:
    """Has files read. `site`: for trying items out. `commits`: for the dates of files without a date, if wanted."""

    def __init__(
        self,
        source: ItemSource,
        settings: ReadingSettings,
        site: SiteInfo,
        executor: Executor,
        commits: FirstCommits | None = None,
    ) -> None:
        self._source = source
        self._executor = executor
        self._commits = commits
        read = partial(read_portion, source, settings, site, commits)
        self._reading: Task[None, FetchedFile, bytes] = Task(read, _encode_job, _path)
        self._reading_sent: Task[None, SentFile, bytes] = Task(
            partial(read_sent, settings, site), encode_sent, path_sent, sent_in_words
        )
        refuse = partial(refuse_portion, source, settings)
        self._refusing: Task[None, _Refused, bytes] = Task(refuse, _encode_job, _path)

    def read(self, portions: Iterable[Sequence[Wanted]], *, many: bool) -> Iterator[list[ReadFile]]:
        """The contents of files, in any order, without files that are gone.

        An item that replaces another is tried out. If it cannot be published, it is a problem, and the old item stays.
        Raises Unavailable.
        """
        fetched = self._fetched(portions)
        if self._executor.sees_files(many=many):
            for outcome in self._executor.map(self._reading, ((None, each) for each in fetched), many=many):
                failed = [(path, why, version) for (path, _, version), why in outcome.failed]
                yield [*_decode(outcome.result), *self._refused(failed)]
        else:
            sent = ((None, each) for each in send_files(self._source, self._commits, fetched))
            for found in self._executor.map(self._reading_sent, sent, many=many):
                yield [*_decode(found.result), *self._refused([(file.path, why, None) for file, why in found.failed])]

    def _fetched(self, portions: Iterable[Sequence[Wanted]]) -> Iterator[list[FetchedFile]]:
        for portion in portions:
            versions = self._source.prepare([path for path, _ in portion])
            yield [(path, before, versions.get(path)) for path, before in portion]

    def _refused(self, reasons: Sequence[_Refused]) -> list[ReadFile]:
        """Files that failed, and whether they ask to be withheld. If even this fails, they count as withheld."""
        found: list[ReadFile] = []
        if not reasons:
            return found
        for outcome in self._executor.map(self._refusing, [(None, reasons)], many=False):
            found += _decode(outcome.result)
            found += [without_item(path, reason, withheld_while_broken=True) for (path, reason, _), _ in outcome.failed]
        return found


def read_files(context: PassContext, source: ItemSource, paths: Sequence[str]) -> Iterator[list[ReadFile]]:
    """The contents of the files at these paths, in portions and in any order.

    An item that replaces another is tried out. New items are tried out as well, unless they are many: then they are
    tried out when they are published.
    """
    done, many, untried = 0, len(paths) >= MANY_FILES, None if len(paths) >= _MANY_NEW else b""
    commits = wanted_commits(source, context.settings.reading) if paths else None
    reader = Reader(source, context.settings.reading, context.settings.site, context.executor, commits)

    def wanted(portion: Sequence[str]) -> list[Wanted]:
        before = context.ledger.files.item_digests(portion)
        return [(path, before.get(path, untried)) for path in portion]

    for found in reader.read(map(wanted, in_portions(paths)), many=many):
        done += len(found)
        context.cancellation.check()
        context.progress("reading", done, len(paths))
        yield found


def wanted_commits(source: ItemSource, settings: ReadingSettings) -> FirstCommits | None:
    """The first commits of all files, if files without a date are to have their dates."""
    return source.first_commits() if settings.dates_from == "git" else None


def in_portions(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """Paths, in portions that are read together."""
    for start in range(0, len(paths), PORTION):
        yield paths[start : start + PORTION]


def read_portion(
    source: ItemSource,
    settings: ReadingSettings,
    site: SiteInfo,
    commits: FirstCommits | None,
    job: bytes,
    begin: Begin,
) -> bytes:
    """The contents of some files, as msgpack of a list of ReadFile. `job` is msgpack of a list of FetchedFile."""
    fetched = _decode_fetched(job)
    wanted, versions = [each[:2] for each in fetched], {path: version for path, _, version in fetched}

    def read(path: str) -> bytes | Unread | None:
        return source.read(path, versions[path])

    return _encode(list(_FileReader(read, settings, site, commits).contents(wanted, begin)))


def read_sent(settings: ReadingSettings, site: SiteInfo, job: bytes, begin: Begin) -> bytes:
    """The contents of files whose bytes were sent, as msgpack of a list of ReadFile. `job` is msgpack of a list of
    SentFile.
    """
    sent = SentFiles(job)
    return _encode(list(_FileReader(sent.read, settings, site, sent.commits).contents(sent.wanted, begin)))


class _FileReader(Struct, frozen=True):
    """How the files of a job are read: `read` gives the bytes of a file. The rest is as `Reader` has it."""

    read: Callable[[str], bytes | Unread | None]
    settings: ReadingSettings
    site: SiteInfo
    commits: FirstCommits | None

    def contents(self, wanted: Sequence[Wanted], begin: Begin) -> Iterator[ReadFile]:
        """The contents of these files, in any order, without files that are gone."""
        for start in range(0, len(wanted), _TOGETHER):
            yield from self._together(wanted[start : start + _TOGETHER], _from(start, begin))

    def _together(self, wanted: Sequence[Wanted], begin: Begin) -> Iterator[ReadFile]:
        """The contents of few files, readable files first."""
        numbers: list[int] = []
        readable: list[tuple[str, bytes]] = []
        unreadable: list[Parsed] = []
        for number, (path, _) in enumerate(wanted):
            begin(number)
            data = self.read(path)
            if isinstance(data, Unread):
                unreadable.append(refused(path, data.head, data.problem, settings=self.settings))
            elif data is not None:
                numbers.append(number)
                readable.append((path, data))
        parsed_files = parse_all(readable, lambda at: begin(numbers[at]), self.settings)
        for number, undated in zip(numbers, parsed_files, strict=True):
            begin(number)
            parsed = undated if self.commits is None else _with_first_commit(undated, self.commits)
            found = _summed_up(parsed, self.site)
            _, before = wanted[number]
            if parsed.item is not None and before is not None and found.digest != before:
                try_out(parsed.item, self.site)
            yield found
        yield from map(_summed_up, unreadable)


def refuse_portion(source: ItemSource, settings: ReadingSettings, job: bytes, begin: Begin) -> bytes:
    """Files that cannot be read, as msgpack of a list of ReadFile. `job` is msgpack of a list of _Refused."""
    found: list[ReadFile] = []
    for number, (path, reason, version) in enumerate(_decode_reasons(job)):
        begin(number)
        data = source.read(path, version)
        if data is not None:
            head = data.head if isinstance(data, Unread) else data
            found.append(_summed_up(refused(path, head, Problem(path, reason), settings=settings)))
    return _encode(found)


def _with_first_commit(parsed: Parsed, commits: FirstCommits) -> Parsed:
    """An item without a date, with the date of the first commit of its file; with a note if it is not known."""
    if parsed.item is None or parsed.item.published is not None:
        return parsed
    seconds = commits.times.get(parsed.path)
    if seconds is None:
        note = Problem(parsed.path, f"it has no date: {commits.why_unknown}", kind="note")
        return replace(parsed, problems=(*parsed.problems, note))
    return replace(parsed, item=replace(parsed.item, published=datetime.fromtimestamp(seconds, UTC)))


def _summed_up(parsed: Parsed, site: SiteInfo | None = None) -> ReadFile:
    """`site` says what an entry carries that does not say it; None for a file without an item."""
    item, page = parsed.item, page_key(parsed.path)
    if item is None:
        return ReadFile(
            parsed.path,
            None,
            None,
            b"",
            page,
            (),
            parsed.problems,
            parsed.withheld_while_broken,
            dialect=parsed.dialect,
            is_foreign=parsed.is_foreign,
        )
    encoded = _encode(item)
    link, document = _link_keys(item.link)
    return ReadFile(
        parsed.path,
        encoded,
        link,
        content_digest(encoded),
        page,
        content.wiki_targets(item.body, site.site_url if site else None),
        parsed.problems,
        withheld_while_broken=False,
        keys=story_keys(item),
        source=parsed.source,
        document=document,
        former=item.former_id,
        dialect=parsed.dialect,
        is_foreign=parsed.is_foreign,
        unread=parsed.unread,
        is_dated=item.published is not None,
        media=_media(item, site),
    )


def _media(item: Item, site: SiteInfo | None) -> tuple[str, ...]:
    """The keys of the files that an entry of the item would show."""
    if site is None:
        return content.local_references(item)
    has_own_page = item.link is None and site.pages
    longest = LONGEST_ON_PAGE if has_own_page else site.content_limit
    return content.local_references(item, item.content or site.content, longest)


def _link_keys(link: str | None) -> tuple[bytes | None, bytes | None]:
    """The key of a link, and the key of the link without its fragment. None if there is no link, or no fragment."""
    if not link:
        return None, None
    whole, document = urls.canonical(link), urls.canonical_document(link)
    return link_key(whole), link_key(document) if document != whole else None


def without_item(path: str, reason: str, *, withheld_while_broken: bool) -> ReadFile:
    """A file without item, with the reason."""
    return _summed_up(Parsed(path, None, (Problem(path, reason),), withheld_while_broken=withheld_while_broken))


def _from(start: int, begin: Begin) -> Begin:
    return lambda number: begin(start + number)


def _encode_job(_head: None, items: Sequence[FetchedFile | _Refused]) -> bytes:
    return _encode(items)


def _path(item: FetchedFile | _Refused) -> str:
    return item[0]
