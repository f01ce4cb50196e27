"""The daemon publishes to object stores beside its passes: on bad days of stores and daemons, and beside others."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hubs import Hub
from object_servers import BadLink, Bucket
from support import Running, Site, item, wait_until
from test_publishing import BASE, SECRET_WORDS, change, here, publishing, puts, there, withhold

from feedd.deliver.upload_target import PublishTarget
from feedd.deliver.uploader import Uploader
from feedd.store.documents import FeedsDirectory
from feedd.store.ledger.uploads.late_rows import LATE_SECONDS
from feedd.store.object_stores.store_url import parse_store_url

Daemon = Callable[..., Running]


@pytest.fixture
def linked(site: Site, bucket: Bucket, link: BadLink) -> Bucket:
    """A place in a bucket to which the site publishes, behind a link that can be made bad."""
    assert link
    return publishing(site, bucket)


def wait_until_there(site: Site, bucket: Bucket, running: Running) -> None:
    """Waits until the store has what is published here."""
    running.sync()
    wait_until(lambda: there(bucket) == here(site), 90, lambda: running.log)


def test_what_changes_is_uploaded_beside_the_passes(site: Site, linked: Bucket, daemon: Daemon) -> None:
    site.configure(base_url=BASE, publish=[linked.url], views={"feeds": []}, serve={"monitor": "127.0.0.1:0"})
    running = daemon().wait_until_ready()
    wait_until_there(site, linked, running)
    change(site)
    wait_until_there(site, linked, running)
    (site.seeds / "two.md").unlink()
    wait_until_there(site, linked, running)
    running.wait_for_log("uploaded")
    up_to_date = f"{linked.url} is up to date"
    wait_until(lambda: up_to_date in site.run("status").out, 60, lambda: running.log)  # the last answers are kept
    assert running.stop() == 0
    assert not running.status or not running.status.troubles


def test_while_the_store_is_down_passes_go_on_and_then_it_gets_the_newest(
    site: Site, linked: Bucket, link: BadLink, daemon: Daemon
) -> None:
    running = daemon().wait_until_ready()
    wait_until_there(site, linked, running)
    before = there(linked)
    link.down = True
    for edition in range(2, 6):
        change(site, edition)
        running.sync()
    assert site.titles() >= {"One, edition 5"}
    running.wait_for(lambda status: any("cannot be reached" in each for each in status.troubles))
    assert there(linked) == before
    link.asked = []
    link.down = False
    wait_until_there(site, linked, running)
    assert puts(link).count("atom.xml") <= 2, "only the newest state, and one that was perhaps under way"
    running.wait_for(lambda status: not status.troubles)


def test_a_daemon_that_is_killed_between_a_put_and_its_note_goes_on(
    site: Site, linked: Bucket, link: BadLink, daemon: Daemon
) -> None:
    for edition in range(2, 5):
        link.pause, link.asked = 0.2, []
        running = daemon(log=f"{edition}.log").wait_until_ready()
        change(site, edition)
        wait_until(lambda: len(puts(link)) > 3, 60, lambda: running.log)  # noqa: B023
        running.stop(signal.SIGKILL)
        link.pause = 0.0
        site.write("two.md", item(f"Two, edition {edition}", topics=["Ships & Co"]))
        running = daemon(log=f"{edition}b.log").wait_until_ready()
        wait_until_there(site, linked, running)
        assert "somebody else" not in running.log
        running.stop()


def test_a_daemon_whose_ledger_is_lost_goes_on_in_the_store(site: Site, bucket: Bucket, daemon: Daemon) -> None:
    place = publishing(site, bucket, recover=True)
    assert site.run("render", "--first").status == 0
    before = there(place)
    shutil.rmtree(site.state)
    shutil.rmtree(site.feeds)
    running = daemon().wait_until_ready()
    running.wait_for_log(f"taken over from {place.url}")
    wait_until_there(site, place, running)
    assert there(place) == before
    change(site)
    wait_until_there(site, place, running)
    assert not running.status or not running.status.troubles


def test_of_two_daemons_on_one_bucket_the_second_stops_with_a_message(
    site: Site, linked: Bucket, daemon: Daemon
) -> None:
    site.render()
    other = site.root / "other"
    shutil.copytree(site.feeds, other / "feeds")
    shutil.copytree(site.state, other / "state", ignore=shutil.ignore_patterns("*lock"))
    shutil.copytree(site.seeds, other / "seeds")
    places = [f"--{name}={other / name}" for name in ("seeds", "feeds", "state")]
    first = daemon().wait_until_ready()
    change(site)
    wait_until_there(site, linked, first)
    second = Running(site, *places, log="second.log")
    try:
        (other / "seeds/one.md").write_text(item("One, of the other", "https://news.example/1", topics=["Boats"]))
        second.wait_for_log("somebody else wrote there: another publisher, or a person")
        assert there(linked) == here(site), "nobody's documents are overwritten"
        site.write("two.md", item("Two, edition 2", topics=["Ships & Co"]))
        wait_until_there(site, linked, first)
    finally:
        second.stop()
    assert "somebody else" not in first.log


def test_a_store_that_is_added_or_left_out_while_the_daemon_runs_is_heeded(
    site: Site, linked: Bucket, link: BadLink, daemon: Daemon
) -> None:
    running = daemon().wait_until_ready()
    wait_until_there(site, linked, running)
    other = Bucket(linked.server)
    site.configure(base_url=BASE, publish=[other.url], views={"feeds": []})
    running.process.send_signal(signal.SIGHUP)
    wait_until_there(site, other, running)
    link.asked = []
    change(site)
    wait_until_there(site, other, running)
    assert all(other.prefix in each for each in link.asked)


def test_hubs_are_told_of_what_the_store_has(site: Site, linked: Bucket, link: BadLink, daemon: Daemon) -> None:
    with Hub() as hub:
        site.configure(base_url=BASE, publish=[linked.url], views={"feeds": []}, websub={"hubs": [hub.url]})
        link.status = 403
        site.render(status=1)
        result = site.run("announce")
        assert result.status == 1
        assert "an object store does not have them yet" in result.out
        assert hub.asked == []
        assert "an object store does not have them yet" in site.run("status").out
        link.status = 0
        running = daemon().wait_until_ready()
        wait_until_there(site, linked, running)
        told = "nothing is left to tell 1 hub"
        wait_until(lambda: told in site.run("status").out, 60, lambda: running.log)
        assert BASE + "atom.xml" in hub.topics()
        link.down = True
        hub.asked.clear()
        hub.answered.clear()
        change(site)
        running.sync()
        running.wait_for(lambda status: bool(status.troubles))
        assert hub.asked == []
        link.down = False
        wait_until(lambda: BASE + "atom.xml" in hub.topics(), 90, lambda: running.log)
        assert there(linked)["atom.xml"] == here(site)["atom.xml"]


def test_what_is_withheld_while_the_store_is_down_is_gone_when_the_queue_is_empty(
    site: Site, linked: Bucket, link: BadLink, daemon: Daemon
) -> None:
    site.write("two.md", item("Two", topics=["Ships & Co"], body=SECRET_WORDS))
    running = daemon().wait_until_ready()
    wait_until_there(site, linked, running)
    link.down = True
    withhold(site)
    running.sync()
    assert "still as before something was withheld" in site.run("status").out
    link.down = False
    wait_until_there(site, linked, running)
    assert not any(SECRET_WORDS.encode() in data for data in there(linked).values())


def test_a_put_that_arrives_after_its_process_was_killed_brings_nothing_back(
    site: Site, linked: Bucket, link: BadLink, daemon: Daemon
) -> None:
    def is_shown() -> bool:
        return any(SECRET_WORDS.encode() in data for data in there(linked).values())

    site.write("two.md", item("Two", topics=["Ships & Co"], body=SECRET_WORDS))
    link.held_for = "/entry/two"
    running = daemon().wait_until_ready()
    wait_until(link.holds.is_set, 60, lambda: running.log)
    running.stop(signal.SIGKILL)
    link.held_for = ""
    withhold(site)
    result = site.run("render")
    assert (result.status, is_shown()) == (1, False)
    assert "may still bring back what is withheld" in result.out
    link.let_go.set()
    wait_until(is_shown, 60, lambda: running.log)
    assert site.run("deliver").status == 1, "it is too early to know that nothing more arrives"
    assert "may still bring back what is withheld" in site.run("status").out
    target = PublishTarget(parse_store_url(linked.url), BASE)
    later = datetime.now(UTC) + timedelta(seconds=LATE_SECONDS)
    Uploader(site.state, target, FeedsDirectory(site.feeds), now=lambda: later).upload_all(0, threading.Event())
    assert not is_shown()
    assert site.run("deliver").status == 0
    assert there(linked) == here(site)
