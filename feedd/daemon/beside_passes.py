"""Work beside passes: settings in; hubs told, objects uploaded, sizes and pictures asked for, in threads, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from feedd.deliver.announcer import Announcer
from feedd.deliver.announcer_thread import AnnouncerThread
from feedd.deliver.asking_thread import AskingThread
from feedd.deliver.events import EventLog
from feedd.deliver.mirror.all_mirrors import AllMirrors
from feedd.deliver.mirror.public_addresses import Addresses
from feedd.deliver.prober import Prober
from feedd.deliver.upload_outcomes import UploadCount
from feedd.deliver.upload_target import PublishTarget
from feedd.deliver.upload_threads import UploadThreads
from feedd.run.pass_settings import PassSettings


class BesidePasses:
    """The threads that deliver what passes have published, and fetch what passes need. `arrived` is called when there
    is something for a pass to take. `addresses`: where to fetch pictures from, if not from all public addresses.
    """

    def __init__(
        self, state: Path, log: EventLog, arrived: Callable[[], None], addresses: Addresses | None = None
    ) -> None:
        self._announcer = AnnouncerThread(Announcer(state), log)
        self._prober = AskingThread(Prober(state), log, arrived)
        self._mirrors = AllMirrors(state, addresses)
        self._pictures = AskingThread(self._mirrors, log, arrived)
        self._uploads = UploadThreads(state, log, self._announcer.wake)

    def use(self, settings: PassSettings, targets: Sequence[PublishTarget], feeds: Path) -> None:
        """Delivers as the settings say from now on: the documents in `feeds`."""
        self._uploads.upload_to(targets, feeds)
        self._announcer.announce_to(settings.site.hubs)
        self._prober.ask(wanted=settings.site.probe)
        if settings.site.mirror is not None:
            self._mirrors.use(settings.site.mirror, settings.room_for_pictures, settings.selection.private)
        self._pictures.ask(wanted=settings.site.mirror is not None)

    def wake(self) -> None:
        """To be called after a pass, which may have queued something."""
        self._uploads.wake()
        self._announcer.wake()
        self._prober.wake()
        self._pictures.wake()

    def end(self) -> None:
        """Ends the threads. What was not delivered stays in the ledger."""
        self._announcer.end()
        self._uploads.end()
        self._prober.end()
        self._pictures.end()

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why something was not delivered, in words."""
        parts = (self._announcer.trouble, self._prober.trouble, self._pictures.trouble, *self._uploads.troubles)
        return tuple(trouble for trouble in parts if trouble)

    @property
    def uploads(self) -> list[UploadCount]:
        """What was uploaded to each store."""
        return self._uploads.counts
