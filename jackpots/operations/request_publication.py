"""Ask a second person to publish a template."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Template, TemplateState
from jackpots.operations.check_simulated import check_simulated
from jackpots.operations.create_template import described
from jackpots.operations.lock_draft import lock_draft
from jackpots.queries.simulations import evidence_of
from jackpots.queries.templates import terms_of
from jackpots.rules.template import errors, validate_template


def request_publication(
    template_id: UUID, *, reason: str, requested_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Store the request. Refusal(NOT_FOUND) outside the scope; Refusal(INVALID_REQUEST) with the first error of a
    template that cannot be published as it is, or that is published already; at the field `simulation` where it was not
    simulated as it is, or not within the operator's policy."""
    with transaction.atomic():
        template = lock_draft(template_id, scope, otherwise="The template is published already.")
        problems = validate_template(terms_of(template))
        for problem in errors(problems):
            raise Refusal("INVALID_REQUEST", problem.message, problem.field)
        report = check_simulated(template)
        request = Request(
            kind="template.publish",
            operator_id=template.operator_id,
            brand_id=template.brand_id,
            object_id=str(template.pk),
            title=f"Publish {template.name} v{template.version}",
            reason=reason,
            before=_published_before(template),
            after=asked_about(template),
            evidence={
                "warnings": [f"{problem.field}: {problem.message}" for problem in problems],
                "simulation": evidence_of(report, template.currency),
            },
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)


def asked_about(template: Template) -> dict[str, object]:
    """What a publication is about: all that the template says, without what every version has of its own."""
    return {name: value for name, value in described(template).items() if name not in ("template_id", "state")}


def _published_before(template: Template) -> dict[str, object]:
    older = Template.objects.filter(
        operator_id=template.operator_id, lineage_id=template.lineage_id, state=TemplateState.PUBLISHED
    )
    newest = older.order_by("-version").first()
    return asked_about(newest) if newest else {}
