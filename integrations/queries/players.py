"""What integrations hold of one player, as it is handed over to who asks for it."""

from typing import Any, Final

from backoffice.tenancy.scope import Scope
from integrations.models import GameActivity, GameRound, GameSession, Payment, PlayerBonus, PlayerFigures

_SUMS: Final = ("round_count", "bet_count", "bet_base_micros", "win_count", "win_base_micros", "games")
_BONUS: Final = (
    "user_bonus_id", "bonus_id", "bonus_type", "bonus_code", "product", "status", "statuses", "amount_micros",
    "base_micros", "turned_real_micros", "currency",
)  # fmt: skip
# By its name in the document what holds it, in which order it comes, and what is told of it.
_HELD: Final[dict[str, tuple[Any, str, tuple[str, ...]]]] = {
    "game_rounds": (
        GameRound,
        "started_at",
        ("round_id", "game_name", "vendor_name", "currency", "bet_micros", "win_micros", "started_at"),
    ),
    "game_activities": (
        GameActivity,
        "happened_at",
        ("activity_id", "kind", "round_id", "amount_micros", "currency", "game_name", "happened_at"),
    ),
    "game_sessions": (GameSession, "started_at", ("started_at", "last_at", *_SUMS)),
    "payments": (
        Payment,
        "happened_at",
        ("payment_id", "direction", "status", "steps", "amount_micros", "base_micros", "fee_micros", "currency",
         "vendor_name", "bonus_code", "happened_at"),
    ),
    "bonuses": (PlayerBonus, "last_at", _BONUS),
    "figures": (
        PlayerFigures,
        "pk",
        ("session_count", *_SUMS, "deposit_count", "deposit_base_micros", "withdrawal_count",
         "withdrawal_base_micros", "bonus_count", "bonus_completed_count", "bonus_base_micros", "first_activity_at",
         "last_activity_at", "first_deposit_at", "last_deposit_at", "first_withdrawal_at", "last_withdrawal_at",
         "first_login_at", "last_login_at"),
    ),
}  # fmt: skip


def held_of_player(scope: Scope, *, brand_id: str, player_id: str) -> dict[str, list[Any]]:
    """Game rounds and what is in them, sessions, payments, bonuses, and the figures summed of all of it.

    Amounts are in micro-units, those called base in the casino's own currency.
    """
    found: dict[str, list[Any]] = {}
    for name, (model, order, told) in _HELD.items():
        rows = scope.rows(model.objects.order_by(order, "pk"), brand_field="brand_id")
        found[name] = list(rows.filter(brand_id=brand_id, player_id=player_id).values(*told))
    return found
