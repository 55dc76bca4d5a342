"""What runs of a simulation come to, as plain JSON values: beside the figures by formula, the ones that were played."""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

from jackpots.rules.play import Phase, PotRun, Run
from jackpots.rules.terms import PPM


def figures(runs: Sequence[Run], contribution_micros: int) -> list[dict[str, Any]]:
    """Every run: the first has all pots together, the others one pot each, alone."""
    return [_run(run, contribution_micros) for run in runs]


def returned_together_ppm(runs: Sequence[dict[str, Any]]) -> int | None:
    """The return to player of all pots together, as played."""
    found: int | None = runs[0]["rtp_ppm"] if runs else None
    return found


def _run(run: Run, contribution_micros: int) -> dict[str, Any]:
    turnover = run.played * contribution_micros
    paid, added = sum(pot.paid_micros for pot in run.pots), sum(pot.deficit_micros for pot in run.pots)
    return {
        "name": run.name,
        "contributions": run.played,
        "ended": run.is_over,
        "turnover_micros": turnover,
        "paid_micros": paid,
        "deficit_micros": added,
        "household_micros": run.household_micros,
        "held_micros": sum(pot.value_micros + pot.reserve_micros for pot in run.pots),
        "opened_micros": run.opened_micros,
        "rtp_ppm": _ppm(paid, turnover),
        "rtp_error_ppm": _error_ppm(run, contribution_micros),
        "house_seed_ppm": _ppm(added, turnover),
        "liability": _liability(run.liabilities),
        "pots": [_pot(pot, turnover) for pot in run.pots],
        "phases": [_phase(phase, contribution_micros) for phase in run.phases],
    }


def _pot(pot: PotRun, turnover: int) -> dict[str, Any]:
    return {
        "code": pot.code,
        "drops": pot.drops,
        "rtp_ppm": _ppm(pot.paid_micros, turnover),
        "house_seed_ppm": _ppm(pot.deficit_micros, turnover),
        "payout_micros": pot.paid_micros // pot.drops if pot.drops else None,
        "deficit_micros": pot.deficit_micros // pot.drops if pot.drops else None,
        "hit": _waits(pot.waits, pot.drops),
    }


def _phase(phase: Phase, contribution_micros: int) -> dict[str, Any]:
    turnover = phase.contributions * contribution_micros
    return {
        "closed": phase.closed,
        "contributions": phase.contributions,
        "rtp_ppm": _ppm(phase.paid_micros, turnover),
        "house_seed_ppm": _ppm(phase.deficit_micros, turnover),
    }


def _ppm(part: int, whole: int) -> int | None:
    return round(Fraction(part * PPM, whole)) if whole else None


def _error_ppm(run: Run, contribution_micros: int) -> int | None:
    """The standard error of the return, from what equal parts of the run paid."""
    paid, size = run.batches, len(run.batches)
    turnover = run.played * contribution_micros
    if size < 2 or not turnover:
        return None
    mean = Fraction(sum(paid), size)
    squares = sum((amount - mean) ** 2 for amount in paid) * size / (size - 1)
    return isqrt(round(squares * PPM**2 / turnover**2))


def _liability(samples: list[int]) -> dict[str, int] | None:
    if not samples:
        return None
    ordered = sorted(samples)
    return {name: ordered[(len(ordered) - 1) * part // 100] for name, part in (("p50", 50), ("p95", 95), ("p99", 99))}


def _waits(waits: dict[int, int], drops: int) -> dict[str, int] | None:
    if not drops:
        return None
    return {name: _wait(waits, drops, part) for name, part in (("p5", 5), ("median", 50), ("p95", 95))}


def _wait(waits: dict[int, int], drops: int, part: int) -> int:
    """The smallest wait that at least so many percent of the drops did not exceed."""
    seen = 0
    for wait in sorted(waits):
        seen += waits[wait]
        if seen * 100 >= part * drops:
            return wait
    return max(waits)
