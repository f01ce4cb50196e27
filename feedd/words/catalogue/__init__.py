"""A module for each language, with its words by name, and the rule for its plurals. A module begins to count when it is
here: no other file names it. `en` has every name; a name that another language lacks is said in English.

A module is named after the language tag, in small letters, with `_` before a script: `zh_hant`.
"""
