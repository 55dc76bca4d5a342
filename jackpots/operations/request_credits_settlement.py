"""Ask a second person to settle what is owed of a group of credits."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, CreditKind, CreditState
from jackpots.queries.credits import credit_group


def request_credits_settlement(  # noqa: PLR0913 - what, how, why, by whom, in which scope and when
    group_id: UUID,
    *,
    reference: str,
    reason: str,
    requested_by: StaffUser,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Store the request with the reference of the payment, for all of the group that is owed now.

    Refusal(NOT_FOUND) outside the scope, FORBIDDEN where some of it is of brands that are not the viewer's,
    Refusal(INVALID_REQUEST) where nothing is owed or without a reference of 1 to 200 characters.
    """
    reference = reference.strip()
    if not 1 <= len(reference) <= 200:
        raise Refusal("INVALID_REQUEST", "Name the payment, in 1 to 200 characters.", "reference")
    with transaction.atomic():
        first = credit_group(scope, group_id)[0]
        locked = Credit.objects.select_for_update(of=("self",)).filter(group_id=group_id, state=CreditState.OWED)
        owed = list(locked.order_by("position"))
        brands = frozenset(Credit.objects.filter(group_id=group_id).values_list("brand_id", flat=True))
        scope.check_change_of(brands)
        if not owed:
            raise Refusal("INVALID_REQUEST", "Nothing of these credits is owed.")
        request = Request(
            kind="credits.settle",
            operator_id=first.operator_id,
            brand_id=next(iter(brands)) if len(brands) == 1 else None,
            object_id=str(group_id),
            title=f"Settle {len(owed):,} credits of {title_of(first)}"[:300],
            reason=reason,
            before={"state": CreditState.OWED.value},
            after={"state": CreditState.SETTLED.value, "reference": reference},
            evidence={"credits": len(owed), "amounts": amounts(owed), "owed_at": first.owed_at.isoformat()},
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)


def title_of(credit: Credit) -> str:
    """What the group of this credit is called."""
    of_what = "round" if credit.kind == CreditKind.PRIZE else f"{credit.pot.code} win"
    return f"{credit.instance.name}, {of_what} {credit.cycle:,}"


def amounts(rows: Iterable[Credit]) -> list[str]:
    """What is to be paid in each currency."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.player_currency] = sums.get(row.player_currency, 0) + row.pay_micros
    return [format_money(sums[currency], currency) for currency in sorted(sums)]
