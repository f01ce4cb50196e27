"""A disk without space: it is said, what subscribers have stays whole, and with space again nothing has happened."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import PAGE, Site, assert_well_formed, item, leave, make_room, small_disk, tree

from feedd.render.assets import ASSETS
from feedd.render.recovery.index_parts import is_index_part

ITEMS = 40


def write_items(site: Site, edition: int, body: str = "Many words. " * 80) -> None:
    for number in range(ITEMS):
        site.write(
            f"{number}.md",
            item(
                f"Title {number}, edition {edition}",
                f"https://example.org/{number}",
                date=f"2024-05-{number % 28 + 1:02}",
                updatedDateTime=f"2025-0{edition}-01",
                topics=[f"Topic {number % 6}"],
                body=body,
            ),
        )


def documents(site: Site) -> dict[str, bytes]:
    return {path: data for path, data in site.documents().items() if path != "filler"}


def empty(folder: Path) -> None:
    for path in folder.iterdir() if folder.exists() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


class Editions:
    """A site whose items are in their second edition, with what the first left and the second has to leave."""

    def __init__(self, site: Site) -> None:
        self.site = site
        write_items(site, 1)
        site.render("--feeds", "first/feeds", "--state", "first/state")
        self.first = tree(site.root / "first/feeds")
        write_items(site, 2)
        site.render("--feeds", "second/feeds", "--state", "second/state")
        self.second = tree(site.root / "second/feeds")

    def put_back(self, folder: Path, what: str) -> None:
        """Makes a folder what it was after the first edition."""
        empty(folder)
        shutil.copytree(self.site.root / "first" / what, folder, dirs_exist_ok=True)

    def assert_whole(self) -> None:
        """Each document is the old one or the new one."""
        for path, data in documents(self.site).items():
            assert data in (self.first[path], self.second[path]), path


@pytest.mark.usefixtures("may_mount")
@pytest.mark.parametrize("begun", [False, True])
def test_feeds_on_a_full_disk_stay_whole_and_are_mended_with_the_next_space(site: Site, begun: bool) -> None:
    editions = Editions(site)
    failures: set[int] = set()
    with small_disk(site.feeds, "size=2m"):
        largest = max(map(len, editions.second.values())) // PAGE
        for pages in (0, 1, 2, 3, 5, 9, largest):
            empty(site.feeds)
            empty(site.state)
            if begun:
                editions.put_back(site.state, "state")
                editions.put_back(site.feeds, "feeds")
            leave(site.feeds, pages)
            before = documents(site)
            report = site.render(status=3)
            assert {problem.reason for problem in report.failed} == {"cannot be written: No space left on device"}
            failed = {problem.path for problem in report.failed}
            failures.add(len(failed))
            after = documents(site)
            assert {path: after.get(path) for path in failed} == {path: before.get(path) for path in failed}
            assert {path: after[path] for path in report.written} == {
                path: editions.second[path] for path in report.written
            }
            assert failed | set(report.written) | {p for p in after if after[p] == editions.second[p]} == set(
                editions.second
            )
            editions.assert_whole()
            result = site.run("render")
            assert result.status == 3
            path = min(failed)
            assert f"failed   {path}: cannot be written: No space left on device" in result.out
            assert "not all published" in result.out
            make_room(site.feeds)
            site.render()
            assert documents(site) == editions.second
            assert site.render().written == ()
    assert len(failures) > 2, "the space has to end at different documents"


@pytest.mark.usefixtures("may_mount")
def test_feeds_on_a_disk_without_room_for_another_file_are_mended_later(site: Site) -> None:
    editions = Editions(site)
    wrote = []
    for files in (2, 4, 7, 12, 18):
        empty(site.state)
        with small_disk(site.root / f"disk{files}", f"size=2m,nr_inodes={files}"):
            disk = site.root / f"disk{files}"
            report = site.render("--feeds", str(disk), status=3)
            assert {problem.reason for problem in report.failed} == {"cannot be written: No space left on device"}
            assert tree(disk) == {path: editions.second[path] for path in report.written}
            wrote.append(len(report.written))
            subprocess.run(["mount", "-o", "remount,nr_inodes=1000", disk], check=True)
            site.render("--feeds", str(disk))
            assert tree(disk) == editions.second
    assert wrote == sorted(set(wrote))


FULL = "the disk of .feedd is full; make room there, and the next pass makes up for it"


@pytest.mark.usefixtures("may_mount")
def test_a_disk_without_room_for_the_journal_of_the_ledger_is_said_to_be_full(site: Site) -> None:
    write_items(site, 1)
    with small_disk(site.state, "size=4m,nr_inodes=4"):
        for number in range(3):
            result = site.run("render")
            assert (result.status, result.err) == (3, f"feedd: the ledger cannot be used: {FULL}\n"), number
            assert_well_formed(documents(site))
        subprocess.run(["mount", "-o", "remount,nr_inodes=100", site.state], check=True)
        site.render()


@pytest.mark.usefixtures("may_mount")
@pytest.mark.parametrize("begun", [False, True])
def test_a_full_disk_under_the_state_is_refused_and_nothing_is_lost(site: Site, begun: bool) -> None:
    editions = Editions(site)
    refusals = 0
    with small_disk(site.state, "size=4m"):
        for pages in (0, 1, 2, 4, 7, 12, 20, 30, 45, 60, 80, 120):
            empty(site.state)
            empty(site.feeds)
            if begun:
                editions.put_back(site.state, "state")
                editions.put_back(site.feeds, "feeds")
            leave(site.state, pages)
            result = site.run("render")
            assert result.status in (0, 3), result
            if result.status == 3:
                refusals += 1
                assert result.err == f"feedd: the ledger cannot be used: {FULL}\n"
            if site.feeds.exists() and documents(site):
                assert_well_formed(documents(site))
                editions.assert_whole()
            make_room(site.state)
            report = site.render()
            assert report.remarks == ()
            assert documents(site) == editions.second
            assert site.render().written == ()
    assert refusals > 2


LIMITED = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from feedd.cli.main import entry_point
entry_point()
"""


def limited(site: Site, limit: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in a process that may write no file beyond `limit` bytes."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *arguments],
        cwd=site.root,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_documents_larger_than_may_be_written_are_named_and_the_others_published(site: Site) -> None:
    write_items(site, 1)
    site.render()
    first = site.documents()
    write_items(site, 2, body="& " * 6000)  # in Atom and RSS, "&" takes nine bytes
    result = limited(site, 2_000_000, "render")
    assert result.returncode == 3, result
    assert site.ledger.stat().st_size < 2_000_000
    failed = {line.split()[1].rstrip(":") for line in result.stdout.splitlines() if line.startswith("failed ")}
    assert failed == {"atom.xml", "rss.xml", "top/atom.xml", "top/rss.xml"}
    assert "failed   atom.xml: cannot be written: File too large" in result.stdout
    after = site.documents()
    empty_view = {path for path in after if path.startswith("hot/")}
    assert {path for path, data in after.items() if first[path] == data} == failed | empty_view | {
        "feeds.opml",
        *ASSETS,
    }
    assert_well_formed(after)
    assert set(site.render().written) == failed
    site.render("--feeds", "again", "--state", "another")
    assert site.documents() == tree(site.root / "again")


@pytest.mark.parametrize("limit", [0, 4096, 20_000])
def test_a_ledger_larger_than_may_be_written_is_refused_and_nothing_is_lost(site: Site, limit: int) -> None:
    editions = Editions(site)
    for begun in (False, True):
        empty(site.state)
        empty(site.feeds)
        if begun:
            editions.put_back(site.state, "state")
            editions.put_back(site.feeds, "feeds")
        result = limited(site, limit, "render")
        assert result.returncode == 3, result
        words = f"no file in .feedd may be larger than {limit:,} bytes; raise the limit (ulimit -f, LimitFSIZE=)\n"
        assert result.stderr == f"feedd: the ledger cannot be used: {words}"
        editions.assert_whole()
        report = site.render()
        assert report.remarks == ()
        assert site.documents() == editions.second


SECRET = b"which nobody may read any more"


def write_one_to_withhold(site: Site, **fields: object) -> None:
    site.write("0.md", item("Title 0", "https://example.org/0", excerpt=f"Words {SECRET.decode()}.", **fields))


def rename_and_withhold(site: Site) -> None:
    (site.seeds / "0.md").unlink()
    site.write("z.md", item("Title 0", "https://example.org/0", excerpt=SECRET.decode(), draft=True))


WITHHOLD = {
    "published: false": lambda site: write_one_to_withhold(site, published=False),
    "heat below zero": lambda site: write_one_to_withhold(site, heat=-1),
    "deleted": lambda site: (site.seeds / "0.md").unlink(),
    "renamed and a draft": rename_and_withhold,
    "embargoed": lambda site: write_one_to_withhold(site, date="2999-01-01"),
    "broken": lambda site: site.write("0.md", "---\ntitle: [\npublished: false\n---\n"),
}


def showing(site: Site) -> set[str]:
    return {path for path, data in documents(site).items() if SECRET in data}


def site_with_one_to_withhold(site: Site) -> dict[str, bytes]:
    """A site with documents that show an item, and others; returns what it has published."""
    site.configure(views={"digest": ["daily"]})
    write_items(site, 1)
    write_one_to_withhold(site, date="2024-05-30", topics=["Topic 0"])
    site.render()
    assert {"atom.xml", "rss.xml", "feed.json", "index.html", "topics/topic-0/atom.xml"} <= showing(site)
    return documents(site)


@pytest.mark.usefixtures("may_mount")
@pytest.mark.parametrize("how", WITHHOLD)
@pytest.mark.parametrize("full", ["feeds", "state", "both"])
def test_on_a_full_disk_documents_that_show_what_is_withheld_now_are_deleted(site: Site, how: str, full: str) -> None:
    with small_disk(site.feeds, "size=8m"), small_disk(site.state, "size=8m"):
        before = site_with_one_to_withhold(site)
        shown = showing(site)
        for folder, name in ((site.feeds, "feeds"), (site.state, "state")):
            if full in (name, "both"):
                leave(folder, 0)
        WITHHOLD[how](site)
        result = site.run("render")
        assert result.status == 3
        assert "deleted" in result.out + result.err
        assert "show what is withheld now" in result.out + result.err
        after = documents(site)
        assert showing(site) == set()
        gone = {path for path in before.keys() - after.keys() if not is_index_part(path)}
        assert gone <= shown, "a document that shows nothing withheld stays"
        assert_well_formed({path: data for path, data in after.items() if path != "filler"})
        make_room(site.feeds)
        make_room(site.state)
        site.render()
        assert showing(site) == set()
        assert documents(site).keys() == before.keys()
        assert site.render().written == ()


@pytest.mark.usefixtures("may_mount")
def test_what_is_withheld_goes_though_the_state_directory_may_only_be_read(site: Site) -> None:
    with small_disk(site.state, "size=8m"):
        site_with_one_to_withhold(site)
        write_one_to_withhold(site, published=False)
        subprocess.run(["mount", "-o", "remount,ro", site.state], check=True)
        result = site.run("render")
        assert result.status == 3
        assert "Read-only file system; documents that show what is withheld now were deleted" in result.err
        assert showing(site) == set()
        subprocess.run(["mount", "-o", "remount,rw", site.state], check=True)
        site.render()
        assert showing(site) == set()


@pytest.mark.usefixtures("may_mount")
def test_an_edit_that_withholds_nothing_deletes_nothing_on_a_full_disk(site: Site) -> None:
    with small_disk(site.feeds, "size=8m"):
        before = site_with_one_to_withhold(site)
        leave(site.feeds, 0)
        write_one_to_withhold(site, date="2024-05-30", topics=["Topic 0"], body="More of it. " * 2000)
        report = site.render(status=3)
        assert report.deleted == ()
        assert documents(site) == before


@pytest.mark.usefixtures("may_mount")
def test_the_own_page_of_what_is_withheld_goes_though_the_state_directory_may_only_be_read(site: Site) -> None:
    site.configure(limit=1)
    with small_disk(site.state, "size=8m"):
        site.write("a.md", item("How we sail", date="2024-05-01"))
        site.write("b.md", item("Newer", "https://news.example/b", date="2024-05-02"))
        site.render()
        assert (site.feeds / "entry/how-we-sail/index.html").exists()
        site.write("a.md", item("How we sail", date="2024-05-01", published=False))
        subprocess.run(["mount", "-o", "remount,ro", site.state], check=True)
        assert site.run("render").status == 3
        assert not (site.feeds / "entry").exists()
        assert site.titles() == {"Newer"}, "what shows nothing withheld stays"
        subprocess.run(["mount", "-o", "remount,rw", site.state], check=True)
        site.render()
        assert site.render().written == ()


@pytest.mark.usefixtures("may_mount")
def test_what_becomes_private_goes_though_the_state_directory_may_only_be_read(site: Site) -> None:
    with small_disk(site.state, "size=8m"):
        before = site_with_one_to_withhold(site)
        site.configure(feeds={"team": {"title": "Team", "topics": {"any": ["Boats"]}}}, private={"feeds": ["team"]})
        write_one_to_withhold(site, audience="team", date="2024-05-30", topics=["Topic 0"])
        subprocess.run(["mount", "-o", "remount,ro", site.state], check=True)
        result = site.run("render")
        assert result.status == 3
        assert "Read-only file system; documents that show what is withheld now were deleted" in result.err
        assert showing(site) == set()
        subprocess.run(["mount", "-o", "remount,rw", site.state], check=True)
        site.render()
        assert showing(site) == set()
        assert "atom.xml" in before.keys() & documents(site).keys()


@pytest.mark.usefixtures("may_mount")
def test_the_archive_of_what_is_withheld_goes_though_the_state_directory_may_only_be_read(site: Site) -> None:
    site.configure(limit=10, archives={"feeds": ["all"], "size": 5})
    with small_disk(site.state, "size=8m"):
        write_items(site, 1)
        write_one_to_withhold(site, date="2024-04-01")
        site.render()
        assert {"archive/0001.atom.xml", "archive/0001.html"} <= showing(site)
        assert "atom.xml" not in showing(site)
        before = documents(site)
        write_one_to_withhold(site, published=False)
        subprocess.run(["mount", "-o", "remount,ro", site.state], check=True)
        assert site.run("render").status == 3
        assert showing(site) == set()
        gone = {path for path in before.keys() - documents(site).keys() if not is_index_part(path)}
        assert {path.partition(".")[0] for path in gone} == {"archive/0001"}, "what shows nothing withheld stays"
        subprocess.run(["mount", "-o", "remount,rw", site.state], check=True)
        site.render()
        assert documents(site).keys() == before.keys()
        assert site.render().written == ()
