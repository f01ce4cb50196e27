"""Pictures of other sites in random histories: what nobody may see is in no public folder, and no entry moves."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from http_support import own_host
from object_servers import Bucket
from picture_server import PictureServer, photo
from support import Site, item, tree

from feedd.cli.delivering import deliver_all
from feedd.cli.setup import make_publisher
from feedd.cli.subscribing.private_sites import private_publishers
from feedd.config.load import load
from feedd.config.resolve import pass_settings
from feedd.deliver.mirror.all_mirrors import AllMirrors
from feedd.deliver.mirror.public_addresses import PublicAddresses
from feedd.model import Report
from feedd.run.all_publishers import AllPublishers
from feedd.store.private_feeds.private_tree import PrivateTree

FEEDS = "https://feeds.example/"
PICTURES, ITEMS, STEPS = 7, 6, int(os.environ.get("FEEDD_STEPS", "25"))
SMALL, LARGE = "1 MiB", "64 MiB"
NAME = re.compile(r"pictures/([0-9a-f]{32}\.[a-z]+)")
HIDDEN = ({"published": False}, {"deleted": True}, {"heat": -1}, {"audience": "friends"})


class Note:
    """An item as its author has it in mind. `uses`: the pictures that its entry showed at the last pass."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.link = f"https://site.example/{number}" if number % 2 else None
        self.pictures: list[int] = []
        self.hidden: dict[str, object] = {}
        self.is_there = True
        self.edition = 1
        self.uses: set[int] = set()

    @property
    def title(self) -> str:
        return f"Note {self.number} of edition {self.edition}"

    @property
    def is_shown(self) -> bool:
        return self.is_there and not self.hidden


class History:
    """A site whose items, origins and passes come in random order, held against what its author has in mind."""

    def __init__(self, site: Site, server: PictureServer, seed: int, place: Bucket | None = None) -> None:
        self.site, self.server, self.place = site, server, place
        self.random = random.Random(seed)
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.notes = {number: Note(number) for number in range(ITEMS)}
        self.urls = {number: server.url(f"/{number}.jpg") for number in range(PICTURES)}
        self.data = {number: photo(200 + 40 * number, 150 + 10 * number) for number in range(PICTURES)}
        self.number_of: dict[str, int] = {}  # of the picture that a file is
        self.doomed: set[int] = set()
        self.dead: set[int] = set()
        self.closing = ExitStack()
        self.mirrors: AllMirrors
        for number in self.urls:
            self.revive(number)
        self.begin(LARGE)
        for note in self.notes.values():
            self.edit(note)

    def begin(self, keep: str) -> None:
        """Starts feedd with a configuration."""
        self.closing.close()
        self.keep = keep
        self.site.configure(
            base_url=FEEDS,
            images={"mirror": True, "keep": keep},
            feeds={"friends": {"title": "Friends", "topics": ["Boats"]}},
            private={"feeds": ["friends"]},
            limit=3,
            archives={"feeds": ["all"], "size": 2},
            publish=[self.place.url] if self.place else [],
        )
        self.config = load(None)
        settings = pass_settings(self.config)
        public = make_publisher(self.config, self.site.state, None, settings)
        self.publisher = self.closing.enter_context(AllPublishers(public, lambda: private_publishers(self.config)))
        here = PublicAddresses(None, (f"{own_host()}/32",))
        self.mirrors = AllMirrors(self.site.state, here, lambda: self.now)
        assert settings.site.mirror is not None
        self.mirrors.use(settings.site.mirror, settings.room_for_pictures, settings.selection.private)
        self.closing.callback(self.mirrors.close)

    # What happens

    def kill(self, number: int) -> None:
        self.server.answers.pop(f"/{number}.jpg", None)
        self.dead.add(number)

    def revive(self, number: int) -> None:
        self.server.has(f"/{number}.jpg", self.data[number])
        self.dead.discard(number)

    def edit(self, note: Note) -> None:
        """Gives an item other pictures, and writes it."""
        note.pictures = self.random.sample(sorted(self.urls), self.random.randrange(3))
        note.edition += 1
        note.is_there = True
        self.write(note)

    def write(self, note: Note) -> None:
        urls = [self.urls[number] for number in note.pictures]
        body = "\n\n".join(f"![A picture]({url})" for url in urls[1:]) or "No more."
        date = f"2026-02-{note.number + 1:02}T12:00:00Z"
        fields = {"topics": ["Boats"], "images": [{"url": url} for url in urls[:1]]} | note.hidden
        self.site.write(f"{note.number}.md", item(note.title, note.link, date, body=body, **fields))

    def step(self) -> None:
        note = self.random.choice(list(self.notes.values()))
        what = self.random.choice(["edit", "edit", "hide", "hide", "show", "delete", "kill", "revive", "wait", "keep"])
        if what == "edit" or (what in ("hide", "show") and not note.is_there):
            self.edit(note)
        elif what in ("hide", "show"):
            note.hidden = self.random.choice(HIDDEN) if what == "hide" else {}
            self.write(note)
        elif what == "delete" and note.is_there:
            note.is_there = False
            (self.site.seeds / f"{note.number}.md").unlink()
        elif what == "kill":
            self.kill(self.random.randrange(PICTURES))
        elif what == "revive":
            self.revive(self.random.randrange(PICTURES))
        elif what == "wait":
            self.now += timedelta(days=self.random.choice([1, 16, 31]))
        elif what == "keep":
            self.begin(SMALL if self.keep == LARGE else LARGE)
        if self.random.random() < 0.7:
            self.publish()
        if self.random.random() < 0.5:
            self.fetch()

    def publish(self) -> Report:
        self.now += timedelta(minutes=1)
        report = self.publisher.publish(self.now, allow_empty=True)
        assert (report.refused, report.failed) == (None, ())
        if self.place is not None:
            deliver_all(self.config, lambda: self.now)
        self.check()
        return report

    def fetch(self) -> None:
        """Fetches what is due, and makes the pass that shows it: no entry moves for it."""
        self.publish()
        before = self.shown()
        self.now += timedelta(minutes=1)
        for each in self.mirrors.fetch_all(60.0):
            number = next(number for number, url in self.urls.items() if url == each.url)
            if each.picture is not None:
                found = each.picture
                names = (found.whole, found.thumbnail, found.whole_webp, found.thumbnail_webp)
                self.number_of |= {name.name: number for name in names if name is not None}
        self.publish()
        assert self.shown() == before
        if self.keep == LARGE:
            self.all_are_mirrored()

    # What has to hold

    def shown(self) -> list[tuple[str, str, str, str]]:
        """What readers see of entries but for pictures, in its order."""
        feed = self.site.feed()
        return [(each.id, each.title, each.updated, each.published) for each in feed.entries] + [
            ("", "", feed.feed.updated, "")
        ]

    def pictures_in(self, folder: Path) -> set[str]:
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def check(self) -> None:
        shown: set[int] = set()
        for note in self.notes.values():
            if note.is_shown:
                note.uses = set(note.pictures)
                shown |= note.uses
        for note in self.notes.values():
            if not note.is_shown:
                self.doomed |= note.uses
                note.uses = set()
        self.doomed -= shown
        documents = self.site.documents()
        public, kept = self.pictures_in(self.site.feeds / "pictures"), self.pictures_in(self.site.state / "pictures")
        assert {self.number_of[name] for name in public} <= shown
        assert not {self.number_of[name] for name in kept} & self.doomed
        assert public <= kept
        assert sum((self.site.state / "pictures" / name).stat().st_size for name in kept) <= self.bound()
        for path, data in documents.items():
            text = data.decode(errors="replace")
            assert set(NAME.findall(text)) <= public or path.startswith("pictures/"), path
            hidden = [note.title for note in self.notes.values() if not note.is_shown and note.title in text]
            assert hidden == [], path
        if self.place is not None:
            there = {path for path in self.place.objects() if path.startswith("pictures/")}
            assert there == {f"pictures/{name}" for name in public}
        self.check_private()

    def check_private(self) -> None:
        """Documents of the private feed show only pictures of its own folder, and nothing public has more for it."""
        own = tree(PrivateTree(self.site.state).feeds_of("friends"))
        there = {path.partition("/")[2] for path in own if path.startswith("pictures/")}
        visible = {
            number
            for note in self.notes.values()
            if note.is_there and (not note.hidden or "audience" in note.hidden)
            for number in note.pictures
        }
        assert {self.number_of[name] for name in there} <= visible
        for path, data in own.items():
            assert path.startswith("pictures/") or set(NAME.findall(data.decode(errors="replace"))) <= there, path

    def bound(self) -> int:
        return 1 << 20 if self.keep == SMALL else 64 << 20

    def all_are_mirrored(self) -> None:
        """Every picture that is here is shown from here, dead or alive, and stays so."""
        kept = {self.number_of[name] for name in self.pictures_in(self.site.state / "pictures")}
        public = {self.number_of[name] for name in self.pictures_in(self.site.feeds / "pictures")}
        shown = {number for note in self.notes.values() if note.is_shown for number in note.pictures}
        assert kept & shown == public
        text = b"".join(data for path, data in self.site.documents().items() if not path.startswith("pictures/"))
        for number in public:
            assert self.urls[number].encode() not in text, number


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with PictureServer() as server:
        yield server


@pytest.mark.parametrize("seed", range(int(os.environ.get("FEEDD_HISTORIES", "2"))))
def test_whatever_happens_no_public_folder_has_a_picture_that_nobody_may_see(
    site: Site, server: PictureServer, seed: int
) -> None:
    history = History(site, server, seed)
    with history.closing:
        for _ in range(STEPS):
            history.step()


def test_nor_has_an_object_store(site: Site, server: PictureServer, bucket: Bucket) -> None:
    history = History(site, server, 7, bucket)
    with history.closing:
        for _ in range(STEPS // 2):
            history.step()
