"""The states of an instance, and the clock that runs ahead of its row."""

from datetime import UTC, datetime, timedelta

import pytest

from jackpots.rules.eligibility import Facts, availability
from jackpots.rules.states import (
    InstanceState,
    accepts_contributions,
    accepts_opt_ins,
    effective_state,
    is_final,
    may_change,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALLOWED = {
    ("Pending", "Active"),
    ("Pending", "Terminated"),
    ("Active", "Paused"),
    ("Active", "Terminated"),
    ("Active", "Ended"),
    ("Paused", "Active"),
    ("Paused", "Terminated"),
    ("Paused", "Ended"),
}


@pytest.mark.parametrize("state", list(InstanceState))
@pytest.mark.parametrize("to", list(InstanceState))
@pytest.mark.req("POT-05", "POT-06", "B-14")
def test_transitions(state: InstanceState, to: InstanceState) -> None:
    assert may_change(state, to) == ((state.value, to.value) in ALLOWED)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="Draft"):
        may_change("Draft", "Active")


@pytest.mark.parametrize(
    ("state", "contributions", "opt_ins", "final"),
    [
        ("Pending", False, False, False),
        ("Active", True, True, False),
        ("Paused", False, True, False),
        ("Terminated", False, False, True),
        ("Ended", False, False, True),
    ],
)
@pytest.mark.req("POT-03", "POT-04", "POT-05", "POT-06", "B-14")
def test_what_a_state_takes(state: str, contributions: bool, opt_ins: bool, final: bool) -> None:
    assert accepts_contributions(state) is contributions
    assert accepts_opt_ins(state) is opt_ins
    assert is_final(state) is final


@pytest.mark.parametrize(
    ("state", "start", "end", "effective", "is_open"),
    [
        ("Pending", None, None, "Pending", False),
        ("Pending", NOW + HOUR, None, "Pending", False),
        ("Pending", NOW, None, "Active", True),
        ("Pending", NOW - HOUR, NOW + HOUR, "Active", True),
        ("Pending", NOW - HOUR, NOW, "Terminated", False),
        ("Active", None, None, "Active", True),
        ("Active", NOW + HOUR, None, "Active", False),
        ("Active", NOW - HOUR, NOW, "Terminated", False),
        ("Active", NOW - HOUR, NOW + timedelta(microseconds=1), "Active", True),
        ("Paused", NOW - HOUR, NOW + HOUR, "Paused", False),
        ("Paused", NOW - HOUR, NOW - HOUR / 2, "Terminated", False),
        ("Ended", NOW - HOUR, NOW, "Ended", False),
        ("Terminated", NOW, None, "Terminated", False),
    ],
)
@pytest.mark.req("POT-03", "POT-06", "POT-31", "CON-27")
def test_the_clock_decides(
    state: str, start: datetime | None, end: datetime | None, effective: str, is_open: bool
) -> None:
    assert effective_state(state, start, end, NOW).value == effective
    facts = Facts(instance_id="inst-1", state=state, starts_at=start, ends_at=end)
    assert (availability(facts, NOW) is None) is is_open
