"""The model of passes on a cluster: it says what was measured, and what no machine here can measure."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from benchmarks.cluster_model import Job, Overhead, Stage, grown, predicted, scaled

RECORD = Path(__file__).parent.parent / "benchmarks/recorded/cluster.json"
NO_OVERHEAD = Overhead(0, 0, 0, 0, 0, 0)
WORK = Stage("work", (Job(0.0, 0.25, 0.0, 0.0),) * 16, 0.0)


def test_work_alone_takes_as_many_times_less_as_there_are_workers_with_cores() -> None:
    assert [predicted([WORK], NO_OVERHEAD, workers).seconds for workers in (1, 2, 4, 8)] == [4.0, 2.0, 1.0, 0.5]
    assert [predicted([WORK], NO_OVERHEAD, workers, 2).seconds for workers in (1, 2, 4)] == [4.0, 2.0, 2.0]


def test_what_the_coordinator_does_bounds_a_pass_with_many_workers() -> None:
    stage = Stage("work", (Job(0.01, 0.25, 0.02, 0.0),) * 100, 0.5)
    many = predicted([stage], NO_OVERHEAD, 100)
    assert many.coordinator == pytest.approx(0.5 + 100 * 0.03)
    assert many.seconds == pytest.approx(many.coordinator, abs=0.3)
    assert many.alone == 0.5


def test_a_trip_costs_each_request_and_each_megabyte() -> None:
    overhead = Overhead(0.01, 0.02, 0.03, 0.04, 0.001, 1.0)
    stage = Stage("work", (Job(0.0, 0.2, 0.0, 2.0),), 0.0)
    assert predicted([stage], overhead, 1).seconds == pytest.approx(1.0 + 0.01 + 2 * 0.02 + 0.03 + 2 * 0.04 + 0.2)


def test_a_stage_is_scaled_with_its_jobs_and_what_comes_after() -> None:
    assert scaled(WORK, 2.5) == Stage("work", WORK.jobs[:1] * 40, 0.0)
    assert scaled(Stage("looking", (), 2.0), 3).after == 6.0
    first, later = Job(0.0, 1.0, 0.0, 0.0), Job(0.0, 0.25, 0.0, 0.0)
    assert scaled(Stage("work", (first, later), 0.0), 3).jobs == (first, *[later] * 5)
    assert scaled(Stage("work", (first, later), 0.0), 0.5).jobs == (first,)


def test_a_pass_over_more_items_makes_no_more_feeds() -> None:
    looking, making = Stage("looking", (), 1.0), Stage("making", WORK.jobs, 1.0)
    assert grown([looking, WORK, making], 2) == [scaled(looking, 2), scaled(WORK, 2), making]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_model_predicts_passes_that_were_measured(workers: int) -> None:
    record = json.loads(RECORD.read_text())
    measured = record["passes"][str(workers)]
    stages = msgspec.convert(measured["stages"], list[Stage])
    overhead = msgspec.convert(measured["overhead"], Overhead)
    times = record["items"] / record.get("profiled", record["items"])
    seconds = predicted(grown(stages, times), overhead, workers, measured["cores"]).seconds
    assert seconds == pytest.approx(measured["cluster"][0], rel=0.15)
