"""What a switch of an instance to another template would do, as things stand."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, ModelSwitch, Pot, Template, TemplateState
from jackpots.queries.templates import published_terms, templates
from jackpots.rules.switching import Plan, PotHeld, ShareMapping, plan_switch
from jackpots.rules.terms import TemplateTerms


def _plain(scope: Scope) -> QuerySet[Template]:
    # Published terms are kept by the process, so that their parts need not be read.
    return templates(scope).prefetch_related(None)


def templates_for(scope: Scope, instance: Instance) -> QuerySet[Template]:
    """The published templates that the instance could run by: of its owner, in its currency, and not its own."""
    rows = _plain(scope).filter(operator_id=instance.operator_id, state=TemplateState.PUBLISHED)
    rows = rows.filter(Q(brand__isnull=True) | Q(brand_id=instance.brand_id))
    rows = rows.filter(currency=instance.currency, jackpot_type=instance.jackpot_type)
    return rows.exclude(pk=instance.template_id).order_by("name", "-version")


def template_for(scope: Scope, instance: Instance, template_id: UUID) -> Template:
    """A published template of the instance's owner; Refusal(NOT_FOUND) for any other, INVALID_REQUEST for a draft."""
    rows = _plain(scope).filter(operator_id=instance.operator_id, pk=template_id)
    found = rows.filter(Q(brand__isnull=True) | Q(brand_id=instance.brand_id)).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such template.", "template_id")
    if found.state != TemplateState.PUBLISHED:
        raise Refusal("INVALID_REQUEST", "Only a published template can be switched to.", "template_id")
    return found


def running_pots(instance: Instance) -> list[Pot]:
    """The pots of the instance's model, by position."""
    return list(Pot.objects.filter(instance=instance, retired_at__isnull=True).order_by("position", "id"))


def plan_of(instance: Instance, pots: Iterable[Pot], template: Template, mapping: ShareMapping) -> Plan:
    """The plan for these pots as they stand."""
    held = [
        PotHeld(
            code=pot.code,
            value_micros=pot.value_micros,
            reserve_micros=pot.seed_micros,
            boost_micros=pot.boost_micros,
        )
        for pot in pots
    ]
    new = published_terms(template.pk)
    plan = plan_switch(held, mapping, published_terms(instance.template_id), new)
    return msgspec.structs.replace(plan, problems=(*plan.problems, *_closed(instance, new)))


def _closed(instance: Instance, new: TemplateTerms) -> Iterator[str]:
    """The drops of a pot are counted over all models."""
    drops = dict(Pot.objects.filter(instance=instance).values_list("code", "drop_count"))
    for pot in new.pots:
        if pot.max_drops is not None and drops.get(pot.code, 0) >= pot.max_drops:
            yield f"{pot.code} has dropped {drops[pot.code]:,} times and would be closed at once: its limit is lower."


def usual_mapping(pots: Iterable[Pot], template: Template) -> dict[str, dict[str, int]]:
    """Each pot to the one of its name; of the others the only pot there is, or nothing yet."""
    codes = [terms.code for terms in published_terms(template.pk).pots]
    only = {codes[0]: 1_000_000} if len(codes) == 1 else {}
    return {pot.code: {pot.code: 1_000_000} if pot.code in codes else dict(only) for pot in pots}


def switches(scope: Scope, instance_id: UUID) -> QuerySet[ModelSwitch]:
    """The switches of an instance, the newest first."""
    rows = ModelSwitch.objects.select_related("from_template", "to_template", "approval")
    return scope.rows(rows.filter(instance_id=instance_id)).order_by("-switched_at")
