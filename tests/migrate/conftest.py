"""What tests of moving from another program share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support import Site


@pytest.fixture
def theirs(site: Site) -> Path:
    """The folder of the other program, beside a site that has nothing yet."""
    site.seeds.rmdir()
    shutil.rmtree(site.root / "config")
    return site.root.parent / f"{site.root.name}-other" / "theirs"
