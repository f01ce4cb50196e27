"""Audiences: for whom an item is, also where a slip has damaged what says so."""

from __future__ import annotations

import os
import random

import audience_mutants
import mutants
import pytest

from feedd.items.parse import parse
from feedd.items.parsing.parsed import Parsed
from feedd.items.reading_settings import AudienceSettings, ReadingSettings
from feedd.items.withholding.audience_marks import names_audience

MUTANTS = int(os.environ.get("FEEDD_MUTANTS", "1200")) // 4
NAMES = ("insiders", "team")
NOBODY = ReadingSettings()
PUBLIC = ReadingSettings(audiences=AudienceSettings(NAMES))
INSIDERS = ReadingSettings(audiences=AudienceSettings(NAMES, "insiders"))


def read(front: str, settings: ReadingSettings, body: str = "For a wide audience: all of it.") -> Parsed:
    return parse("a.md", f"---\ntitle: T\nquality: 3\n{front}\n---\n{body}\n".encode(), settings)


def shown(parsed: Parsed) -> bool:
    """Whether the file, or the last good version of its item, would be shown."""
    return not parsed.withheld_while_broken if parsed.item is None else not parsed.item.hidden_by


@pytest.mark.parametrize(
    ("front", "in_insiders"),
    [
        ("audience: insiders", True),
        ("audience: [team, insiders]", True),
        ("audience: team, insiders", True),
        ("Audience: Insiders", True),
        ("audiences:\n- insiders", True),
        ("extra:\n  audience: insiders", True),
        ("audience: insiders\npublishedDateTime: soon", True),
        ("audience: team", False),
        ("audience: insider", False),
        ("audience: insiders\nparams: {audience: team}", False),
        ("audience:", False),
        ("audience: []", False),
        ("audience: ''", False),
        ("audience: [insiders, '']", False),
        ("audience: {insiders: yes}", False),
        ("audience: false", False),
        ("audence: insiders", False),
        ("adudience: insiders", False),
        ("provider:\n  name: N\n  audience: insiders", False),
        ("related:\n- title: R\n  audience: insiders", False),
        ("excerpt: 'Cats\n  audience: insiders'", False),
        ('excerpt: "Cats\n\naudience: insiders\ncategory: a disk of 5"', False),
        ("---\naudience: insiders\n---\nText.", False),
        ("audience; insiders\nx", False),
        ("xaudience: insiders\n  : y", False),
        ("audience insiders\n", False),
        ("- a\naudience: insiders", False),
    ],
)
def test_an_item_with_an_audience_is_nowhere_but_in_feeds_that_it_names(front: str, *, in_insiders: bool) -> None:
    assert not shown(read(front, PUBLIC))
    assert shown(read(front, INSIDERS)) == in_insiders
    readable = read(front, INSIDERS).item
    assert readable is None or readable.is_addressed == in_insiders


def test_a_name_of_no_private_feed_is_told() -> None:
    found = read("audience: [insiders, friends]", INSIDERS)
    assert found.item is not None
    assert [str(each) for each in found.problems] == [
        "a.md:4: audience: no private feed has the name friends; there are insiders, team"
    ]


def test_an_item_without_an_audience_is_for_everybody() -> None:
    for settings in (PUBLIC, INSIDERS):
        item = read("category: audience", settings).item
        assert item is not None
        assert (item.hidden_by, item.is_addressed) == ("", False)


@pytest.mark.parametrize(
    "front",
    [
        "audience: developers",
        "audience:",
        "audence: x",
        "provider:\n  name: N\n  audience: insiders",
        "excerpt: 'Cats\n  audience: insiders'",
        "---\naudience: insiders\n---\nText.",
        "- a\naudience: insiders",
        "publishedDateTime: soon\naudience: insiders",
    ],
)
def test_where_nothing_is_private_the_field_means_nothing(front: str) -> None:
    found = read(front, NOBODY)
    other = read(front.replace("audience", "interests").replace("audence", "interest"), NOBODY)
    assert shown(found)
    assert found.item == other.item or front.startswith(("---", "excerpt"))


@pytest.mark.parametrize(
    "data",
    [
        "audience: x".encode("utf-16"),
        b"au_dience : x",
        b"<b>audience</b>: x",
        b"title: xaudience x",
        b"# T\n\nAudiemce - x\naudienc: x",
        b'{\\n \\"audience\\": 1}',
        b"title: T\naudi: ences: insiders",
        b"title: T\nau = dience: insiders",
    ],
)
def test_a_broken_file_names_an_audience_in_any_way(data: bytes) -> None:
    assert names_audience(data)


def test_prose_is_for_everybody() -> None:
    body = "For whom it is:\n\nAudience: sailors\n\nThe audience: they who sail, and who do not.\n"
    item = read("excerpt: 'The audience: sailors'", PUBLIC, body).item
    assert item is not None
    assert not item.hidden_by


def test_prose_names_no_audience() -> None:
    assert not names_audience(b"au: thor\nwith: him, an audi: once, ence: twice")
    assert not names_audience(b"title: T\n\nThe whole audience was there. It said: yes.\n")


@pytest.mark.parametrize("form", mutants.FORMATS)
def test_no_slip_in_a_file_publishes_what_a_person_sees_to_be_for_an_audience(form: str) -> None:
    for number in range(MUTANTS):
        rng = random.Random(number)
        text = audience_mutants.audience_file_of(form, rng)
        assert not shown(parse("a.md", text.encode(), PUBLIC)), text
        data = mutants.encoded(audience_mutants.damaged(text, rng), rng)
        if audience_mutants.shows_an_audience(data):
            assert not shown(parse("a.md", data, PUBLIC)), data


@pytest.mark.parametrize(
    "data",
    [
        "---\ntopics:\n- a\n---\naudience:\n- insiders\n\nZebras.\n",
        "---\nexcerpt: >-\n  with a gapaudience:\n  - insiders\ntitle: T\n---\nZebras.\n",
        '+++\ntitle = "T"\n+++\naudi\u2011ence = "insiders"\n# Zebras\n',
        '+++\n+++\nurl = "https://a.example/"\n\na**udience = "insiders"\n+++{\n# Zebras\n',
        "Audience: team  Title: A plain title\nSummary: S\n\nZebras graze here.\n",
        '```tomgs = [\n"b"\n]\nAudience = "team"\ntitle = "T"\n```\nZebras\n',
    ],
)
def test_a_list_and_a_broken_fence_hide_no_audience(data: str) -> None:
    assert not shown(parse("a.md", data.encode(), PUBLIC))


@pytest.mark.parametrize(
    "data",
    [
        "```toml\ntitle = '''\na]udience = \"team\"\nT'''\n```\nText.\n",
        "---\ntitle: T\nexcerpt: |\n  Prose.\n\n  audience: insiders\n\n  More prose.\n---\nText.\n",
        "---\ntitle: T\naudience: team\nexcerpt: >\n  Prose.\n\n  audience: insiders\n\n  More prose.\n---\nText.\n",
    ],
)
def test_each_line_of_a_front_matter_that_gives_an_audience_is_read_as_a_field(data: str) -> None:
    found = parse("a.md", data.encode(), PUBLIC)
    assert found.item is None
    assert found.withheld_while_broken
    assert ["has run into this field" in str(each) for each in found.problems] == [True]
