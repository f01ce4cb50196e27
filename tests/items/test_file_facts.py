"""Facts in the path of a file: its name, its language, and its folders."""

from __future__ import annotations

import pytest

from feedd.items.foreign.file_facts import file_facts, may_name_language


@pytest.mark.parametrize(
    ("path", "name", "shown", "folder", "category_folder"),
    [
        ("a.md", "a", "a", "", ""),
        ("news/2024-01-02-a b.md", "2024-01-02-a b", "news/2024-01-02-a b", "news", "news"),
        ("news/tech/_posts/a.md", "a", "news/tech/a", "news/tech", "news/tech"),
        ("news/_posts/old/a.md", "a", "news/old/a", "news/old", "news"),
        ("_posts/news/a.md", "a", "news/a", "news", ""),
        ("news/_posts/index.md", "news", "news", "", ""),
        ("news/_posts/old/index.md", "old", "news/old", "news", "news"),
        ("_posts/index.md", "index", "", "", ""),
        ("index.md", "index", "", "", ""),
        ("news/a/index.de.md", "a", "news/a", "news", "news"),
    ],
)
def test_folders_are_shown_but_those_with_a_low_line(
    path: str, name: str, shown: str, folder: str, category_folder: str
) -> None:
    facts = file_facts(path)
    assert (facts.name, facts.path, facts.folder, facts.category_folder) == (name, shown, folder, category_folder)


@pytest.mark.parametrize(
    ("path", "language", "in_name"),
    [
        ("a.md", None, False),
        ("a.de.md", "de", True),
        ("de/a.md", "de", False),
        ("de/a.pt-br.md", "pt-BR", True),
        ("i18n/fr/a.md", "fr", False),
        ("io/a.md", None, False),
        ("news/de/a.md", None, False),
        ("v1.2/a.md", None, False),
        ("a.b.de.md", None, False),
    ],
)
def test_a_language_is_read_from_the_name_or_from_the_first_folder(
    path: str, language: str | None, in_name: bool
) -> None:
    facts = file_facts(path)
    assert (facts.language, facts.language_in_name) == (language, in_name)
    assert may_name_language(path) or language is None


def test_a_date_is_no_part_of_a_slug_wherever_it_stands() -> None:
    slugs = {name: file_facts(f"{name}.md").slug for name in ("2024-01-02-a", "post-2024-01-02-a", "x20240102_a", "a")}
    assert slugs == {"2024-01-02-a": "a", "post-2024-01-02-a": "post-a", "x20240102_a": "xa", "a": "a"}
    assert (file_facts("ep-2024-01-02-7.md").number, file_facts("2024-01-02.md").number) == (7, 2024)


def test_most_paths_are_quickly_known_to_name_no_language() -> None:
    assert not may_name_language("news/2024-01-02-a.md")
