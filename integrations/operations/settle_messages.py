"""Decide what becomes of messages and give them their effects, inside the transaction of who calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils.module_loading import import_string

from backoffice.core.bulk import copy_rows, run_bulk
from integrations.kinds.registry import kind_of
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.outcomes import CONFLICT, DUPLICATE, PROCESSING_FAILED, Item, Outcome


@dataclass(frozen=True)
class Feed:
    """Whose messages they are, and when they were taken."""

    operator_id: str
    integration_id: UUID
    kind: str
    now: datetime


# What a kind's `effect` names: the decoded messages in their order in, an outcome for each out.
Effect = Callable[[Feed, Sequence[Decoded]], list[Outcome]]
Identity = tuple[str, str]
_MESSAGE: Final = (
    "operator_id", "integration_id", "message_key", "variant", "content_digest", "outcome", "code", "received_at",
)  # fmt: skip


def settle_messages(feed: Feed, items: Sequence[Item], *, one_by_one: bool = False) -> list[Outcome]:
    """The outcome of each item in order. New messages are remembered, so that none has its effect twice; not so where
    the position alone does that (`is_positioned`), or the state of a dead letter.

    Needs the lock of the feed's position: within a feed one batch is settled after the other. With `one_by_one` each
    item has a savepoint of its own, and one that fails becomes a dead letter instead of failing all.
    """
    known = _known(feed, items)
    if not one_by_one:
        return _settled(feed, items, known)
    outcomes: list[Outcome] = []
    for item in items:
        try:
            with transaction.atomic():
                outcomes += _settled(feed, [item], known)
        except (OperationalError, InterfaceError, ImportError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a poison message raises, the feed lives
            outcomes.append(Outcome("dead", PROCESSING_FAILED, f"{type(error).__name__}: {error}"[:500]))
    return outcomes


def _settled(feed: Feed, items: Sequence[Item], known: dict[Identity, bytes]) -> list[Outcome]:
    learned: dict[Identity, bytes] = {}
    judged = [_judged(item, known, learned) for item in items]
    fresh = [
        item.reading
        for item, outcome in zip(items, judged, strict=True)
        if outcome is None and isinstance(item.reading, Decoded)
    ]
    effects = iter(_effect(feed.kind)(feed, fresh) if fresh else [])
    outcomes = [next(effects) if outcome is None else outcome for outcome in judged]
    if learned:
        _remember(feed, items, outcomes)
        known.update(learned)
    return outcomes


def _judged(item: Item, known: dict[Identity, bytes], learned: dict[Identity, bytes]) -> Outcome | None:
    """The outcome that needs no effect, or None; what is new is learned."""
    reading = item.reading
    if isinstance(reading, Fault):
        return Outcome("dead", reading.code, reading.detail, is_unsupported=reading.is_unsupported)
    if item.raw.is_positioned:
        return Outcome("filtered", reading.filtered) if reading.filtered else None
    identity = _identity(reading)
    digest = known.get(identity) or learned.get(identity)
    if digest is None:
        learned[identity] = reading.digest
        return Outcome("filtered", reading.filtered) if reading.filtered else None
    if digest == reading.digest:
        return Outcome("filtered", DUPLICATE)
    return Outcome("dead", CONFLICT, f"{reading.key} ({reading.variant}) came before with other content.")


def _identity(reading: Decoded) -> Identity:
    return reading.key, reading.variant


def _remembered(item: Item) -> Decoded | None:
    return item.reading if isinstance(item.reading, Decoded) and not item.raw.is_positioned else None


def _effect(kind: str) -> Effect:
    effect: Effect = import_string(kind_of(kind).effect)
    return effect


def _known(feed: Feed, items: Sequence[Item]) -> dict[Identity, bytes]:
    if all(item.raw.is_positioned for item in items):
        return {}
    identities = list({_identity(reading) for item in items if (reading := _remembered(item)) is not None})
    if not identities:
        return {}
    keys, variants = (list(column) for column in zip(*identities, strict=True))
    rows = run_bulk(
        """
        SELECT m.message_key, m.variant, m.content_digest
        FROM unnest(%b::text[], %b::text[]) AS k (message_key, variant)
        JOIN integrations_feedmessage m USING (message_key, variant)
        WHERE m.operator_id = %b AND m.integration_id = %b
        """,
        [keys, variants, feed.operator_id, feed.integration_id],
    )
    return {(key, variant): bytes(digest) for key, variant, digest in rows}


def _remember(feed: Feed, items: Sequence[Item], outcomes: Sequence[Outcome]) -> None:
    rows = [
        (
            feed.operator_id, feed.integration_id, reading.key, reading.variant, reading.digest, outcome.bucket,
            outcome.code, feed.now,
        )
        for item, outcome in zip(items, outcomes, strict=True)
        if (reading := _remembered(item)) is not None and outcome.bucket != "dead" and outcome.code != DUPLICATE
    ]  # fmt: skip
    if rows:
        copy_rows("integrations_feedmessage", _MESSAGE, rows)
