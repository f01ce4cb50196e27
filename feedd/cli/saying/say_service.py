"""Units that were made, and what to type next, in words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from feedd.cli.output import say

if TYPE_CHECKING:
    from feedd.daemon.unit import UnitSite as ServiceSite


def say_service(made: Iterable[Path], left: Path | None, site: ServiceSite) -> None:
    """Prints the paths of the units, and the commands to type next. `left`: an old socket unit that would still be
    used.
    """
    import getpass

    sudo = "sudo " if site.user else ""
    systemctl = "sudo systemctl" if site.user else "systemctl --user"
    for path in made:
        say(f"made  {path}")
    say()
    say("Next:")
    if left is not None:
        say(f"  {systemctl} disable --now {left.name}    # it is there from before, and would go on listening")
        say(f"  {sudo}rm {left}")
    say(f"  {systemctl} daemon-reload")
    say(f"  {systemctl} enable --now {'feedd.socket ' if site.listens else ''}feedd")
    say(f"  {systemctl} status feedd")
    if site.user is None:
        say(f"  loginctl enable-linger {getpass.getuser()}    # so that it runs while you are logged out")
    elif site.state is None:
        say()
        say("Its ledger will be in /var/lib/feedd. For commands that you type yourself, such as `feedd why`,")
        say("write `state: /var/lib/feedd` under `directories:` in the configuration.")
