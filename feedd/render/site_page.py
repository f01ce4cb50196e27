"""The page at the root of a site: the newest entries, and every feed that there is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from feedd.render import page_shell
from feedd.render.directory import ListedFeed, Listing, anchor
from feedd.words.site_words import Words

NEWEST_SHOWN = 6  # entries


def site_page(site: Listing, fragments: Sequence[bytes], older: str | None = None) -> bytes:
    """The page, with these entries. `older`: the path of the page with older entries, if there is one."""
    description = f'<p class="about" dir="auto">{escape(site.description)}</p>\n' if site.description else ""
    documents = [document for feed in site.everything for document in feed.documents]
    views = [view for feed in site.everything for view in feed.views]
    words = site.words
    take_away = f'<li><a type="text/x-opml" href="feeds.opml">{words.html("all_in_opml")}</a></li>\n'
    subscribe = page_shell.subscribe(documents, words, take_away, views) if documents else ""
    before = f"""<header class="masthead">
<div><h1{page_shell.heading_direction(words.language)}>{escape(site.title)}</h1>
{description}</div>
</header>
<main id="main" class="front">
{subscribe}<section class="band" aria-labelledby="newest">
<h2 id="newest">{words.html("newest")}</h2>
"""
    lists = "".join(_section(name, feeds, words) for name, feeds in site.sections)
    paging = f'<a rel="next" href="{escape(older)}">{words.html("all_entries")}</a>' if older else ""
    after = f"""{page_shell.paging(words, "older_entries", paging) if older else ""}</section>
{_search(site) if lists else ""}{lists}</main>
<footer><span>{page_shell.foot(words)}</span></footer>
"""
    page = page_shell.Page(words, site.title, site.description or site.title, site.home, "", _discovery(site))
    return page_shell.document(page, before, page_shell.entries(fragments, words), after)


def _search(site: Listing) -> str:
    words = site.words
    sought = f'placeholder="{escape(site.search)}"{words.mark("a_feed")}'
    return f"""<div class="band search" role="search" hidden>
<label for="search">{words.html("find")}</label>
<div><input id="search" type="search" {sought} autocomplete="off" spellcheck="false">
<p id="found" role="status"{words.mark("found")}{page_shell.for_script(words, "found")}></p></div>
</div>
"""


def _discovery(site: Listing) -> str:
    links = [link for feed in site.everything for link in page_shell.discovery(feed.title, feed.documents)]
    for feed in (feed for _, feeds in site.sections for feed in feeds):
        links += page_shell.discovery(feed.title, feed.documents[:1])  # not to flood the readers' choice
    return "\n".join(links)


def _section(name: str, feeds: Sequence[ListedFeed], words: Words) -> str:
    """A section of the directory; a child is in a list of its own within the row of its parent."""
    key = anchor(name)
    groups: list[tuple[ListedFeed, list[ListedFeed]]] = []
    for feed in feeds:
        if feed.parent and groups and feed.parent in {each.label for each in (groups[-1][0], *groups[-1][1])}:
            groups[-1][1].append(feed)
        else:
            groups.append((feed, []))
    listed = "\n".join(_group(top, children, words) for top, children in groups)
    return f"""<section class="band directory" aria-labelledby="{key}">
<h2 id="{key}">{words.html(name)} <span class="count">{len(feeds)}</span></h2>
<ul>
{listed}
</ul>
</section>
"""


def _group(top: ListedFeed, children: Sequence[ListedFeed], words: Words) -> str:
    below = "".join(f"\n<li>{_row(child, words)}</li>" for child in children)
    return f"<li>{_row(top, words)}\n<ul>{below}\n</ul></li>" if children else f"<li>{_row(top, words)}</li>"


def _row(feed: ListedFeed, words: Words) -> str:
    description = f'<span class="about" dir="auto">{escape(feed.description)}</span>' if feed.description else ""
    return (
        f'<div class="row"><a href="{escape(feed.page)}" dir="auto">{escape(feed.label)}</a>'
        f'<span class="count">{_count(feed.count, words)}</span>'
        f"{description}</div>"
    )


def _count(entries: int, words: Words) -> str:
    """A number of entries, with the words for those who hear the page. Not in every language the number is first."""
    heard = escape(words.count("counted", entries), quote=False)
    mark = words.mark("counted")
    if heard.startswith(f"{entries}"):
        return f'{entries}<span class="heard"{mark}>{heard.removeprefix(f"{entries}")}</span>'
    return f'<span aria-hidden="true">{entries}</span><span class="heard"{mark}>{heard}</span>'
