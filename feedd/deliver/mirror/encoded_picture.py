"""What the encoder of pictures says, as values that one process sends to another."""

from __future__ import annotations

from msgspec import Struct


class EncodedRendition(Struct, frozen=True, array_like=True):
    """The bytes of a picture at one size, in the format of this suffix. `width` and `height` are pixels."""

    suffix: str
    width: int
    height: int
    data: bytes


class EncodedPicture(Struct, frozen=True, array_like=True, tag=True):
    """A picture, and a thumbnail of it. Each is JPEG or PNG, and also WebP where that is smaller."""

    whole: EncodedRendition
    whole_webp: EncodedRendition | None
    thumbnail: EncodedRendition
    thumbnail_webp: EncodedRendition | None


class Unsuitable(Struct, frozen=True, array_like=True, tag=True):
    """Why there is no such picture, in words."""

    reason: str
