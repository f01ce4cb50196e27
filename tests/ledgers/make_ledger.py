"""Makes a ledger as an earlier version of feedd would leave it, with the feeds that belong to it, by its own code.

    .venv/bin/python tests/ledgers/make_ledger.py COMMIT NAME

writes tests/ledgers/NAME.tar.xz: the items of a small site, its configuration, its feeds and its ledger, after three
days. NAME is the version for a release, and `format-16` for the last commit whose ledgers have format 16. The commit's
code runs with the packages of this environment, and with `time-machine`, so that two runs give the same ledger.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
DAY_ONE = datetime(2026, 1, 5, 12, tzinfo=UTC)
HIDDEN = "A hidden text."  # of items that are withheld at the end
BROKEN = "broken.md"  # cannot be read at the end
PLAIN = {"base_url": "https://feeds.example/", "authority": "feeds.example,2026", "title": "Ledgers"}
FULL = {**PLAIN, "views": {"feeds": ["all"], "digest": ["daily"]}}  # which the oldest do not know
RUN = """
import sys
import time_machine
with time_machine.travel(float(sys.argv.pop(1)), tick=False):
    import datetime, feedd.cli.main as cli
    if hasattr(cli, "entry_point"):
        cli.entry_point()
    else:
        sys.exit(cli.main(sys.argv[1:]))
"""


def item(
    title: str, body: str = "A text with *emphasis*, `code` & a [link](https://x.example/?a=1&b=2).", **fields: object
) -> str:
    """The text of an item."""
    front = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())
    return f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n{front}---\n{body}\n"


def link(name: str) -> str:
    """An address of an item."""
    return f"https://news.example/{name}"


def one(name: str) -> dict[str, str]:
    """A provider."""
    return {"name": name, "domain": f"{name.lower()}.example"}


DAYS: tuple[Mapping[str, str | None], ...] = (  # what is written on each day; None: what is deleted
    {
        "dated.md": item(
            "Dated",
            "# A heading\n\n- one\n- two\n\n> quoted\n\n```\ncode & more\n```\n",
            webUrl=link("dated"),
            publishedDateTime="2026-01-04T08:00:00Z",
            topics=["AI", "人工智能"],
            provider=one("One"),
            heat=40,
        ),
        "undated.md": item("Undated", webUrl=link("undated"), topics=["AI"], quality=55),
        "neither.md": item("Neither link nor date", topics=["C++"]),
        "story-a.md": item(
            "Deep learning predicts how cancer cells spread",
            webUrl=link("story-a"),
            publishedDateTime="2026-01-04T10:00:00Z",
            provider=one("One"),
            quality=60,
            related=[{"title": "Related", "webUrl": link("story-b")}],
        ),
        "story-b.md": item(
            "Deep learning predicts how cancer cells spread, study says",
            webUrl=link("story-b"),
            publishedDateTime="2026-01-04T11:00:00Z",
            provider=one("Two"),
            quality=50,
        ),
        "moved.md": item("Moved", webUrl=link("moved"), publishedDateTime="2026-01-03T09:00:00Z"),
        "linked.md": item("Linked", webUrl="http://www.news.example/linked/", publishedDateTime="2026-01-03T10:00:00Z"),
        "edited.md": item("Edited", webUrl=link("edited"), publishedDateTime="2026-01-03T11:00:00Z"),
        "withheld.md": item("Withheld", HIDDEN, webUrl=link("withheld"), published=False),
        "withdrawn.md": item("Withdrawn", HIDDEN, webUrl=link("withdrawn")),
        "deleted.md": item("Deleted", webUrl=link("deleted"), publishedDateTime="2026-01-03T12:00:00Z"),
        BROKEN: item("Last good version", webUrl=link("broken"), publishedDateTime="2026-01-03T13:00:00Z"),
        "due.md": item("Due", webUrl=link("due"), publishedDateTime="2026-01-06T06:00:00Z"),
        "2026-01-02-video.md": "---\ntitle: Video\nvideoId: abcdefghijk\n---\nFrom: [[one_channel]]\n\nSee [[Dated]]\n",
        "told.md": item(
            "Cellsâ€™ tale",
            webUrl=link("told"),
            publishedDateTime="2026-01-02T09:00:00+01:00",
            updatedDateTime="2026-01-04T09:00:00Z",
        ),
        "identified.md": item("Identified", webUrl=link("identified"), guid="urn:x:1"),
    },
    {
        "moved.md": None,
        "folder/moved.md": item("Moved", webUrl=link("moved"), publishedDateTime="2026-01-03T09:00:00Z"),
        "linked.md": item("Linked", webUrl=link("linked-anew"), publishedDateTime="2026-01-03T10:00:00Z"),
        "edited.md": item("Edited", "Another text.", webUrl=link("edited"), publishedDateTime="2026-01-03T11:00:00Z"),
        "withdrawn.md": item("Withdrawn", HIDDEN, webUrl=link("withdrawn"), published=False),
        "heated.md": item("Heated", webUrl=link("heated"), provider=one("Two"), heat=90),
    },
    {
        "deleted.md": None,
        BROKEN: "---\ntitle: [\n---\n",
        "later.md": item("Later", provider=one("One"), topics=["AI"]),
    },
)


def publish(site: Path, code: Path) -> None:
    """Has a version's code publish a site on three days, as its items change."""
    environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    for number, files in enumerate(DAYS):
        for name, text in files.items():
            path = site / "seeds" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        for path in (site / "seeds").rglob("*.md"):
            os.utime(path, (1767000000 + number, 1767000000 + number))
        (site / "config").mkdir(exist_ok=True)
        for config in (FULL, PLAIN):
            (site / "config/feedd.yaml").write_text(
                "".join(f"{key}: {json.dumps(value)}\n" for key, value in config.items())
            )
            now = (DAY_ONE + number * timedelta(days=1)).timestamp()
            done = subprocess.run(
                [sys.executable, "-P", "-c", RUN, str(now), "render"],
                cwd=site,
                env=environment,
                capture_output=True,
                text=True,
            )
            if done.returncode != 2:  # a mistake in the configuration: a key that is not known yet
                break
        assert done.returncode == 0, done.stdout + done.stderr
        print(done.stdout, done.stderr)


def packed(site: Path, about: Mapping[str, str]) -> bytes:
    """An archive of a site. Its ledger is one file without free pages."""
    ledger = site / ".feedd/ledger.sqlite3"
    with closing(sqlite3.connect(ledger)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM INTO ?", (str(site / "ledger.sqlite3"),))
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        paths = [path for name in ("config", "seeds", "feeds") for path in (site / name).rglob("*") if path.is_file()]
        for path in sorted([*paths, site / "ledger.sqlite3"]):
            _add(archive, path.relative_to(site).as_posix(), path.read_bytes())
        _add(archive, "about.json", json.dumps(about, indent=1).encode())
    return lzma.compress(made.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def unpack(data: bytes, folder: Path) -> None:
    """Writes the files of an archive below a folder."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for entry in archive:
            if (file := archive.extractfile(entry)) is not None:
                path = folder / entry.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.read())


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o644
    archive.addfile(entry, io.BytesIO(data))


def make(commit: str, name: str) -> Path:
    """Makes the archive of a commit of this repository."""
    git = ("git", "-C", str(ROOT))
    commit = subprocess.run([*git, "rev-parse", commit], capture_output=True, check=True, text=True).stdout.strip()
    code = subprocess.run([*git, "archive", commit, "feedd"], capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(code, folder / "code")
        (folder / "site").mkdir()
        publish(folder / "site", folder / "code")
        last = DAY_ONE + (len(DAYS) - 1) * timedelta(days=1)
        target = HERE / f"{name}.tar.xz"
        target.write_bytes(packed(folder / "site", {"commit": commit, "last": last.isoformat()}))
    return target


if __name__ == "__main__":
    print(make(*sys.argv[1:3]))
