"""Reading settings: the part of the configuration by which files become items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from feedd.model import Person, Podcast

LONGEST_BODY = 300_000  # characters of a body that an entry carries, if nobody says otherwise: a book
LONGEST_ON_PAGE = 1_000_000  # the same on the page of an entry that has no other


class PreviewSettings(Struct, frozen=True):
    """How items are read for a preview. `at`: the moment of the preview, UTC. `default_listed`: whether an item is
    published that does not say so.
    """

    at: datetime
    default_listed: bool = True


class FolderDefaults(Struct, frozen=True):
    """What holds for the files below a folder that do not say it: values of fields, by the names of `build_item`.

    `path` is relative to the items' directory and ends in `/`; empty for all files. `links` among the values are
    templates of links, `authors` are names or keys. `podcast` is what a feed of this folder says of itself as a
    podcast; it holds for no file.
    """

    path: str
    values: dict[str, Any]
    podcast: Podcast | None = None


def folder_defaults(path: str, folders: Sequence[FolderDefaults]) -> Iterator[tuple[str, Any]]:
    """The defaults for a file, of the deepest folder first. `folders` are in that order."""
    for folder in folders:
        if path.startswith(folder.path):
            yield from folder.values.items()


class AudienceSettings(Struct, frozen=True):
    """What `audience` means in a file. `known` are the names of all private feeds, in small letters. `own` is the name
    of the private feed for which the files are read; None where they are read for the public.
    """

    known: tuple[str, ...] = ()
    own: str | None = None


class ReadingSettings(Struct, frozen=True):
    """What a file does not say about itself. If a setting changes, all files are read again.

    `site_url` is the address of the site whose texts the items are, and ends in `/`; None if it is not known.
    `time_zone` is the zone of dates without one, by its name in the tz database. `link` are templates of addresses
    on the site, of which the first counts that an item has all facts for. With `days_in_time_zone`, links are made of
    the day that a date has in `time_zone`, whatever zone it names. `language` is the language of the site where
    it matters for links. `authors` are persons by key. `fields` are the names that the files have for a meaning, or for
    a field of the seeds. `folders`, the deepest first, hold defaults for the files below them. `dates_from` is
    "git" if a file without a date has the date of its first commit. `chosen_folders` are the folders by which saved
    feeds choose items, each with `/` at its end. `withheld_tags` are tags, in small letters, that withhold a file; None
    if nothing is known of the site's tags. With `unquoted_colons`, a field between lines `---` that YAML cannot read
    is its line, as Python-Markdown has it. `audiences` is None where there are no private feeds: then `audience` is a
    field like any other. With `preview`, an item that is withheld or waits for its date is read as if it were
    published, and marked.
    """

    site_url: str | None = None
    time_zone: str = "UTC"
    preview: PreviewSettings | None = None
    link: tuple[str, ...] = ()
    days_in_time_zone: bool = False
    language: str = ""
    authors: dict[str, Person] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    folders: tuple[FolderDefaults, ...] = ()
    dates_from: str | None = None
    chosen_folders: tuple[str, ...] = ()
    withheld_tags: tuple[str, ...] | None = None
    unquoted_colons: bool = False
    audiences: AudienceSettings | None = None

    @property
    def apply_to_seeds(self) -> bool:
        """Whether files with the seeds' own fields alone are read otherwise than without these settings."""
        return bool(self.link or self.fields or self.folders)


DEFAULT_READING = ReadingSettings()
