"""HTML as nh3 writes it, in; where its tables of data begin, out. All other tables of a whole document are layout."""

from __future__ import annotations

import re

from msgspec import Struct

from feedd.html.elements import names
from feedd.patterns import late_pattern

HINTS = {
    "table": {"aria-label", "border", "role", "rules", "summary"},
    "td": {"abbr", "headers", "scope"},
    "th": {"abbr", "headers"},
}
_TAG = late_pattern(
    r"<(/?)(figure|table|caption|thead|tfoot|tr|th|td|img|div|p|h[1-6]|ul|ol|dl|pre|blockquote|center)"
    r'((?: [a-zA-Z-]+="[^"]*")*)>'
)
_ATTRIBUTE = late_pattern(r' (abbr|aria-label|border|colspan|headers|role|rules|scope|style|summary)="([^"]*)"')
_LINES = late_pattern(r"(?<![\w-])border(?:-bottom|-top)?\s*:(?!\s*(?:0|none|hidden)\b)", re.IGNORECASE)
_NAMED = ("summary", "aria-label", "rules")
_EMPTY = late_pattern(r"(?:\s|&nbsp;|<[^<>]*>)*")
_OF_DATA = names("abbr headers scope")
_FEWEST_ROWS = 3
_LONGEST_CELL = 200  # characters of HTML
_WIDTHS = frozenset(map(str, range(1, 100)))
_DATA_ROLES = names("grid table treegrid")
_LAYOUT_ROLES = names("none presentation")


class _Table(Struct):
    at: int
    role: str
    is_certain: bool  # its author says that it holds data
    has_border: bool
    fewest_rows: int  # of a table of short texts
    has_part: bool = False  # a head or a foot
    holds_table: bool = False
    heads: int = 0
    cells: int = 0
    rows: list[int] = []  # how many cells each row has
    is_grid: bool = True  # no cell holds a picture, a block or a long text
    filled: int = 0  # cells with something in them
    cell_at: int = -1  # where the last cell begins

    def holds_data(self) -> bool:
        if self.role in _DATA_ROLES | _LAYOUT_ROLES:
            return self.role in _DATA_ROLES
        is_likely = self.has_part or (self.has_border and self.heads + self.cells > 1) or (self.heads and self.cells)
        return self.is_certain or ((bool(is_likely) or self._is_grid()) and not self.holds_table)

    def _is_grid(self) -> bool:
        rows = list(filter(None, self.rows))
        is_even = len(rows) >= self.fewest_rows and rows[0] > 1 and len(set(rows)) == 1
        return self.is_grid and is_even and 2 * self.filled >= self.heads + self.cells


def data_tables(clean: str) -> frozenset[int]:
    """Where the start tags of tables of data stand.

    The rules are recommended by HTML 4.9.1, and browsers use them for readers who hear a page. `role` decides; else a
    caption, a name, `rules`, `scope`, `headers` or `abbr`, or that the table is a figure. Else, if the table holds no
    other table, a head or foot, a border, or `th` beside `td`, or rows of as many cells of short text each: three, or
    two with lines around the table. Some newsletters lay out with `th` alone.
    """
    found: set[int] = set()
    opened: list[_Table] = []
    figure_at = -1  # where the last figure begins, if nothing but space has followed
    for tag in _TAG.finditer(clean):
        name, attributes = tag[2], dict(_ATTRIBUTE.findall(tag[3]))
        if name == "table" and not tag[1]:
            if opened:
                opened[-1].holds_table = True
            is_figure = figure_at >= 0 and not clean[figure_at : tag.start()].strip()
            opened.append(_begun(tag.start(), attributes, is_figure=is_figure))
        elif name == "figure":
            figure_at = -1 if tag[1] else tag.end()
        elif not opened:
            continue
        elif name == "table":
            table = opened.pop()
            _end_cell(table, clean, tag.start())
            if table.holds_data():
                found.add(table.at)
        elif not tag[1]:
            _end_cell(opened[-1], clean, tag.start())
            _note(opened[-1], name, attributes)
            if name in ("td", "th"):
                opened[-1].cell_at = tag.end()
    return frozenset(found)


def _begun(at: int, attributes: dict[str, str], *, is_figure: bool) -> _Table:
    role, border = (attributes.get(each, "").strip().lower() for each in ("role", "border"))
    is_certain = is_figure or any(attributes.get(each, "").strip() for each in _NAMED)
    has_lines = bool(_LINES.search(attributes.get("style", "")))
    return _Table(
        at, role, is_certain, has_border=border not in ("", "0"), fewest_rows=2 if has_lines else _FEWEST_ROWS
    )


def _end_cell(table: _Table, clean: str, at: int) -> None:
    """Looks at the cell that ends at `at`, if one is open."""
    if table.cell_at >= 0 and table.is_grid:
        table.is_grid = at - table.cell_at <= _LONGEST_CELL
        table.filled += table.is_grid and not _EMPTY.fullmatch(clean, table.cell_at, at)
    table.cell_at = -1


def _note(table: _Table, name: str, attributes: dict[str, str]) -> None:
    if name == "caption" or not _OF_DATA.isdisjoint(attributes):
        table.is_certain = True
    if name in ("thead", "tfoot"):
        table.has_part = True
    elif name == "tr":
        table.rows.append(0)
    elif name in ("th", "td"):
        table.heads += name == "th"
        table.cells += name == "td"
        if table.rows:
            table.rows[-1] += int(attributes["colspan"]) if attributes.get("colspan", "") in _WIDTHS else 1
    elif name != "caption":
        table.is_grid = False
