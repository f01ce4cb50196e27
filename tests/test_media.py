"""Pictures and other media that items refer to: where their URLs lead, and what lies beside the items."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from servers import SERVERS
from support import Running, Site, assert_in_step, item, leave, looks, make_room, small_disk, unprivileged, wait_until

FEEDS, SITE = "https://feeds.example/", "https://site.example/"
BOAT, MOON, SOUND = b"a boat", b"a moon", b"a sound"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def pictures(site: Site, title: str) -> list[str]:
    """The addresses of the pictures that an entry shows."""
    content: str = site.entries()[title].content[0].value
    return re.findall(r'<img\b[^>]* src="([^"]*)"', content)


@pytest.mark.parametrize(
    ("link", "url", "expected"),
    [
        ("https://site.example/post/trip/", "boat.jpg", "https://site.example/post/trip/boat.jpg"),
        (None, "boat.jpg", "https://site.example/notes/boat.jpg"),
        (None, "../boat.jpg", "https://site.example/boat.jpg"),
        (None, "/img/boat.jpg", "https://site.example/img/boat.jpg"),
        ("https://news.example/1", "/img/boat.jpg", "https://site.example/img/boat.jpg"),
        (None, "https://x.example/boat.jpg", "https://x.example/boat.jpg"),
    ],
)
def test_references_lead_to_the_site_and_not_to_the_feeds(
    site: Site, link: str | None, url: str, expected: str
) -> None:
    site.configure(base_url=FEEDS, site={"url": SITE})
    site.write("notes/a.md", item("A", link, body=f"![A boat]({url})\n\nText."))
    site.render()
    assert pictures(site, "A") == [expected]


def test_pictures_of_the_front_matter_belong_to_the_site(site: Site) -> None:
    site.configure(base_url=FEEDS, site={"url": SITE})
    site.write("notes/a.md", item("A", "https://news.example/1", images=[{"url": "/img/boat.jpg"}]))
    site.write("notes/b.md", item("B", "https://news.example/2", images=[{"url": "img/boat.jpg"}]))
    site.render()
    assert pictures(site, "A") == pictures(site, "B") == ["https://site.example/img/boat.jpg"]


# Pictures beside the items


@pytest.fixture
def trip(site: Site) -> Site:
    """A site with a bundle: an item, and a picture beside it."""
    site.configure(base_url=FEEDS)
    site.write("post/trip/index.md", item("Trip", "https://site.example/post/trip/", body="![A boat](boat.jpg)"))
    site.write("post/trip/boat.jpg", BOAT)
    site.settle()
    return site


def media(site: Site) -> dict[str, bytes]:
    """The media that are published, by name."""
    return {path.removeprefix("media/"): data for path, data in site.documents().items() if path.startswith("media/")}


def shown(site: Site, title: str) -> list[bytes | str]:
    """The bytes of each picture that an entry shows, or its address elsewhere."""
    published = {f"{FEEDS}media/{name}": data for name, data in media(site).items()}
    return [published.get(url, url) for url in pictures(site, title)]


def test_a_picture_beside_its_item_is_published_with_the_feeds_as_it_is(trip: Site) -> None:
    trip.render()
    (name,) = media(trip)
    assert re.fullmatch(r"[0-9a-f]{32}\.jpg", name)
    assert shown(trip, "Trip") == [BOAT]
    assert_in_step(trip)
    before = looks(trip.feeds)
    report = trip.render()
    assert (report.written, report.deleted, report.notes) == ((), (), ())
    assert looks(trip.feeds) == before


def test_a_picture_of_the_front_matter_is_found_beside_the_item_and_below_static_folders(site: Site) -> None:
    site.configure(base_url=FEEDS)
    site.write("post/a/index.md", item("A", "https://site.example/a", images=[{"url": "./boat.jpg"}]))
    site.write("post/a/boat.jpg", BOAT)
    site.write("post/b.md", item("B", "https://site.example/b", images=[{"url": "img/moon.png"}]))
    site.write("post/c.md", item("C", "https://site.example/c", images=[{"url": "/img/moon.png"}]))
    site.write("static/img/moon.png", MOON)
    site.render()
    assert (shown(site, "A"), shown(site, "B"), shown(site, "C")) == ([BOAT], [MOON], [MOON])
    assert site.entries("rss.xml")["A"].media_thumbnail[0]["url"] == pictures(site, "A")[0]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("./img/boat.jpg", "notes/img/boat.jpg"),
        ("../boat.jpg", "boat.jpg"),
        ("/boat.jpg", "public/boat.jpg"),
        ("/boat.jpg", "notes/static/boat.jpg"),
        ("<a boat.jpg>", "notes/a boat.jpg"),
        ("a%20boat.jpg", "notes/a boat.jpg"),
        ("100%25.jpg", "notes/100%.jpg"),
        ("a%20b.jpg", "notes/a%20b.jpg"),
        ("caf\u00e9.jpg", "notes/cafe\u0301.jpg"),
        ("cafe\u0301.jpg", "notes/caf\u00e9.jpg"),
        ("%E8%88%B9.jpg", "notes/\u8239.jpg"),
        ("boat.jpg?v=2#top", "notes/boat.jpg"),
        ("boat.JPG", "notes/boat.JPG"),
        ("{static}/img/boat.jpg", "img/boat.jpg"),
        ("{attach}boat.jpg", "notes/boat.jpg"),
        ("@site/static/img/boat.jpg", "static/img/boat.jpg"),
        ("boat.svg", "notes/boat.svg"),
    ],
)
def test_a_picture_is_found_by_how_its_name_is_written(site: Site, url: str, name: str) -> None:
    site.configure(base_url=FEEDS)
    site.write("notes/a.md", item("A", "https://site.example/a", body=f"![A boat]({url})"))
    site.write(name, BOAT)
    site.render()
    assert shown(site, "A") == [BOAT]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("Boat.jpg", "notes/boat.jpg"),  # as on the servers of nearly all sites
        ("boat.jpg", "boat.jpg"),
        ("../../boat.jpg", "boat.jpg"),
        (".hidden/boat.jpg", "notes/.hidden/boat.jpg"),
        ("_drafts/boat.jpg", "notes/_drafts/boat.jpg"),
        ("boat.jpg", "notes/boat.jpg/x.jpg"),
        ("https://site.example/notes/boat.jpg", "notes/boat.jpg"),
    ],
)
def test_a_file_that_the_address_does_not_mean_is_not_published(site: Site, url: str, name: str) -> None:
    site.configure(base_url=FEEDS)
    site.write("notes/a.md", item("A", "https://site.example/x/y/a", body=f"![A boat]({url})"))
    site.write(name, BOAT)
    site.render()
    assert media(site) == {}
    assert pictures(site, "A")[0].startswith("https://site.example/")


def test_a_file_that_is_only_linked_or_named_is_not_published(site: Site) -> None:
    site.configure(base_url=FEEDS)
    body = "[A boat](boat.jpg), `![](boat.jpg)`, boat.jpg, [a report](report.pdf) <!-- ![](boat.jpg) -->"
    site.write("a.md", item("A", "https://site.example/a/", body=body))
    site.write("boat.jpg", BOAT)
    site.write("report.pdf", b"pdf")
    site.render()
    assert media(site) == {}
    assert 'href="https://site.example/a/report.pdf"' in site.entries()["A"].content[0].value


def test_an_embedded_file_is_found_by_its_name_in_any_folder(site: Site) -> None:
    site.configure(base_url=FEEDS)
    site.write("notes/deep/a.md", item("A", "https://site.example/a", body="![[Boat.jpg]] ![[moon.png|A moon]]"))
    site.write("attachments/boat.jpg", BOAT)
    site.write("attachments/x/moon.png", b"another moon")
    site.write("z/moon.png", MOON)
    site.render()
    assert shown(site, "A") == [BOAT, MOON]
    assert_in_step(site)


def test_two_files_with_the_same_bytes_are_published_once(trip: Site) -> None:
    trip.write("b.md", item("B", "https://site.example/b", body="![A boat](other.jpeg)"))
    trip.write("other.jpeg", BOAT)
    trip.render()
    assert len(media(trip)) == 1
    assert shown(trip, "B") == shown(trip, "Trip") == [BOAT]
    (trip.seeds / "other.jpeg").unlink()
    trip.render()
    assert shown(trip, "Trip") == [BOAT]
    assert shown(trip, "B") == ["https://site.example/other.jpeg"]


# What becomes of a picture


def test_a_picture_that_two_items_show_goes_with_the_last_that_is_shown(trip: Site) -> None:
    trip.write("b.md", item("B", "https://site.example/b", body="![A boat](post/trip/boat.jpg)"))
    trip.render()
    assert len(media(trip)) == 1
    trip.write("b.md", item("B", "https://site.example/b", body="![A boat](post/trip/boat.jpg)", published=False))
    trip.render()
    assert len(media(trip)) == 1
    text = (trip.seeds / "post/trip/index.md").read_text()
    trip.write("post/trip/index.md", text.replace("title:", "published: false\ntitle:"))
    report = trip.render("--allow-empty")
    assert media(trip) == {}
    assert any(path.startswith("media/") for path in report.deleted)
    assert not (trip.feeds / "media").exists()
    trip.write("post/trip/index.md", text)
    trip.render()
    assert shown(trip, "Trip") == [BOAT]


@pytest.mark.parametrize("change", ["deleted", "withheld", "damaged and withheld", "its picture taken out"])
def test_a_picture_goes_in_the_pass_in_which_its_item_goes(trip: Site, change: str) -> None:
    trip.write("b.md", item("B", "https://site.example/b"))
    trip.render()
    path = trip.seeds / "post/trip/index.md"
    if change == "deleted":
        path.unlink()
    elif change == "withheld":
        path.write_text(path.read_text().replace("title:", "published: false\ntitle:"))
    elif change == "damaged and withheld":
        path.write_text(path.read_text().replace("title:", "published: false\ntitle: ["))
    else:
        path.write_text(path.read_text().replace("![A boat](boat.jpg)", "No boat."))
    trip.run("render")
    assert media(trip) == {}
    if change != "damaged and withheld":  # of which a new folder would know nothing
        assert_in_step(trip)


def test_a_picture_of_an_item_that_was_damaged_stays(trip: Site) -> None:
    trip.render()
    trip.write("post/trip/index.md", "---\ntitle: [\n---\n")
    trip.run("render")
    assert shown(trip, "Trip") == [BOAT]


def test_a_picture_of_an_item_that_was_never_shown_is_not_published(trip: Site) -> None:
    trip.write("b.md", item("B", "https://site.example/b", body="![](secret.jpg)", published=False))
    trip.write("c.md", item("C", "https://site.example/c", date="2099-01-01T00:00:00Z", body="![](secret.jpg)"))
    trip.write("secret.jpg", b"secret")
    trip.render()
    assert list(media(trip).values()) == [BOAT]


@pytest.mark.parametrize("where", ["site", "folder"])
def test_a_picture_of_a_text_that_only_its_summary_stands_for_is_not_published(trip: Site, where: str) -> None:
    trip.write("post/b.md", item("B", "https://site.example/b", body="![](trip/boat.jpg)", image="/post/moon.jpg"))
    trip.write("post/moon.jpg", MOON)
    trip.render()
    assert sorted(media(trip).values()) == [BOAT, MOON]
    content = {"content": "summary"} if where == "site" else {"folders": {"post": {"content": "summary"}}}
    trip.configure(base_url=FEEDS, **content)
    trip.render()
    assert list(media(trip).values()) == [MOON]
    assert_in_step(trip)
    trip.configure(base_url=FEEDS)
    trip.render()
    assert sorted(media(trip).values()) == [BOAT, MOON]


def test_another_picture_in_its_place_moves_no_date(trip: Site) -> None:
    trip.render()
    before = trip.entries()["Trip"]
    trip.write("post/trip/boat.jpg", MOON)
    report = trip.render()
    assert report.read == 0
    assert shown(trip, "Trip") == [MOON]
    assert len(media(trip)) == 1
    after = trip.entries()["Trip"]
    assert (after.id, after.published, after.updated) == (before.id, before.published, before.updated)
    assert_in_step(trip)


def test_a_picture_that_comes_later_is_published_then(trip: Site) -> None:
    (trip.seeds / "post/trip/boat.jpg").unlink()
    trip.render()
    assert pictures(trip, "Trip") == ["https://site.example/post/trip/boat.jpg"]
    trip.write("post/trip/boat.jpg", BOAT)
    trip.render()
    assert shown(trip, "Trip") == [BOAT]


def test_a_picture_stays_with_an_entry_that_has_left_its_feeds(trip: Site) -> None:
    trip.configure(base_url=FEEDS, limit=1, views={"feeds": []})
    trip.render()
    trip.write("b.md", item("B", "https://site.example/b", date="2024-06-01T00:00:00Z"))
    trip.render()
    assert trip.titles() == {"B"}
    assert list(media(trip).values()) == [BOAT]
    assert_in_step(trip)


def test_a_renamed_item_shows_what_lies_beside_it_now(trip: Site) -> None:
    trip.render()
    (trip.seeds / "post/trip").rename(trip.seeds / "voyage")
    trip.render()
    assert shown(trip, "Trip") == [BOAT]
    (trip.seeds / "voyage/index.md").rename(trip.seeds / "index.md")
    trip.render()
    assert media(trip) == {}


@pytest.mark.parametrize("lost", [True, False])
def test_a_document_of_media_that_was_altered_or_lost_is_mended(trip: Site, lost: bool) -> None:
    trip.render()
    before = trip.documents()
    (name,) = media(trip)
    path = trip.feeds / "media" / name
    path.unlink() if lost else path.write_bytes(b"x")
    report = trip.render()
    assert report.written == (f"media/{name}",)
    assert trip.documents() == before


def test_media_that_the_ledger_does_not_know_are_taken_over_or_deleted(trip: Site) -> None:
    trip.render()
    shutil.rmtree(trip.state)
    strange = trip.feeds / "media" / f"{'0' * 32}.jpg"
    strange.write_bytes(b"of a killed pass")
    before = looks(trip.feeds / "media")
    other = trip.feeds / "media/mine.jpg"
    other.write_bytes(b"mine")
    trip.render()
    assert not strange.exists()
    assert other.read_bytes() == b"mine"
    del before[strange.name]
    assert before.items() <= looks(trip.feeds / "media").items()


# What cannot be had


def test_a_picture_with_a_blank_in_its_name_is_said_as_the_item_has_it(site: Site) -> None:
    site.configure(base_url=FEEDS)
    site.write("a.md", item("A", None, images=["no boat.jpg"]))
    (note,) = [note.reason for note in site.render().notes if "boat" in note.reason]
    assert note.startswith("the picture `no boat.jpg` is not published with the feeds")


def outside(site: Site) -> str:
    (site.root / "secret.jpg").write_bytes(b"secret")
    (site.seeds / "boat.jpg").symlink_to(site.root / "secret.jpg")
    return "it lies outside the items' directory"


def outside_by_its_folder(site: Site) -> str:
    (site.root / "secrets").mkdir()
    (site.root / "secrets/boat.jpg").write_bytes(b"secret")
    (site.seeds / "img").symlink_to(site.root / "secrets")
    (site.seeds / "a.md").write_text(item("A", None, body="![A boat](img/boat.jpg)"))
    return "it does not lie beside the item"


def hidden(site: Site) -> str:
    site.write(".git/boat.jpg", b"secret")
    (site.seeds / "boat.jpg").symlink_to(".git/boat.jpg")
    return "it is a link to a file that is passed over (`items.ignore`)"


def empty(site: Site) -> str:
    site.write("boat.jpg", b"")
    return "it is empty"


def large(site: Site) -> str:
    site.configure(base_url=FEEDS, items={"max_media_bytes": "1 KiB"})
    site.write("boat.jpg", b"secret" * 1024)
    return "it is larger than 1,024 bytes (`items.max_media_bytes`)"


def pipe(site: Site) -> str:
    os.mkfifo(site.seeds / "boat.jpg")
    return "it is not a regular file"


def missing(site: Site) -> str:
    return "it does not lie beside the item"


@pytest.mark.parametrize("why", [outside, outside_by_its_folder, hidden, empty, large, pipe, missing])
def test_a_picture_that_cannot_be_had_is_left_out_and_said(site: Site, why: Callable[[Site], str]) -> None:
    site.configure(base_url=FEEDS)
    site.write("a.md", item("A", None, body="![A boat](boat.jpg)\n\nText."))
    reason = why(site)
    report = site.render()
    assert pictures(site, "A") == []
    assert media(site) == {}
    assert not any(b"secret" in data for data in site.documents().values())
    (note,) = (str(each) for each in report.notes if each.path == "seeds/a.md")
    assert note.startswith("seeds/a.md: the picture `") and f"{reason}; it is left out" in note
    assert site.run("check").out.splitlines().count(f"note  {note}") == 1
    before = looks(site.feeds)
    site.render()
    assert looks(site.feeds) == before


def test_a_picture_in_the_front_matter_and_in_the_body_is_said_once(site: Site) -> None:
    site.configure(base_url=FEEDS)
    for name, size in (("a", 0), ("b", None)):
        site.write(f"{name}.md", item(name, None, body=f"![A boat]({name}.jpg)", image=f"{name}.jpg"))
        if size is not None:
            site.write(f"{name}.jpg", b"")
    told = [str(each) for each in site.render().notes if ".jpg" in each.reason]
    assert [each.partition(": ")[0] for each in told] == ["seeds/a.md", "seeds/b.md"]
    checked = [line for line in site.run("check").out.splitlines() if ".jpg" in line]
    assert [line.removeprefix("note").strip() for line in checked] == told


def test_a_picture_that_cannot_be_read_shows_its_address_on_the_site(trip: Site) -> None:
    (trip.seeds / "post/trip/boat.jpg").chmod(0)

    def render() -> None:
        report = trip.render()
        assert pictures(trip, "Trip") == ["https://site.example/post/trip/boat.jpg"]
        assert [each.reason for each in report.notes] == [
            (
                "the picture `boat.jpg` is not published with the feeds: it cannot be read: Permission denied; "
                "its address on the site is shown"
            )
        ]

    unprivileged(render)
    (trip.seeds / "post/trip/boat.jpg").chmod(0o644)
    trip.render()
    assert shown(trip, "Trip") == [BOAT]


def test_another_bound_counts_at_once(trip: Site) -> None:
    trip.render()
    trip.write("post/trip/boat.jpg", BOAT * 1024)
    trip.configure(base_url=FEEDS, items={"max_media_bytes": "1 KiB"})
    trip.render()
    assert media(trip) == {}
    trip.configure(base_url=FEEDS)
    trip.render()
    assert shown(trip, "Trip") == [BOAT * 1024]


# Sound


def test_sound_is_copied_unless_the_site_has_it(site: Site) -> None:
    site.configure(base_url=FEEDS)
    site.write("a.md", item("A", "https://site.example/a", body='<audio src="talks/1 one.mp3"></audio> ![](boat.jpg)'))
    site.write("talks/1 one.mp3", SOUND)
    site.write("boat.jpg", BOAT)
    site.render()
    assert sorted(media(site).values()) == sorted([SOUND, BOAT])
    assert "Audio: 1 one.mp3" in site.entries()["A"].content[0].value
    site.configure(base_url=FEEDS, site={"media_prefix": "https://media.example/"})
    site.render()
    assert list(media(site).values()) == [BOAT]
    assert 'href="https://media.example/talks/1%20one.mp3"' in site.entries()["A"].content[0].value
    site.configure(base_url=FEEDS)
    site.render()
    assert sorted(media(site).values()) == sorted([SOUND, BOAT])
    assert_in_step(site)


def test_an_episode_has_the_size_of_the_file_that_lies_beside_it(site: Site) -> None:
    site.configure(base_url=FEEDS)
    site.write("1/index.md", item("A", "https://site.example/1/", audio="ep 1.mp3", transcript="ep.vtt"))
    site.write("1/ep 1.mp3", SOUND)
    site.write("1/ep.vtt", b"WEBVTT")
    site.render()
    (enclosure,) = site.entries("rss.xml")["A"].enclosures
    assert (enclosure.length, enclosure.type) == (str(len(SOUND)), "audio/mpeg")
    assert media(site)[enclosure.href.removeprefix(f"{FEEDS}media/")] == SOUND
    assert b"WEBVTT" in media(site).values()
    site.configure(base_url=FEEDS, site={"media_prefix": "https://media.example/"})
    site.render()
    (enclosure,) = site.entries("rss.xml")["A"].enclosures
    assert (enclosure.href, enclosure.length) == ("https://media.example/1/ep%201.mp3", str(len(SOUND)))
    assert SOUND not in media(site).values()
    assert_in_step(site)


def test_sound_that_is_nowhere_is_left_out_and_said_until_it_is_there(site: Site) -> None:
    def enclosures() -> list[str]:
        return [each.href for each in site.entries("rss.xml")["A"].enclosures]

    site.configure(base_url=FEEDS)
    site.write("a.md", item("A", None, audio="ep.mp3"))
    report = site.render()
    assert enclosures() == []
    assert [str(each) for each in report.notes if "ep.mp3" in each.reason] == [
        "seeds/a.md: the file `ep.mp3` is not published with the feeds: it does not lie beside the item; it is left out"
    ]
    assert "so that it is left out" in site.run("check").out
    for keys in ({"media_prefix": "https://media.example/"}, {"url": "https://site.example/"}):
        site.configure(base_url=FEEDS, site=keys)
        report = site.render()
        told = [each.reason for each in report.notes if "ep.mp3" in each.reason]
        assert len(enclosures()) == 1
        assert [each.endswith("its address on the site is shown") for each in told] == [True] * ("url" in keys)
        assert "left out" not in site.run("check").out
    site.configure(base_url=FEEDS)
    site.render()
    assert enclosures() == []
    site.write("ep.mp3", SOUND)
    site.render()
    assert media(site)[enclosures()[0].removeprefix(f"{FEEDS}media/")] == SOUND
    assert_in_step(site)


# Passes


def test_a_plan_copies_nothing(trip: Site) -> None:
    assert trip.run("plan").status in (0, 1)
    assert not trip.feeds.exists()
    trip.render()
    trip.write("post/trip/boat.jpg", MOON)
    before = trip.documents()
    trip.run("plan")
    assert trip.documents() == before
    assert "media" not in trip.run("plan").out


def test_media_are_not_encoded(trip: Site) -> None:
    trip.configure(base_url=FEEDS, precompress=["gzip", "brotli"])
    trip.render()
    assert len(media(trip)) == 1


def test_a_picture_that_cannot_be_written_is_left_out_until_it_can_be(trip: Site) -> None:
    trip.feeds.mkdir()
    (trip.feeds / "media").write_bytes(b"in the way")
    report = trip.render(status=3)
    assert [each.path.partition("/")[0] for each in report.failed] == ["media"]
    assert pictures(trip, "Trip") == ["https://site.example/post/trip/boat.jpg"]
    (trip.feeds / "media").unlink()
    trip.render()
    assert shown(trip, "Trip") == [BOAT]
    assert_in_step(trip)


@pytest.mark.parametrize("moment", ["a picture was written", "a picture was deleted"])
def test_a_pass_that_is_killed_between_media_and_feeds_is_made_good_by_the_next(trip: Site, moment: str) -> None:
    trip.write("b.md", item("B", "https://site.example/b"))
    trip.render()
    if moment == "a picture was deleted":
        (trip.seeds / "post/trip/index.md").unlink()
        calls = "os.unlink = killing(os.unlink); import pathlib; pathlib.Path.unlink = killing(pathlib.Path.unlink)"
    else:
        trip.write("post/trip/boat.jpg", MOON)
        calls = "os.replace = killing(os.replace)"
    script = (
        "import os, signal, sys\n"
        "def killing(act):\n"
        "    def acting(path, *rest, **more):\n"
        "        done = act(path, *rest, **more)\n"
        "        if '/media/' in str(path) and not str(path).endswith('.new') or rest and '/media/' in str(rest[0]):\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return done\n"
        "    return acting\n"
        f"{calls}\n"
        "from feedd.cli.main import main\n"
        "main(['render'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=trip.root, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    trip.render()
    assert_in_step(trip)
    if moment == "a picture was deleted":
        assert media(trip) == {}
    else:
        assert shown(trip, "Trip") == [MOON]


def test_a_killed_pass_leaves_no_picture_of_an_item_that_is_withheld_since(trip: Site) -> None:
    trip.write("b.md", item("B", "https://site.example/b"))
    trip.render()
    trip.write("c.md", item("C", "https://site.example/c", body="![](new.png)"))
    trip.write("new.png", MOON)
    script = (
        "import os, signal\n"
        "replace = os.replace\n"
        "def killing(old, new):\n"
        "    replace(old, new)\n"
        "    if '/media/' in str(new): os.kill(os.getpid(), signal.SIGKILL)\n"
        "os.replace = killing\n"
        "from feedd.cli.main import main\n"
        "main(['render'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=trip.root, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert MOON in media(trip).values()
    trip.write("c.md", item("C", "https://site.example/c", body="![](new.png)", published=False))
    trip.render()
    assert MOON not in media(trip).values()
    assert_in_step(trip)


def test_on_a_full_disk_the_picture_of_what_is_withheld_goes(trip: Site) -> None:
    with small_disk(trip.feeds, "size=8m") as why, small_disk(trip.state, "size=8m") as why_state:
        if why or why_state:
            pytest.skip(why or why_state)
        trip.write("b.md", item("B", "https://site.example/b"))
        trip.render()
        for folder in (trip.feeds, trip.state):
            leave(folder, 0)
        text = (trip.seeds / "post/trip/index.md").read_text()
        trip.write("post/trip/index.md", text.replace("title:", "published: false\ntitle:"))
        trip.run("render")
        assert not list(trip.feeds.glob("media/*"))
        for folder in (trip.feeds, trip.state):
            make_room(folder)
        trip.render()
        assert media(trip) == {}
        assert trip.titles() == {"B"}


def test_the_daemon_publishes_a_picture_as_soon_as_it_is_there(trip: Site, daemon: Callable[..., Running]) -> None:
    running = daemon().wait_until_ready()
    trip.write("post/trip/boat.jpg", MOON)
    wait_until(lambda: MOON in media(trip).values() and shown(trip, "Trip") == [MOON], 30.0, lambda: running.log)
    trip.write("b.md", item("B", "https://site.example/b", body="![](new.svg)"))
    trip.write("new.svg", DRAWING)
    wait_until(lambda: "B" in trip.titles() and shown(trip, "B") == [DRAWING], 30.0, lambda: running.log)
    (trip.seeds / "new.svg").unlink()
    wait_until(lambda: DRAWING not in media(trip).values(), 30.0, lambda: running.log)


# Servers


@pytest.mark.parametrize("name", SERVERS)
def test_servers_give_out_media_with_their_types_and_no_drawing_may_run_scripts(trip: Site, name: str) -> None:
    trip.write("b.md", item("B", "https://site.example/b", body='![](new.svg) <audio src="a.mp3"></audio>'))
    trip.write("new.svg", DRAWING)
    trip.write("a.mp3", SOUND)
    trip.render()
    (trip.root / "work").mkdir()
    with SERVERS[name](trip.feeds, trip.root / "work") as server:
        for path, data in media(trip).items():
            answer = server.ask(f"/media/{path}")
            suffix = path.rpartition(".")[2]
            assert answer.status == 200
            assert answer.body == data
            types = {"jpg": "image/jpeg", "svg": "image/svg+xml", "mp3": "audio/mpeg"}
            assert answer.headers["content-type"].partition(";")[0] == types[suffix]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "max-age=31536000, immutable"  # its name is made of its bytes
            assert answer.headers["access-control-allow-origin"] == "*"
            if suffix == "svg":
                assert answer.headers["content-security-policy"].endswith("; sandbox")
        missing = server.ask(f"/media/{'0' * 32}.jpg")
        assert missing.status == 404
        assert "immutable" not in missing.headers.get("cache-control", "")


def test_an_item_with_very_many_pictures_shows_the_first_of_them(site: Site) -> None:
    site.configure(base_url=FEEDS)
    body = "\n".join(f"![]({number:04}.png)" for number in range(1100))
    site.write("a.md", item("A", "https://site.example/a", body=body))
    site.write("0000.png", BOAT)
    site.write("1099.png", MOON)
    site.render()
    assert list(media(site).values()) == [BOAT]
    assert shown(site, "A")[-1] == "https://site.example/1099.png"


def test_static_files_are_found_beside_the_folders_that_are_read(site: Site) -> None:
    site.configure(base_url=FEEDS, items={"include": ["content/**"]})
    site.write("content/post/a.md", item("A", "https://site.example/a", body="![](/img/boat.jpg)"))
    site.write("static/img/boat.jpg", BOAT)
    site.write("static/img/b.md", item("B", "https://site.example/b"))
    site.render()
    assert site.titles() == {"A"}
    assert shown(site, "A") == [BOAT]


@pytest.mark.parametrize("url", [None, "https://site.example/"])
def test_a_check_notes_the_missing_files_that_a_pass_notes(site: Site, url: str | None) -> None:
    site.configure(base_url="https://feeds.example/", **({"site": {"url": url}} if url else {}))
    fields = {"image": "cover.jpg", "audio": "talk.mp3"}
    site.write("a.md", item("A", body="![x](there.png) ![x](missing.png) ![x](/rooted.png)", **fields))
    site.write("b.md", item("B", body="![x](missing.png)", published=False))
    (site.seeds / "there.png").write_bytes(b"png")
    said = [
        line for line in site.run("check").out.splitlines() if "beside the item" in line and "enclosure" not in line
    ]
    noted = {f"note  {each}" for each in site.render().notes}
    assert set(said) == {line for line in noted if url or "talk.mp3" not in line}
    names = ("cover.jpg", "missing.png", "talk.mp3", "rooted.png")
    missing = ["talk.mp3"] if url else ["cover.jpg", "missing.png"]
    assert [name for name in names if f"`{name}`" in "".join(said)] == missing
    assert ("feeds.example/cover.jpg" in (site.feeds / "atom.xml").read_text()) is False
