"""Text for people: what a title, an excerpt or a name becomes."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedd.items import text

ANY_TEXT = st.text(st.characters(exclude_categories=()))
NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Plain text", "Plain text"),
        ("we&#8217;re", "we\u2019re"),
        ("Fish &amp; chips &lt;b&gt;", "Fish & chips <b>"),
        ("AT&T & co", "AT&T & co"),
        ("&nosuch; &copy 2020", "&nosuch; &copy 2020"),
        ("List<String> where a < b", "List<String> where a < b"),
        ("a <em class='x'>fine</em> <B>day</B>", "a fine day"),
        ("H<sub>2</sub>O", "H2O"),
        ("one<br/>two<p>three</p>four", "one two three four"),
        ("a<script>alert('x')</script>b<!-- no -->c<style>p{}</style>", "a b c"),
        ("how to open a <!-- comment", "how to open a <!-- comment"),
        ("  two\tlines\r\n and  more\u2028", "two lines and more"),
        ("one\u2028two\u2029three\u0085four\ffive", "one two three four five"),
        ("Pourquoi\u202f? \u00ab\u00a0Oui\u00a0\u00bb \u00e0 10\u00a0000\u202f\u20ac",) * 2,
        ("\u6771\u4eac\u3000\u5927\u962a",) * 2,
        ("2026\u2007\u2009kg\u200apur",) * 2,
        ("\u00a0both \u3000ends\u3000\u00a0", "both \u3000ends"),
        ("10&nbsp;000&#8239;&euro;", "10\u00a0000\u202f\u20ac"),
        ("\u00a0\u3000", ""),
        ("a\x00b\x1bc\ud800d\ufffee\ufefff\x85g", "abcdef g"),
        ("", ""),
    ],
)
def test_plain_text_is_what_a_browser_would_show_on_one_line(raw: str, shown: str) -> None:
    assert text.plain(raw) == (shown, ())


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("&amp;quot;quoted&amp;quot;", '"quoted"'),
        ("Q&amp;amp;A and R&amp;amp;D", "Q&A and R&D"),
        ("it&amp;#39;s and it&amp;#8217;s", "it's and it\u2019s"),
        ("one&amp;nbsp;two", "one\u00a0two"),
        ("One &amp;#8211; Two", "One \u2013 Two"),
        ("&amp;amp;quot;yes&amp;amp;quot;", '"yes"'),
    ],
)
def test_a_harmless_character_escaped_twice_is_decoded_and_noted(raw: str, shown: str) -> None:
    plain, notes = text.plain(raw)
    assert plain == shown
    assert len(notes) == 1
    assert notes[0].startswith("a character escaped twice was repaired: &amp;")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Escaping &amp;amp; in HTML", "Escaping &amp; in HTML"),
        ("What is &amp;amp;?", "What is &amp;?"),
        ("&amp;nbsp; or a space", "&nbsp; or a space"),
        ("Write `&amp;copy;`, (&amp;eacute;) or '&amp;hellip;'", "Write `&copy;`, (&eacute;) or '&hellip;'"),
        ("Use &amp;quot; for quotation marks", "Use &quot; for quotation marks"),
        ("&amp;amp;amp; is &amp;amp;", "&amp;amp; is &amp;"),
        ("AT&#38;amp;T", "AT&amp;T"),
        ("it&#38;#39;s", "it&#39;s"),
    ],
)
def test_an_entity_that_the_text_speaks_of_is_decoded_once(raw: str, shown: str) -> None:
    assert text.plain(raw) == (shown, ())


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Am&#195;&#169;lie, the twin of Amélie", "AmÃ©lie, the twin of Amélie"),
        ("Caf&Atilde;&copy; is UTF-8 read as cp1252", "CafÃ© is UTF-8 read as cp1252"),
        ("Cells&acirc;&euro;&trade;", "Cellsâ€™"),
        ("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>"),
        ("&lt;!-- hidden --&gt;", "<!-- hidden -->"),
    ],
)
def test_what_is_written_as_an_entity_is_neither_repaired_nor_taken_for_a_tag(raw: str, shown: str) -> None:
    assert text.plain(raw) == (shown, ())


def test_an_angle_bracket_escaped_twice_stays_visible_as_it_was_meant() -> None:
    assert text.plain("the &amp;lt;b&amp;gt; tag") == ("the &lt;b&gt; tag", ())
    assert text.plain("this --&amp;gt; that")[0] == "this --> that"


@pytest.mark.parametrize(
    ("good", "quoted"),
    [
        ("Cells\u2019 potential", "Cells\u2019"),
        ("K\u00f6ln am Rhein", "K\u00f6ln"),
        ("S\u00e3o Paulo", "S\u00e3o"),
        ("\u00c9cole du soir", "\u00c9cole"),
        ("\u4eba\u5de5\u667a\u80fd", "\u4eba\u5de5\u667a\u80fd"),
        ("so gro\u00df", "gro\u00df"),
        ("\u201cquoted\u201d", "\u201cquoted\u201d"),
        ("smile \U0001f600", "\U0001f600"),
    ],
)
def test_utf8_decoded_as_cp1252_is_repaired_and_noted(good: str, quoted: str) -> None:
    damaged = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in good.encode())
    plain, notes = text.plain(damaged)
    assert plain == good
    assert len(notes) == 1
    assert notes[0].startswith("text decoded with the wrong encoding was repaired: ")
    assert notes[0].endswith(f'became "{quoted}"')


def test_a_repair_brings_in_nothing_that_xml_cannot_carry() -> None:
    assert text.plain("caf\u00c3\u00a9 \u00ef\u00bf\u00be\u00ef\u00bb\u00bf")[0] == "caf\u00e9"


def test_the_note_on_a_repair_shows_the_words_that_changed() -> None:
    damaged = "Network Predicts Cancer Cells\u00e2\u20ac\u2122 Metastatic Potential"
    assert text.plain(damaged)[1] == (
        'text decoded with the wrong encoding was repaired: "Cells\u00e2\u20ac\u2122" became "Cells\u2019"',
    )


@pytest.mark.parametrize(
    "good",
    [
        "Voil\u00e0 \u00bb, dit-il \u2014 l\u2019\u00e9t\u00e9\u2026 \u00ab d\u00e9j\u00e0 \u00bb",
        "\u00c0 bient\u00f4t, \u0153uvre na\u00efve \u00e0 50 \u20ac",
        "\u201cIRM\u00c3\u201d, disse a IRM\u00c3\u2026 AMANH\u00c3",
        "\u00abIRM\u00c3\u00bb e N\u00c3O",
        "\u201eSpa\u00df\u201c und \u201eGru\u00df\u201c \u2013 gro\u00dfe Stra\u00dfe",
        "\u00d6L\u2013F\u00d6RDERUNG, M\u00dcNCHEN\u00ae",
        "OR\u00d0\u2026 og BOR\u00d0\u201d",
        "\u201cCaf\u00e9\u201d\u2013\u201cTh\u00e9\u201d\u2026",
        "20 \u00b0C, \u00bd \u00b1 3 \u00b5m\u00b2",
        "\u4eba\u5de5\u667a\u80fd \u041f\u0440\u0438\u0432\u0435\u0442 \u0939\u093f\u0928\u094d\u0926\u0940",
    ],
)
def test_text_in_good_order_is_never_repaired(good: str) -> None:
    assert text.plain(good) == (good, ())


@given(ANY_TEXT)
def test_plain_text_is_one_line_that_xml_can_carry(raw: str) -> None:
    plain, _ = text.plain(raw)
    assert not NOT_IN_XML.search(plain)
    assert plain == plain.strip()
    assert not re.search("[\t\n\r\f\v\x85\u2028\u2029]|  ", plain)


@given(ANY_TEXT)
@example("\u00c2\x08\u00a1")
def test_plain_text_without_markup_is_not_changed_again(raw: str) -> None:
    plain, _ = text.plain(re.sub("[&<\x80-\x9f]", "", raw))
    assert text.plain(plain) == (plain, ())


@given(ANY_TEXT)
def test_safe_text_keeps_all_that_xml_can_carry(raw: str) -> None:
    safe = text.safe(raw)
    assert not NOT_IN_XML.search(safe)
    assert "\r" not in safe
    assert safe == NOT_IN_XML.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))


@pytest.mark.parametrize(
    ("whole", "limit", "short"),
    [
        ("short enough", 12, "short enough"),
        ("cut before a word", 12, "cut before\u2026"),
        ("cut before a word", 11, "cut before\u2026"),
        ("ends here, perhaps", 12, "ends here\u2026"),
        ("\u4eba\u5de5\u667a\u80fd\u5f88\u597d", 4, "\u4eba\u5de5\u667a\u2026"),
        ("incomprehensibilities", 10, "incompreh\u2026"),
        ("ab", 1, "\u2026"),
        ("cost 10\u00a0000 and more", 9, "cost\u2026"),
        ("cost 10\u00a0000 and more", 8, "cost\u2026"),
        ("bien s\u00fbr\u202f! Oui", 12, "bien s\u00fbr\u2026"),
    ],
)
def test_long_text_is_cut_before_a_word(whole: str, limit: int, short: str) -> None:
    assert text.shorten(whole, limit) == short


@given(ANY_TEXT, st.integers(1, 40))
def test_shortened_text_is_never_longer_than_its_limit(whole: str, limit: int) -> None:
    assert len(text.shorten(whole, limit)) <= limit


def test_names_are_ordered_as_people_do() -> None:
    ordered = ["", "2", "10", "ai", "AI 1", "ai 02", "AI 10", "AI 10 b", "AI x", "Zoo", "Ähre"]
    assert sorted(dict.fromkeys(ordered[::-1]), key=text.natural) == ordered


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Power Apps", "power-apps"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("F# & .NET Core", "f-sharp-and-dot-net-core"),
        ("ASP.NET (.NET)", "asp-net-dot-net"),
        ("\u00c0.0", "\u00e0-0"),
        ("R&D", "r-and-d"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", ""),
        ("--a_b--", "a-b"),
        ("Stra\u00dfe", "strasse"),
        ("\u4eba\u5de5\u667a\u80fd", "\u4eba\u5de5\u667a\u80fd"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940"),
        ("Cafe\u0301", "caf\u00e9"),
        ("Caf\u00e9", "caf\u00e9"),
        ("\U0001f680", ""),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_a_slug_is_readable(name: str, slug: str) -> None:
    assert text.slug(name) == slug


@given(ANY_TEXT)
@example("\U00020bb7" * 60)
@example("a" * 59 + " b")
def test_a_slug_is_a_safe_path_segment(name: str) -> None:
    slug = text.slug(name)
    assert len(slug) <= text.SLUG_CHARACTERS
    assert len(slug.encode()) <= text.SLUG_BYTES
    assert slug == slug.strip("-")
    assert "--" not in slug
    assert all(each == "-" or each.isalnum() or unicodedata.category(each)[0] == "M" for each in slug)


@given(st.text())
@example("\u03b1\u0345\u0301")
def test_composed_and_decomposed_names_have_one_slug(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert text.slug(unicodedata.normalize(form, name)) == text.slug(name)


@pytest.mark.parametrize("unit", ["<a ", '<a "', "&amp;", "<script>", "<!--", "\u00c3\u00a3", "</", "..+"])
def test_hostile_text_takes_no_more_than_linear_time(unit: str) -> None:
    hostile = unit * 100_000
    assert text.plain(hostile)
    assert text.slug(hostile) is not None
