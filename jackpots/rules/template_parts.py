"""What the parts of a template beside its pots must fulfil: amounts by currency, community payouts, raffles."""

from collections.abc import Iterator, Sequence
from typing import Final

from backoffice.core.money import LIMIT_MICROS, is_currency, minor_unit_micros
from jackpots.rules.countries import ALPHA_2
from jackpots.rules.problems import Problem, in_range
from jackpots.rules.terms import PPM, AmountTerms, PrizeTerms, StrategyTerms, TemplateTerms

MAX_COUNT: Final = 10_000
MAX_HOURS: Final = 720
MAX_ALLOWED: Final = 50
MAX_PRIZES: Final = 100_000
MAX_STRATEGIES: Final = 10
MAX_DURATION: Final = 366 * 86_400
SECONDS_OF: Final = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400, "weeks": 604_800}


def problems_of_amounts(terms: TemplateTerms) -> Iterator[Problem]:
    """Those of what players contribute in their currencies."""
    if terms.contribution_kind not in ("fixed", "variable"):
        yield Problem("contribution_kind", "kind_unknown", "A contribution is fixed or chosen by the player.")
    if terms.is_variable and not terms.amounts:
        message = "Where players choose, at least one currency needs the values to choose from."
        yield Problem("amounts", "nothing_to_choose", message)
    if terms.is_zero_value and terms.amounts:
        yield Problem("amounts", "zero_value_with_amounts", "A contribution of zero is zero in every currency.")
    if len({amount.currency for amount in terms.amounts}) != len(terms.amounts):
        yield Problem("amounts", "currency_twice", "A currency is named twice.")
    for amount in terms.amounts:
        yield from _of_amount(terms, amount)


def problems_of_strategies(terms: TemplateTerms) -> Iterator[Problem]:
    """Those of the community payout."""
    if terms.community_unspent_to not in ("seed", "winner"):
        yield Problem("community_unspent_to", "kind_unknown", "What is unspent goes to the seed or to the winner.")
    if not terms.strategies:
        return
    if terms.is_raffle:
        yield Problem("strategies", "jackpot_only", "A raffle pays prizes, and no community.")
    if len(terms.strategies) > MAX_STRATEGIES or not _are_different([one.position for one in terms.strategies]):
        yield Problem("strategies", "position_twice", f"Up to {MAX_STRATEGIES} strategies, each at a place of its own.")
    if sum(one.share_ppm for one in terms.strategies) >= PPM:
        yield Problem("strategies", "shares_sum", "The community's shares must leave the winner a part of the pot.")
    for one in terms.strategies:
        yield from _of_strategy(one)


def problems_of_raffle(terms: TemplateTerms) -> Iterator[Problem]:
    """Those of tickets, duration and prizes; and what only raffles may have."""
    if terms.jackpot_type not in ("Jackpot", "Raffle"):
        yield Problem("jackpot_type", "kind_unknown", "It is a jackpot or a raffle.")
    if not terms.is_raffle:
        for name in ("ticket_price_micros", "ticket_metric", "duration_count", "duration_unit", "prizes"):
            if getattr(terms, name):
                yield Problem(name, "raffle_only", "Only a raffle has this.")
        return
    if len(terms.pots) != 1 or terms.pots[0].kind != "raffle":
        yield Problem("pots", "raffle_pot", "A raffle has one pot, which its rounds pay out.")
    yield from in_range("ticket_price_micros", "The price of a ticket", terms.ticket_price_micros or 0, positive=True)
    if terms.ticket_metric not in ("contribution", "base_wager"):
        yield Problem("ticket_metric", "metric_missing", "Tickets are earned by contributions or by base wagers.")
    elif terms.ticket_metric == "contribution" and terms.is_zero_value:
        yield Problem("ticket_metric", "never_earns", "Contributions of zero never earn a ticket.")
    yield from _of_duration(terms)
    yield from _of_prizes(terms)


def problems_of_withholding(terms: TemplateTerms) -> Iterator[Problem]:
    """Those of what holds a win back."""
    if terms.withhold_above_micros is not None:
        yield from in_range("withhold_above_micros", "The threshold", terms.withhold_above_micros)
    for country in terms.withhold_countries:
        if country not in ALPHA_2:
            yield Problem("withhold_countries", "out_of_range", f"{country[:10]!r} is no country of ISO 3166-1.")


def _of_amount(terms: TemplateTerms, amount: AmountTerms) -> Iterator[Problem]:
    path = f"amounts.{amount.currency}"
    if not is_currency(amount.currency):
        yield Problem(f"{path}.currency", "currency_unknown", f"{amount.currency} is not an ISO 4217 currency.")
        return
    low, default, high = amount.minimum_micros, amount.default_micros, amount.maximum_micros
    if not 0 < low <= default <= high < LIMIT_MICROS:
        message = "The smallest must be above 0, the default from there up to the largest."
        yield Problem(f"{path}.default_micros", "out_of_range", message)
    if len(amount.allowed_micros) > MAX_ALLOWED or not _are_different(amount.allowed_micros):
        yield Problem(f"{path}.allowed_micros", "allowed_count", f"Up to {MAX_ALLOWED} values, each once.")
    if any(not low <= micros <= high for micros in amount.allowed_micros):
        yield Problem(f"{path}.allowed_micros", "allowed_bounds", "A value lies outside the smallest and the largest.")
    if amount.allowed_micros and default not in amount.allowed_micros:
        yield Problem(f"{path}.default_micros", "default_not_allowed", "The default is none of the allowed values.")
    coin = minor_unit_micros(amount.currency)
    if not terms.is_operator_funded and any(micros % coin for micros in (low, default, high, *amount.allowed_micros)):
        yield Problem(f"{path}.default_micros", "below_smallest_coin", "Players pay whole coins.")
    if amount.currency == terms.currency and default != terms.contribution_micros:
        yield Problem(f"{path}.default_micros", "two_amounts", "The template's own amount in this currency is another.")


def _of_strategy(one: StrategyTerms) -> Iterator[Problem]:
    path = f"strategies.{one.position}"
    if one.kind not in ("active", "lifetime", "per_win"):
        yield Problem(f"{path}.kind", "kind_unknown", "It pays active players, or the highest contributors.")
    if one.split not in ("equal", "proportional"):
        yield Problem(f"{path}.split", "kind_unknown", "Its part is split equally or proportionally.")
    if not 0 < one.share_ppm <= PPM:
        yield Problem(f"{path}.share_ppm", "out_of_range", "A strategy's share must be above 0 %.")
    if not 1 <= one.count <= MAX_COUNT:
        yield Problem(f"{path}.count", "out_of_range", f"A strategy pays from 1 to {MAX_COUNT:,} players.")
    if one.kind == "active" and not 1 <= (one.hours or 0) <= MAX_HOURS:
        yield Problem(f"{path}.hours", "out_of_range", f"Active is who contributed in the last 1 to {MAX_HOURS} hours.")
    if one.kind != "active" and one.hours is not None:
        yield Problem(f"{path}.hours", "out_of_range", "Hours are for active players only.")


def _of_duration(terms: TemplateTerms) -> Iterator[Problem]:
    if terms.duration_unit not in SECONDS_OF or not terms.duration_count or terms.duration_count < 1:
        yield Problem(
            "duration_count", "out_of_range", "A round lasts a number of seconds, minutes, hours, days, weeks."
        )
    elif terms.duration_count * SECONDS_OF[terms.duration_unit] > MAX_DURATION:
        yield Problem("duration_count", "out_of_range", "A round lasts at most 366 days.")


def _of_prizes(terms: TemplateTerms) -> Iterator[Problem]:
    if not terms.prizes:
        yield Problem("prizes", "prizes_missing", "A raffle needs a prize.")
    if terms.prizes_per_player is not None and terms.prizes_per_player < 1:
        yield Problem("prizes_per_player", "out_of_range", "A player may win at least one prize.")
    if not _are_different([prize.rank for prize in terms.prizes]):
        yield Problem("prizes", "rank_twice", "Two prizes have the same rank.")
    if sum(prize.count for prize in terms.prizes) > MAX_PRIZES:
        yield Problem("prizes", "out_of_range", f"A round gives at most {MAX_PRIZES:,} prizes.")
    if sum(prize.share_ppm * prize.count for prize in terms.prizes if prize.kind == "share") > PPM:
        yield Problem("prizes", "shares_sum", "The prizes' shares exceed the pot.")
    for prize in terms.prizes:
        yield from _of_prize(terms, prize)


def _of_prize(terms: TemplateTerms, prize: PrizeTerms) -> Iterator[Problem]:
    path = f"prizes.{prize.rank}"
    if prize.rank < 1 or not 1 <= prize.count <= MAX_PRIZES:
        yield Problem(f"{path}.count", "out_of_range", "Ranks and counts of prizes begin at 1.")
    if prize.kind not in ("amount", "share"):
        yield Problem(f"{path}.kind", "kind_unknown", "A prize is an amount or a share of the pot.")
    elif prize.kind == "amount":
        yield from in_range(f"{path}.amount_micros", "A prize", prize.amount_micros, positive=True)
        if is_currency(terms.currency) and prize.amount_micros % minor_unit_micros(terms.currency):
            yield Problem(f"{path}.amount_micros", "below_smallest_coin", "A prize is a number of whole coins.")
    elif not 0 < prize.share_ppm <= PPM:
        yield Problem(f"{path}.share_ppm", "out_of_range", "A prize's share must be above 0 %.")
    if prize.amount_micros if prize.kind == "share" else prize.share_ppm:
        yield Problem(f"{path}.kind", "prize_twice", "A prize is worth an amount or a share, not both.")


def _are_different(values: Sequence[int]) -> bool:
    return len(set(values)) == len(values)
