r"""Text from outside: any text, in; a line that shows its characters and does nothing to a terminal or a log, out.

It may hold characters that move a cursor, end a line, or reverse the order of letters. Such text is in file names, YAML
keys, addresses, values and answers of servers. Such a character is written as Python writes it: `\n`, `\x1b`, `\u202e`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType

from feedd.patterns import late_pattern

# Controls (C0, DEL, C1); separators of lines and paragraphs; marks and controls of the bidirectional algorithm (UAX #9,
# also deprecated ones); interlinear annotations, surrogates, and tags. Letters of every script, and their joiners
# (U+200C, U+200D), stay.
_HIDDEN = late_pattern(
    "[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATES = late_pattern("[\ud800-\udfff]")
_NAMES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
# `##[error]` is a command to runners of GitHub and Azure wherever it stands in a line, as is `##vso[...]`.
_COMMAND = late_pattern(r"##(?=\w*\[)")


def visible(text: str) -> str:
    r"""The text in a line, with each invisible character written as an escape.

    A byte of a file name that is not UTF-8 is written as `\xff`. Visible characters stay as they are.
    """
    return _COMMAND.sub(r"#\\x23", _HIDDEN.sub(_escaped, text))


def no_command(line: str) -> str:
    r"""A whole line that is no workflow command of GitHub. `::error::x`, after blanks too, becomes `\x3a:error::x`."""
    return line.replace(":", r"\x3a", 1) if line.lstrip().startswith("::") else line


def visible_json(text: str, *, unicode_only: bool = False) -> str:
    r"""A text in JSON with each such character inside of strings as `\uXXXX`: the same value. Line breaks between
    values stay, so `text` has to be what an encoder wrote.

    `unicode_only` is for decoders that take no lone surrogates. Then a byte of a name that is not UTF-8 is escaped as
    in `visible`.
    """
    if unicode_only:
        text = _SURROGATES.sub(lambda found: "\\" + _escaped(found), text)
    return _COMMAND.sub(r"#\\u0023", _HIDDEN.sub(_escaped_in_json, text))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte of a name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if found[0] in _NAMES:
        return _NAMES[found[0]]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _escaped_in_json(found: re.Match[str]) -> str:
    if found[0] == "\n":  # an encoder writes control characters only between values
        return "\n"
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def fault_lines(
    kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
) -> Iterator[str]:
    """The lines of an exception's traceback. Its text may come from outside, and takes a single line."""
    import traceback  # late: few commands fail

    for part in traceback.TracebackException(kind or Exception, error or Exception(), trace).format():
        is_place = part.lstrip().startswith("File ")  # where in our code, with the code
        for line in part.rstrip("\n").split("\n") if is_place else (part.strip("\n"),):
            yield no_command(visible(line))
