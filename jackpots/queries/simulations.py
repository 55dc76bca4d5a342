"""Simulations: reports of templates, what waits to be played, and what an operator lets through."""

from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import BinaryField, Func, QuerySet, Value

from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from jackpots.models import POLICY_LIMITS, ReportState, SimulationPolicy, SimulationReport
from jackpots.rules.policy import Objection, Policy, objections, percent


def digest_of(template_id: UUID) -> bytes:
    """What stands for the terms of a template as its rows have them now; of the same terms it is the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT jackpots_template_digest(%s)", [template_id])
        return bytes(cursor.fetchone()[0])


def reports(scope: Scope, template_id: UUID) -> QuerySet[SimulationReport]:
    """The reports of a template, the newest first."""
    rows = scope.rows(SimulationReport.objects.all(), brand_field="template__brand_id")
    return rows.filter(template_id=template_id).defer("standing")


def report(scope: Scope, template_id: UUID, report_id: UUID) -> SimulationReport:
    """One report; Refusal(NOT_FOUND) outside the scope."""
    found = reports(scope, template_id).filter(pk=report_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such simulation.")
    return found


def newest_report(template_id: UUID) -> SimulationReport | None:
    """The newest report of a template, of whatever version of its terms."""
    return SimulationReport.objects.filter(template_id=template_id).defer("standing").first()


def valid_report(template_id: UUID) -> SimulationReport | None:
    """The newest complete report of the very terms that the template has now."""
    complete = SimulationReport.objects.filter(template_id=template_id, state=ReportState.COMPLETE)
    digest = Func(Value(template_id), function="jackpots_template_digest", output_field=BinaryField())
    return complete.filter(digest=digest).defer("standing").first()


def waiting_reports() -> list[UUID]:
    """What is still to be played, the oldest first."""
    waiting = SimulationReport.objects.filter(state__in=[ReportState.QUEUED, ReportState.RUNNING])
    return list(waiting.order_by("requested_at").values_list("pk", flat=True))


def policy_of(operator_id: str) -> Policy:
    """What the operator lets through; without a row of its own, no template that returns more than is contributed."""
    row = SimulationPolicy.objects.filter(operator_id=operator_id).first()
    return Policy(**{name: getattr(row, name) for name in POLICY_LIMITS}) if row is not None else Policy()


def objections_now(report: SimulationReport, currency: str) -> list[Objection]:
    """What the operator's policy as it is now has against a complete report, which an older one may have judged."""
    return objections(policy_of(report.operator_id), report.formulas, report.figures["runs"], currency)


def policy_values(policy: Policy) -> dict[str, object]:
    """The limits as JSON has them."""
    return msgspec.structs.asdict(policy)


def evidence_of(report: SimulationReport, currency: str) -> dict[str, str]:
    """A complete report in a few lines, as whoever decides about a publication reads it."""
    known, played = report.formulas, report.figures["runs"][0]
    said = {"played": f"{played['contributions']:,} contributions, seed {report.seed}"}
    for name, figure in (("return by formula", known["rtp_ppm"]), ("return as played", played["rtp_ppm"])):
        said[name] = percent(figure) if figure is not None else "none"
    for pot in known["pots"]:
        if pot["rtp_ppm"] is not None:
            said[f"pot {pot['code']} alone"] = f"{percent(pot['rtp_ppm'])}, once in {pot['contributions']:,}"
    held = (
        known["liability"]["p99"] if known["liability"]["p99"] is not None else (played["liability"] or {}).get("p99")
    )
    if held is not None:
        said["held at most, in 99 % of all moments"] = format_money(held, currency)
    return said
