"""Addresses of places in object stores: a text in; bucket and prefix, or a mistake in words, out."""

from __future__ import annotations

from typing import NamedTuple

from feedd.patterns import late_pattern

SCHEMES = ("s3", "gs", "az")
_BUCKET = late_pattern(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")  # the union of what the three kinds of store admit
_AZURE_WEBSITE = ("az", "$web")  # the container from which Azure serves a website


class StoreUrl(NamedTuple):
    """A place in an object store. `prefix` is "", or ends in `/`."""

    scheme: str
    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}/{self.prefix}".rstrip("/")

    def __truediv__(self, key: str) -> str:
        """The address of an object, as a path has it with the same sign."""
        return f"{self.scheme}://{self.bucket}/{self.prefix}{key}"


def is_store_url(text: str) -> bool:
    """Whether a text is meant as an address in an object store, right or wrong."""
    return text.partition(":")[0].lower() in SCHEMES and "://" in text


def parse_store_url(text: str) -> StoreUrl:
    """The place that an address such as `s3://bucket/prefix` names. Raises ValueError, which names the mistake and
    repeats no secret.
    """
    scheme, found, rest = text.partition("://")
    if not found or scheme not in SCHEMES:
        raise ValueError("expected an address such as `s3://bucket/prefix`, with s3, gs or az")
    bucket, _, prefix = rest.partition("/")
    if "@" in bucket or ":" in bucket:
        raise ValueError("expected no credentials and no port; see `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` in the docs")
    if "?" in rest or "#" in rest:
        raise ValueError("expected no `?` and no `#`; credentials and options come from the environment")
    if not (_BUCKET.fullmatch(bucket) or (scheme, bucket) == _AZURE_WEBSITE):
        what = "container" if scheme == "az" else "bucket"
        raise ValueError(f"expected the name of a {what} after `{scheme}://`: 3 letters or more, small, digits, `-`")
    parts = prefix.rstrip("/").split("/") if prefix.rstrip("/") else []
    if any(part in ("", ".", "..") or not part.isprintable() for part in parts):
        raise ValueError("expected a prefix without `//`, `.` and `..` as its parts")
    return StoreUrl(scheme, bucket, "".join(f"{part}/" for part in parts))


def overlap(one: StoreUrl, other: StoreUrl) -> bool:
    """Whether a place lies in another, or both are one."""
    same = (one.scheme, one.bucket) == (other.scheme, other.bucket)
    return same and (one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix))
