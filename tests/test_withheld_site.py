"""Withholding, on a whole site: files are published, then suffer a slip, while the daemon runs and between renders.
What is sealed is then in no document, page, report, log or ledger; what asks to be withheld is in none but the ledger.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import mutants
import pytest
from support import Running, Site, item, tree
from wide_mutants import sealed_mutant, withheld_mutant

MUTANTS = int(os.environ.get("FEEDD_MUTANTS", "1200")) // 10
SEAL = "the heirs agreed to sell the mill"

# The front matter and the body of a file after its slip: with sealed prose, or a mark, in the place of {}.
SEALED = {
    "a quote that is missing in braces": ("provider: {{name: 'News, secured: {}, domain: a.example'}}\n", ""),
    "a quote that finds an apostrophe": ("excerpt: 'x\nsecured: {}\ncategory: the cats'\n", ""),
    "a line that was indented": ("excerpt: |\n  Prose.\n  secured: {}\n", ""),
    "a line that was joined": ("excerpt: |\n  Prose. secured: {}\n", ""),
    "an entry of a list in quotes": ("tags:\n- 'secured: {}'\n", ""),
    "a stray line": ("", "secured: {}\n---\nText.\n"),
    "a stray line above a value on its own line": ("", "secured:\n  {}\n---\nText.\n"),
    "a stray line above braces": ("", "provider: {{name: n, secured: {}}}\n---\nText.\n"),
    "a stray line within the text": ("secured: |\n  Some\n", "  {}\n---\nText.\n"),
    "a name without its text": ("secured:\nquality: '{}'\n", ""),
    "a field given twice": ("secured: x\n{0}: 1\n{0}: 2\n", ""),
    "an alias": ("secured: x\ntags: *the{}\n", ""),
    "a value of the wrong kind": ("secured: x\nheat: '{}'\nlocale: '{}'\npublishedDateTime: '{}'\n", ""),
    "a note": ("secured: x\ntopics: 'a, {}'\nexcerpt: '{} &amp;quot;x\u00e2\u20ac\u2122'\nheat: hot\n", ""),
}
WITHHELD = {
    "a quote that finds an apostrophe": "excerpt: 'x\npublished: false\ncategory: the cats'\n",
    "a quote that finds an inch mark": 'excerpt: "x\ndraft: true\ncategory: a disk of 5"\n',
    "a line under a provider": "provider:\n  name: n\n  published: false\n",
    "a line in a block of text": "excerpt: |\n  Prose.\n  removed: true\n",
    "a stray line": "---\nheat: -1\n---\nText.\n",
    "a stray line above other fields": "---\nquality: 3\ndeleted: yes\n---\nText.\n",
    "a merge conflict": "<<<<<<< HEAD\npublished: true\n=======\npublished: false\n>>>>>>> b\n",
    "a name with a slip": "publised: false\n",
}
COMMANDS = (
    ("render",),
    ("render", "--format", "json"),
    ("check",),
    ("check", "--format", "github"),
    ("plan",),
    ("plan", "--format", "json"),
    ("status",),
    ("top",),
)


def name_of(kind: str) -> str:
    return re.sub(r"\W+", "-", kind)


def visible(data: bytes) -> str:
    """What can be read in some bytes, also behind entities and escapes."""
    return unescape(unescape(data.decode("utf-8", "replace"))).replace('\\"', '"')


def texts_of(documents: dict[str, bytes]) -> str:
    return "\n".join(visible(data) for data in documents.values())


def write_slips(site: Site) -> None:
    for kind, (front, body) in SEALED.items():
        text = f"---\ntitle: Sealed {kind}\n{front}---\n{body}"
        site.write(f"sealed-{name_of(kind)}.md", text.format(*[SEAL] * text.count("{}"), *[SEAL] * 2))
    for kind, front in WITHHELD.items():
        site.write(f"withheld-{name_of(kind)}.md", f"---\ntitle: Withheld {kind}\n{front}---\nText.\n")
    text = f"---\ntitle: Withheld in UTF-16\npublished: false\nsecured: {SEAL}\n---\nText.\n"
    site.write("withheld-in-UTF-16.md", text.encode("utf-16"))


def test_what_a_slip_sweeps_away_is_nowhere_while_the_daemon_publishes_the_rest(
    site: Site, daemon: Callable[..., Running]
) -> None:
    for kind in SEALED:
        site.write(f"sealed-{name_of(kind)}.md", item(f"Sealed {kind}", secured=SEAL))
    for kind in (*WITHHELD, "in UTF-16"):
        site.write(f"withheld-{name_of(kind)}.md", item(f"Withheld {kind}", secured=SEAL))
    running = daemon().wait_until_ready()
    assert site.titles() == {*(f"Sealed {kind}" for kind in SEALED), *(f"Withheld {kind}" for kind in WITHHELD)} | {
        "Withheld in UTF-16"
    }
    write_slips(site)
    running.sync()
    said = [site.run(*command) for command in COMMANDS[2:]]
    said += [site.run("why", str(path)) for path in sorted(site.seeds.iterdir())[::8]]
    while_it_runs = tree(site.state)
    running.stop()
    said += [site.run(*command) for command in COMMANDS[:2]]

    assert site.titles() == {f"Sealed {kind}" for kind in SEALED}  # the last good version of each
    published = texts_of(site.documents())
    assert "Withheld " not in published
    everything = [
        published,
        running.log,
        str(said),
        *map(visible, [*while_it_runs.values(), *tree(site.state).values()]),
    ]
    for run in (SEAL[at : at + 12] for at in range(len(SEAL) - 11)):
        assert not any(run in text for text in everything), run


def test_an_item_that_expires_leaves_the_feeds_in_the_first_pass_after_that_time(site: Site) -> None:
    site.write("a.md", item("Short", "https://example.org/a", expiryDate="2026-03-02T10:00:00Z"))
    site.write("b.md", item("Long", "https://example.org/b"))
    before, then = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
    report = site.publish(before)
    assert (site.titles(), report.next_due) == ({"Short", "Long"}, then)
    report = site.publish(then)
    assert (site.titles(), report.next_due) == ({"Long"}, None)
    assert not any(b"Short" in data for data in site.documents().values())


def test_a_file_that_is_mended_is_published_again_as_what_it_was(site: Site) -> None:
    site.write("a.md", item("A title"))
    site.render()
    before = site.ids()
    site.write("a.md", "---\ntitle: A title\nprovider:\n  name: n\n  published: false\n---\nText.\n")
    site.render()
    assert "A title" not in texts_of(site.documents())
    site.write("a.md", item("A title"))
    site.render()
    assert site.ids() == before


def test_sealed_prose_of_damaged_files_is_nowhere_on_a_site(site: Site) -> None:
    seals: set[str] = set()
    for number in range(MUTANTS):
        rng = random.Random(number)
        text, seal = mutants.sealed_file(rng)
        site.write(f"{number}.md", text)
        seals.add(seal)
    site.render()
    for number in range(MUTANTS):
        rng = random.Random(number)
        text, seal = mutants.sealed_file(rng)
        damaged = mutants.damaged(text, rng, seal)
        site.write(f"{number}.md", mutants.encoded(damaged, rng))
        mutant = sealed_mutant(number)
        site.write(f"other-{number}.md", mutant.data)
        seals.add(mutant.seal)
    said = [site.run(*command) for command in COMMANDS]
    everything = "\n".join((texts_of(site.documents()), str(said), *map(visible, tree(site.state).values())))
    everything = " ".join(everything.lower().split())
    for seal in map(str.lower, seals):
        assert not any(seal[at : at + 12] in everything for at in range(max(len(seal) - 11, 1))), seal


def test_items_whose_damaged_files_show_a_mark_are_withdrawn_from_a_site(site: Site) -> None:
    shown: set[str] = set()
    for number in range(MUTANTS):
        site.write(f"{number}.md", item(f"Number {number} of all"))
        site.write(f"other-{number}.md", item(f"Other {number} of all"))
    site.render()
    for number in range(MUTANTS):
        rng = random.Random(number)
        data = mutants.encoded(mutants.damaged(mutants.withheld_file(rng)[0], rng), rng)
        site.write(f"{number}.md", data)
        if mutants.shows_a_mark(data):
            shown.add(f"Number {number} of all")
        mutant = withheld_mutant(number)
        site.write(f"other-{number}.md", mutant.data)
        if mutant.is_withheld:
            shown.add(f"Other {number} of all")
    site.run("render")
    published = texts_of(site.documents())
    assert len(shown) > MUTANTS
    assert [title for title in sorted(shown) if title in published] == []


@pytest.mark.parametrize("command", [("check",), ("render",), ("why", "a.md")])
def test_the_article_that_shows_such_fields_is_published_without_a_word(site: Site, command: tuple[str, ...]) -> None:
    body = "Put this in your config:\n\n```yaml\nserver:\n  secured: true\npublished: false\n```\n"
    site.write("a.md", item("Config howto", body=body))
    site.write("b.md", item("Loans", body="Terms of the loan\n\nSecured: yes, by a mortgage\n\nRate: 5 %\n"))
    result = site.run(*command)
    assert result.status == 0
    assert "secured" not in result.out + result.err
    site.render()
    assert site.titles() == {"Config howto", "Loans"}
    assert "secured: true" in site.entries()["Config howto"].content[0].value
