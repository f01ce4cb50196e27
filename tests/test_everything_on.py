"""A site with all parts of documents switched on, in several languages: schemas and readers accept each document."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import jsonschema
import podcastparser
import pytest
from http_support import own_host
from lxml import etree
from picture_server import PictureServer, photo
from support import Site, assert_well_formed, item, tree
from test_clients import SCHEMAS

from feedd.deliver.mirror.public_addresses import PublicAddresses
from feedd.store.private_feeds.private_tree import PrivateTree

ATOM, DELETED = "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
START = datetime(2026, 1, 6, 12, tzinfo=UTC)
BODY = """**{title}** [[8]] <https://site.example/?a=1&b=2>

![{title}]({url})

- [ ] x

```
]]> <x>
```
"""
SITES = {
    "de": ("Häfen & Schiffe", "Ein Hafen öffnet „früh“"),
    "ar": ("موانئ وسفن", "ميناء يفتح أبوابه"),
    "ja": ("港と船", "港が開く"),
}


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with PictureServer() as server:
        yield server


def configure(site: Site, language: str, title: str) -> None:
    site.addresses = PublicAddresses(None, (f"{own_host()}/32",))
    site.configure(
        base_url="https://feeds.example/f/",
        title=title,
        description=f"{title}: <alles> & mehr",
        language=language,
        author={"name": "Ada", "email": "ada@example.org", "uri": "https://ada.example/"},
        icon="https://site.example/icon.png",
        logo="https://site.example/logo.png",
        limit=4,
        families=["topics", "providers", "authors", "languages"],
        views={"feeds": ["all", "topics", "saved"], "hot": 40, "top": 3, "digest": ["daily", "weekly"]},
        archives={"feeds": ["all", "topics", "providers", "authors", "languages", "saved"], "size": 2},
        markdown_source=True,
        images={"mirror": True},
        podcast={
            "category": ["Science > Earth Sciences"],
            "owner": {"name": "Ada", "email": "ada@example.org"},
            "explicit": False,
            "cover": "https://site.example/cover.jpg",
            "type": "episodic",
            "locked": True,
        },
        feeds={
            "show": {"title": f"{title} 1", "description": "Ton", "topics": ["Ton"]},
            "friends": {"title": f"{title} 2", "topics": ["Schiffe"]},
        },
        private={"feeds": ["friends"]},
        websub={"hubs": ["https://hub.example/"]},
        precompress=["gzip"],
        recover_index=True,
    )


def write(site: Site, server: PictureServer, language: str, title: str) -> None:
    url = server.has("/boat.jpg", photo(900, 600))
    for number in range(9):
        date = f"{START - timedelta(hours=7 * number):%Y-%m-%dT%H:%M:%SZ}"
        site.write(
            f"{number}.md",
            item(
                f"{title} {number} <b> &amp; ]]>",
                f"https://site.example/{number}" if number % 3 else None,
                date,
                body=BODY.format(title=title, url=url),
                provider={"name": f"Herald {number % 2}", "domain": "herald.example", "authors": ["Bö & Co"]},
                images=[{"url": url, "title": title}] if number % 2 else None,
                topics=["Schiffe", "C++"] if number % 2 else ["Ton"],
                tags=["a, b", title],
                locale=("de-AT", "ar", "ja", "und")[number % 4],
                heat=10 * number,
                related=[{"title": "Another", "webUrl": "https://other.example/", "provider": {"name": "Other"}}],
                enclosure="sound.mp3" if number % 2 == 0 else None,
                episode={"number": number + 1, "season": 1} if number % 2 == 0 else None,
                length="PT1H2M3S" if number % 2 == 0 else None,
                excerpt=f"{title}: &lt;p&gt;",
                originalUrl="https://amp.example/" if number == 4 else None,
            ),
        )
    site.write("sound.mp3", b"ID3" + bytes(4000))
    site.write("zebra.md", item(f"{title} zebra", audience="friends", body=f"![{title}]({server.url('/boat.jpg?2')})"))
    server.has("/boat.jpg?2", photo(300, 200))


@pytest.mark.parametrize("language", SITES)
def test_schemas_and_readers_accept_every_document(site: Site, server: PictureServer, language: str) -> None:
    title, words = SITES[language]
    configure(site, language, title)
    write(site, server, language, words)
    site.now = START
    site.render()
    for number in (1, 2):
        (site.seeds / f"{number}.md").unlink()
    site.now = START + timedelta(days=8)
    site.render()
    found = site.documents()
    own = tree(PrivateTree(site.state).feeds_of("friends"))
    assert_well_formed(found)
    assert_well_formed(own)
    everything = {f"public/{path}": data for path, data in found.items()} | {
        f"own/{p}": data for p, data in own.items()
    }
    assert_every_part_is_there(found)
    assert_every_part_is_there(own, is_private=True)
    assert_readers_accept(everything)
    if SCHEMAS.is_dir():
        assert_schemas_accept(everything)


def assert_every_part_is_there(documents: dict[str, bytes], *, is_private: bool = False) -> None:
    """Nothing is tried in vain."""
    feeds = b"".join(data for path, data in documents.items() if path.endswith(".xml"))
    for part in (b"source:markdown", b"media:content", b"/pictures/", b"podcast:", b"fh:archive", b"<summary"):
        assert part in feeds, part
    if not is_private:
        assert DELETED in {each.tag for each in etree.fromstring(documents["atom.xml"])}
        for path in ("hot", "top", "digest/daily", "digest/weekly", "saved/show", "languages/ar", "authors/bö-and-co"):
            assert f"{path}/atom.xml" in documents, path
        assert any(path.startswith("entry/") for path in documents)


def assert_schemas_accept(documents: dict[str, bytes]) -> None:
    atom = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    schema = json.loads((SCHEMAS / "jsonfeed-1.1.schema.json").read_bytes())
    for path, data in documents.items():
        if path.endswith("atom.xml"):
            assert atom.validate(etree.fromstring(data).getroottree()), (path, atom.error_log)
        elif path.endswith("feed.json"):
            jsonschema.validate(json.loads(data), schema)


def assert_readers_accept(documents: dict[str, bytes]) -> None:
    for path, data in documents.items():
        if not path.endswith(("atom.xml", "rss.xml")):
            continue
        assert b'<summary type="text"/>' not in data, path
        found = feedparser.parse(data)
        assert not found.bozo, (path, found.bozo_exception)
        assert len({entry.id for entry in found.entries}) == len(found.entries), path
        other = Path(path).name.endswith("rss.xml")
        if other:
            episodes = podcastparser.parse(path, io.BytesIO(data))["episodes"]
            assert len(episodes) == len(found.entries), path
