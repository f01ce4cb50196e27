"""feedd's own words: each language has them, with plurals and dates of CLDR, and pages say them in its language."""

from __future__ import annotations

import ast
import html
import json
import pkgutil
import re
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from babel import Locale
from babel.lists import format_list
from support import Site, item

import feedd
from feedd.render.assets import ASSETS
from feedd.words import catalogue, configured_words, site_words
from feedd.words.catalogue import en
from feedd.words.site_words import ENGLISH, Text, Words

LANGUAGES = sorted(each.name for each in pkgutil.iter_modules(catalogue.__path__) if each.name != "en")
PROMISED = {"de", "es", "fr", "pt", "it", "nl", "pl", "tr", "ru", "uk", "ja", "zh", "zh_hant", "ko", "ar", "he"}
UNITS = {
    "hours": "duration-hour",
    "minutes": "duration-minute",
    "seconds": "duration-second",
    "bytes": "digital-byte",
    "kilobytes": "digital-kilobyte",
    "megabytes": "digital-megabyte",
    "gigabytes": "digital-gigabyte",
    "terabytes": "digital-terabyte",
}
# Words that are spelt in a language as they are in English. Patterns and units are judged by CLDR.
SAME_IN = {"formats": {"fr"}, "audio": {"it"}, "video": {"it"}}
JUDGED = {"months", "date", "date_in_lists", "day_and_month", "days", "days_of_months", "days_of_years"}
JUDGED |= {"decimal_mark", "thousands_mark", *UNITS}
PATTERNS = {"digest_title", "digest_of_one", "facts"}  # nothing but parts and punctuation
BLANKS = str.maketrans("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", "   ")


def words_of(language: str) -> dict[str, Text]:
    found: dict[str, Text] = import_module(f"feedd.words.catalogue.{language}").WORDS
    return found


def tag(language: str) -> str:
    return language.replace("_hant", "-Hant")


def locale(language: str) -> Locale:
    return Locale.parse({"en": "en_GB", "zh_hant": "zh_Hant"}.get(language, language))


def plain(text: str) -> str:
    return text.translate(BLANKS)


def test_the_languages_that_are_promised_are_there() -> None:
    assert set(LANGUAGES) >= PROMISED


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_word_and_no_other(language: str) -> None:
    assert words_of(language).keys() == en.WORDS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_left_in_english(language: str) -> None:
    same = {name for name, text in words_of(language).items() if text == en.WORDS[name]}
    listed = {name for name, languages in SAME_IN.items() if language in languages}
    assert same - JUDGED - PATTERNS == listed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_has_the_parts_of_the_english_word(language: str) -> None:
    for name, text in words_of(language).items():
        assert isinstance(text, dict) == isinstance(en.WORDS[name], dict), name
        for each in text.values() if isinstance(text, dict) else [text]:
            assert configured_words.mistake(name, each) is None, name
            assert each == each.strip() or name == "thousands_mark", name
        if name not in JUDGED:
            english, here = configured_words.parts_of(en.WORDS[name]), configured_words.parts_of(text)
            assert english <= here <= english | {"entries", "first", "n"}, name
    for name in ("hot", "top", "daily", "weekly"):  # what stands before " - " is the view
        assert " - " not in Words(tag(language)).say(name)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_plurals_are_those_of_cldr(language: str) -> None:
    rule, forms = import_module(f"feedd.words.catalogue.{language}").PLURAL_FORM, locale(language).plural_form
    numbers = [*range(1300), 1_000_000, 1_000_001, 2_000_000]
    assert [rule(number) for number in numbers] == [forms(number) for number in numbers]
    for name, text in words_of(language).items():
        if isinstance(text, dict):
            assert text.keys() >= set(map(forms, numbers)) - {
                "many" if language not in ("ru", "uk", "pl", "ar") else ""
            }
            assert "other" in text, name


def test_there_are_as_many_forms_as_the_languages_need() -> None:
    assert len(words_of("ar")["counted"]) == 6
    assert min(len(words_of(language)["counted"]) for language in ("pl", "ru", "uk")) >= 3


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_dates_and_numbers_are_those_of_cldr(language: str) -> None:
    words, known = Words(tag(language)), locale(language)
    date_format, month_format = known.date_formats["long"], known.datetime_skeletons["MMMMd"]
    for month in range(1, 13):
        day = date(2024, month, month + 1)
        assert plain(words.dated(day)) == plain(date_format.apply(day, known))
        assert plain(words.dated(day, "day_and_month")) == plain(month_format.apply(day, known))
        if language != "en":
            assert words.dated(day, "date_in_lists") == words.dated(day)
    symbols = known.number_symbols["latn"]
    assert (words.say("decimal_mark"), words.say("thousands_mark")) == (symbols["decimal"], symbols["group"])
    if language != "en":
        short = {name: known._data["unit_patterns"][unit]["short"]["other"] for name, unit in UNITS.items()}
        assert {name: plain(words.say(name, n="{0}")) for name in UNITS} == {n: plain(t) for n, t in short.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_from_one_day_to_another_are_those_of_cldr(language: str) -> None:
    """Where CLDR has them with the names of months cut short, with the whole names."""
    words, known = Words(tag(language)), locale(language)
    patterns = known.interval_formats.get("yMMMMd") or known.interval_formats["yMMMd"]
    first = date(2023, 5, 6)
    for part, last in (("d", date(2023, 5, 9)), ("M", date(2023, 7, 9)), ("y", date(2024, 5, 9))):
        both = [re.sub("M{3,4}", "MMMM", each).replace("dd", "d") for each in patterns[part]]
        expected = "".join(
            import_module("babel.dates").parse_pattern(pattern).apply(day, known)
            for pattern, day in zip(both, (first, last), strict=True)
        )
        expected = expected.replace("五月", "5月").replace("七月", "7月")  # as in the dates of the language
        assert plain(words.dates(first, last)) == plain(expected)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_lists_are_those_of_cldr(language: str) -> None:
    words, known = Words(tag(language)), locale(language)
    for pattern, style in (("list_and", "standard"), ("list_or", "or")):
        for names in (["A"], ["A", "B"], *([["A", "B", "C"]] if language != "ja" else [])):
            assert words.together(names, pattern) == format_list(names, style, known)


@pytest.mark.parametrize(
    ("language", "module"),
    [
        ("pt-BR", "pt"), ("pt-PT", "pt"), ("de-AT", "de"), ("zh-CN", "zh"), ("zh-Hans-TW", "zh"), ("zh-TW", "zh_hant"),
        ("zh-Hant", "zh_hant"), ("zh-Hant-HK", "zh_hant"), ("zh_HK", "zh_hant"), ("sr-Latn", None), ("iw", "he"),
        ("FR", "fr"), ("sv", None), ("x-elvish", None), ("..", None), ("en-US", "en"), ("ar-Latn", "ar"),
    ],
)  # fmt: skip
def test_a_language_tag_goes_by_its_script_and_language(language: str, module: str | None) -> None:
    assert site_words.is_known(language) is (module is not None)
    expected = words_of(module or "en")["subscribe"]
    assert Words(language).say("subscribe") == expected
    assert Words(language).html("subscribe") == (expected if module else f'<bdi lang="en">{expected}</bdi>')


def test_a_language_becomes_known_by_its_file_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "qaa.py").write_text(
        "from feedd.words import plural_rules\n"
        "PLURAL_FORM = plural_rules.one_or_other\n"
        'WORDS = {"subscribe": "Prenumerera", "counted": {"one": "{n} inlägg", "other": "{n} inlägg"}}\n'
    )
    monkeypatch.setattr(catalogue, "__path__", [*catalogue.__path__, str(tmp_path)])
    words = Words("qaa-FI")
    assert words.html("subscribe") == "Prenumerera"
    assert words.count("counted", 1) == "1 inlägg"
    assert words.html("formats") == '<bdi lang="en">Formats</bdi>'


def test_the_words_of_a_site_come_first() -> None:
    counted, hot = ("counted", "one", "ein Beitrag"), ("hot", "", "Neu & gut")
    own = (site_words.ConfiguredWord(*counted), site_words.ConfiguredWord(*hot))
    words = Words("de", own)
    assert words.html("hot") == "Neu &amp; gut"
    assert [words.count("counted", number) for number in (1, 2)] == ["ein Beitrag", "2 Einträge"]
    assert Words("sv", own).html("hot") == "Neu &amp; gut"
    assert Words("sv", own).mark("top") == ' lang="en"'


def test_a_digest_and_a_page_of_a_german_site_are_german(site: Site) -> None:
    site.configure(
        base_url="https://feeds.example/", language="de", title="Boote", views={"top": 3, "digest": ["daily"]}
    )
    now = datetime(2026, 5, 7, 12, tzinfo=UTC)
    related = [{"title": "Mehr", "webUrl": "https://b.example/", "publishedDateTime": "2026-05-01"}]
    site.write("a.md", item("Segel", "https://a.example/", "2026-05-05T10:00:00Z", topics=["Meer"], related=related))
    site.publish(now - timedelta(days=1))
    site.publish(now)
    page, digest = (site.documents()[path].decode() for path in ("topics/meer/index.html", "digest/daily/feed.json"))
    assert "1 Eintrag, aktualisiert am <time" in page
    assert ">5. Mai 2026</time>" in page
    assert 'lang="en"' not in page
    assert "Einträge zu Meer" in page
    (made,) = json.loads(digest)["items"]
    assert made["title"] == "Boote: 5. Mai 2026"
    assert made["content_html"].startswith("<p>1 Eintrag.</p>")
    assert "<h3>Weitere Berichte</h3>" in json.loads(site.documents()["feed.json"])["items"][0]["content_html"]
    assert json.loads(digest)["title"] == "Tagesübersicht - Boote"


def test_english_words_are_marked_where_the_language_has_none(site: Site) -> None:
    site.configure(
        base_url="https://feeds.example/",
        language="sv",
        title="Båtar",
        views={"feeds": ["topics"], "top": 3},
        archives={"feeds": ["all"], "size": 1},
        limit=1,
    )
    site.write("old.md", item("Segel", "https://a.example/old", "2026-05-05T10:00:00Z", "Text", topics=["Hav"]))
    related = [{"title": "Mer", "webUrl": "https://b.example/"}]
    site.write(
        "a.md", item("Segel", "https://a.example/", "2026-05-05T10:00:00Z", "Text", topics=["Hav"], related=related)
    )
    site.publish(datetime(2026, 5, 7, tzinfo=UTC))
    documents = site.documents()
    paths = ("index.html", "archive/0001.html", "topics/hav/index.html", "topics/hav/top/index.html")
    for path in paths:
        page = documents[path].decode()
        body = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", page.partition("<body>")[2], flags=re.DOTALL)
        shown = set(re.sub(r"<[^>]*>", " ", body).split()) - {"Atom", "RSS", "JSON", "Feed"}
        numbers = {"1", "2", "3", "2026-05-05", "2026-05-07"}
        assert shown <= {"Båtar", "Segel", "Hav", "Text", "\N{EN DASH}"} | numbers | READERS, path
    assert '<h3 lang="en">Related coverage</h3>' in json.loads(documents["feed.json"])["items"][0]["content_html"]


@pytest.mark.parametrize(("language", "mark"), [("sv", ' lang="en"'), ("en", "")])
def test_english_words_in_the_place_of_a_picture_are_marked(site: Site, language: str, mark: str) -> None:
    site.configure(base_url="https://feeds.example/", language=language)
    film = '<video src="https://a.example/b.mp4" poster="https://a.example/b.jpg"></video>'
    video = '<iframe src="https://www.youtube.com/embed/x0-zGdlpTeg"></iframe>'
    site.write("a.md", item("Segel", None, "2026-05-05T10:00:00Z", f"Text\n\n{film}\n\n{video}\n"))
    site.publish(datetime(2026, 5, 7, tzinfo=UTC))
    documents = site.documents()
    content = json.loads(documents["feed.json"])["items"][0]["content_html"]
    assert f'alt="Video: b.mp4"{mark}>' in content
    assert f'alt="Play the video"{mark}>' in content
    site.write("b.md", item("Film", None, "2026-05-05T10:00:00Z", videoId="x0-zGdlpTeg"))
    site.publish(datetime(2026, 5, 7, tzinfo=UTC))
    for path in ("atom.xml", "rss.xml"):
        assert f'alt="Play: Film"{mark}>' in html.unescape(site.documents()[path].decode()), path
    page = documents["entry/segel/index.html"].decode()
    assert page.count('<bdi lang="en">Video: b.mp4</bdi>' if mark else ">Video: b.mp4<") == 1
    assert page.count('<bdi lang="en">Play the video</bdi>' if mark else ">Play the video<") == 1


READERS = {"Feedly", "Inoreader", "NewsBlur", "Feedbin", "The", "Old", "Reader"}


def test_a_feed_of_another_language_speaks_it(site: Site) -> None:
    site.configure(base_url="https://feeds.example/", families=["languages"], title="Boats")
    site.write("a.md", item("Voile", "https://a.example/", "2026-05-05T10:00:00Z", locale="fr-CA"))
    site.publish(datetime(2026, 5, 7, tzinfo=UTC))
    page = site.documents()["languages/fr/index.html"].decode()
    assert '<html lang="fr">' in page
    assert Words("fr").html("subscribe") in page
    assert "Articles dans la langue fr" in page
    assert "Subscribe" in site.documents()["index.html"].decode()


def test_the_script_of_pages_knows_the_english_words() -> None:
    script = ASSETS["feedd.js"].decode()
    for name in ("copied", "copy_by_hand", "found"):
        assert f'"{ENGLISH.say(name)}"' in script


# Names, which are the same in every language, and what is no text for people.
NAMES = {"feedd", "utf", "url", "rss", "opml", "doctype", "html", "data"}
PAGES = [
    "feed_page",
    "site_page",
    "entry_page",
    "page_shell",
    "enclosures",
    "assembly/assemble_entry",
    "assembly/assemble_feed",
    "assembly/assemble_listing",
    "directory",
    "opml",
    "site_info",
]


def spoken(path: Path) -> list[str]:
    """The words between tags, and in attributes that people hear, in the texts of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    inside = {id(part) for each in ast.walk(tree) if isinstance(each, ast.JoinedStr) for part in each.values}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(each.value if isinstance(each, ast.Constant) else "\0" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in docs | inside:
            text = node.value if isinstance(node.value, str) else node.value.decode()
            text = text.replace("The Old Reader", "")
        else:
            continue
        heard = re.findall(r'(?:aria-label|placeholder|alt|title)="([^"]*)"', text)
        between = re.sub(r"<[^<>]*>?|&[a-z]+;", "\1", text) if "<" in text or ">" in text else ""
        sentence = [text] if re.fullmatch(r"[A-Z][a-z]+( [A-Za-z]+)+\W*", text) else []
        found += [word for part in (*heard, between, *sentence) for word in re.findall(r"[A-Za-z]{3,}", part)]
    return [word for word in found if word.lower() not in NAMES]


def test_no_word_for_people_stands_outside_of_the_catalogue() -> None:
    folder = Path(feedd.__file__).parent
    paths = [folder / "render" / f"{name}.py" for name in PAGES]
    paths += [folder / "html" / f"{name}.py" for name in ("content", "related_links")]
    paths += [folder / "decide/periods.py", *(folder / "select/views").glob("*_view.py")]
    assert {path.name: words for path in paths if (words := spoken(path))} == {}


def test_months_follow_one_another_in_every_language() -> None:
    for language in LANGUAGES:
        months = Words(tag(language)).say("months").split(" ")
        assert len(set(months)) == 12
        assert all(first != second for first, second in pairwise(months))
