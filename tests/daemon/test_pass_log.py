"""The log of passes: what a pass did, in a line and in the status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from feedd.daemon.inbox import Batch
from feedd.daemon.pass_log import in_a_line, is_worth_a_line, last_pass, pass_line, status_after
from feedd.model import Problem, Report
from feedd.store.control import MAX_PROBLEMS, LastPass, Status

DAWN = datetime(2026, 5, 1, 6, 0, 0, 123456, tzinfo=UTC)
TOUCHED = Batch(touched=frozenset({"a.md"}))
PROBLEMS = tuple(Problem(f"{number:03}.md", "no front matter") for number in range(50))
DONE = Report(
    files=7,
    read=2,
    removed=1,
    entries=5,
    withdrawn=1,
    withheld=1,
    feeds=3,
    written=("atom.xml", "rss.xml"),
    deleted=("topics/old/atom.xml",),
    problems=PROBLEMS[:2],
    next_due=DAWN + timedelta(days=1),
)
NOTHING = Report(files=7, entries=5, feeds=3)
REFUSED = Report(refused="the items' directory seeds: Permission denied. The feeds were left as they are.")
FAILED = replace(DONE, failed=tuple(Problem(f"{name}.xml", "cannot be written: No space") for name in "abcdef"))
STATUS = Status(pid=1, state="starting", since=DAWN, seeds="seeds", feeds_directory="feeds", watching="inotify")


def after(report: Report, batch: Batch = TOUCHED) -> LastPass:
    return last_pass(batch, report, DAWN, 0.123456, 0.654321)


# What it did


def test_a_pass_that_was_done_says_how_much_it_did_and_how_long_it_took() -> None:
    assert after(DONE) == LastPass(
        at=datetime(2026, 5, 1, 6, 0, 0, tzinfo=UTC),
        why="1 change",
        outcome="done",
        words="",
        read=2,
        removed=1,
        written=2,
        deleted=1,
        seconds=0.1235,
        lag=0.6543,
        withdrawn=1,
    )


def test_a_pass_that_was_refused_says_why() -> None:
    found = after(REFUSED)
    assert (found.outcome, found.words) == ("refused", REFUSED.refused)
    assert (found.read, found.removed, found.written, found.deleted) == (0, 0, 0, 0)


def test_a_pass_that_could_not_write_all_names_the_first_documents() -> None:
    found = after(FAILED)
    assert found.outcome == "failed"
    assert found.words == "; ".join(f"{name}.xml: cannot be written: No space" for name in "abcd")
    assert after(replace(FAILED, refused="no")).outcome == "refused"


@pytest.mark.parametrize(
    ("batch", "why"),
    [
        (Batch(), "reload"),
        (Batch(reload=True), "reload"),
        (Batch(whole=("start",)), "start"),
        (Batch(whole=("reconcile", "retry")), "reconcile, retry"),
        (Batch(touched=frozenset({"a.md"})), "1 change"),
        (Batch(touched=frozenset(map(str, range(1234)))), "1,234 changes"),
        (Batch(due=True), "something was due"),
        (Batch(asked=frozenset({"r1", "r2"})), "sync"),
        (
            Batch(
                touched=frozenset({"a.md", "b.md"}),
                asked=frozenset({"r1"}),
                whole=("poll",),
                lost=("moved",),
                due=True,
                since=1.0,
            ),
            "moved, poll, 2 changes, something was due, sync",
        ),
    ],
)
def test_why_a_pass_was_made_is_said_in_words(batch: Batch, why: str) -> None:
    assert after(NOTHING, batch).why == why


# The line


def test_the_line_of_a_pass_that_published_names_what_it_wrote() -> None:
    words, people, values = pass_line(after(DONE), DONE)
    assert words == "published"
    assert people == (
        "published (1 change): 2 files read, 1 file gone, 1 entry withdrawn, 2 documents written, 1 document deleted "
        "in 0.12 s"
    )
    assert values == {
        "why": "1 change",
        "read": 2,
        "gone": 1,
        "withdrawn": 1,
        "written": 2,
        "deleted": 1,
        "documents": "atom.xml rss.xml",
        "moved": None,
        "entries": 5,
        "problems": 2,
        "seconds": 0.1235,
        "lag": 0.6543,
    }


def test_the_line_of_a_pass_says_what_moved() -> None:
    report = replace(DONE, moved='1 story changed: "A" now covered by 3 providers')
    _, people, values = pass_line(after(report), report)
    assert people.endswith('in 0.12 s; 1 story changed: "A" now covered by 3 providers')
    assert values["moved"] == report.moved


def test_the_line_of_a_pass_that_found_nothing_says_only_that() -> None:
    words, people, values = pass_line(after(NOTHING), NOTHING)
    assert words == "nothing to publish"
    assert people == "nothing to publish (1 change): nothing changed in 0.12 s"
    said = {name: value for name, value in values.items() if value not in (None, "")}
    assert said == {"why": "1 change", "entries": 5, "seconds": 0.1235, "lag": 0.6543}


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (0, ""),
        (1, "0.xml"),
        (4, "0.xml 1.xml 2.xml 3.xml"),
        (5, "0.xml 1.xml 2.xml 3.xml and 1 more"),
        (3004, "0.xml 1.xml 2.xml 3.xml and 3,000 more"),
    ],
)
def test_few_documents_are_named_and_the_others_counted(count: int, named: str) -> None:
    report = replace(DONE, written=tuple(f"{number}.xml" for number in range(count)))
    _, _, values = pass_line(after(report), report)
    assert values["documents"] == named


def test_large_numbers_can_be_read_by_people() -> None:
    report = replace(NOTHING, read=12345, removed=1)
    assert pass_line(after(report), report)[1] == (
        "nothing to publish (1 change): 12,345 files read, 1 file gone in 0.12 s"
    )


def test_a_pass_that_only_deleted_has_published_too() -> None:
    report = replace(NOTHING, deleted=("atom.xml",))
    assert pass_line(after(report), report)[0] == "published"


def test_the_line_of_a_pass_that_was_refused_says_why_and_counts_nothing() -> None:
    words, people, values = pass_line(after(REFUSED), REFUSED)
    assert words == people == f"refused: {REFUSED.refused}"
    assert values == {"why": "1 change", "seconds": 0.1235}


def test_the_line_of_a_pass_that_could_not_write_all_says_what_and_what_it_did_write() -> None:
    words, people, values = pass_line(after(FAILED), FAILED)
    assert words == people
    assert words.startswith("not all could be written: a.xml: cannot be written: No space; b.xml: ")
    assert (values["written"], values["entries"]) == (2, None)


@pytest.mark.parametrize(
    ("report", "worth"),
    [
        (DONE, True),
        (REFUSED, True),
        (FAILED, True),
        (NOTHING, False),
        (replace(NOTHING, problems=PROBLEMS), False),
        (replace(NOTHING, read=1), True),
        (replace(NOTHING, removed=1), True),
        (replace(NOTHING, read=1, removed=1, seen_before=True), False),
        (replace(NOTHING, written=("atom.xml",)), True),
        (replace(NOTHING, deleted=("atom.xml",)), True),
    ],
)
def test_a_line_is_worth_saying_if_something_was_found_or_went_wrong(report: Report, *, worth: bool) -> None:
    assert is_worth_a_line(after(report)) is worth


@pytest.mark.parametrize(
    ("before", "report", "hours", "worth"),
    [
        (REFUSED, REFUSED, 0.1, False),
        (REFUSED, REFUSED, 1, True),
        (REFUSED, REFUSED, -1, True),
        (REFUSED, replace(REFUSED, refused="seeds: No such file or directory"), 0.1, True),
        (FAILED, FAILED, 0.1, True),
        (FAILED, replace(FAILED, written=(), deleted=()), 0.1, False),
        (FAILED, REFUSED, 0.1, True),
        (REFUSED, NOTHING, 0.1, True),
    ],
)
def test_a_pass_that_fails_as_the_one_before_did_is_worth_a_line_each_hour(
    before: Report, report: Report, hours: float, *, worth: bool
) -> None:
    later = replace(after(report), at=after(before).at + timedelta(hours=hours))
    assert is_worth_a_line(later, after(before)) is worth


# The status


def test_the_status_after_a_pass_shows_what_it_found() -> None:
    found = status_after(STATUS, after(DONE), DONE, DAWN)
    assert found == replace(
        STATUS,
        state="running",
        passes=1,
        last=after(DONE),
        next_reconcile=DAWN,
        files=7,
        entries=5,
        withheld=1,
        feeds=3,
        next_due=DAWN + timedelta(days=1),
        problem_count=2,
        problems=PROBLEMS[:2],
    )
    assert found.healthy


def test_the_status_after_a_refusal_shows_what_the_pass_before_found() -> None:
    before = status_after(STATUS, after(DONE), DONE, DAWN)
    found = status_after(before, after(REFUSED), REFUSED, None)
    assert found == replace(before, passes=2, last=after(REFUSED), next_reconcile=None)
    assert not found.healthy


def test_the_status_after_a_pass_that_could_not_write_all_shows_what_it_found() -> None:
    found = status_after(STATUS, after(FAILED), FAILED, None)
    assert (found.entries, found.feeds, found.healthy) == (5, 3, False)


def test_a_status_shows_the_first_problems_and_counts_all() -> None:
    report = replace(DONE, problems=PROBLEMS)
    found = status_after(STATUS, after(report), report, None)
    assert (found.problem_count, found.problems) == (50, PROBLEMS[:MAX_PROBLEMS])


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (replace(DONE, problems=()), "5 entries in 3 feeds"),
        (replace(DONE, entries=1234), "1,234 entries in 3 feeds, 2 problems"),
        (REFUSED, f"the last pass was refused: {REFUSED.refused}"),
        (replace(FAILED, failed=FAILED.failed[:1]), "the last pass was failed: a.xml: cannot be written: No space"),
    ],
)
def test_a_status_fits_in_a_line(report: Report, line: str) -> None:
    assert in_a_line(status_after(STATUS, after(report), report, None)) == line


def test_one_of_a_kind_is_counted_as_one() -> None:
    report = replace(DONE, entries=1, feeds=1, problems=PROBLEMS[:1])
    assert in_a_line(status_after(STATUS, after(report), report, None)) == "1 entry in 1 feed, 1 problem"


def test_before_the_first_pass_there_is_nothing_to_say_but_that() -> None:
    assert in_a_line(STATUS) == "the first pass has not ended yet"
