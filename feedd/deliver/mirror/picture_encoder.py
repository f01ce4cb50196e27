"""The encoder of pictures: the bytes of a picture of another site in; small, plain pictures out, or why there are none.

It runs in a process of its own (encoding.py), whose memory and time are bounded: codecs are large, and the bytes come
from strangers. What a file is, its bytes say, and no header or suffix.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Mapping

import msgspec
from PIL import Image, ImageCms, ImageOps
from PIL.Image import open as picture_of  # no file: the bytes are here

from feedd.deliver.mirror.encoded_picture import EncodedPicture, EncodedRendition, Unsuitable

WIDEST = 1200  # pixels
THUMBNAIL = (320, 480)  # pixels, at most
_TALL = 3  # times as tall as wide: of a taller picture, such as a whole screen, the thumbnail shows the top
_MAX_PIXELS = 50_000_000
_MAX_SIDE = 16_383  # pixels: WebP has no more
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP")
_FEW_COLOURS = 64  # photographs without colour have 256
_JPEG: Mapping[str, object] = {"quality": 82, "optimize": True, "progressive": True}
_PNG: Mapping[str, object] = {"optimize": True}
_WEBP: Mapping[str, object] = {"quality": 80, "method": 4}
_WORTH_KEEPING = 0.9  # of the bytes of a JPEG or PNG: a WebP with more gains readers little, and doubles what is kept


def main() -> None:
    """Encodes the picture on standard input. Writes msgpack of the outcome to standard output."""
    sys.stdout.buffer.write(msgspec.msgpack.encode(encode(sys.stdin.buffer.read())))
    sys.stdout.buffer.flush()


def encode(data: bytes) -> EncodedPicture | Unsuitable:
    """A picture at two sizes: without metadata, the right way up, in the colours of the web (sRGB)."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = _MAX_PIXELS
    try:
        with picture_of(io.BytesIO(data), formats=_FORMATS) as opened:
            if reason := _why_unsuitable(opened):
                return Unsuitable(reason)
            picture = _plain(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Unsuitable(f"it has more than {_MAX_PIXELS // 1_000_000} million pixels")
    except MemoryError:
        return Unsuitable("it takes too much memory")
    except Exception:  # noqa: BLE001 - decoders raise exceptions of all kinds, and they are all about the file
        return Unsuitable("it is no picture, or a broken one")
    whole, thumbnail = picture.copy(), _top(picture) if picture.height > _TALL * picture.width else picture
    whole.thumbnail((WIDEST, _MAX_SIDE), Image.Resampling.LANCZOS)
    thumbnail.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS)
    return EncodedPicture(*_renditions(whole), *_renditions(thumbnail))


def _top(picture: Image.Image) -> Image.Image:
    """The top of a picture, in the shape of a thumbnail."""
    return picture.crop((0, 0, picture.width, max(1, picture.width * THUMBNAIL[1] // THUMBNAIL[0])))


def _why_unsuitable(opened: Image.Image) -> str:
    """Why a picture is not decoded; "" if it is. Nothing but its head was read."""
    width, height = opened.size
    if width * height > _MAX_PIXELS:
        return f"it has more than {_MAX_PIXELS // 1_000_000} million pixels"
    if opened.format != "MPO" and getattr(opened, "is_animated", False):
        return "it is animated"
    return ""


def _plain(opened: Image.Image) -> Image.Image:
    """A picture as RGB, or as RGBA if anything of it is transparent."""
    opened.draft("RGB", (2 * WIDEST, 2 * WIDEST))  # a large JPEG is decoded at a fraction of its size
    opened.load()
    profile = opened.info.get("icc_profile")
    picture = ImageOps.exif_transpose(opened)
    has_alpha = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        picture = _in_srgb(picture, profile)
    picture = picture.convert("RGBA" if has_alpha else "RGB")
    if has_alpha and picture.getchannel("A").getextrema()[0] == 255:
        picture = picture.convert("RGB")
    bare = Image.new(picture.mode, picture.size)  # no metadata comes along
    bare.paste(picture)
    return bare


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """A picture of another colour space in sRGB; as it is if its profile is broken."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return changed or picture


def _renditions(picture: Image.Image) -> tuple[EncodedRendition, EncodedRendition | None]:
    """A picture as JPEG or PNG, and as WebP if the WebP is smaller by a tenth or more."""
    is_drawn = picture.mode == "RGBA" or picture.getcolors(_FEW_COLOURS) is not None
    first = _saved(picture, "PNG", "png", _PNG) if is_drawn else _saved(picture, "JPEG", "jpg", _JPEG)
    options = {**_WEBP, "lossless": picture.mode == "RGB"} if is_drawn else _WEBP
    second = _saved(picture, "WEBP", "webp", options)
    return first, second if len(second.data) <= _WORTH_KEEPING * len(first.data) else None


def _saved(picture: Image.Image, name: str, suffix: str, options: Mapping[str, object]) -> EncodedRendition:
    out = io.BytesIO()
    picture.save(out, name, **options)
    return EncodedRendition(suffix, picture.width, picture.height, out.getvalue())
