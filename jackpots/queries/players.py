"""Everything that jackpots hold of one player, as it is handed over to who asks for it."""

from typing import Any

from backoffice.tenancy.scope import Scope
from jackpots.models import TicketEntry
from jackpots.queries.contributions import contributions
from jackpots.queries.credits import credits_in
from jackpots.queries.opt_ins import opt_in_changes, opt_ins
from jackpots.queries.wins import wins

Held = dict[str, list[dict[str, Any]]]


def held_of_player(scope: Scope, *, brand_id: str, player_id: str) -> Held:
    """Rows by what they are; amounts in micro-units, beside their currency."""
    own = {"brand_id": brand_id, "player_id": player_id}
    entries = scope.rows(TicketEntry.objects.filter(**own), brand_field="brand_id").order_by("pk")
    return {
        "opt_ins": list(
            opt_ins(scope)
            .filter(**own)
            .order_by("pk")
            .values(
                "instance_id", "instance__name", "opted_in", "preferred_contribution_micros", "contribution_count",
                "contribution_micros", "instance__currency", "changed_at",
            )
        ),
        "opt_in_changes": list(opt_in_changes(scope).filter(**own).values("instance_id", "opted_in", "changed_at")),
        "contributions": list(
            contributions(scope)
            .filter(**own)
            .values(
                "id", "instance_id", "instance__name", "gameround_id", "amount_micros", "instance__currency",
                "accepted_at",
            )
        ),
        "wins": list(
            wins(scope)
            .filter(**own)
            .values("id", "instance_id", "pot__code", "state", "pay_micros", "player_currency", "won_at")
        ),
        "credits": list(
            credits_in(scope)
            .filter(**own)
            .values("id", "instance_id", "state", "pay_micros", "player_currency", "owed_at")
        ),
        "raffle_tickets": list(entries.values("round_id", "ticket_count")),
    }  # fmt: skip
