"""Each route that writes, tried by members of staff and services that are limited to another brand."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction

from jackpots.operations.contribute import contribute
from tests.authorization.areas import MACHINES, PAGES
from tests.authorization.matrix import ADMIN, APPROVER, MANAGER, SERVICE, Row
from tests.authorization.trying import send, staged, undone
from tests.cast import Cast, build_cast

pytestmark = pytest.mark.django_db

# What makes or changes only the sender's own, whatever the sender's limits are.
OWN = {
    "authenticate-service", "instance_open", "instance_schedule_preview", "integration_copy", "integration_dry_run",
    "integration_form_test", "integration_new", "integration_samples", "leave_everywhere", "preferences",
    "remove_view", "save_view", "service_account_new", "source_new", "staff_new", "template_new", "template_preview",
}  # fmt: skip
# Others than 403 and 404: a body that names what the sender does not have, of a thing that the sender may make; a page
# that shows the request and says beside it why the viewer does not decide; a batch, each of which has its own answer.
REFUSED_AS = {"api-integration-list": 400, "gateway-opt-in": 400, "approval": 422, "gateway-contribute-batch": 200}
WRITES = [
    row
    for row in (*PAGES.rows, *MACHINES.rows)
    if row.method != "GET" and row.route not in OWN and row.may & {ADMIN, APPROVER, MANAGER, SERVICE}
]


def operators_own(now: datetime) -> Cast:
    cast = build_cast(now)
    assert contribute([cast.request("player_of_ours")], now=now)
    return cast


def another_brands(now: datetime) -> Cast:
    cast = build_cast(now)
    cast.owner_brand_id = cast.brand1.pk
    assert contribute([cast.request("player_of_ours")], now=now)
    return cast


def limited(cast: Cast, role: str) -> None:
    """Who plays the role is limited to the second brand from here on, and so has to log in again."""
    account = cast.service if role == SERVICE else cast.house.staff[role]
    account.brand_ids = [cast.brand2.pk]
    account.save()
    cast.sessions.pop(role, None)


@pytest.mark.req("GEN-02", "B-25")
@pytest.mark.parametrize("made", [operators_own, another_brands])
@pytest.mark.parametrize("row", WRITES, ids=str)
def test_nobody_changes_what_is_not_their_brands(
    row: Row, made: Callable[[datetime], Cast], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = staged(made, now, monkeypatch)
    ask = row.ask(cast)
    for role in sorted(row.may & {ADMIN, APPROVER, MANAGER, SERVICE}):
        if row.for_people and role == SERVICE:
            continue
        with transaction.atomic():
            limited(cast, role)
            with undone() as changed:
                status, body = send(cast, row, role, ask)
            refused = {403, 404, REFUSED_AS.get(row.route, 403)}
            assert status in refused, f"{role}: {status}: {body[:300]!r}"
            assert not changed, f"{role} was refused and changed something all the same: {changed}"
            transaction.set_rollback(True)
