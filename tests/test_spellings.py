"""Names that look the same are one feed. A ledger that knows several goes on without showing anything anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from support import Site, item, made_anew

from feedd.render.redirects import read

ZERO_WIDTH = "\u200b"


def known_as(site: Site, kind: str, key: str, older: str) -> None:
    """Has the ledger know a feed, and its views, by a key and label that an older feedd gave it."""
    with closing(sqlite3.connect(site.ledger)) as database, database:
        database.execute(
            "UPDATE feeds SET key = ?, label = ? WHERE (kind = ? OR kind LIKE ? || '/%') AND key = ?",
            (older.casefold(), older, kind, kind, key),
        )


@pytest.mark.parametrize(
    "names",
    [
        ("AI", "AI\u200b", "A\u00adI"),
        ("Machine Learning", "machine\u00a0learning", "Machine\u3000Learning\ufeff"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u200f\u05e9\u05dc\u05d5\u05dd", "\u2067\u05e9\u05dc\u05d5\u05dd\u2069"),
        ("I \u2764 RSS", "I \u2764\ufe0f RSS", "I\u2002\u2764\ufe0e RSS"),
    ],
)  # fmt: skip
def test_names_that_look_the_same_are_one_topic_one_provider_and_one_category(
    site: Site, names: tuple[str, ...]
) -> None:
    for number, name in enumerate(names):
        shown = item(f"Item {number}", f"https://a.example/{number}", topics=[name], provider=name, tags=["x", name])
        site.write(f"{number}.md", shown)
    assert site.render().feeds == 3
    documents = site.documents()
    assert len({path.split("/")[1] for path in documents if path.startswith("topics/")}) == 1
    assert len({path.split("/")[1] for path in documents if path.startswith("providers/")}) == 1
    for entry in site.feed().entries:
        assert len(entry.tags) == 2


def test_feeds_that_an_older_ledger_kept_apart_become_one_and_show_nothing_anew(site: Site) -> None:
    site.configure(views={"top": 9})
    site.write("a.md", item("A", "https://a.example/a", topics=["AI"], provider="AI"))
    site.write("b.md", item("B", "https://a.example/b", "2024-05-02", topics=["Other"], provider="Other"))
    site.render()
    before = site.documents(), site.entries()
    for kind in ("topic", "provider"):
        known_as(site, kind, "other", f"AI{ZERO_WIDTH}")
    site.write("b.md", item("B", "https://a.example/b", "2024-05-02", topics=[f"AI{ZERO_WIDTH}"], provider="A\u00adI"))
    site.render()
    assert read(site.documents()["_redirects"]) == {"topics/other": "topics/ai", "providers/other": "providers/ai"}
    assert not [path for path in site.documents() if "/other/" in path]
    for path in ("topics/ai", "providers/ai"):
        assert site.titles(f"{path}/atom.xml") == {"A"}
        assert site.documents()[f"{path}/atom.xml"] == before[0][f"{path}/atom.xml"]
    for title, entry in site.entries().items():
        then = before[1][title]
        assert (entry.id, entry.published, entry.updated) == (then.id, then.published, then.updated)
    assert "before this feed took over" in site.run("why", "seeds/b.md").out
    site.write("c.md", item("C", "https://a.example/c", "2024-05-03", topics=["A\u2060I"], provider="AI"))
    site.render()
    assert site.titles("topics/ai/atom.xml") == {"A", "C"}
    assert site.render().written == ()
    assert site.documents() == made_anew(site)


def test_archives_of_feeds_that_become_one_have_the_entries_of_both(site: Site) -> None:
    def write(letter: str, topic: str, day: int) -> None:
        for number in range(4):
            title, date = f"{letter}{number}", f"2024-05-{day + number}"
            site.write(f"{title}.md", item(title, f"https://a.example/{title}", date, topics=[topic]))

    site.configure(limit=1, archives={"feeds": ["topics"], "size": 2})
    write("A", "AI", 10)
    write("B", "Other", 20)
    site.render()
    known_as(site, "topic", "other", f"AI{ZERO_WIDTH}")
    write("B", "AI", 20)
    site.render()
    assert not [path for path in site.documents() if path.startswith("topics/other/")]
    chain = [list(site.entries(f"topics/ai/archive/000{number}.atom.xml")) for number in (1, 2, 3, 4)]
    assert chain == [["A1", "A0"], ["B0", "A2"], ["B2", "B1"], ["B3"]]
    assert list(site.entries("topics/ai/atom.xml")) == ["A3"]
    assert site.render().written == ()


def test_what_an_older_feed_had_pushed_out_comes_into_no_feed_that_takes_its_place(site: Site) -> None:
    site.configure(limit=1)
    site.write("a.md", item("A", "https://a.example/a", "2024-05-01", topics=["AI"]))
    site.write("b.md", item("B", "https://a.example/b", "2024-05-02", topics=["Other"]))
    site.write("c.md", item("C", "https://a.example/c", "2024-05-03", topics=["Other"]))
    site.render()
    known_as(site, "topic", "other", f"AI{ZERO_WIDTH}")
    for name, day in (("b", 2), ("c", 3)):
        site.write(
            f"{name}.md", item(name.upper(), f"https://a.example/{name}", f"2024-05-0{day}", topics=["A\u00adI"])
        )
    site.render()
    assert site.titles("topics/ai/atom.xml") == {"A"}


def test_a_feed_that_alone_goes_by_such_a_name_keeps_its_folder_its_id_and_its_entries(site: Site) -> None:
    site.configure(views={"top": 9})
    site.write("a.md", item("A", "https://a.example/a", topics=["AI"], provider="AI"))
    site.render()
    before = site.documents()
    known_as(site, "topic", "ai", f"AI{ZERO_WIDTH}")
    site.write("a.md", item("A", "https://a.example/a", topics=[f"AI{ZERO_WIDTH}"], provider="AI"))
    site.render()
    assert site.documents() == before


def test_of_two_such_feeds_the_one_with_the_shorter_slug_goes_on(site: Site) -> None:
    site.write("a.md", item("A", "https://a.example/a", topics=["AI"]))
    site.write("b.md", item("B", "https://a.example/b", topics=["AI too"]))
    site.render()
    known_as(site, "topic", "ai", f"AI{ZERO_WIDTH}")
    known_as(site, "topic", "ai too", "A\u2060I")
    for name in "ab":
        site.write(f"{name}.md", item(name.upper(), f"https://a.example/{name}", topics=["A\u00adI"]))
    site.render()
    assert read(site.documents()["_redirects"]) == {"topics/ai-too": "topics/ai"}
    assert site.titles("topics/ai/atom.xml") == {"A"}
    assert site.feed("topics/ai/atom.xml").feed.title.startswith("AI - ")
