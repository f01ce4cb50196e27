"""Facts in the path of a file: its name without date and language, its language, its number, its folder."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from feedd.items.foreign.titles import stem_of
from feedd.patterns import late_pattern

_DATE_BEFORE = late_pattern(r"(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{8})[-_ ]+(?=.)")
_NUMBER = late_pattern(r"(?:^|[^0-9])([0-9]{1,9})(?![0-9])")
_TAG = r"(?:[a-z]{2}|nds|gsw)(?:[-_](?:[a-z]{2}|[a-z]{4}|419))?"
_LANGUAGE = late_pattern(_TAG, re.IGNORECASE)
_INDEXES = frozenset(("index", "_index", "readme"))
# ISO 639-1. Of the names of folders, the ones that are as likely abbreviations of other things are left out.
_CODES = frozenset(
    re.findall(
        r"\w+",
        "ab aa af ak sq am ar an hy as av ae ay az bm ba eu be bn bi bs br bg my ca ch ce ny zh cu cv kw co "
        "cr hr cs da dv nl dz en eo et ee fo fj fi fr fy ff gd gl lg ka de el kl gn gu ht ha he hz hi ho hu "
        "is io ig id ia ie iu ik ga it ja jv kn kr ks kk km ki rw ky kv kg ko kj ku lo la lv li ln lt lu lb "
        "mk mg ms ml mt gv mi mr mh mn na nv nd nr ng ne no nb nn ii oc oj or om os pi ps fa pl pt pa qu ro "
        "rm rn ru se sm sg sa sc sr sn sd si sk sl so st es su sw ss sv tl ty tg ta tt te th bo ti to ts tn "
        "tr tk tw ug uk ur uz ve vi vo wa cy wo xh yi yo za zu nds gsw ",
    )
)
_NO_FOLDERS = frozenset(
    re.findall(r"\w+", "am as be cs do he ho id ie ii io is la ml my na no or os pi ps sc se so st to ts tt tw")
)


class FileFacts(Struct, frozen=True):
    """What a path says. `name` is the file's, `slug` the same without a date, or of the folder of an index. `path` and
    `folder` are below the items' directory, without suffix, index, date of the folder and language. `category_folder`
    is what of `folder` lies above the first folder with `_`, such as `_posts`: all of it, if there is none.
    """

    name: str
    slug: str
    path: str
    folder: str
    language: str | None
    language_in_name: bool
    dateless_name: str
    category_folder: str = ""

    @property
    def number(self) -> int | None:
        """The first number in the name, rather behind its date than in it."""
        found = _NUMBER.search(self.dateless_name) or _NUMBER.search(self.name)
        return int(found[1]) if found else None


def file_facts(path: str) -> FileFacts:
    """The facts in a path relative to the items' directory."""
    folders, _, file = path.rpartition("/")
    folder = _folder_facts(folders)
    stem = stem_of(file)
    first, dot, last = stem.rpartition(".")
    language = _tag(last) if dot and "." not in first and _is_language(last) else None
    if language:
        stem = first
    shown, name = folder.shown, stem
    is_index = stem.lower() in _INDEXES
    if is_index and shown:
        shown, _, name = shown.rpartition("/")
    slug = _DATE_BEFORE.sub("", name, count=1)
    is_root = is_index and not shown and name == stem
    return FileFacts(
        name=name,
        slug="-".join(slug.split()),
        path="" if is_root else f"{shown}/{name}" if shown else name,
        folder=shown,
        language=language or folder.language,
        language_in_name=language is not None,
        dateless_name=slug,
        category_folder=min(shown, folder.category_folder, key=len),  # both begin with the same folders
    )


def may_name_language(path: str) -> bool:
    """Whether `file_facts` may find a language in a path: a quick look."""
    folders, _, file = path.rpartition("/")
    return "." in stem_of(file) or _folder_facts(folders).language is not None


class _FolderFacts(Struct, frozen=True):
    """What the path of a folder says. `shown`: the folders that do not begin with `_`; the rest as in FileFacts."""

    shown: str
    category_folder: str
    language: str | None


@lru_cache(maxsize=256)  # most files of a folder come together
def _folder_facts(path: str) -> _FolderFacts:
    folders = path.split("/") if path else []
    first = folders[1] if folders[:1] == ["i18n"] and len(folders) > 1 else folders[0] if folders else ""
    above = next((at for at, folder in enumerate(folders) if folder.startswith("_")), len(folders))
    return _FolderFacts(
        shown="/".join(folder for folder in folders if not folder.startswith("_")),
        category_folder="/".join(folders[:above]),
        language=_tag(first) if _is_language(first) and first.lower() not in _NO_FOLDERS else None,
    )


def _is_language(word: str) -> bool:
    return _LANGUAGE.fullmatch(word) is not None and re.split("[-_]", word.lower())[0] in _CODES


def _tag(word: str) -> str:
    """A language tag as RFC 5646 recommends to write it: `pt-BR`, `zh-Hant`."""
    main, *rest = re.split("[-_]", word)
    return "-".join([main.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])
