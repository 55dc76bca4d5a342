"""Begin the next version of a template."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec
from django.db import transaction
from django.db.models import Max

from backoffice.accounts.models import StaffUser
from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Template
from jackpots.operations.create_template import TemplateDraft, described, subject_of, write_draft
from jackpots.queries.templates import terms_of


def draft_new_version(
    template_id: UUID, *, scope: Scope, created_by: StaffUser | None, actor: Actor, now: datetime
) -> Template:
    """A draft with the values of `template_id` and the next number of its line; Refusal(NOT_FOUND) out of scope."""
    with transaction.atomic():
        source = scope.rows(Template.objects.all(), brand_field="brand_id").filter(pk=template_id).first()
        if source is None:
            raise Refusal("NOT_FOUND", "There is no such template.")
        scope.check_change(source.brand_id)
        line = Template.objects.filter(operator_id=source.operator_id, lineage_id=source.lineage_id)
        # Whoever holds the first version makes the next one; two at once would take the same number.
        list(line.order_by("version").select_for_update(of=("self",))[:1])
        newest = line.aggregate(newest=Max("version"))["newest"]
        said = msgspec.structs.asdict(terms_of(source))
        del said["template_id"]
        draft = TemplateDraft(operator_id=source.operator_id, brand_id=source.brand_id, name=source.name, **said)
        template = write_draft(
            draft,
            template_id=uuid4(),
            lineage_id=source.lineage_id,
            version=newest + 1,
            created_by=created_by,
            now=now,
        )
        record(actor, "template.created", subject_of(template), at=now, after=described(template))
    return template
