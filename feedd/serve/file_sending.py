"""A large file on its way to a client: its bytes in pieces in, and out again as the client takes them.

piece -- read, handed over --> a turn for other clients --> next piece
                                    +-- while the client does not take what it has: waits
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from feedd.store.served import FileBytes, FileChanged

_PIECE_BYTES = 256 * 1024  # read at once, and held for a client that is slow


class FileSending:
    """Sends a file. `send` is given each piece, and b"" after the last piece. `fail` is called instead if the file is
    another file by now, or is no more: the client then sees by Content-Length that something is missing.
    """

    def __init__(self, body: FileBytes, send: Callable[[bytes], None], fail: Callable[[], None]) -> None:
        self._pieces = body.pieces(_PIECE_BYTES)
        self._send = send
        self._fail = fail
        self._held_up = False
        self._has_turn = False
        self._ask_for_turn()

    def hold(self) -> None:
        """Sends nothing until `resume`."""
        self._held_up = True

    def resume(self) -> None:
        """Goes on."""
        self._held_up = False
        self._ask_for_turn()

    def _ask_for_turn(self) -> None:
        if not self._has_turn:
            self._has_turn = True
            asyncio.get_running_loop().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._has_turn = False
        if self._held_up:
            return
        try:
            piece = next(self._pieces, b"")
        except (FileChanged, OSError):
            self._fail()
            return
        self._send(piece)
        if piece:
            self._ask_for_turn()
