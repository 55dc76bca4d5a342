"""What feeds tell jackpots: bets become contributions."""

from collections.abc import Sequence
from datetime import datetime

from backoffice.core.errors import Refusal
from integrations.wire.bets import Bet, BetResult
from jackpots.operations.contribute import contribute
from jackpots.operations.mark_rolled_back import mark_rolled_back
from jackpots.rules.contribution import ContributionRequest, ContributionResult


def contribute_bets(bets: Sequence[Bet], now: datetime) -> list[BetResult]:
    """Contribute by bets, and mark the contributions of those that were taken back; the results stand in their order.

    It runs in the caller's transaction where there is one. A rollback stands after its bet, or there is no bet: who
    hands bets over keeps a bet back that was rolled back before it came. DatabaseError as contribute() raises it.
    """
    results: dict[int, BetResult] = {}
    for operator_id in dict.fromkeys(bet.operator_id for bet in bets):
        own = [(place, bet) for place, bet in enumerate(bets) if bet.operator_id == operator_id]
        results |= _contributed([(place, bet) for place, bet in own if not bet.is_rollback], now)
        results |= _marked(operator_id, [(place, bet) for place, bet in own if bet.is_rollback])
    return [results[place] for place in range(len(bets))]


def _contributed(bets: list[tuple[int, Bet]], now: datetime) -> dict[int, BetResult]:
    answers = contribute([_request(bet) for _, bet in bets], now=now)
    return {place: _result(answer) for (place, _), answer in zip(bets, answers, strict=True)}


def _marked(operator_id: str, bets: list[tuple[int, Bet]]) -> dict[int, BetResult]:
    if not bets:
        return {}
    keys = {place: _request(bet).contribution_id for place, bet in bets}
    marked = mark_rolled_back(operator_id, keys.values())
    return {place: BetResult("MARKED" if key in marked else "NO_CONTRIBUTION") for place, key in keys.items()}


def _request(bet: Bet) -> ContributionRequest:
    return ContributionRequest(
        operator_id=bet.operator_id,
        brand_id=bet.brand_id,
        player_id=bet.player_id,
        player_country=bet.player_country,
        target_type="source",
        target_id=bet.source_id,
        gameround_id=bet.gameround_id,
        currency=bet.currency,
        base_wager_micros=bet.base_wager_micros,
        metadata=bet.metadata,
    )


def _result(answer: ContributionResult | Refusal) -> BetResult:
    if isinstance(answer, Refusal):
        return BetResult(answer.code, answer.message)
    return BetResult("REPLAYED" if answer.is_replay else "ACCEPTED")
