"""What contributions are judged by, kept in the process by the version that the database gives it.

A batch reads the version under the gate; whoever changes any of it moves the version on (a trigger), so that what is
kept is never old. Published templates never change and are kept for themselves.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from threading import Lock
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from backoffice.tenancy.models import Brand, Operator
from jackpots.models import Instance, InstanceLink, Multiplier, Source, Suspension
from jackpots.queries.instances import RUNNING, facts_of
from jackpots.queries.templates import published_terms
from jackpots.rules.eligibility import Facts, SuspendedScope
from jackpots.rules.terms import TemplateTerms

KEPT: Final = 64
ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class InstanceConfig:
    """An instance as contributions see it. `key` is its id as text, which is what the steps look it up by."""

    id: UUID
    key: str
    name: str
    brand_id: str | None
    currency: str
    facts: Facts
    terms: TemplateTerms
    template_id: UUID
    lineage_id: UUID
    games: tuple[str, ...]
    counts_per_win: bool = False


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """A source: its row, its id, and the instances behind it by priority."""

    key: int
    source_id: str
    instance_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class OperatorConfig:
    """Everything of an operator. `multipliers` are by brand, its own before the operator's."""

    operator_id: str
    base_currency: str
    brands: frozenset[str]
    sources: dict[tuple[str | None, str], SourceConfig]
    multipliers: dict[str, dict[str, Decimal]]
    instances: dict[UUID, InstanceConfig] = field(repr=False)
    suspensions: tuple[SuspendedScope, ...] = ()
    links: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)

    def source(self, brand_id: str, source_id: str) -> SourceConfig | None:
        """The brand's own source of this id, else the operator's."""
        return self.sources.get((brand_id, source_id)) or self.sources.get((None, source_id))

    def instance(self, instance_id: UUID) -> InstanceConfig | None:
        """An instance, also one that ended before this configuration was read."""
        found = self.instances.get(instance_id)
        if found is not None:
            return found
        ended = Instance.objects.filter(pk=instance_id, operator_id=self.operator_id)
        return next((_instance(row) for row in _with_all(ended)), None)


_kept: dict[str, tuple[int, OperatorConfig]] = {}
_lock = Lock()


def kept_config(operator_id: str) -> OperatorConfig | None:
    """What the process last knew, of whatever version; None where it knows nothing."""
    kept = _kept.get(operator_id)
    return kept[1] if kept else None


def forget_config(operator_id: str) -> None:
    """Read it again when it is needed next."""
    with _lock:
        _kept.pop(operator_id, None)


def config_at(operator_id: str, version: int | None) -> OperatorConfig | None:
    """The configuration at this version, read where it is not the one that is kept; None for an unknown operator.

    The caller has read the version in this transaction.
    """
    kept = _kept.get(operator_id)
    if kept is not None and kept[0] == version:
        return kept[1]
    config = read_config(operator_id)
    if config is not None and version is not None:
        # A version that this very transaction made may yet be rolled back; its number never comes again.
        transaction.on_commit(lambda: _keep(version, config))
    return config


def read_config(operator_id: str) -> OperatorConfig | None:
    """The configuration as it stands, from the rows."""
    operator = Operator.objects.filter(pk=operator_id, is_active=True).first()
    if operator is None:
        return None
    brands = frozenset(Brand.objects.filter(operator=operator, is_active=True).values_list("pk", flat=True))
    rows = _with_all(Instance.objects.filter(operator=operator, state__in=RUNNING))
    instances = {row.pk: _instance(row) for row in rows}
    sources = {}
    mapped: set[UUID] = set()
    for source in Source.objects.filter(operator=operator).prefetch_related("mappings"):
        mappings = sorted(source.mappings.all(), key=lambda row: (row.priority, row.created_at, row.pk))
        behind = tuple(mapping.instance_id for mapping in mappings)
        sources[source.brand_id, source.source_id] = SourceConfig(source.pk, source.source_id, behind)
        mapped.update(behind)
    ended = Instance.objects.filter(pk__in=mapped - instances.keys())
    instances.update({row.pk: _instance(row) for row in _with_all(ended)})
    links: dict[UUID, tuple[UUID, ...]] = {}
    for from_id, to_id in InstanceLink.objects.filter(operator=operator).values_list("instance_id", "linked_id"):
        links[from_id] = (*links.get(from_id, ()), to_id)
    held = Suspension.objects.filter(operator=operator, ended_at__isnull=True).values_list("brand_id", "source_id")
    return OperatorConfig(
        operator.pk,
        operator.base_currency,
        brands,
        sources,
        _multipliers(operator, brands),
        instances,
        tuple(SuspendedScope(*what) for what in held),
        links,
    )


def _keep(version: int, config: OperatorConfig) -> None:
    with _lock:
        if len(_kept) >= KEPT:
            _kept.clear()
        kept = _kept.get(config.operator_id)
        if kept is None or kept[0] < version:
            _kept[config.operator_id] = (version, config)


def _with_all(rows: QuerySet[Instance]) -> QuerySet[Instance]:
    return rows.select_related("template").prefetch_related("allowed_brands")


def _instance(row: Instance) -> InstanceConfig:
    return InstanceConfig(
        row.pk,
        str(row.pk),
        row.name,
        row.brand_id,
        row.currency,
        facts_of(row),
        published_terms(row.template_id),
        row.template_id,
        row.template.lineage_id,
        tuple(row.games),
        any(strategy.kind == "per_win" for strategy in published_terms(row.template_id).strategies),
    )


def _multipliers(operator: Operator, brands: frozenset[str]) -> dict[str, dict[str, Decimal]]:
    common = {operator.base_currency: ONE}
    of_brands: dict[str, dict[str, Decimal]] = {}
    for row in Multiplier.objects.filter(operator=operator):
        owned = common if row.brand_id is None else of_brands.setdefault(row.brand_id, {})
        owned[row.currency] = row.multiplier
    return {brand: common | of_brands.get(brand, {}) | {operator.base_currency: ONE} for brand in brands}
