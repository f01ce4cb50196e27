"""Pictures, players and frames as a feed reader can show them."""

from __future__ import annotations

from html import escape

from feedd.html import media, styles
from feedd.html.elements import image, link, names
from feedd.html.html_writer import MOST_PARTS, Open, Output, Picture
from feedd.html.media import Attributes
from feedd.items import inline_markup
from feedd.items.youtube import youtube_page, youtube_thumbnail
from feedd.patterns import late_pattern

# Custom elements of AMP, and of pages that load videos late.
COMPONENTS = {
    "amp-anim": "img",
    "amp-iframe": "frame",
    "amp-img": "img",
    "amp-vimeo": "frame",
    "amp-youtube": "frame",
    "lite-vimeo": "frame",
    "lite-youtube": "frame",
}
VIDEO_PAGES = {
    "amp-vimeo": "https://player.vimeo.com/video/",
    "amp-youtube": "https://www.youtube.com/embed/",
    "lite-vimeo": "https://player.vimeo.com/video/",
    "lite-youtube": "https://www.youtube.com/embed/",
}
PLAYERS = names("audio object video")
# What is more than one paragraph of words in a player. A link to the help of a player's maker is none.
_HAS_MORE = late_pattern(
    r'<(?:img|ul|ol|dl|table|pre|details|blockquote|h[1-6])\b|<a href="(?!https?://(?:www\.)?videojs\.com/html5-video-support)'
)
_MOST_PLAYERS = 3  # in one another; the content of others stands as it is
_OF_AMP = names("fallback placeholder")  # AMP shows these only in place of something else
_SIZES = ("width", "height")


class Embeds(Output):
    """Writes the elements that show something from another address."""

    def _is_hidden(self, attributes: Attributes) -> bool:
        if not _OF_AMP.isdisjoint(attributes) and any(
            each.tag.startswith("amp-") or each.tag in PLAYERS for each in self._open[-3:]
        ):
            return True
        if "hidden" in attributes or styles.hides(attributes.get("style", "")):
            return True
        # Programs write a formula twice: for readers who see the page, and for readers who hear it.
        return bool(self._after_formula) and attributes.get("aria-hidden") == "true"

    def _image(self, attributes: Attributes) -> None:
        width, height = (media.pixels(attributes.get(each)) for each in ("width", "height"))
        is_tracker = (width is not None and width < 2) or (height is not None and height < 2)
        # What a script is to load is often hidden up to then.
        if is_tracker or (self._is_hidden(attributes) and ("hidden" in attributes or not media.is_late(attributes))):
            return
        around = self._open[-1]
        sources = around.embedded.sources if around.embedded and around.tag == "picture" else []
        found = media.picture(attributes, sources, self._context.refers)
        html = image(found.url, width, height, attributes.get("alt", ""), attributes.get("title", "")) if found else ""
        before = self._picture
        picture = Picture(len(self._out), html, found, bool(self._fallbacks))
        if before and before.is_fallback != picture.is_fallback:
            if not found or (before.found and not before.found.is_placeholder and _are_one(before, picture)):
                return
            if before.found and before.found.is_placeholder and self._out[before.at : before.at + 1] == [before.html]:
                self._out[before.at] = html
                self._picture = before._replace(html=html, found=found)
                return
        elif found and picture.is_fallback and not media.looks_like_picture(attributes, found.url):
            return
        if found and not self._repeats(found.url):
            self._add(html)
        self._picture = picture

    def _component(self, tag: str, attributes: Attributes) -> None:
        """Writes what a custom element shows that stands for a picture, a frame or a video."""
        if COMPONENTS[tag] == "img":
            self._image(attributes)
        else:
            video = attributes.get("data-videoid") or attributes.get("videoid")
            self._frame({"src": f"{VIDEO_PAGES[tag]}{video}"} if video and tag in VIDEO_PAGES else attributes)

    def _frame(self, attributes: Attributes) -> None:
        if any((size := media.pixels(attributes.get(each))) is not None and size < 2 for each in _SIZES):
            return  # it counts visits
        if (url := media.file(attributes, [], self._context.linked)) and (shown := self._linked(url)):
            self._add(shown if self._phrasing else f"<p>{shown}</p>")

    def _linked(self, url: str) -> str:
        """A link to embedded content, with the picture of a YouTube video; "" if the same picture is shown already."""
        if video := media.video(url):
            picture = youtube_thumbnail(video)
            if self._repeats(picture) or (video == self._context.video_id and not self._shown):
                return ""
            words = self._context.words
            shown = image(picture, 480, 360, words.say("play_video"), mark=words.mark("play_video"))
            url = youtube_page(video)
        else:
            shown = self._context.words.html("embedded", host=escape(url.split("/")[2]))
        return shown if self._links else link(url, shown)

    def _drop_notice(self, closed: Open) -> None:
        """Drops the content of `noscript` if it only says that scripts are needed."""
        parts = self._out[closed.at + 1 : closed.at + 1 + MOST_PARTS]
        if closed.filled and len(parts) < MOST_PARTS and media.asks_for_scripts(parts):
            del self._out[closed.at + 1 :]
            closed.filled = closed.has_text = False
            closed.children = 0
            self._shown = not closed.leads

    def _play(self, closed: Open) -> None:
        """Puts a link to the file of a player before the author's text for programs that cannot play the file."""
        if closed.embedded is None or self._players > _MOST_PLAYERS:
            return
        at = closed.at
        shown = self._object(closed) if closed.tag == "object" else self._player(closed)
        if shown:
            self._shown = closed.filled = closed.has_text = True
            rest = " " if self._phrasing and len(self._out) > at + 1 else ""
            self._out[at] = f"{shown}{rest}" if self._phrasing else f"<p>{shown}</p>"

    def _object(self, closed: Open) -> str:
        attributes = closed.embedded.attributes if closed.embedded else {}
        is_picture = attributes.get("type", "").strip().lower().startswith("image/")
        refers = self._context.refers
        url = (refers.shown if is_picture else self._context.linked)(attributes.get("data", ""))
        if url is None or (closed.filled and not media.video(url)):
            return ""
        del self._out[closed.at + 1 :]
        if is_picture:
            return image(url, None, None, "")
        return self._linked(url)

    def _player(self, closed: Open) -> str:
        embedded, refers = closed.embedded, self._context.refers
        if embedded is None:
            return ""
        inside = "".join(self._out[closed.at + 1 :])
        is_notice = inside.count("<p") < 2 and not _HAS_MORE.search(inside)
        if closed.filled and is_notice and media.says_nothing(inline_markup.markup_text(inside)):
            del self._out[closed.at + 1 :]
            closed.filled = False
        url = media.file(embedded.attributes, embedded.sources, refers.shown)
        late = embedded.attributes.get("data-poster", "")
        poster = refers.shown(embedded.attributes.get("poster") or late)
        if url is None:
            return "" if poster is None or self._repeats(poster) else image(poster, None, None, "")
        plain = media.file(embedded.attributes, embedded.sources, refers.address) or url
        word, name = closed.tag, media.name(embedded.attributes, plain)  # "audio" or "video"
        if poster and not self._repeats(poster):
            words = self._context.words
            shown = image(poster, None, None, words.say(word, name=name), mark=words.mark(word))
        elif f'href="{escape(url)}"' in inside:
            return ""
        else:
            shown = self._context.words.html(word, name=escape(name))
        return shown if self._links else link(url, shown)


def _are_one(first: Picture, second: Picture) -> bool:
    shown, fallback = (second, first) if first.is_fallback else (first, second)
    if shown.found is None or fallback.found is None:
        return True
    return media.is_twin(shown.found, fallback.found, fallback_first=first.is_fallback)
