"""XML by hand: texts in; the lines of elements, as lxml writes them with indentation, out.

The entries of Atom and RSS documents are written here. A tree for each entry, as feedgen makes it, takes five times as
long as the bytes.
"""

from __future__ import annotations

_MARKDOWN = "source:markdown"
_MARKDOWN_TAG = f"<{_MARKDOWN}>".encode()
_CONTROLS = bytes({*range(0x20)} - {9, 10, 13})
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())


def element(indent: str, tag: str, text: str | None, attributes: str = "") -> str:
    """An element with a text, or an empty element, on a line of its own."""
    if text is None:
        return f"{indent}<{tag}{attributes}/>\n"
    return f"{indent}<{tag}{attributes}>{escaped(text)}</{tag}>\n"


def markdown_element(indent: str, markdown: str | None) -> str:
    """The Markdown of an entry, as the namespace of scripting.com has it; "" for none."""
    return element(indent, _MARKDOWN, markdown) if markdown else ""


def has_markdown(fragment: bytes) -> bool:
    """Whether an entry has its Markdown."""
    return _MARKDOWN_TAG in fragment


def attributes(*named: tuple[str, str | None]) -> str:
    """Attributes in their order, each after a blank. An attribute without a value is left out."""
    return "".join([f' {name}="{quoted(value)}"' for name, value in named if value is not None])


def escaped(text: str) -> str:
    """A text as it stands between tags."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" in text else text


def quoted(text: str) -> str:
    """A text as it stands in an attribute, within double quotes."""
    if text.isalnum():
        return text
    text = escaped(text)
    if '"' in text:
        text = text.replace('"', "&quot;")
    if "\n" in text:
        text = text.replace("\n", "&#10;")
    return text.replace("\t", "&#9;") if "\t" in text else text


def encoded(xml: str) -> bytes:
    """The bytes of XML. Raises ValueError for a character that XML 1.0 may not contain (section 2.2)."""
    data = xml.encode()  # raises UnicodeEncodeError, a ValueError, for a surrogate
    if len(data.translate(None, _CONTROLS)) != len(data) or any(each in data for each in _NONCHARACTERS):
        raise ValueError("a control character, or a code point that is no character")
    return data
