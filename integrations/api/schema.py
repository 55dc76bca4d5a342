"""What the OpenAPI description says of events that partners push."""

from typing import Any, Final

from integrations.kinds.thrilldrops.events import CHANNELS, EVENTS, PAYOUT_TYPES, EventShape, FieldShape, Form

STRING: Final = {"type": "string"}
NUMBER: Final = {"anyOf": [{"type": "number"}, {"type": "string", "description": "The same as decimal text."}]}
FORMS: Final[dict[Form, dict[str, Any]]] = {
    "text": STRING | {"maxLength": 128},
    "channel": STRING | {"enum": list(CHANNELS)},
    "currency": STRING | {"description": "ISO 4217."},
    "amount": NUMBER | {"description": "Of the currency's units, 0 or more, with at most six decimals."},
    "balance": NUMBER | {"description": "Of the currency's units, with at most six decimals."},
    "flag": {"type": "boolean"},
    "secret": STRING | {"description": "Looked at, and never kept."},
    "payout": STRING | {"enum": list(PAYOUT_TYPES)},
}
EXAMPLE: Final = {
    "operator_id": "thrilltech",
    "brand_id": "brand1",
    "player_id": "player_00001",
    "timestamp": 1715714218408,
    "event_type": {"Deposit": {"method_id": "card", "currency": "EUR", "amount": 50, "balance_after": 120.75}},
}


def _field(field: FieldShape) -> dict[str, Any]:
    shape = FORMS[field.form]
    return {"anyOf": [shape, {"type": "null"}]} if field.is_nullable else shape


def _event(shape: EventShape) -> dict[str, Any]:
    body = {
        "type": "object",
        "description": f"{shape.description}.",
        "required": [field.name for field in shape.fields if not field.is_nullable],
        "properties": {field.name: _field(field) for field in shape.fields},
        "additionalProperties": False,
    }
    return {"type": "object", "title": shape.tag, "required": [shape.tag], "properties": {shape.tag: body}}


SHAPES: Final[dict[str, Any]] = {
    "PlayerEvent": {
        "type": "object",
        "description": "One event of a player. The brand is the pair `operator:brand`, or the brand's part of it.",
        "required": ["operator_id", "brand_id", "player_id", "timestamp", "event_type"],
        "properties": {
            "operator_id": STRING,
            "brand_id": STRING,
            "player_id": STRING,
            "timestamp": {"type": "integer", "description": "Milliseconds since 1970; below 10^11, seconds."},
            "event_id": STRING,
            "message_id": STRING,
            "event_type": {"oneOf": [_event(shape) for shape in EVENTS if shape.stream == "External"]},
        },
        "examples": [EXAMPLE],
    },
    "EventReceipt": {
        "type": "object",
        "description": "What became of the event; `code` says more, above all why it was refused.",
        "required": ["status", "code", "event"],
        "properties": {
            "status": STRING | {"enum": ["accepted", "duplicate", "refused"]},
            "code": STRING,
            "event": STRING,
        },
    },
}


def describe_events(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """A hook of the generator: the shapes."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    result["components"]["schemas"] = dict(sorted((schemas | SHAPES).items()))
    return result
