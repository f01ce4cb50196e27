"""Fields in the words of other publishers: front matter, path and body, in; values of the fields of an Item, out.

    tree -- NamedFields --> fields by meaning -- shapes --> values, beside the values of the seeds' own fields

The seeds' own fields win wherever a file has both. A field of another publisher never refuses a file, unless its date
cannot be read: the file might be published too early.
"""

from __future__ import annotations

from typing import Any

from feedd.items import former_ids, urls
from feedd.items.dates import zone_of
from feedd.items.decoders import Findings, is_false, locale, plain_text
from feedd.items.foreign import foreign_shapes
from feedd.items.foreign.episode_fields import media_fields
from feedd.items.foreign.file_facts import file_facts
from feedd.items.foreign.foreign_dates import Dated, dated_by_line, dated_by_path, is_computed, main_date, read_dated
from feedd.items.foreign.foreign_names import ForeignField, NamedFields
from feedd.items.foreign.site_links import LinkFacts, address_as_template, filled, on_site
from feedd.items.front_matter.yaml import Node
from feedd.items.titles import first_heading
from feedd.model import Person

MOST_UNREAD = 30
_DATE_EXPECTED = "a date such as 2026-01-31 or 2026-01-31T09:30:00+02:00"
_LONGEST_NAME = 60  # characters


class ForeignReader:
    """Adds to `values`, the values of the seeds' own fields, what a file says in other words."""

    def __init__(self, path: str, tree: dict[str, Node], values: dict[str, Any], findings: Findings) -> None:
        self.settings = findings.settings
        self.fields = NamedFields(tree, self.settings.fields)
        self.tree, self.values, self.findings = tree, values, findings
        self.path, self.facts = path, file_facts(path)
        self.day: Dated | None = None  # which its link is made of
        if "title" not in values and "title" not in tree:
            self._first_text("title", "title")

    def below_title(self, body: str) -> str:
        """A Markdown body without a heading that repeats the title."""
        heading = first_heading(body)
        return heading.rest if heading and heading.title == self.values.get("title") else body

    def complete(self, body: str) -> tuple[str, ...]:
        """Adds all but the title. The names of fields without a use."""
        self._dates(body)
        self._texts()
        former_ids.add_from_other_names(self.fields, self.values, self.findings)
        self._names()
        self._authors()
        self._pictures()
        self._media()
        self._language()
        self._link()
        return self._unread()

    def _unread(self) -> tuple[str, ...]:
        found = {name for name in self.fields.unread(may_tell=self.findings.quote) if name.isprintable()}
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

    def _has(self, *names: str) -> bool:
        """Whether the file has a value, good or not, for one of the seeds' own fields."""
        return any(self.tree.get(name) is not None for name in names)

    # Dates

    def _dates(self, body: str) -> None:
        zone = zone_of(self.settings.time_zone)
        given = self.values.get("publishedDateTime")  # by its own field, or by a date in `published`
        given = Dated(given, given.astimezone(zone).date()) if given else None
        if self._has("publishedDateTime"):
            self.day = given
        else:
            found = {"published": given} if given else {}
            found |= {
                field.name: dated
                for field in self.fields.meaning("date")
                if (dated := self._dated(field, is_sure=True))
            }
            if not found and (other := self._other_date(body)):
                found = {"date": other}
            if found:
                # Of several dates the last one counts, so that nothing is published before its time.
                self.values["publishedDateTime"] = max(dated.moment for dated in found.values())
                self.day = found.get("date") or next(iter(found.values()))
        if "updatedDateTime" not in self.values and not self._has("updatedDateTime"):
            for field in self.fields.meaning("updated"):
                if dated := self._dated(field, is_sure=False):
                    self.values["updatedDateTime"] = dated.moment
                    return

    def _other_date(self, body: str) -> Dated | None:
        """The date of a file without a date of publication."""
        for field in self.fields.meaning("first written"):
            if dated := self._dated(field, is_sure=False):
                return dated
        zone = zone_of(self.settings.time_zone)
        by_line = None if self.tree else dated_by_line(body, zone)
        address = self._address_field()
        by_address = dated_by_path(str(address.value).strip(), zone) if address else None
        return by_line or dated_by_path(self.path, zone) or by_address

    def _dated(self, field: ForeignField, *, is_sure: bool) -> Dated | None:
        """The date of a field. A date that cannot be read is a problem if the field is `is_sure` to hold one."""
        if is_computed(field.value):
            self.findings.note(field.at, f"{self.findings.quoted(field.value)} is not known here; it is passed over")
            return None
        found = read_dated(main_date(field.value), zone_of(self.settings.time_zone))
        if isinstance(found, Dated):
            return found
        if is_sure:
            self.findings.wrong(field.at, _DATE_EXPECTED, field.value, advice=found)
        else:
            self.findings.note(field.at, f"expected {_DATE_EXPECTED}, got {self.findings.quoted(field.value)}")
        return None

    # Names, persons, pictures, language

    def _names(self) -> None:
        is_jekyll = "layout" in self.tree or dated_by_path(self.path.rpartition("/")[2], zone_of("UTC")) is not None
        for meaning, target in (("tags", "tags"), ("categories", "categories")):
            for field in self.fields.meaning(meaning):
                at_blanks = is_jekyll and field.name != "category" and field.name != "keywords"
                if found := foreign_shapes.names(field.value, field.at, self.findings, at_blanks=at_blanks):
                    if len(found) == 1 and " " in found[0] and meaning == "tags" and isinstance(field.value, str):
                        self.findings.note(field.at, "it is read as one name; put commas between several")
                    if field.at != ("category",) or len(found) > 1:
                        self.values[target] = found
                    break

    def _authors(self) -> None:
        known = {key.lower(): person for key, person in self.settings.authors.items()}
        for field in self.fields.meaning("authors"):
            if found := foreign_shapes.persons(field.value, field.at, self.findings, known):
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
            self.findings.note(field.at, f"expected a language, got {self.findings.quoted(field.value)}")
        if self.facts.language:
            self.values["locale"] = self.facts.language

    # The link

    def _link(self) -> None:
        values = self.values
        if any(values.get(name) or self._has(name) for name in ("webUrl", "originalUrl", "sourceUrl", "videoId")):
            return
        address = self._address_field()
        if link := self._link_elsewhere() or self._own_address(address) or self._by_template():
            values["webUrl"] = link
        elif address is not None and self.settings.site_url is None:
            self.findings.note(address.at, "it is no link without the address of the site (`site.url`)")

    def _link_elsewhere(self) -> str | None:
        for field in self.fields.meaning("link"):
            if isinstance(field.value, str) and (found := urls.http_url(field.value)):
                return found
        return None

    def _address_field(self) -> ForeignField | None:
        """The field in which a file says where on its site it is."""
        for field in self.fields.meaning("address"):
            value = field.value
            if isinstance(value, str) and value.strip() and not is_false(value) and len(field.at) == 1:
                if field.name == "url" and not value.startswith("/"):
                    continue
                return field
        return None

    def _own_address(self, field: ForeignField | None) -> str | None:
        if field is None:
            return None
        written = str(field.value).strip()
        if found := urls.http_url(written):
            return found
        if self.settings.site_url is None:
            return None
        if any(mark in written for mark in "{}$<"):
            self.findings.note(field.at, f"{self.findings.quoted(written)} is not run; it is passed over")
            return None
        if ":" in written:
            template = address_as_template(written)
            if template is None or not written.startswith("/"):
                self.findings.note(field.at, f"{self.findings.quoted(written)} is not understood; it is passed over")
                return None
            made = filled(template, self._link_facts())
            return on_site(made, self.settings.site_url) if made else None
        if field.name == "path" and "." not in written.rpartition("/")[2]:
            written = f"{written.rstrip('/')}/"
        return on_site(written, self.settings.site_url)

    def _by_template(self) -> str | None:
        templates = self.settings.link
        if not templates:
            return None
        facts = self._link_facts()
        found = ((template, made) for template in templates if (made := filled(template, facts)) is not None)
        template, made = next(found, ("", None))
        if made is None:
            self.findings.note((), "no link: `site.link` asks for a date or a number that the file does not have")
            return None
        if self.facts.language_in_name and "{language" not in template and facts.language:
            made = f"/{facts.language.lower()}/{made.lstrip('/')}" if "://" not in made else made
        return on_site(made, self.settings.site_url or "")

    def _link_facts(self) -> LinkFacts:
        values, facts = self.values, self.facts
        language = values.get("locale") or ""
        categories = values.get("categories") or ()
        episode = values.get("episode")
        return LinkFacts(
            day=self.day.day if self.day else None,
            slug=(values.get("slug") or facts.slug).strip("/"),
            own_slug=(values.get("slug") or "").strip("/") or None,
            name=facts.name,
            title=values.get("title") or values.get("name") or "",
            path=facts.path,
            folder=facts.folder,
            categories=categories,
            language="" if language.lower() == self.settings.language.lower() else language,
            number=episode.number if episode and episode.number is not None else facts.number,
        )
