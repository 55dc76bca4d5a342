"""One batch of a feed, one transaction: the positions first, then the effects, then the dead letters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from backoffice.core.json import encode
from integrations.operations.feed_transaction import feed_transaction
from integrations.operations.own_feed import Move, Owned
from integrations.operations.report_feed import Fenced
from integrations.operations.settle_messages import Feed, settle_messages
from integrations.operations.tally_messages import tally_messages
from integrations.wire.outcomes import BUCKETS, DUPLICATE, Item, Judge, Outcome
from integrations.wire.raw import digest_of


class Tripped(Exception):  # noqa: N818 - the batch is applied again, cut
    """The breaker trips at this item of the batch; nothing was written."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


@dataclass(frozen=True)
class Batch:
    """What to apply, for which kind, and when it came."""

    kind: str
    items: Sequence[Item]
    now: datetime


def apply_batch(owned: Owned, batch: Batch, *, judge: Judge | None = None, one_by_one: bool = False) -> list[Outcome]:
    """Give every message its effect or its dead letter, and move the positions; the outcomes in order.

    Fenced where one of the positions is another's by now, or stands elsewhere, Tripped where the judge stops it: then
    nothing was written. Any other exception means the same, and that the batch may be tried `one_by_one`.
    """
    with feed_transaction():
        _plan_anew()
        moves = owned.moves(batch.items)
        _move(moves, batch.now)
        feed = Feed(owned.operator_id, owned.integration_id, batch.kind, batch.now)
        outcomes = settle_messages(feed, batch.items, one_by_one=one_by_one)
        index = judge.trips_at(outcomes) if judge is not None else None
        if index is not None:
            raise Tripped(index)
        ids = owned.position_ids(batch.items)
        outcomes = _bury(feed, batch.items, outcomes, ids)
        _count(feed, outcomes, ids)
    owned.moved(moves)
    return outcomes


def _plan_anew() -> None:
    """A plan that was kept from when a table was empty would read all of it, batch after batch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")


def _move(moves: Sequence[Move], now: datetime) -> None:
    rows = [(move.position_id, move.epoch, move.count, move.expected, move.next_offset) for move in moves]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE integrations_feedposition p
            SET next_offset = coalesce(k.next_offset, p.next_offset + k.count), seen_count = p.seen_count + k.count,
                last_message_at = %s, moved_at = %s
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                AS k (id, epoch, count, expected, next_offset)
            WHERE p.id = k.id AND p.owner_epoch = k.epoch AND (k.expected IS NULL OR p.next_offset = k.expected)
            """,
            [now, now, *columns],
        )
        if cursor.rowcount < len(moves):
            raise Fenced


def _count(feed: Feed, outcomes: Sequence[Outcome], ids: Sequence[int]) -> None:
    counted = Counter(
        zip(ids, [outcome.bucket for outcome in outcomes], [outcome.code for outcome in outcomes], strict=True)
    )
    codes: Counter[tuple[str, str]] = Counter()
    buckets: dict[int, Counter[str]] = {}
    for (position_id, bucket, code), number in counted.items():
        codes[bucket, code] += number
        buckets.setdefault(position_id, Counter())[bucket] += number
    tally_messages(feed, codes)
    rows = [(key, *(numbers[bucket] for bucket in BUCKETS)) for key, numbers in sorted(buckets.items())]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE integrations_feedposition p
            SET used_count = p.used_count + k.used, filtered_count = p.filtered_count + k.filtered,
                refused_count = p.refused_count + k.refused, dead_count = p.dead_count + k.dead
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                AS k (id, used, filtered, refused, dead)
            WHERE p.id = k.id
            """,
            columns,
        )


def _bury(feed: Feed, items: Sequence[Item], outcomes: Sequence[Outcome], ids: Sequence[int]) -> list[Outcome]:
    """Store the dead letters. One that lies there already counts as a repeat, with one attempt more."""
    graves: dict[tuple[str, int, str], int] = {}
    settled = list(outcomes)
    for index, (item, outcome) in enumerate(zip(items, outcomes, strict=True)):
        if outcome.bucket == "dead":
            place = (item.raw.topic, item.raw.partition, item.raw.offset)
            if place in graves:
                settled[index] = Outcome("filtered", DUPLICATE)
            else:
                graves[place] = index
    if not graves:
        return settled
    rows = [_grave(items[index], outcomes[index], ids[index]) for index in graves.values()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_deadletter AS d
                (operator_id, integration_id, position_id, topic, partition, "offset", raw, headers, key, sent_at_ms,
                 is_positioned, digest, reason, detail, is_unsupported, attempts, state, replay_code, received_at,
                 changed_at, changed_by)
            SELECT %s, %s, k.*, 1, 'waiting', '', %s, %s, ''
            FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::bytea[], %s::jsonb[], %s::text[],
                        %s::bigint[], %s::bool[], %s::bytea[], %s::text[], %s::text[], %s::bool[]) AS k
            ON CONFLICT (operator_id, integration_id, topic, partition, "offset")
            DO UPDATE SET attempts = d.attempts + 1, changed_at = excluded.changed_at
            RETURNING topic, partition, "offset", d.attempts
            """,
            [feed.operator_id, feed.integration_id, feed.now, feed.now, *columns],
        )
        for topic, partition, offset, attempts in cursor.fetchall():
            if attempts > 1:
                settled[graves[topic, partition, offset]] = Outcome("filtered", DUPLICATE)
    return settled


def _grave(item: Item, outcome: Outcome, position_id: int) -> tuple[object, ...]:
    raw = item.raw
    # PostgreSQL keeps no NUL, not even an escaped one.
    headers = encode({"type": raw.type, **raw.headers}).decode().replace("\\u0000", "\\ufffd")
    digest = digest_of(raw.body, raw.type)
    return (
        position_id, raw.topic, raw.partition, raw.offset, raw.body, headers, raw.key, raw.sent_at_ms,
        raw.is_positioned, digest, outcome.code, outcome.detail, outcome.is_unsupported,
    )  # fmt: skip
