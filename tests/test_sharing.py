"""Files that become one entry, and files whose names look the same: what represents an entry, and what is said."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from contextlib import closing

import pytest
from support import Site, item, take_back, tree

LINK = "https://news.example/a"
NFC, NFD = (unicodedata.normalize(form, "Café.md") for form in ("NFC", "NFD"))
ALIKE = "another file has the same name in another Unicode form; rename or delete one of the two"


def text_shown(site: Site) -> str:
    (entry,) = json.loads((site.feeds / "feed.json").read_bytes())["items"]
    return str(entry["content_html"])


def full(site: Site) -> dict[str, bytes]:
    """What a render with the same ledger leaves in an empty folder."""
    site.render("--feeds", "full")
    return tree(site.root / "full")


@pytest.mark.parametrize("copy", ["a copy.md", "minutes (Ada's copy).md", "m.md", "minutes-2.md", "old/minutes.md"])
def test_a_text_that_was_struck_out_does_not_come_back_with_a_copy(site: Site, copy: str) -> None:
    site.configure()
    site.write("minutes.md", item("Minutes", LINK, body="Carried. Mr X was rude."))
    site.render()
    site.write("minutes.md", item("Minutes", LINK, body="Carried."))
    site.render()
    site.write(copy, item("Minutes", LINK, body="Carried. Mr X was rude."))
    assert [str(each) for each in site.render().notes] == [
        (
            f"seeds/{copy}: has the same link as minutes.md, which represents the entry of both: "
            "nothing in them says which is better (`quality`, `heat`), and it was there first"
        )
    ]
    assert "rude" not in text_shown(site)
    site.write("minutes.md", item("Minutes", LINK, body="Carr."))
    site.render()
    (site.seeds / "minutes.md").rename(site.seeds / "a-longer-name-for-minutes.md")
    site.render()
    assert "Carr." in text_shown(site)
    assert full(site) == site.documents()


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"quality": 40}, {"quality": 20}, "its quality is 40, that of this file 20"),
        ({"quality": 40}, {}, "its quality is 40, that of this file unknown"),
        ({"quality": 1, "heat": 5}, {"quality": 1, "heat": 4.5}, "its heat is 5, that of this file 4.5"),
        ({"heat": 0}, {}, "its heat is 0, that of this file unknown"),
        ({}, {"published": False, "quality": 9}, "this file is not to be shown"),
        ({}, {"publishedDateTime": "2999-01-01"}, "this file is not to be shown"),
        ({}, {"heat": -1}, "this file is not to be shown"),
    ],
)
def test_render_check_and_why_say_which_file_represents_an_entry_and_why(
    site: Site, one: dict[str, object], other: dict[str, object], why: str
) -> None:
    site.write("one.md", item("One", LINK, **one))
    site.write("a.md", item("Other", LINK + "?utm_source=x", **{"date": None, **other}))
    note = f"seeds/a.md: has the same link as one.md, which represents the entry of both: {why}"
    checked = site.run("check")
    assert checked.status == 0
    assert checked.out.startswith(f"note  {note}\n2 files checked, 0 problems\n")
    report = site.render()
    assert [str(each) for each in report.notes] == [note]
    assert site.titles() == {"One"}
    assert note in site.run("why", "seeds/a.md").out
    assert note not in site.run("why", "seeds/one.md").out
    site.settle()
    site.render()
    assert site.render().notes == report.notes  # also when nothing is read
    (site.seeds / "one.md").unlink()
    assert site.render().notes == ()


def test_of_two_equal_files_that_come_at_once_none_was_there_first(site: Site) -> None:
    site.write("b.md", item("One", LINK))
    site.write("a.md", item("Two", LINK))
    (note,) = site.render().notes
    assert str(note) == (
        "seeds/b.md: has the same link as a.md, which represents the entry of both: nothing in them says which is "
        "better (`quality`, `heat`), and its path is shorter, or first in the alphabet"
    )


def test_check_does_not_know_which_of_two_equal_files_was_first(site: Site) -> None:
    site.write("one.md", item("One", LINK))
    site.write("two.md", item("Two", LINK))
    site.write("three.md", item("Three", LINK + "#c"))
    checked = site.run("check", "--format", "json")
    assert checked.status == 0
    assert [(each["path"], each["reason"], each["kind"]) for each in json.loads(checked.out)] == [
        (
            "seeds/two.md",
            (
                "has the same link as one.md: both are one entry, represented by the one that was first; "
                "nothing in them says which is better (`quality`, `heat`)"
            ),
            "note",
        )
    ]


def test_of_files_that_are_all_withheld_nothing_is_said(site: Site) -> None:
    site.write("one.md", item("One", LINK, published=False))
    site.write("two.md", item("Two", LINK, published=False))
    site.write("three.md", item("Three", LINK + "3"))
    assert site.run("check").out == "3 files checked, 0 problems\n2 items not published now: 2 withheld\n"
    assert site.render().notes == ()


# A name in several Unicode forms


@pytest.mark.parametrize("link", [None, LINK])
@pytest.mark.parametrize(("first", "second"), [(NFD, NFC), (NFC, NFD)])
@pytest.mark.parametrize("folder", ["", unicodedata.normalize("NFD", "Ärzte/")])
def test_a_name_that_comes_back_in_another_form_keeps_its_entry(
    site: Site, link: str | None, first: str, second: str, folder: str
) -> None:
    site.configure()
    site.write(folder + first, item("The café", link, body="Opens at nine."))
    site.render()
    before = site.ids()
    for number in range(3):
        (site.seeds / folder / first).unlink()
        site.write(folder + second, item("The café", link, body=f"Opens at ten {number}."))
        plan = site.run("plan")
        assert (plan.status, "changed    The café" in plan.out) == (0, True)
        site.render()
        assert site.ids() == before
        first, second = second, first
    (site.seeds / folder / first).unlink()
    site.write("b.md", item("B"))
    site.render()
    site.write(folder + second, item("The café", link))
    site.render()
    assert site.ids()["The café"] == before["The café"]
    assert full(site) == site.documents()


def test_two_files_whose_names_differ_in_their_form_alone_are_two_files_and_are_named(site: Site) -> None:
    site.write(NFC, item("One", body="One."))
    site.write(NFD, item("Two", body="Two."))
    report = site.render()
    assert len(set(site.ids().values())) == 2
    assert sorted((each.path, each.reason) for each in report.notes) == [
        (f"seeds/{NFD}", ALIKE),
        (f"seeds/{NFC}", ALIKE),
    ]
    assert site.run("check").out.count(ALIKE) == 2
    before = site.ids()
    site.write(NFC, item("One", body="One, edited."))
    site.render()
    assert site.ids() == before
    (site.seeds / NFD).unlink()
    assert site.render().notes == ()
    assert site.ids() == {"One": before["One"]}


def test_the_id_of_a_name_is_the_same_in_each_of_its_forms(site: Site) -> None:
    site.configure()
    ids = set()
    for name in (NFC, NFD):
        site.write(name, item("The café"))
        site.render("--feeds", f"feeds-{len(name)}", "--state", f"state-{len(name)}")
        ids.add(json.loads((site.root / f"feeds-{len(name)}/feed.json").read_bytes())["items"][0]["id"])
        (site.seeds / name).unlink()
    assert len(ids) == 1


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_why_and_check_take_a_name_in_each_of_its_forms(site: Site, form: str) -> None:
    site.write(f"Ärzte/{NFD}", item("The café"))
    site.render()
    asked = unicodedata.normalize(form, "seeds/Ärzte/Café.md")
    assert "The café" in site.run("why", asked).out
    assert site.run("check", asked).out.startswith("1 file checked, 0 problems\n")


def test_a_name_of_an_older_ledger_is_known_in_each_of_its_forms(site: Site) -> None:
    site.configure()
    site.write(NFD, item("The café"))
    site.render()
    before = site.ids()
    with closing(sqlite3.connect(site.ledger)) as db, db:
        take_back(db, 6)
    (site.seeds / NFD).unlink()
    site.write(NFC, item("The café", body="Edited."))
    site.render()
    assert site.ids() == before


def test_texts_that_a_template_of_links_made_one_entry_have_their_ids_again_when_it_tells_them_apart(
    site: Site,
) -> None:
    def ids(link: str | None) -> dict[str, str]:
        site.configure(**({"site": {"url": "https://site.example/", "link": link}} if link else {}))
        site.render()
        return {each["title"]: each["id"] for each in json.loads((site.feeds / "feed.json").read_bytes())["items"]}

    site.write("p/b.md", "---\ntitle: P\ndate: 2024-01-01\n---\nOne.\n")
    site.write("q/b.md", "---\ntitle: Q\ndate: 2024-01-02\n---\nOther.\n")
    before = ids(None)
    assert before.keys() == {"P", "Q"}
    assert len(ids("/{name}/")) == 1
    assert ids("/{folder}/{name}/") == before
    assert full(site) == site.documents()
    assert ids(None) == before
