"""The words of a site in the place of feedd's own: a mapping of names to texts, or to the forms of a plural."""

from __future__ import annotations

from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.words.site_words import ConfiguredWord


def words(value: Node, at: FieldPath, findings: Findings) -> tuple[ConfiguredWord, ...] | None:
    """The words, sorted by name and form."""
    from feedd.words import configured_words  # few sites have any

    if not isinstance(value, dict):
        findings.wrong(at, "a mapping of words", value)
        return None
    found: list[ConfiguredWord] = []
    for name, text in value.items():
        if problem := configured_words.unknown_name(name):
            findings.problems.append(((*at, name), problem))
        elif isinstance(text, dict) and configured_words.has_forms(name):
            found += [ConfiguredWord(name, form, each) for form, each in _forms(text, (*at, name), findings)]
        elif isinstance(text, str) and text:
            found.append(ConfiguredWord(name, "", text))
        else:
            findings.wrong((*at, name), "a text", text)
    for word in found:
        if problem := configured_words.mistake(word.name, word.text):
            path = (*at, word.name, word.form) if word.form else (*at, word.name)
            findings.problems.append((path, problem))
    return tuple(sorted(found))


def _forms(forms: dict[str, Node], at: FieldPath, findings: Findings) -> list[tuple[str, str]]:
    from feedd.words.configured_words import FORMS

    found: list[tuple[str, str]] = []
    for form, text in forms.items():
        if form not in FORMS:
            findings.problems.append(((*at, form), f"no form of a plural; known here: {', '.join(FORMS)}"))
        elif isinstance(text, str) and text:
            found.append((form, text))
        else:
            findings.wrong((*at, form), "a text", text)
    return found
