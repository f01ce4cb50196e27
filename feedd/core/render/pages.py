"""Pages for people: `index.html`, which lists a site's feeds and lets browsers and readers discover them."""

from __future__ import annotations

from html import escape

from feedd.core.render.listing import Listed, Listing

MARK = b'<meta name="generator" content="feedd">'  # by which a page is known to be ours
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: color-mix(in srgb, currentColor 65%, transparent); }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
p { margin: 0 0 1rem; }
.quiet { color: var(--quiet); }
ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
li { display: flex; flex-wrap: wrap; gap: .1rem 1rem; align-items: baseline; padding: .55rem 0;
     border-bottom: 1px solid var(--line); }
li.child { padding-left: 1.5rem; }
li > span:first-child { flex: 1 1 14rem; }
li small { display: block; color: var(--quiet); }
nav { display: flex; gap: .9rem; }
a { color: inherit; text-underline-offset: .2em; text-decoration-color: var(--quiet); }
a:hover { text-decoration-color: currentColor; }
""".strip()


def index(site: Listing) -> bytes:
    """The page at the root of the site."""
    discovery = "\n".join(
        f'<link rel="alternate" type="{document.media_type}" title="{escape(feed.title)}" '
        f'href="{escape(document.url)}">'
        for feed, documents in (
            *((feed, feed.documents) for feed in site.everything),
            *((feed, feed.documents[:1]) for feed in (*site.topics, *site.providers)),  # not to flood their choice
        )
        for document in documents
    )
    sections = "\n".join(
        f"<h2>{name}</h2>\n<ul>\n{_list(feeds)}\n</ul>"
        for name, feeds in (
            ("Everything", site.everything),
            ("Topics", site.topics),
            ("Providers", site.providers),
        )
        if feeds
    )
    description = f'<p class="quiet">{escape(site.description)}</p>\n' if site.description else ""
    return f"""<!doctype html>
<html lang="{escape(site.language)}">
<head>
<meta charset="utf-8">
{MARK.decode()}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(site.title)}</title>
{discovery}
<style>
{_STYLE}
</style>
</head>
<body>
<header>
<h1>{escape(site.title)}</h1>
{description}</header>
<main>
<p>Copy the address of a feed into your feed reader to subscribe to it, or import
<a href="feeds.opml">all of them (OPML)</a>.</p>
{sections}
</main>
</body>
</html>
""".encode()


def _list(feeds: tuple[Listed, ...]) -> str:
    return "\n".join(_row(feed) for feed in feeds)


def _row(feed: Listed) -> str:
    note = f"<small>{escape(feed.description)}</small>" if feed.description else ""
    links = " ".join(
        f'<a type="{document.media_type}" href="{escape(document.relative)}">{escape(document.title)}</a>'
        for document in feed.documents
    )
    nested = ' class="child"' if feed.parent else ""
    label = escape(feed.label)
    return f'<li{nested}><span>{label}{note}</span><nav aria-label="{label}">{links}</nav></li>'
