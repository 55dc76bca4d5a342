"""Have a template played: the report waits in line until a worker takes it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import ReportState, SimulationReport, Template
from jackpots.operations.create_template import subject_of
from jackpots.queries.simulations import digest_of
from jackpots.queries.templates import terms_of
from jackpots.rules.play import runs_of
from jackpots.rules.template import errors, validate_template

MOST_CONTRIBUTIONS = 5_000_000
MOST_A_DAY = 10**9


@dataclass(frozen=True, kw_only=True)
class SimulationPlan:
    """How many contributions are played in each run, with the numbers of which seed, and how many a day are expected,
    which pots by time and raffles need."""

    contributions: int = 200_000
    seed: int = 1
    contributions_a_day: int | None = None


def request_simulation(
    template_id: UUID, plan: SimulationPlan, *, scope: Scope, actor: Actor, now: datetime
) -> SimulationReport:
    """Put the report in line; the same plan for the same terms is the report there is already, unless it failed.

    Refusal(NOT_FOUND) outside the scope; Refusal(INVALID_REQUEST) for a plan out of range, and with the first error of
    a template that could not be published.
    """
    _check(plan)
    with transaction.atomic():
        rows = scope.rows(Template.objects.select_for_update(of=("self",)), brand_field="brand_id")
        template = rows.filter(pk=template_id).first()
        if template is None:
            raise Refusal("NOT_FOUND", "There is no such template.")
        scope.check_change(template.brand_id)
        terms = terms_of(template)
        for problem in errors(validate_template(terms)):
            raise Refusal("INVALID_REQUEST", problem.message, problem.field)
        asked = {
            "operator_id": template.operator_id,
            "template_id": template.pk,
            "digest": digest_of(template.pk),
            "seed": plan.seed,
            "contributions": plan.contributions,
            "contributions_a_day": plan.contributions_a_day,
        }
        same = SimulationReport.objects.filter(**asked).exclude(state=ReportState.FAILED).first()
        if same is not None:
            return same
        report = SimulationReport.objects.create(
            **asked,
            to_play=plan.contributions * len(runs_of(terms, plan.contributions)),
            requested_by=actor.name,
            requested_at=now,
        )
        after = {name: asked[name] for name in ("seed", "contributions", "contributions_a_day")}
        record(actor, "template.simulation_requested", subject_of(template), at=now, after=after)
    return report


def _check(plan: SimulationPlan) -> None:
    if not 1 <= plan.contributions <= MOST_CONTRIBUTIONS:
        message = f"From 1 to {MOST_CONTRIBUTIONS:,} contributions can be played."
        raise Refusal("INVALID_REQUEST", message, "contributions")
    if not 0 <= plan.seed < 2**63:
        raise Refusal("INVALID_REQUEST", "The seed is a whole number from 0 to below 2^63.", "seed")
    if plan.contributions_a_day is not None and not 1 <= plan.contributions_a_day <= MOST_A_DAY:
        message = f"From 1 to {MOST_A_DAY:,} contributions a day can be expected."
        raise Refusal("INVALID_REQUEST", message, "contributions_a_day")
