"""Pictures of other sites, in words: how many are here, and what could not be had."""

from __future__ import annotations

from pathlib import Path

from feedd.cli.output import counted, say
from feedd.store.errors import Damaged, Unusable
from feedd.store.ledger.media.picture_rows import PictureCount, open_pictures


def count_pictures(state: Path) -> PictureCount | None:
    """What became of the pictures that entries show; None if the ledger cannot be read now."""
    try:
        with open_pictures(state) as rows:
            return PictureCount(0, 0, 0, 0) if rows is None else rows.count()
    except (Unusable, Damaged):
        return None


def say_pictures(count: PictureCount | None, private: str = "") -> None:
    """Prints what became of the pictures of other sites. Of those of a `private` feed, no address is printed."""
    if count is None:
        say("  pictures   not known now: the ledger is in use")
        return
    words = f"{counted(count.mirrored, 'picture')} of other sites mirrored ({count.size / 1e6:,.1f} MB)"
    if count.waiting:
        words += f", {count.waiting:,} to be fetched"
    if count.failed:
        words += f", {count.failed:,} not to be had"
        words += f" (the last: {count.why})" if private else f", such as {count.url}: {count.why}"
    say(f"  pictures   private feed {private}: {words}" if private else f"  pictures   {words}")
