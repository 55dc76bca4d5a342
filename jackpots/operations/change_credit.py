"""Move a credit from one state to another, with its money."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, CreditState
from jackpots.operations.post_transfer import AccountRef, Posting, post_transfers, transfer_id
from jackpots.operations.request_credits_settlement import title_of


@contextmanager
def withheld_credit(scope: Scope, credit_id: UUID | str) -> Iterator[Credit]:
    """The withheld credit with its row locked, in a transaction. Refusal(NOT_FOUND) outside the scope, FORBIDDEN where
    it is not the viewer's to change, INVALID_REQUEST where it is not withheld."""
    with transaction.atomic():
        locked = scope.rows(Credit.objects.select_for_update(of=("self",)), brand_field="brand_id")
        credit = locked.select_related("instance", "pot").filter(pk=credit_id).first()
        if credit is None:
            raise Refusal("NOT_FOUND", "There is no such credit.")
        scope.check_change(credit.brand_id)
        if credit.state != CreditState.WITHHELD:
            raise Refusal("INVALID_REQUEST", f"The credit is {credit.get_state_display().lower()}, not withheld.")
        yield credit


def ask(  # noqa: PLR0913 - what, to what, why, by whom and when
    credit: Credit, kind: str, to: str, *, reason: str, requested_by: StaffUser, actor: Actor, now: datetime
) -> Approval:
    """Store the request that a withheld credit becomes owed again, or cancelled."""
    amount = format_money(credit.pay_micros, credit.player_currency)
    request = Request(
        kind=kind,
        operator_id=credit.operator_id,
        brand_id=credit.brand_id,
        object_id=str(credit.pk),
        title=f"{'Release' if to == CreditState.OWED else 'Cancel'} {amount} of {title_of(credit)}"[:300],
        reason=reason,
        before={"state": credit.state},
        after={"state": to},
        evidence={"player": credit.player_id, "amount": amount, "owed_at": credit.owed_at.isoformat()},
    )
    return request_approval(request, requested_by=requested_by, actor=actor, now=now)


def change_credit(  # noqa: PLR0913 - what, to what, by which agreement, with which money, by whom and when
    credit: Credit,
    to: str,
    *,
    approval: Approval,
    accounts: tuple[AccountRef, AccountRef],
    kind: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Save the row with its new state, post what it costs from one account to the other, and write the audit log."""
    source, destination = accounts
    posting = Posting(
        id=transfer_id(kind, str(approval.pk)),
        operator_id=credit.operator_id,
        instance_id=credit.instance_id,
        kind=kind,
        currency=credit.instance.currency,
        occurred_at=now,
        lines={source: -credit.cost_micros, destination: credit.cost_micros},
        reason=approval.reason[:300],
        subject_id=credit.group_id,
    )
    post_transfers([posting])
    before: dict[str, object] = {"state": credit.state}
    credit.state = to
    credit.state_reason = approval.reason[:300]
    credit.approval = approval
    credit.changed_at = now
    credit.save(update_fields=["state", "state_reason", "approval", "changed_at"])
    subject = Subject("credit", str(credit.pk), title_of(credit), credit.operator_id, credit.brand_id)
    record(actor, f"credit.{to}", subject, at=now, before=before, after={"state": to}, reason=approval.reason)
