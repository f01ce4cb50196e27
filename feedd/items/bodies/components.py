"""Components in MDX: a tag such as `<Tab label="x">`, in; Markdown or HTML for it, out."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from msgspec import Struct

from feedd.items.bodies import tag_meanings
from feedd.items.bodies.containers import CALLOUTS
from feedd.items.bodies.javascript import Braces, string_value
from feedd.items.bodies.literal_spans import CONTAINER_MARK
from feedd.items.bodies.tag_arguments import Arguments
from feedd.patterns import late_pattern

_NAME = late_pattern(r"</?\s*([A-Za-z][\w.:-]{0,80}+)?")
_ATTRIBUTE = late_pattern(
    r"""\s*+(?:(?P<name>[A-Za-z_@:][\w:.-]{0,80}+)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<brace>\{)))?"""
    r"""|(?P<spread>\{)|(?P<alone>/)|(?P<end>>))"""
)
_PATH = late_pattern(r"""(?:require|useBaseUrl|withBase|asset)\(\s*["']([^"'\n]{1,500})["']\s*\)(?:\.default)?""")
_AFTER = frozenset((*" \t\n/>{", ""))
_MOST_ATTRIBUTES = 100
_TITLED = ("title", "label", "summary", "header", "heading")


class Component(Struct, frozen=True):
    """A tag from `start` to `end`. `name` is "" for a fragment. `before` and `after` are its neighbours in its line."""

    name: str
    arguments: Arguments
    start: int
    end: int
    closes: bool
    alone: bool  # whether it closes itself
    begins_line: bool
    ends_line: bool
    has_braces: bool


def component(text: str, start: int, braces: Braces) -> Component | None:
    """The tag that begins at `start`; None if it is none."""
    opening = _NAME.match(text, start)
    if (
        opening is None
        or (opening[1] or "").endswith((":", "."))
        or text[opening.end() : opening.end() + 1] not in _AFTER
    ):
        return None
    named: dict[str, str] = {}
    alone = has_braces = False
    at = opening.end()
    for _ in range(_MOST_ATTRIBUTES):
        found = _ATTRIBUTE.match(text, at)
        if found is None:
            return None
        at = found.end()
        if found["end"]:
            break
        alone = bool(found["alone"])
        if found["brace"] or found["spread"]:
            end = braces.end(at - 1)
            if end is None:
                return None
            has_braces = True
            value = _value(text[at : end - 1])
            at = end
        else:
            value = found["double"] if found["double"] is not None else found["single"]
        if found["name"] and value is not None:
            named.setdefault(found["name"].lower(), value)
    else:
        return None
    before = text[max(text.rfind("\n", max(0, start - 100), start) + 1, start - 100, 0) : start]
    rest = text[at : at + 100].partition("\n")[0]
    arguments = Arguments((), named)
    closes = text.startswith("</", start)
    return Component(
        opening[1] or "", arguments, start, at, closes, alone, not before.strip(), not rest.strip(), has_braces
    )


def _value(expression: str) -> str | None:
    expression = expression.strip()
    if path := _PATH.fullmatch(expression):
        return path[1]
    if expression.isdigit():
        return expression
    return string_value(expression)


def written(tag: Component) -> tuple[str, bool]:
    """What a tag becomes, and whether its meaning is known."""
    name = tag.name.lower()
    if tag.name[:1].islower() and "." not in tag.name:
        return _html(tag), True
    if not tag.name or name in ("fragment", "react.fragment"):
        return "", True
    if name in _LINKS and not tag.alone:
        return _link(tag), True
    if name in CALLOUTS and not tag.alone and tag.begins_line and (tag.ends_line or not tag.closes):
        return _callout(tag), True
    if tag.closes:
        return "", True
    meaning = _MEANINGS.get(name)
    if meaning and (meant := meaning(tag.arguments)):
        return (f"\n{meant}\n" if tag.begins_line and tag.ends_line else meant), True
    if tag_meanings.picture_address(tag.arguments) and tag.arguments.get("src", "alt"):
        return tag_meanings.picture(tag.arguments), True
    titles = (*_TITLED, "name", "value") if name in ("tab", "tabitem") else _TITLED
    title = tag.arguments.get(*titles) if tag.begins_line and not tag.alone else ""
    return (f"\n**{title.strip('*')}**\n" if title else ""), False


def _html(tag: Component) -> str:
    """An element of HTML, with those of its attributes that are text."""
    if tag.closes:
        return f"</{tag.name}>"
    values = {name: value for name, value in tag.arguments.named.items() if "{" not in value}
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in values.items())
    return f"<{tag.name}{attributes}{' /' if tag.alone else ''}>"


def _link(tag: Component) -> str:
    if tag.closes:
        return "</a>"
    address = tag.arguments.get("to", "href")
    return f'<a href="{escape(address)}">' if address else "<a>"


def _callout(tag: Component) -> str:
    if tag.closes:
        return f"\n{CONTAINER_MARK}:::\n"
    kind, title = tag.arguments.get("type", "variant", "kind").lower(), tag.arguments.get(*_TITLED)
    name = kind if kind in CALLOUTS else tag.name.lower()
    return f"\n{CONTAINER_MARK}:::{name} {title}".rstrip(" ") + "\n"


_LINKS = frozenset(("link", "navlink", "nextlink", "linkbutton", "anchor", "button", "btn"))
_MEANINGS: dict[str, Callable[[Arguments], str]] = {
    **dict.fromkeys(
        ("youtube", "youtubeembed", "liteyoutubeembed", "liteyoutube", "youtubeplayer"), tag_meanings.youtube
    ),
    **dict.fromkeys(("video", "videoplayer", "reactplayer"), tag_meanings.video),
    **dict.fromkeys(("image", "img", "figure", "themedimage", "idealimage", "zoom", "picture"), tag_meanings.picture),
    "vimeo": tag_meanings.vimeo,
    "gist": tag_meanings.gist,
    "tweet": tag_meanings.post,
    **dict.fromkeys(("linkcard", "linkbutton", "card", "link", "doccard", "boxlink"), tag_meanings.link),
}
