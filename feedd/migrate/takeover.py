"""What a site says so that its subscribers find the new feeds: the facts of the site in; lines for its files out."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlsplit

from feedd.items.text import slug
from feedd.migrate.site_facts import SiteFacts


def alternate_line(facts: SiteFacts, base_url: str) -> str:
    """The line for the heads of the site's pages."""
    title = escape(" ".join(facts.title.split()) or "Feed")
    return f'<link rel="alternate" type="application/atom+xml" title="{title}" href="{escape(base_url)}atom.xml">'


def redirects(facts: SiteFacts, base_url: str) -> list[tuple[str, str]]:
    """The addresses of the old feeds on the site's host, each with the address of the new feed in its format."""
    above = urlsplit(facts.url).path.rstrip("/")
    found: list[tuple[str, str]] = []
    own = [(path, f"saved/{slug(folder)}/") for folder, paths in facts.section_feeds.items() for path in paths]
    for path, at in (*((each, "") for each in facts.old_feeds), *own):
        is_rss = any(mark in path for mark in ("rss", "index.xml")) or facts.generator == "Hugo"
        document = "feed.json" if path.endswith(".json") else "rss.xml" if is_rss else "atom.xml"
        old = quote(f"{above}{path}", safe="/%~@+,;=!$&'()*")
        if f"{base_url.partition('://')[2].partition('/')[2]}{at}{document}" != old.lstrip("/"):
            found.append((old, f"{base_url}{at}{document}"))
    return found


def nginx_lines(moves: list[tuple[str, str]]) -> list[str]:
    """The redirects as nginx has them."""
    return [f"location = {_word(old)} {{ return 301 {_word(new)}; }}" for old, new in moves]


def redirects_lines(moves: list[tuple[str, str]]) -> list[str]:
    """The redirects as a file `_redirects` has them, which Netlify and Cloudflare Pages read."""
    return [f"{old}  {new}  301" for old, new in moves]


def _word(address: str) -> str:
    """An address as a word of nginx."""
    return f'"{address}"' if any(mark in address for mark in "'(){};$") else address
