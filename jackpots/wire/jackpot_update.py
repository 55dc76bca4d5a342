"""JackpotUpdate: the latest values of an instance's pots (EVT-07/08), and the socket's envelope (EDG-12)."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.core import json
from backoffice.core.clock import epoch_ms


@dataclass(frozen=True, slots=True)
class PotValue:
    """A pot as the ticker shows it; the id is the template's code for it."""

    id: str
    is_progressive: bool
    value_micros: int


@dataclass(frozen=True, slots=True)
class InstanceValues:
    """An instance as the ticker shows it. An empty `allowed_brands` was resolved to the operator's brands before."""

    id: str
    operator_id: str
    name: str
    status: str
    jackpot_type: str
    currency: str
    allowed_brands: tuple[str, ...]
    allowed_sources: tuple[str, ...]
    pots: tuple[PotValue, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    changed_at: datetime


def jackpot_update(instance: InstanceValues) -> dict[str, object]:
    """The event's data; values are exact numbers of currency units, times are epoch milliseconds."""
    return {
        "id": instance.id,
        "jackpot_type": instance.jackpot_type,
        "status": instance.status,
        "currency": instance.currency,
        "pots": [
            {"id": pot.id, "is_progressive": pot.is_progressive, "current_value": json.json_number(pot.value_micros)}
            for pot in instance.pots
        ],
        "allowed_brands": instance.allowed_brands,
        "allowed_sources": instance.allowed_sources,
        "timestamp_start": epoch_ms(instance.starts_at) if instance.starts_at else None,
        "timestamp_end": epoch_ms(instance.ends_at) if instance.ends_at else None,
        "last_updated": epoch_ms(instance.changed_at),
    }


def socket_event(name: str, data: object, *, operator_id: str, brand_id: str | None, sent_at: datetime) -> str:
    """A broadcast event in the envelope of the sockets; staff sockets carry a null brand (rule B-28)."""
    envelope = {
        "msg_type": "Event",
        "source": "thrillpots",
        "msg_name": name,
        "operator_id": operator_id,
        "brand_id": brand_id,
        "player_id": None,
        "data": data,
        "timestamp": epoch_ms(sent_at),
    }
    return json.encode(envelope).decode()
