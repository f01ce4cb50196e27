"""feedd by the clock of the tests: `python launch.py ARGUMENTS` is `python -m feedd ARGUMENTS` at another time."""

from __future__ import annotations

import sys
from pathlib import Path

from other_dates import move_clock

if __name__ == "__main__":
    move_clock()
    sys.path.remove(str(Path(__file__).resolve().parent))  # as with `-m`, feedd sees no module of the tests
    from feedd.cli.main import entry_point

    sys.argv[0] = "feedd"
    sys.exit(entry_point())
