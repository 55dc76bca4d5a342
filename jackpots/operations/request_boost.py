"""Ask a second person to boost the next start of a pot (G-13)."""

from datetime import datetime
from uuid import UUID

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from jackpots.models import Pot
from jackpots.operations.change_pot import checked_amount, locked_pot, terms_that_restart
from jackpots.rules.seeding import reseed
from jackpots.rules.terms import PotTerms


def request_boost(  # noqa: PLR0913 - which pot, how much, why, by whom, in which scope and when
    pot_id: UUID,
    *,
    amount_micros: int,
    reason: str,
    requested_by: StaffUser,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Store the request for this much more beside the pot, in the jackpot's currency.

    Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) for a pot that starts no more or an amount that is
    none.
    """
    checked_amount(amount_micros)
    with locked_pot(scope, pot_id) as pot:
        terms = terms_that_restart(pot, now)
        instance = pot.instance
        request = Request(
            kind="pot.boost",
            operator_id=instance.operator_id,
            brand_id=instance.brand_id,
            object_id=str(pot.pk),
            title=f"Boost {instance.name} {pot.code} by {format_money(amount_micros, instance.currency)}"[:300],
            reason=reason,
            before=boosted(pot, terms, 0),
            after=boosted(pot, terms, amount_micros) | {"amount_micros": amount_micros},
            evidence=figures_of(pot),
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)


def boosted(pot: Pot, terms: PotTerms, more_micros: int) -> dict[str, object]:
    """What the pot's boost and its next start would be with this much more, as it stands now."""
    boost = pot.boost_micros + more_micros
    start = reseed(terms, pot.seed_micros, boost)
    return {
        "currency": pot.instance.currency,
        "boost_micros": boost,
        "next_start_micros": start.seed_micros,
        "house_adds_to_it_micros": start.deficit_micros,
    }


def figures_of(pot: Pot) -> dict[str, object]:
    """Where the pot stands, in figures."""
    currency = pot.instance.currency
    return {
        "the pot now": {
            "jackpot": pot.instance.name,
            "pot": pot.code,
            "value": format_money(pot.value_micros, currency),
            "seed reserve": format_money(pot.seed_micros, currency),
            "cycle": pot.cycle,
        }
    }
