"""Fields between two lines `---` as Python-Markdown reads them: a front matter that YAML refuses, in; the same as YAML,
out.

There each line is a field, and all after its first colon is its text: `title: Arrow: a format`. Lines keep their
places.
"""

from __future__ import annotations

from feedd.patterns import late_pattern

_FIELD = late_pattern(r"( {0,3}[A-Za-z][\w-]{0,60}:)[ \t]*(.*)")
_WHOLE = late_pattern(r"""(?:"[^"\\]*"|'[^']*'|\[[^\[\]{}]*\]|\{[^\[\]{}]*\})[ \t]*""")  # as YAML reads them, too
_SPECIAL = late_pattern(r""":(?:[ \t]|$)|[ \t]#|^[\[\]{},#&*!|>'"%@`?-]""")


def as_yaml(front: str) -> str | None:
    """The front matter with quotes around the texts that need them. None if a line is no field, or if a name is given
    twice.
    """
    names: set[str] = set()
    lines: list[str] = []
    for line in front.split("\n"):
        if not line.strip() or line.startswith("#"):
            lines.append(line)
            continue
        found = _FIELD.fullmatch(line)
        if found is None or (name := found[1].strip().lower()) in names:
            return None
        names.add(name)
        text = found[2].strip()
        if _SPECIAL.search(text) and not _WHOLE.fullmatch(text):
            text = "'{}'".format(text.replace("'", "''"))
        lines.append(f"{found[1]} {text}" if text else found[1])
    return "\n".join(lines)


def changed(front: str, quoted: str) -> str:
    """A file with the lines alone that `as_yaml` changed."""
    lines = (line for line, after in zip(front.split("\n"), quoted.split("\n"), strict=True) if line != after)
    return "\n".join(("---", *lines, "---", ""))
