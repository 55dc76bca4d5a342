"""Refuse what was not simulated; it is the caller's transaction."""

import msgspec

from backoffice.core.errors import Refusal
from jackpots.models import ReportState, SimulationReport, Template
from jackpots.queries.simulations import newest_report, objections_now, policy_of, policy_values, valid_report


def check_simulated(template: Template) -> SimulationReport:
    """The complete report of the template's very terms, which is within the operator's policy as it is now.

    Refusal(INVALID_REQUEST) at the field `simulation` where there is none, or with all that the policy has against the
    template. A report that was judged by an older policy is judged anew.
    """
    report = valid_report(template.pk)
    if report is None:
        raise Refusal("INVALID_REQUEST", _missing(template), "simulation")
    policy, against = policy_values(policy_of(template.operator_id)), objections_now(report, template.currency)
    found = [msgspec.structs.asdict(one) for one in against]
    if report.policy != policy or report.objections != found:
        report.policy, report.objections, report.is_within_policy = policy, found, not found
        report.save(update_fields=["policy", "objections", "is_within_policy"])
    if found:
        raise Refusal("INVALID_REQUEST", " ".join(one.message for one in against), "simulation")
    return report


def _missing(template: Template) -> str:
    newest = newest_report(template.pk)
    if newest is None:
        return "Simulate the template first: what it returns and costs is to be known before it is published."
    if newest.state in (ReportState.QUEUED, ReportState.RUNNING):
        return "The simulation is still being played; ask again once it is done."
    if newest.state == ReportState.FAILED:
        return "The last simulation failed; simulate the template anew."
    return "The template was changed after it was simulated; simulate it anew."
