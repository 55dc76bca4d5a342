"""The order in which messages come leaves no trace in rounds and activities."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integrations.support import Feeds, Ledger, bet, raw, state_of

pytestmark = pytest.mark.django_db

WIN = {"type": "Win", "round_id": "r1", "amount": 30, "is_round_end": True}
LATER = {"timestamp": "2015-03-02T09:15:00Z"}
STORY: list[dict[str, Any]] = [
    bet("b1", round_id="r1", amount=2),
    bet("b2", round_id="r1", amount=3, **LATER),
    bet("w1", **WIN),
    bet("b2", round_id="r1", amount=3, status="Rollback", timestamp="2015-03-02T09:20:00Z"),
]
EVENTS = st.sampled_from(
    [
        *STORY,
        bet("w1", **WIN, status="Rollback"),
        bet("b3", round_id="r2", amount=1),
        bet("b3", round_id="r2", amount=1, status="Rollback", **LATER),
        bet("w3", round_id="r2", type="Win", amount=0, is_round_end=True),
        bet("b4", round_id="r2", amount=4, user_id="another"),
    ]
)


def run(feeds: Feeds, events: list[dict[str, Any]], size: int) -> tuple[list[Any], list[Any]]:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    for start in range(0, len(events), size):
        feeds.take(owned, *(raw(event) for event in events[start : start + size]))
    activities, rounds = state_of(integration)
    return [{**row, "integration_id": None} for row in activities], [{**row, "integration_id": None} for row in rounds]


@pytest.mark.req("FTC-07", "FTC-08", "FTC-13", "B-18")
def test_every_order_of_a_round_ends_in_the_same_state(feeds: Feeds, ledger: Ledger) -> None:
    expected = run(feeds, STORY, 1)
    assert expected[1][0]["bet_micros"] == 2_000_000
    assert expected[1][0]["win_micros"] == 30_000_000
    for order in permutations(STORY):
        assert run(feeds, list(order), 1) == expected
    assert ledger.bets


@pytest.mark.req("FTC-07", "FTC-08", "FTC-13", "B-18")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, min_size=1, max_size=6), data=st.data())
def test_orders_and_batches_of_up_to_six_messages_end_alike(
    feeds: Feeds, ledger: Ledger, events: list[dict[str, Any]], data: st.DataObject
) -> None:
    expected = run(feeds, events, data.draw(st.integers(1, 6)))
    shuffled = data.draw(st.permutations(events))
    assert run(feeds, shuffled, data.draw(st.integers(1, 6))) == expected
    assert len(set(ledger.contributed)) <= 4
