"""The choice of an executor: settings in; what starts the executor out."""

from __future__ import annotations

from functools import partial

from feedd.run.executor.cluster_settings import ClusterSettings
from feedd.run.executor.executor_protocol import StartExecutor
from feedd.run.executor.workers import Workers


def executor_for(cluster: ClusterSettings | None) -> StartExecutor:
    """Starts local processes; with `cluster`, an executor that does large work there."""
    if cluster is None:
        return Workers
    from feedd.run.executor.cluster import Cluster  # late: most sites have none

    return partial(Cluster, cluster)
