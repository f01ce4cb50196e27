"""The page of an entry that links to no other page: its whole text (HTML)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html import escape
from urllib.parse import urljoin

from msgspec.structs import replace

from feedd.items.references import MEDIA_FOLDER, PICTURES_FOLDER
from feedd.model import Entry, Image, Thumbnail
from feedd.patterns import late_pattern
from feedd.render import page_shell
from feedd.render.enclosures import player
from feedd.words.site_words import Words

ROOT = "../../"  # leads from the page to the root of the site
_DESCRIBED = 160  # characters: search engines show no more
_TALL = 3  # times as tall as wide: more is a page of its own, such as the picture of a whole screen
_TAG = late_pattern(r'<(/?)([a-z][a-z0-9]*)([^<>"]*(?:"[^"]*"[^<>"]*)*)>')  # all values are quoted
_HEADING = late_pattern(r"<(/?)h([1-6])(?=[ >])")
_ATTRIBUTE = late_pattern(r'([a-z]+)="([^"]*)"')


def entry_page(entry: Entry, site: str, words: Words, directory: str) -> bytes:
    """The page of an entry, with its content or its summary. `site` is the site's title, `words` are the site's;
    `entry.link` is the address of the page. `directory` says what the site's page lists (HTML).
    """
    description = entry.summary[:_DESCRIBED] or entry.title
    page = page_shell.Page(words, f"{entry.title} - {site}", description, entry.link or "", ROOT, "")
    own = f' lang="{escape(entry.language)}"' if entry.language else ""
    summary = f"<p>{escape(entry.summary)}</p>" if entry.content is None else entry.content
    own_pictures = _own_pictures(entry)
    content = page_shell.placed(
        without_pictures(_picture_once(summary, entry.image), entry.title, entry.words, own_pictures).encode(), ROOT
    ).decode()
    content = in_order(content)
    plays = player(entry.enclosure, entry.words) if entry.enclosure else ""
    by = escape(", ".join(entry.authors))
    before = f"""<header class="masthead of-entry">
{page_shell.where(words, ROOT, site)}
<div><h1{own}{page_shell.text_direction(entry.title, entry.language)}>{escape(entry.title)}</h1></div>
</header>
<main id="main" class="entry">
"""
    whole = f"""<article{own}>
<p class="meta">{entry.words.time(entry.published)} <span class="by">{by}</span></p>
{plays}<div class="text"{page_shell.text_direction(entry.summary, entry.language)}>{content}</div>
</article>
"""
    after = f"""</main>
<footer><a href="{ROOT}{page_shell.FILE}">{directory}</a> <span>{page_shell.foot(words)}</span></footer>
"""
    return page_shell.document(page, before, whole.encode(), after)


def without_pictures(
    content: str, title: str, words: Words, own: Callable[[str], Thumbnail | None] = lambda _: None
) -> str:
    """The content of an entry with links in the place of its pictures elsewhere, since pages load nothing from other
    hosts. Inside a link, where no other link may stand, a picture becomes its name. A picture with the title of its
    entry has no name. Pictures of `own` stay, which gives for an address where it lies with the feeds.
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
        mark = f' lang="{attributes["lang"]}"' if "lang" in attributes else ""
        if small := own(html.unescape(attributes.get("src", ""))):
            sizes = (attributes.get(name, "") for name in ("width", "height"))
            width, height = (int(each) if each.isdigit() else None for each in sizes)
            alt = html.unescape(attributes.get("alt", ""))
            picture = page_shell.picture(replace(small, width=width, height=height), alt, mark)
            is_tall = width and height and height > _TALL * width
            if is_tall and in_link:
                return f'<span class="tall">{picture}</span>'
            return _tall(picture, small.path, words, named=bool(alt)) if is_tall else picture
        name = attributes.get("alt") or ""
        if html.unescape(name) in ("", title):
            name = words.html("picture")
        elif mark:
            name = f"<bdi{mark}>{name}</bdi>"
        return name if in_link or not attributes.get("src") else f'<a href="{attributes["src"]}">{name}</a>'

    return _TAG.sub(shown, content)


def _tall(picture: str, path: str, words: Words, *, named: bool) -> str:
    """A picture of which the page shows the top, with a link to the whole (HTML). `named`: it has a description."""
    label = "" if named else f' aria-label="{escape(words.say("picture"))}"{words.mark("picture")}'
    return f'<a class="tall" href="{escape(ROOT + path)}"{label}>{picture}</a>'


def _picture_once(content: str, image: Image | None) -> str:
    """The content of an entry without the picture that leads it, where its text shows the same picture again."""
    if image is None:
        return content
    address = f' src="{escape(image.url)}"'
    lead, end, rest = content.partition("</p>")
    is_lead = lead.startswith(f"<p><img{address}") and lead.count("<") == 2
    return rest.lstrip("\n") if end and is_lead and address in rest else content


def _own_pictures(entry: Entry) -> Callable[[str], Thumbnail | None]:
    """A function from the address of a picture to where it lies with the feeds; None for pictures elsewhere."""
    below = urljoin(entry.link or "", ROOT)

    def found(url: str) -> Thumbnail | None:
        path = url.removeprefix(below) if url.startswith(below) else ""
        if path.startswith(PICTURES_FOLDER):
            webp = mirrored.get(path.removeprefix(PICTURES_FOLDER))
            return Thumbnail(path, webp=PICTURES_FOLDER + webp.name if webp is not None else None)
        return Thumbnail(path) if path.startswith(MEDIA_FOLDER) else None

    mirrored = {each.whole.name: each.whole_webp for each in entry.mirrored}
    return found


def in_order(content: str) -> str:
    """The content of an entry with headings of levels that follow that of its title, and one another: who goes from
    heading to heading looks for no level between them.
    """
    last = 1

    def followed(found: re.Match[str]) -> str:
        nonlocal last
        closing, level = found.groups()
        if not closing:
            last = max(2, min(int(level), last + 1))
        return f"<{closing}h{last}"

    return _HEADING.sub(followed, content)
