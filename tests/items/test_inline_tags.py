"""Tags in the text of a note: those in comments are nobody's to see."""

from __future__ import annotations

import pytest

from feedd.items.foreign.inline_tags import inline_tags


@pytest.mark.parametrize(
    "comment",
    [
        "%%\n#secret\n%%",
        "%% so\n\n#secret %%",
        "a %% #secret %% b",
        "<!-- #secret -->",
        "<!--\n\n#secret\n\n-->",
        "{>> #secret <<}",
        "{/*\n#secret\n*/}",
        "```\n%%\n```\n\n%%\n#secret\n%%",
        "%%\n#secret",
        "<!--\n#secret",
        "a %%b\n\n#secret c%%",
        "a %%\nb\n\n#secret\n%% d",
        "write %%i\n\n%% #secret %%",
    ],
)
def test_a_tag_in_a_comment_is_no_tag(comment: str) -> None:
    assert inline_tags(f"#boat and [[page]]\n\n{comment}\n") == ("boat",)
    assert inline_tags(f"#boat\n\n{comment}\n") == ("boat",)


@pytest.mark.parametrize("written", ["`%%` #boat `%%`", "50%% #boat\n\n7%%", "\\%% #boat %%", "`<!--` #boat `-->`"])
def test_marks_that_begin_no_comment_hide_no_tag(written: str) -> None:
    assert inline_tags(f"[[page]] {written}") == ("boat",)


def test_a_comment_may_name_a_tag_that_withholds_the_note() -> None:
    body = "#boat [[page]]\n\n%% #Draft #secret %%\n"
    assert inline_tags(body, ("draft",)) == ("boat", "Draft")
    assert inline_tags(body, ("#draft",)) == ("boat", "Draft")
    assert inline_tags(body) == ("boat",)
