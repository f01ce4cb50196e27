"""What feedd shows to the outside: its health, for a load balancer; its counts, for Prometheus.

GET /healthz --> status and lease of the daemon --> 200 | 503, and why
GET /metrics --> counters of this server + metrics that the daemon left --> Prometheus' text format

Neither is there unless the configuration says on which address.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from feedd.serve.counters import Counters
from feedd.serve.messages import Application, Request, Response, response, text
from feedd.store.control import Control
from feedd.store.errors import Unusable

SILENCE = 60.0  # seconds without a sign of life after which the loop counts as stuck
_NO_STORE = ("Cache-Control", "no-store")


class Monitor:
    """Answers /healthz and /metrics."""

    def __init__(self, state: Path, counters: Counters) -> None:
        self._control = Control(state)
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Requests(counters))

    def paths(self) -> dict[bytes, Application]:
        """The monitor's paths, for a server with other paths besides."""
        return {b"/healthz": self, b"/metrics": self}

    def __call__(self, request: Request) -> Response:
        """The answer to a request."""
        if request.method not in (b"GET", b"HEAD"):
            return text(405, "This is a place to read from.", [("Allow", "GET, HEAD")])
        if request.path == b"/healthz":
            trouble = self._trouble()
            return text(503 if trouble else 200, trouble or "ok", [_NO_STORE])
        if request.path == b"/metrics":
            return response(200, [("Content-Type", CONTENT_TYPE_PLAIN_0_0_4), _NO_STORE], self._metrics())
        return text(404, "Here are /healthz and /metrics.")

    def _trouble(self) -> str:
        """Why not all is well; empty if it is."""
        try:
            holder = self._control.holder()
        except Unusable as error:
            return str(error)
        status, sign = self._control.status(), self._control.last_sign()
        if holder is None:
            return "no daemon runs"
        if sign is None or time.time() - sign > SILENCE:
            return f"the daemon has shown no sign of life for {SILENCE:g} s"
        if status is None or status.pid != holder or status.last is None:
            return "the first pass is not done yet"
        if status.last.outcome != "done":
            return f"the last pass was {status.last.outcome}"  # the words may hold paths, which are nobody's affair
        return ""

    def _metrics(self) -> bytes:
        try:
            runs = self._control.holder() is not None
        except Unusable:
            runs = False
        up = f"# HELP feedd_up Whether the daemon runs.\n# TYPE feedd_up gauge\nfeedd_up {float(runs)}\n"
        return up.encode() + (self._control.metrics() if runs else b"") + generate_latest(self._registry)


class _Requests(Collector):
    """The counters, as metrics of Prometheus."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def collect(self) -> Iterable[Metric]:
        """The counts so far. The rate of 304 is the share of status="304" among kind="feed"."""
        answers = CounterMetricFamily("feedd_http_requests", "Requests answered.", labels=["kind", "status"])
        for (kind, status), count in sorted(self._counters.answers.items()):
            answers.add_metric([kind, str(status)], count)
        yield answers
        yield CounterMetricFamily("feedd_http_sent_bytes", "Bytes of bodies sent.", value=self._counters.sent)
        subscribers = GaugeMetricFamily(
            "feedd_subscribers",
            "Subscribers that a service said it fetches for, by path and service.",
            labels=["path", "service"],
        )
        for (path, service), count in sorted(self._counters.subscribers().items()):
            subscribers.add_metric([path, service], count)
        yield subscribers
