"""Work beside passes: settings in; hubs told, objects uploaded and sizes asked for, in threads, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from feedd.deliver.announcer import Announcer
from feedd.deliver.announcer_thread import AnnouncerThread
from feedd.deliver.events import EventLog
from feedd.deliver.prober import Prober, ProberThread
from feedd.deliver.upload_outcomes import UploadCount
from feedd.deliver.upload_target import PublishTarget
from feedd.deliver.upload_threads import UploadThreads
from feedd.render.site_info import SiteInfo


class BesidePasses:
    """The threads that deliver what passes have published. `on_sizes` is called when sizes were found."""

    def __init__(self, state: Path, log: EventLog, on_sizes: Callable[[], None]) -> None:
        self._announcer = AnnouncerThread(Announcer(state), log)
        self._prober = ProberThread(Prober(state), log, on_sizes)
        self._uploads = UploadThreads(state, log, self._announcer.wake)

    def use(self, site: SiteInfo, targets: Sequence[PublishTarget], feeds: Path) -> None:
        """Delivers as the settings say from now on: the documents in `feeds`."""
        self._uploads.upload_to(targets, feeds)
        self._announcer.announce_to(site.hubs)
        self._prober.probe(wanted=site.probe)

    def wake(self) -> None:
        """To be called after a pass, which may have queued something."""
        self._uploads.wake()
        self._announcer.wake()
        self._prober.wake()

    def end(self) -> None:
        """Ends the threads. What was not delivered stays in the ledger."""
        self._announcer.end()
        self._uploads.end()
        self._prober.end()

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why something was not delivered, in words."""
        parts = (self._announcer.trouble, self._prober.trouble, *self._uploads.troubles)
        return tuple(trouble for trouble in parts if trouble)

    @property
    def uploads(self) -> list[UploadCount]:
        """What was uploaded to each store."""
        return self._uploads.counts
