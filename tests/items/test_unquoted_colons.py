"""Fields between two lines `---` as Python-Markdown reads them, where the configuration says so."""

from __future__ import annotations

import pytest

from feedd.items.parse import parse
from feedd.items.reading_settings import ReadingSettings


@pytest.mark.parametrize(
    ("front", "fields"),
    [
        ("title: A: b\ntags: [x, y]\nsummary: 'in: quotes'", {"title": "A: b", "summary": "in: quotes"}),
        ('title: [A] it\'s: "b" # c\nslug:one', {"title": '[A] it\'s: "b" # c', "slug": "one"}),
    ],
)
def test_all_after_the_first_colon_of_a_line_may_be_the_text(front: str, fields: dict[str, str]) -> None:
    data = f"---\n{front}\n---\nBody.\n".encode()
    settings = ReadingSettings(unquoted_colons=True)
    found = parse("a.md", data, settings).item
    assert found is not None
    assert (found.title, found.slug, found.summary) == (fields["title"], fields.get("slug"), fields.get("summary", ""))
    assert parse("a.md", data).item is None


@pytest.mark.parametrize(
    "front", ["title: A: b\ntitle: C", "title: A: b\n  more: x", "title: A: b\nno field", "title: A: draft: true"]
)
def test_a_front_matter_whose_lines_are_no_fields_stays_refused(front: str) -> None:
    data = f"---\n{front}\n---\nBody.\n".encode()
    assert parse("a.md", data, ReadingSettings(unquoted_colons=True)).item is None


def test_what_withholds_does_so_between_texts_with_colons() -> None:
    data = b"---\ntitle: A: b\nStatus: draft\n---\nBody.\n"
    found = parse("a.md", data, ReadingSettings(unquoted_colons=True)).item
    assert found is not None
    assert found.hidden_by == "Status: draft"
