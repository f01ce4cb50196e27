"""Files of data that lie beside texts: their names and bytes in; what they say that withholds the texts, out.

Eleventy hands the fields of `posts/posts.json` and `posts/posts.11tydata.js` down to all texts in `posts/`, and those
of `one.json` and `one.11tydata.js` to the text `one` beside them. Nikola has the fields of `one.md` in `one.meta`.
Scripts are not run: what one of them says anywhere counts, but in comments that begin a line. What is uncertain
withholds.
"""

from __future__ import annotations

import re

from feedd.items.front_matter import json, yaml
from feedd.items.front_matter.yaml import FrontMatterError, Node, decode
from feedd.items.withholding.broken_files import asks_to_be_withheld
from feedd.items.withholding.data_names import META
from feedd.items.withholding.near_names import names_sealed_text
from feedd.items.withholding.section_marks import hiding_field
from feedd.patterns import late_pattern

_SCRIPTS = ("js", "ts")
_OF_NPM = "package.json"  # its `private` is said of no text
# What stands between the name of a field and the value that it has, or that a function gives for it.
_FUNCTION = r"(?:async\s++)?(?:function\b\s*+)?(?:\([^()]{0,200}+\)|\w++)\s*+(?::\s*+\w++\s*+)?(?:=>\s*+)?\(?+\s*+"
_RETURN = r"\{\s*+return\s++"
_HIDING_SCRIPT = late_pattern(
    rf"""(?:
        (?<![.\w])(?<!\?)(?<!\?[ ])(?:
            (?:permalink|published|publish)["'\]]{{0,2}}+\s*+
                (?::\s*+\(?\s*+(?:{_FUNCTION}(?:{_RETURN})?)?|\([^()]{{0,200}}+\)\s*+{_RETURN})(?:false\b|!1)
            |(?:draft|hidden|private|unlisted|eleventyExcludeFromCollections)["'\]]{{0,2}}+\s*+:\s*+(?:true\b|!0)
        )
        |\bexport(?:s\.|\s++(?:const|let|var)\s++)(?:
            (?:permalink|published|publish)\s*+=\s*+(?:false\b|!1)
            |(?:draft|hidden|private|unlisted|eleventyExcludeFromCollections)\s*+=\s*+(?:true\b|!0)
        )
    )""",
    re.VERBOSE,
)
_NO_PAGE = late_pattern(rb"\bpermalink[\"']?\s*+:\s*+[\"']?false\b", re.IGNORECASE)  # in data that cannot be read
# A comment that begins a line. An unclosed one takes the rest of the script, so that no part is looked at twice.
_COMMENT = late_pattern(r"^[ \t]*(?://[^\n]*|/\*[^*]*+(?:\*(?!/)[^*]*+)*(?P<end>\*/|\Z))", re.MULTILINE)
_META_FIELD = late_pattern(
    r"""^(?:\.\.[ \t]*)?["']?(?:title|slug|date|tags|status|type)["']?[ \t]*[:=]""", re.IGNORECASE | re.MULTILINE
)
_OLD_META = late_pattern(r"[^\n]+\n[^\n]*\n\d{4}[-/]\d")  # title, slug and date, each in a line without its name
_NOT_READ = "the fields of the text are in it, and feedd does not read them"


def hiding_data(name: str, data: bytes) -> str:
    """What a file of data says that withholds what it speaks of; empty if nothing does."""
    if name == _OF_NPM:
        return ""
    if name.endswith(META):
        return _hiding_meta(data)
    if name.endswith(_SCRIPTS):
        found = _HIDING_SCRIPT.search(_COMMENT.sub(_code, data.decode("utf-8", "replace")))
        return " ".join(found[0].split()) if found else ""
    try:
        text = decode(data)
        tree = (json if name.endswith("json") else yaml).read_tree(text).tree if text.strip() else {}
    except FrontMatterError as error:
        may_withhold = asks_to_be_withheld(data) or _NO_PAGE.search(data)
        return f"it may withhold them, and cannot be read: {error.reason}" if may_withhold else ""
    computed = tree.get("eleventyComputed")
    trees = (tree, computed) if isinstance(computed, dict) else (tree,)
    quote = not names_sealed_text(data)
    return next(filter(None, (_hiding_tree(each, quote=quote) for each in trees)), "")


def _code(comment: re.Match[str]) -> str:
    """What is left of a comment: nothing, unless it is unclosed, and so may be none."""
    return comment[0] if comment["end"] == "" else ""


def _hiding_tree(tree: dict[str, Node], *, quote: bool) -> str:
    permalink = tree.get("permalink")
    if isinstance(permalink, str) and permalink.strip().lower() == "false":
        return "permalink: false"
    return hiding_field(tree, quote=quote)


def _hiding_meta(data: bytes) -> str:
    text = data.decode("utf-8-sig", "replace")
    is_nikolas = _META_FIELD.search(text) or _OLD_META.match(text)
    return _NOT_READ if is_nikolas or asks_to_be_withheld(data) else ""
