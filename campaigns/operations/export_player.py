"""Hand over everything that is known of a player (GDPR, article 15)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.core.json import encode
from backoffice.tenancy.scope import Scope
from campaigns.models import Profile
from campaigns.queries.profiles import attributes_of, choices_of, profile, tags_of
from campaigns.queries.timeline import timeline
from integrations.queries.players import held_of_player as held_of_integrations
from jackpots.queries.players import held_of_player as held_of_jackpots


def export_player(profile_id: int, *, scope: Scope, actor: Actor, now: datetime) -> bytes:
    """One JSON document: the profile, the timeline with what it changed, and what the other apps hold.

    That it was handed over is audited, without who the player is. Refusal(NOT_FOUND) outside the scope,
    Refusal(INVALID_REQUEST) for a player who was erased.
    """
    with transaction.atomic():
        player = profile(scope, profile_id)
        if player.erased_at is not None:
            raise Refusal("INVALID_REQUEST", "The player was erased; there is nothing to hand over.")
        whose = {"brand_id": player.brand_id, "player_id": player.player_id}
        document = {
            "exported_at": now,
            "player": _told(player),
            "events": list(
                timeline(scope, player).values(
                    "event", "topic", "happened_at", "received_at", "origin", "properties", "changes"
                )
            ),
            "jackpots": held_of_jackpots(scope, **whose),
            "integrations": held_of_integrations(scope, **whose),
        }
        record(actor, "player.exported", subject_of(player), at=now)
    return encode(document)


def subject_of(player: Profile) -> Subject:
    """The player as the log names one: nothing in it tells who that is, for it outlives an erasure."""
    return Subject("player", str(player.pk), f"Player {player.pk}", player.operator_id, player.brand_id)


def _told(player: Profile) -> dict[str, Any]:
    return {
        "operator_id": player.operator_id,
        "brand_id": player.brand_id,
        "player_id": player.player_id,
        "attributes": {one.name: {"value": one.value, "at": one.at} for one in attributes_of(player)},
        "subscriptions": [
            {"channel": one.channel, "preference": one.preference, "is_subscribed": one.is_subscribed, "at": one.at}
            for one in choices_of(player)
        ],
        "tags": tags_of(player),
        "is_blocked": player.is_blocked,
        "blocked_at": player.blocked_at,
        "created_at": player.created_at,
        "first_event_at": player.first_event_at,
        "last_event_at": player.last_event_at,
    }
