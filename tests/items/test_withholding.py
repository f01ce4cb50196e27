"""Withholding: what is sealed comes out nowhere, what asks to be withheld is, whatever slip a file suffers; and what
only shows such fields is published.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from html import unescape

import msgspec
import mutants
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaks import strings
from support import examples

from feedd.items.front_matter.formats import read_tree, split
from feedd.items.front_matter.yaml import FrontMatterError, decode
from feedd.items.parse import parse
from feedd.items.parsing.parsed import Parsed
from feedd.items.withholding import accounting, damaged_names, stray_fences
from feedd.items.withholding.damaged_names import with_whole_names
from feedd.items.withholding.meaning import WITHHOLDING_FIELDS, folded, withheld

MUTANTS = int(os.environ.get("FEEDD_MUTANTS", "1200"))
SEAL = "HIDDEN: the heirs' 5\" key"


def read(front: str, body: str = "A text.\n", end: str = "---\n") -> Parsed:
    return parse("a.md", f"---\n{front}{end}{body}".encode())


def everything_of(parsed: Parsed) -> str:
    return " ".join(" ".join(strings(msgspec.to_builtins(parsed))).split())


def runs(seal: str) -> set[str]:
    """All parts of 12 characters of a sealed text."""
    return {seal[at : at + 12] for at in range(max(len(seal) - 11, 1))}


def is_published(parsed: Parsed) -> bool:
    """Whether a subscriber may see the item, or its last good version."""
    if parsed.item is None:
        return not parsed.withheld_while_broken
    return withheld(parsed.item, default_listed=True) is None and folded(parsed.item) is None


# Mutants


def sealed_mutants(form: str = "yaml") -> Iterator[tuple[bytes, str]]:
    for number in range(MUTANTS):
        rng = random.Random(number)
        text, seal = mutants.sealed_file_of(form, rng)
        damaged = mutants.damaged(text, rng, seal)
        yield mutants.encoded(damaged, rng), seal


def withheld_mutants(form: str = "") -> Iterator[bytes]:
    """Damaged files of a format; with feedd's own marks in YAML if no format is said."""
    for number in range(MUTANTS):
        rng = random.Random(number)
        text, _ = mutants.withheld_file_of(form, rng) if form else mutants.withheld_file(rng)
        yield mutants.encoded(mutants.damaged(text, rng), rng)


@pytest.mark.parametrize("form", mutants.FORMATS)
def test_sealed_text_comes_out_nowhere_whatever_slip_a_file_suffers(form: str) -> None:
    leaks = []
    for data, seal in sealed_mutants(form):
        if form.startswith("headers") and not mutants.NAMED_SEAL.search(data.decode("utf-8", "replace")):
            continue
        said = everything_of(parse("a.md", data))
        if any(run in said for run in runs(seal)):
            leaks.append(data)
    assert leaks == []


@pytest.mark.parametrize("form", mutants.FORMATS)
@pytest.mark.parametrize("kind", mutants.WRITTEN_OUT)
def test_what_is_sealed_or_withheld_is_so_in_a_file_that_another_program_wrote_out(kind: str, form: str) -> None:
    for number in range(MUTANTS // 100):
        rng = random.Random(number)
        text, seal = mutants.sealed_file_of(form, rng)
        data = mutants.WRITTEN_OUT[kind](text)
        said = unescape(unescape(everything_of(parse("a.md", data.encode())).replace("\\n", " ")))
        assert not any(run in said for run in runs(seal)), data
        data = mutants.WRITTEN_OUT[kind](mutants.withheld_file_of(form, rng)[0])
        assert not is_published(parse("a.md", data.encode())), data


@pytest.mark.parametrize("form", mutants.FORMATS)
def test_sealed_text_comes_out_nowhere_if_its_name_has_a_slip_and_runs_into_another_text(form: str) -> None:
    for number in range(MUTANTS):
        rng = random.Random(number)
        text, seal = mutants.sealed_file_of(form, rng)
        if mutants.on_one_line(text, seal):
            data = mutants.misspelt_seal(text, rng)
            said = everything_of(parse("a.md", data.encode()))
            assert not any(run in said for run in runs(seal)), data


@pytest.mark.parametrize("form", ["", *mutants.FORMATS])
def test_what_a_person_sees_to_be_withheld_is_not_published_whatever_slip_a_file_suffers(form: str) -> None:
    assert [
        data for data in withheld_mutants(form) if mutants.shows_a_mark(data) and is_published(parse("a.md", data))
    ] == []


@pytest.mark.parametrize(
    "data",
    [
        "---\ntitle: 'x\nquality: 3\n\ndraft: true\n\nprovider:\n  name: n\n---\nText.\n",
        "---\ntitle: x\n---\nquality: [\n\nprovider:\n  name: n\n\npublished: false\n--\nText.\n",
        '---\ntitle: [x\n---\n\nprovider:\n  name: n\n\npublished: "false""\n---\nText.\n',
        (
            '```toml\n<tags>[</tags>\n  "b c"\n]\n<excerpt>"""It\'s 5"""</excerpt>\n<title>"He said: \'no\'"</title>\n'
            '<Secured>{text = "The mill"}</Secured>\n<heat>-1</heat>\n```\nText.\n'
        ),
        "---\n<title>x</title>\n<heet>-1</heet>\nx: [\n---\nText.\n",
        "Summary disk of 5\nPublish\ned: no\nTitle: x\n\nText.\n",
        "Summary disk of 5\ndr\naft: yes\nTitle: x\n\nText.\n",
        "---\ntitle: [x\nheet: -1\n---\nText.\n",
    ],
)
def test_a_mark_is_seen_in_each_block_of_a_broken_front_matter(data: str) -> None:
    parsed = parse("a.md", data.encode())
    assert parsed.item is None
    assert parsed.withheld_while_broken


@pytest.mark.parametrize("form", mutants.FORMATS)
def test_a_file_without_a_slip_is_taken_and_says_what_it_says(form: str) -> None:
    for number in range(MUTANTS):
        rng = random.Random(number)
        text, seal = mutants.sealed_file_of(form, rng)
        parsed = parse("a.md", text.encode())
        assert parsed.item is not None, (text, parsed.problems)
        said = everything_of(parsed)
        assert not any(run in said for run in runs(seal)), text
        parsed = parse("a.md", mutants.withheld_file_of(form, rng)[0].encode())
        assert parsed.item is not None, parsed.problems
        assert not is_published(parsed)


def test_the_quick_look_passes_no_file_in_which_the_long_look_finds_a_name() -> None:
    for data in (*withheld_mutants(), *(data for data, _ in sealed_mutants())):
        try:
            source = split(decode(data))
            front = read_tree(source)
        except FrontMatterError:
            continue
        if accounting.all_accounted_for(with_whole_names(data.lower().replace(b"\0", b"")), front, source):
            assert accounting.doubts(source, front) == [], source


# Lines of bodies that begin with a field. Long prose keeps what follows out of the text that the quick look sees.
_FIRST_LINES = ("From: [[a channel]]", "place: a hall", "\nFrom: a reader\n", "of words\nplace: a hall")
_PROSE = "A line of prose that is long, and says nothing of any field. " * 5
_LINES = (_PROSE, "", "A line.", "place: a hall", "- entry", "draft: true", "d-raft: true", "pub_lished: false")
_FURTHER_LINES = (
    "hid\nden: true",
    "**draft**: true",
    "words, draft: true",
    "> hide: yes",
    "status: draft",
    "a <br/>",
    "d<b>ra</b>ft: true",
    "dr&amp;aft: true",
    "drafts \uff1a true",
    "prose of a hidden: true",
    "draft&#58; true",
    "a\x0bheat: -1",
)


def test_the_quick_look_at_a_body_passes_none_in_which_the_long_look_finds_a_mark() -> None:
    passed = 0
    for number in range(4 * MUTANTS):
        rng = random.Random(number)
        lines = [
            _PROSE if rng.random() < 0.3 else rng.choice(_LINES + _FURTHER_LINES) for _ in range(rng.randint(3, 9))
        ]
        body = "\n".join([rng.choice(_FIRST_LINES), *lines])
        if stray_fences.may_go_on(body, has_seals=False, yaml="title: x\n"):
            continue
        assert list(stray_fences.strays(body, ())) == [], body
        passed += next(damaged_names.names_in(body), None) is not None
    assert passed  # some of them have a name further down


NAME_PIECES = st.one_of(
    st.sampled_from((*"secured", "secur", "ed", "SEC", "Ured", "\u017f", "\u0345", "\u0130", "\u0131", "\u212a")),
    st.sampled_from(("\xdf", "<b \xdf\xdf\xdf>", "<\u0131>", "</I>", "&shy;", "&\xdf;", "-", " ", "\n", "\xad", "x")),
    st.integers(0, 45).map(lambda count: "<i " + "\xdf" * count + ">"),
)


@given(st.lists(NAME_PIECES, max_size=16).map("".join))
@settings(max_examples=examples(2000), deadline=None)
def test_a_name_is_found_in_small_letters_as_where_cases_do_not_count(text: str) -> None:
    for body in (text, f"s{text}ecured", f"secur{text}ed", f"Se{text}cu{text}red"):
        is_there = damaged_names._parted(("secured",)).search(body) is not None
        assert damaged_names.has_name(body, "secured") == is_there, body


# Sealed text that a slip sweeps away

QUOTED = SEAL.replace("'", "''")


@pytest.mark.parametrize(
    ("front", "body"),
    [
        # a quote that is missing
        (f"title: x\nprovider: {{name: \"News, secured: '{QUOTED}', domain: a.b\"}}\n", ""),
        (f"title: x\nrelated: [{{title: 'r, secured: {SEAL}}}]\ntags: ['a']\n".replace("heirs'", "heirs"), ""),
        (f"title: \"x\nsecured: '{QUOTED}'\nexcerpt: a disk of 5\"\n".replace('5" key', "5 key"), ""),
        ("title: 'x\nsecured: HIDDEN words\nexcerpt: the cats'\n", ""),
        ("title: 'x\nsecured HIDDEN words\nsecured: y\nexcerpt: the cats'\n", ""),
        (f'title: x\ntags:\n- "secured: {SEAL.replace(chr(34), "")}"\n', ""),
        ("title: x\nprovider:\n  'secured: HIDDEN words'\n", ""),
        ("{title: 'x, secured: HIDDEN words, excerpt: cats', quality: 3}\n", ""),
        # a line that was indented or joined
        ("title: x\nexcerpt: |\n  Prose.\n  secured: HIDDEN words\n", ""),
        ("title: x\nexcerpt: |\n  Prose. secured: HIDDEN words\n", ""),
        ("title: x\nexcerpt: |\n  Prosesecured: HIDDEN words\n", ""),
        ("title: x\nexcerpt: |\n  Prose.\n\n  secured:\n    HIDDEN words\n", ""),
        ("title: x\nprovider: |\n  name: y\n  secured: HIDDEN words\n", ""),
        ('title: x\nexcerpt: Prose\n  secured:"HIDDEN words"\n', ""),
        ("title: x\nexcerpt: Prose\n  secured 'HIDDEN words'\n", ""),
        ("title: x\nprovider:\n  secured:\u00a0HIDDEN words\n", ""),
        # lines that changed places
        ("title: x\nsecured: |\nexcerpt: y\n  HIDDEN words\n", ""),
        ("title: x\nsecured:\nexcerpt: y\n  HIDDEN words\n", ""),
        ("title: x\nexcerpt: |\n  HIDDEN words\nsecured:\n", ""),
        ("title: x\ntags:\n- HIDDEN words\nsecured:\n", ""),
        ("title: x\nsecured:\nexcerpt:\n  HIDDEN words\n", ""),
        ("secured:\ntitle:\n  'HIDDEN words'\n", ""),
        ("title: x\nsecured:\n", "Text.\n  HIDDEN words\n\nMore.\n"),
        # a letter that was lost
        ("title: x\nexcerpt: |\n  Prose.\n  ecured: HIDDEN words\n", ""),
        ("title: 'x\n  Secued: HIDDEN words\n  y'\n", ""),
        ("title: x\n", "Text.\n\nsecurd: HIDDEN words\n\nMore.\n"),
        # a stray line that closes the front matter early
        ("title: x\n", f"secured: '{QUOTED}'\n---\nText.\n"),
        ("title: x\n", "secured:\n  HIDDEN words\n---\nText.\n"),
        ("title: x\n", "- secured: HIDDEN words\n---\nText.\n"),
        ("title: x\n", "provider: {name: n, secured: HIDDEN words}\n---\nText.\n"),
        ("title: x\n", "Secured: HIDDEN words\n---\nText.\n"),
        ("title: x\n", '"secured": HIDDEN words\n\nText.\n'),
        ("title: x\n", "secured: |\n  HIDDEN words\nquality: 3\n---\nText.\n"),
        ("title: x\nexcerpt: some\n", "words\nsecured: HIDDEN words\n---\nText.\n"),
        ("title: x\nrelated:\n- title: r\n", "  secured: HIDDEN words\n---\nText.\n"),
        ("title: x\nsecured: |\n  Some\n", "  HIDDEN words\n---\nText.\n"),
        ("title: x\nsecured: Some\n", "hidden HIDDEN words\n---\nText.\n"),
        ("title: x\nsecured: Some |2\n", "hidden HIDDEN words\n\nText.\n"),
        ("title: x\nsecured: Some words,\n", "hidden HIDDEN words\n\nText.\n"),
        ("title: x\nsecured:\n- Some\n- other\n", "hidden HIDDEN words\nand more\n"),
        ("title: x\nsecured: 'Some'\n", "hidden HIDDEN words\n---\nText.\n"),
        ("title: x\nsecured: 'x'\n", "'y HIDDEN words'\n  ---\nText.\n"),
        ("title: x\nsecured:\n", "- HIDDEN words\n---\nText.\n"),
        ("title: x\nsecured:\n  - 'Some'\n", "  - 'HIDDEN words'\nquality: 3\n\nText.\n"),
        ("title: x\nsecured:\n- 'Some'\n", "- 'HIDDEN words'\n---\nText.\n"),
        ('title: x\nsecured:\n  a: "Some"\n', '\n  b: "HIDDEN words"\n---\nText.\n'),
        ("title: x\nprovider:\n  secured:\n    a: 'Some'\n", "    b: 'HIDDEN words'\nText.\n"),
        ("title: x\nsecured: |\n  Some\n", "\n...\n  HIDDEN words\nText.\n"),
        ("title: x\nsecured: |\n  Some.\n\n", "\nHIDDEN words.\n---\n\nText.\n"),
        ("title: x\nsecured: >\n  Some.\n\n", "\nHIDDEN words.\n\nHIDDEN, too.\n---\nText.\n"),
        ("title: x\nsecured: |\n  Some\n", "hidden HIDDEN words\n\n  HIDDEN, too.\n---\nText.\n"),
        ("title: x\nsecured: >-\n  Some\n", "hidden HIDDEN words\n  ```\nquality: 3\n---\nText.\n"),
        ("title: x\n", "category: news\nse: cured: 'HIDDEN words'\nText.\n"),
        ("title: x\n", "sec_ured: 'HIDDEN words'\nText.\n"),
        ("title: 'x\nsec\u200bured: HIDDEN words\nexcerpt: the cats'\n", ""),
        ("title: x\nexcerpt: |\n  Prose.\n  sec\u00adured: HIDDEN words\n", ""),
        ("title: x\n", "Text.\n\nsec\u2060ured: 'HIDDEN words'\n\nMore.\n"),
        ("title: x\n", "sec ured: 'HIDDEN words'\nText.\n"),
        ("title: x\n", "---\nquality: 3\nsec\u202eured: HIDDEN words\n---\nText.\n"),
        ("title: x\n", "\nsecured\ufe55 'HIDDEN words'\n---\nText.\n"),
        ("title: x\n", 'quality: 3\n"secur"ed": HIDDEN words\n---\nText.\n'),
        ("title: x\n", "se\\cured: HIDDEN words\nText.\n"),
        ("title: x\n", "secu---red: HIDDEN words\n---\nText.\n"),
        ("title: x\n", "rest\n  of: it\n\nsecured|: HIDDEN words\n---\nText.\n"),
        # a line that got lost in the body
        ("title: x\n", f"Text.\n\nsecured: '{QUOTED}'\n\nMore.\n"),
        ("title: x\n", "Text.\nSECURED: HIDDEN words\nMore.\n"),
        ("title: x\n", "Text.\n{name: n, secured: HIDDEN words}\nMore.\n"),
        ("title: x\n", "Text, secured: jlQWd+6BuBj1x9HzWfAFwFwvSo2UBb7G2GdcHIDDEN\n"),
        ("title: x\n", "Secured: 'HIDDEN words'\n"),
        ("title: x\n", "Secured: HIDDEN words\n"),
        # line ends that only some see
        ("title: x\nexcerpt: 'y\u2028secured: HIDDEN words'\n", ""),
        # an alias
        ("title: x\nexcerpt: &a HIDDEN words\nsecured: *a\n", ""),
        ("title: x\nexcerpt: &a HIDDEN words\nprovider: {name: y, secured: [*a]}\n", ""),
        ("title: x\n# z\u2028secured: HIDDEN words\u2028quality: 3\n", ""),
        ("title: x\n", "Text.\u2028secured: HIDDEN words\u2028\n"),
        ("title: x\n", "s\0e\0c\0u\0r\0e\0d\0:\0 \0H\0I\0D\0D\0E\0N\0 words\n"),
    ],
)
def test_a_seal_that_a_slip_sweeps_away_keeps_the_file_from_being_taken_and_the_last_good_version_stays(
    front: str, body: str
) -> None:
    for text in (f"---\n{front}---\n{body}", f"\ufeff---\n{front}---\n{body}"):
        for end in ("\n", "\r\n", "\r"):
            parsed = parse("a.md", text.replace("\n", end).encode())
            assert parsed.item is None
            assert "HIDDEN" not in everything_of(parsed)
            assert not parsed.withheld_while_broken


@pytest.mark.parametrize(
    "text",
    [
        "<p>---</p>\n<p>title: x</p>\n<p>secured: HIDDEN words</p>\n<p>---</p>\n<p>Text.</p>\n",
        "<div>title: x<br>\nsecured: HIDDEN words<br>\n</div>\n",
        "1 ---\n2 title: x\n3 secured: HIDDEN words\n4 ---\n5 Text.\n",
        "  12: Text.\n  13: secured: HIDDEN words\n",
        "12 | Text.\n13 | secured: HIDDEN words\n",
        '"---\\ntitle: x\\nsecured: HIDDEN words\\n---\\nText.\\n"\n',
        "Text.\\nsecured: HIDDEN words\\n",
        "---\\nexcerpt: &a HIDDEN words\\n---\\n",
        "--- # z secured: HIDDEN words title: x --- # Text with ```code```\n",
        "```yaml\n---\ntitle: x\nsecured: HIDDEN words\n---\nText.\n```\n",
        "~~~markdown\n---\ntitle: x\nsecured: HIDDEN words\n---\nText.\n~~~\n",
        "```text\n+++\ntitle = 'x'\nsecured = 'HIDDEN words'\n+++\n```\nText.\n",
    ],
)
def test_a_seal_in_a_file_that_another_program_wrote_out_is_one_still(text: str) -> None:
    parsed = parse("a.md", text.encode())
    assert parsed.item is None
    assert "HIDDEN" not in everything_of(parsed)


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"Title: x\nSummary: y\n{written}: HIDDEN words\n\nText.\n"
            for written in (
                *(" ecured", "  Scured", "\n secred", " seccured", " sceured", " Sec\n ured", "Sec\nured", " secued"),
            )
        ),
        "Title: x\nTags: a\n    HIDDEN words\nSecured:\n\nText.\n",
        "Title: x\nSecured:\n\nText.\n    HIDDEN words\n",
        *(f"Title: x\n\nSecured: HIDDEN words\n{blank}\nText.\n" for blank in ("", "  ", "\t", "   \n  ")),
        "Title: x\nDate: 2023-01-02\n secued: HIDDEN words\n\nText.\n",
        "+++\ntitle = 'x'\ntags = [\n'HIDDEN words',\n]\nsecured = [\n]\n+++\nText.\n",
        "+++\ntitle = 'x'\n+++\nsecred = 'HIDDEN words'\nText.\n",
        "+++\ntitle = 'x'\n+++\nText.\n---\n\nsecure<wbr>d = {text = 'HIDDEN words'}\n",
        "+++\ntitle = 'x'\n+++\nText.\n\nsec&shy;ured = 'HIDDEN words'\n",
        *(
            f"---\ntitle: x\n---\nText.\n\n{line}\n"
            for line in (
                *("&lt;secured = HIDDEN words&gt;", "\\<secured\\> = HIDDEN words", "**<secured>** = HIDDEN words"),
                *("<secured = HIDDEN &amp; more> words", "&lt;secured&gt; = HIDDEN words"),
            )
        ),
        "---\ntitle: x\n---\nText.\n\n+++\ntitle = 'y'\nsecured = 'HIDDEN words'\n+++\nText.\n",
        "---\ntitle: x\n---\nText.\nDate: 2023-01-02\nTitle: y\nSecured: HIDDEN words\n\nText.\n",
        "---\ntitle: x\n---\nText.\n\n<!--\n.. title: y\n.. Secured: HIDDEN words\n-->\n\nText.\n",
        "<!--\n.. title: x\n.. secured: The he\n-->\nHIDDEN words\n.. slug: a\n-->\n\nText.\n",
        '": {"text": "HIDDEN words"}, "webUrl": "https://a.example/", "title": "x"}\nText.\n',
        'cured": "HIDDEN words",\n"title": "x"\n}\n\nText.\n',
        '{\n"title": "x",\n"tags": [\n"HIDDEN words"\n],\n"secured": [\n]\n}\nText.\n',
    ],
)
def test_a_seal_that_a_slip_parts_from_its_name_comes_out_nowhere(text: str) -> None:
    parsed = parse("a.md", text.encode())
    assert parsed.item is None
    assert "HIDDEN" not in everything_of(parsed)


@pytest.mark.parametrize(
    "data",
    [
        "---\ntitle: [x\nheet: 1\nheight: -1\n---\nText.\n",
        "---\n<title>x</title>\n<heat>1</heat>\n<height>-1</height>\nx: [\n---\nText.\n",
        "---\ntitle: [x\n---\nText.\n\n```xml\n<draft>true</draft>\n```\n\nWrite <draft>true</draft> so.\n",
        "---\ntitle: [x\n---\nText.\n\nIn Maven: <hidden>true</hidden>\n",
    ],
)
def test_a_broken_file_that_speaks_of_other_things_keeps_its_last_good_version(data: str) -> None:
    parsed = parse("a.md", data.encode())
    assert parsed.item is None
    assert not parsed.withheld_while_broken


@pytest.mark.parametrize(
    "front",
    [
        "title: x\nsecured:\nquality: HIDDEN\n",
        "title: x\nsecured: y\nquality: HIDDEN\n",
        "title: x\nHIDDEN: 1\nHIDDEN: 2\nsecured: y\n",
        "title: x\ntags: *HIDDEN\nsecured: y\n",
        "title: x\ntags: !HIDDEN!a b\nsecured: y\n",
        "title: x\nsecured: y\npublishedDateTime: HIDDEN\n",
        "title: x\nsecured: y\nwebUrl: HIDDEN\n",
        "title: x\nsecured: y\nheat:\n  HIDDEN\n",
        "title: x\nsecured: y\nlocale: 'HIDDEN words'\n",
        "title: x\nsecured: y\ntopics: HIDDEN, words\n",
        "title: HIDDENCells\u00e2\u20ac\u2122 potential\nsecured: y\n",
        "title: HIDDEN &amp;quot;x\nsecured: y\n",
        "title: x\nsecured: y\nHIDDEN: {published: false}\n",
        "title: x\n# secured\nquality: HIDDEN\n",
        "title: x\nsec\u00adured:\nquality: HIDDEN\n",
    ],
)
def test_no_message_about_a_file_that_names_sealed_text_quotes_its_values(front: str) -> None:
    parsed = read(front)
    assert not any("HIDDEN" in str(problem) for problem in parsed.problems)


@pytest.mark.parametrize(
    "entry", ["{src: a.png, hidden: true}", "{url: a.png, status: draft}", "{image: a.png, hide: true}"]
)
def test_a_mark_beside_a_picture_withholds_no_item(entry: str) -> None:
    assert read(f"title: x\nimages:\n- {entry}\n").item is not None
    assert read("title: x\nimages:\n- {status: draft}\n").item is None


def test_a_message_about_a_file_with_nothing_sealed_quotes_the_value() -> None:
    (problem,) = read("title: x\nquality: high\n").problems
    assert problem.reason == 'expected a number, got "high"'
    (problem,) = read("title: x\nsecured: y\nquality: high\n").problems
    assert problem.reason == "expected a number, got another text"


@pytest.mark.parametrize(
    "name",
    [
        *(r"secur\x65d", r"\x73ecurd", r"sec\u0075rd", r"secu\U00000072de", r"s\x45curd", "&#115;ecurd", "se&#x63;urd"),
        *("\u0455ecurd", "s\u00e9curd", "_sec_urd_", "\u0455ecured", "s\u0435cured"),
    ],
)
def test_a_value_is_not_quoted_beside_a_sealed_field_whose_name_is_escaped(name: str) -> None:
    front = f'---\ntitle: T\n"{name}": hidden words\n'
    (problem,) = parse("a.md", f"{front}quality: abc words\n---\n".encode()).problems
    assert problem.reason == "expected a number, got another text"
    if name.isascii() and "_" in name:
        return
    (problem,) = parse("a.md", f"{front}webUrl: *abc\n---\n".encode()).problems
    assert "abc" not in problem.reason
    in_json = f'{{"title": "T", "{name}": "hidden words", "quality": "abc words"}}\n'
    assert "abc" not in str(parse("a.md", in_json.encode()).problems)


def test_a_letter_that_is_escaped_in_another_name_keeps_no_value_from_being_quoted() -> None:
    (problem,) = parse("a.md", b'---\ntitle: T\n"\\x73ecure": x\nquality: abc &#115;\n---\n').problems
    assert problem.reason == 'expected a number, got "abc &#115;"'


NAMES_WITH_SLIPS = (
    *("_{}_", "**{}**", "~~{}~~", "`{}`", "<b>{}</b>", '<span class="x">{}</span>', "[[{}]]", "&quot;{}&quot;", "{}*"),
    "{}&colon;",
)
PARTS = ("]", "_", "\\", ",", "**", "&nbsp;", "&shy;", "<wbr>", "\u2011", "\u00ad", "\n  ", "-\n  ", " ")


def names_with_slips(name: str) -> Iterator[str]:
    """A name with marks around it, with something in it, and with all its letters set apart."""
    yield from (form.format(name) for form in NAMES_WITH_SLIPS)
    yield from (name[:at] + part + name[at:] for part in PARTS for at in (1, 3, len(name) - 1))
    yield from (part.join(name) for part in (" ", ".", "_"))


@pytest.mark.parametrize(
    ("front", "body"),
    [
        ("title: 'x\n  {}: HIDDEN words\n\nexcerpt: the cats'\n", ""),
        ("title: x\nexcerpt: |\n  Prose.\n  {}: HIDDEN words\n", ""),
        ("title: x\n", "{}: HIDDEN words\n---\nText.\n"),
        ("title: x\n", "{}: HIDDEN words\nText.\n"),
        ("title: x\n", "quality: 3\n{}: HIDDEN words\n---\nText.\n"),
        ("title: x\n", "\n{}: HIDDEN words\n---\n\nText.\n"),
        ("title: x\n", "Text.\n\n{}: 'HIDDEN words'\n\nMore.\n"),
        ("title: x\n{}: |\n  Some\n", "  HIDDEN words\n---\nText.\n"),
        ("title: x\n{}: [\nHIDDEN: 1\nHIDDEN: 2\n", ""),
        ("title: x\nquality: HIDDEN words\n{}: x\n", ""),
    ],
)
def test_a_seal_with_a_slip_in_its_name_is_one_still(front: str, body: str) -> None:
    for name in names_with_slips("secured"):
        if "**" in name and front.startswith("title: x\n{}: |"):
            continue  # an alias, and no text
        for end in ("\n", "\r\n"):
            text = f"---\n{front}---\n{body}".replace("{}", name).replace("&colon;:", "&colon;")
            parsed = parse("a.md", text.replace("\n", end).encode())
            assert "HIDDEN" not in everything_of(parsed), text


@pytest.mark.parametrize(
    ("front", "body"),
    [
        ("secured: |\n  Some\n", "words. HIDDEN words\n\nexcerpt: |\n  y\n---\nText.\n"),
        ("secured: Mr Bell \n", "HIDDEN words\n---\nText.\n"),
        ("secured: Mr\n", "HIDDEN words, and more.\n---\nText.\n"),
        ("secured: |\n  Mr\n", "HIDDEN words, and more.\n---\nText.\n"),
        ("'|secured|': {text: 'HIDDEN words'}\n", "```\n'|secured|': {text: 'HIDDEN words'}\n```\n"),
        ("provider: name 'n', secured 'HIDDEN words', domain: a.b}\n", ""),
        ("", "Text.\n\n``'`\nsecured: HIDDEN words\n```\n"),
        ("", "Text.\nsecured {text: 'HIDDEN words'}\n"),
        ("", "secured HIDDEN words\n---\n\nText.\n"),
        ("secured: |\n  jlQWd\n", "+6BuBj1x9HzWfAFHIDDENwvSo\\==\n---\nText.\n"),
    ],
)
def test_a_sealed_text_that_is_cut_or_repeated_comes_out_nowhere(front: str, body: str) -> None:
    parsed = read(f"title: x\n{front}", body)
    assert parsed.item is None
    assert "HIDDEN" not in everything_of(parsed)


# Marks that a slip sweeps away


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\nquality: [\n{}\n---\nText\n",
        "---\ntitle: x\n{}\nText\n",
        "---\ntitle: 'x\n  {}\nexcerpt: the cats'\n---\nText\n",
        "---\ntitle: x\nexcerpt: |\n  Prose.\n  {}\n---\nText\n",
        "---\ntitle: x\n---\n{}\n---\nText\n",
        "---\ntitle: x\n---\nquality: 3\n{}\n\nText\n",
        "---\n---\ntitle: x\n\n{}\nText\n",
    ],
)
@pytest.mark.parametrize("mark", ["published: false", "draft: yes", "removed: 'true'", "heat: -1"])
def test_a_mark_with_a_slip_in_its_name_is_one_still(text: str, mark: str) -> None:
    name, value = mark.split(": ")
    for written in names_with_slips(name):
        data = text.replace("{}", f"{written}: {value}").replace("&colon;:", "&colon;")
        parsed = parse("a.md", data.encode())
        assert parsed.item is None, data
        assert parsed.withheld_while_broken, data


@pytest.mark.parametrize(
    "front",
    [
        *("<b>heat</b>: -1\n", "pu&nbsp;blished: false\n", "p-u-b-l-i-s-h-e-d: false'\n", "heat: <b>-1</b>\n"),
        *("provider:\n  name: n\n  _draft_: yes\n", "provider:\n  name: n\n  heat: <b>-1</b>\n"),
        *("published: no---\nx: [\n", "published: <i>false</i>\nx: [\n", "heat: &minus;1\nx: [\n"),
    ],
)
def test_a_mark_with_markup_withdraws_the_item(front: str) -> None:
    parsed = read(f"title: x\n{front}")
    assert parsed.item is None
    assert parsed.withheld_while_broken


@pytest.mark.parametrize(
    ("front", "body"),
    [
        ("title: 'x\n{}\nexcerpt: the cats'\n", ""),
        ('title: "x\n{}\nexcerpt: a disk of 5"\n', ""),
        ('title: x\nsecured: "y\n{}\nexcerpt: a disk of 5"\n', ""),
        ("title: 'x\n{}\nsecured: the cats'\n", ""),
        ("{{title: 'x, {}, excerpt: cats', quality: 3}}\n", ""),
        ("title: x\nprovider:\n  name: y\n  {}\n", ""),
        ("title: x\nimages:\n- url: /a.png\n  {}\n", ""),
        ("title: x\nsecured:\n  y: z\n  {}\n", ""),
        ("title: x\nmore: {{{}}}\n", ""),
        ("title: x\nexcerpt: |\n  Prose.\n  {}\n", ""),
        ("title: x\nexcerpt: >-\n  Prose. {}\n", ""),
        ("title: x\nprovider: |\n  name: y\n  {}\nquality: 3\n", ""),
        ("title: x\nsecured: |\n  Prose.\n  {}\n", ""),
        ("title: x\ntags:\n  - '{}'\n", ""),
        ("title: x\nprovider:\n  '{}'\n", ""),
        ("title: x\n# y\u2028{}\u2028quality: 3\n", ""),
        ("title: 'x\u2028{}\u2028y'\n", ""),
        ("title: x\n", "{}\n---\nText.\n"),
        ("title: x\n", "quality: 3\n{}\n\nprovider:\n  name: n\n---\nText.\n"),
        ("title: x\n", "{}\n\nText.\n"),
        ("title: x\n", "n title\n\n{}\n\n---\n\nText.\n"),
        ("title: x\n", 'topic"s:\n  - a\n\n{}\nexcerpt: y\nText.\n'),
        ("title: x\n", "words\n---\n{}\n---\nText.\n"),
        ("title: x\n", "- {}\n---\nText.\n"),
        ("title: x\n", "---\n\n{}\nText.\n"),
        ("title: x\nexcerpt: some\n", "words\n{}\n---\nText.\n"),
        ("title: x\nexcerpt: |\n  some\n", "  words\n{}\n---\nText.\n"),
    ],
)
@pytest.mark.parametrize(
    "mark", ["published: false", "Published: no", "draft: true", "removed: yes", "deleted: true", "heat: -1"]
)
def test_a_mark_that_a_slip_sweeps_away_withdraws_the_item(front: str, body: str, mark: str) -> None:
    parsed = read(front.format(mark), body.format(mark))
    assert parsed.item is None
    assert parsed.withheld_while_broken
    assert parsed.problems


@pytest.mark.parametrize(
    "front",
    [
        *("published: # false\n", "published:\n# false\npublished: false\n", "publsihed: false\n", "Draft: 'True'\n"),
        *("{title: y, published false}\n", "{title: y, published:false}\n", "{title: y, draft true}\n"),
        *("? published\n: false\n", '"published"\t: false\n', "published:\u00a0false\n", "published\uff1a false\n"),
        *("published:: false\n", 'published: "false\n', 'published: false"\n', "published: [false\n"),
        *("published:\nfalse\n", "published: fasle\n", 'heat": -1\n', 'heat: "-1\n', "heat: - 1\n", "heat: [-1]\n"),
        *("title: a: the heat published: false\n", "title: a: so published draft: yes\n"),
        *("title: a: b published: false\n", "title: a: b\ntitle: c published: false\n", "draft : y: es\n"),
        *(
            "hea\u200bt: -1\n",
            "Heat: -1\n",
            "_heat_: -1\n",
            "h\u00adeat: '-2'\n",
            "<b>draft</b>: yes\n",
            "1. draft: on\n",
        ),
        *(
            "**draft**: true\n",
            "`published`: no\n",
            "[draft]: true\n",
            "@published: no\n",
            "{{removed}}: yes\n",
            "**heat**: -1\n",
        ),
        *("dra\u200bft: true\nx: [\n", "pub lished: no\nx: [\n", "hea-t: -1\nx: [\n", "draft -> yes\nx: [\n"),
        *("draft; yes\nx: [\n", "draft\ufe55yes\nx: [\n", "x: [\n? draft\n: yes\n", "x: [\n? heat\n: -1\n"),
        *("heat: -one\n", "heat: \uff0d1\n", "heat: \u2011 1\n", "heat: -/1\n"),
        *("published: false\npublished: true\n", "published: true\npublished: false\n", "published = false\nx: [\n"),
    ],
)
def test_a_mark_that_is_written_with_a_slip_withdraws_the_item(front: str) -> None:
    parsed = read(front if "title" in front else f"title: x\n{front}")
    assert not is_published(parsed), parsed


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-16", b""), ("utf-16-le", b""), ("utf-16-be", b""), ("utf-16-be", b"\xfe\xff"), ("utf-32", b"")],
)
def test_a_file_in_utf_16_is_refused_in_words_and_withdrawn_if_it_asks_for_it(encoding: str, mark: bytes) -> None:
    for end in ("\n", "\r\n"):
        for said in ("published: false", "draft: true", "heat: -1", "publised: no"):
            text = f"---\ntitle: x\n{said}\nsecured: HIDDEN\n---\nText.\n".replace("\n", end)
            data = mark + text.encode(encoding)
            for damaged in (data, data[:-1], data[1:], data[: len(data) - 12]):
                parsed = parse("a.md", damaged)
                assert parsed.item is None
                assert parsed.withheld_while_broken
                assert "HIDDEN" not in everything_of(parsed)
        text = "---\ntitle: x\npublished: true\n---\nText.\n".replace("\n", end)
        parsed = parse("a.md", mark + text.encode(encoding))
        assert parsed.item is None
        assert not parsed.withheld_while_broken
        assert parsed.problems[0].reason == "not UTF-8 but UTF-16; save the file as UTF-8"


@pytest.mark.parametrize(
    ("text", "is_withheld"),
    [
        ("`#``toml\n\ntitle = 'x'\nisDraft = true\n```\nText.\n", True),
        ("--\n\ndraft: true\ntitle: x\n---\nText.\n", True),
        ("A text.\n\nWrite this at the top:\n\ndraft: true\n", False),
        ("# Draft\n\nA text with a draft: true to life.\n", False),
    ],
)
def test_a_text_in_utf_16_that_has_lost_its_fence_is_withheld_if_it_begins_with_a_mark(
    text: str, *, is_withheld: bool
) -> None:
    assert parse("a.md", text.encode("utf-16")).withheld_while_broken == is_withheld


def test_a_tail_in_utf_16_under_a_file_in_utf_8_is_seen() -> None:
    parsed = parse("a.md", b"---\ntitle: x\n" + "published: false\r\n---\r\n".encode("utf-16-le") + b"---\nText.\n")
    assert parsed.item is None
    assert parsed.withheld_while_broken


@pytest.mark.parametrize(
    ("body", "withheld"),
    [
        ("published: false\n\nText.\n", True),
        ("A line of text.\npublished: false\n", True),
        ("- one\n- published: false\n\nText.\n", True),
        ("    published: false\n\nText.\n", True),
        ("# A heading\n\n## Another\n\ndraft: true\n\nText.\n", True),
        ("A paragraph of text.\n\n---\ndraft: true\n---\n", True),
        ("A paragraph of text.\n\ntitle: A\ndraft: true\n", True),
        ("A paragraph of text.\n\nsecured: some sealed text\n", True),
        ("A paragraph of text.\n\npublished: false\n", False),
        ("A paragraph of text.\n\npublished: false\n\nMore text.\n", False),
        ("A paragraph of text\nwith two lines.\npublished: false\n", False),
    ],
)
def test_the_places_in_a_body_that_are_looked_at_are_those_of_the_documentation(body: str, *, withheld: bool) -> None:
    assert (parse("a.md", f"---\ntitle: A\n---\n{body}".encode()).item is None) == withheld
    if not withheld:
        assert parse("a.md", body.encode()).item is None


# What only shows such fields


FENCED = "Put this in your config:\n\n```yaml\nserver:\n  secured: true\n  port: 8443\n```\n"


@pytest.mark.parametrize(
    ("front", "body"),
    [
        ("", FENCED),
        ("", FENCED.replace("```", "~~~~")),
        ("", FENCED.replace("secured: true", "secured: 'a long text of some kind'")),
        ("", "1. Write:\n\n   ```\n   ---\n   title: x\n   published: false\n   secured: some text\n   ---\n   ```\n"),
        ("", "```\n---\ntitle: x\npublished: false\n---\n```\n\nThis hides it.\n"),
        ("", "Text.\n\n<pre>\nsecured: some text\npublished: false\n</pre>\n"),
        ("", "Put this in your config:\n\n    server:\n      secured: true\n\nand go.\n"),
        ("", "Write this:\n\n    published: false\n\nand it is gone.\n"),
        ("", "Write this at the top:\n\npublished: false\n\nand save. Then:\n\n---\n\nMore.\n"),
        ("", "To hide it, write `published: false`, or `draft: true`, or `heat: -1`.\n\n---\n\nMore.\n"),
        ("", "Set `secured: 'some text'` or secured: true in it.\n"),
        ("", "Terms of the loan\n\nSecured: yes, by a mortgage\n\nRate: 5 %\n"),
        ("", "Terms:\n\n- Rate: 5 %\n- Secured: yes, by a mortgage\n- Draft: no\n"),
        ("", "\nSecured: yes, by a mortgage\n\nRate: 5 %\n"),
        ("", "**Secured:** yes, 'by' a mortgage\n\n| secured: | yes |\n"),
        ("", "**Secured** by design\n\nText.\n"),
        ("", "Our servers are secured: here is how\n"),
        ("", "Our servers are **secured**: here is how\n"),
        ("", "**Secured**: here is how\n\nText.\n"),
        ("", "<p><b>Secured</b>: yes, by 'a' mortgage</p>\n"),
        ("", "The fields are these:\n- **published**: whether it shows\n- **secured**: what nobody sees\n"),
        ("", "Fields.\n\n- **secured**: what nobody sees\n- **draft**: true\n- `heat`: -1\n\n---\n\nMore.\n"),
        ("", "*Published: no*\n\nThe disease cured: all of them. Set `secured`: a text.\n"),
        ("", "Text about D. Raft: true\n\nHe\nat: -1\n"),
        ("excerpt: The disease cured, and 'secured, as **secured** is'\n", "A cured ham. Secure d.\n"),
        ("secured: some text\n", "Heading of Some Text\n---\nText.\n"),
        ("", "They secured: nothing. It was unsecured: 'a loan' said so.\n"),
        ("", "| a | b |\n|---|---|\n| secured: | true |\n"),
        ("", "Published: 5 May 2024\n\nText.\n"),
        ("", "From: [[channel]]\n\nThe draft: true to its word.\n"),
        ("", "Heading\n---\n\nremoved: true\n"),
        ("excerpt: 'Secured: a deal'\nsecured: words\n", "A deal was secured.\n"),
        ("excerpt: 'How it was secured: a story'\n", ""),
        ('excerpt: "Set published: false, or draft: true, to hide it"\n', ""),
        ('excerpt: "published: false"\n', ""),
        ("excerpt: |\n  Put this in:\n\n  ```\n  secured: 'some text'\n  published: false\n  ```\n", ""),
        ("excerpt: |\n  Put this in:\n\n  published: false\n\n  and it is gone.\n", ""),
        ("excerpt: |\n  Put this in:\n\n  secured: true\n", ""),
        ("excerpt: |\n  Terms.\n\n  Secured: yes, by a mortgage\n\n  Rate: 5\n", ""),
        ("excerpt: Set `published: false`, or `secured: 'a'`\n".replace(": '", ":'").replace(": f", ":f"), ""),
        ("excerpt: '`secured: some text` seals'\n", ""),
        ("# published: false\n# secured: some text\n", ""),
        ("related:\n- title: r\n  published: false\n- {title: s, draft: true}\n", ""),
        ("published: true\nmore: {published: false}\n", ""),
        ("draft: false\nparts:\n- draft: true\n", ""),
        ("unsecured: yes\nsecured_by: a house\n", ""),
        ("secured: |\n  some text\n\n  published: false\n\n  more text\n", ""),
        ("secured:\n", "Text.\n"),
        ("secured: ''\n", "- one\n- two\n"),
        ("secured: ''\ntags:\n- a\nexcerpt: |\n  y\n", "Text.\n  More.\n"),
        ("secured: []\ntags:\n- a\n", "Text.\n"),
        ("secured:\ntags: [a]\nprovider:\n  name: n\n", "- one\n\n```\n  code\n```\n"),
        ("secured: {secured: a, b: [c, d]}\n", "- one\n"),
        ("secured: some text\n", "Heading\n---\n\n- one\n- two\n"),
        ("secured:\n- 'one text'\n- 'another'\n", "\n- one\n- two\n"),
        ("secured: |\n  some text\n\n", "Heading\n---\n\nText.\n"),
        ("secured: |\n  some text\n", "\nHeading\n---\n\nText.\n"),
        ("secured: 'some text'\n\n", "\nHeading\n---\n\nText.\n"),
        ("cheat: -1\nheat: 3\nheating: -5\nheat map: -1\n", "Text.\n"),
        ("secured: 'one text'\nprovider: {name: n, secured: another}\n", "- a list\n---\nmore\n"),
    ],
)
def test_what_only_shows_such_fields_is_published_without_a_word(front: str, body: str) -> None:
    for end in ("\n", "\r\n"):
        parsed = parse("a.md", f"---\ntitle: x\n{front}---\n{body}".replace("\n", end).encode())
        assert parsed.problems == ()
        assert is_published(parsed)


@pytest.mark.parametrize(
    ("front", "body", "line", "field", "words"),
    [
        ("excerpt: |\n  a\n  published: false\n", "", 3, "excerpt", "`published` has run into this field; check its"),
        ("excerpt: |\n  a\n  secured: b c\n", "", 3, "excerpt", "a `secured` field has run into this field; check its"),
        ("excerpt: |\n  a\n  secured: b c\n", "", 3, "excerpt", "if it is meant as text, put it between backquotes"),
        (
            "provider:\n  name: n\n  draft: true\n",
            "",
            5,
            "provider.draft",
            "`draft` stands inside another field; take away the",
        ),
        ("provider:\n  name: n\n  draft: true\n", "", 5, "provider.draft", "give the item a `draft` of its own"),
        ("published: # false\n", "", 3, "published", "`published` has no value: what stands after ` #` is a comment"),
        ("", "a\n\nsecured: b c\n", 6, "body", "put it in a code block, between two lines of three backquotes"),
        ("", "secured: b c\n", 4, "body", "a `secured` field stands in the body; check where the front matter ends"),
        ("", "quality: 3\nheat: -1\n---\n", 5, "body", "`heat` stands in the body; check where the front matter ends"),
        ("", "a\n\n<!-- b\n\ndraft: true\n---\n-->\n", 8, "body", "`draft` stands in the body; check where the"),
        ("", "a\n\n<!-- b\n\ndraft: true\n---\n-->\n", 8, "body", "three backquotes; it counts within a comment, too"),
        ("", "quality: 3\n---\na\n", 4, "body", "take out the stray `---`"),
        ("excerpt: >-\n", "  a\n\n  b\n(published): off\n# A\n", 5, "body", "take out the stray `---`"),
        (
            "secured: b\n",
            "rest\n---\na\n",
            5,
            "body",
            "what is `secured` may go on in the body; put its text in quotes, and leave an empty",
        ),
        ("secured: |\nexcerpt: a\n", "", 3, "secured", "take it out, or put its text in quotes"),
        ("publised: false\n", "", 3, "publised", "not known; did you mean `published`? The file is withheld until"),
        ("publised: false\n", "", 3, "publised", "this is mended: write `published`, or take the line out"),
    ],
)
def test_a_doubt_names_line_and_field_and_says_what_to_write(
    front: str, body: str, line: int, field: str, words: str
) -> None:
    problem = read(f"title: x\n{front}", body).problems[0]
    assert (problem.line, problem.field) == (line, field)
    assert words in problem.reason


@pytest.mark.parametrize(
    ("doubtful", "clear"),
    [
        ("excerpt: |\n  a\n  secured: b c\n", "excerpt: |\n  a\n  `secured: b c`\n"),
        ("excerpt: |\n  a\n  published: false\n", "excerpt: |\n  a\n  `published: false`\n"),
        ("more:\n  draft: true\n", "draft: false\nmore:\n  draft: true\n"),
        ("---\nsecured: b c\n", "---\n```\nsecured: b c\n```\n"),
        ("---\ntitle: b\npublished: false\n---\n", "---\n```\ntitle: b\npublished: false\n---\n```\n"),
        ("secured: b\n---\nrest\n---\n", "secured: 'b'\n---\n\nrest\n---\n"),
    ],
)
def test_what_a_doubt_says_to_write_ends_the_doubt(doubtful: str, clear: str) -> None:
    assert parse("a.md", f"---\ntitle: x\n{doubtful}---\n".encode()).item is None
    assert is_published(parse("a.md", f"---\ntitle: x\n{clear}---\n".encode()))


# Reports that an item lists


def test_a_report_that_may_be_withheld_is_a_problem_that_says_how_to_write_it() -> None:
    (problem,) = read("title: x\nrelated:\n- title: y\n  publised: false\n").problems
    assert str(problem) == "a.md:5: related[0].publised: not known; did you mean `published`?"


def test_no_character_beyond_ascii_becomes_part_of_a_name_that_withholds_in_small_letters() -> None:
    small = {chr(number).lower() for number in range(0x80, sys.maxunicode + 1)}
    assert [name for name in ("secured", *WITHHOLDING_FIELDS, "heat") for letters in small if letters in name] == []


@pytest.mark.parametrize("value", ["", " null", " ~", " false", " true", " {}", " []", " Some words.", " 'Some words'"])
def test_a_body_that_begins_with_a_small_letter_goes_on_with_no_sealed_text_that_has_an_end(value: str) -> None:
    parsed = parse("a.md", f"---\ntitle: x\nsecured:{value}\n---\niPhone owners wait.\n".encode())
    assert parsed.item is not None
    assert parsed.item.body == "iPhone owners wait."
