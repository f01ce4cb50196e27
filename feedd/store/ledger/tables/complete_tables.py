"""Completing the tables of an older ledger: its tables, and the tables of this format, in; what it lacks, added.

The number of a format does not tell all: some tables, columns and indices came between two numbers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from feedd.patterns import late_pattern

_is_addition = late_pattern(r"\s*ALTER TABLE (\w+) ADD COLUMN (\w+)").match
_is_creation = late_pattern(r"\s*CREATE (?:TABLE|(?:UNIQUE )?INDEX) (\w+)(?: ON (\w+))?").match
_IN_OLD_ROWS = {("links", "whole"): "0"}  # columns whose value in rows from before is not their default


def run_step(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    """Carries out the statements of a step from one format to the next, but for what is there already, and for indices
    of tables that are still to be completed.
    """
    for statement in statements:
        addition, creation = _is_addition(statement), _is_creation(statement)
        if addition and addition[2] in _columns(connection, addition[1]):
            continue
        if creation and (creation[1] in _made(connection) or {creation[2]} - {None} - _made(connection)):
            continue
        connection.execute(statement)


def complete_tables(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    """Adds what a ledger lacks of the tables, columns and indices that `statements` make in an empty database."""
    whole = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in statements:
            whole.execute(statement)
        made = _made(connection)
        wanted = whole.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC")
        for kind, name, sql in wanted.fetchall():  # tables before indices
            if name not in made:
                connection.execute(sql)
            elif kind == "table":
                _add_columns(connection, whole, name)
    finally:
        whole.close()


def _add_columns(connection: sqlite3.Connection, whole: sqlite3.Connection, table: str) -> None:
    present = _columns(connection, table)
    for _, name, kind, is_needed, default, _ in whole.execute(f"PRAGMA table_info({table})").fetchall():
        if name not in present:
            value = _IN_OLD_ROWS.get((table, name), default)
            declared = f"{name} {kind}" + (" NOT NULL" if is_needed else "")
            declared += f" DEFAULT {value}" if value is not None else ""
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {declared}")


def _made(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
