"""Items in a bucket: the same documents as from a folder, few requests, and no bad day that takes anything away."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from object_servers import ACCOUNT_KEY, SECRET, BadLink, Bucket, keep_versions, put_odd_key
from support import Running, Site, item, leave, make_room, small_disk, tree, wait_until

from feedd.cli.setup import bucket_items
from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.model import Report
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.item_source import Unavailable, Unread
from feedd.store.items import ItemsDirectory
from feedd.store.object_stores.bucket_items import BucketItems
from feedd.store.object_stores.object_cache import ObjectCache
from feedd.store.object_stores.store_url import parse_store_url
from feedd.store.state_directory import StateDirectory

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
CONFIG = Config(authority="feeds.example,2026", base_url="https://feeds.example/", workers=1)
PICTURE = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
PATHS = ["a.md", "b.md", "news/c.md", "news/2026/d ü.md", "news/p.gif", "_posts/2026-01-03-e.md", "_config.yml"]
SAID = [
    item("A", "https://news.example/a", topics=["Boats"]),
    item("B", None, None, "A [[b]] *text* ![p](p.gif).", topics=["Boats", "C++"], provider={"name": "Harbour"}),
    item("Withheld", "https://news.example/a", published=False),
    "---\ntitle: [\n---\n",
    "collections: {stories: {output: true}}",
    None,
]


def bucket_of(url: str, state: Path, config: Config = CONFIG) -> BucketItems:
    return bucket_items(config, parse_store_url(url), state, "yes")


@pytest.fixture
def from_bucket(site: Site, bucket: Bucket) -> Site:
    """A site whose items are in the bucket, with two of them."""
    site.configure(directories={"seeds": bucket.url}, daemon={"poll": "1s"}, base_url="https://feeds.example/")
    shutil.rmtree(site.seeds)
    bucket.put("a.md", item("First", "https://news.example/1", topics=["Boats"]))
    bucket.put("news/b.md", item("Second", "https://news.example/2", topics=["Boats"]))
    return site


def render_apart(site: Site) -> Report:
    """Makes one pass in processes of its own, which find the store where it is now."""
    done = site.process("render", "--format", "json")
    assert done.returncode == 0, done
    return msgspec.json.decode(done.stdout, type=Report)


def shown(site: Site) -> str:
    return (site.feeds / "atom.xml").read_text()


# The same bytes

EDITS = st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(SAID)), max_size=4)


@given(history=st.lists(EDITS, min_size=1, max_size=4))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_bucket_leaves_the_same_documents_as_a_folder(
    bucket: Bucket, history: list[list[tuple[str, str | None]]]
) -> None:
    bucket.delete(*bucket.keys())
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "seeds").mkdir()
        local = ItemsDirectory(root / "seeds", CONFIG.items.suffixes, CONFIG.items.ignored, 4096, (), "yes")
        places = {"local": local, "bucket": bucket_of(bucket.url, root / "bucket")}
        publishers = {
            name: Publisher(
                items, FeedsDirectory(root / name / "feeds"), StateDirectory(root / name), pass_settings(CONFIG)
            )
            for name, items in places.items()
        }
        for hours, edits in enumerate(history):
            for path, text in edits:
                data = None if text is None else PICTURE if path.endswith(".gif") else text.encode()
                target = root / "seeds" / path
                if data is None:
                    target.unlink(missing_ok=True)
                    bucket.delete(path)
                else:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(data)
                    bucket.put(path, data)
            now = NOON + timedelta(hours=hours)
            reports = [each.publish(now, allow_empty=True) for each in publishers.values()]
            assert reports[0].written == reports[1].written
            assert reports[0].problems == reports[1].problems
            assert tree(root / "local/feeds") == tree(root / "bucket/feeds")
            assert [each.publish(now, allow_empty=True).written for each in publishers.values()] == [(), ()]
        for each in publishers.values():
            each.close()


def test_items_in_azure_are_published_too(site: Site, container: Bucket) -> None:
    container.put("news/a.md", item("In Azure", "https://news.example/1"))
    site.configure(directories={"seeds": container.url})
    report = site.render()
    assert (report.files, report.problems) == (1, ())
    assert "In Azure" in shown(site)
    assert site.render().read == 0


# Requests


def asked_for(link: BadLink) -> list[str]:
    """The keys of objects that were asked for since the last time, sorted."""
    asked, link.asked = link.asked, []
    return sorted(each.partition("/site-")[2].partition("/")[2] for each in asked if "list-type" not in each)


def test_an_object_is_fetched_when_it_changes_and_at_no_other_time(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    from_bucket.render()
    assert asked_for(link) == ["a.md", "news/b.md"]
    assert not from_bucket.render().written
    assert asked_for(link) == []
    shutil.rmtree(from_bucket.state / "objects")
    assert not from_bucket.render().written
    assert asked_for(link) == [], "also without the cache"
    bucket.put("a.md", item("Changed", "https://news.example/1"))
    from_bucket.render()
    assert asked_for(link) == ["a.md"]
    assert "Changed" in shown(from_bucket)
    bucket.put("a.md", item("Charged", "https://news.example/1"))
    from_bucket.render()
    assert asked_for(link) == ["a.md"]
    assert "Charged" in shown(from_bucket), "its size is the same"
    bucket.put("a.md", item("Charged", "https://news.example/1"))
    assert not from_bucket.render().written
    assert asked_for(link) == [], "it was put again as it was"


def test_what_is_read_again_for_a_setting_comes_from_the_cache(from_bucket: Site, link: BadLink) -> None:
    from_bucket.render()
    asked_for(link)
    configured = from_bucket.root / "config/feedd.yaml"
    configured.write_text(f"{configured.read_text()}content: summary\nsite: {{time_zone: Asia/Tokyo}}\n")
    assert from_bucket.render().read == 2
    assert asked_for(link) == []


def test_the_cache_keeps_its_bound(bucket: Bucket, tmp_path: Path, link: BadLink) -> None:
    names = [f"{number}.md" for number in range(12)]
    for name in names:
        bucket.put(name, name.encode() * 100_000)
    (tmp_path / "state").mkdir()
    config = Config(stores=type(CONFIG.stores)(cache=4_000_000))
    items = bucket_of(bucket.url, tmp_path / "state", config)
    items.scan(0)
    for name in names:
        items.prepare([name])
        taken = sum(path.stat().st_size for path in (tmp_path / "state/objects").rglob("*") if path.is_file())
        assert taken <= 4_000_000
    asked_for(link)
    items.prepare(names[-3:])
    assert asked_for(link) == [], "the newest are kept"
    for name in names:
        assert items.read(name) == name.encode() * 100_000, "what was dropped is fetched again"


def test_an_object_that_is_too_large_is_not_fetched_whole(bucket: Bucket, tmp_path: Path) -> None:
    secret = f"---\ntitle: Large\npublished: false\n---\n{'x' * 10_000}"
    bucket.put("large.md", secret)
    config = Config(items=type(CONFIG.items)(max_bytes=2048))
    items = bucket_of(bucket.url, tmp_path, config)
    items.scan(0)
    items.prepare(["large.md"])
    found = items.read("large.md")
    assert not isinstance(found, bytes)
    assert found is not None
    assert "larger than 2,048 bytes" in found.problem.reason
    assert found.head == secret[:2048].encode()


def test_nothing_of_the_cache_can_be_read_by_others(from_bucket: Site) -> None:
    from_bucket.render()
    cache = from_bucket.state / "objects"
    assert {path.stat().st_mode & 0o077 for path in (cache, *cache.rglob("*"))} == {0}


def test_a_damaged_cache_is_not_believed(from_bucket: Site, bucket: Bucket) -> None:
    from_bucket.render()
    for path in (from_bucket.state / "objects").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"First", b"Worst"))
    configured = from_bucket.root / "config/feedd.yaml"
    configured.write_text(f"{configured.read_text()}site: {{time_zone: Asia/Tokyo}}\n")
    assert from_bucket.render().read == 2
    assert "First" in shown(from_bucket)


# Bad days


def test_one_in_ten_busy_answers_lose_nothing(from_bucket: Site, bucket: Bucket, link: BadLink) -> None:
    for number in range(100):
        bucket.put(f"more/{number}.md", item(f"Item {number}", f"https://news.example/more/{number}"))
    link.busy_every = 10
    assert from_bucket.render().files == 102


def test_answers_that_break_off_lose_nothing(from_bucket: Site, bucket: Bucket, link: BadLink) -> None:
    for number in range(20):
        bucket.put(f"more/{number}.md", item(f"Item {number}", f"https://news.example/more/{number}"))
    link.cut_every = 3
    report = from_bucket.render()
    assert (report.files, report.problems) == (22, ())


def refuse(link: BadLink) -> str:
    link.status = 403
    return "the store refuses the credentials (403)"


def take_down(link: BadLink) -> str:
    link.down = True
    return "the store cannot be reached"


def keep_busy(link: BadLink) -> str:
    link.status = 503
    return "the store is busy or out of order (503 SlowDown)"


def cut_listings(link: BadLink) -> str:
    link.cut_every = 1
    return "the store cannot be reached"


@pytest.mark.parametrize("harm", [refuse, take_down, keep_busy, cut_listings])
def test_a_store_that_cannot_be_seen_takes_nothing_away(
    harm: Callable[[BadLink], str], from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    from_bucket.render()
    before = tree(from_bucket.feeds)
    words = harm(link)
    refused = from_bucket.run("render")
    assert refused.status == 3
    assert words in refused.err
    assert "The feeds were left as they are." in refused.err
    assert SECRET not in refused.err
    assert tree(from_bucket.feeds) == before
    link.status, link.down, link.cut_every = 0, False, 0
    assert not from_bucket.render().written


def test_a_bucket_that_is_suddenly_empty_takes_nothing_away(from_bucket: Site, bucket: Bucket) -> None:
    from_bucket.render()
    before = tree(from_bucket.feeds)
    bucket.delete(*bucket.keys())
    refused = from_bucket.run("render")
    assert refused.status == 3
    assert "there is no item left where items were before" in refused.err
    assert tree(from_bucket.feeds) == before
    from_bucket.render("--allow-empty")
    assert "First" not in shown(from_bucket)


def test_a_store_that_fails_in_the_middle_of_a_pass_leaves_the_feeds_and_the_next_pass_goes_on(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    from_bucket.render()
    before = tree(from_bucket.feeds)
    for number in range(300):
        bucket.put(f"more/{number:03}.md", item(f"Item {number}", f"https://news.example/more/{number}"))
    link.answers_until_down = 270  # so that the second portion fails
    refused = from_bucket.run("render")
    assert refused.status == 3
    assert "the store cannot be reached" in refused.err
    assert "The feeds were left as they are." in refused.err
    assert tree(from_bucket.feeds) == before
    link.answers_until_down, link.down = 0, False
    asked_for(link)
    assert from_bucket.render().files == 302
    assert len(asked_for(link)) < 60, "what was fetched before is not fetched again"


def test_an_object_that_may_not_be_read_harms_only_itself_and_is_tried_again(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    from_bucket.render()
    bucket.put("a.md", item("First again", "https://news.example/1"))
    bucket.put("news/b.md", item("Second again", "https://news.example/2"))
    link.forbidden = "a.md"
    report = from_bucket.render()
    (problem,) = report.problems
    assert problem.path == f"{bucket.url}/a.md"
    assert "cannot be read: " in problem.reason
    assert "the store refuses the credentials (403)" in problem.reason
    assert ">First<" in shown(from_bucket)
    assert "Second again" in shown(from_bucket)
    link.forbidden = ""
    assert from_bucket.render().problems == ()
    assert "First again" in shown(from_bucket)
    from_bucket.render()
    asked_for(link)
    from_bucket.render()
    assert asked_for(link) == []


def test_a_withheld_item_disappears_while_others_cannot_be_read(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    from_bucket.render()
    bucket.put("a.md", item("First", "https://news.example/1", published=False))
    bucket.put("news/b.md", item("Second again", "https://news.example/2"))
    link.forbidden = "b.md"
    from_bucket.render()
    assert "First" not in shown(from_bucket)


FULL = "fetched objects cannot be kept: the disk of "


@pytest.mark.usefixtures("may_mount")
def test_a_full_disk_below_the_cache_is_said_and_takes_nothing_away(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    cache = from_bucket.state / "objects"
    with small_disk(cache, "size=1m"):
        leave(cache, 0)
        report = render_apart(from_bucket)
        assert [each.reason[: len(FULL)] for each in report.problems] == [FULL]
        assert ">First<" in shown(from_bucket)
        bucket.put("a.md", item("First", "https://news.example/1", published=False))
        bucket.put("news/b.md", item("Second again", "https://news.example/2"))
        link.forbidden = "b.md"
        said = from_bucket.process("render").stdout  # in new processes, which find the store through the link
        assert ("news/b.md: cannot be read" in said, FULL in said) == (True, True)
        assert "First" not in shown(from_bucket)
        assert ">Second<" in shown(from_bucket)
        make_room(cache)
        link.forbidden = ""
        bucket.put("c.md", item("Third"))
        assert render_apart(from_bucket).problems == ()
        assert {">Third<" in shown(from_bucket), ">Second again<" in shown(from_bucket)} == {True}
        assert render_apart(from_bucket).written == ()


@pytest.mark.usefixtures("may_mount")
def test_what_a_worker_could_not_have_on_a_full_disk_is_read_again(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    cache = from_bucket.state / "objects"
    with small_disk(cache, "size=1m"):
        leave(cache, 0)
        from_bucket.process("render")  # in new processes, which find the store through the link
        bucket.put("news/b.md", item("Second again", "https://news.example/2"))
        link.forbidden, link.allowed_before = "b.md", 1  # it is had, cannot be kept, and cannot be had again
        assert "news/b.md: cannot be read" in from_bucket.process("render").stdout
        assert ">Second<" in shown(from_bucket)
        link.forbidden = ""
        make_room(cache)
        assert "news/b.md" not in from_bucket.process("render").stdout
        assert ">Second again<" in shown(from_bucket)


@pytest.mark.usefixtures("may_mount")
def test_on_a_disk_smaller_than_its_bound_the_cache_gives_way(bucket: Bucket, tmp_path: Path) -> None:
    body = bytes(32768)
    for number in range(12):
        bucket.put(f"{number}.md", body)
    (tmp_path / "state").mkdir()
    with small_disk(tmp_path / "state/objects", "size=256k"):
        items = bucket_of(bucket.url, tmp_path / "state")
        paths = items.scan(0).paths()
        versions = items.prepare(paths)
        assert [items.read(path, versions[path]) for path in paths] == [body] * 12
        assert items.hindrance().problems == ()
        assert any(path.is_file() for path in (tmp_path / "state/objects").rglob("*")), "it still keeps something"


@pytest.mark.usefixtures("may_mount")
def test_what_is_withheld_in_a_bucket_goes_though_the_disk_of_the_ledger_is_full(
    from_bucket: Site, bucket: Bucket
) -> None:
    with small_disk(from_bucket.state, "size=2m"):
        render_apart(from_bucket)
        shutil.rmtree(from_bucket.state / "objects")
        leave(from_bucket.state, 0)
        bucket.put("a.md", item("First", "https://news.example/1", published=False))
        result = from_bucket.process("render")
        assert result.returncode == 3
        assert "documents that show what is withheld now were deleted" in result.stderr
        assert not any(b"First" in data for data in from_bucket.documents().values())
        make_room(from_bucket.state)
        render_apart(from_bucket)
        assert ">Second<" in shown(from_bucket)


def test_a_slow_link_is_asked_for_many_objects_at_once(from_bucket: Site, bucket: Bucket, link: BadLink) -> None:
    for number in range(40):
        bucket.put(f"more/{number}.md", item(f"Item {number}", f"https://news.example/more/{number}"))
    link.pause = 0.3
    assert from_bucket.render().files == 42
    assert 8 <= link.most_at_once <= 16


def test_a_versioned_bucket_counts_as_what_it_holds_now(site: Site, bucket: Bucket) -> None:
    versioned = Bucket(bucket.server, bucket="versioned")
    keep_versions(bucket.server, "versioned")
    site.configure(directories={"seeds": versioned.url})
    versioned.put("a.md", item("Before", "https://news.example/1"))
    versioned.put("a.md", item("Now", "https://news.example/1"))
    versioned.put("b.md", item("Deleted", "https://news.example/2"))
    versioned.delete("b.md")
    assert site.render().files == 1
    assert "Now" in shown(site)
    versioned.put("a.md", item("Then", "https://news.example/1"))
    versioned.put("b.md", item("Back again", "https://news.example/2"))
    assert site.render().files == 2
    assert all(title in shown(site) for title in ("Then", "Back again"))


# Versions


def test_nothing_older_is_read_than_what_was_listed_whoever_keeps_it(bucket: Bucket, tmp_path: Path) -> None:
    bucket.put("a.md", b"old")
    items, cache = bucket_of(bucket.url, tmp_path), ObjectCache(tmp_path / "objects", 1 << 24)
    items.scan(0)
    items.prepare(["a.md"])
    old = cache.get("a.md")
    assert old is not None
    bucket.put("a.md", b"new")
    items.scan(0)
    versions = items.prepare(["a.md"])
    copy = pickle.loads(pickle.dumps(items))
    for read in (lambda: items.read("a.md"), lambda: copy.read("a.md", versions["a.md"]), lambda: copy.read("a.md")):
        cache.put("a.md", old.version, old.body)
        assert read() == b"new"


def test_a_request_that_nobody_waits_for_leaves_the_cache_as_it_is(
    bucket: Bucket, tmp_path: Path, link: BadLink
) -> None:
    bucket.put("a.md", b"x")
    items, cache = bucket_of(bucket.url, tmp_path), ObjectCache(tmp_path / "objects", 1 << 24)
    items.scan(0)
    link.pause_for = "a.md"

    def end_it() -> None:
        if any("a.md" in each for each in link.asked):
            raise KeyboardInterrupt

    items.wait_with(end_it)
    with pytest.raises(KeyboardInterrupt):
        items.prepare(["a.md"])
    left = [each for each in threading.enumerate() if each.name == "feedd-fetch"]
    assert left
    assert all(each.daemon for each in left), "not waited for at the end of the process either"
    for each in left:
        each.join()
    assert cache.get("a.md") is None
    link.pause_for = ""
    items.wait_with(lambda: None)  # a slow answer is no reason to end once more
    items.prepare(["a.md"])
    assert cache.get("a.md") is not None


def test_an_object_that_is_another_than_listed_is_read_again_although_it_becomes_as_listed(
    bucket: Bucket, tmp_path: Path
) -> None:
    bucket.put("a.md", b"first")
    items = bucket_of(bucket.url, tmp_path)
    first = items.scan(0).listing
    bucket.put("a.md", b"other")
    versions = items.prepare(["a.md"])
    assert pickle.loads(pickle.dumps(items)).read("a.md", versions["a.md"]) == b"other"
    bucket.put("a.md", b"first")
    assert items.scan(1).listing != first, "it counts as changed"
    items.prepare(["a.md"])
    assert items.read("a.md") == b"first"
    assert items.scan(2).listing == first


# Keys


def test_an_odd_key_hides_no_more_than_its_folder(site: Site, container: Bucket) -> None:
    site.configure(directories={"seeds": container.url})
    container.put("ok.md", item("Well named", "https://news.example/1"))
    container.put("news/known.md", item("Known before", "https://news.example/2"))
    site.render()
    put_odd_key(container, "news//b.md", item("Odd").encode())
    container.put("new.md", item("New elsewhere", "https://news.example/3"))
    container.delete("news/known.md")
    report = site.render()
    (problem,) = report.problems
    assert problem.path == f"{container.url}/news"
    assert "nothing new is seen in this folder" in problem.reason
    assert "news//" in problem.reason
    assert "rename or delete it" in problem.reason
    assert "New elsewhere" in shown(site)
    assert "Known before" in shown(site), "what cannot be seen is not gone"


@pytest.mark.parametrize("key", ["./z.md", "..", "a%09b.md"])
def test_an_odd_key_at_the_root_is_named(key: str, site: Site, container: Bucket) -> None:
    site.configure(directories={"seeds": container.url})
    container.put("ok.md", item("Well named"))
    put_odd_key(container, key, b"x")
    refused = site.run("render")
    assert refused.status == 3
    assert "which cannot be read; rename or delete it" in refused.err


def test_objects_that_stand_for_folders_are_no_items(site: Site, container: Bucket) -> None:
    site.configure(directories={"seeds": container.url})
    container.put("news/a.md", item("Inside", "https://news.example/1"))
    for key in ("news/", "empty/", "_drafts/"):
        put_odd_key(container, key, b" ")
    report = site.render()
    assert (report.files, report.problems) == (1, ())


def test_an_object_with_the_name_of_an_item_that_stands_for_a_folder_is_reported(site: Site, container: Bucket) -> None:
    site.configure(directories={"seeds": container.url})
    container.put("a.md", item("Inside", "https://news.example/1"))
    put_odd_key(container, "post.md/", b" ")
    (problem,) = site.render().problems
    assert problem.path == f"{container.url}/post.md"
    assert "its key may begin or end with `/`" in problem.reason


NAMES = [
    "a b.md",
    "a+b&c=d.md",
    "A.md",
    "a.md",
    "ü.md",
    "u\u0308.md",
    "人工智能/😀.md",
    "100%.md",
    "%2F.md",
    "back\\slash.md",
]


@pytest.mark.parametrize("kind", ["bucket", "container"])
def test_keys_are_paths_letter_by_letter(kind: str, site: Site, request: pytest.FixtureRequest) -> None:
    place: Bucket = request.getfixturevalue(kind)
    site.configure(directories={"seeds": place.url})
    names = [*NAMES, f"{'long' * 50}/{'name' * 50}.md"]
    for number, name in enumerate(names):
        place.put(name, item(f"Item {number}.", f"https://news.example/{number}"))
    report = site.render()
    assert (report.files, report.problems) == (len(names), ())
    for number in range(len(names)):
        assert f"Item {number}." in shown(site)


def test_a_key_may_be_an_object_and_a_folder(site: Site, container: Bucket) -> None:
    site.configure(directories={"seeds": container.url})
    container.put("news", b"an object that is no item")
    container.put("news/a.md", item("Inside", "https://news.example/1"))
    container.put("b.md", item("Both", "https://news.example/2"))
    container.put("b.md/c.md", item("Below", "https://news.example/3"))
    report = site.render()
    assert [each.reason for each in report.problems] == ["a folder has the name of an item; rename it"]
    assert all(title in shown(site) for title in ("Inside", "Both", "Below"))


# Commands


def test_commands_take_keys_and_addresses(from_bucket: Site, bucket: Bucket) -> None:
    bucket.put("news/bad.md", "---\ntitle: [\n---\n")
    from_bucket.render()
    for name in ("news/bad.md", f"{bucket.url}/news/bad.md", "./news"):
        checked = from_bucket.run("check", name)
        assert checked.status == 1
        assert f"{bucket.url}/news/bad.md" in checked.out
    assert "it is missing" in from_bucket.run("check", "news/none.md").out
    assert f"it does not lie in {bucket.url}" in from_bucket.run("check", "s3://another/x.md").out
    for name in ("a.md", f"{bucket.url}/a.md"):
        assert f"{bucket.url}/a.md" in from_bucket.run("why", name).out
    assert "nothing new" in from_bucket.run("plan").out
    assert "First" in from_bucket.run("top").out


def test_the_doctor_says_whether_the_items_can_be_seen(from_bucket: Site, bucket: Bucket, link: BadLink) -> None:
    examined = from_bucket.run("doctor", "--timeout", "1", "http://127.0.0.1:1/")
    assert bucket.url in examined.out
    assert "2 items there" in examined.out
    link.status = 403
    examined = from_bucket.run("doctor", "--timeout", "1", "http://127.0.0.1:1/")
    assert examined.status == 1
    assert "the store refuses the credentials (403)" in examined.out
    assert "nothing new is published until then" in examined.out


def test_a_look_leaves_no_cache_behind_where_there_was_no_site(from_bucket: Site) -> None:
    checked = from_bucket.process("check")
    assert checked.returncode == 0, checked.stdout
    assert "2 files checked" in checked.stdout
    assert not from_bucket.state.exists()


def test_a_preview_fetches_nothing_that_the_site_has(from_bucket: Site, link: BadLink, tmp_path: Path) -> None:
    from_bucket.render()
    asked_for(link)
    assert from_bucket.run("render", "--preview", str(tmp_path / "preview")).status == 0
    assert asked_for(link) == []


def test_without_the_package_one_line_says_what_to_install(from_bucket: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    refused = from_bucket.run("render")
    assert refused.status == 2
    assert "directories.seeds: object stores need a further package: pip install 'feedd[stores]'" in refused.err


def test_a_wrong_address_is_a_mistake_among_others_and_not_repeated(site: Site) -> None:
    site.configure(directories={"seeds": "s3://key:hidden@bucket/x"}, stores={"cache": "1 KiB"}, limit=0)
    refused = site.run("render")
    assert refused.status == 2
    assert "directories.seeds: expected no credentials and no port" in refused.err
    assert "stores.cache: expected a size from 16 MiB to 1024 GiB" in refused.err
    assert "limit: " in refused.err
    assert "hidden" not in refused.err
    refused = site.run("render", "--seeds", "gs://no")
    assert refused.status == 2
    assert "argument --seeds: expected the name of a bucket after `gs://`" in refused.err


def test_no_credentials_are_in_what_feedd_leaves_behind(from_bucket: Site) -> None:
    from_bucket.render()
    left = b"".join(path.read_bytes() for path in from_bucket.root.rglob("*") if path.is_file())
    assert SECRET.encode() not in left
    assert ACCOUNT_KEY.encode() not in left


# The daemon


def test_the_daemon_looks_again_and_says_where(
    from_bucket: Site, bucket: Bucket, daemon: Callable[..., Running]
) -> None:
    running = daemon().wait_until_ready()
    assert running.status is not None
    assert running.status.seeds == bucket.url
    assert "an object store tells of no changes" in running.status.watching
    assert bucket.url in from_bucket.run("status").out
    bucket.put("c.md", item("Put later", "https://news.example/3"))
    running.wait_for(lambda status: status.files == 3)
    assert "Put later" in shown(from_bucket)
    assert from_bucket.run("sync").status == 0


def test_the_daemon_serves_on_while_the_store_is_down(
    from_bucket: Site, bucket: Bucket, link: BadLink, daemon: Callable[..., Running]
) -> None:
    running = daemon().wait_until_ready()
    before = shown(from_bucket)
    link.down = True
    running.wait_for(lambda status: status.last is not None and status.last.outcome != "done")
    assert "the store cannot be reached" in running.log
    assert shown(from_bucket) == before
    bucket.put("c.md", item("Put meanwhile", "https://news.example/3"))
    link.down = False
    running.wait_for(lambda status: status.files == 3)
    assert "Put meanwhile" in shown(from_bucket)
    assert SECRET not in running.log


def test_a_daemon_that_is_killed_goes_on_where_it_was(
    from_bucket: Site, bucket: Bucket, link: BadLink, daemon: Callable[..., Running]
) -> None:
    for number in range(100):
        bucket.put(f"more/{number}.md", item(f"Item {number}", f"https://news.example/more/{number}"))
    link.pause = 0.05
    running = daemon()
    wait_until(lambda: len(link.asked) > 40, 60, lambda: running.log)
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    link.pause = 0.0
    assert from_bucket.render().files == 102


def test_a_listing_is_not_taken_apart_by_a_store_that_is_gone(bucket: Bucket, tmp_path: Path, link: BadLink) -> None:
    bucket.put("a.md", b"x")
    items = bucket_of(bucket.url, tmp_path)
    assert items.scan(0).files == 1
    link.down = True
    with pytest.raises(Unavailable):
        items.scan(0)


def test_the_file_of_a_folder_that_withholds_what_lies_below_it_is_heeded(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    from_bucket.render()
    bucket.put("news/_index.md", "---\ncascade: {draft: true}\n---\n")
    from_bucket.render()
    assert "Second" not in shown(from_bucket)
    asked_for(link)
    assert not from_bucket.render().written
    assert asked_for(link) == []
    bucket.put("news/_index.md", "---\ntitle: News\n---\n")
    from_bucket.render()
    assert "Second" in shown(from_bucket)
    link.forbidden = "_index.md"
    bucket.put("news/_index.md", "---\ncascade: {draft: true}\n---\n")
    report = from_bucket.render()
    assert "whether news/_index.md withholds what lies here cannot be known" in report.problems[0].reason


def test_files_of_data_in_a_bucket_are_heeded_as_those_in_folders(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    from_bucket.render()
    assert "First" in shown(from_bucket)
    assert "Second" in shown(from_bucket)
    bucket.put("news/news.json", '{"draft": true}')
    bucket.put("a.meta", ".. title: First\n.. status: draft\n")
    from_bucket.render()
    assert "First" not in shown(from_bucket)
    assert "Second" not in shown(from_bucket)
    asked_for(link)
    assert not from_bucket.render().written
    assert asked_for(link) == []
    bucket.put("news/news.json", "{}")
    link.forbidden = "a.meta"
    bucket.put("a.meta", "nothing")
    assert "whether it withholds the text of its name cannot be known" in from_bucket.render().problems[0].reason
    assert "Second" in shown(from_bucket)
    assert "First" not in shown(from_bucket)


def test_a_large_item_that_speaks_for_its_folder_is_read_whole(bucket: Bucket, tmp_path: Path) -> None:
    large = item("Large", body="word " * 300_000).encode()
    bucket.put("_index.md", large)
    (tmp_path / "state").mkdir()
    items = bucket_of(bucket.url, tmp_path / "state", Config(items=type(CONFIG.items)(ignore=(".*",))))
    assert items.scan(0).paths() == ["_index.md"]
    items.prepare(["_index.md"])
    assert items.read("_index.md") == large


def test_one_object_that_may_never_be_read_holds_up_nothing(from_bucket: Site, bucket: Bucket, link: BadLink) -> None:
    link.forbidden = "a.md"
    from_bucket.render()
    assert len(from_bucket.render().problems) == 1, "also where it is all that is asked for"
    bucket.put("c.md", item("Third", "https://news.example/3"))
    from_bucket.render()
    assert "Third" in shown(from_bucket)


@pytest.mark.parametrize("listing", [True, False])
def test_a_daemon_that_waits_for_the_store_ends_when_it_is_told_to(
    listing: bool, from_bucket: Site, bucket: Bucket, link: BadLink, daemon: Callable[..., Running]
) -> None:
    running = daemon().wait_until_ready()
    if not listing:
        link.pause_for = "more/"
        for number in range(200):
            bucket.put(f"more/{number}.md", item(f"Item {number}", f"https://news.example/more/{number}"))
        link.asked.clear()
        wait_until(lambda: any("more/" in each for each in link.asked), 60, lambda: running.log)
    else:
        link.asked.clear()
        link.pause_for = "list-type"
        wait_until(lambda: link.asked, 60, lambda: running.log)
    link.asked.clear()
    running.process.terminate()
    assert running.process.wait(30) == 0
    assert link.numbers("GET") < 40, "nothing more was begun"


def test_a_store_that_fails_for_one_object_alone_holds_up_no_other(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    from_bucket.render()
    bucket.put("news/b.md", item("Second", "https://news.example/2", published=False))
    bucket.put("a.md", item("First again", "https://news.example/1"))
    link.forbidden, link.forbidden_status = "a.md", 500
    report = from_bucket.render()
    assert "the store is busy or out of order (500)" in report.problems[0].reason
    assert "Second" not in shown(from_bucket)
    assert ">First<" in shown(from_bucket)
    link.forbidden = ""
    from_bucket.render()
    assert "First again" in shown(from_bucket)


def test_a_store_that_refuses_to_be_listed_meanwhile_is_unavailable(
    bucket: Bucket, tmp_path: Path, link: BadLink
) -> None:
    bucket.put("a.md", b"x")
    items = bucket_of(bucket.url, tmp_path)
    items.scan(0)
    link.forbidden, link.forbidden_status, link.status = "a.md", 500, 403
    with pytest.raises(Unavailable):
        items.prepare(["a.md"])


def test_a_store_with_an_odd_key_that_fails_for_one_object_alone_is_there(
    container: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container.put("a.md", b"x")
    put_odd_key(container, "news//b.md", b"x")
    with BadLink(container.server) as link:
        for name, value in link.server.environment.items():
            monkeypatch.setenv(name, value)
        items = bucket_of(container.url, tmp_path)
        items.scan(0)
        link.forbidden, link.forbidden_status = "a.md", 500
        assert items.prepare(["a.md"]) == {}
        assert isinstance(items.read("a.md"), Unread)


def test_a_picture_that_cannot_be_had_holds_up_nothing_and_comes_later(
    from_bucket: Site, bucket: Bucket, link: BadLink
) -> None:
    bucket.put("news/p.gif", PICTURE)
    bucket.put("news/b.md", item("Second", "https://news.example/2", body="Text ![p](p.gif)"))
    bucket.put("a.md", item("First", "https://news.example/1", published=False))
    link.forbidden, link.forbidden_status = "p.gif", 500
    from_bucket.render()
    assert "First" not in shown(from_bucket)
    assert "Second" in shown(from_bucket)
    assert "media/" not in shown(from_bucket)
    link.forbidden = ""
    from_bucket.render()
    assert "https://feeds.example/media/" in shown(from_bucket)
    asked_for(link)
    from_bucket.render()
    from_bucket.render()
    assert asked_for(link) == []


@pytest.mark.parametrize("key", ["news/_index.md", "news/p.gif"])
def test_somebody_can_end_the_wait_for_a_single_object(key: str, bucket: Bucket, link: BadLink, tmp_path: Path) -> None:
    bucket.put(key, PICTURE)
    (tmp_path / "state").mkdir()
    items = bucket_of(bucket.url, tmp_path / "state")
    if key.endswith(".gif"):
        items.scan(0)
    link.pause_for = key
    waited: list[str] = []

    def end_it() -> None:
        if any(key in each for each in link.asked):
            waited.append(key)
            raise KeyboardInterrupt

    items.wait_with(end_it)
    with pytest.raises(KeyboardInterrupt):
        items.read_media(key) if key.endswith(".gif") else items.scan(0)
    assert waited == [key]
