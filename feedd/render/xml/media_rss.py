"""Media RSS 1.5.1: the picture and the video of an entry in; their elements, in Atom and RSS entries, out."""

from __future__ import annotations

from feedd.model import Entry, Image
from feedd.render.xml.xml_text import attributes, escaped


def media_elements(indent: str, source: Entry) -> str:
    """`media:thumbnail` and `media:content`, each line indented."""
    image = source.image
    if source.video is not None:
        duration = str(source.duration) if source.duration else None
        return (
            f"{indent}<media:content{attributes(('medium', 'video'), ('duration', duration))}>\n"
            f"{indent}  <media:player{attributes(('url', source.video))}/>\n"
            f"{_image(indent + '  ', 'thumbnail', image, '/') if image is not None else ''}"
            f"{indent}</media:content>\n"
        )
    if image is None:
        return ""
    thumbnail = _image(indent, "thumbnail", image, "/")
    if source.enclosure is not None:  # podcast players take any `media:content` for a file to play
        return thumbnail
    medium = ' medium="image"'
    if not image.title:
        return _image(indent, "content", image, f"{medium}/") + thumbnail
    title = f'{indent}  <media:title type="plain">{escaped(image.title)}</media:title>\n'
    return f"{_image(indent, 'content', image, medium)}{title}{indent}</media:content>\n{thumbnail}"


def _image(indent: str, name: str, image: Image, end: str) -> str:
    width, height = (str(pixels) if pixels else None for pixels in (image.width, image.height))
    described = attributes(("url", image.url), ("width", width), ("height", height))
    return f"{indent}<media:{name}{described}{end}>\n"
