"""The site, its names of fields and its folders, in the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedd.config.config_file import ConfigError
from feedd.config.load import Config, load
from feedd.config.resolve import reading_settings
from feedd.items.reading_settings import FolderDefaults
from feedd.model import Person


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feedd.yaml"


def configured(path: Path, text: str) -> Config:
    path.write_text(text)
    return load(path)


def mistake(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(ConfigError) as refusal:
        load(path)
    (problem,) = refusal.value.problems
    return str(problem).removeprefix(f"{path}:")


def test_authors_are_names_or_mappings(path: Path) -> None:
    config = configured(
        path,
        "site:\n  authors:\n    ada: {name: Ada L., url: https://ada.example/, image_url: /a.jpg}\n"
        "    bob: Bob B.\n    kim: {url: https://kim.example/}\n",
    )
    assert config.site.authors == {
        "ada": Person("Ada L.", "https://ada.example/", "/a.jpg"),
        "bob": Person("Bob B."),
        "kim": Person("kim", "https://kim.example/"),
    }


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("/{yaer}/{slug}/", "{yaer} is no placeholder; did you mean {year}?"),
        ("/{zebra}/", "{zebra} is no placeholder; known: year, "),
        ("/{slug:03}/", "{slug:03} is no placeholder; after a colon: "),
        ("/{number:x}/", "{number:x} is no placeholder"),
        ("/{slug/", "a brace has no other one"),
        ("/about/", "every item would have the same link"),
        ("javascript:{slug}", "expected an address such as /{year}/{slug}/"),
    ],
)
def test_a_template_that_cannot_be_a_link_is_a_mistake(path: Path, link: str, words: str) -> None:
    said = mistake(path, f"site:\n  url: https://site.example/\n  link: {link!r}\n")
    assert said.startswith("3: site.link: ")
    assert words in said


def test_a_template_below_the_site_needs_the_address_of_the_site(path: Path) -> None:
    words = "it begins on the site, and `site.url` does not say where that is"
    assert mistake(path, "site: {link: '/{slug}/'}\n") == f"1: site.link: {words}"
    assert mistake(path, "folders:\n  posts: {link: '/{slug}/'}\n") == f"2: folders.posts.link: {words}"
    assert configured(path, "site: {link: 'https://site.example/{slug}'}\n").site.link == (
        "https://site.example/{slug}",
    )


def test_fields_are_named_by_their_meaning(path: Path) -> None:
    config = configured(
        path, "fields: {title: headline, publishedDateTime: released, excerpt: deck, topics: subjects}\n"
    )
    assert reading_settings(config).fields == {
        "title": "headline",
        "date": "released",
        "summary": "deck",
        "topics": "subjects",
    }


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("{published: live}", "what withholds an item cannot have another name"),
        ("{draft: wip}", "what withholds an item cannot have another name"),
        ("{heat: warmth}", "what withholds an item cannot have another name"),
        ("{titel: x}", "unknown field; did you mean `title`?"),
        ("{title: secured}", "expected the name of a field"),
        ("{title: [a]}", "expected the name of a field, got a list"),
        ("[a]", "expected names of fields"),
    ],
)
def test_a_name_of_a_field_that_cannot_be_given_is_a_mistake(path: Path, fields: str, words: str) -> None:
    assert words in mistake(path, f"fields: {fields}\n")


def test_folders_hold_defaults_the_deepest_first(path: Path) -> None:
    config = configured(
        path,
        "site: {url: https://site.example/}\nfolders:\n  posts/: {published: no, authors: ada}\n  '': {language: en}\n"
        "  ./posts/de: {language: de-AT, link: '/{slug}', content: summary, exclude_from_all: yes, topics: [a]}\n",
    )
    given = {"locale": "de-AT", "links": ("/{slug}",), "content": "summary", "exclude_from_all": True}
    assert config.folders == (
        FolderDefaults("posts/de/", given | {"topics": ("a",)}),
        FolderDefaults("posts/", {"published": False, "authors": ("ada",)}),
        FolderDefaults("", {"locale": "en"}),
    )


@pytest.mark.parametrize(
    ("folders", "words"),
    [
        ("{/posts: {language: de}}", "expected a folder below the items' directory"),
        ("{../posts: {language: de}}", "expected a folder below the items' directory"),
        ("{posts: de}", "expected a mapping (published, language"),
        ("{posts: {langauge: de}}", "folders.posts.langauge: unknown key; did you mean `language`?"),
        ("{posts: {published: perhaps}}", "folders.posts.published: expected true or false"),
        ("[a]", "expected a mapping of folders"),
    ],
)
def test_a_folder_that_says_nothing_that_can_be_is_a_mistake(path: Path, folders: str, words: str) -> None:
    assert words in mistake(path, f"folders: {folders}\n")
