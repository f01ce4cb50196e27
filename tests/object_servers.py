"""Object stores to test with: SeaweedFS (S3), Azurite (Azure Blob), and a link before them that can be made bad."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import http.server
import os
import shutil
import socket
import subprocess
import sysconfig
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import unquote

import obstore
import pytest
from obstore.store import AzureStore, S3Store
from support import end, wait_until

LOOPBACK = "127.0.0.1"  # SeaweedFS listens there whatever it is told
KEY, SECRET = "test-key", "test-secret-that-nobody-may-see"
ACCOUNT, ACCOUNT_KEY = "feeddtests", base64.b64encode(b"a key that nobody may see").decode()
AZURITE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feedd-tests/azurite"
BUCKET = "tests"
_UNIQUE = count()
_WEED = Path(sysconfig.get_path("scripts")) / "weed"


class StoreServer(NamedTuple):
    """A store that runs, and the variables with which its clients find it."""

    port: int
    environment: dict[str, str]
    master: str = ""  # where the shell of SeaweedFS finds it

    def through(self, port: int) -> StoreServer:
        """The same store at another port of this machine."""
        old, new = f"{LOOPBACK}:{self.port}", f"{LOOPBACK}:{port}"
        found = {name: value.replace(old, new) for name, value in self.environment.items()}
        return StoreServer(port, found, self.master)


class Bucket:
    """A place in a bucket, as somebody else sees it who works there."""

    def __init__(self, server: StoreServer, scheme: str = "s3", bucket: str = BUCKET) -> None:
        self.server = server
        self.prefix = f"site-{next(_UNIQUE)}/"  # SeaweedFS has room for few buckets
        self.url = f"{scheme}://{bucket}/{self.prefix.rstrip('/')}"
        options: Any = {"client_options": {"allow_http": True}}
        self._store: Any
        if scheme == "s3":
            options |= {"access_key_id": KEY, "secret_access_key": SECRET, "disable_bulk_delete": True}
            # The first put into a bucket is answered 500 until there is room for it.
            options["retry_config"] = {"max_retries": 1000, "retry_timeout": timedelta(seconds=60)}
            self._store = S3Store(bucket, endpoint=server.environment["AWS_ENDPOINT_URL"], **options)
        else:
            options |= {"account_name": ACCOUNT, "account_key": ACCOUNT_KEY}
            self._store = AzureStore(bucket, endpoint=server.environment["AZURE_STORAGE_ENDPOINT"], **options)
        self.put(".md", b"an object beside the place", prefix=self.prefix.rstrip("/"))

    def put(self, key: str, body: bytes | str, prefix: str | None = None) -> str:
        """Puts an object, over another too. Returns its ETag."""
        data = body.encode() if isinstance(body, str) else body
        path = (self.prefix if prefix is None else prefix) + key
        return (obstore.put(self._store, path, data, use_multipart=False)["e_tag"] or "").strip('"')

    def get(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, self.prefix + key).bytes())

    def headers(self, key: str) -> dict[str, str]:
        """What a reader of the object is told, such as its Content-Type."""
        return {str(name): value for name, value in obstore.get(self._store, self.prefix + key).attributes.items()}

    def delete(self, *keys: str) -> None:
        for key in keys:
            obstore.delete(self._store, self.prefix + key)

    def keys(self) -> list[str]:
        """The keys of all objects in the place, sorted."""
        pages = obstore.list(self._store, self.prefix.rstrip("/"))
        return sorted(each["path"].removeprefix(self.prefix) for page in pages for each in page)

    def objects(self) -> dict[str, bytes]:
        """All objects in the place, but those that are deleted while they are read."""
        found = {}
        for key in self.keys():
            with suppress(FileNotFoundError):
                found[key] = self.get(key)
        return found

    def fill(self, folder: Path) -> None:
        """Puts each file of a folder."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(path.relative_to(folder).as_posix(), path.read_bytes())


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server((LOOPBACK, 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def seaweedfs(work: Path) -> Iterator[StoreServer]:
    """SeaweedFS with an S3 gateway, in a folder of its own. A bucket is made by the first put into it."""
    (work / "identities.json").write_text(
        f'{{"identities": [{{"name": "tests", "credentials": [{{"accessKey": "{KEY}", "secretKey": "{SECRET}"}}],'
        ' "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}'
    )
    for attempt in range(3):  # a port may be taken meanwhile
        ports = _free_ports(8)
        names = ("master", "volume", "filer", "s3")
        where = [f"-{name}.port={port}" for name, port in zip(names, ports[:4], strict=True)]
        where += [f"-{name}.port.grpc={port}" for name, port in zip(names, ports[4:], strict=True)]
        quiet = ["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.config=identities.json"]
        small = ["-master.volumeSizeLimitMB=64", "-volume.minFreeSpace=100MiB"]
        sockets = ["-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock"]
        (data := work / f"data{attempt}").mkdir()
        command = [_WEED, "-logtostderr=true", "server", f"-dir={data}", f"-ip={LOOPBACK}", "-filer", "-s3"]
        with (work / "weed.log").open("ab") as log:
            process = subprocess.Popen([*command, *where, *quiet, *small, *sockets], cwd=work, stdout=log, stderr=log)
        try:
            if _begins(process, ports[3], work / "weed.log"):
                address = f"http://{LOOPBACK}:{ports[3]}"
                keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
                variables = {**keys, "AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1"}
                yield StoreServer(ports[3], variables, f"{LOOPBACK}:{ports[0]}.{ports[4]}")
                return
        finally:
            end(process)
            for name, port in zip(names, ports[4:], strict=True):
                Path(f"/tmp/seaweedfs-{name}-grpc-{port}.sock").unlink(missing_ok=True)  # it takes no other
    raise AssertionError((work / "weed.log").read_text()[-4000:])


def _begins(process: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    """Waits until a server answers. False if its process has ended instead."""
    wait_until(lambda: process.poll() is not None or _answers(port), 60, lambda: log.read_text()[-4000:])
    return process.poll() is None


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def azurite(work: Path) -> Iterator[StoreServer]:
    """Azurite, where it is: `.ci/run` installs it. Else the test is skipped."""
    program, node = AZURITE / "node_modules/.bin/azurite-blob", shutil.which("node")
    if node is None or not program.exists():
        pytest.skip("Azurite is not installed; .ci/run does it")
    (port,) = _free_ports(1)
    where = ["--blobHost", LOOPBACK, "--blobPort", str(port), "--location", str(work), "--silent"]
    environment = {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{ACCOUNT_KEY}"}
    rest = ["--skipApiVersionCheck", "--disableTelemetry"]
    with (work / "azurite.log").open("ab") as log:
        process = subprocess.Popen([node, program, *where, *rest], cwd=work, stdout=log, stderr=log, env=environment)
    try:
        assert _begins(process, port, work / "azurite.log"), (work / "azurite.log").read_text()
        _make_container(port, BUCKET)
        address = f"http://{LOOPBACK}:{port}/{ACCOUNT}"
        keys = {"AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY}
        yield StoreServer(port, {**keys, "AZURE_STORAGE_ENDPOINT": address})
    finally:
        end(process)


def keep_versions(server: StoreServer, bucket: str) -> None:
    """Has a bucket keep what objects were before."""
    shell = [_WEED, "shell", f"-master={server.master}"]
    told = f"s3.bucket.versioning -name={bucket} -enable\nexit\n"
    done = subprocess.run(shell, input=told, capture_output=True, text=True, timeout=60)
    assert "set to Enabled" in done.stdout, done


def put_odd_key(container: Bucket, key: str, body: bytes) -> None:
    """Puts an object whose key no client of ours would write. `key` is as it stands in an address."""
    _ask_azurite(container.server.port, f"{BUCKET}/{container.prefix}{key}", body)


def _make_container(port: int, name: str) -> None:
    _ask_azurite(port, name, None)


def _ask_azurite(port: int, name: str, body: bytes | None) -> None:
    """Puts a blob; a container, if there is no body."""
    date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {"x-ms-date": date, "x-ms-version": "2021-08-06"}
    if body is not None:
        headers = {"x-ms-blob-type": "BlockBlob", **headers}
    length = f"{len(body)}" if body else ""
    told = "".join(f"{each}:{value}\n" for each, value in headers.items())
    text = f"PUT\n\n\n{length}{chr(10) * 9}{told}/{ACCOUNT}/{ACCOUNT}/{name}" + ("" if body else "\nrestype:container")
    signature = base64.b64encode(hmac.digest(base64.b64decode(ACCOUNT_KEY), text.encode(), hashlib.sha256)).decode()
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    path = f"/{ACCOUNT}/{name}" + ("" if body else "?restype=container")
    headers |= {"Authorization": f"SharedKey {ACCOUNT}:{signature}", "Content-Length": length or "0"}
    connection.request("PUT", path, body or b"", headers)
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()


class BadLink:
    """A link to a store: what it is asked goes on to the store, unless a test wants it otherwise. All is counted anew
    for each fault.
    """

    def __init__(self, server: StoreServer) -> None:
        self.asked: list[str] = []  # methods and paths
        self.most_at_once = 0  # requests under way at the same time
        self.busy_every = 0  # each how many requests are answered with 503
        self.cut_every = 0  # each how many answers break off in their middle
        self.status = 0  # of all answers, if not 0
        self.down = False  # connections are closed at once
        self.lost_answers = 0  # so many next puts reach the store, and their answers nobody
        self.cut_puts = 0  # so many next puts reach the store with half of their body
        self.pause = 0.0  # seconds before an answer
        self.pause_for = ""  # requests for addresses with this in them wait for two seconds
        self.held_for = ""  # puts to addresses with this in them reach the store only when they are let go
        self.holds, self.let_go = threading.Event(), threading.Event()
        self.ignores_conditions = False  # as some stores do
        self.full = False  # puts are answered with 507
        self.forbidden = ""  # an object whose key ends so is answered with `forbidden_status`
        self.forbidden_status = 403
        self.allowed_before = 0  # so many next requests for the object are answered as always
        self.answers_until_down = 0  # if not 0: after so many answers it goes down
        self._server_behind = server
        self._numbers = count(1)
        self._under_way = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"link": self})
        self._http = _ThreadingServer((LOOPBACK, 0), handler)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def server(self) -> StoreServer:
        """The store at the other end, as it is found through this link."""
        return self._server_behind.through(self._http.server_port)

    def numbers(self, method: str) -> int:
        """How often a method was asked for."""
        return sum(each.startswith(f"{method} ") for each in list(self.asked))

    def next_number(self, what: str) -> int:
        with self._lock:
            self.asked.append(what)
            if self.answers_until_down:
                self.answers_until_down -= 1
                self.down |= not self.answers_until_down
            return next(self._numbers)

    def begins(self, more: int) -> None:
        """So many more requests are under way."""
        with self._lock:
            self._under_way += more
            self.most_at_once = max(self.most_at_once, self._under_way)

    def cuts(self, method: str) -> bool:
        with self._lock:
            if method != "PUT" or not self.cut_puts:
                return False
            self.cut_puts -= 1
            return True

    def send_half(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Sends the first half of a request, and then nothing more."""
        with socket.create_connection((LOOPBACK, self._server_behind.port), 60) as connection:
            lines = [f"PUT {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
            connection.sendall("\r\n".join(lines).encode() + body[: len(body) // 2])

    def loses_answer(self, method: str) -> bool:
        with self._lock:
            if method != "PUT" or not self.lost_answers:
                return False
            self.lost_answers -= 1
            return True

    def forbids(self, path: str) -> bool:
        """Whether the object is `forbidden`, after the requests that are allowed before."""
        if not self.forbidden or not path.endswith(self.forbidden):
            return False
        with self._lock:
            self.allowed_before -= 1
            return self.allowed_before < 0

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, list[Any], bytes]:
        """What the store answers: status, headers and body."""
        if self.ignores_conditions and method == "PUT":
            return 200, [("ETag", f'"{self._put(path, headers, body)}"')], b""
        connection = http.client.HTTPConnection(LOOPBACK, self._server_behind.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _put(self, path: str, headers: dict[str, str], body: bytes) -> str:
        """Puts an object whatever its conditions, which belong to what the client has signed. Returns its ETag."""
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        options: Any = {"client_options": {"allow_http": True}, "access_key_id": KEY, "secret_access_key": SECRET}
        store = S3Store(bucket, endpoint=self._server_behind.environment["AWS_ENDPOINT_URL"], **options)
        names = ("content-type", "cache-control", "content-encoding")
        attributes: Any = {name: value for name, value in headers.items() if name.lower() in names}
        done = obstore.put(store, key, body, attributes=attributes, use_multipart=False)
        return (done["e_tag"] or "").strip('"')


class _ThreadingServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the other side has gone


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    link: BadLink

    def _pass_on(self) -> None:
        link, length = self.link, int(self.headers.get("Content-Length") or 0)
        number = link.next_number(f"{self.command} {self.path}")
        if link.down:
            return self._break_off()
        body = self.rfile.read(length)
        link.begins(1)
        if link.pause or (link.pause_for and link.pause_for in self.path):
            time.sleep(link.pause or 2.0)
        link.begins(-1)
        if link.held_for and self.command == "PUT" and link.held_for in self.path:
            link.holds.set()
            link.let_go.wait(60)
        status = link.status or (503 if link.busy_every and number % link.busy_every == 0 else 0)
        if self.command == "PUT" and link.full:
            status = 507
        if link.forbids(self.path.partition("?")[0]):
            status = link.forbidden_status
        if status:
            return self._send(status, [], b"<Error><Code>SlowDown</Code></Error>" if status == 503 else b"")
        if link.cuts(self.command):
            link.send_half(self.path, dict(self.headers), body)
            return self._break_off()
        status, headers, answer = link.ask(self.command, self.path, dict(self.headers), body)
        if link.loses_answer(self.command):
            return self._break_off()
        cut = link.cut_every and number % link.cut_every == 0
        return self._send(status, headers, answer, len(answer) // 2 if cut else None)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _pass_on  # noqa: N815 - names that the library asks for

    def _send(self, status: int, headers: list[Any], body: bytes, only: int | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        length = next((value for name, value in headers if name.lower() == "content-length"), len(body))
        if status not in (204, 304):
            self.send_header("Content-Length", str(length if self.command == "HEAD" else len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:only])
            self.wfile.flush()
        if only is not None:
            self._break_off()

    def _break_off(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        pass
