"""Pictures of other sites: mirrored beside the passes, shown by documents and pages, and gone with what is withheld."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from http_support import free_addresses, own_host, request
from picture_server import Answered, PictureServer, animated, bomb, photo, saved
from PIL import Image
from support import Running, Site, assert_in_step, end, item, looks, small_disk, tree, wait_until

from feedd.cli.setup import items_directory
from feedd.config.load import load
from feedd.config.resolve import mirror_rules, pass_settings
from feedd.config.section_values import ImageSettings
from feedd.deliver.mirror.all_mirrors import AllMirrors
from feedd.deliver.mirror.picture_mirror import Mirrored
from feedd.deliver.mirror.public_addresses import PublicAddresses
from feedd.model import Document, Report
from feedd.run.publisher import Publisher
from feedd.store.document_store import Written
from feedd.store.documents import FeedsDirectory
from feedd.store.private_feeds.private_tree import PrivateTree
from feedd.store.state_directory import StateDirectory

FEEDS = "https://feeds.example/"
HERE = PublicAddresses(None, (f"{own_host()}/32",))
COMMAND = (sys.executable, str(Path(__file__).with_name("picture_command.py")), own_host())
LINK = "https://site.example/"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with PictureServer() as server:
        yield server


@pytest.fixture
def mirroring(site: Site) -> Site:
    """A site that mirrors the pictures of its items."""
    site.configure(base_url=FEEDS, images={"mirror": True})
    return site


def render(site: Site, *options: str, status: int = 0) -> Report:
    """Makes a pass, fetches pictures and makes another."""
    site.addresses = HERE
    return site.render(*options, status=status)


def published(site: Site) -> dict[str, bytes]:
    """The mirrored pictures that anybody can see, by name."""
    start = "pictures/"
    return {path.removeprefix(start): data for path, data in site.documents().items() if path.startswith(start)}


def kept(site: Site) -> set[str]:
    """The names of the pictures in the state directory."""
    folder = site.state / "pictures"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def content(site: Site, title: str) -> str:
    value: str = site.entries()[title].content[0].value
    return value


def addresses(site: Site, title: str) -> list[str]:
    """The addresses of the pictures in the content of an entry."""
    return re.findall(r'<img\b[^>]* src="([^"]*)"', content(site, title))


def test_a_picture_is_shown_from_here_everywhere_with_its_sizes(mirroring: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo(2400, 1200))
    mirroring.write("a.md", item("A", LINK, images=[{"url": url, "width": 1, "height": 1, "title": "A boat"}]))
    render(mirroring)
    names = published(mirroring)
    assert sorted(name.rpartition(".")[2] for name in names) == ["jpg", "jpg", "webp", "webp"]
    assert kept(mirroring) == set(names)
    whole, small = sorted((name for name in names if name.endswith("jpg")), key=lambda name: -len(names[name]))
    (shown,) = addresses(mirroring, "A")
    assert shown == f"{FEEDS}pictures/{whole}"
    assert 'width="1" height="1"' not in content(mirroring, "A")
    for path in ("atom.xml", "rss.xml"):
        entry = mirroring.entries(path)["A"]
        (full,) = entry.media_content
        assert {name: full[name] for name in ("url", "type", "filesize", "width", "height", "medium")} == {
            "url": shown,
            "type": "image/jpeg",
            "filesize": str(len(names[whole])),
            "width": "1200",
            "height": "600",
            "medium": "image",
        }
        assert entry.media_thumbnail[0] == {"url": f"{FEEDS}pictures/{small}", "width": "320", "height": "160"}
    (feed_item,) = json.loads(mirroring.documents()["feed.json"])["items"]
    assert feed_item["image"] == shown
    page = mirroring.documents()["index.html"].decode()
    assert re.search(rf'<img src="pictures/{small}" width="320" height="160" alt="A boat" loading="lazy"', page)
    assert server.url("") not in page
    assert_in_step(mirroring)


def test_the_markdown_of_an_entry_shows_pictures_from_here(mirroring: Site, server: PictureServer) -> None:
    boat, cat = server.has("/boat.jpg", photo()), server.has("/cat.jpg", photo(900, 600))
    body = (
        f'![A boat]({boat} "Late")\n\nA [photo]({cat}): <img src="{cat}" alt="A cat">\n\n![None]({server.url("/none")})'
    )
    mirroring.configure(
        base_url=FEEDS,
        images={"mirror": True},
        markdown_source=True,
        feeds={"friends": {"title": "Friends", "topics": ["None"]}},
        private={"feeds": ["friends"]},
    )
    mirroring.write("a.md", item("A", LINK, body=body))
    mirroring.write("b.md", item("B", LINK + "b", body=body, audience="friends"))
    render(mirroring)
    own = PrivateTree(mirroring.state).feeds_of("friends")
    for base, folder in ((FEEDS, mirroring.feeds), ("", own)):
        (entry,) = json.loads((folder / "feed.json").read_bytes())["items"]
        shown = re.findall(r'src="([^"]*)"', entry["content_html"])
        assert [each.startswith(base) and "/pictures/" in each for each in shown] == [True, True, False]
        boat_here, cat_here, none = shown
        assert entry["_source"]["markdown"] == (
            f'![A boat]({boat_here} "Late")\n\nA [photo]({cat}): <img src="{cat_here}" alt="A cat">\n\n![None]({none})'
        )
    assert_in_step(mirroring)


def test_a_page_shows_the_top_of_a_tall_picture_and_links_to_the_whole(mirroring: Site, server: PictureServer) -> None:
    tall, wide = server.has("/tall.jpg", photo(300, 1500)), server.has("/wide.jpg", photo(300, 900))
    body = f"![The whole]({tall})\n\n![]({tall})\n\n[![In a link]({tall})](https://b.example/)\n\n![Usual]({wide})"
    mirroring.write("note.md", item("Note", body=body))
    render(mirroring)
    (page,) = (data.decode() for path, data in mirroring.documents().items() if path.startswith("entry/"))
    found = re.findall(r'<a class="tall" href="../../(pictures/\w+\.jpg)"([^>]*)><picture>.*? alt="([^"]*)"', page)
    (path,) = {path for path, *_ in found}
    assert [rest for _, *rest in found] == [["", "The whole"], [' aria-label="Picture"', ""]]
    with Image.open(mirroring.feeds / path) as whole:
        assert whole.size == (300, 1500)
    assert page.count("<picture>") == 4
    linked = page.partition('<a href="https://b.example/">')[2].partition("</a>")[0]
    assert ('<span class="tall"><picture>' in linked, "<a " in linked) == (True, False)


def test_it_is_fetched_once_and_shows_nobody_anything_anew(mirroring: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo())
    path = mirroring.configure(base_url=FEEDS)
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    mirroring.write("b.md", item("B", LINK + "b", "2024-06-01T12:00:00Z", body=f"![A boat]({url})"))
    mirroring.settle()
    render(mirroring)
    before = [(entry.id, entry.updated, entry.published) for entry in mirroring.feed().entries]
    updated = mirroring.feed().feed.updated
    path.write_text(path.read_text() + 'images: {"mirror": true}\n')
    render(mirroring)
    assert addresses(mirroring, "A") == addresses(mirroring, "B") != [url]
    assert [(entry.id, entry.updated, entry.published) for entry in mirroring.feed().entries] == before
    assert mirroring.feed().feed.updated == updated
    seen = looks(mirroring.feeds)
    report = render(mirroring)
    assert (report.written, report.deleted) == ((), ())
    assert looks(mirroring.feeds) == seen
    assert server.asked == ["/boat.jpg"]


def test_it_stays_when_its_origin_dies(mirroring: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    mirroring.write("note.md", item("Note", body=f"Text.\n\n![A boat]({url})"))
    render(mirroring)
    server.close()
    mirroring.write("a.md", item("A", LINK, body=f"Other words.\n\n![A boat]({url})"))
    report = render(mirroring)
    assert report.remarks == ()
    assert all(each.startswith(f"{FEEDS}pictures/") for each in addresses(mirroring, "A"))
    (own,) = (data.decode() for path, data in mirroring.documents().items() if path.startswith("entry/"))
    assert re.search(
        r'<picture><source srcset="\.\./\.\./pictures/\w+\.webp" type="image/webp"><img src="\.\./\.\./pic', own
    )
    for path, data in mirroring.documents().items():
        assert path.startswith("pictures/") or url.encode() not in data, path
    # The public copy is made again of the copy that is kept.
    for name in published(mirroring):
        (mirroring.feeds / "pictures" / name).unlink()
    render(mirroring)
    assert set(published(mirroring)) == kept(mirroring)
    assert_in_step(mirroring)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answered(animated("GIF")), "it is animated"),
        (Answered(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "it is no picture, or a broken one"),
        (Answered(b"<html><script>", headers={"Content-Type": "image/png"}), "it is no picture, or a broken one"),
        (Answered(bomb(50_000)), "it has more than 50 million pixels"),
        (Answered(photo()[:3000]), "it is no picture, or a broken one"),
        (Answered(status=404), "404 Not Found"),
        (Answered(status=302, headers={"Location": "http://169.254.169.254/"}), "which is not a public address"),
        (Answered(status=302, headers={"Location": "/p"}), "more than 5 redirections"),
    ],
)
def test_what_cannot_be_had_keeps_its_address(
    mirroring: Site, server: PictureServer, answer: Answered, words: str
) -> None:
    server.answers["/p"] = answer
    url = server.url("/p")
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    report = render(mirroring)
    (remark,) = report.remarks
    assert remark.startswith(f"1 picture is not mirrored ({url}: ")
    assert words in remark
    assert addresses(mirroring, "A") == [url]
    assert (published(mirroring), kept(mirroring)) == ({}, set())
    asked = len(server.asked)
    assert render(mirroring).remarks == ()
    assert len(server.asked) == asked, "not before its time"


@pytest.mark.parametrize("how", ["published: false", "deleted: true", "publishedDateTime: 2099-01-01", "heat: -1", ""])
def test_a_picture_goes_with_the_last_entry_that_shows_it(mirroring: Site, server: PictureServer, how: str) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    mirroring.write("b.md", item("B", LINK + "b", body=f"![A boat]({url})"))
    render(mirroring)
    everything = kept(mirroring)
    withheld = f"---\ntitle: B\nwebUrl: {LINK}b\n{how}\n---\n![A boat]({url})\n"
    for name in ("b.md", "a.md"):
        assert set(published(mirroring)) == kept(mirroring) == everything
        if how:
            mirroring.write(name, withheld.replace(f"{LINK}b", LINK if name == "a.md" else f"{LINK}b"))
        else:
            (mirroring.seeds / name).unlink()
        render(mirroring, "--allow-empty")
    assert (published(mirroring), kept(mirroring)) == ({}, set())
    assert_in_step(mirroring)
    render(mirroring, "--allow-empty")
    assert server.asked == ["/boat.jpg"], "nobody asks for a picture that nobody sees"


def test_a_withheld_item_has_nothing_fetched(mirroring: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})", published=False))
    mirroring.write("b.md", item("B", LINK + "b", body="Text."))
    render(mirroring)
    assert server.asked == []


def test_a_picture_goes_when_its_entry_becomes_private(mirroring: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo())
    feeds = {"friends": {"title": "Friends", "topics": ["None"]}}
    private = {"feeds": ["friends"]}
    mirroring.configure(base_url=FEEDS, images={"mirror": True}, feeds=feeds, private=private)
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    mirroring.write("b.md", item("B", LINK + "b"))
    render(mirroring)
    assert len(published(mirroring)) == len(kept(mirroring)) == 4
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})", audience="friends"))
    server.has("/other.jpg", photo(900, 600))
    mirroring.write("c.md", item("C", LINK + "c", body=f"![]({server.url('/other.jpg')})", audience="friends"))
    mirroring.write("d.md", item("D", LINK + "d", body=f"![]({server.url('/none.jpg')})", audience="friends"))
    report = render(mirroring)
    assert (published(mirroring), kept(mirroring)) == ({}, set())
    assert any(path.startswith("private/friends/pictures/") for path in report.written)
    (remark,) = report.remarks
    assert remark == "1 picture is not mirrored (a picture of the private feed friends: 404 Not Found)"
    own = tree(PrivateTree(mirroring.state).feeds_of("friends"))
    names = {path for path in own if path.startswith("pictures/")}
    shown = set(re.findall(rb"/friends/(pictures/\w+\.jpg)", own["atom.xml"]))
    assert len(names) == 8
    assert shown < {name.encode() for name in names}
    assert server.url("/boat.jpg").encode() not in own["atom.xml"]
    assert server.url("/none.jpg").encode() in own["atom.xml"]
    assert sorted(server.asked) == ["/boat.jpg", "/boat.jpg", "/none.jpg", "/other.jpg"]
    lines = [each for each in mirroring.run("status").out.splitlines() if "  pictures  " in each]
    assert re.fullmatch(
        r"  pictures   private feed friends: 2 .*, 1 not to be had \(the last: 404 Not Found\)", lines[1]
    )
    assert not [path for path, data in mirroring.documents().items() if b"pictures/" in data or b"other.jpg" in data]


def test_a_private_feed_takes_the_pictures_of_the_public_site_over(mirroring: Site, server: PictureServer) -> None:
    """Its subscribers load them below their own address, although the origin is gone."""
    url = server.has("/boat.jpg", photo())
    mirroring.write("a.md", item("A", LINK, images=[{"url": url}], topics=["Boats"]))
    render(mirroring)
    server.close()
    (listen,) = free_addresses(1)
    mirroring.configure(
        base_url=FEEDS,
        images={"mirror": True},
        feeds={"friends": {"title": "Friends", "topics": ["Boats"]}},
        private={"feeds": ["friends"]},
        serve={"listen": listen},
    )
    folder = PrivateTree(mirroring.state)
    daemon = Running(mirroring, command=COMMAND, configured=True)
    try:
        daemon.wait_until_ready()
        wait_until((folder.feeds_of("friends") / "pictures").exists, 60.0, lambda: daemon.log)
        daemon.sync()
        assert {path.name for path in (folder.state_of("friends") / "pictures").iterdir()} == kept(mirroring)
        result = mirroring.run("subscribers", "add", "Ada", "--format", "json")
        path = urlsplit(json.loads(result.out)["page"]).path
        feed = request(f"http://{listen}", f"{path}friends/feed.json")
        address = json.loads(feed.body)["items"][0]["image"]
        assert address.startswith(f"{FEEDS[:-1]}{path}friends/pictures/")
        answer = request(f"http://{listen}", urlsplit(address).path)
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["cache-control"] == "private, no-store"
        assert request(f"http://{listen}", urlsplit(address).path.replace(path, "/private/wrong/")).status == 404
        assert daemon.stop() == 0
    finally:
        end(daemon.process)


def test_without_mirror_private_pictures_go_too(mirroring: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo())
    feeds = {"friends": {"title": "Friends", "topics": ["Boats"]}}
    for images in ({"mirror": True}, {"mirror": True, "not_from": [own_host()]}, {"mirror": True}, {}):
        mirroring.configure(base_url=FEEDS, images=images, feeds=feeds, private={"feeds": ["friends"]})
        mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})", audience="friends"))
        render(mirroring)
        own = tree(PrivateTree(mirroring.state).feeds_of("friends"))
        is_mirrored = images == {"mirror": True}
        assert any(path.startswith("pictures/") for path in own) == is_mirrored
        assert (url.encode() in own["atom.xml"]) != is_mirrored


def test_a_picture_that_an_edited_entry_has_left_is_not_public_and_kept_for_a_while(
    mirroring: Site, server: PictureServer
) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.now = NOON
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    render(mirroring)
    everything = kept(mirroring)
    mirroring.write("a.md", item("A", LINK, body="No boat."))
    render(mirroring)
    assert (published(mirroring), kept(mirroring)) == ({}, everything)
    mirroring.now = NOON + timedelta(days=29)
    mirroring.write("a.md", item("A", LINK, body=f"The boat: ![A boat]({url})"))
    render(mirroring)
    assert set(published(mirroring)) == everything
    assert addresses(mirroring, "A") != [url]
    mirroring.write("a.md", item("A", LINK, body="No boat."))
    render(mirroring)
    render(mirroring)
    mirroring.now = NOON + timedelta(days=60)
    render(mirroring)
    assert kept(mirroring) == set()
    assert server.asked == ["/boat.jpg"]


def test_a_further_entry_shows_the_picture_that_is_here(mirroring: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    render(mirroring)
    mirroring.write("b.md", item("B", LINK + "b", body=f"![A boat]({url})"))
    render(mirroring)
    assert addresses(mirroring, "A") == addresses(mirroring, "B") != [url]
    assert server.asked == ["/boat.jpg"]


def test_the_bound_holds_and_the_oldest_go_first(mirroring: Site, server: PictureServer) -> None:
    bound = 2 << 20
    mirroring.configure(base_url=FEEDS, images={"mirror": True, "keep": "2 MiB"})
    for day in range(1, 6):
        noise = Image.effect_noise((1200, 800), 90 + day).convert("RGB")
        url = server.has(f"/{day}.png", saved(noise, "PNG"))
        mirroring.write(f"{day}.md", item(f"Of {day}", f"{LINK}{day}", f"2024-05-0{day}T12:00:00Z", body=f"![]({url})"))

    def mirrored() -> list[int]:
        return [day for day in range(1, 6) if FEEDS in addresses(mirroring, f"Of {day}")[0]]

    for _ in range(4):
        render(mirroring)
        assert sum(path.stat().st_size for path in (mirroring.state / "pictures").iterdir()) <= bound
        assert set(published(mirroring)) == kept(mirroring)
    assert mirrored() == [3, 4, 5]
    assert addresses(mirroring, "Of 1") == [server.url("/1.png")]
    asked = len(server.asked)
    render(mirroring)
    assert len(server.asked) == asked, "what was left out is not fetched again and again"
    mirroring.configure(base_url=FEEDS, images={"mirror": True, "keep": "20 MiB"})
    render(mirroring)
    assert mirrored() == [1, 2, 3, 4, 5]


def test_pictures_of_some_providers_and_hosts_stay_where_they_are(site: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo())
    for number, images in enumerate(
        ({"not_from": ["HERALD"]}, {"not_from": ["herald.example"]}, {"not_from": [own_host()]})
    ):
        site.configure(base_url=FEEDS, images={"mirror": True, **images})
        provider = {"name": "Herald", "domain": "news.herald.example"}
        site.write("a.md", item("A", LINK, body=f"![A boat]({url}?{number})", provider=provider))
        render(site)
        assert addresses(site, "A") == [f"{url}?{number}"]
    assert server.asked == []


def test_check_names_what_is_left_out_and_matches_nothing(mirroring: Site) -> None:
    names = ["Herald", "photos.example", "b.example", "Herold", "phtos.example"]
    path = mirroring.configure(base_url=FEEDS, images={"mirror": True, "not_from": names})
    mirroring.write("a.md", item("A", LINK, provider={"name": "Herald"}, body="![](https://a.photos.example/1.jpg)"))
    mirroring.write("b.md", item("B", LINK + "b", images=[{"url": "HTTP://pictures.B.example/2.jpg"}]))
    line = 1 + next(number for number, each in enumerate(path.read_text().splitlines()) if "not_from" in each)
    found = [each for each in json.loads(mirroring.run("check", "--format", "json").out) if each.get("line") == line]
    assert [each["field"] for each in found] == ["images.not_from"] * 2
    assert [each["reason"].split("'")[1] for each in found] == ["Herold", "phtos.example"]
    assert {each["kind"] for each in found} == {"note"}


def test_no_redirection_leads_to_a_host_whose_pictures_stay_where_they_are(
    mirroring: Site, server: PictureServer
) -> None:
    """`not_from` is asked at each redirection; a picture that was not taken is fetched when the host is admitted."""
    server.has("/boat.jpg", photo())
    there = f"http://{own_host()}.:{server.port}/boat.jpg"
    server.answers["/first"] = Answered(status=302, headers={"Location": "/second"})
    server.answers["/second"] = Answered(status=302, headers={"Location": there})
    url = server.url("/first").replace(own_host(), "pictures.example")
    mirroring.addresses = lambda host, port: [own_host()]
    mirroring.configure(base_url=FEEDS, images={"mirror": True, "not_from": [own_host()]})
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    (remark,) = mirroring.render().remarks
    assert "it comes from a host that `images.not_from` names" in remark
    assert (server.asked, addresses(mirroring, "A")) == (["/first", "/second"], [url])
    mirroring.configure(base_url=FEEDS, images={"mirror": True, "not_from": ["other.example"]})
    mirroring.render()
    assert addresses(mirroring, "A") != [url]


def test_a_name_of_a_host_is_the_same_in_all_its_spellings() -> None:
    rules = mirror_rules(ImageSettings(mirror=True, not_from=("Bücher.example", "Die Zeit")))
    assert rules is not None
    for host in ("bücher.example", "xn--bcher-kva.example", "XN--BCHER-KVA.example.", "a.bücher.example."):
        assert not rules.take_from(f"http://{host}/a.jpg"), host
    assert rules.take_from("HTTP://example/a.jpg")


def test_without_mirror_nothing_is_fetched_and_what_was_mirrored_is_no_longer_public(
    mirroring: Site, server: PictureServer
) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    mirroring.configure(base_url=FEEDS)
    render(mirroring)
    assert server.asked == []
    mirroring.configure(base_url=FEEDS, images={"mirror": True})
    render(mirroring)
    assert published(mirroring)
    mirroring.configure(base_url=FEEDS)
    render(mirroring)
    assert (published(mirroring), addresses(mirroring, "A")) == ({}, [url])


@pytest.mark.parametrize("how", ["deleted", "emptied", "a link"])
def test_a_lost_file_is_fetched_again(mirroring: Site, server: PictureServer, how: str) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    render(mirroring)
    for path in (mirroring.feeds / "pictures").iterdir():
        path.unlink()
    for path in (mirroring.state / "pictures").iterdir():
        if how == "emptied":  # by a loss of power
            path.write_bytes(b"")
        elif how == "deleted":
            path.unlink()
        else:
            path.symlink_to(path.rename(mirroring.root / path.name))
    report = render(mirroring, status=3)
    assert "cannot be published: its file is gone or damaged; it is fetched again" in report.failed[0].reason
    assert addresses(mirroring, "A") == [url]
    render(mirroring)
    assert addresses(mirroring, "A") != [url]
    assert server.asked == ["/boat.jpg"] * 2


def test_a_full_disk_keeps_the_original_address_until_there_is_room(mirroring: Site, server: PictureServer) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.now = NOON
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    with small_disk(mirroring.state / "pictures", "size=16k") as trouble:
        if trouble:
            pytest.skip(trouble)
        (remark,) = render(mirroring).remarks
        assert "it cannot be kept: No space left on device" in remark
        assert addresses(mirroring, "A") == [url]
        whole = {
            hashlib.blake2b((mirroring.state / "pictures" / each).read_bytes(), digest_size=16)
            for each in kept(mirroring)
        }
        assert {each.hexdigest() for each in whole} == {name.partition(".")[0] for name in kept(mirroring)}
    mirroring.now = NOON + timedelta(minutes=11)
    assert render(mirroring).remarks == ()
    assert addresses(mirroring, "A") != [url]
    assert set(published(mirroring)) == kept(mirroring)


def test_no_server_is_asked_in_a_circle_while_a_picture_cannot_be_published(
    mirroring: Site, server: PictureServer
) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.now, mirroring.addresses = NOON, HERE
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    mirroring.feeds.mkdir()
    (mirroring.feeds / "pictures").write_text("It is somebody's.")
    for _ in range(3):
        mirroring.run("render")
        assert (server.asked, addresses(mirroring, "A")) == (["/boat.jpg"], [url])
    (mirroring.feeds / "pictures").unlink()
    mirroring.now += timedelta(minutes=10)
    render(mirroring)
    assert addresses(mirroring, "A") != [url]


def test_a_preview_fetches_nothing(mirroring: Site, server: PictureServer, tmp_path: Path) -> None:
    url = server.has("/boat.jpg", photo())
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    render(mirroring, "--preview", str(tmp_path / "seen"))
    assert server.asked == []


def test_the_status_says_what_is_here_and_what_could_not_be_had(mirroring: Site, server: PictureServer) -> None:
    mirroring.write("a.md", item("A", LINK, body=f"![]({server.has('/boat.jpg', photo())})"))
    mirroring.write("b.md", item("B", LINK + "b", body=f"![]({server.url('/no.jpg')})"))
    render(mirroring)
    (line,) = (each for each in mirroring.run("status").out.splitlines() if "pictures" in each)
    assert re.fullmatch(
        r"  pictures   1 picture of other sites mirrored \(0\.\d MB\), 1 not to be had, such as "
        rf"{re.escape(server.url('/no.jpg'))}: 404 Not Found",
        line,
    )
    counts = json.loads(mirroring.run("status", "--format", "json").out)["pictures"]
    assert (counts["mirrored"], counts["waiting"], counts["failed"]) == (1, 0, 1)


# The daemon


def test_a_daemon_shows_what_comes_and_waits_for_no_server(mirroring: Site, server: PictureServer) -> None:
    """Its passes go on while a server sends a byte now and then, and it ends then, too."""
    server.answers["/slow.jpg"] = Answered(drips=True)
    url, slow = server.has("/boat.jpg", photo()), server.url("/slow.jpg")
    mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})"))
    mirroring.write("b.md", item("B", LINK + "b", body="Text."))
    daemon = Running(mirroring, command=COMMAND)
    try:
        daemon.wait_until_ready()
        wait_until(lambda: addresses(mirroring, "A") != [url], 60.0, lambda: daemon.log)
        before = mirroring.entries()["A"].updated
        mirroring.write("b.md", item("B", LINK + "b", body=f"![A slow boat]({slow})"))
        wait_until(lambda: "/slow.jpg" in server.asked, 60.0, lambda: daemon.log)
        mirroring.write("c.md", item("C", LINK + "c"))
        wait_until(lambda: "C" in mirroring.titles(), 60.0, lambda: daemon.log)
        assert (addresses(mirroring, "B"), mirroring.entries()["A"].updated) == ([slow], before)
        mirroring.write("a.md", item("A", LINK, body=f"![A boat]({url})", published=False))
        wait_until(
            lambda: not (mirroring.feeds / "pictures").exists() and not kept(mirroring), 60.0, lambda: daemon.log
        )
        assert "pictures mirrored pictures=1" in daemon.log
        assert not server.closed.is_set(), "it still drips"
        assert daemon.stop() == 0
    finally:
        end(daemon.process)
    assert server.asked.count("/boat.jpg") == 1


def test_pictures_that_fail_for_one_reason_are_one_line_of_the_log(site: Site) -> None:
    class Log:
        def __init__(self) -> None:
            self.lines: list[str] = []

        def info(self, message: str, people: str = "", **values: object) -> None: ...

        def warning(self, message: str, people: str = "", **values: object) -> None:
            self.lines.append(message)

        def fault(self, message: str) -> None: ...

    log = Log()
    down: dict[str, Any] = {"words": "no answer within 30 s", "wait": 600, "is_here": False}
    asked = [Mirrored(url, **down) for url in ("https://a.example/1", "https://a.example/2", "https://a.example/3")]
    asked += [
        Mirrored("https://a.example/4"),
        Mirrored("https://a.example/5", None, "404 Not Found", None, is_here=False),
    ]
    down["words"] = "gone for now"
    asked += [Mirrored(f"https://secret.example/{number}", private="friends", **down) for number in range(2)]
    AllMirrors(site.state).say(log, asked)
    assert log.lines == [
        "the picture https://a.example/1 and 2 others are not mirrored: no answer within 30 s; asking again in 600 s",
        "the picture https://a.example/5 is not mirrored: 404 Not Found; it is given up",
        "a picture of the private feed friends and 1 other are not mirrored: gone for now; asking again in 600 s",
    ]


def test_without_pillow_the_configuration_is_a_mistake(mirroring: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedd.config.judging.unusable_settings.has_encoder", lambda: False)
    path = mirroring.configure(base_url=FEEDS)
    path.write_text(path.read_text() + "images:\n  # not small\n  mirror: true\n")
    line = len(path.read_text().splitlines())
    words = "images.mirror: mirroring pictures needs a further package: pip install 'feedd[images]'"
    result = mirroring.run("render")
    assert result.status == 2
    assert f"config/feedd.yaml:{line}: {words}" in result.err
    assert "(with pipx: pipx inject feedd pillow)" in result.err
    checked = mirroring.run("check")
    assert checked.status == 1
    assert f"config/feedd.yaml:{line}: {words}" in checked.out


def test_a_picture_of_an_entry_that_only_an_archive_shows_is_mirrored_and_goes_with_it(
    mirroring: Site, server: PictureServer
) -> None:
    mirroring.configure(
        base_url=FEEDS, images={"mirror": True}, limit=1, archives={"feeds": ["all", "topics"]}, views={"feeds": []}
    )
    url = server.has("/boat.jpg", photo(600, 400))
    old = {"images": [{"url": url}], "topics": ["Boats"]}
    mirroring.write("a.md", item("A", f"{LINK}a", "2026-02-01T12:00:00Z", **old))
    mirroring.write("b.md", item("B", f"{LINK}b", "2026-02-02T12:00:00Z", topics=["Boats"]))
    render(mirroring)
    documents = mirroring.documents()
    assert published(mirroring)
    assert f"{FEEDS}pictures/".encode() in documents["archive/0001.atom.xml"]
    for path, root in (("archive/0001.html", "../"), ("topics/boats/archive/0001.html", "../../../")):
        found = re.findall(r'<img\b[^>]* src="([^"]*)"', documents[path].decode())
        assert found
        assert {each.partition("pictures/")[0] for each in found} == {root}
    assert_in_step(mirroring)
    mirroring.write("a.md", item("A", f"{LINK}a", "2026-02-01T12:00:00Z", published=False, **old))
    render(mirroring)
    assert (published(mirroring), kept(mirroring)) == ({}, set())


class Killed(FeedsDirectory):
    """A directory in which the process ends before an archive is written."""

    def write(self, document: Document, encoded: Sequence[Document] = ()) -> list[Written]:
        if "archive/" in document.path:
            raise KeyboardInterrupt
        return super().write(document, encoded)


def test_a_picture_that_only_an_archive_shows_goes_before_the_archive_is_written(
    mirroring: Site, server: PictureServer
) -> None:
    mirroring.configure(base_url=FEEDS, images={"mirror": True}, limit=1, archives={"feeds": ["all"]}, families=[])
    old = {"body": f"![A boat]({server.has('/boat.jpg', photo())})"}
    mirroring.write("a.md", item("A", f"{LINK}a", "2026-02-01T12:00:00Z", **old))
    mirroring.write("b.md", item("B", f"{LINK}b", "2026-02-02T12:00:00Z"))
    render(mirroring)
    assert published(mirroring)
    mirroring.write("a.md", item("A", f"{LINK}a", "2026-02-01T12:00:00Z", published=False, **old))
    config = load(None)
    items, state = items_directory(config), StateDirectory(mirroring.state)
    with (
        Publisher(items, Killed(mirroring.feeds), state, pass_settings(config)) as publisher,
        pytest.raises(KeyboardInterrupt),
    ):
        publisher.publish(datetime.now(UTC))
    assert published(mirroring) == {}
    render(mirroring)
    assert kept(mirroring) == set()
    assert_in_step(mirroring)


@pytest.mark.parametrize("is_restored", [True, False])
def test_a_ledger_that_knows_nothing_of_a_picture_keeps_no_file_of_it(
    mirroring: Site, server: PictureServer, is_restored: bool
) -> None:
    shown = {"body": f"![A boat]({server.has('/boat.jpg', photo())})"}
    mirroring.write("b.md", item("B", f"{LINK}b"))
    mirroring.render()
    assert mirroring.run("backup", "before.sqlite3").status == 0
    mirroring.write("a.md", item("A", f"{LINK}a", **shown))
    render(mirroring)
    assert len(kept(mirroring)) == 4
    mirroring.write("a.md", item("A", f"{LINK}a", published=False, **shown))
    if is_restored:
        assert mirroring.run("restore", "before.sqlite3").status == 0
    else:
        mirroring.ledger.unlink()
    render(mirroring)
    assert (published(mirroring), kept(mirroring)) == ({}, set())
