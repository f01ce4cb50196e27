"""Templates in Markdown (Liquid, Nunjucks, Hugo's and Zola's shortcodes): a text, in; the text without their tags, out.

Nothing is run. A tag whose meaning is known becomes what it means; of the rest the marks go, and the text between them
stays. Code and formulas stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape

from feedd.items.bodies import tag_meanings
from feedd.items.bodies.containers import CALLOUTS
from feedd.items.bodies.hidden_parts import HIDDEN_NAMES, end_of_hidden, is_for_nobody, repeats_outputs
from feedd.items.bodies.literal_spans import CONTAINER_MARK, literal_spans
from feedd.items.bodies.markup_for_html import as_html, code_as_html
from feedd.items.bodies.page_addresses import page_address, post_address
from feedd.items.bodies.page_facts import PageFacts
from feedd.items.bodies.tag_arguments import Arguments, read_arguments
from feedd.items.bodies.tag_place import TagPlace
from feedd.items.bodies.tag_scan import Tag, TagScan
from feedd.items.bodies.unknown_addresses import UNKNOWN, without_unknown_addresses
from feedd.patterns import late_pattern

_HIDDEN = frozenset(("capture", "set", "schema", "stylesheet", "javascript", "style", "css", "js", "doc"))
_VERBATIM = frozenset(("raw", "verbatim"))
_CODE = frozenset(("highlight", "codeblock", "prism", "code", "code-toggle", "mermaid", "plantuml", "chart"))
_NOT_COUNTED = frozenset(("else", "elsif", "elseif", "elif", "when", "end", "break", "continue"))
_PICTURES = frozenset(("figure", "fig", "image-figure"))
_TITLES = ("title", "header", "summary", "label")
_TITLED = frozenset(("tab", "details", "expand", "collapse", "accordion", "accordion-item", "spoiler", "tabitem"))
_MARKUPS = frozenset(("md", "html"))
_SUFFIX = late_pattern(r"\.(?:html?|liquid|md|njk)$")
_RAW_IN_CODE = late_pattern(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_SHOWN_IN_CODE = late_pattern(r"(\{\{[<%])/\*(.{0,500}?)\*/([>%]\}\})")
_BEFORE_LINK = late_pattern(r"(?:\{\{[^{}\n]{0,200}\}\})?\s*/?\{%-?\s*(?:link|post_url)\b")
_LINK_SIGN = "→"
_IN_ADDRESS = late_pattern(  # what stands before a tag whose place is in an address
    r"""(?:\]\([ \t]*<?[^\s)]{0,200}|\]:[ \t]*<?\S{0,200}|=[ \t]*(?:"[^"]{0,200}|'[^']{0,200}|\S{0,200})|<\S{0,200})$"""
)
_EXPRESSION = late_pattern(r"\{\{([^{}]*)\}\}")
_ASSIGNMENT = late_pattern(r"""([\w.-]{1,80})\s*=\s*(["'])([^"'\n]{0,200})\2""")
_LANGUAGE = late_pattern(r"(?:lang:)?([A-Za-z][\w+#.-]{0,40})")


def without_templates(text: str, facts: PageFacts, *, is_html: bool = False) -> tuple[str, Counter[tuple[str, str]]]:
    """The text without tags, and how many of each kind were not run, by family and name.

    `is_html`: the text is HTML, and tags become HTML.
    """
    return _Templates(text, facts, is_html=is_html).run()


class _Templates:
    """One walk over the tags of a text."""

    def __init__(self, text: str, facts: PageFacts, *, is_html: bool) -> None:
        self._text = text
        self._is_html = is_html
        self._facts = facts
        self._scan = TagScan(text)
        self._parts: list[str] = []
        self._copied = 0
        self._not_run: Counter[tuple[str, str]] = Counter()
        self._containers: list[str] = []  # the callouts that are open
        self._captured: dict[str, str] = {}  # texts by their names, each to be shown once
        self._assigned: dict[str, str] = {}
        self._last_end: dict[str, int] = {}  # where each callout ends for the last time
        self._ends: dict[str, tuple[re.Pattern[str], re.Match[str] | None]] = {}

    def run(self) -> tuple[str, Counter[tuple[str, str]]]:
        spans = literal_spans(self._text, indented_code=not self._is_html)
        at = 0
        while opening := self._scan.opening(at):
            at = opening.end()
            if literal := spans.around(opening.start()):
                at = literal[1]
                self._keep_code(*literal)
            elif tag := self._scan.tag(opening):
                at = self._take(tag)
        return without_unknown_addresses("".join((*self._parts, self._text[self._copied :]))), self._not_run

    def _keep_code(self, start: int, end: int) -> None:
        """Takes away from code only what its author wrote to have it shown: `{% raw %}`, `{{</* x */>}}`."""
        code = self._text[start:end]
        shown = _RAW_IN_CODE.sub("", code) if "endraw" in code else code
        shown = _SHOWN_IN_CODE.sub(r"\1\2\3", shown) if "*/" in shown else shown
        if shown != code:
            self._replace(start, end, shown)

    def _replace(self, start: int, end: int, by: str) -> int:
        self._parts += self._text[self._copied : start], by
        self._copied = end
        return end

    # A tag

    def _take(self, tag: Tag) -> int:
        """Replaces a tag, for some with all up to its end; where to go on."""
        if tag.kind in ("comment", "literal"):
            return self._replace(tag.start, tag.end, tag.inside if tag.kind == "literal" else "")
        if tag.kind == "output":
            return self._replace(tag.start, tag.end, self._output(tag))
        if tag.closes or tag.name.startswith("end"):
            return self._close(tag)
        if not tag.alone and (end := self._take_block(tag)):
            return end
        arguments = self._arguments(tag.inside)
        name = tag.name
        if name in ("include", "include_relative", "render", "include_cached"):
            name = _SUFFIX.sub("", arguments.at(0).lower()).rpartition("/")[2]
            arguments = arguments._replace(values=arguments.values[1:])
        if (meant := self._meaning(tag, name, arguments)) is not None:
            return self._replace(tag.start, tag.end, as_html(meant) if self._is_html else meant)
        if name not in _NOT_COUNTED:
            family = "Liquid" if tag.kind == "tag" else "shortcode"
            self._not_run[family, tag.name] += 1
        return self._replace(tag.start, tag.end, self._words(tag, name, arguments))

    def _arguments(self, inside: str) -> Arguments:
        if "{{" in inside:
            inside = _EXPRESSION.sub(lambda found: self._facts.value(found[1].strip()) or "", inside)
        return read_arguments(inside)

    def _output(self, tag: Tag) -> str:
        name, _, filters = tag.inside.partition("|")
        if (captured := self._captured.pop(name.strip(), None)) is not None:
            if "{%" in captured and "endraw" not in captured:
                self._not_run["expression", ""] += 1
                return UNKNOWN
            captured = _RAW_IN_CODE.sub("", captured)
            if self._is_html:
                return code_as_html(captured.strip("\n")) if "highlight" in filters else captured
            return self._place(tag).fenced(captured, "") if "highlight" in filters else captured
        name = name.strip()
        expression = f'"{self._assigned[name]}" |{filters}' if name in self._assigned else tag.inside
        value = self._facts.value(expression)
        if value is None:
            self._not_run["expression", ""] += 1
            return UNKNOWN
        return "" if _BEFORE_LINK.match(self._text, tag.end) else value

    def _meaning(self, tag: Tag, name: str, arguments: Arguments) -> str | None:
        """Markdown for a tag whose meaning is known; None for others."""
        if name in ("ref", "relref", "get_url", "resize_image", "asset_path"):
            return self._addressed(tag, page_address(arguments.get("path", "page") or arguments.at(0)))
        if tag.kind == "tag" and tag.name in ("link", "post_url") and len(arguments.values) < 2:
            return self._addressed(tag, post_address(tag.inside, tag.name))
        if name == "post_link" and arguments.at(0):
            words = " ".join(arguments.values[1:]) or _LINK_SIGN
            return f"[{words}]({tag_meanings.destination(arguments.at(0))}.md)"
        is_picture = bool(tag_meanings.picture_address(arguments))
        if is_picture and (name in _PICTURES or arguments.get("caption", "src", "alt")):
            return self._figure(tag, arguments)
        meaning = tag_meanings.MEANINGS.get(name.lower())
        found = meaning(arguments) if meaning else ""
        return self._place(tag).apart(found) if found.startswith("<") and self._place(tag).is_alone else found or None

    def _addressed(self, tag: Tag, address: str) -> str:
        """The address of a page where an address stands; elsewhere a link, since the address is the name of a file."""
        before = _EXPRESSION.sub("", self._place(tag).before)
        return address if not address or _IN_ADDRESS.search(before) else f"[{_LINK_SIGN}]({address})"

    def _words(self, tag: Tag, name: str, arguments: Arguments) -> str:
        """What of a tag of unknown meaning a reader would see: its title or its words."""
        title = arguments.get(*_TITLES) if tag.kind != "tag" else ""
        if name in _TITLED:
            title = title or arguments.get("name") or arguments.at(0)
        if title and self._is_html:
            return f"<p><strong>{escape(title)}</strong></p>"
        if title and self._place(tag).is_alone:
            return self._place(tag).apart(f"**{title.strip('*')}**")
        return arguments.get("text") or arguments.get("term_id").replace("-", " ") or UNKNOWN

    # What stands between two tags

    def _take_block(self, tag: Tag) -> int | None:
        """Takes the text up to the end of a tag around text that is no Markdown. Returns where to go on; None for other
        tags.
        """
        name = tag.name
        if name in _VERBATIM and (end := self._end(tag)):
            return self._replace(tag.start, end.end(), self._text[tag.end : end.start()])
        if name in ("assign", "set") and "=" in tag.inside:
            if not (found := _ASSIGNMENT.fullmatch(tag.inside.strip())):
                return None
            self._assigned[found[1]] = found[3]
            return self._replace(tag.start, tag.end, "")
        if (
            name == "comment"
            or (name in HIDDEN_NAMES and self._end(tag))
            or (name == "if" and is_for_nobody(tag.inside))
            or (
                name == "for"
                and (end := self._end(tag))
                and repeats_outputs(tag.inside, self._text, tag.end, end.start())
            )
        ):
            return self._hide(tag)
        if name in _HIDDEN and (end := self._end(tag)):
            if name in ("capture", "set"):
                self._captured[tag.inside.strip()] = self._text[tag.end : end.start()]
            return self._replace(tag.start, end.end(), "")
        if name in _CODE and (end := self._end(tag)):
            return self._replace(tag.start, end.end(), self._fenced(tag, end))
        if name in CALLOUTS and not self._is_html and self._ends_later(tag) and self._place(tag).begins_line:
            self._containers.append(name)
            return self._replace(tag.start, tag.end, self._container(tag))
        return None

    def _hide(self, tag: Tag) -> int:
        word = re.escape(tag.name)
        end = end_of_hidden(self._text, tag.end, rf"(?:\{{%-?|\{{\{{[<%])\s*{word}\b", _end_of(tag.name).pattern)
        if tag.name != "comment":
            self._not_run["hidden", tag.name] += 1
        return self._replace(tag.start, end, "")

    def _end(self, tag: Tag) -> re.Match[str] | None:
        """The next end of a tag. Each text is searched once for each name."""
        name = tag.name
        pattern, found = self._ends.get(name, (None, None))
        if pattern is None:
            pattern = _end_of(name)
        elif found is None or found.start() >= tag.end:
            return found
        found = pattern.search(self._text, tag.end)
        self._ends[name] = (pattern, found)
        return found

    def _ends_later(self, tag: Tag) -> bool:
        if tag.name not in self._last_end:
            ends = [found.start() for found in _end_of(tag.name).finditer(self._text)]
            self._last_end[tag.name] = ends[-1] if ends else -1
        return tag.end <= self._last_end[tag.name]

    def _close(self, tag: Tag) -> int:
        name = tag.name.removeprefix("end") if tag.kind == "tag" else tag.name
        if self._containers and name in ("", self._containers[-1]):
            self._containers.pop()
            return self._replace(tag.start, tag.end, self._place(tag).apart(f"{CONTAINER_MARK}:::"))
        return self._replace(tag.start, tag.end, "")

    def _container(self, tag: Tag) -> str:
        arguments = self._arguments(tag.inside)
        kind, title = arguments.get("type", "color", "kind", "level"), arguments.get(*_TITLES)
        values = [value for value in arguments.values if value.strip() and value not in _MARKUPS]
        if not kind and values and values[0].lower() in CALLOUTS:
            kind = values.pop(0)
        title = title or " ".join(values) or arguments.get("author", "cite")
        kind = kind.lower() if kind.lower() in CALLOUTS else tag.name
        return self._place(tag).apart(f"{CONTAINER_MARK}:::{kind} {title}".rstrip(), blank=False)

    def _fenced(self, tag: Tag, end: re.Match[str]) -> str:
        """A fenced code block for the text between two tags."""
        content = self._text[tag.end : end.start()]
        if self._is_html:
            return code_as_html(_RAW_IN_CODE.sub("", content).strip("\n"))
        arguments = self._arguments(tag.inside)
        given = arguments.get("lang", "language") or next(iter(arguments.values), "")
        language = _LANGUAGE.fullmatch(given.removeprefix("{").removesuffix("}"))
        name = language[1] if language else tag.name if tag.name in ("mermaid", "plantuml") else ""
        return TagPlace(self._text, tag.start, end.end()).fenced(_RAW_IN_CODE.sub("", content), name)

    def _place(self, tag: Tag) -> TagPlace:
        return TagPlace(self._text, tag.start, tag.end)

    def _figure(self, tag: Tag, arguments: Arguments) -> str:
        words = tag_meanings.caption(arguments)
        if not words or self._is_html or not self._place(tag).is_alone:
            return tag_meanings.picture(arguments)
        shown = tag_meanings.picture(arguments._replace(named={**arguments.named, "title": ""}))
        return self._place(tag).apart(f"<figure>\n\n{shown}\n\n<figcaption>\n\n{words}\n\n</figcaption>\n\n</figure>")


def _end_of(name: str) -> re.Pattern[str]:
    word = re.escape(name)
    return late_pattern(rf"\{{%-?\s*(?:end{word}|end)\s*-?%\}}|\{{\{{[<%]\s*/\s*{word}\s*[%>]\}}\}}", re.IGNORECASE)
