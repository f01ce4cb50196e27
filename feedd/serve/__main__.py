"""A server under a supervisor: its options come as a line of JSON on standard input. When the input ends, the server
ends.
"""

from __future__ import annotations

import sys

from feedd.without_typing_extensions import load_msgspec

if __name__ == "__main__":
    load_msgspec()  # before all modules that load it

    import msgspec

    from feedd.serve.server import serve
    from feedd.serve.server_options import ServerOptions

    serve(msgspec.json.decode(sys.stdin.buffer.readline(), type=ServerOptions))
