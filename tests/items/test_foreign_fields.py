"""Fields in the words of other publishers: which Item a file of each becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from feedd.items.parse import parse
from feedd.items.parsing.parsed import Parsed
from feedd.items.reading_settings import FolderDefaults, ReadingSettings
from feedd.model import Enclosure, Episode, Image, Item, Person

SITE = ReadingSettings(site_url="https://site.example/", time_zone="Europe/Vienna")
SAM = Person("Sam Sample", "https://sam.example/", "/sam.jpg")


def read(front: str, path: str = "a.md", body: str = "Text.", settings: ReadingSettings = SITE) -> Parsed:
    return parse(path, f"---\n{front}\n---\n{body}".encode(), settings)


def item_of(front: str, path: str = "a.md", body: str = "Text.", settings: ReadingSettings = SITE) -> Item:
    parsed = read(front, path, body, settings)
    assert parsed.item is not None, parsed.problems
    return parsed.item


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type] # year, month, day and perhaps more


# Dates


@pytest.mark.parametrize(
    ("front", "moment"),
    [
        ("date: 2024-03-02T08:00:00+01:00", utc(2024, 3, 2, 7)),
        ("date: 2013-11-22 5:00:00 +0000", utc(2013, 11, 22, 5)),
        ("date: 2020-12-2", utc(2020, 12, 1, 23)),
        ("date: 2020-1-2 03:04", utc(2020, 1, 2, 2, 4)),
        ("date: 1714557600", utc(2024, 5, 1, 10)),
        ("date: 1714557600000", utc(2024, 5, 1, 10)),
        ("pubDate: 'May 01 2024'", utc(2024, 4, 30, 22)),
        ("pubDate: Jul 8, 2022", utc(2022, 7, 7, 22)),
        ("pubDatetime: 2022/07/08", utc(2022, 7, 7, 22)),
        ("date: 2024-05-01 21:30:00 -0800", utc(2024, 5, 2, 5, 30)),
        ('created: "[[2024-01-09]]"', utc(2024, 1, 8, 23)),
        ("Publish_Date: 2024-01-09Z", utc(2024, 1, 9)),
        ("params: {date: 2024-01-09}", utc(2024, 1, 8, 23)),
        ("start-date: 2024-01-09Z", utc(2024, 1, 9)),
        ("extra:\n  pubDate: 2024-01-09", utc(2024, 1, 8, 23)),
        ("created: 2024-01-01\ndate: 2024-01-09", utc(2024, 1, 8, 23)),
        ("publishedDateTime: 2024-01-09\ndate: 2023-01-09", utc(2024, 1, 8, 23)),
        ("date:\ncreated: 2024-01-09", utc(2024, 1, 8, 23)),
        ("created: some day", None),
    ],
)
def test_a_date_has_many_names_and_spellings(front: str, moment: datetime | None) -> None:
    assert item_of(f"title: x\n{front}").published == moment


def test_of_several_dates_of_publication_the_last_one_counts_so_that_nothing_is_early() -> None:
    for front in ("publishDate: 2099-01-01\ndate: 2024-01-01", "date: 2099-01-01\npublishDate: 2024-01-01"):
        assert item_of(f"title: x\n{front}").published == utc(2098, 12, 31, 23)


@pytest.mark.parametrize("name", ["date", "pubDate", "publishDate", "pubDatetime", "Date", "scheduled"])
def test_a_date_of_publication_that_cannot_be_read_is_a_problem(name: str) -> None:
    parsed = read(f"title: x\n{name}: 03/05/2024")
    (problem,) = parsed.problems
    assert (parsed.item, problem.kind, problem.line, problem.field) == (None, "problem", 3, name)


def test_a_date_that_a_publisher_computes_is_not_known_here() -> None:
    parsed = read("title: x\ndate: git Last Modified")
    assert parsed.item is not None
    assert parsed.item.published is None
    assert [(note.kind, note.field) for note in parsed.problems] == [("note", "date")]


@pytest.mark.parametrize(
    ("path", "moment"),
    [
        ("_posts/2024-05-01-first-light.md", utc(2024, 4, 30, 22)),
        ("2024-5-1.md", utc(2024, 4, 30, 22)),
        ("20240501-note.md", utc(2024, 4, 30, 22)),
        ("blog/2024-05-01-trip/index.md", utc(2024, 4, 30, 22)),
        ("2024/05/01/trip.md", utc(2024, 4, 30, 22)),
        ("blog/2024/05/01-trip.md", utc(2024, 4, 30, 22)),
        ("12345678-note.md", None),
        ("202405011.md", None),
        ("2024/13/01/trip.md", None),
        ("posts/2019/12-28-a.md", utc(2019, 12, 27, 23)),
    ],
)
def test_a_path_may_hold_the_date(path: str, moment: datetime | None) -> None:
    assert item_of("title: x\nlayout: post", path).published == moment
    assert item_of("title: x\ndate: 2020-01-01Z", path).published == utc(2020, 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        "# Use a queue\n\nDate: 2024-05-01\n\nText.\n",
        "# Use a queue\n\n* Status: accepted\n* **Date:** 2024-05-01\n\nText.\n",
        "- Feature: a queue\n- Start Date: 2024-05-01\n- Author: Ada\n\n## Summary\n\nText.\n",
        "# Use a queue\n\nDate: 2024-05-01, revised 2024-06-01\n\nText.\n",
        "# Use a queue\n\nDate: `2024-05-01` (planned)\n\nText.\n",
    ],
)
def test_a_line_of_a_text_without_front_matter_may_hold_the_date(body: str) -> None:
    item = parse("queue.md", body.encode(), SITE).item
    assert item is not None
    assert item.published == utc(2024, 4, 30, 22)


@pytest.mark.parametrize(
    "date", ["2099-03-05 10:00 CEST", "March 5, 2099 10:00 PM CEST", "5 mars 2099", "05/03/2099", "5.3.2099"]
)
def test_a_line_with_a_day_that_cannot_be_read_is_a_problem(date: str) -> None:
    parsed = parse("queue.md", f"# Use a queue\n\nDate: {date}\n\nText.\n".encode(), SITE)
    assert parsed.item is None
    assert "queue.md: body: expected in its line `Date:` a date such as" in str(parsed.problems[0])


@pytest.mark.parametrize("field", ["embargo: false", "scheduled: no", "embargo_until: ''", "hide-until: none"])
def test_a_time_to_wait_for_may_be_none(field: str) -> None:
    assert item_of(f"title: x\ndate: 2024-01-09Z\n{field}").published == utc(2024, 1, 9)


@pytest.mark.parametrize("said", ["November 2018", "'2018'", "2018-11", "Nov. 2018"])
def test_the_month_of_a_first_publication_is_no_date(said: str) -> None:
    assert item_of(f"title: x\nfirst_published: {said}").published is None
    assert item_of(f"title: x\ndate: 2024-01-09Z\nfirst_published: {said}").published == utc(2024, 1, 9)


@pytest.mark.parametrize("field", ["embargo: true", "goLive: false", "publishOn: no", "scheduled: soon"])
def test_a_time_to_wait_for_that_is_none_is_a_problem(field: str) -> None:
    assert parse("a.md", f"---\ntitle: x\ndate: 2024-01-09\n{field}\n---\n".encode(), SITE).item is None


@pytest.mark.parametrize("date", ["to be announced", "next week", "Spring 2099", "2099-03", "2099"])
def test_a_line_without_a_day_is_no_date(date: str) -> None:
    item = parse("queue.md", f"# Use a queue\n\nDate: {date}\n\nText.\n".encode(), SITE).item
    assert item is not None
    assert item.published is None


@pytest.mark.parametrize(
    ("front", "moment"),
    [
        ("lastmod: 2024-03-05Z", utc(2024, 3, 5)),
        ("updatedDate: 2024-07-10Z", utc(2024, 7, 10)),
        ("last_modified_at: 2024-3-5 12:00 UTC", utc(2024, 3, 5, 12)),
        ("modDatetime: 2024-03-05T12:00:00Z", utc(2024, 3, 5, 12)),
        ("modified: lately", None),
        ("updatedDateTime: 2024-03-05Z\nlastmod: 2025-03-05Z", utc(2024, 3, 5)),
    ],
)
def test_a_date_of_change_has_many_names(front: str, moment: datetime | None) -> None:
    assert item_of(f"title: x\n{front}").updated == moment


# Texts


@pytest.mark.parametrize(
    ("front", "body", "title", "rest"),
    [
        ("tags: [a]", "# A title\n\nText.", "A title", "Text."),
        ("Title: Capitals", "Text.", "Capitals", "Text."),
        ("layout: post", "Text.", "A", "Text."),
        ("title: x", "# Another\n\nText.", "x", "# Another\n\nText."),
        ("title: Same\ndate: 2024-01-01", "# Same\n\nText.", "Same", "Text."),
    ],
)
def test_a_title_stands_in_the_front_matter_or_the_body_or_the_name(
    front: str, body: str, title: str, rest: str
) -> None:
    item = item_of(front, body=body)
    assert (item.title, item.body) == (title, rest)


@pytest.mark.parametrize("related", ["'[[Other notes]]'", "[one, two]"])
def test_related_texts_that_are_only_named_are_passed_over(related: str) -> None:
    parsed = read(f"title: x\nrelated: {related}")
    assert parsed.item is not None
    assert parsed.item.related == ()


def test_a_file_of_the_seeds_has_to_have_a_title() -> None:
    (problem,) = read("webUrl: https://a.example/", body="# Heading").problems
    assert problem.reason.startswith("no title")


@pytest.mark.parametrize(
    ("front", "summary"),
    [
        ("description: 'About a <em>lens</em>.'", "About a lens."),
        ("summary: S\ndescription: D", "D"),
        ("spoiler: S", "S"),
        ("Description: D", "D"),
        ("params: {summary: S}", "S"),
        ("excerpt: E\ndescription: D", "E"),
        ("description: [a]", ""),
    ],
)
def test_a_summary_has_many_names(front: str, summary: str) -> None:
    assert item_of(f"title: x\n{front}").summary == summary


# Names


@pytest.mark.parametrize(
    ("front", "path", "tags"),
    [
        ("tags: [a, b c]", "a.md", ("a", "b c")),
        ("tags: birds, walks", "a.md", ("birds", "walks")),
        ("tags: telescope sky", "2024-05-01-a.md", ("telescope", "sky")),
        ("layout: post\ntags: telescope sky", "a.md", ("telescope", "sky")),
        ("tags: machine learning", "a.md", ("machine learning",)),
        ("Tags: a", "a.md", ("a",)),
        ("keywords: a, b", "a.md", ("a", "b")),
        ("tags: []\nkeywords: a, b", "a.md", ("a", "b")),
        ("taxonomies: {tags: [a, b]}", "a.md", ("a", "b")),
        ("tags: ['#a', '[[b]]', a]", "a.md", ("a", "b")),
        ("tags: [{name: a}, {slug: b}]", "a.md", ("a",)),
        ("webUrl: https://a.example/\ntags: 'a, b'", "a.md", ("a, b",)),
    ],
)
def test_tags_are_a_list_or_stand_between_commas_or_blanks(front: str, path: str, tags: tuple[str, ...]) -> None:
    assert item_of(f"title: x\n{front}", path).tags == tags


def test_tags_between_commas_are_no_single_name() -> None:
    assert read("title: x\ntags: birds, walks").problems == ()
    assert read("title: x\nlayout: post\ntags: birds walks").problems == ()


def test_a_tag_with_a_blank_is_told() -> None:
    assert [note.field for note in read("title: x\ntags: machine learning").problems] == ["tags"]


@pytest.mark.parametrize(
    ("body", "tags"),
    [
        ("#boats #night-sky/stars\n\nText about #other things.", ("boats", "night-sky/stars")),
        ("See [[Boats]], #boats and #2024plans, (#none) #other.", ("boats", "2024plans", "other")),
        ("# Heading [[x]]\n\n#1 #fff #a1b2c3 `#code` a#b https://a.example/#c", ()),
        ("[[x]]\n\n```\n#include\n```\n\n    #indented\n\n#tag", ("tag",)),
        ("Write to #general.", ()),
    ],
)
def test_a_note_has_tags_in_its_text(body: str, tags: tuple[str, ...]) -> None:
    assert item_of("created: 2024-01-01", body=body).tags == tags
    assert item_of("tags: [own]", body=body).tags == ("own",)
    assert item_of("title: x\nwebUrl: https://a.example/", body=body).tags == ()


@pytest.mark.parametrize(
    ("front", "category", "categories"),
    [
        ("category: news", "news", ()),
        ("category: [news, boats]", "news", ("news", "boats")),
        ("categories: [astronomy, notes]", "astronomy", ("astronomy", "notes")),
        ("Category: Outdoors", "Outdoors", ("Outdoors",)),
        ("advisory: {categories: [denial-of-service]}", "denial-of-service", ("denial-of-service",)),
        ("category: news\ncategories: [a, b]", "news", ("a", "b")),
    ],
)
def test_categories_are_one_or_several(front: str, category: str, categories: tuple[str, ...]) -> None:
    item = item_of(f"title: x\n{front}")
    assert (item.category, item.categories) == (category, categories)


@pytest.mark.parametrize(
    ("front", "authors"),
    [
        ("author: sam", (SAM,)),
        ("author: SAM", (SAM,)),
        ("authors: [sam, kim]", (SAM, Person("kim"))),
        ("authors: Sam Sample, Kim and Lee", (Person("Sam Sample"), Person("Kim"), Person("Lee"))),
        ("author: Kim Poe, PhD & Lee Roe", (Person("Kim Poe, PhD"), Person("Lee Roe"))),
        ("author: Roe, Lee; Poe, Kim", (Person("Roe, Lee"), Person("Poe, Kim"))),
        ("author: Lee <lee@mail.example>", (Person("Lee"),)),
        ("author: {name: Lee, url: 'https://lee.example/', image_url: /l.png}", "Lee https://lee.example/ /l.png"),
        ("authors: [{name: Lee, title: Editor, url: javascript:x}]", (Person("Lee"),)),
        ("authors: [{name: sam, url: 'https://other.example/'}]", "sam https://other.example/ /sam.jpg"),
        ("author: Lee\nauthor_url: https://lee.example/", (Person("Lee", "https://lee.example/"),)),
        ("hosts: [Kim, Lee, Kim]", (Person("Kim"), Person("Lee"))),
        ("extra: {author: Kim}", (Person("Kim"),)),
        ("author: '[[Kim]]'", (Person("Kim"),)),
        ("author: [[a]]", ()),
        ("author: Sandy Andrews", (Person("Sandy Andrews"),)),
    ],
)
def test_authors_are_names_mappings_or_keys(front: str, authors: Any) -> None:
    settings = ReadingSettings(authors={"Sam": SAM})
    expected = (Person(*authors.split()),) if isinstance(authors, str) else authors
    assert item_of(f"title: x\n{front}", settings=settings).authors == expected


@pytest.mark.parametrize(("author", "said"), [("kim", 1), ("Kim", 0), ("sam", 0), ("kim poe", 0)])
def test_what_looks_like_a_key_of_an_author_and_is_none_is_told(author: str, said: int) -> None:
    for known, number in (({"Sam": SAM}, said), ({}, 0)):
        notes = read(f"title: x\nauthor: {author}", settings=ReadingSettings(authors=known)).problems
        assert len(notes) == number
        assert all("is no key of `site.authors`; it is shown as the name" in note.reason for note in notes)


@pytest.mark.parametrize(
    ("front", "images"),
    [
        ("image: /img/ep12.jpg", (Image("/img/ep12.jpg"),)),
        ("images: ['/img/lens.png', b.png]", (Image("/img/lens.png"), Image("b.png"))),
        ("images: [{src: a.png, alt: A boat}]", (Image("a.png", title="A boat"),)),
        ("cover: {image: boat.jpg, alt: A boat, relative: true}", (Image("boat.jpg", title="A boat"),)),
        ("heroImage: '../../assets/hello.jpg'", (Image("../../assets/hello.jpg"),)),
        ("params: {cover: c.png}", (Image("c.png"),)),
        ("extra: {image: z.png}", (Image("z.png"),)),
        ("header: {teaser: t.png, overlay_color: black}", (Image("t.png"),)),
        ("image: '[[boat.jpg]]'", (Image("boat.jpg"),)),
        ("image: {feature: f.jpg, credit: Lee}", (Image("f.jpg", attribution="Lee"),)),
        ("cover: true\nthumbnail: t.png", (Image("t.png"),)),
        ("og_image: o.png\nheader: {show: yes}", (Image("o.png"),)),
        ("image: javascript:x.png", ()),
        ("image: none", ()),
        ("image: ''\ncover: {image: '', caption: x}", ()),
    ],
)
def test_pictures_are_references_or_mappings_with_one(front: str, images: tuple[Image, ...]) -> None:
    assert item_of(f"title: x\nlayout: post\n{front}").images == images


@pytest.mark.parametrize(
    ("path", "front", "language"),
    [
        ("a.md", "lang: de", "de"),
        ("a.md", "language: pt_BR", "pt-BR"),
        ("trip/index.de.md", "layout: x", "de"),
        ("post.zh-cn.md", "layout: x", "zh-CN"),
        ("de/word.md", "date: 2024-01-01", "de"),
        ("i18n/fr/blog/word.md", "date: 2024-01-01", "fr"),
        ("de/word.md", "lang: fr", "fr"),
        ("jquery.min.md", "layout: x", None),
        ("v1.0.md", "layout: x", None),
        ("cs/word.md", "layout: x", None),
        ("blog/de/word.md", "layout: x", None),
        ("a.md", "lang: '?'", None),
        ("de/word.md", "webUrl: https://a.example/", None),
    ],
)
def test_a_language_is_a_field_or_part_of_the_path(path: str, front: str, language: str | None) -> None:
    assert item_of(f"title: x\n{front}", path).locale == language


# Audio and episodes

MP3 = "https://cdn.example/12.mp3"


@pytest.mark.parametrize(
    ("front", "enclosure"),
    [
        (f"audio: {MP3}", Enclosure(MP3)),
        (f"audio: {MP3}\nlength: '61978331'\nduration: '1:04:33'", Enclosure(MP3, 61978331, None, 3873)),
        (f"audio: {MP3}\nlength: 113613338", Enclosure(MP3, 113613338)),
        (f"audio: {MP3}\nlength: '1:04:33'", Enclosure(MP3, None, None, 3873)),
        (f"podcast_file: {MP3}\npodcast_bytes: 61,978,331", Enclosure(MP3, 61978331)),
        (f"podcast: {MP3}", Enclosure(MP3)),
        ("podcast: https://a.example/show", None),
        (f"mp3: {MP3}\nfilesize: 5\nmime_type: audio/mpeg", Enclosure(MP3, 5, "audio/mpeg")),
        (f"enclosure: {{url: '{MP3}', length: 5, type: audio/mpeg}}", Enclosure(MP3, 5, "audio/mpeg")),
        (f'enclosure: "{MP3}\\n5\\naudio/mpeg\\n"', Enclosure(MP3, 5, "audio/mpeg")),
        (
            f'enclosure: "{MP3}\\n5\\naudio/mpeg\\na:1:{{s:8:\\"duration\\";s:8:\\"00:31:05\\";}}"',
            Enclosure(MP3, 5, "audio/mpeg", 1865),
        ),
        ("file: /audio/12.m4a", Enclosure("/audio/12.m4a")),
        ("file: notes.pdf", None),
        ("audio: ep12.ogg", Enclosure("ep12.ogg")),
        ("audio: https://cdn.example/play/12", Enclosure("https://cdn.example/play/12")),
        ("audio: true", None),
        (f"url: {MP3}", Enclosure(MP3)),
        ("url: https://a.example/page", None),
        ("video: clip.mp4", Enclosure("clip.mp4")),
        ("video: https://www.youtube.com/watch?v=x0-zGdlpTeg", None),
        ("length: 779", None),
        (f"audio: {MP3}\nduration: long", Enclosure(MP3)),
    ],
)
def test_audio_is_an_address_alone_or_with_its_bytes_type_and_duration(front: str, enclosure: Enclosure | None) -> None:
    assert item_of(f"title: x\n{front}").enclosure == enclosure


def test_bytes_are_no_duration_of_the_item() -> None:
    parsed = read(f"title: x\naudio: {MP3}\nlength: 113613338")
    assert parsed.item is not None
    assert (parsed.item.length, parsed.problems) == (None, ())
    assert item_of("title: x\nlength: 779").length == 779


@pytest.mark.parametrize(
    ("front", "episode"),
    [
        ("episode: 12\nseason: 2", Episode(12, 2)),
        ("episode: S02E12", Episode(12)),
        ("episode: Episode 12", Episode(12)),
        (f"number: 12\naudio: {MP3}\nexplicit: no", Episode(12, explicit=False)),
        ("number: 12", None),
        ("explicit: yes", None),
        ("episode: 1\nexplicit: clean\nepisodeType: Bonus", Episode(1, explicit=False, kind="bonus")),
        ("transcript: /12.vtt\nchapters: 12.json", Episode(transcript="/12.vtt", chapters="12.json")),
        ("transcript: Hello and welcome.", None),
        ("chapters: [{title: Intro, start: 0}]", None),
        ("episode: last", None),
    ],
)
def test_an_episode_has_numbers_and_documents(front: str, episode: Episode | None) -> None:
    assert item_of(f"title: x\n{front}").episode == episode


# Links


@pytest.mark.parametrize(
    ("front", "link"),
    [
        ("canonicalURL: https://other.example/x", "https://other.example/x"),
        ("canonical_url: https://other.example/x", "https://other.example/x"),
        ("external_url: https://other.example/x", "https://other.example/x"),
        ("webUrl: https://a.example/\ncanonicalURL: https://other.example/x", "https://a.example/"),
        ("permalink: /sky/first-light/", "https://site.example/sky/first-light/"),
        ("permalink: sky/first-light.html", "https://site.example/sky/first-light.html"),
        ("permalink: https://other.example/x", "https://other.example/x"),
        ("date: 2024-02-03\npermalink: /:year/:month/:title/", "https://site.example/2024/02/a/"),
        ("path: 2024/02/03/zola-page", "https://site.example/2024/02/03/zola-page/"),
        ("url: /x/y.html", "https://site.example/x/y.html"),
        ("url: /gr\u00fc\u00dfe/", "https://site.example/gr%C3%BC%C3%9Fe/"),
        ("url: https://other.example/issue", None),
        ("permalink: false", None),
        ("permalink: '/{{ page.fileSlug }}/'", None),
        ("permalink: /:unknown/", None),
        ("advisory: {path: /x}", None),
        ("slug: x", None),
    ],
)
def test_a_link_is_of_elsewhere_or_an_address_on_the_site(front: str, link: str | None) -> None:
    assert item_of(f"title: x\n{front}").link == link


@pytest.mark.parametrize(
    ("front", "topics"),
    [
        ("topics: ['[[Products]]', '[[notes/b|Boats]]', c]", ("Products", "Boats", "c")),
        ("topics: '[[Products]]'", ("Products",)),
        ("topics: ['[[a]] and [[b]]', '[[]]', 'x[[1]]']", ("[[a]] and [[b]]", "[[]]", "x[[1]]")),
        ("topics: ['[[Products]]']\nquality: 3\nlayout: x", ("[[Products]]",)),
    ],
)
def test_a_topic_that_is_a_wiki_link_is_its_words_but_among_the_fields_of_the_seeds(
    front: str, topics: tuple[str, ...]
) -> None:
    assert item_of(f"title: x\n{front}").topics == topics


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ('+++\ntitle = "x"\npath = "2026/08/20/Rust-1.98.0"\n+++\n', "https://site.example/2026/08/20/Rust-1.98.0/"),
        ('+++\ntitle = "x"\npath = "/about.html/"\n+++\n', "https://site.example/about.html/"),
        ("---\ntitle: x\npath: /about.html\n---\n", "https://site.example/about.html"),
        ('+++\ntitle = "x"\nurl = "/about.html"\n+++\n', "https://site.example/about.html"),
    ],
)
def test_a_path_of_zola_ends_in_a_slash_whatever_dots_it_has(written: str, link: str) -> None:
    parsed = parse("a.md", f"{written}Text.".encode(), SITE)
    assert parsed.item is not None
    assert parsed.item.link == link


def test_without_the_address_of_the_site_an_address_on_it_is_no_link() -> None:
    parsed = read("title: x\npermalink: /sky/", settings=ReadingSettings())
    assert parsed.item is not None
    assert parsed.item.link is None
    assert [note.reason for note in parsed.problems] == ["it is no link without the address of the site (`site.url`)"]


@pytest.mark.parametrize(
    ("template", "path", "front", "link"),
    [
        ("/{year}/{month}/{day}/{slug}/", "2024-05-01-first-light.md", "layout: x", "2024/05/01/first-light/"),
        ("/{year}/{month:1}/{slug}/", "2024-05-01-First Light.md", "layout: x", "2024/5/First-Light/"),
        ("/{slug:lower}/", "First Light.md", "layout: x", "first-light/"),
        ("/{path:lower}/", "Deep Sky/First Light.md", "layout: x", "deep-sky/first-light/"),
        (
            "/{path:hugo}/",
            "Deep Sky/[Day 1] Ara's - Ü: की?.md",
            "layout: x",
            "deep-sky/day-1-aras-%C3%BC-%E0%A4%95%E0%A5%80/",
        ),
        ("/{name:hugocase}/", " A -b-, C .md", "layout: x", "A-b-C/"),
        ("/{path:plus}", "Deep Sky/First Light.md", "layout: x", "Deep+Sky/First+Light"),
        ("/{name:slashed}", "2024-05-01-a.md", "date: 2024-06-02", "2024/05/01/a"),
        ("/{name:slashed}", "trip/2024-5-1-a.md", "date: 2024-06-02", "2024/5/1/a"),
        ("/{name:slashed}", "a-2024-05-01.md", "date: 2024-06-02", "a-2024-05-01"),
        ("/{slug}/", "2024-05-01-x.md", "slug: y", "y/"),
        ("/{title}/", "x.md", "title: 'Hello, World: 2 + 2'", "hello-world-2-+-2/"),
        ("/{title:ascii}/", "x.md", "title: 'Ça va, Größe: Rust 0.9, C++'", "ca-va-grosse-rust-09-c/"),
        ("/{title:ascii}/", "x.md", "title: TCP/IP of Solr™", "tcpip-of-solrtm/"),
        ("/{title:ascii}/", "x.md", "title: Ночь 2", "%D0%BD%D0%BE%D1%87%D1%8C-2/"),
        ("/{name}.html", "2024-05-01-x.md", "layout: x", "2024-05-01-x.html"),
        ("/{path}/", "post/trip/index.md", "layout: x", "post/trip/"),
        ("/{path}/", "index.md", "layout: x", ""),
        ("/{folder}/{slug}/", "post/trip/index.md", "layout: x", "post/trip/"),
        ("/{folder}/{slug}/", "_posts/2024-05-01-x.md", "layout: x", "x/"),
        ("/{section}/{slug}/", "post/2024/x.md", "layout: x", "post/x/"),
        ("/{category}/{slug}/", "x.md", "categories: [Night Sky, b]", "night-sky/x/"),
        ("/{categories}/{slug}/", "x.md", "categories: [Night Sky, b]", "night-sky/b/x/"),
        ("/{category}/{slug}/", "x.md", "category: Night Sky", "night-sky/x/"),
        ("/{categories:blanks}/{slug}/", "x.md", "categories: [Night Sky, C++, night sky]", "night%20sky/c++/x/"),
        ("/{category_path:blanks}/{slug}/", "a/_posts/x.md", "categories: [Night Sky, a]", "a/night%20sky/x/"),
        ("/{own_category:ascii}/{slug}/", "x.md", "category: Night/Sky", "nightsky/x/"),
        ("/{own_category}/{slug}/", "x.md", "layout: x", None),
        ("/{parent}/{slug}/", "post/Trip/x.md", "layout: x", "Trip/x/"),
        ("/{parent}/{slug}/", "x.md", "layout: x", None),
        ("/{category_path}/{slug}/", "news/_posts/x.md", "categories: [b, news]", "news/b/x/"),
        ("/{category_path}/{slug}/", "news/_posts/2024/x.md", "categories: [b]", "news/b/x/"),
        ("/{category_path}/{slug}/", "_posts/2024/x.md", "layout: x", "x/"),
        ("/{category_path}/{slug}/", "news/2024/x.md", "categories: [b]", "news/2024/b/x/"),
        ("/adr/{number:03}", "0007-use-queues.md", "layout: x", "adr/007"),
        ("/{year}/{slug}/", "x.md", "date: 2024-05-01T00:30:00+02:00", "2024/x/"),
        ("/{day}/{slug}/", "x.md", "date: 2024-05-01T00:30:00+05:00", "01/x/"),
        ("/{day}/{slug}/", "x.md", "publishDate: 2024-05-09\ndate: 2024-05-02", "02/x/"),
        ("/{slug}/", "x.md", "webUrl: https://a.example/", "https://a.example/"),
        ("/{slug}/", "what?#.md", "layout: x", "what%3F%23/"),
        ("/{slug}/", "trip/index.de.md", "layout: x", "de/trip/"),
        ("/{slug}/", "trip/index.en.md", "layout: x", "trip/"),
        ("/{language}/{slug}/", "trip/index.de.md", "layout: x", "de/trip/"),
        ("https://other.example/{slug}", "x.md", "layout: x", "https://other.example/x"),
        ("/{number:03}/", "x.md", "episode: 12", "012/"),
        ("/{year}/{slug}/", "x.md", "layout: x", None),
    ],
)
def test_other_links_are_made_by_the_template(template: str, path: str, front: str, link: str | None) -> None:
    settings = ReadingSettings(site_url="https://site.example/", link=(template,), language="en")
    title = "" if front.startswith("title") else "title: T\n"
    expected = link if link is None or "://" in link else f"https://site.example/{link}"
    assert item_of(f"{title}{front}", path, settings=settings).link == expected


@pytest.mark.parametrize(
    ("front", "link"),
    [
        ("slug: own", "blog/own"),
        ("date: 2024-05-01", "blog/2024/05/name"),
        ("layout: x", "pages/name/"),
        ("slug: /own/deep/", "blog/own/deep"),
    ],
)
def test_of_several_templates_the_first_counts_that_a_file_has_everything_for(front: str, link: str) -> None:
    templates = ("/blog/{own_slug}", "/blog/{year}/{month}/{slug}", "/pages/{slug}/")
    settings = ReadingSettings(site_url="https://site.example/", link=templates)
    assert item_of(f"title: T\n{front}", "name.md", settings=settings).link == f"https://site.example/{link}"


@pytest.mark.parametrize("front", ["path: 2024/05/01/x", "permalink: /2024/05/01/x/", "date: {created: 2024-05-01}"])
def test_the_date_may_stand_in_the_address_or_among_other_dates(front: str) -> None:
    assert item_of(f"title: T\n{front}", "name.md").published == datetime(2024, 4, 30, 22, tzinfo=UTC)


def test_a_site_in_a_folder_has_its_addresses_in_that_folder() -> None:
    settings = ReadingSettings(site_url="https://site.example/blog/", link=("/{slug}/",))
    assert item_of("title: x\npermalink: /sky/", settings=settings).link == "https://site.example/blog/sky/"
    assert item_of("title: x\nlayout: post", settings=settings).link == "https://site.example/blog/a/"


# What is not read


@pytest.mark.parametrize("name", ["permalink", "path", "url"])
@pytest.mark.parametrize("address", ["//[", "//[x/", "//a]b", "//[v1.]/", "//a\uff0fb/"])
def test_an_address_with_a_host_that_cannot_be_one_is_no_link(name: str, address: str) -> None:
    assert item_of(f'title: x\n{name}: "{address}"').link is None


def test_a_profile_of_the_seeds_keeps_its_link_beside_a_template() -> None:
    settings = ReadingSettings(site_url="https://site.example/", link=("/{slug}/",))
    front = "name: Ada\nheat: 5\ntwitter: {url: https://t.example/ada}"
    assert item_of(front, settings=settings).link == "https://t.example/ada"
    assert item_of(f"{front}\nwebsite: https://ada.example/", settings=settings).link == "https://ada.example/"
    assert item_of("name: Ada\nheat: 5", "ada.md", settings=settings).link == "https://site.example/ada/"


def test_fields_without_a_use_are_named() -> None:
    parsed = read("title: x\nzebra: 1\nlayout: post\ndraft: false\nguid: 5\nparams: {cover: c.png, zoo: 2}\nTags: [a]")
    assert parsed.unread == ("layout", "params.zoo", "zebra")


def test_in_a_file_with_sealed_text_only_names_that_publishers_use_are_told() -> None:
    parsed = read("title: x\nzebra: 1\nlayout: post\nparams: {zoo: 2}\nsecured: 'hidden words'")
    assert parsed.unread == ("layout",)
    assert read("title: x\nsecret words: 1\nlayout: post\nbody: 's\u00adecured: x'").unread == ("layout",)


def test_a_name_like_that_of_sealed_text_is_not_told() -> None:
    assert read("title: x\nsceured: hidden\nsecured_words: hidden\nscured: hidden\nseries: s").unread == ("series",)


def test_unread_names_are_few_short_and_printable() -> None:
    names = "\n".join(f"name{number}: 1" for number in range(100))
    parsed = read(f'title: x\n{"n" * 61}: 1\n"a\\u0007b": 1\n{names}')
    assert len(parsed.unread) == 30
    assert all(name.startswith("name") for name in parsed.unread)


def test_a_file_of_the_seeds_is_read_as_ever() -> None:
    front = "title: x\nwebUrl: https://a.example/\ntags: 'a b'\ncategory: c"
    for settings in (SITE, ReadingSettings()):
        item = item_of(front, "de/2024-05-01-a.md", "# x\n\nText.", settings)
        assert (item.tags, item.locale, item.body, item.categories) == (("a b",), None, "# x\n\nText.", ())


# Settings


@pytest.mark.parametrize(
    ("fields", "front", "name", "value"),
    [
        ({"title": "headline"}, "title: x\nHeadline: y", "title", "y"),
        ({"title": "headline"}, "title: x", "title", "x"),
        ({"title": "headline"}, "headline: y\nwebUrl: https://a.example/", "title", "y"),
        ({"date": "released"}, "title: x\nreleased: 2024-05-01\ndate: 2099-01-01", "published", utc(2024, 5, 1)),
        ({"date": "released"}, "title: x\nreleased: 2024-05-01\npublishedDateTime: x", "published", None),
        ({"summary": "deck"}, "title: x\ndeck: D\nexcerpt: E", "summary", "D"),
        ({"link": "source"}, "title: x\nsource: https://a.example/", "link", "https://a.example/"),
        ({"link": "source"}, "title: x\nsource: /a/", "link", "https://site.example/a/"),
        ({"authors": "written by"}, "title: x\nwritten by: Kim", "authors", (Person("Kim"),)),
        ({"topics": "subjects"}, "title: x\nsubjects: [a, b]\ntopics: [c]", "topics", ("a", "b")),
        ({"pictures": "photo"}, "title: x\nphoto: p.jpg\nimages: 5", "images", (Image("p.jpg"),)),
        ({"type": "genre"}, "title: x\ngenre: video", "kind", "video"),
    ],
)
def test_the_settings_may_name_the_field_of_a_meaning(
    fields: dict[str, str], front: str, name: str, value: Any
) -> None:
    parsed = read(front, settings=ReadingSettings(site_url="https://site.example/", fields=fields))
    if value is None:
        assert parsed.item is None
        return
    assert parsed.item is not None, parsed.problems
    assert getattr(parsed.item, name) == value
    assert parsed.unread == ()


FOLDERS = (
    FolderDefaults("posts/de/", {"locale": "de", "topics": ("Boote",), "authors": ("sam", "Kim")}),
    FolderDefaults("posts/", {"published": False, "topics": ("Boats",), "links": ("/p/{slug}/",)}),
    FolderDefaults("", {"locale": "en", "content": "summary", "exclude_from_all": True, "tags": ("all",)}),
)


def test_a_folder_says_what_its_files_do_not() -> None:
    settings = ReadingSettings(site_url="https://site.example/", authors={"sam": SAM}, folders=FOLDERS)
    item = item_of("title: x\nwebUrl: https://a.example/", "posts/de/a.md", settings=settings)
    assert (item.locale, item.topics, item.authors, item.listed) == ("de", ("Boote",), (SAM, Person("Kim")), False)
    assert (item.content, item.exclude_from_all, item.tags) == ("summary", True, ("all",))
    front = "title: x\ntopics: [a]\npublished: true\nauthor: Lee\nlang: fr\ntags: [b]\nexclude_from_all: false"
    item = item_of(front, "posts/de/a.md", settings=settings)
    assert (item.locale, item.topics, item.authors, item.listed) == ("fr", ("a",), (Person("Lee"),), True)
    assert (item.exclude_from_all, item.tags, item.link) == (False, ("b",), "https://site.example/p/a/")
    assert item_of("title: x", "de/a.md", settings=settings).locale == "en"
    assert item_of("title: x", "a.de.md", settings=settings).locale == "de"


def test_a_broken_file_in_a_folder_that_is_not_published_is_withheld() -> None:
    settings = ReadingSettings(folders=FOLDERS)
    assert read("title: x\nheat: hot", "posts/a.md", settings=settings).withheld_while_broken
    assert not read("title: x\nheat: hot", "other/a.md", settings=settings).withheld_while_broken


def test_a_category_that_is_named_for_tags_is_read_as_tags_with_their_note() -> None:
    (note,) = read("title: x\ncategory: two words", settings=ReadingSettings(fields={"tags": "category"})).problems
    assert str(note) == "a.md:3: category: it is read as one name; put commas between several"
