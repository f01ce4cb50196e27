"""The tests at other dates, each in another time zone: `python tests/other_dates.py all` runs pytest at each of them.

`turn` runs it at the date whose turn it is by the day of the year, a name at that date. Further arguments are for
pytest. time-machine moves the clock of a process, which goes on from there: `conftest.py` has that of the tests moved,
`launch.py` that of each feedd that tests start. No option of feedd moves it: that could publish what is embargoed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHIFT = "FEEDD_TESTS_SHIFT"  # seconds by which the clocks of the tests are moved
# The time zone at each date. Two are half an hour beside the others, and one has the next day before all others.
ZONES = {
    "sunday": "Asia/Kolkata",
    "new-year": "America/St_Johns",
    "leap-day": "UTC",
    "after-2038": "Pacific/Kiritimati",
    "clocks-forward": "Europe/Berlin",
    "clocks-back": "Europe/Berlin",
}


def is_moved() -> bool:
    """Whether the clocks of the tests are moved."""
    return SHIFT in os.environ


def shift() -> float:
    """How many seconds the clocks of the tests are before that of the machine, which dates files."""
    return float(os.environ.get(SHIFT, "0"))


def move_clock() -> None:
    """Moves the clock of this process as the environment says, if it says so. A clock is moved once."""
    if is_moved():
        import time_machine

        time_machine.travel(datetime.now(UTC) + timedelta(seconds=shift()), tick=True).start()


def moments(now: datetime) -> dict[str, datetime]:
    """Moments after `now` at which programs have failed, by name; UTC."""
    leap = next(year for year in range(now.year + 1, now.year + 9) if year % 4 == 0 and (year % 100 or year % 400 == 0))
    noon = now.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return {
        "sunday": noon + timedelta(days=7 - noon.isoweekday() or 7),
        "new-year": datetime(now.year + 1, 12, 31, 23, 59, tzinfo=ZoneInfo(ZONES["new-year"])),
        "leap-day": datetime(leap, 2, 29, 10, tzinfo=UTC),
        "after-2038": datetime(max(2039, now.year + 1), 1, 20, 10, tzinfo=UTC),
        "clocks-forward": _change(now.year + 1, 3, ZoneInfo(ZONES["clocks-forward"])),
        "clocks-back": _change(now.year + 1, 10, ZoneInfo(ZONES["clocks-back"])),
    }


def _change(year: int, month: int, zone: ZoneInfo) -> datetime:
    """Five minutes before the clocks of a zone change in a month."""
    hour = datetime(year, month, 1, tzinfo=UTC)
    while hour.astimezone(zone).utcoffset() == (hour + timedelta(hours=1)).astimezone(zone).utcoffset():
        hour += timedelta(hours=1)
    return hour + timedelta(minutes=55)


def environments(now: datetime) -> dict[str, dict[str, str]]:
    """What the environment says for each date, by its name."""
    return {
        name: {SHIFT: f"{(moment - now).total_seconds():.0f}", "TZ": ZONES[name]}
        for name, moment in moments(now).items()
    }


def chosen(wanted: str, now: datetime) -> list[str]:
    """The names of the dates that are wanted."""
    names = list(environments(now))
    if wanted == "turn":
        return [names[now.timetuple().tm_yday % len(names)]]
    return names if wanted == "all" else [wanted]


def main(wanted: str, *arguments: str) -> int:
    """Runs pytest at each; the exit status is that of the first that failed, else 0."""
    now, failed = datetime.now(UTC), 0
    for name in chosen(wanted, now):
        environment = environments(now)[name]
        print(f"tests at: {name}, {environment}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments]
        failed = subprocess.run(command, env=os.environ | environment).returncode or failed
    return failed


if __name__ == "__main__":
    # Beside this module there are others with names of the standard library's kind: only the tests import by them.
    sys.path = [each for each in sys.path if Path(each or ".").resolve() != Path(__file__).resolve().parent]
    sys.exit(main(*(sys.argv[1:] or ["all"])))
