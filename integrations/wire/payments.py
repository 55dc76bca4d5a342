"""Payments and bonuses of players, as a feed tells of them, one message for each change of status."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from integrations.wire.players import PlayerMessage

PaymentStep = Literal["requested", "approved", "rejected", "cancelled", "rollback"]


class PaymentMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a payment. Amounts are micro-units of `currency`; `base_micros` is the amount at its rate.

    `event` is what the profile of the player is told.
    """

    payment_id: str
    direction: Literal["deposit", "withdrawal"]
    step: PaymentStep
    brand_id: str
    player_id: str
    currency: str
    amount_micros: int
    base_micros: int
    fee_micros: int | None
    vendor_id: str
    vendor_name: str
    bonus_code: str
    happened_at: datetime
    event: PlayerMessage


class BonusMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a player's bonus. `status` is one of BONUS_STAGES; amounts as those of payments."""

    user_bonus_id: str
    bonus_id: str
    status: str
    brand_id: str
    player_id: str
    bonus_type: str
    bonus_code: str
    product: str
    currency: str
    amount_micros: int
    base_micros: int
    turned_real_micros: int
    happened_at: datetime
    event: PlayerMessage


# How far along a bonus is in each status; of those that end it the one with the latest time stamp counts.
BONUS_STAGES: Final[dict[str, int]] = {
    "Pending": 0,
    "Created": 1,
    "Ongoing": 2,
    "Completed": 3,
    "AutoCompleted": 3,
    "Forfeited": 3,
    "Expired": 3,
    "Lost": 3,
    "Reversed": 4,
}
# What a payment's own figures are taken from, should the messages differ: the step that comes first here.
STEP_ORDER: Final[tuple[PaymentStep, ...]] = ("approved", "requested", "rejected", "cancelled", "rollback")


def payment_status(steps: dict[PaymentStep, datetime]) -> str:
    """The status that this set of steps, each with its time stamp, makes, in whatever order they came.

    A rollback takes back whatever was approved, and prevents what will be. Of several ends the latest counts, and at
    the same instant the one that moves no money.
    """
    if "rollback" in steps:
        return "rolled_back"
    ends: dict[PaymentStep, int] = {"approved": 0, "cancelled": 1, "rejected": 2}
    reached = [(steps[step], rank, step) for step, rank in ends.items() if step in steps]
    return max(reached)[2] if reached else "requested"


def bonus_status(statuses: dict[str, datetime]) -> str:
    """The status that this set of statuses, each with its time stamp, makes, in whatever order they came."""
    return max(statuses, key=lambda status: (BONUS_STAGES[status], statuses[status], status))
