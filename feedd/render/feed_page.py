"""Pages for people: `index.html` in a feed's folder, with its entries and how to subscribe to it (HTML)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from feedd.items import text
from feedd.model import Entry, Feed
from feedd.render import FORMATS, PAGE, document_path, page_shell
from feedd.render.directory import Link
from feedd.render.enclosures import player
from feedd.render.generator_marks import GENERATOR_URI
from feedd.select.archives import newer_page, newest_page, older_page

FOOT = f'Published with <a href="{GENERATOR_URI}">feedd</a>'
_KINDS = {
    "saved": "Saved feeds",
    "topic": "Topics",
    "provider": "Providers",
    "author": "Authors",
    "language": "Languages",
}
_META = b'<p class="meta">'
_PLACE, _PLACE_END = b'<span class="place">', b"</span> "  # of an entry in a list


def fragment(entry: Entry) -> bytes:
    """The `article` element of an entry."""
    title = escape(entry.title)
    if entry.link is not None and entry.link.startswith(("https://", "http://")):
        title = f'<a href="{escape(entry.link)}">{title}</a>'
    attributes = f' id="{escape(entry.anchor)}"' if entry.anchor else ""
    attributes += f' lang="{escape(entry.language)}"' if entry.language else ""
    direction = page_shell.text_direction(entry.summary, entry.language)
    summary = f'<p class="summary"{direction}>{escape(entry.summary)}</p>\n' if entry.summary else ""
    if entry.whole and entry.content is not None:
        summary = f'<div class="whole">{entry.content}</div>\n'
    plays = player(entry.enclosure) if entry.enclosure else ""
    shot = _shot(entry) if entry.thumbnail is not None else ""
    moment = entry.published.isoformat().replace("+00:00", "Z")
    return (
        f"<article{attributes}>\n<h3{page_shell.text_direction(entry.title, entry.language)}>{title}</h3>\n"
        f'{_META.decode()}<time datetime="{moment}">{moment[:10]}</time> '
        f'<span class="by">{escape(", ".join(entry.authors))}</span></p>\n'
        f"{plays}{summary}{shot}</article>\n"
    ).encode()


def _shot(entry: Entry) -> str:
    """The picture of an entry, which leads where its title leads: so the keyboard passes it over."""
    assert entry.thumbnail is not None  # noqa: S101 - the caller has looked
    title = entry.image.title if entry.image is not None else None
    shown = page_shell.picture(entry.thumbnail, title or entry.title)
    if entry.link is not None and entry.link.startswith(("https://", "http://")):
        shown = f'<a href="{escape(entry.link)}" tabindex="-1">{shown}</a>'
    return f'<p class="shot">{shown}</p>\n'


def split(data: bytes) -> list[bytes]:
    """The entries in a page, without their places in a list, as they are at the root of a site."""
    entries = (_without_place(each) if _PLACE in each else each for each in page_shell.split(data))
    return [page_shell.placed(each, "") for each in entries]


def _without_place(fragment: bytes) -> bytes:
    before, _, after = fragment.partition(_PLACE)
    return before + after.partition(_PLACE_END)[2]


def _ranked(fragment: bytes, rank: int, heat: float) -> bytes:
    """An entry with its place in a list, from 1, and its effective heat."""
    place = b"%s<b>%d</b> heat %s%s" % (_PLACE, rank, f"{heat:g}".encode(), _PLACE_END)
    before, meta, after = fragment.partition(_META)
    return before + meta + place + after


def assemble(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    """The page of a feed."""
    if feed.heats is not None:
        ranked = enumerate(zip(fragments, feed.heats, strict=True), start=1)
        fragments = [_ranked(fragment, rank, heat) for rank, (fragment, heat) in ranked]
    path = feed.folder + document_path(feed, PAGE.file)
    root, way = "../" * path.count("/"), "../" * (path.count("/") - feed.folder.count("/"))
    if root:
        fragments = [page_shell.placed(each, root) for each in fragments]
    documents = [
        Link(each.title, each.media_type, feed.base + each.file, way + each.file)
        for each in (FORMATS[name] for name in feed.formats)
    ]
    discovery = (link for each in documents for link in page_shell.discovery(f"{feed.title} ({each.title})", (each,)))
    number = feed.chain.number if feed.chain else 0
    title = f"Archive {number} - {feed.title}" if number else feed.title
    home = feed.base + document_path(feed, PAGE.file) if way else feed.home
    page = page_shell.Page(feed.language, title, feed.subtitle, home, root, "\n".join(discovery))
    views = [(label, way + folder) for label, folder in feed.views]
    subscribe = page_shell.subscribe(documents, views=views) if documents and not number else ""
    before = f"""{_masthead(feed, root, number)}<main id="main">
{subscribe}<section class="band" aria-labelledby="entries">
<h2 id="entries">Entries</h2>
{_count(feed, len(fragments)) if fragments else ""}"""
    after = f"""{_paging(feed)}</section>
</main>
<footer><a href="{root}{page_shell.FILE}">{feed.directory}</a> <span>{FOOT}</span></footer>
"""
    return page_shell.document(page, before, page_shell.entries(fragments), after)


def _masthead(feed: Feed, root: str, number: int) -> str:
    """The header of the page of a feed, or of its archive with this number."""
    kind = _KINDS.get(feed.identity.kind, "")
    above = f'\n<a href="{root}{page_shell.FILE}#{text.slug(kind)}">{kind}</a>' if kind else ""
    if feed.identity.view and kind:
        way = "../" * (feed.identity.view.count("/") + 1)
        above += f'\n<a href="{way}{page_shell.FILE}">{escape(feed.label.partition(" - ")[2])}</a>'
    heading = escape(feed.label)
    if number:
        above += f'\n<a href="{escape(newest_page(feed))}">{heading}</a>'
        heading = f"Archive {number}\N{NO-BREAK SPACE}\N{EN DASH} {heading}"
    if feed.identity.view:
        heading = heading.replace(" - ", "\N{NO-BREAK SPACE}\N{EN DASH} ", 1)
    return f"""<header class="masthead">
<nav aria-label="Where this is"><a class="site" href="{root}{page_shell.FILE}">{escape(feed.site)}</a>{above}</nav>
<div><h1{page_shell.heading_direction(feed.language)}>{heading}</h1>
<p class="about" dir="auto">{escape(feed.subtitle)}</p></div>
</header>
"""


def _paging(feed: Feed) -> str:
    """Links to the pages with newer and older entries."""
    ways = (("prev", "Newer entries", newer_page(feed)), ("next", "Older entries", older_page(feed)))
    shown = [f'<a rel="{rel}" href="{escape(path)}">{words}</a>' for rel, words, path in ways if path]
    links = " \N{MIDDLE DOT}\n".join(shown)
    return f'<nav class="note" aria-label="Newer and older entries">\n{links}\n</nav>\n' if links else ""


def _count(feed: Feed, entries: int) -> str:
    updated = feed.updated.isoformat().replace("+00:00", "Z")
    return f"""<p class="note" dir="auto">{entries} {"entry" if entries == 1 else "entries"}, updated
<time datetime="{updated}">{updated[:10]}</time></p>
"""
