"""The five promises, held under random edits, renames, damage and restarts.

1. However reached, same bytes.  2. Quiet.  3. A bad file harms only itself.  4. Never half.  5. Never again.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from lxml import etree
from msgspec.structs import replace
from support import decoded, examples, tree

from feedd.decide.identity import link_key
from feedd.decide.kept_ids import KeptEntry, KeptIds
from feedd.decide.stories.story_settings import StorySettings
from feedd.items import urls
from feedd.items.reading_settings import DEFAULT_READING, AudienceSettings
from feedd.render.content_codings import ENCODINGS
from feedd.render.site_info import SavedFeedInfo, SiteInfo
from feedd.run import read
from feedd.run.pass_settings import PassSettings
from feedd.run.publish import write_archives, write_documents
from feedd.run.publisher import Publisher
from feedd.select.archives import ArchiveSettings
from feedd.select.policy import PolicyOverride
from feedd.select.saved_feeds import SavedFeed, TopicChoice
from feedd.select.settings import DEFAULT_FAMILIES, NAMED_FAMILIES, SelectionSettings
from feedd.select.topics import Topic, Topics
from feedd.select.views import Views
from feedd.select.views.threshold import Threshold
from feedd.store.documents import FeedsDirectory
from feedd.store.items import ItemsDirectory
from feedd.store.site_file import FILE
from feedd.store.state_directory import StateDirectory

TOPICS = Topics((Topic("Boats", keywords=("sail",)), Topic("C"), Topic("C++")))
NO_VIEWS = Views()
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
NO_KEPT_IDS = KeptIds()
NO_ARCHIVES = ArchiveSettings()
GUIDS = ("show 1", "show 2", "urn:x:1")
KEPT_IDS = KeptIds(
    {
        link_key(urls.canonical(f"https://news.example/{number}")): KeptEntry(guid, START)
        for number, guid in ((1, "show 1"), (7, "show 3"), (8, "urn:x:1"))
    },
    "some",
)
EVERY_VIEW = Views(
    feeds=("all", "topics", "authors", "saved"), top=2, hot=Threshold(50, percent=True), digest=("daily", "weekly")
)
BOATS = SavedFeed("insiders", "Insiders", topics=TopicChoice(any=("Boats",))).compiled(TOPICS, "en")
WARM = SavedFeed("warm", "Warm", override=PolicyOverride(min_heat=30, limit=2)).compiled(TOPICS, "en")


def settings_with(
    *,
    limit: int = 100,
    mark: str = "1",
    workers: int = 1,
    precompress: tuple[str, ...] = (),
    stories: StorySettings | None = None,
    views: Views = NO_VIEWS,
    families: tuple[str, ...] = DEFAULT_FAMILIES,
    kept_ids: KeptIds = NO_KEPT_IDS,
    own: str | None = None,
    archives: ArchiveSettings = NO_ARCHIVES,
    recovery_index: bool = False,
) -> PassSettings:
    mark = f"{mark}:{','.join((*families, *archives.feeds, str(archives.size)))}"  # without blanks, as fingerprints are
    site = SiteInfo(
        base_url="https://feeds.example/",
        title="Site",
        description="",
        language="en",
        author="Site",
        author_uri=None,
        author_email=None,
        icon=None,
        logo=None,
        formats=("atom", "rss", "json"),
        topics=TOPICS,
        views=views,
        saved={"warm": SavedFeedInfo("Warm", "")} if views.feeds else {},
        precompress=precompress,
        families=families,
    )
    selection = SelectionSettings(
        topics=TOPICS,
        views=views,
        limit=limit,
        saved_filters={"warm": WARM} if views.feeds else {},
        families=families,
        only=BOATS if own else None,
        archives=archives,
    )
    return PassSettings(
        site=site,
        reading=replace(DEFAULT_READING, audiences=AudienceSettings(("insiders", "team"), own)),
        selection=selection,
        stories=stories or StorySettings(),
        default_listed=True,
        workers=workers,
        authority=None,
        default_authority="feeds.example,2026",
        reading_inputs=mark,
        selection_inputs=mark,
        rendering_inputs=mark,
        entry_inputs=mark,
        digest_inputs=mark,
        kept_ids=kept_ids,
        recovery_index=recovery_index,
    )


@contextmanager
def publisher(root: Path, feeds: str = "feeds", state: str = "state", **choices):
    items = ItemsDirectory(root / "seeds", (".md",), (".*",), 1 << 20)
    with Publisher(
        items, FeedsDirectory(root / feeds), StateDirectory(root / state), settings_with(**choices)
    ) as opened:
        yield opened


def looks(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file's inode and time of change: neither stays when a file is written again."""
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def media_in(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.png"), *folder.rglob("*.mp3")])


class Item:
    """What a curator has in mind: the model against which the feeds are held."""

    def __init__(self, number: int, path: str) -> None:
        self.number = number
        self.path = path
        self.link: str | None = f"https://news.example/{number}"
        self.edition = 1
        self.date = START - timedelta(days=number % 7, hours=number)
        self.dated = True
        self.topic = "Boats"
        self.author = f"Author {number % 2}"
        self.locale = ("en", "de-AT", "")[number % 3]
        self.heat: int | None = 10 + number
        self.quality: int | None = None
        self.related: list[str] = []
        self.like_others = False  # its title is nearly theirs
        self.picture: str | None = None  # the address of a picture, relative to the file
        self.sound: str | None = f"https://cdn.example/{number}.mp3" if number % 4 == 3 else None  # likewise
        self.dialect = "own"
        self.listed = True
        self.audience: list[str] = []  # the private feeds for which alone it is
        self.guid: str | None = None
        self.damaged = False
        self.good: str | None = None  # the title last published from a readable file
        self.good_link: str | None = None  # the link that it had then
        self.good_for_insiders: str | None = None  # the title last published in their feed

    @property
    def title(self) -> str:
        if self.like_others:
            return f"Amber lighthouse outgrows the harbour again{'!' * self.number}{'?' * self.edition}"
        return f"Item {self.number} edition {self.edition}"

    @property
    def is_shown(self) -> bool:
        return not self.audience and self.listed and (self.heat is None or self.heat >= 0)

    @property
    def is_for_insiders(self) -> bool:
        """Whether the private feed of insiders shows it: it is marked so, or about boats and for everybody."""
        is_chosen = "insiders" in self.audience or (not self.audience and self.topic == "Boats")
        return is_chosen and self.listed and (self.heat is None or self.heat >= 0)

    @property
    def text_read(self) -> tuple[object, ...]:
        """What moves `updated` when it changes."""
        return self.title, self.link, self.date, self.dated, self.picture

    def embedding(self) -> list[str]:
        """The line that shows the picture: by its name in any folder, or by its address."""
        if self.picture is None:
            return []
        return [f"![]({self.picture})" if "/" in self.picture else f"![[{self.picture}]]"]

    def text(self) -> str:
        body = [f"Body of {self.number}, see [[page-{(self.number + 1) % 5} | the next]].", *self.embedding(), ""]
        return "\n".join([*DIALECTS[self.dialect](self.fields()), *body])

    def fields(self) -> dict[str, object]:
        """The front matter, with the names of feedd's own items."""
        values = {
            "title": self.title,
            "webUrl": self.link,
            "publishedDateTime": f"{self.date:%Y-%m-%dT%H:%M:%SZ}" if self.dated else None,
            "published": self.listed,
            "heat": self.heat,
            "quality": self.quality,
            "related": [{"title": "Another", "webUrl": url} for url in self.related],
            "provider": {"name": f"Provider {self.number % 3}", "authors": [self.author]},
            "locale": self.locale or None,
            "topics": [self.topic],
            "guid": self.guid,
            "audience": self.audience or None,
            "audio": self.sound,
        }
        return {name: value for name, value in values.items() if value is not None}


def own(fields: dict[str, object]) -> list[str]:
    return ["---", *(f"{name}: {json.dumps(value)}" for name, value in fields.items()), "---"]


def of_hugo(fields: dict[str, object]) -> list[str]:
    """The same in TOML, with the names of Hugo."""
    return ["+++", *(f"{name} = {toml(value)}" for name, value in renamed(fields, link="canonicalURL").items()), "+++"]


def of_json(fields: dict[str, object]) -> list[str]:
    return [*json.dumps(renamed(fields, link="external_url"), indent=1).splitlines(), ""]


def renamed(fields: dict[str, object], link: str) -> dict[str, object]:
    """The fields with names of other programs."""
    names = {"webUrl": link, "publishedDateTime": "date", "locale": "lang", "published": "draft"}
    named = {names.get(name, name): value for name, value in fields.items()}
    return {name: not value if name == "draft" else value for name, value in named.items()}


def toml(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {toml(inner)}' for name, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


DIALECTS = {"own": own, "hugo": of_hugo, "json": of_json}


def number_in(title: str) -> int:
    """The number of the item that has, or had, this title."""
    return title.count("!") if "Amber" in title else int(title.split()[1])


class Subscribers(RuleBasedStateMachine):
    limit = 100
    beginning = 1
    precompress: tuple[str, ...] = ()
    views = NO_VIEWS
    stories = StorySettings()
    families: tuple[str, ...] = DEFAULT_FAMILIES

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="feedd-promises-"))
        (self.root / "seeds").mkdir()
        self.now = START
        self.items: dict[int, Item] = {}
        self.ids: dict[int, str] = {}
        self.left: dict[str, set[str]] = {}
        self.withdrawn: set[str] = set()
        self.before: dict[str, set[str]] = {}
        self.updated: dict[str, str] = {}
        self.numbers = 0
        self.slugs: dict[int, str] = {}
        self.touched: set[str] = set()
        self.altered = False
        self.closing = ExitStack()
        self.choices = {
            "limit": self.limit,
            "precompress": self.precompress,
            "stories": self.stories,
            "views": self.views,
            "families": self.families,
        }
        self.were: set[str] = set()
        self.read: dict[str, tuple[tuple[object, ...], str]] = {}
        self.pictures = 0
        self.running = self.closing.enter_context(publisher(self.root, **self.choices))
        for number in range(self.beginning):
            self.add(f"page-{number}.md")
        self.publish()

    def teardown(self) -> None:
        self.closing.close()
        shutil.rmtree(self.root)

    def write(self, item: Item, text: str | None = None) -> None:
        path = self.root / "seeds" / item.path
        self.touched.add(item.path)
        path.parent.mkdir(exist_ok=True)
        path.write_text(item.text() if text is None else text)
        item.damaged = text is not None
        if text is None:
            item.good = item.title if item.is_shown else None
            item.good_link = item.link
            item.good_for_insiders = item.title if item.is_for_insiders else None

    def pick(self, data: st.DataObject) -> Item:
        return self.items[data.draw(st.sampled_from(sorted(self.items)))]

    def add(self, path: str) -> None:
        item = Item(self.numbers, path)
        self.numbers += 1
        self.items[item.number] = item
        self.write(item)

    # What a curator does

    @rule(folder=st.sampled_from(["", "news/", "wiki/"]))
    def adds_an_item(self, folder: str) -> None:
        self.add(f"{folder}page-{self.numbers}.md")

    @rule()
    def adds_an_item_without_link_or_date(self) -> None:
        item = Item(self.numbers, f"loose-{self.numbers}.md")
        item.link, item.dated = None, False
        self.numbers += 1
        self.items[item.number] = item
        self.write(item)

    @rule(data=st.data(), heat=st.integers(1, 100))
    def edits_an_item(self, data: st.DataObject, heat: int) -> None:
        item = self.pick(data)
        item.edition += 1
        item.heat = heat
        self.write(item)

    @rule(data=st.data(), heat=st.integers(1, 100))
    def changes_heat_alone(self, data: st.DataObject, heat: int) -> None:
        item = self.pick(data)
        item.heat = heat
        self.write(item)

    @rule(data=st.data(), others=st.lists(st.integers(0, 5), max_size=2), shared=st.booleans())
    def lists_related_items(self, data: st.DataObject, others: list[int], shared: bool) -> None:
        item = self.pick(data)
        item.related = [f"http://www.news.example/{number}/" for number in others]
        item.related += ["https://shared.example/"] if shared else []
        self.write(item)

    @rule(data=st.data(), heat=st.sampled_from([None, -1, 50]), quality=st.sampled_from([None, 20, 60]))
    def rates_an_item(self, data: st.DataObject, heat: int | None, quality: int | None) -> None:
        item = self.pick(data)
        item.heat, item.quality = heat, quality
        self.write(item)

    @rule(data=st.data())
    def gives_an_item_the_title_of_others(self, data: st.DataObject) -> None:
        item = self.pick(data)
        item.like_others = not item.like_others
        self.write(item)

    @rule(data=st.data())
    def moves_a_file(self, data: st.DataObject) -> None:
        item = self.pick(data)
        if item.damaged:  # what cannot be read cannot be recognised elsewhere: to feedd that is a deletion
            return
        old = self.root / "seeds" / item.path
        self.touched.add(item.path)
        item.path = f"moved-{item.number}-{self.now:%d%H}.md"
        self.touched.add(item.path)
        old.rename(self.root / "seeds" / item.path)

    @rule(data=st.data())
    def changes_a_link(self, data: st.DataObject) -> None:
        item = self.pick(data)
        if item.link:
            item.link = f"https://other.example/{item.number}/{self.now:%d%H}"
            self.write(item)

    @rule(data=st.data())
    def gives_or_takes_a_link(self, data: st.DataObject) -> None:
        item = self.pick(data)
        item.link = None if item.link else f"https://given.example/{item.number}/{self.now:%d%H}"
        self.write(item)

    @rule(data=st.data())
    def moves_a_link_to_another_scheme(self, data: st.DataObject) -> None:
        item = self.pick(data)
        if item.link:
            old, new = ("https:", "http:") if item.link.startswith("https") else ("http:", "https:")
            item.link = item.link.replace(old, new)
            self.write(item)

    @rule(data=st.data(), topic=st.sampled_from(["Boats", "C", "C++", "Brand new"]))
    def moves_an_item_to_a_topic(self, data: st.DataObject, topic: str) -> None:
        item = self.pick(data)
        item.topic = topic
        self.write(item)

    @rule(data=st.data(), author=st.sampled_from(["Author 0", "AUTHOR 1", "Somebody new"]))
    def gives_an_item_to_an_author(self, data: st.DataObject, author: str) -> None:
        item = self.pick(data)
        item.author = author
        self.write(item)

    @rule(data=st.data(), locale=st.sampled_from(["", "en-GB", "de", "zh-Hant"]))
    def translates_an_item(self, data: st.DataObject, locale: str) -> None:
        item = self.pick(data)
        item.locale = locale
        self.write(item)

    @rule(data=st.data())
    def withholds_or_releases(self, data: st.DataObject) -> None:
        item = self.pick(data)
        item.listed = not item.listed
        self.write(item)

    @rule(data=st.data(), audience=st.sampled_from([[], ["insiders"], ["team"], ["team", "insiders"]]))
    def addresses_an_item(self, data: st.DataObject, audience: list[str]) -> None:
        item = self.pick(data)
        item.audience = audience
        self.write(item)

    @rule(data=st.data())
    def dates_an_item_anew(self, data: st.DataObject) -> None:
        item = self.pick(data)
        item.date = self.now
        self.write(item)

    @rule(data=st.data(), damage=st.sampled_from(["", "---\ntitle: [", "---\ntitle: x\n", "title: x\n---\n"]))
    def damages_a_file(self, data: st.DataObject, damage: str) -> None:
        self.write(self.pick(data), damage)

    @rule(folder=st.sampled_from(["news", "wiki"]))
    def moves_a_folder(self, folder: str) -> None:
        old, new = self.root / "seeds" / folder, self.root / "seeds" / f"{folder}-{self.now:%d%H}"
        inside = [item for item in self.items.values() if item.path.startswith(f"{folder}/")]
        if not inside or any(item.damaged for item in inside):
            return
        old.rename(new)
        self.touched |= {folder, new.name}
        for item in inside:
            item.path = f"{new.name}/{item.path.partition('/')[2]}"

    @rule(data=st.data(), picture=st.sampled_from([None, "a.png", "./a.png", "/b.png", "../b.png"]))
    def shows_a_picture(self, data: st.DataObject, picture: str | None) -> None:
        item = self.pick(data)
        item.picture = picture
        self.write(item)

    @rule(data=st.data(), sound=st.sampled_from([None, "https://cdn.example/a.mp3", "a.mp3", "/b.mp3", "../b.mp3"]))
    def plays_a_sound(self, data: st.DataObject, sound: str | None) -> None:
        item = self.pick(data)
        item.sound = sound
        self.write(item)

    @rule(data=st.data(), dialect=st.sampled_from(sorted(DIALECTS)))
    def writes_an_item_as_another_program_does(self, data: st.DataObject, dialect: str) -> None:
        item = self.pick(data)
        item.dialect = dialect
        self.write(item)

    @rule(
        folder=st.sampled_from(["", "news/", "wiki/", "static/"]),
        name=st.sampled_from(["a.png", "b.png", "a.mp3", "b.mp3"]),
    )
    def puts_a_picture_or_a_sound(self, folder: str, name: str) -> None:
        self.put(f"{folder}{name}")

    @rule(data=st.data(), plays=st.booleans())
    def shows_what_lies_beside_an_item(self, data: st.DataObject, plays: bool) -> None:
        item = self.pick(data)
        folder = item.path.rpartition("/")[0]
        name = f"of-{item.number}.{'mp3' if plays else 'png'}"
        if plays:
            item.sound = name
        else:
            item.picture = f"./{name}"
        self.put(f"{folder}/{name}".lstrip("/"))
        self.write(item)

    def put(self, name: str) -> None:
        path = self.root / "seeds" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(f"Picture {self.pictures // 2}".encode())  # so two may have the same bytes
        long_ago = (START - timedelta(days=365, seconds=self.pictures)).timestamp()
        os.utime(path, (long_ago, long_ago))
        self.pictures += 1
        self.touched.add(name)

    @precondition(lambda self: self.pictures)
    @rule(data=st.data())
    def deletes_a_picture_or_a_sound(self, data: st.DataObject) -> None:
        if there := media_in(self.root / "seeds"):
            path = data.draw(st.sampled_from(there))
            path.unlink()
            self.touched.add(str(path.relative_to(self.root / "seeds")))

    @precondition(lambda self: len(self.items) > 1)
    @rule(data=st.data())
    def deletes_a_file(self, data: st.DataObject) -> None:
        item = self.pick(data)
        (self.root / "seeds" / item.path).unlink()
        self.touched.add(item.path)
        del self.items[item.number]

    @rule(data=st.data())
    def loses_or_alters_a_document(self, data: st.DataObject) -> None:
        path = self.root / "feeds" / data.draw(st.sampled_from([FILE, *sorted(tree(self.root / "feeds"))]))
        self.altered = True
        if data.draw(st.booleans()):
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    # What has to hold after each of it

    def publish(self) -> None:
        with publisher(self.root, **self.choices) as opened:
            report = opened.publish(self.now)
        assert report.refused is None
        assert not report.failed

    @invariant()
    def promises_hold(self) -> None:
        self.now += timedelta(hours=1)
        self.publish()
        self.same_bytes_as_a_full_render()
        self.a_second_pass_is_quiet()
        self.bad_files_harm_only_themselves()
        self.nothing_comes_again()
        self.encodings_are_of_their_documents()
        self.updated_moves_for_the_text_alone()
        self.what_was_published_is_not_folded()
        self.what_has_no_link_has_a_page()
        self.only_configured_families_are_there()
        self.media_are_there_as_long_as_they_are_shown()
        self.nothing_withheld_is_anywhere()

    def same_bytes_as_a_full_render(self) -> None:
        shutil.copytree(self.root / "state", self.root / "state-copy")
        with publisher(self.root, "full", "state-copy", mark="another", **self.choices) as opened:
            opened.publish(self.now)
        assert tree(self.root / "full") == tree(self.root / "feeds")
        shutil.rmtree(self.root / "full")
        shutil.rmtree(self.root / "state-copy")

    def a_second_pass_is_quiet(self) -> None:
        before = looks(self.root / "feeds")
        ledger = (self.root / "state/ledger.sqlite3").read_bytes()
        with publisher(self.root, **self.choices) as opened:
            report = opened.publish(self.now + timedelta(minutes=30))
        assert report.written == report.deleted == ()
        if not report.read:  # a file that changed as it was looked at is read once more, and remembered so
            assert (self.root / "state/ledger.sqlite3").read_bytes() == ledger
        for path in sorted((self.root / "seeds").rglob("*.md"))[::2]:
            os.utime(path)  # to be read again, to no effect
        with publisher(self.root, **self.choices) as opened:
            report = opened.publish(self.now + timedelta(minutes=40))
        assert report.written == report.deleted == ()
        assert looks(self.root / "feeds") == before

    def bad_files_harm_only_themselves(self) -> None:
        shown = {entry.title for entry in feedparser.parse(self.root / "feeds/atom.xml").entries}
        expected = {item.good for item in self.items.values() if item.good}
        if self.limit >= self.numbers and not self.stories.fold_published:
            assert shown == expected
        else:
            assert shown <= expected

    def nothing_comes_again(self) -> None:
        for path in sorted((self.root / "feeds").rglob("atom.xml")):
            root = etree.parse(path).getroot()
            folder = str(path.parent.relative_to(self.root / "feeds"))
            entries = {entry.findtext("{*}id"): entry.findtext("{*}title") for entry in root.iter("{*}entry")}
            assert len(entries) == len(list(root.iter("{*}entry"))) <= self.limit
            for entry_id, title in entries.items() if "digest" not in folder else ():
                number = number_in(title)
                assert self.ids.setdefault(number, entry_id) == entry_id
            updated = root.findtext("{*}updated")
            assert updated >= self.updated.get(folder, "")
            self.updated[folder] = updated
            self.nothing_returns_that_was_pushed_out(folder, set(entries))

    def updated_moves_for_the_text_alone(self) -> None:
        root = etree.parse(self.root / "feeds/atom.xml").getroot()
        updated = {entry.findtext("{*}id"): entry.findtext("{*}updated") for entry in root.iter("{*}entry")}
        for item in self.items.values():
            entry_id = self.ids.get(item.number, "")
            if entry_id in updated and not item.damaged:
                text, moment = self.read.get(entry_id, ((), ""))
                assert text != item.text_read or moment == updated[entry_id]
                self.read[entry_id] = (item.text_read, updated[entry_id])

    def what_was_published_is_not_folded(self) -> None:
        """Nothing that subscribers have vanishes because of a story."""
        root = etree.parse(self.root / "feeds/atom.xml").getroot()
        now = {entry.findtext("{*}id") for entry in root.iter("{*}entry")}
        wanted = {self.ids[item.number] for item in self.items.values() if item.number in self.ids and item.good}
        if self.limit >= self.numbers:
            assert wanted & self.were <= now
        self.were = now

    def what_has_no_link_has_a_page(self) -> None:
        """Each entry without a link has one, at an address that it keeps, and no other entry."""
        found = {path.parent.name: path.read_text() for path in (self.root / "feeds/entry").glob("*/index.html")}
        titles = {slug: html.unescape(re.search("<h1[^>]*>(.*?)</h1>", text)[1]) for slug, text in found.items()}
        for slug, title in titles.items():
            assert self.slugs.setdefault(number_in(title), slug) == slug
        if not self.stories.fold_published:
            wanted = {item.good for item in self.items.values() if item.good and not item.good_link}
            assert set(titles.values()) == wanted
        assert len(set(self.slugs.values())) == len(self.slugs)

    def only_configured_families_are_there(self) -> None:
        folders = {path.partition("/")[0] for path in tree(self.root / "feeds") if "/" in path}
        assert folders & set(NAMED_FAMILIES) <= set(self.choices["families"])

    def nothing_withheld_is_anywhere(self) -> None:
        """Neither a word of an item that may not be shown, nor an address of its sound."""
        everything = b"\n".join(tree(self.root / "feeds").values())
        for item in self.items.values():
            if (
                not (item.listed and not item.audience) and not item.damaged
            ):  # of a story, the lead names what is folded under it
                number = item.number
                assert not re.search(rb"\b(?:Item|Body of) %d\b|/%d\.mp3" % (number, number), everything)

    def media_are_there_as_long_as_they_are_shown(self) -> None:
        """Documents name no picture and no sound that is not there, and none is there that no item may show."""
        documents = tree(self.root / "feeds")
        there = {path for path in documents if path.startswith("media/")}
        pages = [documents[path] for path in documents.keys() - there if path.endswith((".xml", ".html"))]
        named = {name.decode() for data in pages for name in re.findall(rb"media/[0-9a-f]{32}\.(?:png|mp3)", data)}
        assert named <= there
        if self.limit >= self.numbers:
            assert named == there
        assert {documents[path] for path in there} <= {path.read_bytes() for path in media_in(self.root / "seeds")}

    def encodings_are_of_their_documents(self) -> None:
        documents = {path: data for path, data in tree(self.root / "feeds").items() if not path.startswith("media/")}
        for encoding in map(ENCODINGS.get, self.precompress):
            encoded = {path for path in documents if path.endswith(encoding.suffix)}
            assert len(encoded) * (1 + len(self.precompress)) == len(documents)
            for path in encoded:
                of = path.removesuffix(encoding.suffix)
                assert decoded(path, documents[path]) == documents[of]
                times = [(self.root / "feeds" / each).stat().st_mtime_ns for each in (path, of)]
                assert times[0] == times[1]

    def nothing_returns_that_was_pushed_out(self, folder: str, now: set[str]) -> None:
        """An entry that left while its item stayed as it was made room for a newer one, and is not seen again."""
        current = {self.ids[item.number]: item for item in self.items.values() if item.number in self.ids and item.good}
        for entry_id in self.before.get(folder, set()) - now:
            item = current.get(entry_id)
            in_folder = folder in (".", f"providers/provider-{item.number % 3}") if item else False
            if in_folder:
                self.left.setdefault(folder, set()).add(entry_id)
        assert not now & self.left.get(folder, set())
        self.before[folder] = now


class SubscribersOfAPrivateFeed(Subscribers):
    """A private feed is a site of its own, with the promises of any other, beside the public one."""

    def publish(self) -> None:
        super().publish()
        self.publish_privately("private", "private-state", "1")

    def publish_privately(self, folder: str, state: str, mark: str) -> None:
        choices = self.choices | {"families": (), "own": "insiders", "mark": mark}
        with publisher(self.root, folder, state, **choices) as opened:
            report = opened.publish(self.now)
        assert report.refused is None
        assert not report.failed

    def promises_hold(self) -> None:
        super().promises_hold()
        self.the_private_feed_has_what_it_should()
        self.what_is_for_others_is_not_in_it()

    def the_private_feed_has_what_it_should(self) -> None:
        shown = {entry.title for entry in feedparser.parse(self.root / "private/atom.xml").entries}
        assert shown == {item.good_for_insiders for item in self.items.values() if item.good_for_insiders}
        shutil.copytree(self.root / "private-state", self.root / "copy")
        self.publish_privately("private-full", "copy", "another")
        assert tree(self.root / "private") == tree(self.root / "private-full")
        shutil.rmtree(self.root / "private-full")
        shutil.rmtree(self.root / "copy")

    def what_is_for_others_is_not_in_it(self) -> None:
        everything = b"\n".join(tree(self.root / "private").values())
        for item in self.items.values():
            if item.audience == ["team"] and not item.damaged:
                assert not re.search(rb"\b(?:Item|Body of) %d\b|/%d\.mp3" % (item.number, item.number), everything)


class SubscribersOfSmallFeeds(Subscribers):
    limit = 3
    beginning = 6


class SubscribersOfADaemon(Subscribers):
    """Passes are made by one publisher that goes on, and looks only where something happened."""

    def publish(self) -> None:
        whole = self.altered or not (self.root / "feeds").exists()
        report = self.running.publish(self.now, touched=None if whole else self.touched)
        assert report.refused is None
        assert not report.failed
        self.touched.clear()
        self.altered = False


class SubscribersOfADaemonWithSmallFeeds(SubscribersOfADaemon):
    limit = 3
    beginning = 6


class SubscribersOfViews(SubscribersOfADaemon):
    limit = 3
    beginning = 6
    views = EVERY_VIEW
    families = ("topics", "providers", "authors")

    def __init__(self) -> None:
        self.hot: list[str] = []
        self.pushed_out: set[str] = set()
        self.digests: dict[str, tuple[list[str | None], list[str]]] = {}
        super().__init__()

    def nothing_comes_again(self) -> None:
        super().nothing_comes_again()
        self.hot_is_sticky()
        self.a_digest_stays_but_for_what_is_withdrawn()

    def a_digest_stays_but_for_what_is_withdrawn(self) -> None:
        """Neither edits, heat and stories nor time change a digest; what is withdrawn is not to be seen in it."""
        for path in (self.root / "feeds").rglob("digest/*/atom.xml"):
            for entry in etree.parse(path).getroot().iter("{*}entry"):
                names = ("title", "published", "updated")
                stays = [entry.findtext(f"{{*}}{name}") for name in names]
                lines = re.findall("<li>.*?</li>", entry.findtext("{*}content"), re.DOTALL)
                before, first = self.digests.setdefault(entry.findtext("{*}id"), (stays, lines))
                assert stays == before
                assert lines == [line for line in first if self.may_be_seen(line)]

    def may_be_seen(self, line: str) -> bool:
        item = self.items.get(number_in(re.search("<strong>(?:<a .*?>)?(.*?)<", line)[1]))
        return item is not None and item.good is not None

    def hot_is_sticky(self) -> None:
        """What is hot leaves when it is withdrawn or pushed out by newer admissions, and only then."""
        root = etree.parse(self.root / "feeds/hot/atom.xml").getroot()
        now = [entry.findtext("{*}id") for entry in root.iter("{*}entry")]
        kept = [entry_id for entry_id in now if entry_id in self.hot]
        shown = {self.ids[item.number] for item in self.items.values() if item.number in self.ids and item.good}
        new, left = set(now) - set(self.hot), (set(self.hot) - set(now)) & shown
        assert set(now[: len(new)]) == new  # the newest admission first
        assert len(now) == self.limit or not left
        self.pushed_out = (self.pushed_out & shown) | left
        assert not new & self.pushed_out
        assert len(kept) + len(new) == len(now)
        self.hot = now


class SubscribersOfFamilies(SubscribersOfADaemon):
    """Families of feeds are taken out of the configuration, and put in again."""

    limit = 3
    beginning = 6
    families = NAMED_FAMILIES

    @rule(families=st.sets(st.sampled_from(NAMED_FAMILIES)))
    def chooses_families(self, families: set[str]) -> None:
        self.choices["families"] = tuple(name for name in NAMED_FAMILIES if name in families)
        self.running.close()
        self.running = self.closing.enter_context(publisher(self.root, **self.choices))


class SubscribersOfArchives(SubscribersOfADaemon):
    """Feeds have archives, which are switched on and off, and change their size."""

    limit = 3
    beginning = 6

    def __init__(self) -> None:
        self.archived: dict[Path, set[str]] = {}
        super().__init__()
        self.chooses_archives({"all", "topics", "providers"}, 2)

    @rule(feeds=st.sets(st.sampled_from(["all", "topics", "providers"])), size=st.integers(1, 3))
    def chooses_archives(self, feeds: set[str], size: int) -> None:
        self.choices["archives"] = ArchiveSettings(tuple(sorted(feeds)), size)
        self.running.close()
        self.running = self.closing.enter_context(publisher(self.root, **self.choices))
        self.touched.clear()
        self.altered = True

    def nothing_comes_again(self) -> None:
        super().nothing_comes_again()
        archives = self.choices["archives"]
        for path in (self.root / "feeds").rglob("atom.xml"):
            window = atom_ids(path)
            documents = sorted((path.parent / "archive").glob("*.atom.xml"))
            archived = [entry for document in documents for entry in atom_ids(document)]
            assert len({*window, *archived}) == len(window) + len(archived)
            assert max(map(len, map(atom_ids, documents)), default=0) <= archives.size
            assert not self.archived.get(path.parent, set()) & set(window)
            self.archived.setdefault(path.parent, set()).update(archived)
            if path.parent == self.root / "feeds" and "all" in archives.feeds:
                with closing(sqlite3.connect(self.root / "state/ledger.sqlite3")) as db:
                    wanted = {entry for (entry,) in db.execute("SELECT id FROM entries WHERE shown")}
                assert {*window, *archived} == wanted


def atom_ids(path: Path) -> list[str]:
    return [entry.findtext("{*}id") for entry in etree.parse(path).getroot().iter("{*}entry")]


class SubscribersOfAMovedSite(SubscribersOfADaemon):
    """Items come from the feed of another publisher, with ids that several of them may claim."""

    beginning = 3

    def __init__(self) -> None:
        self.claimed: dict[int, str | None] = {}  # when the item was first seen published
        self.refused: dict[str, str] = {}  # why, by path
        self.shared: dict[str, str] = {}  # likewise, of items that are published with another id than they claim
        super().__init__()
        self.choices["kept_ids"] = KEPT_IDS
        self.running.close()
        self.running = self.closing.enter_context(publisher(self.root, **self.choices))

    @rule(guid=st.sampled_from([*GUIDS, None]), has_link=st.booleans())
    def adds_an_item_with_a_guid(self, guid: str | None, has_link: bool) -> None:
        self.add_with(guid or f"tag:old.example,2020:{self.numbers}", has_link=has_link)

    @rule(count=st.integers(2, 3), has_link=st.booleans())
    def adds_items_that_claim_one_id(self, count: int, has_link: bool) -> None:
        guid = f"of several, {self.numbers}"
        for _ in range(count):
            self.add_with(guid, has_link=has_link)

    def add_with(self, guid: str, *, has_link: bool) -> None:
        item = Item(self.numbers, f"guid-{self.numbers}.md")
        item.guid = guid
        item.link = item.link if has_link else None
        self.numbers += 1
        self.items[item.number] = item
        self.write(item)

    @rule(data=st.data(), guid=st.sampled_from([*GUIDS, None]))
    def gives_an_item_a_guid(self, data: st.DataObject, guid: str | None) -> None:
        item = self.pick(data)
        item.guid = guid
        self.write(item)

    def publish(self) -> None:
        whole = self.altered or not (self.root / "feeds").exists()
        report = self.running.publish(self.now, touched=None if whole else self.touched)
        assert not (report.refused or report.failed)
        about_ids = {each.path: each.reason for each in report.problems if "its id in the old feed" in each.reason}
        self.shared = {path: reason for path, reason in about_ids.items() if "which keeps it" in reason}
        self.refused = {path: reason for path, reason in about_ids.items() if path not in self.shared}
        self.touched.clear()
        self.altered = False

    def bad_files_harm_only_themselves(self) -> None:
        """An item whose id is another's is published as soon as that is settled, if it comes later than the other."""
        shown = {entry.title: entry.id for entry in feedparser.parse(self.root / "feeds/rss.xml").entries}
        expected = {item.good: item for item in self.items.values() if item.good}
        assert shown.keys() <= expected.keys()
        for title, item in expected.items():
            assert (title in shown) != (item.path in self.refused), item.path
        for title, guid in shown.items():
            item = expected[title]
            if item.number not in self.claimed:
                self.claimed[item.number] = guid
                if not item.damaged and item.guid:
                    assert (guid == item.guid) != (item.path in self.shared)
            assert self.claimed[item.number] == guid
        assert len(set(shown.values())) == len(shown)
        self.refusals_have_reasons({item.path: item for item in expected.values()})

    def refusals_have_reasons(self, by_path: dict[str, Item]) -> None:
        """The id of which a problem tells is the id of an item that was published."""
        for path, reason in (self.refused | self.shared).items():
            assert path in by_path
            assert reason.partition(", its id")[0] in self.claimed.values()

    def what_has_no_link_has_a_page(self) -> None:
        """Tried by the others."""


class SubscribersOfFoldedStories(SubscribersOfADaemon):
    stories = StorySettings(fold_published=True)


class SubscribersOfPrecompressedFeeds(SubscribersOfADaemon):
    precompress = ("brotli", "gzip")


SHAPE = settings(
    max_examples=examples(12),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FEWER = settings(SHAPE, max_examples=examples(8))  # of what costs more to try, and differs less from the others
TestPromises = Subscribers.TestCase
TestPromises.settings = SHAPE
TestPromisesOfAPrivateFeed = SubscribersOfAPrivateFeed.TestCase
TestPromisesOfAPrivateFeed.settings = FEWER
TestPromisesOfSmallFeeds = SubscribersOfSmallFeeds.TestCase
TestPromisesOfSmallFeeds.settings = SHAPE
TestPromisesOfADaemon = SubscribersOfADaemon.TestCase
TestPromisesOfADaemon.settings = SHAPE
TestPromisesOfADaemonWithSmallFeeds = SubscribersOfADaemonWithSmallFeeds.TestCase
TestPromisesOfADaemonWithSmallFeeds.settings = SHAPE
TestPromisesOfViews = SubscribersOfViews.TestCase
TestPromisesOfViews.settings = FEWER
TestPromisesOfFamilies = SubscribersOfFamilies.TestCase
TestPromisesOfFamilies.settings = FEWER
TestPromisesOfArchives = SubscribersOfArchives.TestCase
TestPromisesOfArchives.settings = SHAPE
TestPromisesOfAMovedSite = SubscribersOfAMovedSite.TestCase
TestPromisesOfAMovedSite.settings = FEWER
TestPromisesOfFoldedStories = SubscribersOfFoldedStories.TestCase
TestPromisesOfFoldedStories.settings = FEWER
TestPromisesOfPrecompressedFeeds = SubscribersOfPrecompressedFeeds.TestCase
TestPromisesOfPrecompressedFeeds.settings = FEWER


def test_one_process_and_several_leave_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seeds").mkdir()
    for number in range(700):
        item = Item(number, f"page-{number}.md")
        (tmp_path / "seeds" / item.path).write_text(item.text() if number % 50 else "---\ntitle: [")
    choices = {"limit": 40, "views": EVERY_VIEW, "archives": ArchiveSettings(("all", "topics"), 30)}
    with publisher(tmp_path, "one", "state-one", workers=1, **choices) as opened:
        one = opened.publish(START)
    monkeypatch.setattr(read, "MANY_FILES", 2)
    monkeypatch.setattr(write_documents, "MANY_ENTRIES", 2)
    monkeypatch.setattr(write_archives, "MANY_ENTRIES", 2)
    with publisher(tmp_path, "many", "state-many", workers=2, **choices) as opened:
        many = opened.publish(START)
    assert tree(tmp_path / "one") == tree(tmp_path / "many")
    assert one == many
    assert len(one.problems) == 14
