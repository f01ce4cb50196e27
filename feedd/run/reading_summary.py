"""Summing up what was read: ReadFiles in; how many files are without link or date, or say what nobody reads, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from feedd.store.ledger.codec import ReadFile, decode_item

FEW = 20  # foreign items: fewer are published whatever they lack
_NAMED = 3  # formats


class TooManyGuesses(Exception):
    """So much of the first items is guessed that they are not published; the text says what, and the way on."""


class ReadingSummary:
    """Counts files as they are read. Foreign files have fields, or a format, that the project's own items do not."""

    def __init__(self) -> None:
        self.files = 0
        self.items = 0
        self.without_link = 0
        self.without_date = 0
        self.unread: Counter[str] = Counter()  # names of fields, with the number of files that have them
        self.refused: Counter[str] = Counter()  # the first problem of each refused file, in words
        self._foreign = self._foreign_items = 0
        self._to_show = self._links = self._dates = 0  # of foreign items that their files do not withhold
        self._dialects: Counter[str] = Counter()  # of foreign files

    def add(self, file: ReadFile) -> None:
        """Counts a file."""
        self.files += 1
        self.unread.update(file.unread)
        if file.is_foreign:
            self._foreign += 1
            self._dialects[file.dialect] += 1
        if file.item is None:
            self.refused[next(each.reason for each in file.problems if each.kind == "problem")] += 1
            return
        self.items += 1
        self.without_link += file.link is None
        self.without_date += not file.is_dated
        if file.is_foreign:
            from feedd.items.withholding.meaning import withheld  # late: a pass that finds nothing to read needs none

            self._foreign_items += 1
            if withheld(decode_item(file.item, file.digest), default_listed=True) is None:
                self._to_show += 1
                self._links += file.link is not None
                self._dates += file.is_dated

    def why_too_uncertain(self) -> str | None:
        """Why these files should not be the first that are published, in words; None if they may be.

        What enters a feed first stays there, with its date and its id. So many foreign items are published only if most
        of them have a date and a link. Items that their files withhold do not count: they enter no feed.
        """
        if self._foreign < FEW:
            return None
        if not self._foreign_items:
            return f"all {self._foreign:,} files that were written for another program ({self._named()}) are refused."
        if self._to_show < FEW:
            return None
        missing = [
            f"{self._to_show - there:,} have no {what}"
            for what, there in (("date", self._dates), ("link", self._links))
            if 2 * there < self._to_show
        ]
        if not missing:
            return None
        return (
            f"of {self._to_show:,} items that were written for another program ({self._named()}), "
            f"{' and '.join(missing)}."
        )

    def _named(self) -> str:
        from feedd.items.front_matter.formats import FORMATS  # late: a pass that finds nothing to read needs none

        return "; ".join(FORMATS[name].words for name, _ in self._dialects.most_common(_NAMED) if name in FORMATS)


def certain(files: Iterable[list[ReadFile]]) -> Iterator[list[ReadFile]]:
    """The same files, counted on their way. Raises TooManyGuesses after the last file."""
    summary = ReadingSummary()
    for portion in files:
        for file in portion:
            summary.add(file)
        yield portion
    if reason := summary.why_too_uncertain():
        raise TooManyGuesses(
            f"{reason} What is published first stays, and is hard to undo, so nothing was published. `feedd check` "
            "says more, and `feedd init --from` proposes a configuration. `feedd render --accept-guesses` publishes "
            "them as they are."
        )
