"""Titles: what a text without a title in its front matter is called."""

from __future__ import annotations

import pytest

from feedd.items.foreign.titles import first_heading, plain_heading, title_of_name


@pytest.mark.parametrize(
    ("body", "title", "rest"),
    [
        ("# Slow tools\n\nText.", "Slow tools", "Text."),
        ("\n\n#   Slow tools  ##\nText.", "Slow tools", "Text."),
        ("Slow tools\n===\nText.", "Slow tools", "Text."),
        ("# A *fine* `day` of [boats](b.md) {#fine}\n", "A fine day of boats", ""),
        ("import X from './x'\n\n# Box\n\nText.", "Box", "import X from './x'\n\nText."),
        ("<!-- one\ntwo -->\n# Box\nText.", "Box", "<!-- one\ntwo -->\n\nText."),
        ("![build](b.svg)\n\n# Box\nText.", "Box", "![build](b.svg)\n\nText."),
        ("# C#\nText.", "C#", "Text."),
        ("# 5\\* hotels", "5* hotels", ""),
    ],
)
def test_a_text_begins_with_its_title(body: str, title: str, rest: str) -> None:
    assert first_heading(body) == (title, rest)


@pytest.mark.parametrize(
    "body",
    ["", "Text.\n\n# Later", "## Second\n\n# First", "```\n# comment\n```", "    # code", "#tag\ntext", "#\n\nx"],
)
def test_other_texts_have_no_title_of_their_own(body: str) -> None:
    assert first_heading(body) is None


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("slow-tools.md", "Slow tools"),
        ("notes/Slow tools.md", "Slow tools"),
        ("2024-05-01-first_light.markdown", "First light"),
        ("20240501-first-light.md", "First light"),
        ("2024-05-01.md", "2024-05-01"),
        ("trip/index.md", "Trip"),
        ("2024-05-01-trip/index.md", "Trip"),
        ("widget/README.md", "Widget"),
        ("index.md", "Index"),
        ("A - B.md", "A - B"),
        ("---.md", "---"),
    ],
)
def test_a_name_is_read_as_a_title(path: str, title: str) -> None:
    assert title_of_name(path) == title


def test_the_words_of_a_heading_stand_without_their_marks() -> None:
    assert plain_heading("**Bold** and __bold__, snake_case_name, [[page|words]] ![x](y.png)") == (
        "Bold and bold, snake_case_name, words x"
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Escaping `&amp;` in `CafÃ©`", "Escaping &amp; in CafÃ©"),
        ("`<b>` and `</b>`, `<em>x</em>`", "<b> and </b>, <em>x</em>"),
        ("A <!-- ask Ada --> day %%ask Bob%% out", "A day out"),
        ("`<!-- x -->` and `%%y%%`", "<!-- x --> and %%y%%"),
    ],
)
def test_a_heading_shows_code_as_it_is_and_no_comment(written: str, title: str) -> None:
    assert plain_heading(written) == title
