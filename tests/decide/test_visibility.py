"""Visibility: what subscribers are to see of an item and when, in which feeds, and what leaves them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from feedd.decide.records import EntryFile, EntryRecord, text_digest
from feedd.decide.visibility import decide_visibility
from feedd.items.withholding.meaning import withheld
from feedd.model import FeedId, Image, Item, Provider, Related
from feedd.select.membership import ALL, Membership, feeds_of
from feedd.select.settings import SelectionSettings
from feedd.select.slugs import choose_slugs
from feedd.select.topics import Topic, Topics, name_key
from feedd.select.window import Window, WindowPosition, advance, narrow

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (datetime(2024, 1, day, 12, tzinfo=UTC) for day in range(1, 6))
MINUTE = timedelta(minutes=1)
NEW = EntryRecord(1, "tag:feeds.example,2026:a", first_seen=WEDNESDAY)
STORY = Item(title="A story", link="https://news.example/a", body="As it was.", published=MONDAY)


def as_file(item: Item, path: str = "a.md", *, withheld_while_broken: bool = False) -> EntryFile:
    return EntryFile(sum(path.encode()), path, item, item.link.encode() if item.link else None, withheld_while_broken)


def after(record: EntryRecord, now: datetime, *items: Item, listed: bool = True) -> EntryRecord:
    """The record after a look at `now`, at which the entry's files say these items."""
    files = [as_file(item, f"{number}.md") for number, item in enumerate(items)]
    return decide_visibility(record, files, now, default_listed=listed)[0]


def told(**fields: Any) -> Item:
    return replace(STORY, **fields)


# Dates


@pytest.mark.parametrize(
    ("item", "published", "updated"),
    [
        (told(), MONDAY, MONDAY),
        (told(published=None), WEDNESDAY, WEDNESDAY),
        (told(updated=TUESDAY), MONDAY, TUESDAY),
        (told(published=TUESDAY, updated=MONDAY), TUESDAY, TUESDAY),
        (told(updated=FRIDAY), MONDAY, MONDAY),
        (told(published=None, updated=TUESDAY), WEDNESDAY, WEDNESDAY),
    ],
)
def test_an_entry_is_first_shown_with_the_dates_of_its_file_and_never_with_the_time_of_the_look(
    item: Item, published: datetime, updated: datetime
) -> None:
    record = after(NEW, WEDNESDAY + MINUTE, item)
    assert record.shown
    assert (record.published, record.updated) == (published, updated)


@pytest.mark.parametrize(
    "change",
    [
        {"heat": 99.0},
        {"quality": 1.0},
        {"topics": ("AI",)},
        {"category": "news"},
        {"tags": ("a",)},
        {"kind": "video"},
        {"images": (Image("/a.png"),)},
        {"provider": Provider("News")},
        {"related": (Related("r"),)},
        {"amp": "https://news.example/amp"},
        {"locale": "en"},
        {"price": "5"},
        {"members": 5},
        {"length": 60},
        {"listed": True},
        {"updated": MONDAY},
        {"updated": FRIDAY},
    ],
    ids=str,
)
def test_updated_stays_where_it_is_when_no_reader_would_call_it_a_change(change: dict[str, Any]) -> None:
    shown = after(NEW, TUESDAY, told())
    later = after(shown, THURSDAY, told(**change))
    assert later.updated == shown.updated == MONDAY
    assert after(later, THURSDAY + MINUTE, told(**change)) == later


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another title"},
        {"summary": "In short."},
        {"body": "As it is."},
        {"embed": "<p>More</p>"},
        {"link": "https://news.example/b"},
        {"link": None},
    ],
    ids=str,
)
def test_updated_moves_to_the_time_of_the_look_when_the_text_or_the_link_changed(change: dict[str, Any]) -> None:
    shown = after(NEW, TUESDAY, told())
    changed = after(shown, THURSDAY, told(**change))
    assert (changed.published, changed.updated) == (MONDAY, THURSDAY)
    assert after(changed, FRIDAY, told(**change)) == changed


def test_updated_moves_to_what_the_file_says() -> None:
    shown = after(NEW, THURSDAY, told())
    assert after(shown, FRIDAY, told(updated=TUESDAY)).updated == TUESDAY
    assert after(shown, FRIDAY, told(updated=TUESDAY, body="As it is.")).updated == TUESDAY


def test_a_text_that_changed_without_a_later_date_in_the_file_is_updated_now() -> None:
    shown = after(NEW, WEDNESDAY, told(updated=TUESDAY))
    assert after(shown, FRIDAY, told(updated=TUESDAY, body="As it is.")).updated == FRIDAY


def test_an_update_announced_for_a_day_to_come_says_nothing_until_then() -> None:
    shown = after(NEW, TUESDAY, told(updated=FRIDAY))
    assert after(shown, THURSDAY, told(updated=FRIDAY)) == shown
    assert after(shown, FRIDAY, told(updated=FRIDAY)).updated == FRIDAY


def test_updated_never_goes_back() -> None:
    shown = after(after(NEW, TUESDAY, told()), THURSDAY, told(body="As it is."))
    assert shown.updated == THURSDAY
    assert after(shown, FRIDAY, told(body="As it is.", updated=TUESDAY)).updated == THURSDAY
    assert after(shown, TUESDAY, told(body="As it was again.")).updated == THURSDAY
    assert after(shown, FRIDAY, told(body="As it is.", published=None)).updated == THURSDAY


def test_updated_is_never_before_published() -> None:
    shown = after(NEW, THURSDAY, told())
    assert after(shown, FRIDAY, told(published=THURSDAY)).updated == THURSDAY
    assert after(shown, FRIDAY, told(published=THURSDAY, updated=TUESDAY)).updated == THURSDAY


def test_an_entry_first_shown_after_edits_as_a_draft_has_no_update_to_tell_of() -> None:
    draft = after(NEW, TUESDAY, told(listed=False))
    draft = after(draft, WEDNESDAY, told(listed=False, body="As it is."))
    assert (draft.shown, draft.text_digest, draft.published, draft.updated) == (False, None, None, None)
    shown = after(draft, THURSDAY, told(listed=True, body="As it will be."))
    assert (shown.published, shown.updated) == (MONDAY, MONDAY)


def test_an_entry_shown_again_after_it_was_withheld_is_what_it_was() -> None:
    shown = after(NEW, TUESDAY, told())
    hidden = after(shown, WEDNESDAY, told(listed=False, body="As it is."))
    assert not hidden.shown
    assert after(hidden, THURSDAY, told()) == shown
    assert after(hidden, THURSDAY, told(body="As it is.")).updated == THURSDAY


DATES = st.one_of(st.none(), st.sampled_from((MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)))
ITEMS = st.builds(
    Item,
    title=st.sampled_from("ab"),
    body=st.sampled_from("ab"),
    link=st.sampled_from((None, "https://news.example/a")),
    published=DATES,
    updated=DATES,
    listed=st.sampled_from((None, True, False)),
    quality=st.one_of(st.none(), st.sampled_from((1.0, 2.0))),
    heat=st.sampled_from((None, -1.0, 5.0)),
)
LOOKS = st.lists(
    st.tuples(st.sampled_from((TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)), st.lists(ITEMS, max_size=2)),
    min_size=1,
    max_size=6,
)


@given(LOOKS)
@settings(max_examples=400, deadline=None)
def test_whatever_happens_updated_never_goes_back_and_a_second_look_changes_nothing(
    looks: list[tuple[datetime, list[Item]]],
) -> None:
    record = NEW
    for now, items in looks:
        before, record = record, after(record, now, *items)
        assert (record.entry, record.id, record.first_seen) == (before.entry, before.id, before.first_seen)
        if before.updated is not None:
            assert record.updated is not None
            assert record.updated >= before.updated
        if record.shown:
            assert record.published is not None
            assert record.updated is not None
            assert record.updated >= record.published
            assert record.published <= now or record.published in (before.published, record.first_seen)
        assert record.shown == (record.reason is None)
        assert after(record, now, *items) == record


# Withholding


@pytest.mark.parametrize(
    ("item", "listed", "words"),
    [
        (told(), True, None),
        (told(listed=True), False, None),
        (told(heat=0.0), True, None),
        (told(listed=False), True, "the file says `published: false`"),
        (told(listed=False), False, "the file says `published: false`"),
        (told(), False, "does not say `published: true`, which `defaults.published: false` asks for"),
        (told(heat=-1.0, listed=False), True, "the file says `published: false`"),
        (told(retracted=True, listed=True), True, "the file says `removed`, `deleted` or `draft`"),
    ],
)
def test_an_item_is_withheld_for_a_reason_told_in_words(item: Item, listed: bool, words: str | None) -> None:
    reason = withheld(item, default_listed=listed)
    assert (words is None and reason is None) or (words is not None and reason is not None and words in reason)
    record = after(NEW, FRIDAY, item, listed=listed)
    assert (record.shown, record.reason, record.due) == (reason is None, reason, None)


@pytest.mark.parametrize("heat", [-1.0, -0.5])
def test_an_item_may_be_folded_under_another_story(heat: float) -> None:
    record = after(NEW, FRIDAY, told(heat=heat))
    assert (record.shown, record.folded, record.reason) == (
        False,
        True,
        f"folded under another story (`heat: {heat:g}`)",
    )
    assert record.rank is None


@pytest.mark.parametrize("item", [told(heat=-1.0, listed=False), told(heat=-1.0, retracted=True)])
def test_what_is_withheld_is_not_folded(item: Item) -> None:
    assert not after(NEW, FRIDAY, item).folded


def test_a_folded_item_waits_for_its_date() -> None:
    waiting = after(NEW, TUESDAY, told(heat=-1.0, published=THURSDAY))
    assert (waiting.folded, waiting.due) == (False, THURSDAY)
    assert after(waiting, THURSDAY, told(heat=-1.0, published=THURSDAY)).folded


def test_an_item_waits_for_its_date_and_is_shown_when_it_comes() -> None:
    waiting = after(NEW, TUESDAY, told(published=THURSDAY))
    assert (waiting.shown, waiting.due) == (False, THURSDAY)
    assert waiting.reason == "waits for its date, 2024-01-04 12:00 UTC"
    assert (waiting.published, waiting.updated, waiting.text_digest) == (None, None, None)
    shown = after(waiting, THURSDAY, told(published=THURSDAY))
    assert (shown.shown, shown.due, shown.published, shown.updated) == (True, None, THURSDAY, THURSDAY)


def test_what_is_withheld_for_good_waits_for_no_date() -> None:
    assert after(NEW, TUESDAY, told(published=THURSDAY, listed=False)).due is None


def test_a_clock_set_back_withholds_nothing_that_was_shown() -> None:
    shown = after(NEW, FRIDAY, told(published=THURSDAY))
    assert replace(after(shown, TUESDAY, told(published=THURSDAY)), due=None) == shown
    assert after(after(NEW, THURSDAY, told(published=None)), MONDAY, told(published=None)).shown


def test_a_shown_entry_whose_date_is_moved_into_the_future_waits_for_it() -> None:
    shown = after(NEW, TUESDAY, told())
    moved = after(shown, WEDNESDAY, told(published=FRIDAY))
    assert (moved.shown, moved.due) == (False, FRIDAY)


def test_an_entry_without_files_is_gone_and_keeps_its_dates() -> None:
    shown = after(NEW, TUESDAY, told())
    gone, item = decide_visibility(shown, [], THURSDAY, default_listed=True)
    assert item is None
    assert (gone.shown, gone.reason, gone.file) == (False, "its file is gone", None)
    assert (gone.published, gone.updated, gone.link) == (shown.published, shown.updated, shown.link)
    assert after(gone, FRIDAY, told()) == shown


# Who speaks for an entry


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (told(quality=1.0, summary="better"), told(quality=99.0, listed=False)),
        (told(summary="better"), told(quality=99.0, published=FRIDAY)),
        (told(quality=40.0), told(quality=39.0, heat=99.0)),
        (told(quality=0.0), told(heat=99.0)),
        (told(quality=40.0, heat=2.0), told(quality=40.0, heat=1.0, body="x" * 99)),
        (told(heat=0.0), told(body="x" * 99)),
    ],
)
def test_the_better_of_two_files_speaks(better: Item, worse: Item) -> None:
    for files in ([as_file(better, "b.md"), as_file(worse, "a.md")], [as_file(worse, "b.md"), as_file(better, "a.md")]):
        for each in (files, files[::-1]):
            record, item = decide_visibility(NEW, each, WEDNESDAY, default_listed=True)
            assert item == better
            assert record.file == next(file.file for file in files if file.item is better)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.md", "b.md"),
        ("minutes.md", "minutes (Ada's copy).md"),
        ("minutes.md", "minutes 2.md"),
        ("minutes.md", "minutes-old.md"),
        ("z.md", "a/z.md"),
    ],
)
def test_of_two_new_files_that_nothing_distinguishes_the_one_of_the_shorter_path_speaks_whatever_its_text(
    first: str, second: str
) -> None:
    for one, other in (("short", "x" * 99), ("x" * 99, "short")):
        files = [as_file(told(body=other), second), as_file(told(body=one), first)]
        assert decide_visibility(NEW, files, WEDNESDAY, default_listed=True)[1] == told(body=one)


def sourced(item: Item, path: str, source: bytes) -> EntryFile:
    return replace(as_file(item, path), source=source)


@pytest.mark.parametrize(
    ("files", "speaking"),
    [
        ([sourced(told(), "long.md", b"1"), sourced(told(body="x" * 99), "a.md", b"2")], "long.md"),
        ([sourced(told(body="edited"), "long.md", b"3"), sourced(told(body="x" * 99), "a.md", b"2")], "long.md"),
        ([sourced(told(), "renamed.md", b"1"), sourced(told(body="x" * 99), "a.md", b"2")], "renamed.md"),
        ([sourced(told(), "renamed.md", b"1"), sourced(told(body="x" * 99), "long.md", b"2")], "long.md"),
        ([sourced(told(), "long.md", b"1"), sourced(told(quality=1.0), "a.md", b"2")], "a.md"),
        ([sourced(told(listed=False), "long.md", b"3"), sourced(told(), "a.md", b"2")], "a.md"),
        ([sourced(told(), "other.md", b"3"), sourced(told(), "a.md", b"2")], "a.md"),
    ],
)
def test_a_file_goes_on_speaking_until_another_is_better(files: list[EntryFile], speaking: str) -> None:
    shown, _ = decide_visibility(NEW, [sourced(told(), "long.md", b"1")], TUESDAY, default_listed=True)
    for each in (files, files[::-1]):
        record, _ = decide_visibility(shown, each, WEDNESDAY, default_listed=True)
        assert record.file == as_file(told(), speaking).file
        assert decide_visibility(record, each, WEDNESDAY, default_listed=True)[0] == record


def test_an_entry_is_shown_until_it_expires_and_falls_due_then() -> None:
    record = after(NEW, WEDNESDAY, told(expires=FRIDAY))
    assert (record.shown, record.due) == (True, FRIDAY)
    assert after(record, THURSDAY, told(expires=FRIDAY)) == record
    gone = after(record, FRIDAY, told(expires=FRIDAY))
    assert (gone.shown, gone.due) == (False, None)
    assert gone.reason == "expired at 2024-01-05 12:00 UTC, as the file says"
    again = after(gone, FRIDAY + MINUTE, told())
    assert (again.shown, again.published, again.updated) == (True, record.published, record.updated)


def test_an_entry_that_waits_for_its_date_falls_due_then_and_later_when_it_expires() -> None:
    item = told(published=THURSDAY, expires=FRIDAY)
    record = after(NEW, WEDNESDAY, item)
    assert (record.shown, record.due) == (False, THURSDAY)
    record = after(record, THURSDAY, item)
    assert (record.shown, record.due) == (True, FRIDAY)
    assert not after(NEW, FRIDAY, item).shown


def test_what_another_publisher_says_withholds_and_is_said() -> None:
    record = after(NEW, WEDNESDAY, told(hidden_by="status: draft"))
    assert (record.shown, record.reason) == (False, "the file says `status: draft`")


def test_a_broken_file_that_asks_to_be_withheld_does_not_speak() -> None:
    broken = as_file(told(quality=99.0), "a.md", withheld_while_broken=True)
    record, _ = decide_visibility(NEW, [broken], WEDNESDAY, default_listed=True)
    assert (record.shown, record.reason) == (False, "the file has problems, and it asks not to be published")
    record, item = decide_visibility(NEW, [broken, as_file(told(quality=1.0), "b.md")], WEDNESDAY, default_listed=True)
    assert (record.shown, item) == (True, told(quality=1.0))


def test_an_entry_is_looked_at_again_when_any_of_its_files_falls_due() -> None:
    hidden, waiting = told(quality=9.0, listed=False), told(quality=1.0, published=THURSDAY)
    record = after(NEW, TUESDAY, hidden, waiting)
    assert (record.shown, record.due) == (False, THURSDAY)
    assert after(record, THURSDAY, hidden, waiting).shown
    better = told(quality=99.0, published=FRIDAY)
    shown = after(NEW, TUESDAY, told(), better)
    assert (shown.shown, shown.published, shown.due) == (True, MONDAY, FRIDAY)
    assert after(shown, FRIDAY, told(), better).published == FRIDAY


def test_an_entry_has_the_link_of_the_file_that_speaks_for_it() -> None:
    linked = after(NEW, TUESDAY, told())
    assert linked.link == b"https://news.example/a"
    assert after(linked, TUESDAY, told(link=None)).link is None


def test_the_digest_of_a_text_tells_its_parts_apart() -> None:
    items = [Item(title="a", summary="b"), Item(title="ab"), Item(title="a", body="b"), Item(title="a", embed="b")]
    assert len({text_digest(item) for item in items}) == len(items)


# Feeds


TOPICS = Topics(
    (
        Topic("AI", aliases=("Artificial Intelligence",), keywords=("machine learning",)),
        Topic("Health", keywords=("cancer",)),
    )
)


@pytest.mark.parametrize(
    ("item", "feeds"),
    [
        (Item(title="x"), []),
        (Item(title="x", topics=("AI",)), [("topic", "ai", "AI")]),
        (Item(title="x", topics=("ai", "AI", "Artificial  intelligence")), [("topic", "ai", "AI")]),
        (
            Item(title="x", topics=("C", "C++", "C#", "c")),
            [("topic", "c", "c"), ("topic", "c++", "C++"), ("topic", "c#", "C#")],
        ),
        (Item(title="Cancer and machine learning"), [("topic", "ai", "AI"), ("topic", "health", "Health")]),
        (Item(title="x", summary="On cancer."), [("topic", "health", "Health")]),
        (Item(title="x", tags=("Machine Learning",)), [("topic", "ai", "AI")]),
        (Item(title="x", body="cancer", topics=()), []),
        (Item(title="Cancer", topics=("Cars",)), [("topic", "cars", "Cars")]),
        (Item(title="x", provider=Provider("News  Medical")), [("provider", "news medical", "News  Medical")]),
        (Item(title="x", provider=Provider("AI"), topics=("AI",)), [("topic", "ai", "AI"), ("provider", "ai", "AI")]),
    ],
)
def test_an_item_is_in_the_feeds_of_all_of_its_topics_and_of_its_provider(
    item: Item, feeds: list[tuple[Any, str, str]]
) -> None:
    expected = [Membership(FeedId(kind, key), label) for kind, key, label in feeds]
    assert feeds_of(item, SelectionSettings(topics=TOPICS)) == [Membership(ALL, ""), *expected]


# Windows

ENTRIES = st.integers(1, 12)
PLACES = st.builds(lambda seconds, entry: WindowPosition(seconds, f"tag:{entry}"), st.integers(0, 5), ENTRIES)
OFFERS = st.dictionaries(ENTRIES, st.integers(0, 9)).map(
    lambda offers: {entry: WindowPosition(seconds, f"tag:{entry:02}") for entry, seconds in offers.items()}
)
LIMITS = st.integers(1, 5)
EMPTY = Window({}, None)


def newest(offers: dict[int, WindowPosition], limit: int) -> dict[int, WindowPosition]:
    kept = sorted(offers, key=offers.__getitem__, reverse=True)[:limit]
    return {entry: offers[entry] for entry in kept}


def test_a_window_holds_the_newest_and_tells_whom_it_pushed_out() -> None:
    one, two, three, four = (WindowPosition(seconds, f"tag:{seconds}") for seconds in range(1, 5))
    window, pushed_out = advance(EMPTY, {1: one, 2: two, 4: four}, (), (), 2)
    assert (window, pushed_out) == (Window({2: two, 4: four}, one), [])
    window, pushed_out = advance(window, {3: three}, (), (), 2)
    assert (window, pushed_out) == (Window({3: three, 4: four}, two), [2])


def test_a_place_that_becomes_free_is_not_given_to_what_left_or_is_as_old() -> None:
    window = Window({3: WindowPosition(3, "c")}, WindowPosition(2, "b"))
    offers = {
        1: WindowPosition(1, "a"),
        2: WindowPosition(2, "b"),
        4: WindowPosition(2, "c"),
        5: WindowPosition(9, "e"),
    }
    assert advance(window, offers, (), {5}, 9)[0].members.keys() == {3, 4}


def test_a_member_stays_whatever_becomes_of_its_date() -> None:
    window = Window({3: WindowPosition(3, "c")}, WindowPosition(2, "b"))
    assert advance(window, {3: WindowPosition(1, "c")}, (), (), 1)[0].members == {3: WindowPosition(1, "c")}


def test_what_is_taken_out_leaves_the_floor_where_it_is() -> None:
    window = Window({2: WindowPosition(2, "b"), 3: WindowPosition(3, "c")}, WindowPosition(1, "a"))
    assert advance(window, {}, {3}, (), 2) == (Window({2: WindowPosition(2, "b")}, WindowPosition(1, "a")), [])


def test_a_lower_limit_pushes_out_and_a_higher_one_brings_nothing_back() -> None:
    offers = {number: WindowPosition(number, "") for number in range(6)}
    full, _ = advance(EMPTY, offers, (), (), 6)
    less, pushed_out = advance(full, {}, (), (), 2)
    assert (less.members.keys(), pushed_out) == ({4, 5}, [3, 2, 1, 0])
    more, _ = advance(less, offers, (), pushed_out, 6)
    assert more.members.keys() == {4, 5}


@given(st.lists(st.tuples(OFFERS, st.frozensets(ENTRIES, max_size=3)), max_size=8), LIMITS)
@settings(max_examples=400, deadline=None)
def test_a_window_never_holds_more_than_its_limit_and_nothing_pushed_out_returns(
    steps: list[tuple[dict[int, WindowPosition], frozenset[int]]], limit: int
) -> None:
    window, departed = EMPTY, set[int]()
    for arrived, gone in steps:
        offers = {entry: place for entry, place in arrived.items() if entry not in gone}
        before = window
        window, pushed_out = advance(window, offers, gone, departed, limit)
        assert len(window.members) <= limit
        assert window.members.keys() <= (before.members.keys() - gone) | offers.keys()
        assert not window.members.keys() & departed
        assert set(pushed_out) == (before.members.keys() - gone) - window.members.keys()
        assert before.floor is None or (window.floor is not None and window.floor >= before.floor)
        departed.update(pushed_out)


@given(OFFERS, LIMITS, st.randoms(use_true_random=False), st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_the_members_are_the_newest_in_whatever_portions_they_arrive(
    offers: dict[int, WindowPosition], limit: int, random_: Any, portion: int
) -> None:
    arrivals = list(offers)
    random_.shuffle(arrivals)
    window, departed = EMPTY, set[int]()
    for start in range(0, len(arrivals), portion):
        arrived = {entry: offers[entry] for entry in arrivals[start : start + portion]}
        window, pushed_out = advance(window, arrived, (), departed, limit)
        departed.update(pushed_out)
    at_once, _ = advance(EMPTY, offers, (), (), limit)
    assert window == at_once
    assert window.members == newest(offers, limit)


@given(OFFERS, OFFERS, st.one_of(st.none(), PLACES), LIMITS)
@settings(max_examples=300, deadline=None)
def test_offers_that_were_narrowed_first_come_to_the_same_window(
    members: dict[int, WindowPosition], offers: dict[int, WindowPosition], floor: WindowPosition | None, limit: int
) -> None:
    window = Window(newest(members, limit), floor)
    fresh = {entry: place for entry, place in offers.items() if entry not in window.members}
    kept, highest = narrow(fresh, limit)
    assert kept == newest(fresh, limit)
    assert highest == max((place for entry, place in fresh.items() if entry not in kept), default=None)
    floors = [each for each in (floor, highest) if each is not None]
    narrowed = Window(window.members, max(floors, default=None))
    after_all, out = advance(window, fresh, (), (), limit)
    after_kept, out_kept = advance(narrowed, kept, (), (), limit)
    assert (after_kept.members, out_kept) == (after_all.members, out)
    if floor is None:
        assert after_kept.floor == after_all.floor


# Slugs


def slugs_of(*labels: str, taken: tuple[str, ...] = ()) -> dict[str, str]:
    feeds = [Membership(FeedId("topic", name_key(label)), label) for label in labels]
    return {label: choose_slugs(feeds, taken)[feed] for feed, label in feeds}


def test_slugs_are_readable() -> None:
    assert slugs_of(
        "C", "C++", "C#", ".NET", "R&D", "\u4eba\u5de5\u667a\u80fd", "Machine Learning", "\u00c6r\u00f8"
    ) == {
        "C": "c",
        "C++": "c-plus-plus",
        "C#": "c-sharp",
        ".NET": "dot-net",
        "R&D": "r-and-d",
        "\u4eba\u5de5\u667a\u80fd": "\u4eba\u5de5\u667a\u80fd",
        "Machine Learning": "machine-learning",
        "\u00c6r\u00f8": "\u00e6r\u00f8",
    }


@pytest.mark.parametrize(
    "labels", [("etc", "../../etc"), ("../../etc", "etc"), ("etc", "../../etc", "..\\etc", "/etc/")]
)
def test_a_name_that_is_its_own_slug_has_it_before_names_that_have_to_be_changed(labels: tuple[str, ...]) -> None:
    slugs = slugs_of(*labels)
    assert slugs["etc"] == "etc"
    assert len(set(slugs.values())) == len(labels)
    assert all(slug.replace("-", "").isalnum() for slug in slugs.values())


def test_a_slug_that_is_taken_is_not_given_again() -> None:
    (slug,) = slugs_of("AI", taken=("ai",)).values()
    assert slug.startswith("ai-")
    (another,) = slugs_of("AI", taken=("ai", slug)).values()
    assert another not in ("ai", slug)


def test_names_of_which_nothing_can_be_kept_have_slugs_too() -> None:
    slugs = slugs_of("!", "?", "...", "\u2026")
    assert len(set(slugs.values())) == 4
    assert all(slug.startswith("topic") for slug in slugs.values())


def test_long_names_that_begin_alike_have_short_slugs_that_differ() -> None:
    slugs = slugs_of("x" * 300, "x" * 299 + "y", "\u4eba" * 300, "\u4eba" * 299)
    assert len(set(slugs.values())) == 4
    assert all(len(slug.encode()) < 220 for slug in slugs.values())


NAMES = st.one_of(
    st.text(max_size=8), st.text("aA b-.+#/", max_size=5), st.sampled_from(("AI", "ai", "etc", "../../etc"))
)


@given(st.lists(NAMES, max_size=8, unique_by=name_key), st.lists(NAMES, max_size=2, unique_by=name_key), st.booleans())
@settings(max_examples=300, deadline=None)
def test_slugs_are_different_single_path_segments_in_whatever_order_the_names_come(
    names: list[str], earlier: list[str], follow: bool
) -> None:
    assume(not {name_key(name) for name in names} & {name_key(name) for name in earlier})
    taken = tuple(slugs_of(*earlier).values())
    if follow:  # a name that looks like a slug with a digest
        names += [slug for slug in slugs_of(*names, taken=taken).values() if name_key(slug) not in map(name_key, names)]
    slugs = slugs_of(*names, taken=taken)
    assert len(set(slugs.values())) == len(slugs)
    assert not set(slugs.values()) & set(taken)
    assert all(slug and not {"/", "\\", "\0", "."} & set(slug) for slug in slugs.values())
    assert slugs_of(*names[::-1], taken=taken) == slugs
