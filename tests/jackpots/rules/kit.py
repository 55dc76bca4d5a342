"""Terms and pots to test with, and the statistics that judge what chance does."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random  # noqa: TID251 - numbers with a fixed seed, so that a test says the same each time
from typing import Any

from jackpots.randomness import draw
from jackpots.rules.drops.time import Window
from jackpots.rules.settlement import Contribution, PotState, Settled, settle_one
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms

LONG = os.environ.get("POTLUCK_LONG") == "1"
EURO = 1_000_000
ONE = Decimal(1)

# The values that chi-square exceeds once in 10,000, by degrees of freedom; and the same for a normal deviate.
CHI_SQUARE_LIMIT = {4: 23.513, 9: 33.720, 19: 50.796}
Z_LIMIT = 3.891


def count(small: int, full: int) -> int:
    """How many: the full count only where POTLUCK_LONG=1 asks for it."""
    return full if LONG else small


def numbers(seed: int) -> Callable[[int], int]:
    """A source of numbers below n."""
    return Random(seed).randrange


def value_pot(**changes: Any) -> PotTerms:
    """Drops between 500 and 1,500; starts at 100; has 60 % of a contribution (V1)."""
    terms: dict[str, Any] = {
        "code": "mega",
        "position": 0,
        "share_ppm": 600_000,
        "seed_share_ppm": 0,
        "min_reseed_micros": 100 * EURO,
        "initial_seed_micros": 100 * EURO,
        "is_progressive": True,
        "kind": "value",
        "value_from_micros": 500 * EURO,
        "value_to_micros": 1_500 * EURO,
    }
    return PotTerms(**(terms | changes))


def probability_pot(**changes: Any) -> PotTerms:
    """One in 1,000 for ten cents; starts at 10; has 25 % of a contribution (P1)."""
    terms: dict[str, Any] = {
        "code": "minor",
        "position": 1,
        "share_ppm": 250_000,
        "seed_share_ppm": 0,
        "min_reseed_micros": 10 * EURO,
        "initial_seed_micros": 10 * EURO,
        "is_progressive": True,
        "kind": "probability",
        "max_magic_number": 1_000,
        "cost_per_attempt_micros": EURO // 10,
    }
    return PotTerms(**(terms | changes))


def time_pot(**changes: Any) -> PotTerms:
    """Once an hour to the first after a hidden instant; starts at 10; has a tenth of a contribution."""
    terms: dict[str, Any] = {
        "code": "hourly",
        "position": 2,
        "share_ppm": 100_000,
        "seed_share_ppm": 0,
        "min_reseed_micros": 10 * EURO,
        "initial_seed_micros": 10 * EURO,
        "is_progressive": True,
        "kind": "time",
        "time_rule": "first_after",
        "period_seconds": 3_600,
    }
    return PotTerms(**(terms | changes))


def template(*pots: PotTerms, **changes: Any) -> TemplateTerms:
    """Ten cents a contribution, funded by the operator; the house has what the pots leave."""
    terms: dict[str, Any] = {
        "template_id": "5f0f4c1e-0000-4000-8000-000000000001",
        "currency": "EUR",
        "contribution_micros": EURO // 10,
        "operator_contribution_ppm": PPM,
        "household_ppm": PPM - sum(pot.share_ppm for pot in pots),
        "opt_in_required": False,
        "pots": pots,
    }
    return TemplateTerms(**(terms | changes))


def opened(terms: TemplateTerms) -> list[PotState]:
    """The pots of a new instance."""
    return [
        PotState(
            pot_id=f"id-{pot.code}",
            instance_id="inst-1",
            code=pot.code,
            cycle=1,
            value_micros=pot.initial_seed_micros,
            reserve_micros=0,
            boost_micros=0,
            armed=False,
            secret=bytes(range(32)),
            window=Window(0, pot.period_ms) if pot.kind == "time" else None,
        )
        for pot in terms.pots
    ]


def contribution(
    terms: TemplateTerms, number: int = 1, currency: str = "EUR", multiplier: Decimal = ONE, at_ms: int = 0
) -> Contribution:
    """A contribution of the template's amount by a player of that currency."""
    return Contribution(f"c-{number}", terms.contribution_micros, currency, ONE, multiplier, at_ms)


def settle(
    terms: TemplateTerms,
    pots: list[PotState],
    given: Contribution,
    below: Callable[[int], int] | None = None,
) -> Settled:
    """Settle with numbers from `below`, or by the real draw."""

    def scripted(_secret: bytes, _prefix: bytes, _contribution_id: str, n: int) -> int:
        assert below is not None
        return below(n)

    return settle_one(
        terms,
        pots,
        given,
        draw=draw if below is None else scripted,
        next_secret=lambda pot: bytes([pot.cycle % 256]) * 32,
    )


def always_hit(_n: int) -> int:
    """The lowest number: a hit wherever one is possible."""
    return 0


def never_hit(n: int) -> int:
    """The highest number: no hit unless it is certain."""
    return n - 1


def chi_square(observed: Sequence[int], expected: Sequence[float] | None = None) -> float:
    """Pearson's statistic; equal cells are expected where nothing else is said."""
    wanted = expected or [sum(observed) / len(observed)] * len(observed)
    return sum((seen - want) ** 2 / want for seen, want in zip(observed, wanted, strict=True))


def chi_square_of_drops(values: Sequence[int], pot: PotTerms, step: int, groups: int) -> float:
    """How far the values at which a pot dropped are from the uniform law between its two values.

    The pot grows by `step`, so that it drops at whole steps; these are gathered into groups of about equal chance,
    and each group's expectation is exact.
    """
    low, high = pot.value_from_micros, pot.value_to_micros
    assert low is not None
    assert high is not None
    seen = Counter(values)
    observed, expected, chance = [0] * groups, [0.0] * groups, 0
    before = pot.min_reseed_micros
    while before < high:
        after = min(before + step, high)
        group = min(groups - 1, chance * groups // (high - low))
        width = max(0, after - max(before, low))
        observed[group] += seen.pop(after, 0)
        expected[group] += len(values) * width / (high - low)
        chance += width
        before = after
    assert not seen, "a pot dropped between two steps"
    return chi_square(observed, expected)


def cells(values: Sequence[int], low: int, high: int, number: int) -> list[int]:
    """How many values fall into each of so many equal cells from low to high, which belongs to the last one."""
    found = [0] * number
    for value in values:
        found[min(number - 1, (value - low) * number // (high - low))] += 1
    return found
