"""The page of an entry that links to no other page: its whole text (HTML)."""

from __future__ import annotations

import html
import re
from html import escape

from feedd.model import Entry
from feedd.patterns import late_pattern
from feedd.render import page_shell
from feedd.render.enclosures import player
from feedd.render.feed_page import FOOT

ROOT = "../../"  # leads from the page to the root of the site
_DESCRIBED = 160  # characters: search engines show no more
_TAG = late_pattern(r'<(/?)([a-z][a-z0-9]*)([^<>"]*(?:"[^"]*"[^<>"]*)*)>')  # all values are quoted
_ATTRIBUTE = late_pattern(r'([a-z]+)="([^"]*)"')


def entry_page(entry: Entry, site: str, language: str, directory: str) -> bytes:
    """The page of an entry, with its content or its summary. `site` is the site's title, `language` the site's
    language; `entry.link` is the address of the page. `directory` says what the site's page lists.
    """
    description = entry.summary[:_DESCRIBED] or entry.title
    page = page_shell.Page(language, f"{entry.title} - {site}", description, entry.link or "", ROOT, "")
    own = f' lang="{escape(entry.language)}"' if entry.language else ""
    moment = entry.published.isoformat().replace("+00:00", "Z")
    summary = f"<p>{escape(entry.summary)}</p>" if entry.content is None else entry.content
    content = without_pictures(summary, entry.title)
    plays = player(entry.enclosure) if entry.enclosure else ""
    by = escape(", ".join(entry.authors))
    before = f"""<header class="masthead of-entry">
<nav aria-label="Where this is"><a class="site" href="{ROOT}{page_shell.FILE}">{escape(site)}</a></nav>
<div><h1{own}{page_shell.text_direction(entry.title, entry.language)}>{escape(entry.title)}</h1></div>
</header>
<main id="main" class="entry">
"""
    whole = f"""<article{own}>
<p class="meta"><time datetime="{moment}">{moment[:10]}</time> <span class="by">{by}</span></p>
{plays}<div class="text"{page_shell.text_direction(entry.summary, entry.language)}>{content}</div>
</article>
"""
    after = f"""</main>
<footer><a href="{ROOT}{page_shell.FILE}">{directory}</a> <span>{FOOT}</span></footer>
"""
    return page_shell.document(page, before, whole.encode(), after)


def without_pictures(content: str, title: str) -> str:
    """The content of an entry with links in the place of its pictures, since pages load nothing from other hosts.
    Inside a link, where no other link may stand, a picture becomes its name. A picture with the title of its entry has
    no name.
    """
    in_link = False

    def shown(found: re.Match[str]) -> str:
        nonlocal in_link
        closing, tag, written = found.groups()
        if tag == "a":
            in_link = not closing
        if tag != "img":
            return found[0]
        attributes = dict(_ATTRIBUTE.findall(written))
        name = attributes.get("alt") or ""
        name = "Picture" if html.unescape(name) in ("", title) else name
        return name if in_link or not attributes.get("src") else f'<a href="{attributes["src"]}">{name}</a>'

    return _TAG.sub(shown, content)
