"""HTML, in; whether a parser would take far too long for it, or build far too large a tree, out.

A parser's work for a tag can grow with the number of open elements. So the parser's open elements are followed here,
roughly as in HTML 13.2.6. In doubt, too many are counted.
"""

from __future__ import annotations

import re
from collections import Counter

from feedd.html.elements import VOID, names
from feedd.html.source import Token, tokens
from feedd.patterns import late_pattern

# The sum, over all tags, of how many elements are open there: a quarter of a second.
MAX_WEIGHT = 20_000_000
# The same sum for elements such as `b`: a parser makes them anew in each paragraph.
MAX_FORMATTING_WEIGHT = 1_000_000
# A parser compares each attribute of an element with all others. The attributes of all `html` tags go to the same
# element.
MOST_ATTRIBUTES = 2_000

# Elements looked at here. A long page needs a tenth of them.
MOST_STEPS = 200_000

_FEW_TAGS = 1000  # weigh nothing
_LONG_TAG = 10_000

_FORMATTING = names("a b big code em font i nobr s small strike strong tt u")
# They close their like, or the parser keeps only one of them open.
_NEVER_DEEP = VOID | names(
    "area base basefont bgsound body col colgroup embed form frame frameset head html input keygen link meta p"
    " param source track"
)
_SPECIAL = names(
    "address annotation-xml applet article aside blockquote button caption center dd desc details dir div dl dt"
    " fieldset figcaption figure footer foreignobject h1 h2 h3 h4 h5 h6 header hgroup li listing main marquee menu"
    " mi mn mo ms mtext nav object ol pre script search section select style summary table tbody td template"
    " textarea tfoot th thead title tr ul xmp"
)
_TABLE_PARTS = names("table tbody td tfoot th thead tr")
_NOTHING_WITHOUT_TABLE = names("caption tbody td tfoot th thead tr")
_CHOICES = names("optgroup option")
_FOREIGN = names("math svg")
_INTEGRATION = names("annotation-xml desc foreignobject mi mn mo ms mtext title")
# An end tag closes no element around any of these.
_SCOPES = _TABLE_PARTS | _INTEGRATION | names("applet caption marquee object select template")
_LIST_SCOPES = _SCOPES | names("ol ul")
_TABLE_SCOPES = names("table template")
_MARKERS = names("applet caption marquee object td template th")  # elements are made anew only up to one of these
# The start tag of the first closes any of the others.
_LIKE = {
    **dict.fromkeys(("dd", "dt"), names("dd dt")),
    **dict.fromkeys(("td", "th"), names("td th")),
    **dict.fromkeys(("tbody", "tfoot", "thead"), names("tbody td tfoot th thead tr")),
    **{name: names(name) for name in ("a", "li", "nobr")},
    "tr": names("td th tr"),
}
_NOT_FOREIGN = names(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta"
    " nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
)
_OPENING = late_pattern(r"<([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = late_pattern(r"""[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*"|'[^']*'|[^\s>"']++))?""")
_SCRIPT = late_pattern("<script", re.IGNORECASE)


def too_heavy(html: str) -> bool:
    """Whether the HTML is too heavy: nested or repeated far beyond any HTML that is meant to be read."""
    if html.count("<") < _FEW_TAGS and (len(html) < _LONG_TAG or max(map(len, html.split("<"))) < _LONG_TAG):
        return False
    return _Walk().exceeds(html)


class _Walk:
    """A walk over the tags, with the open elements."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._formatting = 0  # how many of the open elements
        self._steps = 0  # that the walk itself took

    def exceeds(self, html: str) -> bool:
        weight = made = attributes = 0
        for token in tokens(html):
            if token.name == "html" or token.end - token.start > _LONG_TAG:
                attributes += sum(1 for _ in _ATTRIBUTE.finditer(html, token.start, token.end))
            if self._is_in_doubt(html, token):
                return attributes > MOST_ATTRIBUTES or self._rest_exceeds(html, token.start, weight, made)
            if token.closing:
                self._end(token.name)
            elif token.name[0] != "!":
                self._start(token.name, is_closed=html.startswith("/>", token.end - 2))
            weight += len(self._open) + 1
            made += self._formatting
            if weight > MAX_WEIGHT or made > MAX_FORMATTING_WEIGHT:
                return True
            if self._steps > MOST_STEPS or attributes > MOST_ATTRIBUTES:
                return True
        return False

    def _is_in_doubt(self, html: str, token: Token) -> bool:
        """Whether the parser may see other tags than `tokens` from here on."""
        is_foreign = bool(self._counts["math"] or self._counts["svg"])
        if is_foreign and (token.name == "font" or (token.closing and token.name in ("br", "p"))):
            return True
        if token.name == "!":
            return is_foreign and html.startswith("<![", token.start)
        if token.end == token.text_end:
            return False
        comment = html.find("<!--", token.end, token.text_end) if token.name == "script" else -1
        if comment >= 0 and _SCRIPT.search(html, comment, token.text_end):
            return True
        may_be_no_raw_text = is_foreign or self._counts["select"] or self._counts["template"]
        return bool(may_be_no_raw_text) and html.find("<", token.end, token.text_end) >= 0

    def _rest_exceeds(self, html: str, start: int, weight: int, made: int) -> bool:
        """Whether the HTML is too heavy if no element after `start` is ever closed. `weight` and `made`: what comes
        before.
        """
        opened = [found[1].lower() for found in _OPENING.finditer(html, start)]
        deepest = len(self._open) + sum(name not in _NEVER_DEEP for name in opened)
        formatting = self._formatting + sum(name in _FORMATTING for name in opened)
        return weight + deepest * len(opened) > MAX_WEIGHT or made + formatting * len(opened) > MAX_FORMATTING_WEIGHT

    def _start(self, name: str, *, is_closed: bool) -> None:
        if self._counts["math"] or self._counts["svg"]:
            if name in _NOT_FOREIGN:
                while (at := self._innermost(_FOREIGN | _INTEGRATION)) >= 0 and self._open[at] in _FOREIGN:
                    self._close(at)
            elif is_closed and not any(self._counts[each] for each in _INTEGRATION):
                return
        if name in _NEVER_DEEP or (name in _NOTHING_WITHOUT_TABLE and not self._counts["table"]):
            return
        if name in _CHOICES and self._open and self._open[-1] == "option":
            self._close(len(self._open) - 1)
        like = _LIKE.get(name, frozenset())
        while like and (at := self._innermost(like | _SPECIAL)) >= 0 and self._open[at] in like:
            self._close(at)
        self._open.append(name)
        self._counts[name] += 1
        self._formatting += name in _FORMATTING

    def _end(self, name: str) -> None:
        if not self._counts[name]:
            return
        if name in _TABLE_PARTS:
            barriers = _TABLE_SCOPES
        elif name == "li":
            barriers = _LIST_SCOPES
        else:
            barriers = _SCOPES if name in _SPECIAL else _SPECIAL
        at = self._innermost(barriers | {name})
        if at >= 0 and self._open[at] == name:
            self._close(at)

    def _innermost(self, wanted: frozenset[str]) -> int:
        """The index of the innermost open element with a wanted name; -1 if there is none."""
        for at in range(len(self._open) - 1, -1, -1):
            self._steps += 1
            if self._open[at] in wanted:
                return at
        return -1

    def _close(self, at: int) -> None:
        """Closes an element and the elements in it. Elements that the parser makes anew stay open."""
        gone = self._open[at:]
        kept = [] if gone[0] in _MARKERS else [name for name in gone[1:] if name in _FORMATTING]
        self._open[at:] = kept
        self._steps += len(kept)
        self._counts.subtract(gone)
        self._counts.update(kept)
        self._formatting += len(kept) - sum(name in _FORMATTING for name in gone)
