"""The shell of pages for people: the document around their contents, how to subscribe, and a list of entries.

Every text is escaped here or in the renderer that uses this. A page runs no script but feedd's. It loads nothing from
elsewhere, but the files of its players when somebody plays them. Its policy (Content Security Policy, level 3) stands
in the page itself, so it holds behind any server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from msgspec import Struct

from feedd.html import direction
from feedd.items import urls
from feedd.model import Thumbnail
from feedd.patterns import late_pattern
from feedd.render import PAGE
from feedd.render.assets import DIGESTS, ICON, SCRIPT, STYLE
from feedd.render.directory import Link
from feedd.render.enclosures import media_sources
from feedd.render.generator_marks import GENERATOR_URI
from feedd.words.site_words import ENGLISH, Words

PAGE_MARK = b'<meta name="generator" content="feedd">'  # in every page that feedd writes
FILE = PAGE.file
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
_POLICY_START, _POLICY_END = '<meta http-equiv="Content-Security-Policy" content="', '">\n'
_READERS = (  # where each takes the address of a feed, percent-encoded
    ("Feedly", "https://feedly.com/i/subscription/feed/{}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={}"),
    ("NewsBlur", "https://www.newsblur.com/?url={}"),
    ("Feedbin", "https://feedbin.com/?subscribe={}"),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url={}"),
)
_OF_ONE_PERSON = late_pattern(r"/private/[0-9a-f]{32}/")  # the address of a private feed, before a token stands in it
_OWN_PICTURE = late_pattern(rb'(<img src="|<source srcset=")(?:\.\./)*((?:media|pictures)/)')
_OPEN, _CLOSE = b'<div class="entries">\n', b"</div>\n"
_LAST = b"</article>\n"
_NONE, _NONE_END = b'<p class="none">', b"</p>\n"


class Page(Struct, frozen=True):
    """The surroundings of a page's contents, in the language of `words`. `root` leads from the page to the root of the
    site: "" or "../../".
    """

    words: Words
    title: str
    description: str
    home: str  # the page's own URL
    root: str
    discovery: str  # link elements


def document(page: Page, before: str, entries: bytes, after: str) -> bytes:
    """The whole page: `before` begins with its header, `after` ends with its footer; `entries` are between them."""
    language = page.words.language
    style, script, icon = (f"{page.root}{name}?v={DIGESTS[name]}" for name in (STYLE, SCRIPT, ICON))
    head = f"""<!doctype html>
<html lang="{escape(language)}"{' dir="rtl"' if direction.language_direction(language) == "rtl" else ""}>
<head>
<meta charset="utf-8">
{_policy(entries)}{PAGE_MARK.decode()}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(page.title)}</title>
<meta name="description" content="{escape(page.description)}">
<link rel="canonical" href="{escape(page.home)}">
{page.discovery}
<link rel="icon" type="image/svg+xml" href="{icon}">
<link rel="stylesheet" href="{style}">
<script src="{script}" defer></script>
</head>
<body>
<a class="skip" href="#main">{page.words.html("skip")}</a>
{before}"""
    return b"".join((head.encode(), entries, after.encode(), b"</body>\n</html>\n"))


def _policy(shown: bytes) -> str:
    """The element with the policy of a page. The page may play files from the hosts of the players that it shows."""
    sources = " ".join(media_sources(shown))
    return f"{_POLICY_START}{_POLICY}{f'; media-src {sources}' if sources else ''}{_POLICY_END}"


def heading_direction(page_language: str) -> str:
    """The attribute of a heading that may be in another language than its page."""
    return ' dir="auto"' if direction.language_direction(page_language) == "rtl" else ""


def text_direction(text: str, language: str | None) -> str:
    """The attribute of a text that says its direction: by its language, else by its letters as a browser sees them. A
    text of no known language that has letters of both directions goes with the page.
    """
    if language:
        return f' dir="{direction.language_direction(language)}"'
    return "" if direction.is_mixed(text) else ' dir="auto"'


def where(words: Words, root: str, site: str, above: str = "") -> str:
    """The links to what a page is a part of: the site, with this title, then `above` (HTML)."""
    top = f'<a class="site" href="{root}{FILE}"{words.back("where")}>{escape(site)}</a>'
    return f'<nav aria-label="{escape(words.say("where"))}"{words.mark("where")}>{top}{above}</nav>'


def paging(words: Words, name: str, links: str) -> str:
    """Links to other pages of the same entries (HTML). `name` is the word for what they are."""
    return f'<nav class="note" aria-label="{escape(words.say(name))}"{words.mark(name)}>\n{links}\n</nav>\n'


def foot(words: Words) -> str:
    """By what a page was published (HTML)."""
    return words.html("published_with", feedd=f'<a href="{GENERATOR_URI}">feedd</a>')


def for_script(words: Words, *names: str) -> str:
    """The attributes that tell words to the script of the page, which knows them in English."""
    said = ((name, words.say(name)) for name in names if words.say(name) != ENGLISH.say(name))
    return "".join(f' data-{name.replace("_", "-")}="{escape(word)}"' for name, word in said)


def entries(fragments: Sequence[bytes], words: Words) -> bytes:
    """The list of entries in a page."""
    none = _NONE + words.html("no_entries").encode() + _NONE_END
    return b"".join((_OPEN, *(fragments or (none,)), _CLOSE))


def split(data: bytes) -> list[bytes]:
    """The entries in a page. Text in it is escaped, so no tag can stand in a text."""
    listed = data.partition(_OPEN)[2].split(_LAST)[:-1]
    return [entry + _LAST for entry in listed]


def with_entries(data: bytes, fragments: Sequence[bytes], words: Words) -> bytes | None:
    """The page with `fragments` as its entries; None if the page has no list of entries."""
    before, opened, listed = data.partition(_OPEN)
    after = listed.rpartition(_LAST)[2] if _LAST in listed else listed
    if after.startswith(_NONE):
        after = after.partition(_NONE_END)[2]
    head, policy, rest = before.partition(_POLICY_START.encode())
    if not (opened and policy and after.startswith(_CLOSE)):
        return None
    shown = entries(fragments, words)
    rest = rest.partition(_POLICY_END.encode())[2]
    return b"".join((head, _policy(shown).encode(), rest, shown, after.removeprefix(_CLOSE)))


def picture(small: Thumbnail, alt: str, mark: str = "") -> str:
    """A picture that lies with the feeds, loaded when it comes near (HTML). Its addresses begin at the root of the
    site: `placed` leads there from a page. `mark`: the attribute of a text in another language, if `alt` is one.
    """
    sizes = f' width="{small.width}" height="{small.height}"' if small.width and small.height else ""
    image = f'<img src="{escape(small.path)}"{sizes} alt="{escape(alt)}"{mark} loading="lazy" decoding="async">'
    webp = f'<source srcset="{escape(small.webp)}" type="image/webp">' if small.webp else ""
    return f"<picture>{webp}{image}</picture>" if webp else image


def placed(fragment: bytes, root: str) -> bytes:
    """HTML whose pictures are found from a page, from which `root` leads to the root of the site."""
    return _OWN_PICTURE.sub(rb"\g<1>" + root.encode() + rb"\g<2>", fragment)


def discovery(title: str, documents: Iterable[Link]) -> Iterable[str]:
    """The elements by which browsers and readers find a feed's documents."""
    for each in documents:
        yield f'<link rel="alternate" type="{each.media_type}" title="{escape(title)}" href="{escape(each.url)}">'


def subscribe(documents: Sequence[Link], words: Words, more: str = "", views: Iterable[tuple[str, str]] = ()) -> str:
    """How to subscribe to a feed: its address, readers that take it, other formats, other views of it. The first
    document is the recommended document. `more` are further items of the list of formats; `views` are the names of
    their words, with their folders.
    """
    first = documents[0]
    address = escape(first.url)
    formats = "\n".join(
        f'<li><a type="{each.media_type}" href="{escape(each.relative)}">{escape(each.title)}</a></li>'
        for each in documents
    )
    return f"""<section class="band subscribe" aria-labelledby="subscribe">
<h2 id="subscribe">{words.html("subscribe")}</h2>
<div>
<p class="address"><label for="address">{words.html("address")}</label>
<input id="address" type="text" dir="ltr" readonly value="{address}">
<button id="copy" type="button" hidden>{words.html("copy")}</button>
<a class="open" href="feed:{address}">{words.html("open_in_reader")}</a></p>
<p id="copied" role="status"{words.mark("copied")}{for_script(words, "copied", "copy_by_hand")}></p>
{_readers(first.url, words)}<div class="inline"><p id="formats">{words.html("formats")}</p>
<ul aria-labelledby="formats">
{formats}
{more}</ul></div>
{_views(views, words)}</div>
</section>
"""


def _readers(url: str, words: Words) -> str:
    """Links to readers on the web; "" if these cannot reach the feed, or if its address is one person's."""
    if not urls.is_public(url) or _OF_ONE_PERSON.search(url):
        return ""
    quoted = quote(url, safe="")
    links = "\n".join(f'<li><a href="{escape(address.format(quoted))}">{name}</a></li>' for name, address in _READERS)
    name = words.html("add_to")
    return f'<div class="inline"><p id="readers">{name}</p>\n<ul aria-labelledby="readers">\n{links}\n</ul></div>\n'


def _views(views: Iterable[tuple[str, str]], words: Words) -> str:
    links = "\n".join(f'<li><a href="{escape(folder + FILE)}">{words.html(name)}</a></li>' for name, folder in views)
    if not links:
        return ""
    name = words.html("views")
    return f'<div class="inline"><p id="views">{name}</p>\n<ul aria-labelledby="views">\n{links}\n</ul></div>\n'
