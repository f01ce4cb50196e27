"""Fields in the words of other publishers: front matter, path and body, in; values of the fields of an Item, out.

    tree -- NamedFields --> fields by meaning -- shapes --> values, beside the values of the seeds' own fields

The seeds' own fields win wherever a file has both. A field of another publisher never refuses a file, unless its date
cannot be read: the file might be published too early.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Any

from feedd.items import urls
from feedd.items.dates import zone_of
from feedd.items.decoders import locale, plain_text
from feedd.items.fields import FIELDS
from feedd.items.findings import Findings
from feedd.items.foreign import foreign_dates, foreign_shapes, former_ids
from feedd.items.foreign.episode_fields import media_fields
from feedd.items.foreign.file_facts import FileFacts, file_facts, may_name_language
from feedd.items.foreign.foreign_dates import Dated, dated_by_line, dated_by_path, is_computed, main_date, read_dated
from feedd.items.foreign.foreign_names import OWN_NAMES, ForeignField, NamedFields, normal
from feedd.items.foreign.inline_tags import inline_tags
from feedd.items.foreign.item_links import LinkMaker, address_field
from feedd.items.foreign.titles import first_heading
from feedd.items.front_matter.yaml import Node
from feedd.items.reading_settings import folder_defaults
from feedd.model import Person

MOST_UNREAD = 30
_DATE_EXPECTED = "a date such as 2026-01-31 or 2026-01-31T09:30:00+02:00"
_LONGEST_NAME = 60  # characters


class ForeignReader:
    """Adds to `values`, the values of the seeds' own fields, what a file says in other words. `has_own`: it has a field
    that only the seeds have. `is_toml`: its front matter is in TOML.
    """

    def __init__(
        self,
        path: str,
        tree: dict[str, Node],
        values: dict[str, Any],
        findings: Findings,
        *,
        has_own: bool,
        is_toml: bool,
    ) -> None:
        self.settings = findings.settings
        self.fields = NamedFields(tree, self.settings.fields)
        self.tree, self.values, self.findings = tree, values, findings
        self.path = path
        self.is_of_zola = is_toml  # of the programs with TOML, only Zola reads a `path`
        self.given: datetime | None = None  # its date in the seeds' words
        self.found: dict[str, Dated] = {}  # its other dates, by the names of their fields in normal form
        self.has_own = has_own
        self.replaced: set[str] = set()  # fields of the seeds in whose place others count
        if self.settings.fields:
            self._take_renamed()
        if "title" not in values and ("title" not in tree or "title" in self.replaced):
            self._first_text("title", "title")

    @cached_property
    def facts(self) -> FileFacts:
        """The facts in the path of the file."""
        return file_facts(self.path)

    @cached_property
    def known(self) -> dict[str, Person]:
        """The persons of the settings, by their keys in small letters."""
        return {key.lower(): person for key, person in self.settings.authors.items()}

    def below_title(self, body: str) -> str:
        """A Markdown body without a heading that repeats the title."""
        heading = first_heading(body, self.path)
        return heading.rest if heading and heading.title == self.values.get("title") else body

    def complete(self, body: str) -> tuple[str, ...]:
        """Adds all but the title. The names of fields without a use."""
        self._dates(body)
        self._texts()
        former_ids.add_from_other_names(self.fields, self.values, self.findings)
        self._names()
        if not self.values.get("tags") and not self.has_own:
            self.values["tags"] = inline_tags(body, self.settings.withheld_tags)
        self._authors()
        self._pictures()
        self._media()
        self._language()
        if self.settings.folders:
            self._take_defaults()
        if "locale" not in self.values and may_name_language(self.path) and self.facts.language:
            self.values["locale"] = self.facts.language  # of a folder: a guess, and the settings know better
        self._link()
        return self._unread()

    def _unread(self) -> tuple[str, ...]:
        found = {name for name in self.fields.unread(may_tell=self.findings.quote) if name.isprintable()}
        if not found:
            return ()
        if "id" in self.values and (own := self.fields.named("id")):
            found.discard(".".join(map(str, own.at)))
        return tuple(sorted(name for name in found if 0 < len(name) <= _LONGEST_NAME)[:MOST_UNREAD])

    # Texts

    def _texts(self) -> None:
        if "excerpt" not in self.values and "bio" not in self.values:
            self._first_text("summary", "excerpt")
        if slug := self._text("slug"):
            self.values["slug"] = slug

    def _first_text(self, meaning: str, target: str) -> None:
        """Takes over the first text of a meaning."""
        for field in self.fields.meaning(meaning):
            found = Findings(quote=self.findings.quote)
            words = plain_text(field.value, field.at, found)
            self.findings.notes += [*found.notes, *found.problems]
            if words:
                self.values[target] = words
                return

    def _text(self, meaning: str) -> str | None:
        """The first text of a meaning, as it is written."""
        texts = (field.value for field in self.fields.meaning(meaning))
        return next((value.strip() for value in texts if isinstance(value, str) and value.strip()), None)

    def _has(self, name: str) -> bool:
        """Whether the file has a value, good or not, for one of the seeds' own fields."""
        return self.tree.get(name) is not None and name not in self.replaced

    # Dates

    def _dates(self, body: str) -> None:
        given = self.values.get("publishedDateTime")  # by its own field, or by a date in `published`
        has_own = self._has("publishedDateTime")
        found = {} if has_own else self._dates_of("date")
        found |= self._dates_of("not before")
        if not found and not given and not has_own and (other := self._other_date(body)):
            found = {"date": other}
        if found:
            # Of several dates the last one counts, so that nothing is published before its time.
            moments = [dated.moment for dated in found.values()]
            self.values["publishedDateTime"] = max([given, *moments] if given else moments)
        self.given, self.found = given, found
        if "updatedDateTime" not in self.values and not self._has("updatedDateTime"):
            for field in self.fields.meaning("updated"):
                if dated := self._dated(field, is_sure=False):
                    self.values["updatedDateTime"] = dated.moment
                    return

    def _day(self) -> date | None:
        """The day that the link of the item is made of: as `date` has it, else of the first date."""
        if self.given and "date" not in self.found:
            return self.given.astimezone(zone_of(self.settings.time_zone)).date()
        dated = self.found.get("date") or next(iter(self.found.values()), None)
        return dated.day if dated else None

    def _dates_of(self, meaning: str) -> dict[str, Dated]:
        """The dates of the fields of a meaning, by their names in normal form. A field without one is a problem."""
        fields = (each for each in self.fields.meaning(meaning) if not foreign_dates.is_none(each.name, each.value))
        dates = ((field.name, self._dated(field, is_sure=True)) for field in fields)
        return {name: dated for name, dated in dates if dated}

    def _other_date(self, body: str) -> Dated | None:
        """The date of a file without a date of publication."""
        for field in self.fields.meaning("first written"):
            if dated := self._dated(field, is_sure=False):
                return dated
        zone = zone_of(self.settings.time_zone)
        by_line = None if self.tree else dated_by_line(body, zone, self.findings)
        address = address_field(self.fields)
        by_address = dated_by_path(str(address.value).strip(), zone) if address else None
        return by_line or dated_by_path(self.path, zone) or by_address

    def _dated(self, field: ForeignField, *, is_sure: bool) -> Dated | None:
        """The date of a field. A date that cannot be read is a problem if the field is `is_sure` to hold one."""
        if is_computed(field.value):
            self.findings.note(field.at, f"{self.findings.quoted(field.value)} is not known here; it is passed over")
            return None
        zone = zone_of(self.settings.time_zone)
        found = read_dated(main_date(field.value), zone)
        if isinstance(found, Dated):
            return found.in_zone(zone) if self.settings.days_in_time_zone else found
        if is_sure:
            self.findings.wrong(field.at, _DATE_EXPECTED, field.value, advice=found)
        else:
            self.findings.note(field.at, f"expected {_DATE_EXPECTED}, got {self.findings.quoted(field.value)}")
        return None

    # Names, persons, pictures, language

    def _names(self) -> None:
        if "topics" in self.values and not self.has_own:
            self.values["topics"] = tuple(map(foreign_shapes.without_wiki_link, self.values["topics"]))
        for meaning, target in (("tags", "tags"), ("categories", "categories")):
            for field in self.fields.meaning(meaning):
                at_blanks = field.name != "category" and field.name != "keywords" and self._is_of_jekyll()
                if field.at == (target,):
                    self.findings.forget(target)
                is_text = isinstance(field.value, str) and "," not in field.value
                if meaning == target == "categories" and field.at == ("category",) and is_text:
                    break  # a single category is one of the seeds' own fields
                if found := foreign_shapes.names(field.value, field.at, self.findings, at_blanks=at_blanks):
                    if len(found) == 1 and " " in found[0] and meaning == "tags" and isinstance(field.value, str):
                        self.findings.note(field.at, "it is read as one name; put commas between several")
                    if field.at != ("category",) or len(found) > 1:
                        self.values[target] = found
                    break

    def _is_of_jekyll(self) -> bool:
        return "layout" in self.tree or dated_by_path(self.path.rpartition("/")[2], zone_of("UTC")) is not None

    def _authors(self) -> None:
        for field in self.fields.meaning("authors"):
            if found := foreign_shapes.persons(field.value, field.at, self.findings, self.known):
                if len(found) == 1 and found[0].url is None:
                    found = (self._with_address(found[0]),)
                self.values["authors"] = found
                return

    def _with_address(self, person: Person) -> Person:
        """A person with the address and the picture that stand in fields of their own."""
        url, image = self.fields.named("authorurl"), self.fields.named("authorimageurl")
        return Person(
            person.name,
            urls.http_url(url.value) if url and isinstance(url.value, str) else None,
            (urls.reference(image.value) if image and isinstance(image.value, str) else None) or person.image,
        )

    def _pictures(self) -> None:
        if self.values.get("images"):
            return
        for field in self.fields.meaning("pictures"):
            is_own = field.at == (
                "images",
            )  # in a shape that the seeds do not have, of which something is said already
            findings = Findings() if is_own else self.findings
            if found := foreign_shapes.pictures(field.value, field.at, findings):
                if is_own:
                    self.findings.forget("images")
                self.values["images"] = found
                return

    def _media(self) -> None:
        found = media_fields(self.fields, self.values, self.findings)
        if found.takes_length:
            self.values.pop("length", None)
            self.findings.forget("length")
        self.values["enclosure"], self.values["episode"] = found.enclosure, found.episode

    def _language(self) -> None:
        if "locale" in self.values:
            return
        for field in self.fields.meaning("language"):
            if found := locale(field.value, field.at, Findings()):
                self.values["locale"] = found
                return
            if field.at != ("locale",):  # of which something is said already
                self.findings.note(field.at, f"expected a language, got {self.findings.quoted(field.value)}")
        if may_name_language(self.path) and self.facts.language_in_name:
            self.values["locale"] = self.facts.language

    def _link(self) -> None:
        if self.values.get("webUrl"):
            return
        names = ["webUrl", "originalUrl", "sourceUrl", "videoId"]
        if self.has_own:
            names += ["website", "twitter", "linkedin"]  # the link of a profile among the seeds
        if not any(self.values.get(name) or self._has(name) for name in names):
            maker = LinkMaker(
                self.fields, self.values, self.facts, self._day(), self.findings, is_of_zola=self.is_of_zola
            )
            if link := maker.link():
                self.values["webUrl"] = link

    # Settings

    def _take_renamed(self) -> None:
        """Takes the fields that the settings name instead of those of the seeds."""
        for own, written in self.settings.fields.items():
            field = self.fields.named(normal(written))
            if field is None:
                continue
            for name in OWN_NAMES.get(own, (own,)):
                self.values.pop(name, None)
                self.replaced.add(name)
                self.findings.forget(name)
            if own in FIELDS and (value := FIELDS[own](field.value, field.at, self.findings)) is not None:
                self.values[own] = value

    def _take_defaults(self) -> None:
        """Takes what the settings say of the folder for what the file does not say."""
        for name, value in folder_defaults(self.path, self.settings.folders):
            if name == "authors" and not self.values.get(name):
                self.values[name] = tuple(
                    person for key in value for person in foreign_shapes.persons(key, (), Findings(), self.known)
                )
            elif not self.values.get(name) and self.values.get(name) is not False:
                self.values[name] = value
