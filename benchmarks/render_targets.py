"""What `benchmarks.render` has to reach beside Hugo: medians in, targets with their verdicts out."""

from __future__ import annotations

from benchmarks.common import Target
from benchmarks.measure import Cost

ALL, EQUAL, HUGO = "feedd", "feedd RSS", "Hugo"  # the contenders: all that feedd does, Hugo's work alone, and Hugo
COLD, SAME, EDIT = STEPS = ("cold", "no change", "one edit")

Medians = dict[int, dict[str, dict[str, Cost]]]  # by size, contender and step

# How many times as fast as Hugo: (step, contender, size, at least).
_RATIOS = {
    "news": (
        (COLD, EQUAL, 1_000, 1.0),
        (COLD, EQUAL, 10_000, 1.5),
        (COLD, EQUAL, 100_000, 3.0),
        (COLD, ALL, 100_000, 2.5),
        (SAME, ALL, 1_000, 2.5),
        (SAME, ALL, 10_000, 15.0),
        (SAME, ALL, 100_000, 60.0),
    ),
    "blog": (
        (COLD, EQUAL, 300, 1.0),
        (COLD, EQUAL, 3_000, 1.5),
        (COLD, EQUAL, 30_000, 3.0),
        (COLD, ALL, 3_000, 1.5),
    ),
}
# Seconds at most, of feedd with all that it does: (step, size, at most).
_SECONDS = {"news": ((SAME, 1_000, 0.12), (SAME, 100_000, 0.5), (EDIT, 100_000, 0.55)), "blog": ()}
_MEMORY = (100_000, 200)  # MiB at most, of all processes together, in a cold pass of so many news
_GROWTH = (10_000, 100_000, 1.2)  # what an item costs in the larger cold pass, of what it costs in the smaller one


def targets_of(name: str, medians: Medians) -> list[Target]:
    """The targets that these sizes and contenders of a corpus can be judged by."""
    found = []
    for step, contender, size, bound in _RATIOS[name]:
        contenders = medians.get(size, {})
        if contender in contenders and HUGO in contenders:
            speed = contenders[HUGO][step].wall / contenders[contender][step].wall
            what = f"{size:,} {step}: {contender}, as fast as Hugo"
            found.append(Target(what, speed, "times", f">= {bound:g}", speed >= bound))
    for step, size, most in _SECONDS[name]:
        if ALL in medians.get(size, {}):
            seconds = medians[size][ALL][step].wall
            found.append(Target(f"{size:,} {step}", seconds, "s", f"<= {most:g}", seconds <= most))
    return found + (_of_cold_passes(medians) if name == "news" else [])


def _of_cold_passes(medians: Medians) -> list[Target]:
    """How much memory a cold pass takes, and how its time grows."""
    found = []
    size, most = _MEMORY
    if ALL in medians.get(size, {}):
        memory = medians[size][ALL][COLD].tree_pss / 2**20
        found.append(Target(f"{size:,} {COLD}: memory of all processes", memory, "MiB", f"<= {most}", memory <= most))
    smaller, larger, bound = _GROWTH
    if ALL in medians.get(smaller, {}) and ALL in medians.get(larger, {}):
        growth = medians[larger][ALL][COLD].wall / larger / (medians[smaller][ALL][COLD].wall / smaller)
        what = f"{larger:,} {COLD}, per item: of its time at {smaller:,}"
        found.append(Target(what, growth, "times", f"<= {bound:g}", growth <= bound))
    return found
