"""HTML as nh3 writes it, in; where its tables of data begin, out. All other tables of a whole document are layout."""

from __future__ import annotations

from msgspec import Struct

from feedd.html.elements import names
from feedd.patterns import late_pattern

HINTS = {
    "table": {"border", "role", "summary"},
    "td": {"headers", "scope"},
    "th": {"headers"},
}
_TAG = late_pattern(r'<(/?)(table|caption|thead|tfoot|th|td)((?: [a-zA-Z-]+="[^"]*")*)>')
_ATTRIBUTE = late_pattern(r' (border|headers|role|scope|summary)="([^"]*)"')
_DATA_ROLES = names("grid table treegrid")
_LAYOUT_ROLES = names("none presentation")


class _Table(Struct):
    at: int
    role: str
    is_certain: bool  # its author says that it holds data
    has_border: bool
    has_part: bool = False  # a head or a foot
    holds_table: bool = False
    heads: int = 0
    cells: int = 0

    def holds_data(self) -> bool:
        if self.role in _DATA_ROLES | _LAYOUT_ROLES:
            return self.role in _DATA_ROLES
        is_likely = self.has_part or (self.has_border and self.heads + self.cells > 1) or (self.heads and self.cells)
        return self.is_certain or (bool(is_likely) and not self.holds_table)


def data_tables(clean: str) -> frozenset[int]:
    """Where the start tags of tables of data stand.

    The rules are recommended by HTML 4.9.1, and browsers use them for readers who hear a page. `role` decides; else a
    caption, `summary`, `scope` or `headers`. Else, if the table holds no other table, a head or foot, a border, or `th`
    beside `td`. Some newsletters lay out with `th` alone.
    """
    found: set[int] = set()
    opened: list[_Table] = []
    for tag in _TAG.finditer(clean):
        name, attributes = tag[2], dict(_ATTRIBUTE.findall(tag[3]))
        if name == "table" and not tag[1]:
            if opened:
                opened[-1].holds_table = True
            role, border = (attributes.get(each, "").strip().lower() for each in ("role", "border"))
            is_certain = bool(attributes.get("summary", "").strip())
            opened.append(_Table(tag.start(), role, is_certain, has_border=border not in ("", "0")))
        elif not opened:
            continue
        elif name == "table":
            table = opened.pop()
            if table.holds_data():
                found.add(table.at)
        elif not tag[1]:
            _note(opened[-1], name, attributes)
    return frozenset(found)


def _note(table: _Table, name: str, attributes: dict[str, str]) -> None:
    if name == "caption" or "scope" in attributes or "headers" in attributes:
        table.is_certain = True
    if name in ("thead", "tfoot"):
        table.has_part = True
    elif name == "th":
        table.heads += 1
    elif name == "td":
        table.cells += 1
