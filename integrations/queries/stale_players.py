"""Players of whom something is to be computed or told."""

from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet

from integrations.models import GameSession, PlayerFigures, StalePlayer

PlayerKey = tuple[str, str, str]


def due_players(ended_before: datetime, told_before: datetime, limit: int) -> list[PlayerKey]:
    """Operator, brand and id of players with a session that ended before the one and is untold, or with untold figures
    that were last told before the other."""
    ended = GameSession.objects.filter(told_at=None, last_at__lt=ended_before).order_by("last_at")
    untold = PlayerFigures.objects.filter(is_untold=True, told_at__lte=told_before).order_by("told_at")
    found = [*_keys(ended, limit), *_keys(untold, limit)]
    return list(dict.fromkeys(found))


def noted_players(now: datetime, limit: int) -> list[PlayerKey]:
    """Players of whom feeds left a note that is due, the longest waiting first."""
    noted = StalePlayer.objects.filter(due_at__lte=now).values("operator_id", "brand_id", "player_id")
    return _keys(noted.annotate(first=Min("pk")).order_by("first"), limit)


def waiting_count(now: datetime) -> int:
    """Notes that wait although they are due."""
    return StalePlayer.objects.filter(due_at__lte=now).count()


def _keys(rows: "QuerySet[Any, Any]", limit: int) -> list[PlayerKey]:
    return list(rows.values_list("operator_id", "brand_id", "player_id")[:limit])
