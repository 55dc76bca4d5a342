"""What integrations hold of one player, as it is handed over to who asks for it."""

from typing import Any

from backoffice.tenancy.scope import Scope
from integrations.models import GameActivity, GameRound


def held_of_player(scope: Scope, *, brand_id: str, player_id: str) -> dict[str, list[dict[str, Any]]]:
    """Game rounds and the bets and wins in them; amounts in micro-units, beside their currency."""
    own = {"brand_id": brand_id, "player_id": player_id}
    rounds = scope.rows(GameRound.objects.filter(**own), brand_field="brand_id").order_by("started_at", "pk")
    activities = scope.rows(GameActivity.objects.filter(**own), brand_field="brand_id").order_by("happened_at", "pk")
    return {
        "game_rounds": list(
            rounds.values("round_id", "game_name", "vendor_name", "currency", "bet_micros", "win_micros", "started_at")
        ),
        "game_activities": list(
            activities.values(
                "activity_id", "kind", "round_id", "amount_micros", "currency", "game_name", "happened_at"
            )
        ),
    }
