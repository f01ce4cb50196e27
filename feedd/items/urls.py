"""URLs: text in, a checked, resolved or canonical URL out (RFC 3986), or None. Nothing here ever raises.

The authority of a URL here is a host and perhaps a port. An authority with a user name is refused: it would publish a
password or disguise the host.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from feedd.items.hosts import ascii_authority, is_possible_name
from feedd.items.youtube import video_start, youtube_id, youtube_page
from feedd.patterns import late_pattern

LONGEST_URL = 4096

_HOST = r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*"
_NAME = r"(?:(?![xX][nN]--)[A-Za-z0-9_-]{1,63}\.)*(?![xX][nN]--)[A-Za-z_-][A-Za-z0-9_-]{0,62}"  # no number, no punycode
_KEPT = r"A-Za-z0-9\-._~!$&'()*+,;=:@/?"
_REST = rf"[{_KEPT}]*(?:%[0-9A-Fa-f]{{2}}[{_KEPT}]*)*"
_FINE = late_pattern(rf"https?://{_NAME}(?:[/?]{_REST})?(?:#{_REST})?")
_FINE_REFERENCE = late_pattern(rf"(?![^/?#]*:)(?!//){_REST}(?:#{_REST})?")

_CURLY = ("\u201c", "\u201d", "\u201e", "\u2018", "\u2019")

# RFC 3986, appendix B.
_PARTS = late_pattern(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_AUTHORITY = late_pattern(rf"({_HOST}\.?|\[[0-9A-Fa-f:.]{{2,45}}\])(?::([0-9]{{0,5}}))?")
_UNSENDABLE = late_pattern("[\0-\x1f\x7f-\x9f\ud800-\udfff]")
_TO_ENCODE = late_pattern(rf"[^{_KEPT}%]|%(?![0-9A-Fa-f]{{2}})")
_ESCAPE = late_pattern("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# Parameters that campaigns and mailing programs add to a link. To change this is to change the identity of links.
_TRACKING = late_pattern(
    "(?:utm_.*|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id"
    "|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|_openstat|oly_anon_id|oly_enc_id|vero_id|wickedid|wt\\.mc_id)(?:=.*)?",
    re.IGNORECASE | re.DOTALL,
)

# Most links, for speed: only the scheme, a `www.` and a slash at the end are to be changed.
_CANONICAL_BUT_SCHEME = late_pattern(
    r"https?://(?:www\.)?(?!www\.)([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/(?!\.)[A-Za-z0-9._~-]++)*)/?"
)


_NOT_PUBLIC = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")


class _Url(NamedTuple):
    """The parts of a checked http(s) URL; `query` and `fragment` include their mark, or are empty."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}{self.path}{self.query}{self.fragment}"


def http_url(raw: str) -> str | None:
    """The absolute http or https URL that the text is, trimmed and percent-encoded where it must be.

    `//host/path` gets https. None for any other scheme or text, control characters within, a user name, a
    host or port that cannot be, and anything longer than LONGEST_URL. A URL in order comes back unchanged.
    """
    if _FINE.fullmatch(raw) and len(raw) <= LONGEST_URL:
        return raw
    parts = _parsed(raw)
    url = str(parts) if parts else ""
    return url if 0 < len(url) <= LONGEST_URL else None


def advice(raw: str) -> str:
    """The reason why a text is no URL, with advice, without quoting the text; "" if nothing is known."""
    if raw.strip()[:1] in _CURLY:
        return "its curly quotes are part of it; write straight ones, or none"
    scheme, authority, *_ = _split(raw.strip())
    if authority is None or (scheme or "https").lower() not in ("http", "https"):
        return ""
    if len(raw.strip()) > LONGEST_URL:
        return f"it is longer than {LONGEST_URL:,} characters"
    if "@" in authority:
        return "leave out the user name and password before the @: every subscriber could read them"
    port = authority.partition(":")[2]
    if not authority.startswith("[") and port and not (re.fullmatch("[0-9]+", port) and _possible("", port)):
        return "its port is not a number from 1 to 65535"
    if authority.isascii() and not is_possible_name(authority.partition(":")[0]):
        return "no browser opens its host: it is no name, and no IPv4 address"
    return "" if authority.isascii() else "write its host in ASCII, as browsers show it (xn--...)"


def reference(raw: str) -> str | None:
    """A reference as it may stand in a document: an http or https URL as `http_url` gives it, or a relative reference
    (`/assets/x.jpg`, `img/x.png`). None for any other text.
    """
    if _FINE_REFERENCE.fullmatch(raw) and 0 < len(raw) <= LONGEST_URL:
        return raw
    if found := http_url(raw):
        return found
    text = raw.strip()
    scheme, authority, path, query, fragment = _split(text)
    if not text or scheme is not None or authority is not None or _UNSENDABLE.search(text):
        return None
    url = f"{_encoded(path)}{_encoded(query)}{_encoded(fragment)}"
    return url if len(url) <= LONGEST_URL else None


def absolute(raw: str, base: str) -> str | None:
    """The text as an absolute http or https URL, resolved against `base` (RFC 3986, 5.2); None if it gives none."""
    found = reference(raw)
    if found is None:
        return None
    scheme, _, path, query, fragment = _split(found)
    if scheme is not None:
        return found
    if (parts := _parsed_base(base)) is None:
        return None
    if not path:
        resolved = parts._replace(query=query or parts.query, fragment=fragment)
    else:
        if not path.startswith("/"):
            path = f"{parts.path.rpartition('/')[0]}/{path}"
        resolved = parts._replace(path=_without_dots(path), query=query, fragment=fragment)
    url = str(resolved)
    return url if len(url) <= LONGEST_URL else None


def canonical(url: str) -> str:
    """The identity of a link: equal for all spellings of the same address (RFC 3986, section 6.2).

    It has https for http, no `www.`, no default port, no tracking parameters, no trailing slashes, and normal
    percent-escapes. All addresses of a YouTube video become its watch page, with the second at which it starts. A
    fragment is part of it, since it identifies a resource of its own (RFC 3986, section 3.5). Text directives and
    tracking parameters in a fragment are not. A text that is no http(s) URL comes back unchanged.
    canonical(canonical(url)) == canonical(url).
    """
    return "".join(_canonical(url))


def canonical_document(url: str) -> str:
    """The identity of the whole document, or video, that a link leads to: the link's identity without a fragment and a
    video's start.
    """
    return _canonical(url)[0]


@lru_cache(maxsize=64)  # an item's link is looked at several times
def _canonical(url: str) -> tuple[str, str]:
    """The identity of the document of a link, and the rest of the link's identity."""
    if (usual := _CANONICAL_BUT_SCHEME.fullmatch(url)) and "youtu" not in url and len(url) < LONGEST_URL:
        return f"https://{usual[1]}{usual[2]}", ""
    parts = _parsed(url)
    if parts is None or len(str(parts)) > LONGEST_URL:
        return url, ""
    host = parts.host.lower().rstrip(".")
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    port = "" if parts.port in ("80", "443") else parts.port
    path = _without_dots(_normalised(parts.path)).rstrip("/")
    kept = [each for each in _normalised(parts.query[1:]).split("&") if each and not _TRACKING.fullmatch(each)]
    query = f"?{'&'.join(kept)}" if kept else ""
    plain = f"https://{host}{':' if port else ''}{port}{path}{query}"
    if video := youtube_id(plain):
        start = video_start([*kept, *parts.fragment[1:].split("&")])
        return youtube_page(video), youtube_page(video, start).removeprefix(youtube_page(video))
    fragment = _normalised(parts.fragment[1:]).partition(":~:")[0]  # the rest is a text directive
    is_resource = any(not _TRACKING.fullmatch(each) for each in fragment.split("&") if each)
    return plain, f"#{fragment}" if is_resource else ""


def is_public(url: str) -> bool:
    """Whether services on the internet may be able to reach the host of this URL."""
    import ipaddress

    parts = _parsed(url)
    host = parts.host.lower().strip("[].") if parts else ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_NOT_PUBLIC)


def _split(text: str) -> tuple[str | None, str | None, str, str, str]:
    """Scheme, authority, path, "?query" and "#fragment"."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return None, None, text, "", ""
    return found[1], found[2], found[3], found[4] or "", found[5] or ""


def _parsed(raw: str) -> _Url | None:
    text = raw.strip()
    if len(text) > LONGEST_URL or _UNSENDABLE.search(text):
        return None
    scheme, authority, path, query, fragment = _split(text)
    if authority is None or (scheme or "https").lower() not in ("http", "https"):
        return None
    found = _AUTHORITY.fullmatch(authority) or _AUTHORITY.fullmatch(ascii_authority(authority))
    if found is None or not _possible(found[1], found[2]):
        return None
    return _Url(
        (scheme or "https").lower(),
        found[1],
        found[2] or "",
        _encoded(path),
        _encoded(query),
        _encoded(fragment),
    )


@lru_cache(maxsize=64)
def _parsed_base(raw: str) -> _Url | None:
    """The parts of a base, kept: many references are resolved against one base, one after another."""
    return _parsed(raw)


def _possible(host: str, port: str | None) -> bool:
    if port and not (len(port) < 6 and 0 < int(port) < 65536):
        return False
    if not host.startswith("["):
        return is_possible_name(host)
    import ipaddress

    try:
        ipaddress.IPv6Address(host[1:-1])
    except ValueError:
        return False
    return True


def _encoded(text: str) -> str:
    """The part of a URL with every character escaped that may not stand in it; escapes are kept."""
    if not text:
        return ""
    # The mark of a query or a fragment ("?", "#") is no part of it.
    mark, rest = (text[0], text[1:]) if text[0] in "?#" else ("", text)
    return mark + _TO_ENCODE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), rest)


def _normalised(text: str) -> str:
    """RFC 3986, section 6.2.2: escapes of unreserved characters decoded, the others in upper case."""

    def spelt(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(spelt, text) if "%" in text else text


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4, for an absolute path."""
    if "/." not in path:
        return path
    segments: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    if path.endswith(("/.", "/..")):
        segments.append("")
    return "/" + "/".join(segments)
