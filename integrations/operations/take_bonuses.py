"""Bonuses of players: the status of each follows from the set of its messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from integrations.models import PlayerBonus
from integrations.operations.mark_stale_players import StaleMarks
from integrations.operations.settle_messages import Feed
from integrations.wire.decoded import Decoded
from integrations.wire.outcomes import CONFLICT, DUPLICATE, Outcome
from integrations.wire.payments import BonusMessage, bonus_status

# What every message of a bonus must have in common.
_SAME: Final = ("brand_id", "player_id", "bonus_id", "currency")
_TOLD: Final = ("bonus_type", "bonus_code", "product", "amount_micros", "base_micros", "turned_real_micros")
_STORED: Final = ("statuses", "digests", "status", "last_at", "changed_at", *_TOLD)


def take_bonuses(feed: Feed, readings: Sequence[Decoded], stale: StaleMarks) -> list[Outcome]:
    """Keep the statuses of bonuses; an outcome for each reading in order. Needs the lock of the feed's position."""
    messages: list[BonusMessage] = [reading.content for reading in readings]
    rows = _existing(feed, messages)
    changed: dict[str, PlayerBonus] = {}
    outcomes = []
    for reading, message in zip(readings, messages, strict=True):
        row = rows.get(message.user_bonus_id)
        if row is None:
            row = rows[message.user_bonus_id] = _new(feed, message)
        outcome = _refusal(row, message, reading.digest.hex())
        if outcome is None:
            _take(row, message)
            row.digests[message.status] = reading.digest.hex()
            row.changed_at = feed.now
            changed[message.user_bonus_id] = row
            stale.urgent(message.brand_id, message.player_id)
            outcome = Outcome("used", "BONUS")
        outcomes.append(outcome)
    _store(list(changed.values()))
    return outcomes


def _existing(feed: Feed, messages: Sequence[BonusMessage]) -> dict[str, PlayerBonus]:
    ids = {message.user_bonus_id for message in messages}
    # Locked: what is being forgotten must not be told more of meanwhile.
    rows = PlayerBonus.objects.select_for_update(no_key=True).order_by("pk")
    rows = rows.filter(operator_id=feed.operator_id, integration_id=feed.integration_id, user_bonus_id__in=ids)
    return {row.user_bonus_id: row for row in rows}


def _new(feed: Feed, message: BonusMessage) -> PlayerBonus:
    return PlayerBonus(
        operator_id=feed.operator_id,
        integration_id=feed.integration_id,
        user_bonus_id=message.user_bonus_id,
        **{name: getattr(message, name) for name in (*_SAME, *_TOLD)},
        statuses={},
        last_at=message.happened_at,
    )


def _refusal(row: PlayerBonus, message: BonusMessage, digest: str) -> Outcome | None:
    for name in _SAME:
        if getattr(row, name) != getattr(message, name):
            return Outcome("dead", CONFLICT, f"{message.user_bonus_id} came before with another {name}.")
    if message.status not in row.statuses:
        return None
    # Longer ago than messages are remembered, or from where they are remembered by their position.
    if row.digests[message.status] == digest:
        return Outcome("filtered", DUPLICATE)
    return Outcome("dead", CONFLICT, f"{message.user_bonus_id} ({message.status}) came before with other content.")


def _take(row: PlayerBonus, message: BonusMessage) -> None:
    row.statuses[message.status] = message.happened_at.isoformat()
    row.status = bonus_status({status: datetime.fromisoformat(at) for status, at in row.statuses.items()})
    row.last_at = max(row.last_at, message.happened_at)
    if row.status == message.status:
        for name in _TOLD:
            setattr(row, name, getattr(message, name))


def _store(rows: Sequence[PlayerBonus]) -> None:
    known = [row for row in rows if not row.is_new]
    PlayerBonus.objects.bulk_create([row for row in rows if row.is_new])
    # An UPDATE as Django makes it costs the square of the rows, and minutes for a batch.
    PlayerBonus.objects.bulk_create(known, update_conflicts=True, unique_fields=["id"], update_fields=_STORED)
