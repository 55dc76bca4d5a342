"""Lock a draft for a change; it is the caller's transaction."""

from uuid import UUID

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Template, TemplateState


def lock_draft(template_id: UUID, scope: Scope, *, otherwise: str) -> Template:
    """The draft, locked. Refusal(NOT_FOUND) outside the scope, Refusal(FORBIDDEN) where the viewer may not change it,
    Refusal(INVALID_REQUEST) with the words `otherwise` once it is published."""
    rows = scope.rows(Template.objects.select_for_update(of=("self",)), brand_field="brand_id")
    template = rows.filter(pk=template_id).first()
    if template is None:
        raise Refusal("NOT_FOUND", "There is no such template.")
    scope.check_change(template.brand_id)
    if template.state != TemplateState.DRAFT:
        raise Refusal("INVALID_REQUEST", otherwise)
    return template
