"""An old feed and a preview, in; what subscribers of the old feed would see if its address led to feedd's feed, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from feedd.decide.identity import link_key
from feedd.decide.records import EntryFile
from feedd.inspect.old_feed_plan import OldFeedPlan, compare_with_old
from feedd.inspect.preview import Preview
from feedd.items import text, urls
from feedd.render import FORMATS
from feedd.render.old_feed import OldFeed, read_old_feed
from feedd.render.readback import Seen, read_back
from feedd.select.membership import ALL
from feedd.select.settings import feed_policy

_TOGETHER = 500  # entries whose files are read at once
_NO_ITEM = "no item has its link"


def plan_against(preview: Preview, old: OldFeed) -> OldFeedPlan:
    """What subscribers of an old feed would see if its address led to the feed of all, in the same format if there is a
    document in it.
    """
    names = preview.site.formats
    name = old.format if old.format in names else names[0]
    path = FORMATS[name].file
    all_entries = next((each for each in preview.maker.current() if each.identity == ALL), None)
    documents = preview.maker.made(all_entries.feed).documents if all_entries else []
    data = next((each.data for each in documents if each.path == path), None)
    now = read_old_feed(data) if data is not None else OldFeed(name, {})
    present = preview.published(path)
    published = read_old_feed(present).entries if present is not None and read_back(path, present) is not None else ()
    return compare_with_old(path, old, now, _LeftOut(preview).why, published, keeps_ids=preview.keeps_ids)


class _LeftOut:
    """Says why entries of an old feed are not in the feed of all."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview
        self._ledger = preview.ledger

    def why(self, entry_id: str, seen: Seen) -> str:
        """The reason in words. The item is found by its link, by the id of the old entry, or by its title."""
        links = (urls.canonical(seen.link), urls.canonical_document(seen.link)) if seen.link else ()
        found = next(filter(None, (self._ledger.entries.find(link=link_key(link)) for link in links)), None)
        if found is not None:
            return self._why_not_in(found, self._file(found))
        found = self._ledger.entries.find(entry_id=entry_id) or self._by_title.get(text.plain(seen.title)[0])
        file = None if found is None or found in self._members else self._file(found)
        if found is None or file is None:
            return _NO_ITEM
        return f"{_NO_ITEM}; it is probably that of {file.path}: {self._why_not_in(found, file)}"

    def _why_not_in(self, entry: int, file: EntryFile | None) -> str:
        (record,) = self._ledger.entries.records([entry]).values()
        if not record.shown:
            return f"{record.reason}"
        if file is not None and file.item.exclude_from_all:
            return "the file says `exclude_from_all: true`"
        policy = feed_policy(ALL, "", self._preview.selection)
        return policy.rejection_reason(record) or f"not among the newest {policy.limit} entries, which `limit` allows"

    def _file(self, entry: int) -> EntryFile | None:
        return next(iter(self._ledger.files.entry_files([entry])[entry]), None)

    @cached_property
    def _members(self) -> set[int]:
        """The entries in the feed of all."""
        feeds = (each for each in self._preview.maker.current() if each.identity == ALL)
        return {shown.record.entry for feed in feeds for shown in self._preview.maker.ordered(feed.feed)}

    @cached_property
    def _by_title(self) -> dict[str, int]:
        """The entries by titles that no other entry has."""
        titles = list(self._titles())
        counts = Counter(title for title, _ in titles)
        return {title: entry for title, entry in titles if title and counts[title] == 1}

    def _titles(self) -> Iterator[tuple[str, int]]:
        entries = sorted(self._ledger.entries.all_entries())
        for start in range(0, len(entries), _TOGETHER):
            for entry, files in self._ledger.files.entry_files(entries[start : start + _TOGETHER]).items():
                yield from {(file.item.title, entry) for file in files}
