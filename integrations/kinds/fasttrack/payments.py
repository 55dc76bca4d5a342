"""PAYMENT and BONUS: one message for each change of status."""

from datetime import datetime
from typing import Any, Final

from integrations.kinds.fasttrack import names
from integrations.kinds.fasttrack.fields import (
    MAX_ID,
    MAX_NAME,
    Body,
    base_micros,
    choice,
    currency,
    digest_of_content,
    epoch_ms,
    meta,
    money,
    optional_id_text,
    optional_money,
    optional_text,
    required,
    text,
)
from integrations.kinds.fasttrack.mapped import Mapped
from integrations.wire.decoded import Decoded
from integrations.wire.payments import BONUS_STAGES, BonusMessage, PaymentMessage
from integrations.wire.players import PlayerMessage

_DIRECTIONS: Final = {"Credit": "deposit", "Debit": "withdrawal"}
_STEPS: Final = {
    "Requested": "requested",
    "Approved": "approved",
    "Rejected": "rejected",
    "Cancelled": "cancelled",
    "Rollback": "rollback",
}
_STATUSES: Final = {status: status for status in BONUS_STAGES}


def read_payment(body: Body, mapped: Mapped, origin: str) -> Decoded:
    """The step of a payment; Bad where there is none."""
    brand_id, _ = mapped.brand(body)
    player_id = mapped.player(body)
    happened_at, _ = mapped.instant(body)
    amount = money(required(body, "amount"), "amount")
    payment = PaymentMessage(
        payment_id=text(body, "payment_id", MAX_ID),
        direction=choice(body, "type", _DIRECTIONS, "UNKNOWN_TYPE"),
        step=choice(body, "status", _STEPS, "UNKNOWN_STATUS"),
        brand_id=brand_id,
        player_id=player_id,
        currency=currency(body),
        amount_micros=amount,
        base_micros=base_micros(amount, body),
        fee_micros=optional_money(body, "fee_amount"),
        vendor_id=optional_id_text(body, "vendor_id"),
        vendor_name=optional_text(body, "vendor_name", MAX_NAME),
        bonus_code=optional_text(body, "bonus_code", MAX_NAME),
        happened_at=happened_at,
        event=_event((names.PAYMENT, origin), body, (brand_id, player_id), happened_at),
    )
    meta(body)
    return Decoded(key=payment.payment_id, variant=f"payment:{payment.step}", digest=_digest(payment), content=payment)


def read_bonus(body: Body, mapped: Mapped, origin: str) -> Decoded:
    """The change of a bonus; Bad where there is none."""
    brand_id, _ = mapped.brand(body)
    player_id = mapped.player(body)
    happened_at, _ = mapped.instant(body)
    amount = money(required(body, "amount"), "amount")
    for name in ("locked_amount", "required_wagering_amount"):
        optional_money(body, name)
    bonus = BonusMessage(
        user_bonus_id=text(body, "user_bonus_id", MAX_ID),
        bonus_id=text(body, "bonus_id", MAX_ID),
        status=choice(body, "status", _STATUSES, "UNKNOWN_STATUS"),
        brand_id=brand_id,
        player_id=player_id,
        bonus_type=optional_text(body, "type", MAX_NAME),
        bonus_code=optional_text(body, "bonus_code", MAX_NAME),
        product=optional_text(body, "product", MAX_NAME),
        currency=currency(body),
        amount_micros=amount,
        base_micros=base_micros(amount, body),
        turned_real_micros=optional_money(body, "bonus_turned_real") or 0,
        happened_at=happened_at,
        event=_event((names.BONUS, origin), body, (brand_id, player_id), happened_at),
    )
    meta(body)
    meta(body, "fasttrack_references")
    return Decoded(key=bonus.user_bonus_id, variant=f"bonus:{bonus.status}", digest=_digest(bonus), content=bonus)


def _event(named: tuple[str, str], body: Body, player: tuple[str, str], happened_at: datetime) -> PlayerMessage:
    (event, origin), (brand_id, player_id) = named, player
    return PlayerMessage(
        brand_id=brand_id,
        identifier="player_id",
        identifier_value=player_id,
        event=event,
        topic=names.TOPICS[event],
        happened_at_ms=epoch_ms(happened_at),
        properties=body,
        origin=origin,
    )


def _digest(message: PaymentMessage | BonusMessage) -> bytes:
    values: list[Any] = [getattr(message, name) for name in message.__struct_fields__ if name != "event"]
    return digest_of_content(values)
