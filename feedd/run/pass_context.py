"""The tools of the stages of a pass."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from feedd.run.cancellation import Cancellation
from feedd.run.executor.executor_protocol import Executor
from feedd.run.pass_settings import PassSettings
from feedd.run.progress import Progress
from feedd.store.ledger.session import LedgerSession
from feedd.store.private_feeds.public_ledger import PublicLedger


class PassContext(NamedTuple):
    """What all stages of one pass are given. `now` is aware, UTC, without a fraction of a second. A stage that takes
    long tells its progress and checks the cancellation. `public`: where the pass is of a private feed, the public
    ledger.
    """

    ledger: LedgerSession
    settings: PassSettings
    executor: Executor
    progress: Progress
    cancellation: Cancellation
    now: datetime
    public: PublicLedger | None = None
