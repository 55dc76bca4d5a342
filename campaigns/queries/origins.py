"""Which message set what is known of a player."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from campaigns.models import AttributeDefinition, Profile

_LAST: Final = """
    SELECT DISTINCT ON (name) name, e.event, e.topic, e.origin, e.integration_id::text
    FROM campaigns_playerevent e, jsonb_object_keys(e.changes->'attributes') AS name
    WHERE e.profile_id = %s AND e.operator_id = %s AND e.changes ? 'attributes'
    ORDER BY name, e.id DESC
"""


@dataclass(frozen=True)
class Origin:
    """The event that set a value last, the message that it came in, and through which integration (its id)."""

    event: str
    topic: str
    origin: str
    integration_id: str


def origins_of(player: Profile) -> dict[str, Origin]:
    """By the attribute's name; none for what was set by an event that was erased or pruned."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [player.pk, player.operator_id])
        return {name: Origin(*rest) for name, *rest in cursor.fetchall()}


def types_of(player: Profile) -> dict[str, str]:
    """The types of the attributes that the player's brand has."""
    rows = AttributeDefinition.objects.filter(operator_id=player.operator_id, brand_id=player.brand_id)
    return dict(rows.values_list("name", "type"))
