"""The writer of HTML: the events of a CommonMark parser, in; HTML (not yet safe), out."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any

from feedd.html import elements
from feedd.html.markdown.bare_urls import BARE_URL, trimmed
from feedd.html.markdown.footnotes import Footnotes
from feedd.html.markdown.markdown_marks import PIECE_MARK, SIZE_IN_WORDS, Marked
from feedd.items.references import media_type_of
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_CALLOUT = late_pattern(r"\[!([A-Za-z][A-Za-z0-9_-]{0,30})(?:\|[^\[\]]*)?\][+-]?[ \t]*")
_WITH_SIZE = late_pattern(rf"(.*)\|{SIZE_IN_WORDS}", re.DOTALL)
_MARK_OR_URL = late_pattern(f"{PIECE_MARK}|({BARE_URL})")
_RAW_TAG = late_pattern(r"<(/?)(a|code|kbd|pre|samp|script|style|textarea|tt)(?![a-z0-9-])", re.IGNORECASE)

_STARTS = {
    "Emphasis": "<em>",
    "Strong": "<strong>",
    "Strikethrough": "<s>",
    "Paragraph": "<p>",
    "BlockQuote": "<blockquote>\n",
    "Item": "<li>",
    "Table": "<table>\n",
    "TableHead": "<thead>\n<tr>\n",
    "HtmlBlock": "",
    "DefinitionList": "<dl>\n",
    "DefinitionListTitle": "<dt>",
    "DefinitionListDefinition": "<dd>",
}
_ENDS = {
    "Emphasis": "</em>",
    "Strong": "</strong>",
    "Strikethrough": "</s>",
    "Link": "</a>",
    "Paragraph": "</p>\n",
    "CodeBlock": "</code></pre>\n",
    "BlockQuote": "</blockquote>\n",
    "Item": "</li>\n",
    "TableHead": "</tr>\n</thead>\n",
    "TableRow": "</tr>\n",
    "HtmlBlock": "",
    "DefinitionList": "</dl>\n",
    "DefinitionListTitle": "</dt>\n",
    "DefinitionListDefinition": "</dd>\n",
}
_INLINE = frozenset(("Emphasis", "Strong", "Strikethrough", "Link", "Image"))


class Writer:
    """One walk over the events of a document."""

    def __init__(self, marked: Marked, write_note: Callable[[str], str] | None = None) -> None:
        """`write_note` gives the HTML of a note in the text. Without it, there are none."""
        self._marked = marked
        self._write_note = write_note
        self._out: list[str] = []
        self._notes = Footnotes(self._out)
        self._links = 0
        self._inline = 0  # how many elements inside the paragraph are open
        self._code_block = False
        self._cell = "td"
        self._image: dict[str, Any] = {}
        self._images = 0  # how many are open
        self._alt: list[str] = []
        self._raw_inline: Counter[str] = Counter()  # which elements of raw HTML are open, in a paragraph or around it
        self._raw_block: Counter[str] = Counter()
        self._callout = ""  # "quote" where one could begin, "paragraph" at its first text
        self._title = -1  # where the title of a callout begins in the output
        self._kind = ""  # of the callout, in words
        self.has_raw_html = False  # so far

    def write(self, events: Iterable[Any]) -> str:
        """The HTML of the document whose events these are."""
        handlers: dict[str, Callable[[Any], None]] = {
            "Start": self._start,
            "End": self._end,
            "Text": self._text,
            "Code": self._code,
            "Html": self._html,
            "InlineHtml": self._inline_html,
            "FootnoteReference": self._reference,
            "TaskListMarker": self._task,
        }
        for event in events:
            if isinstance(event, str):
                self._break(event)
            else:
                for kind, value in event.items():
                    handlers[kind](value)
        return self._notes.finish()

    def _break(self, kind: str) -> None:
        if self._images:
            self._alt.append(" ")
        elif kind == "Rule":
            self._fresh_line()
            self._out.append("<hr>\n")
        elif self._title >= 0 and not self._inline:
            self._end_title()
            self._out.append("</p>\n<p>")
        else:
            self._out.append("<br>\n" if kind == "HardBreak" else "\n")

    def _fresh_line(self) -> None:
        if self._out and not self._out[-1].endswith("\n"):
            self._out.append("\n")

    # Elements

    def _start(self, tag: str | dict[str, Any]) -> None:
        name, value = (tag, None) if isinstance(tag, str) else next(iter(tag.items()))
        self._callout = {"BlockQuote": "quote", "Paragraph": self._callout and "paragraph"}.get(name, "")
        if name in _INLINE:
            self._inline += 1
            if name == "Image":
                self._images += 1
                self._image = self._image if self._images > 1 else value or {}
            elif self._images:
                pass
            elif name == "Link":
                self._links += 1
                self._out.append(self._link(value or {}))
            else:
                self._out.append(_STARTS[name])
            return
        if name == "FootnoteDefinition":
            self._out = self._notes.begin(str(value))
        elif name == "TableCell":
            self._out.append(f"<{self._cell}>")
        else:
            self._fresh_line()
            self._out.append(self._block(name, value))

    def _block(self, name: str, value: Any) -> str:
        if name == "Heading":
            return f"<{value['level'].lower()}>"
        if name == "List":
            return "<ul>\n" if value is None else "<ol>\n" if value == 1 else f'<ol start="{value}">\n'
        if name == "TableRow":
            first = self._out[-1] == _ENDS["TableHead"]
            return "<tbody>\n<tr>\n" if first else "<tr>\n"
        if name == "CodeBlock":
            self._code_block = True
            language = value["Fenced"].split(maxsplit=1) if isinstance(value, dict) else []
            return f'<pre><code class="language-{escape(language[0])}">' if language else "<pre><code>"
        if name == "TableHead":
            self._cell = "th"
        return _STARTS[name]

    def _link(self, link: dict[str, Any]) -> str:
        address = self._marked.decoded(link["dest_url"])
        if link["link_type"] == "Email":
            address = f"mailto:{address}"
        return elements.link(address, "", self._marked.decoded(link["title"]))[: -len("</a>")]

    def _end(self, tag: str | dict[str, Any]) -> None:
        name, value = (tag, "") if isinstance(tag, str) else next(iter(tag.items()))
        self._callout = ""
        if name in _INLINE:
            self._inline -= 1
            if name == "Image":
                self._end_image()
            elif not self._images:
                self._links -= name == "Link"
                self._out.append(_ENDS[name])
            return
        self._raw_inline.clear()
        if self._title >= 0 and name == "Paragraph":
            self._end_title()
        if name == "FootnoteDefinition":
            self._out = self._notes.end()
        elif name == "Heading":
            self._out.append(f"</{value.lower()}>\n")
        elif name == "List":
            self._out.append("</ol>\n" if value else "</ul>\n")
        elif name == "TableCell":
            self._out.append(f"</{self._cell}>\n")
        elif name == "Table":
            self._out.append("</table>\n" if self._out[-1] == _ENDS["TableHead"] else "</tbody>\n</table>\n")
        else:
            if name == "TableHead":
                self._cell = "td"
            elif name == "CodeBlock":
                self._end_code()
            self._out.append(_ENDS[name])

    def _end_code(self) -> None:
        self._code_block = False
        if not self._out[-1].startswith("<pre>"):  # its last line ends, also at the end of the document
            self._fresh_line()

    def _end_image(self) -> None:
        self._images -= 1
        if not self._images:
            address = self._marked.decoded(self._image["dest_url"])
            title = self._marked.decoded(self._image["title"])
            self._out.append(self._shown(address, "".join(self._alt), title))
            self._alt.clear()

    def _shown(self, address: str, words: str, title: str) -> str:
        """A picture, of which Obsidian writes the size behind the description; or a player, for a file to be played."""
        found = _WITH_SIZE.fullmatch(words)
        if found and int(found[2]) > 1 and int(found[3] or 2) > 1:
            words, width, height = found[1].strip(), int(found[2]), int(found[3] or 0)
        else:
            width = height = 0
        kind = (media_type_of(address) or "").partition("/")[0]
        if kind not in ("audio", "video"):
            return elements.image(address, width, height, words, title)
        self.has_raw_html = True
        return f'<{kind} src="{escape(address)}" title="{escape(words.strip() or title)}"></{kind}>'

    # What stands in them

    def _text(self, value: str) -> None:
        if self._callout == "paragraph" and not self._images and (found := _CALLOUT.match(value)):
            value = value[found.end() :]
            self._kind = re.sub("[_-]", " ", found[1]).capitalize()
            self._out.append("<strong>")
            self._title = len(self._out)
        self._callout = ""
        if self._images:
            self._alt.append(self._marked.restored(value))
        elif self._code_block:
            self._out.append(escape(self._marked.restored(value)))
        elif "\ufdd0" in value or "://" in value:
            self._marks_and_urls(value)
        else:
            self._out.append(escape(value))

    def _marks_and_urls(self, value: str) -> None:
        raw = self._raw_inline + self._raw_block
        in_link = bool(self._links or raw.pop("a", 0))
        copied = 0
        for found in _MARK_OR_URL.finditer(value):
            end = found.end()
            if found[1]:
                piece = self._marked.pieces[int(found[1])]
                if piece.note and self._write_note and not raw:
                    self._out.append(escape(value[copied : found.start()]))
                    self._notes.note(self._write_note(piece.note))
                    copied = end
                    continue
                html = escape(piece.source) if raw else piece.in_link if in_link else piece.html
            elif in_link or raw:
                html = escape(found[2])
            else:
                url = trimmed(found[2])
                end = found.start() + len(url)
                html = elements.link(url, escape(url))
            self._out += escape(value[copied : found.start()]), html
            copied = end
        self._out.append(escape(value[copied:]))

    def _code(self, value: str) -> None:
        self._callout = ""
        value = self._marked.restored(value)
        if self._images:
            self._alt.append(value)
        else:
            self._out.append(f"<code>{escape(value)}</code>")

    def _html(self, value: str) -> None:
        self.has_raw_html = True
        self._count(value, self._raw_block)
        self._out.append(self._marked.restored(value))

    def _inline_html(self, value: str) -> None:
        self._callout = ""
        if not self._images:
            self.has_raw_html = True
            self._count(value, self._raw_inline)
            self._out.append(self._marked.restored(value))

    def _count(self, html: str, opened: Counter[str]) -> None:
        for closes, tag in _RAW_TAG.findall(html):
            name = tag.lower()
            if not closes:
                opened[name] += 1
            elif holder := next((each for each in (opened, self._raw_block) if each[name]), None):
                holder[name] -= 1

    def _reference(self, label: str) -> None:
        self._callout = ""
        if self._images:
            self._alt.append(f"[^{label}]")
        else:
            self._notes.refer(label)

    def _task(self, done: bool) -> None:
        self._out.append("☑ " if done else "☐ ")

    def _end_title(self) -> None:
        """Ends the title of a callout. A callout without a title has its kind as the title."""
        if not "".join(self._out[self._title :]).strip():
            self._out.append(escape(self._kind))
        self._out.append("</strong>")
        self._title = -1
