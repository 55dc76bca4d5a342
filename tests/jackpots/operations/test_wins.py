"""Wins: settled by a second person, withheld, released by a second person."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from backoffice.approvals.models import Approval
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Win
from jackpots.operations.contribute import contribute
from jackpots.operations.request_cancellation import request_cancellation
from jackpots.operations.request_release import request_release
from jackpots.operations.request_settlement import request_settlement
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.ledger import totals_by_kind
from tests.cast import SYSTEM, Cast, sure_draft
from tests.invariants import assert_invariants


@pytest.fixture
def win(cast: Cast) -> Win:
    instance = cast.house.open(sure_draft())
    contribute([cast.house.request(instance, currency="GBP")], now=cast.now)
    return Win.objects.get()


def asked(cast: Cast, win: Win, **values: Any) -> Approval:
    arguments: dict[str, Any] = {
        "reference": "BANK-1",
        "reason": "Paid",
        "requested_by": cast.manager,
        "scope": cast.house.scope,
    }
    return request_settlement(win.pk, actor=SYSTEM, now=cast.now, **(arguments | values))


def release_asked(cast: Cast, win: Win, **values: Any) -> Approval:
    arguments: dict[str, Any] = {
        "reason": "Documents are fine",
        "requested_by": cast.manager,
        "scope": cast.house.scope,
    }
    return request_release(win.pk, actor=SYSTEM, now=cast.now, **(arguments | values))


def withhold(cast: Cast, win: Win, scope: Scope | None = None) -> Win:
    return withhold_win(win.pk, reason="Documents", scope=scope or cast.house.scope, actor=SYSTEM, now=cast.now)


def totals(cast: Cast, win: Win) -> dict[str, int]:
    found = totals_by_kind(cast.house.scope, win.instance_id)
    return {kind: found.get(kind, 0) for kind in ("payable", "withheld", "player_clearing")}


@pytest.mark.req("B-02", "CUR-07")
def test_the_player_is_paid_whole_coins_and_the_rest_stays(win: Win) -> None:
    # 100.035 EUR at 0.8592 is 85.950072 GBP: 85.95 is paid, which costs 100.034916 EUR.
    assert (win.pay_micros, win.player_currency) == (85_950_000, "GBP")
    assert win.value_micros == win.cost_micros + win.residual_micros
    assert win.multipliers["GBP"] == "0.8592"


@pytest.mark.req("B-13", "B-25")
def test_settled_by_a_second_person_with_a_reference(cast: Cast, win: Win) -> None:
    assert totals(cast, win) == {"payable": win.cost_micros, "withheld": 0, "player_clearing": 0}
    approval = asked(cast, win)
    assert totals(cast, win)["payable"] == win.cost_micros
    cast.house.approve(approval)
    win.refresh_from_db()
    assert (win.state, win.reference, win.approval_id) == ("settled", "BANK-1", approval.pk)
    assert totals(cast, win) == {"payable": 0, "withheld": 0, "player_clearing": win.cost_micros}
    assert AuditEntry.objects.filter(action="win.settled", object_id=str(win.pk)).count() == 1
    assert_invariants()


@pytest.mark.req("B-25")
def test_who_asked_cannot_decide(cast: Cast, win: Win) -> None:
    approval = asked(cast, win, requested_by=cast.admin)
    decision = Decision(is_approved=True, reason="Mine")
    arguments: dict[str, Any] = {"scope": cast.house.scope, "actor": Actor.staff(cast.admin), "now": cast.now}
    with pytest.raises(Refusal, match="FORBIDDEN"):
        decide_approval(approval.pk, decision, decided_by=cast.admin, **arguments)
    with pytest.raises(IntegrityError, match="approval_second_person"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(state="approved", decided_by=cast.admin, decided_at=cast.now)


@pytest.mark.req("B-13")
def test_once_settled_nothing_more(cast: Cast, win: Win) -> None:
    cast.house.approve(asked(cast, win))
    for act in (asked, withhold, release_asked):
        with pytest.raises(Refusal, match="INVALID_REQUEST"):
            act(cast, win)
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Win.objects.filter(pk=win.pk).update(state="owed")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Win.objects.filter(pk=win.pk).update(reference="BANK-2")
    assert_invariants()


@pytest.mark.req("B-13", "WIN-02", "B-25")
def test_withheld_released_by_a_second_person_and_withheld_again(cast: Cast, win: Win) -> None:
    withhold(cast, win)
    assert totals(cast, win) == {"payable": 0, "withheld": win.cost_micros, "player_clearing": 0}
    assert_invariants()
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        asked(cast, win)
    cast.house.approve(release_asked(cast, win))
    assert totals(cast, win)["payable"] == win.cost_micros
    assert_invariants()
    assert withhold(cast, win).state == "withheld"
    assert_invariants()


def cancellation_asked(cast: Cast, win: Win) -> Approval:
    return request_cancellation(
        win.pk, reason="Forged", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )


@pytest.mark.req("G-12", "B-12", "B-25")
def test_withheld_and_cancelled_by_a_second_person(cast: Cast, win: Win) -> None:
    with pytest.raises(Refusal, match="not withheld"):
        cancellation_asked(cast, win)
    withhold(cast, win)
    reserve = win.pot.seed_micros
    approval = cancellation_asked(cast, win)
    assert approval.after["seed_reserve_micros"] == reserve + win.cost_micros
    cast.house.approve(approval)
    win.refresh_from_db()
    win.pot.refresh_from_db()
    assert (win.state, win.state_reason, win.pot.seed_micros) == ("cancelled", "Forged", reserve + win.cost_micros)
    assert totals(cast, win) == {"payable": 0, "withheld": 0, "player_clearing": 0}
    assert AuditEntry.objects.filter(action="win.cancelled", object_id=str(win.pk)).count() == 1
    for act in (asked, withhold, release_asked):
        with pytest.raises(Refusal, match="INVALID_REQUEST"):
            act(cast, win)
    assert_invariants()
    contribute([cast.house.request(win.instance)], now=cast.now)
    assert Win.objects.exclude(pk=win.pk).get().seed_micros >= win.cost_micros
    assert_invariants()


@pytest.mark.req("G-12", "B-25")
def test_one_person_cancels_nothing(cast: Cast, win: Win) -> None:
    withhold(cast, win)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        Win.objects.filter(pk=win.pk).update(state="cancelled")


@pytest.mark.req("B-13")
def test_what_was_withheld_meanwhile_is_not_settled(cast: Cast, win: Win) -> None:
    approval = asked(cast, win)
    withhold(cast, win)
    with pytest.raises(Refusal, match="no longer owed"):
        cast.house.approve(approval)
    approval.refresh_from_db()
    assert approval.state == "pending"
    assert_invariants()


@pytest.mark.req("B-13", "B-25")
def test_the_database_refuses_to_settle_or_release_without_a_second_person(cast: Cast, win: Win) -> None:
    pending = asked(cast, win)
    rows = Win.objects.filter(pk=win.pk)
    for approval in (None, pending.pk):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(state="settled", reference="X", approval=approval)
    withhold(cast, win)
    with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
        rows.update(state="owed")
    used = release_asked(cast, win)
    cast.house.approve(used)
    later = cast.now.replace(year=2027)
    withhold_win(win.pk, reason="Again", scope=cast.house.scope, actor=SYSTEM, now=later)
    with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
        rows.update(state="owed", approval=used)


@pytest.mark.req("B-13")
@pytest.mark.parametrize("reference", ["", "   ", "x" * 201])
def test_a_settlement_names_its_payment(cast: Cast, win: Win, reference: str) -> None:
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        asked(cast, win, reference=reference)


@pytest.mark.req("GEN-01")
@pytest.mark.parametrize("scope", [Scope("rival"), Scope("thrilltech", frozenset({"thrilltech:brand2"}))])
def test_outside_the_scope_there_is_no_such_win(cast: Cast, win: Win, scope: Scope) -> None:
    with pytest.raises(Refusal, match="NOT_FOUND"):
        asked(cast, win, scope=scope)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        withhold(cast, win, scope)


@pytest.mark.req("B-13")
def test_withholding_says_why(cast: Cast, win: Win) -> None:
    with pytest.raises(Refusal, match="Say why"):
        withhold_win(win.pk, reason=" ", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
