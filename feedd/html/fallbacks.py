"""Words for elements that only programs can show (formulas, drawings, controls of forms): their tags in, HTML out."""

from __future__ import annotations

from html import escape, unescape

from msgspec import Struct

from feedd.html.elements import FORMULA, names

# Elements that are read as a whole, and the parts that are looked at in them.
WHOLE = names("math meter progress select svg textarea") | {FORMULA}
PARTS = names(
    "annotation annotation-xml desc foreignObject g maction math mfrac mi mn mo mover mphantom mrow mroot ms msqrt msub"
    " msubsup msup mtable mtd mtext mtr munder munderover option semantics svg text textPath title tspan"
)
HINTS = {
    "annotation": {"encoding"},
    "math": {"alttext"},
    "meter": {"max", "min", "value"},
    "option": {"label", "selected"},
    "progress": {"max", "value"},
    "svg": {"aria-label", "role"},
}
# Editors that make check boxes of other elements: whether one is ticked is in one of these attributes.
CHECKABLE = names("div en-todo label li span")
CHECKED = names("aria-checked checked class data-list role")
_BOXES = names("checkbox menuitemcheckbox menuitemradio radio switch")
_TEX = names("application/x-tex application/x-latex latex tex text/x-tex text/latex")
_SCRIPTS = {"msub": ("sub",), "msup": ("sup",), "msubsup": ("sub", "sup")}
_OVER_AND_UNDER = {"mover": ("sup",), "munder": ("sub",), "munderover": ("sub", "sup")}


class Part(Struct, frozen=True):
    """A start tag (`text` empty), an end tag (`tag` begins with "/") or a text (`tag` empty), HTML still escaped."""

    tag: str
    text: str = ""
    attributes: dict[str, str] = {}


class _Node(Struct, frozen=True):
    tag: str
    attributes: dict[str, str]
    children: list[_Node | str]


def words(parts: list[Part]) -> str:
    """The words of the element, as phrasing HTML; "" if it has none. `parts` begin with its start tag, and are
    balanced.
    """
    node = _tree(parts)
    if node.tag == "math":
        return escape(_folded(node.attributes.get("alttext", ""))) or _tex(node) or _folded(_formula(node))
    if node.tag == "svg":
        return _drawing(node)
    if node.tag == "select":
        chosen = [each for each in _descendants(node) if each.tag == "option" and "selected" in each.attributes]
        return ", ".join(filter(None, (escape(each.attributes.get("label", "")) or _text(each) for each in chosen)))
    if node.tag in ("meter", "progress"):
        return _text(node) or _share(node.attributes)
    if node.tag == "textarea":
        return "<br>".join(line.rstrip() for line in "".join(_texts(node)).strip("\n").split("\n"))
    return _text(node)


def box(tag: str, attributes: dict[str, str]) -> str:
    """The state of a check box that another element than `input` makes: ☑, ☐, or "" if the element makes none."""
    state = attributes.get("aria-checked", "")
    classes = attributes.get("class", "").split()
    if tag == "en-todo":
        state = attributes.get("checked") or "false"
    elif tag == "div" and "checkbox" in classes:
        state = "true" if "checkbox-on" in classes else "false" if "checkbox-off" in classes else state
    elif tag == "li" and attributes.get("data-list") in ("checked", "unchecked"):  # as Quill writes it
        state = "true" if attributes["data-list"] == "checked" else "false"
    elif attributes.get("role") not in _BOXES:
        return ""
    return {"true": "☑", "false": "☐", "mixed": "☐"}.get(state.strip().lower(), "")


def _tree(parts: list[Part]) -> _Node:
    first = parts[0]
    root = _Node(first.tag, first.attributes, [])
    opened = [root]
    for part in parts[1:]:
        if not part.tag:
            opened[-1].children.append(part.text)
        elif part.tag[0] == "/":
            if len(opened) > 1:
                opened.pop()
        else:
            node = _Node(part.tag, part.attributes, [])
            opened[-1].children.append(node)
            opened.append(node)
    return root


def _descendants(node: _Node) -> list[_Node]:
    found: list[_Node] = []
    waiting = [node]
    while waiting:
        each = waiting.pop()
        found.append(each)
        waiting += reversed([child for child in each.children if not isinstance(child, str)])
    return found[1:]


def _texts(node: _Node, left_out: frozenset[str] = frozenset()) -> list[str]:
    found: list[str] = []
    waiting: list[_Node | str] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            found.append(each)
        elif each is node or each.tag not in left_out:
            waiting += reversed(each.children)
    return found


def _text(node: _Node) -> str:
    return _folded("".join(_texts(node)))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _tex(math: _Node) -> str:
    for each in _descendants(math):
        if each.tag == "annotation" and each.attributes.get("encoding", "").strip().lower() in _TEX:
            return _folded("".join(_texts(each)))
    return ""


def _formula(node: _Node | str, depth: int = 0) -> str:
    """A formula as text, with `sub` and `sup`. Fractions and roots are written with "/" and "√"."""
    if isinstance(node, str):
        return node.strip()
    if node.tag in ("annotation", "annotation-xml", "mphantom"):
        return ""
    if depth > 100:
        return _text(node)
    inner = [_formula(child, depth + 1) for child in node.children]
    inner = [each for each in inner if each]
    tags = _SCRIPTS.get(node.tag) or _OVER_AND_UNDER.get(node.tag)
    if tags and len(inner) == len(tags) + 1:
        return inner[0] + "".join(f"<{tag}>{each}</{tag}>" for tag, each in zip(tags, inner[1:], strict=True))
    if node.tag == "mfrac" and len(inner) == 2:
        return "/".join(each if len(unescape(each)) == 1 or each.isalnum() else f"({each})" for each in inner)
    if node.tag == "msqrt":
        return f"√({''.join(inner)})"
    if node.tag == "mroot" and len(inner) == 2:
        return f"<sup>{inner[1]}</sup>√({inner[0]})"
    return {"mtable": "; ", "mtr": " ", "mtd": " "}.get(node.tag, "").join(inner)


def _drawing(svg: _Node) -> str:
    """The accessible name of a drawing, else its description, else the words in it."""
    attributes = svg.attributes
    if attributes.get("aria-hidden") == "true" or attributes.get("role") in ("none", "presentation"):
        return ""
    own = [each for each in svg.children if not isinstance(each, str)]
    named = [_text(each) for wanted in ("title", "desc") for each in own if each.tag == wanted]
    if name := escape(_folded(attributes.get("aria-label", ""))) or next(filter(None, named), ""):
        return name
    if shown := _folded(" ".join(_texts(svg, names("desc title")))):
        return shown
    return next(filter(None, (_text(each) for each in _descendants(svg) if each.tag in ("title", "desc"))), "")


def _share(attributes: dict[str, str]) -> str:
    """How full a bar is: `70 %`."""
    try:
        low, high = float(attributes.get("min") or 0), float(attributes.get("max") or 1)
        share = (float(attributes["value"]) - low) / (high - low)
    except (KeyError, ValueError, ZeroDivisionError):
        return ""
    return f"{round(100 * min(max(share, 0.0), 1.0))} %" if share == share else ""  # not for NaN
