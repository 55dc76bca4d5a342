"""What a simulation reports: the figures of a template by formula, as plain JSON values.

Amounts are micro-units of the template's currency, rates parts per million of what is contributed, None where there is
no figure. `a_day` is how many contributions are expected; pots by time and raffles have figures only with it.
"""

from fractions import Fraction
from typing import Any

from jackpots.rules.play import DAY_MS, round_seconds
from jackpots.rules.spread import Quantiles, closing_time, liability, time_to_hit
from jackpots.rules.stages import Stage, stages
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms
from jackpots.rules.theory import PotTheory, break_even_seed_share, pot_theory

DAY_SECONDS = DAY_MS // 1_000


def rate_of(a_day: int | None) -> Fraction | None:
    """Contributions a second."""
    return Fraction(a_day, DAY_SECONDS) if a_day else None


def formulas(terms: TemplateTerms, a_day: int | None = None) -> dict[str, Any]:
    """Every pot alone, all of them together, and the same once limited pots have closed."""
    rate = rate_of(a_day)
    pots = [_pot(terms, pot, rate) for pot in terms.pots]
    return {
        "contributions_a_day": a_day,
        "contribution_micros": terms.contribution_micros,
        "rtp_ppm": _total(pots, "rtp_ppm"),
        "house_seed_ppm": _total(pots, "house_seed_ppm"),
        # What all pots hold at most with this probability, were each as high at the same time.
        "liability": {name: _total([pot["liability"] or {} for pot in pots], name) for name in ("p50", "p95", "p99")},
        "pots": pots,
        "stages": [] if terms.is_raffle else [_stage(stage) for stage in stages(terms, rate) if stage.closed],
    }


def ppm(ratio: Fraction) -> int:
    """A rate in parts per million."""
    return round(ratio * PPM)


def _total(rows: list[dict[str, Any]], name: str) -> int | None:
    values = [row.get(name) for row in rows]
    return sum(value for value in values if value is not None) if None not in values else None


def _pot(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None) -> dict[str, Any]:
    theory = _raffle(terms, pot, rate) if pot.kind == "raffle" else pot_theory(terms, pot, rate)
    wait = None if pot.kind == "raffle" else time_to_hit(terms, pot, rate)
    held = None if pot.kind == "raffle" else liability(terms, pot, rate)
    closes = None if pot.kind == "raffle" else closing_time(terms, pot, rate)
    needed = None if pot.kind == "raffle" else break_even_seed_share(terms, pot, rate)
    return {
        "code": pot.code,
        "kind": pot.kind,
        **_averages(theory),
        "break_even_seed_ppm": ppm(needed) if needed is not None else None,
        "hit": {"p5": wait.p5, "median": wait.median, "p95": wait.p95} if wait else None,
        "hit_seconds": list(wait.seconds(rate)) if wait and rate else None,
        "liability": _quantiles(held.at_any_time) if held else None,
        "liability_at_drop": _quantiles(held.at_drop) if held else None,
        "closes_after": round(closes.mean) if closes else None,
    }


def _averages(theory: PotTheory | None) -> dict[str, Any]:
    if theory is None:
        names = ("contributions", "turnover_micros", "payout_micros", "deficit_micros", "rtp_ppm", "house_seed_ppm")
        return {**dict.fromkeys(names), "is_exact": True}
    return {
        "contributions": round(theory.contributions),
        "turnover_micros": round(theory.turnover_micros),
        "payout_micros": round(theory.payout_micros),
        "deficit_micros": round(theory.deficit_micros),
        "rtp_ppm": ppm(theory.rtp),
        "house_seed_ppm": ppm(theory.seed_cost),
        "is_exact": theory.is_exact,
    }


def _quantiles(held: Quantiles) -> dict[str, int]:
    return {"p50": held.p50, "p95": held.p95, "p99": held.p99}


def _stage(stage: Stage) -> dict[str, Any]:
    theory = stage.theory
    returned = {
        pot.code: ppm(found.rtp) if found is not None else None
        for pot, found in zip(stage.terms.pots, theory.pots, strict=True)
    }
    return {
        "closed": list(stage.closed),
        "rtp_ppm": ppm(theory.rtp) if theory.rtp is not None else None,
        "house_seed_ppm": ppm(theory.seed_cost) if theory.seed_cost is not None else None,
        "pots": returned,
    }


def _raffle(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None) -> PotTheory | None:
    """A round in the long run: what is put in is paid out, and the house adds what prizes of fixed amounts lack."""
    if not rate or not terms.contribution_micros:
        return None
    contributions = rate * round_seconds(terms)
    turnover = contributions * terms.contribution_micros
    share = turnover * pot.share_ppm / PPM
    seed = max(Fraction(0), pot.min_reseed_micros - share * pot.seed_share_ppm / PPM)
    fixed = sum(prize.amount_micros * prize.count for prize in terms.prizes if prize.kind == "amount")
    part = Fraction(sum(prize.share_ppm * prize.count for prize in terms.prizes if prize.kind == "share"), PPM)
    filled = share + seed
    paid = max(Fraction(fixed), filled) if terms.rolls_over and part else fixed + part * filled
    added = seed + max(Fraction(0), paid - filled)
    return PotTheory(contributions, turnover, added, paid, paid / turnover)
