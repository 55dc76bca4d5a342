"""States of instances: by hand, by two people, by the schedule."""

from datetime import timedelta
from uuid import UUID

import pytest

from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, StateChange
from jackpots.operations.activate_due import activate_due
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.request_termination import request_termination
from jackpots.operations.resume_instance import resume_instance
from tests.cast import SYSTEM, Cast
from tests.invariants import assert_invariants


def state_of(instance: Instance) -> str:
    return Instance.objects.get(pk=instance.pk).state


@pytest.mark.req("POT-05")
def test_pause_and_resume(cast: Cast) -> None:
    scope = cast.house.scope
    pause_instance(cast.instance.pk, reason="Maintenance", scope=scope, actor=SYSTEM, now=cast.now)
    assert state_of(cast.instance) == "Paused"
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        pause_instance(cast.instance.pk, reason="Again", scope=scope, actor=SYSTEM, now=cast.now)
    resume_instance(cast.instance.pk, scope=scope, actor=SYSTEM, now=cast.now)
    assert state_of(cast.instance) == "Active"
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        resume_instance(cast.instance.pk, scope=scope, actor=SYSTEM, now=cast.now)
    changes = StateChange.objects.filter(instance=cast.instance).values_list("from_state", "to_state", "reason")
    assert list(changes) == [("", "Active", ""), ("Active", "Paused", "Maintenance"), ("Paused", "Active", "")]
    entry = AuditEntry.objects.get(action="instance.paused")
    assert (entry.before, entry.after, entry.reason) == ({"state": "Active"}, {"state": "Paused"}, "Maintenance")
    assert_invariants()


@pytest.mark.req("POT-05")
def test_pausing_says_why(cast: Cast) -> None:
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        pause_instance(cast.instance.pk, reason="", scope=cast.house.scope, actor=SYSTEM, now=cast.now)


@pytest.mark.req("GEN-01")
@pytest.mark.parametrize("scope", [Scope("rival"), Scope("rival", frozenset({"rival:brand1"}))])
def test_a_foreign_instance_is_not_there(cast: Cast, scope: Scope) -> None:
    with pytest.raises(Refusal, match="NOT_FOUND"):
        pause_instance(cast.instance.pk, reason="Mine", scope=scope, actor=SYSTEM, now=cast.now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        request_termination(
            cast.instance.pk, reason="x", requested_by=cast.rival_manager, scope=scope, actor=SYSTEM, now=cast.now
        )
    with pytest.raises(Refusal, match="NOT_FOUND"):
        resume_instance(UUID(int=1), scope=scope, actor=SYSTEM, now=cast.now)


@pytest.mark.req("POT-06", "B-25", "B-14")
def test_terminated_by_two_for_ever(cast: Cast) -> None:
    scope, actor = cast.house.scope, Actor.staff(cast.manager)
    held = [(pot.value_micros, pot.seed_micros) for pot in cast.instance.pots.all()]
    approval = request_termination(
        cast.instance.pk, reason="Season is over", requested_by=cast.manager, scope=scope, actor=actor, now=cast.now
    )
    assert approval.evidence["pots"] == {"minor": "EUR 10.00", "mega": "EUR 100.00"}
    assert state_of(cast.instance) == "Active"
    cast.house.approve(approval)
    assert state_of(cast.instance) == "Terminated"
    for act in (pause_instance, resume_instance):
        with pytest.raises(Refusal, match="INVALID_REQUEST"):
            act(cast.instance.pk, reason="Again", scope=scope, actor=actor, now=cast.now)
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        request_termination(
            cast.instance.pk, reason="Again", requested_by=cast.manager, scope=scope, actor=actor, now=cast.now
        )
    # What the pots and reserves hold stays owed.
    assert [(pot.value_micros, pot.seed_micros) for pot in cast.instance.pots.all()] == held
    assert_invariants()


@pytest.mark.req("POT-03", "POT-32", "POT-31")
def test_the_schedule_begins_and_ends_it_once(cast: Cast) -> None:
    hour = timedelta(hours=1)
    start, end = cast.now + hour, cast.now + 2 * hour
    instance = cast.house.open(cast.template, starts_at=start, ends_at=end)
    assert activate_due(now=start - timedelta(microseconds=1)) == 0
    assert [activate_due(now=start), activate_due(now=start)] == [1, 0]
    assert state_of(instance) == "Active"
    assert [activate_due(now=end), activate_due(now=end)] == [1, 0]
    assert state_of(instance) == "Terminated"
    assert state_of(cast.instance) == "Active"
    assert_invariants()


@pytest.mark.req("POT-32")
def test_what_was_slept_through_ends_at_once(cast: Cast) -> None:
    hour = timedelta(hours=1)
    instance = cast.house.open(cast.template, starts_at=cast.now + hour, ends_at=cast.now + 2 * hour)
    assert activate_due(now=cast.now + 3 * hour) == 1
    assert state_of(instance) == "Terminated"
    assert_invariants()


@pytest.mark.req("POT-05")
def test_pausing_writes_down_first_what_the_clock_decided(cast: Cast) -> None:
    instance = cast.house.open(cast.template, starts_at=cast.now + timedelta(hours=1))
    later = cast.now + timedelta(hours=2)
    pause_instance(instance.pk, reason="Maintenance", scope=cast.house.scope, actor=SYSTEM, now=later)
    states = StateChange.objects.filter(instance=instance).values_list("to_state", flat=True)
    assert list(states) == ["Pending", "Active", "Paused"]
    assert_invariants()
