"""What the wheel has beside the package: man page and completions, made of the definitions of the command line."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.utils import get_reproducible_timestamp

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "release")]


class ShellFiles(BuildHookInterface[Any]):
    """Adds the man page and the completions to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes the files in the folder of the build, and names them with their places below the prefix."""
        if self.target_name != "wheel" or version == "editable":
            return
        from shell_files import shell_files  # late: an editable installation needs none

        date = datetime.fromtimestamp(get_reproducible_timestamp(), UTC)
        for place, text in shell_files(f"{date:%Y-%m-%d}").items():
            path = Path(self.root) / "build/shell_files" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            build_data["shared_data"][str(path)] = place
