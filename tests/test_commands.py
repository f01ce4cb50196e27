"""The commands: what they say, what they write, and their exit statuses."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from support import FEEDD, Site, assert_well_formed, item, looks, tree, unprivileged

from feedd import __version__
from feedd.cli.parsing.parsers import build_parser
from feedd.store.installed import COMPRESSORS, READERS, RENDERERS

LATE = "9000-01-01T00:00:00Z"


def fill(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a", topics=["News"], provider="P", heat=50))
    site.write("folder/b.md", item("B", "https://example.org/b", topics=["News"], quality=40))
    site.settle()


def break_one(site: Site) -> None:
    site.write("folder/broken.md", "---\ntitle: [\n---\n")


def everything(site: Site) -> dict[str, tuple[int, ...]]:
    """All of a site but the file that processes lock."""
    return {path: look for path, look in looks(site.root).items() if path != ".feedd/lock"}


# render


def test_render_says_what_it_did_and_where_the_feeds_are(site: Site) -> None:
    fill(site)
    first = site.run("render")
    assert first.status == 0
    assert first.err == ""
    assert re.search(r"^published  2 entries in 3 feeds: 2 files read, 26 documents written \(", first.out)
    assert "feeds/index.html lists them; they belong at http://localhost:8080/\n" in first.out
    second = site.run("render")
    assert second.status == 0
    assert re.fullmatch(r"published  2 entries in 3 feeds: nothing changed \([\d.]+ s\)\n", second.out)


def test_render_says_each_problem_with_path_line_and_reason_until_it_is_mended(site: Site) -> None:
    fill(site)
    break_one(site)
    for _ in range(2):
        result = site.run("render")
        assert result.status == 0
        assert result.out.startswith("problem  seeds/folder/broken.md:3: not valid YAML: ")
        assert "; 1 file with problems (" in result.out
    (site.seeds / "folder/broken.md").unlink()
    assert "problem" not in site.run("render").out


def test_render_says_what_was_repaired_as_a_note_that_is_no_problem(site: Site) -> None:
    site.write("a.md", item("Caf\u00c3\u00a9 friend"))
    result = site.run("render", "--strict")
    assert result.status == 0
    assert result.out.startswith("note  seeds/a.md:2: title: ")
    assert site.titles() == {"Caf\u00e9 friend"}


def test_render_is_quiet_if_asked_and_nothing_is_wrong(site: Site) -> None:
    fill(site)
    assert site.run("render", "--quiet") == (0, "", "")
    break_one(site)
    result = site.run("render", "--quiet")
    assert result.status == 0
    assert "broken.md" in result.out


def test_render_with_strict_fails_where_there_are_problems_and_publishes_all_the_same(site: Site) -> None:
    fill(site)
    break_one(site)
    assert site.run("render", "--strict").status == 1
    assert site.titles() == {"A", "B"}
    assert site.run("render", "--strict").status == 1
    assert site.run("render").status == 0


def test_render_reports_as_json_with_all_the_keys(site: Site) -> None:
    fill(site)
    break_one(site)
    result = site.run("render", "--format", "json")
    report = json.loads(result.out)
    assert result.err == ""
    assert list(report)[:4] == ["refused", "files", "read", "removed"]
    assert (report["files"], report["entries"], report["feeds"]) == (3, 2, 3)
    assert sorted(report["written"]) == sorted(site.documents())
    assert report["problems"][0]["path"] == "seeds/folder/broken.md"
    assert report["problems"][0]["line"] == 3


def test_a_refused_render_says_so_in_words_and_in_json(site: Site) -> None:
    result = site.run("render", "--format", "json")
    assert result.status == 3
    assert json.loads(result.out)["refused"].startswith("there is no item to publish")
    assert result.err.startswith("feedd: refused: there is no item to publish")


@pytest.mark.parametrize("url", ["ftp://example.org/", "example.org", "https://example.org/?a", "https://x.org/#b", ""])
def test_a_base_url_that_cannot_be_one_is_a_mistake(site: Site, url: str) -> None:
    fill(site)
    result = site.run("render", "--base-url", url)
    assert result.status == 2
    assert f'--base-url: expected an http or https URL without ? and #, got "{url}"' in result.err
    assert not site.feeds.exists()


def test_options_win_over_the_configuration(site: Site) -> None:
    fill(site)
    site.configure(base_url="https://configured.example/", directories={"seeds": "no", "feeds": "no", "state": "no"})
    result = site.run(
        *("render", "--seeds", "seeds", "--feeds", "out", "--state", "var", "--base-url", "https://option.example/x")
    )
    assert result.status == 0
    assert not (site.root / "no").exists()
    assert (site.root / "var/ledger.sqlite3").exists()
    assert b"https://option.example/x/" in (site.root / "out/atom.xml").read_bytes()


@pytest.mark.parametrize("command", ["render", "plan"])
def test_every_mistake_in_the_configuration_is_said_at_once_and_nothing_is_done(site: Site, command: str) -> None:
    fill(site)
    path = site.configure(titel="x", limit=0, formats=["atom", "pdf"], rank={"half_life": "long"})
    result = site.run(command)
    assert result.status == 2
    assert result.err.startswith("feedd: the configuration has mistakes:\n")
    for words in (
        "config/feedd.yaml:1: titel: unknown key; did you mean `title`?",
        "config/feedd.yaml:2: limit: expected a whole number from 1 to 10000",
        "config/feedd.yaml:3: formats[1]: ",
        "config/feedd.yaml:4: rank.half_life: expected a time from 1min to 3650d",
    ):
        assert words in result.err
    assert result.err.splitlines()[-1].startswith("feedd: nothing was done: mend them and start the command again")
    assert not site.feeds.exists()
    path.unlink()
    assert site.run(command, "--config", "nowhere.yaml").status == 2


# check


def test_check_says_what_is_wrong_and_writes_nothing(site: Site) -> None:
    fill(site)
    before = looks(site.root)
    assert site.run("check") == (0, "2 files checked, 0 problems\n", "")
    break_one(site)
    (site.seeds / "link.md").symlink_to("nowhere")
    result = site.run("check")
    assert result.status == 1
    assert "problem  seeds/folder/broken.md:3: not valid YAML" in result.out
    assert "problem  seeds/link.md: a symbolic link that leads nowhere\n" in result.out
    assert result.out.endswith("3 files checked, 2 problems\n")
    (site.seeds / "link.md").unlink()
    (site.seeds / "folder/broken.md").unlink()
    assert looks(site.root) == before


@pytest.mark.parametrize(
    ("paths", "status", "checked"),
    [
        (["seeds/a.md"], 0, 1),
        (["a.md"], 0, 1),
        (["seeds/folder/broken.md"], 1, 1),
        (["folder/b.md", "a.md"], 0, 2),
        (["folder"], 1, 2),
        (["seeds/folder/"], 1, 2),
        (["seeds"], 1, 3),
        (["."], 1, 3),
        (["fold"], 1, 0),
    ],
)
def test_check_looks_at_the_items_and_folders_that_are_named(
    site: Site, paths: list[str], status: int, checked: int
) -> None:
    fill(site)
    break_one(site)
    result = site.run("check", *paths)
    assert result.status == status
    assert f"{checked} file{'' if checked == 1 else 's'} checked" in result.out


def test_check_says_of_a_path_that_no_item_is_there(site: Site) -> None:
    fill(site)
    outside = site.root / "outside.md"
    outside.write_text(item("Outside"))
    result = site.run("check", "seeds/nope.md", "none.md", "outside.md", "seeds/a.md")
    assert result.status == 1
    reason = "no item there: it is missing"
    for path in ("seeds/nope.md", "seeds/none.md"):
        assert f"problem  {path}: {reason}\n" in result.out
    assert "outside.md: no item there: it lies outside the items' directory\n" in result.out
    assert "1 file checked, 3 problems" in result.out


def test_check_says_the_mistakes_of_the_configuration_beside_those_of_the_items(site: Site) -> None:
    site.seeds.rename(site.root / "elsewhere")
    (site.root / "elsewhere/broken.md").write_text("---\ntitle: never closed\n")
    site.configure(titel="x")
    result = site.run("check", "--seeds", "elsewhere")
    assert result.status == 1
    assert "problem  config/feedd.yaml:1: titel: unknown key" in result.out
    assert "problem  elsewhere/broken.md:1: the front matter is never closed" in result.out
    result = site.run("check")
    assert result.status == 3
    assert "titel: unknown key" in result.err
    assert "/seeds): No such file or directory" in result.err


def test_check_render_and_why_say_which_field_was_probably_meant(site: Site) -> None:
    site.write("a.md", "---\ntitle: A\nsumary: Short\n---\nText.\n")
    site.settle()
    note = "note  seeds/a.md:3: sumary: not known, so it is passed over; did you mean `summary`?\n"
    assert note in site.run("check").out
    result = site.run("render")
    assert result.status == 0
    assert note in result.out
    assert "sumary: not known, so it is passed over; did you mean `summary`?" in site.run("why", "seeds/a.md").out


def test_check_of_topics_names_the_file_and_the_line(site: Site) -> None:
    fill(site)
    (site.root / "topics.yaml").write_text("topics:\n  - name: A\n  - name: a\n  - title: B\n")
    site.configure(topics="topics.yaml")
    result = site.run("check")
    assert result.status == 1
    assert 'topics.yaml:3: topics[1]: "a" already names topics[0]' in result.out
    assert "topics.yaml:4: topics[2]: a topic needs a `name`" in result.out


def test_check_writes_commands_of_github_with_everything_escaped(site: Site) -> None:
    site.write("100%, a:b.md", '---\ntitle: "never closed"\n')
    site.write("note.md", item("Caf\u00c3\u00a9"))
    site.write("c.md", "---\ntitle: x\nheat: '50%\r\n\r\n::error::a,b'\n---\n")
    result = site.run("check", "--format", "github")
    assert result.status == 1
    lines = result.out.splitlines()
    seeds = f"{site.root}/seeds"
    assert lines[0].startswith(f"::error file={seeds}/100%25%2C a%3Ab.md,line=1::the front matter is never closed")
    assert any(line.startswith(f"::notice file={seeds}/note.md,line=2::title: text decoded") for line in lines)
    assert any(line.startswith(f"::error file={seeds}/c.md,line=3::heat: expected a number") for line in lines)
    assert "50%25" in result.out
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("workspace", "named"),
    [
        ("", "{root}/site/seeds/broken.md"),
        ("{root}", "site/seeds/broken.md"),
        ("{root}/site", "seeds/broken.md"),
        ("{root}/", "site/seeds/broken.md"),
        ("{root}/link", "site/seeds/broken.md"),
        ("{root}/elsewhere", "{root}/site/seeds/broken.md"),
        ("{root}/sit", "{root}/site/seeds/broken.md"),
    ],
)
def test_an_annotation_names_a_file_as_github_looks_for_it(
    site: Site, monkeypatch: pytest.MonkeyPatch, workspace: str, named: str
) -> None:
    root = site.root.parent.resolve()
    (root / "link").symlink_to(root)
    monkeypatch.setenv("GITHUB_WORKSPACE", workspace.format(root=root))
    site.write("broken.md", "---\nheat: 1\n---\n")
    site.configure(limit="many")
    lines = site.run("check", "--format", "github").out.splitlines()
    files = [line.removeprefix("::error file=") for line in lines if line.startswith("::error ")]
    item, configuration = (
        named.format(root=root),
        named.format(root=root).replace("seeds/broken.md", "config/feedd.yaml"),
    )
    assert files[0].startswith(f"{configuration},line=")
    assert files[1].startswith((f"{item},", f"{item}:"))


def test_check_reports_as_json(site: Site) -> None:
    break_one(site)
    result = site.run("check", "--format", "json")
    assert [problem["path"] for problem in json.loads(result.out)] == ["seeds/folder/broken.md"]
    assert result.status == 1


# plan


def test_plan_says_what_subscribers_would_see_and_writes_nothing(site: Site) -> None:
    fill(site)
    site.write("c.md", item("C", "https://example.org/c"))
    site.render()
    nothing = "Subscribers would see nothing new.\nre-runs (entries that subscribers would see once more as new): 0\n"
    assert site.run("plan") == (0, nothing, "")
    site.write("new.md", item("Brand new", "https://example.org/new", topics=["Fresh"]))
    site.write("a.md", item("A edited", "https://example.org/a", topics=["News"], provider="P", heat=50))
    (site.seeds / "c.md").unlink()
    (site.seeds / "folder/b.md").rename(site.seeds / "moved.md")
    before, data = everything(site), tree(site.root)
    result = site.run("plan")
    machine = site.run("plan", "--format", "json")
    assert everything(site) == before
    del data[".feedd/lock"]
    assert {path: found for path, found in tree(site.root).items() if path in data} == data
    assert result.status == machine.status == 0
    told = json.loads(machine.out)
    assert (told["reruns"], told["gone"], told["problems"]) == (0, [], 0)
    plans = {plan.pop("feed"): plan for plan in told["feeds"]}
    seen = {"new": ["Brand new"], "changed": ["A edited"], "withdrawn": ["C"], "reruns": []}
    assert plans["./"] == {"is_new": False} | seen
    assert plans["topics/fresh/"]["is_new"]
    assert plans["topics/news/"]["changed"] == ["A edited"]
    assert plans["topics/fresh/"]["new"] == ["Brand new"]
    assert re.search(r"^\./\n  new        Brand new\n  changed    A edited\n  withdrawn  C\n", result.out)
    assert result.out.endswith(": 0\n")
    site.render()
    assert "nothing new" in site.run("plan").out


def test_plan_does_not_call_a_pass_a_change_that_only_reorders(site: Site) -> None:
    fill(site)
    site.render()
    site.write("a.md", item("A", "https://example.org/a", topics=["News"], provider="P", heat=1))
    assert "nothing new" in site.run("plan").out


@pytest.mark.parametrize(
    ("formats", "old", "new"),
    [
        (["atom"], 'term="News"', 'term="news"'),
        (["rss"], ">News</category>", ">news</category>"),
        (["json"], '"News"', '"news"'),
        (["atom"], ">The summary.</summary>", ">A summary.</summary>"),
        (["rss"], "<description>The summary.", "<description>A summary."),
        (["json"], '"The summary."', '"A summary."'),
        (["atom", "rss", "json"], "<description>The summary.", "<description>A summary."),  # in one format alone
        (["json", "rss", "atom"], ">The summary.</summary>", ">A summary.</summary>"),
    ],
)
def test_plan_names_entries_of_which_any_format_shows_another_summary_or_topic(
    site: Site, formats: list[str], old: str, new: str
) -> None:
    site.configure(formats=formats, pages=False)
    site.write("a.md", item("A", "https://example.org/a", excerpt="The summary.", topics=["News"]))
    site.write("b.md", item("B", "https://example.org/b"))
    site.render()
    assert "nothing new" in site.run("plan").out
    for path in site.feeds.glob("*.*"):  # as another version would have rendered them
        path.write_text(path.read_text().replace(old, new))
    told = site.run("plan").out
    assert "./\n  changed    A\n" in told
    assert "B" not in told


def test_plan_before_the_first_render_shows_all_as_new_and_leaves_nothing_behind(site: Site) -> None:
    fill(site)
    before = looks(site.root)
    result = site.run("plan")
    assert result.status == 0
    assert "new        A" in result.out
    assert looks(site.root) == before


def test_plan_warns_of_entries_that_would_come_again(site: Site) -> None:
    fill(site)
    text = item("Moved", None, body="A text without a link.")
    site.write("first.md", text)
    site.render()
    (site.seeds / "first.md").rename(site.seeds / "second.md")
    site.render()
    old = site.ids()["Moved"]
    shutil.rmtree(site.state)
    (site.seeds / "second.md").unlink()
    site.write("third.md", item("Moved", None, body="Another text without a link."))
    before = looks(site.root)
    result = site.run("plan")
    assert looks(site.root) == before
    assert result.status == 1
    assert "re-run     Moved\n" in result.out
    assert f"was {old}, would be tag:feeds.example,2026:" in result.out
    assert f"if its file's name and its link both changed, `guid: {old}` in the item keeps the id\n" in result.out
    assert result.out.endswith("re-runs (entries that subscribers would see once more as new): 1\n")
    (plan,) = json.loads(site.run("plan", "--format", "json").out)["feeds"]
    assert [rerun["title"] for rerun in plan["reruns"]] == ["Moved"]
    site.render()
    assert site.ids()["Moved"] == plan["reruns"][0]["after"] != old


def test_an_item_with_another_name_and_another_link_keeps_its_id_by_the_guid_that_plan_names(site: Site) -> None:
    site.write("first.md", item("Moved", "https://example.org/first"))
    site.render()
    known = site.ids()["Moved"]
    (site.seeds / "first.md").unlink()
    site.write("second.md", item("Moved", "https://example.org/second"))
    (words,) = re.findall(r"`guid: (.*)` in the item keeps the id\n", site.run("plan").out)
    site.write("second.md", item("Moved", "https://example.org/second", guid=words))
    assert site.run("plan").status == 0
    site.render()
    assert site.ids() == {"Moved": known}


@pytest.mark.parametrize("command", [("plan",), ("why", "a.md"), ("check",), ("render",)])
def test_without_items_every_command_is_refused(site: Site, command: tuple[str, ...]) -> None:
    fill(site)
    site.render()
    site.seeds.rename(site.root / "aside")
    result = site.run(*command)
    assert result.status == 3
    assert "/seeds): No such file or directory" in result.err
    assert result.out == ""


# why


def test_why_says_where_an_item_is_published_by_path_id_and_link(site: Site) -> None:
    fill(site)
    site.render()
    entry_id = site.ids()["A"]
    ways = (
        *("a.md", "seeds/a.md", str(site.seeds / "a.md"), entry_id),
        *("https://example.org/a", "http://example.org/a", "http://www.example.org/a/?utm_source=x#y"),
    )
    before = everything(site)
    said = {site.run("why", what) for what in ways}
    assert len(said) == 1
    assert everything(site) == before
    status, out, err = said.pop()
    assert (status, err) == (0, "")
    for words in (
        r"^A\n",
        rf"id +{re.escape(entry_id)}\n",
        r"link +https://example.org/a\n",
        r"published +2024-05-01T12:00:00Z\n",
        r"heat +50, set in the file\n",
        r"in +\./ \(All entries\) +place 1 of 2, by heat and date\n",
        r"in +topics/news/ +place 1 of 2, by heat and date\n",
        r"in +providers/p/ +place 1 of 1, by heat and date\n",
    ):
        assert re.search(words, out), words
    found = json.loads(site.run("why", "--format", "json", "a.md").out)
    assert found["withheld"] is None
    assert [place["feed"] for place in found["places"]] == ["./", "topics/news/", "providers/p/"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"published": False}, "the file says `published: false` in line 5"),
        ({"removed": True}, "the file says `removed: true` in line 5"),
        ({"deleted": "yes"}, "the file says `deleted: yes` in line 5"),
        ({"draft": True}, "the file says `draft: true` in line 5"),
        (
            {"removed": False, "draft": True, "published": "no"},
            "the file says `draft: true` in line 6 and `published: no` in line 7",
        ),
        ({"status": "pending", "draft": True}, "the file says `draft: true` in line 6 and `status: pending` in line 5"),
        ({"params": {"private": True}}, "the file says `params.private: true` in line 5"),
        ({"heat": -1}, "folded (`heat: -1`), but no story leads it: it is shown nowhere"),
        ({"date": LATE}, "waits for its date, 9000-01-01 00:00 UTC"),
    ],
)
@pytest.mark.parametrize("rendered", [False, True])
def test_why_says_what_withholds_an_item(site: Site, fields: dict[str, object], reason: str, rendered: bool) -> None:
    fill(site)
    site.write("x.md", item("X", "https://example.org/x", **fields))
    if rendered:
        site.render()
        assert "X" not in site.titles()
    result = site.run("why", "x.md")
    assert result.status == 1
    assert f"withheld   {reason}\n" in result.out
    assert "place" not in result.out
    assert site.run("why", "https://example.org/x") == result


def test_why_tells_the_date_of_a_withheld_item_from_that_with_which_it_was_published(site: Site) -> None:
    site.write("x.md", item("X", "https://example.org/x", "2019-05-01"))
    site.render()
    site.write("x.md", item("X", "https://example.org/x", LATE))
    said = site.run("why", "x.md").out
    assert "dated      9000-01-01T00:00:00Z; first published as of 2019-05-01T00:00:00Z\n" in said
    site.write("x.md", item("X", "https://example.org/x", "2019-05-01", draft=True))
    assert "dated      2019-05-01T00:00:00Z\n" in site.run("why", "x.md").out


def test_check_sends_nobody_after_items_whose_place_is_in_a_configuration_that_cannot_be_read(site: Site) -> None:
    site.seeds.rename("texts")
    site.configure().write_text("directories: {seeds: texts}\ntitle: [\n")
    result = site.run("check")
    assert result.status == 3
    assert "feedd.yaml:" in result.err
    assert "no item was checked: what could be read of the configuration does not say where they are\n" in result.err
    assert "the items' directory" not in result.err
    assert "the items' directory elsewhere" in site.run("check", "--seeds", "elsewhere").err


def test_a_render_counts_the_entries_that_it_withdraws(site: Site) -> None:
    for name in ("stays", "hidden", "deleted", "waits"):
        site.write(f"{name}.md", item(name, f"https://example.org/{name}", published=name != "waits"))
    assert site.render().withdrawn == 0
    site.write("hidden.md", item("hidden", "https://example.org/hidden", published=False))
    (site.seeds / "deleted.md").unlink()
    (site.seeds / "waits.md").unlink()
    said = site.run("render").out
    assert said.startswith("published  1 entry in 1 feed, 1 item withheld: ")
    assert ", 2 files gone, 2 entries withdrawn, " in said
    assert "withdrawn" not in site.run("render").out


def test_check_counts_the_items_that_are_not_published_now(site: Site) -> None:
    fill(site)
    for number, fields in enumerate(({"draft": True}, {"published": False}, {"date": LATE}, {"expires": "2020-01-01"})):
        site.write(f"{number}.md", item(f"Item {number}", f"https://example.org/{number}", **fields))
    said = site.run("check").out
    assert said.endswith("4 items not published now: 1 expired, 1 waiting for the date, 2 withheld\n"), said


def test_why_names_the_setting_of_a_folder_that_withholds_an_item(site: Site) -> None:
    site.configure(folders={"drafts": {"published": False}})
    site.write("drafts/x.md", item("X", "https://example.org/x", summary="Not of the seeds' fields alone"))
    words = (
        "withheld   the file does not say `published: true`, and `folders` in the configuration withholds its folder"
    )
    assert words in site.run("why", "drafts/x.md").out


def test_why_of_a_file_that_is_gone_or_broken_says_what_is_known(site: Site) -> None:
    site.write("x.md", item("X", "https://example.org/x", draft=True))
    site.render()
    site.write("x.md", "---\ntitle: [\n---\n")
    assert "withheld   the file says `removed`, `deleted` or `draft`\n" in site.run("why", "x.md").out


def test_why_names_the_default_that_withholds_an_item(site: Site) -> None:
    fill(site)
    site.configure(defaults={"published": False})
    result = site.run("why", "a.md")
    assert result.status == 1
    assert "the file does not say `published: true`, which `defaults.published: false` asks for" in result.out


def test_why_says_that_newer_entries_have_pushed_an_item_out(site: Site) -> None:
    site.configure(limit=2)
    site.write("old.md", item("Old", "https://example.org/old", date="2020-01-01"))
    site.write("older.md", item("Older", "https://example.org/older", date="2019-01-01"))
    site.render()
    fill(site)
    site.write("oldest.md", item("Oldest", "https://example.org/oldest", date="2018-01-01"))
    site.render()
    assert site.titles() == {"A", "B"}
    pushed_out, never_in = site.run("why", "old.md"), site.run("why", "oldest.md")
    assert re.search(r"of +\./ .* not in it: newer entries have pushed it out\n", pushed_out.out)
    assert re.search(r"of +\./ .* not in it: older than the newest 2 entries\n", never_in.out)
    assert pushed_out.status == never_in.status == 0


def test_why_says_what_is_wrong_with_a_broken_file_and_that_its_last_version_stays(site: Site) -> None:
    fill(site)
    break_one(site)
    site.render()
    never_good = site.run("why", "folder/broken.md")
    assert never_good.status == 1
    assert "withheld   the file has problems, and there is no earlier version of it\n" in never_good.out
    assert "broken.md:3: not valid YAML" in never_good.out
    site.write("a.md", "---\ntitle: [\n---\n")
    once_good = site.run("why", "a.md")
    assert once_good.status == 1
    assert re.search(r"in +\./ \(All entries\) +place 1 of 2, by heat and date\n", once_good.out)
    assert "a.md:3: not valid YAML" in once_good.out
    assert "shows      its last good version; what the file says now is not published\n" in once_good.out
    assert "withheld" not in once_good.out
    site.write("a.md", "---\npublished: false\ntitle: [\n---\n")
    hidden = site.run("why", "a.md").out
    assert "withheld   the file has problems, and it asks not to be published\n" in hidden
    assert "last good version" not in hidden + site.run("why", "b.md").out


def test_why_says_which_file_speaks_for_an_entry_of_two(site: Site) -> None:
    fill(site)
    site.write("twin.md", item("Twin", "http://example.org/a", quality=1))
    site.write("a.md", item("A", "https://example.org/a", quality=2))
    site.render()
    result = site.run("why", "twin.md")
    assert result.status == 1
    assert "withheld   a.md has the same link and represents the entry of both\n" in result.out
    assert re.search(r"also +twin\.md\n", site.run("why", "a.md").out)


def test_why_says_of_a_deleted_item_that_its_file_is_gone(site: Site) -> None:
    fill(site)
    site.render()
    entry_id = site.ids()["A"]
    (site.seeds / "a.md").unlink()
    for what in ("a.md", entry_id, "https://example.org/a"):
        result = site.run("why", what)
        assert result.status == 1
        assert result.out.startswith("seeds/a.md\n  file       seeds/a.md (gone)\n")
        assert ("link       https://example.org/a\n" in result.out) == what.startswith("https:")
        assert "withheld   its file is gone\n" in result.out
        assert entry_id in result.out


@pytest.mark.parametrize(
    "what",
    ["nope.md", "/etc/passwd", "https://example.org/nope", "tag:localhost,2026:nope", "", ".", "seeds", "\udcff"],
)
def test_why_knows_no_item_of_an_unknown_name(site: Site, what: str) -> None:
    fill(site)
    site.render()
    result = site.run("why", what)
    assert result.status == 3
    assert result.err.startswith("feedd: no item has the path, the id or the link ")
    assert result.out == ""


# init


@pytest.mark.parametrize("folder", ["new", "new/deeper", "."])
def test_a_new_site_can_be_rendered_and_checked_at_once(site: Site, folder: str) -> None:
    site.seeds.rmdir()
    result = site.run("init", folder)
    assert result.status == 0
    there = "" if folder == "." else f"cd {folder}, "
    assert f"\nNext: {there}set base_url and authority in config/feedd.yaml, then feedd render\n" in result.out
    here = Path.cwd()
    os.chdir(folder)
    try:
        assert site.run("check").status == 0
        assert site.run("render", "--strict").status == 0
        assert_well_formed(tree(Path("feeds")))
        assert len(json.loads(Path("feeds/feed.json").read_text())["items"]) == 1
        ignored = Path(".gitignore").read_text().split()
        assert ignored == ["/feeds/", "/.feedd/"]
    finally:
        os.chdir(here)


def test_init_keeps_every_file_that_is_there(site: Site) -> None:
    site.configure(title="Mine")
    (site.root / ".gitignore").write_text("mine")
    mine = tree(site.root)
    result = site.run("init", ".")
    assert result.status == 0
    assert "kept  config/feedd.yaml (it was there)\n" in result.out
    assert not (site.seeds / "2026-01-01-hello.md").exists()  # a sample among a site's own items would be published
    assert {path: data for path, data in tree(site.root).items() if path in mine} == mine
    before = looks(site.root)
    assert site.run("init", ".").status == 0
    assert looks(site.root) == before


def test_init_says_what_it_cannot_make(site: Site) -> None:
    shutil.rmtree(site.root / "config")
    (site.root / "config").write_text("a file")
    result = site.run("init", ".")
    assert result.status == 3
    assert result.err.startswith("feedd: config")
    assert result.err.count("\n") == 1
    assert site.run("init", "config") == (3, "", "feedd: config is a file, and no folder\n")


# The command line itself


@pytest.mark.parametrize(
    "arguments",
    [[], ["publish"], ["render", "--fast"], ["render", "x"], ["why"], ["check", "--format", "xml"], ["init"]],
)
def test_a_mistake_in_the_command_line_has_status_2_and_shows_the_usage(site: Site, arguments: list[str]) -> None:
    result = site.run(*arguments)
    assert result.status == 2
    assert result.err.startswith("usage: feedd")
    assert result.out == ""


def test_feedd_alone_prints_its_commands(site: Site) -> None:
    result = site.run()
    assert (result.status, result.out) == (2, "")
    assert result.err == site.run("--help").out


@pytest.mark.parametrize(
    ("arguments", "usage", "words"),
    [
        (["rende"], "feedd [-h]", "there is no command `rende`; did you mean `render`?"),
        (["xyz"], "feedd [-h]", "there is no command `xyz`; `feedd --help` lists all commands"),
        (["render", "--bogus"], "feedd render [-h]", "unrecognized arguments: --bogus"),
        (["render", "--strictt"], "feedd render [-h]", "unrecognized arguments: --strictt; did you mean `--strict`?"),
        (["top", "all", "--lmit=5"], "feedd top [-h]", "unrecognized arguments: --lmit=5; did you mean `--limit`?"),
        (["subscribers", "list", "x"], "feedd subscribers list [-h]", "unrecognized arguments: x"),
        (["--verison"], "feedd [-h]", "unrecognized arguments: --verison; did you mean `--version`?"),
        (["--config", "render"], "feedd [-h]", "unrecognized arguments: --config"),
        (["render", "--force"], "feedd render [-h]", "unrecognized arguments: --force"),
        (
            ["render", "--dry-run"],
            "feedd render [-h]",
            "unrecognized arguments: --dry-run; `feedd plan` shows what a render would change, and writes nothing",
        ),
        (
            ["subscribers", "ad", "x"],
            "feedd subscribers [-h]",
            "argument {add,list,revoke}: invalid choice: 'ad'; did you mean `add`?",
        ),
        (
            ["check", "--format", "jsn"],
            "feedd check [-h]",
            "argument --format: invalid choice: 'jsn'; did you mean `json`?",
        ),
        (
            ["run", "--listen", "127.0.0.1:99999"],
            "feedd run [-h]",
            "argument --listen: '127.0.0.1:99999': the greatest port is 65535",
        ),
        (
            ["run", "--listen", "here:there"],
            "feedd run [-h]",
            "argument --listen: 'here:there' is none of HOST:PORT, unix:PATH and off",
        ),
    ],
)
def test_a_mistake_shows_the_usage_of_the_command_and_what_was_meant(
    site: Site, arguments: list[str], usage: str, words: str
) -> None:
    result = site.run(*arguments)
    assert result.status == 2
    assert result.err.startswith(f"usage: {usage}")
    assert result.err.splitlines()[-1].endswith(f": error: {words}")


@pytest.mark.parametrize("action", ["add", "list", "revoke"])
def test_what_subscribers_does_has_a_help_of_its_own(site: Site, action: str) -> None:
    said = site.run("subscribers", action, "--help").out
    assert said.startswith(f"usage: feedd subscribers {action} [-h]")
    assert ("--feed FEED" in said) == (action == "add")
    assert re.search(r"\n\nExit statuses: 0 [^\n]+", said)


@pytest.mark.parametrize("command", ["render", "check", "plan", "why", "init"])
def test_the_help_of_each_command_ends_with_its_exit_statuses(site: Site, command: str) -> None:
    result = site.run(command, "--help")
    assert result.status == 0
    assert re.search(r"\n\nExit statuses: 0 [^\n]+", result.out)


def test_the_parser_of_one_command_is_that_of_all_commands() -> None:
    def helps(parser: argparse.ArgumentParser) -> dict[str, str]:
        (commands,) = (each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
        return {name: each.format_help() for name, each in commands.choices.items()}

    of_all = helps(build_parser())
    assert len(of_all) > 10
    for name, said in of_all.items():
        assert helps(build_parser(name)) == {name: said}
    assert helps(build_parser("--version")) == helps(build_parser("rende")) == of_all


def test_the_program_and_the_module_are_one_command(site: Site) -> None:
    program = Path(sys.executable).with_name("feedd")
    if not program.exists():
        pytest.skip("the console script is not installed beside this Python")
    fill(site)
    break_one(site)
    for command in ((str(program),), FEEDD):
        statuses = {
            arguments: subprocess.run([*command, *arguments], capture_output=True).returncode
            for arguments in (("render",), ("render", "--strict"), ("nonsense",), ("why", "nope"), ("why", "a.md"))
        }
        assert list(statuses.values()) == [0, 1, 2, 3, 0]
        said = subprocess.run([*command, "--version"], capture_output=True, text=True).stdout
        version, python, libraries = said.splitlines()
        assert version == f"feedd {__version__}"
        assert python.startswith(f"Python {platform.python_version()} (")
        named = dict(each.split(" ") for each in libraries.split(", "))
        assert named.keys() >= {"SQLite", "zlib", *READERS, *RENDERERS, *COMPRESSORS}
        assert {name: named[name] for name in READERS} == {name: metadata.version(name) for name in READERS}


# Where the words go


def on_a_terminal(site: Site, *arguments: str, **environment: str) -> str:
    """What a command writes on a terminal."""
    leader, follower = os.openpty()
    process = subprocess.Popen(
        [*FEEDD, *arguments],
        cwd=site.root,
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(follower)
    written = b""
    try:
        while part := os.read(leader, 65536):
            written += part
    except OSError:  # the last one has closed it
        pass
    finally:
        os.close(leader)
        process.wait(60)
    return written.decode()


def test_words_are_coloured_on_a_terminal_only_and_never_with_no_color(site: Site) -> None:
    fill(site)
    break_one(site)
    assert "\x1b[31mproblem\x1b[0m" in on_a_terminal(site, "check")
    assert "\x1b" not in on_a_terminal(site, "check", NO_COLOR="1")
    for term in ("dumb", "unknown", ""):
        assert "\x1b" not in on_a_terminal(site, "check", TERM=term)
        assert "\x1b" not in on_a_terminal(site, "render", TERM=term)
    assert "\x1b" not in site.process("check", env={**os.environ, "FORCE_COLOR": "1"}).stdout
    assert "\x1b" not in site.process("check").stdout
    site.write("a.md", item("A", heat=2))
    assert "\x1b[33mpublished\x1b[0m" in on_a_terminal(site, "render")
    site.write("a.md", item("A", heat=1))
    plain = on_a_terminal(site, "render", NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*m", plain), "a progress bar may move the cursor, but not paint"


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [("check",), ("check", "--format", "json"), ("render",), ("plan",), ("--help",)])
def test_a_reader_that_has_had_enough_ends_a_command_without_a_word(
    site: Site, command: tuple[str, ...], unbuffered: str
) -> None:
    site.configure(limit=1000)
    much = "x" * 200  # in all more than a pipe holds
    for number in range(500):
        text = item(f"Title {number} {much}") if command[0] == "plan" else item("Wrong", f"no link {number}")
        site.write(f"{number}-{much}.md", text)
    site.write("a.md", item("A"))
    process = subprocess.Popen(
        [*FEEDD, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        if command[0] != "--help":
            assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_an_output_that_lacks_letters_gets_escapes_and_json_stays_json(site: Site, encoding: str) -> None:
    site.write("ærø-人.md", "---\ntitle: never closed\n")
    site.write("b.md", item("Ærø 人工智能 🚀", "https://example.org/b", topics=["人工智能"]))
    environment = {**os.environ, "PYTHONIOENCODING": encoding}

    def run(*arguments: str) -> str:
        done = subprocess.run([*FEEDD, *arguments], cwd=site.root, capture_output=True, env=environment)
        assert done.returncode in (0, 1), done
        assert b"Traceback" not in done.stderr
        return done.stdout.decode(encoding)

    render = run("render")
    assert ("seeds/ærø-人.md" if encoding == "utf-8" else r"\u4eba.md:1: the front matter is never closed") in render
    assert "Title" not in run("plan")
    assert "place 1 of 1" in run("why", "b.md")
    for command in (["render"], ["check"], ["plan"], ["why", "b.md"]):
        said = json.loads(run(*command, "--format", "json"))
        if command[0] == "why":
            assert said["title"] == "Ærø 人工智能 🚀"
        elif command[0] == "check":
            assert said[0]["path"] == "seeds/ærø-人.md"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("note.txt", "names of items end with .md, .markdown, .mdx or .html (`items.suffixes`)"),
        ("_note.md", "_note.md is passed over, as names like _* are (`items.ignore`)"),
        ("note_LOCAL_12.md", "a copy that git mergetool left of a conflict; merge it into the item, and delete it"),
    ],
)
def test_check_and_why_say_why_a_file_is_no_item(site: Site, name: str, why: str) -> None:
    fill(site)
    site.write(name, item("A note", "https://example.org/note"))
    result = site.run("check", f"seeds/{name}")
    assert why in result.out
    assert "0 files checked" in result.out
    result = site.run("why", f"seeds/{name}")
    assert result.status in (1, 3)
    assert f": {why}\n" in result.out + result.err


def test_check_says_of_a_link_why_it_is_not_followed(site: Site) -> None:
    fill(site)
    (site.root / "elsewhere").mkdir(exist_ok=True)
    (site.seeds / "linked").symlink_to(site.root / "elsewhere")
    (site.seeds / "out.md").symlink_to(site.root / "config")
    assert site.run("check", "seeds/linked").out.startswith(
        "problem  seeds/linked: a symbolic link to a folder is not followed\n"
    )
    assert "problem  seeds/out.md: a symbolic link" in site.run("check", "seeds/out.md").out
    (site.seeds / "broken.md").symlink_to("nowhere.md")
    for command in ("check", "why"):
        assert "seeds/broken.md: a symbolic link that leads nowhere\n" in site.run(command, "seeds/broken.md").out
    site.write("real.md", item("Real", "https://example.org/real"))
    (site.seeds / "inner.md").symlink_to("real.md")
    assert "1 file checked, 0 problems\n" in site.run("check", "seeds/inner.md").out


def test_an_item_whose_suffix_is_in_capitals_is_published(site: Site) -> None:
    site.write("NOTE.MD", item("From an old camera", "https://example.org/note"))
    site.write("PAGE.HTML", item("A page", "https://example.org/page", body="<p>A <b>page</b> *as it is*</p>"))
    site.render("--strict")
    assert site.titles() == {"From an old camera", "A page"}
    assert "*as it is*" in site.entries("atom.xml")["A page"].content[0].value
    assert site.run("check", "seeds/NOTE.MD").out == "1 file checked, 0 problems\n"


def test_a_file_with_another_spelling_of_a_suffix_is_noted(site: Site) -> None:
    fill(site)
    for name in ("page.htm", "OLD/PAGE.HTM", "note.mkd", "note.txt"):
        site.write(name, item("A page", "https://example.org/page"))
    said = "names of items end with .md, .markdown, .mdx or .html (`items.suffixes`)"
    noted = ["seeds/OLD/PAGE.HTM", "seeds/note.mkd", "seeds/page.htm"]
    assert [(note.path, note.reason) for note in site.render().notes] == [(path, f"no item: {said}") for path in noted]
    assert f"note  seeds/page.htm: no item: {said}\n" in site.run("check").out
    site.configure(items={"suffixes": [".md", ".htm"]})
    assert [note.path for note in site.render().notes if "no item" in note.reason] == ["seeds/note.mkd"]


def test_copies_that_a_conflict_left_are_noted_and_not_published(site: Site) -> None:
    site.write("minutes.md", item("Minutes", "https://example.org/minutes", body="The motion was carried."))
    site.render()
    before = site.documents()
    longer = item(
        "Minutes", "https://example.org/minutes", body="The motion was carried. A rude remark was struck out."
    )
    site.write("minutes (Ada's conflicted copy 2026-01-14).md", longer)
    site.write("minutes.sync-conflict-20260114-101530-ABCDEF7.md", longer)
    site.write("old (Case Conflict)/minutes.md", longer)
    report = site.render("--strict")
    assert site.documents() == before
    assert [note.path for note in report.notes] == [
        "seeds/minutes (Ada's conflicted copy 2026-01-14).md",
        "seeds/minutes.sync-conflict-20260114-101530-ABCDEF7.md",
        "seeds/old (Case Conflict)",
    ]
    assert "note  seeds/old (Case Conflict): a copy that Dropbox left of a conflict" in site.run("check").out


def test_a_configuration_that_is_a_link_to_nothing_is_a_mistake_for_every_command(site: Site) -> None:
    path = site.configure(base_url="https://feeds.example/", title="Town notes")
    fill(site)
    site.render()
    before = site.documents()
    path.rename(site.root / "elsewhere.yaml")
    path.symlink_to("../gone.yaml")
    for command, status in (("check", 1), ("plan", 2), ("render", 2), ("why", 2), ("top", 2)):
        result = site.run(command, *(["seeds/a.md"] if command == "why" else []))
        assert result.status == status, result
        assert "config/feedd.yaml: cannot be read: No such file or directory" in result.out + result.err
    assert site.documents() == before


def test_where_no_site_is_render_says_how_to_make_one(site: Site) -> None:
    site.seeds.rmdir()
    assert "feedd init" not in site.run("render").err  # the site has a configuration
    (site.root / "config/feedd.yaml").unlink()
    result = site.run("render")
    assert (result.status, result.err.splitlines()[1]) == (
        3, "feedd: no site is here: start feedd in the folder of a site, or make a site with `feedd init`"
    )  # fmt: skip
    site.seeds.mkdir()
    assert "feedd init" not in site.run("render").err


@pytest.mark.parametrize(
    "command", [("render",), ("render", "--preview", "p"), ("check",), ("plan",), ("top",), ("why", "a.md")]
)
def test_where_no_site_is_a_command_says_so_and_makes_nothing(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run([*FEEDD, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    first, second = done.stderr.splitlines()
    assert "the items' directory seeds" in first
    assert second == "feedd: no site is here: start feedd in the folder of a site, or make a site with `feedd init`"
    assert list(tmp_path.iterdir()) == []


def test_where_no_site_is_the_daemon_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [*FEEDD, "run", "--listen", listen]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr.startswith("feedd: no site is here: ")
    assert done.returncode == 3


@pytest.mark.parametrize("fault", ["a link to nothing", "a link to itself", "a folder that may not be entered"])
def test_a_configuration_whose_folder_cannot_be_seen_is_a_mistake_for_every_command(site: Site, fault: str) -> None:
    folder = site.configure(base_url="https://feeds.example/", title="Town notes").parent
    fill(site)
    site.render()
    before = site.documents()
    aside = site.root / "elsewhere"
    if fault.startswith("a link"):
        folder.rename(aside)
        folder.symlink_to("gone" if fault == "a link to nothing" else folder.name)

    def act() -> None:
        if not folder.is_symlink():
            folder.chmod(0)
        try:
            for command, status in (("check", 1), ("plan", 2), ("render", 2), ("top", 2)):
                result = site.run(command)
                assert result.status == status, result
                assert "config/feedd.yaml: cannot be read: " in result.out + result.err
        finally:
            if not folder.is_symlink():
                folder.chmod(0o755)

    unprivileged(act)
    assert site.documents() == before


@pytest.mark.parametrize("name", ["config/feedd.yml", "feedd.yaml", "feedd.yml"])
def test_a_configuration_in_another_place_is_a_mistake_for_every_command(site: Site, name: str) -> None:
    path = site.configure(base_url="https://feeds.example/", title="Town notes")
    fill(site)
    site.render()
    before = site.documents()
    path.rename(site.root / name)
    expected = f"{name}: is not read, for the configuration is config/feedd.yaml"
    for command, status in (("check", 1), ("plan", 2), ("render", 2), ("top", 2)):
        result = site.run(command)
        assert result.status == status, result
        assert expected in result.out + result.err
    assert site.documents() == before
    assert site.run("render", "--config", name).status == 0


def test_a_site_without_a_configuration_uses_the_defaults(site: Site) -> None:
    fill(site)
    shutil.rmtree(site.root / "config")
    assert site.run("check").status == 0
    (site.root / "config").mkdir()
    assert site.run("check").status == 0
    (site.root / "config").rmdir()
    (site.root / "config").write_text("a file of another program")
    assert site.run("check").status == 0


@pytest.mark.parametrize("format_name", ["atom", "rss", "json"])
def test_a_plan_says_when_the_addresses_of_feeds_change(site: Site, format_name: str) -> None:
    site.configure(base_url="https://feeds.example/", formats=[format_name])
    fill(site)
    site.render()
    assert "Subscribers would see nothing new." in site.run("plan").out
    site.configure(base_url="https://feeds.example/news/", formats=[format_name])
    result = site.run("plan")
    assert "address  all feeds move from https://feeds.example/ to https://feeds.example/news/\n" in result.out
    assert "Subscribers would see nothing new." not in result.out
    assert result.status == 0
    found = json.loads(site.run("plan", "--format", "json").out)
    assert (found["moves_from"], found["moves_to"]) == ("https://feeds.example/", "https://feeds.example/news/")
    site.render()
    assert "address" not in site.run("plan").out


@pytest.mark.parametrize("crashed", [False, True])
def test_questions_need_no_right_to_write(site: Site, crashed: bool) -> None:
    fill(site)
    site.render()
    if crashed:  # a write-ahead log that nobody has put into the ledger yet
        script = f"import os, sqlite3; db = sqlite3.connect({str(site.ledger)!r}); db.execute('PRAGMA user_version'); "
        script += "db.execute('DELETE FROM glanced'); db.commit(); os._exit(0)"
        subprocess.run([sys.executable, "-c", script], check=True)
    answers = {command: site.run(*command.split()) for command in ("plan", "top", "why seeds/a.md")}

    def act() -> None:
        for path in site.state.iterdir():
            path.chmod(0o444)
        site.state.chmod(0o555)
        try:
            for command, answer in answers.items():
                assert site.run(*command.split()) == answer, command
        finally:
            site.state.chmod(0o700)

    unprivileged(act)
    assert site.render().written == ()


def test_questions_leave_nothing_behind_where_nothing_was_published_yet(site: Site) -> None:
    fill(site)
    for command in ("plan", "top", "why seeds/a.md"):
        assert site.run(*command.split()).status in (0, 1)
    assert not site.state.exists()


# plan: feeds that move


@pytest.mark.parametrize(
    ("keys", "topics", "said", "machine"),
    [
        (
            {"topics": "topics.yaml"},
            "topics: [{name: Machine Learning, aliases: [ML]}]",
            "moved    topics/ml/ to topics/machine-learning/ (301 from `feedd run`; for other servers",
            {"topics/ml": "topics/machine-learning"},
        ),
        (
            {"retired": {"topics/ml": "topics/ai"}},
            "",
            "moved    topics/ml/ to topics/ai/ (301 from `feedd run`; for other servers",
            {"topics/ml": "topics/ai"},
        ),
        (
            {"retired": {"topics/ml": None, "providers/p": "topics/ai"}},
            "",
            "retired  topics/ml/ nowhere: its readers are told that it is gone (410 from `feedd run`;",
            {"providers/p": "topics/ai", "topics/ml": None},
        ),
    ],
)
def test_plan_says_where_a_feed_that_moves_leads(
    site: Site, keys: dict[str, object], topics: str, said: str, machine: dict[str, str | None]
) -> None:
    site.write("a.md", item("A", topics=["ML", "AI", "Machine Learning"], provider="P"))
    site.render()
    (site.root / "topics.yaml").write_text(topics)
    site.configure(**keys)
    out = site.run("plan").out
    assert said in out
    assert "would meet an error" not in out
    found = json.loads(site.run("plan", "--format", "json").out)
    assert (found["retired"], found["gone"]) == (machine, [])
    site.render()
    assert "nothing new" in site.run("plan").out


def test_plan_says_of_a_document_that_no_server_will_know_that_its_subscribers_meet_an_error(site: Site) -> None:
    site.write("a.md", item("A"))
    site.render()
    site.configure(formats=["atom", "json"])
    assert "deleted  rss.xml: its subscribers would meet an error" in site.run("plan").out
