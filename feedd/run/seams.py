"""The seams of a pass: where items come from, where documents go, and who is told of them.

Behind a seam is what the caller of a pass puts there: local folders and WebSub, or another place. The fourth seam is
the executor of a Stage, where the work on items is done. Stages name the protocols of these seams, and no class.
"""

from __future__ import annotations

from msgspec import Struct

from feedd.run.publish.delivery import StartDelivery
from feedd.store.document_store import DocumentStore, SiteClaim
from feedd.store.item_source import ItemSource
from feedd.store.picture_files import PictureFiles


class Seams(Struct, frozen=True):
    """What a pass reads from, writes to and tells. `claim`: whose documents they are. `pictures`: those of other sites
    that were fetched beside the passes.
    """

    items: ItemSource
    documents: DocumentStore
    claim: SiteClaim
    deliver: StartDelivery
    pictures: PictureFiles
