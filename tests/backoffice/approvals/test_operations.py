"""A second person decides; the database holds it too."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from backoffice import subscriptions
from backoffice.accounts.models import Role, StaffUser
from backoffice.accounts.viewer import scope_of
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.approvals.operations.withdraw_approval import withdraw_approval
from backoffice.approvals.queries import approval as one
from backoffice.approvals.queries import count_waiting, pending_for_object, waiting_for
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from tests.backoffice.approvals.kit import HERE, ask, effects
from tests.backoffice.rows import brand, member

pytestmark = pytest.mark.django_db
YES = Decision(is_approved=True, reason="")
NO = Decision(is_approved=False, reason="not today")


@pytest.fixture(autouse=True)
def _effects(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(subscriptions.APPROVALS, "test.act", f"{HERE}.take_effect")
    monkeypatch.setitem(subscriptions.REJECTIONS, "test.act", f"{HERE}.take_refusal")
    effects.clear()
    yield
    effects.clear()


def decide(asked: Approval, decision: Decision, by: StaffUser, now: datetime) -> Approval:
    return decide_approval(asked.pk, decision, decided_by=by, scope=scope_of(by), actor=Actor.staff(by), now=now)


def withdraw(asked: Approval, by: StaffUser, now: datetime) -> Approval:
    return withdraw_approval(
        asked.pk, "changed my mind", withdrawn_by=by, scope=scope_of(by), actor=Actor.staff(by), now=now
    )


@pytest.mark.req("B-25")
def test_a_second_persons_yes_takes_effect_and_is_logged(now: datetime) -> None:
    manager, approver = member(Role.MANAGER), member(Role.APPROVER)
    asked = ask(manager, now)
    done = decide(asked, YES, approver, now)
    assert (done.state, done.decided_by, effects) == ("approved", approver, [("approved", "thing")])
    assert list(AuditEntry.objects.order_by("id").values_list("action", "actor_name")) == [
        ("approval.requested", manager.email),
        ("approval.approved", approver.email),
    ]


@pytest.mark.req("B-25")
def test_who_asked_never_decides_not_even_by_direct_sql(now: datetime) -> None:
    admin = member()
    asked = ask(admin, now)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        decide(asked, YES, admin, now)
    assert effects == []
    rows = Approval.objects.filter(pk=asked.pk)
    with pytest.raises(IntegrityError, match="approval_second_person"), transaction.atomic():
        rows.update(state="approved", decided_by=admin, decided_at=now)
    with pytest.raises(IntegrityError, match="approval_decided_by_somebody"), transaction.atomic():
        rows.update(state="approved", decided_at=now)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        rows.update(requested_by=member(Role.APPROVER))
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        rows.delete()


def test_a_no_needs_a_reason_and_leaves_things_as_they_were(now: datetime) -> None:
    manager, approver = member(Role.MANAGER), member(Role.APPROVER)
    asked = ask(manager, now)
    with pytest.raises(Refusal) as refused:
        decide(asked, Decision(is_approved=False, reason=" "), approver, now)
    assert refused.value.field == "reason"
    assert decide(asked, NO, approver, now).state == "rejected"
    assert effects == [("rejected", "thing")]


def test_a_request_is_decided_once(now: datetime) -> None:
    manager, approver = member(Role.MANAGER), member(Role.APPROVER)
    asked = ask(manager, now)
    decide(asked, NO, approver, now)
    for act in (lambda: decide(asked, YES, approver, now), lambda: withdraw(asked, manager, now)):
        with pytest.raises(Refusal, match="rejected already"):
            act()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Approval.objects.filter(pk=asked.pk).update(state="approved")


def test_an_effect_that_is_refused_leaves_the_request_pending(now: datetime) -> None:
    manager, approver = member(Role.MANAGER), member(Role.APPROVER)
    asked = ask(manager, now, "stale")
    with pytest.raises(Refusal, match="no longer there"):
        decide(asked, YES, approver, now)
    asked.refresh_from_db()
    assert asked.state == "pending"


def test_only_who_asked_withdraws_and_the_object_goes_the_way_of_a_refusal(now: datetime) -> None:
    manager, approver = member(Role.MANAGER), member(Role.APPROVER)
    asked = ask(manager, now)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        withdraw(asked, approver, now)
    assert withdraw(asked, manager, now).state == "withdrawn"
    assert effects == [("withdrawn", "thing")]
    ask(manager, now)


def test_the_same_thing_is_asked_for_once_at_a_time(now: datetime) -> None:
    manager = member(Role.MANAGER)
    asked = ask(manager, now)
    with pytest.raises(Refusal, match="already awaits"):
        ask(manager, now)
    assert pending_for_object(scope_of(manager), "test.act", "thing") == asked


@pytest.mark.req("B-25")
def test_the_badge_counts_what_the_viewer_may_decide(now: datetime) -> None:
    brand()
    admin, manager, approver = member(), member(Role.MANAGER), member(Role.APPROVER)
    limited = member(Role.APPROVER, name="limited", brands=("thrilltech:brand1",))
    rival = member(owner="rival")
    ask(admin, now, "by admin")
    ask(manager, now, "by manager")
    brand("thrilltech:brand2")
    ask(manager, now, "of another brand", brand_id="thrilltech:brand2")
    ask(manager, now, "of the brand", brand_id="thrilltech:brand1")
    counts = [count_waiting(viewer, scope_of(viewer)) for viewer in (approver, admin, manager, limited, rival)]
    assert counts == [4, 3, 0, 1, 0]
    assert count_waiting(member(Role.PLATFORM_ADMIN), scope_of(member(Role.PLATFORM_ADMIN, name="two"))) == 0


def test_a_foreign_request_does_not_exist(now: datetime) -> None:
    asked = ask(member(Role.MANAGER), now)
    rival = member(Role.APPROVER, owner="rival")
    assert one(scope_of(rival), asked.pk) is None
    assert not waiting_for(rival, scope_of(rival)).exists()
    with pytest.raises(Refusal, match="NOT_FOUND"):
        decide(asked, YES, rival, now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        withdraw(asked, rival, now)
