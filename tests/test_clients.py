"""Real readers, over HTTP as feedd serves it: feedparser, reader, newsboat; and the schemas of the formats."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import feedparser
import jsonschema
import pytest
from http_support import free_addresses, metric, request, serving
from lxml import etree
from reader import make_reader
from support import Site, item

from feedd.cli.main import main

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
CORPUS = Path(os.environ.get("FEEDD_CORPUS") or SHARED / "corpus")
SCHEMAS = Path(os.environ.get("FEEDD_SCHEMAS") or SHARED / "schemas")
COLLECTIONS = [
    pytest.param(ROOT / "seeds", id="seeds"),
    pytest.param(CORPUS, id="corpus", marks=pytest.mark.skipif(not CORPUS.is_dir(), reason="no FEEDD_CORPUS")),
]


def publish(
    seeds: Path, root: Path, base_url: str = "https://feeds.example/", config: Path = ROOT / "config/feedd.yaml"
) -> Path:
    places = ["--seeds", seeds, "--feeds", root / "feeds", "--state", root / "state"]
    status = main(["render", "--quiet", "--config", str(config), *map(str, places), "--base-url", base_url])
    assert status == 0
    return root / "feeds"


def documents(feeds: Path, name: str) -> list[Path]:
    found = sorted(feeds.rglob(name))
    assert found
    return found


@pytest.mark.parametrize("seeds", COLLECTIONS)
def test_feedparser_understands_every_document_alike(seeds: Path, tmp_path: Path) -> None:
    feeds = publish(seeds, tmp_path)
    for atom in documents(feeds, "atom.xml"):
        one, other = feedparser.parse(atom), feedparser.parse(atom.with_name("rss.xml"))
        third = json.loads(atom.with_name("feed.json").read_bytes())
        assert not one.bozo
        assert not other.bozo
        assert one.feed.title == other.feed.title == third["title"]
        assert one.feed.id.startswith("tag:")
        assert one.feed.updated_parsed == other.feed.updated_parsed
        assert [each.id for each in one.entries] == [each.id for each in other.entries]
        assert [each.id for each in one.entries] == [each["id"] for each in third["items"]]
        for mine, its, plain in zip(one.entries, other.entries, third["items"], strict=True):
            assert mine.title == its.title == plain["title"]
            if "url" in plain:  # feedparser takes the id for the link of an entry that has none
                assert mine.link == its.link == plain["url"]
            assert mine.published_parsed == its.published_parsed
            assert mine.updated_parsed == its.updated_parsed
            assert [author.name for author in mine.authors] == [author["name"] for author in plain["authors"]]
            assert mine.author
            assert [tag.label for tag in mine.get("tags", [])] == [tag.term for tag in its.get("tags", [])]
            assert bool(mine.content[0].value) == bool(plain["content_html"])


@pytest.mark.parametrize("seeds", COLLECTIONS)
def test_no_document_holds_a_sealed_text_or_a_script(seeds: Path, tmp_path: Path) -> None:
    feeds = publish(seeds, tmp_path)
    sealed = {
        line.split('"')[1][:40].encode()
        for path in seeds.rglob("*")
        if path.suffix in (".md", ".html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith('secured: "')
    }
    assert sealed
    written = [path for folder in (feeds, tmp_path / "state") for path in folder.rglob("*") if path.is_file()]
    for path in written:
        data = path.read_bytes()
        assert not [seal for seal in sealed if seal in data], path
    for path in documents(feeds, "feed.json"):
        for entry in json.loads(path.read_bytes())["items"]:
            assert "<script" not in entry["content_html"]
            assert "<iframe" not in entry["content_html"]


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="no FEEDD_SCHEMAS")
@pytest.mark.parametrize("seeds", COLLECTIONS)
def test_the_schemas_accept_every_document(seeds: Path, tmp_path: Path) -> None:
    assert_accepted(publish(seeds, tmp_path))


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="no FEEDD_SCHEMAS")
@pytest.mark.parametrize("seeds", COLLECTIONS)
@pytest.mark.parametrize("pages", ["true", "false"])
def test_the_schemas_accept_summaries_alone_and_other_families(seeds: Path, tmp_path: Path, pages: str) -> None:
    config = tmp_path / "feedd.yaml"
    text = (ROOT / "config/feedd.yaml").read_text(encoding="utf-8")
    for before, after in (
        ("content: full", "content: summary"),
        ("families: [topics, providers]", "families: [authors, languages]"),
        ("pages: true", f"pages: {pages}"),
    ):
        assert before in text
        text = text.replace(before, after)
    config.write_text(text, encoding="utf-8")
    feeds = publish(seeds, tmp_path, config=config)
    assert list(feeds.glob("languages/*/atom.xml"))
    assert_accepted(feeds)


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="no FEEDD_SCHEMAS")
@pytest.mark.parametrize("seeds", COLLECTIONS)
def test_the_schemas_accept_entries_with_their_markdown(seeds: Path, tmp_path: Path) -> None:
    config = tmp_path / "feedd.yaml"
    text = (ROOT / "config/feedd.yaml").read_text(encoding="utf-8")
    assert "markdown_source: false" in text
    config.write_text(text.replace("markdown_source: false", "markdown_source: true"), encoding="utf-8")
    feeds = publish(seeds, tmp_path, config=config)
    assert any(b'"_source"' in path.read_bytes() for path in documents(feeds, "feed.json"))
    assert_accepted(feeds)


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="no FEEDD_SCHEMAS")
@pytest.mark.parametrize("seeds", COLLECTIONS)
def test_the_schemas_accept_archives(seeds: Path, tmp_path: Path) -> None:
    config = tmp_path / "feedd.yaml"
    text = (ROOT / "config/feedd.yaml").read_text(encoding="utf-8")
    for before, after in (
        ("archives:\n  feeds: []", "archives:\n  feeds: [all, topics]"),
        ("size: 100", "size: 2"),
        ("limit: 50", "limit: 1"),
    ):
        assert before in text
        text = text.replace(before, after)
    config.write_text(text, encoding="utf-8")
    feeds = publish(seeds, tmp_path, config=config)
    assert documents(feeds, "0001.atom.xml")
    assert_accepted(feeds)


def assert_accepted(feeds: Path) -> None:
    """The schemas accept every document of these feeds."""
    atom = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    for path in documents(feeds, "*atom.xml"):
        assert atom.validate(etree.parse(path)), atom.error_log
    schema = json.loads((SCHEMAS / "jsonfeed-1.1.schema.json").read_bytes())
    for path in documents(feeds, "*feed.json"):
        jsonschema.validate(json.loads(path.read_bytes()), schema)


@pytest.mark.parametrize("seeds", COLLECTIONS)
def test_reader_stores_every_feed_and_sees_nothing_new_in_a_second_render(seeds: Path, tmp_path: Path) -> None:
    feeds = publish(seeds, tmp_path)
    with serving(feeds.parent) as address, make_reader(":memory:") as reader:
        for name in ("atom.xml", "rss.xml", "feed.json"):
            for path in documents(feeds, name):
                reader.add_feed(address + quote(str(path.relative_to(feeds))))
        first = list(reader.update_feeds_iter())
        assert not [each for each in first if isinstance(each.value, Exception)]
        assert not list(reader.get_feeds(broken=True))
        for entry in reader.get_entries():
            assert entry.id.startswith("tag:")
            assert entry.title
            assert entry.published
            assert entry.authors
            assert entry.content
        publish(seeds, tmp_path)
        again = list(reader.update_feeds_iter())
        assert not [each for each in again if each.value and (each.value.new or each.value.modified)]


def test_reader_sees_an_edit_as_a_change_and_a_renamed_file_as_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    feeds = publish(tmp_path / "seeds", tmp_path)
    file = next((tmp_path / "seeds").glob("2019-12-03-*.md"))
    with serving(feeds.parent) as address, make_reader(":memory:") as reader:
        reader.add_feed(f"{address}atom.xml")
        reader.update_feed(f"{address}atom.xml")
        file = file.rename(file.with_name("2019-12-03-renamed.md"))
        publish(tmp_path / "seeds", tmp_path)
        change = reader.update_feed(f"{address}atom.xml")
        assert change is None or (change.new, change.modified) == (0, 0)
        file.write_text(file.read_text().replace('title: "Deep learning', 'title: "Very deep learning', 1))
        publish(tmp_path / "seeds", tmp_path)
        change = reader.update_feed(f"{address}atom.xml")
        assert change is not None
        assert (change.new, change.modified) == (0, 1)


FORMATS = ("atom.xml", "rss.xml", "feed.json")
DAY = "2024-05-{:02}T12:00:00Z"


def editions(site: Site) -> Iterator[str]:
    """Three editions of a site: the first, the same again, and one with an entry changed, added and withdrawn."""
    for number in range(1, 6):
        site.write(f"{number}.md", item(f"Entry {number}", f"https://a.example/{number}", DAY.format(number)))
    site.render()
    yield "first"
    site.render()
    yield "same"
    site.write("1.md", item("Entry 1, mended", "https://a.example/1", DAY.format(1)))
    site.write("6.md", item("Entry 6", "https://a.example/6", DAY.format(6)))
    site.write("3.md", item("Entry 3", "https://a.example/3", DAY.format(3), published=False))
    site.render()
    yield "changed"


@pytest.mark.parametrize("name", FORMATS[:2])
@pytest.mark.parametrize("validator", ["etag", "modified", "both"])
def test_feedparser_polls_and_sees_only_what_changed(site: Site, name: str, validator: str) -> None:
    before = feedparser.FeedParserDict(etag=None, modified=None, ids={})
    with serving(site.root) as address:
        for edition in editions(site):
            found = feedparser.parse(
                address + name,
                etag=before.etag if validator != "modified" else None,
                modified=before.modified if validator != "etag" else None,
            )
            if edition == "same":
                assert (found.status, found.entries) == (304, [])
                continue
            ids = {entry.title: entry.id for entry in found.entries}
            if edition == "changed":
                # With an ETag it asks for a delta (A-IM: feed); with a date alone it is given the whole document.
                assert found.status == (200 if validator == "modified" else 226)
                assert ids["Entry 1, mended"] == before.ids["Entry 1"]
                assert ids.keys() - before.ids.keys() == {"Entry 1, mended", "Entry 6"}
                if found.status == 200:
                    assert before.ids.keys() - ids.keys() == {"Entry 1", "Entry 3"}
                    assert {ids[title] for title in ids.keys() & before.ids.keys()} <= set(before.ids.values())
                else:
                    assert ids.keys() == {"Entry 1, mended", "Entry 6"}
            before = feedparser.FeedParserDict(etag=found.etag, modified=found.modified, ids=ids)


@pytest.mark.parametrize("name", FORMATS)
def test_reader_polls_and_sees_only_what_changed(site: Site, name: str) -> None:
    (monitor,) = free_addresses(1)
    site.configure(serve={"monitor": monitor})
    with serving(site.root) as address, make_reader(":memory:") as reader:
        reader.add_feed(address + name)
        seen = {}
        for edition in editions(site):
            change = reader.update_feed(address + name)
            seen[edition] = (change.new, change.modified) if change else None
        assert seen == {"first": (5, 0), "same": None, "changed": (1, 1)}
        entries = {entry.title: entry for entry in reader.get_entries()}
        assert entries["Entry 1, mended"].published == datetime(2024, 5, 1, 12, tzinfo=UTC)
        metrics = request(f"http://{monitor}/", "/metrics")
    assert metric(metrics, 'feedd_http_requests_total{kind="feed",status="304"}') == 1


def test_the_opml_lists_every_feed_in_its_folder(tmp_path: Path) -> None:
    feeds = publish(ROOT / "seeds", tmp_path)
    root = etree.parse(feeds / "feeds.opml").getroot()
    assert root.get("version") == "2.0"
    folders = {outline.get("text"): outline for outline in root.findall("body/outline") if not outline.get("xmlUrl")}
    assert list(folders) == ["Topics", "Providers", "Views"]
    listed = [outline.get("xmlUrl") for outline in root.iter("outline") if outline.get("xmlUrl")]
    paths = {f"https://feeds.example/{quote(str(path.relative_to(feeds)))}" for path in feeds.rglob("atom.xml")}
    assert sorted(listed) == sorted(paths)


def test_browsers_discover_every_feed_on_the_index_page(tmp_path: Path) -> None:
    feeds = publish(ROOT / "seeds", tmp_path)
    page = (feeds / "index.html").read_text(encoding="utf-8")
    links = feedparser.parse(page)  # not a feed: nothing is found in it
    assert not links.entries
    head, _, body = page.partition("<body>")
    for path in [*feeds.rglob("atom.xml"), *feeds.rglob("rss.xml"), *feeds.rglob("feed.json")]:
        address = quote(str(path.relative_to(feeds)))
        way = address if path.parent == feeds else f"{address.rpartition('/')[0]}/index.html"
        assert re.search(f'href="{re.escape(way)}"[ >]', body)
        is_view = path.parent.name in ("hot", "top")
        announced = (path.name == "atom.xml" and not is_view) or path.parent == feeds
        assert (f'href="https://feeds.example/{address}">\n' in head) == announced


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
def test_newsboat_imports_the_opml_and_reads_every_feed(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with serving(tmp_path) as address:
        feeds = publish(ROOT / "seeds", tmp_path, base_url=address)
        urls, cache, config = tmp_path / "urls", tmp_path / "cache.db", tmp_path / "config"
        urls.touch()
        config.touch()

        def newsboat(*arguments: str) -> str:
            command = ["newsboat", "-u", str(urls), "-c", str(cache), "-C", str(config), *arguments]
            environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8"}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
            return done.stdout + done.stderr

        newsboat("-i", str(feeds / "feeds.opml"))
        assert urls.read_text().count("atom.xml") == len(list(feeds.rglob("atom.xml")))
        newsboat("-x", "reload")
        # newsboat knows an entry by its id over all feeds: three entries, in however many feeds they are.
        assert "3 unread articles" in newsboat("-x", "print-unread")
