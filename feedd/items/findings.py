"""Findings: what is wrong in the fields of a file, or was repaired in them, each in words for a person."""

from __future__ import annotations

from collections.abc import Container

from feedd.items import text
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.invisible import is_bare
from feedd.items.reading_settings import DEFAULT_READING, ReadingSettings
from feedd.patterns import late_pattern

ONE_NAME = "read as the one name"  # the beginning of a note that `Findings.forget` takes back
_MAX_QUOTED = 40
_USER = late_pattern(r"//[^/?#\s]*@")


class Findings:
    """Mistakes (`problems`, and `minor` ones, which alone refuse no file) and repairs (`notes`), each with the path of
    its field.

    `quote`: whether words may quote values. They may not in a file with sealed text, which a slip may have made part of
    any value. `settings`: what a file does not say about itself.
    """

    __slots__ = ("minor", "notes", "problems", "quote", "settings")

    def __init__(self, *, quote: bool = True, settings: ReadingSettings = DEFAULT_READING) -> None:
        self.problems: list[tuple[FieldPath, str]] = []
        self.notes: list[tuple[FieldPath, str]] = []
        self.minor: list[tuple[FieldPath, str]] = []
        self.quote = quote
        self.settings = settings

    def wrong(self, at: FieldPath, expected: str, got: Node, meant: str | None = None, *, advice: str = "") -> None:
        """Adds a problem: the value `got` at `at` is not what was `expected`. Perhaps `meant` was meant. `advice` tells
        a person how to mend it.
        """
        hint = f"; did you mean {meant}?" if meant and self.quote else f"; {advice}" if advice else ""
        self.problems.append((at, f"expected {expected}, got {self.quoted(got)}{hint}"))

    def unknown(self, at: FieldPath, name: str, meant: str, *, withholds: bool = False) -> None:
        """Adds a problem: the field at `at` has a name that is not known; probably `meant` was meant. `withholds`: the
        problem keeps the file from being published.
        """
        hidden = "" if is_bare(name) else ", for it holds characters that nobody sees"
        outcome = f" The file is withheld until this is mended: write `{meant}`, or take the line out"
        self.problems.append((at, f"not known{hidden}; did you mean `{meant}`?{outcome if withholds else ''}"))

    def note(self, at: FieldPath, words: str) -> None:
        """Adds a note on the value at `at`, which keeps nothing from being published."""
        self.notes.append((at, words))

    def repaired(self, at: FieldPath, repair: str) -> None:
        """Adds a note on a repair of the value at `at`. `repair` quotes the text after its first colon."""
        self.notes.append((at, repair if self.quote else repair.partition(": ")[0]))

    def set_aside(self, names: Container[str | int]) -> None:
        """Makes minor mistakes of the problems of these fields."""
        self.minor = [problem for problem in self.problems if problem[0] and problem[0][0] in names]
        if self.minor:
            self.problems = [problem for problem in self.problems if problem not in self.minor]

    def settle(self) -> None:
        """Makes notes of the minor mistakes; problems, if there are other problems to be mended."""
        if self.problems:
            self.problems = [*self.minor, *self.problems]
        else:
            self.notes += [(at, f"{words}; it is passed over") for at, words in self.minor]

    def forget(self, name: str) -> None:
        """Takes back the minor mistakes in a field that is read in another way, and the note that it is one name."""
        self.notes = [note for note in self.notes if note[0] != (name,) or not note[1].startswith(ONE_NAME)]
        self.minor = [problem for problem in self.minor if problem[0][:1] != (name,)]

    def quoted(self, value: Node) -> str:
        """A value as a message shows it."""
        if isinstance(value, str) and not self.quote:
            return "another text"
        return quoted(value)


def quoted(value: Node) -> str:
    """A value as a message shows it, short; a URL without the user name and password in it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    flat = _USER.sub("//…@", " ".join(text.safe(value).split()))
    return f'"{flat[:_MAX_QUOTED]}…"' if len(flat) > _MAX_QUOTED else f'"{flat}"'


def field_name(path: FieldPath) -> str:
    """`("images", 1, "width")` as people write it: `images[1].width`."""
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
    return words
