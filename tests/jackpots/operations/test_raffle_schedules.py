"""Raffles by their schedules: refused without one, held once or again and again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backoffice.core.errors import Refusal
from jackpots.models import Instance, InstanceState
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.queries.schedules import raffle_rounds
from jackpots.wire.schedule import decode_rules
from tests.cast import Cast
from tests.invariants import assert_invariants
from tests.jackpots.rules.schedules import daily
from tests.raffles import bet, open_raffle, raffle_draft, refused, resolved

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 3, 15, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNTIL_TEN = decode_rules([daily(("00:00", "22:00"))])
FROM_EIGHT = decode_rules([daily(("08:00", "23:59:59"))])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_at": None}, "starts_at"),
        ({"starts_at": None, "recurrence_rules": UNTIL_TEN}, "starts_at"),
        ({"starts_at": SUNDAY, "ends_at": SUNDAY + 21 * HOUR}, "ends_at"),
    ],
)
@pytest.mark.req("RAF-08", "RAF-09", "RAF-10")
def test_without_a_schedule_that_holds_a_round_no_raffle_opens(cast: Cast, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal, match="INVALID_REQUEST") as caught:
        open_raffle(cast.house, raffle_draft(duration_count=22), **values)
    assert caught.value.field == field
    assert not Instance.objects.filter(jackpot_type="Raffle").exists()


@pytest.mark.parametrize("unit", ["seconds", "minutes", "hours", "days", "weeks"])
@pytest.mark.req("RAF-07", "B-16")
def test_the_first_round_lasts_as_long_as_the_template_says(cast: Cast, unit: str) -> None:
    raffle = open_raffle(cast.house, raffle_draft(duration_count=3, duration_unit=unit), starts_at=SUNDAY)
    first = raffle.rounds.get()
    assert (first.number, first.starts_at, first.ends_at) == (1, SUNDAY, SUNDAY + timedelta(**{unit: 3}))
    assert raffle.state == InstanceState.PENDING


@pytest.mark.req("RAF-12", "RAF-09", "B-16", "T13", "CON-26")
def test_the_daily_raffle_is_drawn_at_ten_and_begins_again_at_midnight(cast: Cast) -> None:
    raffle = open_raffle(cast.house, raffle_draft(duration_count=22), starts_at=SUNDAY, recurrence_rules=UNTIL_TEN)
    for number in (1, 2, 3):
        midnight = SUNDAY + (number - 1) * DAY
        assert bet(cast.house, raffle, "ann", 10, midnight) == 5
        assert "schedule: outside the hours" in refused(cast.house, raffle, midnight + 22 * HOUR)
        row = resolved(raffle, midnight + 22 * HOUR, number)
        assert (row.starts_at, row.ends_at, row.ticket_count) == (midnight, midnight + 22 * HOUR, 5)
    shown = list(raffle_rounds(raffle, SUNDAY, SUNDAY + 3 * DAY))
    kept = raffle.rounds.filter(number__lte=3).order_by("number").values_list("number", "starts_at", "ends_at")
    assert [tuple(one) for one in shown] == list(kept)
    ahead = list(raffle_rounds(raffle, SUNDAY + 1_000 * DAY, SUNDAY + 1_001 * DAY))
    assert [tuple(one) for one in ahead] == [(1_001, SUNDAY + 1_000 * DAY, SUNDAY + 1_000 * DAY + 22 * HOUR)]
    assert list(raffle_rounds(raffle, SUNDAY + 9_000 * DAY, SUNDAY + 9_001 * DAY)) == []
    assert_invariants()


@pytest.mark.req("RAF-11", "RAF-10", "T13", "SCH-17", "POT-32")
def test_the_festive_raffle_is_held_once_and_over(cast: Cast) -> None:
    end = SUNDAY + 24 * DAY + 9 * HOUR
    draft = raffle_draft(duration_count=24 * 24 + 9)
    raffle = open_raffle(cast.house, draft, starts_at=SUNDAY, ends_at=end, recurrence_rules=FROM_EIGHT)
    assert "schedule: outside the hours" in refused(cast.house, raffle, SUNDAY + 7 * HOUR)
    assert bet(cast.house, raffle, "ann", 10, SUNDAY + 8 * HOUR) == 5
    assert bet(cast.house, raffle, "ann", 10, end - timedelta(seconds=1)) == 5
    assert "CONTRIBUTION_REJECTED" in refused(cast.house, raffle, end)
    row = resolved(raffle, end)
    assert (row.starts_at, row.ends_at, row.ticket_count) == (SUNDAY, end, 10)
    assert resolve_raffles(now=end + DAY) == 0
    assert raffle.rounds.count() == 1
    assert_invariants()
