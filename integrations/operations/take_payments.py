"""Deposits and withdrawals: the status of each follows from the set of its messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from integrations.models import Payment
from integrations.operations.mark_stale_players import StaleMarks
from integrations.operations.settle_messages import Feed
from integrations.wire.decoded import Decoded
from integrations.wire.outcomes import CONFLICT, DUPLICATE, Outcome
from integrations.wire.payments import STEP_ORDER, PaymentMessage, payment_status

# What every message of a payment must have in common.
_SAME: Final = ("brand_id", "player_id", "direction", "currency")
_TOLD: Final = ("amount_micros", "base_micros", "fee_micros", "vendor_id", "vendor_name", "bonus_code")
_STORED: Final = ("steps", "digests", "status", "told_by", "happened_at", "last_at", "changed_at", *_TOLD)


def take_payments(feed: Feed, readings: Sequence[Decoded], stale: StaleMarks) -> list[Outcome]:
    """Keep the steps of payments; an outcome for each reading in order. Needs the lock of the feed's position."""
    messages: list[PaymentMessage] = [reading.content for reading in readings]
    rows = _existing(feed, messages)
    changed: dict[str, Payment] = {}
    outcomes = []
    for reading, message in zip(readings, messages, strict=True):
        row = rows.get(message.payment_id)
        if row is None:
            row = rows[message.payment_id] = _new(feed, message)
        outcome = _refusal(row, message, reading.digest.hex())
        if outcome is None:
            _take(row, message)
            row.digests[message.step] = reading.digest.hex()
            row.changed_at = feed.now
            changed[message.payment_id] = row
            stale.urgent(message.brand_id, message.player_id)
            outcome = Outcome("used", "PAYMENT")
        outcomes.append(outcome)
    _store(list(changed.values()))
    return outcomes


def _existing(feed: Feed, messages: Sequence[PaymentMessage]) -> dict[str, Payment]:
    ids = {message.payment_id for message in messages}
    # Locked: what is being forgotten must not be told more of meanwhile.
    rows = Payment.objects.select_for_update(no_key=True).order_by("pk")
    rows = rows.filter(operator_id=feed.operator_id, integration_id=feed.integration_id, payment_id__in=ids)
    return {row.payment_id: row for row in rows}


def _new(feed: Feed, message: PaymentMessage) -> Payment:
    return Payment(
        operator_id=feed.operator_id,
        integration_id=feed.integration_id,
        payment_id=message.payment_id,
        **{name: getattr(message, name) for name in (*_SAME, *_TOLD)},
        steps={},
        told_by=message.step,
        happened_at=message.happened_at,
        last_at=message.happened_at,
    )


def _refusal(row: Payment, message: PaymentMessage, digest: str) -> Outcome | None:
    for name in _SAME:
        if getattr(row, name) != getattr(message, name):
            return Outcome("dead", CONFLICT, f"{message.payment_id} came before with another {name}.")
    if message.step not in row.steps:
        return None
    # Longer ago than messages are remembered, or from where they are remembered by their position.
    if row.digests[message.step] == digest:
        return Outcome("filtered", DUPLICATE)
    return Outcome("dead", CONFLICT, f"{message.payment_id} ({message.step}) came before with other content.")


def _take(row: Payment, message: PaymentMessage) -> None:
    row.steps[message.step] = message.happened_at.isoformat()
    if STEP_ORDER.index(message.step) <= [*STEP_ORDER].index(row.told_by):  # type: ignore[arg-type]
        row.told_by = message.step
        for name in _TOLD:
            setattr(row, name, getattr(message, name))
    row.status = payment_status({step: datetime.fromisoformat(at) for step, at in row.steps.items()})
    row.happened_at = min(row.happened_at, message.happened_at)
    row.last_at = max(row.last_at, message.happened_at)


def _store(rows: Sequence[Payment]) -> None:
    known = [row for row in rows if not row.is_new]
    Payment.objects.bulk_create([row for row in rows if row.is_new])
    # An UPDATE as Django makes it costs the square of the rows, and minutes for a batch.
    Payment.objects.bulk_create(known, update_conflicts=True, unique_fields=["id"], update_fields=_STORED)
