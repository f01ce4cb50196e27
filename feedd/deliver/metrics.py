"""Metrics of passes: the outcome of each pass in; sums in Prometheus' text format out."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from feedd.deliver.upload_outcomes import UploadCount
from feedd.model import Report
from feedd.store.control import LastPass

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class PassMetrics:
    """Counts and times of the passes of this process."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._passes = Counter("feedd_passes", "Passes made.", ["outcome"], registry=registry)
        self._seconds = Histogram("feedd_pass_seconds", "How long passes took.", buckets=_SECONDS, registry=registry)
        self._lag = Histogram(
            "feedd_lag_seconds",
            "From the first reason for a pass, such as a changed file, until its documents were written.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._read = Counter("feedd_items_read", "Item files read.", registry=registry)
        self._written = Counter("feedd_documents_written", "Documents written.", registry=registry)
        self._deleted = Counter("feedd_documents_deleted", "Documents deleted.", registry=registry)
        self._now = {
            name: Gauge(f"feedd_{name}", words, registry=registry)
            for name, words in (
                ("files", "Item files there are."),
                ("entries", "Entries published."),
                ("withheld", "Items in no public feed."),
                ("feeds", "Feeds published."),
                ("problems", "Problems with item files."),
            )
        }
        self._uploads: list[UploadCount] = []
        self._put = Counter("feedd_objects_put", "Objects put into a store.", ["target"], registry=registry)
        self._removed = Counter("feedd_objects_deleted", "Objects deleted in a store.", ["target"], registry=registry)
        self._waiting = Gauge("feedd_uploads_waiting", "Uploads that wait.", ["target"], registry=registry)
        self._withdrawals = Gauge(
            "feedd_withdrawals_waiting", "Of these, what takes back withheld items.", ["target"], registry=registry
        )
        self._last = Gauge("feedd_last_pass_timestamp_seconds", "When the last pass ended.", registry=registry)
        self._good = Gauge("feedd_last_success_timestamp_seconds", "When one last succeeded.", registry=registry)

    def observe(self, done: LastPass, report: Report) -> None:
        """Takes one pass in."""
        self._passes.labels(done.outcome).inc()
        self._seconds.observe(done.seconds)
        self._lag.observe(done.lag)
        self._read.inc(done.read)
        self._written.inc(done.written)
        self._deleted.inc(done.deleted)
        self._last.set(done.at.timestamp())
        if done.outcome != "done":
            return
        self._good.set(done.at.timestamp())
        for name, value in (
            ("files", report.files),
            ("entries", report.entries),
            ("withheld", report.withheld),
            ("feeds", report.feeds),
            ("problems", len(report.problems)),
        ):
            self._now[name].set(value)

    def uploaded(self, counts: Sequence[UploadCount]) -> bool:
        """Takes in what was uploaded so far; whether that is more than before."""
        if list(counts) == self._uploads:
            return False
        known = {each.target: each for each in self._uploads}
        for each in counts:
            before = known.get(each.target, UploadCount(each.target))
            self._put.labels(each.target).inc(max(0, each.put - before.put))
            self._removed.labels(each.target).inc(max(0, each.deleted - before.deleted))
            self._waiting.labels(each.target).set(each.waiting)
            self._withdrawals.labels(each.target).set(each.withdrawals)
        self._uploads = list(counts)
        return True

    def text(self) -> bytes:
        """All of it, in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)
