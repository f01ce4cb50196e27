"""Subscribers of private feeds: an address for each, which gives them their feeds and says nothing to anybody else."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
import podcastparser
import pytest
from http_support import Answer, free_addresses, request
from lxml import etree, html
from support import Running, Site, item

from feedd.serve.wrong_tokens import WrongTokens
from feedd.store.private_feeds.private_tree import PrivateTree

FEEDS = {
    "insiders": {"title": "For insiders", "topics": ["Boats"]},
    "team": {"title": "The team & friends", "topics": ["Boats"]},
}
SECRET = {
    "cache-control": "private, no-store",
    "x-robots-tag": "noindex, nofollow",
    "referrer-policy": "no-referrer",
}


class Server:
    """A running site with private feeds."""

    def __init__(self, site: Site, running: Running, listen: str, monitor: str = "") -> None:
        self.site, self.running = site, running
        self.url, self.monitor = f"http://{listen}", f"http://{monitor}"

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return request(self.url, path, method, **headers)

    def add(self, name: str, *options: str) -> str:
        """Adds a subscriber. Returns the path below which their documents are."""
        result = self.site.run("subscribers", "add", name, "--format", "json", *options)
        assert result.status == 0, result
        return urlsplit(json.loads(result.out)["page"]).path


@pytest.fixture
def server(site: Site, daemon: Callable[..., Running]) -> Iterator[Server]:
    listen, monitor = free_addresses(2)
    serve = {"listen": listen, "monitor": monitor}
    site.configure(base_url=f"http://{listen}/f/", feeds=FEEDS, private={"feeds": [*FEEDS]}, serve=serve)
    site.write("open.md", item("An open boat", "https://boats.example/open", topics=["Boats"]))
    body = "A zebra & <b>co</b>"
    site.write("zebra.md", item("A zebra boat", audience="insiders", enclosure="zebra.mp3", body=body))
    site.write("zebra.mp3", b"ID3" + bytes(range(256)) * 8000)
    yield Server(site, daemon(configured=True).wait_until_ready(), listen, monitor)


def test_a_subscriber_gets_documents_with_their_own_address_in_every_format(server: Server) -> None:
    ada, bob = server.add("ada"), server.add("bob")
    feeds = {}
    for path in (ada, bob):
        for name in ("atom.xml", "rss.xml", "feed.json"):
            answer = server.get(f"{path}insiders/{name}")
            assert answer.status == 200
            assert SECRET.items() <= answer.headers.items()
            assert "access-control-allow-origin" not in answer.headers
            assert f"{server.url}{path}insiders/{name}".encode() in answer.body
            found = json.loads(answer.body) if name == "feed.json" else etree.fromstring(answer.body)
            assert found is not None
            feeds[path, name] = answer
    for name in ("atom.xml", "rss.xml", "feed.json"):
        mine, other = feeds[ada, name], feeds[bob, name]
        assert mine.headers["etag"] != other.headers["etag"]
        assert mine.body.replace(ada.encode(), bob.encode()) == other.body
        assert server.get(f"{ada}insiders/{name}", If_None_Match=mine.headers["etag"]).status == 304
        assert server.get(f"{bob}insiders/{name}", If_None_Match=mine.headers["etag"]).status == 200
    place = PrivateTree(server.site.state).token_place().encode()
    assert not any(place in answer.body for answer in feeds.values())


def test_a_subscriber_has_all_their_feeds_in_a_list_for_readers(server: Server) -> None:
    ada, bob = server.add("ada"), server.add("bob", "--feed", "team")
    both, one = server.get(f"{ada}feeds.opml"), server.get(f"{bob}feeds.opml")
    assert (both.status, both.headers["content-type"]) == (200, "text/x-opml; charset=utf-8")
    assert SECRET.items() <= both.headers.items()
    outlines = etree.fromstring(both.body).findall("body/outline")
    assert [each.get("title") for each in outlines] == ["For insiders", "The team & friends"]
    assert [server.get(urlsplit(each.get("xmlUrl")).path).status for each in outlines] == [200, 200]
    assert [each.get("title") for each in etree.fromstring(one.body).findall("body/outline")] == ["The team & friends"]
    assert server.get(f"{ada}insiders/feeds.opml").body == both.body
    assert b'href="feeds.opml">All feeds (OPML)' in server.get(ada).body


def test_the_page_of_a_subscriber_is_in_the_language_of_the_site(site: Site, daemon: Callable[..., Running]) -> None:
    (listen,) = free_addresses(1)
    site.configure(
        title="A site",
        base_url=f"http://{listen}/",
        language="de",
        feeds=FEEDS,
        private={"feeds": [*FEEDS]},
        serve={"listen": listen},
    )
    site.write("open.md", item("An open boat"))
    server = Server(site, daemon(configured=True).wait_until_ready(), listen)
    page = server.get(server.add("ada")).body.decode()
    assert '<html lang="de">' in page
    assert "<h1>Ihre Feeds</h1>" in page
    assert "<title>Ihre Feeds - A site</title>" in page
    assert "Alle Feeds (OPML)</a>" in page
    assert "yours" not in page


def test_the_page_of_a_subscriber_looks_like_the_pages_of_the_site(server: Server) -> None:
    """Its style is that of the public site. It has the address of each feed, and nothing of others."""
    ada = server.add("ada", "--feed", "insiders")
    page = html.fromstring(server.get(ada).body)
    (style,) = page.xpath("//link[@rel='stylesheet']/@href")
    assert server.get(urljoin(ada, style)).headers["content-type"] == "text/css; charset=utf-8"
    (site,) = page.xpath("//nav/a")
    assert (site.text, urljoin(ada, site.get("href"))) == ("Feeds", "/f/index.html")
    assert page.xpath("//input/@value") == [f"{server.url}{ada}insiders/atom.xml"]
    assert page.xpath("//h2/a/text()") == ["For insiders"]
    links = [urljoin(ada, each) for each in page.xpath("//main//a/@href") if not each.startswith("feed:")]
    assert [server.get(each).status for each in links] == [200] * len(links)
    assert len(links) == 5


def test_the_page_of_a_subscriber_leads_to_no_page_where_there_are_none(
    site: Site, daemon: Callable[..., Running]
) -> None:
    (listen,) = free_addresses(1)
    private, serve = {"feeds": [*FEEDS]}, {"listen": listen}
    site.configure(base_url=f"http://{listen}/", pages=False, feeds=FEEDS, private=private, serve=serve)
    site.write("open.md", item("An open boat", topics=["Boats"]))
    server = Server(site, daemon(configured=True).wait_until_ready(), listen)
    ada = server.add("ada")
    page = html.fromstring(server.get(ada).body)
    assert page.xpath("//h2/text()") == ["For insiders", "The team & friends"]
    links = [urljoin(ada, each) for each in page.xpath("//body//a/@href") if not each.startswith(("feed:", "https:"))]
    assert [
        each for each in links if not each.startswith("#") and server.get(each.partition("#")[0]).status != 200
    ] == []


def test_pages_and_sound_are_below_the_address(server: Server) -> None:
    ada = server.add("ada")
    index = server.get(ada)
    assert index.status == 200
    assert b"The team &amp; friends" in index.body
    assert server.get(ada[:-1]).headers["location"] == f"./{ada.split('/')[-2]}/"
    page = server.get(f"{ada}insiders/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert server.get(f"{ada}insiders/feedd.css").headers["content-type"] == "text/css; charset=utf-8"
    (entry,) = (
        each
        for each in json.loads(server.get(f"{ada}insiders/feed.json").body)["items"]
        if each["title"] == "A zebra boat"
    )
    assert server.get(urlsplit(entry["url"]).path).status == 200
    sound = urlsplit(entry["attachments"][0]["url"]).path
    whole, part = server.get(sound), server.get(sound, Range="bytes=1-3")
    assert (whole.status, len(whole.body)) == (200, 3 + 256 * 8000)
    assert (part.status, part.body) == (206, whole.body[1:4])
    assert SECRET.items() <= part.headers.items()
    assert server.get(f"{ada}insiders/atom.xml", "HEAD").body == b""
    gzipped = server.get(f"{ada}insiders/atom.xml", Accept_Encoding="gzip")
    assert gzipped.headers["content-encoding"] == "gzip"
    assert len(gzipped.body) < len(server.get(f"{ada}insiders/atom.xml").body)


def test_folders_lead_to_their_pages_and_no_part_of_the_recovery_index_is_given_out(server: Server) -> None:
    ada = server.add("ada")
    own = PrivateTree(server.site.state).feeds_of("insiders")
    (page,) = (
        each for each in json.loads(server.get(f"{ada}insiders/feed.json").body)["items"] if "zebra" in each["url"]
    )
    moved = server.get(urlsplit(page["url"]).path[:-1])
    assert (moved.status, moved.headers["location"]) == (301, f"./{page['url'].split('/')[-2]}/")
    assert SECRET.items() <= moved.headers.items()
    parts = [path.relative_to(own).as_posix() for path in (own / "recovery").iterdir()]
    assert parts
    assert [server.get(f"{ada}insiders/{part}").status for part in parts] == [404] * len(parts)
    beyond = server.get(f"{ada}insiders/atom.xml", Range="bytes=9999999-")
    assert (beyond.status, beyond.headers["content-range"].partition("/")[0]) == (416, "bytes *")
    assert SECRET.items() <= beyond.headers.items()


def test_an_address_may_be_spelt_in_any_way_that_means_the_same(site: Site, daemon: Callable[..., Running]) -> None:
    (listen,) = free_addresses(1)
    base = f"http://{listen}/d%c3%a9/"
    site.configure(base_url=base, feeds=FEEDS, private={"feeds": [*FEEDS]}, serve={"listen": listen})
    site.write("open.md", item("An open boat", topics=["Boats"]))
    server = Server(site, daemon(configured=True).wait_until_ready(), listen)
    ada = server.add("ada")
    token = ada.split("/")[-2]
    whole = server.get(f"{ada}insiders/atom.xml")
    assert whole.status == 200
    escaped = f"%{ord(token[0]):02x}{token[1:]}"
    for path in (f"/d%C3%A9/private/{token}/", f"/private/{token}/", f"/private/{escaped}/"):
        found = server.get(f"{path}insiders/atom.xml")
        assert (path, found.status, found.body) == (path, 200, whole.body)


def test_who_has_no_valid_token_gets_nothing(server: Server) -> None:
    ada, bob = server.add("ada"), server.add("bob", "--feed", "team")
    assert server.get(f"{bob}team/atom.xml").status == 200
    wrong = [
        f"{bob}insiders/atom.xml",
        f"{bob}insiders/",
        f"{bob}nothing/atom.xml",
        f"{ada}insiders/../team/atom.xml",
        f"{ada}insiders/%2e%2e/ledger.sqlite3",
        f"{ada}insiders/.feedd-site",
        f"{ada}insiders/atom.xml/",
        "/f/private/",
        "/private/x/insiders/atom.xml",
        "/f/private/insiders/atom.xml",
        f"{ada[:-2]}/insiders/atom.xml",
        f"/f/saved{ada.removeprefix('/f/private')}insiders/atom.xml",
    ]
    assert {path: server.get(path).status for path in wrong} == dict.fromkeys(wrong, 404)
    assert b"insiders" not in server.get(bob).body
    assert server.get(f"{ada}insiders/atom.xml").status == 200
    assert server.site.run("subscribers", "revoke", "ada").status == 0
    revoked = server.get(f"{ada}insiders/atom.xml")
    assert (revoked.status, SECRET.items() <= revoked.headers.items()) == (410, True)
    assert server.get(ada).status == 410
    assert server.get(f"{bob}team/atom.xml").status == 200


def test_no_token_and_no_word_of_an_entry_is_in_a_log_a_metric_or_a_public_answer(server: Server) -> None:
    ada = server.add("ada")
    token = ada.split("/")[-2]
    for path in (
        ada,
        f"{ada}insiders/",
        f"{ada}insiders/rss.xml",
        f"{ada}nothing/",
        f"{ada}%00/x",
        f"{ada}insiders/\\",
    ):
        server.get(path, User_Agent="Feedly/1.0 (12 subscribers)")
    feed = PrivateTree(server.site.state).feeds_of("insiders") / "atom.xml"
    feed.unlink()
    feed.mkdir()
    assert server.get(f"{ada}insiders/atom.xml").status == 404
    subscribers = PrivateTree(server.site.state).subscribers
    kept = subscribers.read_bytes()
    subscribers.write_text("no list")
    assert server.get(f"{ada}insiders/rss.xml").status == 503
    subscribers.write_bytes(kept)
    said = server.running.log + Path(server.site.state / "status.json").read_text()
    said += request(server.monitor, "/metrics").body.decode()
    assert 'feedd_http_requests_total{kind="private",status="503"} 1.0' in said
    assert "insiders" not in request(server.monitor, "/metrics").body.decode()
    assert "/private/… cannot be read" in said
    assert token not in said
    assert "zebra" not in said
    assert token not in kept.decode()
    assert stat.S_IMODE(subscribers.stat().st_mode) == 0o600


def test_without_the_place_of_tokens_no_document_is_given_out(server: Server) -> None:
    ada = server.add("ada")
    kept = PrivateTree(server.site.state).root / ".token-place"
    place = kept.read_bytes()
    for lose in (kept.unlink, lambda: kept.write_text("damaged")):
        lose()
        answer = server.get(f"{ada}insiders/atom.xml")
        assert (answer.status, place.strip() in answer.body) == (503, False)
    assert ".token-place is lost or damaged" in server.running.log
    kept.write_bytes(place)
    assert server.get(f"{ada}insiders/atom.xml").status == 200


def test_a_fault_of_the_server_never_looks_like_a_revoked_address(server: Server) -> None:
    ada = server.add("ada")
    tree = PrivateTree(server.site.state)
    moved = tree.root / "elsewhere"
    for what, path in ((tree.subscribers, ada), (tree.feeds_of("insiders"), f"{ada}insiders/atom.xml")):
        what.rename(moved)
        for _ in range(25):  # nor like an attack
            answer = server.get(path)
            assert (answer.status, answer.headers["retry-after"]) == (503, "60")
        moved.rename(what)
        assert server.get(path).status == 200
    assert server.running.log.count("subscribers.json is not there") == 1
    (line,) = (each for each in server.running.log.splitlines() if "subscribers.json is not there" in each)
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z error  ", line)


def test_a_file_without_a_list_of_subscribers_is_a_fault_and_not_nobody(server: Server) -> None:
    ada = server.add("ada")
    PrivateTree(server.site.state).subscribers.write_text("{}")
    assert server.get(ada).status == 503
    result = server.site.run("subscribers", "list")
    assert (result.status, "does not hold subscribers as `feedd subscribers` writes them" in result.err) == (3, True)
    assert "does not hold subscribers" in server.site.run("check").out + server.site.run("check").err


def test_the_daemon_makes_the_place_of_tokens_good_in_its_next_pass(server: Server) -> None:
    ada = server.add("ada")
    kept = PrivateTree(server.site.state).root / ".token-place"
    whole, before = kept.read_bytes(), server.get(f"{ada}insiders/atom.xml")
    kept.unlink()
    server.running.sync()
    after = server.get(f"{ada}insiders/atom.xml")
    assert (kept.read_bytes(), after.status, after.body) == (whole, 200, before.body)


def test_wrong_tokens_are_limited_and_right_ones_are_not(server: Server) -> None:
    ada = server.add("ada")
    tried = [server.get(f"/private/{number}/insiders/atom.xml").status for number in range(25)]
    assert tried == [404] * 20 + [429] * 5
    limited = server.get("/private/x/insiders/atom.xml")
    assert 0 < int(limited.headers["retry-after"]) <= 60
    assert server.get("/private/x/", X_Forwarded_For="192.0.2.1, 192.0.2.2").status == 404
    assert server.get(f"{ada}insiders/atom.xml").status == 200


def test_the_limit_for_wrong_tokens_ends_with_its_minute() -> None:
    now = [0.0]
    wrong = WrongTokens(lambda: now[0])
    assert [wrong.count("a") for _ in range(21)][-2:] == [0, 60]
    assert wrong.count("b") == 0
    now[0] = 50.0
    assert wrong.count("a") == 10
    now[0] = 60.0
    assert wrong.count("a") == 0
    assert sum(wrong.count(str(number)) > 0 for number in range(400)) == 101


def test_a_podcast_app_plays_a_private_episode(server: Server) -> None:
    ada = server.add("ada")
    address = f"{server.url}{ada}insiders/rss.xml"
    found = podcastparser.parse(address, io.BytesIO(server.get(f"{ada}insiders/rss.xml").body))
    assert found["title"] == "For insiders"
    (episode,) = (each for each in found["episodes"] if each["enclosures"])
    enclosure = episode["enclosures"][0]
    assert (episode["title"], enclosure["mime_type"], enclosure["file_size"]) == (
        "A zebra boat",
        "audio/mpeg",
        3 + 256 * 8000,
    )
    assert server.get(urlsplit(enclosure["url"]).path).status == 200
    assert feedparser.parse(address).feed.title == "For insiders"


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
def test_newsboat_reads_a_private_feed_and_is_told_when_it_is_over(server: Server, tmp_path: Path) -> None:
    ada = server.add("ada")
    (tmp_path / "home").mkdir()
    urls, cache, config = tmp_path / "urls", tmp_path / "cache.db", tmp_path / "config"
    urls.write_text(f"{server.url}{ada}insiders/atom.xml\n")
    config.touch()

    def newsboat(*arguments: str) -> str:
        command = ["newsboat", "-u", str(urls), "-c", str(cache), "-C", str(config), *arguments]
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout + done.stderr

    newsboat("-x", "reload")
    assert "2 unread articles" in newsboat("-x", "print-unread")
    server.site.write("more.md", item("Another zebra", "https://boats.example/more", audience=["insiders"]))
    server.running.sync()
    newsboat("-x", "reload")
    newsboat("-x", "reload")
    assert "3 unread articles" in newsboat("-x", "print-unread")
    assert server.site.run("subscribers", "revoke", "ada").status == 0
    newsboat("-x", "reload")
    assert "3 unread articles" in newsboat("-x", "print-unread")
    counts = request(server.monitor, "/metrics").body.decode()
    assert 'feedd_http_requests_total{kind="private",status="304"} 1.0' in counts
    assert 'feedd_http_requests_total{kind="private",status="410"} 1.0' in counts


def test_who_may_read_private_feeds_keeps_ids_from_being_made_anew(site: Site) -> None:
    site.configure(base_url="https://boats.example/", feeds=FEEDS, private={"feeds": ["team"]})
    site.write("open.md", item("An open boat", "https://boats.example/open"))
    site.render()
    assert site.run("subscribers", "add", "ada").status == 0
    result = site.run("render", "--start-over", "--nobody-subscribed")
    assert result.status == 3
    assert "ada may read private feeds" in result.err


def test_the_command_says_who_may_read_and_keeps_to_names(site: Site) -> None:
    site.configure(
        base_url="https://boats.example/", feeds=FEEDS, private={"feeds": ["team"], "subscribers": "who.json"}
    )
    added = site.run("subscribers", "add", "ada")
    assert added.status == 0
    assert re.search(r"^team +https://boats\.example/private/[\w-]{32}/team/atom\.xml$", added.out, re.MULTILINE)
    assert site.run("subscribers", "add", "ada").status == 3
    assert site.run("subscribers", "add", "bob", "--feed", "insiders").status == 2
    assert site.run("subscribers", "add").status == 2
    assert "are required: {add,list,revoke}" in site.run("subscribers").err
    assert site.run("subscribers", "revoke", "bob").status == 3
    assert site.run("subscribers", "list").out.startswith("ada: all feeds, added ")
    assert site.run("subscribers", "revoke", "ada").status == 0
    again = site.run("subscribers", "add", "ada", "--feed", "team")
    assert again.status == 0
    assert again.out != added.out
    listed = json.loads(site.run("subscribers", "list", "--format", "json").out)
    assert [(each["name"], each["feeds"], each["revoked"] is None) for each in listed] == [
        ("ada", None, False),
        ("ada", ["team"], True),
    ]
    assert json.loads(Path("who.json").read_text())["about"].startswith("Who may read private feeds")


def test_the_name_of_a_subscriber_may_stand_behind_options(site: Site) -> None:
    site.configure(feeds=FEEDS, private={"feeds": ["team"]})
    assert site.run("subscribers", "add", "--feed", "team", "carl").status == 0
    assert site.run("subscribers", "list").out.startswith("carl: team, added ")
    assert "unrecognized arguments: dora" in site.run("subscribers", "add", "carl", "--feed", "team", "dora").err
    assert "unrecognized arguments: --feed team" in site.run("subscribers", "list", "--feed", "team").err


def test_without_private_feeds_there_is_nothing_below_the_address(site: Site, daemon: Callable[..., Running]) -> None:
    (listen,) = free_addresses(1)
    site.configure(serve={"listen": listen})
    site.write("open.md", item("An open boat", "https://boats.example/open"))
    server = Server(site, daemon(configured=True).wait_until_ready(), listen)
    answer = server.get("/private/x/insiders/atom.xml")
    assert (answer.status, "x-robots-tag" in answer.headers) == (404, False)
    assert site.run("subscribers", "add", "ada").status == 2
