"""Statements over whole batches: parameters go to the server as they are, not as text within the statement."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import psycopg
from django.db import connection
from psycopg import sql as composed

from backoffice.core.arrays import ARRAYS, BinaryArrayDumper

_BINARY_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_BINARY_END: Final = b"\xff\xff"


def run_bulk(sql: LiteralString, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Execute in the running transaction, prepared; the rows, if it gives any. Arrays are written `%b::text[]`; large
    ones are made by backoffice.core.arrays, and written `%b`."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        for array in ARRAYS:
            cursor.adapters.register_dumper(array, BinaryArrayDumper)
        cursor.execute(sql, parameters, prepare=True)
        return cursor.fetchall() if cursor.description is not None else []


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows that are known to be new, by COPY in the running transaction."""
    connection.ensure_connection()
    names = composed.SQL(", ").join(composed.Identifier(column) for column in columns)
    statement = composed.SQL("COPY {} ({}) FROM STDIN").format(composed.Identifier(table), names)
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


@contextmanager
def copying(table: str, columns: Sequence[str]) -> Iterator[Callable[[bytes], None]]:
    """The same of rows that are in the binary form of COPY already, without its header and its end.

    What is written is taken by the server while the next rows are made; no other statement runs in the meantime.
    """
    connection.ensure_connection()
    names = composed.SQL(", ").join(composed.Identifier(column) for column in columns)
    statement = composed.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(composed.Identifier(table), names)
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.write(_BINARY_HEADER)
        yield copy.write
        copy.write(_BINARY_END)
