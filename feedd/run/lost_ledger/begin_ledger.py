"""Beginning a ledger: an empty ledger and what was published, in; the key of the site, and what to say, out."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from feedd.render import FORMATS
from feedd.run.lost_ledger.published_copy import Recovered, RecoverySource
from feedd.run.lost_ledger.recover_ledger import CopyInFeeds, recover_ledger
from feedd.run.pass_settings import PassSettings
from feedd.run.publish.compare import unknown_documents
from feedd.run.remarks import local_ids
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.session import LedgerSession

_ANEW = (
    "there are feeds, but neither a ledger that knows them nor a recovery index: identities were made anew from the "
    "items. Items that were renamed, changed their link, carry no date or were first published under another authority "
    "may appear to subscribers once more."
)
_FEEDS = tuple(each.file for each in FORMATS.values())


def begin_ledger(
    ledger: LedgerSession,
    documents: DocumentStore,
    source: RecoverySource | None,
    paths: Iterable[str],
    settings: PassSettings,
) -> Recovered:
    """Takes over what was published, where there is anything. `source` None: everything begins anew. The others are as
    in `recover_ledger`.
    """
    if source is None:
        return Recovered()
    begun = recover_ledger(ledger, CopyInFeeds(documents), source, paths)
    if begun.copy is not None or begun.refused:
        return begun
    has_feeds = any(path.endswith(_FEEDS) for path in unknown_documents(ledger, documents))
    remarks = (_ANEW,) if has_feeds else local_ids.at_first(settings)
    return replace(begun, remarks=(*begun.remarks, *remarks))
