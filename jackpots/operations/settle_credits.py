"""Settle a group of credits: what happens when a second person has approved it."""

from datetime import datetime

from django.db import transaction

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from jackpots.models import Credit, CreditState
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.operations.request_credits_settlement import amounts, title_of


def settle_credits(approval: Approval, actor: Actor, now: datetime) -> None:
    """All of the approval's group that is owed is paid, by the reference that was asked for: Payable → PlayerClearing
    of each player's brand, in one transfer. What is withheld or has no rate stays as it is.

    Refusal(INVALID_REQUEST) where nothing is owed any more, or where it is not what was asked about, so that nobody
    approves what they have not seen.
    """
    with transaction.atomic():
        locked = Credit.objects.select_for_update(of=("self",)).select_related("instance", "pot")
        owed = locked.filter(operator_id=approval.operator_id, group_id=approval.object_id, state=CreditState.OWED)
        rows = list(owed.order_by("position"))
        if not rows:
            raise Refusal("INVALID_REQUEST", "Nothing of these credits is owed any more.")
        if [len(rows), amounts(rows)] != [approval.evidence["credits"], approval.evidence["amounts"]]:
            raise Refusal("INVALID_REQUEST", "What is owed has changed since it was asked for; ask again.")
        first = rows[0]
        reference = str(approval.after["reference"])
        post_transfers([_settlement(approval, rows, reference, now)])
        Credit.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=CreditState.SETTLED,
            state_reason=approval.reason[:300],
            reference=reference,
            approval=approval,
            changed_at=now,
        )
        subject = Subject("credits", approval.object_id, title_of(first), first.operator_id, approval.brand_id)
        record(
            actor,
            "credits.settled",
            subject,
            at=now,
            before={"state": CreditState.OWED.value},
            after={"state": CreditState.SETTLED.value, "credits": len(rows), "reference": reference},
            reason=approval.reason,
        )


def _settlement(approval: Approval, rows: list[Credit], reference: str, now: datetime) -> Posting:
    lines = {AccountRef(AccountKind.PAYABLE): -sum(row.cost_micros for row in rows)}
    for row in rows:
        account = AccountRef(AccountKind.PLAYER_CLEARING, None, row.brand_id)
        lines[account] = lines.get(account, 0) + row.cost_micros
    first = rows[0]
    return Posting(
        id=transfer_id(TransferKind.SETTLEMENT, str(approval.pk)),
        operator_id=first.operator_id,
        instance_id=first.instance_id,
        kind=TransferKind.SETTLEMENT,
        currency=first.instance.currency,
        occurred_at=now,
        lines=lines,
        reason=reference,
        subject_id=first.group_id,
    )
