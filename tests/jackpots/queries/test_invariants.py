"""Each invariant finds what violates it; a check that never fails proves nothing."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from backoffice.events.models import EventDeadLetter, OutboxEvent
from jackpots.models import Instance, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.request_settlement import request_settlement
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.invariants import invariant_names, violations
from tests.cast import SYSTEM, Cast, quiet_draft, sure_draft
from tests.invariants import assert_invariants

BALANCED = """
WITH t AS (
    INSERT INTO jackpots_transfer (id, operator_id, instance_id, kind, currency, reason, line_count, occurred_at)
    SELECT '11111111-1111-4111-8111-111111111111', operator_id, id, 'win', currency, '', 2, '2026-03-14T09:00Z'
    FROM jackpots_instance WHERE name LIKE 'Sure%'
)
INSERT INTO jackpots_line (month, operator_id, transfer_id, account_id, amount_micros, occurred_at)
SELECT '2026-03-01', 'thrilltech', '11111111-1111-4111-8111-111111111111', a.id,
       CASE a.kind WHEN 'pot' THEN -999999999 ELSE 999999999 END, '2026-03-14T09:00Z'
FROM jackpots_account a JOIN jackpots_instance i ON i.id = a.instance_id
WHERE i.name LIKE 'Sure%' AND a.kind IN ('pot', 'house')
"""
ONE_KEY_LESS = """
ALTER TABLE jackpots_contribution DROP CONSTRAINT contribution_gameround_once;
UPDATE jackpots_contribution SET gameround_id = 'same'"""
BACK_TO_PENDING = """
INSERT INTO jackpots_statechange (operator_id, instance_id, from_state, to_state, reason, changed_at, changed_by)
SELECT operator_id, id, 'Active', 'Pending', '', now(), '' FROM jackpots_instance
"""
LATER_WINS_UNTOLD = """
DELETE FROM events_outboxevent
WHERE position > (SELECT min(position) FROM events_outboxevent WHERE kind = 'JackpotWinEvent')
"""


@pytest.fixture
def instance(cast: Cast) -> Instance:
    """Contributions in two brands, and a win in every state."""
    contribute([cast.request(), cast.request(brand_id=cast.brand2.pk)], now=cast.now)
    opened = cast.house.open(sure_draft())
    contribute([cast.house.request(opened) for _ in range(3)], now=cast.now)
    settled, withheld, _ = Win.objects.order_by("cycle")
    approval = request_settlement(
        settled.pk, reference="B-1", reason="Paid", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM,
        now=cast.now,
    )  # fmt: skip
    cast.house.approve(approval)
    withhold_win(withheld.pk, reason="Documents", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert_invariants()
    return opened


@pytest.mark.req("B-12", "B-13", "B-09")
@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("I1", "UPDATE jackpots_line SET amount_micros = amount_micros + 1 WHERE amount_micros > 0"),
        ("I1", "DELETE FROM jackpots_line WHERE id = (SELECT min(id) FROM jackpots_line)"),
        ("I1", "UPDATE jackpots_transfer SET currency = 'GBP' WHERE kind = 'opening'"),
        ("I2", "UPDATE jackpots_pot SET value_micros = value_micros + 1"),
        ("I2", "UPDATE jackpots_pot SET seed_micros = seed_micros + 1"),
        ("I2", "UPDATE jackpots_pot SET boost_micros = 1"),
        ("I3", BALANCED),
        ("I4", f"{ONE_KEY_LESS}, target = id::text"),
        ("I4", f"{ONE_KEY_LESS}, instance_id = gen_random_uuid()"),
        ("I5", "UPDATE jackpots_pot SET cycle = cycle + 1"),
        ("I5", "UPDATE jackpots_pot SET drop_count = drop_count + 1"),
        ("I5", "UPDATE jackpots_potcycle SET ended_at = NULL"),
        ("I5", "DELETE FROM jackpots_win"),
        ("I5", "UPDATE jackpots_contribution SET win_micros = win_micros + 1"),
        ("I6", "UPDATE jackpots_win SET state = 'owed'"),
        ("I6", "UPDATE jackpots_win SET state = 'withheld'"),
        ("I7", "UPDATE jackpots_win SET cost_micros = cost_micros - 1, residual_micros = residual_micros + 1"),
        ("I9", "UPDATE jackpots_instance SET state = 'Ended'"),
        ("I9", BACK_TO_PENDING),
        ("I14", LATER_WINS_UNTOLD),
        ("I20", "ALTER TABLE jackpots_pot ADD CONSTRAINT later CHECK (true) NOT VALID"),
        ("J1", "UPDATE jackpots_contribution SET amount_micros = amount_micros + 1"),
        ("J1", "UPDATE jackpots_contribution SET transfer_id = NULL"),
        ("J1", "UPDATE jackpots_contribution SET transfer_id = gen_random_uuid(), amount_micros = 0"),
        ("J2", "UPDATE jackpots_meter SET contribution_count = contribution_count + 1"),
        ("J2", "DELETE FROM jackpots_meter"),
        ("J2", "UPDATE jackpots_meter SET win_micros = win_micros + 1"),
        ("J3", "UPDATE jackpots_optin SET contribution_micros = contribution_micros + 1"),
        ("J3", "DELETE FROM jackpots_optin"),
    ],
)  # fmt: skip
def test_what_violates_it_is_found(instance: Instance, name: str, statement: str) -> None:
    assert instance.state == "Active"
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = {violation.invariant.split(" ")[0] for violation in violations()}
    assert name in found


@pytest.mark.req("B-32")
def test_an_event_that_is_kept_for_its_dead_letter_asks_for_none_of_those_forgotten_around_it(cast: Cast) -> None:
    source = cast.house.source_for(cast.house.open(sure_draft()))
    for day in range(3):
        contribute([cast.house.request(source)], now=cast.now + timedelta(days=day))
    kept, forgotten, _ = OutboxEvent.objects.filter(kind="JackpotWinEvent").order_by("occurred_at")
    forgotten.delete()
    assert [violation.invariant[:3] for violation in violations()] == ["I14"]
    EventDeadLetter.objects.create(
        operator_id=kept.operator_id, subscriber="s", event=kept, error="", first_failed_at=cast.now,
        last_failed_at=cast.now,
    )  # fmt: skip
    assert_invariants()


@pytest.mark.req("B-12")
def test_the_command_lists_them_and_fails(cast: Cast, instance: Instance) -> None:
    assert instance.state == "Active"
    output = io.StringIO()
    call_command("check_invariants", stdout=output)
    assert output.getvalue() == "Every invariant holds.\n"
    cast.instance.pots.filter(code="minor").update(value_micros=1)
    output = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("check_invariants", "--json", stdout=output)
    assert end.value.code == 1
    assert [row["invariant"] for row in json.loads(output.getvalue())] == ["I2 pot is its postings"]


@pytest.mark.django_db(transaction=True)
def test_it_reads_as_of_one_instant(cast: Cast) -> None:
    cast.house.open(quiet_draft())
    assert violations() == []


def test_every_invariant_has_a_name() -> None:
    assert [name.split(" ")[0] for name in invariant_names()] == [
        "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I9", "I14", "I20", "J1", "J2", "J3",
    ]  # fmt: skip
