"""Templates: lists, one of them, and their terms as the rules take them."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Template, TemplateAmount, TemplatePot, TemplatePrize, TemplateStrategy
from jackpots.rules.terms import AmountTerms, PotTerms, PrizeTerms, StrategyTerms, TemplateTerms

POT_FIELDS = PotTerms.__struct_fields__
PARTS = ("pots", "amounts", "strategies", "prizes")
TEMPLATE_FIELDS = tuple(name for name in TemplateTerms.__struct_fields__ if name not in {"template_id", *PARTS})


def templates(scope: Scope) -> QuerySet[Template]:
    """The templates of the scope with their pots and `instance_count`; by name, the newest version first."""
    rows = scope.rows(Template.objects.all(), brand_field="brand_id")
    counted = rows.prefetch_related(*PARTS).annotate(instance_count=Count("instances", distinct=True))
    # Who counts by groups has no order by default.
    return counted.order_by("name", "-version")


def template(scope: Scope, template_id: UUID | str) -> Template:
    """One template; Refusal(NOT_FOUND) outside the scope."""
    found = templates(scope).filter(pk=template_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such template.")
    return found


def versions(scope: Scope, lineage_id: UUID) -> QuerySet[Template]:
    """Every version of a template, the newest first."""
    return templates(scope).filter(lineage_id=lineage_id).order_by("-version")


def published_before(scope: Scope, row: Template) -> Template | None:
    """The newest published version of the same line; None where there is none."""
    return versions(scope, row.lineage_id).filter(state="Published").exclude(pk=row.pk).first()


def pot_terms(pot: TemplatePot) -> PotTerms:
    """A pot's terms as plain values."""
    return PotTerms(**_values(pot, POT_FIELDS))


def terms_of(row: Template) -> TemplateTerms:
    """A template's terms as plain values, the pots by position."""
    amounts = [AmountTerms(**_values(one, AmountTerms.__struct_fields__)) for one in row.amounts.all()]
    strategies = [StrategyTerms(**_values(one, StrategyTerms.__struct_fields__)) for one in row.strategies.all()]
    prizes = [PrizeTerms(**_values(one, PrizeTerms.__struct_fields__)) for one in row.prizes.all()]
    return TemplateTerms(
        template_id=str(row.pk),
        pots=tuple(sorted((pot_terms(pot) for pot in row.pots.all()), key=lambda pot: pot.position)),
        amounts=tuple(sorted(amounts, key=lambda amount: amount.currency)),
        strategies=tuple(sorted(strategies, key=lambda strategy: strategy.position)),
        prizes=tuple(sorted(prizes, key=lambda prize: prize.rank)),
        **_values(row, TEMPLATE_FIELDS),
    )


@lru_cache(maxsize=4096)
def published_terms(template_id: UUID) -> TemplateTerms:
    """The terms of a published template, which never change. LookupError for a draft."""
    row = Template.objects.exclude(state="Draft").prefetch_related(*PARTS).filter(pk=template_id).first()
    if row is None:
        raise LookupError(f"there is no published template {template_id}")
    return terms_of(row)


def _values(
    row: Template | TemplatePot | TemplateAmount | TemplateStrategy | TemplatePrize, names: tuple[str, ...]
) -> dict[str, Any]:
    """The columns as terms have them: what is a list in a row is a tuple there."""
    values = {name: getattr(row, name) for name in names}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
