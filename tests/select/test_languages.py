"""Languages of feeds: the part of a language tag by which readers choose."""

from __future__ import annotations

import pytest

from feedd.select.languages import main_language


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("zh-hant-TW", "zh-Hant"),
        ("zh-cmn-Hans-CN", "zh-Hans"),
        ("de-1901", "de"),
        ("en-u-latn", "en"),
        ("gsw-CH", "gsw"),
        ("x-Elvish", "x-elvish"),
        ("i-klingon", "i-klingon"),
    ],
)
def test_a_language_is_its_code_and_script(tag: str, language: str) -> None:
    assert main_language(tag) == language
    assert main_language(language) == language
