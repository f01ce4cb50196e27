"""Where a tag stands: its text and offsets, in; its line, and blocks of Markdown that fit into it, out."""

from __future__ import annotations

from msgspec import Struct

from feedd.patterns import late_pattern

_PREFIX = late_pattern(r"[ \t>]*")
_FAR = 200  # characters of a line that are looked at
_RUN = late_pattern("`+")


class TagPlace(Struct, frozen=True):
    """The part of a text from `start` to `end`."""

    text: str
    start: int
    end: int

    @property
    def before(self) -> str:
        """The text before it in its line."""
        start = max(0, self.start - _FAR)
        return self.text[max(start, self.text.rfind("\n", start, self.start) + 1) : self.start]

    @property
    def after(self) -> str:
        """The text after it in its line."""
        end = self.text.find("\n", self.end, self.end + _FAR)
        return self.text[self.end : self.end + _FAR if end < 0 else end]

    @property
    def prefix(self) -> str:
        """The indentation, and the marks of quotations, of its line."""
        found = _PREFIX.match(self.before)
        return found[0] if found else ""

    @property
    def begins_line(self) -> bool:
        """Whether only the prefix stands before it."""
        return self.before == self.prefix

    @property
    def is_alone(self) -> bool:
        """Whether nothing else stands in its line."""
        return self.begins_line and not self.after.strip()

    def apart(self, block: str, *, blank: bool = True) -> str:
        """A block for lines of its own. `blank`: with an empty line after it."""
        prefix = self.prefix
        lines = block.replace("\n", f"\n{prefix}")
        before = "" if self.begins_line else f"\n{prefix}"
        return f"{before}{lines}" + (f"\n{prefix}" if blank else "") + (f"\n{prefix}" if self.after.strip() else "")

    def fenced(self, content: str, language: str) -> str:
        """A fenced code block with this content, whose lines may have the prefix."""
        prefix = self.prefix
        lines = [line.removeprefix(prefix) for line in content.strip("\n").split("\n")]
        if len(lines) == 1:
            lines = [lines[0].strip()]
        fence = "`" * max(3, 1 + max((len(run) for line in lines for run in _RUN.findall(line)), default=0))
        block = f"\n{prefix}".join((fence + language, *lines, fence))
        after = "" if self.text[self.end : self.end + 1] in ("", "\n") else f"\n{prefix}"
        return ("" if self.begins_line else f"\n{prefix}") + block + after
