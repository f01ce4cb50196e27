"""A hub to test with: what it is told, and answers as a test wants them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import parse_qs

from http_support import QuietHandler, QuietServer, own_host


class Reply(NamedTuple):
    """What a hub answers."""

    status: int = 204
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    body: bytes = b""


class Asked(NamedTuple):
    """A request that a hub had: its form with one value a name, where it was made, and over which connection."""

    form: dict[str, str]
    path: str
    agent: str
    connection: int


class _Handler(QuietHandler):
    hub: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        form = {name: value for name, (value,) in parse_qs(body).items()}
        asked = Asked(form, self.path, self.headers["User-Agent"], self.client_address[1])
        server = self.hub.server
        reply = self.hub.receive(asked)
        if self.hub.server is server:  # else it was down meanwhile, and this answer reaches nobody
            self.hub.answered.append(asked)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)


class Hub:
    """A hub on a port of its own. While it is held, it answers nobody; while it is down, nobody can connect."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answered: list[Asked] = []
        self.reply: Callable[[Asked], Reply] = lambda asked: Reply()
        self._go_on = threading.Event()
        self._go_on.set()
        self._port = 0
        self.server: QuietServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self.stop()

    def start(self) -> None:
        handler = type("Handler", (_Handler,), {"hub": self})
        self.server = QuietServer((own_host(), self._port), handler)
        self._port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def hold(self) -> None:
        self._go_on.clear()

    def release(self) -> None:
        self._go_on.set()

    def receive(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        self._go_on.wait(60)
        return self.reply(asked)

    @property
    def url(self) -> str:
        return f"http://{own_host()}:{self._port}/hub"

    def topics(self) -> list[str]:
        """The topic URLs that were announced and answered, sorted."""
        return sorted(asked.form["hub.url"] for asked in self.answered)
