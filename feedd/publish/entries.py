"""Entries: members of feeds, in; their bytes in each format, out, made once for all the feeds that show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedd.core import render
from feedd.core.assemble import Member, Site, make_entry
from feedd.core.content import directed
from feedd.core.digest import Digest
from feedd.model import Entry, RenderedEntry

_HELD = 2000  # entries, about 20 MB


class _Made(NamedTuple):
    """An entry, and its bytes in each format in which it was made so far."""

    entry: Entry
    fragments: dict[str, bytes]


class Entries:
    """Entries made lately, for the other feeds that show them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._made: dict[bytes, _Made] = {}

    def of(self, members: Sequence[Member | Entry | RenderedEntry], names: Iterable[str]) -> tuple[RenderedEntry, ...]:
        """The entries of a feed, with their bytes in these formats.

        One format after another: code that runs many times in a row is faster, by a fifth here, than code that
        alternates.
        """
        to_make = [member for member in members if not isinstance(member, RenderedEntry)]
        if len(self._made) + len(to_make) > _HELD:
            self._made.clear()
        for member in to_make:
            if member.made_from not in self._made:
                self._made[member.made_from] = _Made(self._entry(member), {})
        made = [self._made[member.made_from] for member in to_make]
        for name in names:
            missing = [each for each in made if name not in each.fragments]
            fragments = render.fragments((each.entry for each in missing), name)
            for each, fragment in zip(missing, fragments, strict=True):
                each.fragments[name] = fragment
        return tuple(
            member if isinstance(member, RenderedEntry) else self._rendered(self._made[member.made_from])
            for member in members
        )

    def _entry(self, member: Member | Entry) -> Entry:
        return make_entry(member, self.site) if isinstance(member, Member) else member

    def _rendered(self, made: _Made) -> RenderedEntry:
        return RenderedEntry(made.entry.id, made.entry.made_from, made.fragments)


_lately: list[Entries] = []


def entries_of(site: Site) -> Entries:
    """Those of this process, for this site."""
    if not _lately or _lately[0].site != site:
        _lately[:] = [Entries(site)]
    return _lately[0]


def forget() -> None:
    """Lets go of the entries of this process."""
    _lately.clear()


def digest_entry(digest: Digest, made_from: bytes, home: str, site: Site) -> Entry:
    """A digest as subscribers see it. `home` is the URL of its feed's page, if there are pages."""
    return Entry(
        id=digest.id,
        made_from=made_from,
        title=digest.title,
        link=f"{home}#{digest.day}" if site.pages and digest.day else None,
        anchor=digest.day,
        published=digest.end,
        updated=digest.end,
        authors=(site.author,),
        author_uri=site.author_uri,
        summary=digest.summary,
        content=directed(digest.content, site.language),
        categories=(),
        image=None,
        video=None,
        duration=None,
        language=None,
        whole=True,
    )
