"""Names of fields with a slip: which known name each of them is said to be, and what becomes of its value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedd.items.foreign.foreign_names import may_be_kept
from feedd.items.parse import parse
from feedd.items.parsing.misspelt_names import nearly
from feedd.items.parsing.parsed import Parsed
from feedd.items.reading_settings import ReadingSettings


def read(front: str, settings: ReadingSettings | None = None) -> Parsed:
    return parse("a.md", f"---\ntitle: x\n{front}\n---\nText.\n".encode(), settings or ReadingSettings())


def notes(front: str, settings: ReadingSettings | None = None) -> list[str]:
    found = read(front, settings)
    assert found.item is not None, found.problems
    assert {problem.kind for problem in found.problems} <= {"note"}
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize(
    ("front", "name", "meant"),
    [
        ("weburll: https://a.example/", "weburll", "webUrl"),
        ("sumary: A summary", "sumary", "summary"),
        ("descripton: A summary", "descripton", "description"),
        ("topic: AI", "topic", "topics"),
        ("qualty: 5\nwebUrl: https://a.example/", "qualty", "quality"),
        ("imagse: a.png", "imagse", "images"),
        ("video_Ids: a", "video_Ids", "videoId"),
        ("proivder: Acme", "proivder", "provider"),
        ("exerpt: A summary\ndescription: Another", "exerpt", "excerpt"),
    ],
)
def test_a_known_name_with_one_slip_is_a_note_at_its_line(front: str, name: str, meant: str) -> None:
    assert notes(front) == [f"a.md:3: {name}: not known, so it is passed over; did you mean `{meant}`?"]


@pytest.mark.parametrize(
    ("front", "name", "meant"),
    [
        *(("Topics: [AI]", "Topics", "topics"), ("PROVIDER: Acme", "PROVIDER", "provider")),
        *(("Quality: 5", "Quality", "quality"), ("Guid: a", "Guid", "guid")),
        ("video_id: dQw4w9WgXcQ", "video_id", "videoId"),
        ("excludeFromAll: true", "excludeFromAll", "exclude_from_all"),
        ("exclude-from-all: true", "exclude-from-all", "exclude_from_all"),
        ("original_url: https://a.example/", "original_url", "originalUrl"),
    ],
)
def test_another_spelling_of_a_name_that_is_read_in_its_own_alone_is_a_note(front: str, name: str, meant: str) -> None:
    assert notes(front) == [f"a.md:3: {name}: not known, so it is passed over; did you mean `{meant}`?"]
    own = front.replace(name, meant)
    assert notes(f"{own}\n{front}") == notes(own)
    assert notes(front, ReadingSettings(fields={meant: name})) == []


@pytest.mark.parametrize(
    "name",
    [
        *("publishedDatetim", "publishedDateTimes", "ublishedDateTime", "publised-date", "pubDaet", "embargoUtnil"),
        "goLiveDat",
    ],
)
def test_a_date_in_such_a_field_keeps_an_item_back_until_then(name: str) -> None:
    found = read(f"{name}: 2099-05-01\ncreated: 2024-01-01")
    assert found.item is not None
    assert found.item.published == datetime(2099, 5, 1, tzinfo=UTC)
    (note,) = found.problems
    assert (note.line, note.field, note.kind) == (3, name, "note")
    assert note.reason.startswith("not known; did you mean `")
    assert note.reason.endswith("`? Nothing is published before this date")


def test_the_later_of_two_dates_counts() -> None:
    for date, other in (("2024-05-01", "2023-05-01"), ("2023-05-01", "2024-05-01")):
        item = read(f"publishedDatetim: {date}\ndate: {other}").item
        assert item is not None
        assert item.published == datetime(2024, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("front", "meant"),
    [
        *(("publishd: true", "published"), ("publisehd: yes", "published"), ("drafft: false", "draft")),
        *(("removd: no", "removed"), ("heet: 5", "heat"), ("haet: 0.5", "heat"), ("hea: 1", "heat")),
    ],
)
def test_a_mark_with_a_slip_that_withholds_nothing_is_a_note(front: str, meant: str) -> None:
    name = front.partition(":")[0]
    assert notes(front) == [f"a.md:3: {name}: not known, so it is passed over; did you mean `{meant}`?"]


@pytest.mark.parametrize(
    "front",
    [
        "head: x",
        "head: 5",
        "head: 0",
        "head: [[meta, {}]]",
        "heet: warm",
        "removd: my hat",
        "beat: 5",
        "publishd: A house",
    ],
)
def test_a_value_of_another_kind_makes_a_name_no_slip_of_a_mark(front: str) -> None:
    assert notes(front) == []


def test_a_date_in_a_misspelt_published_counts() -> None:
    found = read("publishd: 2099-05-01")
    assert found.item is not None
    assert found.item.published == datetime(2099, 5, 1, tzinfo=UTC)
    assert [problem.line for problem in found.problems] == [3]


@pytest.mark.parametrize("name", ["heet", "haet", "hea", "heaat", "head"])
def test_a_misspelt_heat_that_would_fold_an_item_withholds_it(name: str) -> None:
    found = read(f"{name}: -1")
    assert (found.item, found.withheld_while_broken) == (None, True)
    assert found.problems[0].line == 3
    assert "did you mean `heat`? The file is withheld" in found.problems[0].reason


@pytest.mark.parametrize("group", ["params", "extra"])
@pytest.mark.parametrize("name", ["heet", "haet", "hea", "heaat"])
def test_a_misspelt_heat_below_the_fields_of_a_theme_withholds_the_item_too(group: str, name: str) -> None:
    found = read(f"{group}:\n  {name}: -1")
    assert (found.item, found.withheld_while_broken) == (None, True)
    assert found.problems[0].line == 4
    assert "did you mean `heat`? The file is withheld" in found.problems[0].reason


@pytest.mark.parametrize("setting", ["head: -1", "height: -1", "heet: 1", "heading: -1", "heet: cold", "hex: -1"])
def test_settings_of_a_theme_withhold_nothing(setting: str) -> None:
    assert notes(f"params:\n  {setting}") == []


def test_a_value_that_is_no_date_is_passed_over() -> None:
    assert notes("publishedDatetim: soon") == [
        "a.md:3: publishedDatetim: not known, so it is passed over; did you mean `publishedDateTime`?"
    ]


@pytest.mark.parametrize("date", ["9999-12-31", "2026-02-30 12:00", "2026/13/01"])
def test_a_date_in_such_a_field_that_cannot_be_read_is_a_problem(date: str) -> None:
    (problem,) = read(f"embargoUntill: {date}\ndate: 2024-05-01").problems
    assert (problem.line, problem.field, problem.kind) == (3, "embargoUntill", "problem")
    assert problem.reason == (
        f'expected a date such as 2026-01-31, for `embargoUntil` was probably meant, got "{date}"'
    )
    assert [each.kind for each in read("publishd: 9999-12-31").problems] == ["problem"]
    assert notes("schedule: 10:00-12:00") != []


@pytest.mark.parametrize(
    "front",
    [
        "Sumary: A\nsummary: B",  # there is the field, too
        "image2: a.png\ncolour: red\ngreat: 5\nhosted: x",
        "headers: x\nfiles: x\nlanguages: [de]",  # not the singular of other publishers' names
        "reason: x\nposts: 5\nreader: x",  # a first letter apart
        "update: 2024-01-01\nlocal: true",
        "layout: post\ntoc: true\nmenu: x\nlicense: x",
        "tgas: [a]\ndaet: 2024-01-01",  # too short
    ],
)
def test_other_names_are_no_slips(front: str) -> None:
    assert notes(front) == []


@pytest.mark.parametrize(
    ("front", "line", "name", "meant"),
    [
        ("provider: {nmae: X, domain: a.example}", 3, "provider.nmae", "name"),
        ("provider:\n  domain: a.example\n  Name: X", 5, "provider.Name", "name"),
        ("provider: {name: X, author: Y}", 3, "provider.author", "authors"),
        ("images:\n- url: a.png\n- url: b.png\n  heigth: 5", 6, "images[1].heigth", "height"),
        ("images: {url: a.png, atribution: x}", 3, "images.atribution", "attribution"),
        ("params:\n  sumary: x", 4, "params.sumary", "summary"),
        ("Extra:\n  toc: true\n  descripton: x", 5, "Extra.descripton", "description"),
    ],
)
def test_a_name_with_a_slip_within_a_mapping_is_a_note(front: str, line: int, name: str, meant: str) -> None:
    assert notes(front) == [f"a.md:{line}: {name}: not known, so it is passed over; did you mean `{meant}`?"]


@pytest.mark.parametrize(
    "front",
    [
        "provider: {name: X, domain: a.example, type: news, followers: 5, nmae: x}",
        "provider: {domain: a.example, game: x}",  # a first letter apart
        "images: [{url: a.png, isCached: true, caption: x, alt: x, high: 5, width: 5, widht: 5}]",
        "params: {showToc: true, hideMeta: true, sumary: x, toc: 1}\nsummary: x",
        "params: {images2: x, lightbox: true, head: -1, height: -1}",
        "other: {sumary: x, drafft: true}\nprovider: X",
    ],
)
def test_other_names_within_a_mapping_are_no_slips(front: str) -> None:
    assert notes(front) == []


@pytest.mark.parametrize("name", ["embargoUntl", "publishd", "publihsed"])
@pytest.mark.parametrize("more", ["", "".join(f"\n  setting{number}x: y" for number in range(90))])
def test_a_date_in_a_misspelt_name_of_a_group_keeps_an_item_back_until_then(name: str, more: str) -> None:
    found = read(f"date: 2024-01-01\nparams:\n  {name}: 2099-05-01{more}")
    assert found.item is not None
    assert found.item.published == datetime(2099, 5, 1, tzinfo=UTC)
    assert [(note.line, note.field) for note in found.problems] == [(5, f"params.{name}")]


@pytest.mark.parametrize(
    "field",
    [
        *("list: false", "delete: true", "remove: true", "moved: true", "craft: true", "drafted: true"),
        *("restricted: true", "secrets: true", "shared: false", "shares: false", "publisher: false"),
        *("republish: false", "nopublish: false"),
    ],
)
def test_a_word_of_its_own_in_a_group_withholds_nothing(field: str) -> None:
    assert read(f"date: 2024-01-01\nparams: {{{field}}}").item is not None


@pytest.mark.parametrize("front", ["params: {drafft: true}", "extra: {publishd: false}", "params: {unlistd: yes}"])
def test_a_misspelt_mark_in_a_group_withholds_as_one_beside_the_title(front: str) -> None:
    found = read(f"date: 2024-01-01\n{front}")
    assert (found.item, found.withheld_while_broken) == (None, True)
    assert "The file is withheld until this is mended: write `" in found.problems[0].reason


def test_of_a_slip_within_a_mapping_no_name_is_told_beside_sealed_text() -> None:
    (note,) = notes("provider: {nmae: X, domain: a.example}\nsecured: hidden words")
    assert "nmae" not in note
    assert note.startswith("a.md:3: the field in this line (its name is not shown, ")


def test_a_name_that_the_settings_know_is_no_slip() -> None:
    settings = ReadingSettings(fields={"summary": "sumary"})
    assert notes("sumary: A summary", settings) == []
    assert notes("sumary: A summary") != []


def test_no_name_is_told_beside_sealed_text() -> None:
    unnamed = "the field in this line (its name is not shown, for the file may have sealed content)"
    assert notes("sumary: A summary\nsecured: hidden words") == [
        f"a.md:3: {unnamed} is not known, so it is passed over; did you mean `summary`?"
    ]
    (problem,) = parse("a.md", b"---\ntitl: x\nsecured: hidden words\n---\n").problems
    assert str(problem) == f"a.md:2: {unnamed} is not known; did you mean `title`?"
    (note,) = notes("image: a\nsecured: hidden words")
    assert note == f"a.md:3: {unnamed}: expected a picture, got another text; it is passed over"
    found = read("publishedDatetim: 2099-05-01\nsecured: hidden words")
    assert found.item is not None
    assert found.item.published == datetime(2099, 5, 1, tzinfo=UTC)
    assert [(note.line, note.field) for note in found.problems] == [(3, None)]


def test_a_seal_and_a_mark_with_a_slip_have_their_own_rules() -> None:
    assert notes("sceured: hidden words") == []
    assert [problem.kind for problem in read("publised: false").problems] == ["problem"]
    assert nearly("publised") is None
    assert nearly("secred") is None


def test_a_file_with_very_many_fields_was_not_written_by_hand() -> None:
    many = "\n".join(f"name{number}: 1" for number in range(100))
    assert notes(f"{many}\nsumary: A") == []


def test_each_of_many_misspelt_marks_is_said_with_its_line() -> None:
    front = "\n".join(f"dr{'_' * number}a{'_' * other}ftt: true" for number in range(1, 31) for other in range(1, 31))
    found = read(front)
    assert sorted(problem.line or 0 for problem in found.problems) == list(range(3, 903))
    assert found.withheld_while_broken


def test_a_set_of_long_names_is_read_like_any_other() -> None:
    names = [f"{'x' * 100}{number}" for number in range(60)]
    assert not may_be_kept(names)
    assert notes("".join(f"{name}: a\n" for name in names) + "sumary: b") == [
        "a.md:63: sumary: not known, so it is passed over; did you mean `summary`?"
    ]
