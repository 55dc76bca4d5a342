"""Change a draft."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Template, TemplateState
from jackpots.operations.create_template import (
    TemplateDraft,
    check_writable,
    described,
    subject_of,
    template_values,
    write_pots,
)


def change_template(template_id: UUID, draft: TemplateDraft, *, scope: Scope, actor: Actor, now: datetime) -> Template:
    """Put the draft's values in place of the old ones; its owner stays. Who was asked to publish the old values can no
    longer do it. Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) once published."""
    with transaction.atomic():
        rows = scope.rows(Template.objects.select_for_update(of=("self",)), brand_field="brand_id")
        template = rows.filter(pk=template_id).first()
        if template is None:
            raise Refusal("NOT_FOUND", "There is no such template.")
        scope.check_change(template.brand_id)
        if template.state != TemplateState.DRAFT:
            raise Refusal("INVALID_REQUEST", "A published template never changes; draft a new version instead.")
        before = described(template)
        terms = draft.terms(str(template_id))
        check_writable(draft.name, terms)
        template.name = draft.name.strip()
        for name, value in template_values(terms).items():
            setattr(template, name, value)
        template.save()
        template.pots.all().delete()
        write_pots(template, terms.pots)
        record(actor, "template.changed", subject_of(template), at=now, before=before, after=described(template))
    return template
