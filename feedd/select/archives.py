"""Archives (RFC 5005, section 4): which feeds have them, and the paths of their documents.

window of a feed -- entries that leave it, or come too late for it --> archive/0001, archive/0002, ... of `size` entries
"""

from __future__ import annotations

from msgspec import Struct

from feedd.model import Feed, FeedId
from feedd.patterns import late_pattern
from feedd.select.views import FAMILIES

ARCHIVE_FOLDER = "archive/"
_PAGE, _PAGE_NAME = "index.html", "html"  # the page of an archive is `archive/0001.html`
_DOCUMENT = late_pattern(rf"((?:[^/]+/)*){ARCHIVE_FOLDER}(\d{{4,}})\.([^/]+)")
_NEWEST_PAGE = ARCHIVE_FOLDER + _PAGE


class ArchiveSettings(Struct, frozen=True):
    """The families of feeds that have archives, and how many entries an archive holds."""

    feeds: tuple[str, ...] = ()
    size: int = 100

    def cover(self, feed: FeedId) -> bool:
        """Whether a feed has archives. A view of a feed has none."""
        return not feed.view and FAMILIES[feed.kind] in self.feeds


class ArchivePath(Struct, frozen=True):
    """The path of an archive document: the folder of its feed, its number, and the name that a document of this format
    has in the folder of a feed.
    """

    folder: str
    number: int
    file: str


def archive_path(number: int, file: str) -> str:
    """The path of an archive document below the folder of its feed. `file`: as in ArchivePath. The number 0 is that of
    the page of the newest entries in the feed of all, whose own folder has the page of the site.
    """
    if not number:
        return ARCHIVE_FOLDER + file
    return f"{ARCHIVE_FOLDER}{number:04}.{_PAGE_NAME if file == _PAGE else file}"


def archive_in(path: str) -> ArchivePath | None:
    """What the path of a document says, if it is an archive document; else None."""
    if ARCHIVE_FOLDER not in path:
        return None
    if path.startswith(_NEWEST_PAGE):
        return ArchivePath("", 0, path.removeprefix(ARCHIVE_FOLDER))
    if (found := _DOCUMENT.fullmatch(path)) is None:
        return None
    folder, number, file = found.groups()
    is_page = file.partition(".")[0] == _PAGE_NAME
    return ArchivePath(folder, int(number), _PAGE + file.removeprefix(_PAGE_NAME) if is_page else file)


def document_name(path: str) -> str:
    """The name of the file of a document's format, also of an archive document."""
    found = archive_in(path)
    return found.file if found else path.rpartition("/")[2]


def own_url(feed: Feed, file: str) -> str:
    """The address of a document of a feed. `file`: the name of the file of its format."""
    return _url(feed, file, feed.chain.number if feed.chain else 0)


def older_url(feed: Feed, file: str) -> str | None:
    """The address of the document with the next older entries; None if there is none."""
    older = _older(feed)
    return _url(feed, file, older) if older else None


def chain_links(feed: Feed, file: str) -> list[tuple[str, str]]:
    """The relations of a document to the others of its feed, each with an address."""
    chain = feed.chain
    if chain is None:
        return []
    older, first = older_url(feed, file), _url(feed, file, 0)
    links: list[tuple[str, str | None]] = [("prev-archive", older)]
    newer = None
    if chain.number:
        is_newest = chain.number >= chain.newest
        newer = first if is_newest else _url(feed, file, chain.number + 1)
        links += [("next-archive", None if is_newest else newer), ("current", first)]
    links += [("next", older), ("previous", newer), ("first", first), ("last", _url(feed, file, 1))]
    return [(relation, url) for relation, url in links if url is not None]


def _older(feed: Feed) -> int:
    """The number of the archive with the next older entries; 0 if there is none."""
    if feed.chain is None:
        return 0
    return feed.chain.number - 1 if feed.chain.number else feed.chain.newest


def _url(feed: Feed, file: str, number: int) -> str:
    return feed.base + (archive_path(number, file) if number else file)


def older_page(feed: Feed) -> str | None:
    """The path of the page with the next older entries, as the page of a document names it; None if there is none."""
    older = _older(feed)
    return _page_path(feed, older) if older else None


def newer_page(feed: Feed) -> str | None:
    """The path of the page with the next newer entries, as the page of a document names it; None if there is none."""
    if feed.chain is None or not feed.chain.number:
        return None
    return _page_path(feed, feed.chain.number + 1 if feed.chain.number < feed.chain.newest else 0)


def newest_page(feed: Feed) -> str:
    """The path of the page with the newest entries, as the page of an archive names it."""
    return _page_path(feed, 0)


def _page_path(feed: Feed, number: int) -> str:
    """The path of a page from another page of the feed. The page of a feed lies above its archives, but the page of the
    feed of all lies beside them.
    """
    if not number:
        return f"../{_PAGE}" if feed.folder else _PAGE
    is_beside = not feed.folder or (feed.chain is not None and feed.chain.number > 0)
    path = archive_path(number, _PAGE)
    return path.removeprefix(ARCHIVE_FOLDER) if is_beside else path
