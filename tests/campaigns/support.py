"""Builders of messages about players, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from campaigns.handlers import define, take_player_messages
from campaigns.models import PlayerEvent, Profile
from integrations.wire.players import (
    AttributeDefinition,
    Definitions,
    EventDefinition,
    MessageSource,
    PlayerMessage,
    PlayerResult,
)
from tests.cast import Cast

BRAND = "thrilltech:brand1"
# 2023-11-14T22:13:20Z, and a minute for each number after that.
START_MS = 1_700_000_000_000
DEFINITIONS = Definitions(
    brand_ids=(BRAND,),
    events=(
        EventDefinition(name="igtl_player_update", title="Player update", topic="Command", properties=("state", "dob")),
        EventDefinition(name="igtl_player_update", title="Player update", topic="PDP", properties=("lifetime_wins",)),
        EventDefinition(name="gig_bonus", title="Bonus", topic="Bonus", is_listed=False, is_segmentable=False),
    ),
    attributes=(
        *(
            AttributeDefinition(name=name, type="string", is_system=True)
            for name in ("first_name", "last_name", "email", "mobile_number")
        ),
        AttributeDefinition(name="igtl_state", type="string", topic="Command"),
        AttributeDefinition(name="igtl_balance", type="number", topic="Command"),
        AttributeDefinition(name="igtl_last_login_date", type="datetime", topic="Command"),
        AttributeDefinition(name="is_vip", type="boolean", topic="Command"),
    ),
    channels=("email", "sms"),
)


def minute(number: int) -> int:
    """Epoch milliseconds of the number-th minute."""
    return START_MS + number * 60_000


def told(at: int = 0, player_id: str | None = "p1", **values: Any) -> PlayerMessage:
    """A message of the number-th minute about a player, or about nobody."""
    message: dict[str, Any] = {
        "brand_id": BRAND, "identifier": None if player_id is None else "player_id",
        "identifier_value": player_id or "", "event": "igtl_player_update", "topic": "Command",
        "happened_at_ms": minute(at), "origin": f"command/0/{at}",
    }  # fmt: skip
    return PlayerMessage(**(message | values))


@dataclass
class Manager:
    """The data manager of the cast's operator, as feeds reach it."""

    cast: Cast
    source: MessageSource

    def take(self, *messages: PlayerMessage, now: datetime | None = None, **source: Any) -> list[str]:
        """The codes of the results."""
        return [result.code for result in self.results(messages, now=now, **source)]

    def results(
        self, messages: Sequence[PlayerMessage], *, now: datetime | None = None, **source: Any
    ) -> list[PlayerResult]:
        values = {name: getattr(self.source, name) for name in self.source.__struct_fields__}
        return take_player_messages(messages, MessageSource(**(values | source)), now or self.cast.now)

    def define(self, definitions: Definitions = DEFINITIONS, **source: Any) -> None:
        values = {name: getattr(self.source, name) for name in self.source.__struct_fields__}
        define(definitions, MessageSource(**(values | source)), self.cast.now)


def manager_of(cast: Cast, integration_id: UUID | None = None) -> Manager:
    """A manager with the definitions of an approval."""
    source = MessageSource(operator_id="thrilltech", integration_id=integration_id or uuid4(), kind="igt")
    manager = Manager(cast, source)
    manager.define()
    return manager


def player(player_id: str = "p1", brand_id: str = BRAND) -> Profile:
    return Profile.objects.get(brand_id=brand_id, player_id=player_id)


def events_of(player_id: str = "p1") -> list[PlayerEvent]:
    """In the order in which they came."""
    return list(PlayerEvent.objects.filter(profile__player_id=player_id).order_by("id"))


def number(text: str) -> Decimal:
    return Decimal(text)
