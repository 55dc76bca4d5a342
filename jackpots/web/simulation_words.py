"""The figures of a simulation in words, for tables. JSON of a report in, text out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backoffice.core.money import format_micros, format_money
from backoffice.web.words import BLANK
from jackpots.models import ReportState, SimulationReport
from jackpots.rules.play import TOGETHER
from jackpots.rules.policy import Policy, percent

NO_DROP = "no drop"


@dataclass(frozen=True)
class PotRow:
    """A pot alone: by formula, and beside it as played alone and together with the others."""

    code: str
    rtp: str
    rtp_alone: str
    rtp_together: str
    is_above_100: bool
    hit: str
    hit_played: str
    hit_time: str
    liability: str
    deficit: str
    house_seed: str
    drops: str
    closes: str


@dataclass(frozen=True)
class TotalRow:
    """A figure of the whole template: by formula and as played."""

    label: str
    formula: str
    played: str


@dataclass(frozen=True)
class StageRow:
    """What holds once these pots are closed."""

    closed: str
    rtp: str
    played: str


@dataclass(frozen=True)
class ReportWords:
    """All of a report; what is still played has no rows."""

    pots: Sequence[PotRow] = field(default_factory=list)
    totals: Sequence[TotalRow] = field(default_factory=list)
    stages: Sequence[StageRow] = field(default_factory=list)


def rate(ppm: int | None) -> str:
    """`66.67 %`, or a dash."""
    return percent(ppm) if ppm is not None else BLANK


def lasting(seconds: int) -> str:
    """`3 days`, `5 hours`, `40 s`: in the unit that says it in few digits."""
    for size, one, many in ((86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes")):
        if seconds >= 2 * size:
            return f"{round(seconds / size):,} {many}"
        if seconds >= size:
            return f"1 {one}"
    return f"{seconds} s"


def report_words(report: SimulationReport, currency: str) -> ReportWords:
    """The rows of a report."""
    if not report.formulas:
        return ReportWords()
    runs = {run["name"]: run for run in report.figures.get("runs", [])}
    return ReportWords(
        [_pot(pot, runs, currency) for pot in report.formulas["pots"]],
        _totals(report.formulas, runs.get(TOGETHER, {}), currency),
        _stages(report.formulas, runs.get(TOGETHER, {})),
    )


def formula_words(formulas: Mapping[str, Any], currency: str) -> ReportWords:
    """The rows by formula alone, of what is still being written."""
    return ReportWords(
        [_pot(pot, {}, currency) for pot in formulas["pots"]],
        _totals(formulas, {}, currency),
        _stages(formulas, {}),
    )


def progress_of(report: SimulationReport) -> tuple[int, str]:
    """How far a play is: percent, and in figures."""
    done = report.played * 100 // report.to_play
    return done, f"{report.played:,} of {report.to_play:,} contributions"


def is_playing(report: SimulationReport) -> bool:
    """Whether it is still to be asked for."""
    return report.state in (ReportState.QUEUED, ReportState.RUNNING)


def _pot(pot: Mapping[str, Any], runs: Mapping[str, Any], currency: str) -> PotRow:
    together = _of_pot(runs.get(TOGETHER), pot["code"])
    alone_run = runs.get(pot["code"], runs.get(TOGETHER) if len(runs) == 1 else None)
    alone = _of_pot(alone_run, pot["code"])
    error = alone_run["rtp_error_ppm"] if alone_run else None
    played = _with_error(alone["rtp_ppm"], error) if alone and alone["drops"] else NO_DROP if alone else BLANK
    seconds = pot["hit_seconds"]
    return PotRow(
        code=pot["code"],
        rtp=("" if pot["is_exact"] else "≈ ") + rate(pot["rtp_ppm"]),
        rtp_alone=played,
        rtp_together=(rate(together["rtp_ppm"]) if together["drops"] else NO_DROP) if together else BLANK,
        is_above_100=(pot["rtp_ppm"] or 0) > 1_000_000,
        hit=_hit(pot["hit"]),
        hit_played=_hit(alone["hit"]) if alone else BLANK,
        hit_time=" · ".join(lasting(one) for one in seconds) if seconds else BLANK,
        liability=_three(pot["liability"], currency),
        deficit=_money(pot["deficit_micros"], currency),
        house_seed=rate(pot["house_seed_ppm"]),
        drops=f"{together['drops']:,}" if together else BLANK,
        closes=f"{pot['closes_after']:,}" if pot["closes_after"] is not None else BLANK,
    )


def _with_error(ppm: int | None, error: int | None) -> str:
    return rate(ppm) + (f" ± {rate(error)}" if error is not None else "")


def _of_pot(run: Mapping[str, Any] | None, code: str) -> Mapping[str, Any] | None:
    return next((pot for pot in run["pots"] if pot["code"] == code), None) if run else None


def _hit(hit: Mapping[str, int] | None) -> str:
    return " · ".join(f"{hit[name]:,}" for name in ("p5", "median", "p95")) if hit else BLANK


def _three(held: Mapping[str, int | None] | None, currency: str) -> str:
    if not held:
        return BLANK
    return " · ".join(_money(held[name], currency) for name in ("p50", "p95", "p99"))


def _money(micros: int | None, currency: str) -> str:
    return format_money(micros, currency) if micros is not None else BLANK


def _totals(formulas: Mapping[str, Any], run: Mapping[str, Any], currency: str) -> list[TotalRow]:
    error = run.get("rtp_error_ppm")
    played = _with_error(run.get("rtp_ppm"), error)
    held = run.get("liability") or {}
    rows = [
        TotalRow("Return to player, all pots", rate(formulas["rtp_ppm"]), played),
        TotalRow("The house pays for seeds", rate(formulas["house_seed_ppm"]), rate(run.get("house_seed_ppm"))),
    ]
    for name, words in (("p50", "in half of all moments"), ("p95", "in 95 of 100"), ("p99", "in 99 of 100")):
        known = formulas["liability"][name]
        label = f"Held at most, {words}"
        rows.append(TotalRow(label, _money(known, currency), _money(held.get(name), currency)))
    if run:
        rows.append(TotalRow("Paid to players", BLANK, _money(run["paid_micros"], currency)))
        rows.append(TotalRow("Still held at the end", BLANK, _money(run["held_micros"], currency)))
    return rows


def _stages(formulas: Mapping[str, Any], run: Mapping[str, Any]) -> list[StageRow]:
    if not formulas["stages"]:
        return []
    played = {frozenset(phase["closed"]): phase["rtp_ppm"] for phase in run.get("phases", [])}
    before = StageRow("None", rate(formulas["rtp_ppm"]), rate(played.get(frozenset())))
    return [
        before,
        *(
            StageRow(", ".join(one["closed"]), rate(one["rtp_ppm"]), rate(played.get(frozenset(one["closed"]))))
            for one in formulas["stages"]
        ),
    ]


def policy_sentences(policy: Policy, currency: str) -> list[str]:
    """What the policy asks of a template, a sentence each."""
    said = [
        (policy.maximum_pot_rtp_ppm, "No pot alone returns more than {} of what is contributed."),
        (policy.maximum_rtp_ppm, "All pots together return no more than {} of what is contributed."),
        (policy.maximum_house_seed_ppm, "Seeds cost the house no more than {} of what is contributed."),
    ]
    sentences = [words.format(percent(limit)) for limit, words in said if limit is not None]
    held = policy.maximum_liability_micros
    if held is not None:
        amount = _money(held, currency) if currency else format_micros(held)
        sentences.append(f"In 99 of 100 moments pots and reserves hold no more than {amount}.")
    return sentences or ["Nothing is limited."]
