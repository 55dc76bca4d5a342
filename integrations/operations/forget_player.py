"""Forget of whom sessions, payments and bonuses were, where a player is erased (GDPR, article 17)."""

from typing import Any, Final

from integrations.models import GameSession, Payment, PlayerBonus, PlayerFigures, StalePlayer

# What was computed of the player goes, in the order in which whoever computes it takes locks: notes, figures, the rest.
_COMPUTED: Final[tuple[Any, ...]] = (StalePlayer, PlayerFigures, GameSession)
# Messages of them were counted, so the rows stay.
_COUNTED: Final[tuple[Any, ...]] = (Payment, PlayerBonus)


def forget_player(operator_id: str, brand_id: str, player_id: str, *, pseudonym: str) -> None:
    """In the transaction of the erasure, and before it locks the profile: sessions and figures are deleted, payments
    and bonuses become the pseudonym's. Game rounds stay until their time is over."""
    whose = {"operator_id": operator_id, "brand_id": brand_id, "player_id": player_id}
    for model in _COMPUTED:
        rows = model.objects.filter(**whose)
        list(rows.select_for_update().order_by("pk").values_list("pk"))
        rows.delete()
    for model in _COUNTED:
        model.objects.filter(**whose).update(player_id=pseudonym)
