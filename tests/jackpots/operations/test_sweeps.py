"""What is left at the end leaves the liability by two people: into a pot's reserve, or back to the house."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Pot
from jackpots.operations.contribute import contribute
from jackpots.operations.request_boost import request_boost
from jackpots.operations.request_sweep import Destination, request_sweep
from jackpots.operations.request_termination import request_termination
from jackpots.operations.sweep_instance import sweep_instance
from jackpots.queries.ledger import LIABILITY_KINDS, balances
from tests.cast import EUR, SYSTEM, Cast, quiet_draft
from tests.invariants import assert_invariants
from tests.raffles import HOUR, bet, open_raffle, resolved

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(cast: Cast) -> Instance:
    """Terminated, with pots, reserves and a boost."""
    instance = cast.house.open(quiet_draft(name="Over"))
    common: dict[str, Any] = {"requested_by": cast.manager, "scope": cast.house.scope, "actor": SYSTEM, "now": cast.now}
    contribute([cast.house.request(instance) for _ in range(3)], now=cast.now)
    pot = Pot.objects.get(instance=instance, code="mega")
    cast.house.approve(request_boost(pot.pk, amount_micros=20 * EUR, reason="Spring", **common))
    cast.house.approve(request_termination(instance.pk, reason="Season is over", **common))
    return instance


def asked(cast: Cast, instance: Instance, pot: Pot | None = None, **values: Any) -> Approval:
    arguments: dict[str, Any] = {"reason": "Season is over", "scope": cast.house.scope} | values
    to = Destination(pot.pk if pot else None)
    return request_sweep(instance.pk, to, requested_by=cast.manager, actor=SYSTEM, now=cast.now, **arguments)


def owed(cast: Cast, *instances: Instance) -> int:
    found = balances(cast.house.scope, instance_ids=[row.pk for row in instances])
    return sum(one.balance_micros for one in found if one.ref.kind in LIABILITY_KINDS)


@pytest.mark.req("B-14", "B-12", "SED-03")
def test_back_to_the_house_that_paid_it(cast: Cast, over: Instance) -> None:
    held = owed(cast, over)
    assert held > 130 * EUR
    approval = asked(cast, over)
    assert approval.before["held"]["mega"]["boost_micros"] == 20 * EUR
    assert owed(cast, over) == held
    cast.house.approve(approval)
    assert owed(cast, over) == 0
    assert not Pot.objects.filter(instance=over).exclude(value_micros=0, seed_micros=0, boost_micros=0).exists()
    assert AuditEntry.objects.filter(action="instance.swept", object_id=str(over.pk)).count() == 1
    with pytest.raises(Refusal, match="Nothing is left"):
        asked(cast, over)
    assert_invariants()


@pytest.mark.req("B-14", "B-11", "B-15")
def test_into_the_reserve_of_a_pot_where_players_can_win_it(cast: Cast, over: Instance) -> None:
    target = Pot.objects.get(instance=cast.instance, code="mega")
    held, both = owed(cast, over), owed(cast, over, cast.instance)
    cast.house.approve(asked(cast, over, target))
    assert owed(cast, over, cast.instance) == both
    after = Pot.objects.get(pk=target.pk)
    assert (after.value_micros, after.seed_micros) == (target.value_micros, target.seed_micros + held)
    contribute([cast.request()], now=cast.now)
    assert_invariants()


@pytest.mark.req("B-14", "B-25", "GEN-02")
def test_where_it_may_not_go(cast: Cast, over: Instance) -> None:
    with pytest.raises(Refusal, match="is played for"):
        asked(cast, cast.instance)
    with pytest.raises(Refusal, match="no such instance"):
        asked(cast, over, scope=cast.rival_house.scope)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        asked(cast, over, scope=Scope(cast.operator.pk, frozenset((cast.brand1.pk,))))
    foreign = cast.rival_house.open(quiet_draft(cast.rival.pk))
    other = cast.house.open(quiet_draft(name="Pounds", currency="GBP"))
    for pot in (over.pots.get(code="mega"), foreign.pots.get(code="mega"), other.pots.get(code="mega")):
        with pytest.raises(Refusal, match="same owner and currency"):
            asked(cast, over, pot)


@pytest.mark.req("B-14", "B-25", "R-06")
def test_one_person_takes_nothing(cast: Cast, over: Instance) -> None:
    approval = asked(cast, over)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        sweep_instance(approval, SYSTEM, cast.now)
    assert owed(cast, over) > 0
    assert_invariants()


@pytest.mark.req("B-14")
def test_the_pot_that_has_ended_by_now_is_not_fed(cast: Cast, over: Instance) -> None:
    target = cast.house.open(quiet_draft(name="Soon over"))
    approval = asked(cast, over, target.pots.get(code="mega"))
    Instance.objects.filter(pk=target.pk).update(state="Ended")
    with pytest.raises(Refusal, match="running jackpot"):
        cast.house.approve(approval)


@pytest.mark.req("B-14", "G-15")
def test_a_raffle_is_swept_once_its_tickets_are_drawn(cast: Cast) -> None:
    raffle = open_raffle(cast.house)
    bet(cast.house, raffle, "ann", 4, cast.now)
    ended = request_termination(
        raffle.pk, reason="Over", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    cast.house.approve(ended)
    with pytest.raises(Refusal, match="still to be drawn"):
        asked(cast, raffle)
    assert resolved(raffle, cast.now + HOUR).outcome["prizes_micros"] > 100 * EUR
    assert_invariants()
