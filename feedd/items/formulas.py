"""Formulas between dollars in Markdown: regular expressions that find them, by pandoc's rules.

A blank never stands next to a dollar inside, nor a digit after the last. No letter or digit stands before the first, so
that `US$` and prices are text.
"""

from __future__ import annotations

from feedd.patterns import late_pattern

_STRUCTURE = r"[ \t]*(?:\n|$|[-*+>#|]|[0-9]+[.)])"  # a line that begins so is no continuation of a formula
DISPLAY_FORMULA = r"\$\$(?!\$)(?:[^$`\\\n]|\\(?:.|(?=\n))|\$(?!\$)|\n(?![ \t>]*(?:\n|$))){1,4000}\$\$"
INLINE_FORMULA = rf"\$(?<![0-9A-Za-z$]\$)(?![\s$])(?:[^$`\\\n]|\\.|\n(?!{_STRUCTURE})){{1,500}}(?<!\s)\$(?![0-9$])"
# What stands in no formula: two prices have it between their dollars. `<n and j>` is no tag that anybody writes.
NO_FORMULA = late_pattern(
    r"\]\(|https?://|<!--|\{>>(?!\})|\{/\*"
    r"|</?(?:[A-Za-z][\w-]+|[abipqsuABIPQSU])"
    r"(?:\s[^<>=]*=[^<>]*|(?:\s[\w:-]+)*?\s(?i:hidden)(?:\s[\w:-]+)*\s*/?|\s*/?)>"
)
