"""What is made alike for most tests, kept after the first time: its rows as one statement, its objects as bytes.

Making the cast takes two hundred statements; putting it back takes one.
"""

import pickle
from collections.abc import Callable, Hashable
from typing import Any

from django.db import connection, transaction

# What a migrated database holds.
KEPT_TABLES = ["django_migrations", "django_content_type", "auth_permission"]

_COLUMNS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum),
       array_agg(a.atttypid = 'xid8'::regtype ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname <> ALL(%s)
GROUP BY c.relname ORDER BY c.relname
"""
Table = tuple[str, list[str], list[bool]]

_kept: dict[Hashable, tuple[str, bytes]] = {}


def made_once(key: Hashable, make: Callable[[], Any]) -> Any:
    """What `make` makes in an empty database, with its rows; made the first time, put back each time after that.

    Rows come back as they were, triggers asleep, but belong to the transaction that puts them back. In a database that
    is not empty it is made as ever, and not kept.
    """
    if key in _kept:
        statement, objects = _kept[key]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        return pickle.loads(objects)
    tables = _tables()
    is_empty = not any(_rows(table) for table in tables)
    made = make()
    if is_empty:
        _kept[key] = (_statement(tables), pickle.dumps(made))
    return made


def _tables() -> list[Table]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [KEPT_TABLES])
        return cursor.fetchall()


def _rows(table: Table) -> str | None:
    """All rows, as they stand after VALUES; None where there are none."""
    name, columns, belong = table
    # A transaction's own number is given anew.
    values = ", ".join(
        "'DEFAULT'" if is_number else f'quote_nullable("{column}"::text)'
        for column, is_number in zip(columns, belong, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg('(' || concat_ws(', ', {values}) || ')', ', ') FROM \"{name}\"")
        (rows,) = cursor.fetchone() or (None,)
    return rows


def _statement(tables: list[Table]) -> str:
    inserts = []
    for table in tables:
        rows = _rows(table)
        if rows is not None:
            name, columns, _belong = table
            listed = ", ".join(f'"{column}"' for column in columns)
            inserts.append(f'INSERT INTO "{name}" ({listed}) OVERRIDING SYSTEM VALUE VALUES {rows}')
    asleep, awake = "SET LOCAL session_replication_role = replica", "SET LOCAL session_replication_role = origin"
    return "; ".join([asleep, *inserts, awake])
