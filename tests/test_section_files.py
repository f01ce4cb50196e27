"""Files of other generators that speak for their whole folder: `_index.md` of Hugo and Zola."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Site

from feedd.items.withholding.section_marks import SectionMark, section_marks


def titles(site: Site) -> set[str]:
    return {entry.title for entry in site.feed().entries}


def post(title: str) -> str:
    return f"---\ntitle: {title}\ndate: 2024-03-02\n---\nText.\n"


@pytest.fixture
def sections(site: Site) -> Site:
    """A site with a text in the root, in a folder, and in a folder of the folder."""
    site.write("seen.md", post("Seen"))
    site.write("talks/one.md", post("One"))
    site.write("talks/old/index.md", post("Two"))
    return site


WITHHOLDING = {
    "cascade": "---\ncascade: {draft: true}\n---\n",
    "cascade in TOML": "+++\ntitle = 'T'\n[cascade]\ndraft = true\n+++\n",
    "a list": "---\ncascade:\n- {params: {x: 1}}\n- {build: {list: never}}\n---\n",
    "_build": "---\ncascade: {_build: {render: false}}\n---\n",
    "a target of pages": "---\ncascade:\n- {target: {kind: page}, draft: true}\n---\n",
    "_target": "---\ncascade:\n- {_target: {path: '/talks/**'}, draft: true}\n---\n",
    "a target with braces": "---\ncascade:\n- {target: {path: '{/x/**,{,/**}/talks/**}'}, draft: true}\n---\n",
    "several targets": "---\ncascade:\n- {target: [{path: /x}, {path: '/talks/**'}], draft: true}\n---\n",
    "a pattern that cannot be read": "---\ncascade:\n- {target: {path: '{/talks'}, draft: true}\n---\n",
    "a value that is unclear": "---\ncascade: {draft: perhaps}\n---\n",
    "Zola's draft": "+++\nsort_by = 'date'\ndraft = true\n+++\n",
    "a damaged file": "---\ncascade: {draft: true\n---\n",
}
SHOWING = {
    "no cascade": "---\ntitle: Talks\n---\n",
    "another value": "---\ncascade: {draft: false, type: docs}\n---\n",
    "a section alone": "---\nbuild: {render: never}\n---\n",
    "Hugo's draft, which is of the section alone": "---\ndate: 2024-01-01\ndraft: true\n---\n",
    "a target of sections": "---\ncascade: {target: {kind: section}, draft: true}\n---\n",
    "a target elsewhere": "---\ncascade:\n- {_target: {path: '/talks/o'}, draft: true}\n---\n",
    "a target of another environment": "---\ncascade: {target: {environment: staging}, draft: true}\n---\n",
    "a target of another language": "---\ncascade: {target: {lang: de}, draft: true}\n---\n",
    "a damaged file that withholds nothing": "---\ntitle: [\n---\n",
}


@pytest.mark.parametrize("habit", WITHHOLDING)
def test_a_section_withholds_what_lies_below_it(sections: Site, habit: str) -> None:
    sections.write("talks/_index.md", WITHHOLDING[habit])
    sections.render()
    assert titles(sections) == {"Seen"}


@pytest.mark.parametrize("habit", sorted(SHOWING.keys() - {"a target of another language"}))
def test_a_section_may_withhold_nothing(sections: Site, habit: str) -> None:
    sections.write("talks/_index.md", SHOWING[habit])
    sections.render()
    assert titles(sections) == {"Seen", "One", "Two"}


def test_a_section_may_withhold_files_of_a_language(sections: Site) -> None:
    sections.write("talks/a.de.md", post("Eins"))
    sections.write("talks/a.fr.md", post("Un"))
    sections.write("talks/_index.md", SHOWING["a target of another language"])
    sections.render()
    assert titles(sections) == {"Seen", "Un"}  # of files without a language it is not known
    (sections.seeds / "talks/_index.md").unlink()
    sections.write("talks/_index.fr.md", WITHHOLDING["cascade"])
    sections.render()
    assert titles(sections) == {"Seen", "Eins"}


def test_a_target_may_withhold_single_files(sections: Site) -> None:
    sections.write("_index.md", "---\ncascade:\n- {_target: {path: '/talks/old'}, draft: true}\n---\n")
    sections.render()
    assert titles(sections) == {"Seen", "One"}


def test_a_target_names_paths_of_the_site_of_which_the_items_are_a_part(site: Site) -> None:
    site.write("inner/a.md", post("A"))
    site.write("b.md", post("B"))
    root = site.seeds.name
    site.write("_index.md", f"---\ncascade:\n- {{_target: {{path: '/{root}/inner/**'}}, draft: true}}\n---\n")
    site.render()
    assert titles(site) == {"B"}


def test_a_section_that_changes_withdraws_and_brings_back(sections: Site) -> None:
    sections.render()
    before = {entry.title: (entry.id, entry.published) for entry in sections.feed().entries}
    sections.write("talks/_index.md", WITHHOLDING["cascade"])
    sections.render()
    assert titles(sections) == {"Seen"}
    sections.write("talks/_index.md", "---\ntitle: Talks\n---\n")
    sections.render()
    assert {entry.title: (entry.id, entry.published) for entry in sections.feed().entries} == before


def test_pictures_of_a_withheld_folder_are_not_published(sections: Site) -> None:
    sections.write("talks/boat.jpg", "picture")
    sections.write("seen.md", post("Seen") + "\n![](talks/boat.jpg)\n")
    sections.render()
    assert list((sections.root / "feeds").rglob("*.jpg"))
    sections.write("talks/_index.md", WITHHOLDING["cascade"])
    sections.write("seen.md", post("Seen") + "\nMore. ![](talks/boat.jpg)\n")
    sections.render()
    assert not list((sections.root / "feeds").rglob("*.jpg"))


@pytest.mark.parametrize("ignore", [[".*"], [".*", "_*"]])
@pytest.mark.parametrize("suffix", ["md", "de.md", "markdown", "html"])
def test_a_file_that_is_not_included_speaks_for_its_folder(sections: Site, suffix: str, ignore: list[str]) -> None:
    include = ["[a-z]*.md", "talks/[a-z]*.md", "talks/old/"]
    sections.configure(items={"include": include, "ignore": ignore})
    sections.render()
    assert titles(sections) == {"Seen", "One", "Two"}
    sections.write(f"talks/_index.{suffix}", WITHHOLDING["cascade"])
    sections.render()
    assert titles(sections) == {"Seen"}
    sections.write(f"_index.{suffix}", WITHHOLDING["cascade"])
    sections.run("render", "--allow-empty")
    assert titles(sections) == set()


def test_check_and_why_say_which_file_withholds(sections: Site) -> None:
    sections.write("talks/_index.md", WITHHOLDING["cascade"])
    note = "talks/_index.md: it withholds texts below its folder (`cascade: draft: true`)"
    assert note in sections.run("check").out
    result = sections.run("check", "seeds/talks/old/index.md")
    assert "talks/_index.md withholds it (`cascade: draft: true`)" in result.out + result.err


def test_a_glance_heeds_the_files_of_folders(sections: Site) -> None:
    from feedd.store.items import ItemsDirectory

    sections.write("talks/_index.md", WITHHOLDING["cascade"])
    items = ItemsDirectory(sections.seeds, (".md",), (".*", "_*"), 1000)
    paths = ["seen.md", "talks/one.md", "talks/old/index.md", "talks/old", "talks"]
    assert items.glance(paths).there == ("seen.md",)
    sections.write("_index.md", "---\ncascade:\n- {_target: {path: '/seen'}, draft: true}\n---\n")
    assert items.glance(paths).there == ()


def test_a_section_that_cannot_be_read_changes_nothing(sections: Site) -> None:
    sections.render()
    index = Path(sections.seeds / "talks/_index.md")
    index.symlink_to(index)  # a loop: nobody can read it, whoever it is
    sections.write("talks/three.md", post("Three"))
    sections.run("render")
    assert titles(sections) == {"Seen", "One", "Two"}


def test_patterns_take_no_more_time_than_their_length() -> None:
    data = f"---\ncascade:\n- {{target: {{path: '{'**a' * 66}'}}, draft: true}}\n---\n".encode()
    (mark,) = section_marks("_index.md", data)
    assert not mark.withholds("a" * 2000 + "/b.md", ())
    assert isinstance(mark, SectionMark)


@pytest.mark.parametrize(
    "front",
    [
        "secured: x\ndraft: HIDDEN words\n",
        "cascade: {draft: HIDDEN words}\nsec_ured: x\n",
        '"\\x73ecurd": x\ncascade:\n  status: draft HIDDEN\n',
        "\u0455ecurd: x\ndraft: HIDDEN words\n",
        "draft: true\nsecured: *HIDDEN\n",
    ],
)
def test_no_message_about_a_section_that_names_sealed_text_quotes_it(front: str) -> None:
    (mark,) = section_marks("_index.md", f"---\ntitle: x\n{front}---\n".encode())
    assert "HIDDEN" not in mark.words
    (mark,) = section_marks("_index.md", b"---\ntitle: x\ndraft: some words\n---\n")
    assert "some words" in mark.words


@pytest.mark.parametrize(
    ("glob", "shown", "hidden"),
    [
        ("/a/*", "a/b/c.md", "a/b.md"),
        ("/a/**", "b/a.md", "a/b/c.md"),
        ("/*/b*d", "a/x/bcd.md", "a/bcd.md"),
        ("/a?c", "abd.md", "abc.md"),
        ("**b**b", "xbx.md", "abcb.md"),
        ("/*b/c*", "ab/dc.md", "bb/cd.md"),
    ],
)
def test_a_pattern_means_what_it_means_to_hugo(glob: str, shown: str, hidden: str) -> None:
    (mark,) = section_marks("_index.md", f"---\ncascade:\n- target: {{path: '{glob}'}}\n  draft: true\n---\n".encode())
    assert mark.withholds(hidden, ())
    assert not mark.withholds(shown, ())


@pytest.mark.parametrize(
    "paths", [["/a" * 101], ["/a"] * 201, ["{a,b,c,d,e}{a,b,c,d,e}"] * 9, ["/a"] * 5000, [f"/{'**a' * 60}"] * 60]
)
def test_more_targets_than_can_be_told_apart_are_all_files(paths: list[str]) -> None:
    entry = "- draft: true\n  target:\n"
    data = f"---\ncascade:\n{entry}{''.join(f'  - path: {chr(39)}{path}{chr(39)}' + chr(10) for path in paths)}---\n"
    assert all(mark.is_for_all for mark in section_marks("_index.md", data.encode()))
    data = f"---\ncascade:\n{entry}    path: {paths}\n---\n"
    assert all(mark.is_for_all for mark in section_marks("_index.md", data.encode()))


def test_settings_of_nikola_above_the_items_say_that_tags_withhold(site: Site) -> None:
    text = "---\ntitle: {}\ndate: 2024-03-02\ntags: [beer, {}]\n---\nText.\n"
    site.write("a.md", text.format("A", "ale"))
    site.write("b.md", text.format("B", "draft"))
    site.render()
    assert titles(site) == {"A", "B"}
    (site.root / "conf.py").write_text("BLOG_TITLE = 'N'\nPOSTS = ()\n")
    site.render()
    assert titles(site) == {"A"}


MARK = WITHHOLDING["cascade"]


def test_items_that_vanish_beside_what_is_withheld_are_refused(sections: Site) -> None:
    sections.write("talks/_index.md", MARK)
    sections.write("draft/_index.md", "---\ncascade:\n- {_target: {path: '/draft/a'}, draft: true}\n---\n")
    sections.write("draft/a.md", post("A"))
    sections.render()
    (sections.seeds / "seen.md").unlink()
    before = sections.documents()
    for _ in range(2):
        assert "there is no item left" in (sections.render(status=3).refused or "")
        assert sections.documents() == before
    assert "there is no item left" in sections.run("plan").err


@pytest.mark.parametrize(
    ("path", "mark"),
    [("talks/_index.md", MARK), ("_index.md", MARK), ("_index.md", WITHHOLDING["_target"])],
)
def test_the_last_items_can_be_withheld(sections: Site, path: str, mark: str) -> None:
    (sections.seeds / "seen.md").unlink()
    sections.render()
    assert titles(sections) == {"One", "Two"}
    sections.write(path, mark)
    assert sections.run("plan").status == 0
    sections.render()
    assert titles(sections) == set()
