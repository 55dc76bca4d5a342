"""Change a draft."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.tenancy.scope import Scope
from jackpots.models import Template
from jackpots.operations.create_template import (
    TemplateDraft,
    check_writable,
    described,
    subject_of,
    template_values,
    write_parts,
)
from jackpots.operations.lock_draft import lock_draft


def change_template(template_id: UUID, draft: TemplateDraft, *, scope: Scope, actor: Actor, now: datetime) -> Template:
    """Put the draft's values in place of the old ones; its owner stays. Who was asked to publish the old values can no
    longer do it. Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) once published."""
    with transaction.atomic():
        template = lock_draft(
            template_id, scope, otherwise="A published template never changes; draft a new version instead."
        )
        before = described(template)
        terms = draft.terms(str(template_id))
        check_writable(draft.name, terms)
        template.name = draft.name.strip()
        for name, value in template_values(terms).items():
            setattr(template, name, value)
        template.save()
        write_parts(template, terms)
        record(actor, "template.changed", subject_of(template), at=now, before=before, after=described(template))
    return template
