"""Files that entries show and that cannot be published with the feeds: keys of `References.files` in; notes, or whether
there is anything to note, out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from feedd.items.local_files import all_places, choose, in_words, places
from feedd.items.references import IN_FRONT, PLAYED_TYPES, is_relative, suffix
from feedd.model import Problem
from feedd.render.site_info import SiteInfo

NOT_THERE = "it does not lie beside the item"


class MissingFiles:
    """Collects notes about items whose files of media are missing, or cannot be published. `media`: the paths of files
    beside the items. `problem_of`: why the file at a path cannot be published.
    """

    def __init__(
        self, media: Iterable[str], site: SiteInfo, problem_of: Callable[[str], Problem | None] = lambda _: None
    ) -> None:
        self._there = all_places(media)
        self._site = site
        self._problem_of = lru_cache(None)(problem_of)
        self.notes: list[Problem] = []

    def add(self, path: str, keys: Iterable[str], *, has_link: bool) -> None:
        """Takes in the item at a path. The file of an episode that is left out is a demand of directories."""
        found = (self._note(key, path, has_link=has_link) for key in keys)
        self.notes.extend(dict.fromkeys(filter(None, found)))  # a file may have two keys

    def _note(self, key: str, path: str, *, has_link: bool) -> Problem | None:
        there = choose(places(key, path), self._there)
        if there is not None:
            problem = None if is_elsewhere(there, self._site) else self._problem_of(there)
            return problem and note_of(key, path, problem.reason, self._site, has_link=has_link)
        if not is_missed(key, self._site, has_link=has_link):
            return None
        if _is_played(key) and not _is_placed(key, self._site, has_link=has_link):
            return None
        return note_of(key, path, NOT_THERE, self._site, has_link=has_link)


def is_elsewhere(path: str, site: SiteInfo) -> bool:
    """Whether the file at a path is not published with the feeds, since the site has it at `media_prefix`."""
    return site.media_prefix is not None and suffix(path) in PLAYED_TYPES


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
