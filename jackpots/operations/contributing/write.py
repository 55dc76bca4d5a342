"""Write what a batch has come to: the journal, the accumulators, the meters, the ledger, the pots."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import connection

from backoffice.core import json
from backoffice.core.errors import Refusal
from jackpots.operations.contributing.batch import Accepted, Batch, LockedPot, array, text_array
from jackpots.operations.contributing.win import award
from jackpots.operations.post_transfer import AccountKind, AccountRef, Posting, TransferKind, post_transfers, transfer_id
from jackpots.rules.settlement import PotLine

_JOURNAL: Final = """
COPY jackpots_contribution (id, operator_id, brand_id, instance_id, source_id, template_id, transfer_id, player_id,
    player_country, target, gameround_id, payload_digest, currency, contribution_micros, amount_micros, rate,
    base_wager_micros, metadata, draws, win_pot, win_micros, mark, accepted_at) FROM STDIN
"""
_ACCUMULATORS: Final = """
INSERT INTO jackpots_optin AS o (operator_id, instance_id, brand_id, player_id, player_country, opted_in,
    contribution_count, contribution_micros, changed_at)
SELECT %s, i, b, p, c, false, n, a, %s
FROM unnest(%s::text::uuid[], %s::text::text[], %s::text::text[], %s::text::text[], %s::text::bigint[],
            %s::text::bigint[]) AS w (i, b, p, c, n, a)
ON CONFLICT (operator_id, instance_id, brand_id, player_id) DO UPDATE
SET contribution_count = o.contribution_count + excluded.contribution_count,
    contribution_micros = o.contribution_micros + excluded.contribution_micros
"""
_METERS: Final = """
INSERT INTO jackpots_meter AS m (operator_id, instance_id, brand_id, minute, contribution_count, contribution_micros,
    base_wager_micros, win_count, win_micros)
SELECT %s, i, b, %s, n, a, w, wn, wa
FROM unnest(%s::text::uuid[], %s::text::text[], %s::text::bigint[], %s::text::bigint[], %s::text::bigint[],
            %s::text::bigint[], %s::text::bigint[]) AS v (i, b, n, a, w, wn, wa)
ON CONFLICT (operator_id, instance_id, brand_id, minute) DO UPDATE
SET contribution_count = m.contribution_count + excluded.contribution_count,
    contribution_micros = m.contribution_micros + excluded.contribution_micros,
    base_wager_micros = m.base_wager_micros + excluded.base_wager_micros,
    win_count = m.win_count + excluded.win_count,
    win_micros = m.win_micros + excluded.win_micros
"""
_REFUSALS: Final = """
INSERT INTO jackpots_refusals AS r (operator_id, brand_id, code, minute, count)
SELECT %s, b, c, %s, n FROM unnest(%s::text::text[], %s::text::text[], %s::text::bigint[]) AS w (b, c, n)
ON CONFLICT (operator_id, brand_id, code, minute) DO UPDATE SET count = r.count + excluded.count
"""
_POTS: Final = """
UPDATE jackpots_pot AS p
SET value_micros = w.value, seed_micros = w.seed, boost_micros = w.boost, cycle = w.cycle, is_armed = w.armed,
    drop_count = p.drop_count + w.drops, version = p.version + 1, changed_at = %s
FROM unnest(%s::text::uuid[], %s::text::bigint[], %s::text::bigint[], %s::text::bigint[], %s::text::bigint[],
            %s::text::int[], %s::text::bool[], %s::text::int[]) AS w (id, version, value, seed, boost, cycle, armed, drops)
WHERE p.id = w.id AND p.version = w.version
"""
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class PotsMoved(Exception):
    """A pot changed under its lock; only a writer that does not lock can do that."""


def write(batch: Batch) -> None:
    """Write the accepted ones, and count the refused ones, in the caller's transaction."""
    refused = [answer for answer in batch.answers if isinstance(answer, Refusal)]
    raw = connection.connection
    if batch.accepted:
        transfers = _contribution_transfers(batch)
        with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor, cursor.copy(_JOURNAL) as copy:
            copy.write("".join([_row(accepted, transfers, batch.now) for accepted in batch.accepted]))
        post_transfers([*transfers.values(), *_excesses(batch)])
        award(batch)
        with connection.wrap_database_errors:
            with raw.pipeline():
                psycopg.Cursor(raw).execute(_ACCUMULATORS, _accumulators(batch), prepare=True)
                psycopg.Cursor(raw).execute(_METERS, _meters(batch), prepare=True)
                moved = psycopg.Cursor(raw).execute(_POTS, _pots(batch), prepare=True)
            if moved.rowcount != sum(len(pots) for pots in batch.pots.values()):
                raise PotsMoved
    if refused:
        with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
            cursor.execute(_REFUSALS, _refusals(batch), prepare=True)


def _contribution_transfers(batch: Batch) -> dict[UUID, Posting]:
    """One transfer for each instance, its lines summed by account and brand."""
    transfers = {}
    for instance_id, accepted in batch.by_instance().items():
        lines: dict[AccountRef, int] = {}
        for one in accepted:
            _add(lines, one, batch.pots[instance_id])
        first = accepted[0]
        posting = Posting(
            id=transfer_id(TransferKind.CONTRIBUTIONS, str(first.claim.contribution_id)),
            operator_id=batch.operator_id,
            instance_id=instance_id,
            kind=TransferKind.CONTRIBUTIONS,
            currency=first.instance.currency,
            occurred_at=batch.now,
            lines=lines,
        )
        if any(lines.values()):
            transfers[instance_id] = posting
    return transfers


def _add(lines: dict[AccountRef, int], accepted: Accepted, pots: Sequence[LockedPot]) -> None:
    settled = accepted.settled
    if settled is None:
        raise RuntimeError("a contribution is written once it is settled")
    funding = AccountRef(AccountKind.HOUSE_FUNDING, None, accepted.claim.request.brand_id)
    lines[funding] = lines.get(funding, 0) - accepted.terms.amount_micros
    house = AccountRef(AccountKind.HOUSE)
    lines[house] = lines.get(house, 0) + settled.household_micros
    for pot, line in zip(pots, settled.lines, strict=True):
        grown, put_by = AccountRef(AccountKind.POT, pot.id), AccountRef(AccountKind.SEED, pot.id)
        lines[grown] = lines.get(grown, 0) + line.to_pot_micros
        lines[put_by] = lines.get(put_by, 0) + line.to_reserve_micros


def _excesses(batch: Batch) -> Iterable[Posting]:
    for accepted in batch.accepted:
        pots = batch.pots[accepted.instance.id]
        for pot, line in zip(pots, accepted.settled.lines if accepted.settled else (), strict=True):
            if line.excess_micros:
                contribution_id = accepted.claim.contribution_id
                yield Posting(
                    id=transfer_id(TransferKind.EXCESS, str(contribution_id), str(pot.id)),
                    operator_id=batch.operator_id,
                    instance_id=accepted.instance.id,
                    kind=TransferKind.EXCESS,
                    currency=accepted.instance.currency,
                    occurred_at=batch.now,
                    lines={
                        AccountRef(AccountKind.POT, pot.id): -line.excess_micros,
                        AccountRef(AccountKind.SEED, pot.id): line.excess_micros,
                    },
                    subject_id=contribution_id,
                )


def _row(accepted: Accepted, transfers: Mapping[UUID, Posting], now: datetime) -> str:
    """The contribution as a line of COPY."""
    request, instance, terms, settled = accepted.claim.request, accepted.instance, accepted.terms, accepted.settled
    if settled is None:
        raise RuntimeError("a contribution is written once it is settled")
    transfer = transfers.get(instance.id)
    win = settled.win
    return (
        f"{accepted.claim.contribution_id}\t{request.operator_id}\t{_text(request.brand_id)}\t{instance.id}\t"
        f"{accepted.source_key or _NULL}\t{instance.template_id}\t{transfer.id if transfer else _NULL}\t"
        f"{_text(request.player_id)}\t{_text(request.player_country)}\t{_text(request.target)}\t"
        f"{_text(request.gameround_id)}\t\\\\x{accepted.claim.digest.hex()}\t{request.currency}\t"
        f"{terms.contribution_micros}\t{terms.amount_micros}\t{terms.rate}\t{request.base_wager_micros}\t"
        f"{_NULL if request.metadata is None else _text(json.encode(request.metadata).decode())}\t"
        f"[{','.join([_drawn(line) for line in settled.lines])}]\t"
        f"{win.code if win else _NULL}\t{win.payout.pay_micros if win else 0}\t\t{now.isoformat()}\n"
    )


_NULL: Final = "\\N"


def _drawn(line: PotLine) -> str:
    return (
        f'["{line.code}",{line.cycle},"{line.numerator}","{line.denominator}","{line.number}",'
        f"{'true' if line.hit else 'false'},{'true' if line.armed_before else 'false'}]"
    )


def _text(text: str) -> str:
    return text if text.isidentifier() else text.translate(_ESCAPES)


def _accumulators(batch: Batch) -> list[Any]:
    sums: dict[tuple[UUID, str, str], list[Any]] = {}
    for accepted in batch.accepted:
        request = accepted.claim.request
        key = (accepted.instance.id, request.brand_id, request.player_id)
        row = sums.get(key)
        if row is None:
            sums[key] = [request.player_country, 1, accepted.terms.amount_micros]
        else:
            row[1] += 1
            row[2] += accepted.terms.amount_micros
    # In order, so that two batches that share players never wait for each other in a circle.
    keys = sorted(sums)
    return [
        batch.operator_id,
        batch.now,
        array([key[0] for key in keys]),
        text_array([key[1] for key in keys]),
        text_array([key[2] for key in keys]),
        *_columns([sums[key] for key in keys]),
    ]


def _columns(rows: Sequence[Sequence[Any]]) -> list[str]:
    countries, counts, amounts = zip(*rows, strict=True)
    return [text_array(countries), array(counts), array(amounts)]


def _meters(batch: Batch) -> list[Any]:
    sums: dict[tuple[UUID, str], list[int]] = {}
    for accepted in batch.accepted:
        row = sums.setdefault((accepted.instance.id, accepted.claim.request.brand_id), [0, 0, 0, 0, 0])
        row[0] += 1
        row[1] += accepted.terms.amount_micros
        row[2] += accepted.base_micros
        if accepted.settled is not None and accepted.settled.win is not None:
            row[3] += 1
            row[4] += accepted.settled.win.payout.cost_micros
    keys = sorted(sums)
    numbers = [array(column) for column in zip(*[sums[key] for key in keys], strict=True)]
    return [
        batch.operator_id,
        _minute(batch.now),
        array([key[0] for key in keys]),
        text_array([key[1] for key in keys]),
        *numbers,
    ]


def _pots(batch: Batch) -> list[Any]:
    pots = sorted((pot for pots in batch.pots.values() for pot in pots), key=lambda pot: pot.id)
    states = [pot.state for pot in pots]
    return [
        batch.now,
        array([pot.id for pot in pots]),
        array([pot.version for pot in pots]),
        array([state.value_micros for state in states]),
        array([state.reserve_micros for state in states]),
        array([state.boost_micros for state in states]),
        array([state.cycle for state in states]),
        array([state.armed for state in states]),
        array([pot.drops for pot in pots]),
    ]


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
