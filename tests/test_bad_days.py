"""Bad days of the items: whatever a file is like, it harms only itself, and nobody sees what was withheld."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import Site, assert_well_formed, item, looks, tree, unprivileged

from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.model import Problem, Report
from feedd.render.assets import ASSETS
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.item_source import Unread
from feedd.store.items import ItemsDirectory
from feedd.store.state_directory import StateDirectory

GOOD = item("Good", "https://example.org/good")
BOMB = "\n".join(
    ["---", "title: Bomb", "a0: &a0 [boom, boom]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    + ["topics: *a11", "---", "text", ""]
)
BROKEN = {
    "broken YAML": (b"---\ntitle: a: b: c\n---\n", 2, "not valid YAML"),
    "an unclosed quote": (b'---\nheat: 3\ntitle: "a\n---\ntext\n', 3, "a closing quote is missing"),
    "a tab as indentation": (b"---\ntitle: a\nprovider:\n\tname: b\n---\n", 4, "a tab character"),
    "invalid UTF-8": (b"---\ntitle: caf\xe9\n---\n", 2, "not UTF-8"),
    "UTF-16": ("---\ntitle: a\n---\n".encode("utf-16"), 1, "not UTF-8"),
    "nothing at all": (b"", None, "the file is empty"),
    "white space alone": (b" \n\t\n", None, "the file is empty"),
    "a front matter without its first line": (b"title: a\n---\n\nA text.\n", 1, "the opening `---` is missing"),
    "an empty front matter above nothing": (b"---\n---\n", 1, "the front matter is empty"),
    "an empty front matter above fields": (b"---\n---\ntitle: a\n---\ntext\n", 1, "the front matter is empty"),
    "front matter never closed": (b"---\ntitle: a\n\nA text.\n", 1, "never closed"),
    "no title": (b"---\nheat: 3\n---\ntext\n", None, "no title"),
    "an empty title": (b'---\ntitle: ""\n---\ntext\n', 2, "no title"),
    "a list for a front matter": (b"---\n- title: a\n---\n", 2, "expected fields"),
    "a list for a title": (b"---\ntitle: [a, b]\n---\n", 2, "title: expected text, got a list"),
    "a list where a mapping belongs": (b"---\ntitle: a\nprovider: [b]\n---\n", 3, "provider: expected a mapping"),
    "a mapping where a date belongs": (b"---\ntitle: a\npublishedDateTime: {a: b}\n---\n", 3, "expected a date"),
    "a day that is none": (b"---\ntitle: a\npublishedDateTime: 2020-13-41\n---\n", 3, 'got "2020-13-41"'),
    "a field given twice": (b"---\ntitle: a\ntitle: b\n---\n", 3, "`title` is given twice"),
    "a scheme of danger": (b"---\ntitle: a\nwebUrl: javascript:alert(1)\n---\n", 3, "webUrl: expected an http"),
    "an alias bomb": (BOMB.encode(), None, "aliases"),
    "deep nesting": (b"---\ntitle: a\nx: " + b"[" * 5000 + b"]" * 5000 + b"\n---\n", None, "too deeply"),
}


def only_problem(report: Report) -> Problem:
    assert len(report.problems) == 1, report.problems
    return report.problems[0]


# One broken file


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_harms_only_itself_and_is_reported_with_line_and_reason(site: Site, kind: str) -> None:
    data, line, words = BROKEN[kind]
    site.write("good.md", GOOD)
    site.write("folder/bad.md", data)
    problem = only_problem(site.render())
    assert problem.path == "seeds/folder/bad.md"
    assert line is None or problem.line == line
    assert words in str(problem)
    assert site.titles() == {"Good"}
    assert only_problem(site.render()) == problem, "it is said again as long as it stands"


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_broken_by_an_edit_keeps_its_last_good_version(site: Site, kind: str) -> None:
    site.write("a.md", item("First", "https://example.org/a"))
    site.render()
    before = site.documents()
    site.write("a.md", BROKEN[kind][0])
    assert site.render().entries == 1
    assert site.documents() == before


def test_a_broken_file_comes_back_with_its_new_version_and_goes_when_deleted(site: Site) -> None:
    site.write("good.md", GOOD)
    path = site.write("a.md", item("First", "https://example.org/a"))
    site.render()
    first = site.entries()["First"]
    site.write("a.md", "---\ntitle: [\n---\n")
    site.render()
    site.write("a.md", item("Second", "https://example.org/a"))
    assert not site.render().problems
    second = site.entries()["Second"]
    assert second.id == first.id
    assert second.updated_parsed > first.updated_parsed
    site.write("a.md", "---\ntitle: [\n---\n")
    assert site.render().problems
    assert "Second" in site.titles()
    path.unlink()
    assert not site.render().problems
    assert site.titles() == {"Good"}


@pytest.mark.parametrize(
    "text",
    [
        "---\npublished: false\ntitle: a: b: c\n---\n",
        '---\ntitle: "a\npublished: false\n---\n',
        "---\ntitle: [\npublished: no\n---\n",
        "---\r\ntitle: [\r\npublished: false\r\n---\r\n",
        "---\npublished: flase\ntitle: a\n---\n",
        "---\nremoved: true\ntitle: [\n---\n",
        "---\nheat: -1\ntitle: [\n---\n",
        "---\npublished: false\ntitle: never closed\n",
    ],
)
def test_a_broken_file_that_asks_to_be_withheld_is_withdrawn(site: Site, text: str) -> None:
    site.write("good.md", GOOD)
    site.write("a.md", item("First", "https://example.org/a"))
    site.render()
    site.write("a.md", text)
    only_problem(site.render())
    assert site.titles() == {"Good"}


@pytest.mark.parametrize("worse", [b"", b"---\ntitle: [\n---\n", b"\xff\xfe", b"x" * (5 << 20)])
def test_a_withdrawn_file_does_not_come_back_by_getting_worse(site: Site, worse: bytes) -> None:
    site.write("good.md", GOOD)
    site.write("a.md", item("First", "https://example.org/a"))
    site.render()
    site.write("a.md", "---\npublished: false\ntitle: [\n---\n")
    site.render()
    site.write("a.md", worse)  # as a file is that an editor empties before it writes
    site.render()
    assert site.titles() == {"Good"}
    site.write("a.md", item("Second", "https://example.org/a", published=True))
    site.render()
    assert site.titles() == {"Good", "Second"}


def test_a_withdrawn_file_does_not_come_back_by_becoming_unreadable(site: Site) -> None:
    def act() -> None:
        site.write("good.md", GOOD)
        path = site.write("a.md", item("First", "https://example.org/a"))
        site.render()
        site.write("a.md", "---\npublished: false\ntitle: [\n---\n")
        site.render()
        path.chmod(0)
        site.render()
        assert site.titles() == {"Good"}

    unprivileged(act)


# Files that are no files


def test_a_file_of_50_mb_is_reported_and_not_read(site: Site) -> None:
    site.write("good.md", GOOD)
    with site.write("big.md", item("Big")).open("r+b") as file:
        file.truncate(50_000_000)
    problem = only_problem(site.render())
    assert problem.path == "seeds/big.md"
    assert "larger than" in problem.reason
    assert site.titles() == {"Good"}


def test_a_folder_with_the_name_of_an_item_is_reported_and_looked_into(site: Site) -> None:
    site.write("good.md", GOOD)
    site.write("x.md/inner.md", item("Inner"))
    problem = only_problem(site.render())
    assert problem.path == "seeds/x.md"
    assert "folder" in problem.reason
    assert site.titles() == {"Good", "Inner"}


def test_a_link_that_leads_nowhere_or_out_or_to_a_folder_is_reported_and_not_followed(site: Site) -> None:
    site.write("good.md", GOOD)
    outside = site.root / "outside.md"
    outside.write_text(item("Outside"))
    (site.root / "folder").mkdir()
    (site.root / "folder/inner.md").write_text(item("Inner"))
    site.write("inside/other.md", item("Other", "https://example.org/other"))
    for name, target in {
        "nowhere.md": "gone.md",
        "self.md": "self.md",
        "out.md": outside,
        "relative.md": "../outside.md",
        "folder": site.root / "folder",
        "folder.md": site.root / "folder",
        "loop": site.seeds,
        "devnull.md": "/dev/null",
    }.items():
        (site.seeds / name).symlink_to(target)
    found = [(problem.path.removeprefix("seeds/"), problem.reason) for problem in site.render().problems]
    reasons = dict(found)
    assert len(reasons) == len(found), "each is said once"
    assert "nowhere" in reasons.pop("nowhere.md")
    assert "nowhere" in reasons.pop("self.md")
    assert {"out.md", "relative.md", "devnull.md"} == {path for path in reasons if "leads out" in reasons[path]}
    assert {"folder", "folder.md", "loop"} == {path for path in reasons if "link to a folder" in reasons[path]}
    assert site.titles() == {"Good", "Other"}


def test_a_link_to_an_item_inside_is_one_entry_with_it(site: Site) -> None:
    site.write("a.md", GOOD)
    (site.seeds / "b.md").symlink_to("a.md")
    assert not site.render().problems
    assert list(site.entries()) == ["Good"]


def test_a_pipe_with_the_name_of_an_item_is_reported_and_not_waited_for(site: Site) -> None:
    site.write("good.md", GOOD)
    os.mkfifo(site.seeds / "x.md")
    done = site.process("render")  # in a process, because waiting would be for ever
    assert done.returncode == 0
    assert "x.md: not a regular file" in done.stdout
    assert site.titles() == {"Good"}


def test_a_file_name_that_is_not_utf_8_is_reported(site: Site) -> None:
    site.write("good.md", GOOD)
    (site.seeds / os.fsdecode(b"caf\xe9.md")).write_text(item("Named"))
    (site.seeds / os.fsdecode(b"dossi\xe9r")).mkdir()
    result = site.run("render")
    assert result.status == 0
    assert r"caf\xe9.md: the name of this file is not UTF-8" in result.out
    assert r"dossi\xe9r: the name of this folder is not UTF-8" in result.out
    assert site.titles() == {"Good"}


def test_an_unreadable_file_is_reported_and_keeps_its_last_good_version(site: Site) -> None:
    def act() -> None:
        site.write("good.md", GOOD)
        path = site.write("a.md", item("First", "https://example.org/a"))
        path.chmod(0)
        problem = only_problem(site.render())
        assert (problem.path, problem.reason) == ("seeds/a.md", "cannot be read: Permission denied")
        assert site.titles() == {"Good"}
        path.chmod(0o600)
        site.render()
        path.chmod(0)
        only_problem(site.render())
        assert site.titles() == {"Good", "First"}

    unprivileged(act)


@pytest.mark.parametrize("mode", [0, 0o400, 0o100])
def test_the_items_of_an_unreadable_folder_stay_published(site: Site, mode: int) -> None:
    def act() -> None:
        site.write("good.md", GOOD)
        site.write("folder/a.md", item("A", "https://example.org/a"))
        site.write("folder/deep/b.md", item("B", "https://example.org/b"))
        site.render()
        before = site.documents()
        (site.seeds / "folder").chmod(mode)
        try:
            report = site.render()
            assert all(problem.path.startswith("seeds/folder") for problem in report.problems)
            assert report.problems
            assert site.documents() == before
        finally:
            (site.seeds / "folder").chmod(0o700)
        assert not site.render().problems
        assert site.documents() == before

    unprivileged(act)


# Files that change while they are looked at


class Restless(ItemsDirectory):
    """A directory in which the first file read is dealt with by `fate` between the scan and the reading."""

    def __init__(self, site: Site, fate: str) -> None:
        super().__init__(site.seeds, (".md",), (".*",), 1 << 20)
        self._seeds = site.seeds
        self._fate = fate

    def read(self, path: str, version: object = None) -> bytes | Unread | None:
        if path == "a.md" and self._fate:
            target = self._seeds / path
            target.unlink()
            if self._fate == "folder":
                target.mkdir()
            elif self._fate == "link":
                target.symlink_to("nowhere")
            elif self._fate == "emptied":
                target.write_bytes(b"")
            self._fate = ""
        return super().read(path)


@pytest.mark.parametrize("fate", ["deleted", "folder", "link", "emptied"])
@pytest.mark.parametrize("known", [False, True])
def test_a_file_that_changes_between_scan_and_reading_is_no_accident(site: Site, fate: str, known: bool) -> None:
    site.write("good.md", GOOD)
    if known:
        site.write("a.md", item("First", "https://example.org/a"))
        site.render()
    site.write("a.md", item("Second", "https://example.org/a"))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    state = StateDirectory(site.state)
    with Publisher(Restless(site, fate), FeedsDirectory(site.feeds), state, pass_settings(Config())) as publisher:
        publisher.publish(now)
        assert site.titles() <= {"Good", "First"}
        assert "Good" in site.titles()
        publisher.publish(now)
    emptied = {"First"} if known and fate == "emptied" else set()
    assert site.titles() == {"Good"} | emptied


# What must not get out


def test_control_characters_in_a_title_leave_every_document_well_formed(site: Site) -> None:
    site.write("a.md", '---\ntitle: "a\\0b\\x01\\ud800\\uffff c"\nexcerpt: "\\b\\0"\n---\nbo\x0bdy\n')
    site.write("b.md", '---\ntitle: "d\\0e"\n---\nbo\x00\x0bdy \ufffe\n')
    site.render()
    assert_well_formed(site.documents())
    assert "de" in site.titles()


def test_a_link_that_runs_a_script_is_in_no_document(site: Site) -> None:
    evil = "javascript:alert(1)"
    body = (
        f"[a]({evil}) <a href='{evil}'>b</a> <a href=\"JaVaScRiPt&colon;alert(1)\">c</a> ![d]({evil})\n"
        f"<a href=' java\tscript:alert(1)'>e</a> <iframe src='{evil}'></iframe> <p onclick='alert(1)'>f</p>\n"
        "<script>alert(1)</script> [g](data:text/html;base64,PHNjcmlwdD4=) [h](vbscript:x) <svg onload=alert(1)>\n"
    )
    site.write("body.md", item("Body", "https://example.org/body", body=body))
    site.write("html.html", item("HTML", "https://example.org/html", body=body, featuredContent=body))
    site.write("front.md", item("Front", evil))
    for field in ("ampUrl", "cdnAmpWebUrl", "website", "originalUrl"):
        site.write(f"{field}.md", item(field, "https://example.org/front", **{field: evil}))
    site.write("related.md", item("Related", related=[{"title": "r", "webUrl": evil}]))
    site.write("images.md", item("Images", images=[{"url": evil}], provider={"name": "p", "images": [{"url": evil}]}))
    report = site.render()
    assert {"seeds/front.md", "seeds/related.md", "seeds/images.md"} <= {problem.path for problem in report.problems}
    assert {"Body", "HTML"} <= site.titles()
    dangerous = re.compile(
        rb"(?:href|src|url|uri|link)[\"']?[\s=:>]*(?:&\w+;|&#\d+;|\\?[\"'])*\s*(?:java\s*script|vbscript|data)\s*:"
        rb"|<script|<iframe|<svg|onclick|onload|&lt;script|&lt;iframe|alert\(1\)(?:&quot;|\\?\")",
        re.IGNORECASE,
    )
    ours = re.compile(rb'<script src="[./]*feedd\.js\?v=[0-9a-f]+" defer></script>')
    for path, data in site.documents().items():
        assert path in ASSETS or not dangerous.search(ours.sub(b"", data, count=1)), path


SEAL = base64.b64encode(random.Random(1).randbytes(200)).decode() + ";oYqnNVTHfyT8fo+ySvkO1g=="
SEALED = {
    "a field": f'title: T\nsecured: "{SEAL}"\n---\ntext',
    "the first field": f'secured: "{SEAL}"\ntitle: T\n---\ntext',
    "a plain field": f"title: T\nsecured: {SEAL}\n---\ntext",
    "a quoted name": f"title: T\n'Secured' : '{SEAL}'\n---\ntext",
    "a complex key": f"title: T\n? secured\n: {SEAL}\n---\ntext",
    "a folded text": f"title: T\nsecured: >-\n  {SEAL}\n---\ntext",
    "the next line": f"title: T\nsecured:\n  {SEAL}\n---\ntext",
    "a mapping": f"title: T\nsecured: {{a: [{{b: '{SEAL}'}}], '{SEAL}': c}}\n---\ntext",
    "below related": f"title: T\nrelated:\n  - title: R\n    secured: {SEAL}\n---\ntext",
    "below a provider": f"title: T\nprovider: {{name: P, secured: '{SEAL}'}}\n---\ntext",
    "given twice": f"title: T\nsecured: {SEAL}\nsecured: {SEAL}\n---\ntext",
    "broken YAML before it": f"title: a: b\nsecured: {SEAL}\n---\ntext",
    "broken YAML in it": f'title: T\nsecured: "{SEAL}\n---\ntext',
    "broken YAML after it": f"title: T\nsecured: '{SEAL}'\nheat: [\n---\ntext",
    "an open quote before it": f'title: "T\nsecured: "{SEAL}"\n---\ntext',
    "an open quote before it, of the other kind": f"title: \"T\nsecured: '{SEAL}'\n---\ntext",
    "a field of another type before it": f'title: T\nheat: "1\nsecured: {SEAL}\n"\n---\ntext',
    "another wrong field": f"title: T\nheat: hot\nsecured: {SEAL}\n---\ntext",
    "front matter closed above it": f"title: T\n---\nsecured: {SEAL}\n---\ntext",
    "never closed": f"title: T\nsecured: {SEAL}\n",
    "bad UTF-8": f"title: T\nsecured: {SEAL}\nexcerpt: \udce9\n---\ntext",
    "without a title": f"secured: {SEAL}\n---\ntext",
    "swept into the title by an open quote": f"title: \"T\nsecured: '{SEAL}'\nexcerpt: \"\n---\ntext",
    "swept into the excerpt by its indentation": f"title: T\nexcerpt: |\n  E\n  secured: {SEAL}\n---\ntext",
    "listed under a front matter closed too early": f"title: T\n---\nrelated:\n  - secured: {SEAL}\n---\ntext",
    "below its name under a closed front matter": f"title: T\n---\nsecured:\n  {SEAL}\n---\ntext",
    "in braces under a closed front matter": f"title: T\n---\nrelated: [{{title: R, secured: {SEAL}}}]\n---\ntext",
}


@pytest.mark.parametrize("kind", SEALED)
def test_sealed_content_never_leaves_the_file(site: Site, kind: str) -> None:
    site.write("good.md", GOOD)
    site.write("a.md", f"---\n{SEALED[kind]}\n".encode("utf-8", "surrogateescape"))
    said = [
        site.run(*command)
        for command in (
            ("render",),
            ("render", "--format", "json"),
            ("check",),
            ("check", "--format", "github", "seeds/a.md"),
            ("plan",),
            ("plan", "--format", "json"),
            ("why", "a.md"),
            ("why", "--format", "json", "a.md"),
        )
    ]
    pieces = [SEAL[start : start + 16] for start in range(0, len(SEAL) - 16, 8)]
    everything = {**site.documents(), **tree(site.state), "said": str(said).encode()}
    leaks = {path: piece for piece in pieces for path, data in everything.items() if piece.encode() in data}
    assert not leaks
    assert "Good" in site.titles()


# Identity


def test_two_files_with_one_link_are_one_entry_and_the_better_one_speaks(site: Site) -> None:
    site.write("other.md", GOOD)
    worse = site.write("a.md", item("Worse", "https://example.org/x", quality=10))
    better = site.write("b.md", item("Better", "http://www.example.org/x/?utm_source=y", quality=20))
    site.render()
    assert site.titles() == {"Better", "Good"}
    entry_id = site.ids()["Better"]
    better.unlink()
    site.render()
    assert site.ids()["Worse"] == entry_id
    assert site.titles() == {"Worse", "Good"}
    better.write_text(item("Better", "https://example.org/x", quality=20))
    worse.write_text(item("Worse", "https://example.org/x", quality=30))
    site.render()
    assert site.titles() == {"Worse", "Good"}
    assert site.ids()["Worse"] == entry_id
    worse.write_text(item("Worse", "https://example.org/x", quality=30, published=False))
    site.render()
    assert site.ids()["Better"] == entry_id
    worse.unlink()
    better.unlink()
    site.render()
    assert site.titles() == {"Good"}


@pytest.mark.parametrize("before", ["http://example.org/a", "https://example.org/a"])
def test_an_entry_keeps_its_id_when_its_link_moves_between_http_and_https(site: Site, before: str) -> None:
    after = before.replace("http:", "https:") if before.startswith("http:") else before.replace("https:", "http:")
    site.write("a.md", item("A", before))
    site.render()
    ids = site.ids()
    site.write("a.md", item("A", after))
    site.render()
    assert site.ids() == ids
    assert site.entries()["A"].link == after
    (site.seeds / "a.md").unlink()
    site.write("b.md", item("A", before))
    site.render()
    assert site.ids() == ids


def test_an_entry_keeps_its_id_when_its_link_becomes_another(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    ids = site.ids()
    site.write("a.md", item("A", "https://example.com/quite/another"))
    site.render()
    assert site.ids() == ids


@pytest.mark.parametrize("link", ["https://example.org/a", None])
def test_a_renamed_file_keeps_the_entry_with_id_and_dates(site: Site, link: str | None) -> None:
    for date, name in (("2024-05-01", "dated"), (None, "undated")):
        site.write(f"{name}.md", item(name, f"{link}/{name}" if link else None, date=date, body=name))
    site.render()
    before = site.documents()
    for name in ("dated", "undated"):
        (site.seeds / f"{name}.md").rename(site.seeds / f"renamed-{name}.md")
    report = site.render()
    assert (report.read, report.removed) == (2, 2)
    after = site.documents()
    # The recovery index knows entries by their files, too.
    assert [name for name in after if after[name] != before[name]] == ["recovery/entries-00.bin"]
    assert after.keys() == before.keys()


def test_an_item_without_a_date_keeps_the_day_on_which_it_was_first_seen(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a", date=None))
    first = datetime(2026, 1, 1, tzinfo=UTC)
    items = ItemsDirectory(site.seeds, (".md",), (), 1 << 20)
    for day in (1, 2, 3):
        site.write("a.md", item("A", "https://example.org/a", date=None, heat=day))
        state = StateDirectory(site.state)
        with Publisher(items, FeedsDirectory(site.feeds), state, pass_settings(Config())) as publisher:
            publisher.publish(first.replace(day=day))
        entry = site.entries()["A"]
        assert entry.published == entry.updated == first.isoformat()


# Topics of any name


def test_topics_of_any_name_have_valid_documents_of_their_own_inside_feeds(site: Site) -> None:
    topics = ["C", "C++", "C#", "人工智能", "../../etc", "etc", "x" * 300, "x" * 299 + "y", "AI", "ai"]
    topics += ["..", ".", "/", "con", "a/b", "a\\b", "a b", "%2e%2e", "<b>", "&amp;", "\u202egnp", "🚀", "index.html"]
    for number, topic in enumerate(topics):
        site.write(f"{number}.md", item(f"Title {number}", f"https://example.org/{number}", topics=[topic]))
    before = {path: data for path, data in tree(site.root.parent).items() if "/feeds/" not in path}
    assert not site.render().problems
    after = {path: data for path, data in tree(site.root.parent).items() if "/feeds/" not in path}
    assert {path: after[path] for path in before} == before
    assert {path.split("/")[1] for path in after.keys() - before.keys()} == {".feedd"}
    assert_well_formed(site.documents())
    members: dict[str, set[str]] = {}
    for path in site.documents():
        if path.startswith("topics/"):
            assert path.count("/") == 2
            members.setdefault(path.split("/")[1], set()).update(
                site.titles(path) if path.endswith((".xml", ".rss")) else set()
            )
    by_topic: dict[str, set[str]] = {}
    for number, topic in enumerate(topics):
        if topic.strip() and site.entries()[f"Title {number}"].get("tags"):
            by_topic.setdefault(topic.casefold(), set()).add(f"Title {number}")
    assert sorted(map(sorted, members.values())) == sorted(map(sorted, by_topic.values()))
    assert {"Title 8", "Title 9"} in members.values(), "AI and ai are one topic"
    assert {"c", "c-plus-plus", "c-sharp", "人工智能", "etc", "ai"} <= members.keys()
    assert len({site.feed(f"topics/{slug}/atom.xml").feed.id for slug in members}) == len(members)


# Damage


MARKS = (b"---\n", b'"', b"'", b": ", b"\n", b"\0", b"<", b"]]>", b"&", b"\xed\xa0\x80", b"\r", b"  - ")


def damaged(random_: random.Random, data: bytes) -> bytes:
    """A copy with one to six random edits."""
    copy = bytearray(data)
    for _ in range(random_.randint(1, 6)):
        at, length = random_.randrange(len(copy) + 1), random_.randint(1, 8)
        edit = random_.randrange(5)
        if edit == 0:
            copy[at : at + length] = random_.randbytes(length)
        elif edit == 1:
            del copy[at : at + length]
        elif edit == 2:
            copy[at:at] = random_.choice(MARKS)
        elif edit == 3:
            source = random_.randrange(len(copy) + 1)
            copy[at:at] = copy[source : source + 4 * length]
        else:
            copy[at : at + 1] = bytes([copy[at] ^ 1 << random_.randrange(8)]) if at < len(copy) else b""
    return bytes(copy)


def test_two_thousand_damaged_files_leave_every_document_well_formed(site: Site) -> None:
    random_ = random.Random(2026)
    texts = [
        item('Ærø <b>& "co"', "https://example.org/1", topics=["C++"], provider={"name": "P & Q"}, heat=3),
        item("Two", "https://example.org/2", body="*a* [[b]] <a href='c'>d</a>\n\n| e |\n| - |\n| f |", tags=["g"]),
        item("Three", images=[{"url": "/a.png", "width": 3}], related=[{"title": "r", "webUrl": "https://a.b/c"}]),
        "---\ntitle: Plain\nlength: PT1M\ntopics:\n  - AI\n---\nFrom: [[channel]] <br/>\n\n> [!info] A\n> b\n",
    ]
    for number in range(2000):
        text = random_.choice(texts).replace("example.org/", f"example.org/{number}/")
        site.write(f"{number % 7}/{number}.md", damaged(random_, text.replace("Plain", f"Plain {number}").encode()))
    report = site.render("--accept-guesses")  # some slips make names that only other programs know
    assert report.files == report.read == 2000
    assert len({problem.path for problem in report.problems}) > 200
    assert report.entries > 200
    assert_well_formed(site.documents())


# The items' directory itself


def took_away(site: Site, how: str) -> Path:
    aside = site.root / "aside"
    site.seeds.rename(aside)
    if how == "empty":
        site.seeds.mkdir()
    elif how == "no items":
        site.write("README.txt", "not an item")
        site.write(".hidden.md", "not an item")
        (site.seeds / "folder").mkdir()
    elif how == "a file":
        site.seeds.write_text("not a folder")
    elif how == "a link to nowhere":
        site.seeds.symlink_to("/nonexistent/disk")
    return aside


@pytest.mark.parametrize("how", ["missing", "empty", "no items", "a file", "a link to nowhere"])
def test_items_that_are_not_there_never_empty_the_feeds(site: Site, how: str) -> None:
    site.write("a.md", item("A", topics=["T"]))
    site.render()
    before = looks(site.feeds)
    aside = took_away(site, how)
    report = site.render(status=3)
    assert "The feeds were left as they" in (report.refused or "")
    assert looks(site.feeds) == before
    assert site.run("render").err.startswith("feedd: refused: ")
    if site.seeds.is_dir():
        site.seeds.rename(site.root / "rubbish")
    else:
        site.seeds.unlink(missing_ok=True)
    aside.rename(site.seeds)
    assert site.render().written == ()
    assert looks(site.feeds) == before


def test_an_unreadable_seeds_folder_is_refused(site: Site) -> None:
    def act() -> None:
        site.write("a.md", item("A"))
        site.render()
        before = looks(site.feeds)
        site.seeds.chmod(0)
        try:
            assert "Permission denied" in (site.render("--allow-empty", status=3).refused or "")
            assert looks(site.feeds) == before
        finally:
            site.seeds.chmod(0o700)

    unprivileged(act)


def test_allow_empty_empties_the_feeds_and_keeps_their_documents_valid(site: Site) -> None:
    path = site.write("a.md", item("A", topics=["T"], provider="P"))
    site.render()
    paths = site.documents().keys()
    path.unlink()
    site.render(status=3)
    report = site.render("--allow-empty")
    assert report.entries == 0
    feeds = {path for path in paths if not path.startswith("entry/")}  # an entry's own page goes with it
    assert site.documents().keys() == feeds
    assert_well_formed(site.documents())
    for document in feeds:
        if document.endswith(".xml"):
            assert site.feed(document).entries == []
        elif document.endswith(".json"):
            assert json.loads((site.feeds / document).read_bytes())["items"] == []
    site.write("b.md", item("B", topics=["T"]))
    site.render()
    assert site.titles("topics/t/atom.xml") == {"B"}


def test_allow_empty_does_not_take_a_missing_folder_for_an_empty_one(site: Site) -> None:
    site.write("a.md", item("A"))
    site.render()
    took_away(site, "missing")
    site.render("--allow-empty", status=3)
    assert site.titles() == {"A"}


def test_the_first_render_of_an_empty_folder_is_refused(site: Site) -> None:
    report = site.render(status=3)
    assert "there is no item to publish" in (report.refused or "")
    assert not site.feeds.exists()
    assert site.render("--allow-empty").entries == 0
    assert site.feed().entries == []


def test_documents_can_be_read_by_everyone_whom_the_umask_lets(site: Site) -> None:
    site.write("a.md", item("A"))
    before = os.umask(0o022)
    try:
        site.render()
    finally:
        os.umask(before)
    assert {stat.S_IMODE((site.feeds / path).stat().st_mode) for path in site.documents()} == {0o644}


def test_files_behind_a_link_that_cannot_be_looked_up_stay_published(site: Site) -> None:
    def act() -> None:
        site.write(".version/a.md", item("A", "https://example.org/a"))
        (site.seeds / "a.md").symlink_to(".version/a.md")
        site.write("good.md", GOOD)
        site.render()
        before = site.documents()
        (site.seeds / ".version").chmod(0)
        try:
            assert only_problem(site.render()).path == "seeds/a.md"
            assert site.documents() == before
        finally:
            (site.seeds / ".version").chmod(0o700)
        assert not site.render().problems

    unprivileged(act)
