"""A member who has a password is not taken over by an invitation: it takes a second person to throw one away."""

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import Role, StaffUser
from backoffice.accounts.operations.invite_again import invite_again
from backoffice.accounts.viewer import scope_of
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.approvals.operations.request_password_reset import request_password_reset
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from tests.backoffice.rows import brand, member

pytestmark = pytest.mark.django_db
YES = Decision(is_approved=True, reason="I spoke with her.")


def ask(member_: StaffUser, by: StaffUser, now: datetime) -> Approval:
    return request_password_reset(
        member_.pk, reason="Forgotten", requested_by=by, scope=scope_of(by), actor=Actor.staff(by), now=now
    )


def approve(asked: Approval, by: StaffUser, now: datetime) -> None:
    decide_approval(asked.pk, YES, decided_by=by, scope=scope_of(by), actor=Actor.staff(by), now=now)


def browser(user: StaffUser) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.req("B-25")
def test_an_admin_alone_gets_no_link_to_an_approvers_account(now: datetime) -> None:
    admin, approver = member(), member(Role.APPROVER)
    with pytest.raises(Refusal) as refused:
        invite_again(approver.pk, scope=scope_of(admin), actor=Actor.staff(admin), now=now)
    assert refused.value.code == "INVALID_REQUEST"
    client = browser(admin)
    answer = client.post(reverse("staff_invite", args=[approver.pk]))
    assert answer.status_code == 422
    assert "/accounts/password/reset/" not in answer.content.decode()
    page = client.get(reverse("staff_member", args=[approver.pk])).content.decode()
    assert reverse("staff_invite", args=[approver.pk]) not in page
    assert reverse("staff_reset_password", args=[approver.pk]) in page
    assert not AuditEntry.objects.filter(action="staff.invited_again").exists()


@pytest.mark.req("B-25")
def test_with_a_second_person_the_password_and_the_sessions_end(now: datetime) -> None:
    admin, approver, forgetful = member(), member(Role.APPROVER), member(Role.MANAGER)
    theirs = browser(forgetful)
    assert theirs.get(reverse("preferences")).status_code == 200
    client = browser(admin)
    answer = client.post(reverse("staff_reset_password", args=[forgetful.pk]), {"reason": "Forgotten"})
    asked = Approval.objects.get()
    assert answer.headers["Location"] == reverse("approval", args=[asked.pk])
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approve(asked, admin, now)
    forgetful.refresh_from_db()
    assert forgetful.has_usable_password()
    approve(asked, approver, now)
    forgetful.refresh_from_db()
    assert not forgetful.has_usable_password()
    assert theirs.get(reverse("preferences")).status_code == 302
    link = client.post(reverse("staff_invite", args=[forgetful.pk])).content.decode()
    assert "/accounts/password/reset/key/" in link
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions)[-3:] == ["staff.password_reset", "approval.approved", "staff.invited_again"]


@pytest.mark.req("B-25")
def test_direct_sql_does_not_throw_a_password_away(now: datetime) -> None:
    admin, approver, victim = member(), member(Role.APPROVER), member(Role.MANAGER)
    other = ask(victim, admin, now)
    for values in ({"password": "!"}, {"password": "!", "password_reset_id": other.pk}):
        with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
            StaffUser.objects.filter(pk=victim.pk).update(**values)
    approve(other, approver, now)
    victim.refresh_from_db()
    victim.set_password("another good password")
    victim.save()
    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        StaffUser.objects.filter(pk=victim.pk).update(password="!")


@pytest.mark.req("B-25")
def test_what_cannot_be_asked_for(now: datetime) -> None:
    brand()
    brand("thrilltech:brand2")
    admin, rival = member(), member(owner="rival")
    wide = member(Role.MANAGER, brands=("thrilltech:brand1", "thrilltech:brand2"))
    tied = member(name="tied", brands=("thrilltech:brand1",))
    for by, whom, code in (
        (admin, admin, "INVALID_REQUEST"),
        (admin, rival, "NOT_FOUND"),
        (tied, admin, "NOT_FOUND"),
        (tied, wide, "FORBIDDEN"),
    ):
        with pytest.raises(Refusal) as refused:
            ask(whom, by, now)
        assert refused.value.code == code
