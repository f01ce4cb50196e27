"""Families of feeds, over real files: authors and languages beside topics and providers, and what counts as a topic;
what entries carry, and which page a feed is of.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from lxml import etree
from support import Site, assert_in_step, item, made_anew

from feedd.render.readback import read_back
from feedd.render.redirects import read

EVERY = ["topics", "providers", "authors", "languages"]


def write(site: Site, number: int, title: str | None = None, **fields: Any) -> None:
    date = f"2024-05-{number + 1:02}T12:00:00Z"
    site.write(f"{number}.md", item(title or f"Item {number}", f"https://news.example/{number}", date, **fields))


def fill(site: Site) -> None:
    ada, bob = {"name": "Herald", "authors": ["Ada"]}, {"name": "Herald", "authors": ["ada", "Bob"]}
    write(site, 0, "Boats", topics=["Boats"], provider=ada, locale="en-GB")
    write(site, 1, "Züge", topics=["Trains"], provider=bob, locale="de-AT")
    write(site, 2, "Neither", provider="Gazette")


def folders(site: Site) -> set[str]:
    return {path.removesuffix("/atom.xml") for path in site.documents() if path.endswith("/atom.xml")}


def sections(site: Site) -> list[str]:
    """The folders of `feeds.opml`."""
    found = etree.fromstring(site.documents()["feeds.opml"]).iterfind("body/outline")
    return [outline.get("text") for outline in found if outline.get("xmlUrl") is None]


def test_without_a_setting_there_are_topics_and_providers(site: Site) -> None:
    fill(site)
    site.render()
    of_families = {"topics/boats", "topics/trains", "providers/herald", "providers/gazette"}
    assert folders(site) == {*of_families, "hot", "top"}
    assert b">All topics and providers</a>" in site.documents()["topics/boats/index.html"]


def test_authors_and_languages_have_feeds_of_their_own(site: Site) -> None:
    fill(site)
    site.configure(title="Site", families=EVERY)
    assert site.render().feeds == 9
    assert site.titles("authors/ada/atom.xml") == {"Boats", "Züge"}
    assert site.titles("authors/bob/rss.xml") == {"Züge"}
    assert site.titles("languages/en/atom.xml") == {"Boats", "Neither"}
    assert site.titles("languages/de/atom.xml") == {"Züge"}
    assert site.ids("authors/bob/atom.xml")["Züge"] == site.ids()["Züge"]
    ada, german = site.feed("authors/ada/atom.xml").feed, site.feed("languages/de/atom.xml").feed
    assert (ada.id, ada.title, ada.subtitle) == ("tag:feeds.example,2026:author/ada", "Ada - Site", "Entries by Ada")
    assert (german.id, german.title) == ("tag:feeds.example,2026:language/de", "de - Site")
    assert german.subtitle == "Einträge in der Sprache de"
    assert_in_step(site)


def test_pages_and_lists_show_every_family(site: Site) -> None:
    fill(site)
    site.configure(families=EVERY)
    site.render()
    assert sections(site) == ["Topics", "Providers", "Authors", "Languages", "Views"]
    front, page = (site.documents()[path].decode() for path in ("index.html", "authors/ada/index.html"))
    assert re.findall(r'<h2 id="([a-z]+)">[A-Z][a-z]+ <span class="count">', front) == EVERY
    assert 'placeholder="a topic, provider, author or language"' in front
    assert 'index.html#authors">Authors</a>' in page
    assert ">All topics, providers, authors and languages</a>" in page


@pytest.mark.parametrize("language", ["en", "pt-BR", "ar"])
def test_the_feed_of_a_language_says_its_own_language(site: Site, language: str) -> None:
    fill(site)
    site.configure(families=EVERY, language=language)
    site.render()
    own = language.partition("-")[0]
    for folder, said in (("languages/de", "de"), (f"languages/{own}", language), ("authors/ada", language)):
        documents = site.documents()
        atom = etree.fromstring(documents[f"{folder}/atom.xml"])
        assert atom.get("{http://www.w3.org/XML/1998/namespace}lang") == said
        assert site.feed(f"{folder}/rss.xml").feed.language == said
        assert json.loads(documents[f"{folder}/feed.json"])["language"] == said
        assert f'<html lang="{said}"'.encode() in documents[f"{folder}/index.html"]
    assert "Neither" in site.titles(f"languages/{own}/atom.xml")


def test_regions_make_no_other_language_and_scripts_do(site: Site) -> None:
    tags = ("en", "en_US", "EN-gb", "zh-Hans-CN", "zh-hant", "zh-TW", "de-1901", "sr-Latn")
    for number, tag in enumerate(tags):
        write(site, number, locale=tag)
    site.configure(families=["languages"])
    site.render()
    counts = {folder: len(site.titles(f"{folder}/atom.xml")) for folder in folders(site) if "languages" in folder}
    single = ("zh-hans", "zh-hant", "zh", "de", "sr-latn")
    assert counts == {"languages/en": 3} | {f"languages/{slug}": 1 for slug in single}
    assert site.feed("languages/zh-hans/rss.xml").feed.language == "zh-Hans"


def test_a_family_that_is_taken_out_is_gone_and_can_come_back(site: Site) -> None:
    fill(site)
    site.configure(families=EVERY)
    site.render()
    before = site.documents()
    site.configure(families=["topics", "languages"])
    assert site.render().feeds == 5
    assert {folder.partition("/")[0] for folder in folders(site)} == {"topics", "languages", "hot", "top"}
    gone = read(site.documents()["_redirects"])
    assert gone == dict.fromkeys(("authors/ada", "authors/bob", "providers/gazette", "providers/herald"))
    assert made_anew(site) == site.documents()

    (site.seeds / "0.md").unlink()
    write(site, 3, "Harbours", provider={"name": "Herald", "authors": ["Bob"]})
    site.render()
    site.configure(families=EVERY)
    site.render()
    assert "_redirects" not in site.documents()
    assert site.titles("authors/ada/atom.xml") == {"Züge"}
    assert site.titles("authors/bob/atom.xml") == {"Züge", "Harbours"}
    assert site.feed("authors/bob/atom.xml").feed.id in before["authors/bob/atom.xml"].decode()
    assert_in_step(site)


def test_without_any_family_there_are_the_feed_of_all_and_saved_feeds(site: Site) -> None:
    fill(site)
    site.configure(families=[], feeds={"mine": {"topics": ["Boats"], "providers": ["Nobody"]}})
    report = site.render()
    assert folders(site) == {"saved/mine", "hot", "top"}
    assert report.remarks == ()
    front = site.documents()["index.html"]
    assert b'placeholder="a feed"' in front
    assert b">All feeds</a>" in site.documents()["saved/mine/index.html"]


def test_nothing_is_missed_in_a_family_that_is_not_there(site: Site) -> None:
    fill(site)
    site.configure(families=["providers"], feeds={"mine": {"topics": ["Planes"], "providers": ["Nobody"]}})
    assert site.render().remarks == ("feeds.mine.providers: there is no feed of a provider Nobody so far",)


def test_pages_of_entries_name_other_families_too(site: Site) -> None:
    site.write("1.md", item("Own page", None))
    site.render()
    assert b">All topics and providers</a>" in site.documents()["entry/own-page/index.html"]
    site.configure(families=["authors"])
    site.render()
    assert b">All authors</a>" in site.documents()["entry/own-page/index.html"]


def test_authors_that_an_item_names_itself_have_feeds(site: Site) -> None:
    write(site, 0, "One", author="Grace Hopper, Ada", provider={"name": "Herald", "authors": ["Bob"]})
    write(site, 1, "Two", authors=[{"name": "grace hopper", "url": "https://grace.example/"}])
    site.configure(families=["authors"])
    site.render()
    assert site.titles("authors/grace-hopper/atom.xml") == {"One", "Two"}
    assert site.titles("authors/ada/atom.xml") == {"One"}
    assert "authors/bob" not in folders(site)


def test_a_folder_says_what_its_entries_carry_and_that_they_stand_aside(site: Site) -> None:
    write(site, 0, "Whole", excerpt="Short.", topics=["Boats"])
    site.write("notes/1.md", item("Note", "https://news.example/1", excerpt="Short.", topics=["Boats"]))
    site.write("asides/2.md", item("Aside", "https://news.example/2", topics=["Boats"]))
    site.configure(folders={"notes": {"content": "summary"}, "asides": {"exclude_from_all": True}})
    site.render()
    assert site.titles() == {"Whole", "Note"}
    assert site.titles("topics/boats/atom.xml") == {"Whole", "Note", "Aside"}
    assert {title for title, entry in site.entries().items() if "content" in entry} == {"Whole"}
    site.configure(content="summary", folders={"notes": {"content": "full"}})
    site.render()
    assert {title for title, entry in site.entries().items() if "content" in entry} == {"Note"}
    assert_in_step(site)


def test_the_family_of_a_feed_can_be_named_wherever_families_are(site: Site) -> None:
    fill(site)
    site.configure(
        families=EVERY,
        views={"feeds": ["authors", "languages"], "top": 1},
        rank={"authors": {"limit": 1}, "feeds": {"languages/en": {"limit": 1}}},
    )
    site.render()
    assert site.titles("authors/ada/atom.xml") == {"Züge"}
    assert site.titles("languages/en/atom.xml") == {"Neither"}
    assert site.titles("languages/de/top/atom.xml") == {"Züge"}
    assert "Entries" in site.run("top", "authors/ada").out or "Züge" in site.run("top", "authors/ada").out
    said = site.run("why", "seeds/1.md").out
    assert "authors/bob/" in said
    assert "languages/de/" in said


def test_a_retired_author_is_gone_or_somewhere_else(site: Site) -> None:
    fill(site)
    site.configure(families=EVERY)
    site.render()
    retired = {"authors/bob": "authors/ada", "languages/de": None}
    site.configure(families=EVERY, retired=retired)
    site.render()
    assert read(site.documents()["_redirects"]) == retired
    assert not {"authors/bob", "languages/de"} & folders(site)


def test_nobody_is_sent_to_a_family_that_is_taken_out(site: Site) -> None:
    fill(site)
    site.configure(families=EVERY, feeds={"mine": {"topics": ["Boats"]}})
    site.render()
    site.configure(families=["topics"], retired={"saved/mine": "authors/ada", "authors/bob": "topics/boats"})
    report = site.render()
    assert any("saved/mine stays" in remark for remark in report.remarks)
    gone = read(site.documents()["_redirects"])
    assert gone["authors/ada"] is None
    assert gone["authors/bob"] == "topics/boats"


@pytest.mark.parametrize(
    ("topics_from", "found"),
    [
        ([], {"boats", "harbours"}),
        (["tags"], {"boats", "sailing", "c-plus-plus"}),
        (["categories"], {"boats", "news", "harbours"}),
        (["tags", "categories"], {"boats", "sailing", "news", "c-plus-plus"}),
    ],
)
def test_tags_and_categories_count_as_topics_if_asked_for(site: Site, topics_from: list[str], found: set[str]) -> None:
    (site.root / "config/topics.yaml").write_text(
        "topics: [{name: Harbours, keywords: [quay]}, {name: Boats, aliases: [Ships]}]"
    )
    site.configure(topics_from=topics_from, topics="config/topics.yaml")
    write(site, 0, "One", topics=["Boats"], tags=["Sailing", "ships"], category="News")
    write(site, 1, "Quay", tags=["C++"])
    site.render()
    assert {folder.removeprefix("topics/") for folder in folders(site) if folder.startswith("topics/")} == found
    (entry,) = [entry for entry in site.feed().entries if entry.title == "One"]
    schemes = {tag.term: tag.scheme is not None for tag in entry.tags}
    assert schemes == {
        "Boats": True,
        "Sailing": "tags" in topics_from,
        **({} if "tags" in topics_from else {"ships": False}),
        "News": "categories" in topics_from,
    }
    assert_in_step(site)


def test_an_item_that_is_excluded_from_the_feed_of_all_is_in_its_other_feeds(site: Site) -> None:
    write(site, 0, "Shown", topics=["Boats"])
    write(site, 1, "Aside", topics=["Boats"], provider="Herald", exclude_from_all=True)
    site.configure(feeds={"mine": {"topics": ["Boats"]}}, views={"feeds": ["all"], "top": 5, "hot": 1})
    assert site.render().entries == 2
    for path in ("topics/boats", "saved/mine"):
        assert site.titles(f"{path}/atom.xml") == {"Shown", "Aside"}
    assert site.titles("providers/herald/atom.xml") == {"Aside"}
    for path in ("atom.xml", "top/atom.xml", "hot/atom.xml"):
        assert site.titles(path) == {"Shown"}
    assert b"Aside" not in site.documents()["index.html"]
    assert_in_step(site)

    before = site.ids("providers/herald/atom.xml")
    write(site, 1, "Aside", topics=["Boats"], provider="Herald")
    site.render()
    assert site.titles() == {"Shown", "Aside"}
    assert site.ids()["Aside"] == before["Aside"]
    write(site, 1, "Aside", topics=["Boats"], provider="Herald", exclude_from_all=True)
    site.render()
    assert site.titles() == {"Shown"}


def test_entries_carry_their_summary_alone_if_asked_for(site: Site) -> None:
    picture = [{"url": "https://news.example/boat.jpg"}]
    write(site, 0, "Linked", excerpt="In <short> & so.", images=picture, tags=["Sailing"])
    site.write("1.md", item("Own page", None, body="A text.\n\nWith **more** to it."))
    write(site, 2, "Bare")
    site.write("2.md", item("Bare", "https://news.example/2", body=""))
    site.render()
    full, ids = site.documents(), site.ids()
    site.configure(content="summary")
    site.render()
    documents = site.documents()
    assert site.ids() == ids
    atom, rss = site.entries("atom.xml"), site.entries("rss.xml")
    items = {each["title"]: each for each in json.loads(documents["feed.json"])["items"]}
    for title, summary in (("Linked", "In <short> & so."), ("Own page", "A text. With more to it."), ("Bare", "")):
        assert "content" not in atom[title]
        assert atom[title].get("summary", "") == summary
        assert "content" not in rss[title]
        assert "content_html" not in items[title]
        assert items[title]["content_text"] == summary
        assert items[title].get("summary", "") == summary
    seen = read_back("feed.json", documents["feed.json"])
    assert seen is not None
    assert {each.content for each in seen.values()} == {each["content_text"] for each in items.values()}
    assert b"<description>In &amp;lt;short&amp;gt; &amp;amp; so.</description>" in documents["rss.xml"]
    assert b"content:encoded>" not in documents["rss.xml"]
    assert atom["Linked"].media_thumbnail[0]["url"] == "https://news.example/boat.jpg"
    assert [tag.term for tag in atom["Linked"].tags] == ["Sailing"]
    page = documents["entry/own-page/index.html"].decode()
    assert "<p>A text. With more to it.</p>" in page
    assert "<strong>" not in page
    assert_in_step(site)

    site.configure(content="full")
    site.render()
    assert site.documents() == full


def test_an_entry_without_any_page_has_its_summary_for_its_content(site: Site) -> None:
    site.write("1.md", item("Alone", None, body="A text.\n\nWith **more** & more."))
    site.configure(content="summary", pages=False)
    site.render()
    assert site.feed("atom.xml").entries[0].content[0].value == "<p>A text. With more &amp; more.</p>"
    assert_in_step(site)


def test_a_plan_compares_summaries(site: Site) -> None:
    write(site, 0, "Linked", excerpt="Short.")
    site.configure(content="summary")
    site.render()
    assert "changed" not in site.run("plan").out
    write(site, 0, "Linked", excerpt="Another.")
    assert "Linked" in site.run("plan").out


def homes(site: Site, folder: str = "") -> set[str]:
    """The home links of a feed, in all its formats."""
    return {
        site.feed(f"{folder}atom.xml").feed.link,
        site.feed(f"{folder}rss.xml").feed.link,
        json.loads(site.documents()[f"{folder}feed.json"])["home_page_url"],
    }


@pytest.mark.parametrize(
    ("keys", "of_all", "of_topic"),
    [
        ({}, "https://feeds.example/", "https://feeds.example/topics/boats/"),
        ({"pages": False}, "https://feeds.example/", "https://feeds.example/"),
        ({"site": {"url": "https://boats.example"}}, "https://boats.example/", "https://feeds.example/topics/boats/"),
        (
            {"site": {"url": "https://boats.example"}, "pages": False},
            "https://boats.example/",
            "https://boats.example/",
        ),
    ],
)
def test_the_feed_of_all_is_of_the_site_and_other_feeds_of_their_pages(
    site: Site, keys: dict[str, Any], of_all: str, of_topic: str
) -> None:
    fill(site)
    site.configure(base_url="https://feeds.example/", views={"feeds": ["all"], "top": 3}, **keys)
    site.render()
    assert homes(site) == {of_all}
    assert homes(site, "topics/boats/") == {of_topic}
    if "pages" not in keys:
        assert homes(site, "top/") == {"https://feeds.example/top/"}
        canonical = re.compile(r'<link rel="canonical" href="([^"]*)">')
        assert canonical.findall(site.documents()["index.html"].decode()) == ["https://feeds.example/"]
    listed = etree.fromstring(site.documents()["feeds.opml"]).find("body/outline")
    assert listed.get("htmlUrl") == of_all
