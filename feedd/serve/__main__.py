"""A server under a supervisor: its options come as a line of JSON on standard input. When the input ends, the server
ends.
"""

from __future__ import annotations

import sys

import msgspec

from feedd.serve.server import serve
from feedd.serve.server_options import ServerOptions

if __name__ == "__main__":
    serve(msgspec.json.decode(sys.stdin.buffer.readline(), type=ServerOptions))
