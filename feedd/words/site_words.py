"""Words: a language tag and the words of a site in; texts, HTML, counts, lists and dates in that language out.

    tag -- module_names --> catalogue.de --+
    words of the site ---------------------+--> the word of a name
    catalogue.en --------------------------+

A word that neither the site nor its language has is English, and HTML says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from html import escape
from importlib import import_module
from typing import Any, NamedTuple

from msgspec import Struct

from feedd.words.plural_rules import one_or_other

_CATALOGUE, _ENGLISH = "feedd.words.catalogue", "en"
_WRITTEN_IN_HANT = ("zh-hk", "zh-mo", "zh-tw")
_RENAMED = {"iw": "he"}  # tags that are no longer in use

Text = str | dict[str, str]  # the forms of a plural, by the names of CLDR


class ConfiguredWord(NamedTuple):
    """A word in a text of the configuration. `form` is the form of a plural; "" for other words."""

    name: str
    form: str
    text: str


class _Catalogue(Struct, frozen=True):
    words: dict[str, Text]
    known: frozenset[str]  # the names that are not in English, unless the language is English
    plural_form: Callable[[int], str]


class Words(Struct, frozen=True):
    """feedd's own words in a language (RFC 5646). The words of the site come before those of the catalogue. `around` is
    the language of the text in which they stand, if it is another.
    """

    language: str = "en"
    own: tuple[ConfiguredWord, ...] = ()
    around: str | None = None

    def say(self, name: str, /, **parts: object) -> str:
        """A word as plain text, with its parts filled in. Raises KeyError for a name that English does not have."""
        found = _catalogue(self).words[name]
        text = found if isinstance(found, str) else found["other"]
        return text.format(**parts) if parts else text

    def count(self, name: str, number: int) -> str:
        """A number of things in words, as plain text."""
        catalogue = _catalogue(self)
        forms = catalogue.words[name]
        if isinstance(forms, str):
            return forms.format(n=number)
        rule = catalogue.plural_form if name in catalogue.known else one_or_other
        return forms.get(rule(number), forms["other"]).format(n=number)

    def html(self, name: str, /, **parts: str) -> str:
        """A word as HTML; the parts are HTML. A word in another language than the text around it is marked so."""
        word = escape(self.say(name), quote=False)
        return self.marked(name, word.format(**parts) if parts else word)

    def marked(self, name: str, html: str) -> str:
        """HTML that holds this word, with a mark of its language if the text around it is in another."""
        mark = self.mark(name)
        return f"<bdi{mark}>{html}</bdi>" if mark else html

    def mark(self, name: str) -> str:
        """The attribute of an element with this word: "" if the word is in the language of the text around it."""
        return self.mark_of(self.language if name in _catalogue(self).known else "en")

    def mark_of(self, language: str) -> str:
        """The attribute of an element with words in this language: "" if the text around them is in it, too."""
        return _mark(language, self.around or self.language)

    def back(self, name: str) -> str:
        """The attribute of a text in the language around, inside of an element with `mark`; "" without a mark."""
        return f' lang="{escape(self.around or self.language)}"' if self.mark(name) else ""

    def inside(self, language: str | None) -> Words:
        """These words in a text of another language; None: in a text of the site."""
        return Words(self.language, self.own, language) if language else self

    def together(self, names: Sequence[str], pattern: str = "list_and") -> str:
        """Names as a sentence lists them, in the manner of this pattern."""
        between, last = re.split(r"\{[abc]\}", self.say(pattern))[1:3]
        return last.join(filter(None, (between.join(names[:-1]), *names[-1:])))

    def comma(self) -> str:
        """What stands between facts in a row, such as a duration and a size."""
        return self.say("facts").removeprefix("{a}").removesuffix("{b}")

    def dated(self, day: date, name: str = "date") -> str:
        """A day as a date."""
        return self.say(name, iso=day.isoformat()[:10], **self._parts(day))

    def time(self, moment: datetime) -> str:
        """A moment in UTC as the HTML element of its date, as it stands in lists."""
        iso = moment.isoformat().replace("+00:00", "Z")
        return f'<time datetime="{iso}">{escape(self.dated(moment.date(), "date_in_lists"))}</time>'

    def dates(self, first: date, last: date) -> str:
        """The days from the first to the last."""
        if first >= last:
            return self.dated(last)
        same_month = (first.year, first.month) == (last.year, last.month)
        name = "days" if same_month else "days_of_months" if first.year == last.year else "days_of_years"
        until = {f"last_{part}": value for part, value in self._parts(last).items()}
        return self.say(name, **self._parts(first), **until)

    def _parts(self, day: date) -> dict[str, object]:
        return {"day": day.day, "month": self.say("months").split(" ")[day.month - 1], "year": day.year}

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with the marks of the language."""
        whole, _, rest = f"{value:,.{decimals}f}".partition(".")
        whole = whole.replace(",", self.say("thousands_mark"))
        return f"{whole}{self.say('decimal_mark')}{rest}" if rest else whole


ENGLISH = Words()


def module_names(tag: str) -> list[str]:
    """The modules of the catalogue that may have the words of a language tag, the best first."""
    parts = tag.lower().replace("_", "-").split("-")
    language = _RENAMED.get(parts[0], parts[0])
    scripts = [part for part in parts[1:2] if len(part) == 4]
    if "-".join(parts[:2]) in _WRITTEN_IN_HANT:
        scripts = ["hant"]
    return [f"{language}_{script}" for script in scripts] + [language]


@lru_cache(maxsize=256)  # a page has a few of them in each line
def _mark(language: str, around: str) -> str:
    return "" if module_names(language) == module_names(around) else f' lang="{escape(language)}"'


def is_known(tag: str) -> bool:
    """Whether the catalogue has the words of a language."""
    return any(map(_has_module, module_names(tag)))


def _has_module(name: str) -> bool:
    from importlib.util import find_spec  # English needs none

    return name == _ENGLISH or (name.isidentifier() and find_spec(f"{_CATALOGUE}.{name}") is not None)


@lru_cache(maxsize=64)
def _catalogue(words: Words) -> _Catalogue:
    english: dict[str, Text] = _module(_ENGLISH).WORDS
    module = next(filter(_has_module, module_names(words.language)), None)
    language = _module(module) if module else None
    found: dict[str, Text] = dict(language.WORDS) if language else {}
    for name, form, text in words.own:
        before = found.get(name, english[name])
        found[name] = {**(before if isinstance(before, dict) else {}), form: text} if form else text
    plural_form = language.PLURAL_FORM if language else one_or_other
    return _Catalogue({**english, **found}, frozenset(found), plural_form)


def _module(name: str) -> Any:
    return import_module(f"{_CATALOGUE}.{name}")
