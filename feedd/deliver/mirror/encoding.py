"""Encoding pictures: the bytes of a picture in; what the encoder makes of it, in a process of its own, out.

A process that computes too long or takes too much memory is ended by the kernel, whatever native code it is in.
"""

from __future__ import annotations

import resource
import subprocess
import sys

import msgspec

from feedd.deliver.mirror.encoded_picture import EncodedPicture, Unsuitable

COMPUTING = 20  # seconds for a picture
WAITING = 60.0  # seconds until the process has to have ended, however busy the machine is
MEMORY = 1 << 30  # bytes
_DECODER: msgspec.msgpack.Decoder[EncodedPicture | Unsuitable] = msgspec.msgpack.Decoder(EncodedPicture | Unsuitable)


def encoded(data: bytes, seconds: float = WAITING) -> EncodedPicture | Unsuitable:
    """The picture in two sizes, or why there is none. Raises OSError if no process can be started."""
    limits = {resource.RLIMIT_CPU: COMPUTING, resource.RLIMIT_DATA: MEMORY, resource.RLIMIT_CORE: 0}
    program = (
        f"import resource, sys; sys.path[:] = {sys.path!r}\n"
        f"for kind, most in {limits!r}.items():\n"
        "    hard = resource.getrlimit(kind)[1]\n"
        "    resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))\n"
        "from feedd.deliver.mirror.picture_encoder import main; main()"
    )
    command = [sys.executable, "-P", "-c", program]
    try:
        done = subprocess.run(  # noqa: S603 - all of it is ours
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Unsuitable(f"it is not decoded within {seconds:g} s")
    if done.returncode != 0:
        return Unsuitable("it takes more time or memory than a picture may")
    try:
        return _DECODER.decode(done.stdout)
    except msgspec.DecodeError:
        return Unsuitable("its decoder ended before its time")
