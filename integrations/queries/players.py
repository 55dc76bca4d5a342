"""What integrations hold of one player, as it is handed over to who asks for it."""

from typing import Any

from django.db.models import QuerySet

from backoffice.tenancy.scope import Scope
from integrations.models import GameActivity, GameRound


def held_of_player(scope: Scope, *, brand_id: str, player_id: str) -> dict[str, list[Any]]:
    """Game rounds and the bets and wins in them; amounts in micro-units, beside their currency."""
    rows: dict[str, QuerySet[Any, Any]] = {
        "game_rounds": scope.rows(GameRound.objects.order_by("started_at", "pk"), brand_field="brand_id").values(
            "round_id", "game_name", "vendor_name", "currency", "bet_micros", "win_micros", "started_at"
        ),
        "game_activities": scope.rows(
            GameActivity.objects.order_by("happened_at", "pk"), brand_field="brand_id"
        ).values("activity_id", "kind", "round_id", "amount_micros", "currency", "game_name", "happened_at"),
    }
    return {name: list(found.filter(brand_id=brand_id, player_id=player_id)) for name, found in rows.items()}
