"""Parsing: which Item a file is, and all that is said of a file that is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.html import content
from feedd.items.fields import COSMETIC_FIELDS
from feedd.items.parse import parse
from feedd.items.parsing.parsed import Parsed, source_digest
from feedd.model import Image, Item, Provider, Related

VIDEO = "x0-zGdlpTeg"
PAGE = f"https://www.youtube.com/watch?v={VIDEO}"
LINK = "https://news.example/a"
OTHER = "https://other.example/b"
FRAME = f"<iframe src='https://www.youtube.com/embed/{VIDEO}'></iframe>"

COMPLETE = """\
---
category: news
title: "Cancer cells\u2019 potential"
excerpt: "Cells that <b>spread</b> &amp; stay."
publishedDateTime: 2023-05-03T08:45:00Z
updatedDateTime: 2023-05-04
originalUrl: https://news.example/original
webUrl: https://news.example/a
ampWebUrl: https://news.example/amp
cdnAmpWebUrl: https://cdn.example/amp
type: article
quality: 39.5
heat: 59
published: true
removed: no
locale: en_US
length: PT12M59S
price: 10 EUR
members: 1200
tags: [a, "b, c"]
provider:
  name: Technology Networks
  domain: www.TechnologyNetworks.com
  images:
    - url: /icons/t.png
      isCached: true
  authors: [{name: Ada}, Grace]
  publishers: LabX
  secured: hidden words of a provider
topics:
  - Machine Learning
  - AI
  - AI
images:
  - url: https://pictures.example/a b.jpg
    width: 640
    height: 360
    title: A cell
    attribution: Someone
    isCached: true
  - url: /b.png
related:
  - title: Another report
    excerpt: In short.
    publishedDateTime: 2023-05-03T03:21:00+02:00
    webUrl: https://medical.example/c
    provider:
      name: News Medical
      domain: medical.example
    quality: 37
    secured: hidden words of a report
secured: "hidden words of the item"
unknown: [1, {2: 3}]
---

# Body

The *text*.
"""


def read(front: str, body: str = "A text.", path: str = "a.md") -> Parsed:
    return parse(path, f"---\n{front}\n---\n{body}\n".encode())


def item_of(front: str, body: str = "A text.", path: str = "a.md") -> Item:
    parsed = read(front, body, path)
    assert parsed.item is not None, parsed.problems
    return parsed.item


def said(parsed: Parsed, kind: str = "problem") -> list[str]:
    return [str(problem) for problem in parsed.problems if problem.kind == kind]


# What a file says


def test_a_complete_file_becomes_an_item_with_all_of_it() -> None:
    parsed = parse("news/a.md", COMPLETE.encode())
    assert (parsed.path, parsed.problems, parsed.withheld_while_broken) == ("news/a.md", (), False)
    assert parsed.item == Item(
        title="Cancer cells\u2019 potential",
        link="https://news.example/a",
        amp="https://news.example/amp",
        cdn_amp="https://cdn.example/amp",
        summary="Cells that spread & stay.",
        body="# Body\n\nThe *text*.",
        published=datetime(2023, 5, 3, 8, 45, tzinfo=UTC),
        updated=datetime(2023, 5, 4, tzinfo=UTC),
        listed=True,
        quality=39.5,
        heat=59.0,
        provider=Provider(
            "Technology Networks",
            "www.technologynetworks.com",
            (Image("/icons/t.png"),),
            ("Ada", "Grace"),
            ("LabX",),
        ),
        topics=("Machine Learning", "AI"),
        category="news",
        kind="article",
        tags=("a", "b, c"),
        locale="en-US",
        length=779,
        price="10 EUR",
        members=1200,
        images=(Image("https://pictures.example/a%20b.jpg", 640, 360, "A cell", "Someone"), Image("/b.png")),
        related=(
            Related(
                "Another report",
                "https://medical.example/c",
                "In short.",
                datetime(2023, 5, 3, 1, 21, tzinfo=UTC),
                "News Medical",
                "medical.example",
                37.0,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("front", "field", "value"),
    [
        ("title: No", "title", "No"),
        ("title: 2020-01-01", "title", "2020-01-01"),
        ("title: 1.10", "title", "1.10"),
        ("title: 0x1F", "title", "0x1F"),
        ("title: 'null'", "title", "null"),
        ("title: List<String> &lt;b&gt; <i>x</i>", "title", "List<String> <b> x"),
        ("title: |\n  two\n  lines", "title", "two lines"),
        ("name: Ada", "title", "Ada"),
        ("name: Ada\ntitle: Grace", "title", "Grace"),
        ("title: ''\nname: Ada", "title", "Ada"),
        ("title: ~\nname: Ada", "title", "Ada"),
        (f"title: x\nwebUrl: {LINK}\noriginalUrl: {OTHER}", "link", LINK),
        (f"title: x\noriginalUrl: {LINK}\nsourceUrl: {OTHER}", "link", LINK),
        (f"title: x\nwebUrl: null\nsourceUrl: {LINK}", "link", LINK),
        (f"title: x\nvideoId: {VIDEO}\nsourceUrl: {LINK}", "link", LINK),
        (f"title: x\nvideoId: {VIDEO}", "link", PAGE),
        ("title: x\nwebUrl: //news.example/a", "link", LINK),
        ("title: x\nwebUrl: 'https://news.example/a b'", "link", "https://news.example/a%20b"),
        (f"title: x\nampUrl: {LINK}", "amp", LINK),
        (f"title: x\nampUrl: {OTHER}\nampWebUrl: {LINK}", "amp", LINK),
        (f"title: x\ncdnAmpUrl: {LINK}", "cdn_amp", LINK),
        (f"title: x\ncdnAmpUrl: {OTHER}\ncdnAmpWebUrl: {LINK}", "cdn_amp", LINK),
        ("title: x\nexcerpt: In short.\nbio: Ada", "summary", "In short."),
        ("title: x\nfeaturedContent: '<p onclick=a>b</p>'", "embed", "<p onclick=a>b</p>"),
        ("title: x\nquality: '39'", "quality", 39.0),
        ("title: x\nheat: -1", "heat", -1.0),
        ("title: x\nheat: 0", "heat", 0.0),
        ("title: x", "heat", None),
        ("title: x", "quality", None),
        ("title: x", "listed", None),
        ("title: x\npublished: false", "listed", False),
        ("title: x\npublished: 'FALSE'", "listed", False),
        ("title: x\npublished: no", "listed", False),
        ("title: x\npublished: 0", "listed", False),
        ("title: x\npublished: off", "listed", False),
        ('title: x\npublished: "yes"', "listed", True),
        ("title: x\npublished: on", "listed", True),
        ("title: x\npublished: True", "listed", True),
        ("title: x\npublished:", "listed", None),
        ("title: x\nremoved: true", "retracted", True),
        ("title: x\ndeleted: 'yes'", "retracted", True),
        ("title: x\nremoved: false\ndeleted: false", "retracted", False),
        ("title: x\nmembers: '0012'", "members", 12),
        ("title: x\nlocale: zh_Hans_CN", "locale", "zh-Hans-CN"),
        ("title: x\nprice: 5", "price", "5"),
        ("title: x\ntype: video", "kind", "video"),
        ("title: x\ntopics: AI", "topics", ("AI",)),
        ("title: x\ntopics: [AI, null, '', ' ai ', AI]", "topics", ("AI", "ai")),
        ("title: x\ntopics: []", "topics", ()),
        ("title: x\ntags: [2020, No]", "tags", ("2020", "No")),
        ("title: x\nprovider: News", "provider", Provider("News")),
        ("title: x\nprovider: {domain: https://News.example/}", "provider", Provider("news.example", "news.example")),
        ("title: x\nprovider: {name: n, authors: Ada}", "provider", Provider("n", authors=("Ada",))),
        ("title: x\nimages: /a.png", "images", (Image("/a.png"),)),
        ("title: x\nimages: {url: /a.png, width: 0}", "images", (Image("/a.png"),)),
        ("title: x\nimages: [/a.png, null]", "images", (Image("/a.png"),)),
        (
            "title: x\nrelated: {name: r, sourceUrl: //b.example/, provider: P}",
            "related",
            (Related("r", "https://b.example/", provider="P"),),
        ),
    ],
)
def test_each_field_has_its_meaning_whatever_its_name_and_however_it_is_written(
    front: str, field: str, value: object
) -> None:
    parsed = read(front)
    assert said(parsed) == []
    assert getattr(parsed.item, field) == value


@pytest.mark.parametrize(
    ("says", "listed"),
    [
        ("published: false", False),
        ("published: no", False),
        ("removed: true", False),
        ("deleted: 1", False),
        ("draft: true", False),
        ("published: true", True),
        ("draft: false", True),
        ("heat: -1", True),
    ],
)
def test_a_report_that_is_withheld_is_not_related_coverage(says: str, listed: bool) -> None:
    found = item_of(f"title: x\nrelated: [{{title: a}}, {{title: b, {says}}}]").related
    assert [each.title for each in found] == (["a", "b"] if listed else ["a"])


def test_a_report_of_which_it_is_unclear_whether_it_is_withheld_is_a_problem() -> None:
    assert said(read("title: x\nrelated: {title: b, published: perhaps}")) != []


@pytest.mark.parametrize(
    ("front", "link", "summary"),
    [
        (f"name: Ada\nbio: Writes.\nwebsite: {LINK}\ntwitter: {OTHER}", LINK, "Writes."),
        (f"name: Ada\ntwitter: {LINK}\nlinkedin: {OTHER}", LINK, ""),
        (f"name: Ada\nlinkedin: {{url: {LINK}}}", LINK, ""),
        (f"name: Ada\nwebUrl: {LINK}\nwebsite: {OTHER}", LINK, ""),
        ("name: Ada\ntwitter: {url: null}", None, ""),
        ("name: Ada\ntype: profile", None, ""),
    ],
)
def test_a_person_is_found_at_their_own_page_first(front: str, link: str | None, summary: str) -> None:
    person = item_of(front)
    assert (person.title, person.link, person.summary) == ("Ada", link, summary)


def test_a_community_goes_by_its_name() -> None:
    community = item_of("name: Gardeners\ntype: forum\nmembers: 120\nwebUrl: https://forum.example/")
    assert (community.title, community.kind, community.members) == ("Gardeners", "forum", 120)


@pytest.mark.parametrize(
    ("front", "link"),
    [
        (f"title: x\nvideoId: {VIDEO}", PAGE),
        (f"title: x\nvideoId: https://youtu.be/{VIDEO}?t=5", PAGE),
        (f"title: x\nwebUrl: https://youtu.be/{VIDEO}", f"https://youtu.be/{VIDEO}"),
        (f'title: x\nfeaturedContent: "{FRAME}"', PAGE),
        (f'title: x\nwebUrl: {LINK}\nfeaturedContent: "{FRAME}"', LINK),
        (f"title: x\nvideoId: {VIDEO}\nwebUrl: https://youtu.be/{'A' * 11}", f"https://youtu.be/{'A' * 11}"),
    ],
)
def test_a_video_is_known_by_its_id_its_link_or_its_player(front: str, link: str) -> None:
    video = item_of(front)
    assert (video.video_id, video.link) == (VIDEO, link)


@pytest.mark.parametrize(
    ("front", "body", "provider", "rest"),
    [
        ("title: x", "From: [[The Channel]]\n\nText", Provider("The Channel"), "\nText"),
        (
            "title: x",
            "![](a.png)\n  from: [[channels/c|The Channel]] <br/>\nText",
            Provider("The Channel"),
            "![](a.png)\nText",
        ),
        ("title: x\nprovider: Another", "From: [[The Channel]]\nText", Provider("Another"), "Text"),
        ("title: x", "From: the [[Channel]]", None, "From: the [[Channel]]"),
    ],
)
def test_a_wiki_page_names_its_provider_in_a_line_of_its_own(
    front: str, body: str, provider: Provider | None, rest: str
) -> None:
    page = item_of(front, body)
    assert (page.provider, page.body) == (provider, rest)


@pytest.mark.parametrize("body", ["<!--\nFrom: [[A]]\n-->\nText", "%%\nFrom: [[A]]\n%%\nText", "%% so\nFrom: [[A]]"])
def test_a_comment_names_no_provider(body: str) -> None:
    page = item_of("title: x", body)
    assert (page.provider, page.body) == (None, body)


@pytest.mark.parametrize(
    ("body", "mark"),
    [
        ("a\n\n%%\nb", "%%"),
        ("> %%\n> b", "%%"),
        ("a\n\n<!-- b\nc", "<!--"),
        ("a\n%%\nb\n%%\nc", None),
        ("a\n%%\n", None),
        ("a %%\nb\n\nc\n%%\nd", None),
        ("%% a\nb", None),
        ("a <!-- b\nc", None),
        ("```\n%%\n```\nb", None),
    ],
)
def test_a_comment_without_an_end_is_noted(body: str, mark: str | None) -> None:
    notes = [str(note) for note in parse("a.md", f"---\ntitle: x\n---\n{body}".encode()).problems]
    words = f"a.md: body: a comment `{mark}` has no end, so the rest of the text is left out"
    assert notes == ([words] if mark else [])


def test_a_page_tells_to_which_pages_it_links() -> None:
    page = item_of("title: x", "See [[Deep_Learning|this]], [[folder/AI.md#Uses]] and [[AI]].")
    assert content.wiki_targets(page.body) == ("ai", "deep learning")


def test_a_newsletter_in_html_stays_html() -> None:
    newsletter = item_of("title: x", "<p>From: [[a]]</p>\nFrom: [[b]]", "news/2020-01-02-letter.html")
    assert newsletter.body_format == "html"
    assert newsletter.body == "<p>From: [[a]]</p>\nFrom: [[b]]"
    assert newsletter.provider is None
    assert newsletter.published == datetime(2020, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"---\ntitle: x\n---\n\n\n one\n two\n\n", " one\n two"),
        (b"\xef\xbb\xbf---\r\ntitle: x\r\n---\r\none\r\ntwo\r\n", "one\ntwo"),
        (b"---\ntitle: x\n---", ""),
        (b"---\ntitle: x\n---\none\x00\x1btwo", "onetwo"),
    ],
)
def test_a_body_is_the_text_under_the_front_matter(data: bytes, body: str) -> None:
    parsed = parse("a.md", data)
    assert parsed.item == Item(title="x", body=body)


# Dates and durations


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2020-01-31", datetime(2020, 1, 31, tzinfo=UTC)),
        ("'2020-01-31'", datetime(2020, 1, 31, tzinfo=UTC)),
        ("20200131", datetime(2020, 1, 31, tzinfo=UTC)),
        ("2020-01-31T09:30", datetime(2020, 1, 31, 9, 30, tzinfo=UTC)),
        ("2020-01-31 09:30:15", datetime(2020, 1, 31, 9, 30, 15, tzinfo=UTC)),
        ("2020-01-31T09:30:15Z", datetime(2020, 1, 31, 9, 30, 15, tzinfo=UTC)),
        ("2020-01-31T09:30:15.250Z", datetime(2020, 1, 31, 9, 30, 15, tzinfo=UTC)),
        ("2020-01-31T09:30:15+02:00", datetime(2020, 1, 31, 7, 30, 15, tzinfo=UTC)),
        ("2020-01-31 09:30:15 +0530", datetime(2020, 1, 31, 4, 0, 15, tzinfo=UTC)),
        ("2020-01-31 09:30:15 Z", datetime(2020, 1, 31, 9, 30, 15, tzinfo=UTC)),
        ("2019-12-31T23:30:00-01:00", datetime(2020, 1, 1, 0, 30, tzinfo=UTC)),
        ("Fri, 31 Jan 2020 09:30:15 GMT", datetime(2020, 1, 31, 9, 30, 15, tzinfo=UTC)),
        ("Fri, 31 Jan 2020 09:30:15 -0500", datetime(2020, 1, 31, 14, 30, 15, tzinfo=UTC)),
        ("31 Jan 2020 09:30:15", datetime(2020, 1, 31, 9, 30, 15, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_many_forms_and_is_utc_without_a_zone(written: str, moment: datetime) -> None:
    item = item_of(f"title: x\npublishedDateTime: {written}\nupdatedDateTime: {written}")
    assert item.published == item.updated == moment
    assert item.published is not None
    assert item.published.tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        *("2020-13-41", "2020-02-30", "2020-1-2", "2020", "31/01/2020", "yesterday", "''", "1580463015", "0000-00-00"),
        *("1899-12-31", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "2020-01-31T25:00:00Z", "[2020]"),
        *("Fri, 99 Jan 2020 09:30:15 GMT", "Fri, 31 Jan 2020 09:30:15 +9999999", "2020-01-31T09:30:00Q"),
    ],
)
def test_a_date_that_is_none_is_a_problem_of_its_line(written: str) -> None:
    parsed = read(f"title: x\npublishedDateTime: {written}")
    (problem,) = parsed.problems
    assert (problem.line, problem.field) == (3, "publishedDateTime")
    assert problem.reason.startswith("expected a date such as 2026-01-31 or 2026-01-31T09:30:00+02:00, got ")


@pytest.mark.parametrize(
    ("written", "is_no_day"),
    [
        *(("2026-02-30", True), ("2026-13-45", True), ("2026-02-30T09:30:00Z", True), ("30 February 2026", True)),
        *(("2026-02-28T25:00:00Z", False), ("1580463015", False), ("9999-12-31T23:59:59-01:00", False)),
    ],
)
def test_of_a_day_that_does_not_exist_a_problem_says_so(written: str, is_no_day: bool) -> None:
    (problem,) = read(f"title: x\npublishedDateTime: {written}").problems
    assert problem.reason.endswith("; there is no such day") == is_no_day


@pytest.mark.parametrize(
    "written", ["2026-11-01 25:00", "2026-11-01T23:61:00Z", "2026-11-01 12:60:60", "1 November 2026 25:00"]
)
def test_of_a_time_that_does_not_exist_a_problem_says_so(written: str) -> None:
    (problem,) = read(f"title: x\npublishedDateTime: {written}").problems
    assert problem.reason.endswith("; there is no such time of day")


@pytest.mark.parametrize(
    ("path", "front", "moment"),
    [
        ("2020-01-31-a.md", "", datetime(2020, 1, 31, tzinfo=UTC)),
        ("news/2020/2020-01-31-a.md", "", datetime(2020, 1, 31, tzinfo=UTC)),
        ("2020-01-31-a.md", "publishedDateTime: 2021-01-01", datetime(2021, 1, 1, tzinfo=UTC)),
        ("2020-13-41-a.md", "", None),
        ("2020-02-30-a.md", "", None),
        ("0020-01-01-a.md", "", None),
        ("2020-01-31.md", "", datetime(2020, 1, 31, tzinfo=UTC)),
        ("a-2020-01-31-b.md", "", None),
        ("2020-01-31-news/a.md", "", None),
    ],
)
def test_the_name_of_a_file_may_begin_with_its_date(path: str, front: str, moment: datetime | None) -> None:
    assert item_of(f"title: x\n{front}", path=path).published == moment


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        *(("PT12M59S", 779), ("PT1H", 3600), ("P1DT1S", 86401), ("pt90m", 5400), ("PT1.9S", 1), ("P2D", 172800)),
        *(("12:59", 779), ("1:02:03", 3723), ("0:05", 5), ("779", 779), ("'779'", 779), ("0", 0)),
    ],
)
def test_a_duration_is_iso_a_clock_or_seconds(written: str, seconds: int) -> None:
    assert item_of(f"title: x\nlength: {written}").length == seconds


@pytest.mark.parametrize("written", ["PT", "P", "P1Y", "12 min", "-5", "1:2", "1.5", "PT9999999S", "999999999", "[1]"])
def test_a_duration_that_is_none_is_noted(written: str) -> None:
    expected = (
        f"a.md:3: length: expected a duration such as PT12M59S or 12:59, got {'a list' if '[' in written else ''}"
    )
    parsed = read(f"title: x\nlength: {written}")
    (note,) = said(parsed, "note")
    assert note.startswith(expected)
    assert note.endswith("; it is passed over")
    assert parsed.item == Item("x", body="A text.")


# What is wrong with a file


def test_all_problems_of_a_file_are_told_at_once_with_line_field_and_words() -> None:
    front = """\
title: [a]
webUrl: javascript:alert(1)
ampUrl: ftp://news.example/
website: not a link
publishedDateTime: 2020-13-41
published: fasle
heat: hot
quality: .nan
members: 3.5
locale: '!'
length: long
videoId: short
topics: [AI, {a: b}]
provider: [a]
images:
  - url: /a.png
  - url: /b.png
    width: wide
    height: -3
  - url: data:image/png;base64,AAAA
  - width: 5
related:
  - title: r
    provider: {name: n, domain: no domain, authors: [{x: y}]}
    quality: high
  - excerpt: no title
  - text
category: {a: b}"""
    parsed = read(front)
    assert parsed.item is None
    assert parsed.withheld_while_broken
    assert said(parsed) == [
        "a.md:2: title: expected text, got a list",
        'a.md:3: webUrl: expected an http or https URL, got "javascript:alert(1)"',
        'a.md:4: ampUrl: expected an http or https URL, got "ftp://news.example/"',
        'a.md:5: website: expected an http or https URL, got "not a link"',
        (
            "a.md:6: publishedDateTime: expected a date such as 2026-01-31 or 2026-01-31T09:30:00+02:00, "
            'got "2020-13-41"; there is no such day'
        ),
        'a.md:7: published: expected true or false, got "fasle"',
        'a.md:8: heat: expected a number, got "hot"',
        'a.md:9: quality: expected a number, got ".nan"',
        'a.md:10: members: expected a whole number, got "3.5"',
        'a.md:11: locale: expected a language such as en or en-US, got "!"',
        'a.md:12: length: expected a duration such as PT12M59S or 12:59, got "long"',
        'a.md:13: videoId: expected a YouTube video id (11 letters, digits, - or _), got "short"',
        "a.md:14: topics[1]: expected text, got a mapping",
        "a.md:15: provider: expected a mapping (name, domain, images, authors), got a list",
        'a.md:19: images[1].width: expected a whole number, got "wide"',
        'a.md:20: images[1].height: expected a whole number, got "-3"',
        (
            "a.md:21: images[2].url: expected an http or https URL, or a path such as /assets/picture.jpg, "
            'got "data:image/png;base64,AAAA"'
        ),
        "a.md:22: images[3]: expected a mapping with `url`",
        'a.md:25: related[0].provider.domain: expected a domain such as example.com, got "no domain"',
        "a.md:25: related[0].provider.authors[0].name: expected text, got nothing",
        'a.md:26: related[0].quality: expected a number, got "high"',
        "a.md:27: related[1]: expected a mapping with `title`",
        'a.md:28: related[2]: expected a mapping (title, webUrl, provider, publishedDateTime), got "text"',
        "a.md:29: category: expected text, got a mapping",
    ]


@pytest.mark.parametrize(
    "front", ["heat: 3", "title:", "title: ''", "title: '<b></b>'", "title: ' &nbsp; '", "name: ~"]
)
def test_a_file_without_a_title_is_no_item(front: str) -> None:
    name = front.partition(":")[0]
    no_text = f"a.md:2: {name}: no title: the field is empty; write the title here"
    assert said(read(front)) == ["a.md: no title: give it a line `title: ...`" if name == "heat" else no_text]


@pytest.mark.parametrize("images", ["foo", "foo bar", "[foo bar]", "[{url: foo}]", "[/a.png, foo]"])
def test_a_picture_that_is_no_reference_is_noted(images: str) -> None:
    found = read(f"title: x\nimages: {images}")
    assert found.item is not None
    assert found.item.images == ((Image("/a.png"),) if "/a.png" in images else ())
    (note,) = found.problems
    assert (note.line, note.kind) == (3, "note")
    assert note.reason.startswith("expected an http or https URL, or a path such as /assets/picture.jpg, got ")
    assert note.reason.endswith("; it is passed over")


def test_a_language_that_is_none_is_noted_once() -> None:
    expected = 'a.md:3: locale: expected a language such as en or en-US, got "xx_yyyyyyyyyyyyy"; it is passed over'
    assert [str(note) for note in read("title: x\nlocale: xx_yyyyyyyyyyyyy").problems] == [expected]
    assert len(read("title: x\nlang: xx_yyyyyyyyyyyyy").problems) == 1


@pytest.mark.parametrize("address", ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "file:///etc/passwd"])
@pytest.mark.parametrize(
    "front",
    [
        *(
            "webUrl: {}",
            "originalUrl: {}",
            "sourceUrl: {}",
            "ampUrl: {}",
            "cdnAmpWebUrl: {}",
            "website: {}",
            "twitter: {}",
        ),
        *(
            "linkedin: {{url: '{}'}}",
            "images: ['{}']",
            "images: [{{url: '{}'}}]",
            "provider: {{name: n, images: ['{}']}}",
        ),
        *("related: [{{title: r, webUrl: '{}'}}]", "provider: {{name: n, domain: '{}'}}", "videoId: '{}'"),
    ],
)
def test_no_address_but_of_the_web_is_accepted_anywhere(front: str, address: str) -> None:
    parsed = read("title: x\n" + front.format(address))
    (problem,) = parsed.problems
    is_cosmetic = front.partition(":")[0] in COSMETIC_FIELDS
    assert (parsed.item is None, problem.kind) == ((False, "note") if is_cosmetic else (True, "problem"))
    assert address not in str(parsed.item)


def test_a_value_in_a_problem_is_cut_short_and_flat() -> None:
    (problem,) = read('title: x\nheat: "a\\n\\u0007' + "b" * 99 + '"').problems
    assert problem.reason == 'expected a number, got "a ' + "b" * 38 + '…"'


@pytest.mark.parametrize("front", ["webUrl: {}", "images: [{{url: {}}}]", "heat: {}"])
def test_a_problem_with_a_url_shows_neither_the_user_name_nor_the_password_in_it(front: str) -> None:
    password = "hunter2" * 9
    (problem,) = read(f"title: x\n{front.format(f'https://me:{password}@a.example/@us')}").problems
    assert 'got "https://…@a.example/@us"' in problem.reason
    assert ("leave out the user name" in problem.reason) == ("heat" not in front)


def test_numbers_are_finite_and_written_with_digits() -> None:
    for written in ("inf", "-inf", "nan", "1e999", "1_000", "0x10", "", "1,5"):
        assert len(read(f"title: x\nquality: '{written}'").problems) == 1
    for written in ("9" * 16, "+5", "-5", "5.0", "1e3", "\u0663"):
        assert len(read(f"title: x\nmembers: '{written}'").problems) == 1


# Repairs


def test_text_decoded_with_the_wrong_encoding_is_repaired_and_noted() -> None:
    parsed = read(
        "title: Cells\u00e2\u20ac\u2122 potential\ntags: [a, caf\u00c3\u00a9]", "From: [[Caf\u00c3\u00a9 Channel]]"
    )
    assert parsed.item is not None
    assert parsed.item.title == "Cells\u2019 potential"
    assert parsed.item.tags == ("a", "caf\u00e9")
    assert parsed.item.provider == Provider("Caf\u00e9 Channel")
    assert [(note.line, note.field, note.kind) for note in parsed.problems] == [
        (2, "title", "note"),
        (3, "tags[1]", "note"),
        (None, "body", "note"),
    ]
    assert "was repaired" in parsed.problems[0].reason


def test_notes_are_not_told_beside_problems_since_they_quote_fields() -> None:
    parsed = read("title: Cells\u00e2\u20ac\u2122\nheat: hot")
    assert [problem.kind for problem in parsed.problems] == ["problem"]
    assert parsed.item is None


# Sealed text

SEAL = "HIDDEN:jlQWd+6BuBj1x9HzWfAFwFwvSo2UBb7G2GdcGDgH5OKaxiEQ"
SHORT_SEAL = "HIDDEN: she dies"


def everything_of(parsed: Parsed) -> str:
    return msgspec.json.encode(parsed).decode()


@pytest.mark.parametrize("seal", [SEAL, SHORT_SEAL])
@pytest.mark.parametrize(
    "front",
    [
        "title: x\nsecured: '{}'",
        "title: x\nSecured: '{}'",
        "title: x\n'secured': \"{}\"",
        "title: x\nsecured: |\n  {}",
        "title: x\nsecured:\n  a: '{}'\n  b: ['{}', {{c: '{}'}}]",
        "title: x\nprovider: {{name: n, secured: '{}'}}",
        "title: x\nimages:\n  - url: /a.png\n    secured: '{}'",
        "title: x\nrelated:\n  - title: r\n    provider:\n      name: n\n      secured: '{}'",
        "title: x\nheat: hot\nsecured: '{}'",
        "title: x\nheat: hot\nprovider: {{secured: '{}', domain: -}}",
    ],
)
def test_sealed_text_is_passed_over_at_any_depth(front: str, seal: str) -> None:
    parsed = read(front.format(seal, seal, seal))
    assert "HIDDEN" not in everything_of(parsed)
    assert (parsed.item is None) == ("heat: hot" in front)


@pytest.mark.parametrize("seal", [SEAL, SHORT_SEAL])
@pytest.mark.parametrize(
    ("front", "line", "field"),
    [
        ("title: \"x\nsecured: '{}'\nexcerpt: y\"", 2, "title"),
        ("title: 'x\nSECURED: \"{}\"\nexcerpt: y'", 2, "title"),
        ("title: x\nexcerpt: >\n  y\n  secured: '{}'", 3, "excerpt"),
        ("title: x\nprovider:\n  name: \"n\n  secured: '{}'\"", 4, "provider.name"),
        ("title: x\ntags:\n  - a\n  - \"b\n  - secured: '{}'\"", 5, "tags[1]"),
        (
            "title: x\nimages:\n  - url: /a.png\n    title: \"b\n    secured: '{}'\"\nsecured: '{}'",
            5,
            "images[0].title",
        ),
        ("title: \"Cells\u00e2\u20ac\u2122\nsecured: '\u00e2\u20ac\u2122{}'\"", 2, "title"),
        ("title: \"x\nsecured: '{}'\nheat: \"3", 2, None),
        ('title: "x\nsecured: "{}"\n', 2, None),
        ("title: x\nheat: \"3\nsecured: '{}'\"", 3, "heat"),
        ("title: x\nsecured: '{}", 3, None),
    ],
)
def test_sealed_text_that_a_missing_quote_sweeps_elsewhere_is_in_no_item_and_no_problem(
    front: str, line: int, field: str | None, seal: str
) -> None:
    parsed = read(front.format(seal, seal))
    assert parsed.item is None
    (problem,) = parsed.problems
    assert (problem.line, problem.field) == (line, field)
    assert "HIDDEN" not in everything_of(parsed)


@pytest.mark.parametrize(
    "body",
    [f"Text.\nsecured: '{SEAL}'", f"  Secured : {SHORT_SEAL}", f'"secured": "{SEAL}"', f"Text, secured: {'a' * 40}"],
)
def test_sealed_text_in_a_body_keeps_the_file_from_being_an_item(body: str) -> None:
    parsed = read("title: x", body)
    assert parsed.item is None
    assert [problem.field for problem in parsed.problems] == ["body"]
    assert "HIDDEN" not in everything_of(parsed)


def test_sealed_text_that_stands_elsewhere_too_keeps_the_file_from_being_an_item() -> None:
    parsed = read(f"title: x\nsecured: '{SEAL}'", f"Once more: {SEAL}")
    assert parsed.item is None
    assert "HIDDEN" not in everything_of(parsed)


@pytest.mark.parametrize(
    ("front", "body"),
    [
        ("title: How funds were secured", "They secured: nothing."),
        ("title: 'Secured: a deal'\nsecured: 'HIDDEN words'", "A deal was secured."),
        ("title: x\nsecured:\nexcerpt: It is secured", ""),
        ("title: x\n# secured: HIDDEN\nexcerpt: It is secured", ""),
    ],
)
def test_the_word_alone_seals_nothing(front: str, body: str) -> None:
    parsed = read(front, body)
    assert said(parsed) == []
    assert "HIDDEN" not in everything_of(parsed)


# Withholding


@pytest.mark.parametrize(
    "front",
    [
        "title: a: b\npublished: false",
        "title: a: b\n'published' : \"False\"",
        "title: a: b\npublished: fasle",
        "title: a: b\npublished: [",
        "title: a: b\nremoved: true",
        "title: a: b\ndeleted: yes",
        "title: a: b\nheat: -1",
        "title: a: b\nheat: '-1'",
        "title: [a]\npublished: false",
        "title: x\nquality: bad\npublished:\n  false",
        "title: x\nquality: bad\npublished: fasle",
        "title: x\nquality: bad\nremoved: maybe",
        "title: x\nquality: bad\nheat: -2",
        "{title: x, quality: bad, published: false}",
        "{title: x, quality: bad, heat: -1}",
        "{title: x, published: fasle}",
        "title: x\n----\npublished: false",
    ],
)
def test_a_broken_file_that_asks_to_be_withheld_says_so(front: str) -> None:
    parsed = read(front)
    assert parsed.item is None
    assert parsed.withheld_while_broken


@pytest.mark.parametrize(
    "data",
    [
        b"---\ntitle: x\npublished: false\n\xff\n---\n",
        b"---\r\ntitle: a: b\r\npublished: false\r\n---\r\n",
        b"---\rtitle: a: b\rpublished: false\r---\r",
        b"\xef\xbb\xbf---\npublished: false\ntitle: a: b\n---\n",
        b"---\ntitle: x\npublished: false\n",
        b"-\n---\ntitle: x\npublished: false\n---\n",
        b"title: x\npublished: false\n---\n",
    ],
)
def test_a_file_that_cannot_even_be_split_may_ask_to_be_withheld(data: bytes) -> None:
    assert parse("a.md", data).withheld_while_broken


@pytest.mark.parametrize(
    "front",
    [
        *("title: a: b", "title: a: b\npublished: true", "title: a: b\npublished: 'Yes'", "title: a: b\nheat: 5"),
        *("title: a: b\nremoved: false", "title: a: b\npublished:", "title: [a]\nquality: 3\ndeleted: no"),
        *("title: a: b\nexcerpt: not published: false",),
    ],
)
def test_a_broken_file_that_asks_for_nothing_is_not_withheld(front: str) -> None:
    parsed = read(front, "A text.\n\npublished: false\nheat: -1")
    assert parsed.item is None
    assert not parsed.withheld_while_broken


def test_a_good_file_is_not_marked_withheld_but_says_so_in_its_item() -> None:
    parsed = read("title: x\npublished: false")
    assert not parsed.withheld_while_broken
    assert parsed.item == Item(title="x", body="A text.", listed=False)


# Totality


def is_sound(parsed: Parsed) -> bool:
    broken = any(problem.kind == "problem" for problem in parsed.problems)
    return (parsed.item is None) == broken and msgspec.msgpack.decode(
        msgspec.msgpack.encode(parsed), type=Parsed
    ) == parsed


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_an_item_or_problems(data: bytes) -> None:
    assert is_sound(parse("a.md", data))


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-9, 9999),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(
            ("https://a.example/b", "2020-13-41", "Fri, 31 Jan 2020 09:30:15 GMT", "PT5M", VIDEO, FRAME, "a.b")
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(("name", "title", "url", "domain", "width", "secured", "provider")), inner, max_size=3
        ),
    ),
    max_leaves=6,
)
NAMES = sorted({line.split(":")[0] for line in COMPLETE.splitlines() if line[:1].isalpha()} - {"The *text*."})


@given(
    st.dictionaries(
        st.sampled_from((*NAMES, "name", "featuredContent", "videoId", "website", "twitter", "ampUrl")), VALUES
    ),
    st.text(),
)
@settings(max_examples=400, deadline=None)
def test_any_values_of_the_fields_are_an_item_or_problems(values: dict[str, Any], body: str) -> None:
    front = msgspec.json.encode(values).decode()
    data = f"---\n{front}\n---\n{body}".encode("utf-8", "replace")
    parsed = parse("a.md", data)
    assert is_sound(parsed)
    assert parse("a.md", data) == parsed


@given(
    st.lists(st.tuples(st.integers(0, len(COMPLETE)), st.integers(0, 9), st.binary(max_size=4)), min_size=1, max_size=6)
)
@settings(max_examples=400, deadline=None)
def test_a_realistic_file_with_random_damage_is_an_item_or_problems(damage: list[tuple[int, int, bytes]]) -> None:
    data = COMPLETE.encode()
    for start, length, patch in damage:
        data = data[:start] + patch + data[start + length :]
    parsed = parse("2020-01-31-a.md", data)
    assert is_sound(parsed)
    assert parse("2020-01-31-a.md", data) == parsed


@given(st.text(st.characters(exclude_categories=()), max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_path_will_do(path: str) -> None:
    parsed = parse(path, b"---\ntitle: x\n---\n")
    assert parsed.item is not None
    assert parsed.path == path


# What tells that a file is as it was


@pytest.mark.parametrize(
    ("path", "data", "same"),
    [
        ("a.md", "one", True),
        ("news/b.markdown", "one", True),
        ("a.md", "two", False),
        ("a.md", "one\n", False),
        ("2024-05-01-a.md", "one", False),
        ("a.html", "one", False),
    ],
)
def test_the_source_of_an_item_is_the_bytes_of_its_file_and_the_date_and_format_in_its_name(
    path: str, data: str, same: bool
) -> None:
    assert (source_digest(path, data.encode()) == source_digest("a.md", b"one")) == same


def test_an_item_comes_with_the_digest_of_its_source() -> None:
    assert parse("a.md", COMPLETE.encode()).source == source_digest("a.md", COMPLETE.encode())
    assert parse("a.md", b"---\ntitle: [\n---\n").source == b""


@pytest.mark.parametrize("name", ["title\u200b", "\u2060title", "tit\u00adle"])
def test_a_name_with_characters_that_nobody_sees_is_said_to_have_them(name: str) -> None:
    parsed = parse("a.md", f"---\n{name}: A\nwebUrl: https://news.example/a\n---\nText.\n".encode())
    assert [problem.reason for problem in parsed.problems] == [
        "not known, for it holds characters that nobody sees; did you mean `title`?"
    ]
