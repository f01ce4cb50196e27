"""Where a lost ledger is recovered from: options and the configuration in; a RecoverySource out."""

from __future__ import annotations

import argparse
from pathlib import Path

from feedd.cli.options import USUAL_PLACE
from feedd.config.load import Config
from feedd.run.lost_ledger.published_copy import PublishedCopy, RecoverySource, Unreached
from feedd.store.documents import FeedsDirectory
from feedd.store.object_stores.store_url import StoreUrl, is_store_url, parse_store_url


def recovery_source(config: Config, options: argparse.Namespace | None = None) -> RecoverySource:
    """What the configuration and the options of `feedd render` say. Raises StoreError."""
    place: str | None = getattr(options, "recover", None)
    may_be_first: bool = getattr(options, "first", False)
    if place is None and not config.recover:
        return RecoverySource(may_be_first=may_be_first, option="--first" if may_be_first else "")
    option = "--recover" if place is not None else "--first" if may_be_first else ""
    return RecoverySource(_copy(config, place or USUAL_PLACE), may_be_first, comes_first=bool(place), option=option)


def _copy(config: Config, place: str) -> PublishedCopy:
    from feedd.run.lost_ledger.copies import SiteCopy  # late: few passes have to recover

    if place == USUAL_PLACE and config.publish:
        return _in_store(config.publish[0])
    if place == USUAL_PLACE:
        return SiteCopy(config.base_url)
    if place.startswith(("http://", "https://")):
        return SiteCopy(place if place.endswith("/") else f"{place}/")
    if is_store_url(place):
        return _in_store(parse_store_url(place))
    return FolderCopy(Path(place))


def _in_store(url: StoreUrl) -> PublishedCopy:
    from feedd.run.lost_ledger.copies import BucketCopy
    from feedd.store.object_stores.obstore_client import ObstoreClient

    return BucketCopy(ObstoreClient(url), str(url))


class FolderCopy:
    """A copy in a folder, a PublishedCopy. `may_be_missing`: where there is no folder, nothing was published."""

    hint = ""

    def __init__(self, folder: Path, *, may_be_missing: bool = False) -> None:
        from feedd.run.lost_ledger.recover_ledger import CopyInFeeds  # late: as above

        self._folder = folder
        self._may_be_missing = may_be_missing
        self._documents = CopyInFeeds(FeedsDirectory(folder), str(folder))

    @property
    def name(self) -> str:
        """Where the documents lie, in words."""
        return str(self._folder)

    def read(self, path: str) -> bytes | None:
        """The bytes of a document; None if there is no such document. Raises Unreached."""
        if not self._folder.is_dir():
            if self._may_be_missing:
                return None
            raise Unreached(f"{self._folder} is no folder that can be read")
        return self._documents.read(path)

    def rest(self) -> None:
        """Closes nothing."""
