"""The journal's rows, a column at a time."""

from collections.abc import Mapping
from typing import Final

from backoffice.core import json
from backoffice.core.statements import Statement
from jackpots.operations.contributing.batch import Accepted, Batch
from jackpots.operations.post_transfer import Posting
from jackpots.queries.arrays import array, text_array
from jackpots.rules.settlement import PotLine

INSERT: Final = Statement("""
INSERT INTO jackpots_contribution (operator_id, accepted_at, mark, id, instance_id, template_id, transfer_id, source_id,
    contribution_micros, amount_micros, rate, base_wager_micros, win_micros, tickets_awarded, win_withheld,
    parent_id, payload_digest, brand_id, player_id, player_country, target, gameround_id, currency, win_pot, metadata,
    draws)
SELECT %s, %s::timestamptz, '', * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bool[], %s::uuid[],
    %s::bytea[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::jsonb[],
    %s::jsonb[])
""")
_TEXTS_FROM: Final = 13  # the columns from payload_digest on are quoted


def columns(batch: Batch, transfers: Mapping[str, Posting]) -> list[object]:
    """All accepted contributions as the parameters of INSERT; `transfers` are by instance."""
    # As texts, once for all: a uuid takes a microsecond to become one.
    instances = {accepted.instance.key: accepted.instance for accepted in batch.accepted}
    templates = {key: str(instance.template_id) for key, instance in instances.items()}
    moved = {key: str(posting.id) for key, posting in transfers.items()}
    accepted = batch.accepted
    rows = zip(*[_row(one, templates[one.instance.key], moved.get(one.instance.key)) for one in accepted], strict=True)
    texts = [text_array(row) if place >= _TEXTS_FROM else array(row) for place, row in enumerate(rows)]
    return [batch.operator_id, batch.now, *texts]


def _row(accepted: Accepted, template_id: str, transfer_id: str | None) -> tuple[object, ...]:
    claim, instance, terms, settled = accepted.claim, accepted.instance, accepted.terms, accepted.settled
    request, win = claim.request, settled.win
    return (
        claim.key,
        instance.key,
        template_id,
        transfer_id,
        accepted.source_key,
        terms.contribution_micros,
        terms.amount_micros,
        terms.rate,
        request.base_wager_micros,
        win.payout.pay_micros if win else 0,
        accepted.tickets,
        accepted.is_withheld,
        accepted.parent_key,
        f"\\x{claim.digest.hex()}",
        request.brand_id,
        request.player_id,
        request.player_country,
        claim.target,
        request.gameround_id,
        request.currency,
        win.code if win else None,
        None if request.metadata is None else json.encode(request.metadata).decode(),
        f"[{','.join([_drawn(line) for line in settled.lines if line.denominator])}]",
    )


def _drawn(line: PotLine) -> str:
    return (
        f'["{line.code}",{line.cycle},"{line.numerator}","{line.denominator}","{line.number}",'
        f"{'true' if line.hit else 'false'},{'true' if line.armed_before else 'false'}]"
    )
