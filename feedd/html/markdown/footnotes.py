"""Footnotes: the references of a document and its notes, in; numbers in the text, and a list at its end, out.

Numbers are all that binds a note to its place. Most readers strip ids, and a link to a fragment leads from a feed to
another page, so there are no links.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

_BEGIN, _END = "<p>", "</p>\n"


class _Reference(NamedTuple):
    label: str
    at: int  # the place of its number in its output


class Footnotes:
    """The outputs of a document and of its notes, each a list of parts."""

    def __init__(self, main: list[str]) -> None:
        self._outs = [main]  # the outputs of the document and of its open notes
        self._labels = [""]
        self._notes: dict[str, list[str]] = {}
        self._references: dict[int, list[_Reference]] = {}  # by the identity of an output

    def begin(self, label: str) -> list[str]:
        """The output for a note, until its end."""
        self._labels.append(" ".join(label.casefold().split()))
        self._outs.append([])
        return self._outs[-1]

    def end(self) -> list[str]:
        """The output for the text after the note. Of notes with one label the first counts."""
        self._notes.setdefault(self._labels.pop(), self._outs.pop())
        return self._outs[-1]

    def refer(self, label: str) -> None:
        """Keeps a place in the output for the number of a note."""
        out = self._outs[-1]
        self._references.setdefault(id(out), []).append(_Reference(label, len(out)))
        out.append(escape(f"[^{label}]"))

    def note(self, html: str) -> None:
        """Keeps a place in the output for the number of a note that has no label."""
        label = f"﷓{len(self._notes)}"  # the source holds no noncharacters
        self._notes[label] = [html]
        self.refer(label)

    def finish(self) -> str:
        """The document, with its notes in the order in which they are referred to. What no place refers to is left
        out, as everywhere where footnotes are known; a reference to a note without text stays as it was written.
        """
        main = self._outs[0]
        filled = {key for key, note in self._notes.items() if "".join(note).strip()}
        numbers: dict[str, int] = {}
        shown = [main]
        for out in shown:  # grows while notes refer to notes
            for label, at in self._references.get(id(out), ()):
                key = " ".join(label.casefold().split())
                if key not in filled:
                    continue
                if key not in numbers:
                    numbers[key] = len(shown)
                    shown.append(self._notes[key])
                out[at] = f"<sup>[{numbers[key]}]</sup>"
        notes = "".join(f"<li>{_tight(''.join(note))}</li>\n" for note in shown[1:])
        return "".join(main) + (f"<hr>\n<ol>\n{notes}</ol>\n" if notes else "")


def _tight(note: str) -> str:
    """The HTML of a note; of a note with a single paragraph, only the paragraph's text."""
    alone = note.startswith(_BEGIN) and note.endswith(_END) and note.count("<p") == 1
    return note[len(_BEGIN) : -len(_END)] if alone else f"\n{note}"
