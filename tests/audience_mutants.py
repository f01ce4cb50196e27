"""Well-formed files that name an audience, and the slips that damage them."""

from __future__ import annotations

import random
import re

import mutants

AUDIENCES = ("audience: insiders", 'audience: "insiders"', "audience: 'team'", "audiences: insiders", "Audience: team")
_LISTS = (["audience: [insiders, team]"], ["audience:", "- insiders"], ["audience:", "  - insiders", "  - 'team'"])
_NAME = re.compile("audience", re.IGNORECASE)
_PARTED = re.compile(r"[\W_]{0,3}".join("audience"), re.IGNORECASE)
_GIVEN = re.compile(r"[ \t\-'\"{?,]*audiences?['\"]?\s*[:=]\s*[\[\-'\"\s]*(?:insiders|team)\b", re.IGNORECASE)
_NAME_SLIPS = (mutants._dress, mutants._part, mutants._space_out, mutants.misspell)


def audience_file_of(form: str, rng: random.Random) -> str:
    """A well-formed file of a format, which names an audience."""
    if form != "yaml":
        return mutants._MAKERS[form](rng, mark=rng.choice(AUDIENCES))
    named = [rng.choice(AUDIENCES)] if rng.random() < 0.7 else rng.choice(_LISTS)
    return mutants.file_of(
        [["title: " + mutants.quoted(rng.choice(mutants.TEXTS), rng)], *mutants.others(rng), named], rng
    )


def damaged(text: str, rng: random.Random) -> str:
    """A text with slips in it, some of them in the name of the audience."""
    if rng.random() < 0.3 and (found := _NAME.search(text)):
        text = text[: found.start()] + rng.choice(_NAME_SLIPS)(found[0], rng) + text[found.end() :]
    return mutants.damaged(text, rng) if rng.random() < 0.9 else text


def shows_an_audience(data: bytes) -> bool:
    """Whether a person sees above the body whom a file is for, on a line that is no comment, nor a report's."""
    text = data.replace(b"\0", b"").lstrip(b"\xff\xfe").decode("utf-8", "replace")
    head = re.split("\n#? ?Zebras", text)[0]
    whole = _PARTED.sub("audience", mutants.seen_by_a_person(head))
    return any(
        _GIVEN.match(line)
        for seen in (head, whole)
        for line in re.split("[\r\n\x0b\x0c\x85\u2028\u2029]", re.sub(r"related:(?:\n(?:[ \t-].*)?)*", "", seen))
    ) or bool(_GIVEN.search(re.sub(r"\n\s*", " ", head.partition("audience:\n")[1] + head.partition("audience:\n")[2])))
