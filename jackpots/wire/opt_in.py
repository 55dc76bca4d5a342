"""Opt-ins as they are sent, and as they stand (OPT-02, OPT-07)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from backoffice.core import json
from backoffice.core.clock import epoch_ms
from backoffice.core.errors import Refusal
from backoffice.core.money import MoneyError, micros_from_decimal
from jackpots.wire.contribution import MAX_BODY_BYTES, Name, refusal_of_decoding, too_large


class SentOptIn(msgspec.Struct, kw_only=True):
    """A player goes in or out of an instance. `contribution_value` is what the player prefers to contribute, in
    `currency`, by default the one the player last played in, else the jackpot's; without it the default applies."""

    instance_id: UUID
    player_id: Name
    brand_id: Annotated[str, Meta(min_length=1, max_length=129)]
    player_country: Annotated[str, Meta(min_length=2, max_length=3)]
    opt_in: bool
    contribution_value: Decimal | list[Decimal] | None = None
    currency: Annotated[str, Meta(min_length=3, max_length=3)] | None = None

    @property
    def preferred_micros(self) -> int | None:
        """What the player prefers to contribute, in micro-units of `currency`; a list of at most one number (I-06), or
        the number. Refusal(INVALID_REQUEST) for what is no amount."""
        value = self.contribution_value
        if isinstance(value, list):
            if len(value) > 1:
                raise Refusal("INVALID_REQUEST", "One value can be preferred.", "contribution_value")
            value = value[0] if value else None
        if value is None:
            return None
        try:
            micros = micros_from_decimal(value, field="contribution_value")
        except MoneyError as error:
            raise Refusal("INVALID_REQUEST", f"The value {error.reason}.", "contribution_value") from None
        if micros <= 0:
            raise Refusal("INVALID_REQUEST", "The value must be above 0.", "contribution_value")
        return micros


@dataclass(frozen=True, slots=True, kw_only=True)
class OptInFacts:
    """Where a player stands in an instance; amounts in the instance's currency. Never changed: not heard of yet."""

    instance_id: str
    player_id: str
    brand_id: str
    opted_in: bool
    preferred_contribution_micros: int | None = None
    contribution_count: int = 0
    contribution_micros: int = 0
    changed_at: datetime | None = None


_decoder: Final = msgspec.json.Decoder(SentOptIn)


def decode_opt_in(body: bytes) -> SentOptIn:
    """The opt-in in a body of JSON. Refusal: INVALID_REQUEST with the field, PAYLOAD_TOO_LARGE over 64 KiB."""
    if len(body) > MAX_BODY_BYTES:
        raise too_large()
    try:
        sent = _decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise refusal_of_decoding(error) from None
    for field in ("player_id", "brand_id", "player_country"):
        if "\0" in getattr(sent, field):
            raise Refusal("INVALID_REQUEST", "The text holds a NUL character.", field)
    return sent


def opt_in_event(facts: OptInFacts) -> dict[str, object]:
    """The gateway's OptInEvent data; the preferred contribution is a list of at most one number (I-06)."""
    preferred = facts.preferred_contribution_micros
    return {
        "instance_id": facts.instance_id,
        "player_id": facts.player_id,
        "ext_player_id": facts.player_id,
        "player_brand_id": facts.brand_id,
        "preferred_contribution_value": [] if preferred is None else [json.json_number(preferred)],
        "contribution_count": facts.contribution_count,
        "contribution_value": json.json_number(facts.contribution_micros),
        "opted_in": facts.opted_in,
        "last_updated": epoch_ms(facts.changed_at) if facts.changed_at else None,
    }
