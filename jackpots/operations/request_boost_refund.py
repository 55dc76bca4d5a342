"""Ask a second person to take an unspent boost back (G-13)."""

from datetime import datetime
from uuid import UUID

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from jackpots.models import Pot
from jackpots.operations.change_pot import checked_amount, locked_pot, terms_of_pot
from jackpots.operations.request_boost import boosted, figures_of


def request_boost_refund(  # noqa: PLR0913 - which pot, how much, why, by whom, in which scope and when
    pot_id: UUID,
    *,
    amount_micros: int,
    reason: str,
    requested_by: StaffUser,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Store the request to give this much of the pot's boost back to the house's funding.

    Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) for more than lies there.
    """
    checked_amount(amount_micros)
    with locked_pot(scope, pot_id) as pot:
        check_boost(pot, amount_micros)
        instance, terms = pot.instance, terms_of_pot(pot)
        plain: dict[str, object] = {"currency": instance.currency, "boost_micros": pot.boost_micros}
        before = boosted(pot, terms, 0) if terms else plain
        after = boosted(pot, terms, -amount_micros) if terms else dict(plain)
        request = Request(
            kind="pot.refund_boost",
            operator_id=instance.operator_id,
            brand_id=instance.brand_id,
            object_id=str(pot.pk),
            title=f"Refund {format_money(amount_micros, instance.currency)} of {instance.name} {pot.code}'s boost"[
                :300
            ],
            reason=reason,
            before=before,
            after=after | {"amount_micros": amount_micros, "boost_micros": pot.boost_micros - amount_micros},
            evidence=figures_of(pot),
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)


def check_boost(pot: Pot, amount_micros: int) -> None:
    """Refusal(INVALID_REQUEST) where less than this lies beside the pot."""
    if amount_micros > pot.boost_micros:
        held = format_money(pot.boost_micros, pot.instance.currency)
        raise Refusal("INVALID_REQUEST", f"The boost of {pot.code} is {held}; no more can be refunded.", "amount")
