"""Page facts: what the template language of a body may ask about its page and its site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from msgspec import Struct

from feedd.patterns import late_pattern

_PART = late_pattern(r"""(?:[^|"']|"[^"]*+"|'[^']*+'|["'])+""")
_LITERAL = late_pattern(r"""(["'])(.*)\1""", re.DOTALL)
_FILTER = late_pattern(r"([A-Za-z_][\w.]{0,60})(?:\s*[:(]\s*(.*?)\)?)?", re.DOTALL)


class PageFacts(Struct, frozen=True):
    """What is known of the page. `site_url` ends in "/"; None if it is not known."""

    title: str = ""
    summary: str = ""
    link: str | None = None
    site_url: str | None = None

    @property
    def origin(self) -> str:
        """The site's scheme and host, or ""."""
        parts = urlsplit(self.site_url or "")
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @property
    def base_path(self) -> str:
        """The site's path without "/" at its end."""
        return urlsplit(self.site_url or "").path.rstrip("/")

    def value(self, expression: str) -> str | None:
        """What an expression such as `"/x" | relative_url` or `page.title` means; None if that is not known."""
        parts = [part.strip() for part in _PART.findall(expression)]
        found = self._operand(parts[0]) if parts else None
        if found is None:
            return None
        for part in parts[1:]:
            if step := _FILTER.fullmatch(part):
                found = self._filtered(found, step[1], step[2] or "")
        return found

    def _operand(self, name: str) -> str | None:
        if literal := _LITERAL.fullmatch(name):
            return literal[2]
        known = {
            "site.url": self.origin,
            "site.baseurl": self.base_path,
            "site.base_url": self.base_path,
            "site.github.url": self.origin + self.base_path,
            "page.title": self.title,
            "title": self.title,
            "page.url": self.link,
            "page.description": self.summary,
            "page.excerpt": self.summary,
        }
        return known.get(name)

    def _filtered(self, value: str, name: str, argument: str) -> str:
        if "://" in value[:12] or value.startswith(("#", "mailto:")):
            return value
        if name in ("relative_url", "url", "relURL"):
            return f"{self.base_path}/{value.lstrip('/')}"
        if name in ("absolute_url", "absoluteUrl", "absURL"):
            return f"{self.origin}{self.base_path}/{value.lstrip('/')}"
        if name in ("prepend", "append"):
            other = self._operand(argument.strip()) or ""
            return other + value if name == "prepend" else value + other
        return value
