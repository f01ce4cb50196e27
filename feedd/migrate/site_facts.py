"""What a folder says of its site, whichever program makes the site of it: the record that a proposal is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from feedd.model import Person

MARKDOWN = (".md", ".markdown", ".mdx")


FolderFacts = Mapping[str, str | Sequence[str]]  # what holds below a folder, by the names of the configuration


class SiteFacts(Struct, frozen=True):
    """A site as its folder and its generator's configuration describe it. Empty texts stand for what is not known.

    `generator` is the program's name, and `config` are the files that were read. `url` is the site's address as
    written there. `seeds` is the folder of the items, below the site's folder. `include` are folders below it, or
    patterns, and `ignore` are patterns of `items.ignore`. `links` are templates of `site.link`; the first that an item
    has all parts for counts. `links_from` says where they come from. `guesses_links`: no configuration says so, and
    URLs in the texts may know better. `old_feeds` are paths on the site's host, and `section_feeds` those of the feeds
    of single folders below `seeds`, by folder. `template` is the file of the site that writes the heads of pages.
    `fields`, `folders` and `dates_from` are as in the configuration; folders are below
    `seeds`. `withheld_tags` are tags that withhold a text. `asking` is the field by which a text asks to be published,
    where no other text is. `meant_fields` are like `fields`, and a guess. `remarks` are sentences for the user,
    and `faults` say which files could not be read.
    """

    generator: str = ""
    config: tuple[str, ...] = ()
    url: str = ""
    title: str = ""
    description: str = ""
    language: str = ""
    time_zone: str = ""
    author: str = ""
    seeds: str = ""
    include: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    links_from: str = ""
    guesses_links: bool = False
    authors: dict[str, Person] = field(default_factory=dict)
    old_feeds: tuple[str, ...] = ()
    section_feeds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    template: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    meant_fields: dict[str, str] = field(default_factory=dict)
    folders: dict[str, FolderFacts] = field(default_factory=dict)
    dates_from: str = ""
    asking: str = ""
    withheld_tags: tuple[str, ...] = ()
    unquoted_colons: bool = False
    links_by_name: bool = False
    days_in_time_zone: bool = False
    remarks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
