"""Topics: names and aliases that mean one topic, and keywords found in texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.model import FeedId, Item
from feedd.select.membership import feeds_of
from feedd.select.saved_feeds import SavedFeed
from feedd.select.settings import SelectionSettings
from feedd.select.topics import Topic, Topics, name_key

TOPICS = Topics(
    (
        Topic(
            "AI",
            title="Artificial intelligence",
            aliases=("Artificial Intelligence", "KI"),
            keywords=("AI", "deep learning"),
        ),
        Topic("C++", keywords=("C++",)),
        Topic("C", keywords=("ISO C",)),
        Topic(".NET", keywords=(".NET",)),
        Topic("\u00c6r\u00f8", keywords=("\u00c6r\u00f8",)),
        Topic("\u4eba\u5de5\u667a\u80fd", keywords=("\u4eba\u5de5",)),
        Topic("Silent"),
    )
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AI", "ai"),
        ("Machine Learning", " machine \t learning "),
        ("Stra\u00dfe", "STRASSE"),
        ("Caf\u00e9", "Cafe\u0301"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_names_that_differ_have_keys_that_differ() -> None:
    names = ("C", "C++", "C#", "F#", "etc", "../../etc", "Cafe", "Caf\u00e9", "\u4eba\u5de5")
    assert len({name_key(name) for name in names}) == len(names)


@given(st.text(st.characters(exclude_categories=())))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_key(name: str) -> None:
    assert name_key(f" {name} ") == name_key(name)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("AI", "AI"),
        ("ai", "AI"),
        ("artificial  intelligence", "AI"),
        ("KI", "AI"),
        ("c++", "C++"),
        ("c", "C"),
        ("Unknown", "Unknown"),
        ("unknown  name", "unknown  name"),
    ],
)
def test_a_topic_goes_by_its_own_name_whichever_of_its_names_is_used(name: str, label: str) -> None:
    assert TOPICS.label(name) == label
    found = TOPICS.get(name)
    assert found is None or found.name == label


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", ()),
        ("Of AI.", ("AI",)),
        ("(ai)", ("AI",)),
        ("AI-made", ("AI",)),
        ("Deep Learning", ("AI",)),
        ("deep\nlearning", ()),
        ("Deep learnings", ()),
        ("Said, maintained, SAID, aid, AI2, AI_", ()),
        ("C++ or C", ("C++",)),
        ("C++17", ()),
        ("ISO C++", ("C++", "C")),
        ("The .NET runtime", (".NET",)),
        ("ASP.NET", ()),
        ("\u00e6r\u00f8", ("\u00c6r\u00f8",)),
        ("\u00c6r\u00f8sk\u00f8bing", ()),
        (".NET and deep learning in C++", ("AI", "C++", ".NET")),
        ("silent", ()),
    ],
)
def test_a_keyword_counts_as_a_whole_word_however_it_is_capitalised(words: str, names: tuple[str, ...]) -> None:
    assert TOPICS.by_keyword(words) == names


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u3000", "\u202f", "\n"])
def test_keywords_and_words_are_found_across_every_kind_of_blank(blank: str) -> None:
    shown = Item(f"On deep{blank}learning")
    assert FeedId("topic", "ai") in [each.feed for each in feeds_of(shown, SelectionSettings(topics=TOPICS))]
    compiled = SavedFeed("mine", "Mine", match=("deep learning",)).compiled(TOPICS, "en")
    assert compiled.matches(shown, ())


def test_without_topics_nothing_is_known_and_every_name_is_its_own() -> None:
    assert Topics().get("AI") is None
    assert Topics().label("AI") == "AI"
    assert Topics().by_keyword("AI") == ()


def test_each_set_of_topics_answers_for_itself() -> None:
    one, other = Topics((Topic("AI", aliases=("x",)),)), Topics((Topic("Health", aliases=("x",)),))
    assert [topics.label("x") for topics in (one, other, one, other)] == ["AI", "Health", "AI", "Health"]


def test_of_two_topics_with_one_name_the_first_has_it() -> None:
    assert Topics((Topic("AI", title="first"), Topic("ai", title="second"))).get("Ai") == Topic("AI", title="first")
