"""Write what a batch has come to: the accumulators, the meters, the ledger, the pots."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from backoffice.core.errors import Refusal
from backoffice.core.statements import Statement, Stream, send, stream
from jackpots.operations.contributing.accumulators import accumulators
from jackpots.operations.contributing.batch import Batch
from jackpots.operations.contributing.end import end_instances
from jackpots.operations.contributing.postings import contribution_transfers, excess_transfers
from jackpots.operations.contributing.win import award
from jackpots.operations.post_transfer import posting_calls
from jackpots.queries.arrays import array, text_array

_SUMS: Final = Statement("""
WITH accumulated AS (
    INSERT INTO jackpots_optin AS o (operator_id, instance_id, brand_id, player_id, player_country, opted_in,
        contribution_count, contribution_micros, currency, pot_cycles, pot_micros, last_contributed_at, changed_at)
    SELECT %(operator)s, i, b, p, c, false, n, a, y, sc::int[], ss::bigint[], %(now)s::timestamptz, %(now)s
    FROM unnest(%(instances)s::uuid[], %(brands)s::text[], %(players)s::text[],
                %(countries)s::text[], %(counts)s::bigint[], %(amounts)s::bigint[],
                %(currencies)s::text[], %(slot_cycles)s::text[], %(slot_sums)s::text[])
         AS w (i, b, p, c, n, a, y, sc, ss)
    ON CONFLICT (operator_id, instance_id, brand_id, player_id) DO UPDATE
    SET contribution_count = o.contribution_count + excluded.contribution_count,
        contribution_micros = o.contribution_micros + excluded.contribution_micros,
        last_contributed_at = greatest(o.last_contributed_at, excluded.last_contributed_at),
        -- What is preferred is in the currency it was said in.
        currency = CASE WHEN o.preferred_contribution_micros IS NULL THEN excluded.currency ELSE o.currency END,
        pot_cycles = CASE WHEN excluded.pot_cycles = '{}' THEN o.pot_cycles ELSE excluded.pot_cycles END,
        pot_micros = CASE WHEN excluded.pot_cycles = '{}' THEN o.pot_micros ELSE ARRAY(
            SELECT e.micros + CASE WHEN o.pot_cycles[e.place] = e.cycle THEN o.pot_micros[e.place] ELSE 0 END
            FROM unnest(excluded.pot_cycles, excluded.pot_micros) WITH ORDINALITY AS e (cycle, micros, place)
            ORDER BY e.place) END
), metered AS (
    INSERT INTO jackpots_meter AS m (operator_id, instance_id, brand_id, minute, contribution_count,
        contribution_micros, base_wager_micros, win_count, win_micros)
    SELECT %(operator)s, i, b, %(minute)s::timestamptz, n, a, w, wn, wa
    FROM unnest(%(meter_instances)s::uuid[], %(meter_brands)s::text[], %(meter_counts)s::bigint[],
                %(meter_amounts)s::bigint[], %(meter_wagers)s::bigint[],
                %(meter_wins)s::bigint[], %(meter_won)s::bigint[]) AS v (i, b, n, a, w, wn, wa)
    ON CONFLICT (operator_id, instance_id, brand_id, minute) DO UPDATE
    SET contribution_count = m.contribution_count + excluded.contribution_count,
        contribution_micros = m.contribution_micros + excluded.contribution_micros,
        base_wager_micros = m.base_wager_micros + excluded.base_wager_micros,
        win_count = m.win_count + excluded.win_count,
        win_micros = m.win_micros + excluded.win_micros
)
UPDATE jackpots_pot AS p
SET value_micros = w.value, seed_micros = w.seed, boost_micros = w.boost, cycle = w.cycle, is_armed = w.armed,
    drop_count = p.drop_count + w.drops, version = p.version + 1, changed_at = %(now)s,
    window_starts_at = timestamptz 'epoch' + w.starts * interval '1 millisecond',
    window_ends_at = timestamptz 'epoch' + w.ends * interval '1 millisecond'
FROM unnest(%(pots)s::uuid[], %(versions)s::bigint[], %(values)s::bigint[], %(seeds)s::bigint[],
            %(boosts)s::bigint[], %(cycles)s::int[], %(armed)s::bool[], %(drops)s::int[],
            %(starts)s::bigint[], %(ends)s::bigint[])
     AS w (id, version, value, seed, boost, cycle, armed, drops, starts, ends)
WHERE p.id = w.id AND p.version = w.version RETURNING p.id
""")
_REFUSALS: Final = Statement("""
INSERT INTO jackpots_refusals AS r (operator_id, brand_id, code, minute, count)
SELECT %s, b, c, %s::timestamptz, n FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS w (b, c, n)
ON CONFLICT (operator_id, brand_id, code, minute) DO UPDATE SET count = r.count + excluded.count
""")


class PotsMovedError(Exception):
    """A pot changed under its lock; only a writer that does not lock can do that."""


def write(batch: Batch, under_way: Stream, answer: Callable[[], None] | None = None) -> None:
    """Write what the journal of the accepted ones, which is under way, and what deadlines have awarded come to, and the
    count of the refused ones, in the caller's transaction; `answer` is called while the server works on the journal."""
    moves = bool(batch.accepted) or batch.has_moved
    refused = any(isinstance(given, Refusal) for given in batch.answers)
    if answer is not None:
        answer()
    # While the server works on the one the next is made.
    transfers = [*contribution_transfers(batch), *excess_transfers(batch)]
    under_way.add(posting_calls(transfers, before_reading=batch.free_connection))
    if moves:
        under_way.add([(_SUMS, _sums(batch))])
    if refused:
        under_way.add([(_REFUSALS, _refusals(batch))])
    if batch.when_sent is not None and not batch.has_moved:
        batch.when_sent()
    results = under_way.take()
    if moves:
        if len(results[-2 if refused else -1]) != sum(len(pots) for pots in batch.pots.values()):
            raise PotsMovedError
        award(batch)
        end_instances(batch)


def write_alone(batch: Batch) -> None:
    """The same where there is no journal, because nothing was accepted."""
    with stream() as under_way:
        write(batch, under_way)


def count_refusals(batch: Batch) -> None:
    """Count the refused ones, and write nothing else."""
    send([(_REFUSALS, _refusals(batch))])


def _sums(batch: Batch) -> dict[str, object]:
    at = {"operator": batch.operator_id, "now": batch.now, "minute": _minute(batch.now)}
    return at | accumulators(batch) | _meters(batch) | _pots(batch)


def _meters(batch: Batch) -> dict[str, str]:
    sums: dict[tuple[str, str], list[int]] = {}
    for accepted in batch.accepted:
        key = (accepted.instance.key, accepted.claim.request.brand_id)
        row = sums.get(key)
        if row is None:
            row = sums[key] = [0, 0, 0, 0, 0]
        row[0] += 1
        row[1] += accepted.terms.amount_micros
        row[2] += accepted.base_micros
    for awarded in batch.wins:
        key = (awarded.accepted.instance.key, awarded.accepted.claim.request.brand_id)
        row = sums.setdefault(key, [0, 0, 0, 0, 0])
        row[3] += 1
        row[4] += awarded.won.payout.cost_micros
    keys = sorted(sums)
    names = ("meter_counts", "meter_amounts", "meter_wagers", "meter_wins", "meter_won")
    columns = [[sums[key][place] for key in keys] for place in range(len(names))]
    return {
        "meter_instances": array([key[0] for key in keys]),
        "meter_brands": text_array([key[1] for key in keys]),
    } | {name: array(column) for name, column in zip(names, columns, strict=True)}


def _pots(batch: Batch) -> dict[str, str]:
    pots = [pot for pots in batch.pots.values() for pot in pots]
    states = [pot.state for pot in pots]
    return {
        "pots": array([state.pot_id for state in states]),
        "versions": array([pot.version for pot in pots]),
        "values": array([state.value_micros for state in states]),
        "seeds": array([state.reserve_micros for state in states]),
        "boosts": array([state.boost_micros for state in states]),
        "cycles": array([state.cycle for state in states]),
        "armed": array([state.armed for state in states]),
        "drops": array([pot.drops for pot in pots]),
        "starts": array([state.window.starts_ms if state.window else None for state in states]),
        "ends": array([state.window.ends_ms if state.window else None for state in states]),
    }


def _refusals(batch: Batch) -> list[Any]:
    counts: dict[tuple[str, str], int] = {}
    for claim, answer in zip(batch.claims, batch.answers, strict=True):
        if isinstance(answer, Refusal):
            key = (claim.request.brand_id, answer.code)
            counts[key] = counts.get(key, 0) + 1
    keys = sorted(counts)
    return [
        batch.operator_id,
        _minute(batch.now),
        text_array([key[0] for key in keys]),
        text_array([key[1] for key in keys]),
        array([counts[key] for key in keys]),
    ]


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
