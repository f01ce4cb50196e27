"""Links of items: what a file says of its address, and the settings, in; the link, out.

fields -- a link elsewhere, else an address on the site, else the template of the folder or of the site --> link
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from feedd.items import urls
from feedd.items.decoders import is_false
from feedd.items.findings import Findings
from feedd.items.foreign.file_facts import FileFacts
from feedd.items.foreign.foreign_names import ForeignField, NamedFields
from feedd.items.foreign.site_links import LinkFacts, address_as_template, filled, on_site


def address_field(fields: NamedFields) -> ForeignField | None:
    """The field in which a file says where on its site it is."""
    for field in (*fields.renamed("link"), *fields.meaning("address")):
        value = field.value
        if isinstance(value, str) and value.strip() and not is_false(value) and len(field.at) == 1:
            if field.name == "url" and not value.startswith("/"):
                continue
            return field
    return None


class LinkMaker:
    """Makes the link of an item. `values` are what is known of the item so far; `day` is the day of its date as it is
    written. `is_of_zola`: each `path` is an address with a slash at its end, as Zola has them.
    """

    def __init__(
        self,
        fields: NamedFields,
        values: Mapping[str, Any],
        facts: FileFacts,
        day: date | None,
        findings: Findings,
        *,
        is_of_zola: bool,
    ) -> None:
        self.fields, self.values, self.facts, self.day, self.is_of_zola = fields, values, facts, day, is_of_zola
        self.findings, self.settings = findings, findings.settings

    def link(self) -> str | None:
        """The link; None if the file gives none, and no template does."""
        address = address_field(self.fields)
        if link := self._link_elsewhere() or self._own_address(address) or self._by_template():
            return link
        if address is not None and self.settings.site_url is None:
            self.findings.note(address.at, "it is no link without the address of the site (`site.url`)")
        return None

    def _link_elsewhere(self) -> str | None:
        for field in self.fields.meaning("link"):
            if isinstance(field.value, str) and (found := urls.http_url(field.value)):
                return found
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
        if field.name == "path" and (self.is_of_zola or "." not in written.rpartition("/")[2]):
            written = f"{written.rstrip('/')}/"
        return on_site(written, self.settings.site_url)

    def _by_template(self) -> str | None:
        templates = self.values.get("links") or self.settings.link
        if not templates:
            return None
        facts = self._link_facts()
        found = ((template, made) for template in templates if (made := filled(template, facts)) is not None)
        template, made = next(found, ("", None))
        if made is None:
            self.findings.note((), "no link: its template asks for a date or a number that the file does not have")
            return None
        if self.facts.language_in_name and "{language" not in template and facts.language:
            made = f"/{facts.language.lower()}/{made.lstrip('/')}" if "://" not in made else made
        return on_site(made, self.settings.site_url or "")

    def _link_facts(self) -> LinkFacts:
        values, facts = self.values, self.facts
        language = values.get("locale") or ""
        categories = values.get("categories") or values.get("category") or ()
        episode = values.get("episode")
        return LinkFacts(
            day=self.day,
            slug=(values.get("slug") or facts.slug).strip("/"),
            own_slug=(values.get("slug") or "").strip("/") or None,
            name=facts.name,
            title=values.get("title") or values.get("name") or "",
            path=facts.path,
            folder=facts.folder,
            categories=categories,
            category_folder=facts.category_folder,
            language="" if language.lower() == self.settings.language.lower() else language,
            number=episode.number if episode and episode.number is not None else facts.number,
        )
