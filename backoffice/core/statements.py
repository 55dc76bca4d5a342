"""Prepared statements for the hot paths: several on one way to the server, with little of the driver between.

Each way there and back costs a thread more than most statements do, above all where a busy event loop stands in line
for the interpreter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from select import POLLIN, POLLOUT, poll
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Rows = list[tuple[Any, ...]]
Parameters = Sequence[object] | Mapping[str, object]

_prepared: Final[WeakKeyDictionary[Any, set[bytes]]] = WeakKeyDictionary()
_numbers: Final = count(1)
_PLACE: Final = re.compile(r"%s|%\((\w+)\)s")
_UNKNOWN_STATEMENT: Final = "26000"


class Statement:
    """SQL that each connection prepares once. Its parameters, %s or %(name)s, are sent as texts: where the server
    cannot see what one is, it is cast."""

    def __init__(self, sql: str) -> None:
        self.name = b"potluck_%d" % next(_numbers)
        self._names: list[str] = []
        self.sql = _PLACE.sub(self._numbered, sql).encode()

    def _numbered(self, place: re.Match[str]) -> str:
        name = place[1] or f"{len(self._names)}"
        if name not in self._names:
            self._names.append(name)
        return f"${self._names.index(name) + 1}"

    def texts(self, parameters: Parameters) -> list[bytes | None]:
        """The parameters as they are sent."""
        if isinstance(parameters, Mapping):
            parameters = [parameters[name] for name in self._names]
        return [None if value is None else str(value).encode() for value in parameters]


Call = tuple[Statement, Parameters]


def send(calls: Sequence[Call]) -> list[Rows]:
    """Carry these out in order, in the transaction of the caller's atomic block; the rows of each, an empty list for
    one that has none.

    Where one fails none after it was carried out, and what the ORM would raise is raised.
    """
    if not calls:
        return []
    with stream() as under_way:
        under_way.add(calls)
        return under_way.take()


class Stream:
    """Statements on their way: the server works on the first ones while the next are made. From the first that is
    added until they are taken the connection is the stream's alone."""

    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        self._raw = raw
        self._pgconn = raw.pgconn
        self._known = _prepared.setdefault(raw, set())
        # What each result that is to come belongs to: the name that is prepared, or None for a call's.
        self._sent: list[bytes | None] = []
        self._has_connection = False

    def add(self, calls: Sequence[Call]) -> None:
        """Send these behind what was sent before."""
        if calls and not self._has_connection:
            self._begin()
        for statement, parameters in calls:
            if statement.name not in self._known and statement.name not in self._sent:
                self._pgconn.send_prepare(statement.name, statement.sql)
                self._sent.append(statement.name)
            self._pgconn.send_query_prepared(statement.name, statement.texts(parameters))
            self._sent.append(None)
        if calls:
            _flush(self._pgconn)

    def take(self) -> list[Rows]:
        """Wait for all that was added since the last time; the rows of each. The errors are those of send(). The
        connection is free after it."""
        if not self._has_connection:
            return []
        sent, results = self._sent, self._received()
        for result in results:
            if not _is_good(result):
                raise _error(result, self._known)
        return [_rows(self._raw, result) for result, name in zip(results, sent, strict=True) if name is None]

    def leave(self) -> None:
        """Wait for what nobody has taken, whatever it came to, so that the connection can be used again."""
        if self._has_connection:
            with suppress(psycopg.Error):  # of a connection that is lost, or of one that cannot go on
                self._received()

    def _begin(self) -> None:
        self._has_connection = True
        self._sent = []
        self._pgconn.enter_pipeline_mode()
        if not self._raw.autocommit and self._pgconn.transaction_status == TransactionStatus.IDLE:
            self._pgconn.send_query_params(b"BEGIN", None)
            self._sent.append(b"")

    def _received(self) -> list[PGresult]:
        self._has_connection = False
        try:
            self._pgconn.pipeline_sync()
            _flush(self._pgconn)
            results = _received(self._pgconn)
        finally:
            with suppress(psycopg.Error):  # of a connection that is lost; that is told where it is noticed
                self._pgconn.exit_pipeline_mode()
        # What was prepared stays so, whatever became of the rest.
        for name, result in zip(self._sent, results, strict=False):
            if name and _is_good(result):
                self._known.add(name)
        return results


@contextmanager
def stream() -> Iterator[Stream]:
    """Statements to be carried out in order, in the transaction of the caller's atomic block; what is not taken in the
    block is waited for at its end."""
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors:
        under_way = Stream(raw)
        try:
            yield under_way
        except BaseException:
            under_way.leave()
            raise
        under_way.take()


def _flush(pgconn: PGconn) -> None:
    while pgconn.flush():
        # The server may wait for us to read before it reads on.
        if _ready(pgconn, POLLIN | POLLOUT) & POLLIN:
            pgconn.consume_input()


def _received(pgconn: PGconn) -> list[PGresult]:
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            _ready(pgconn, POLLIN)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            if pgconn.status == ConnStatus.BAD:
                raise psycopg.OperationalError(pgconn.get_error_message())
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)


def _ready(pgconn: PGconn, wanted: int) -> int:
    waiting = poll()
    waiting.register(pgconn.socket, wanted)
    return waiting.poll()[0][1]


def _is_good(result: PGresult) -> bool:
    return result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}


def _error(result: PGresult, known: set[bytes]) -> psycopg.Error:
    error = psycopg.errors.error_from_result(result)
    if error.sqlstate == _UNKNOWN_STATEMENT:
        # The driver lets go of all prepared statements now and then, ours among them.
        known.clear()
    return error


def _rows(raw: "psycopg.Connection[Any]", result: PGresult) -> Rows:
    if not result.ntuples:
        return []
    transformer = Transformer(raw)
    transformer.set_pgresult(result)
    return list(transformer.load_rows(0, result.ntuples, tuple))
