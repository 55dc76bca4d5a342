"""What campaigns are told of a win: an event for whoever won the pot, and one for each of the community."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from backoffice.core import json
from backoffice.core.ids import derived_id
from backoffice.events.publish import Fact
from jackpots.models import Credit, Win
from jackpots.operations.contributing.batch import Accepted
from jackpots.queries.credits import payout_record
from jackpots.wire.payout import PayoutRecord
from jackpots.wire.thrillpots import POT_WIN, PotWinFacts, game_of, pot_win_event


def win_facts(row: Win, pot_code: str, accepted: Accepted, shares: Sequence[Credit]) -> Iterator[Fact]:
    """One ThrillPotsWinEvent a player; their ids are those of the win and of the credits."""
    request = accepted.claim.request
    winner = PayoutRecord(
        player_id=row.player_id, brand_id=row.brand_id, currency=row.player_currency, pay_micros=row.pay_micros
    )
    won = PotWinFacts(
        jackpot_id=str(accepted.instance.lineage_id),
        instance_id=str(row.instance_id),
        pot_id=pot_code,
        winner=winner,
        payout_type="Main",
        game_id=game_of(request.metadata),
        contribution_micros=accepted.terms.contribution_micros,
        contribution_currency=request.currency,
    )
    yield _fact(row, str(row.pk), won)
    for credit in shares:
        part = replace(
            won,
            winner=payout_record(credit),
            payout_type="Community",
            contribution_micros=None,
            contribution_currency=None,
        )
        yield _fact(row, str(credit.pk), part)


def _fact(row: Win, key: str, facts: PotWinFacts) -> Fact:
    return Fact(
        event_id=derived_id(POT_WIN, key),
        kind=POT_WIN,
        operator_id=row.operator_id,
        brand_id=facts.winner.brand_id,
        object_id=key,
        payload=json.encode(pot_win_event(facts)),
        occurred_at=row.won_at,
    )
