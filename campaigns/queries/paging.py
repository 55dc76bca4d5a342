"""A page of players or of their events after the one before, whatever their number."""

from datetime import datetime

from django.db.models import Q

from backoffice.tenancy.scope import Scope
from campaigns.models import PlayerEvent, Profile
from campaigns.queries.profiles import profiles
from campaigns.queries.timeline import timeline

# The position of a row: (brand id, player id) of a player; (instant, row id) of an event.
PlayerPlace = tuple[str, str]
EventPlace = tuple[datetime, int]


def players_after(scope: Scope, after: PlayerPlace | None, limit: int) -> list[Profile]:
    """Players in the order of their keys, those behind `after`."""
    rows = profiles(scope)
    if after is not None:
        brand_id, player_id = after
        place = [brand_id.partition(":")[0], brand_id, player_id]
        rows = rows.extra(where=["(operator_id, brand_id, player_id) > (%s, %s, %s)"], params=place)
    return list(rows[:limit])


def events_before(scope: Scope, player: Profile, before: EventPlace | None, limit: int) -> list[PlayerEvent]:
    """Events of a player, the newest first, those older than `before`."""
    rows = timeline(scope, player)
    if before is not None:
        at, row_id = before
        rows = rows.filter(Q(happened_at__lt=at) | Q(happened_at=at, pk__lt=row_id))
    return list(rows[:limit])
