"""Rows, constraints and triggers of players; no workflow."""

from campaigns.models.definition import AttributeDefinition, EventDefinition, IgnoredAttribute, Subscription
from campaigns.models.event import PlayerEvent
from campaigns.models.profile import ErasedPlayer, ErasureSalt, Profile

__all__ = [
    "AttributeDefinition",
    "ErasedPlayer",
    "ErasureSalt",
    "EventDefinition",
    "IgnoredAttribute",
    "PlayerEvent",
    "Profile",
    "Subscription",
]
