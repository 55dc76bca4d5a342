"""How a row of the matrix is tried: the stage, the request as each role, and whether anything changed."""

from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from backoffice.core import json
from jackpots.api import contribute as door
from jackpots.operations.contribute import contribute
from tests.authorization.matrix import FOREIGN, NOBODY, RIVAL_SERVICE, ROLES, ROOT, SERVICE, Ask, Row
from tests.cast import Cast


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


@pytest.fixture
def stage(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Both operators with something to lose."""
    monkeypatch.setattr(door, "combiner", AtOnce(cast))
    assert cast.rival_source.source_id
    contribute([cast.request("player_of_ours")], now=cast.now)
    return cast


def browser(cast: Cast, role: str) -> tuple[Client, dict[str, str]]:
    """A client of the role, and the headers that it sends."""
    client = Client(raise_request_exception=False)
    if role in {SERVICE, RIVAL_SERVICE}:
        return client, {"Authorization": f"Bearer {cast.token if role == SERVICE else cast.rival_token}"}
    if role != NOBODY:
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


UNWATCHED = {"django_session", "jackpots_refusals"}


def everything() -> dict[str, str]:
    """A digest of each table, but for what being logged in leaves behind and for the counts of refusals."""
    tables = sorted(set(connection.introspection.table_names()) - UNWATCHED)
    row = "(to_jsonb(t) - 'last_used_at' - 'last_login')::text"
    digests = [
        f"SELECT '{table}', md5(coalesce(string_agg({row}, '|' ORDER BY {row}), '')) FROM \"{table}\" t"
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(digests))
        return dict(cursor.fetchall())


def faults(stage: Cast, row: Row) -> list[str]:
    """What is not as the matrix says, when every role sends the row's request."""
    ask = row.ask(stage)
    before = everything()
    ours = (b"player_of_ours", str(stage.instance.pk).encode())
    found = []
    for role in ROLES:
        with transaction.atomic():
            status, body = send(stage, row, role, ask)
            expected = row.expected(role)
            if status not in expected:
                found.append(f"{role}: {status} instead of {expected}: {body[:200]!r}")
            if not row.lets_in(role) and everything() != before:
                found.append(f"{role}: was refused and changed something all the same")
            if role in FOREIGN and not row.is_public and status == 200 and any(text in body for text in ours):
                found.append(f"{role}: sees what is not theirs")
            transaction.set_rollback(True)
    return found
