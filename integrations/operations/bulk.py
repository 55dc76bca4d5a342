"""Statements over whole batches: parameters go to the server as they are, not as text within the statement."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection


def run_bulk(sql: LiteralString, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Execute in the running transaction, prepared; the rows, if it gives any. Arrays are written `%b::text[]`."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, parameters, prepare=True)
        return cursor.fetchall() if cursor.description is not None else []
