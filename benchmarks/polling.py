"""A day of polling: how many bytes readers are sent that take deltas (RFC 3229), beside readers that do not.

    blog --> feedd render --> feedd serve <-- each reader: If-None-Match, twice an hour; with and without A-IM: feed
      ^                                |
      +-- a new post an hour           +--> bytes of heads and bodies

All readers take gzip, and begin with the feed as it was the day before. Bytes are counted, and nothing is timed: a
single run is enough.
"""

from __future__ import annotations

import argparse
import http.client
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from benchmarks import blog, measure
from benchmarks.common import positive, save, workdir
from benchmarks.serving import serving_feedd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

POSTS, HOURS, POLLS_AN_HOUR = 300, 24, 2
NAMES = ("atom.xml", "rss.xml", "feed.json")


class Sent(NamedTuple):
    """What all readers were sent: bytes, and answers by status."""

    size: int
    answers: dict[int, int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.polling", description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=positive, default=1_000, help="how many (default: 1,000)")
    readers = parser.parse_args(argv).readers
    figures: dict[str, dict[str, int]] = {}
    try:
        for name in NAMES:
            with workdir(None) as folder:
                plain, deltas = _day(folder, name, readers)
            figures[name] = {"without": plain.size, "with": deltas.size}
            less = plain.size / deltas.size
            print(f"{name:12} {_words(plain)}\nwith deltas  {_words(deltas)}: {less:.1f} times less")
    except measure.BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    save("polling", 1, {"readers": readers, "bytes": figures}, [])
    return 0


def _words(sent: Sent) -> str:
    answers = ", ".join(f"{count:,} x {status}" for status, count in sorted(sent.answers.items()))
    return f"{sent.size / 1e6:9.1f} MB: {answers}"


def _day(folder: Path, name: str, readers: int) -> tuple[Sent, Sent]:
    seeds, feeds = folder / "seeds", folder / "feeds"
    for index in range(POSTS):
        _write(seeds, index)
    _render(folder)
    with serving_feedd(feeds) as url:
        groups = [_Readers(url, name, readers, {}), _Readers(url, name, readers, {"A-IM": "feed"})]
        for each in groups:
            each.begin()
        for hour in range(HOURS):
            _write(seeds, POSTS + hour)
            _render(folder)
            for _ in range(POLLS_AN_HOUR):
                for each in groups:
                    each.poll()
    return groups[0].sent(), groups[1].sent()


def _write(seeds: Path, index: int) -> None:
    one = blog.item(index, POSTS + HOURS)
    path = seeds / one.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(blog.text(index, POSTS + HOURS), encoding="utf-8")


def _render(folder: Path) -> None:
    command = [sys.executable, "-m", "feedd", "render", "--accept-guesses", "--quiet"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise measure.BenchmarkError(f"feedd render says: {done.stderr or done.stdout}")


class _Readers:
    """Readers that poll one document, on one connection after the other. All have the same version at a time."""

    def __init__(self, url: str, name: str, count: int, headers: dict[str, str]) -> None:
        self._place = urlsplit(url)
        self._path = f"/{name}"
        self._count = count
        self._headers = {"Accept-Encoding": "gzip", **headers}
        self._size = 0
        self._answers: dict[int, int] = {}
        self._tag = ""

    def begin(self) -> None:
        """Takes the document as it is before the day."""
        connection = http.client.HTTPConnection(self._place.hostname or "", self._place.port)
        _, _, self._tag = self._ask(connection)
        connection.close()

    def poll(self) -> None:
        """Each reader asks once."""
        connection = http.client.HTTPConnection(self._place.hostname or "", self._place.port)
        tag = self._tag
        for _ in range(self._count):
            size, status, tag = self._ask(connection)
            self._size += size
            self._answers[status] = self._answers.get(status, 0) + 1
        self._tag = tag
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> tuple[int, int, str]:
        known = {"If-None-Match": self._tag} if self._tag else {}
        connection.request("GET", self._path, headers=self._headers | known)
        answer = connection.getresponse()
        body = answer.read()
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        return len(body) + head, answer.status, answer.headers["ETag"]

    def sent(self) -> Sent:
        """What was sent up to now."""
        return Sent(self._size, self._answers)


if __name__ == "__main__":
    sys.exit(main())
