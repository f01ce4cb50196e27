"""Pass settings: what one pass needs to know from the configuration, as a value."""

from __future__ import annotations

from msgspec import Struct

from feedd.decide.kept_ids import KeptIds
from feedd.decide.stories.story_settings import StorySettings
from feedd.items.reading_settings import ReadingSettings
from feedd.render.site_info import SiteInfo
from feedd.run.executor.cluster_settings import ClusterSettings
from feedd.select.settings import SelectionSettings


class PassSettings(Struct, frozen=True):
    """The settings of a pass. `authority` None: the authority of the ledger, else `default_authority`.

    Each fingerprint is a digest of its stage's inputs. If it differs from the last pass, the stage is done for
    everything. `entry_inputs` are the inputs of single entries, `digest_inputs` the inputs of entries of digests. Both
    are a part of `rendering_inputs`. `earlier_rendering_inputs` are `rendering_inputs` as a feedd kept them that had no
    `entry_inputs`. `kept_ids`: the ids of an old feed. `accept_guesses`: many items without date or
    link may be the first that are published. `cluster`: where large work is done, if not by the `workers` of this
    machine. `recovery_index`: beside the feeds lies what a lost ledger is made again from.
    """

    site: SiteInfo
    reading: ReadingSettings
    selection: SelectionSettings
    stories: StorySettings
    default_listed: bool
    workers: int
    authority: str | None
    default_authority: str
    reading_inputs: str
    selection_inputs: str
    rendering_inputs: str
    entry_inputs: str
    digest_inputs: str
    earlier_rendering_inputs: str | None = None
    kept_ids: KeptIds = KeptIds()
    accept_guesses: bool = False
    cluster: ClusterSettings | None = None
    room_for_pictures: int = 0  # bytes
    recovery_index: bool = False
