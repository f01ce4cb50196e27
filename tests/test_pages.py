"""Pages for people, over real files: which there are, when they are written again, and whose files they never touch."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from markup import Markup
from support import Running, Site, assert_in_step, assert_well_formed, item, looks

from feedd.render import PAGE
from feedd.render.assets import ASSETS, DIGESTS
from feedd.render.site_page import NEWEST_SHOWN

BOATS = f"topics/boats/{PAGE.file}"
HERALD = f"providers/herald/{PAGE.file}"
TOP = f"top/{PAGE.file}"
VIEWS = {f"hot/{PAGE.file}", f"top/{PAGE.file}"}  # of all entries
LINK = "https://news.example/"


def fill(site: Site, count: int = 3) -> None:
    for number in range(count):
        write(site, number)
    site.settle()


def write(site: Site, number: int, title: str | None = None, **fields: object) -> Path:
    fields = {"topics": ["Boats"], "provider": "Herald", **fields}
    date = f"2024-05-{number + 1:02}T12:00:00Z"
    return site.write(f"{number}.md", item(title or f"Item {number}", f"{LINK}{number}", date, **fields))


def page(site: Site, path: str = PAGE.file) -> Markup:
    found = Markup((site.feeds / path).read_text(encoding="utf-8"))
    assert found.faults == []
    return found


def pages(site: Site) -> set[str]:
    return {path for path in site.documents() if path.endswith(PAGE.file) or path in ASSETS}


def counts(site: Site) -> list[int]:
    """The numbers of entries that the site's page gives, in the order of its lists."""
    return [int(count) for count in re.findall(r'<span class="count">(\d+)<span', text(site, PAGE.file))]


def links(site: Site, path: str = PAGE.file) -> list[str]:
    return page(site, path).values("href", "a")


def test_every_feed_has_a_page_and_the_site_has_one(site: Site) -> None:
    fill(site)
    site.render()
    assert pages(site) == {PAGE.file, BOATS, HERALD, *VIEWS, *ASSETS}
    assert {name: site.documents()[name] for name in ASSETS} == ASSETS
    assert_well_formed(site.documents())
    assert "topics/boats/index.html" in links(site)
    assert "providers/herald/index.html" in links(site)
    assert "feeds.opml" in links(site)
    for path in (BOATS, HERALD):
        assert {"../../index.html", "atom.xml", "rss.xml", "feed.json", f"{LINK}0"} <= set(links(site, path))
        assert {"Item 0", "Item 1", "Item 2"} <= set(page(site, path).texts)


def test_topics_with_numbers_are_listed_by_their_values(site: Site) -> None:
    write(site, 0, topics=["Topic 10", "topic 2", "Topic 1", "Other"])
    site.configure(views={"feeds": ["topics"]})
    site.render()
    slugs = ["other", "topic-1", "topic-2", "topic-10"]
    assert [link for link in links(site) if link.startswith("topics/") and link.count("/") == 2] == [
        f"topics/{slug}/index.html" for slug in slugs
    ]
    opml = site.documents()["feeds.opml"].decode()
    assert list(dict.fromkeys(re.findall(r"topics/([^/]+)/top/", opml))) == slugs


def test_what_pages_load_is_there_before_a_page_that_names_it(site: Site) -> None:
    fill(site)
    written = site.render().written
    first_page = min(written.index(path) for path in written if path.endswith(".html"))
    assert all(written.index(path) < first_page for path in ASSETS)


def test_every_link_of_a_page_to_a_file_leads_to_one(site: Site) -> None:
    fill(site)
    site.write("c.md", item("C", f"{LINK}c", topics=["C++", "C#", "人工智能", "100% & more"]))
    site.render()
    broken = [
        (path, href)
        for path in pages(site) - ASSETS.keys()
        for href in (*page(site, path).values("href", "a", "link"), *page(site, path).values("src"))
        if ":" not in href and not href.startswith("#")
        if not (site.feeds / path).parent.joinpath(unescaped(href)).is_file()
    ]
    assert broken == []


def unescaped(href: str) -> str:
    from urllib.parse import unquote

    path, _, version = href.partition("#")[0].partition("?v=")
    assert version == DIGESTS.get(Path(path).name, "")
    return unquote(path)


def test_the_sites_page_shows_the_newest_entries_and_how_many_each_feed_has(site: Site) -> None:
    fill(site, NEWEST_SHOWN + 2)
    site.render()
    shown = [text for text in page(site).texts if text.startswith("Item ")]
    assert shown == [f"Item {number}" for number in range(NEWEST_SHOWN + 1, 1, -1)]
    assert counts(site) == [NEWEST_SHOWN + 2, NEWEST_SHOWN + 2]


def test_an_edit_writes_the_pages_that_show_the_entry_and_no_other(site: Site) -> None:
    fill(site, NEWEST_SHOWN + 2)
    write(site, 20, topics=["Trains"], provider="Gazette")
    site.settle()
    site.render()
    write(site, 1, "Edited")  # too old to be among the newest
    changed = {path for path in site.render().written if path.endswith(".html")}
    assert changed == {BOATS, HERALD, TOP}
    write(site, NEWEST_SHOWN + 1, "Edited as well")
    changed = {path for path in site.render().written if path.endswith(".html")}
    assert changed == {BOATS, HERALD, PAGE.file, TOP}
    assert "Edited as well" in page(site).texts
    assert_in_step(site)


def test_what_pages_do_not_show_writes_none(site: Site) -> None:
    fill(site)
    site.render()
    write(site, 0, body="Another text.", excerpt="A text.")
    site.render()
    before = looks(site.feeds)
    write(site, 0, body="Yet another text.", excerpt="A text.", updatedDateTime="2024-05-01T12:00:00Z")
    written = site.render().written
    assert "atom.xml" in written
    assert PAGE.file not in written
    assert {path for path, look in looks(site.feeds).items() if look == before[path]} >= {PAGE.file, *ASSETS}


def test_a_new_item_counts_on_the_sites_page_and_leaves_the_opml_alone(site: Site) -> None:
    fill(site)
    site.render()
    write(site, 3)
    report = site.render()
    assert PAGE.file in report.written
    assert "feeds.opml" not in report.written
    assert counts(site) == [4, 4]
    (site.seeds / "3.md").unlink()
    assert PAGE.file in site.render().written
    assert counts(site) == [3, 3]
    assert_in_step(site)


def test_a_daemon_keeps_the_sites_page_in_step(site: Site, daemon: Callable[..., Running]) -> None:
    fill(site)
    running = daemon().wait_until_ready()
    write(site, 2, "Edited")
    running.sync()
    assert "Edited" in page(site).texts
    write(site, 4, topics=["Trains"])
    running.sync()
    assert "topics/trains/index.html" in links(site)
    (site.seeds / "0.md").unlink()
    running.sync()
    assert counts(site) == [2, 1, 3]
    assert_in_step(site)


def test_what_is_withheld_leaves_every_page(site: Site) -> None:
    fill(site)
    site.render()
    write(site, 2, "Item 2", published=False, secured="sealed")
    site.render()
    for path in pages(site):
        assert b"Item 2" not in site.documents()[path]
        assert b"sealed" not in site.documents()[path]


def test_a_hostile_item_is_text_on_its_pages(site: Site) -> None:
    hostile = "</article></div><script src=https://evil.example/x.js></script>"
    escaped = hostile.replace("<", "&lt;").replace(">", "&gt;")  # titles are read as HTML
    site.write("a.md", item(escaped, f"{LINK}a", topics=[escaped], provider=escaped, excerpt=escaped))
    site.configure(title=hostile, description=hostile)
    site.render()
    assert_well_formed(site.documents())
    for path in pages(site) - ASSETS.keys() - VIEWS | {TOP}:
        assert hostile in page(site, path).texts
        assert len(page(site, path).values("src")) == 1


# Whether there are pages at all


def test_without_pages_there_are_none_and_the_rest_says_so(site: Site) -> None:
    fill(site)
    site.render()
    before = site.documents()
    assert 'href="http://localhost:8080/topics/boats/" rel="alternate"' in text(site, "topics/boats/atom.xml")
    assert home(site) == [
        "http://localhost:8080/",
        *(f"http://localhost:8080/{path[:-10]}" for path in (BOATS, HERALD, *sorted(VIEWS))),
    ]
    site.configure(pages=False)
    report = site.render()
    assert set(report.deleted) == {PAGE.file, BOATS, HERALD, *VIEWS, *ASSETS}
    assert pages(site) == set()
    assert 'href="http://localhost:8080/" rel="alternate"' in text(site, "topics/boats/atom.xml")
    assert home(site) == ["http://localhost:8080/"] * (3 + len(VIEWS))
    write(site, 5)
    assert not {path for path in site.render().written if path.endswith(".html")}
    (site.seeds / "5.md").unlink()
    site.render()
    site.configure(pages=True)
    site.render()
    assert pages(site) == {PAGE.file, BOATS, HERALD, *VIEWS, *ASSETS}
    assert site.documents().keys() == before.keys()
    assert_in_step(site)


def home(site: Site) -> list[str]:
    root = etree.parse(site.feeds / "feeds.opml").getroot()
    return [url for outline in root.iter("outline") if (url := outline.get("htmlUrl"))]


def text(site: Site, path: str) -> str:
    return (site.feeds / path).read_text(encoding="utf-8")


# What is somebody else's


@pytest.mark.parametrize("path", [PAGE.file, BOATS, *ASSETS])
def test_a_file_that_feedd_did_not_make_is_left_alone_and_said(site: Site, path: str) -> None:
    fill(site)
    theirs = site.feeds / path
    theirs.parent.mkdir(parents=True)
    theirs.write_text("<title>my own</title>")
    for _ in range(2):
        report = site.render(status=3)
        assert [problem.path for problem in report.failed] == [path]
        assert "feedd did not make" in report.failed[0].reason
        assert theirs.read_text() == "<title>my own</title>"
    assert {PAGE.file, BOATS, HERALD, "atom.xml", "topics/boats/atom.xml"} <= site.documents().keys() | {path}
    write(site, 1, "Edited")
    site.render(status=3)
    theirs.unlink()
    assert site.render().written == (path,)
    assert_in_step(site)


@pytest.mark.parametrize("path", [PAGE.file, BOATS, "feedd.css"])
def test_a_file_that_somebody_put_in_the_place_of_ours_is_left_alone_and_said(site: Site, path: str) -> None:
    fill(site)
    site.render()
    (site.feeds / path).write_text("my own")
    for _ in range(2):
        assert [problem.path for problem in site.render(status=3).failed] == [path]
        assert (site.feeds / path).read_text() == "my own"
    (site.feeds / path).unlink()
    assert site.render().written == (path,)
    assert_in_step(site)


@pytest.mark.parametrize("left", [b"", bytes(4096), None])
@pytest.mark.parametrize("path", [PAGE.file, BOATS, "feedd.js"])
def test_a_page_of_ours_that_was_damaged_is_made_good(site: Site, path: str, left: bytes | None) -> None:
    fill(site)
    site.render()
    file = site.feeds / path
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] if left is None else left)
    assert site.render().written == (path,)
    assert_in_step(site)


def test_without_pages_a_page_that_somebody_put_in_place_of_ours_stays(site: Site) -> None:
    fill(site)
    site.render()
    (site.feeds / BOATS).write_text("my own")
    site.configure(pages=False)
    assert set(site.render().deleted) == {PAGE.file, HERALD, *VIEWS, *ASSETS}
    assert (site.feeds / BOATS).read_text() == "my own"
    assert site.render().deleted == ()


def test_with_a_new_ledger_pages_of_feeds_that_are_no_more_go(site: Site) -> None:
    fill(site)
    site.configure(recover_index=False)
    write(site, 7, topics=["Trains"])
    site.render()
    (site.seeds / "7.md").unlink()
    shutil.rmtree(site.state)
    report = site.render()
    assert "topics/trains/index.html" in report.deleted
    assert not (site.feeds / "topics/trains").exists()
    shutil.rmtree(site.state)
    site.configure(pages=False, recover_index=False)
    assert {PAGE.file, *ASSETS, BOATS, HERALD} <= set(site.render().deleted)


def test_a_sites_page_that_could_not_be_written_is_made_good_by_the_next_pass(site: Site) -> None:
    fill(site)
    site.render()
    (site.feeds / PAGE.file).unlink()
    (site.feeds / PAGE.file / "precious").mkdir(parents=True)
    write(site, 2, "Edited")
    assert [problem.path for problem in site.render(status=3).failed] == [PAGE.file]
    (site.feeds / PAGE.file / "precious").rmdir()
    assert site.render().written == (PAGE.file,)
    assert_in_step(site)


def test_plan_does_not_call_pages_a_loss_for_subscribers(site: Site) -> None:
    fill(site)
    site.render()
    site.configure(pages=False)
    assert "deleted" not in site.run("plan").out
