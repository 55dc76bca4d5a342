"""Instances: lists, one of them, and who may contribute to it."""

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceBrand, InstanceState, Pot, StateChange
from jackpots.queries.sources import mapped_instances
from jackpots.rules.eligibility import Attempt, Facts, choose
from jackpots.rules.schedule import Schedule
from jackpots.wire.schedule import decode_rules

RUNNING = (InstanceState.PENDING, InstanceState.ACTIVE, InstanceState.PAUSED)
# Those of an earlier model are retired: they hold nothing and are won no more.
RUNNING_POTS = Pot.objects.filter(retired_at__isnull=True).order_by("position")


def in_scope(rows: QuerySet[Instance], scope: Scope) -> QuerySet[Instance]:
    """Those of the operator that the viewer's brands own or may take part in."""
    rows = scope.rows(rows)
    if scope.brand_ids is None:
        return rows
    return rows.filter(_open_to(scope.brand_ids))


def _open_to(brand_ids: frozenset[str]) -> Q:
    named = InstanceBrand.objects.filter(brand_id__in=brand_ids).values("instance_id")
    anybody = Q(brand__isnull=True) & ~Q(pk__in=InstanceBrand.objects.values("instance_id"))
    return Q(brand_id__in=brand_ids) | Q(pk__in=named) | anybody


def instances(scope: Scope) -> QuerySet[Instance]:
    """The instances in scope, the newest first, with template, pots and allowed brands."""
    rows = in_scope(Instance.objects.select_related("template", "brand", "operator"), scope)
    return rows.prefetch_related(Prefetch("pots", RUNNING_POTS), "allowed_brands", "template__pots")


def instance(scope: Scope, instance_id: UUID | str) -> Instance:
    """One instance; Refusal(NOT_FOUND) outside the scope."""
    found = instances(scope).filter(pk=instance_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such instance.")
    return found


def open_to_brand(scope: Scope, brand_id: str) -> QuerySet[Instance]:
    """The instances of the brand's operator that are open to the brand."""
    rows = instances(scope).filter(operator_id=brand_id.split(":", 1)[0])
    return rows.filter(_open_to(frozenset((brand_id,))))


def instance_for_source(scope: Scope, *, source_id: str, brand_id: str, now: datetime, country: str = "") -> Instance:
    """The jackpot behind a source for a brand: the first that takes contributions now, else the first that is open to
    the brand. Refusal(GAME_NOT_FOUND) for an unknown source, Refusal(SOURCE_JACKPOT_NOT_FOUND) for one with nothing
    behind it, Refusal(SOURCE_JACKPOTS_NOT_ALLOWED) where nothing is open to the brand."""
    mapped = mapped_instances(scope, source_id=source_id, brand_id=brand_id)
    if mapped is None:
        raise Refusal("GAME_NOT_FOUND", source_id)
    rows = {row.pk: row for row in instances(scope).filter(pk__in=mapped)}
    by_priority = [facts_of(rows[key]) for key in mapped if key in rows]
    attempt = Attempt(brand_id, country, source_id)
    chosen = choose(by_priority, attempt, now)
    if isinstance(chosen, Facts):
        return rows[UUID(chosen.instance_id)]
    if chosen.code == "SOURCE_JACKPOT_NOT_FOUND":
        raise chosen
    for facts in by_priority:
        if not facts.brands or brand_id in facts.brands:
            return rows[UUID(facts.instance_id)]
    raise chosen


def facts_of(row: Instance) -> Facts:
    """What decides who may contribute; no brand named = all of the owner's."""
    allowed = frozenset(link.brand_id for link in row.allowed_brands.all())
    if not allowed and row.brand_id is not None:
        allowed = frozenset((row.brand_id,))
    template = row.template
    return Facts(
        instance_id=str(row.pk),
        state=row.state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        schedule=schedule_of(row) if row.recurrence_rules else None,
        brands=allowed,
        sources=frozenset(row.allowed_sources),
        allowed_countries=frozenset(row.allowed_countries),
        blocked_countries=frozenset(row.blocked_countries),
        opt_in_required=template.opt_in_required,
        minimum_base_wager_micros=template.minimum_base_wager_micros,
        maximum_base_wager_micros=template.maximum_base_wager_micros,
    )


def schedule_of(row: Instance) -> Schedule:
    """The schedule as the row has it."""
    return Schedule(row.starts_at, row.ends_at, decode_rules(row.recurrence_rules))


def state_changes(scope: Scope, instance_id: UUID) -> QuerySet[StateChange]:
    """The transitions of an instance, the newest first."""
    return scope.rows(StateChange.objects.filter(instance_id=instance_id)).order_by("-id")
