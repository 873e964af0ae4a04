"""Rows of a new complaint, written the short way: SQLAlchemy's own costs as much for a row as SQLite's work on it.

Statements and the conversion of values are SQLAlchemy's, made once for each set of columns.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Row = tuple[sa.Table, Mapping[str, Any]]
Shape = tuple[tuple[sa.Table, tuple[str, ...]], ...]
Values = list[tuple[str, int, str, Callable[[Any], Any] | None]]
"""Of each value in the order of the statement: the parameter's name, the row, the column, what converts it."""


def insert(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert a row into each of some tables; PostgreSQL gets all in one statement, which saves the way there and back.

    Rows may refer to rows before them. Columns that a row does not name are null or counted up.
    """
    if connection.dialect.name == "postgresql":
        _run(connection, rows)
        return
    for row in rows:
        _run(connection, [row])


def _run(connection: Connection, rows: Sequence[Row]) -> None:
    statement, values = _compiled(connection.dialect, tuple((table, tuple(row)) for table, row in rows))
    given = {}
    for name, number, column, convert in values:
        value = rows[number][1][column]
        given[name] = value if convert is None else convert(value)
    connection.exec_driver_sql(statement, tuple(given.values()) if connection.dialect.positional else given)


@lru_cache(maxsize=100)
def _compiled(dialect: sa.Dialect, shape: Shape) -> tuple[str, Values]:
    """One statement for rows of some tables and columns, and its values."""
    *before, last = [
        sa.insert(table).values({column: sa.bindparam(f"{table.name}_{column}") for column in columns})
        for table, columns in shape
    ]
    compiled = last.add_cte(*[part.cte(f"new_{part.table.name}") for part in before]).compile(dialect=dialect)
    values: dict[str, tuple[str, int, str, Callable[[Any], Any] | None]] = {}
    for number, (table, columns) in enumerate(shape):
        for column in columns:
            type_ = table.c[column].type.dialect_impl(dialect)
            name = f"{table.name}_{column}"
            values[name] = (name, number, column, type_.bind_processor(dialect))
    return str(compiled), [values[name] for name in compiled.positiontup or values]
