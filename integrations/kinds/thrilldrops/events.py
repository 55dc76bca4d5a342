"""The eight events that campaigns are made of, field by field (DRP-02…12)."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Form = Literal["text", "channel", "currency", "amount", "balance", "flag", "secret", "payout"]
Stream = Literal["External", "Internal"]

CHANNELS: Final = ("DesktopWeb", "DesktopNative", "MobileWeb", "MobileNative")
PAYOUT_TYPES: Final = ("Main", "Community", "Raffle")


@dataclass(frozen=True)
class FieldShape:
    """A field of an event. One that may be null may also be left out."""

    name: str
    form: Form = "text"
    is_nullable: bool = False


@dataclass(frozen=True)
class EventShape:
    """An event by its public tag. `External` ones are sent by platforms, `Internal` ones by this installation."""

    tag: str
    title: str
    stream: Stream
    fields: tuple[FieldShape, ...]
    description: str

    @property
    def shown(self) -> tuple[str, ...]:
        """Names of the fields that are kept."""
        return tuple(field.name for field in self.fields if field.form != "secret")


def _money_moved(tag: str, description: str) -> EventShape:
    fields = (
        FieldShape("method_id"),
        FieldShape("currency", "currency"),
        FieldShape("amount", "amount"),
        FieldShape("balance_after", "balance", is_nullable=True),
    )
    return EventShape(tag, tag, "External", fields, description)


EVENTS: Final = (
    EventShape(
        "PlayerLogin",
        "Player login",
        "External",
        (
            FieldShape("channel_type", "channel"),
            FieldShape("currency", "currency"),
            FieldShape("country", is_nullable=True),
            FieldShape("jurisdiction", is_nullable=True),
            FieldShape("session_token", "secret", is_nullable=True),
        ),
        "A player has logged in",
    ),
    EventShape(
        "PlayerLogout",
        "Player logout",
        "External",
        (FieldShape("channel_type", "channel"),),
        "A player has logged out",
    ),
    EventShape(
        "Transaction",
        "Transaction",
        "External",
        (
            FieldShape("provider_id"),
            FieldShape("game_id"),
            FieldShape("gameround_id"),
            FieldShape("bet_transaction_id", is_nullable=True),
            FieldShape("currency", "currency"),
            FieldShape("game_bet", "amount"),
            FieldShape("bonus_bet", "amount"),
            FieldShape("real_bet", "amount"),
            FieldShape("jackpot_bet", "amount"),
            FieldShape("win_transaction_id", is_nullable=True),
            FieldShape("game_win", "amount"),
            FieldShape("jackpot_win", "amount"),
            FieldShape("is_free_spin", "flag"),
            FieldShape("round_finished", "flag"),
        ),
        "A bet, a win, or both in one",
    ),
    _money_moved("Deposit", "Money came in"),
    _money_moved("Withdrawal", "Money went out"),
    EventShape(
        "ThrillPotsWinEvent",
        "ThrillPots win",
        "Internal",
        (
            FieldShape("jackpot_id"),
            FieldShape("instance_id"),
            FieldShape("pot_id"),
            FieldShape("player_brand_id"),
            FieldShape("player_id"),
            FieldShape("currency", "currency"),
            FieldShape("amount", "amount"),
            FieldShape("game_id", is_nullable=True),
            FieldShape("contribution", "amount", is_nullable=True),
            FieldShape("contribution_currency", "currency", is_nullable=True),
            FieldShape("payout_type", "payout", is_nullable=True),
        ),
        "A player has won a pot, or a part of what it gives to the community",
    ),
    EventShape(
        "ThrillPotsRaffleWinEvent",
        "ThrillPots raffle win",
        "Internal",
        (
            FieldShape("raffle_id"),
            FieldShape("instance_id"),
            FieldShape("prize_id"),
            FieldShape("player_brand_id"),
            FieldShape("player_id"),
            FieldShape("currency", "currency"),
            FieldShape("amount", "amount"),
        ),
        "A player has won a prize of a raffle",
    ),
    EventShape(
        "ThrillPotsOptInEvent",
        "ThrillPots opt-in",
        "Internal",
        (
            FieldShape("player_brand_id"),
            FieldShape("player_id"),
            FieldShape("jackpot_id"),
            FieldShape("currency", "currency"),
            FieldShape("contribution", "amount", is_nullable=True),
        ),
        "A player has gone into a jackpot",
    ),
)
_WORDS: Final = re.compile(r"[^a-z0-9]")
_ENDING: Final = re.compile(r"events?$")


def _plain(name: str) -> str:
    return _ENDING.sub("", _WORDS.sub("", name.casefold()))


_BY_NAME: Final = {_plain(shape.tag): shape for shape in EVENTS}


def event_of(name: str) -> EventShape | None:
    """The event of a tag, or of a heading that means it: `PlayerLogin`, `Player Login Event`, `ThrillPots Win Events`
    (I-47)."""
    return _BY_NAME.get(_plain(name)) if len(name) <= 60 else None
