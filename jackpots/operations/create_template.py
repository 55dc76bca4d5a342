"""Write a first draft of a template."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec
from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Template, TemplateAmount, TemplatePot, TemplatePrize, TemplateStrategy
from jackpots.queries.templates import PARTS, terms_of
from jackpots.rules.template import errors, validate_template
from jackpots.rules.terms import (
    AmountTerms,
    ContributionKind,
    JackpotType,
    LimitedShareTo,
    PotTerms,
    PrizeTerms,
    StrategyTerms,
    TemplateTerms,
)

# A draft may still be wrong; these are what no row can hold.
_UNWRITABLE = frozenset(
    (
        "out_of_range", "currency_unknown", "kind_unknown", "code_form", "code_twice", "position_twice",
        "currency_twice", "rank_twice", "prize_twice", "metric_missing",
    )
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TemplateDraft:
    """What a template says. `brand_id` None makes it the operator's; `owner` is the pair or the operator."""

    operator_id: str
    brand_id: str | None = None
    name: str
    jackpot_type: JackpotType = "Jackpot"
    currency: str
    contribution_kind: ContributionKind = "fixed"
    contribution_micros: int
    operator_contribution_ppm: int = 1_000_000
    household_ppm: int = 0
    opt_in_required: bool = True
    minimum_base_wager_micros: int | None = None
    maximum_base_wager_micros: int | None = None
    limited_share_to: LimitedShareTo = "pots"
    withhold_above_micros: int | None = None
    withhold_countries: tuple[str, ...] = ()
    community_unspent_to: Literal["seed", "winner"] = "seed"
    community_includes_winner: bool = False
    ticket_price_micros: int | None = None
    ticket_metric: Literal["", "contribution", "base_wager"] = ""
    duration_count: int | None = None
    duration_unit: Literal["", "seconds", "minutes", "hours", "days", "weeks"] = ""
    prizes_per_player: int | None = 1
    rolls_over: bool = True
    pots: tuple[PotTerms, ...]
    amounts: tuple[AmountTerms, ...] = ()
    strategies: tuple[StrategyTerms, ...] = ()
    prizes: tuple[PrizeTerms, ...] = ()

    def terms(self, template_id: str) -> TemplateTerms:
        """The terms as the rules take them."""
        said = {name: getattr(self, name) for name in TemplateTerms.__struct_fields__ if name != "template_id"}
        return TemplateTerms(template_id=template_id, **said)


def create_template(
    draft: TemplateDraft, *, scope: Scope, created_by: StaffUser | None, actor: Actor, now: datetime
) -> Template:
    """Store the draft as version 1. Refusal(NOT_FOUND) for a foreign owner, Refusal(INVALID_REQUEST) for what cannot
    be written down; what only keeps it from being published may stand in a draft."""
    check_owner(scope, draft.operator_id, draft.brand_id)
    template_id = uuid4()
    with transaction.atomic():
        template = write_draft(
            draft, template_id=template_id, lineage_id=template_id, version=1, created_by=created_by, now=now
        )
        record(actor, "template.created", subject_of(template), at=now, after=described(template))
    return template


def check_owner(scope: Scope, operator_id: str, brand_id: str | None) -> None:
    """Refusal(NOT_FOUND) unless the viewer may own things as this operator or brand."""
    sees_all = not scope.is_limited or brand_id is not None
    if (
        not scope.sees_operator(operator_id)
        or not sees_all
        or (brand_id is not None and not scope.sees_brand(brand_id))
    ):
        raise Refusal("NOT_FOUND", "There is no such owner.", "owner_id")
    if brand_id is not None and brand_id.split(":", 1)[0] != operator_id:
        raise Refusal("NOT_FOUND", "There is no such owner.", "owner_id")


def write_draft(
    draft: TemplateDraft,
    *,
    template_id: UUID,
    lineage_id: UUID,
    version: int,
    created_by: StaffUser | None,
    now: datetime,
) -> Template:
    """The rows of a draft, in the caller's transaction."""
    terms = draft.terms(str(template_id))
    check_writable(draft.name, terms)
    template = Template.objects.create(
        id=template_id,
        operator_id=draft.operator_id,
        brand_id=draft.brand_id,
        lineage_id=lineage_id,
        version=version,
        name=draft.name.strip(),
        created_at=now,
        created_by=created_by,
        **template_values(terms),
    )
    write_parts(template, terms)
    return template


def check_writable(name: str, terms: TemplateTerms) -> None:
    """Refusal(INVALID_REQUEST) for what no row can hold."""
    if not name.strip() or len(name) > 200:
        raise Refusal("INVALID_REQUEST", "A template needs a name of at most 200 characters.", "name")
    for problem in errors(validate_template(terms, wallet_exists=True)):
        if problem.code in _UNWRITABLE:
            raise Refusal("INVALID_REQUEST", problem.message, problem.field)


def template_values(terms: TemplateTerms) -> dict[str, Any]:
    """The columns of the template's own row."""
    values = msgspec.structs.asdict(terms)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if name not in {"template_id", *PARTS}
    }


def write_parts(template: Template, terms: TemplateTerms) -> None:
    """The rows of the pots, the amounts, the strategies and the prizes, in place of those there are."""
    owner: dict[str, Any] = {"operator_id": template.operator_id, "template": template}
    for part in PARTS:
        getattr(template, part).all().delete()
    TemplatePot.objects.bulk_create(TemplatePot(**owner, **_columns(pot)) for pot in terms.pots)
    TemplateAmount.objects.bulk_create(TemplateAmount(**owner, **_columns(amount)) for amount in terms.amounts)
    TemplateStrategy.objects.bulk_create(TemplateStrategy(**owner, **_columns(one)) for one in terms.strategies)
    TemplatePrize.objects.bulk_create(TemplatePrize(**owner, **_columns(prize)) for prize in terms.prizes)


def _columns(part: msgspec.Struct) -> dict[str, Any]:
    values = msgspec.structs.asdict(part)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def subject_of(template: Template) -> Subject:
    """The template as the audit log names it."""
    name = f"{template.name} v{template.version}"
    return Subject("template", str(template.pk), name, template.operator_id, template.brand_id)


def described(template: Template) -> dict[str, object]:
    """What the audit log and a request for approval show of a template."""
    # As JSON gives it back, so that what was asked for can be compared with what is there.
    description: dict[str, object] = msgspec.json.decode(msgspec.json.encode(terms_of(template)))
    return description | {"name": template.name, "version": template.version, "state": template.state}
