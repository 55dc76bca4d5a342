"""What every app says its violated invariants in; backoffice.subscriptions.INVARIANTS names who is asked."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.db import connection


class Violation(NamedTuple):
    """One row that should not be: which invariant, which key, and what is wrong."""

    invariant: str
    key: str
    detail: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.key}: {self.detail}"


Check = Callable[[], Iterable[Violation]]


def violations_by_sql(invariant: str, sql: str) -> list[Violation]:
    """A violation for each row of a query with two columns: the key, and what is wrong with it."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [Violation(invariant, str(key), str(detail)) for key, detail in cursor.fetchall()]
