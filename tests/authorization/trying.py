"""How a row of the matrix is tried: the stage, the request as each role, and whether anything changed."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from backoffice.core import json
from jackpots.api import contribute as door
from jackpots.operations.contribute import contribute
from tests.authorization.matrix import FOREIGN, NOBODY, RIVAL_SERVICE, ROLES, ROOT, SERVICE, Ask, Row
from tests.cast import Cast, build_cast, forget_what_ids_stand_for
from tests.snapshot import made_once


class AtOnce:
    """The combiner's place, in the test's own transaction."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def submit(self, request: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(contribute([request], now=self.cast.now)[0])
        return future

    def answers(self, requests: list[Any]) -> list[Any]:
        return contribute(requests, now=self.cast.now)


def with_something_to_lose(now: datetime) -> Cast:
    """Both operators with a jackpot, ours with a player."""
    cast = build_cast(now)
    assert cast.source.source_id
    assert cast.rival_source.source_id
    contribute([cast.request("player_of_ours")], now=now)
    return cast


def staged(make: Callable[[datetime], Cast], now: datetime, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """What `make` makes, with everybody logged in: logging in takes a dozen statements, for each role of each row."""

    def made() -> Cast:
        cast = make(now)
        for role in set(ROLES) - {SERVICE, RIVAL_SERVICE, NOBODY}:
            client, _headers = browser(cast, role)
            cast.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return cast

    forget_what_ids_stand_for()
    cast = made_once((make.__qualname__, now), made)
    monkeypatch.setattr(door, "combiner", AtOnce(cast))
    return cast


@pytest.fixture
def stage(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Both operators with something to lose."""
    return staged(with_something_to_lose, now, monkeypatch)


def browser(cast: Cast, role: str) -> tuple[Client, dict[str, str]]:
    """A client of the role, and the headers that it sends."""
    client = Client(raise_request_exception=False)
    if role in {SERVICE, RIVAL_SERVICE}:
        return client, {"Authorization": f"Bearer {cast.token if role == SERVICE else cast.rival_token}"}
    if role in cast.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = cast.sessions[role]
    elif role != NOBODY:
        house = cast.rival_house if role in FOREIGN else cast.house
        client.force_login(cast.root if role == ROOT else house.staff[role.removeprefix("rival_")])
    return client, {}


def send(cast: Cast, row: Row, role: str, ask: Ask) -> tuple[int, bytes]:
    """The row's request, as the role: JSON, or a form where the row says so."""
    client, headers = browser(cast, role)
    address = reverse(row.route, kwargs=ask.kwargs)
    if row.is_form:
        answer = client.post(address, ask.body or {}, headers=headers, query_params=ask.query)
    else:
        body = b"" if ask.body is None else json.encode(ask.body)
        answer = client.generic(
            row.method, address, body, content_type="application/json", headers=headers, query_params=ask.query
        )
    return answer.status_code, (answer.getvalue() if answer.streaming else answer.content)


# What being logged in leaves behind, and the counts of refusals.
UNWATCHED = {"django_session", "jackpots_refusals"}
# Tables by name, with how many rows this transaction wrote, undone or not, and the file, which emptying changes.
WRITTEN = """
SELECT c.relname, c.relfilenode, pg_stat_get_xact_tuples_inserted(c.oid),
       pg_stat_get_xact_tuples_updated(c.oid), pg_stat_get_xact_tuples_deleted(c.oid)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""
ROW = "(to_jsonb(t) - 'last_used_at' - 'last_login')::text"


def written() -> dict[str, tuple[int, ...]]:
    """What was written so far: it differs, wherever something was written since."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return {table: tuple(counts) for table, *counts in cursor.fetchall() if table not in UNWATCHED}


def contents(tables: Iterable[str]) -> dict[str, str]:
    """A digest of each table, but for the time at which somebody was last seen."""
    digests = [
        f"SELECT '{table}', md5(coalesce(string_agg({ROW}, '|' ORDER BY {ROW}), '')) FROM \"{table}\" t"
        for table in tables
    ]
    if not digests:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(digests))
        return dict(cursor.fetchall())


@contextmanager
def undone(*, is_watched: bool = True) -> Iterator[set[str]]:
    """What the block does is undone. When it is over, the set has the names of the tables that it changed.

    Only what was written to is looked into: after the block, and as it was before it.
    """
    changed: set[str] = set()
    before = written() if is_watched else {}
    with transaction.atomic():
        yield changed
        after = written() if is_watched else {}
        touched = {table for table in before | after if before.get(table) != after.get(table)}
        left = contents(touched & after.keys())
        transaction.set_rollback(True)
    was = contents(touched & before.keys())
    changed |= {table for table in touched if left.get(table) != was.get(table)}


def faults(stage: Cast, row: Row) -> list[str]:
    """What is not as the matrix says, when every role sends the row's request."""
    ask = row.ask(stage)
    ours = (b"player_of_ours", str(stage.instance.pk).encode())
    found = []
    for role in ROLES:
        with undone(is_watched=not row.lets_in(role)) as changed:
            status, body = send(stage, row, role, ask)
        expected = row.expected(role)
        if status not in expected:
            found.append(f"{role}: {status} instead of {expected}: {body[:200]!r}")
        if changed:
            found.append(f"{role}: was refused and changed something all the same: {sorted(changed)}")
        if role in FOREIGN and not row.is_public and status == 200 and any(text in body for text in ours):
            found.append(f"{role}: sees what is not theirs")
    return found
