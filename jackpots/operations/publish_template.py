"""Publish a template: what happens when a second person has approved it."""

from datetime import datetime

from django.db import transaction

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from jackpots.models import Template, TemplateState
from jackpots.operations.check_simulated import check_simulated
from jackpots.operations.create_template import subject_of
from jackpots.operations.request_publication import asked_about
from jackpots.queries.templates import terms_of
from jackpots.rules.template import errors, validate_template


def publish_template(approval: Approval, actor: Actor, now: datetime) -> None:
    """Publish the approval's template; from now on it never changes.

    Refusal(INVALID_REQUEST) if it was changed after the request, so that nobody approves what they have not seen, or if
    the operator's policy has grown stricter since.
    """
    with transaction.atomic():
        template = Template.objects.select_for_update(of=("self",)).get(
            pk=approval.object_id, operator_id=approval.operator_id
        )
        if asked_about(template) != approval.after:
            raise Refusal("INVALID_REQUEST", "The template has changed since it was asked for; ask again.")
        for problem in errors(validate_template(terms_of(template))):
            raise Refusal("INVALID_REQUEST", problem.message, problem.field)
        check_simulated(template)
        template.state = TemplateState.PUBLISHED
        template.approval = approval
        template.published_at = now
        template.save(update_fields=["state", "approval", "published_at"])
        subject = subject_of(template)
        record(actor, "template.published", subject, at=now, before={"state": "Draft"}, after={"state": template.state})
