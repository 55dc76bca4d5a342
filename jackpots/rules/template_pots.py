"""What each pot of a template must fulfil."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from backoffice.core.money import LIMIT_MICROS, format_money, is_currency, minor_unit_micros
from jackpots.rules.problems import Problem
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms

MAX_MAGIC_NUMBER: Final = 10**9
MAX_ODDS: Final = 10**18
MAX_SEGMENTS: Final = 50
MAX_WEIGHT: Final = 1_000
MAX_DROPS: Final = 1_000_000
MIN_PERIOD: Final = 60
MAX_PERIOD: Final = 366 * 86_400
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_FIELDS_OF_KIND: Final = {
    "value": ("value_from_micros", "value_to_micros", "segments"),
    "probability": ("max_magic_number", "cost_per_attempt_micros"),
    "time": ("time_rule", "period_seconds"),
    "raffle": (),
}


def problems_of_pot(terms: TemplateTerms, pot: PotTerms) -> Iterator[Problem]:
    """Every problem of one pot; the fields are paths like "pots.minor.share_ppm"."""
    path = f"pots.{pot.code}"
    if not _CODE.fullmatch(pot.code):
        yield Problem(f"{path}.code", "code_form", "A code is of small letters, digits, hyphens and underscores.")
    yield from _of_money(pot, path)
    yield from _of_ceiling(pot, path)
    kinds: dict[str, Callable[[TemplateTerms, PotTerms, str], Iterator[Problem]]] = {
        "value": _of_value_pot,
        "probability": _of_probability_pot,
        "time": _of_time_pot,
        "raffle": _of_raffle_pot,
    }
    if pot.kind not in kinds:
        yield Problem(f"{path}.kind", "kind_unknown", "A pot drops by value, by probability or by time.")
        return
    yield from kinds[pot.kind](terms, pot, path)
    yield from _of_other_kinds(pot, path)
    yield from _of_limit(pot, path)


def _of_money(pot: PotTerms, path: str) -> Iterator[Problem]:
    for name in ("share_ppm", "seed_share_ppm"):
        if not 0 <= getattr(pot, name) <= PPM:
            yield Problem(f"{path}.{name}", "out_of_range", "A share must be from 0 to 100 %.")
    for name in ("min_reseed_micros", "initial_seed_micros"):
        if not 0 <= getattr(pot, name) < LIMIT_MICROS:
            yield Problem(f"{path}.{name}", "out_of_range", "A seed must be from 0 to below 10^9 units.")
    if not pot.is_progressive and pot.initial_seed_micros != pot.min_reseed_micros:
        yield Problem(
            f"{path}.initial_seed_micros", "fixed_seeds_differ", "A fixed pot pays the same the first time as after it."
        )


def _of_ceiling(pot: PotTerms, path: str) -> Iterator[Problem]:
    ceiling = pot.ceiling_micros
    if ceiling is None:
        return
    if pot.kind == "value":
        yield Problem(f"{path}.ceiling_micros", "ceiling_by_value", "A pot by value ends at its upper value already.")
    elif not 0 < ceiling < LIMIT_MICROS:
        yield Problem(f"{path}.ceiling_micros", "out_of_range", "A ceiling must be above 0 and below 10^9 units.")
    elif ceiling < max(pot.min_reseed_micros, pot.initial_seed_micros):
        yield Problem(f"{path}.ceiling_micros", "ceiling_below_seed", "The ceiling is below what the pot starts with.")


def _of_other_kinds(pot: PotTerms, path: str) -> Iterator[Problem]:
    for kind, names in _FIELDS_OF_KIND.items():
        for name in names if kind != pot.kind else ():
            if getattr(pot, name):
                yield Problem(f"{path}.{name}", "of_another_kind", f"This is for pots by {kind} only.")


def _of_limit(pot: PotTerms, path: str) -> Iterator[Problem]:
    if pot.max_drops is None:
        return
    if not 1 <= pot.max_drops <= MAX_DROPS:
        yield Problem(
            f"{path}.max_drops", "out_of_range", f"A limited pot drops from 1 to {MAX_DROPS:,} times, then closes."
        )
    if pot.kind == "raffle":
        yield Problem(f"{path}.max_drops", "raffle_limited", "The rounds of a raffle end by its schedule.")


def _of_value_pot(terms: TemplateTerms, pot: PotTerms, path: str) -> Iterator[Problem]:
    if not pot.is_progressive:
        yield Problem(f"{path}.is_progressive", "fixed_by_value", "A pot of fixed value cannot drop by value.")
    low, high = pot.value_from_micros, pot.value_to_micros
    if low is None or high is None or not 0 <= low < high < LIMIT_MICROS:
        yield Problem(f"{path}.value_to_micros", "bounds", "It must drop between two values, the first the smaller.")
        return
    for name in ("min_reseed_micros", "initial_seed_micros"):
        if getattr(pot, name) > low:
            yield Problem(f"{path}.{name}", "seed_above_range", "The pot must start at or below where it may drop.")
    if is_currency(terms.currency) and low < minor_unit_micros(terms.currency):
        yield Problem(f"{path}.value_from_micros", "below_smallest_coin", "It could drop with less than a coin in it.")
    if not pot.share_ppm:
        yield Problem(f"{path}.share_ppm", "never_grows", "A pot that drops by value needs a share to grow by.")
    yield from _of_segments(pot, high - low, path)


def _of_segments(pot: PotTerms, width: int, path: str) -> Iterator[Problem]:
    weights = pot.segments
    if len(weights) > MAX_SEGMENTS or any(not 1 <= weight <= MAX_WEIGHT for weight in weights):
        message = f"Up to {MAX_SEGMENTS} segments, each with a whole weight from 1 to {MAX_WEIGHT:,}."
        yield Problem(f"{path}.segments", "out_of_range", message)
    elif weights and sum(weights) * width > MAX_ODDS:
        message = "The weights together, times the range, must not exceed 10^12 units."
        yield Problem(f"{path}.segments", "odds_too_long", message)


def _of_probability_pot(terms: TemplateTerms, pot: PotTerms, path: str) -> Iterator[Problem]:
    odds, cost = pot.max_magic_number, pot.cost_per_attempt_micros
    if odds is None or not 1 <= odds <= MAX_MAGIC_NUMBER:
        yield Problem(f"{path}.max_magic_number", "out_of_range", f"The odds must be one in 1 to {MAX_MAGIC_NUMBER:,}.")
    if cost is not None and not 0 <= cost < LIMIT_MICROS:
        yield Problem(f"{path}.cost_per_attempt_micros", "out_of_range", "The cost of an attempt is out of range.")
    elif not terms.is_zero_value and not cost:
        yield Problem(
            f"{path}.cost_per_attempt_micros", "attempt_without_cost", "The cost of an attempt must be above zero."
        )
    elif odds and cost and odds * cost > MAX_ODDS:
        yield Problem(f"{path}.max_magic_number", "odds_too_long", "Odds times cost must not exceed 10^12 units.")
    yield from _of_start(terms, pot, path)


def _of_time_pot(terms: TemplateTerms, pot: PotTerms, path: str) -> Iterator[Problem]:
    if pot.time_rule not in ("first_after", "stake_weighted"):
        message = "It drops to the first after a hidden instant, or to one of all at the deadline."
        yield Problem(f"{path}.time_rule", "time_rule_missing", message)
    if pot.period_seconds is None or not MIN_PERIOD <= pot.period_seconds <= MAX_PERIOD:
        yield Problem(f"{path}.period_seconds", "out_of_range", "A window lasts from a minute to 366 days.")
    yield from _of_start(terms, pot, path)


def _of_raffle_pot(terms: TemplateTerms, pot: PotTerms, path: str) -> Iterator[Problem]:
    if not terms.is_raffle:
        yield Problem(f"{path}.kind", "raffle_only", "Only the pot of a raffle is paid out by rounds.")
    if pot.allows_external_trigger:
        yield Problem(f"{path}.allows_external_trigger", "raffle_triggered", "A raffle's pot is won by tickets alone.")


def _of_start(terms: TemplateTerms, pot: PotTerms, path: str) -> Iterator[Problem]:
    if not is_currency(terms.currency):
        return
    coin = minor_unit_micros(terms.currency)
    for name in ("min_reseed_micros", "initial_seed_micros"):
        if 0 <= getattr(pot, name) < coin:
            yield Problem(
                f"{path}.{name}",
                "below_smallest_coin",
                f"It can be hit at its start, so it starts at {format_money(coin, terms.currency)} or more.",
            )
