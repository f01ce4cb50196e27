"""Components in MDX: a tag such as `<Tab label="x">`, in; Markdown or HTML for it, out."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from msgspec import Struct

from feedd.items.bodies import tag_meanings
from feedd.items.bodies.containers import CALLOUTS
from feedd.items.bodies.hidden_parts import HIDDEN_NAMES
from feedd.items.bodies.javascript import Braces, string_value
from feedd.items.bodies.literal_spans import CONTAINER_MARK, literal_spans
from feedd.items.bodies.tag_arguments import Arguments
from feedd.patterns import late_pattern

_NAME = late_pattern(r"</?\s*([A-Za-z][\w.:-]{0,80}+)?")
_ATTRIBUTE = late_pattern(
    r"""\s*+(?:(?P<name>[A-Za-z_@:][\w:.-]{0,80}+)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<brace>\{)))?"""
    r"""|(?P<spread>\{)|(?P<alone>/)|(?P<end>>))"""
)
# What of a style counts, as JavaScript writes it. What may be hidden is hidden.
_STYLE = late_pattern(
    r"""\bdisplay["']?\s*:[^,}]*\b(?P<none>none)\b"""
    r"""|\b(?P<name>textDecoration|listStyle)(?:Line|Type)?["']?\s*:\s*["'`](?P<value>[\w -]{1,60})["'`]"""
)
_STYLE_OBJECT = late_pattern(r"\sstyle=\{\{([^{}]{0,500})\}\}")
_STYLES = {"textDecoration": "text-decoration", "listStyle": "list-style"}
_HIDES = late_pattern(r"display\s*:\s*none")
_FLAGS = frozenset(("checked", "defaultchecked", "open", "reversed", "selected"))
_NOT = frozenset(("false", "null", "undefined", "!1", "0", '""', "''"))
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
    """The tag that begins at `start`; None if no tag begins there."""
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
            value = _value(text[at : end - 1].strip(), (found["name"] or "").lower())
            at = end
        else:
            value = found["double"] if found["double"] is not None else found["single"] or ""
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


def _value(expression: str, name: str) -> str | None:
    """What an expression gives the attribute of this name; None if it gives nothing, or nothing that is known."""
    if name == "hidden":
        return None if expression in _NOT else ""
    if name in _FLAGS:
        return "" if expression == "true" else None
    if name == "style":
        said = _STYLE.finditer(expression)
        return "; ".join(
            "display: none" if each["none"] else f"{_STYLES[each['name']]}: {each['value']}" for each in said
        )
    if path := _PATH.fullmatch(expression):
        return path[1]
    if expression.isdigit():
        return expression
    return string_value(expression)


def is_hidden(tag: Component) -> bool:
    """Whether what stands in a component is for nobody. An element of HTML says so itself, as others see it."""
    named = tag.arguments.named
    is_said = "hidden" in named or _HIDES.search(named.get("style", ""))
    return tag.name.lower() in HIDDEN_NAMES or bool(is_said and not tag.name[:1].islower())


def with_plain_styles(text: str) -> str:
    """Markdown with styles in JavaScript (`style={{display: 'none'}}`) as HTML has them, outside of code."""
    if "style={{" not in text:
        return text
    spans = literal_spans(text)
    return _STYLE_OBJECT.sub(lambda found: found[0] if spans.around(found.start()) else _plain_style(found[1]), text)


def _plain_style(written: str) -> str:
    said = _value(written, "style")
    return f' style="{said}"' if said else ""


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
    values = {
        name: value for name, value in tag.arguments.named.items() if "{" not in value and (value or name != "style")
    }
    attributes = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in values.items())
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
