"""Pages for people: `index.html` in a feed's folder, with its entries and how to subscribe to it (HTML)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from feedd.core import text
from feedd.core.render import FORMATS, markup
from feedd.core.render.generator import GENERATOR_URI
from feedd.core.render.listing import Link
from feedd.model import Entry, Feed

split = markup.split
FOOT = f'Published with <a href="{GENERATOR_URI}">feedd</a>'
_KINDS = {"saved": "Saved feeds", "topic": "Topics", "provider": "Providers"}


def fragment(entry: Entry) -> bytes:
    """The `article` element of an entry."""
    title = escape(entry.title)
    if entry.link is not None and entry.link.startswith(("https://", "http://")):
        title = f'<a href="{escape(entry.link)}">{title}</a>'
    language = f' lang="{escape(entry.language)}"' if entry.language else ""
    summary = f'<p class="summary">{escape(entry.summary)}</p>\n' if entry.summary else ""
    if entry.whole:
        summary = f'<div class="whole">{entry.content}</div>\n'
    moment = entry.published.isoformat().replace("+00:00", "Z")
    return (
        f"<article{language}>\n<h3>{title}</h3>\n"
        f'<p class="meta"><time datetime="{moment}">{moment[:10]}</time> '
        f'<span class="by">{escape(", ".join(entry.authors))}</span></p>\n'
        f"{summary}</article>\n"
    ).encode()


def assemble(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    """The page of a feed."""
    root = "../" * feed.folder.count("/")
    documents = [
        Link(each.title, each.media_type, feed.base + each.file, each.file)
        for each in (FORMATS[name] for name in feed.formats)
    ]
    discovery = (link for each in documents for link in markup.discovery(f"{feed.title} ({each.title})", (each,)))
    page = markup.Page(feed.language, feed.title, feed.subtitle, feed.home, root, "\n".join(discovery))
    kind = _KINDS.get(feed.identity.kind, "")
    above = f'\n<a href="{root}{markup.FILE}#{text.slug(kind)}">{kind}</a>' if kind else ""
    if feed.identity.view and kind:
        way = "../" * (feed.identity.view.count("/") + 1)
        above += f'\n<a href="{way}{markup.FILE}">{escape(feed.label.partition(" - ")[2])}</a>'
    updated = feed.updated.isoformat().replace("+00:00", "Z")
    before = f"""<header class="masthead">
<nav aria-label="Where this is"><a class="site" href="{root}{markup.FILE}">{escape(feed.site)}</a>{above}</nav>
<div><h1>{escape(feed.label)}</h1>
<p class="about">{escape(feed.subtitle)}</p></div>
</header>
<main id="main">
{markup.subscribe(documents, views=feed.views) if documents else ""}<section class="band" aria-labelledby="entries">
<h2 id="entries">Entries</h2>
<p class="note">{len(fragments)} {"entry" if len(fragments) == 1 else "entries"}, updated
<time datetime="{updated}">{updated[:10]}</time></p>
"""
    after = f"""</section>
</main>
<footer><a href="{root}{markup.FILE}">All topics and providers</a> <span>{FOOT}</span></footer>
"""
    return markup.document(page, before, markup.entries(fragments), after)
