"""Rows of new complaints, written the short way: SQLAlchemy's own costs as much for a row as SQLite's work on it.

SQLite gets a statement a table, whose text and conversion of values are SQLAlchemy's, made once a set of columns.
PostgreSQL gets one statement for all rows of all tables, each table's as JSON, so that many rows cost one way there and
back and no value is converted by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pydantic_core
import sqlalchemy as sa
from sqlalchemy.engine import Connection

Row = tuple[sa.Table, Mapping[str, Any]]
Values = list[tuple[str, Callable[[Any], Any] | None]]
"""The columns of a statement in its order, and what converts their values."""


def insert(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert rows into some tables, table by table; they may refer to rows of tables that are named before theirs.

    Columns that no row of a table names are null or counted up.
    """
    if connection.dialect.name == "postgresql":
        _insert_as_json(connection, rows)
        return
    alike: dict[tuple[sa.Table, tuple[str, ...]], list[Mapping[str, Any]]] = {}
    for table, row in rows:
        alike.setdefault((table, tuple(row)), []).append(row)
    for (table, columns), found in alike.items():
        statement, values = _compiled(connection.dialect, table, columns)
        given = [
            tuple([row[column] if convert is None else convert(row[column]) for column, convert in values])
            for row in found
        ]
        connection.exec_driver_sql(statement, given)


@lru_cache(maxsize=100)
def _compiled(dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...]) -> tuple[str, Values]:
    """The statement for one row of some columns."""
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=columns)
    order = compiled.positiontup or []
    return str(compiled), [
        (column, table.c[column].type.dialect_impl(dialect).bind_processor(dialect)) for column in order
    ]


def _insert_as_json(connection: Connection, rows: Sequence[Row]) -> None:
    by_table: dict[sa.Table, list[Mapping[str, Any]]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    named = [(table, frozenset().union(*ofs)) for table, ofs in by_table.items()]
    given = {table.name: pydantic_core.to_json(ofs).decode() for table, ofs in by_table.items()}
    connection.exec_driver_sql(_from_json(connection.dialect, tuple(named)), given)


@lru_cache(maxsize=100)
def _from_json(dialect: sa.Dialect, shape: tuple[tuple[sa.Table, frozenset[str]], ...]) -> str:
    """One statement that inserts some columns of some tables, from a parameter a table that is named as the table."""
    parts = []
    for table, names in shape:
        columns = [column for column in table.c if column.name in names]
        listed = ", ".join(f'"{column.name}"' for column in columns)
        typed = ", ".join(f'"{column.name}" {column.type.compile(dialect)}' for column in columns)
        records = f"jsonb_to_recordset(%({table.name})s::jsonb) AS new ({typed})"
        parts.append(f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {records}")
    *before, last = parts
    named = ", ".join(f"new_{number} AS ({part})" for number, part in enumerate(before))
    return f"WITH {named} {last}" if before else last
