"""Schedules at work: what is taken and refused, states by the clock, and what cannot be opened."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backoffice.core.errors import Refusal
from jackpots.models import Instance, InstanceState, StateChange
from jackpots.operations.activate_due import activate_due
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.queries.instances import facts_of, instance, schedule_of
from jackpots.rules.contribution import ContributionResult
from jackpots.rules.eligibility import availability
from jackpots.rules.recurrence import Daily, Hours
from jackpots.rules.states import effective_state
from jackpots.wire.schedule import decode_rules, decode_schedule
from tests.cast import Cast
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import accepted
from tests.jackpots.rules.schedules import WEEK_WITH_SATURDAY, daily

RULES = decode_rules(WEEK_WITH_SATURDAY["recurrence_rules"])
MONDAY = datetime(2026, 3, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)


def state_of(row: Instance) -> str:
    return Instance.objects.get(pk=row.pk).state


def told(cast: Cast, target: Any, at: datetime) -> ContributionResult | Refusal:
    return contribute([cast.house.request(target)], now=at)[0]


@pytest.mark.req("CON-26", "SCH-15", "SCH-12", "T12", "SCH-01")
def test_outside_its_hours_an_active_jackpot_refuses_and_stays_active(cast: Cast) -> None:
    jackpot = cast.house.open(cast.template, recurrence_rules=RULES)
    refused = told(cast, jackpot, MONDAY + 12 * HOUR)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.message) == (
        "CONTRIBUTION_REJECTED",
        "schedule: outside the hours; contributions are taken again from 2026-03-16T19:00:00Z",
    )
    assert activate_due(now=MONDAY + 12 * HOUR) == 0
    assert state_of(jackpot) == InstanceState.ACTIVE
    for hours, is_open in (
        (19, True),
        (20.99, True),
        (21, False),
        (24 * 5 + 8, True),
        (24 * 5 + 19.5, True),
        (24 * 5 + 20, False),
        (24 * 6 + 12, False),
    ):
        answer = told(cast, jackpot, MONDAY + hours * HOUR)
        assert isinstance(answer, ContributionResult) is is_open, hours
    assert state_of(jackpot) == InstanceState.ACTIVE
    assert_invariants()


@pytest.mark.req("CON-26", "B-05")
def test_a_source_leads_past_a_jackpot_that_is_shut(cast: Cast) -> None:
    happy_hour = cast.house.open(cast.template, recurrence_rules=RULES)
    source = cast.house.source_for(happy_hour, cast.instance, source_id="lobby")
    assert accepted(told(cast, source, MONDAY + 12 * HOUR)).instance_id == cast.instance.pk
    assert accepted(told(cast, source, MONDAY + 19 * HOUR)).instance_id == happy_hour.pk
    assert_invariants()


@pytest.mark.req("SCH-15", "OPT-12")
def test_opting_in_goes_by_the_state_and_not_by_the_hours(cast: Cast) -> None:
    def enter(row: Instance, at: datetime) -> bool:
        request = OptInRequest(
            operator_id=cast.operator.pk,
            instance_id=row.pk,
            brand_id=cast.brand1.pk,
            player_id="player_00001",
            player_country="MT",
            opt_in=True,
        )
        return opt_in(request, now=at).opted_in

    shut = cast.house.open(cast.template, recurrence_rules=RULES)
    assert enter(shut, MONDAY + 12 * HOUR)
    ahead = cast.house.open(cast.template, starts_at=MONDAY, ends_at=MONDAY + HOUR)
    for moment, state in ((MONDAY - HOUR, "Pending"), (MONDAY + HOUR, "Terminated")):
        with pytest.raises(Refusal, match=f"CONTRIBUTION_REJECTED: state: the jackpot is {state}"):
            enter(ahead, moment)
    assert enter(ahead, MONDAY)


@pytest.mark.req("SCH-02", "SCH-14", "SCH-16", "POT-32")
def test_a_start_ahead_is_pending_the_clock_activates_and_the_end_terminates(cast: Cast) -> None:
    start, end = cast.now + HOUR, cast.now + 30 * HOUR
    jackpot = cast.house.open(cast.template, starts_at=start, ends_at=end, recurrence_rules=RULES)
    assert jackpot.state == InstanceState.PENDING
    assert activate_due(now=start) == 1
    assert state_of(jackpot) == InstanceState.ACTIVE
    assert activate_due(now=end) == 1
    assert state_of(jackpot) == InstanceState.TERMINATED
    states = StateChange.objects.filter(instance=jackpot).values_list("to_state", "reason", "changed_by")
    assert list(states)[1:] == [
        ("Active", "The schedule began.", "schedule"),
        ("Terminated", "The schedule ended.", "schedule"),
    ]
    assert_invariants()


@pytest.mark.parametrize("after", [-2, -1, 0, 1, 12, 19, 20, 21, 43, 44, 45, 60])
@pytest.mark.req("B-14", "SCH-14", "SCH-15", "SCH-16", "POT-32")
def test_rows_and_the_clock_decide_whether_or_not_the_state_is_written_down(cast: Cast, after: int) -> None:
    moment, end = MONDAY + after * HOUR, MONDAY + 44 * HOUR
    jackpot = cast.house.open(cast.template, starts_at=MONDAY, ends_at=end, recurrence_rules=RULES)
    before = facts_of(jackpot)
    activate_due(now=moment)
    kept = instance(cast.house.scope, jackpot.pk)
    assert kept.state == effective_state(before.state, MONDAY, end, moment)
    assert kept.state == ("Pending" if after < 0 else "Active" if after < 44 else "Terminated")
    by_clock, by_row = (availability(facts, moment) for facts in (before, facts_of(kept)))
    assert (by_row and by_row.message) == (by_clock and by_clock.message)
    assert isinstance(told(cast, jackpot, moment), ContributionResult) is (by_clock is None) is (after in {19, 20, 43})


@pytest.mark.req("POT-32", "SCH-16")
def test_one_that_cannot_be_changed_keeps_no_other_waiting(cast: Cast) -> None:
    hour_ago, ages = cast.now + HOUR, datetime(2190, 1, 1, tzinfo=UTC)
    first = cast.house.open(cast.template, ends_at=hour_ago)
    # The database ends an instance by its own clock alone, and refuses what only this caller's clock says.
    stuck = cast.house.open(cast.template, ends_at=ages)
    last = cast.house.open(cast.template, ends_at=hour_ago)
    assert activate_due(now=ages) == 2
    assert [state_of(row) for row in (first, stuck, last)] == ["Terminated", "Active", "Terminated"]
    assert state_of(cast.instance) == InstanceState.ACTIVE
    assert_invariants()


@pytest.mark.req("SCH-05", "SCH-07", "B-16")
def test_rules_without_a_start_count_from_the_opening(cast: Cast) -> None:
    every_third = (Daily((Hours(0, 86_400),), interval=3),)
    jackpot = cast.house.open(cast.template, recurrence_rules=every_third, time_zone="Europe/Malta")
    kept = instance(cast.house.scope, jackpot.pk)
    assert (kept.starts_at, kept.time_zone) == (cast.now, "Europe/Malta")
    assert kept.recurrence_rules == [daily(("00:00", "23:59:59"), interval=3)]
    schedule = schedule_of(kept)
    assert [schedule.is_open(cast.now + timedelta(days=days)) for days in range(4)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"starts_at": datetime(9999, 12, 31, 23, tzinfo=UTC)}, "starts_at"),
        ({"ends_at": datetime(9999, 12, 31, 23, tzinfo=UTC)}, "ends_at"),
        ({"starts_at": datetime(1, 1, 1, tzinfo=UTC)}, "starts_at"),
        (
            {
                "starts_at": MONDAY,
                "ends_at": MONDAY + 18 * HOUR,
                "recurrence_rules": decode_schedule(WEEK_WITH_SATURDAY).rules,
            },
            "recurrence_rules",
        ),
    ],
)
@pytest.mark.req("B-06")
def test_what_could_never_take_a_contribution_is_not_opened(cast: Cast, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal, match="INVALID_REQUEST") as caught:
        cast.house.open(cast.template, **values)
    assert caught.value.field == field
