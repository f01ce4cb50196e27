"""The file of a folder itself, such as `_index.md`: its name and bytes in; which files below the folder it withholds,
out.

Hugo hands fields of `cascade` down to all pages below, or to those that a target names. Zola publishes no page of a
section that is a draft. What is uncertain withholds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from feedd.items.file_names import SECTION_FILE
from feedd.items.findings import Findings
from feedd.items.foreign.file_facts import file_facts
from feedd.items.front_matter.formats import read_tree, split
from feedd.items.front_matter.yaml import FrontMatterError, Node, decode
from feedd.items.local_files import is_media
from feedd.items.withholding.broken_files import asks_to_be_withheld
from feedd.items.withholding.near_names import names_sealed_text
from feedd.items.withholding.withholding_marks import GROUPS, plain_name, read_marks
from feedd.patterns import late_pattern

# Fields of Hugo's sections, in whose pages a draft section changes nothing.
_OF_HUGO = frozenset(
    ("date", "lastmod", "publishdate", "expirydate", "linktitle", "type", "layout", "url", "slug", "menu", "menus")
) | frozenset(("summary", "keywords", "categories", "tags", "author", "outputs", "cascade", "params", "build", "image"))
_ENVIRONMENT = "production"
_LONGEST, _MOST = 200, 50  # characters of a pattern, and patterns for which braces may stand
# Targets of a file, patterns of all of them, and characters of these; beyond, all files below the folder are withheld.
_MOST_TARGETS, _MOST_PARTS = 200, 5000
_BRACES = late_pattern(r"\{([^{}]*)\}")
_TOKEN = late_pattern(r"\*\*|.", re.DOTALL)


class PathGlob(NamedTuple):
    """A pattern of Hugo's: `**` is any text, `*` any text without a slash, `?` a character. All letters are small."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> PathGlob:
        """The pattern that a text without braces is."""
        return cls(tuple(_TOKEN.findall(text)))

    def matches(self, text: str) -> bool:
        """Whether the whole text is as the pattern says. The places reached so far are the bits of a number."""
        places = _places(text)
        all_places, reached = (1 << len(text) + 1) - 1, 1
        for part in self.parts:
            if part == "**":
                reached = all_places & -(reached & -reached)
            elif part == "*":  # the sum carries each place to the end of its folder's name
                inside = places.get("*", 0)
                reached |= ((reached & inside) + inside) ^ inside
            elif part == "?":
                reached = reached << 1 & all_places
            else:
                reached = (reached & places.get(part, 0)) << 1
            if not reached:
                return False
        return bool(reached >> len(text))


@lru_cache(maxsize=256)
def _places(text: str) -> dict[str, int]:
    """The places of each character of a text, as the bits of a number; under "*", all places but those of slashes."""
    found: dict[str, int] = {}
    for at, sign in enumerate(text):
        found[sign] = found.get(sign, 0) | 1 << at
    return found | {"*": ((1 << len(text)) - 1) & ~found.get("/", 0)}


class SectionMark(NamedTuple):
    """What withholds files below a folder. `said` is the field that does so, `paths` patterns of their addresses on
    the site, and `language` their language; None if all files are meant. `stem` is the path, without suffix, of the
    only text that is meant, and `is_of_translations` tells whether its translations are meant, too. `origin` is the
    path of the file that says so. `fault`: why it cannot be known what the file says.
    """

    said: str
    paths: tuple[PathGlob, ...] | None = None
    language: str | None = None
    stem: str | None = None
    is_of_translations: bool = False
    origin: str = ""
    fault: str = ""

    @property
    def is_for_all(self) -> bool:
        """Whether all files below the folder are withheld."""
        return self.paths is None and self.language is None and self.stem is None

    @property
    def words(self) -> str:
        """Why a text is withheld."""
        if self.fault:
            return f"whether {self.origin} withholds it cannot be known: {self.fault}"
        return f"{self.origin} withholds it (`{self.said}`)"

    def withholds(self, path: str, above: tuple[str, ...]) -> bool:
        """Whether a file below the folder is withheld. `path` is relative to the items' directory, and `above` are the
        folders in which that directory lies: the site may begin at any of them.
        """
        if self.stem is not None:
            bare = path.rpartition(".")[0]
            is_meant = bare == self.stem or (self.is_of_translations and bare.startswith(f"{self.stem}."))
            return is_meant and not is_media(path)
        facts = file_facts(path)
        if self.language is not None and facts.language is not None and facts.language.lower() != self.language:
            return False
        if self.paths is None:
            return True
        below = path.rpartition("/")[0]
        names = {facts.path, f"{below}/{facts.name}".lstrip("/"), path.rpartition(".")[0]}
        forms = {name.lower().replace(" ", "-") for name in names if name}
        starts = ["/".join(("", *above[at:], "")).lower() for at in range(len(above) + 1)]
        return any(glob.matches(f"{start}{form}") for glob in self.paths for start in starts for form in forms)


def section_marks(name: str, data: bytes) -> tuple[SectionMark, ...]:
    """What a file of a folder withholds. `name` is one for which `is_section_file` is true."""
    found = SECTION_FILE.fullmatch(name)
    language = found[1].lower() if found and found[1] else None
    try:
        tree = read_tree(split(decode(data))).tree
    except FrontMatterError as error:
        if asks_to_be_withheld(data):
            return (SectionMark(f"it may withhold them, and cannot be read: {error.reason}", None, language),)
        return ()
    marks = tuple(islice(_marks(tree, quote=not names_sealed_text(data)), _MOST_TARGETS + 1))
    globs = [glob for mark in marks for glob in mark.paths or ()]
    if max(len(marks), len(globs)) > _MOST_TARGETS or sum(len(glob.parts) for glob in globs) > _MOST_PARTS:
        return (SectionMark(f"{marks[0].said}, for too many or too long targets"),)
    return tuple(mark._replace(language=mark.language or language) for mark in marks)


def _marks(tree: dict[str, Node], *, quote: bool) -> Iterator[SectionMark]:
    names = {plain_name(name): name for name in tree}
    is_hugos = not _OF_HUGO.isdisjoint(names)
    if "draft" in names and not is_hugos and (said := hiding_field({"draft": tree[names["draft"]]}, quote=quote)):
        yield SectionMark(said)
    if "cascade" in names:
        yield from cascade_marks(tree[names["cascade"]], quote=quote)


def cascade_marks(value: Node, *, quote: bool = True) -> Iterator[SectionMark]:
    """What the value of a `cascade` withholds. `quote`: words may quote values."""
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            yield from _of_cascade(entry, quote=quote)


def _of_cascade(entry: dict[str, Node], *, quote: bool) -> Iterator[SectionMark]:
    marks = {name: value for name, value in entry.items() if plain_name(name) != "target"}
    said = hiding_field(marks, quote=quote)
    if not said:
        return
    targets = next((value for name, value in entry.items() if plain_name(name) == "target"), None)
    for target in targets if isinstance(targets, list) else [targets]:
        fields = {plain_name(name): value for name, value in target.items()} if isinstance(target, dict) else {}
        if not _may_be(fields.get("environment"), _ENVIRONMENT) or not _may_be(fields.get("kind"), "page"):
            continue
        language = fields.get("lang")
        named = language.lower() if isinstance(language, str) and language.replace("-", "").isalnum() else None
        yield SectionMark(f"cascade: {said}", _globs(fields.get("path")), named)


def _may_be(written: Node, word: str) -> bool:
    globs = _globs(written)
    return globs is None or any(glob.matches(word) for glob in globs)


def hiding_field(fields: dict[str, Node], *, quote: bool) -> str:
    """The field that withholds, or may withhold; empty if none does. `quote`: words may quote values."""
    findings = Findings(quote=quote)
    names = [name for name in fields if plain_name(name) not in GROUPS or plain_name(name) in ("build", "params")]
    marks = read_marks(fields, names, findings)
    if marks.hidden_by:
        return marks.hidden_by
    unclear = findings.problems[0] if marks.is_unclear and findings.problems else None
    return f"{unclear[0][-1]}: {unclear[1]}" if unclear else ""


def _globs(written: Node) -> tuple[PathGlob, ...] | None:
    """The patterns of a field of a target; None if there is none, or if it cannot be read: then it means all."""
    texts = written if isinstance(written, list) else [written]
    found: list[PathGlob] = []
    for text in texts:
        if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST:
            return None
        expanded = without_braces(text.strip().lower())
        if expanded is None:
            return None
        if len(found) > _MOST_TARGETS:
            return None
        found += map(PathGlob.of, expanded)
    return tuple(found)


def without_braces(text: str) -> list[str] | None:
    """The texts for which a text with `{a,b}` in it stands; None for too many, or if a brace has no other one."""
    whole = [text]
    while any("{" in each for each in whole):
        parted: list[str] = []
        for each in whole:
            found = _BRACES.search(each)
            if found is None:
                if "{" in each:
                    return None
                parted.append(each)
            else:
                parted += [f"{each[: found.start()]}{part}{each[found.end() :]}" for part in found[1].split(",")]
        if len(parted) > _MOST:
            return None
        whole = parted
    return whole
