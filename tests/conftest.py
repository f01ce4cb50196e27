"""Fixtures that tests of the whole program share. Helpers that are no fixtures are in support.py."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import other_dates
import pytest
from hypothesis import settings
from object_servers import BadLink, Bucket, StoreServer, azurite, seaweedfs
from support import Running, Site, end, refuse_to_open_the_ledger, small_disk

if TYPE_CHECKING:
    from browsers import Browser

other_dates.move_clock()
sys.addaudithook(refuse_to_open_the_ledger)

# What a shell runs in the background ignores SIGINT, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples at every run, so that a run does not depend on luck. To look for new ones:
# pytest --hypothesis-profile=explore
settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile("steady")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    """A new site with an empty seeds/, in the working directory, with nothing configured but whose it is."""
    root = tmp_path / "site"
    (root / "config").mkdir(parents=True)
    (root / "config/feedd.yaml").write_text("authority: feeds.example,2026\n")
    monkeypatch.chdir(root)
    for name in ("STATE_DIRECTORY", "NO_COLOR", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    return Site(root, capsys)


@pytest.fixture
def daemon(site: Site) -> Iterator[Callable[..., Running]]:
    """Starts daemons on the site, with these arguments of `feedd run`; they are ended with the test."""
    started: list[Running] = []

    def start(*arguments: str, **options: Any) -> Running:
        started.append(Running(site, *arguments, **options))
        return started[-1]

    yield start
    for each in started:
        end(each.process)


@pytest.fixture(scope="session")
def may_mount(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where a small file system cannot be mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    with small_disk(tmp_path_factory.mktemp("disk") / "d", "size=64k") as failure:
        if failure:
            pytest.skip(f"a small file system cannot be mounted here: {failure}")


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    """A store that speaks S3."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    """A store that speaks Azure Blob."""
    with azurite(tmp_path_factory.mktemp("azurite")) as server:
        yield server


def _only(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], home: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_")):
            monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(home / name.lower()))  # not those of who runs the tests


@pytest.fixture
def bucket(s3_server: StoreServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bucket:
    """A bucket of its own, which clients find by the environment."""
    _only(monkeypatch, s3_server.environment, tmp_path)
    return Bucket(s3_server)


@pytest.fixture
def container(azure_server: StoreServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bucket:
    """A container of its own, which clients find by the environment."""
    _only(monkeypatch, azure_server.environment, tmp_path)
    return Bucket(azure_server, "az")


@pytest.fixture
def link(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[BadLink]:
    """A link to the bucket, which clients use from now on. It is good until a test wants it otherwise."""
    with BadLink(bucket.server) as between:
        for name, value in between.server.environment.items():
            monkeypatch.setenv(name, value)
        yield between


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for the tests of a module."""
    from browsers import Browser  # takes long to load

    started = Browser(tmp_path_factory.mktemp("browser"))
    yield started
    started.driver.quit()
