"""The journal's rows, a column at a time."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final
from uuid import UUID

from backoffice.core import json
from backoffice.core.statements import Statement
from jackpots.operations.contributing.batch import Accepted, Batch, Part
from jackpots.queries.arrays import array, text_array
from jackpots.rules.settlement import PotLine

# What many rows of a batch have in common goes once, by its number (`kind`). A column of nothing but NULL is sent
# empty, and filled up by unnest().
INSERT: Final = Statement("""
INSERT INTO jackpots_contribution (operator_id, accepted_at, mark, instance_id, template_id, transfer_id, source_id,
    brand_id, player_country, target, currency, contribution_micros, amount_micros, rate, id, payload_digest, player_id,
    gameround_id, base_wager_micros, draws, tickets_awarded, win_micros, win_pot, win_withheld, parent_id, metadata)
SELECT %(operator)s, %(now)s::timestamptz, '', k.instance, k.template, k.transfer, k.source,
    k.brand, k.country, k.target, k.currency, k.contribution, k.amount, k.rate, w.id, decode(w.digest, 'hex'), w.player,
    w.gameround, w.wager, w.draws, w.tickets, coalesce(w.won, 0), w.pot, coalesce(w.withheld, false), w.parent,
    w.metadata
FROM unnest(%(kinds)s::int[], %(ids)s::uuid[], %(digests)s::text[], %(players)s::text[], %(gamerounds)s::text[],
            %(wagers)s::bigint[], %(draws)s::jsonb[], %(tickets)s::bigint[], %(won)s::bigint[], %(pots)s::text[],
            %(withheld)s::bool[], %(parents)s::uuid[], %(metadata)s::jsonb[])
     AS w (kind, id, digest, player, gameround, wager, draws, tickets, won, pot, withheld, parent, metadata)
JOIN unnest(%(kind_numbers)s::int[], %(instances)s::uuid[], %(templates)s::uuid[], %(transfers)s::uuid[],
            %(sources)s::bigint[], %(brands)s::text[], %(countries)s::text[], %(targets)s::text[],
            %(currencies)s::text[], %(contributions)s::bigint[], %(amounts)s::bigint[], %(rates)s::numeric[])
     AS k (kind, instance, template, transfer, source, brand, country, target, currency, contribution, amount, rate)
     USING (kind)
""")
_NONE: Final = "{}"
MOST_PARTS: Final = 3
LEAST_OF_A_PART: Final = 32

Kind = tuple[str, str, str, str, int]


def prepare(batch: Batch) -> list[Part]:
    """What can be made before the pots are locked, for which others wait; made anew where some have left the batch.

    Many go in parts, so that the server can write one while the next is settled.
    """
    if sum(len(part.accepted) for part in batch.parts) != len(batch.accepted):
        batch.parts = [_part(batch, these) for these in _divided(batch.accepted)]
    return batch.parts


def _divided(accepted: list[Accepted]) -> list[list[Accepted]]:
    count = min(MOST_PARTS, len(accepted) // LEAST_OF_A_PART) or 1
    places = [len(accepted) * number // count for number in range(count + 1)]
    return [accepted[start:end] for start, end in pairwise(places) if end > start]


def _part(batch: Batch, accepted: list[Accepted]) -> Part:
    numbers, firsts = _kinds(accepted)
    claims = [one.claim for one in accepted]
    requests = [claim.request for claim in claims]
    fixed: dict[str, object] = {
        "operator": batch.operator_id,
        "now": batch.now,
        "kinds": array(numbers),
        "ids": _plain([claim.key for claim in claims]),
        "digests": _plain([claim.digest.hex() for claim in claims]),
        "players": text_array([request.player_id for request in requests]),
        "gamerounds": text_array([request.gameround_id for request in requests]),
        "wagers": array([request.base_wager_micros for request in requests]),
        "parents": _unless_none([one.parent_key for one in accepted]),
        "metadata": _metadata([request.metadata for request in requests]),
    }
    return Part(accepted, fixed, firsts)


def columns(part: Part, transfers: Mapping[str, UUID]) -> dict[str, object]:
    """A part, once it is settled, as the parameters of INSERT; `transfers` are by instance."""
    accepted = part.accepted
    wins = [one.settled.win for one in accepted]
    has_won = any(wins)
    settled = {
        "draws": _draws(accepted),
        "tickets": _unless_none([one.tickets for one in accepted]),
        "won": array([win.payout.pay_micros if win else 0 for win in wins]) if has_won else _NONE,
        "pots": text_array([win.code if win else None for win in wins]) if has_won else _NONE,
        "withheld": array([one.is_withheld for one in accepted]) if has_won else _NONE,
    }
    return part.columns | settled | _kind_columns(part.firsts, transfers)


def _kinds(accepted: Sequence[Accepted]) -> tuple[list[int], list[Accepted]]:
    """The kind of each, and the first of each kind."""
    places: dict[Kind, int] = {}
    firsts: list[Accepted] = []
    numbers: list[int] = []
    for one in accepted:
        request = one.claim.request
        # A target means the same instance for all of a brand and a country, and the judge has one of equal terms.
        kind = (one.claim.target, request.brand_id, request.player_country, request.currency, id(one.terms))
        number = places.get(kind)
        if number is None:
            number = places[kind] = len(firsts)
            firsts.append(one)
        numbers.append(number)
    return numbers, firsts


def _kind_columns(firsts: Sequence[Accepted], transfers: Mapping[str, UUID]) -> dict[str, object]:
    requests = [one.claim.request for one in firsts]
    return {
        "kind_numbers": array(range(len(firsts))),
        "instances": array([one.instance.key for one in firsts]),
        "templates": array([one.instance.template_id for one in firsts]),
        "transfers": array([transfers.get(one.instance.key) for one in firsts]),
        "sources": array([one.source_key for one in firsts]),
        "brands": text_array([request.brand_id for request in requests]),
        "countries": text_array([request.player_country for request in requests]),
        "targets": text_array([one.claim.target for one in firsts]),
        "currencies": text_array([request.currency for request in requests]),
        "contributions": array([one.terms.contribution_micros for one in firsts]),
        "amounts": array([one.terms.amount_micros for one in firsts]),
        "rates": array([one.terms.rate for one in firsts]),
    }


def _plain(texts: Sequence[str]) -> str:
    """Of texts in which there is nothing to quote."""
    return "{" + ",".join(texts) + "}"


def _unless_none(values: Sequence[object]) -> str:
    return _NONE if values.count(None) == len(values) else array(values)


def _metadata(values: Sequence[object]) -> str:
    if values.count(None) == len(values):
        return _NONE
    return text_array([None if value is None else json.encode(value).decode() for value in values])


def _draws(accepted: Sequence[Accepted]) -> str:
    # The quotes are escaped as they are written: nothing else in a draw has to be.
    rows = [",".join([_drawn(line) for line in one.settled.lines if line.denominator]) for one in accepted]
    return '{"[' + ']","['.join(rows) + ']"}'


def _drawn(line: PotLine) -> str:
    return (
        f'[\\"{line.code}\\",{line.cycle},\\"{line.numerator}\\",\\"{line.denominator}\\",\\"{line.number}\\",'
        f"{'true' if line.hit else 'false'},{'true' if line.armed_before else 'false'}]"
    )
