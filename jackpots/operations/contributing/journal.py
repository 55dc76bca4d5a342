"""The journal's rows, as lines of COPY."""

from collections.abc import Mapping
from typing import Final

from backoffice.core import json
from jackpots.operations.contributing.batch import Accepted, Batch
from jackpots.operations.post_transfer import Posting
from jackpots.rules.settlement import PotLine

COPY: Final = """
COPY jackpots_contribution (operator_id, instance_id, template_id, transfer_id, accepted_at, mark, id, brand_id,
    source_id, player_id, player_country, target, gameround_id, payload_digest, currency, contribution_micros,
    amount_micros, rate, base_wager_micros, metadata, draws, win_pot, win_micros, tickets_awarded,
    win_withheld, parent_id) FROM STDIN
"""
_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def rows(batch: Batch, transfers: Mapping[str, Posting]) -> str:
    """All accepted contributions; `transfers` are by instance."""
    beginnings = {
        key: _beginning(batch, accepted[0], transfers.get(key)) for key, accepted in batch.by_instance().items()
    }
    return "".join([beginnings[accepted.instance.key] + _row(accepted) for accepted in batch.accepted])


def _beginning(batch: Batch, accepted: Accepted, transfer: Posting | None) -> str:
    instance = accepted.instance
    return (
        f"{batch.operator_id}\t{instance.key}\t{instance.template_id}\t{transfer.id if transfer else _NULL}\t"
        f"{batch.now.isoformat()}\t\t"
    )


def _row(accepted: Accepted) -> str:
    claim, terms, settled = accepted.claim, accepted.terms, accepted.settled
    request, win = claim.request, settled.win
    draws = ",".join([_drawn(line) for line in settled.lines])
    metadata = _NULL if request.metadata is None else escaped(json.encode(request.metadata).decode())
    return (
        f"{claim.key}\t{escaped(request.brand_id)}\t{accepted.source_key or _NULL}\t{escaped(request.player_id)}\t"
        f"{escaped(request.player_country)}\t{escaped(claim.target)}\t{escaped(request.gameround_id)}\t"
        f"\\\\x{claim.digest.hex()}\t{request.currency}\t{terms.contribution_micros}\t{terms.amount_micros}\t"
        f"{terms.rate}\t{request.base_wager_micros}\t{metadata}\t[{draws}]\t"
        f"{win.code if win else _NULL}\t{win.payout.pay_micros if win else 0}\t"
        f"{_NULL if accepted.tickets is None else accepted.tickets}\t{'t' if accepted.is_withheld else 'f'}\t"
        f"{accepted.parent_id or _NULL}\n"
    )


def _drawn(line: PotLine) -> str:
    return (
        f'["{line.code}",{line.cycle},"{line.numerator}","{line.denominator}","{line.number}",'
        f"{'true' if line.hit else 'false'},{'true' if line.armed_before else 'false'}]"
    )


def escaped(text: str) -> str:
    """A text as a column of COPY."""
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text
