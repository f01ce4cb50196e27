"""Media RSS 1.5.1: the picture and the video of an entry in; their elements, in Atom and RSS entries, out."""

from __future__ import annotations

from feedd.items.references import media_type_of
from feedd.model import Entry, Image, MirroredPicture
from feedd.render.xml.xml_text import attributes, escaped


def media_elements(indent: str, source: Entry) -> str:
    """`media:thumbnail` and `media:content`, each line indented."""
    image = source.image
    if source.video is not None:
        duration = str(source.duration) if source.duration else None
        return (
            f"{indent}<media:content{attributes(('medium', 'video'), ('duration', duration))}>\n"
            f"{indent}  <media:player{attributes(('url', source.video))}/>\n"
            f"{_thumbnail(indent + '  ', image, source.picture) if image is not None else ''}"
            f"{indent}</media:content>\n"
        )
    if image is None:
        return ""
    thumbnail = _thumbnail(indent, image, source.picture)
    if source.enclosure is not None:  # podcast players take any `media:content` for a file to play
        return thumbnail
    medium = f'{_file(image, source.picture)} medium="image"'
    if not image.title:
        return _image(indent, "content", image, f"{medium}/") + thumbnail
    title = f'{indent}  <media:title type="plain">{escaped(image.title)}</media:title>\n'
    return f"{_image(indent, 'content', image, medium)}{title}{indent}</media:content>\n{thumbnail}"


def _file(image: Image, picture: MirroredPicture | None) -> str:
    """The attributes of a picture's file, if they are known."""
    if picture is None:
        return ""
    return attributes(("fileSize", str(picture.whole.size)), ("type", media_type_of(image.url)))


def _thumbnail(indent: str, image: Image, picture: MirroredPicture | None) -> str:
    """`media:thumbnail`: the small picture, where there is one in the same folder."""
    if picture is not None:
        small = picture.thumbnail
        image = Image(image.url.removesuffix(picture.whole.name) + small.name, small.width, small.height)
    return _image(indent, "thumbnail", image, "/")


def _image(indent: str, name: str, image: Image, end: str) -> str:
    width, height = (str(pixels) if pixels else None for pixels in (image.width, image.height))
    described = attributes(("url", image.url), ("width", width), ("height", height))
    return f"{indent}<media:{name}{described}{end}>\n"
