"""Raffle tickets of a batch: the round held, tickets counted, ranges written; all in the batch's transaction.

The rounds are locked after the claims and before the pots. Whoever closes a round holds the instance's gate alone, so
that a round which is found here takes tickets until this transaction ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final
from uuid import UUID

from backoffice.core.errors import Refusal
from backoffice.core.statements import Call, Rows, Statement, send
from jackpots.operations.contributing.batch import Accepted, Batch, Entry, HeldRound
from jackpots.queries.arrays import array, text_array
from jackpots.rules.eligibility import RULE_SCHEDULE
from jackpots.rules.tickets import earn

_ROUNDS: Final = Statement("""
SELECT instance_id::text, id, ticket_count FROM jackpots_raffleround
WHERE operator_id = %s AND instance_id = ANY(%s::uuid[]) AND state IN ('pending', 'active')
  AND starts_at <= %s AND ends_at > %s
ORDER BY instance_id, number FOR UPDATE
""")
# Of the rounds that are locked just before. Entry by entry over the index: a join reads all entries of a round that
# began a moment ago.
_CARRIES: Final = Statement("""
WITH r AS MATERIALIZED (
    SELECT id, instance_id, operator_id FROM jackpots_raffleround
    WHERE operator_id = %(operator)s AND instance_id = ANY(%(raffles)s::uuid[]) AND state IN ('pending', 'active')
      AND starts_at <= %(now)s AND ends_at > %(now)s
)
SELECT r.id, w.brand_id, w.player_id, e.carry_micros
FROM unnest(%(instances)s::uuid[], %(brands)s::text[], %(players)s::text[]) AS w (instance_id, brand_id, player_id)
JOIN r ON r.instance_id = w.instance_id
CROSS JOIN LATERAL (
    SELECT e.carry_micros FROM jackpots_ticketentry e
    WHERE e.operator_id = r.operator_id AND e.round_id = r.id AND e.brand_id = w.brand_id AND e.player_id = w.player_id
    LIMIT 1
) e
""")
# Rounds that are over and keep the next one from beginning; long lists are left to who has the time.
_UNDRAWN: Final = Statement("""
SELECT id FROM jackpots_raffleround
WHERE operator_id = %s AND instance_id = ANY(%s::uuid[]) AND ends_at <= %s AND ticket_count <= %s
  AND state IN ('active', 'closing', 'frozen')
ORDER BY ends_at, id
""")
SOON_DRAWN: Final = 20_000
# The round is active before its tickets are written: a trigger refuses them for any other.
_COUNT: Final = Statement("""
UPDATE jackpots_raffleround AS r
SET ticket_count = w.tickets, state = 'active', opened_at = coalesce(r.opened_at, %s::timestamptz)
FROM unnest(%s::uuid[], %s::bigint[]) AS w (id, tickets) WHERE r.id = w.id
""")
_ENTRIES: Final = Statement("""
INSERT INTO jackpots_ticketentry AS e (operator_id, round_id, brand_id, player_id, player_country, currency,
    metric_micros, carry_micros, ticket_count, changed_at)
SELECT %s, r, b, p, c, y, m, k, t, %s::timestamptz
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[])
     AS w (r, b, p, c, y, m, k, t)
ON CONFLICT (operator_id, round_id, brand_id, player_id) DO UPDATE
SET metric_micros = e.metric_micros + excluded.metric_micros, carry_micros = excluded.carry_micros,
    ticket_count = e.ticket_count + excluded.ticket_count, currency = excluded.currency,
    changed_at = excluded.changed_at
""")
_RANGES: Final = Statement("""
INSERT INTO jackpots_ticketrange (operator_id, awarded_at, round_id, first_number, count, brand_id, player_id, currency,
    contribution_id)
SELECT %s, %s::timestamptz, * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                                          %s::uuid[])
""")


class RoundsDueError(Exception):
    """The round that contributions fall into waits for the draw of the one before; the batch begins again after it."""

    def __init__(self, round_ids: Sequence[UUID]) -> None:
        super().__init__("rounds are to be drawn first")
        self.round_ids = round_ids


def hold_rounds(batch: Batch, repeats: Mapping[str, Sequence[int]], *, beside: Iterable[str] = ()) -> None:
    """Lock the rounds that the accepted contributions to raffles fall into; those of raffles `beside` are only locked.

    Between two rounds, and after one that has not been drawn yet, nothing is taken: those contributions, and what
    repeats them (`repeats`, places by key), are answered with a refusal and leave the batch. RoundsDueError where the
    batch can draw that round first (B-16).
    """
    locked = _raffles(batch).union(beside)
    if locked:
        take_rounds(batch, repeats, send([_rounds_call(batch, locked)])[0])


def round_calls(batch: Batch) -> list[Call]:
    """What locks the rounds of the accepted ones and reads what is carried into them; empty without raffles."""
    raffles = _raffles(batch)
    return [_rounds_call(batch, raffles), _carries_call(batch, raffles)] if raffles else []


def take_rounds(batch: Batch, repeats: Mapping[str, Sequence[int]], rounds: Rows, carries: Rows | None = None) -> None:
    """Take what was read as hold_rounds() says."""
    raffles = _raffles(batch)
    without_round = raffles.difference([row[0] for row in rounds])
    if without_round and batch.may_draw:
        raise RoundsDueError(_due(batch, without_round))
    batch.rounds = {key: HeldRound(round_id, tickets) for key, round_id, tickets in rounds if key in raffles}
    if carries is not None:
        _keep_carries(batch, carries)
    if without_round:
        _refuse(batch, repeats, without_round)


def _raffles(batch: Batch) -> set[str]:
    return {accepted.instance.key for accepted in batch.accepted if accepted.instance.terms.is_raffle}


def _refuse(batch: Batch, repeats: Mapping[str, Sequence[int]], without_round: set[str]) -> None:
    left = []
    for accepted in batch.accepted:
        if accepted.instance.key in without_round:
            why = f"{RULE_SCHEDULE}: no round of the raffle takes contributions now"
            for place in (accepted.place, *repeats.get(accepted.claim.key, ())):
                batch.answers[place] = Refusal("CONTRIBUTION_REJECTED", why)
        else:
            left.append(accepted)
    batch.accepted = left


def _due(batch: Batch, without_round: set[str]) -> list[UUID]:
    """The rounds to be drawn; none where that was just done: then the next round is there when the batch begins
    again."""
    parameters = [batch.operator_id, array(sorted(without_round)), batch.now, SOON_DRAWN]
    return [row[0] for row in send([(_UNDRAWN, parameters)])[0]]


def _rounds_call(batch: Batch, raffles: Iterable[str]) -> Call:
    return _ROUNDS, [batch.operator_id, array(sorted(raffles)), batch.now, batch.now]


def _carries_call(batch: Batch, raffles: Iterable[str]) -> Call:
    players = {
        (accepted.instance.key, accepted.claim.request.brand_id, accepted.claim.request.player_id)
        for accepted in batch.accepted
        if accepted.instance.terms.is_raffle
    }
    instances, brands, player_ids = zip(*players, strict=True)
    return _CARRIES, {
        "operator": batch.operator_id,
        "now": batch.now,
        "raffles": array(raffles),
        "instances": array(instances),
        "brands": text_array(brands),
        "players": text_array(player_ids),
    }


def _keep_carries(batch: Batch, rows: Rows) -> None:
    by_round: dict[UUID, dict[tuple[str, str], int]] = {}
    for held in batch.rounds.values():
        by_round[held.id] = held.carries = {}
    for round_id, brand_id, player_id, carry in rows:
        if round_id in by_round:
            by_round[round_id][brand_id, player_id] = carry


def issue_tickets(batch: Batch) -> None:
    """Count the tickets of every accepted contribution to a raffle, in the order given (RAF-03…06)."""
    if not batch.rounds:
        return
    if any(held.carries is None for held in batch.rounds.values()):
        _keep_carries(batch, send([_carries_call(batch, batch.rounds)])[0])
    for accepted in batch.accepted:
        held = batch.rounds.get(accepted.instance.key)
        if held is not None:
            _issue(held, accepted)


def ticket_calls(batch: Batch) -> list[Call]:
    """What writes the issued ones, in the transaction that writes the journal."""
    held = [one for one in batch.rounds.values() if one.entries]
    if not held:
        return []
    counts = [batch.now, array([one.id for one in held]), array([one.ticket_count for one in held])]
    calls: list[Call] = [(_COUNT, counts), (_ENTRIES, _entries(batch, held))]
    if any(one.ranges for one in held):
        calls.append((_RANGES, _ranges(batch, held)))
    return calls


def _issue(held: HeldRound, accepted: Accepted) -> None:
    terms, request = accepted.instance.terms, accepted.claim.request
    if terms.ticket_price_micros is None:
        raise ValueError(f"the raffle {accepted.instance.key} has no price of a ticket")
    player = (request.brand_id, request.player_id)
    entry = held.entries.get(player)
    if entry is None:
        carry = held.carries.get(player, 0) if held.carries else 0
        entry = held.entries[player] = Entry(carry, request.player_country, request.currency)
    metric = accepted.base_micros if terms.ticket_metric == "base_wager" else accepted.terms.amount_micros
    tickets, entry.carry_micros = earn(entry.carry_micros, metric, terms.ticket_price_micros)
    entry.metric_micros += metric
    entry.tickets += tickets
    entry.currency = request.currency
    accepted.tickets = tickets
    if tickets:
        held.ranges.append((held.ticket_count + 1, accepted))
        held.ticket_count += tickets


def _entries(batch: Batch, held: list[HeldRound]) -> list[object]:
    # In order, as the opt-ins are, although the rounds' locks keep two batches apart already.
    ids = {one.id: str(one.id) for one in held}
    rows = sorted(((ids[one.id], *entry) for one in held for entry in one.entries.items()), key=itemgetter(0, 1))
    return [
        batch.operator_id,
        batch.now,
        array([round_id for round_id, _, _ in rows]),
        text_array([player[0] for _, player, _ in rows]),
        text_array([player[1] for _, player, _ in rows]),
        text_array([entry.country for _, _, entry in rows]),
        text_array([entry.currency for _, _, entry in rows]),
        array([entry.metric_micros for _, _, entry in rows]),
        array([entry.carry_micros for _, _, entry in rows]),
        array([entry.tickets for _, _, entry in rows]),
    ]


def _ranges(batch: Batch, held: list[HeldRound]) -> list[object]:
    rows = [
        (key, first, accepted) for key, one in [(str(one.id), one) for one in held] for first, accepted in one.ranges
    ]
    requests = [accepted.claim.request for _, _, accepted in rows]
    return [
        batch.operator_id,
        batch.now,
        array([round_id for round_id, _, _ in rows]),
        array([first for _, first, _ in rows]),
        array([accepted.tickets for _, _, accepted in rows]),
        text_array([request.brand_id for request in requests]),
        text_array([request.player_id for request in requests]),
        text_array([request.currency for request in requests]),
        array([accepted.claim.key for _, _, accepted in rows]),
    ]
