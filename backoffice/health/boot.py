"""What must be so before a process serves anybody. `manage.py check --deploy --database default` asks the same."""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Critical
from django.db import Error, connection

DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
WRITTEN: Final = ("events_outboxevent", "events_eventdeadletter", "integrations_deadletter", "audit_auditentry")
_ADVICE: Final = "Set it to on in postgresql.conf, and for the role and the database of DATABASE_URL."


def check_database(databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Django's system check: durable settings, valid unique indexes, tables that can be written to (rule B-31)."""
    if not databases or "default" not in databases:
        return []
    return list(_faults())


def _faults() -> Iterator[CheckMessage]:
    try:
        with connection.cursor() as cursor:
            yield from _durability(cursor)
            yield from _indexes(cursor)
            yield from _tables(cursor)
    except Error as error:
        yield Critical(f"The database does not answer: {type(error).__name__}.", id="potluck.C001")


def _durability(cursor: Any) -> Iterator[CheckMessage]:
    for name in DURABLE:
        cursor.execute("SELECT current_setting(%s)", [name])
        value = str(cursor.fetchone()[0])
        is_durable = value == "on" or (name == "synchronous_commit" and value in {"remote_write", "remote_apply"})
        if not is_durable:
            message = f"PostgreSQL runs with {name} = {value}: what it acknowledged could be lost."
            yield Critical(message, hint=_ADVICE, id=f"potluck.C1{DURABLE.index(name)}")


def _indexes(cursor: Any) -> Iterator[CheckMessage]:
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique AND NOT (indisvalid AND indisready)"
    )
    for (name,) in cursor.fetchall():
        yield Critical(f"The unique index {name} is not valid.", hint=f"REINDEX INDEX {name};", id="potluck.C002")


def _tables(cursor: Any) -> Iterator[CheckMessage]:
    for table in WRITTEN:
        cursor.execute(
            "SELECT to_regclass(%s) IS NULL OR has_table_privilege(to_regclass(%s)::oid, 'INSERT')", [table, table]
        )
        if not cursor.fetchone()[0]:
            yield Critical(f"This role may not write to {table}.", id="potluck.C003")


def _looked() -> list[CheckMessage]:
    try:
        return check_database(databases=["default"])
    finally:
        connection.close()


def refuse_unsafe_start() -> None:
    """Ends the process, with the reasons on standard error, where the database is not safe to use.

    Tests are excepted: their servers trade safety for speed.
    """
    if settings.ENVIRONMENT == "test":
        return
    # In a thread of its own: a server with several workers loads the application inside its event loop.
    with ThreadPoolExecutor(max_workers=1) as aside:
        faults = aside.submit(_looked).result()
    if faults:
        lines = [f"{fault.id}: {fault.msg}" + (f" {fault.hint}" if fault.hint else "") for fault in faults]
        sys.stderr.write("\n".join(["This process does not start.", *lines]) + "\n")
        raise SystemExit(1)
