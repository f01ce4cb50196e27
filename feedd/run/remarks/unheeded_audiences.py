"""Audiences where there are no private feeds: files that were read in; how many items name one in vain, out.

Other publishers have a field of this name, too, so it withholds nothing there. That is said once for each ledger,
and by each `feedd check`.
"""

from __future__ import annotations

from collections.abc import Iterable

from feedd.items.reading_settings import ReadingSettings
from feedd.store.ledger.codec import ReadFile
from feedd.store.ledger.session import LedgerSession

_SAID = "audiences said"


class UnheededAudiences:
    """Counts items that name an audience which nobody reads."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, files: Iterable[ReadFile]) -> None:
        """Counts the items of these files."""
        for file in files:
            if file.unread and file.item is not None:
                from feedd.items.withholding.audience_marks import names_any  # late: few items have unread fields

                self.count += names_any(file.unread)

    def to_say(self, ledger: LedgerSession, reading: ReadingSettings) -> int:
        """How many they are, if this is to be said. It counts as said then."""
        if reading.audiences is not None:
            self.count = 0
            if ledger.state.setting(_SAID) is not None:
                ledger.state.forget_setting(_SAID)
        elif self.count and ledger.state.setting(_SAID) is not None:
            self.count = 0
        elif self.count:
            ledger.state.keep_setting(_SAID, "1")
        return self.count


def in_vain(count: int) -> str:
    """That so many items name an audience in vain, in words."""
    items = "1 item names" if count == 1 else f"{count:,} items name"
    return f"{items} an `audience`, which withholds nothing here: `private.feeds` of the configuration names no feed"
