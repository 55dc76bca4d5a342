"""Seed boosts: put beside a pot by two people, spent at its next start, refunded unspent."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from jackpots.models import Boost, Instance, Pot, Win
from jackpots.operations.boost_pot import boost_pot
from jackpots.operations.contribute import contribute
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.operations.request_boost import request_boost
from jackpots.operations.request_boost_refund import request_boost_refund
from jackpots.queries.ledger import totals_by_kind
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft, sure_draft, value_pot
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db


def asked(cast: Cast, pot: Pot, units: int = 50, ask: Any = request_boost, **values: Any) -> Approval:
    arguments: dict[str, Any] = {"amount_micros": units * EUR, "reason": "Spring campaign", "scope": cast.house.scope}
    approval: Approval = ask(pot.pk, **(arguments | values), requested_by=cast.manager, actor=SYSTEM, now=cast.now)
    return approval


def pot_of(instance: Instance, code: str = "main") -> Pot:
    return Pot.objects.get(instance=instance, code=code)


def held(cast: Cast, instance: Instance) -> dict[str, int]:
    found = totals_by_kind(cast.house.scope, instance.pk)
    return {kind: found.get(kind, 0) for kind in ("boost", "house_funding", "pot")}


@pytest.mark.req("SED-03", "G-13", "B-12")
def test_a_boost_lies_beside_the_pot_and_changes_not_what_it_holds(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    before = held(cast, instance)
    approval = asked(cast, pot_of(instance))
    assert held(cast, instance) == before
    assert approval.before["next_start_micros"] == 100 * EUR
    assert approval.before["house_adds_to_it_micros"] == 100 * EUR
    assert approval.after["house_adds_to_it_micros"] == 50 * EUR
    cast.house.approve(approval)
    pot = pot_of(instance)
    assert (pot.value_micros, pot.boost_micros) == (100 * EUR, 50 * EUR)
    assert held(cast, instance) == before | {"boost": 50 * EUR, "house_funding": before["house_funding"] - 50 * EUR}
    assert AuditEntry.objects.filter(action="pot.boosted", object_id=str(instance.pk)).count() == 1
    assert_invariants()


@pytest.mark.req("SED-03", "SED-01", "SED-02", "B-11")
def test_the_next_start_spends_it_before_the_reserve(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    cast.house.approve(asked(cast, pot_of(instance), 130))
    contribute([cast.house.request(instance)], now=cast.now)
    win, pot = Win.objects.get(), pot_of(instance)
    # 100.035 was won; half of the share, 0.035, had been put by: 130 of the boost and that are the next start.
    assert (win.seed_micros, win.seed_deficit_micros) == (130 * EUR + 35_000 + win.residual_micros, 0)
    assert (pot.boost_micros, pot.seed_micros) == (0, 0)
    assert held(cast, instance)["boost"] == 0
    assert_invariants()


@pytest.mark.req("SED-04")
def test_each_pot_of_a_jackpot_is_boosted_by_itself(cast: Cast) -> None:
    instance = cast.house.open(quiet_draft(pots=(value_pot(), probability_pot())))
    for code, units in (("minor", 5), ("mega", 70)):
        cast.house.approve(asked(cast, pot_of(instance, code), units))
    cast.house.approve(asked(cast, pot_of(instance, "mega"), 30))
    assert pot_of(instance, "minor").boost_micros == 5 * EUR
    assert pot_of(instance, "mega").boost_micros == 100 * EUR
    assert_invariants()


@pytest.mark.req("SED-03", "G-13", "B-25")
def test_what_is_unspent_is_refunded_by_two(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    pot, before = pot_of(instance), held(cast, instance)
    cast.house.approve(asked(cast, pot))
    with pytest.raises(Refusal, match="no more can be refunded"):
        asked(cast, pot, 51, request_boost_refund)
    first = asked(cast, pot, 20, request_boost_refund)
    assert (first.before["boost_micros"], first.after["boost_micros"]) == (50 * EUR, 30 * EUR)
    cast.house.approve(first)
    assert pot_of(instance).boost_micros == 30 * EUR
    late = asked(cast, pot, 30, request_boost_refund)
    contribute([cast.house.request(instance)], now=cast.now)
    assert pot_of(instance).boost_micros == 0
    with pytest.raises(Refusal, match="no more can be refunded"):
        cast.house.approve(late)
    assert held(cast, instance)["house_funding"] < before["house_funding"]
    assert_invariants()


@pytest.mark.req("SED-03", "B-25", "R-06")
def test_one_person_boosts_nothing(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    approval = asked(cast, pot_of(instance))
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        boost_pot(approval, SYSTEM, cast.now)
    other = cast.house.approve(asked(cast, pot_of(instance), ask=request_boost_of(cast)))
    with pytest.raises(DatabaseError, match="duplicate key"), transaction.atomic():
        boost_pot(other, SYSTEM, cast.now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE jackpots_boost SET amount_micros = 1")
    assert Boost.objects.count() == 1
    assert_invariants()


def request_boost_of(cast: Cast) -> Any:
    """The request for a pot of another jackpot, so that the first may wait."""

    def ask(_pot_id: Any, **values: Any) -> Approval:
        return request_boost(pot_of(cast.house.open(sure_draft())).pk, **values)

    return ask


@pytest.mark.req("SED-03", "B-14", "G-02")
def test_what_is_no_boost_is_refused(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    pot = pot_of(instance)
    for micros in (0, -1, 10**15):
        with pytest.raises(Refusal, match="above 0"):
            asked(cast, pot, amount_micros=micros)
    with pytest.raises(Refusal, match="no such pot"):
        asked(cast, pot, scope=cast.rival_house.scope)
    with pytest.raises(Refusal, match="reason"):
        asked(cast, pot, reason=" ")
    late = cast.house.open(sure_draft(name="Over"))
    waiting = asked(cast, pot_of(late))
    Instance.objects.filter(pk=late.pk).update(state="Ended")
    with pytest.raises(Refusal, match="start no more"):
        cast.house.approve(waiting)


@pytest.mark.req("SED-03", "B-25", "R-06")
def test_an_approval_that_was_used_moves_nothing_again(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    approval = asked(cast, pot_of(instance))
    cast.house.approve(approval)
    pot = AccountRef(AccountKind.BOOST, pot_of(instance).pk)
    again = Posting(
        id=transfer_id(TransferKind.BOOST, "again"), operator_id=instance.operator_id, instance_id=instance.pk,
        kind=TransferKind.BOOST, currency=instance.currency, occurred_at=cast.now, subject_id=approval.pk,
        lines={AccountRef(AccountKind.HOUSE_FUNDING): -EUR, pot: EUR},
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="transfer_once_an_approval"), transaction.atomic():
        post_transfers([again])
    assert_invariants()
