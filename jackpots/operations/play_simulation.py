"""Play a part of a simulation, and write the report once all is played."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from backoffice.audit.record import Actor, record
from jackpots.models import ReportState, SimulationReport
from jackpots.operations.create_template import subject_of
from jackpots.queries.simulations import digest_of, policy_of, policy_values
from jackpots.queries.templates import terms_of
from jackpots.rules.numbers import Numbers
from jackpots.rules.play import Run, play, runs_of
from jackpots.rules.played import figures
from jackpots.rules.policy import objections
from jackpots.rules.report import formulas
from jackpots.rules.terms import TemplateTerms

PART = 25_000
_UNFINISHED = (ReportState.QUEUED, ReportState.RUNNING)


def play_simulation(report_id: UUID, *, now: datetime, most: int = PART) -> bool:
    """Play at most so many contributions more; whether any are left.

    What was played is written only where nobody else has been faster; a worker that is killed has lost its last part,
    and whoever comes next plays it anew with the same numbers.
    """
    report = SimulationReport.objects.select_related("template").filter(pk=report_id, state__in=_UNFINISHED).first()
    if report is None:
        return False
    terms = terms_of(report.template)
    if bytes(report.digest) != digest_of(report.template_id):
        return _fail(report, "The template was changed while it was played; simulate it anew.", now)
    try:
        runs, numbers = _standing(report, terms)
        for run in runs:
            if most > 0 and not run.is_done:
                before = run.played
                play(terms, run, below=numbers.below, a_day=report.contributions_a_day, most=most)
                most -= run.played - before
        values = _values(report, terms, runs, numbers, now)
    except (ArithmeticError, LookupError, ValueError) as error:
        return _fail(report, f"{type(error).__name__}: {error}", now)
    return _keep(report, values, now)


def _standing(report: SimulationReport, terms: TemplateTerms) -> tuple[list[Run], Numbers]:
    if not report.standing:
        return runs_of(terms, report.contributions), Numbers(report.seed)
    runs = msgspec.convert(report.standing["runs"], list[Run], strict=False)
    return runs, Numbers(report.seed, report.standing["place"])


def _values(
    report: SimulationReport, terms: TemplateTerms, runs: list[Run], numbers: Numbers, now: datetime
) -> dict[str, Any]:
    played = sum(run.played for run in runs)
    if not all(run.is_done for run in runs):
        standing = {"place": numbers.place, "runs": msgspec.to_builtins(runs, str_keys=True)}
        return {"state": ReportState.RUNNING, "played": played, "standing": standing}
    policy = policy_of(report.operator_id)
    known, seen = formulas(terms, report.contributions_a_day), figures(runs, terms.contribution_micros)
    against = [msgspec.structs.asdict(one) for one in objections(policy, known, seen, terms.currency)]
    return {
        "state": ReportState.COMPLETE,
        "played": played,
        "standing": {},
        "formulas": known,
        "figures": {"runs": seen},
        "policy": policy_values(policy),
        "objections": against,
        "is_within_policy": not against,
        "finished_at": now,
    }


def _keep(report: SimulationReport, values: dict[str, Any], now: datetime) -> bool:
    is_left = values["state"] == ReportState.RUNNING
    with transaction.atomic():
        mine = SimulationReport.objects.filter(pk=report.pk, played=report.played, state__in=_UNFINISHED)
        is_kept = bool(mine.update(**values))
        if is_kept and not is_left:
            after = {"state": values["state"], "objections": [one["message"] for one in values.get("objections", [])]}
            actor = Actor.system("simulation")
            record(actor, "template.simulated", subject_of(report.template), at=now, after=after)
    return is_kept and is_left


def _fail(report: SimulationReport, error: str, now: datetime) -> bool:
    return _keep(report, {"state": ReportState.FAILED, "standing": {}, "error": error, "finished_at": now}, now)
