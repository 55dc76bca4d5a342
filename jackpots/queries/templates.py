"""Templates: lists, one of them, and their terms as the rules take them."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Template, TemplatePot
from jackpots.rules.terms import PotTerms, TemplateTerms

POT_FIELDS = (
    "code", "position", "share_ppm", "seed_share_ppm", "min_reseed_micros", "initial_seed_micros", "is_progressive",
    "kind", "value_from_micros", "value_to_micros", "max_magic_number", "cost_per_attempt_micros",
)  # fmt: skip
TEMPLATE_FIELDS = (
    "currency", "contribution_micros", "operator_contribution_ppm", "household_ppm", "opt_in_required",
    "minimum_base_wager_micros", "maximum_base_wager_micros",
)  # fmt: skip


def templates(scope: Scope) -> QuerySet[Template]:
    """The templates of the scope with their pots and `instance_count`; by name, the newest version first."""
    rows = scope.rows(Template.objects.all(), brand_field="brand_id")
    return rows.prefetch_related("pots").annotate(instance_count=Count("instances", distinct=True))


def template(scope: Scope, template_id: UUID | str) -> Template:
    """One template; Refusal(NOT_FOUND) outside the scope."""
    found = templates(scope).filter(pk=template_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such template.")
    return found


def versions(scope: Scope, lineage_id: UUID) -> QuerySet[Template]:
    """Every version of a template, the newest first."""
    return templates(scope).filter(lineage_id=lineage_id).order_by("-version")


def pot_terms(pot: TemplatePot) -> PotTerms:
    """A pot's terms as plain values."""
    return PotTerms(**{name: getattr(pot, name) for name in POT_FIELDS})


def terms_of(row: Template) -> TemplateTerms:
    """A template's terms as plain values, the pots by position."""
    values: dict[str, Any] = {name: getattr(row, name) for name in TEMPLATE_FIELDS}
    pots = sorted((pot_terms(pot) for pot in row.pots.all()), key=lambda pot: pot.position)
    return TemplateTerms(template_id=str(row.pk), pots=tuple(pots), **values)


@lru_cache(maxsize=4096)
def published_terms(template_id: UUID) -> TemplateTerms:
    """The terms of a published template, which never change. LookupError for a draft."""
    row = Template.objects.exclude(state="Draft").prefetch_related("pots").filter(pk=template_id).first()
    if row is None:
        raise LookupError(f"there is no published template {template_id}")
    return terms_of(row)
