"""What a large pass used can be given back: nothing that stays is made in the middle of it."""

from __future__ import annotations

import json
import subprocess
import sys

from support import Site, item

MODULES_OF_A_PASS = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
import feedd.daemon.loop
from feedd.cli.setup import make_publisher
from feedd.config.load import load
from feedd.run.executor.worker_connection import stand_by

if "ready" in sys.argv:
    stand_by()
before = set(sys.modules)
with make_publisher(load(Path(sys.argv[1])), Path(sys.argv[2])) as publisher:
    report = publisher.publish(datetime.now(UTC))
print(json.dumps([report.entries, sorted(sys.modules.keys() - before)]))
"""


def new_modules(site: Site, *words: str) -> set[str]:
    """The modules that a first pass over a site loads which were not there before."""
    command = [sys.executable, "-c", MODULES_OF_A_PASS, str(site.root / "config/feedd.yaml"), str(site.state), *words]
    done = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=True)
    entries, modules = json.loads(done.stdout)
    assert entries == 2
    return {name for name in modules if not name.startswith("encodings.")}


def test_a_pass_loads_nothing_that_a_daemon_has_not_loaded_before(site: Site) -> None:
    title = "Researchers grow a tiny heart from a single cell"
    site.write("a.md", item(f"{title} in a week", "https://a.example/1", body="A *text*.", provider={"name": "A"}))
    site.write("b.md", item(title, "https://b.example/2", body="<p>Another</p>", provider={"name": "B"}))
    site.configure(workers=1)
    assert "rapidfuzz.fuzz" in new_modules(site), "this pass needs what is loaded late"
    site.ledger.unlink()
    assert new_modules(site, "ready") == set()
