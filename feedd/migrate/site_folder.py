"""A site's folder, looked at: names of files in; configurations, and how many items a folder has, out.

What cannot be read is not lost: `faults` says it, and `config` lists what was read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from feedd.items import urls
from feedd.items.fields import HTML_SUFFIXES
from feedd.items.foreign.missing_titles import why_no_item
from feedd.items.front_matter.yaml import Node
from feedd.items.text import printable
from feedd.migrate.foreign_text import Tree, Unclear, at, fields, read_json, read_toml, read_yaml, word
from feedd.migrate.python_constants import read_constants
from feedd.migrate.script_values import Script
from feedd.migrate.site_facts import MARKDOWN
from feedd.model import Person
from feedd.patterns import late_pattern
from feedd.store.foreign_folder import FolderText, Unfit

_READERS = {
    ".yml": read_yaml,
    ".yaml": read_yaml,
    ".toml": read_toml,
    ".json": read_json,
    ".py": read_constants,
}
TEXTS = (*MARKDOWN, *HTML_SUFFIXES)
_FRONTS = (("---", "---", read_yaml), ("+++", "+++", read_toml), ("---json", "---", read_json))
_DATED = late_pattern(
    r"^[ \t]*[\"']?(?:date|publishdate|pubdate|pubdatetime|created)[\"']?[ \t]*[:=]", re.IGNORECASE | re.MULTILINE
)
_DATED_PATH = late_pattern(
    r"^[ \t]*[\"']?path[\"']?[ \t]*[:=][ \t]*[\"']?(?:[^\n\"']{0,200}/)?\d{4}/\d{1,2}[/-]\d{1,2}[/-]", re.MULTILINE
)
_LANGUAGE = late_pattern(r"^lang[ \t]*:", re.IGNORECASE | re.MULTILINE)
_DATED_NAME = late_pattern(r"(?:^|/)\d{4}-\d{1,2}-\d{1,2}[-_ ./]")
_HEAD = 3000  # characters in which a date is looked for
_MOST_HEADS = 40  # files of a folder that are looked into
_MOST_DATED = 1000  # files that are looked into for a date
_NEARLY_ALL = 0.9
_TEMPLATE = late_pattern(r"[\w-]*template\.mdx?|(?:.*/)?(?:[0nx]+-|yyyy-mm-dd-|adr-|rfc-)template\.mdx?", re.IGNORECASE)
_MOST_NAMES = 12
_HIDING = ("draft", "hidden", "private", "unlisted", "eleventyExcludeFromCollections")
_WILD = late_pattern(r"[\[\]*?]")
_HOST = late_pattern(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class SiteFolder:
    """A folder, and what was remarked while it was looked at."""

    def __init__(self, folder: FolderText) -> None:
        self.name = folder.name
        self.files = folder.files
        self.folders = folder.folders
        self.remarks: list[str] = []
        self.faults: list[str] = []
        self.config: list[str] = []
        self.left_out: frozenset[str] = frozenset()
        self._folder = folder
        self._there = frozenset(folder.files)
        self._texts: dict[str, str] = {}

    def first(self, *paths: str) -> str | None:
        """The first of these files that is there."""
        return next((path for path in paths if path in self._there), None)

    def text(self, path: str | None) -> str:
        """The text of a file; empty if there is none, or if it cannot be read, which is a fault."""
        if path is None:
            return ""
        if path not in self._texts:
            try:
                self._texts[path] = self._folder.text(path) or ""
            except Unfit as error:
                self._texts[path] = ""
                self.faults.append(f"{printable(path)} was not read: {error}")
        return self._texts[path]

    def tree(self, path: str | None) -> Tree:
        """The values of a configuration; none if it cannot be read, which is a fault."""
        if path is None:
            return {}
        text = self.text(path)
        if text:
            self.config.append(path)
        try:
            return _READERS[path[path.rindex(".") :]](text) if text else {}
        except Unclear as error:
            self.faults.append(f"{printable(path)} cannot be read as a whole: {error.reason}")
            return error.tree

    def script(self, path: str | None) -> Script:
        """The literal values of a configuration in JavaScript or TypeScript."""
        if path is not None and self.text(path):
            self.config.append(path)
        return Script(self.text(path))

    def leave_out(self, is_left_out: Callable[[str], bool]) -> None:
        """Takes texts for no items any more, as the program's own configuration says of their paths."""
        texts = (path for path in self.files if path.lower().endswith(TEXTS))
        self.left_out |= frozenset(filter(is_left_out, texts))

    def items(self, folder: str) -> list[str]:
        """The Markdown files in a folder and below it, without those that feedd passes over, or that are left out."""
        below = f"{folder}/" if folder else ""
        found = [path for path in self.files if path.startswith(below) and is_item(path.removeprefix(below))]
        return [path for path in found if path not in self.left_out]

    def sections(self, folder: str) -> dict[str, int]:
        """How many Markdown files there are in each folder of a folder; those of the folder itself are at ""."""
        below = f"{folder}/" if folder else ""
        found = Counter(path.removeprefix(below).rpartition("/")[0].partition("/")[0] for path in self.items(folder))
        return dict(found)

    def dated(self, folder: str) -> float:
        """The share of the Markdown files below a folder that have a date, of the files looked into."""
        return self._share(self.items(folder))

    def dated_here(self, folder: str) -> float:
        """The share of the Markdown files in a folder itself, without its folders, that have a date."""
        level = folder.count("/") + 1 if folder else 0
        return self._share([path for path in self.items(folder) if path.count("/") == level])

    def share(self, folder: str, form: re.Pattern[str]) -> float:
        """The share of the Markdown files below a folder in which a pattern is found, of the files looked into."""
        chosen = _some(self.items(folder))
        return sum(form.search(self.quiet_text(path)) is not None for path in chosen) / max(1, len(chosen))

    def folder_of_dated(self, above: str = "") -> str:
        """The folder, below another, in which nearly all files with a date are, where most files have one; "" if there
        is none.
        """
        paths = self.items(above)
        chosen = paths[:: max(1, len(paths) // _MOST_DATED)]
        dated = list(filter(self.is_dated, chosen))
        if not dated or 2 * len(dated) < len(chosen):
            return ""
        found = ""
        while True:
            level = found.count("/") + 1 if found else 0
            below = Counter("/".join(path.split("/")[: level + 1]) for path in dated if path.count("/") > level)
            folder, number = next(iter(below.most_common(1)), ("", 0))
            if number < _NEARLY_ALL * len(dated) or not {f"{folder}/index.md", f"{folder}/index.mdx"}.isdisjoint(dated):
                break  # a folder with an index of its own date is a single text
            found, dated = folder, [path for path in dated if path.startswith(f"{folder}/")]
        others = len(paths) - len(self.items(found))
        if found and others:
            self.remarks.append(f"texts that do not lie in {found}/ are left out: {others}")
        return found

    def _share(self, paths: list[str]) -> float:
        chosen = _some(paths)
        return sum(map(self.is_dated, chosen)) / max(1, len(chosen))

    def is_dated(self, path: str) -> bool:
        """Whether a Markdown file has a date, in its name or near its beginning, there perhaps in the field `path`."""
        if _DATED_NAME.search(path):
            return True
        head = self.quiet_text(path)[:_HEAD]
        return _DATED.search(head) is not None or _DATED_PATH.search(head) is not None

    def names_language(self, path: str) -> bool:
        """Whether a Markdown file has a field `lang` near its beginning."""
        return _LANGUAGE.search(self.quiet_text(path)[:_HEAD]) is not None

    def quiet_text(self, path: str) -> str:
        """The text of an item; empty if it cannot be read, which is said when it is read as an item."""
        try:
            return self._folder.text(path) or ""
        except Unfit:
            return ""

    def no_items(self, folder: str) -> tuple[str, ...]:
        """Patterns for the files in a folder and below it that are no items: files about a folder, such as README.md,
        templates, such as 0000-template.md, and whole pages of HTML.
        """
        below = f"{folder}/" if folder else ""
        about, pages, items = set(), 0, 0
        for path in self.files:
            name, is_page = path.rpartition("/")[2], path.lower().endswith(HTML_SUFFIXES)
            is_about = path.lower().endswith(MARKDOWN) and (
                why_no_item(path.removeprefix(below)) is not None or _TEMPLATE.fullmatch(path) is not None
            )
            if not path.startswith(below) or not (is_page or is_about) or not is_read(path, below):
                continue
            has_fields = self.quiet_text(path)[:4].startswith(("---", "+++", "{\n", '{"'))
            if not is_page and (not has_fields or _TEMPLATE.fullmatch(path)):
                about.add(name)
            pages, items = pages + (is_page and not has_fields), items + (is_page and has_fields)
        return (*sorted(about)[:_MOST_NAMES], *(("*.html",) if pages and not items else ()))

    def front(self, path: str) -> str:
        """The first lines of an item, in which its front matter is."""
        text = self.quiet_text(path).replace("\r\n", "\n")
        end = text.find("\n---", 3) if text.startswith("---\n") else -1
        return text[:end] if end > 0 else ""

    def head(self, path: str) -> Tree:
        """The front matter of a file in YAML, TOML or JSON; none if there is none, or if it cannot be read."""
        text = self.text(path)
        for opening, fence, read in _FRONTS:
            if text.startswith(f"{opening}\n") and (end := text.find(f"\n{fence}", 3)) > 0:
                try:
                    return read(text[len(opening) + 1 : end])
                except Unclear as error:
                    return error.tree
        return {}


def _some(paths: list[str]) -> list[str]:
    return paths[:: max(1, len(paths) // _MOST_HEADS)]


def is_item(path: str) -> bool:
    """Whether a file below the items' directory would be an item, by its name."""
    return path.lower().endswith(MARKDOWN) and is_read(path)


def is_read(path: str, below: str = "") -> bool:
    """Whether no name in the path of a file, below a folder, is passed over."""
    return not any(name[:1] in "._" for name in path.removeprefix(below).split("/"))


def without_wildcards(path: str) -> str:
    """A path as a pattern of `items.ignore`, which it matches whatever marks it has."""
    return _WILD.sub("?", path)


def address(url: str, *below: str) -> str:
    """An address that was put together of parts, such as Jekyll's `url` and `baseurl`; empty if the first is none."""
    if not url:
        return ""
    whole = "/".join(part.strip("/") for part in (url if "://" in url else f"https://{url}", *below) if part.strip("/"))
    return f"{whole.rstrip('/')}/" if urls.http_url(whole) else ""


def domain(site: SiteFolder, *paths: str) -> str:
    """The address that a file CNAME gives a site on GitHub's pages; empty if there is none."""
    name = site.text(site.first(*paths)).strip()
    return f"https://{name}/" if _HOST.fullmatch(name) else ""


def language_tag(written: str) -> str:
    """A language as tags write it: `en_us.UTF-8` is `en-US`. Empty if it is not a language tag."""
    main, *rest = re.split("[-_]", written.partition(".")[0].strip())
    if not re.fullmatch("[A-Za-z]{2,3}", main):
        return ""
    parts = [each for each in rest if re.fullmatch("[A-Za-z]{2}|[A-Za-z]{4}|[0-9]{3}", each)]
    return "-".join((main.lower(), *(each.title() if len(each) == 4 else each.upper() for each in parts)))


def persons(tree: Node | Tree) -> dict[str, Person]:
    """Persons by key, as files of authors have them."""
    found: dict[str, Person] = {}
    for key, entry in fields(tree).items():
        name = entry if isinstance(entry, str) else next(filter(None, (word(entry, n) for n in ("name", "title"))), "")
        if name and key:
            url = _first_url(entry, ("url", "website", "web", "homepage", "uri", "link"))
            image = _first_url(entry, ("image_url", "image", "avatar", "picture", "photo"))
            found[key] = Person(name, url, image)
    return found


def _first_url(entry: Node, names: Iterable[str]) -> str | None:
    written = (word(entry, name) for name in names)
    return next((url for each in written if each and (url := urls.http_url(each))), None)


def flag(tree: Node | Tree, *path: str) -> bool | None:
    """A truth value at a path; None if there is none."""
    written = word(tree, *path).lower()
    return True if written in ("true", "yes", "on") else False if written in ("false", "no", "off") else None


def hides(tree: Node | Tree) -> bool:
    """Whether fields that hold for a whole folder keep its pages from being published."""
    if any(flag(tree, name) for name in _HIDING) or flag(tree, "published") is False:
        return True
    build = at(tree, "build") or at(tree, "_build")
    return any(word(build, name).lower() in ("never", "false", "local", "link") for name in ("list", "render"))
