"""Resolving: each key of the configuration makes anew what shows it, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from support import Site, item, looks, tree

from feedd import render
from feedd.cli.setup import items_directory
from feedd.config import feed_settings, topic_settings
from feedd.config.load import key_names, load
from feedd.config.podcasts import podcast_settings
from feedd.config.resolve import pass_settings
from feedd.model import RenderedEntry
from feedd.render import FORMATS, PAGE
from feedd.render.assembly.assemble_entry import Member
from feedd.run.executor.workers import Workers
from feedd.run.publish.feed_parts import FeedParts
from feedd.run.publish.make_documents import DocumentMaker
from feedd.run.publisher import Publisher
from feedd.select.slugs import entry_folder
from feedd.store.documents import FeedsDirectory
from feedd.store.state_directory import StateDirectory

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
NOW = NOON + timedelta(days=9)  # days and a week have ended since
_ENTRIES = entry_folder("")[:-1]  # where pages of entries are
_NUMBER = re.compile(rb"Entry ([a-i])\b")

BASE: dict[str, Any] = {
    "base_url": "https://feeds.example/",
    "title": "Site",
    "language": "en",
    "author": {"name": "Ada", "uri": "https://ada.example/", "email": "ada@example.org"},
    "icon": "https://feeds.example/icon.png",
    "logo": "https://feeds.example/logo.png",
    "description": "About boats.",
    "families": ["topics", "providers", "authors", "languages"],
    "topics": "config/topics.yaml",
    "views": {
        "feeds": ["all", "topics", "providers", "saved"],
        "top": 4,
        "hot": 45,
        "digest": ["daily", "weekly"],
        "digest_limit": 2,
    },
    "feeds": {"read": {"title": "Reading", "description": "To read.", "topics": ["Boats"], "limit": 5}},
    "archives": {"feeds": ["saved"], "size": 2},
    "rank": {"unknown": 20},
    "websub": {"hubs": ["https://hub.example/"]},
    "podcast": {"owner": {"email": "ada@example.org"}},
    "limit": 9,
}
TOPIC: dict[str, Any] = {"name": "Boats", "title": "All boats", "description": "Of boats.", "keywords": ["sail"]}
HARBOURS = {"name": "Harbours"}
RTL = "ar"  # a language in which the direction of what names no language is another

QUALITIES = {3: 30}  # to which coverage is added, as it is not to heat
HEATS = {1: 10, 2: None, 3: None, 4: 40, 5: 50, 6: 60, 7: 70, 8: 15, 9: 20}

# For each key, what it says instead: a value, or a function of the value of before.
CHANGES: dict[str, Any] = {
    "archives.feeds": ["all"],
    "archives.size": 1,
    "author.email": "bob@example.org",
    "author.name": "Bob",
    "author.uri": "https://bob.example/",
    "base_url": "https://other.example/",
    "content": "summary",
    "content_limit": 1000,
    "defaults.published": False,
    "description": "About ships.",
    "families": ["topics", "authors"],
    "feeds": {"other": {"title": "Other", "topics": ["Boats"]}},
    "dates_from": "git",
    "fields": {"summary": "deck"},
    "folders": {"": {"authors": "ada"}},
    "formats": ["atom", "json"],
    "icon": "https://feeds.example/other.png",
    "images.keep": "1 MiB",
    "images.mirror": True,
    "images.not_from": ["Herald"],
    "items.ignore": ["*5.md"],
    "items.include": ["*[1-4].md", "*.html"],
    "items.max_bytes": 1024,
    "items.max_media_bytes": 1024,
    "items.suffixes": [".md"],
    "items.unquoted_colons": True,
    "items.withheld_tags": ["TAG"],
    "language": RTL,
    "limit": 3,
    "logo": "https://feeds.example/other.png",
    "media.probe": True,
    "pages": False,
    "private.feeds": ["read"],
    "podcast.category": ["Technology"],
    "podcast.cover": "https://feeds.example/cover.jpg",
    "podcast.explicit": True,
    "podcast.guid": "917393e3-1b1e-5cef-ace4-edaa54e1f810",
    "podcast.locked": True,
    "podcast.owner.email": "bob@example.org",
    "podcast.owner.name": "Bob",
    "podcast.type": "serial",
    "precompress": ["gzip"],
    "markdown_source": True,
    "rank.all": {"order": "latest"},
    "rank.authors": {"order": "latest"},
    "rank.coverage": 1,
    "rank.feeds": {"topics/boats": {"limit": 2}},
    "rank.half_life": "1h",
    "rank.languages": {"order": "latest"},
    "rank.min_quality": 50,
    "rank.order": "latest",
    "rank.providers": {"order": "latest"},
    "rank.saved": {"order": "latest"},
    "rank.topics": {"order": "latest"},
    "rank.unknown": 90,
    "retired": {"topics/boats": None},
    "site.authors": {"ada": {"name": "Ada Lovelace", "url": "https://ada.example/"}},
    "site.days_in_time_zone": True,
    "site.link": "https://other.example/{slug}/",
    "site.links_by_name": True,
    "site.media_prefix": "https://media.example/",
    "site.time_zone": "Asia/Tokyo",
    "site.url": "https://site.example/",
    "stories.fold_published": True,
    "stories.titles": False,
    "stories.window": "1h",
    "title": "Other site",
    "topics": None,
    "topics_from": ["tags", "categories"],
    "views.digest": ["daily"],
    "views.digest_limit": 1,
    "views.feeds": ["all"],
    "views.hot": 10,
    "views.time_zone": "Asia/Tokyo",
    "views.top": 2,
    "websub.hubs": ["https://other.example/"],
    "words": {"top": "Best", "date_in_lists": "{day} {month}"},
    "topics[].name": "Ships",
    "topics[].title": "Every boat",
    "topics[].description": "Of ships.",
    "topics[].parent": "Harbours",
    "topics[].keywords": ["row"],
    "topics[].aliases": ["Vessels"],
    "feeds.*.title": "Other reading",
    "feeds.*.description": "To be read.",
    "feeds.*.topics": ["Harbours"],
    "feeds.*.providers": ["Herald"],
    "feeds.*.types": ["video"],
    "feeds.*.language": ["de"],
    "feeds.*.match": ["Entry c"],
    "feeds.*.folders": ["none"],
    "feeds.*.order": "latest",
    "feeds.*.limit": 2,
    "feeds.*.min_quality": 50,
    "feeds.*.min_heat": 50,
    "feeds.*.podcast.category": ["Technology"],
    "feeds.*.podcast.cover": "https://feeds.example/cover.jpg",
    "feeds.*.podcast.explicit": True,
    "feeds.*.podcast.guid": "917393e3-1b1e-5cef-ace4-edaa54e1f810",
    "feeds.*.podcast.locked": True,
    "feeds.*.podcast.owner.email": "bob@example.org",
    "feeds.*.podcast.owner.name": "Bob",
    "feeds.*.podcast.type": "serial",
    "feeds.*.views": ["top"],
}
# What items say more, where a key shows only so.
ITEMS: dict[str, dict[str, Any]] = {
    "content_limit": {"body": "They sail [home](/c). " * 100},
    "site.links_by_name": {"body": "See <a href=/2>it</a>."},
    "site.media_prefix": {"featuredContent": '<audio src="/a.mp3"></audio>'},
    "site.url": {"images": [{"url": "/boat.jpg"}]},
    "families": {"provider": {"name": "Herald", "authors": ["Ada"]}},
    "rank.authors": {"provider": {"name": "Herald", "authors": ["Ada"]}},
    "rank.providers": {"provider": {"name": "Herald"}},
    "fields": {"deck": "In other words."},
    "site.authors": {"author": "ada"},
    "stories.titles": {"provider": {"name": "Herald of {number}"}},
    "items.withheld_tags": {"tags": ["Tag"]},
    "topics_from": {"tags": ["Sailing"], "category": "News"},
    "topics[].parent": {"topics": ["Boats", "Harbours"]},
    "topics[].aliases": {"topics": ["Vessels"]},
}
LEFT_OUT = {
    "authority": "ids are made once, and the ledger keeps it",
    "daemon.": "when passes are made",
    "directories.": "where all of it lies",
    "ids.": "an entry takes its id once, when it is published for the first time",
    "private.subscribers": "who may read what is private",
    "recover": "where a lost ledger is made again from, and the index for that",
    "publish": "where copies of documents go",
    "serve.": "how documents are served",
    "stores.": "how the stores are used where items lie",
    "cluster.": "how other machines are spoken with that make them",
    "workers": "how many processes make them, or which machines",
}
# Keys that what is published already does not show: they decide what comes in, is read or is told later.
LATER = {
    "dates_from",
    "images.keep",
    "images.mirror",
    "images.not_from",
    "items.max_bytes",
    "items.max_media_bytes",
    "items.unquoted_colons",
    "media.probe",
    "rank.min_quality",
    "site.days_in_time_zone",
    "site.time_zone",
    "stories.fold_published",
    "views.digest_limit",
    "views.time_zone",
    "feeds.*.min_quality",
    "feeds.*.min_heat",
}


def all_keys() -> set[str]:
    """Every key of the configuration, of its topics and of its saved feeds."""
    topics = {f"topics[].{key}" for key in topic_settings.KEYS}
    podcasts = {f"feeds.*.podcast.{key}" for key in podcast_settings.KEY_NAMES}
    saved = {f"feeds.*.{key}" for key in feed_settings.SAVED_FEED if key != "podcast"}
    return {*key_names(), *topics, *saved, *podcasts}


def test_no_key_is_forgotten() -> None:
    left_out = {key for key in all_keys() if key.startswith(tuple(LEFT_OUT))}
    assert all_keys() - left_out == CHANGES.keys()
    assert all(any(key.startswith(start) for key in left_out) for start in LEFT_OUT)


class Made:
    """What one pass was asked to make: numbers of entries, of entries for pages of their own, and of digests."""

    def __init__(self) -> None:
        self.entries: set[int] = set()
        self.pages: set[int] = set()
        self.digests: set[tuple[str, int]] = set()


@contextmanager
def noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Takes note of what workers are asked to make, and of the digests that documents are made of."""
    made = Made()
    map_jobs, parts_of = Workers.map, DocumentMaker.parts

    def noting(workers: Workers, task: Any, jobs: Any, *, many: bool) -> Any:
        name = getattr(getattr(task.act, "func", task.act), "__name__", "")

        def passing() -> Iterator[Any]:
            for head, items in jobs:
                found = {number_in(each.item.title.encode()) for each in items if isinstance(each, Member)}
                (made.pages if name == "make_entry_pages" else made.entries).update(found)
                yield head, items

        return map_jobs(workers, task, passing(), many=many)

    def parts(maker: DocumentMaker, number: int) -> FeedParts:
        found = parts_of(maker, number)
        missing = [at for at, each in enumerate(found.members) if not isinstance(each, RenderedEntry | Member)]
        made.digests.update((found.feed.folder, at) for at in missing)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Workers, "map", noting)
        patched.setattr(DocumentMaker, "parts", parts)
        yield made


def number_in(fragment: bytes) -> int:
    """The number of the entry that this is: its title comes before all that may name others."""
    found = _NUMBER.search(fragment)
    assert found is not None
    return ord(found[1]) - ord("a") + 1


def written(site: Site, config: dict[str, Any], topics: list[dict[str, Any]]) -> None:
    """Writes a configuration."""
    site.configure(**{key: value for key, value in config.items() if value is not None})
    (site.root / "config/topics.yaml").write_text(f"topics: {json.dumps(topics)}\n")


def changed(key: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The configuration, and its topics, with this key changed."""
    config: dict[str, Any] = json.loads(json.dumps(BASE))
    topics = [dict(TOPIC), dict(HARBOURS)]
    if key.startswith("topics[]."):
        topics[0][key.partition(".")[2]] = CHANGES[key]
    else:
        *path, last = key.replace("*", "read").split(".")
        at = config
        for name in path:
            at = at.setdefault(name, {})
        at[last] = CHANGES[key]
    return config, topics


def publish(site: Site, *, feeds: Path, state: Path, **inputs: str | None) -> None:
    """Makes one pass now, with these fingerprints instead of those of the configuration."""
    config = load(None)
    settings = replace(pass_settings(config), **inputs)
    with Publisher(items_directory(config), FeedsDirectory(feeds), StateDirectory(state), settings) as publisher:
        report = publisher.publish(NOW)
    assert not (report.refused or report.failed), report


def render_in_full(site: Site) -> dict[str, bytes]:
    """What a pass that reads, decides and makes all of it again would leave of the same ledger."""
    shutil.copytree(site.state, site.root / "copy", ignore=shutil.ignore_patterns("lock", "*-shm"))
    names = ("reading_inputs", "selection_inputs", "rendering_inputs", "entry_inputs", "digest_inputs")
    others = dict.fromkeys(names, "another") | {"earlier_rendering_inputs": None}
    publish(site, feeds=site.root / "full", state=site.root / "copy", **others)
    return tree(site.root / "full")


def text_of(number: int, others: dict[str, Any]) -> str:
    """The text of an item. The first two have pages of their own, 5 is long, 6 and 7 have nearly the same title, and 8
    lists 3 as related.
    """
    date = f"{NOON - timedelta(hours=9 * number if number < 8 else 0):%FT%TZ}"
    title = f"Entry {'abcdefghi'[number - 1]}"
    if number in (6, 7):
        title += ": amber lighthouse outgrows the harbour again"
    body = "They sail [home](/c). " * (100 if number == 5 else 1) + ("See [[2]]." if number == 1 else "")
    body = others.get("body", body)
    others = {name: value for name, value in others.items() if name != "body"}
    if number == 8:
        related = {"title": "Another", "webUrl": "https://news.example/3", "provider": {"name": "Herald"}}
        others = others | {"related": [related]}
    if "provider" in others:
        others = others | {"provider": others["provider"] | {"name": others["provider"]["name"].format(number=number)}}
    link = f"https://news.example/{number}" if number > 2 else None
    numbers = {"heat": HEATS[number], "quality": QUALITIES.get(number)}
    return item(title, link, date, body, excerpt="They sail.", **numbers, **others)


@pytest.fixture
def published(site: Site, key: str) -> Site:
    """A site with all formats, pages and views. Each entry shows all that entries show of the settings, and what the
    key says.
    """
    written(site, BASE, [TOPIC, HARBOURS])
    site.write("a.mp3", b"sound")
    for number in range(1, 10):
        suffix = "html" if number == 9 and key != "markdown_source" else "md"
        site.write(f"{number}.{suffix}", text_of(number, ITEMS.get(key, {})))
    site.settle()
    site.publish(NOON)
    site.publish(NOW)
    return site


def fragments(documents: dict[str, bytes]) -> dict[tuple[str, int | tuple[str, int]], bytes]:
    """The bytes of each entry in each document of a feed: by path, and by number or, in digests, by its place."""
    found: dict[tuple[str, int | tuple[str, int]], bytes] = {}
    for path, data in documents.items():
        folder, _, name = path.rpartition("/")
        formats = [each for each in (*FORMATS.values(), PAGE) if each.file == name]
        if not formats or path.startswith(_ENTRIES):
            continue
        for at, each in enumerate(render.split(formats[0].name, data)):
            found[path, (f"{folder}/", at) if "digest/" in f"{folder}/" else number_in(each)] = each
    return found


def differing(before: dict[Any, bytes], after: dict[Any, bytes]) -> set[Any]:
    """The keys of what is there after, and was not or was other bytes before."""
    return {key for key, data in after.items() if before.get(key) != data}


@pytest.mark.parametrize("key", CHANGES)
def test_a_key_makes_anew_only_the_entries_that_show_it(
    published: Site, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    site, before = published, published.documents()
    written(site, *changed(key))
    with noted(monkeypatch) as made:
        publish(site, feeds=site.feeds, state=site.state)
    after = site.documents()

    shown = {entry for _, entry in differing(fragments(before), fragments(after))}
    if key == "images.mirror":  # all are made once, whatever they show: so it is known which pictures those are
        assert (made.entries, made.digests) == (set(range(1, 10)), set())
        shown = made.entries
    assert made.entries | made.digests <= shown
    pages = {path for path in differing(before, after) if path.startswith(_ENTRIES) and path.endswith(PAGE.file)}
    assert made.pages <= shown | {number_in(after[path]) for path in pages}
    assert (before == after) == (key in LATER)

    assert after == render_in_full(site)

    there = looks(site.feeds)
    publish(site, feeds=site.feeds, state=site.state)
    assert looks(site.feeds) == there


@pytest.mark.parametrize("key", [key for key in CHANGES if key.startswith("rank.")])
def test_another_order_makes_no_entry_anew(site: Site, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Where each list by rank holds the whole of its feed, and no entry becomes hot by it."""
    views = BASE["views"] | {"top": 20, "hot": "off"}
    written(site, BASE | {"views": views}, [TOPIC, HARBOURS])
    for number in range(1, 10):
        site.write(f"{number}.md", text_of(number, ITEMS.get(key, {})))
    site.settle()
    site.publish(NOW)
    before = site.documents()
    config, topics = changed(key)
    written(site, config | {"views": views}, topics)
    with noted(monkeypatch) as made:
        publish(site, feeds=site.feeds, state=site.state)
    assert not (made.entries or made.pages or made.digests)
    assert (site.documents() == before) == (key in LATER)
    assert site.documents() == render_in_full(site)


def test_a_ledger_of_before_there_were_fingerprints_of_entries_goes_on_being_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(site, BASE | {"families": None}, [TOPIC, HARBOURS])  # there were no other families then
    for number in range(1, 10):
        site.write(f"{number}.md", text_of(number, {}))
    site.settle()
    earlier = pass_settings(load(None)).earlier_rendering_inputs
    names = ("rendering_inputs", "entry_inputs", "digest_inputs")
    publish(site, feeds=site.feeds, state=site.state, **dict.fromkeys(names, earlier))
    with closing(sqlite3.connect(site.ledger)) as db, db:
        db.execute("DELETE FROM meta WHERE name IN ('entries', 'digests')")
    before, there = site.documents(), looks(site.feeds)

    with noted(monkeypatch) as made:
        publish(site, feeds=site.feeds, state=site.state)
    assert looks(site.feeds) == there
    assert not (made.entries or made.pages or made.digests)

    written(site, BASE | {"families": None, "icon": "https://feeds.example/other.png"}, [TOPIC, HARBOURS])
    with noted(monkeypatch) as made:
        publish(site, feeds=site.feeds, state=site.state)
    assert site.documents() != before
    assert not (made.entries or made.digests)

    written(site, BASE | {"author": {"name": "Bob"}}, [TOPIC, HARBOURS])
    with noted(monkeypatch) as made:
        publish(site, feeds=site.feeds, state=site.state)
    assert made.entries == {1, 2, 3, 4, 5, 6, 7, 8, 9}
    assert tree(site.root / "feeds") == render_in_full(site)
