"""Credits: what players are owed of community payouts and raffle prizes, by group."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.core.ids import derived_id
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, CreditState
from jackpots.wire.payout import PayoutRecord


def community_group(win_id: UUID) -> UUID:
    """The group of the credits of a win's community payout; that of a round's prizes is the round's own id."""
    return derived_id("community", str(win_id))


def credits_in(scope: Scope) -> QuerySet[Credit]:
    """The credits of the viewer's brands, the newest first."""
    rows = Credit.objects.select_related("instance", "pot", "approval")
    return scope.rows(rows, brand_field="brand_id").order_by("-owed_at", "group_id", "position")


def credit_group(scope: Scope, group_id: UUID | str) -> list[Credit]:
    """A whole group by position; Refusal(NOT_FOUND) where it has nobody of the viewer's brands."""
    found = list(credits_in(scope).filter(group_id=group_id).order_by("position"))
    if not found:
        raise Refusal("NOT_FOUND", "There are no such credits.")
    return found


def community_of_wins(win_ids: Iterable[UUID]) -> dict[UUID, list[Credit]]:
    """The community's credits by win, in their order; wins without any are left out."""
    groups = {community_group(win_id): win_id for win_id in win_ids}
    found: dict[UUID, list[Credit]] = {}
    for credit in Credit.objects.filter(group_id__in=groups).select_related("instance").order_by("position"):
        found.setdefault(groups[credit.group_id], []).append(credit)
    return found


def payout_record(credit: Credit) -> PayoutRecord:
    """What the player gets; in the jackpot's currency while there is no rate for the player's."""
    is_failed = credit.state == CreditState.FAILED
    return PayoutRecord(
        player_id=credit.player_id,
        brand_id=credit.brand_id,
        currency=credit.instance.currency if is_failed else credit.player_currency,
        pay_micros=credit.value_micros if is_failed else credit.pay_micros,
    )
