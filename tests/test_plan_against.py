"""`feedd plan --against`: what subscribers of another publisher's feed would see if its address led to feedd's feed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Site, item, tree

HOST = "https://town.example"


def rss(*numbers: int, guid: str = "show-{0}", link: str = HOST + "/{0}", title: str = "Item {0}") -> str:
    items = "".join(
        f"<item><title>{title.format(each)}</title><link>{link.format(each)}</link>"
        f'<guid isPermaLink="false">{guid.format(each)}</guid><pubDate>{each:02} May 2020 12:00:00 GMT</pubDate></item>'
        for each in sorted(numbers, reverse=True)
    )
    return f'<rss version="2.0"><channel><title>Old</title><link>{HOST}/</link>{items}</channel></rss>'


def atom(*numbers: int, entry_id: str = "tag:old.example,2019:{0}") -> str:
    entries = "".join(
        f"<entry><title>Item {each}</title><id>{entry_id.format(each)}</id><link href='{HOST}/{each}'/>"
        f"<published>2020-05-{each:02}T12:00:00Z</published><updated>2020-05-{each:02}T12:00:00Z</updated></entry>"
        for each in numbers
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Old</title>{entries}</feed>'


def jsonfeed(*numbers: int) -> str:
    items = [
        {
            "id": str(each),
            "url": f"{HOST}/{each}",
            "title": f"Item {each}",
            "date_published": f"2020-05-{each:02}T12:00:00Z",
        }
        for each in numbers
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Old", "items": items})


def fill(site: Site, *numbers: int, **fields: object) -> None:
    for each in numbers:
        site.write(f"{each}.md", item(f"Item {each}", f"{HOST}/{each}", f"2020-05-{each:02}T12:00:00Z", **fields))


def save(site: Site, document: str) -> Path:
    path = site.root / "old-feed"
    path.write_text(document)
    return path


@pytest.mark.parametrize(("document", "file"), [(rss, "rss.xml"), (atom, "atom.xml"), (jsonfeed, "feed.json")])
def test_a_plan_against_an_old_feed_says_what_comes_again_and_how_to_prevent_it(
    site: Site, document: object, file: str
) -> None:
    """Before the first render, without writing anything."""
    assert callable(document)
    site.configure()
    fill(site, 1, 2, 3)
    save(site, document(1, 2))
    before = tree(site.root)
    plan = site.run("plan", "--against", "old-feed")
    assert plan.status == 1
    lines = plan.out.splitlines()
    assert sum(line.startswith("  again      Item ") for line in lines) == 2
    advice = "`ids: {keep_from: old-feed}` in the configuration, before the first render, keeps the old id"
    assert f"  2 entries: {advice}" in lines
    assert lines[-2:] == [
        f"{file} instead of old-feed (2 entries): 0 known, 1 new, 0 changed, 0 not in it",
        "shown again (entries that subscribers would see once more as new): 2",
    ]
    assert tree(site.root) == before
    site.configure(ids={"keep_from": "old-feed"})
    plan = site.run("plan", "--against", "old-feed")
    assert (plan.status, plan.out.splitlines()) == (
        0,
        [
            "  new        Item 3",
            f"{file} instead of old-feed (2 entries): 2 known, 1 new, 0 changed, 0 not in it",
            "shown again (entries that subscribers would see once more as new): 0",
        ],
    )
    site.render()
    assert site.run("plan", "--against", "old-feed").out == plan.out


def test_entries_that_were_published_before_cannot_get_their_old_ids(site: Site) -> None:
    site.configure()
    fill(site, 1)
    site.render()
    save(site, rss(1, 2))
    site.configure(ids={"keep_from": "old-feed"})
    fill(site, 2)
    found = json.loads(site.run("plan", "--against", "old-feed", "--format", "json").out)
    assert [(each["title"], each["before"]) for each in found["again"]] == [("Item 1", "show-1")]
    assert found["again"][0]["advice"].startswith("published here under its id of today, which stays")
    assert "`feedd render --start-over --nobody-subscribed` changes it" in found["again"][0]["advice"]
    site.run("render", "--start-over", "--nobody-subscribed")
    assert json.loads(site.run("plan", "--against", "old-feed", "--format", "json").out)["again"] == []
    assert found["kept"] == 1


def test_an_atom_id_that_is_no_uri_comes_again_in_atom_alone(site: Site) -> None:
    fill(site, 1)
    save(site, atom(1, entry_id="/2020/{0}"))
    site.configure(ids={"keep_from": "old-feed"})
    plan = site.run("plan", "--against", "old-feed")
    assert plan.status == 1
    assert "1 entry: the old id is no URI, as Atom demands: readers of Atom cannot be spared this" in plan.out
    site.configure(ids={"keep_from": "old-feed"}, formats=["json"])
    assert site.run("plan", "--against", "old-feed").status == 0


def test_an_entry_with_another_link_is_found_by_its_title_and_asks_for_a_guid(site: Site) -> None:
    site.configure()
    fill(site, 1)
    save(site, rss(1, link="https://elsewhere.example/{0}"))
    plan = site.run("plan", "--against", "old-feed")
    assert plan.status == 1
    assert "1 entry: it has another link; give the item the `guid` of the old feed" in plan.out
    fill(site, 1, guid="show-1")
    plan = site.run("plan", "--against", "old-feed")
    assert plan.status == 0
    assert "  changed    Item 1: link, was https://elsewhere.example/1" in plan.out
    fill(site, 1, guid="show-2")
    save(site, rss(1))
    site.configure(ids={"keep_from": "old-feed"})
    assert "it has another id by its `guid`, or by `ids.keep_from`" in site.run("plan", "--against", "old-feed").out


def test_titles_that_two_entries_have_match_nothing(site: Site) -> None:
    site.configure()
    fill(site, 1)
    save(site, rss(1, 2, link="https://elsewhere.example/{0}", title="Item 1"))
    plan = site.run("plan", "--against", "old-feed")
    assert plan.status == 0
    assert "0 known, 1 new, 0 changed, 2 not in it" in plan.out


def test_a_plan_against_an_old_feed_names_changes_and_what_leaves_with_the_reason(site: Site) -> None:
    save(site, rss(1, 2, 3, 4, 5))
    site.configure(ids={"keep_from": "old-feed"}, limit=2)
    fill(site, 1, 5)
    fill(site, 2, published=False)
    site.write("3.md", item("Other", f"{HOST}/3", "2020-05-09T12:00:00Z"))
    plan = site.run("plan", "--against", "old-feed")
    assert plan.status == 0
    assert plan.out.splitlines()[:-2] == [
        '  changed    Other: title, was "Item 3", date 2020-05-09 12:00, was 2020-05-03 12:00 UTC',
        "  leaves     Item 4: no item has its link",
        "  leaves     Item 2: the file says `published: false`",
        "  leaves     Item 1: not among the newest 2 entries, which `limit` allows",
    ]


def test_an_old_entry_whose_item_is_not_in_the_window_is_known_by_another_link_its_title_or_its_id(site: Site) -> None:
    save(site, rss(1, 2, 3, 4, 5))
    site.configure(limit=2)
    fill(site, 6, 7)
    site.write("1.md", item("Item 1", f"{HOST}/moved/1", "2020-05-01T12:00:00Z"))
    site.write("2.md", item("Renamed", f"{HOST}/moved/2", "2020-05-02T12:00:00Z", guid="show-2"))
    site.write("3.md", item("Item 3", f"{HOST}/3", "2020-05-03T12:00:00Z", exclude_from_all=True))
    for name in ("4.md", "another-4.md"):
        site.write(name, item("Item 4", f"{HOST}/{name}", "2020-05-04T12:00:00Z"))
    limit = "not among the newest 2 entries, which `limit` allows"
    assert [
        line.strip() for line in site.run("plan", "--against", "old-feed").out.splitlines() if "leaves" in line
    ] == [
        "leaves     Item 5: no item has its link",
        "leaves     Item 4: no item has its link",
        "leaves     Item 3: the file says `exclude_from_all: true`",
        f"leaves     Item 2: no item has its link; it is probably that of 2.md: {limit}",
        f"leaves     Item 1: no item has its link; it is probably that of 1.md: {limit}",
    ]


def test_old_entries_that_the_old_feed_did_not_show_are_told_from_new_ones(site: Site) -> None:
    save(site, rss(8, 9))
    site.configure(ids={"keep_from": "old-feed"})
    fill(site, *range(1, 11))
    plan = site.run("plan", "--against", "old-feed")
    assert plan.out.count("  older      Item") == 7
    assert "  new        Item 10" in plan.out
    assert "7 entries of before the old feed's newest would come as new: `limit: 2` leaves old ones out" in plan.out
    site.configure(ids={"keep_from": "old-feed"}, limit=2)
    assert "older" not in site.run("plan", "--against", "old-feed").out


def test_long_lists_are_cut_and_json_has_them_all(site: Site) -> None:
    save(site, rss(1))
    site.configure()
    fill(site, *range(2, 31))
    plan = site.run("plan", "--against", "old-feed")
    assert "  new        and 9 more; --format json names them" in plan.out
    assert len(json.loads(site.run("plan", "--against", "old-feed", "--format", "json").out)["new"]) == 29


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "old-feed cannot be read: No such file or directory"),
        ("<rss>\n<channel></rss>", "old-feed:2 is no feed: it is not well-formed"),
        ("<html/>", "old-feed is no feed: it is no feed in Atom"),
    ],
)
def test_what_is_no_old_feed_is_a_mistake_in_the_command_line(site: Site, document: str | None, words: str) -> None:
    fill(site, 1)
    if document is not None:
        save(site, document)
    plan = site.run("plan", "--against", "old-feed")
    assert plan.status == 2
    assert plan.err.startswith(f"feedd: {words}")


def test_a_plan_without_items_is_refused(site: Site) -> None:
    save(site, rss(1))
    assert site.run("plan", "--against", "old-feed").status == 3


def test_entries_without_id_and_link_are_counted(site: Site) -> None:
    fill(site, 1)
    save(site, "<rss><channel><item><title>x</title></item></channel></rss>")
    plan = site.run("plan", "--against", "old-feed")
    assert "1 entry of the old feed without id and link: no reader knows it" in plan.out
    assert "rss.xml instead of old-feed (1 entry): 0 known, 1 new" in plan.out
