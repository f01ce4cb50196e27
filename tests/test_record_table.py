"""Tables of records: what a record has, its table has, also one that was made before."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import replace
from support import Site, item, take_back

from feedd.decide.records import EntryRecord
from feedd.render.recovery.index_parts import is_index_part
from feedd.store.ledger.database import connect
from feedd.store.ledger.entry_rows import EntryRows
from feedd.store.ledger.record_table import RecordTable
from feedd.store.ledger.schema import entries_table

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
RECORD = EntryRecord(1, "tag:one", NOON, shown=True, published=NOON, text_digest=b"text", heat=0.5, slug="one")


def table_with(kind: Any, default: object) -> tuple[type[EntryRecord], RecordTable[EntryRecord]]:
    """A record with one more field, `newest`, and its table."""
    wider = msgspec.defstruct(
        "Wider", [("newest", kind, default)], bases=(EntryRecord,), frozen=True, rename={"text_digest": "digest"}
    )
    return wider, entries_table(wider)


def widened(record: EntryRecord, wider: type[EntryRecord], **fields: object) -> EntryRecord:
    return wider(*(getattr(record, name) for name in EntryRecord.__struct_fields__), **fields)


fields_of_every_kind = pytest.mark.parametrize(
    ("kind", "default", "value"),
    [
        (bool, False, True),
        (bool, True, False),
        (int, 7, -1),
        (float, 0.5, 1e300),
        (str, "it's; new", "人工智能"),
        (bytes, b"\0;'", b"\xff"),
        (datetime, NOON, NOON.replace(year=2027)),
        (bool | None, None, False),
        (int | None, None, 0),
        (float | None, None, 0.0),
        (str | None, None, ""),
        (bytes | None, None, b""),
        (datetime | None, None, NOON),
    ],
)


def older(path: Path) -> None:
    """Keeps one entry as a feedd does whose record lacks the field."""
    with closing(connect(path)) as db:
        EntryRows(db).put_entries([RECORD], NOON)


@fields_of_every_kind
@pytest.mark.parametrize("before", [older, lambda _: None], ids=["older", "new"])
def test_a_field_of_a_record_is_kept_without_more(
    tmp_path: Path, kind: Any, default: object, value: object, before: Callable[[Path], None]
) -> None:
    path = tmp_path / "ledger.sqlite3"
    wider, table = table_with(kind, default)
    one, two = (widened(replace(RECORD, entry=entry, id=f"tag:{entry}", slug=None), wider) for entry in (2, 3))
    one, other_one, other_two = replace(one, newest=value), one, replace(two, newest=value)
    before(path)
    with closing(connect(path, table)) as db:
        EntryRows(db, table).put_entries([one, two], NOON)
    with closing(connect(path, table)) as db:
        rows = EntryRows(db, table)
        kept = rows.records([2, 3])
        assert kept == {2: one, 3: two}
        assert [type(each.newest) for each in kept.values()] == [type(value), type(default)]
        rows.put_entries([other_one, other_two], NOON)
        assert rows.records([2, 3]) == {2: other_one, 3: other_two}


@fields_of_every_kind
def test_an_entry_from_before_a_field_has_its_default(
    tmp_path: Path, kind: Any, default: object, value: object
) -> None:
    path = tmp_path / "ledger.sqlite3"
    wider, table = table_with(kind, default)
    older(path)
    with closing(connect(path, table)) as db:
        rows = EntryRows(db, table)
        assert rows.records([1]) == {1: widened(RECORD, wider)}
        rows.put_entries([widened(RECORD, wider, newest=value)], NOON)
    with closing(connect(path)) as db:  # an older feedd goes on with it, and leaves alone what it does not know
        EntryRows(db).put_entries([replace(RECORD, heat=9.0)], NOON)
        assert EntryRows(db).records([1]) == {1: replace(RECORD, heat=9.0)}
    with closing(connect(path, table)) as db:
        assert EntryRows(db, table).records([1]) == {1: widened(replace(RECORD, heat=9.0), wider, newest=value)}


@pytest.mark.parametrize("version", [6, 7, None])
def test_a_ledger_that_passes_have_made_is_given_a_field(site: Site, version: int | None) -> None:
    site.write("a.md", item("A"))
    site.write("b.md", item("B", published=False))
    site.render()
    if version is not None:
        with closing(sqlite3.connect(site.ledger)) as older_db, older_db:
            take_back(older_db, version)
    wider, table = table_with(int, 3)
    with closing(connect(site.ledger, table)) as db:
        found = EntryRows(db, table).records([1, 2])
        before = EntryRows(db).records([1, 2])
    assert found == {entry: widened(record, wider, newest=3) for entry, record in before.items()}
    assert {record.shown for record in found.values()} == {True, False}
    assert all(map(is_index_part, site.render().written))  # which the older feedd did not write


def test_an_entry_stays_what_it_was_when_it_was_kept_first(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "ledger.sqlite3")) as db:
        rows = EntryRows(db)
        rows.put_entries([RECORD], NOON)
        rows.put_entries([replace(RECORD, id="tag:other", first_seen=NOON.replace(year=2027), heat=9.0)], NOON)
        assert rows.records([1]) == {1: replace(RECORD, heat=9.0)}


@pytest.mark.parametrize("kind", [tuple[str, ...], int | str, object])
def test_a_field_that_no_column_keeps_is_refused(kind: Any) -> None:
    record: type[Struct] = msgspec.defstruct("Odd", [("entry", int), ("odd", kind)])
    with pytest.raises(TypeError, match=r"no column keeps Odd\.odd"):
        RecordTable("odd", record)
