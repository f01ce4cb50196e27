"""Texts that files beside or above them withhold, as `_index.md` or files of data do: a folder in; those texts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from feedd.items.file_names import is_section_file
from feedd.items.withholding.section_marks import SectionMark, section_marks
from feedd.migrate.site_folder import SiteFolder
from feedd.store.generator_files.section_files import marks_in, speaking_files, speaks_for_others


def withheld_texts(site: SiteFolder, seeds: str, paths: Iterable[str]) -> frozenset[str]:
    """The texts among these that other files withhold. `seeds` is the folder of the items."""
    marks = _marks(site)
    if not marks:
        return frozenset()
    above, below = tuple(seeds.split("/")) if seeds else (), f"{seeds}/" if seeds else ""
    found: set[str] = set()
    for path in paths:
        parts = path.split("/")
        folders = ["".join(f"{part}/" for part in parts[:depth]) for depth in range(len(parts))]
        inner = path.removeprefix(below)
        if any(
            path.rpartition(".")[0] == stem if stem else mark.withholds(inner, above)
            for folder in folders
            for stem, mark in marks.get(folder, ())
        ):
            found.add(path)
    return frozenset(found)


def _marks(site: SiteFolder) -> dict[str, list[tuple[str, SectionMark]]]:
    """What withholds texts, by folders with `/` at the end; each with the path of a single text without its suffix."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for path in site.files:
        folder, slash, name = path.rpartition("/")
        names[folder + slash].append(name)
    found: dict[str, list[tuple[str, SectionMark]]] = {}
    for folder, here in names.items():
        if not any(map(speaks_for_others, here)):
            continue
        own = folder[:-1].rpartition("/")[2] or site.name
        for name, stem in speaking_files(own, here):
            for mark in marks_in(name, site.quiet_text(f"{folder}{name}").encode()):
                found.setdefault(folder, []).append((f"{folder}{stem}" if stem is not None else "", mark))
    return found


def withholds_all(site: SiteFolder, folder: str) -> bool:
    """Whether the file of the whole content may withhold texts. Then all of it is the items' directory, so that the
    file is heeded on each pass.
    """
    below = f"{folder}/"
    names = (path.removeprefix(below) for path in site.files if path.startswith(f"{below}_"))
    return any(section_marks(name, site.text(below + name).encode()) for name in names if is_section_file(name))
