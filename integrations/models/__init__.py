"""Rows, constraints and states of integrations; no workflow."""

from integrations.models.feed import (
    DeadLetter,
    FeedGap,
    FeedMember,
    FeedMessage,
    FeedPosition,
    FeedStatus,
    FeedTally,
)
from integrations.models.game_round import GameActivity, GameRound
from integrations.models.integration import Integration, IntegrationState, KindFlag

__all__ = [
    "DeadLetter",
    "FeedGap",
    "FeedMember",
    "FeedMessage",
    "FeedPosition",
    "FeedStatus",
    "FeedTally",
    "GameActivity",
    "GameRound",
    "Integration",
    "IntegrationState",
    "KindFlag",
]
