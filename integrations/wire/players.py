"""What a feed tells of players: events, attributes, preferences; and what a kind brings before any data comes."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec

Identifier = Literal["player_id", "email", "mobile_number"]
AttributeType = Literal["string", "number", "datetime", "boolean"]
# A datetime is kept as RFC 3339 text in UTC with milliseconds: 2023-10-08T01:17:14.000Z.
AttributeValue = str | Decimal | bool

Channel = Literal["email", "sms", "push", "on_site", "telephone", "post"]


class PlayerMessage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event as it concerns one player of a brand, or nobody in particular where `identifier` is None.

    `brand_id` is the pair `operator:brand`. `event` is the name in the data manager (`igtl_player_deposit`), `topic`
    the kind's word for where it came from (`Command`). `happened_at_ms` is epoch milliseconds. `properties` is the
    event as it was sent, keys and texts stripped. `attributes` holds what is mapped, by the name in the data manager.
    `preferences` holds all preferences by channel and name where the event brings any; `channels` the overall status
    of channels that it sets; `tags` those set (true) or taken away (false). `is_blocked` sets or lifts what forbids
    messages: self-exclusion, a block or a legal opt-out. `ignored` pairs what was not mapped with a reason code:
    UNKNOWN_ATTRIBUTE, NOT_OF_ITS_TYPE, or KEY_COLLISION. `origin` says which raw message it was.
    """

    brand_id: str
    identifier: Identifier | None
    identifier_value: str = ""
    event: str
    topic: str
    happened_at_ms: int
    properties: dict[str, Any] = {}
    attributes: dict[str, AttributeValue] = {}
    preferences: dict[str, dict[str, bool]] | None = None
    channels: dict[str, bool] | None = None
    tags: dict[str, bool] | None = None
    is_blocked: bool | None = None
    ignored: tuple[tuple[str, str], ...] = ()
    origin: str = ""


class PlayerResult(msgspec.Struct, frozen=True, gc=False):
    """What became of a message: APPLIED (something of the player changed, or the player is new), RECORDED (the event
    is in the timeline, nothing changed), OUTDATED (recorded; all that it says is older than what is known), or the
    code of a refusal."""

    code: str
    detail: str = ""

    @property
    def is_used(self) -> bool:
        """Whether the message had its effect."""
        return self.code in USED_CODES


USED_CODES = frozenset({"APPLIED", "RECORDED", "OUTDATED"})


class MessageSource(msgspec.Struct, frozen=True, kw_only=True):
    """Through which integration messages came. `is_optout_respected` keeps blocked players unsubscribed (I-38);
    `is_segmentable` lets segments use events that nobody defined."""

    operator_id: str
    integration_id: UUID
    kind: str
    is_optout_respected: bool = True
    is_segmentable: bool = True


class AttributeDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute that a kind brings; `is_system` for the four that carry no prefix."""

    name: str
    type: AttributeType
    topic: str = ""
    is_system: bool = False


class EventDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a kind brings, from one topic. `is_listed` shows it before it was first seen; `is_segmentable`
    lets segments use it."""

    name: str
    title: str
    topic: str
    description: str = ""
    properties: tuple[str, ...] = ()
    is_listed: bool = True
    is_segmentable: bool = True


class Definitions(msgspec.Struct, frozen=True, kw_only=True):
    """All that an approval creates in the data manager of these brands (`operator:brand`)."""

    brand_ids: tuple[str, ...]
    events: tuple[EventDefinition, ...] = ()
    attributes: tuple[AttributeDefinition, ...] = ()
    channels: tuple[Channel, ...] = ()
