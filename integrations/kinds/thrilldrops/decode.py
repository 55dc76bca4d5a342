"""Strict decoding of an input event: bytes in, what it tells of a player or one reason code out."""

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from backoffice.core.json import StrictJsonError, decode_strict
from integrations.kinds.thrilldrops.attributes import attributes_of
from integrations.kinds.thrilldrops.events import EventShape, event_of
from integrations.kinds.thrilldrops.faults import BadMessage
from integrations.kinds.thrilldrops.fields import read_field, read_text
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.players import PlayerMessage
from integrations.wire.raw import RawMessage
from integrations.wire.timestamps import EARLIEST, LATEST

OTHER_BRAND: Final = "OTHER_BRAND"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
MAX_KEY: Final = 200
# Below it a time stamp counts seconds, from it on milliseconds (I-24).
FIRST_MILLISECOND: Final = 100_000_000_000


class ThrillDropsDecoder:
    """Decodes the messages of one integration, which serves these brands (`operator:brand`)."""

    def __init__(self, brand_ids: Collection[str]) -> None:
        self._brand_ids = frozenset(brand_ids)

    def decode(self, raw: RawMessage) -> Decoded | Fault:
        """What the event tells of its player, or why it cannot be used; never an exception, whatever the bytes."""
        try:
            body = decode_strict(raw.body)
            if not isinstance(body, dict):
                return Fault("NOT_AN_OBJECT", "The body is no JSON object.")
            return self._decoded(raw, body)
        except StrictJsonError as error:
            return Fault(error.code.upper(), error.detail)
        except BadMessage as bad:
            return bad.fault

    def _decoded(self, raw: RawMessage, body: dict[str, Any]) -> Decoded:
        shape, properties = _event(body, is_ours=raw.is_ours)
        brand_id = properties["player_brand_id"] if raw.is_ours else _brand(body)
        is_served = brand_id in self._brand_ids
        if not is_served and not raw.is_ours:
            raise BadMessage("UNMAPPED_BRAND", f"{brand_id!a} is no brand that is served here.", "brand_id")
        happened_at_ms = _instant_ms(body)
        message = PlayerMessage(
            brand_id=brand_id,
            identifier="player_id",
            identifier_value=properties["player_id"] if raw.is_ours else read_text(body.get("player_id"), "player_id"),
            event=shape.tag,
            topic=shape.stream,
            happened_at_ms=happened_at_ms,
            properties=properties,
            attributes=attributes_of(shape.tag, properties, _rfc3339(happened_at_ms)),
            origin=raw.origin,
        )
        digest = _digest(message)
        key, variant = ("", "") if raw.is_positioned else _identity(raw, body, message, digest)
        return Decoded(
            key=key, variant=variant, digest=digest, content=message, filtered=None if is_served else OTHER_BRAND
        )


def _event(body: dict[str, Any], *, is_ours: bool) -> tuple[EventShape, dict[str, Any]]:
    """The event under its tag, with every field read. A secret is not among them."""
    told = body.get("event_type")
    if not isinstance(told, dict):
        code = "MISSING_FIELD" if told is None else "WRONG_TYPE"
        raise BadMessage(code, "event_type must be an object with the event under its name.", "event_type")
    if len(told) != 1:
        raise BadMessage("NOT_ONE_EVENT", f"event_type holds {len(told)} events, not one.", "event_type")
    ((name, values),) = told.items()
    shape = event_of(name)
    if shape is None:
        raise BadMessage("UNKNOWN_EVENT", f"There is no event {name[:60]!a}.", "event_type", is_unsupported=True)
    if (shape.stream == "Internal") is not is_ours:
        raise BadMessage("INTERNAL_EVENT", f"{shape.tag} is told by this installation alone.", "event_type")
    path = f"event_type.{name}"
    if not isinstance(values, dict):
        raise BadMessage("WRONG_TYPE", f"{path} must be an object.", path)
    unknown = sorted(set(values) - {field.name for field in shape.fields})
    if unknown:
        raise BadMessage("UNKNOWN_FIELD", f"{shape.tag} has no field {unknown[0][:60]!a}.", f"{path}.{unknown[0][:60]}")
    read = {field.name: read_field(field, values.get(field.name), f"{path}.{field.name}") for field in shape.fields}
    return shape, {name: read[name] for name in shape.shown}


def _brand(body: dict[str, Any]) -> str:
    """The pair `operator:brand`; the brand's part may be sent alone."""
    operator_id = read_text(body.get("operator_id"), "operator_id", 64)
    brand = read_text(body.get("brand_id"), "brand_id", 129)
    if ":" not in brand:
        return f"{operator_id}:{brand}"
    if brand.partition(":")[0] != operator_id:
        raise BadMessage("UNMAPPED_BRAND", f"{brand!a} is no brand of the operator {operator_id!a}.", "brand_id")
    return brand


def _instant_ms(body: dict[str, Any]) -> int:
    value = body.get("timestamp")
    if value is None:
        raise BadMessage("MISSING_FIELD", "timestamp is missing.", "timestamp")
    if not isinstance(value, Decimal):
        raise BadMessage("WRONG_TYPE", "timestamp must be a number.", "timestamp")
    if abs(value.adjusted()) > 15 or value != value.to_integral_value():
        raise BadMessage("INVALID_TIMESTAMP", "timestamp must be whole milliseconds, or seconds.", "timestamp")
    number = int(value)
    instant_ms = number * 1_000 if number < FIRST_MILLISECOND else number
    if not EARLIEST.timestamp() <= instant_ms / 1_000 < LATEST.timestamp():
        raise BadMessage("INVALID_TIMESTAMP", "timestamp is not of the years 2000 to 2099.", "timestamp")
    return instant_ms


def _rfc3339(instant_ms: int) -> str:
    seconds, rest = divmod(instant_ms, 1_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def _digest(message: PlayerMessage) -> bytes:
    # Over what was said, not over how it was written: 10, 10.00 and "10.00" are the same content.
    properties = sorted((name, type(value).__name__, str(value)) for name, value in message.properties.items())
    told = (message.brand_id, message.identifier_value, message.event, message.happened_at_ms, properties)
    return hashlib.sha256(repr(told).encode()).digest()


def _identity(raw: RawMessage, body: dict[str, Any], message: PlayerMessage, digest: bytes) -> tuple[str, str]:
    """What tells the message from others (rule B-21): an id that came with it, else its transactions, else its
    content."""
    for where, value in (
        (IDEMPOTENCY_KEY, raw.headers.get(IDEMPOTENCY_KEY)),
        ("event_id", body.get("event_id")),
        ("message_id", body.get("message_id")),
        ("message_id", raw.headers.get("message_id")),
    ):
        if value is not None:
            return f"id:{read_text(value, where)}", ""
    bet, win = message.properties.get("bet_transaction_id"), message.properties.get("win_transaction_id")
    if bet or win:
        key = f"{message.brand_id} {bet or '-'} {win or '-'}"
        return key if len(key) <= MAX_KEY else hashlib.sha256(key.encode()).hexdigest(), message.event
    return digest.hex(), message.event
