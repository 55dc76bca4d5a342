"""Change what a pot holds besides contributions and drops, with its row locked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.core.money import LIMIT_MICROS
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Pot
from jackpots.operations.hold_gate import share_gate
from jackpots.queries.instances import in_scope
from jackpots.queries.templates import published_terms
from jackpots.rules.states import effective_state, is_final
from jackpots.rules.terms import PotTerms


@contextmanager
def locked_pot(scope: Scope, pot_id: UUID | str) -> Iterator[Pot]:
    """The pot with its instance's gate shared and its own row locked, in a transaction; in the order of contributions,
    so that neither waits for the other in a circle.

    Refusal(NOT_FOUND) outside the scope, FORBIDDEN where it is not the viewer's to change.
    """
    with transaction.atomic():
        seen = in_scope(Instance.objects.all(), scope).filter(pots__pk=pot_id)
        found = seen.values_list("pk", "brand_id").first()
        if found is None:
            raise Refusal("NOT_FOUND", "There is no such pot.")
        scope.check_change(found[1])
        share_gate([found[0]])
        pot = Pot.objects.select_for_update(of=("self",)).get(pk=pot_id)
        # Read after the lock: whoever ends the instance by its last drop holds its pots.
        pot.instance = Instance.objects.get(pk=found[0])
        yield pot


def terms_of_pot(pot: Pot) -> PotTerms | None:
    """What the instance's template says of the pot; None for one that belongs to an earlier model."""
    if pot.retired_at is not None:
        return None
    return next((terms for terms in published_terms(pot.instance.template_id).pots if terms.code == pot.code), None)


def terms_that_restart(pot: Pot, now: datetime) -> PotTerms:
    """The terms of a pot that will start again after its next drop. Refusal(INVALID_REQUEST) for any other."""
    instance, terms = pot.instance, terms_of_pot(pot)
    state = effective_state(instance.state, instance.starts_at, instance.ends_at, now)
    if is_final(state):
        raise Refusal("INVALID_REQUEST", f"The jackpot is {state.value}: its pots start no more.")
    if terms is None:
        raise Refusal("INVALID_REQUEST", f"{pot.code} belongs to an earlier model and starts no more.")
    if terms.max_drops is not None and pot.drop_count + 1 >= terms.max_drops:
        raise Refusal("INVALID_REQUEST", f"{pot.code} does not start again after its next drop.")
    return terms


def checked_amount(amount_micros: int) -> int:
    """The amount; Refusal(INVALID_REQUEST) unless it is more than nothing and below 10^9 units."""
    if not 0 < amount_micros < LIMIT_MICROS:
        raise Refusal("INVALID_REQUEST", "The amount must be above 0 and below 1,000,000,000.", "amount")
    return amount_micros


def save_pot(pot: Pot, now: datetime) -> None:
    """Write the amounts; a batch that read the row before its lock was taken begins again."""
    pot.version += 1
    pot.changed_at = now
    pot.save(update_fields=["value_micros", "seed_micros", "boost_micros", "version", "changed_at"])


def change_pot(pot: Pot, action: str, *, actor: Actor, before: dict[str, object], reason: str, now: datetime) -> None:
    """Write the amounts, and say in the log of the pot's instance what the act made of those in `before`."""
    save_pot(pot, now)
    instance = pot.instance
    subject = Subject("instance", str(instance.pk), instance.name, instance.operator_id, instance.brand_id)
    after = {name: getattr(pot, name) for name in before}
    common: dict[str, object] = {"currency": instance.currency, "pot": pot.code}
    record(actor, action, subject, at=now, before=common | before, after=common | after, reason=reason)
