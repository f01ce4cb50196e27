"""WebSub: hubs are told of each document that changed, once, whatever happens in between."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hubs import Asked, Hub, Reply
from lxml import etree
from support import Running, Site, item, wait_until

from feedd.deliver.announcer import MAX_REQUESTS, Announcer, Retry
from feedd.deliver.announcer_thread import AnnouncerThread
from feedd.deliver.events import Event
from feedd.deliver.websub import HubAnswer, Hubs, judge
from feedd.store.errors import Busy
from feedd.store.ledger.delivery_rows import open_announcements

Daemon = Callable[..., Running]
BASE = "https://feeds.example/"
NO_VIEWS = {"feeds": []}  # so that an entry is in as few documents as can be
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that takes everything."""
    with Hub() as hub:
        yield hub


@pytest.fixture
def told(site: Site, hub: Hub) -> Site:
    """A site with two items, all of whose documents the hub has been told of."""
    site.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": [hub.url]})
    site.write("one.md", item("One", "https://news.example/1", topics=["Boats"]))
    site.write("two.md", item("Two", "https://news.example/2", topics=["Ships & Co"], provider="News"))
    site.settle()
    site.render()
    assert site.run("announce").status == 0
    assert hub.topics() == urls(path for path in site.documents() if is_feed(path))
    hub.asked.clear()
    hub.answered.clear()
    return site


def is_feed(path: str) -> bool:
    return path.rpartition("/")[2] in ("atom.xml", "rss.xml", "feed.json")


def urls(paths: Iterator[str]) -> list[str]:
    return sorted(BASE + quote(path) for path in paths if is_feed(path))


def waiting(site: Site) -> list[str]:
    """The documents that a hub is still to be told of."""
    with closing(sqlite3.connect(site.ledger)) as db:
        return [url for (url,) in db.execute("SELECT url FROM announcements ORDER BY url")]


def change(site: Site, edition: int = 2) -> None:
    site.write("one.md", item(f"One, edition {edition}", "https://news.example/1", topics=["Boats"]))


CHANGED = sorted(
    BASE + folder + name for folder in ("", "topics/boats/") for name in ("atom.xml", "feed.json", "rss.xml")
)


# What subscribers see


def test_every_feed_names_its_own_address_and_the_hubs(site: Site) -> None:
    hubs = ["https://hub.example/?a=1&b=2", "https://other.example/"]
    site.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": hubs})
    site.write("one.md", item("One", "https://news.example/1", topics=["Boats"]))
    site.render()
    for folder in ("", "topics/boats/"):
        for name in ("atom.xml", "rss.xml"):
            links = site.feed(folder + name).feed.links
            assert [link.href for link in links if link.rel == "hub"] == hubs
            assert [link.href for link in links if link.rel == "self"] == [BASE + folder + name]
        channel = etree.fromstring((site.feeds / folder / "rss.xml").read_bytes())[0]
        assert channel.findtext("link") == BASE + folder
        feed = json.loads((site.feeds / folder / "feed.json").read_bytes())
        assert feed["hubs"] == [{"type": "WebSub", "url": hub} for hub in hubs]
        assert feed["feed_url"] == f"{BASE}{folder}feed.json"


def test_without_hubs_nothing_is_said_of_them(site: Site) -> None:
    site.write("one.md", item("One"))
    assert site.render().announcements == 0
    assert not any(b'"hub' in data for path, data in site.documents().items() if is_feed(path))
    assert site.run("announce").out == "no hub is configured (websub.hubs)\n"
    assert "hubs" not in site.run("status").out


def test_a_hub_has_to_be_an_http_url(site: Site) -> None:
    site.configure(websub={"hubs": ["https://hub.example/", "ftp://hub.example/"], "hub": "x"})
    result = site.run("render")
    assert result.status == 2
    assert 'feedd.yaml:1: websub.hubs[1]: expected an http or https URL, got "ftp://hub.example/"' in result.err
    assert "websub.hub: unknown key; did you mean `hubs`?" in result.err


# What hubs are told


def test_a_hub_is_told_of_each_document_that_changed_and_of_no_other(told: Site, hub: Hub) -> None:
    change(told)
    report = told.render()
    assert sorted(BASE + path for path in report.written if is_feed(path)) == CHANGED
    assert report.announcements == len(CHANGED)
    assert hub.asked == []  # rendering alone tells nobody: the documents may have to be uploaded first
    result = told.run("announce")
    assert (result.status, result.out) == (0, f"announced  {len(CHANGED)} documents to {hub.url}\n")
    assert hub.topics() == CHANGED
    assert told.run("announce") == (0, "nothing to announce\n", "")
    assert told.render().announcements == 0


def test_an_announcement_is_what_hubs_of_all_kinds_understand(told: Site, hub: Hub) -> None:
    change(told)
    told.render()
    told.run("announce")
    for asked in hub.asked:
        topic = asked.form["hub.url"]
        assert asked.form == {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
        assert asked.agent.startswith("feedd/")
    assert len({asked.connection for asked in hub.asked}) < len(hub.asked)  # connections are kept


def test_a_document_that_changed_five_times_is_announced_once(told: Site, hub: Hub) -> None:
    for edition in range(5):
        change(told, edition)
        assert told.render().announcements == len(CHANGED)
    told.run("announce")
    assert hub.topics() == CHANGED


def test_a_document_that_was_deleted_is_not_announced(told: Site, hub: Hub) -> None:
    change(told)
    told.render()
    told.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": [hub.url]}, formats=["atom", "json"])
    told.render()
    told.run("announce")
    assert [url for url in hub.topics() if url.endswith("rss.xml")] == []


def test_each_of_several_hubs_is_told(told: Site, hub: Hub) -> None:
    with Hub() as other:
        told.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": [hub.url, other.url]})
        told.render()
        told.run("announce")
        assert hub.topics() == other.topics() == urls(iter(told.documents()))  # the link to the other one is new


def test_what_waits_for_a_hub_that_is_no_longer_configured_is_dropped(told: Site, hub: Hub) -> None:
    change(told)
    told.render()
    told.configure(views=NO_VIEWS, base_url=BASE)
    told.render()
    assert waiting(told) == []
    told.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": ["http://127.0.0.1:9/"]})
    told.render()
    with Hub() as other:
        told.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": [other.url]})
        told.run("announce")  # without a render in between
        assert hub.asked == other.asked == []
        assert waiting(told) == []


# What is killed


KILLED_AFTER = """
import os, signal, sys
from feedd.cli.main import main
from feedd.store.documents import FeedsDirectory
left = int(sys.argv[1])
write = FeedsDirectory.write
def write_and_die(self, document, *more):
    global left
    written = write(self, document, *more)
    if written[0].changed and not document.path.endswith((".html", ".bin")):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return written
FeedsDirectory.write = write_and_die
main(["render"])
"""


@pytest.mark.parametrize("written", [1, 2, 4, 6])
def test_a_pass_that_was_killed_after_renaming_a_document_has_it_announced(told: Site, hub: Hub, written: int) -> None:
    change(told)
    died = subprocess.run([sys.executable, "-c", KILLED_AFTER, str(written)], cwd=told.root, capture_output=True)
    assert died.returncode == -signal.SIGKILL
    assert waiting(told) == []
    report = told.render()
    assert len([path for path in report.written if is_feed(path)]) == len(CHANGED) - written
    told.run("announce")
    assert hub.topics() == CHANGED


def test_a_new_ledger_has_every_document_announced_that_an_old_one_may_not_have(told: Site, hub: Hub) -> None:
    change(told)
    told.render()
    told.ledger.write_bytes(b"damaged" * 1000)
    report = told.render()
    assert len(report.written) < len(told.documents())
    told.run("announce")
    assert hub.topics() == urls(iter(told.documents()))


def test_a_document_that_was_touched_is_not_announced(told: Site, hub: Hub) -> None:
    os.utime(told.feeds / "atom.xml")
    told.render()
    assert waiting(told) == []


@pytest.mark.parametrize("state", ["down", "held"])
def test_a_daemon_that_was_killed_before_it_could_announce_does_so_when_it_is_started_again(
    told: Site, hub: Hub, daemon: Daemon, state: str
) -> None:
    if state == "down":
        hub.stop()
    else:
        hub.hold()
    running = daemon().wait_until_ready()
    change(told)
    running.sync()
    assert waiting(told) == CHANGED
    if state == "held":
        wait_until(lambda: hub.asked, 30, lambda: running.log)
    else:
        running.wait_for_log("could not be told")
    assert running.stop(signal.SIGKILL) == -signal.SIGKILL
    assert waiting(told) == CHANGED
    hub.stop()
    hub.asked.clear()
    hub.release()
    with closing(sqlite3.connect(told.ledger)) as db, db:
        db.execute("UPDATE resting_hubs SET due = 0")  # what has been put off has come
    hub.answered.clear()
    hub.start()
    daemon().wait_until_ready()
    wait_until(lambda: not waiting(told), 30, lambda: f"{waiting(told)}\n{running.log}")
    assert hub.topics() == CHANGED


# The daemon


def test_a_daemon_announces_what_it_publishes(told: Site, hub: Hub, daemon: Daemon) -> None:
    running = daemon().wait_until_ready()
    change(told)
    running.sync()
    wait_until(lambda: not waiting(told), 60, lambda: f"{waiting(told)}\n{running.log}")
    assert hub.topics() == CHANGED
    assert running.stop() == 0
    assert "announced" in running.log
    assert hub.topics() == CHANGED


def test_a_hub_that_never_answers_delays_neither_passes_nor_the_end(told: Site, hub: Hub, daemon: Daemon) -> None:
    hub.hold()
    running = daemon().wait_until_ready()
    for edition in range(5):
        change(told, edition)
        began = time.monotonic()
        running.sync()
        assert time.monotonic() - began < 5  # it is asked for ten seconds
        assert f"One, edition {edition}" in told.titles()
        wait_until(lambda: hub.asked, 30, lambda: running.log)
    assert waiting(told) == CHANGED
    began = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - began < 5
    assert waiting(told) == CHANGED


def test_a_daemon_takes_hubs_from_a_configuration_that_is_read_again(told: Site, hub: Hub, daemon: Daemon) -> None:
    with Hub() as other:
        running = daemon().wait_until_ready()
        told.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": [other.url]})
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_log("published")  # in one transaction with all that is to be announced
        wait_until(lambda: not waiting(told), 60, lambda: f"{waiting(told)}\n{running.log}")
        assert other.topics() == urls(iter(told.documents()))
        assert hub.asked == []


def test_what_is_announced_is_not_announced_by_another_at_the_same_time(told: Site, hub: Hub, daemon: Daemon) -> None:
    hub.hold()
    running = daemon().wait_until_ready()
    change(told)
    running.sync()
    wait_until(lambda: hub.asked, 30, lambda: running.log)
    with pytest.raises(Busy, match=f"process {running.process.pid}"):
        Announcer(told.state, (hub.url,)).announce_all(patience=0)
    hub.release()
    assert told.run("announce").status == 0
    assert hub.topics() == CHANGED


def test_a_mistake_in_announcing_is_logged_and_tried_again_and_ends_with_the_daemon(told: Site, hub: Hub) -> None:
    class Lines:
        def __init__(self) -> None:
            self.faults: list[str] = []

        def info(self, message: str, people: str = "", **values: object) -> None:
            pass

        warning = info

        def fault(self, message: str) -> None:
            self.faults.append(message)

    def no_certificates() -> Hubs:
        raise OSError

    change(told)
    told.render()
    log = Lines()
    thread = AnnouncerThread(Announcer(told.state, connect=no_certificates), log)
    thread.announce_to((hub.url,))
    wait_until(lambda: log.faults, 30, lambda: "nothing was logged")
    thread.end()
    assert thread._worker is not None
    assert thread._worker.join(0)
    assert "no certificates" in thread.trouble or thread.trouble.startswith("announcing failed (")
    assert waiting(told) == CHANGED


# Hubs that do not take it


class Bench:
    """An announcer on a site, with a clock of its own."""

    def __init__(self, site: Site, hub: Hub) -> None:
        self.site = site
        self.hub = hub
        self.now = START
        self.announcer = Announcer(
            site.state, (hub.url,), lambda: Hubs(connect=5, answer=1, now=self.clock), self.clock, Retry()
        )

    def clock(self) -> datetime:
        return self.now

    def later(self, seconds: int) -> list[tuple[str, str, int]]:
        """What happens when so much time has passed: kind, words and how long it is put off."""
        self.now += timedelta(seconds=seconds)
        announcer = self.announcer
        announcer.events = []
        announcer._guarded_turn()
        while announcer._under_way:
            announcer._receive(0.05)
            announcer._guarded_turn()
        announcer._end()
        return [(event.kind, event.words, event.wait) for event in announcer.events]


@pytest.fixture
def bench(told: Site, hub: Hub) -> Bench:
    """A site of which one document has changed."""
    change(told)
    told.render()
    with closing(sqlite3.connect(told.ledger)) as db, db:
        db.execute("DELETE FROM announcements WHERE url <> ?", (CHANGED[0],))
        db.execute("UPDATE announcements SET queued = ?", (START.timestamp(),))
    return Bench(told, hub)


def test_a_hub_that_is_down_is_tried_again_after_ever_longer_waits(bench: Bench, hub: Hub) -> None:
    hub.stop()
    assert bench.later(0) == [("put off", "the connection was refused", 10)]
    assert bench.later(9) == []
    for seconds, wait in ((1, 20), (20, 40), (40, 80), (80, 160)):
        assert bench.later(seconds) == [("put off", "the connection was refused", wait)]
    hub.start()
    assert bench.later(159) == []
    assert bench.later(1) == [("announced", "", 0)]
    assert hub.topics() == CHANGED[:1]
    assert bench.later(3600) == []
    hub.stop()
    change(bench.site, 3)
    bench.site.render()
    assert bench.later(0)[0][2] == 10  # what went well begins anew


def test_a_hub_that_is_down_for_a_day_is_given_up_with_a_warning(bench: Bench, hub: Hub) -> None:
    hub.stop()
    happened = []
    while not happened or happened[-1][0] != "given up":
        happened += bench.later(3600)
        assert len(happened) < 30
    assert happened[-2][0] == "put off"
    assert bench.now == START + timedelta(days=1)
    assert waiting(bench.site) == []


def test_a_change_that_came_later_has_a_day_of_its_own(bench: Bench, hub: Hub) -> None:
    hub.stop()
    bench.later(80000)
    with open_announcements(bench.site.state) as queue:
        assert queue is not None
        queue.add([hub.url], CHANGED[0], int(bench.now.timestamp()))
    assert [kind for kind, *_ in bench.later(80000)] == ["put off"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422, 303])
def test_a_hub_that_refuses_is_not_asked_again(bench: Bench, hub: Hub, status: int) -> None:
    hub.reply = lambda asked: Reply(status, {"Content-Type": "text/plain"}, b"no such\n topic")
    ((kind, words, _),) = bench.later(0)
    assert kind == "refused"
    assert words.startswith(f"{status} ")
    assert words.endswith(": no such topic")
    assert bench.later(90000) == []
    assert waiting(bench.site) == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_hub_is_left_alone_for_as_long_as_it_asks(bench: Bench, hub: Hub, status: int) -> None:
    hub.reply = lambda asked: Reply(status, {"Retry-After": "700"})
    assert [(kind, wait) for kind, _, wait in bench.later(0)] == [("put off", 700)]
    hub.reply = lambda asked: Reply()
    assert bench.later(699) == []
    assert bench.later(1) == [("announced", "", 0)]


@pytest.mark.parametrize("status", [500, 408])
def test_one_document_that_a_hub_stumbles_over_does_not_keep_it_from_the_others(
    told: Site, hub: Hub, status: int
) -> None:
    hub.reply = lambda asked: Reply(status if asked.form["hub.url"] == CHANGED[0] else 202)
    change(told)
    told.render()
    assert told.run("announce").status == 1
    assert waiting(told) == CHANGED[:1]
    assert sorted({asked.form["hub.url"] for asked in hub.asked}) == CHANGED
    assert len(hub.asked) == len(CHANGED)


def test_a_hub_that_does_not_answer_is_tried_again(bench: Bench, hub: Hub) -> None:
    hub.hold()
    assert bench.later(0) == [("put off", "no answer within 1 s", 10)]
    hub.release()
    assert bench.later(10) == [("announced", "", 0)]


def test_a_hub_that_closes_without_an_answer_is_tried_again(bench: Bench, hub: Hub) -> None:
    def fail(asked: object) -> Reply:
        raise ConnectionError

    hub.reply = fail
    assert [(kind, wait) for kind, _, wait in bench.later(0)] == [("put off", 10)]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_hub_that_has_moved_is_told_where_it_is_now(bench: Bench, hub: Hub, status: int) -> None:
    hub.reply = lambda asked: Reply(status, {"Location": "/new"}) if asked.path == "/hub" else Reply()
    assert bench.later(0) == [("announced", "", 0)]
    first, second = hub.asked
    assert (first.path, second.path) == ("/hub", "/new")
    assert first.form == second.form


@pytest.mark.parametrize(
    ("location", "words"),
    [("/hub", "more than 5 redirections"), ("ftp://hub.example/", "it redirects to what is not http or https")],
)
def test_a_hub_that_redirects_for_ever_or_astray_is_given_up(bench: Bench, hub: Hub, location: str, words: str) -> None:
    hub.reply = lambda asked: Reply(307, {"Location": location})
    assert bench.later(0) == [("refused", words, 0)]


def test_a_change_during_an_announcement_is_announced_too(bench: Bench, hub: Hub) -> None:
    def change_meanwhile(asked: object) -> Reply:
        hub.reply = lambda asked: Reply()
        with open_announcements(bench.site.state) as queue:
            assert queue is not None
            queue.add([hub.url], CHANGED[0], int(START.timestamp()))
        return Reply()

    hub.reply = change_meanwhile
    assert bench.later(0) == [("announced", "", 0)] * 2


def test_an_answer_that_cannot_be_kept_at_once_is_kept_later(bench: Bench, hub: Hub) -> None:
    """A long pass has the ledger to itself for longer than the announcer waits."""
    with closing(sqlite3.connect(bench.site.ledger, isolation_level=None, check_same_thread=False)) as db:

        def begin_a_pass(asked: object) -> Reply:
            db.execute("BEGIN IMMEDIATE")
            return Reply()

        hub.reply = begin_a_pass
        turn = bench.announcer._guarded_turn
        bench.announcer._patience = 0.05
        turns = []

        def turn_and_end_the_pass(*, begin: bool = True) -> float | None:
            turns.append(begin)
            wait = turn(begin=begin)
            if len(turns) == 3:
                db.execute("COMMIT")
            return wait

        bench.announcer._guarded_turn = turn_and_end_the_pass
        assert bench.later(0) == [("announced", "", 0)]
        assert len(turns) > 3
    assert len(hub.asked) == 1
    assert waiting(bench.site) == []


def test_a_clock_that_was_set_back_does_not_put_off_for_years(bench: Bench, hub: Hub) -> None:
    hub.reply = lambda asked: Reply(500)
    bench.later(0)
    hub.reply = lambda asked: Reply()
    bench.now -= timedelta(days=400)
    assert bench.later(0) == [("announced", "", 0)]


def test_many_documents_are_announced_a_few_at_a_time(told: Site, hub: Hub) -> None:
    told.write("three.md", item("Three", "https://news.example/3", topics=[f"Topic {n}" for n in range(40)]))
    told.render()
    assert told.run("announce").status == 0
    assert len(hub.asked) == 3 * 41
    assert len({asked.connection for asked in hub.asked}) <= 8
    assert hub.topics() == sorted(set(hub.topics()))


# The command, and what is said


def test_the_command_tries_what_was_put_off_but_not_what_the_hub_put_off(told: Site, hub: Hub) -> None:
    change(told)
    told.render()
    hub.stop()
    result = told.run("announce")
    assert result.status == 1
    assert result.out == f"waiting    {len(CHANGED)} documents for {hub.url}: the connection was refused\n"
    hub.start()
    hub.reply = lambda asked: Reply(503, {"Retry-After": "600"})
    assert told.run("announce").status == 1
    hub.asked.clear()
    hub.reply = lambda asked: Reply()
    assert told.run("announce").status == 1
    assert hub.asked == []


def test_the_command_says_what_was_refused(told: Site, hub: Hub) -> None:
    change(told)
    told.render()
    hub.reply = lambda asked: Reply(404)
    result = told.run("announce", "--format", "json")
    assert result.status == 1
    said = json.loads(result.out)
    assert said["waiting"] == []
    ((event),) = said["events"]
    assert (event["kind"], event["number"], event["words"]) == ("refused", len(CHANGED), "404 Not Found")


def test_what_a_hub_refused_is_kept_until_it_takes_it(told: Site, hub: Hub) -> None:
    def refusals() -> list[tuple[str, int]]:
        return [(each["error"], each["number"]) for each in json.loads(told.run(*status).out)["refused"]]

    status = ("status", "--format", "json")
    hub.reply = lambda asked: Reply(400, {"Content-Type": "text/plain"}, b"topic not found")
    change(told)
    told.render()
    for _ in range(2):  # whoever asks again is not told that all is well
        result = told.run("announce")
        assert result.status == 1
        assert f"{len(CHANGED)} documents" in result.out
        assert "400 Bad Request: topic not found" in result.out
    assert refusals() == [("400 Bad Request: topic not found", len(CHANGED))]
    said = told.run("status").out
    assert f"  hubs       {hub.url} did not take {len(CHANGED)} documents, since 20" in said
    assert "told" not in said.partition("  hubs ")[2]
    hub.reply = lambda asked: Reply(204)
    change(told, 3)
    told.render()
    assert told.run("announce").status == 0
    assert refusals() == []
    assert told.run("announce").out == "nothing to announce\n"


@pytest.mark.parametrize("end", ["deleted", "another hub", "no hub"])
def test_what_was_refused_is_forgotten_with_its_document_and_with_its_hub(told: Site, hub: Hub, end: str) -> None:
    hub.reply = lambda asked: Reply(404 if "boats" in asked.form["hub.url"] else 204)
    change(told)
    told.render()
    assert told.run("announce").status == 1
    if end == "deleted":
        (told.seeds / "one.md").unlink()
        told.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": [hub.url]}, retired={"topics/boats": None})
    else:
        hubs = ["https://other.example/"] if end == "another hub" else []
        told.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": hubs})
    told.render()
    with closing(sqlite3.connect(told.ledger)) as db:
        assert db.execute("SELECT count(*) FROM refusals").fetchone() == (0,)


def test_what_was_refused_at_an_old_address_is_forgotten_with_that_address(told: Site, hub: Hub) -> None:
    old = BASE + "feeds/"
    told.configure(views=NO_VIEWS, base_url=old, websub={"hubs": [hub.url]})
    hub.reply = lambda asked: Reply(404 if asked.form["hub.url"].endswith(".xml") else 500)
    told.render()
    assert told.run("announce").status == 1
    assert waiting(told) != []
    told.configure(views=NO_VIEWS, base_url=BASE, websub={"hubs": [hub.url]})
    told.render()
    assert waiting(told) == urls(iter(told.documents()))
    hub.reply = lambda asked: Reply()
    assert told.run("announce").status == 0
    assert "  hubs       nothing is left to tell 1 hub\n" in told.run("status").out


def test_what_is_refused_when_it_is_no_longer_to_be_announced_is_not_kept(bench: Bench, hub: Hub) -> None:
    hub.reply = lambda asked: Reply(410)
    hub.hold()
    bench.announcer._guarded_turn()
    wait_until(lambda: hub.asked, 30, lambda: "the hub was not asked")
    with open_announcements(bench.site.state) as queue:
        assert queue is not None
        queue.drop(CHANGED[0])
    hub.release()
    assert bench.later(0) == [("refused", "410 Gone", 0)]
    with open_announcements(bench.site.state) as queue:
        assert queue is not None
        assert queue.refused([hub.url]) == []


def test_what_was_announced_at_once_is_told_at_once_however_long_nothing_happened_before(told: Site, hub: Hub) -> None:
    bench = Bench(told, hub)
    more, ended = threading.Event(), threading.Event()
    accounts: list[list[Event]] = []

    def reply(asked: Asked) -> Reply:
        if len(hub.asked) > 1:
            more.wait(30)
        return Reply()

    def stopping() -> bool:
        bench.now += timedelta(hours=not hub.asked)
        return ended.is_set()

    hub.reply = reply
    thread = threading.Thread(target=bench.announcer.work, args=(stopping, accounts.append))
    thread.start()
    change(told)
    told.render()
    bench.announcer.wake()
    wait_until(lambda: len(hub.asked) > MAX_REQUESTS, 30, lambda: "the first answer was not kept")
    more.set()
    wait_until(lambda: accounts and not waiting(told), 30, lambda: f"{accounts}")
    ended.set()
    bench.announcer.wake()
    thread.join()
    assert [len(events) for events in accounts] == [len(CHANGED)]


def test_what_is_given_up_counts_as_not_taken(bench: Bench, hub: Hub) -> None:
    hub.stop()
    for _ in range(30):
        bench.later(3600)
    assert waiting(bench.site) == []
    with open_announcements(bench.site.state) as queue:
        assert queue is not None
        (refused,) = queue.refused([hub.url])
    assert refused.error == "the connection was refused"
    assert refused.number > 0


def test_the_status_says_what_waits_and_why(told: Site, hub: Hub, daemon: Daemon) -> None:
    running = daemon().wait_until_ready()
    assert "  hubs       nothing is left to tell 1 hub\n" in told.run("status").out
    hub.stop()
    change(told)
    running.sync()
    running.wait_for_log("could not be told")
    line = f"  hubs       {hub.url} is to be told of {len(CHANGED)} documents: the connection was refused\n"
    assert line in told.run("status").out
    (each,) = json.loads(told.run("status", "--format", "json").out)["announcements"]
    assert (each["hub"], each["number"]) == (hub.url, len(CHANGED))


def test_a_render_says_that_something_waits(told: Site) -> None:
    change(told)
    assert f"{len(CHANGED)} announcements for hubs: `feedd announce` makes them\n" in told.run("render").out


def test_without_a_ledger_there_is_nothing_to_announce(site: Site, hub: Hub) -> None:
    site.configure(views=NO_VIEWS, websub={"hubs": [hub.url]})
    assert site.run("announce") == (0, "nothing to announce\n", "")
    assert not site.state.exists()


@pytest.mark.parametrize(
    ("status", "retry_after", "answer"),
    [
        (204, "", HubAnswer("taken")),
        (202, "60", HubAnswer("taken")),
        (429, "", HubAnswer("away", "said")),
        (503, "60", HubAnswer("away", "said", 60)),
        (503, "Thu, 01 Jan 2026 12:01:00 GMT", HubAnswer("away", "said", 60)),
        (503, "Thu, 01 Jan 2026 11:00:00 GMT", HubAnswer("away", "said", 0)),
        (503, "-5", HubAnswer("away", "said")),
        (503, "soon", HubAnswer("away", "said")),
        (502, "", HubAnswer("away", "said")),
        (500, "60", HubAnswer("failed", "said", 60)),
        (408, "", HubAnswer("failed", "said")),
        (410, "60", HubAnswer("refused", "said")),
        (200 + 400, "", HubAnswer("failed", "said")),
        (100, "", HubAnswer("refused", "said")),
    ],
)
def test_what_an_answer_means(status: int, retry_after: str, answer: HubAnswer) -> None:
    assert judge(status, "said", {"retry-after": retry_after}, START) == answer


def test_waits_are_bounded() -> None:
    retry = Retry()
    assert [retry.pause(failures, HubAnswer("away")) for failures in (0, 1, 8, 9, 1000)] == [10, 20, 2560, 3600, 3600]
    assert retry.pause(0, HubAnswer("away", after=5)) == 10
    assert retry.pause(0, HubAnswer("away", after=10**9)) == 43200
