"""Publishing to object stores: what is published here is there once the queue is empty, and nothing else of feedd's."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import json
import shutil
import sqlite3
import sys
import threading
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from object_servers import KEY, SECRET, BadLink, Bucket
from support import Site, edit_file, item

from feedd.deliver.metrics import PassMetrics
from feedd.deliver.store_survey import MARKER
from feedd.deliver.upload_order import is_uploaded
from feedd.deliver.upload_outcomes import UploadCount

BASE = "https://feeds.example/"
SECRET_WORDS = "nobody may read this"


@pytest.fixture
def place(site: Site, bucket: Bucket) -> Bucket:
    """A place in a bucket to which the site publishes."""
    return publishing(site, bucket)


@pytest.fixture
def linked(site: Site, bucket: Bucket, link: BadLink) -> Bucket:
    """The same, behind a link that can be made bad."""
    assert link
    return publishing(site, bucket)


def publishing(site: Site, bucket: Bucket, **keys: object) -> Bucket:
    site.configure(base_url=BASE, publish=[bucket.url], views={"feeds": []}, **keys)
    site.write("one.md", item("One", "https://news.example/1", topics=["Boats"]))
    site.write("two.md", item("Two", topics=["Ships & Co"]))
    site.write("three.md", item("Three", topics=["Boats"], body="![A boat](boat.png)"))
    site.write("boat.png", b"\x89PNG\r\n\x1a\n" + bytes(64))
    site.settle()
    return bucket


def there(bucket: Bucket) -> dict[str, bytes]:
    """All documents in the store."""
    return {path: data for path, data in bucket.objects().items() if path != MARKER}


def here(site: Site) -> dict[str, bytes]:
    """All documents in feeds/ that belong into a store."""
    return {path: data for path, data in site.documents().items() if is_uploaded(path)}


def change(site: Site, edition: int = 2) -> None:
    site.write("one.md", item(f"One, edition {edition}", "https://news.example/1", topics=["Boats"]))


def withhold(site: Site) -> None:
    site.write("two.md", item("Two", topics=["Ships & Co"], published=False))


def puts(link: BadLink) -> list[str]:
    """The paths of the documents that were put, in order."""
    paths = [each.partition("?")[0].split("/", 3)[3] for each in link.asked if each.startswith("PUT ")]
    return [path for path in paths if path != MARKER]


# What is there


def test_after_a_render_the_store_has_what_is_published_here(site: Site, place: Bucket) -> None:
    result = site.run("render")
    assert result.status == 0, result
    documents = here(site)
    assert there(place) == documents
    assert f"{len(documents)} documents put, at {place.url}" in result.out
    change(site)
    (site.seeds / "two.md").unlink()
    assert site.run("render").status == 0
    assert there(place) == here(site) != documents
    assert not any(path.startswith("entry/two") for path in there(place))


def test_each_object_says_what_it_is(site: Site, place: Bucket) -> None:
    site.render()
    (media,) = (path for path in there(place) if path.startswith("media/"))
    for path, kind, freshness in (
        ("atom.xml", "application/atom+xml; charset=utf-8", "max-age=300"),
        ("rss.xml", "application/rss+xml; charset=utf-8", "max-age=300"),
        ("feed.json", "application/feed+json; charset=utf-8", "max-age=300"),
        ("feeds.opml", "text/x-opml; charset=utf-8", "max-age=300"),
        ("index.html", "text/html; charset=utf-8", "max-age=300"),
        ("feedd.css", "text/css; charset=utf-8", "max-age=300"),
        ("feedd.svg", "image/svg+xml", "max-age=300"),
        (media, "image/png", "max-age=31536000, immutable"),
    ):
        assert place.headers(path) == {"Content-Type": kind, "Cache-Control": freshness}


def test_objects_are_encoded_if_asked_for_and_put_anew_when_that_changes(site: Site, place: Bucket) -> None:
    site.render()
    publishing(site, place, stores={"encoding": "gzip"}, precompress=["gzip"])
    assert site.run("render").status == 0
    found = there(place)
    assert place.headers("topics/boats/atom.xml")["Content-Encoding"] == "gzip"
    encoded = {path for path, data in found.items() if data.startswith(b"\x1f\x8b")}
    assert {path: gzip.decompress(data) if path in encoded else data for path, data in found.items()} == here(site)
    assert not any(path.startswith("media/") for path in encoded)
    publishing(site, place)
    assert site.run("deliver").status == 0
    assert there(place) == here(site)


def test_what_has_not_changed_is_not_put(site: Site, linked: Bucket, link: BadLink) -> None:
    site.render()
    assert sorted(puts(link)) == sorted(here(site))
    before, link.asked = here(site), []
    site.render()
    assert site.run("render").status == 0
    assert link.asked == [], "nothing is asked where nothing waits"
    change(site)
    site.render()
    after = here(site)
    assert sorted(puts(link)) == sorted(path for path in after if after[path] != before.get(path))
    link.asked = []
    site.configure(base_url=BASE, publish=[linked.url], views={"feeds": []}, title="Another")
    link.status = 403
    site.render(status=1)
    site.configure(base_url=BASE, publish=[linked.url], views={"feeds": []})
    link.status = 0
    link.asked = []
    site.render()
    assert puts(link) == [], "the documents are as they were put"
    assert there(linked) == here(site)


def test_what_others_refer_to_is_put_first_and_what_is_retired_goes_last(
    site: Site, linked: Bucket, link: BadLink
) -> None:
    site.render()
    order = puts(link)

    def first_and_last(*beginnings: str) -> tuple[int, int]:
        found = [number for number, path in enumerate(order) if path.startswith(beginnings)]
        return min(found), max(found)

    loaded, referred = first_and_last("media/", "feedd."), first_and_last("entry/")
    feeds = first_and_last("atom.xml", "topics/boats/atom.xml", "topics/ships-co/rss.xml")
    pages = first_and_last("index.html", "feeds.opml", "topics/boats/index.html")
    assert loaded[1] < referred[0]
    assert referred[1] < feeds[0] <= feeds[1] < pages[0]
    link.asked = []
    retired = {"topics/boats": None}
    site.configure(base_url=BASE, publish=[linked.url], views={"feeds": []}, retired=retired)
    site.write("three.md", item("Three", topics=["Boats"], body="No boat"))
    site.render()
    methods = [each.partition(" ")[0] for each in link.asked if each.startswith(("PUT", "DELETE"))]
    assert methods == sorted(methods, key=["PUT", "DELETE"].index)
    assert "DELETE" in methods
    assert "/media/" in link.asked[-1], "documents that showed the picture are gone, or made anew, by then"
    assert there(linked) == here(site)


def test_a_withdrawal_goes_before_everything(site: Site, linked: Bucket, link: BadLink) -> None:
    site.write("two.md", item("Two", topics=["Ships & Co"], body=SECRET_WORDS))
    site.render()
    assert any(SECRET_WORDS.encode() in data for data in there(linked).values())
    link.status, link.asked = 403, []
    site.write("four.md", item("Four", topics=["Boats"], body="![Another](sail.png)"))
    site.write("sail.png", b"\x89PNG\r\n\x1a\n" + bytes(80))
    site.render(status=1)
    withhold(site)
    result = site.run("render")
    assert result.status == 1
    assert "there still as before something was withheld" in result.out
    assert json.loads(site.run("status", "--format", "json").out)["uploads"][0]["withdrawals"] > 0
    link.status = 0
    assert site.run("deliver").status == 0
    assert not any(SECRET_WORDS.encode() in data for data in there(linked).values())
    assert there(linked) == here(site)


def lock_of_uploads(site: Site, place: Bucket) -> Path:
    name = hashlib.blake2b(place.url.encode(), digest_size=4).hexdigest()
    return site.state / f"deliver-{name}.lock"


def test_a_withdrawal_is_tried_again_after_a_pass_that_is_refused(site: Site, place: Bucket) -> None:
    site.render()
    lock = lock_of_uploads(site, place)
    lock.unlink()
    lock.mkdir()
    withhold(site)
    site.render(status=1)
    for name in ("one.md", "two.md", "three.md"):
        (site.seeds / name).unlink()
    refused = site.run("render")
    assert (refused.status, "there still as before something was withheld" in refused.err) == (3, True), refused
    assert there(place) != here(site)
    lock.rmdir()
    assert site.run("render").status == 3
    assert there(place) == here(site)


def test_a_store_that_cannot_be_uploaded_to_holds_up_no_other(site: Site, place: Bucket, bucket: Bucket) -> None:
    other = Bucket(bucket.server)
    site.configure(base_url=BASE, views={"feeds": []}, publish=[place.url, other.url])
    lock_of_uploads(site, place).mkdir(parents=True)
    result = site.run("render")
    assert (result.status, f"for {place.url} wait: .feedd/deliver-" in result.out) == (1, True), result
    assert there(other) == here(site)
    result = site.run("deliver")
    assert (result.status, f"for {place.url} wait: .feedd/deliver-" in result.out) == (1, True), result


def test_a_target_that_is_added_gets_everything_and_a_removed_one_is_forgotten(
    site: Site, place: Bucket, bucket: Bucket
) -> None:
    site.render()
    other = Bucket(bucket.server)
    keys = {"base_url": BASE, "views": {"feeds": []}}
    site.configure(publish=[place.url, other.url], **keys)
    assert site.run("deliver").status == 0
    assert there(other) == there(place) == here(site)
    site.configure(publish=[other.url], **keys)
    change(site)
    site.render()
    assert there(other) == here(site) != there(place)
    with closing(sqlite3.connect(site.ledger)) as db:
        assert [name for (name,) in db.execute("SELECT DISTINCT target FROM objects")] == [other.url]


@pytest.mark.parametrize("command", ["render", "deliver"])
def test_what_is_withheld_and_stays_in_a_store_that_is_left_is_said(
    site: Site, linked: Bucket, link: BadLink, bucket: Bucket, command: str
) -> None:
    site.render()
    link.down = True
    withhold(site)
    site.render(status=1)
    link.down = False
    other = Bucket(bucket.server)
    site.configure(base_url=BASE, publish=[other.url], views={"feeds": []})
    change(site)
    result = site.run(command)
    assert result.status == 0
    said = result.out if command == "render" else result.err
    assert f"{linked.url} is no longer published to, and " in said
    assert "stay as before something was withheld" in said
    assert "no longer" not in site.run(command).out
    site.configure(base_url=BASE, publish=[linked.url], views={"feeds": []})
    assert site.run("deliver").status == 0
    assert there(linked) == here(site)
    site.configure(base_url=BASE, publish=[other.url], views={"feeds": []})
    result = site.run("deliver")
    assert "no longer" not in result.out + result.err, "nothing waited there"


def test_containers_of_azure_are_published_to_alike(site: Site, container: Bucket) -> None:
    publishing(site, container)
    assert site.run("render").status == 0
    assert there(container) == here(site)
    change(site)
    assert site.run("render").status == 0
    assert there(container) == here(site)
    container.put("atom.xml", "another")
    assert site.run("deliver").status == 1
    assert container.get("atom.xml") == b"another"


def test_the_doctor_says_what_waits_and_what_the_address_of_a_folder_gives(
    site: Site, linked: Bucket, link: BadLink
) -> None:
    site.render()
    link.status = 403
    withhold(site)
    site.render(status=1)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def send_head(self) -> BytesIO | BinaryIO | None:
            if self.path.endswith("/"):
                self.send_error(404)
                return None
            return super().send_head()

        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Handler, directory=str(site.feeds))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        result = site.run("doctor", f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    assert result.status == 1
    assert "are there still as before something was withheld" in result.out
    assert "see `feedd deliver`" in result.out
    assert "status 404 where the page of a folder should be" in result.out


# Who else is there


def test_the_bucket_is_filled_again_after_somebody_has_emptied_it(site: Site, place: Bucket) -> None:
    site.render()
    place.delete(*place.keys())
    place.put("theirs.txt", "not of feedd")
    dry = json.loads(site.run("deliver", "--dry-run", "--format", "json").out)["targets"][0]
    assert sorted(dry["missing"]) == sorted(here(site))
    assert place.keys() == ["theirs.txt"], "a dry run changes nothing"
    assert site.run("deliver").status == 0
    assert there(place) == here(site) | {"theirs.txt": b"not of feedd"}
    assert MARKER in place.objects()


def test_what_somebody_has_altered_is_left_alone_and_said_until_it_is_taken_over(site: Site, place: Bucket) -> None:
    site.render()
    place.put("atom.xml", "written by hand")
    dry = site.run("deliver", "--dry-run")
    assert "altered   atom.xml" in dry.out
    result = site.run("deliver")
    assert result.status == 1
    assert f"{place.url}: atom.xml: somebody else wrote there" in result.out
    assert "feedd deliver --take-over" in result.out
    change(site)
    result = site.run("render")
    assert result.status == 1
    assert "somebody else wrote there" in result.out
    assert place.get("atom.xml") == b"written by hand"
    status = json.loads(site.run("status", "--format", "json").out)["uploads"][0]
    assert status["stopped"]
    assert site.run("deliver", "--take-over").status == 0
    assert there(place) == here(site)
    assert not json.loads(site.run("status", "--format", "json").out)["uploads"][0]["stopped"]


def test_what_is_withheld_goes_though_somebody_has_altered_something_else(site: Site, place: Bucket) -> None:
    site.write("two.md", item("Two", topics=["Ships & Co"], body=SECRET_WORDS))
    site.render()
    place.put("providers.txt", "theirs")
    place.put("feedd.css", "altered")
    assert site.run("deliver").status == 1
    withhold(site)
    assert site.run("render").status == 1
    assert not any(SECRET_WORDS.encode() in data for data in there(place).values())
    assert place.get("feedd.css") == b"altered"


def test_of_two_publishers_of_one_site_the_second_stops(site: Site, place: Bucket) -> None:
    site.render()
    copy = site.root / "copy"
    for name in ("feeds", ".feedd", "seeds"):
        shutil.copytree(site.root / name, copy / name, ignore=shutil.ignore_patterns("*lock"))
    change(site)
    assert site.run("render").status == 0
    seeds = copy / "seeds"
    (seeds / "one.md").write_text(item("One, of the other", "https://news.example/1", topics=["Boats"]))
    places = ("--seeds", str(seeds), "--feeds", str(copy / "feeds"), "--state", str(copy / ".feedd"))
    result = site.run("render", *places)
    assert result.status == 1
    assert "another publisher" in result.out
    assert there(place) == here(site)
    assert (copy / "feeds/atom.xml").read_bytes() != place.get("atom.xml"), "it is published where it runs"


def test_a_place_of_another_site_is_left_alone(site: Site, place: Bucket) -> None:
    site.render()
    before = place.objects()
    places = ("--feeds", "others/feeds", "--state", "others/state")
    result = site.run("render", *places)
    assert result.status == 1
    assert f"{place.url}: another site is published there" in result.out
    assert place.objects() == before
    assert site.run("deliver", "--take-over", *places).status == 0
    result = site.run("deliver")
    assert result.status == 1
    assert "another site" in result.out


def test_a_store_that_ignores_conditions_is_refused_unless_one_says_so(
    site: Site, linked: Bucket, link: BadLink
) -> None:
    link.ignores_conditions = True
    result = site.run("render")
    assert result.status == 1
    assert "ignores conditions (If-Match)" in result.out
    assert "unconditional: true" in result.out
    assert there(linked) == {}
    publishing(site, linked, stores={"unconditional": True})
    assert site.run("deliver").status == 0
    assert there(linked) == here(site)


# What feedd may have forgotten


def test_after_the_ledger_is_lost_objects_with_the_same_bytes_are_known_again(
    site: Site, linked: Bucket, link: BadLink
) -> None:
    site.write("two.md", item("Two", topics=["Ships & Co"], body=SECRET_WORDS))
    site.render()
    before = here(site)
    shutil.rmtree(site.state)
    link.asked = []
    withhold(site)
    assert site.run("render").status == 0
    after = here(site)
    assert there(linked) == after, "also what an entry of the lost ledger has left is gone"
    assert set(puts(link)) <= {path for path in after if after[path] != before.get(path)}


@pytest.mark.parametrize("path", ["four.md", "one.md"])
def test_what_a_ledger_of_before_does_not_know_and_is_withheld_now_does_not_stay_unsaid(
    site: Site, place: Bucket, path: str
) -> None:
    def shown(documents: dict[str, bytes]) -> list[str]:
        return [path for path, data in documents.items() if SECRET_WORDS.encode() in data]

    site.render()
    kept = site.root / "kept"
    shutil.copytree(site.state, kept)
    before = (site.seeds / path).read_text() if (site.seeds / path).exists() else None
    link = "https://news.example/1" if path == "one.md" else None  # then it has a page of its own
    site.write(path, item("Another", link, topics=["Boats"], body=SECRET_WORDS))
    site.render()
    assert shown(there(place))
    shutil.rmtree(site.state)
    kept.rename(site.state)
    edit_file(site.seeds / path, before)
    result = site.run("render")
    assert (result.status, "somebody else wrote there" in result.out) == (1, True)
    assert shown(site.documents()) == []
    assert site.run("deliver", "--take-over").status == 0
    assert there(place) == here(site)


def test_an_answer_that_is_lost_makes_no_stranger_of_feedd(site: Site, linked: Bucket, link: BadLink) -> None:
    site.render()
    for edition in (2, 3):
        change(site, edition)
        link.lost_answers = 7
        assert site.run("render").status == 0
        assert there(linked) == here(site)


# Bad days


def test_a_store_that_is_down_holds_up_no_publishing(site: Site, linked: Bucket, link: BadLink) -> None:
    site.render()
    before = there(linked)
    link.down = True
    change(site)
    result = site.run("render")
    assert result.status == 1
    assert "published here, but not yet there: " in result.out
    assert "the store cannot be reached" in result.out
    assert "One, edition 2" in site.titles()
    assert there(linked) == before
    link.down = False
    assert site.run("deliver").status == 0
    assert there(linked) == here(site)


def test_of_a_store_that_is_down_nobody_says_that_it_is_up_to_date(site: Site, linked: Bucket, link: BadLink) -> None:
    site.render()
    assert site.run("deliver").status == 0
    link.down = True
    result = site.run("deliver")
    assert (result.status, result.out.count("\n")) == (1, 1)
    assert f"whether {linked.url} is up to date is not known: " in result.out
    assert "the store cannot be reached" in result.out
    result = site.run("deliver", "--dry-run")
    assert result.status == 1
    assert "what it has is not known: " in result.out
    assert site.run("deliver", "--dry-run", "--format", "json").status == 1
    assert f"whether {linked.url} is up to date is not known: " in site.run("status").out
    link.down = False
    result = site.run("deliver")
    assert (result.status, result.out) == (0, f"nothing to upload to {linked.url}\n")
    assert f"{linked.url} is up to date\n" in site.run("status").out


def test_refused_credentials_are_said_and_shown_to_nobody(
    site: Site, linked: Bucket, link: BadLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-" + SECRET)
    result = site.run("render")
    assert result.status == 1
    assert "the store refuses the credentials" in result.out
    assert there(linked) == {}
    said = "".join(site.run(*command).out for command in (("status",), ("deliver",), ("deliver", "--dry-run")))
    for words in (result.out, said, site.ledger.read_bytes().decode("latin-1")):
        assert SECRET not in words
        assert KEY not in words


def test_a_store_without_room_keeps_what_it_has(site: Site, linked: Bucket, link: BadLink) -> None:
    site.render()
    before = there(linked)
    change(site)
    link.full = True
    result = site.run("render")
    assert result.status == 1
    assert "the store has no room" in result.out
    assert there(linked) == before
    link.full = False
    assert site.run("render").status == 0
    assert there(linked) == here(site)


def test_a_store_that_is_busy_now_and_then_gets_everything(site: Site, linked: Bucket, link: BadLink) -> None:
    link.busy_every = 10
    assert site.run("render").status == 0
    assert there(linked) == here(site)


def test_an_answer_that_breaks_off_costs_nothing(site: Site, linked: Bucket, link: BadLink) -> None:
    link.cut_every = 7
    assert site.run("render").status == 0
    link.cut_every = 0
    assert there(linked) == here(site)


def test_a_store_that_goes_down_in_the_middle_of_an_upload_gets_the_rest_later(
    site: Site, linked: Bucket, link: BadLink
) -> None:
    link.answers_until_down = 12
    assert site.run("render").status == 1
    some = there(linked)
    assert 0 < len(some) < len(here(site))
    assert some.items() <= here(site).items()
    link.down = False
    assert site.run("deliver").status == 0
    assert there(linked) == here(site)


def test_puts_that_break_off_leave_no_half_object(site: Site, linked: Bucket, link: BadLink) -> None:
    site.render()
    before = here(site)
    change(site)
    link.cut_puts = 5
    site.run("render")
    assert link.cut_puts == 0
    for path, data in there(linked).items():
        assert data in (before.get(path), here(site)[path]), path
    assert site.run("deliver").status == 0
    assert there(linked) == here(site)


def test_a_slow_link_is_used_by_many_puts_at_once(site: Site, linked: Bucket, link: BadLink) -> None:
    link.pause = 0.3
    assert site.run("render").status == 0
    assert link.most_at_once > 4
    assert there(linked) == here(site)


# Settings


def test_mistakes_of_addresses_are_named(site: Site) -> None:
    site.configure(publish=["http://bucket/", "s3://bucket/a", "s3://bucket/a/b"], stores={"encoding": "br"})
    result = site.run("render")
    assert result.status == 2
    assert "publish[0]: expected an address such as `s3://bucket/prefix`" in result.err
    assert "s3://bucket/a and s3://bucket/a/b lie in one another" in result.err
    assert 'stores.encoding: expected one of none, gzip, got "br"' in result.err


def test_before_the_first_pass_there_is_nothing_to_upload(site: Site, place: Bucket) -> None:
    result = site.run("deliver")
    assert result.status == 0
    assert result.out == f"nothing to upload to {place.url}: nothing was published here yet; see `feedd render`\n"
    assert site.run("deliver", "--dry-run").out.endswith("0 documents to put, 0 to delete\n")


def test_without_a_store_there_is_nothing_to_deliver(site: Site) -> None:
    site.write("one.md", item("One"))
    site.render()
    assert site.run("deliver").out == "no object store is configured (publish)\n"
    assert site.run("deliver", "--dry-run").out == "no object store is configured (publish)\n"
    assert "stores" not in site.run("status").out


def test_without_the_package_one_line_says_what_to_install(
    site: Site, place: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place
    monkeypatch.setitem(sys.modules, "obstore", None)
    result = site.run("render")
    assert result.status == 2
    assert "publish: object stores need a further package: pip install 'feedd[stores]'" in result.err


def test_items_and_documents_may_not_lie_in_one_another(site: Site, place: Bucket) -> None:
    result = site.run("render", "--seeds", f"{place.url}/seeds")
    assert result.status == 2
    assert f"publish: {place.url} and the items in {place.url}/seeds lie in one another" in result.err


def test_a_ledger_of_before_is_gone_on_with(site: Site, place: Bucket) -> None:
    keys = {"base_url": BASE, "views": {"feeds": []}}
    site.configure(**keys)
    site.render()
    before = here(site)
    with closing(sqlite3.connect(site.ledger)) as db:
        tables = ("uploads", "objects", "upload_targets", "late_puts", "tombstones", "withheld_files", "picture_uses")
        for name in (*tables, "pictures"):
            db.execute(f"DROP TABLE {name}")
        db.execute("DROP INDEX entries_gone")
        db.execute("PRAGMA user_version = 12")
    site.configure(publish=[place.url], **keys)
    assert site.run("render").status == 0
    assert there(place) == here(site) == before


def test_metrics_say_what_was_uploaded_and_what_waits() -> None:
    metrics = PassMetrics()
    assert metrics.uploaded([UploadCount("s3://b", 5, 1, 4, 2)])
    assert not metrics.uploaded([UploadCount("s3://b", 5, 1, 4, 2)])
    assert metrics.uploaded([UploadCount("s3://b", 7, 1, 0, 0)])
    text = metrics.text().decode()
    for line in (
        'feedd_objects_put_total{target="s3://b"} 7.0',
        'feedd_objects_deleted_total{target="s3://b"} 1.0',
        'feedd_uploads_waiting{target="s3://b"} 0.0',
        'feedd_withdrawals_waiting{target="s3://b"} 0.0',
    ):
        assert f"\n{line}\n" in text


def test_a_lost_ledger_is_made_again_from_the_store(site: Site, place: Bucket) -> None:
    site.render()
    (site.seeds / "two.md").rename(site.seeds / "moved.md")
    site.render()
    before = place.objects()
    shutil.rmtree(site.state)
    shutil.rmtree(site.feeds)
    result = site.run("render", "--recover")
    assert result.status == 0, result
    assert f"taken over from {place.url}" in result.out
    assert there(place) == {path: data for path, data in before.items() if path != MARKER} == here(site)
    change(site)
    assert site.run("render").status == 0
    assert there(place) == here(site)
