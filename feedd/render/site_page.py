"""The page at the root of a site: the newest entries, and every feed that there is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from feedd.items import text
from feedd.render import page_shell
from feedd.render.directory import ListedFeed, Listing
from feedd.render.feed_page import FOOT

NEWEST_SHOWN = 6  # entries


def site_page(site: Listing, fragments: Sequence[bytes], older: str | None = None) -> bytes:
    """The page, with these entries. `older`: the path of the page with older entries, if there is one."""
    description = f'<p class="about" dir="auto">{escape(site.description)}</p>\n' if site.description else ""
    documents = [document for feed in site.everything for document in feed.documents]
    views = [view for feed in site.everything for view in feed.views]
    take_away = '<li><a type="text/x-opml" href="feeds.opml">All feeds (OPML)</a></li>\n'
    before = f"""<header class="masthead">
<div><h1{page_shell.heading_direction(site.language)}>{escape(site.title)}</h1>
{description}</div>
</header>
<main id="main" class="front">
{page_shell.subscribe(documents, take_away, views) if documents else ""}<section class="band" aria-labelledby="newest">
<h2 id="newest">Newest</h2>
"""
    lists = "".join(_section(name, feeds) for name, feeds in site.sections)
    paging = _PAGING.format(escape(older)) if older else ""
    after = f"""{paging}</section>
{_SEARCH.format(escape(site.search)) if lists else ""}{lists}</main>
<footer><span>{FOOT}</span></footer>
"""
    page = page_shell.Page(site.language, site.title, site.description or site.title, site.home, "", _discovery(site))
    return page_shell.document(page, before, page_shell.entries(fragments), after)


_PAGING = """<nav class="note" aria-label="Older entries">
<a rel="next" href="{}">All entries</a>
</nav>
"""
_SEARCH = """<div class="band search" role="search" hidden>
<label for="search">Find</label>
<div><input id="search" type="search" placeholder="{}" autocomplete="off" spellcheck="false">
<p id="found" role="status"></p></div>
</div>
"""


def _discovery(site: Listing) -> str:
    links = [link for feed in site.everything for link in page_shell.discovery(feed.title, feed.documents)]
    for feed in (feed for _, feeds in site.sections for feed in feeds):
        links += page_shell.discovery(feed.title, feed.documents[:1])  # not to flood the readers' choice
    return "\n".join(links)


def _section(name: str, feeds: Sequence[ListedFeed]) -> str:
    """A section of the directory; a child is in a list of its own within the row of its parent."""
    key = text.slug(name)
    groups: list[tuple[ListedFeed, list[ListedFeed]]] = []
    for feed in feeds:
        if feed.parent and groups and feed.parent in {each.label for each in (groups[-1][0], *groups[-1][1])}:
            groups[-1][1].append(feed)
        else:
            groups.append((feed, []))
    listed = "\n".join(_group(top, children) for top, children in groups)
    return f"""<section class="band directory" aria-labelledby="{key}">
<h2 id="{key}">{name} <span class="count">{len(feeds)}</span></h2>
<ul>
{listed}
</ul>
</section>
"""


def _group(top: ListedFeed, children: Sequence[ListedFeed]) -> str:
    below = "".join(f"\n<li>{_row(child)}</li>" for child in children)
    return f"<li>{_row(top)}\n<ul>{below}\n</ul></li>" if children else f"<li>{_row(top)}</li>"


def _row(feed: ListedFeed) -> str:
    description = f'<span class="about" dir="auto">{escape(feed.description)}</span>' if feed.description else ""
    unit = "entry" if feed.count == 1 else "entries"
    return (
        f'<div class="row"><a href="{escape(feed.page)}" dir="auto">{escape(feed.label)}</a>'
        f'<span class="count">{feed.count}<span class="heard"> {unit}</span></span>'
        f"{description}</div>"
    )
