"""A server of audio files to test with: what it is asked, and answers as a test wants them."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import NamedTuple, Self

from http_support import QuietHandler, QuietServer, own_host


class File(NamedTuple):
    """What a server answers for a path, by method. A method that is not there is answered with 405."""

    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    methods: tuple[str, ...] = ("HEAD", "GET")
    ranged: dict[str, str] | None = None  # the headers of an answer to a request for a part


class _Handler(QuietHandler):
    server_of: FileServer

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def _answer(self, method: str) -> None:
        owner = self.server_of
        owner.asked.append(f"{method} {self.path}")
        owner.go_on.wait(60)
        file = owner.files.get(self.path, File(404))
        status, headers = file.status, file.headers
        if method not in file.methods:
            status, headers = 405, {}
        elif method == "GET" and file.ranged is not None and self.headers["Range"] == "bytes=0-0":
            status, headers = 206, file.ranged
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()


class FileServer:
    """A server on a port of its own. While `go_on` is cleared, it answers nobody."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.files: dict[str, File] = {}
        self.go_on = threading.Event()
        self.go_on.set()

    def __enter__(self) -> Self:
        self._server = QuietServer((own_host(), 0), type("Handler", (_Handler,), {"server_of": self}))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        return f"http://{own_host()}:{self._server.server_port}{path}"


def audio(size: int, media_type: str = "audio/mpeg") -> File:
    """A file as servers usually describe it."""
    return File(headers={"Content-Length": str(size), "Content-Type": media_type})
