"""What well-known tags of template languages mean, as Markdown: figures, videos, links.

Each function gets the arguments of a tag, and gives Markdown for the middle of a line; "" if the tag says too little.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from feedd.items.bodies.tag_arguments import Arguments
from feedd.patterns import late_pattern

_PICTURE = late_pattern(r"[^?#]+\.(?:apng|avif|bmp|gif|jpe?g|png|svg|tiff?|webp)(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
_VIDEO_ID = late_pattern(r"[A-Za-z0-9_-]{11}")
_YOUTUBE = late_pattern(
    r"(?:youtu\.be/|youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#\s]*&)?v=|embed/|shorts/))([\w-]{11})"
)
_SOURCES = ("src", "image", "url", "image_path", "path", "img", "file", "image_url", "source", "href", "light", "name")
_SIZE = late_pattern(r"\d+(?:px|%|x\d*)?|\d+x\d+|left|right|center")
_ADDRESSES = ("http://", "https://", "/", "./", "../", "#", "mailto:")
_WORD = late_pattern(r"[\w-]{1,100}")
_MARKUP = late_pattern(r"([\[\]\\])")


def picture(arguments: Arguments) -> str:
    """`![description](address "title")`."""
    address = picture_address(arguments)
    if not address:
        return ""
    described = arguments.get("alt", "alttext", "description", "caption", "title")
    if not described and address in arguments.values:
        after = arguments.values[arguments.values.index(address) + 1 :]
        words = [value for value in after if not _SIZE.fullmatch(value)]
        described = words[-1] if any(" " in value for value in words) else " ".join(words)
    title = arguments.get("title")
    tooltip = ' "{}"'.format(title.replace("\\", "").replace('"', "&quot;")) if title else ""
    shown = f"![{_words(described)}]({destination(address)}{tooltip})"
    link = arguments.get("link")
    return f"[{shown}]({destination(link)})" if link and not link.lower().startswith(("true", "false")) else shown


def picture_address(arguments: Arguments) -> str:
    """The address of the picture that the arguments name."""
    named = [value for name in _SOURCES if (value := arguments.get(name))]
    return next((value for value in (*named, *arguments.values) if _PICTURE.fullmatch(value.strip())), "").strip()


def caption(arguments: Arguments) -> str:
    """The words under a figure, as Markdown; "" for none."""
    title, words = arguments.get("title"), arguments.get("caption", "cap", "desc")
    source, link = arguments.get("attr", "attribution", "credit", "source"), arguments.get("attrlink")
    if source == picture_address(arguments):
        source = ""
    credit = f"[{source}]({destination(link)})" if source and link else source
    shown = f"**{title}**" if title and title != words else ""
    return " ".join(part for part in (shown, words, credit) if part)


def youtube(arguments: Arguments) -> str:
    """The player, which is shown as a linked picture."""
    given = arguments.get("id", "video_id", "videoid", "v", "url", "src", "youtubeid", "video") or arguments.at(0)
    found = _YOUTUBE.search(given)
    video = found[1] if found else given
    if not _VIDEO_ID.fullmatch(video):
        return ""
    return f'<iframe src="https://www.youtube.com/embed/{video}"></iframe>'


def video(arguments: Arguments) -> str:
    """A video by its provider's name and id, or a file."""
    provider = arguments.get("provider", "type", "source").lower()
    given = arguments.get("id", "src", "url", "file", "video", "path", "mp4") or arguments.at(0)
    if "vimeo" in provider:
        return vimeo(arguments)
    if "youtube" in provider or _YOUTUBE.search(given) or _VIDEO_ID.fullmatch(given):
        return youtube(arguments)
    return f'<video src="{_attribute(given)}"></video>' if "." in given else ""


def audio(arguments: Arguments) -> str:
    """An audio file."""
    given = arguments.get("src", "url", "file", "path", "mp3") or arguments.at(0)
    return f'<audio src="{_attribute(given)}"></audio>' if "." in given else ""


def _page(address: str) -> Callable[[Arguments], str]:
    """A link to a page that is found by the id."""

    def link(arguments: Arguments) -> str:
        name = arguments.get("id", "video", "code", "hash", "url") or arguments.at(0)
        if name.startswith(("http://", "https://")):
            return _linked(name)
        return _linked(address + name) if _WORD.fullmatch(name) else ""

    return link


vimeo = _page("https://vimeo.com/")


def gist(arguments: Arguments) -> str:
    """`gist user id`, or `gist id` or `gist user/id`."""
    given = arguments.get("url", "src") or "/".join(
        part for part in (arguments.get("user"), arguments.get("id", "gist"), *arguments.values[:2]) if part
    )
    if given.startswith(("http://", "https://")):
        return _linked(given)
    parts = [part for part in given.split("/") if _WORD.fullmatch(part)]
    return _linked("https://gist.github.com/" + "/".join(parts[:2])) if parts else ""


def post(arguments: Arguments) -> str:
    """A post in a short-message service: `tweet user="x" id="1"`, or an address."""
    user, number = arguments.get("user"), arguments.get("id", "url", "src") or arguments.at(0)
    if number.startswith(("http://", "https://")):
        return _linked(number)
    if not _WORD.fullmatch(number):
        return ""
    return _linked(f"https://twitter.com/{user if _WORD.fullmatch(user) else 'i'}/status/{number}")


def link(arguments: Arguments) -> str:
    """A link with words: `link url="..." text="..."`."""
    places = [value for value in arguments.values if value.startswith(_ADDRESSES)]
    address = arguments.get("url", "href", "link", "to") or next(iter(places), "")
    rest = [value for value in arguments.values if value not in (address, "external", "true", "false")]
    words = arguments.get("text", "title", "label", "name") or " ".join(rest[:1] if " " in "".join(rest[:1]) else rest)
    if not address.startswith(_ADDRESSES):
        return ""
    return f"[{_words(words)}]({destination(address)})" if words else _linked(address)


def _linked(address: str) -> str:
    shown = address.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return f"[{_words(shown)}]({destination(address)})"


def destination(address: str) -> str:
    """An address as the destination of a Markdown link."""
    address = " ".join(address.split())
    if any(character in address for character in " ()<>"):
        return quote(address, safe="/:?#[]@!$&'*+,;=%~")
    return address


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _words(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


MEANINGS: dict[str, Callable[[Arguments], str]] = {
    **dict.fromkeys(("img", "image", "picture", "responsive_image", "asset_img", "photo"), picture),
    **dict.fromkeys(
        ("figure", "fig", "imgproc", "rawimg", "lazyimg", "image-figure", "easy_image", "postimage"), picture
    ),
    **dict.fromkeys(("youtube", "yt", "youtubeplayer", "lite-youtube", "youtube-lite", "youtubeembed"), youtube),
    **dict.fromkeys(("video", "html5video"), video),
    "embed": lambda arguments: video(arguments) or link(arguments),
    "audio": audio,
    "vimeo": vimeo,
    "gist": gist,
    **dict.fromkeys(("tweet", "twitter", "x", "twitter_simple", "tweet_simple"), post),
    **dict.fromkeys(("instagram", "instagram_simple"), _page("https://www.instagram.com/p/")),
    "asciinema": _page("https://asciinema.org/a/"),
    **dict.fromkeys(("link", "button", "btn", "a", "linkcard", "link-card"), link),
}
