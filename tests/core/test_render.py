"""Rendering: the entries of a document can be taken out of it and put in again, whatever they say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.core.render import FORMATS, render, split
from feedd.model import Author, Category, Entry, Feed, FeedId, Image, RenderedEntry

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALLOWED = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
TEXTS = st.one_of(
    st.text(ALLOWED),
    st.sampled_from(
        [
            '"items": []',
            '"items": [\n {\n }\n ]',
            "  </entry>\n</feed>\n",
            "]]>\n    </item>\n  </channel>",
            "  {\n  },\n  {\n",
            "\n  <entry>\n",
        ]
    ),
)
ENTRIES = st.lists(
    st.builds(
        Entry,
        id=st.integers(0, 10**6).map(lambda number: f"tag:feeds.example,2026:{number}"),
        made_from=st.binary(min_size=12, max_size=12),
        title=TEXTS.filter(str.strip),
        link=st.none() | st.just("https://news.example/a?b=c&d"),
        published=st.just(NOW),
        updated=st.just(NOW),
        authors=st.lists(TEXTS.filter(str.strip), max_size=2).map(tuple),
        author_uri=st.none(),
        summary=TEXTS,
        content=TEXTS,
        categories=st.just((Category("boats", "Boats, sails", None),)) | st.just(()),
        image=st.none() | st.just(Image("https://news.example/a.png", 10, 10, "A title")),
        video=st.none() | st.just("https://www.youtube.com/watch?v=x"),
        duration=st.none() | st.just(90),
        language=st.none() | st.just("de"),
    ),
    max_size=4,
).map(tuple)


def feed(entries: tuple[Entry | RenderedEntry, ...], title: str = "Feed") -> Feed:
    home = "https://feeds.example/"
    return Feed(
        FeedId("all", ""), "tag:feeds.example,2026:all", "", title, "Of all", home, home, NOW, "en",
        Author("Site"), None, None, entries,
    )  # fmt: skip


@given(ENTRIES, TEXTS.filter(str.strip))
def test_entries_taken_from_a_document_make_the_same_document_again(entries: tuple[Entry, ...], title: str) -> None:
    made = render(feed(entries, title), tuple(FORMATS))
    fragments = {name: split(name, document.data) for name, document in zip(FORMATS, made, strict=True)}
    assert {len(each) for each in fragments.values()} == {len(entries)}
    again = tuple(
        RenderedEntry(entry.id, entry.made_from, {name: fragments[name][at] for name in FORMATS})
        for at, entry in enumerate(entries)
    )
    assert render(feed(again, title), tuple(FORMATS)) == made


@pytest.mark.parametrize("name", FORMATS)
def test_a_document_without_entries_has_none_to_take(name: str) -> None:
    (document,) = render(feed(()), (name,))
    assert split(name, document.data) == []
    assert document.made_from == b""


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("data", [b"", b"<feed>", b"{}", b"\x00\xff"])
def test_what_is_no_document_has_no_entries(name: str, data: bytes) -> None:
    assert split(name, data) == []
