"""What hides an item: the bytes of its file, and its Item, in; the fields that say so, with their lines, out."""

from __future__ import annotations

from feedd.items.decoders import is_false, is_true
from feedd.items.findings import field_name
from feedd.items.front_matter.formats import locate
from feedd.items.parsing.parsed import Parsed
from feedd.items.parsing.source_file import read_source
from feedd.items.reading_settings import ReadingSettings, folder_defaults
from feedd.items.withholding.meaning import RETRACTING
from feedd.model import Item


def hiding_fields(path: str, data: bytes, item: Item, settings: ReadingSettings) -> str | None:
    """Which fields of the file withhold the item that was made of it, and where, in words; None if none is found."""
    read = read_source(path, data, settings)
    if isinstance(read, Parsed):
        return None
    tree = read.front.tree
    says = {"published": is_false, **dict.fromkeys(RETRACTING, is_true)}
    hiding = [f"{name}: {str(value).strip()}" for name, value in tree.items() if name in says and says[name](value)]
    if item.hidden_by:
        hiding.append(item.hidden_by)
    if hiding:
        lines = {field_name(at): line for at, line in locate(read.source).items()}
        found = [(lines.get(words.partition(": ")[0]), words) for words in hiding]
        each = [f"`{words}`" + (f" in line {line}" if line else "") for line, words in found]
        return f"the file says {' and '.join(each)}"
    if item.listed is False and ("published", False) in folder_defaults(path, settings.folders):
        return "the file does not say `published: true`, and `folders` in the configuration withholds its folder"
    return None
