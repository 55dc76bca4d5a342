"""One batch of a feed, one transaction: the position first, then the effects, then the dead letters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from backoffice.core.json import encode
from integrations.operations.own_feed import OwnedFeed
from integrations.operations.report_feed import Fenced
from integrations.operations.settle_messages import Feed, settle_messages
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


def apply_batch(
    owned: OwnedFeed, batch: Batch, *, judge: Judge | None = None, one_by_one: bool = False
) -> list[Outcome]:
    """Give every message its effect or its dead letter, and move the position; the outcomes in order.

    Fenced where the feed is another's by now, Tripped where the judge stops it: then nothing was written. Any other
    exception means the same, and that the batch may be tried `one_by_one`.
    """
    with transaction.atomic():
        _plan_afresh()
        _move(owned, batch)
        feed = Feed(owned.operator_id, owned.integration_id, batch.kind, batch.now)
        outcomes = settle_messages(feed, batch.items, one_by_one=one_by_one)
        index = judge.trips_at(outcomes) if judge is not None else None
        if index is not None:
            raise Tripped(index)
        outcomes = _bury(feed, batch.items, outcomes)
        tally(feed, Counter((outcome.bucket, outcome.code) for outcome in outcomes))
        _count(owned.position_id, outcomes)
    return outcomes


def _plan_afresh() -> None:
    """A plan that was kept from when a table was empty would read all of it, batch after batch."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")


def _move(owned: OwnedFeed, batch: Batch) -> None:
    count = len(batch.items)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE integrations_feedposition
            SET next_offset = next_offset + %s, seen_count = seen_count + %s, last_message_at = %s, moved_at = %s
            WHERE id = %s AND owner_epoch = %s
            """,
            [count, count, batch.now, batch.now, owned.position_id, owned.epoch],
        )
        if cursor.rowcount == 0:
            raise Fenced


def _count(position_id: int, outcomes: Sequence[Outcome]) -> None:
    counts = Counter(outcome.bucket for outcome in outcomes)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE integrations_feedposition
            SET used_count = used_count + %s, filtered_count = filtered_count + %s, refused_count = refused_count + %s,
                dead_count = dead_count + %s
            WHERE id = %s
            """,
            [*(counts[bucket] for bucket in BUCKETS), position_id],
        )


def _bury(feed: Feed, items: Sequence[Item], outcomes: Sequence[Outcome]) -> list[Outcome]:
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
    rows = [_grave(items[index], outcomes[index]) for index in graves.values()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_deadletter AS d
                (operator_id, integration_id, topic, partition, "offset", raw, headers, digest, reason, detail,
                 is_unsupported, attempts, state, replay_code, received_at, changed_at, changed_by)
            SELECT %s, %s, k.*, 1, 'waiting', '', %s, %s, ''
            FROM unnest(%s::text[], %s::int[], %s::text[], %s::bytea[], %s::jsonb[], %s::bytea[], %s::text[],
                        %s::text[], %s::bool[]) AS k
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


def _grave(item: Item, outcome: Outcome) -> tuple[object, ...]:
    raw = item.raw
    # PostgreSQL keeps no NUL, not even an escaped one.
    headers = encode({"type": raw.type, **raw.headers}).decode().replace("\\u0000", "\\ufffd")
    digest = digest_of(raw.body, raw.type)
    return (
        raw.topic, raw.partition, raw.offset, raw.body, headers, digest, outcome.code, outcome.detail,
        outcome.is_unsupported,
    )  # fmt: skip


def tally(feed: Feed, counts: Counter[tuple[str, str]]) -> None:
    """Add to the counts by outcome and code, in the order of their keys; a count may be negative."""
    rows = [(*key, count) for key, count in sorted(counts.items()) if count]
    if not rows:
        return
    buckets, codes, numbers = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_feedtally AS t (operator_id, integration_id, outcome, code, count, last_at)
            SELECT %s, %s, k.*, %s FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS k
            ON CONFLICT (operator_id, integration_id, outcome, code)
            DO UPDATE SET count = t.count + excluded.count, last_at = excluded.last_at
            """,
            [feed.operator_id, feed.integration_id, feed.now, buckets, codes, numbers],
        )
