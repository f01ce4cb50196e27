"""The examination: a public address in; requests as readers make them, and findings, out."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from msgspec import Struct

from feedd.doctor.checks import Exchange, Finding, check_answers
from feedd.doctor.fetch import Failure, Fetcher, ServerAnswer
from feedd.doctor.survey import listed
from feedd.render import FORMATS
from feedd.select.folders import FOLDERS, NAMED_KINDS
from feedd.store.documents import FeedsDirectory

_OPML = "feeds.opml"
_ENCODINGS = ("gzip", "br")


class PublicSite(Struct, frozen=True):
    """A site as it should be at its public address. `address`: where to look; `base_url`: the address in the
    documents. `folders`: addresses of folders have to be tried, since an object store serves them.
    """

    address: str
    base_url: str
    formats: tuple[str, ...]
    hubs: tuple[str, ...]
    feeds: FeedsDirectory
    folders: bool = False


def examine(site: PublicSite, fetcher: Fetcher) -> Iterator[Finding]:
    """Findings about the list of feeds, the feed of all entries in each format, a topic's feed and a provider's
    feed.
    """
    url = site.address + _OPML
    opml = fetcher.fetch(url, wanted="document")
    if isinstance(opml, Failure):
        yield Finding("error", url, opml.words, opml.remedy)
        return  # nothing else will be reached either
    urls = listed(opml.body) if opml.status == 200 and not opml.fault else None
    if urls is None:
        what = f"status {opml.status}" if opml.status != 200 else opml.fault or "it is no list of feeds"
        remedy = "are the documents uploaded, and is base_url the address of their folder?"
        yield Finding("error", url, what, remedy)
    else:
        yield Finding("ok", url, f"a list of {len(urls)} feeds")
    paths = _paths(site, urls or [])
    if site.folders:
        yield from _folders(site, paths, fetcher)
    for path in paths:
        yield from check_answers(_ask(site, path, fetcher))


def _folders(site: PublicSite, paths: list[str], fetcher: Fetcher) -> Iterator[Finding]:
    """Findings about the page at the root, and about a page below it."""
    for folder in dict.fromkeys(["", *(path.rpartition("/")[0] + "/" for path in paths if "/" in path)][:2]):
        url = site.address + folder
        page = fetcher.fetch(url)
        if isinstance(page, Failure):
            yield Finding("error", url, page.words, page.remedy)
        elif page.status != 200:
            remedy = "have index.html served at the addresses of folders: docs/scale.md says how, store by store"
            yield Finding("warning", url, f"status {page.status} where the page of a folder should be", remedy)
        else:
            yield Finding("ok", url, "the address of a folder gives its page")


def _paths(site: PublicSite, listed: list[str]) -> list[str]:
    """The documents to look at, quoted as in URLs."""
    paths = [FORMATS[name].file for name in site.formats]
    below = [url.removeprefix(site.base_url) for url in listed]
    names = {FORMATS[name].file for name in site.formats}
    for folder in (FOLDERS[kind] for kind in NAMED_KINDS):
        known = (path for path in below if path.startswith(folder) and path.rpartition("/")[2] in names)
        paths += [path for path in known if ".." not in unquote(path).split("/")][:1]
    return paths


def _ask(site: PublicSite, path: str, fetcher: Fetcher) -> Exchange:
    url = site.address + path
    plain = fetcher.fetch(url, wanted="document")
    if isinstance(plain, Failure) or plain.status != 200 or plain.fault:
        return Exchange(url, path.rpartition("/")[2], plain)  # there is nothing more to learn about it
    return Exchange(
        url=url,
        file=path.rpartition("/")[2],
        plain=plain,
        again=fetcher.fetch(url),
        unchanged={
            name: fetcher.fetch(url, condition=(name, _header(plain, of)))
            for name, of in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
            if _header(plain, of)
        },
        head=fetcher.fetch(url, "HEAD"),
        encoded={name: _encoded(url, name, fetcher) for name in _ENCODINGS},
        here=site.feeds.read(unquote(path)),
        hubs=site.hubs,
    )


def _encoded(url: str, name: str, fetcher: Fetcher) -> tuple[ServerAnswer | Failure, ServerAnswer | Failure]:
    answer = fetcher.fetch(url, wanted="digest", coding=name)
    return answer, fetcher.fetch(url, coding=name, condition=("If-None-Match", _header(answer, "etag") or '"none"'))


def _header(answer: ServerAnswer | Failure, name: str) -> str:
    return answer.headers.get(name, "") if isinstance(answer, ServerAnswer) else ""
