"""A server of pictures to test with: what it is asked, and answers as a test wants them; and pictures of many kinds."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from types import TracebackType
from typing import Any, NamedTuple, Self

from http_support import QuietHandler, QuietServer, own_host
from PIL import Image


class Answered(NamedTuple):
    """What a server answers for a path. `drips`: it sends a byte at a time, until the server is closed."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    drips: bool = False


class _Handler(QuietHandler):
    server_of: PictureServer

    def do_GET(self) -> None:
        owner = self.server_of
        owner.asked.append(self.path)
        answer = owner.answers.get(self.path, Answered(status=404))
        self.send_response(answer.status)
        length = 10**6 if answer.drips else len(answer.body)
        for name, value in {"Content-Length": str(length), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        while answer.drips and not owner.closed.wait(0.05):
            self.wfile.write(b".")


class PictureServer:
    """A server on a port of its own."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, Answered] = {}
        self.closed = threading.Event()

    def __enter__(self) -> Self:
        self._server = QuietServer((own_host(), 0), type("Handler", (_Handler,), {"server_of": self}))
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Goes away for good."""
        if not self.closed.is_set():
            self.closed.set()
            self._server.shutdown()
            self._server.server_close()

    def has(self, path: str, body: bytes, **headers: str) -> str:
        """Has a picture from now on; returns its address."""
        self.answers[path] = Answered(body, headers=headers)
        return self.url(path)

    def url(self, path: str) -> str:
        return f"http://{own_host()}:{self.port}{path}"


def saved(picture: Image.Image, name: str, **options: Any) -> bytes:
    """The bytes of a picture in a format."""
    out = io.BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


def photo(width: int = 1600, height: int = 900, name: str = "JPEG", **options: Any) -> bytes:
    """A picture of many colours."""
    tile = Image.radial_gradient("L").resize((width, height))
    across = Image.linear_gradient("L").resize((width, height))
    return saved(Image.merge("RGB", (tile, across, across.transpose(Image.Transpose.ROTATE_180))), name, **options)


def animated(name: str) -> bytes:
    """A picture that moves."""
    first = Image.linear_gradient("L").convert("RGB")
    return saved(first, name, save_all=True, append_images=[first.transpose(Image.Transpose.ROTATE_90)])


def bomb(side: int) -> bytes:
    """A PNG of so many pixels on each side, in a few hundred bytes: as it is compressed twice over, it ends early."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
