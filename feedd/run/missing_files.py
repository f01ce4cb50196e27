"""Files that entries show and that do not lie beside the items: keys of `References.files` in; notes, or whether there
is anything to note, out.
"""

from __future__ import annotations

from collections.abc import Iterable

from feedd.items.local_files import all_places, choose, in_words, places
from feedd.items.references import IN_FRONT, PLAYED_TYPES, is_relative, suffix
from feedd.model import Problem
from feedd.render.site_info import SiteInfo

NOT_THERE = "it does not lie beside the item"


class MissingFiles:
    """Collects notes about items whose files of media are missing. `media`: the paths of files beside the items."""

    def __init__(self, media: Iterable[str], site: SiteInfo) -> None:
        self._there = all_places(media)
        self._site = site
        self.notes: list[Problem] = []

    def add(self, path: str, keys: Iterable[str], *, has_link: bool) -> None:
        """Takes in the item at a path. The file of an episode that is left out is a demand of directories."""
        for key in keys:
            is_there = choose(places(key, path), self._there) is not None
            if is_there or not is_missed(key, self._site, has_link=has_link):
                continue
            if not _is_played(key) or _is_placed(key, self._site, has_link=has_link):
                self.notes.append(note_of(key, path, NOT_THERE, self._site, has_link=has_link))


def is_missed(key: str, site: SiteInfo, *, has_link: bool) -> bool:
    """Whether a file that is nowhere beside the item is to be said: it is left out of the entry, or it is an episode's
    whose address on the site is a guess.
    """
    if not is_relative(key.removeprefix(IN_FRONT)):
        return False
    if _is_played(key) and site.media_prefix is None:
        return True
    return not _is_placed(key, site, has_link=has_link)


def note_of(key: str, path: str, problem: str, site: SiteInfo, *, has_link: bool) -> Problem:
    """The note that a file is not published with the feeds."""
    shown = "its address on the site is shown" if _is_placed(key, site, has_link=has_link) else "it is left out"
    return Problem(path, f"{in_words(key)} is not published with the feeds: {problem}; {shown}", kind="note")


def _is_placed(key: str, site: SiteInfo, *, has_link: bool) -> bool:
    """Whether a site is known where the file may be."""
    played = _is_played(key)
    if site.site_url is not None or (played and site.media_prefix is not None):
        return True
    return has_link and (played or not key.startswith(IN_FRONT))


def _is_played(key: str) -> bool:
    """Whether a key means the audio or video file of an episode."""
    return key.startswith(IN_FRONT) and suffix(key.partition("?")[0].partition("#")[0]) in PLAYED_TYPES
