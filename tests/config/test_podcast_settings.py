"""Podcasts in the configuration: what a feed says of itself, as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedd.config.config_file import ConfigError
from feedd.config.load import load
from feedd.config.podcasts.podcast_categories import CATEGORIES
from feedd.config.resolve import reading_settings, site_info
from feedd.model import Podcast, PodcastCategory

GUID = "917393e3-1b1e-5cef-ace4-edaa54e1f810"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    path = Path("feedd.yaml")
    path.write_text(text)
    return path


def podcast(text: str) -> Podcast | None:
    return load(written(f"podcast: {text}\n")).podcast


def mistake(text: str) -> str:
    with pytest.raises(ConfigError) as refusal:
        podcast(text)
    (problem,) = refusal.value.problems
    return str(problem).partition(": ")[2]


def test_a_site_without_the_section_has_no_podcast() -> None:
    assert load(written("title: Site\n")).podcast is None
    assert podcast("{}") == Podcast()


def test_all_keys_are_read() -> None:
    assert podcast(
        "{category: [Science > Physics, Technology], owner: {name: Ada, email: ada@example.org}, explicit: yes,"
        f" cover: https://a.example/c.jpg, type: serial, locked: yes, guid: {GUID.upper()}}}"
    ) == Podcast(
        (PodcastCategory("Science", "Physics"), PodcastCategory("Technology")),
        "Ada",
        "ada@example.org",
        True,
        "https://a.example/c.jpg",
        "serial",
        True,
        GUID,
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Technology", PodcastCategory("Technology")),
        ("tv & film", PodcastCategory("TV & Film")),
        ("physics", PodcastCategory("Science", "Physics")),
        ("'science >  PHYSICS'", PodcastCategory("Science", "Physics")),
        ("Society & Culture>Places & Travel", PodcastCategory("Society & Culture", "Places & Travel")),
    ],
)
def test_a_category_is_named_alone_or_with_the_one_around_it(text: str, found: PodcastCategory) -> None:
    assert podcast(f"{{category: {text}}}") == Podcast((found,))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Tecnology", "; did you mean Technology?"),
        ("Health", "; did you mean Health & Fitness?"),
        ("Health and Fitness", "; did you mean Health & Fitness?"),
        ("Arts > Physics", "; did you mean Science > Physics?"),
        ("Science > Technology", "; did you mean Technology?"),
        ("Science > Fysics", "; did you mean Science > Physics?"),
        ("Science > Physics > Quarks", "; did you mean Science > Physics?"),
        ("Podcasting", ""),
        ("''", ""),
        ("'>'", ""),
        ("{Science: Physics}", ""),
    ],
)
def test_a_category_that_directories_do_not_have_is_a_mistake(text: str, meant: str) -> None:
    said = mistake(f"{{category: [{text}]}}")
    assert "podcast.category" in said
    assert "expected a category of Apple Podcasts, such as Technology or Science > Physics, got" in said
    assert said.endswith(meant) if meant else "did you mean" not in said


def test_each_narrower_category_has_a_name_of_its_own() -> None:
    names = [name.casefold() for name in (*CATEGORIES, *(part for parts in CATEGORIES.values() for part in parts))]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "explicit"),
    [
        *((word, True) for word in ("true", "yes", "explicit", "Explicit", "on", "'1'")),
        *((word, False) for word in ("false", "no", "clean", "CLEAN", "off")),
    ],
)
def test_explicit_is_read_as_people_and_earlier_feeds_write_it(text: str, explicit: bool) -> None:
    assert podcast(f"{{explicit: {text}}}") == Podcast(explicit=explicit)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{explicit: maybe}", "podcast.explicit: expected true or false"),
        ("{owner: {email: ada}}", "podcast.owner.email: expected an e-mail address"),
        ("{owner: ada@example.org}", "podcast.owner: expected a mapping (name, email)"),
        ("{type: weekly}", "podcast.type: expected one of episodic, serial"),
        ("{cover: 'ftp://a.example/c.jpg'}", "podcast.cover: expected an http or https URL"),
        ("{guid: show-12}", "podcast.guid: expected a UUID such as 917393e3"),
        ("{locked: perhaps}", "podcast.locked: expected true or false"),
        ("{covers: a.jpg}", "podcast.covers: unknown key; did you mean `cover`?"),
        ("yes", "podcast: expected a mapping (category, owner, explicit, cover, type, locked, guid)"),
    ],
)
def test_a_mistake_is_said_with_its_place(text: str, words: str) -> None:
    assert mistake(text).startswith(words)


@pytest.mark.parametrize(
    ("site", "cover"),
    [("", "https://feeds.example/art/c.jpg"), ("site: {url: https://a.example/blog}\n", "https://a.example/art/c.jpg")],
)
def test_the_path_of_a_cover_belongs_to_the_site_or_else_to_the_feeds(site: str, cover: str) -> None:
    text = f"base_url: https://feeds.example/\n{site}podcast: {{cover: /art/c.jpg}}\n"
    text += "feeds: {show: {topics: [Boats], podcast: {cover: /art/c.jpg, explicit: no}}}\n"
    info = site_info(load(written(text)))
    assert info.podcast == Podcast(cover=cover)
    assert info.saved["show"].podcast == Podcast(cover=cover, explicit=False)


def test_a_podcast_alone_asks_nothing_of_an_item() -> None:
    with pytest.raises(ConfigError, match="does not say which items it takes"):
        load(written("feeds: {show: {title: Show, podcast: {explicit: no}}}\n"))


FOLDERS = """
folders:
  shows: {podcast: {explicit: yes, type: serial, cover: /shows.jpg}}
  shows/one: {language: de, podcast: {explicit: no}}
"""


@pytest.mark.parametrize(
    ("chosen", "own", "found"),
    [
        ("shows/one", "{}", Podcast(explicit=False)),
        ("shows/one/deeper", "{}", Podcast(explicit=False)),
        ("shows/one", "{explicit: yes}", Podcast(explicit=True)),
        ("shows/two", "{}", Podcast(explicit=True, kind="serial", cover="https://feeds.example/shows.jpg")),
        (
            "[shows/one, shows/two]",
            "{}",
            Podcast(explicit=True, kind="serial", cover="https://feeds.example/shows.jpg"),
        ),
        ("[shows/one, notes]", "{}", Podcast()),
    ],
)
def test_a_folder_says_what_the_feeds_are_that_choose_it(chosen: str, own: str, found: Podcast) -> None:
    text = f"base_url: https://feeds.example/{FOLDERS}feeds:\n  other: {{folders: shows/one}}\n"
    config = load(written(f"{text}  show: {{folders: {chosen}, podcast: {own}}}\n"))
    assert site_info(config).saved["show"].podcast == found
    (folder,) = reading_settings(config).folders  # files are read by nothing of podcasts
    assert (folder.path, folder.values, folder.podcast) == ("shows/one/", {"locale": "de"}, None)


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        (
            "shows",
            (
                "folders.shows.podcast: no feed chooses this folder; say one below `feeds`, such as "
                "`show: {folders: [shows]}`"
            ),
        ),
        ('""', "folders..podcast: holds for all files; say `podcast` at the top of the configuration"),
    ],
)
def test_the_podcast_of_a_folder_without_feed_is_a_mistake(folder: str, words: str) -> None:
    text = f"folders: {{{folder}: {{podcast: {{explicit: no}}}}}}\nfeeds: {{notes: {{folders: [notes, shows/one]}}}}\n"
    with pytest.raises(ConfigError) as refusal:
        load(written(text))
    (problem,) = refusal.value.problems
    assert str(problem).endswith(words)
