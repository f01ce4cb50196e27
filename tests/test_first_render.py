"""The first render of a folder: what it refuses, what is said of what was guessed, and how to begin anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from http_support import request, serving
from support import Running, Site, item

from feedd.run.reading_summary import FEW
from feedd.store.subscribers import Subscribers

DAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


def foreign(number: int) -> str:
    """An item as another program reads it."""
    return f"---\ntitle: Post {number}\nlayout: post\n---\nA text.\n"


def fill(site: Site, count: int) -> None:
    for number in range(count):
        site.write(f"{number}.md", foreign(number))
    site.settle()


def ids(site: Site) -> set[str]:
    return {each["id"] for each in json.loads((site.feeds / "feed.json").read_bytes())["items"]}


def test_many_items_without_dates_are_not_the_first_that_are_published(site: Site) -> None:
    fill(site, FEW)
    refused = site.run("render")
    assert refused.status == 3
    assert f"of {FEW} items that were written for another program" in refused.err
    assert f"{FEW} have no date" in refused.err and "--accept-guesses" in refused.err
    assert not list(site.feeds.rglob("*.xml"))
    assert site.run("render", "--accept-guesses").status == 0
    assert len(ids(site)) == FEW
    site.write("more.md", foreign(99))
    assert site.run("render").status == 0  # it is not the first any more
    assert len(ids(site)) == FEW + 1


def test_texts_of_a_site_need_links_even_with_the_fields_of_items_alone(site: Site) -> None:
    site.configure(site={"url": "https://site.example/"})
    for number in range(FEW):
        site.write(f"2024-03-02-{number}.md", f"---\ntitle: Post {number}\n---\nA text.\n")
    refused = site.run("render")
    assert refused.status == 3
    assert f"{FEW} have no link" in refused.err


def test_items_that_are_withheld_enter_no_feed_and_do_not_count(site: Site) -> None:
    for number in range(FEW + 5):
        site.write(f"{number}.md", f"---\ntitle: Draft {number}\nlayout: post\ndraft: true\n---\nText.\n")
    site.write("shown.md", "---\ntitle: Shown\nlayout: post\n---\nText.\n")
    assert site.render().entries == 1


def test_files_that_are_all_refused_are_not_the_first(site: Site) -> None:
    for number in range(FEW):
        site.write(f"{number}.md", "+++\ntitle =\n+++\nA text.\n")
    refused = site.run("render")
    assert refused.status == 3
    assert f"all {FEW} files that were written for another program" in refused.err


def test_few_items_and_items_of_feedds_own_are_published_whatever_they_lack(site: Site) -> None:
    fill(site, FEW - 1)
    for number in range(2 * FEW):
        site.write(f"own/{number}.md", item(f"Own {number}", date=None, excerpt="Short."))
    site.settle()
    assert site.run("render").status == 0


def test_a_daemon_and_a_plan_meet_the_same_files(site: Site, daemon: Callable[..., Running]) -> None:
    """The plan shows what would be published; the daemon refuses as render does."""
    fill(site, FEW)
    assert site.run("plan").status == 0
    assert site.run("why", "seeds/1.md").status == 0
    status = daemon().wait_until_ready().status
    assert status is not None and status.last is not None
    assert status.last.outcome == "refused"


def test_check_says_what_items_lack(site: Site) -> None:
    fill(site, 12)
    said = site.run("check").out
    assert said.endswith("12 items: 12 without link, 12 dates guessed, unread fields: layout (12)\n")


def test_of_many_files_with_the_same_problem_a_few_are_named(site: Site) -> None:
    for number in range(14):
        site.write(f"{number}.md", "---\ntitle: A\nwebUrl: nowhere\n---\n")
    lines = site.run("check").out.splitlines()
    assert [line.startswith("problem  seeds/") for line in lines] == [True, True, True, False, False]
    assert lines[3].startswith("problem  and 11 more files: webUrl: ")
    assert lines[4] == "14 files checked, 14 problems"


def test_why_says_that_a_date_was_guessed_and_that_a_link_is_missing(site: Site) -> None:
    site.write("a.md", item("A", date=None))
    site.settle()
    site.publish(DAY)
    said = site.run("why", "seeds/a.md").out
    assert "(guessed: the file gives no date" in said
    assert "none: the file gives none" in said
    assert json.loads(site.run("why", "seeds/a.md", "--format", "json").out)["date_is_guessed"] is True


# Starting over


def test_a_start_over_makes_all_ids_anew_and_keeps_the_ledger_of_before(site: Site) -> None:
    site.configure(authority="old.example,2026")
    site.write("a.md", item("A", "https://example.org/a"))
    site.settle()
    site.render()
    before = ids(site)
    site.configure(authority="new.example,2026")
    for half in ("--start-over", "--nobody-subscribed"):
        assert site.run("render", half).status == 2
    result = site.run("render", "--start-over", "--nobody-subscribed")
    assert result.status == 0
    assert "started over; the old ledger is kept:" in result.out
    assert ids(site) and not ids(site) & before
    assert (site.state / "ledger.sqlite3.replaced-1").exists()


def test_ids_of_localhost_are_said_until_they_are_made_anew(site: Site) -> None:
    anew = "`feedd render --start-over --nobody-subscribed` makes them anew"
    config = site.configure()
    config.write_text("title: A trial\n")
    site.write("a.md", item("A", "https://example.org/a"))
    site.settle()
    assert anew in site.run("render").out
    assert anew not in site.run("render").out
    for chosen in ("authority: feeds.example,2026\n", "base_url: https://feeds.example/\n"):
        config.write_text(chosen)
        for _ in range(2):
            assert (
                f"ids are still those of localhost, which other sites use too. Before anybody subscribes, {anew}"
                in (site.run("render").out)
            )
    site.run("render", "--start-over", "--nobody-subscribed")
    assert "localhost" not in site.run("render").out


def test_ids_of_localhost_are_not_spoken_of_once_they_have_to_stay(site: Site) -> None:
    site.configure(authority="localhost,2026")
    site.write("a.md", item("A", "https://example.org/a"))
    site.settle()
    site.render()
    site.configure(base_url="https://feeds.example/", authority="localhost,2026")
    assert "ids are still" not in site.run("render").out
    site.configure()
    assert "ids are still" in site.run("render").out
    Subscribers(site.state).note("a hub was told")
    assert "ids are still" not in site.run("render").out


def test_a_start_over_that_is_refused_leaves_the_ledger(site: Site) -> None:
    fill(site, FEW)
    site.run("render", "--accept-guesses")
    documents, before = site.documents(), ids(site)
    assert site.run("render", "--start-over", "--nobody-subscribed").status == 3
    assert site.documents() == documents
    assert site.run("render").status == 0
    assert ids(site) == before
    assert not list(site.state.glob("*.replaced-*"))


@pytest.mark.parametrize("asked", [{}, {"Range": "bytes=0-"}])
def test_a_start_over_is_refused_once_a_reader_was_answered(site: Site, asked: dict[str, str]) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.settle()
    site.render()
    hosts = {"localhost:80": False, "127.0.0.9": False, "[::1]:8080": False, "feeds.example": True}
    with serving(site.root) as url:
        for host, noticed in hosts.items():
            assert request(url, "/atom.xml", Host=host, **asked).status in (200, 206)
            assert (Subscribers(site.state).noticed() is not None) == noticed, host
    refused = site.run("render", "--start-over", "--nobody-subscribed")
    assert refused.status == 3
    assert "a reader was given /atom.xml" in refused.err


# Previews


def test_a_preview_shows_what_waits_and_what_is_withheld_and_changes_nothing_else(site: Site) -> None:
    site.write("shown.md", item("Shown", "https://example.org/s"))
    site.settle()
    site.render()
    site.write("draft.md", item("Draft", "https://example.org/d", draft=True))
    site.write("unlisted.md", item("Unlisted", "https://example.org/u", published=False))
    site.write("future.md", item("Future", "https://example.org/f", "2999-12-24"))
    site.settle()
    feeds, ledger = site.documents(), site.ledger.read_bytes()
    preview = site.root / "preview"
    for _ in range(2):
        assert site.run("render", "--preview", str(preview)).status == 0
        titles = {each["title"] for each in json.loads((preview / "feed.json").read_bytes())["items"]}
        assert titles == {"Shown", "[withheld] Draft", "[withheld] Unlisted", "[from 2999-12-24] Future"}
    assert (site.documents(), site.ledger.read_bytes()) == (feeds, ledger)
    site.render()
    assert {each["title"] for each in json.loads((site.feeds / "feed.json").read_bytes())["items"]} == {"Shown"}


@pytest.mark.parametrize("folder", ["feeds", "feeds/below", "seeds", "mine"])
def test_a_preview_is_made_in_a_folder_of_its_own(site: Site, folder: str) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.settle()
    site.render()
    (site.root / "mine").mkdir()
    kept = site.root / "mine/letter.txt"
    kept.write_text("Dear Ada")
    assert site.run("render", "--preview", folder).status == 3
    assert kept.read_text() == "Dear Ada"
