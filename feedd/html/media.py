"""The attributes of pictures, videos and other files in; the URL to show, and words for it, out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain, islice
from urllib.parse import unquote

from msgspec import Struct

from feedd.items.references import References
from feedd.items.youtube import youtube_id
from feedd.patterns import late_pattern

# Where scripts that load pictures late keep the address: an URL, or candidates as in `srcset`.
LATE_URLS = (
    "data-src", "data-lazy-src", "data-original", "data-lazy", "data-lazyload", "data-actualsrc", "data-echo",
    "data-cfsrc", "data-original-src", "data-full-src", "data-pagespeed-lazy-src", "data-defer-src", "data-img-src",
    "data-runner-src", "data-hi-res-src", "data-image-src", "data-lazyload-src", "data-flickity-lazyload",
    "data-flickity-lazyload-src", "data-nitro-lazy-src", "data-wpfc-original-src", "data-opt-src", "data-orig-src",
    "data-ezsrc", "data-breeze", "data-litespeed-src", "data-gt-lazy-src", "data-srclazy", "data-ll-src",
    "data-lazy-original", "data-rocket-src", "data-rocketsrc", "data-img-url", "data-imgsrc", "data-image-url",
    "data-delayed-url", "data-high-res-src", "data-large-src", "data-real-src", "data-lzl-src", "nitro-lazy-src",
    "lazy-src", "lazysrc", "data-lazysrc", "data-src-lazy", "data-lzy-src", "data-dt-lazy-src",
    "data-perfmatters-src", "data-sf-src", "data-swift-src", "data-aload", "data-frz-src", "data-wf-src",
    "data-ks-lazyload", "data-layzr", "data-src-img", "data-original-source", "data-default-src", "data-raw-src",
    "data-big-src", "data-savepage-src",
)  # fmt: skip
LATE_SETS = (
    "data-srcset", "data-lazy-srcset", "data-original-set", "data-lazyload-srcset", "data-cfsrcset",
    "data-flickity-lazyload-srcset", "data-nitro-lazy-srcset", "data-wpfc-original-srcset", "data-ezsrcset",
    "data-breeze-srcset", "data-ll-srcset", "data-rocket-srcset", "data-lzl-srcset", "nitro-lazy-srcset", "lazy-srcset",
)  # fmt: skip
# Names with other meanings, too, such as the page of a picture: read only if no other name has a picture.
DOUBTFUL_URLS = (
    "data-url", "data-image", "data-full-url", "data-large-file", "data-orig-file", "data-src-retina", "data-hires",
    "data-highres", "data-full", "data-src-large", "data-src-medium", "data-pin-media", "data-normal",
)  # fmt: skip
PICTURE = frozenset(("src", "srcset", *LATE_URLS, *LATE_SETS, *DOUBTFUL_URLS))

MAX_PICTURE_WIDTH = 1600  # pixels: as wide as a reader may show a picture on a fine screen
_DENSEST_1X = 800  # a candidate "2x" counts as one of twice so many pixels
_MOST_CANDIDATES = 50
# A URL may hold commas, and one at its end is none of it (HTML, 4.8.4.2.2).
_CANDIDATE = late_pattern(r"([^\s,]\S*+)(?:(?<!,)\s([^,]*+))?")
_DESCRIPTOR = late_pattern(r"([0-9]{1,5})w|([0-9]{1,3}(?:\.[0-9]{0,3})?)x", re.ASCII)
_PLACEHOLDER = late_pattern(
    r"(?:.*[-_.])?(?:1x1|blank|clear|dummy|empty|gr[ae]y|lazy|lazy-?load(?:er|ing)?|loader|loading|pixel|placeholder"
    r"|spacer|trans|transparent|white)(?:[-_.][^/]{0,40})?\.(?:gif|jpe?g|png|svg|webp)",
    re.IGNORECASE,
)
_NOT_EVERYWHERE = ("image/avif", "image/heic", "image/jxl", "image/vnd")
_SIZE = late_pattern(r"(?:-[0-9]{1,5}x[0-9]{1,5}|@[0-9]x)?(?:\.[A-Za-z0-9]{1,5})?$")
_PIXELS = late_pattern(r"\s*([0-9]{1,5})(?:\.[0-9]*)?\s*(?:px)?\s*", re.IGNORECASE)
_SAYS_NOTHING = late_pattern(
    r"\b(?:browser|brauser|navigateur|navegador|navigatore|navegator|nettleser|webbläsare|selaimesi|vafri|przeglądar"
    r"|prohlížeč|prehliadač|preglednik|pregledač|böngésző|taray\u0131c\u0131|trình duyệt|peramban|penyemak imbas|pārlūk"
    r"|naršykl|браузер|браўзер|прегледач|прелистувач|φυλλομετρητ)"
    r"|ブラウザ|浏览器|瀏覽器|브라우저|متصفح|مرورگر|דפדפן|ब्राउज़र|ব্রাউজার|เบราว์เซอร์",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 250
_ABOUT_SCRIPTS = late_pattern(r"java\s?script", re.IGNORECASE)
_LONGEST_FALLBACK = 2000
_LOOKS_LIKE_PICTURE = late_pattern(r".*\.(?:avif|gif|jpe?g|png|svg|webp)", re.IGNORECASE)
_NAME_CHARACTERS = 100

Attributes = dict[str, str]


class MediaSource(Struct, frozen=True):
    """The picture that an `img` shows. `is_late`: a script would have put it there; `is_placeholder`: nor is it one."""

    url: str
    is_late: bool = False
    is_placeholder: bool = False


def picture(attributes: Attributes, sources: list[Attributes], refers: References) -> MediaSource | None:
    """The picture that an `img` shows in a program with scripts; None if it has no address.

    `sources` are the sources of the `picture` around it. The address for a script comes first, then `src`. Then comes
    the largest candidate of `srcset` that is not too large, then an address under a name with other meanings.
    """
    for name in LATE_URLS:
        value = attributes.get(name, "").strip()
        if value and (name == "data-src" or "/" in value or "." in value) and (url := _usable(value, refers)):
            return MediaSource(url, is_late=True)
    if url := _best(map(attributes.get, LATE_SETS), refers):
        return MediaSource(url, is_late=True)
    src = attributes.get("src", "")
    shown = refers.shown(src)
    if shown and not _is_placeholder(refers.address(src) or shown):
        return MediaSource(shown)
    if url := _best([attributes.get("srcset")], refers) or _first_source(sources, refers):
        return MediaSource(url, is_late=True)
    doubtful = (attributes.get(name, "").strip() for name in DOUBTFUL_URLS)
    if url := next(filter(None, (_usable(each, refers) for each in doubtful if "/" in each or "." in each)), None):
        return MediaSource(url, is_late=True)
    return MediaSource(shown, is_placeholder=True) if shown else None


def is_late(attributes: Attributes) -> bool:
    """Whether an `img` has an address for a script that loads it late, and shows something else up to then."""
    shown = ("", attributes.get("src", "").strip())
    return any(attributes.get(name, "").strip() not in shown for name in (*LATE_URLS, *LATE_SETS))


def file(attributes: Attributes, sources: list[Attributes], resolve: Callable[[str], str | None]) -> str | None:
    """The address of the file of a `video` or `audio`: its own address, else the first address of its sources.
    `resolve` makes a URL of a reference.
    """
    for each in (attributes, *sources):
        for name in ("src", *LATE_URLS[:2]):
            if each.get(name, "").strip() and (url := resolve(each[name])):
                return url
    return None


def name(attributes: Attributes, url: str) -> str:
    """The name of a file: its author's name for it, else the last part of its address, else its host."""
    title = " ".join((attributes.get("title") or attributes.get("aria-label") or "").split())
    path = url.partition("?")[0].partition("#")[0].split("/")[3:]
    last = " ".join(unquote(path[-1] if path else "").split())
    return (title or last or url.split("/")[2])[:_NAME_CHARACTERS]


def video(url: str) -> str | None:
    """The YouTube video of a frame; also through a service that gets the video's address."""
    values = (unquote(each.partition("=")[2]) for each in url.partition("?")[2].split("&"))
    return youtube_id(url) or next(filter(None, map(youtube_id, values)), None)


def pixels(value: str | None) -> int | None:
    """The width or height that an attribute gives in pixels, if it does."""
    found = _PIXELS.fullmatch(value) if value else None
    return int(found[1]) if found else None


def says_nothing(fallback: str) -> bool:
    """Whether a text in the place of a player is only about the browser."""
    return len(fallback) <= _LONGEST_NOTICE and bool(_SAYS_NOTHING.search(fallback))


def asks_for_scripts(fallback: list[str]) -> bool:
    """Whether HTML, in parts, that stands in for a script only asks for scripts."""
    if sum(map(len, fallback)) > _LONGEST_FALLBACK:
        return False
    html = "".join(fallback)
    return "<img" not in html and bool(_ABOUT_SCRIPTS.search(html))


def is_twin(shown: MediaSource, fallback: MediaSource, *, fallback_first: bool) -> bool:
    """Whether two pictures next to each other are one: for programs with scripts, and in `noscript`.

    Nearly all programs write the one in `noscript` last.
    """
    if shown.url == fallback.url or shown.is_placeholder:
        return True
    return _stem(shown.url) == _stem(fallback.url) if fallback_first else shown.is_late


def looks_like_picture(attributes: Attributes, url: str) -> bool:
    """Whether a picture in `noscript` is more than a counter of visits: it has a size or words, or its name says so."""
    if attributes.get("alt", "").strip() or any(
        (pixels(attributes.get(each)) or 0) > 1 for each in ("height", "width")
    ):
        return True
    return bool(_LOOKS_LIKE_PICTURE.fullmatch(url.partition("?")[0]))


def _first_source(sources: list[Attributes], refers: References) -> str | None:
    every = sorted(sources, key=lambda each: each.get("type", "").strip().lower().startswith(_NOT_EVERYWHERE))
    names = ("srcset", *LATE_SETS, "src", *LATE_URLS)
    return next(filter(None, (_best(map(each.get, names), refers) for each in every)), None)


def _best(sets: Iterable[str | None], refers: References) -> str | None:
    """The largest candidate of up to MAX_PICTURE_WIDTH pixels, else the smallest, that has an address."""
    found: list[tuple[bool, float, str]] = []
    candidates = chain.from_iterable(_CANDIDATE.finditer(each) for each in sets if each)
    for candidate in islice(candidates, _MOST_CANDIDATES):
        if url := _usable(candidate[1].rstrip(","), refers):
            size = _DESCRIPTOR.fullmatch((candidate[2] or "1x").strip())
            pixels = float(size[1] or float(size[2]) * _DENSEST_1X) if size else _DENSEST_1X
            found.append((pixels <= MAX_PICTURE_WIDTH, pixels if pixels <= MAX_PICTURE_WIDTH else -pixels, url))
    return max(found, key=lambda each: each[:2])[2] if found else None


def _usable(raw: str, refers: References) -> str | None:
    # `{width}` is for a script to fill in.
    url = None if "{" in raw else refers.shown(raw)
    return None if url is None or _is_placeholder(refers.address(raw) or url) else url


def _stem(url: str) -> str:
    """The name of a picture's file, whatever its size and format."""
    return _SIZE.sub("", url.partition("?")[0].rpartition("/")[2])


def _is_placeholder(url: str) -> bool:
    last = url.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return len(last) < 80 and bool(_PLACEHOLDER.fullmatch(last))
