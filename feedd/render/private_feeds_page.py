"""The private feeds of a subscriber: their names and titles, in; a page, and a list in OPML 2.0, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from feedd.render import FORMATS, OPML, page_shell
from feedd.render.directory import Link
from feedd.words.site_words import Words

_ROOT = "../../"  # from the page to the root of the site


def private_feeds_page(
    feeds: Mapping[str, str], formats: Sequence[str], words: Words, site: str, home: str, *, pages: bool = True
) -> bytes:
    """The page, as the other pages of the site. `feeds`: the titles by the names; `site`: the title of the site;
    `home`: the address of the page; `pages`: whether there are other pages.
    """
    documents = {name: _documents(name, formats, home) for name in feeds}
    bands = []
    for at, (name, label) in enumerate(feeds.items(), start=1):
        heading = f'<a href="{quote(name)}/" dir="auto">{escape(label)}</a>' if pages else escape(label)
        bands.append(_band(at, heading, documents[name], words))
    title = f"{words.say('own_feeds')} - {site}" if site else words.say("own_feeds")
    discovery = [link for name in feeds for link in page_shell.discovery(feeds[name], documents[name][:1])]
    page = page_shell.Page(words, title, words.say("own_addresses"), home, _ROOT, "\n".join(discovery))
    before = f"""<header class="masthead">
{page_shell.where(words, _ROOT, site) if site and pages else ""}
<div><h1>{words.html("own_feeds")}</h1>
<p class="about">{words.html("own_addresses")}</p></div>
</header>
<main id="main">
{"".join(bands)}<div class="band note"><p><a type="text/x-opml" href="{OPML}">{words.html("all_in_opml")}</a></p></div>
"""
    return page_shell.document(page, before, b"", f"</main>\n<footer><span>{page_shell.foot(words)}</span></footer>\n")


def private_feeds_list(feeds: Mapping[str, str], formats: Sequence[str], words: Words, home: str) -> bytes:
    """The list, to be imported into a reader. The arguments are as for `private_feeds_page`."""
    file, title = FORMATS[formats[0]].file, escape(words.say("own_feeds"))
    rows = [
        f'<outline type="rss" text="{escape(label)}" title="{escape(label)}" '
        f'xmlUrl="{escape(f"{home}{quote(name)}/{file}")}" htmlUrl="{escape(f"{home}{quote(name)}/")}"/>\n'
        for name, label in feeds.items()
    ]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>{title}</title></head>\n'
    return f"{head}<body>\n{''.join(rows)}</body>\n</opml>\n".encode()


def _documents(name: str, formats: Sequence[str], home: str) -> list[Link]:
    found = []
    for each in (FORMATS[known] for known in formats):
        below = f"{quote(name)}/{each.file}"
        found.append(Link(each.title, each.media_type, home + below, below))
    return found


def _band(at: int, heading: str, documents: Sequence[Link], words: Words) -> str:
    """A feed: its name (HTML), its address, and its documents. `at`: its number on the page."""
    address = escape(documents[0].url)
    links = "\n".join(
        f'<li><a type="{each.media_type}" href="{escape(each.relative)}">{escape(each.title)}</a></li>'
        for each in documents
    )
    return f"""<section class="band subscribe" aria-labelledby="feed-{at}">
<h2 id="feed-{at}">{heading}</h2>
<div>
<p class="address"><label for="address-{at}">{words.html("address")}</label>
<input id="address-{at}" type="text" dir="ltr" readonly value="{address}">
<a class="open" href="feed:{address}">{words.html("open_in_reader")}</a></p>
<div class="inline"><p id="formats-{at}">{words.html("formats")}</p>
<ul aria-labelledby="formats-{at}">
{links}
</ul></div></div>
</section>
"""
