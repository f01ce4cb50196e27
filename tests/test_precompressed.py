"""Encodings of documents, kept beside them: the same document, of the same time, in fewer bytes."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Site, decoded, item, looks

from feedd.model import Document
from feedd.render.content_codings import ENCODINGS, Encoding, head
from feedd.render.recovery.index_parts import is_index_part
from feedd.store.documents import FeedsDirectory

SUFFIXES = (".br", ".gz")
SECOND = 10**9


@pytest.fixture
def published(site: Site) -> Site:
    """A site that has published an item, with encodings."""
    site.configure(precompress=["gzip", "brotli"])
    edit(site, 1)
    return site


def edit(site: Site, edition: int, status: int = 0) -> None:
    site.write("one.md", item(f"Edition {edition}", "https://news.example/1", topics=["Boats"]))
    site.render(status=status)


def assert_of_their_documents(site: Site) -> None:
    """Beside each document lie its encodings, which carry its time, and nothing else. The recovery index is packed."""
    found = {path: data for path, data in site.documents().items() if not is_index_part(path)}
    documents = {path for path in found if not path.endswith(SUFFIXES)}
    assert found.keys() == documents | {path + suffix for path in documents for suffix in SUFFIXES}
    for path in documents:
        for suffix in SUFFIXES:
            assert decoded(path + suffix, found[path + suffix]) == found[path]
            assert mtime(site, path + suffix) == mtime(site, path)


def mtime(site: Site, path: str) -> int:
    return (site.feeds / path).stat().st_mtime_ns


# Encodings


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoding_depends_on_nothing_but_the_bytes(name: str) -> None:
    encoding = ENCODINGS[name]
    assert decoded(encoding.suffix, encoding.encode(b"text" * 999)) == b"text" * 999
    assert encoding.encode(b"text") == encoding.encode(b"text")


def test_gzip_carries_neither_time_nor_name() -> None:
    flags_and_time = ENCODINGS["gzip"].encode(b"text")[3:8]
    assert flags_and_time == bytes(5)  # RFC 1952, section 2.3


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
def test_the_beginning_of_an_encoding_takes_no_more_memory_than_was_asked_for(encoding: Encoding) -> None:
    suffix, encode = encoding.suffix, encoding.encode
    assert len(head(f"x{suffix}", encode(bytes(10**8)), 8192)) <= 1 << 16
    assert head(f"x{suffix}", encode(b"text")) == b"text"
    assert head(f"x{suffix}", b"no encoding at all") == b""
    assert head("x", encode(b"text")) == encode(b"text")


# A site with encodings


def test_each_document_has_its_encodings_beside_it(published: Site) -> None:
    assert {
        "atom.xml.gz",
        "topics/boats/feed.json.br",
        "feeds.opml.gz",
        "index.html.br",
    } <= published.documents().keys()
    assert_of_their_documents(published)


def test_an_edit_is_in_every_encoding(published: Site) -> None:
    edit(published, 2)
    assert b"Edition 2" in (published.feeds / "atom.xml").read_bytes()
    assert_of_their_documents(published)


def test_with_nothing_to_do_nothing_is_written(published: Site) -> None:
    before = looks(published.feeds)
    published.configure(precompress=["brotli", "gzip"])
    published.settle()
    edit(published, 1)
    assert published.render().written == ()
    assert looks(published.feeds) == before


def test_by_default_there_is_none(site: Site) -> None:
    site.configure()
    edit(site, 1)
    assert not [path for path in site.documents() if path.endswith(SUFFIXES)]


def test_an_encoding_that_is_no_longer_wanted_goes(published: Site) -> None:
    before = looks(published.feeds)
    published.configure(precompress=["gzip"])
    report = published.render()
    assert report.written == ()
    assert {path.rpartition(".")[2] for path in report.deleted} == {"br"}
    assert looks(published.feeds) == {path: look for path, look in before.items() if not path.endswith(".br")}


def test_a_document_that_is_no_longer_wanted_takes_its_encodings_along(published: Site) -> None:
    published.configure(precompress=["gzip", "brotli"], formats=["atom"])
    published.render()
    assert not [path for path in published.documents() if "rss.xml" in path or "feed.json" in path]
    assert_of_their_documents(published)


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"tampered with"), os.utime])
def test_an_encoding_that_was_meddled_with_is_mended(published: Site, harm: Callable[[Path], object]) -> None:
    before = looks(published.feeds)
    for suffix in SUFFIXES:
        harm(published.feeds / f"topics/boats/atom.xml{suffix}")
    report = published.render()
    assert sorted(report.written) == [f"topics/boats/atom.xml{suffix}" for suffix in SUFFIXES]
    assert_of_their_documents(published)
    assert looks(published.feeds)["topics/boats/atom.xml"] == before["topics/boats/atom.xml"]


def test_encodings_follow_the_time_of_a_document_that_was_touched(published: Site) -> None:
    os.utime(published.feeds / "atom.xml", ns=(0, 1234567890123456789))
    published.render()
    assert mtime(published, "atom.xml") == 1234567890123456789
    assert_of_their_documents(published)


# What goes wrong


def test_an_encoding_that_cannot_be_written_is_reported_and_harms_no_other(published: Site) -> None:
    (published.feeds / "atom.xml.gz").unlink()
    (published.feeds / "atom.xml.gz").mkdir()
    (published.feeds / "atom.xml.gz/mine").touch()
    published.write("one.md", item("Edition 2", "https://news.example/1", topics=["Boats"]))
    report = published.render(status=3)
    assert [problem.path for problem in report.failed] == ["atom.xml.gz"]
    assert b"Edition 2" in (published.feeds / "atom.xml").read_bytes()
    assert b"Edition 2" in decoded(".br", (published.feeds / "atom.xml.br").read_bytes())
    shutil.rmtree(published.feeds / "atom.xml.gz")
    assert published.render().written == ("atom.xml.gz",)
    assert_of_their_documents(published)


def test_encodings_are_not_newer_than_a_document_that_cannot_be_written(published: Site) -> None:
    (published.feeds / "atom.xml").unlink()
    (published.feeds / "atom.xml").mkdir()
    (published.feeds / "atom.xml/mine").touch()
    published.write("one.md", item("Edition 2", "https://news.example/1", topics=["Boats"]))
    report = published.render(status=3)
    assert [problem.path for problem in report.failed] == ["atom.xml"]
    assert not [path for path in published.documents() if path.startswith("atom.xml.")]
    shutil.rmtree(published.feeds / "atom.xml")
    published.render()
    assert_of_their_documents(published)


class FullDisk(FeedsDirectory):
    """A directory with no room for files of some names."""

    full_for: tuple[str, ...] = ()

    def _put_beside(self, document: Document, mtime_ns: Callable[[int], int]) -> int:
        if document.path.endswith(self.full_for):
            raise OSError(errno.ENOSPC, "No space left on device")
        return super()._put_beside(document, mtime_ns)


def test_an_outdated_encoding_does_not_stay_for_lack_of_space(tmp_path: Path) -> None:
    directory = FullDisk(tmp_path)
    directory.write(Document("a", b"old"), [Document("a.gz", b"old, encoded")])
    directory.full_for = (".gz",)
    document, encoded = directory.write(Document("a", b"new"), [Document("a.gz", b"new, encoded")])
    assert document.changed
    assert encoded.error is not None
    assert {path.name for path in tmp_path.iterdir()} == {"a"}


def test_without_space_for_the_document_all_stays_as_it_was(tmp_path: Path) -> None:
    directory = FullDisk(tmp_path)
    directory.write(Document("a", b"old"), [Document("a.gz", b"old, encoded")])
    before = looks(tmp_path)
    directory.full_for = ("a",)
    with pytest.raises(OSError, match="No space"):
        directory.write(Document("a", b"new"), [Document("a.gz", b"new, encoded")])
    assert looks(tmp_path) == before


def test_encodings_of_a_lost_ledger_go_if_they_are_feedds(published: Site) -> None:
    published.configure(formats=["atom"])
    shutil.rmtree(published.state)
    (published.feeds / "providers/mine").mkdir(parents=True)
    for folder in ("providers/mine", "topics"):
        (published.feeds / folder / "atom.xml.gz").write_bytes(ENCODINGS["gzip"].encode(b"<feed/>"))
    published.render()
    left = {path for path in published.documents() if path.endswith(SUFFIXES)}
    assert left == {"providers/mine/atom.xml.gz", "topics/atom.xml.gz"}


# The time of a document


def test_every_state_of_a_document_has_a_second_of_its_own(tmp_path: Path) -> None:
    directory = FeedsDirectory(tmp_path)
    seconds = [directory.write(Document("a", b"%d" % number))[0].stat.mtime_ns // SECOND for number in range(5)]
    assert seconds == sorted(set(seconds))


def test_the_time_of_a_document_never_goes_back(tmp_path: Path) -> None:
    directory = FeedsDirectory(tmp_path)
    (written,) = directory.write(Document("a", b"old"))
    tomorrow = written.stat.mtime_ns + 86400 * SECOND
    os.utime(tmp_path / "a", ns=(tomorrow, tomorrow))
    (written,) = directory.write(Document("a", b"new"))
    assert written.stat.mtime_ns == (tomorrow // SECOND + 1) * SECOND
