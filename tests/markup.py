"""Whether HTML is as strict as it can be: what goes in is a page, what comes out is the first fault in it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NOT_IN_PARAGRAPHS = {"p", "div", "ul", "ol", "section", "article", "main", "header", "footer", "nav", "h1", "h2", "h3"}


class Markup(HTMLParser):
    """Every element and text of a page, and what is wrong with it: elements are to be closed in order, one by one."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        if not text.startswith("<!doctype html>\n<html lang="):
            self.faults.append("no doctype, or no language")
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append(f"never closed: {self.open}")
        ids = self.values("id")
        if len(ids) != len(set(ids)):
            self.faults.append(f"ids twice: {sorted(ids)}")
        for wanted in self.values("for") + [each for value in self.values("aria-labelledby") for each in value.split()]:
            if wanted not in ids:
                self.faults.append(f"no element has the id {wanted}")

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if len(dict(attributes)) != len(attributes):
            self.faults.append(f"an attribute twice in {tag}")
        if "p" in self.open and tag in NOT_IN_PARAGRAPHS:
            self.faults.append(f"{tag} in p")
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"an instruction: {data}")

    def values(self, attribute: str, *tags: str) -> list[str]:
        """The values of an attribute, in the elements of these names, or in all."""
        return [
            found
            for tag, attributes in self.elements
            if (not tags or tag in tags) and (found := attributes.get(attribute)) is not None
        ]


def markup_fault(text: str) -> str | None:
    """What is wrong with a page; None if nothing is."""
    return next(iter(Markup(text).faults), None)
