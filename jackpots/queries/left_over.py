"""What an instance that is over still holds, and where it may go (rule B-14)."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, ModelSwitch, Pot, RaffleRound, RoundState
from jackpots.queries.instances import RUNNING, in_scope
from jackpots.queries.templates import published_terms


class Left(NamedTuple):
    """The pots of an instance that hold something, those of earlier models among them."""

    pots: tuple[Pot, ...]

    @property
    def total_micros(self) -> int:
        """All of it."""
        return sum(pot.value_micros + pot.seed_micros + pot.boost_micros for pot in self.pots)

    def by_pot(self) -> dict[str, dict[str, int]]:
        """The amounts by pot and account."""
        return {
            pot.code: {
                "value_micros": pot.value_micros,
                "seed_reserve_micros": pot.seed_micros,
                "boost_micros": pot.boost_micros,
            }
            for pot in self.pots
        }

    def nothing(self) -> dict[str, dict[str, int]]:
        """The same once it has left."""
        return {code: dict.fromkeys(amounts, 0) for code, amounts in self.by_pot().items()}


def left_over(instance: Instance) -> Left:
    """What its pots, reserves and boosts hold."""
    rows = Pot.objects.filter(instance=instance).order_by("position", "id")
    return Left(tuple(pot for pot in rows if pot.value_micros or pot.seed_micros or pot.boost_micros))


def awaits_draw(instance: Instance) -> bool:
    """Whether somebody holds tickets of a round that is still to be drawn: what is in the pot is played for."""
    undrawn = (RoundState.ACTIVE, RoundState.CLOSING, RoundState.FROZEN)
    return RaffleRound.objects.filter(instance=instance, state__in=undrawn, ticket_count__gt=0).exists()


def may_return(instance: Instance) -> bool:
    """Whether the house paid all of it: every model that it ran by was wholly operator-funded."""
    before = ModelSwitch.objects.filter(instance=instance).values_list("from_template_id", flat=True)
    return all(published_terms(key).is_operator_funded for key in (instance.template_id, *before))


def pots_to_feed(scope: Scope, instance: Instance) -> QuerySet[Pot]:
    """The pots that may take it over: of running jackpots of the same operator and currency, and of a brand's own
    jackpot of that brand or of the operator."""
    rows = in_scope(Instance.objects.filter(state__in=RUNNING, currency=instance.currency), scope)
    rows = rows.filter(operator_id=instance.operator_id).exclude(pk=instance.pk)
    if instance.brand_id is not None:
        rows = rows.filter(Q(brand__isnull=True) | Q(brand_id=instance.brand_id))
    found = Pot.objects.filter(instance__in=rows, retired_at__isnull=True).select_related("instance")
    return found.order_by("instance__name", "position", "id")


def pot_to_feed(scope: Scope, instance: Instance, pot_id: UUID) -> Pot:
    """One of them; Refusal(INVALID_REQUEST) for any other."""
    found = pots_to_feed(scope, instance).filter(pk=pot_id).first()
    if found is None:
        raise Refusal("INVALID_REQUEST", "It goes to a pot of a running jackpot of the same owner and currency.", "to")
    return found
