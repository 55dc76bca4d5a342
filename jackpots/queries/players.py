"""Everything that jackpots hold of one player, as it is handed over to who asks for it."""

from typing import Any

from django.db.models import QuerySet

from backoffice.tenancy.scope import Scope
from jackpots.models import TicketEntry
from jackpots.queries.contributions import contributions
from jackpots.queries.credits import credits_in
from jackpots.queries.opt_ins import opt_in_changes, opt_ins
from jackpots.queries.wins import wins

Held = dict[str, list[Any]]


def held_of_player(scope: Scope, *, brand_id: str, player_id: str) -> Held:
    """Rows by what they are; amounts in micro-units, beside their currency."""
    entries = scope.rows(TicketEntry.objects.all(), brand_field="brand_id")
    rows: dict[str, QuerySet[Any, Any]] = {
        "opt_ins": opt_ins(scope)
        .order_by("pk")
        .values(
            "instance_id", "instance__name", "opted_in", "preferred_contribution_micros", "contribution_count",
            "contribution_micros", "instance__currency", "changed_at",
        ),
        "opt_in_changes": opt_in_changes(scope).values("instance_id", "opted_in", "changed_at"),
        "contributions": contributions(scope).values(
            "id", "instance_id", "instance__name", "gameround_id", "amount_micros", "instance__currency", "accepted_at"
        ),
        "wins": wins(scope).values(
            "id", "instance_id", "pot__code", "state", "pay_micros", "player_currency", "won_at"
        ),
        "credits": credits_in(scope).values("id", "instance_id", "state", "pay_micros", "player_currency", "owed_at"),
        "raffle_tickets": entries.order_by("pk").values("round_id", "ticket_count"),
    }  # fmt: skip
    return {name: list(found.filter(brand_id=brand_id, player_id=player_id)) for name, found in rows.items()}
