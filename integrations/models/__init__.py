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
from integrations.models.feed_sample import FeedSample
from integrations.models.game_round import GameActivity, GameRound
from integrations.models.game_session import GameSession, PlayerFigures, StalePlayer
from integrations.models.integration import Integration, IntegrationState, KindFlag
from integrations.models.letter_work import LetterWork, WorkState
from integrations.models.payment import Payment, PaymentStatus, PlayerBonus

__all__ = [
    "DeadLetter",
    "FeedGap",
    "FeedMember",
    "FeedMessage",
    "FeedPosition",
    "FeedSample",
    "FeedStatus",
    "FeedTally",
    "GameActivity",
    "GameRound",
    "GameSession",
    "Integration",
    "IntegrationState",
    "KindFlag",
    "LetterWork",
    "Payment",
    "PaymentStatus",
    "PlayerBonus",
    "PlayerFigures",
    "StalePlayer",
    "WorkState",
]
