"""feedd as a command for which an address of this machine counts as public: HOST, then feedd's own arguments."""

from __future__ import annotations

import sys

from feedd.cli.main import main
from feedd.deliver.mirror.public_addresses import PublicAddresses

if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], addresses=PublicAddresses(None, (f"{sys.argv[1]}/32",))))
