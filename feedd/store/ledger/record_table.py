"""Tables of records: the fields of a record in; the columns of its table, and functions between records and rows,
out.
"""

from __future__ import annotations

import sqlite3
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import NoneType
from typing import Any, Generic, TypeVar, get_args

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

R = TypeVar("R", bound=Struct)

_SQL_TYPES = {int: "INTEGER", bool: "INTEGER", datetime: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB"}
_WIDTH = 116
_NO_BREAK = "\xa0"  # a blank at which no line breaks


class Column(Struct, frozen=True):
    """A column, and the field that it keeps. `default` is NODEFAULT for a field without default."""

    name: str
    field: str
    kind: type
    may_be_none: bool
    default: object

    def declaration(self) -> str:
        """The declaration after the column's name in CREATE TABLE."""
        declared = _SQL_TYPES[self.kind] + ("" if self.may_be_none else " NOT NULL")
        has_default = self.default is not NODEFAULT and self.default is not None
        return f"{declared} DEFAULT {_literal(self.default)}" if has_default else declared

    def to_column(self) -> str:
        """Code for the value of the column, from `record`."""
        value = f"record.{self.field}"
        return self._unless_none(f"int({value}.timestamp())", value) if self.kind is datetime else value

    def to_field(self, value: str) -> str:
        """Code for the value of the field, from the value of the column."""
        if self.kind is bool:
            return self._unless_none(f"bool({value})", value)
        return self._unless_none(f"moment({value}, UTC)", value) if self.kind is datetime else value

    def _unless_none(self, code: str, value: str) -> str:
        return f"None if {value} is None else {code}" if self.may_be_none else code


class RecordTable(Generic[R]):
    """A table with a column for each field of a record, under the field's encoded name (`rename` of a Struct).

    A datetime is kept as whole seconds since 1970, UTC, and a bool as 0 or 1. A column is NOT NULL unless its field may
    be None, and has the default of its field. `declared`: declarations that replace these. `others`: columns without a
    field; each declaration is keyed by the column after which it stands.

    The first field is the key. Fields without a default identify the record: once kept, they stay as they are. A later
    field needs a default, which older rows then get. Raises TypeError for a field whose type no column can keep.
    """

    def __init__(
        self,
        name: str,
        record: type[R],
        *,
        declared: Mapping[str, str] | None = None,
        others: Mapping[str, str] | None = None,
    ) -> None:
        columns = _read_columns(record)
        self._name = name
        self.columns = tuple(column.name for column in columns)
        self._declarations = {column.name: f"{column.name} {column.declaration()}" for column in columns}
        self._declarations |= {column: f"{column} {text}" for column, text in (declared or {}).items()}
        self._others = others or {}
        self._changing = [column.name for column in columns if column.default is not NODEFAULT]
        self.to_row: Callable[[R], tuple[Any, ...]] = _compiled(
            f"lambda record: ({', '.join(column.to_column() for column in columns)},)"
        )
        values = [f"value_{number}" for number in range(len(columns))]
        made = ", ".join(column.to_field(value) for column, value in zip(columns, values, strict=True))
        self._to_record: Callable[..., R] = _compiled(f"lambda {', '.join(values)}: Record({made})", Record=record)

    def to_record(self, row: Sequence[Any]) -> R:
        """A record from its columns, in their order."""
        return self._to_record(*row)

    def create(self) -> str:
        """The statement that makes the table."""
        declarations: list[str] = []
        for column in self.columns:
            declarations.append(self._declarations[column])
            if column in self._others:
                declarations.append(self._others[column])
        listed = ", ".join(each.replace(" ", _NO_BREAK) for each in declarations)
        lines = textwrap.wrap(listed, _WIDTH, break_long_words=False, break_on_hyphens=False)
        return f"CREATE TABLE {self._name} (\n  " + "\n  ".join(lines).replace(_NO_BREAK, " ") + "\n)"

    def additions(self, db: sqlite3.Connection) -> list[str]:
        """The statements that add missing columns to an older table."""
        present = {name for _, name, *_ in db.execute(f"PRAGMA table_info({self._name})")}
        return [
            f"ALTER TABLE {self._name} ADD COLUMN {self._declarations[column]}"
            for column in self.columns
            if column not in present
        ]

    def upsert(self, others: Mapping[str, tuple[str, str]]) -> str:
        """The statement that inserts a row of `to_row`, or updates the row with its key. `others`: for columns without
        a field, the expression for a new row, and the expression for an update.
        """
        new = ["?"] * len(self.columns) + [expression for expression, _ in others.values()]
        changes = [f"{column} = excluded.{column}" for column in self._changing]
        changes += [f"{column} = {expression}" for column, (_, expression) in others.items()]
        return (
            f"INSERT INTO {self._name} ({', '.join([*self.columns, *others])}) VALUES ({', '.join(new)}) "  # noqa: S608
            f"ON CONFLICT ({self.columns[0]}) DO UPDATE SET {', '.join(changes)}"
        )


def _read_columns(record: type[Struct]) -> list[Column]:
    found = []
    for field in fields(record):
        kinds = get_args(field.type) or (field.type,)
        kind, *more = [kind for kind in kinds if kind is not NoneType]
        if more or kind not in _SQL_TYPES:
            raise TypeError(f"no column keeps {record.__name__}.{field.name}, which is {field.type}")
        found.append(Column(field.encode_name, field.name, kind, NoneType in kinds, field.default))
    return found


def _literal(value: Any) -> str:
    if isinstance(value, datetime):
        return str(int(value.timestamp()))
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(+value)  # +False is 0


def _compiled(code: str, **names: Any) -> Any:
    """A function of generated code: a loop over the fields of each record would take longer than reading its row."""
    return eval(code, {"moment": datetime.fromtimestamp, "UTC": UTC, **names})  # noqa: S307 - made of names of fields
