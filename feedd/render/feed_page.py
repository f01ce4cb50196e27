"""Pages for people: `index.html` in a feed's folder, with its entries and how to subscribe to it (HTML)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from feedd.model import Entry, Feed
from feedd.render import FORMATS, PAGE, document_path, page_shell
from feedd.render.directory import KINDS, Link, anchor
from feedd.render.enclosures import player
from feedd.select.archives import newer_page, newest_page, older_page
from feedd.select.views import VIEWS
from feedd.words.site_words import Words

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
    plays = player(entry.enclosure, entry.words) if entry.enclosure else ""
    shot = _shot(entry) if entry.thumbnail is not None else ""
    return (
        f"<article{attributes}>\n<h3{page_shell.text_direction(entry.title, entry.language)}>{title}</h3>\n"
        f"{_META.decode()}{entry.words.time(entry.published)} "
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


def _ranked(fragment: bytes, rank: int, heat: float, words: Words) -> bytes:
    """An entry with its place in a list, from 1, and its effective heat."""
    place = b"%s<b>%d</b> %s%s" % (_PLACE, rank, words.html("heat", heat=f"{heat:g}").encode(), _PLACE_END)
    before, meta, after = fragment.partition(_META)
    return before + meta + place + after


def assemble(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    """The page of a feed."""
    if feed.heats is not None:
        ranked = enumerate(zip(fragments, feed.heats, strict=True), start=1)
        fragments = [_ranked(fragment, rank, heat, feed.words) for rank, (fragment, heat) in ranked]
    path = feed.folder + document_path(feed, PAGE.file)
    root, way = "../" * path.count("/"), "../" * (path.count("/") - feed.folder.count("/"))
    if root:
        fragments = [page_shell.placed(each, root) for each in fragments]
    documents = [
        Link(each.title, each.media_type, feed.base + each.file, way + each.file)
        for each in (FORMATS[name] for name in feed.formats)
    ]
    discovery = (link for each in documents for link in page_shell.discovery(f"{feed.title} ({each.title})", (each,)))
    words = feed.words
    number = feed.chain.number if feed.chain else 0
    title = f"{words.say('archive', number=number)} - {feed.title}" if number else feed.title
    home = feed.base + document_path(feed, PAGE.file) if way else feed.home
    page = page_shell.Page(words, title, feed.subtitle, home, root, "\n".join(discovery))
    views = [(name, way + folder) for name, folder in feed.views]
    subscribe = page_shell.subscribe(documents, words, views=views) if documents and not number else ""
    about = words.mark(feed.own_subtitle) if feed.own_subtitle else ""
    before = f"""<header class="masthead">
{page_shell.where(words, root, feed.site, _above(feed, root, number))}
<div><h1{page_shell.heading_direction(feed.language)}>{_heading(feed, number)}</h1>
<p class="about" dir="auto"{about}>{escape(feed.subtitle)}</p></div>
</header>
<main id="main">
{subscribe}<section class="band" aria-labelledby="entries">
<h2 id="entries">{words.html("entries")}</h2>
{_count(feed, len(fragments)) if fragments else ""}"""
    after = f"""{_paging(feed)}</section>
</main>
<footer><a href="{root}{page_shell.FILE}">{feed.directory}</a> <span>{page_shell.foot(words)}</span></footer>
"""
    return page_shell.document(page, before, page_shell.entries(fragments, words), after)


def _heading(feed: Feed, number: int) -> str:
    """The label of a feed as HTML: that of a view has the name of the view first, that of an archive its number."""
    if number:
        name = feed.words.html("archive", number=f"{number}")
        return f"{name}\N{NO-BREAK SPACE}\N{EN DASH} {_label(feed)}"
    if not feed.identity.view:
        return _label(feed)
    view, _, label = feed.label.partition(" - ")
    marked = feed.words.marked(VIEWS[feed.identity.view].short_name, escape(view))
    return f"{marked}\N{NO-BREAK SPACE}\N{EN DASH} {escape(label)}"


def _above(feed: Feed, root: str, number: int) -> str:
    """Links to what is above a page: the list of the kind of its feed, for a view the feed itself, and for an archive
    the feed as it is now.
    """
    kind = KINDS.get(feed.identity.kind)
    above = f'\n<a href="{root}{page_shell.FILE}#{anchor(kind)}">{feed.words.html(kind)}</a>' if kind else ""
    if feed.identity.view and kind:
        way = "../" * (feed.identity.view.count("/") + 1)
        label = escape(feed.label.partition(" - ")[2])
        above += f'\n<a href="{way}{page_shell.FILE}"{feed.words.back("where")}>{label}</a>'
    if number:
        above += f'\n<a href="{escape(newest_page(feed))}"{feed.words.back("where")}>{_label(feed)}</a>'
    return above


def _label(feed: Feed) -> str:
    """The label of a feed as HTML. That of the feed of all entries is a word."""
    label = escape(feed.label)
    return feed.words.marked("all_entries", label) if feed.identity.kind == "all" else label


def _paging(feed: Feed) -> str:
    """Links to the pages with newer and older entries."""
    ways = (("prev", "newer_entries", newer_page(feed)), ("next", "older_entries", older_page(feed)))
    shown = [f'<a rel="{rel}" href="{escape(path)}">{feed.words.html(name)}</a>' for rel, name, path in ways if path]
    return page_shell.paging(feed.words, "newer_and_older", " \N{MIDDLE DOT}\n".join(shown)) if shown else ""


def _count(feed: Feed, entries: int) -> str:
    words = feed.words
    counted = escape(words.count("counted", entries), quote=False)
    dated = words.html("counted_and_dated", entries=counted, date=words.time(feed.updated))
    return f'<p class="note" dir="auto">{dated}</p>\n'
