"""The publisher of the public site and those of private feeds, as one: one pass of each, one Report of them all.

A private feed is a site of its own, with a ledger and documents of its own. Its pass comes after the public one, which
has withdrawn by then what is private now. A pass that fails keeps no other pass from being made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from feedd.model import Problem, Report
from feedd.run.publisher import Publisher
from feedd.select.slugs import ENTRY_FOLDER
from feedd.store.errors import Busy, Unusable
from feedd.store.private_feeds.private_tree import PREFIX

_LOST = (
    "its ledger was gone. Ids and dates are as the public ledger has them; when an entry was updated while it was "
    "private is not known any more"
)


class PrivatePublishers(Struct, frozen=True):
    """The publishers of private feeds, by the names of the feeds. `make_good` brings back what all their documents
    depend on. It raises Unusable. `is_lost`: whether a feed that was published has lost its ledger; `note_made` keeps
    that it was published. `lost_with_state`: that all of them may have been lost, in words, before the first of their
    passes; else empty.
    """

    by_name: Mapping[str, Publisher] = {}
    make_good: Callable[[], object] = lambda: None
    is_lost: Callable[[str], bool] = lambda _: False
    note_made: Callable[[str], object] = lambda _: None
    lost_with_state: Callable[[], str] = lambda: ""


class AllPublishers:
    """Makes the passes of a public site and of its private feeds, by their names. `private` makes the publishers of
    private feeds, after the first public pass: what is private now is withdrawn also if they cannot be made. It raises
    Unusable, and is asked again with each pass until then.
    """

    def __init__(self, public: Publisher, private: Callable[[], PrivatePublishers]) -> None:
        self._public = public
        self._make_private = private
        self._private: PrivatePublishers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def place_of_work(self) -> str:
        """Where large work is done, in words; empty for this machine."""
        return self._public.place_of_work

    def hold(self) -> None:
        """Sees to it that nobody else publishes into the same folders, until `close`. Raises Busy or Unusable."""
        self._public.hold()

    def unload(self) -> None:
        """Ends the processes and closes the ledgers; the next pass starts and opens them again."""
        for each in self._all():
            each.unload()

    def close(self) -> None:
        """Gives back all that they hold."""
        for each in self._all():
            each.close()

    def start_over(self, now: datetime, *, allow_empty: bool = False) -> Report:
        """Like `publish`, with new ledgers: all identities are made anew."""
        report = self._public.start_over(now, allow_empty=allow_empty)
        return report if report.refused else self._with_private(report, now, allow_empty, None, anew=True)

    def publish(self, now: datetime, *, allow_empty: bool = False, touched: Collection[str] | None = None) -> Report:
        """Makes a pass of each site. Returns one report of them all. Raises Busy or Unusable if the public pass could
        not be made; the others are made all the same, since they may have to withdraw something.
        """
        try:
            report = self._public.publish(now, allow_empty=allow_empty, touched=touched)
        except (Busy, Unusable):
            self._with_private(Report(), now, allow_empty, touched)
            raise
        return self._with_private(report, now, allow_empty, touched)

    def _all(self) -> Iterator[Publisher]:
        yield self._public
        yield from self._private.by_name.values() if self._private is not None else ()

    def _with_private(
        self, report: Report, now: datetime, allow_empty: bool, touched: Collection[str] | None, *, anew: bool = False
    ) -> Report:
        try:
            feeds = self._private = self._make_private() if self._private is None else self._private
        except Unusable as error:
            return replace(report, failed=(*report.failed, Problem(PREFIX.rstrip("/"), str(error))))
        if said := feeds.lost_with_state():
            report = replace(report, remarks=(*report.remarks, said))
        for name, publisher in sorted(feeds.by_name.items()):
            try:
                feeds.make_good()
                is_lost = not anew and feeds.is_lost(name)
                if anew:
                    found = publisher.start_over(now, allow_empty=allow_empty)
                else:
                    found = publisher.publish(now, allow_empty=allow_empty, touched=touched)
                if not found.refused:
                    feeds.note_made(name)
                    found = replace(found, remarks=(*found.remarks, _LOST)) if is_lost else found
            except (Busy, Unusable) as error:
                found = Report(refused=str(error))
            report = with_private(report, name, found)
        return report


def with_private(report: Report, name: str, private: Report) -> Report:
    """The report of a public pass, and what the pass of a private feed has to add: documents, failures, and withdrawn
    entries, each of which has the same id in all feeds. Problems in files are those of the public pass.
    """
    at = f"private/{name}"
    failed = tuple(replace(each, path=_named(name, each.path)) for each in private.failed)
    if private.refused and not report.refused:
        failed = (*failed, Problem(at, private.refused))
    withdrawn = report.withdrawn_ids | private.withdrawn_ids
    return replace(
        report,
        withdrawn=len(withdrawn),
        withdrawn_ids=withdrawn,
        private=report.private if private.refused else {**report.private, name: private.entries},
        written=(*report.written, *(_named(name, path) for path in private.written)),
        deleted=(*report.deleted, *(_named(name, path) for path in private.deleted)),
        failed=(*report.failed, *failed),
        next_due=min(filter(None, (report.next_due, private.next_due)), default=None),
        remarks=(*report.remarks, *(f"private feed {name}: {remark}" for remark in private.remarks)),
    )


def _named(name: str, path: str) -> str:
    """A private document as reports call it. The folder of an entry says what the entry tells of."""
    return f"private/{name}/{ENTRY_FOLDER}…" if path.startswith(ENTRY_FOLDER) else f"private/{name}/{path}"
