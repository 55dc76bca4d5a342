"""Each route for machines, tried by each role, on things of its own operator and of another's."""

from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from backoffice.core import json
from jackpots.api import contribute as door
from jackpots.operations.contribute import contribute
from tests.authorization.areas import MACHINES, routes_of
from tests.authorization.matrix import FOREIGN, NOBODY, RIVAL_SERVICE, ROLES, ROOT, SERVICE, Ask, Row
from tests.cast import Cast

pytestmark = pytest.mark.django_db


class AtOnce:
    """The combiner's place, in the test's own transaction."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def submit(self, request: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(contribute([request], now=self.cast.now)[0])
        return future


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
    """The row's request, as the role."""
    client, headers = browser(cast, role)
    body = b"" if ask.body is None else json.encode(ask.body)
    answer = client.generic(
        row.method,
        reverse(row.route, kwargs=ask.kwargs),
        body,
        content_type="application/json",
        headers=headers,
        query_params=ask.query,
    )
    return answer.status_code, answer.content


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


@pytest.mark.req("GEN-01", "GEN-02", "B-25", "B-26")
def test_every_route_for_machines_has_a_row() -> None:
    rows = {(row.route, row.method) for row in MACHINES.rows}
    routes = {(route.name, route.method) for route in routes_of(MACHINES)}
    assert routes - rows == set(), "these routes have no row in the matrix"
    assert rows - routes == set(), "these rows have no route"


@pytest.mark.req("GEN-01", "GEN-02", "GEN-04", "B-25", "B-26")
@pytest.mark.parametrize("row", MACHINES.rows, ids=str)
def test_each_role_gets_what_the_matrix_says(stage: Cast, row: Row) -> None:
    ask = row.ask(stage)
    before = everything()
    ours = (b"player_of_ours", str(stage.instance.pk).encode())
    wrong = []
    for role in ROLES:
        with transaction.atomic():
            status, body = send(stage, row, role, ask)
            expected = row.expected(role)
            if status != expected:
                wrong.append(f"{role}: {status} instead of {expected}: {body[:200]!r}")
            if not 200 <= expected < 300 and everything() != before:
                wrong.append(f"{role}: was refused and changed something all the same")
            if role in FOREIGN and status == 200 and any(text in body for text in ours):
                wrong.append(f"{role}: sees what is not theirs")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("GEN-01")
def test_a_refused_write_is_really_looked_for(stage: Cast) -> None:
    """The digest notices a change of one row."""
    before = everything()
    stage.admin.name = "Changed"
    stage.admin.save()
    assert [table for table, digest in everything().items() if digest != before[table]] == ["accounts_staffuser"]
