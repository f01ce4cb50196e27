"""What the daemon uses of a configuration: a Setup in; the publishers of the public site and of private feeds, out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from feedd.config.section_values import Timing
from feedd.daemon.serving import Service
from feedd.deliver.upload_target import PublishTarget
from feedd.run.all_publishers import AllPublishers, PrivatePublishers
from feedd.run.cancellation import Cancellation
from feedd.run.lost_ledger.published_copy import RecoverySource
from feedd.run.pass_settings import PassSettings
from feedd.run.progress import Progress
from feedd.run.publish.delivery import StartDelivery
from feedd.run.publisher import Publisher
from feedd.store.control import ConfigurationFile
from feedd.store.documents import FeedsDirectory
from feedd.store.items import ItemsDirectory
from feedd.store.mounts import file_identity
from feedd.store.state_directory import StateDirectory

if TYPE_CHECKING:
    from feedd.store.object_stores.bucket_items import BucketItems


class Setup(Struct, frozen=True):
    """The parts of a configuration that the daemon uses. `stricter`: the same parts, but withholding what names an
    audience, if this is called for by the file of the configuration as it is now; else None. `configuration_file`: the
    file as it was when it was read; None if there was none.
    """

    items: ItemsDirectory | BucketItems
    feeds: FeedsDirectory
    settings: PassSettings
    timing: Timing
    service: Service
    deliver: StartDelivery
    targets: tuple[PublishTarget, ...] = ()
    private: Callable[[Cancellation], PrivatePublishers] = lambda _: PrivatePublishers()
    recovery: RecoverySource = RecoverySource()
    stricter: Callable[[], Setup | None] = lambda: None
    configuration_file: ConfigurationFile | None = None

    def status_fields(self) -> dict[str, Any]:
        """What the status says of the configuration, by field."""
        return {
            "seeds": str(self.items.path),
            "feeds_directory": str(self.feeds.root),
            "feeds_identity": file_identity(self.feeds.root),
            "base_url": self.settings.site.base_url,
            "configuration_file": self.configuration_file,
        }


def make_publishers(
    setup: Setup, state: StateDirectory, progress: Progress, cancellation: Cancellation
) -> AllPublishers:
    """The publishers of the public site and of private feeds."""
    public = Publisher(
        setup.items,
        setup.feeds,
        state,
        setup.settings,
        progress,
        cancellation,
        deliver=setup.deliver,
        recovery=setup.recovery,
    )
    return AllPublishers(public, lambda: setup.private(cancellation))
