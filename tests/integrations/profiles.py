"""What stands where campaigns keep players, and builders of the messages that tell of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.wire.players import MessageSource, PlayerMessage, PlayerResult
from tests.integrations.support import ORIGIN


@dataclass
class Profiles:
    """Takes messages as campaigns do: what is older than what is known of an attribute or a channel changes nothing."""

    messages: list[PlayerMessage] = field(default_factory=list)
    sources: list[MessageSource] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    poisoned_players: set[str] = field(default_factory=set)

    def __call__(self, messages: Sequence[PlayerMessage], source: MessageSource, now: datetime) -> list[PlayerResult]:
        if any(message.identifier_value in self.poisoned_players for message in messages):
            raise ValueError("this one cannot be digested")
        self.messages += messages
        self.sources.append(source)
        return [PlayerResult(self.refusals.get(message.identifier_value, "APPLIED")) for message in messages]

    def events(self, player_id: str = "52530") -> list[str]:
        """Names of the events of a player, as they came."""
        return [message.event for message in self.messages if message.identifier_value == player_id]

    def attributes(self, player_id: str = "52530") -> dict[str, Any]:
        """What is known of a player: by attribute, channel and block, what the latest message says."""
        said = [message for message in self.messages if message.identifier_value == player_id]
        known: dict[str, Any] = {}
        for message in sorted(said, key=lambda message: message.happened_at_ms):
            known |= message.attributes | (message.channels or {})
            if message.is_blocked is not None:
                known["is_blocked"] = message.is_blocked
        return known


open_profiles = Profiles()


def payment(payment_id: str = "23541", **changes: Any) -> dict[str, Any]:
    """A withdrawal with the documented members; a change to None takes one away."""
    body = {
        "amount": 32.76, "bonus_code": "CHRISTMAS2023", "currency": "USD", "exchange_rate": 0.91, "fee_amount": 2.34,
        "note": "string", "origin": ORIGIN, "payment_id": payment_id, "status": "Approved",
        "timestamp": "2015-03-02T8:27:58.721607Z", "type": "Debit", "user_id": "52530", "vendor_id": "562",
        "vendor_name": "Skrill",
    }  # fmt: skip
    return {name: value for name, value in (body | changes).items() if value is not None}


def bonus(user_bonus_id: str = "863512", **changes: Any) -> dict[str, Any]:
    """A bonus with the documented members; a change to None takes one away."""
    body = {
        "amount": 10.3, "bonus_code": "WELCOME100", "bonus_id": "9821", "bonus_turned_real": 0, "currency": "EUR",
        "exchange_rate": 0.1, "locked_amount": 2.3, "meta": {"key1": 10.00, "key2": "some string", "key3": False},
        "origin": ORIGIN, "product": "Casino", "required_wagering_amount": 412.3, "status": "Created",
        "timestamp": "2015-03-02T8:27:58.721607+06:00", "type": "WelcomeBonus", "user_bonus_id": user_bonus_id,
        "user_id": "52530", "fasttrack_references": {"id": "ABC123", "action_id": 2000},
    }  # fmt: skip
    return {name: value for name, value in (body | changes).items() if value is not None}


def user(**changes: Any) -> dict[str, Any]:
    """A slim message: who, when, for which brand; and what is sent along."""
    return {"user_id": "52530", "timestamp": "2015-03-02T08:27:58.721607Z", "origin": ORIGIN, **changes}
