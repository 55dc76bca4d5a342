"""What the events bring, field by field, and what becomes of it."""

from typing import Final

from integrations.kinds.base import Fact
from integrations.kinds.thrilldrops.events import CHANNELS, EVENTS, PAYOUT_TYPES, EventShape, FieldShape

_FORMS: Final = {
    "text": "text",
    "channel": " or ".join(CHANNELS),
    "currency": "ISO 4217",
    "amount": "number or decimal text",
    "balance": "number or decimal text, may be negative",
    "flag": "true or false",
    "secret": "text, never kept",
    "payout": " or ".join(PAYOUT_TYPES),
}


def _told(field: FieldShape) -> str:
    return f"{field.name}{' (may be null)' if field.is_nullable else ''}: {_FORMS[field.form]}"


def _fact(shape: EventShape) -> Fact:
    return Fact(shape.tag, "; ".join(_told(field) for field in shape.fields), f"{shape.description} ({shape.stream})")


CATALOGUE: Final = (
    Fact("operator_id, brand_id, player_id", "text, required", "The player; the brand as operator:brand or alone"),
    Fact("timestamp", "epoch milliseconds, or seconds", "When it happened"),
    *(_fact(shape) for shape in EVENTS),
)
